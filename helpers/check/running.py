"""Running a learner's code: on copies of what it gets, for some seconds, and with its own words."""

import _thread
import collections
import contextlib
import functools
import sysconfig
import threading
import traceback
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

SECONDS = 10  # that an answer may take, where its exercise says nothing else


class Unanswered(Exception):
    """The answer, or a part of it, is still ``...``."""


class Wrong(Exception):
    """The answer is wrong; the message, without a full stop, says why."""


# --- In words -------------------------------------------------------------------------------------


def show(value):
    """Return a value as short text on one line."""
    if isinstance(value, str):
        return repr(value)
    try:
        array = np.asarray(value)
        if array.dtype.kind in "biuf":
            if array.ndim == 0:
                return f"{array.item():.6g}" if array.dtype.kind == "f" else f"{array.item()}"
            if array.size > 8:
                return f"an array of shape {array.shape}"
            form = {"bool": str, "int": str, "float_kind": "{:.5g}".format}
            return " ".join(np.array2string(array, separator=", ", formatter=form).split())
        text = repr(value)
    except Exception:
        text = f"a {type(value).__name__}"
    return shortened(" ".join(text.split()), 60)


def shortened(text, length):
    """Return a text, or its beginning if it is longer."""
    return text if len(text) <= length else f"{text[: length - 3]}..."


def name_of(function):
    """Return what a message calls a function."""
    name = getattr(function, "__name__", None) or type(function).__name__
    return "the answer" if name == "<lambda>" else name


def is_function(value):
    """Whether something is to be called; variables and models can be, and are values."""
    return callable(value) and not isinstance(value, (tf.Variable, keras.Layer, type(tf)))


_LIBRARIES = tuple(
    str(Path(path).resolve())
    for path in (*(sysconfig.get_path(n) for n in ("stdlib", "purelib")), Path(__file__).parents[1])
)


@functools.cache
@functools.cache
def is_learners(filename):
    """Whether a file is code of the learner's, and not of a library."""
    return not filename.startswith((*_LIBRARIES, "<frozen", "<string>"))


def own_line(error):
    """Return the last line of the learner's own code that an error came through."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return next((f.line for f in frames if is_learners(f.filename) and f.line), "")


# --- Copies ---------------------------------------------------------------------------------------

# A tf.function remembers the variables it was first called with, and fails once they are gone.
_KEPT = collections.deque(maxlen=100)


def copies(args):
    """Copy the arrays and variables among arguments, also those in lists and tuples."""
    if isinstance(args, (list, tuple)):
        return type(args)(copies(part) for part in args)
    if isinstance(args, tf.Variable):
        _KEPT.append(tf.Variable(args, trainable=args.trainable))
        return _KEPT[-1]
    return args.copy() if isinstance(args, np.ndarray) else args


def values(args):
    """Return the arrays that `copies` copies, in order."""
    if isinstance(args, (list, tuple)):
        return [array for part in args for array in values(part)]
    return [np.asarray(args)] if isinstance(args, (tf.Variable, np.ndarray)) else []


# --- Around a run ---------------------------------------------------------------------------------


@contextlib.contextmanager
def at_most(seconds, name):
    """Interrupt what runs in this block after some seconds, as the stop button would."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread can be interrupted
        return
    rung = threading.Event()

    def ring():
        rung.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if not rung.is_set():
            raise
        raise Wrong(
            f"{name} was still running after {seconds} seconds and was stopped. "
            "Does its loop ever end?"
        ) from None
    finally:
        timer.cancel()


@contextlib.contextmanager
def eagerly():
    """Let every tf.function run as Python, so that what it does can be seen."""
    logger = tf.get_logger()
    before, level = tf.config.functions_run_eagerly(), logger.level
    logger.setLevel("ERROR")  # jacobian() warns that it goes on building its graph
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)
        logger.setLevel(level)
