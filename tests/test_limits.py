"""A learner's code ends: after its time, or by the stop button, whatever it does.

`make test-load` runs these beside busy processes, where a single interrupt used to get lost.
"""

import _thread
import queue
import signal
import sys
import threading
import time

import pytest
import tensorflow as tf
from tensorflow.python import pywrap_tfe

from tests.again import Kernel
from verdict import engine, listening, running
from verdict.running import Wrong, at_most

STOPPED = "was still running after 0.1 seconds and was stopped. Does its loop ever end?"


def computes(x):
    while True:
        x = x * 1.0


def counts(x):
    while True:
        pass


def sleeps(x):
    while True:
        time.sleep(300)


def excepts_all(x):
    while True:
        try:
            x = x * 1.0
        except:  # noqa: E722
            pass


def sleeps_and_excepts_all(x):
    while True:
        try:
            time.sleep(300)
        except BaseException:
            continue


def excepts_at_every_level(x):
    def careful(x):
        try:
            return x * 1.0
        except:  # noqa: E722
            return x

    while True:
        try:
            try:
                x = careful(x)
            except:  # noqa: E722
                x = 1.0
        except:  # noqa: E722
            x = 2.0


def excepts_and_returns(x):
    try:
        counts(x)
    except:  # noqa: E722
        return x


def continues_in_finally(x):
    while True:
        try:
            x = x * 1.0
        finally:
            continue  # noqa: B012


def opens_tapes(x):
    while True:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x * x
        x -= 0.0 * tape.gradient(y, x)


def raises_in_destructors(x):
    class Thing:
        def __del__(self):  # Python ignores what is raised here
            sum(range(10_000))

    while True:
        Thing()


def asks_a_generator(x):
    return sum(1 for _ in iter(int, 1))


ENDLESS = [
    computes,
    counts,
    sleeps,
    excepts_all,
    sleeps_and_excepts_all,
    excepts_at_every_level,
    excepts_and_returns,
    continues_in_finally,
    opens_tapes,
    raises_in_destructors,
    asks_a_generator,
]


def state():
    """Return what a limit, and what listening, changes for a while."""
    return (
        [signal.getsignal(number) for number in (signal.SIGINT, running.RING)],
        [sys.gettrace(), sys.getprofile(), sys.stdout],
        tf.config.functions_run_eagerly(),
        [vars(tf.GradientTape)[name] for name in ("_push_tape", "_pop_tape", "watch", "gradient")],
        pywrap_tfe.TFE_Py_FastPathExecute,
        pywrap_tfe.TFE_Py_TapeSetIsEmpty(),
    )


@pytest.fixture(autouse=True)
def all_is_put_back():
    before = state()
    yield
    assert state() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("function", ENDLESS)
def test_what_never_ends_is_stopped(function):
    with pytest.raises(Wrong, match=STOPPED):
        engine.call(function, tf.constant(1.0), seconds=0.1)


@pytest.mark.parametrize("function", [computes, sleeps, excepts_all, opens_tapes])
def test_what_never_ends_is_stopped_while_it_is_listened_to(function, monkeypatch):
    monkeypatch.setattr(running, "SECONDS", 0.1)
    assert STOPPED in str(listening.listen(function, [tf.constant(1.0)]).error)


def test_a_process_that_ignores_interrupts_stops_it_too():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as one that was started with &
    try:
        with pytest.raises(Wrong, match=STOPPED):
            engine.call(sleeps, 1.0, seconds=0.1)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("function", [counts, sleeps, excepts_all, excepts_at_every_level])
def test_the_stop_button_stops_it_sooner(function):
    main = threading.main_thread().ident
    button = threading.Timer(0.1, signal.pthread_kill, [main, signal.SIGINT])
    with pytest.raises(KeyboardInterrupt):
        button.start()
        engine.call(function, 1.0, seconds=300)


def test_the_shorter_of_two_limits_counts():
    def inner(seconds):
        with at_most(seconds, "inner"):
            counts(1.0)

    with pytest.raises(Wrong, match="inner was still"), at_most(300, "outer"):
        inner(0.1)
    with pytest.raises(Wrong, match="outer was still"), at_most(0.1, "outer"):
        inner(300)


def test_a_busy_machine_gives_more_time(monkeypatch):
    monkeypatch.setattr(running, "process_time", float)  # 0.0: all time goes to others
    assert engine.call(lambda x: time.sleep(0.6) or x, 1.0, seconds=0.3) == 1.0
    with pytest.raises(Wrong, match=STOPPED):
        engine.call(counts, 1.0, seconds=0.1)


def test_what_ends_in_time_is_left_alone():
    threads = {*threading.enumerate()}
    assert engine.call(lambda x: x, 1.0, seconds=0.1) == 1.0
    with at_most(0.1, "it"):
        pass
    time.sleep(0.3)
    assert {*threading.enumerate()} <= threads


def test_in_another_thread_there_is_no_limit():
    results = queue.Queue()

    def work():
        results.put(engine.call(lambda x: time.sleep(0.3) or x, 1.0, seconds=0.1))

    threading.Thread(target=work).start()
    assert results.get(timeout=60) == 1.0


def test_an_exit_is_a_wrong_answer():
    with pytest.raises(Wrong, match="the answer raises SystemExit, as exit"):
        engine.call(lambda x: sys.exit(), 1.0)


# --- As on Windows --------------------------------------------------------------------------------


@pytest.fixture
def as_on_windows(monkeypatch):
    """Without what only Unix has; SIGBREAK, by default, ends a process, as SIGUSR2 does."""
    monkeypatch.delattr(signal, "pthread_kill")
    monkeypatch.setattr(running, "RING", signal.SIGUSR2)


def naps(x):
    while True:
        time.sleep(0.2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("function", [f for f in ENDLESS if "sleeps" not in f.__name__] + [naps])
def test_what_never_ends_is_stopped_on_windows(function, as_on_windows):
    threads = {*threading.enumerate()}
    default = signal.getsignal(signal.SIGUSR2)
    with pytest.raises(Wrong, match=STOPPED):
        engine.call(function, tf.constant(1.0), seconds=0.1)
    for rings in {*threading.enumerate()} - threads:
        rings.join(timeout=1)
    assert {*threading.enumerate()} <= threads and signal.getsignal(signal.SIGUSR2) == default


@pytest.mark.parametrize("function", [counts, excepts_all, naps])
def test_the_stop_button_stops_it_sooner_on_windows(function, as_on_windows):
    button = threading.Timer(0.1, _thread.interrupt_main)  # as a kernel does it there
    with pytest.raises(KeyboardInterrupt):
        button.start()
        engine.call(function, 1.0, seconds=300)
    button.join()


def test_a_sleep_that_cannot_be_interrupted_is_stopped_at_its_end(as_on_windows):
    start = time.monotonic()
    with pytest.raises(Wrong, match=STOPPED):
        engine.call(lambda x: time.sleep(0.5), 1.0, seconds=0.1)
    assert time.monotonic() - start >= 0.5


# --- In a notebook --------------------------------------------------------------------------------

DEFINED = """
import time
import helpers
import tensorflow as tf
from verdict import engine, running

running.HOPELESS = 0.5


def sleeps(x):
    while True:
        try:
            time.sleep(300)
        except:
            pass


@tf.function
def graph(x):
    while x > 0.0:
        x = x * 1.0
    return x
"""


def test_in_a_notebook_the_stop_button_works_and_what_it_cannot_stop_is_said(tmp_path):
    with Kernel(tmp_path) as kernel:
        assert kernel.run(DEFINED) == []
        assert kernel.run("engine.call(sleeps, 1.0, seconds=300)", stop_after=2) == [
            "KeyboardInterrupt"
        ]
        assert kernel.run("engine.call(sleeps, 1.0, seconds=0.1)") == ["Wrong"]
        asked = kernel.send("engine.call(graph, tf.constant(1.0), seconds=0.1)")
        assert next(kernel.heard(asked)) == (
            "stderr",
            "graph does not stop. Restart the kernel (menu Kernel, Restart Kernel).\n",
        )
