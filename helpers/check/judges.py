"""What several lessons ask for, and how it is judged: numbers, words, functions, derivatives.

Each returns what is right about an answer, as text, or raises `Wrong`. The truth comes by another
route than the one the learner takes: a formula, central differences in float64.

Their last parameters: `mistakes` are known wrong answers, by what to say to whoever gives one;
`look` is one thing to look at, said where no mistake and no common slip fits; `tape` tells whether
the task asks for a tape, so that numbers found without one are refused.
"""

import numpy as np
import tensorflow as tf

from .engine import Wrong, answered, call, close, needs_function, numbers, slip, where
from .none import painted_over, uses_tape
from .running import is_function, name_of, show


def number(answer, truth, *, mistakes=None, look, within=1e-3):
    """Judge a number or an array.

    Parameters
    ----------
    answer : number, array or tensor
    truth : number or array
        Integers must be met exactly.
    mistakes : dict of str to number or array, optional
    within : float
        How far a float may be off, relative to its size or to 1.
    """
    truth = np.asarray(truth)
    within = 0.0 if truth.dtype.kind in "iu" else within
    given = numbers(answer)
    if given.size == truth.size == 1:
        given = given.reshape(truth.shape)
    if close(given, truth, within):
        return show(answer)
    for message, mistake in (mistakes or {}).items():
        if close(given, mistake):
            raise Wrong(message)
    given = numbers(answer, truth.shape)
    fits = slip([given], [truth.astype(np.float64)])
    raise Wrong(f"{show(given)} {fits}. {look}" if fits else f"it is not {show(given)}. {look}")


def word(answer, truth, *, mistakes=None, look):
    """Judge a word; capitals and spaces around it do not count."""
    answered(answer)
    if not isinstance(answer, str):
        raise Wrong(f"{show(answer)} came, and a word in quotes was expected")
    given = answer.strip().casefold()
    if given == truth.casefold():
        return show(truth)
    for message, mistake in (mistakes or {}).items():
        if given == mistake.casefold():
            raise Wrong(message)
    raise Wrong(f"it is not {show(answer)}. {look}")


def function(answer, like, at, *, given=np.float32, mistakes=None, look):
    """Judge a function by what it returns.

    Parameters
    ----------
    answer : callable
        The learner's.
    like : callable
        The truth by another route: takes float64 arrays, returns numbers.
    at : list of tuples
        The arguments to try, each a number or array.
    given : callable, or a tuple of one for each argument
        Makes what the answer gets of each argument: ``float``, ``tf.Variable``, ``np.asarray``.
    mistakes : dict of str to callable, optional
        Functions as `like`; one is named if it agrees with the answer at every point.
    """
    needs_function(answer)
    points = [tuple(np.asarray(part, np.float64) for part in point) for point in at]
    truths = [np.asarray(like(*point), np.float64) for point in points]
    makers = given if isinstance(given, tuple) else [given] * len(points[0])
    results = [call(answer, *map(_made, makers, point)) for point in points]
    # a mistake may have another shape than the truth, so it is looked for first
    _refuse_known([numbers(result) for result in results], points, mistakes)
    values = [numbers(r, t.shape) for r, t in zip(results, truths, strict=True)]
    if all(map(close, values, truths)):
        return f"{name_of(answer)} is right at all {len(points)} points tried"
    raise Wrong(_difference(answer, points, values, truths, look))


def derivative(answer, of, at, *, order=1, given=tf.Variable, mistakes=None, look, tape=False):
    """Judge a function that returns a derivative, against central differences in float64.

    Parameters
    ----------
    answer : callable
        The learner's; gets one argument.
    of : callable
        What is differentiated: takes a float64 array, returns one number.
    at : list of numbers or arrays
        Where; more than one, so that a number typed in is noticed.
    order : int
        1 for the slope, 2 for the slope of the slope, along each coordinate by itself.
    given : callable
        Makes what the answer gets of each point: ``tf.Variable``, ``tf.constant``, ``float``.
    mistakes : dict of str to callable, optional
        Functions of x that are often given instead.
    """
    needs_function(answer)
    points = [(np.asarray(point, np.float64),) for point in at]
    truths = [gradient_of(of, point, order) for (point,) in points]
    first = _made(given, points[0][0])
    results = [call(answer, _made(given, point)) for (point,) in points]
    if any(isinstance(r, tuple) and len(r) == 2 for r in results) and points[0][0].ndim == 0:
        raise Wrong(f"{name_of(answer)} returns two values. Return the slope alone")
    values, taped = [], uses_tape(answer, first)
    for result, (point,) in zip(results, points, strict=True):
        try:
            values.append(numbers(result, point.shape))
        except Wrong as reason:
            raise Wrong(f"at {show(point)} {reason}") from None
    if all(map(close, values, truths)):
        if tape and not taped:
            raise Wrong("the numbers are right, but no tape was asked. Let a tape find the slope")
        return ", ".join(f"{show(v)} at {show(*p)}" for v, p in zip(values, points, strict=True))
    _refuse_known(values, points, mistakes)
    for n in (n for n in range(4) if n != order):
        others = [gradient_of(of, point, n) for (point,) in points]
        some = any(np.any(np.abs(other) > 1e-3) for other in others)
        if some and all(map(close, values, others)):
            text = f"that is derivative number {n}, and number {order} was expected"
            if n == 0:
                text = "that is the value of the function, and its slope was expected"
            raise Wrong(f"{show(values[0])} at {show(*points[0])}: {text}")
    if not any(map(np.any, values)) and (painted := painted_over(answer, (first,))):
        raise Wrong(f'the 0 stands for a None, by unconnected_gradients="zero": {painted}')
    if not taped:
        look = "No tape was asked here, so the formula of the slope is wrong"
    raise Wrong(_difference(answer, points, values, truths, look))


# What often stands in place of a Hessian: how it is called, and what was done to the truth.
_HESSIANS = {
    "{shown} holds the sums of the Hessian's rows: gradient() of a vector is the gradient of its "
    "sum. {asked}": lambda t: t.sum(axis=0),
    "{shown} is the diagonal; the mixed derivatives are missing": np.diag,
    "the diagonal is right, and the mixed derivatives beside it are missing": (
        lambda t: np.diag(np.diag(t))
    ),
    "the two rows are exchanged, and each row is turned round: row 1 and column 1 belong to "
    "{first}": lambda t: t[::-1, ::-1],
    "the two rows are exchanged: row 1 belongs to {first}": lambda t: t[::-1],
    "each row is turned round: column 1 belongs to {first}": lambda t: t[:, ::-1],
    "those are the Hessian's eigenvalues, and the Hessian itself was asked for": np.linalg.eigvalsh,
    "that is the inverse of the Hessian": np.linalg.pinv,
    "{shown} is the sum of the Hessian's diagonal": np.trace,
    "{shown} is the determinant of the Hessian, and all of its numbers were asked for": (
        np.linalg.det
    ),
    "{shown} is the sum of all the numbers in the Hessian": np.sum,
    "the mixed derivatives are only half as large as they should be": (
        lambda t: (t + np.diag(np.diag(t))) / 2
    ),
    "the mixed derivatives are twice as large as they should be": (
        lambda t: 2 * t - np.diag(np.diag(t))
    ),
    "the mixed derivatives have the wrong sign": lambda t: 2 * np.diag(np.diag(t)) - t,
    "the four numbers are right, and they belong in two rows of two": np.ravel,
}


def hessian(answer, of, at, *, names, mistakes=None, tape=False):
    """Judge a Hessian, against central differences in float64.

    Parameters
    ----------
    answer : table of numbers, or callable
        The Hessian at the first point; or a function that gets a float32 ``tf.Variable``.
    of : callable
        What is differentiated twice: takes a float64 array of shape (n,), returns one number.
    at : list of points
    names : str
        A letter for each coordinate, for messages.
    mistakes : dict of str to callable, optional
        Known wrong Hessians as functions of the point.
    """
    answered(answer)
    points = [(np.asarray(point, np.float64),) for point in at]
    if tape or is_function(answer):
        needs_function(answer)
        results = [call(answer, _made(tf.Variable, point)) for (point,) in points]
    else:
        results, points = [answer], points[:1]
    truths = [hessian_of(of, point) for (point,) in points]
    values = [numbers(result) for result in results]
    if all(map(close, values, truths)):
        if tape and not uses_tape(answer, _made(tf.Variable, points[0][0])):
            raise Wrong("the numbers are right, but no tape was asked. Let tapes find the Hessian")
        return ", ".join(f"{show(v)} at {show(*p)}" for v, p in zip(values, points, strict=True))
    if text := _constant(answer, values, truths):
        raise Wrong(text)
    shown, count = show(values[0]), len(names)
    asked = "Ask for the jacobian of the gradient" if tape else "Each part's slopes make a row"
    of_the_point = {
        f"{shown} is the gradient, and each of its parts has slopes of its own": (
            lambda p: gradient_of(of, p)
        ),
        f"{shown} is the value of the function, and not its Hessian": of,
        "that is the gradient times itself. A second derivative is a slope of a slope, not a "
        f"product of two. {asked}": lambda p: np.outer(gradient_of(of, p), gradient_of(of, p)),
    }
    _refuse_known(values, points, of_the_point)
    for text, change in _HESSIANS.items():
        if all(map(close, values, map(change, truths))):
            raise Wrong(text.format(shown=shown, asked=asked, first=names[0]))
    _refuse_known(values, points, mistakes)
    if values[0].shape != (count, count):
        raise Wrong(
            f"{shown} has the shape {values[0].shape}. A Hessian of {count} variables has {count} "
            f"rows of {count} numbers"
        )
    if fits := slip(values, truths):
        raise Wrong(f"{shown} {fits}" if "places" in fits else f"each number in {shown} {fits}")
    point, value, truth = _first_off(points, values, truths)
    row, column = np.argwhere(~np.isclose(value, truth, rtol=1e-3, atol=1e-3))[0]
    place = f"in row {row + 1}, column {column + 1}"
    if len(points) > 1:
        place = f"at {point}, {place}"
    raise Wrong(
        f"{place} {show(value[row, column])} stands, and {show(np.round(truth[row, column], 3))} "
        "was expected: "
        f"take the slope along {names[row]}, and then its slope along {names[column]}"
    )


def _made(maker, point):
    """Return an argument, made of a float64 array; plain numbers stay what they are."""
    return maker(point, **({"dtype": tf.float32} if maker in (tf.Variable, tf.constant) else {}))


def _refuse_known(values, points, mistakes):
    """Refuse values that a known mistake gives at every point."""
    for message, mistake in (mistakes or {}).items():
        wrong = (np.asarray(mistake(*point), np.float64) for point in points)
        if all(map(close, values, wrong)):
            raise Wrong(message)


def _constant(answer, values, truths):
    """Say so if the same comes at every point, where the truths differ."""
    if not all(close(value, values[0], 1e-9) for value in values):
        return None
    if all(close(truth, truths[0]) for truth in truths):
        return None
    return (
        f"{show(values[0])} comes out at every point that was tried. "
        f"Does {name_of(answer)} use what it is given?"
    )


def _first_off(points, values, truths):
    """Return the first point at which a value is wrong, as text, and the value and the truth."""
    found = zip(points, values, truths, strict=True)
    point, value, truth = next(part for part in found if not close(part[1], part[2]))
    return ", ".join(map(show, point)), value, truth


def _difference(answer, points, values, truths, look):
    """Say how values differ from the truths: by a slip, or at the first point where they do."""
    if text := _constant(answer, values, truths):
        return text
    at, value, truth = _first_off(points, values, truths)
    if fits := slip(values, truths):
        return f"at {at} {show(value)} {fits}. {look}"
    if truth.size > 8:
        return f"at {at} {where(value, truth)}. {look}"
    return f"at {at} it gives {show(value)}, and {show(truth)} was expected. {look}"


# --- Derivatives by another route -----------------------------------------------------------------


def partial(function, point, index, order):
    """Return a derivative of some order along one coordinate, by central differences in float64."""
    if order == 0:
        return np.asarray(function(point), np.float64)
    step = np.zeros_like(point)
    step[index] = 10.0 ** (order - 6) * max(1.0, abs(float(point[index])))
    above = partial(function, point + step, index, order - 1)
    below = partial(function, point - step, index, order - 1)
    return (above - below) / (2 * step[index])


def gradient_of(function, point, order=1):
    """Return the derivative along every coordinate, in the shape of the point.

    The function takes a float64 array of that shape and returns one number.
    """
    point = np.asarray(point, np.float64)
    flat = [partial(function, point, index, order) for index in np.ndindex(point.shape)]
    return np.array(flat, np.float64).reshape(point.shape)


def hessian_of(function, point):
    """Return the matrix of second derivatives at a point, an array of shape (n,)."""
    places = range(len(point))
    rows = [partial(lambda p: gradient_of(function, p), point, (at,), 1) for at in places]
    return (np.array(rows) + np.array(rows).T) / 2
