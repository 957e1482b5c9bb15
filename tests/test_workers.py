"""Processes that work together: each in its environment, none left over, whatever they do."""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from helpers.workers import empty_folder, free_addresses, results, run_together


def run(code, *ranks, **limits):
    return run_together([sys.executable, "-c", code], [{"RANK": rank} for rank in ranks], **limits)


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_each_runs_in_its_environment_and_what_it_writes_is_kept():
    code = "import os, sys; print(os.environ['RANK'] * 100_000); print('é', file=sys.stderr)"
    ended = run(code, "0", "1")
    assert [process.stdout.strip() for process in ended] == ["0" * 100_000, "1" * 100_000]
    assert [process.returncode for process in ended] == [0, 0]
    assert all(process.stderr for process in ended)


def test_results_are_what_each_printed_last_or_why_it_failed():
    assert results(run("print('a warning'); print('[1, 2.5]')", "0", "1")) == [[1, 2.5]] * 2
    code = "import os, sys; os.environ['RANK'] == '1' and sys.exit('no such file'); print(1)"
    with pytest.raises(RuntimeError, match="worker 1 failed:\nno such file"):
        results(run(code, "0", "1"))


def test_they_run_at_the_same_time():
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = (
            "import socket; s = socket.create_connection(('127.0.0.1', "
            f"{server.getsockname()[1]})); s.recv(1)"
        )

        def meet():
            both = [server.accept()[0] for _ in range(2)]
            for each in both:
                each.send(b".")
                each.close()

        threading.Thread(target=meet, daemon=True).start()
        assert [process.returncode for process in run(code, "0", "1")] == [0, 0]


def test_who_waits_for_one_that_failed_is_ended_and_the_failure_is_shown():
    code = (
        "import os, sys, time; os.environ['RANK'] == '1' and sys.exit('no such file'); "
        "time.sleep(300)"
    )
    start = time.monotonic()
    with pytest.raises(TimeoutError) as told:
        run(code, "0", "1", alone_seconds=0.2)
    assert str(told.value).splitlines() == [
        "worker 0 was still running 0.2 seconds after another had failed",
        "worker 1 had failed (1), and wrote:",
        "no such file",
    ]
    assert time.monotonic() - start < 60


def test_nobody_runs_longer_than_the_limit(tmp_path):
    code = (
        "import os, pathlib, time; pathlib.Path(os.environ['RANK']).write_text(str(os.getpid())); "
        "time.sleep(300)"
    )
    ranks = [str(tmp_path / name) for name in "ab"]
    with pytest.raises(TimeoutError, match="worker 1 was still running after 5 seconds"):
        run(code, *ranks, seconds=5)
    assert all(gone(int(Path(rank).read_text())) for rank in ranks)


def test_an_interrupt_leaves_none_over(tmp_path):
    code = (
        "import os, pathlib, time; pathlib.Path(os.environ['RANK']).write_text(str(os.getpid())); "
        "time.sleep(300)"
    )
    rank, main = tmp_path / "a", threading.main_thread().ident

    def interrupt():
        while not (rank.exists() and rank.read_text()):
            time.sleep(0.1)
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run(code, str(rank))
    assert gone(int(rank.read_text()))


def test_they_talk_without_a_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "intranet.example")
    code = "import os; print(os.environ['no_proxy'], os.environ['no_grpc_proxy'])"
    assert run(code, "0")[0].stdout == "127.0.0.1 127.0.0.1\n"


def test_a_folder_is_empty_each_time():
    one, other = empty_folder("one"), empty_folder("other")
    for folder in (one, other):
        Path(folder, "checkpoint").touch()
    assert empty_folder("one") == one
    assert os.listdir(one) == [] and os.listdir(other) == ["checkpoint"]


def test_addresses_are_free_and_differ():
    addresses = free_addresses(20)
    assert len(set(addresses)) == 20
    host, port = addresses[0].split(":")
    with socket.socket() as taken:
        taken.bind((host, int(port)))
