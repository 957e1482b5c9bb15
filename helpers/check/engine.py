"""How a verdict is reached: the line that is printed, reading an answer, calling it, comparing.

An exercise is judged by a function in ``lesson_NN.py`` marked with `exercise`. It returns what is
right about the answer, as text, or raises `Wrong` with the mistake. What is printed begins with
"Not answered yet", "Correct" or "Wrong"; nothing is ever raised to the learner.
"""

import _thread
import collections
import contextlib
import functools
import io
import math
import re
import sys
import sysconfig
import threading
import traceback
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from .none import why_broken, why_none_returned

SECONDS = 10  # that an answer may take, where its exercise says nothing else


class Unanswered(Exception):
    """The answer, or a part of it, is still ``...``."""


class Wrong(Exception):
    """The answer is wrong; the message, without a full stop, says why."""


# --- Verdicts -------------------------------------------------------------------------------------

UNREADABLE = "this answer is not of the kind that was asked for"

#: The functions whose printing has been shown below this exercise.
_heard = set()
#: By lesson ("01") and exercise: whether the last answer was right, in the order of the lesson.
SOLVED = {}
#: The checks themselves, by name, for ``helpers.check`` to offer.
CHECKS = {}


def exercise(judge):
    """Make the check of an exercise from a function that judges it.

    The function takes what the learner assigned. It returns what is right, as text, or raises
    `Wrong` or `Unanswered`; for an exercise of several parts it returns a dict of functions without
    parameters that do so, by the names of the parts.
    """
    lesson, name = judge.__module__.rpartition("_")[2], judge.__name__
    SOLVED.setdefault(lesson, {})[name] = False

    @functools.wraps(judge)
    def check(*answers):
        _heard.clear()
        with np.errstate(all="ignore"):
            word, text = _verdict(lambda: judge(*answers))
            if not isinstance(text, dict):
                print(f"{word}: {text}")
                words = [word]
            else:
                parts = {part: _verdict(judged) for part, judged in text.items()}
                words = [word for word, _ in parts.values()]
                for part, (word, text) in parts.items():
                    if word != "Not answered yet":
                        print(f"{word}: ({part}) {text}")
                still = [f"({p})" for p, (word, _) in parts.items() if word == "Not answered yet"]
                if len(still) == len(parts):
                    print(f"Not answered yet: {', '.join(still)}.")
                elif still:
                    print(f"Still open: {', '.join(still)}.")
        SOLVED[lesson][name] = set(words) == {"Correct"}

    if name in CHECKS:
        raise ValueError(f"two exercises are called {name}")
    CHECKS[name] = check
    return check


def _verdict(judge):
    try:
        word, text = "Correct", judge()
    except Unanswered as reason:
        word, text = "Not answered yet", str(reason)
    except Wrong as reason:
        word, text = "Wrong", str(reason)
    except Exception as error:  # an answer that its judge does not expect: no traceback for it
        word, text = "Wrong", f"{UNREADABLE} ({type(error).__name__}: {error})"
    if isinstance(text, str) and text[-1] not in ".?!":
        text += "."
    return word, text


def progress(lesson):
    """Print how many exercises of a lesson, such as "01", are solved, and which are open."""
    solved = SOLVED[lesson]
    missing = [name for name, right in solved.items() if not right]
    if missing:
        count = len(solved) - len(missing)
        print(f"{count} of {len(solved)} solved; open: {', '.join(missing)}")
    else:
        print(f"All {len(solved)} exercises are solved.")


def prediction(guess, truth, within=0.01):
    """Compare a guess with what turned out to be so; print one line.

    Parameters
    ----------
    guess : number, bool, str, None, array or ``...``
        ``...`` is no guess, which is a fine answer.
    truth : number, bool, str, None, array or tensor
        What the code showed.
    within : float
        How far a number may be off and still be right, relative to the truth.
    """
    shown = show(truth)
    if guess is ...:
        return print(f"No guess yet. The answer is {shown}.")
    try:
        a, b = (np.asarray(value, np.float64) for value in (guess, truth))
        right = a.shape == b.shape and np.allclose(a, b, rtol=within, atol=1e-9, equal_nan=True)
        right = right and (guess is None) == (truth is None)  # NumPy reads None as nan
    except Exception:
        right = show(guess).casefold() == shown.casefold()
    if right:
        return print(f"You guessed {show(guess)}, and so it is.")
    return print(f"You guessed {show(guess)}. The answer is {shown}.")


# --- Reading an answer ----------------------------------------------------------------------------


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
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def answered(*values):
    """Raise `Unanswered` if a value is ``...``, or a list, tuple or dict that holds one."""
    for value in values:
        if value is ...:
            raise Unanswered("put your answer in place of the ...")
        if isinstance(value, (list, tuple, dict)):
            parts = value.values() if isinstance(value, dict) else value
            if any(part is ... for part in parts):
                raise Unanswered("there is still a ... in the answer")
            answered(*parts)


def is_function(value):
    """Whether something is to be called; variables and models can be, and are values."""
    return callable(value) and not isinstance(value, (tf.Variable, keras.Layer, type(tf)))


def needs_function(value):
    """Refuse an answer that is not a function."""
    answered(value)
    if not is_function(value):
        raise Wrong(f"{show(value)} came, and a function was expected. Write it with def")


def _leaves(answer):
    """Return what lists and tuples in an answer hold, in order."""
    if isinstance(answer, (list, tuple)):
        return [leaf for part in answer for leaf in _leaves(part)]
    return [answer]


def numbers(answer, shape=None):
    """Return an answer as a float64 array, in any style that Python, NumPy and TensorFlow know.

    With a `shape`, it must have that one; a single number may come in a list of one, or as an
    array of one.
    """
    answered(answer)
    if isinstance(answer, tf.IndexedSlices):
        answer = tf.convert_to_tensor(answer)  # the gradient of tf.gather
    flat = list(answer) if isinstance(answer, (list, tuple)) else [answer]
    for part in _leaves(answer):
        if part is None:
            raise Wrong("None came, and a number was expected")
        if is_function(part):
            raise Wrong(f"{_name(part)} is a function, and a number was expected. Call it")
        if isinstance(part, (bool, np.bool_)):
            raise Wrong(f"{part} came, and a number was expected")
        if isinstance(part, (str, bytes)):
            digits = re.fullmatch(r"[-+\d.,_eE\s]+", str(part))
            repair = "Leave out the quotes" if digits else "Put numbers into it, without quotes"
            if digits and "," in str(part):
                repair = "Write it without quotes and without the comma, which would make two of it"
            raise Wrong(f"{show(part)} is a text, and a number was expected. {repair}")
        if isinstance(part, (dict, set)):
            raise Wrong(f"a {type(part).__name__} came, and numbers were expected")
    try:
        array = np.asarray(answer)
        if array.dtype.kind not in "iuf":
            array = np.asarray(array if array.dtype.kind not in "bcSU" else "refused", np.float64)
        array = array.astype(np.float64)
    except Exception:
        lengths = {len(part) for part in flat if isinstance(part, (list, tuple))}
        lengths |= {part.size for part in flat if isinstance(part, np.ndarray)}
        lengths |= {1 for part in flat if isinstance(part, (int, float))}
        if len(flat) > 1 and len(lengths) > 1:
            raise Wrong(f"the parts of {show(answer)} have different lengths") from None
        raise Wrong(f"{show(answer)} came, and numbers were expected") from None
    if np.isnan(array).any():
        raise Wrong(
            "nan came: something undefined was computed, such as log 0, 0/0 or a root's slope at 0"
        )
    if np.isinf(array).any():
        raise Wrong("inf came: something was divided by 0, or numbers grew out of bounds")
    return array if shape is None else _with_shape(array, tuple(shape), answer)


def _with_shape(array, shape, answer):
    if array.shape == shape:
        return array
    if array.size == 1 == math.prod(shape):
        return array.reshape(shape)
    if shape == ():
        if isinstance(answer, tuple) and len(answer) == 2 and all(np.ndim(p) == 0 for p in answer):
            raise Wrong(
                f"{show(answer)} are two numbers, and one was expected. A comma makes a pair: "
                "write 54_000 and 0.5"
            )
        raise Wrong(f"numbers of shape {array.shape} came, and a single number was expected")
    raise Wrong(f"the shape is {array.shape}, and {shape} was expected")


# --- Calling an answer ----------------------------------------------------------------------------


def _name(function):
    name = getattr(function, "__name__", None) or type(function).__name__
    return "the answer" if name == "<lambda>" else name


class _Aloud(io.StringIO):
    """Shows at once what is written, and keeps it: so that long work can be watched."""

    def __init__(self):
        super().__init__()
        self.out = sys.stdout

    def write(self, text):
        self.out.write(text)
        self.out.flush()
        return super().write(text)


def call(function, *args, seconds=SECONDS, may_change=False):
    """Return what a learner's function returns; an error inside it is a wrong answer.

    The function gets copies of the arrays and variables in `args`, and may not change them unless
    that is how the answer is given.
    What it prints is shown, once for each verdict; of long work at once. After some seconds it is
    interrupted, where the system allows it.
    """
    given, name = copies(args), _name(function)
    printed = _Aloud() if seconds > SECONDS and name not in _heard else io.StringIO()
    try:
        with _at_most(seconds, name), contextlib.redirect_stdout(printed):
            result = function(*given)
    except (Unanswered, Wrong):
        raise
    except Exception as error:
        raise _explained(error, function, args) from None
    finally:
        if printed.getvalue() and name not in _heard:
            if not isinstance(printed, _Aloud):
                print(printed.getvalue(), end="")
            _heard.add(name)
    if isinstance(result, (list, tuple, dict)) or result is ...:
        try:
            answered(result)
        except Unanswered:
            raise Unanswered(f"there is still a ... in what {name} returns") from None
    for before, after in zip(_values(args), _values(given), strict=True):
        if not may_change and not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
            raise Wrong(f"{name} changes what it is given; let it compute with a copy")
    parts = result if isinstance(result, (list, tuple)) else [result]
    if any(part is None for part in parts):
        raise Wrong(why_none_returned(function, copies(args), printed.getvalue()))
    return result


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


def _values(args):
    """Return the arrays that `copies` copies, in order."""
    if isinstance(args, (list, tuple)):
        return [array for part in args for array in _values(part)]
    if isinstance(args, tf.Variable):
        return [args.numpy()]
    return [args.copy()] if isinstance(args, np.ndarray) else []


@contextlib.contextmanager
def _at_most(seconds, name):
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


_LIBRARIES = tuple(
    str(Path(path).resolve())
    for path in (*(sysconfig.get_path(n) for n in ("stdlib", "purelib")), Path(__file__).parents[1])
)

# What an error means where its own words do not tell a beginner. Each pattern is searched in
# "NameError: name …".
_MEANINGS = {
    r"bitwise_xor|for \^|BitwiseXor": "a power is written ** in Python; ^ is something else",
    r"maximum recursion": "it calls itself without end",
    r"non-persistent GradientTape": (
        "the tape was asked twice and is spent after one gradient(). "
        "Ask for all sources in one call, or open it with persistent=True"
    ),
    r"no attribute 'assign": (
        "only a tf.Variable can be assigned to, and this is a tensor. Compute a new one; or, if it "
        "was a variable before, look for a line such as w = w - …, which puts a tensor in its place"
    ),
    r"Unknown variable": (
        "this optimizer belongs to other variables. Use the one that you are given, "
        "or make a new one"
    ),
    r"missing a required argument: '(\w+)'": "a function is called without its argument {0}",
    r"`target` and `output` must have the same": (
        "this loss wants targets of the shape of the output. For labels that are numbers, it is "
        "sparse_categorical_crossentropy"
    ),
    r"must have (?:the same rank|rank >= 2)": (
        "it wants two matrices, such as solve(matrix, column), and a vector came. slope[:, None] "
        "is a column"
    ),
    r"lhs\) must be a square matrix": (
        "the matrix comes first in solve(matrix, right_hand_side), and the column second"
    ),
    r"truth value of an array|Using a symbolic `tf.Tensor` as a Python `bool`": (
        "an if asks one question, and here there are many numbers. tf.where decides for each"
    ),
    r"Value for attr 'T' of (\w+) is not in the list": (
        "this operation does not work with values of type {0}. Give it floats"
    ),
    r"of all input(?:s| tensors) (?:should|must) match": (
        "tensors of different shapes cannot be joined. Compute with each by itself, or flatten "
        "them first: tf.reshape(g, [-1])"
    ),
    r"SymbolicTensor' object has no attribute 'numpy|NotImplementedError: .*numpy": (
        "while a graph is traced there are no numbers yet, so .numpy() has none to read. Leave it "
        "to the code outside"
    ),
    r"only 0-dimensional arrays can be": "float(…) makes one number, and several came",
    r"ndims must be >= 2": (
        "TensorFlow's @ multiplies matrices, and one of the two has a single axis. Make it a "
        "matrix of one row: b[None, :]"
    ),
    r"target\.shape=\(\d+, \d+\), output\.shape=\(\d+,\)": (
        "the loss takes the labels first, and then what the network says"
    ),
    r"must have rank \(ndim\) `target": (
        "the labels are one number each, and the network's output has an axis too many. Is Flatten "
        "missing?"
    ),
    r"outside the valid range of \[0, \d+\)": (
        "there are more classes than the network has outputs. Look at its last layer"
    ),
    r"call `?compile\(\)`? before": "a model is compiled before it is fitted: model.compile(…)",
    r"gradient registry has no entry": (
        "the tape met an operation that has no gradient. Use another one in its place"
    ),
    r"no attribute '(?:dtype|_id|_unique_id)'": (
        "a number of Python or NumPy stands where a tensor or variable is meant: the tape knows "
        "TensorFlow's values only"
    ),
    r"`type_value`: (.{1,60}?)(?: at 0x\w+>)? to a": (
        "the tape is asked about {0}, which is no tensor. It can be asked about what TensorFlow "
        "computed, not about a plain number, a text or a function"
    ),
}


def _explained(error, function, args):
    """Return the `Unanswered` or `Wrong` that tells of an error raised by the learner's code."""
    name, line = _name(function), _own_line(error)
    message = re.sub(r"\w+\.<locals>\.|\x1b\[\d+m|\{\{.*?\}\} |\[Op:\w+\][^\n]*", "", str(error))
    lines = [text.strip() for text in message.splitlines() if text.strip()]
    if "in user code" in message:  # AutoGraph shows the way to the error, and the error last
        code = re.findall(r'File ".*", line \d+, in \w+  \*\n\s*(.*)', message)
        line, lines = (code[-1] if code else line), lines[-1:]
    lines = [t for t in lines if not re.match("Exception encountered|Arguments received|•", t)]
    kind = type(error).__name__
    text = lines[0] if lines else ""
    said = text if re.match(r"\w+Error: ", text) else f"{kind}: {text}" if text else kind
    if "Ellipsis" in message or ("ellipsis" in message and "..." in line):
        return Unanswered(f"there is still a ... in {name}")
    where = f', in the line "{line}"' if line else ""
    if "positional argument" in said and f"{getattr(function, '__name__', '')}()" in said:
        return Wrong(f"it is called with {len(args)} value(s), and {text.rstrip('.')}")
    for pattern, meaning in _MEANINGS.items():
        if found := re.search(pattern, f"{kind}: {message}"):
            return Wrong(f"{name} raised {kind}{where}: {meaning.format(*found.groups())}")
    if re.search("NoneType|None values not supported|received None|No gradients pr", message):
        return Wrong(f"{name} computes with a None{where}: {why_broken(function, copies(args))}")
    return Wrong(f"{name} raised {said.rstrip('.')}{where}")


def is_learners(filename):
    """Whether a file is code of the learner's, and not of a library."""
    return not filename.startswith((*_LIBRARIES, "<frozen", "<string>"))


def _own_line(error):
    """Return the last line of the learner's own code that an error came through."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if is_learners(frame.filename) and frame.line:
            return frame.line
    return ""


# --- Comparing ------------------------------------------------------------------------------------


def close(a, b, within=1e-3):
    """Whether two arrays of numbers agree, relative to the size of the second or to 1."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or not np.isfinite(b).all():  # anything is near to infinity
        return False
    return bool(np.all(np.abs(a - b) <= within * np.maximum(1.0, np.abs(b))))


# Slips that anyone can make: what was done to the truth, and how it is called.
_SLIPS = {
    "has the wrong sign": np.negative,
    "is twice what it should be": lambda t: 2 * t,
    "is half of what it should be": lambda t: t / 2,
    "is three times what it should be": lambda t: 3 * t,
    "is a third of what it should be": lambda t: t / 3,
    "is ten times too large": lambda t: 10 * t,
    "is ten times too small": lambda t: t / 10,
    "is 100 times too large: a share or a per cent?": lambda t: 100 * t,
    "is 100 times too small: a share or a per cent?": lambda t: t / 100,
    "is one over what it should be": lambda t: 1 / t,
    "is the square of what it should be: a root is missing": np.square,
    "is the root of what it should be": np.sqrt,
    "is the logarithm of what it should be": np.log,
    "lacks a logarithm": np.exp,
    "is a logarithm to base 10, and ln has base e": lambda t: t / np.log(10),
    "is a logarithm to base 2, and ln has base e": lambda t: t / np.log(2),
    "is in degrees, and radians were expected": np.degrees,
    "is one too many": lambda t: t + 1,
    "is one too few": lambda t: t - 1,
}


def slip(givens, truths):
    """Return what was done to the truths to get what came, as text; None if no slip fits all.

    Parameters
    ----------
    givens, truths : list of float64 arrays
        What came and what was expected, at every point that was tried.
    """
    if not any(np.any(truth) for truth in truths):
        return None
    with np.errstate(all="ignore"):
        for text, change in _SLIPS.items():
            changed = [change(truth) for truth in truths]
            if all(map(close, givens, changed)) and not all(map(close, changed, truths)):
                return text
        pairs, size = list(zip(givens, truths, strict=True)), truths[0].size
        if size > 1 and all(given.shape == truth.shape for given, truth in pairs):
            if all(close(given, truth * size) for given, truth in pairs):
                return f"is {size} times too large: a sum in place of a mean?"
            if all(close(given, truth / size) for given, truth in pairs):
                return f"is {size} times too small: a mean in place of a sum?"
            if all(close(np.sort(g, None), np.sort(t, None)) for g, t in pairs):
                return "has the right numbers in the wrong places"
        if all(given.shape == () != truth.shape for given, truth in pairs):
            for text, change in (("sum", np.sum), ("mean", np.mean)):
                if all(close(given, change(truth)) for given, truth in pairs):
                    return f"is the {text} of the numbers asked for, and each one was expected"
        for decimals in range(4):
            if all(close(given, np.round(truth, decimals), 1e-6) for given, truth in pairs):
                return f"is rounded to {decimals} decimals, and more were expected"
    return None


def where(given, truth, within=1e-3):
    """Return the first place in which two arrays differ, and both numbers there, as text."""
    off = np.abs(given - truth) > within * np.maximum(1.0, np.abs(truth))
    first = tuple(int(i) for i in np.argwhere(off)[0])
    place = first[0] if len(first) == 1 else first
    return f"at position {place} it is {show(given[first])}, and {show(truth[first])} was expected"
