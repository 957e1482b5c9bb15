"""How a verdict is reached: the line that is printed, reading an answer, calling it, comparing.

An exercise is judged by a function in ``lesson_NN.py`` marked with `exercise`. It returns what is
right about the answer, as text, or raises `Wrong` with the mistake. What is printed begins with
"Not answered yet", "Correct" or "Wrong"; nothing is ever raised to the learner.
"""

import contextlib
import functools
import io
import math
import re
import sys

import numpy as np
import tensorflow as tf

from .errors import explained
from .none import why_broken, why_none_returned
from .running import (
    SECONDS,
    Unanswered,
    Wrong,
    at_most,
    copies,
    is_function,
    name_of,
    show,
    values,
)

# --- Verdicts -------------------------------------------------------------------------------------

OPEN = "Not answered yet"
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
            verdicts = {"": _verdict(lambda: judge(*answers))}
            _, parts = verdicts[""]
            if isinstance(parts, dict):
                verdicts = {f"({part})": _verdict(judged) for part, judged in parts.items()}
        _report(verdicts)
        SOLVED[lesson][name] = all(word == "Correct" for word, _ in verdicts.values())

    if name in CHECKS:
        raise ValueError(f"two exercises are called {name}")
    CHECKS[name] = check
    return check


def _verdict(judge):
    """Return a verdict: the word that it begins with, and its text."""
    try:
        word, text = "Correct", judge()
    except Unanswered as reason:
        word, text = OPEN, str(reason)
    except Wrong as reason:
        word, text = "Wrong", str(reason)
    except Exception as error:  # an answer that its judge does not expect: no traceback for it
        word, text = "Wrong", f"{UNREADABLE} ({type(error).__name__}: {error})"
    if isinstance(text, str) and text[-1] not in ".?!":
        text += "."
    return word, text


def _report(verdicts):
    """Print verdicts by the names of the parts, "" for the whole; those still open in one line."""
    still = [part for part, (word, _) in verdicts.items() if part and word == OPEN]
    for part, (word, text) in verdicts.items():
        if part not in still:
            print(f"{word}:", *filter(None, [part, text]))
    if still:
        print(f"{OPEN if len(still) == len(verdicts) else 'Still open'}: {', '.join(still)}.")


def progress(lesson):
    """Print how many exercises of a lesson, such as "01", are solved, and which are open."""
    solved = SOLVED[lesson]
    missing = [name for name, right in solved.items() if not right]
    if missing:
        right = len(solved) - len(missing)
        print(f"{right} of {len(solved)} solved; open: {', '.join(missing)}")
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
    for part in _leaves(answer):
        if part is None or isinstance(part, (bool, np.bool_)):
            raise Wrong(f"{part} came, and a number was expected")
        if is_function(part):
            raise Wrong(f"{name_of(part)} is a function, and a number was expected. Call it")
        if isinstance(part, (str, bytes)):
            repair = "Put numbers into it, without quotes"
            if re.fullmatch(r"[-+\d.,_eE\s]+", str(part)):
                comma = "and without the comma, which would make two of it"
                repair = (
                    f"Write it without quotes {comma}" if "," in part else "Leave out the quotes"
                )
            raise Wrong(f"{show(part)} is a text, and a number was expected. {repair}")
    try:
        array = np.asarray(answer)
        if array.dtype.kind in "bcSU":
            raise TypeError("truth values, complex numbers and texts are no answers")
        array = array.astype(np.float64)
    except Exception as error:
        if "inhomogeneous" in str(error):
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
    that is how the answer is given. What it prints is shown, once for each verdict. After some
    seconds it is interrupted, where the system allows it.
    """
    given, name = copies(args), name_of(function)
    printed = io.StringIO() if name in _heard else _Aloud()
    try:
        with at_most(seconds, name), contextlib.redirect_stdout(printed):
            result = function(*given)
    except (Unanswered, Wrong):
        raise
    except Exception as error:
        raise explained(error, function, args, why_broken) from None
    finally:
        if printed.getvalue():
            _heard.add(name)
    try:
        answered(result)
    except Unanswered:
        raise Unanswered(f"there is still a ... in what {name} returns") from None
    for before, after in zip(values(args), values(given), strict=True):
        if not may_change and not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
            raise Wrong(f"{name} changes what it is given; let it compute with a copy")
    if result is None or (isinstance(result, (list, tuple)) and any(r is None for r in result)):
        raise Wrong(why_none_returned(function, args, printed.getvalue()))
    return result


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
    "is {size} times too large: a sum in place of a mean?": lambda t: t * t.size,
    "is {size} times too small: a mean in place of a sum?": lambda t: t / t.size,
    "is the sum of the numbers asked for, and each one was expected": np.sum,
    "is the mean of the numbers asked for, and each one was expected": np.mean,
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
                return text.format(size=truths[0].size)
        for decimals in range(4):
            rounded = [np.round(truth, decimals) for truth in truths]
            if all(close(*pair, 1e-6) for pair in zip(givens, rounded, strict=True)):
                return f"is rounded to {decimals} decimals, and more were expected"
    pairs = zip(givens, truths, strict=True)
    if truths[0].size > 1 and all(close(np.sort(g, None), np.sort(t, None)) for g, t in pairs):
        return "has the right numbers in the wrong places"
    return None


def where(given, truth, within=1e-3):
    """Return the first place in which two arrays differ, and both numbers there, as text."""
    off = np.abs(given - truth) > within * np.maximum(1.0, np.abs(truth))
    first = tuple(int(i) for i in np.argwhere(off)[0])
    place = first[0] if len(first) == 1 else first
    return f"at position {place} it is {show(given[first])}, and {show(truth[first])} was expected"
