"""Processes that work together: each in its environment, none left over, whatever they do."""

import os
import socket
import sys
import threading
import time

from helpers.workers import free_addresses, run_together


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


def test_who_waits_for_one_that_failed_is_ended():
    code = "import os, time; os.environ['RANK'] == '1' and os._exit(3); time.sleep(300)"
    start = time.monotonic()
    waiting, failed = run(code, "0", "1", alone_seconds=1)
    assert failed.returncode == 3 and waiting.returncode not in (0, None)
    assert time.monotonic() - start < 60


def test_nobody_runs_longer_than_the_limit():
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(300)"
    ended = run(code, "0", "1", seconds=5)
    assert all(process.returncode for process in ended)
    assert all(gone(int(process.stdout)) for process in ended)


def test_addresses_are_free_and_differ():
    addresses = free_addresses(20)
    assert len(set(addresses)) == 20
    host, port = addresses[0].split(":")
    with socket.socket() as taken:
        taken.bind((host, int(port)))
