"""Says whether an answer is right and, if not, which mistake it shows and where to look again.

Every check prints one line, which begins with "Not answered yet", "Correct" or "Wrong", and never
raises on an answer, whatever a learner puts there. It judges by a route of its own: central
differences in float64, a formula, a property. A wrong use by an author raises.
"""

import functools
import math
import re

import keras
import numpy as np
import tensorflow as tf

_NONE_HINT = (
    "None. The tape saw no path from the source to the target: "
    "look at the table in lesson 01, section 5"
)
_NAN_HINT = (
    "nan. Something undefined was computed on the way (such as log 0, 0/0, or the slope of a "
    "root at 0), perhaps in a branch that was not chosen: look at lesson 02, section 6"
)


class _Unanswered(Exception):
    """The answer, or a part of it, is still ``...``."""


class _Wrong(Exception):
    """The answer is wrong; the message says why."""


def _check(judge):
    """Make a check that prints from a judge that returns a text or raises the reason."""

    @functools.wraps(judge)
    def check(answer, *args, name=None, **kwargs):
        try:
            with np.errstate(all="ignore"):
                verdict = f"Correct: {judge(answer, *args, **kwargs)}."
        except _Unanswered as reason:
            verdict = f"Not answered yet: {reason}"
        except _Wrong as reason:
            verdict = f"Wrong: {reason}" + ("" if str(reason).endswith("?") else ".")
        print(f"{name}: {verdict}" if name else verdict)

    return check


# --- Reading an answer ----------------------------------------------------------------------------


def _show(value):
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


def _refuse_dots(value, where):
    """Raise `_Unanswered` if the value is ``...`` or a list, tuple or dict that holds one."""
    parts = value.values() if isinstance(value, dict) else value
    if value is ...:
        raise _Unanswered(where)
    if isinstance(value, (list, tuple, dict)):
        for part in parts:
            _refuse_dots(part, "there is still a ... in the answer")


def _name(function):
    name = getattr(function, "__name__", "<lambda>")
    return "the answer" if name == "<lambda>" else name


def _call(function, *args):
    """Return what a learner's function returns; an error inside it is a wrong answer."""
    called = _name(function)
    try:
        result = function(*args)
    except Exception as error:
        message = " ".join(str(error).split())
        message = re.sub(r"\{\{.*?\}\} ", "", message)  # {{function_node … device:CPU:0}}
        if "ellipsis" in message.lower():
            raise _Unanswered(f"there is still a ... in {called}") from None
        if re.search("has no attribute '(dtype|_id)'", message):
            raise _Wrong(
                f"in {called} a Python number stands where a tensor is meant. The tape hears "
                "TensorFlow only: look at lesson 01, section 5"
            ) from None
        if "NoneType" in message:
            raise _Wrong(
                f"{called} computes with a None. If it is a gradient, the tape saw no path: "
                "look at the table in lesson 01, section 5"
            ) from None
        message = message if len(message) <= 120 else message[:117] + "..."
        raise _Wrong(f"{called} raised {type(error).__name__}: {message}") from None
    _refuse_dots(result, f"{called} returns ...")
    return result


def _numbers(answer):
    """Return an answer as a float64 array; what is not numbers is a wrong answer."""
    _refuse_dots(answer, "put your answer in place of the ...")
    if callable(answer) and not isinstance(answer, tf.Variable):
        raise _Wrong("a function came, and a value was expected. Call the function")
    if answer is None:
        raise _Wrong(_NONE_HINT)
    if isinstance(answer, (str, bytes)):
        raise _Wrong(f"{_show(answer)} is a text, and a number was expected. Leave out the quotes")
    if isinstance(answer, (list, tuple)) and any(part is None for part in answer):
        raise _Wrong(_NONE_HINT)
    try:
        array = np.asarray(answer)
        if array.dtype.kind == "c":
            raise TypeError
        if array.dtype.kind not in "biuf":
            array = np.asarray(array, np.float64)  # such as a list of tensors
        array = array.astype(np.float64)
    except Exception:
        raise _Wrong(f"{_show(answer)} cannot be read as numbers") from None
    if np.isnan(array).any():
        raise _Wrong(_NAN_HINT)
    if np.isinf(array).any():
        raise _Wrong(
            f"{_show(answer)} is infinite: a division by 0, or numbers that grew too large"
        )
    return array


def _with_shape(array, shape):
    """Return the array if it has the shape; a single number may come in any."""
    if array.shape == shape:
        return array
    if array.size == 1 == math.prod(shape):
        return array.reshape(shape)
    expected = shape or "a single number"
    raise _Wrong(f"its shape is {array.shape}, and {expected} was expected")


def _close(a, b, within=1e-4):
    """Whether two float64 arrays agree, relative to the size of the second or to 1."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= within * np.maximum(1.0, np.abs(b))))


def _explain(array, truth):
    """Raise `_Wrong` if the answer differs from the truth by a slip that anyone can make."""
    if not np.any(truth):
        return
    if _close(array, -truth):
        raise _Wrong(f"{_show(array)} has the wrong sign")
    along = np.asarray(truth != 0)
    ratios = array[along] / truth[along]
    ratio = float(ratios.flat[0])
    same = np.allclose(ratios, ratio, rtol=1e-4) and not np.any(array[~along])
    for factor, text in (
        (2, "twice"),
        (1 / 2, "half"),
        (100, "100 times"),
        (1 / 100, "a hundredth of"),
    ):
        if same and math.isclose(ratio, factor, rel_tol=1e-4):
            raise _Wrong(f"{_show(array)} is {text} the answer. Look for a factor lost or gained")
    if same and truth.size > 1 and ratio != 0:
        raise _Wrong(
            f"{_show(array)} is {ratio:.4g} times the answer. "
            "Look for a factor lost or gained, such as a sum in place of a mean"
        )


def _refuse_mistakes(given, mistakes, matches):
    """Raise `_Wrong` with the message of the known mistake that the answer shows, if any."""
    for message, mistake in (mistakes or {}).items():
        if matches(given, mistake):
            raise _Wrong(f"{_show(given)}. {message}")


# --- Derivatives by another route -----------------------------------------------------------------


def _partial(function, point, index, order):
    """Return the derivative of the given order along one coordinate, by central differences."""
    if order == 0:
        return np.asarray(function(point), np.float64)
    step = np.zeros_like(point)
    step[index] = (1e-5, 1e-4, 1e-3)[min(order, 3) - 1] * max(1.0, abs(float(point[index])))
    above = _partial(function, point + step, index, order - 1)
    below = _partial(function, point - step, index, order - 1)
    return (above - below) / (2 * step[index])


def _gradient(function, point, order=1):
    """Return the derivative along every coordinate, in the shape of the point."""
    point = np.asarray(point, np.float64)
    flat = [_partial(function, point, index, order) for index in np.ndindex(point.shape)]
    if any(value.size != 1 for value in flat):
        raise ValueError("of: must return one number, since a gradient is asked for")
    return np.array([value.item() for value in flat]).reshape(point.shape)


def _hessian(function, point):
    point = np.asarray(point, np.float64)
    rows = [
        _partial(lambda p: _gradient(function, p), point, index, 1)
        for index in np.ndindex(point.shape)
    ]
    rows = np.array(rows).reshape(point.shape * 2)
    return (rows + rows.T) / 2 if rows.ndim == 2 else rows


# --- The checks -----------------------------------------------------------------------------------


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
    shown = _show(truth)
    if guess is ...:
        return print(f"No guess yet. The answer is {shown}.")
    try:
        a, b = (np.asarray(value, np.float64) for value in (guess, truth))
        right = a.shape == b.shape and np.allclose(a, b, rtol=within, atol=1e-9, equal_nan=True)
        right = right and (guess is None) == (truth is None)  # NumPy reads None as nan
    except Exception:
        right = _show(guess).casefold() == shown.casefold()
    if right:
        return print(f"You guessed {_show(guess)}, and so it is.")
    return print(f"You guessed {_show(guess)}. The answer is {shown}.")


@_check
def value(answer, expected, within=1e-3, mistakes=None):
    """Judge a number, an array, a bool or a word.

    Parameters
    ----------
    answer : any
        The learner's answer.
    expected : number, bool, str, array, tensor, or callable without parameters that returns one
        The truth by another route than the one the learner is asked to take.
    within : float
        How far a float may be off, relative to its size or to 1. Integers must be exact.
    mistakes : dict of str to value or callable, optional
        Known wrong answers, keyed by what to say to whoever gives one.
    name : str, optional
        Printed before the verdict, for cells with several questions.
    """
    expected = expected() if callable(expected) else expected
    computed = {
        message: mistake() if callable(mistake) else mistake
        for message, mistake in (mistakes or {}).items()
    }
    if isinstance(expected, str):
        _refuse_dots(answer, "put your answer in place of the ...")
        if not isinstance(answer, str):
            raise _Wrong(f"{_show(answer)} is not a text, and a word in quotes was expected")
        if answer.strip().casefold() == expected.strip().casefold():
            return _show(expected)
        _refuse_mistakes(answer, computed, lambda a, b: a.strip().casefold() == b.casefold())
        raise _Wrong(f"it is not {_show(answer)}. Look at the numbers or the figure once more")
    truth = np.asarray(expected)
    if truth.dtype.kind not in "biuf":
        raise ValueError(f"expected: numbers, a bool or a text, not {expected!r}")
    if truth.dtype.kind == "b" and not isinstance(answer, (bool, np.bool_)):
        _numbers(answer)
        raise _Wrong(f"{_show(answer)} came, and True or False was expected")
    within = 0.0 if truth.dtype.kind in "biu" else within
    given, truth = _numbers(answer), truth.astype(np.float64)
    if given.shape == truth.shape or given.size == truth.size == 1:
        given = given.reshape(truth.shape)
        if _close(given, truth, within):
            return _show(answer)
    _refuse_mistakes(given, computed, lambda a, b: _close(a, np.asarray(b, np.float64), 1e-3))
    given = _with_shape(given, truth.shape)
    if np.asarray(expected).dtype.kind == "b":
        raise _Wrong(f"it is not {bool(given)}. Try it in a cell of your own")
    _explain(given, truth)
    if truth.ndim == 0:
        raise _Wrong(f"{_show(given)} is too {'large' if given > truth else 'small'}")
    raise _Wrong(f"{_show(given)} differs from the answer in {_where(given, truth, within)}")


def _where(given, truth, within):
    """Return which elements differ, as text."""
    off = np.abs(given - truth) > within * np.maximum(1.0, np.abs(truth))
    first = tuple(int(i) for i in np.argwhere(off)[0])
    position = first[0] if len(first) == 1 else first
    return f"{int(off.sum())} of {truth.size} elements, the first at position {position}"


@_check
def gradient(answer, of, at, order=1, argument=tf.Variable):
    """Judge a derivative, against central differences in float64.

    Parameters
    ----------
    answer : number, tensor of the shape of `at`, or callable
        The derivative at `at`; or a function that is called with `at` and returns it.
    of : callable
        What is differentiated: takes a float64 array of the shape of `at`, returns one number.
    at : float, array, or list of these
        The point; a list holds several points, for an answer that is a function.
    order : int
        1 for the slope, 2 for the slope of the slope; along each coordinate by itself.
    argument : callable
        Makes what the answer is called with from a float32 array: ``tf.Variable``, ``tf.constant``.
    """
    points = [np.asarray(p, np.float64) for p in (at if isinstance(at, list) else [at])]
    called = callable(answer) and not isinstance(answer, tf.Variable)
    if isinstance(at, list) and not called:
        _refuse_dots(answer, "put your answer in place of the ...")
        raise _Wrong(f"{_show(answer)} is not a function, and a function was expected")
    truths = [_gradient(of, point, order) for point in points]
    results = [_call(answer, argument(p.astype(np.float32))) if called else answer for p in points]
    givens = [_numbers(result) for result in results]
    if all(
        g.shape == () != t.shape and _close(g, t.sum()) for g, t in zip(givens, truths, strict=True)
    ):
        raise _Wrong(f"{_show(givens[0])} is the sum of the slopes, and each one is asked for")
    givens = [_with_shape(g, t.shape) for g, t in zip(givens, truths, strict=True)]
    at_points = ", ".join(f"{_show(g)} at {_show(p)}" for g, p in zip(givens, points, strict=True))
    given, truth = np.stack(givens), np.stack(truths)
    if _close(given, truth, 1e-3):
        return at_points
    values = [np.broadcast_to(of(point), point.shape) for point in points]
    if _close(given, np.stack(values), 1e-3):
        raise _Wrong(
            f"{at_points}: that is the value of the function, not its slope. "
            "Hand the value to tape.gradient as the target"
        )
    for other, text in ((1, "first"), (2, "second"), (3, "third")):
        derivatives = [_gradient(of, point, other) for point in points]
        if other != order and _close(given, np.stack(derivatives), 1e-3):
            raise _Wrong(
                f"{at_points}: that is the {text} derivative; "
                f"you are asked for derivative number {order}"
            )
    _explain(given.squeeze(), truth.squeeze())
    if truth.ndim > 1:
        raise _Wrong(f"{at_points}: that differs from the slope in {_where(given, truth, 1e-3)}")
    off = int(np.argmax(np.abs(given - truth) > 1e-3 * np.maximum(1.0, np.abs(truth))))
    look = (
        "Did the tape record all of the formula?" if called else "Follow the steps that run there"
    )
    raise _Wrong(
        f"{_show(given[off])} at {_show(points[off])} is too "
        f"{'large' if given[off] > truth[off] else 'small'}: a tiny step to the right changes the "
        f"function otherwise. {look}"
    )


@_check
def hessian(answer, of, at):
    """Judge a Hessian, against central differences in float64.

    Parameters
    ----------
    answer : array or tensor of shape (n, n), or callable
        The Hessian at `at`; or a function that takes a float32 ``tf.Variable`` and returns it.
    of : callable
        What is differentiated twice: takes a float64 array of shape (n,), returns one number.
    at : array of shape (n,)
        The point.
    """
    point = np.asarray(at, np.float64)
    truth = _hessian(of, point)
    if callable(answer) and not isinstance(answer, tf.Variable):
        answer = _call(answer, tf.Variable(point, dtype=tf.float32))
    given = _numbers(answer)
    if given.shape == point.shape:
        if _close(given, truth.sum(axis=0), 1e-3):
            raise _Wrong(
                f"{_show(given)} holds the sums of the Hessian's rows: gradient() of a vector is "
                "the gradient of its sum. Ask for tape.jacobian of the gradient"
            )
        if _close(given, _gradient(of, point), 1e-3):
            raise _Wrong(f"{_show(given)} is the gradient. Differentiate it once more")
        if _close(given, np.diag(truth), 1e-3):
            raise _Wrong(f"{_show(given)} is the diagonal; the mixed derivatives are missing")
    given = _with_shape(given, truth.shape)
    if _close(given, truth, 1e-3):
        return _show(given)
    if _close(given, np.diag(np.diag(truth)), 1e-3):
        raise _Wrong("the diagonal is right, and the mixed derivatives are missing")
    if _close(np.diag(given), np.diag(truth), 1e-3):
        raise _Wrong("the diagonal is right, and the mixed derivatives are not")
    _explain(given, truth)
    raise _Wrong(f"{_show(given)} differs from the Hessian in {_where(given, truth, 1e-3)}")


@_check
def function(answer, like, at, differentiable=False, argument=tf.Variable, mistakes=None):
    """Judge a function of the learner's by what it returns.

    Parameters
    ----------
    answer : callable
        Takes what `argument` makes, returns numbers.
    like : callable
        The truth by another route: takes float64 arrays, returns numbers.
    at : list
        The inputs to try: numbers or arrays, or tuples of them for several arguments.
    differentiable : bool
        Whether the tape must be able to differentiate the answer with respect to its first
        argument; the slope is then compared with that of `like`.
    argument : callable
        Makes what the answer is called with from a float32 array: ``tf.Variable``, ``np.asarray``.
    mistakes : dict of str to callable, optional
        Known wrong functions, keyed by what to say to whoever writes one. A mistake is named only
        if it agrees with the answer at every input.
    """
    _refuse_dots(answer, "put your answer in place of the ...")
    if not callable(answer):
        raise _Wrong(f"{_show(answer)} is not a function, and a function was expected")
    called = _name(answer)
    inputs = [point if isinstance(point, tuple) else (point,) for point in at]
    inputs = [tuple(np.asarray(part, np.float64) for part in point) for point in inputs]
    results = []
    for point in inputs:
        tensors = [argument(part.astype(np.float32)) for part in point]
        with tf.GradientTape() as tape:
            result = _call(answer, *tensors)
        if result is None:
            raise _Wrong(f"{called} returns None. Is its return missing?")
        slope = None
        if differentiable:
            slope = tape.gradient(result, tensors[0]) if tf.is_tensor(result) else None
        results.append((_numbers(result), slope))
    for message, mistake in (mistakes or {}).items():
        if all(
            _close(given, np.asarray(mistake(*point), np.float64), 1e-3)
            for point, (given, _) in zip(inputs, results, strict=True)
        ):
            raise _Wrong(message)
    for point, (given, slope) in zip(inputs, results, strict=True):
        truth = np.asarray(like(*point), np.float64)
        shown = ", ".join(_show(part) for part in point)
        try:
            given = _with_shape(given, truth.shape)
            if not _close(given, truth, 1e-3):
                _explain(given, truth)
                if truth.ndim:
                    raise _Wrong(f"{_show(given)} differs in {_where(given, truth, 1e-3)}")
                raise _Wrong(f"{_show(given)} is too {'large' if given > truth else 'small'}")
        except _Wrong as reason:
            raise _Wrong(f"{called}({shown}): {reason}") from None
        if differentiable:
            if slope is None:
                raise _Wrong(
                    f"{called}({shown}) has the right value, but its gradient is {_NONE_HINT}"
                )
            rest = point[1:]
            steep = _gradient(lambda p, rest=rest: np.sum(like(p, *rest)), point[0])
            if not _close(_numbers(slope), steep, 1e-3):
                raise _Wrong(
                    f"{called}({shown}) has the right value, but its gradient is {_show(slope)}"
                )
    count = len(inputs)
    return f"{called} is right for {'the input' if count == 1 else f'all {count} inputs'} tried"


@_check
def minimum(answer, of, start, within=1e-3):
    """Judge where a loss is smallest, by its slope and its curvature there in float64.

    Parameters
    ----------
    answer : callable
        Takes where to start, a float32 ``tf.Variable``, and returns the place it reaches.
    of : callable
        The loss: takes a float64 array of the shape of a place, returns one number.
    start : list of arrays of shape (n,)
        Where to start from.
    within : float
        How far the place may be off, relative to its size or to 1.
    """
    _refuse_dots(answer, "put your answer in place of the ...")
    if not callable(answer):
        raise _Wrong(f"{_show(answer)} is not a function, and a function was expected")
    called = _name(answer)

    def missing(place):  # what Newton's method would still walk
        return np.linalg.lstsq(_hessian(of, place), _gradient(of, place))[0]

    def at_rest(place):
        return bool(np.all(np.abs(missing(place)) <= within * max(1.0, np.abs(place).max())))

    for begin in start:
        begin = np.asarray(begin, np.float64)
        result = _call(answer, tf.Variable(begin, dtype=tf.float32))
        if result is None:
            raise _Wrong(f"{called} returns None. Is its return missing, or a path for the tape")
        place = _with_shape(_numbers(result), begin.shape)
        if at_rest(place):
            curvatures = np.linalg.eigvalsh(_hessian(of, place))
            if curvatures[0] < -1e-3 * np.abs(curvatures).max():
                raise _Wrong(f"at {_show(place)} the slope is 0, but it is no minimum")
            continue
        came = f"from {_show(begin)} it leads to {_show(place)}"
        if _close(place, begin):
            raise _Wrong(f"{came}, where it started. Return the new place")
        if at_rest(begin - place):
            raise _Wrong(f"{came}, which is the step itself. Subtract it from the start")
        if _close(place, begin - _gradient(of, begin), 1e-3):
            raise _Wrong(f"{came}: a step of gradient descent, which leaves the curvature out")
        before, after = float(of(begin)), float(of(place))
        if after > before:
            raise _Wrong(
                f"{came}, and the loss rises from {before:.4g} to {after:.4g}. "
                "Look at the step's sign and size"
            )
        raise _Wrong(f"{came}, where the slope is still {_show(_gradient(of, place))}, not 0")
    ends = f"{_show(place)}, from {'the start' if len(start) == 1 else f'all {len(start)} starts'}"
    return f"{called} leads to the minimum at {ends}"


@_check
def descends_to(rate, target, loss, start, steps, within):
    """Judge a loss and a learning rate by walking downhill with them.

    Parameters
    ----------
    rate : float
        The learner's learning rate.
    target : float
        Where the walk is to end.
    loss : callable
        The learner's loss: takes a scalar float32 ``tf.Variable``, returns a scalar tensor.
    start : float
        Where the walk begins.
    steps : int
        How many steps it may take.
    within : float
        How near to `target` it must end.
    """
    x = tf.Variable(start, dtype=tf.float32)
    _refuse_dots(rate, "put your learning rate in place of the ...")
    if not callable(loss):
        _refuse_dots(loss, "put your loss in place of the ...")
        raise _Wrong(f"the loss is {_show(loss)}, and a function of x was expected")
    _call(loss, x)
    rate = float(_with_shape(_numbers(rate), ()))
    if rate <= 0:
        raise _Wrong(f"the rate is {_show(rate)}. A step downhill needs a rate above 0")

    def slope(point):
        with tf.GradientTape() as tape:
            tape.watch(point)
            result = _call(loss, point)
        if not tf.is_tensor(result) or result.shape != ():
            raise _Wrong(f"the loss returns {_show(result)}, and a scalar tensor was expected")
        steepness = tape.gradient(result, point)
        if steepness is not None and not math.isfinite(steepness):
            raise _Wrong(
                "x grew out of bounds: each step was longer than the last. Try a smaller rate"
            )
        return float(_with_shape(_numbers(steepness), ()))

    low = min(abs(start - target), 1.0) * 0.05
    if not slope(tf.constant(target - low)) < 0 < slope(tf.constant(target + low)):
        raise _Wrong("the loss is not smallest where it should be: check what makes it 0")
    for _ in range(steps):
        x.assign_sub(rate * slope(x))
    end = float(x)
    if abs(end - target) <= within:
        return f"x = {end:.5g} after {steps} steps"
    step = abs(rate * slope(x))
    if step > abs(end - target):
        raise _Wrong(
            f"after {steps} steps x is {end:.4g}, stepping back and forth. Try a smaller rate"
        )
    raise _Wrong(f"after {steps} steps x is {end:.4g}, still on its way. Try a larger rate")


@_check
def line(answer, x, y, within=0.01):
    """Judge a trained line, y ≈ w·x + b, against least squares in float64.

    Parameters
    ----------
    answer : pair of numbers, or callable
        The learner's w and b; or a function that is called with `x` and `y` and returns them.
    x, y : array of shape (n,)
        What the line was trained on.
    within : float
        How far w and b may be off, relative to their size or to 1.
    """
    x, y = np.asarray(x), np.asarray(y)
    pair = _call(answer, x, y) if callable(answer) else answer
    _refuse_dots(pair, "put your answer in place of the ...")
    try:
        parts = list(pair)
    except Exception:
        parts = []
    if len(parts) != 2:
        raise _Wrong(f"{_show(pair)} came, and two numbers were expected: w, b")
    try:
        grown = any(not np.isfinite(np.asarray(p, float)).all() for p in parts if p is not None)
    except Exception:
        grown = False  # not numbers at all, which `_numbers` says below
    if grown:
        raise _Wrong("w or b grew out of bounds. The rate is too large, or the step goes uphill")
    w, b = (float(_with_shape(_numbers(part), ())) for part in parts)
    best = np.polyfit(x.astype(np.float64), y.astype(np.float64), 1)
    shown = f"w = {w:.4g}, b = {b:.4g}"
    if _close([w, b], best, within):
        return f"within {within:.0%} of least squares, w = {best[0]:.4g} and b = {best[1]:.4g}"

    def loss(w, b):
        return float(np.mean((w * x + b - y) ** 2))

    if w == b == 0:
        raise _Wrong("w and b are both 0. Were they updated?")
    if _close([b, w], best, within):
        raise _Wrong(f"{shown}: they have changed places. w is the slope, b is the value at x = 0")
    if abs(w) < 0.05 * abs(best[0]) and _close(b, np.mean(y), 0.05):
        raise _Wrong(
            f"{shown}: a flat line through the mean of y, as if each y belonged to every x. "
            "Print the shapes of the prediction and of y; if you shuffle, shuffle them alike"
        )
    if loss(w, b) > loss(0, 0):
        raise _Wrong(
            f"{shown}: the loss is larger than that of w = b = 0, so the steps do not lead "
            "downhill. Look at the rate, the sign of the step, and which slope moves which variable"
        )
    raise _Wrong(
        f"{shown}: the loss is {loss(w, b):.4g}, and {loss(*best):.4g} is possible. "
        "It is still on its way or jumps about: change the rate or the number of steps"
    )


@_check
def parameters(answer, model):
    """Judge a count of parameters, against the built model's own arrays.

    Parameters
    ----------
    answer : int
        The learner's count.
    model : keras.Model
        A built model of dense layers.
    """
    weights = [weight.shape for weight in model.weights]
    truth = sum(math.prod(shape) for shape in weights)
    given = float(_with_shape(_numbers(answer), ()))
    kernels = [shape for shape in weights if len(shape) > 1]
    if given == truth:
        return f"{truth:,} parameters"
    if given == sum(math.prod(shape) for shape in kernels):
        raise _Wrong(f"{given:,.0f} leaves out the biases: one for each unit of each layer")
    if given == sum(shape[-1] for shape in kernels):
        raise _Wrong(
            f"{given:,.0f} counts units. Each unit has a weight for every input, and a bias"
        )
    if given == len(weights):
        raise _Wrong(f"{given:,.0f} counts arrays. Count the numbers in them")
    if abs(given - truth) in {math.prod(shape) for shape in weights}:
        raise _Wrong(f"{given:,.0f} misses one array, or counts one twice. Go layer by layer")
    raise _Wrong(
        f"{given:,.0f} is too {'large' if given > truth else 'small'}. "
        "A dense layer has inputs × units weights and one bias a unit"
    )


@_check
def classifier(model, inputs, labels, accuracy, parameters=None):
    """Judge a trained classifier by its share of right answers.

    Parameters
    ----------
    model : keras.Model
        Returns one row an input: a score for each class, or one number that is above 0.5 for
        class 1.
    inputs : array of shape (n, ...)
        What it is tried on.
    labels : int array of shape (n,)
        The right answers.
    accuracy : float
        The least share of right answers, from 0 to 1.
    parameters : int, optional
        The most parameters that the model may have.
    """
    _refuse_dots(model, "put your model in place of the ...")
    if model is None:
        raise _Wrong("the model is None. Does your function return it?")
    if not hasattr(model, "predict"):
        raise _Wrong(f"{_show(model)} is not a Keras model")
    labels = np.asarray(labels)
    scores = _numbers(_call(lambda: model.predict(inputs, verbose=0)))
    scores = scores.reshape(len(scores), -1)
    classes = int(labels.max()) + 1
    if len(scores) != len(labels) or (scores.shape[1] != 1 and scores.shape[1] < classes):
        raise _Wrong(
            f"the model's output has shape {scores.shape}; expected ({len(labels)}, {classes}), "
            "a score for each class. Look at its last layer"
        )
    chosen = scores[:, 0] > 0.5 if scores.shape[1] == 1 else scores.argmax(axis=1)
    share = float(np.mean(chosen == labels))
    count = model.count_params()
    if share < accuracy:
        if len(np.unique(chosen)) == 1:
            raise _Wrong(f"{share:.1%} are right: the model gives every input the same class")
        if share < 1.5 / classes and classes > 2:
            raise _Wrong(f"{share:.1%} are right, no better than chance. Has it been trained?")
        raise _Wrong(f"{share:.1%} are right, and at least {accuracy:.1%} was asked for")
    if parameters is not None and count > parameters:
        raise _Wrong(
            f"{share:.1%} are right, but with {count:,} parameters; at most {parameters:,} "
            "were asked for. Try fewer units"
        )
    return f"{share:.1%} are right, with {count:,} parameters"


@_check
def dense(answer, like):
    """Judge the weights of one dense layer that is to do what several layers do.

    The truth is found without a matrix product: by what `like` makes of the zero vector and of
    each unit vector.

    Parameters
    ----------
    answer : (W, b), or callable
        Arrays of shapes (inputs, units) and (units,); or a function that is called with the layers
        of `like` and returns them.
    like : keras.Sequential
        Built, of dense layers without activation.
    """
    if callable(answer):
        answer = _call(answer, *like.layers)
    _refuse_dots(answer, "put your answer in place of the ...")
    if not isinstance(answer, (list, tuple)) or len(answer) != 2:
        raise _Wrong(f"{_show(answer)} came, and a pair was expected: W, b")
    inputs = like.input_shape[-1]
    b = np.asarray(like(np.zeros((1, inputs))), np.float64)[0]
    W = np.asarray(like(np.eye(inputs)), np.float64) - b
    given = {}
    for name, part, truth in (("W", answer[0], W), ("b", answer[1], b)):
        try:
            given[name] = _numbers(part)
            if given[name].shape == (1, *b.shape) and name == "b":
                given[name] = given[name][0]
            given[name] = _with_shape(given[name], truth.shape)
        except _Wrong as reason:
            raise _Wrong(f"{name}: {reason}") from None
    right = _close(given["W"], W, 1e-3), _close(given["b"], b, 1e-3)
    if all(right):
        return f"x @ W + b does what the {len(like.layers)} layers do"
    if right[0]:
        raise _Wrong(
            "W is right, b is not. b is what comes out for x = 0: "
            "follow a row of zeros through the layers"
        )
    raise _Wrong(
        f"{'b is right, W is not' if right[1] else 'neither W nor b is right'}. "
        "Write the formula of the first layer into that of the second, then sort by x"
    )


@_check
def every_layer_learns(model, inputs, labels, layers=None, smallest=1e-3):
    """Judge an untrained classifier by the gradients of its layers.

    Parameters
    ----------
    model : keras.Sequential, or callable without parameters that returns one
        Of dense layers; its output is the probability of class 1, of shape (n, 1).
    inputs : array of shape (n, ...)
    labels : int array of shape (n,)
        0 or 1.
    layers : int, optional
        How many layers it must have.
    smallest : float
        The least norm that the gradient of a kernel may have.
    """
    if callable(model) and not isinstance(model, keras.Model):
        model = _call(model)
    _refuse_dots(model, "put your model in place of the ...")
    if not isinstance(model, keras.Sequential) or not model.built:
        raise _Wrong(f"{_show(model)} came, and a keras.Sequential with its weights was expected")
    if layers is not None and len(model.layers) != layers:
        raise _Wrong(f"the model has {len(model.layers)} layers, and {layers} were asked for")
    kernels = {layer.name: layer.kernel for layer in model.layers if hasattr(layer, "kernel")}
    with tf.GradientTape() as tape:
        predictions = _call(model, inputs)
        losses = keras.losses.binary_crossentropy(np.reshape(labels, (-1, 1)), predictions)
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, list(kernels.values()), unconnected_gradients="zero")
    norms = [float(np.linalg.norm(_numbers(gradient))) for gradient in gradients]
    for number, (name, kernel) in enumerate(kernels.items(), start=1):
        start = np.asarray(kernel)
        place = f"layer {number} of {len(kernels)}, {name},"
        if not start.any():
            raise _Wrong(
                f"{place} starts with zeros: it lets no signal forward and no gradient back"
            )
        if start.shape[-1] > 1 and np.ptp(start, axis=-1).max() == 0:
            raise _Wrong(
                f"{place} starts with the same weights for each of its units, "
                "so that all of them will always learn the same. Start at random"
            )
    for number, (name, norm) in enumerate(zip(kernels, norms, strict=True), start=1):
        if norm < smallest:
            raise _Wrong(
                f"layer {number} of {len(kernels)}, {name}, has a gradient of norm {norm:.0e}: "
                "it hardly moves. What shrinks the numbers from layer to layer?"
            )
    return f"the gradient reaches all {len(kernels)} layers"


@_check
def training(train, like, model, mistakes=None, within=1e-3):
    """Judge a training by the weights in which it ends.

    Both trainings start from the weights that the model has; in the end it has them again.

    Parameters
    ----------
    train : callable
        The learner's training: is called with `model` and changes its weights.
    like : callable
        The same training by another route.
    model : keras.Model
        Built.
    mistakes : dict of str to callable, optional
        Known wrong trainings, keyed by what to say to whoever writes one.
    within : float
        How far a weight may be off, relative to the longest way that a weight goes.
    """
    _refuse_dots(train, "put your training in place of the ...")
    if not callable(train):
        raise _Wrong(f"{_show(train)} is not a function, and a function was expected")
    start = model.get_weights()

    def moved(run, *args):
        """Return how far each weight moves, as float64 arrays."""
        try:
            run(*args, model)
            return [_numbers(a) - b for a, b in zip(model.get_weights(), start, strict=True)]
        finally:
            model.set_weights(start)

    def agree(given, truth):
        longest = max(np.abs(way).max() for way in truth)
        pairs = zip(given, truth, strict=True)
        return all(np.abs(a - b).max() <= within * longest for a, b in pairs)

    given, truth = moved(_call, train), moved(like)
    if agree(given, truth):
        return f"all {model.count_params():,} weights end where they should"
    if not any(way.any() for way in given):
        raise _Wrong("no weight has moved. Is the model that was handed over updated at all")
    for message, mistake in (mistakes or {}).items():
        if agree(given, moved(mistake)):
            raise _Wrong(message)
    for weight, way, true_way in zip(model.weights, given, truth, strict=True):
        if true_way.any() and not way.any():
            raise _Wrong(f"{weight.path} has not moved, and the others have")
    if sum(np.sum(a * b) for a, b in zip(given, truth, strict=True)) < 0:
        raise _Wrong("the weights have moved uphill: the gradient is to be subtracted")
    far, right = (sum(np.sum(way**2) for way in ways) ** 0.5 for ways in (given, truth))
    raise _Wrong(
        f"the weights end elsewhere: they have moved by {far:.3g} in all, and {right:.3g} is right"
    )
