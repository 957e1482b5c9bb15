"""What several lessons ask for, and how it is judged: numbers, functions, derivatives, models.

Each returns what is right about an answer, as text, or raises `Wrong`. The truth comes by another
route than the one the learner takes: a formula, central differences in float64, a property.
"""

import numpy as np
import tensorflow as tf

from .engine import (
    Wrong,
    answered,
    call,
    close,
    eagerly,
    is_function,
    needs_function,
    numbers,
    show,
    slip,
)
from .engine import where as first_difference
from .none import painted_over, uses_tape


def number(answer, truth, *, mistakes=None, look, within=1e-3):
    """Judge a number or an array.

    Parameters
    ----------
    answer : number, array or tensor
    truth : number or array
        Integers must be met exactly.
    mistakes : dict of str to number or array, optional
        Known wrong answers, by what to say to whoever gives one.
    look : str
        One thing to look at, said where no mistake and no common slip fits.
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
    """Judge a word; capitals and spaces around it do not count. See `number`."""
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
        Known wrong functions, by what to say to whoever writes one; named if it agrees with the
        answer at every point.
    look : str
        One thing to look at, said where no mistake and no common slip fits.
    """
    needs_function(answer)
    points = [tuple(np.asarray(part, np.float64) for part in point) for point in at]
    truths = [np.asarray(like(*point), np.float64) for point in points]
    makers = given if isinstance(given, tuple) else [given] * len(points[0])
    results = [
        call(answer, *(_maker(make)(part) for make, part in zip(makers, point, strict=True)))
        for point in points
    ]
    for message, mistake in (mistakes or {}).items():
        wrong = [np.asarray(mistake(*point), np.float64) for point in points]
        if all(close(numbers(result), part) for result, part in zip(results, wrong, strict=True)):
            raise Wrong(message)
    values = [numbers(r, t.shape) for r, t in zip(results, truths, strict=True)]
    if all(map(close, values, truths)):
        return f"{_called(answer)} is right at all {len(points)} points tried"
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
        Functions of x that are often given instead, by what to say to whoever gives one.
    look : str
        One thing to look at where neither a mistake nor a slip fits.
    tape : bool
        Whether the task asks for a tape, so that a formula of one's own is refused.
    """
    needs_function(answer)
    points = [np.asarray(point, np.float64) for point in at]
    truths = [gradient_of(of, point, order) for point in points]
    make = _maker(given)
    results = [call(answer, make(point)) for point in points]
    taped = _uses_tape(answer, make(points[0]))
    for result in results:
        if isinstance(result, tuple) and len(result) == 2 and points[0].ndim == 0:
            raise Wrong(f"{_called(answer)} returns two values. Return the slope alone")
    values = [_read(r, p, t) for r, p, t in zip(results, points, truths, strict=True)]
    if all(map(close, values, truths)):
        if tape and not taped:
            raise Wrong("the numbers are right, but no tape was asked. Let a tape find the slope")
        return ", ".join(f"{show(v)} at {show(p)}" for v, p in zip(values, points, strict=True))
    for message, mistake in (mistakes or {}).items():
        if all(close(v, mistake(p)) for v, p in zip(values, points, strict=True)):
            raise Wrong(message)
    for n in (n for n in range(4) if n != order):
        text = f"that is derivative number {n}"
        others = [gradient_of(of, point, n) for point in points]
        some = any(not close(other, np.zeros_like(other)) for other in others)
        if some and all(map(close, values, others)):
            if n == 0:
                text = "that is the value of the function, and its slope was expected"
            else:
                text += f", and number {order} was expected"
            raise Wrong(f"{show(values[0])} at {show(points[0])}: {text}")
    if not any(map(np.any, values)) and (painted := painted_over(answer, (make(points[0]),))):
        raise Wrong(f'the 0 stands for a None, by unconnected_gradients="zero": {painted}')
    if not taped:
        look = "No tape was asked here, so the formula of the slope is wrong"
    raise Wrong(_difference(answer, [(point,) for point in points], values, truths, look))


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
        Known wrong Hessians as functions of the point, by what to say to whoever gives one.
    tape : bool
        Whether the task asks for a function that asks a tape.
    """
    answered(answer)
    points = [np.asarray(point, np.float64) for point in at]
    if is_function(answer):
        results = [call(answer, tf.Variable(point, dtype=tf.float32)) for point in points]
    else:
        if tape:
            needs_function(answer)
        results, points = [answer], points[:1]
    truths = [hessian_of(of, point) for point in points]
    slopes = [gradient_of(of, point) for point in points]
    values = [numbers(result) for result in results]
    pairs = list(zip(values, truths, strict=True))
    if all(close(value, truth) for value, truth in pairs):
        if tape and not _uses_tape(answer, tf.Variable(points[0], dtype=tf.float32)):
            raise Wrong("the numbers are right, but no tape was asked. Let tapes find the Hessian")
        return ", ".join(f"{show(v)} at {show(p)}" for v, p in zip(values, points, strict=True))
    shown = show(values[0])
    if len(points) > 1 and all(close(value, values[0], 1e-9) for value in values):
        if not all(close(truth, truths[0]) for truth in truths):
            raise Wrong(f"{shown} comes at every point that was tried. Does it use its argument?")
    asked = "Ask for the jacobian of the gradient" if tape else "Each part's slopes make a row"
    known = {
        f"{shown} is the gradient, and each of its parts has slopes of its own": slopes,
        f"{shown} holds the sums of the Hessian's rows: gradient() of a vector is the gradient of "
        f"its sum. {asked}": [truth.sum(axis=0) for truth in truths],
        f"{shown} is the diagonal; the mixed derivatives are missing": [*map(np.diag, truths)],
        "the diagonal is right, and the mixed derivatives beside it are missing": [
            np.diag(np.diag(truth)) for truth in truths
        ],
        "the two rows are exchanged, and each row is turned round: row 1 and column 1 belong to "
        f"{names[0]}": [truth[::-1, ::-1] for truth in truths],
        f"the two rows are exchanged: row 1 belongs to {names[0]}": [t[::-1] for t in truths],
        f"each row is turned round: column 1 belongs to {names[0]}": [t[:, ::-1] for t in truths],
        "those are the Hessian's eigenvalues, and the Hessian itself was asked for": [
            np.linalg.eigvalsh(truth) for truth in truths
        ],
        "that is the inverse of the Hessian": [
            np.linalg.inv(t) if abs(np.linalg.det(t)) > 1e-6 else t for t in truths
        ],
        f"{shown} is the sum of the Hessian's diagonal": [np.trace(truth) for truth in truths],
        f"{shown} is the determinant of the Hessian, and all of its numbers were asked for": [
            np.linalg.det(truth) for truth in truths
        ],
        f"{shown} is the sum of all the numbers in the Hessian": [t.sum() for t in truths],
        f"{shown} is the value of the function, and not its Hessian": [of(p) for p in points],
        "that is the gradient times itself. A second derivative is a slope of a slope, not a "
        f"product of two. {asked}": [np.outer(slope, slope) for slope in slopes],
        "the mixed derivatives are only half as large as they should be": [
            (truth + np.diag(np.diag(truth))) / 2 for truth in truths
        ],
        "the mixed derivatives are twice as large as they should be": [
            2 * truth - np.diag(np.diag(truth)) for truth in truths
        ],
        "the mixed derivatives have the wrong sign": [
            2 * np.diag(np.diag(truth)) - truth for truth in truths
        ],
        "the four numbers are right, and they belong in two rows of two": [*map(np.ravel, truths)],
    }
    for text, wrong in known.items():
        if all(close(value, np.asarray(part)) for value, part in zip(values, wrong, strict=True)):
            raise Wrong(text)
    for text, wrong in (mistakes or {}).items():
        if all(close(value, wrong(p)) for value, p in zip(values, points, strict=True)):
            raise Wrong(text)
    if values[0].shape != truths[0].shape:
        count = len(names)
        raise Wrong(
            f"{shown} has the shape {values[0].shape}. A Hessian of {count} variables has {count} "
            f"rows of {count} numbers"
        )
    fits = slip(values, truths)
    if fits:
        raise Wrong(f"{shown} {fits}" if "places" in fits else f"each number in {shown} {fits}")
    pairs = zip(points, values, truths, strict=True)
    point, value, truth = next(part for part in pairs if not close(part[1], part[2]))
    row, column = np.argwhere(~np.isclose(value, truth, rtol=1e-3, atol=1e-3))[0]
    place = f"in row {row + 1}, column {column + 1}"
    if len(points) > 1:
        place = f"at {show(point)}, {place}"
    raise Wrong(
        f"{place} {show(value[row, column])} stands, and {show(np.round(truth[row, column], 3))} "
        "was expected: "
        f"take the slope along {names[row]}, and then its slope along {names[column]}"
    )


def _read(result, point, truth):
    """Return the numbers that came at a point; say where if they are no numbers."""
    try:
        return numbers(result, truth.shape)
    except Wrong as reason:
        raise Wrong(f"at {show(point)} {reason}") from None


def _uses_tape(answer, argument):
    with eagerly():  # a graph that was built before asks no tape again
        return uses_tape(answer, argument)


def _maker(given):
    """Return what makes an argument of a float64 array; plain numbers stay what they are."""
    if given in (tf.Variable, tf.constant):
        return lambda point: given(point, dtype=tf.float32)
    return given


def _called(answer):
    name = getattr(answer, "__name__", "<lambda>")
    return "the answer" if name == "<lambda>" else name


def _difference(answer, points, values, truths, look):
    """Say how values differ from the truths: by a slip, or at the first point where they do."""
    same = len(points) > 1 and all(close(value, values[0], 1e-9) for value in values)
    if same and not all(close(truth, truths[0]) for truth in truths):
        return (
            f"{show(values[0])} comes out at every point that was tried. "
            f"Does {_called(answer)} use what it is given?"
        )
    first = next(i for i, (v, t) in enumerate(zip(values, truths, strict=True)) if not close(v, t))
    at = ", ".join(show(part) for part in points[first])
    fits = slip(values, truths)
    if fits:
        return f"at {at} {show(values[first])} {fits}. {look}"
    if truths[first].size > 8:
        return f"at {at} {first_difference(values[first], truths[first])}. {look}"
    return f"at {at} it gives {show(values[first])}, and {show(truths[first])} was expected. {look}"


# --- Derivatives by another route -----------------------------------------------------------------


def partial(function, point, index, order):
    """Return a derivative of some order along one coordinate, by central differences in float64."""
    if order == 0:
        return np.asarray(function(point), np.float64)
    step = np.zeros_like(point)
    step[index] = (1e-5, 1e-4, 1e-3)[min(order, 3) - 1] * max(1.0, abs(float(point[index])))
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
    rows = [
        partial(lambda p: gradient_of(function, p), point, (place,), 1)
        for place in range(len(point))
    ]
    return (np.array(rows) + np.array(rows).T) / 2
