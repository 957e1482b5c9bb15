"""The server for a class, on a copy of this machine, with learners who log in, work, and do harm.

`make test-classroom` runs this, as root; with `ARGS="-k class_at_work"` it only measures.
"""

import concurrent.futures
import logging
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import requests
from learner import HUB, Died, Learner

ROOT = Path(__file__).resolve().parents[2]
EDITION = ROOT / "build/student"
STATE = Path("/var/lib/gradient-course")
CLASS = [f"learner{n}" for n in range(1, 9)]


class Hub:
    """The hub's process."""

    log = STATE / "log"

    def start(self, url=HUB):
        config = ROOT / "tools/classroom/jupyterhub_config.py"
        command = [sys.executable, "-m", "jupyterhub", "--config", config]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, cwd=STATE
            )
        for _ in range(120):
            time.sleep(0.5)
            assert self.process.poll() is None, self.log.read_text()
            try:
                if requests.get(f"{url}/hub/health", verify=STATE / "tls.crt").ok:
                    return
            except requests.ConnectionError:
                continue
        raise TimeoutError(self.log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def refused(self):
        """Start it, and return what it says when it ends."""
        config = ROOT / "tools/classroom/jupyterhub_config.py"
        command = [sys.executable, "-m", "jupyterhub", "--config", config]
        ended = subprocess.run(
            command, cwd=STATE, capture_output=True, encoding="utf-8", timeout=60
        )
        assert ended.returncode
        return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def hub():
    assert Path("/opt/command").exists(), "this makes accounts: tests/classroom/machine.sh runs it"
    subprocess.run(["rm", "-rf", STATE], check=True)
    STATE.mkdir(mode=0o755)
    names = "\n".join(["grace teacher", "ada", "alan", "mallory", *CLASS])
    (STATE / "class.txt").write_text(names, encoding="utf-8")
    hub = Hub()
    hub.start()
    yield hub
    hub.stop()
    print(hub.log.read_text())


def logged_in(name):
    learner = Learner(name)
    assert learner.log_in()
    return learner


def at_work(name):
    learner = logged_in(name)
    learner.start()
    return learner


@pytest.fixture(scope="module")
def teacher(hub):
    return logged_in("grace")


@pytest.fixture(scope="module")
def ada(hub):
    return at_work("ada")


@pytest.fixture(scope="module")
def mallory(hub):
    """One who tries what must not happen."""
    return at_work("mallory")


# --- Passwords ------------------------------------------------------------------------------------


def passwords():
    return b"".join(path.read_bytes() for path in STATE.glob("passwords*"))


def test_the_first_password_of_a_name_is_its_password(hub):
    assert not Learner("alan", "short").log_in()
    assert Learner("alan", "the hut of eight").log_in()
    assert not Learner("alan", "another password").log_in()
    assert Learner("alan", "the hut of eight").log_in()
    assert b"alan" in passwords() and b"hut" not in passwords()


def test_a_name_that_is_not_in_the_class_is_refused(hub):
    assert not Learner("eve").log_in()
    assert not Learner("root").log_in()
    assert b"eve" not in passwords()


def test_a_teacher_frees_a_name_that_somebody_took(teacher):
    *_, name = CLASS
    assert Learner(name, "taken by another").log_in() and not Learner(name).log_in()
    assert teacher.hub("DELETE", f"users/{name}").ok
    assert teacher.hub("POST", f"users/{name}").ok
    assert Learner(name).log_in() and not Learner(name, "taken by another").log_in()


def test_a_password_may_be_long_in_any_script(hub):
    long = "длинный пароль из многих слов, который помнит один человек"
    assert len(long.encode()) > 72
    assert Learner(CLASS[1], long).log_in()
    assert not Learner(CLASS[1], f"{long}!").log_in() and Learner(CLASS[1], long).log_in()


# --- The lessons ----------------------------------------------------------------------------------


def test_a_learner_gets_the_lessons_and_keeps_what_was_changed(ada):
    lessons = sorted(path.name for path in EDITION.glob("notebooks/*.ipynb"))
    folder = ada.api("GET", "contents/notebooks")["content"]
    assert sorted(item["name"] for item in folder) == lessons
    assert ada.api("GET", "contents/README.md")

    lesson, other = (f"notebooks/{name}" for name in lessons[:2])
    work = ada.api("GET", f"contents/{lesson}")["content"]
    work["cells"][0]["source"] += "\nMy own notes"
    ada.api("PUT", f"contents/{lesson}", json={"type": "notebook", "content": work})
    for name in (lesson, other):  # the teacher has a new edition
        text = (EDITION / name).read_text(encoding="utf-8")
        (EDITION / name).write_text(text.replace("# ", "# New: ", 1), encoding="utf-8")
    ada.stop()
    ada.start()

    def top(name):
        return ada.api("GET", f"contents/{name}")["content"]["cells"][0]["source"]

    assert top(lesson).endswith("My own notes") and "New:" not in top(lesson)
    assert "New:" in top(lesson.replace(".ipynb", "_2.ipynb")) and "New:" in top(other)


def test_a_learner_lands_on_the_readme_as_a_page(ada):
    answer = requests.get(ada.server, headers=ada.headers)
    assert answer.url == f"{ada.server}/lab/tree/README.md"
    settings = "lab/api/settings/@jupyterlab/docmanager-extension:plugin"
    answer = requests.get(f"{ada.server}/{settings}", headers=ada.headers)
    assert "Markdown Preview" in answer.text


def test_links_lead_to_what_was_handed_out(ada):
    names = ["README.md"]
    names += [item["path"] for item in ada.api("GET", "contents/notebooks")["content"]]
    for name in names:
        content = ada.api("GET", f"contents/{name}")["content"]
        if name.endswith(".ipynb"):
            cells = content["cells"]
            content = "\n".join(c["source"] for c in cells if c["cell_type"] == "markdown")
        for link in re.findall(r"\]\(([^)\s#]+)", content):
            if "://" not in link:
                ada.api("GET", f"contents/{os.path.normpath(Path(name).parent / link)}?content=0")


# --- What must not happen -------------------------------------------------------------------------


def test_a_learner_reads_and_writes_nothing_of_others(ada, mallory, hub):
    lesson = "/home/learner-ada/gradient-course/README.md"
    Path("/srv").chmod(0o777)  # somebody's mistake
    with mallory.kernel() as run:
        for path in (lesson, STATE / "class.txt", STATE / "jupyterhub.sqlite"):
            assert "PermissionError" in run(f"open('{path}')"), path
        for folder in (
            ROOT / "helpers",
            ROOT / "check",
            EDITION,
            Path(sys.prefix),
            "/srv",
            "/home",
        ):
            said = run(f"open('{folder}/planted.py', 'w')")
            assert "Read-only file system" in said or "PermissionError" in said, folder
        seen = run("import psutil; print({p.username() for p in psutil.process_iter()})")
        assert seen == "{'learner-mallory'}\n"
        assert "PermissionError" in run(f"import os; os.kill({hub.process.pid}, 9)")
        assert "NoNewPrivs:\t1" in run("print(open('/proc/self/status').read())")  # sudo is one


def test_a_learner_has_no_rights_at_the_hub_or_at_anothers_server(ada, mallory, teacher):
    assert mallory.hub("POST", "shutdown", json={}).status_code == 403
    assert mallory.hub("GET", "users").status_code == 403
    assert mallory.hub("DELETE", "users/ada/server").status_code == 404  # not even that she exists
    assert requests.get(f"{ada.server}/api/contents", headers=mallory.headers).status_code == 403
    assert requests.get(f"{ada.server}/api/contents", headers=teacher.token()).ok


LISTEN = """
import zmq
lines = open("/proc/net/tcp").read().splitlines()[1:]
ports = {int(line.split()[1].rpartition(":")[2], 16) for line in lines if line.split()[3] == "0A"}
socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.SUBSCRIBE, b"")
for port in ports:
    socket.connect(f"tcp://127.0.0.1:{port}")
"""
HEAR = """
heard = []
while socket.poll(3000):
    heard += socket.recv_multipart()
print("heard", any(b"a secret" in part for part in heard))
"""


def test_a_learner_does_not_hear_anothers_kernel(ada, mallory):
    with ada.kernel() as say, mallory.kernel() as run:
        assert run(LISTEN) == ""
        for _ in range(3):
            say("import time; time.sleep(1); print('a secret')")
        assert run(HEAR) == "heard False\n"


def test_full_memory_ends_the_kernel_and_nothing_else(ada, mallory):
    with ada.kernel() as others, mallory.kernel() as run:
        others("x = 42")
        run(
            "import time; time.sleep(12)"
        )  # one that dies in its first ten seconds is not restarted
        with pytest.raises(Died):
            run("block = bytearray(8_000_000_000)")
        assert others("print(x)") == "42\n"
        time.sleep(5)  # the server starts the kernel anew
        assert run("print('again')") == "again\n"


def test_processes_without_end_leave_others_alone(ada, mallory):
    with mallory.kernel() as run:
        many = "import subprocess\nfor _ in range(5000): subprocess.Popen(['sleep', '300'])"
        assert "BlockingIOError" in run(many)
        with ada.kernel() as others:
            assert others("print(42)") == "42\n"
    mallory.stop()
    mallory.start()


def test_a_learner_gets_two_processors_and_no_more(mallory):
    unit = "jupyter-mallory-singleuser.service"
    command = ["systemctl", "show", "--property=CPUQuotaPerSecUSec", "--value", unit]
    assert subprocess.check_output(command, text=True) == "2s\n"


def test_a_learner_works_on_while_the_hub_restarts(ada, hub):
    kernel = ada.api("POST", "kernels", json={"name": "python3"})["id"]
    with ada.connected(kernel) as run:
        run("x = 42")
    hub.stop()
    hub.start()
    with ada.connected(kernel) as run:
        assert run("print(x)") == "42\n"


def test_only_with_a_certificate_is_the_server_open_to_the_network(hub):
    def addresses(port):
        listening = [c.laddr for c in psutil.net_connections("inet") if c.status == "LISTEN"]
        return {address.ip for address in listening if address.port == port}

    assert addresses(8000) == {"127.0.0.1"} and not addresses(443)
    files = ["-keyout", STATE / "tls.key", "-out", STATE / "tls.crt"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=class"]
    files += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    try:
        hub.stop()
        hub.start("https://127.0.0.1")
        assert addresses(443) and not addresses(8000)
    finally:
        (STATE / "tls.crt").unlink()
        hub.stop()
        hub.start()


def test_a_server_that_nobody_uses_is_ended(hub, teacher):
    idle = at_work(CLASS[0])
    command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--url={HUB}/hub/api"]
    process = subprocess.Popen(
        [*command, "--timeout=2", "--cull-every=2"],  # an hour and its half, in the class's server
        env=os.environ | {"JUPYTERHUB_API_TOKEN": teacher.token()["Authorization"].split()[1]},
    )
    try:
        for _ in range(60):
            if not idle.hub("GET", f"users/{idle.name}").json()["servers"]:
                return
            time.sleep(1)
        pytest.fail("it is still there after a minute")
    finally:
        process.kill()


def test_the_hub_does_not_start_where_learners_cannot_read(hub):
    lesson = next(EDITION.glob("notebooks/*.ipynb"))
    hub.stop()
    for path, mode in ((lesson, 0o644), (EDITION, 0o755), (ROOT / "check/__init__.py", 0o644)):
        path.chmod(mode & 0o700)  # as an update under umask 077 leaves it
        try:
            said = hub.refused()
        finally:
            path.chmod(mode)
        assert f"Learners cannot read {path}: type chmod -R a+rX {ROOT}" in said
    hub.start()


@pytest.mark.parametrize("content", [b"j\xfcrgen", b"grace boss", b""])
def test_the_hub_says_what_is_wrong_with_the_class(hub, content):
    names = (STATE / "class.txt").read_bytes()
    hub.stop()
    (STATE / "class.txt").write_bytes(content)
    try:
        said = hub.refused()
    finally:
        (STATE / "class.txt").write_bytes(names)
        hub.start()
    assert "class.txt" in said.splitlines()[-1] and "Traceback" not in said


def test_a_name_of_a_cleared_class_begins_anew(hub):
    name = CLASS[2]
    last = at_work(name)
    last.api("PUT", "contents/mine.txt", json={"type": "file", "format": "text", "content": "mine"})
    hub.stop()
    command = [sys.executable, ROOT / "tools/classroom/clear.py", name]
    archive = Path(subprocess.check_output(command, text=True).strip())
    hub.start()
    assert archive.stat().st_size and archive.parent.stat().st_mode & 0o077 == 0
    now = Learner(name, "the password of another year")
    assert now.log_in()
    now.start()
    assert "mine.txt" not in [item["name"] for item in now.api("GET", "contents")["content"]]
    now.stop()


# --- A class at work ------------------------------------------------------------------------------


def memory(name):
    """Return the bytes that a learner's processes hold; what they share, in equal parts."""
    total = 0
    for process in psutil.process_iter(["username"]):
        if process.info["username"] == f"learner-{name}":
            try:
                total += process.memory_full_info().pss
            except psutil.Error:  # it has ended
                continue
    return total


def work(learner, lesson, start):
    """Run a lesson as it was handed out; return the seconds, of the clock and of the processor."""
    cells = learner.api("GET", f"contents/{lesson}")["content"]["cells"]
    with learner.kernel() as run:
        start.wait()
        begin = time.monotonic()
        for cell in cells:
            if cell["cell_type"] == "code":
                run(cell["source"])
        seconds = time.monotonic() - begin
        assert run("print('tf' in globals())") == "True\n"
        return seconds, float(run("import time; print(time.process_time())"))


@pytest.mark.parametrize("n", [1, 2, 4, 8])
def test_a_class_at_work(hub, n):
    learners = [at_work(name) for name in CLASS[:n]]
    for lesson in ("notebooks/01_gradient_tape.ipynb", "notebooks/06_fashion_mnist.ipynb"):
        start, done = threading.Barrier(n), threading.Event()
        peak = dict.fromkeys(CLASS[:n], 0)

        def watch(peak=peak, done=done):
            while not done.wait(1):
                for name in peak:
                    peak[name] = max(peak[name], memory(name))

        watcher = threading.Thread(target=watch)
        watcher.start()
        with concurrent.futures.ThreadPoolExecutor(n) as pool:
            jobs = [pool.submit(work, learner, lesson, start) for learner in learners]
            seconds, processor = zip(*(job.result() for job in jobs), strict=True)
        done.set()
        watcher.join()
        logging.info(
            "| %d | %s | %.0f s | %.0f s | %.0f s | %.2f GB | %.1f GB |",
            n,
            lesson.removeprefix("notebooks/")[:2],
            statistics.median(seconds),
            max(seconds),
            statistics.median(processor),
            max(peak.values()) / 1e9,
            sum(peak.values()) / 1e9,
        )
    for learner in learners:
        learner.stop()
