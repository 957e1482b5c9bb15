"""Verdicts of lesson 03, higher-order gradients."""

import collections
import contextlib
import inspect
import sys

import numpy as np
import tensorflow as tf

from .engine import (
    Wrong,
    answered,
    call,
    close,
    exercise,
    is_function,
    needs_function,
    numbers,
    show,
)
from .judges import derivative, function, gradient_of, hessian, hessian_of, number
from .running import eagerly, is_learners

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_03(a, b, c):
    """Judge a gradient of two targets, a slope at a constant, and a slope through a loop."""
    sums = "one source that is one number gets one gradient: the slopes of 3x and x² are added up"
    doublings = "Write down 7, then double it until it is 100 or more"

    def slope_of_doubled():
        answered(c)
        if is_function(c):
            raise Wrong("c is a function, and a number was asked for: the slope of doubled at 7")
        return number(
            c,
            16.0,
            mistakes={
                "112 is what doubled(7) returns, and its slope was asked for": 112.0,
                "8 is the slope after three doublings, and 56 is still below 100": 8.0,
                "32 is the slope after five doublings, and 112 is not below 100 any more": 32.0,
                "4 is how often 7 is doubled. Each time the slope is doubled as well": 4.0,
                "that is the slope of one doubling. How many are there before 100?": 2.0,
                "14 is 7 after one doubling, and the slope was asked for": 14.0,
                "56 is 7 after three doublings, and the slope was asked for": 56.0,
                "64 is 2 · 2 · 2 · 2 · 2 · 2, and there are four doublings": 64.0,
                "105 is how much doubled(7) is more than 7, and its slope was asked for": 105.0,
                "1 would be the slope if nothing were doubled": 1.0,
                "0 would be the slope if doubled(x) were the same for every x": 0.0,
            },
            look=f"{doublings}. Each doubling makes a step at the start twice as large",
        )

    return {
        "a": lambda: number(
            a,
            13.0,
            mistakes={
                f"the two slopes came, and {sums}": [3.0, 10.0],
                f"10 is the slope of x² alone, and {sums}": 10.0,
                f"3 is the slope of 3x alone, and {sums}": 3.0,
                "30 is the product of the two slopes, and they are added up": 30.0,
                "6.5 is the mean of the two slopes, and the tape answers for their sum": 6.5,
                "those are the values of y, and their slopes were asked for": [15.0, 25.0],
                "40 is the sum of the values of y, and its slope was asked for": 40.0,
                "8 has the slope of x² wrong, which is 2x, not x": 8.0,
                "28 has the slope of x² wrong, which is 2x, not x²": 28.0,
                "18 has the slope of 3x wrong, which is 3, not 3x. Or is one number doubled?": 18.0,
                "25 has the slope of 3x wrong, which is 3, not 3x": 25.0,
                "15 is the value of 3x alone, and slopes were asked for": 15.0,
                "5 has the slope of x² wrong: it is 2x, and x is 5": 5.0,
            },
            look="What are the slopes of 3x and x² at 5, and what does one gradient make of two?",
        ),
        "b": lambda: derivative(
            b,
            of=lambda x: x**3,
            at=[2.0, -1.0, 0.5],
            given=tf.constant,
            mistakes={
                "that is the slope of x²": lambda x: 2 * x,
                "that is x², and a 3 belongs before it": lambda x: x**2,
                "that is 3x: the exponent falls by one only, from 3 to 2": lambda x: 3 * x,
                "that is 3x³: the exponent falls by one": lambda x: 3 * x**3,
                "that is 2x², and the exponent of x³ is 3": lambda x: 2 * x**2,
                "that is the slope of x⁴": lambda x: 4 * x**3,
                "the 13 of the recorded y came. Record x³ of the x that b is given": (
                    lambda x: 13.0 + 0 * x
                ),
            },
            look="Is x**3 what the tape records?",
        ),
        "c": slope_of_doubled,
    }


# --- A third derivative ---------------------------------------------------------------------------


@exercise
def jerk(jerk):
    """Judge the third derivative of sin 2t."""
    needs_function(jerk)

    def third(t):
        try:
            result = call(jerk, t)
        except Wrong as reason:
            if "asked twice" in str(reason):
                raise Wrong(
                    "one tape is asked twice, and each has one answer: inner for the velocity, "
                    "middle for the acceleration, outer for the third derivative"
                ) from None
            raise
        if isinstance(result, (list, tuple)) and len(result) > 1:
            raise Wrong(
                f"jerk returns {len(result)} values. Return the third derivative alone, "
                "not in a list with the others"
            )
        if 0 < abs(numbers(result).max()) < 1e-4:
            raise Wrong(
                f"{show(result)} is tiny: 2t was read in degrees, and TensorFlow's sine takes "
                "radians. Leave out the factor π/180"
            )
        return result

    third = _named_like(third, jerk)
    sin, cos = np.sin, np.cos
    chain = "each derivative of sin 2t brings a factor 2, so three of them bring 8"
    return derivative(
        third,
        of=lambda t: sin(2 * t),
        at=[0.5, 2.0, -0.8],
        order=3,
        mistakes={
            "that is the velocity, the first derivative. Differentiate it twice more": (
                lambda t: 2 * cos(2 * t)
            ),
            "that is the acceleration, the second derivative. Ask the outer tape for its slope": (
                lambda t: -4 * sin(2 * t)
            ),
            "that is the fourth derivative, and the third was asked for": lambda t: 16 * sin(2 * t),
            "that is the fifth derivative, and the third was asked for": lambda t: 32 * cos(2 * t),
            "that is 8 cos 2t: the sign is wrong. The slope of a sine is a cosine, the slope of "
            "a cosine a sine with a minus": lambda t: 8 * cos(2 * t),
            f"that is −cos 2t: {chain}": lambda t: -cos(2 * t),
            f"that is −2 cos 2t: {chain}": lambda t: -2 * cos(2 * t),
            f"that is −4 cos 2t: {chain}": lambda t: -4 * cos(2 * t),
            f"that is −6 cos 2t: {chain}, which is 2 · 2 · 2": lambda t: -6 * cos(2 * t),
            f"that is −16 cos 2t: {chain}": lambda t: -16 * cos(2 * t),
            "that is −8 sin 2t, and the third derivative of a sine is a cosine": (
                lambda t: -8 * sin(2 * t)
            ),
            "that is −8 cos t: inside the cosine stands 2t still": lambda t: -8 * cos(t),
            "that is the third derivative of sin t, and the height is sin 2t": lambda t: -cos(t),
            "that is the third derivative of 2 sin t, and the height is sin 2t": (
                lambda t: -2 * cos(t)
            ),
            "that is 8 sin 2t, the third derivative of cos 2t, and the height is sin 2t": (
                lambda t: 8 * sin(2 * t)
            ),
            "that is sin 2t to the power 3. Three derivatives are meant, not three factors": (
                lambda t: sin(2 * t) ** 3
            ),
            "that is the velocity to the power 3. Three derivatives are meant, not three factors": (
                lambda t: (2 * cos(2 * t)) ** 3
            ),
            "that is velocity times acceleration. Ask the outer tape for the slope of the "
            "acceleration": lambda t: -8 * cos(2 * t) * sin(2 * t),
            "that is velocity plus acceleration. Ask the outer tape for the slope of the "
            "acceleration": lambda t: 2 * cos(2 * t) - 4 * sin(2 * t),
            "that is acceleration plus third derivative: the gradient of several targets is their "
            "sum. Ask for the slope of the acceleration alone": (
                lambda t: -4 * sin(2 * t) - 8 * cos(2 * t)
            ),
            "all derivatives are added up here. Is one persistent tape asked for all of them?": (
                lambda t: 2 * cos(2 * t) - 4 * sin(2 * t) - 8 * cos(2 * t)
            ),
            "the third derivative came times t: nothing is to be multiplied by the time": (
                lambda t: -8 * t * cos(2 * t)
            ),
            "it came divided by 6, as in Taylor's formula, and the derivative itself was asked "
            "for": lambda t: -8 / 6 * cos(2 * t),
        },
        look="What does each tape differentiate: s, velocity, acceleration, in this order?",
    )


def _named_like(wrapper, answer):
    """Give a function around an answer the answer's name, for messages."""
    wrapper.__name__ = getattr(answer, "__name__", "<lambda>")
    wrapper.__wrapped__ = answer
    return wrapper


# --- A Hessian ------------------------------------------------------------------------------------


def _bowl(p):
    x, y = p
    return x**3 + x * y**2


@exercise
def bowl(by_hand, by_tape):
    """Judge the Hessian of x³ + x y², worked out at one place and by tape anywhere."""
    at = [[2.0, 1.0], [-1.0, 3.0], [0.5, -2.0]]
    mistakes = {
        "that is the Hessian of x³ + x²y": lambda p: [
            [6 * p[0] + 2 * p[1], 2 * p[0]],
            [2 * p[0], 0],
        ],
        "that is the Hessian of x³ + y², and the second term is x y²": (
            lambda p: [[6 * p[0], 0], [0, 2]]
        ),
        "that is the Hessian of x³ + x y: is there a square missing?": (
            lambda p: [[6 * p[0], 1], [1, 0]]
        ),
        "top left stands 3x², which is the slope of x³; its slope in turn is 6x": (
            lambda p: [[3 * p[0] ** 2, 2 * p[1]], [2 * p[1], 2 * p[0]]]
        ),
        "bottom right stands 2, and the slope of 2xy along y is 2x": (
            lambda p: [[6 * p[0], 2 * p[1]], [2 * p[1], 2]]
        ),
    }
    return {
        "by hand": lambda: hessian(by_hand, _bowl, at, mistakes=mistakes, names="xy"),
        "by tape": lambda: hessian(by_tape, _bowl, at, mistakes=mistakes, names="xy", tape=True),
    }


# --- One Newton step ------------------------------------------------------------------------------


def _quadratic(p):
    x, y = p[0], p[1]
    return 3.0 * x**2 + 2.0 * x * y + y**2 - 10.0 * x - 6.0 * y


def _uneven(p):
    """Return a loss with another Hessian everywhere, so that two steps lead farther than one."""
    x, y = p[0], p[1]
    return 3.0 * x**2 + 0.25 * x**4 + 2.0 * x * y + y**2 + 0.25 * y**4 - 10.0 * x - 6.0 * y


def _rosenbrock(p):
    return (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2


def _newton_place(loss, place, steps=1):
    for _ in range(steps):
        place = place - np.linalg.solve(hessian_of(loss, place), gradient_of(loss, place))
    return place


@exercise
def newton(newton_place):
    """Judge one Newton step on a quadratic, where it leads to the bottom at once."""
    needs_function(newton_place)
    starts = [np.array(start) for start in ([3.0, -2.0], [0.0, 0.0], [-40.0, 70.0])]
    ends = [_place(_go(newton_place, start), start) for start in starts]
    truths = [_newton_place(_quadratic, start) for start in starts]
    if not all(map(close, ends, truths)):
        raise Wrong(_off_the_bottom(starts, ends, truths))
    graph = hasattr(newton_place, "python_function")  # whose lines would not be seen
    with eagerly() if graph else contextlib.nullcontext(), _no_line_often(30):
        _go(newton_place, starts[0])
    try:
        fixed = np.isfinite(np.asarray(_go(newton_place, [np.nan, np.nan]))).all()
    except Exception:
        fixed = False
    if fixed:
        raise Wrong(
            "the bottom comes, wherever the start is: the answer makes no use of p. "
            "Start from p, and take one step"
        )
    steps = _steps_elsewhere(newton_place)
    if steps > 1:
        raise Wrong(
            f"it takes {steps} Newton steps, and one was asked for. On this loss the others are "
            "steps of length 0"
        )
    return f"one step leads to the bottom at {show(truths[0])}, from all {len(starts)} starts"


def _go(newton_place, start):
    return call(newton_place, tf.Variable(start, dtype=tf.float32), may_change=True)


def _place(end, start):
    """Read a place, or say what came in its stead."""
    came = f"from {show(start)} it returns"
    if isinstance(end, (list, tuple)) and len(end) == 2 and np.size(end[0]) == 2:
        raise Wrong(f"{came} two things, such as the place and the step. Return the place alone")
    given = numbers(end)
    if given.shape == (2, 2) and close(given[0], start):
        raise Wrong(f"{came} two places, the start and the next one. Return the new place alone")
    if given.shape == (2, 2) and close(given, hessian_of(_quadratic, start)):
        raise Wrong(f"{came} the Hessian, and a place was expected")
    if given.shape == (2, 2):
        raise Wrong(
            f"{came} a table of 2 × 2 numbers, not a place. Something of shape (2,) met something "
            "of shape (2, 2) or (2, 1). A Hessian is divided by with tf.linalg.solve, whose result "
            "is a column: take [:, 0] of it"
        )
    if given.shape == (2, 1):
        raise Wrong(f"{came} a column, of shape (2, 1). Take [:, 0] of it")
    if given.shape == (1, 2):
        raise Wrong(f"{came} a row in a table, of shape (1, 2). Take [0] of it")
    if given.shape == ():
        raise Wrong(f"{came} {show(given)}, one number; a place has two. Is it the loss there?")
    return numbers(end, (2,))


def _off_the_bottom(starts, ends, truths):
    """Say what was done in place of a Newton step."""
    slopes = [gradient_of(_quadratic, start) for start in starts]
    steps = [start - truth for start, truth in zip(starts, truths, strict=True)]
    H = hessian_of(_quadratic, starts[0])
    G, S, P = np.array(slopes), np.array(steps), np.array(starts)
    known = {
        "the start itself: p has not moved, or the new place is not what is returned": P,
        "the step itself. Subtract it from p": S,
        "the step with a minus. Add it to p": -S,
        "p plus the step, which leads uphill. Subtract the step": P + S,
        "the slope. Divide it by the Hessian, and subtract that from p": G,
        "a step of gradient descent, p minus the slope: the curvature is left out": P - G,
        "a step of gradient descent with a learning rate of 0.1": P - 0.1 * G,
        "a step of gradient descent with a learning rate of 0.01": P - 0.01 * G,
        "p minus the Hessian times the slope. Divide by the Hessian: tf.linalg.solve": P - G @ H,
        "p minus the slope divided by the diagonal of the Hessian only: the mixed derivatives "
        "are left out": P - G / np.diag(H),
        "p minus one over each number of the Hessian, times the slope. The inverse of a matrix "
        "is another thing: tf.linalg.solve": P - G @ (1 / H),
        "p minus the slope divided by the sum of each row of the Hessian: gradient() of the "
        "slope is that sum. Ask for its jacobian": P - G / H.sum(axis=0),
        "half of the step": P - S / 2,
        "two steps' length": P - 2 * S,
        "a tenth of the step. Newton's method has no learning rate": P - 0.1 * S,
        "a hundredth of the step. Newton's method has no learning rate": P - 0.01 * S,
        "only x moves, and y stays": np.stack([P[:, 0] - S[:, 0], P[:, 1]], axis=1),
        "only y moves, and x stays": np.stack([P[:, 0], P[:, 1] - S[:, 1]], axis=1),
        "the two parts of the step are exchanged": P - S[:, ::-1],
        "the right place with x and y exchanged": np.array(truths)[:, ::-1],
        "step − p, and the new place is p − step": S - P,
        "p minus the slope divided by the largest curvature, in both directions. Each direction "
        "has its own: tf.linalg.solve": P - G / np.linalg.eigvalsh(H)[-1],
        "p minus the slope divided by the length of the Hessian, one number. Each direction has a "
        "curvature of its own: tf.linalg.solve": P - G / np.linalg.norm(H),
        "p minus the slope divided by the determinant of the Hessian, one number. Each direction "
        "has a curvature of its own: tf.linalg.solve": P - G / np.linalg.det(H),
        "a step of gradient descent on rosenbrock. Here the loss is quadratic, and the step "
        "Newton's": np.array([start - 0.1 * gradient_of(_rosenbrock, start) for start in starts]),
        "p minus the slope divided by its own length": P - G / np.linalg.norm(G, axis=1)[:, None],
        "the Newton step for rosenbrock. Here the loss is quadratic": np.array(
            [_newton_place(_rosenbrock, start) for start in starts]
        ),
    }
    for text, places in known.items():
        if close(ends, places):
            return f"from {show(starts[0])} it returns {show(ends[0])}: {text}"
    if close(ends, [ends[0]] * len(ends)):
        return f"{show(ends[0])} comes from every start. Does the answer use p?"
    first = next(i for i, (e, t) in enumerate(zip(ends, truths, strict=True)) if not close(e, t))
    return (
        f"from {show(starts[first])} it leads to {show(ends[first])}, where the slope is "
        f"{show(gradient_of(_quadratic, ends[first]))}; the bottom is where it is 0. "
        "Is the step the solution of hessian · step = slope, and subtracted from p?"
    )


def _steps_elsewhere(newton_place):
    """Count the Newton steps that an answer takes, on a loss in which each leads on; 0 if none.

    While the answer runs, the lesson's `quadratic` is that other loss.
    """
    plain = inspect.unwrap(getattr(newton_place, "python_function", newton_place))
    names = getattr(plain, "__globals__", {})
    if "quadratic" not in names:
        return 0
    start, original = np.array([3.0, -2.0]), names["quadratic"]
    names["quadratic"] = _uneven
    try:
        with eagerly():
            end = numbers(_go(newton_place, start), (2,))
    except Exception:
        return 0
    finally:
        names["quadratic"] = original
    fits = [n for n in range(1, 11) if close(end, _newton_place(_uneven, start, n), 1e-4)]
    return fits[0] if fits else 0


@contextlib.contextmanager
def _no_line_often(most):
    """Refuse an answer as soon as one line of the learner's has run too often."""
    counts = collections.Counter()

    def trace(frame, event, _):
        if not is_learners(frame.f_code.co_filename):
            return None
        if event == "line":
            place = frame.f_code, frame.f_lineno
            counts[place] += 1
            if counts[place] > most:
                raise Wrong(
                    "it gets to the bottom, but by many small steps: one of its lines runs more "
                    f"than {most} times. One Newton step was asked for: divide the slope by the "
                    "Hessian"
                )
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


# --- Curvature along a direction ------------------------------------------------------------------


def _bend(p, v, h=1e-4):
    """Return the curvature along v, by tiny steps along it."""
    three = _rosenbrock(p + h * v) - 2.0 * _rosenbrock(p) + _rosenbrock(p - h * v)
    return three / h**2 / (v @ v)


@exercise
def bend(curvature_along):
    """Judge the curvature of Rosenbrock's valley along v, found without its Hessian."""
    needs_function(curvature_along)
    at = [
        ([1.0, 1.0], [1.0, 2.0]),
        ([1.0, 1.0], [2.0, -1.0]),
        ([-0.5, 1.5], [0.3, 0.4]),
        ([0.7, -0.2], [-1.5, 0.8]),
    ]

    def product(p, v):
        return hessian_of(_rosenbrock, p) @ v

    def slope(p):
        return gradient_of(_rosenbrock, p)

    bottom, dot = np.array([1.0, 1.0]), np.dot
    direction = "hessian · v says how the slope changes; v · (hessian · v) is its part along v"
    length = "the formula divides by v · v"
    _refuse_exchanged(curvature_along, product)
    verdict = function(
        curvature_along,
        like=_bend,
        at=at,
        given=(tf.Variable, tf.constant),
        mistakes={
            f"it grows with the length of v: {length}": lambda p, v: dot(v, product(p, v)),
            f"it is divided by the length of v once, and {length}, the length squared": (
                lambda p, v: dot(v, product(p, v)) / dot(v, v) ** 0.5
            ),
            f"it is divided by v · v twice, and {length} once": (
                lambda p, v: dot(v, product(p, v)) / dot(v, v) ** 2
            ),
            f"it is multiplied by v · v, and {length}": (
                lambda p, v: dot(v, product(p, v)) * dot(v, v)
            ),
            "v · v is the sum of the squares, and here the sum of the parts is squared": (
                lambda p, v: dot(v, product(p, v)) / v.sum() ** 2
            ),
            f"that is hessian · v, two numbers. {direction}: multiply by v, and sum": product,
            f"that is hessian · v divided by v · v, two numbers. {direction}: multiply by v, "
            "and sum": lambda p, v: product(p, v) / dot(v, v),
            "two numbers came: v · (hessian · v) is a dot product, so sum what is multiplied": (
                lambda p, v: v * product(p, v) / dot(v, v)
            ),
            "two numbers came, hessian · v divided by v part by part. Both dot products are sums": (
                lambda p, v: product(p, v) / v
            ),
            f"the parts of hessian · v are summed without v. {direction}": (
                lambda p, v: product(p, v).sum() / v.sum()
            ),
            f"the parts of hessian · v are summed without v, above the line. {direction}": (
                lambda p, v: product(p, v).sum() / dot(v, v)
            ),
            "two numbers came: v · (hessian · v) is a dot product, so sum what is multiplied; and "
            "v · v belongs below the line": lambda p, v: v * product(p, v),
            "v · v is the sum of the squares, and here the parts themselves are summed": (
                lambda p, v: dot(v, product(p, v)) / v.sum()
            ),
            "v · v is the sum of the squares, and here the sizes of the parts are summed": (
                lambda p, v: dot(v, product(p, v)) / abs(v).sum()
            ),
            "it is divided by how many parts v has, and v · v belongs below the line": (
                lambda p, v: dot(v, product(p, v)) / 2
            ),
            "p · p stands below the line, and v · v belongs there": (
                lambda p, v: dot(v, product(p, v)) / dot(p, p)
            ),
            f"that is the length of hessian · v. {direction}": (
                lambda p, v: dot(product(p, v), product(p, v)) ** 0.5
            ),
            f"the parts of hessian · v are summed, without v and without v · v. {direction}": (
                lambda p, v: product(p, v).sum()
            ),
            "that is v · v alone, and it belongs below the line": lambda p, v: dot(v, v),
            f"that is the length of hessian · v by the length of v. {direction}": (
                lambda p, v: (dot(product(p, v), product(p, v)) / dot(v, v)) ** 0.5
            ),
            f"hessian · v is multiplied by itself. {direction}": (
                lambda p, v: dot(product(p, v), product(p, v)) / dot(v, v)
            ),
            "it is half of what it should be: is there a mean above the line in place of a sum?": (
                lambda p, v: dot(v, product(p, v)) / 2 / dot(v, v)
            ),
            "it is twice what it should be: a factor 2 too many, or a mean below the line in place "
            "of a sum?": (lambda p, v: 2 * dot(v, product(p, v)) / dot(v, v)),
            "that is the curvature at the bottom, wherever p is. Hand over p": (
                lambda p, v: _bend(bottom, v)
            ),
            "that is the curvature of quadratic, and Rosenbrock's valley was asked for": (
                lambda p, v: dot(v, hessian_of(_quadratic, p) @ v) / dot(v, v)
            ),
            "that is the slope along v. Its slope in turn is the curvature": (
                lambda p, v: dot(v, slope(p)) / dot(v, v)
            ),
            "that is the slope along v. Its slope in turn is the curvature, and v · v belongs "
            "below the line": lambda p, v: dot(v, slope(p)),
            "that is the slope along v, for v of length 1. Its slope in turn is the curvature": (
                lambda p, v: dot(v, slope(p)) / dot(v, v) ** 0.5
            ),
            "p stands in the place of v: the direction is v": (
                lambda p, v: dot(p, product(p, p)) / dot(p, p)
            ),
            "p stands for v in the dot product. Multiply hessian · v by v": (
                lambda p, v: dot(p, product(p, v)) / dot(v, v)
            ),
            "p and v are exchanged: the curvature at v along p came": lambda p, v: _bend(v, p),
            "that is the sum of the two curvatures along x and y, whatever v is": (
                lambda p, v: np.trace(hessian_of(_rosenbrock, p))
            ),
            "that is the largest curvature, whatever v is": (
                lambda p, v: np.linalg.eigvalsh(hessian_of(_rosenbrock, p))[-1]
            ),
            "that is the smallest curvature, whatever v is": (
                lambda p, v: np.linalg.eigvalsh(hessian_of(_rosenbrock, p))[0]
            ),
            "that is the value of rosenbrock at p": lambda p, v: _rosenbrock(p),
            "it has the wrong sign": lambda p, v: -_bend(p, v),
            "it is upside down: v · v belongs below the line": (
                lambda p, v: dot(v, v) / dot(v, product(p, v))
            ),
        },
        look="Is it v · (hessian · v), a single number, divided by v · v?",
    )
    p, v = (np.array(part) for part in at[-1])
    if _builds(hessian_of(_rosenbrock, p), curvature_along, p, v):
        raise Wrong(
            "the numbers are right, but all of the Hessian is built for them, which was to be "
            "avoided. hessian_times gives hessian · v without it"
        )
    return verdict


def _refuse_exchanged(answer, product):
    """Refuse an answer that hands v over in the place of p: it works only if v is a variable."""
    p, v = np.array([0.7, -0.2]), np.array([-1.5, 0.8])
    variables = [tf.Variable(part, dtype=tf.float32) for part in (p, v)]
    try:
        bent = float(numbers(call(answer, *variables), ()))
    except Exception:
        return
    if close(bent, v @ product(v, p) / (v @ v)) or close(bent, _bend(v, p)):
        raise Wrong("p and v are exchanged: p is the place, v the direction")


def _builds(matrix, answer, p, v):
    """Whether a matrix, or each of its rows, comes up while an answer runs.

    What any function returns is looked at, and what the learner's variables hold.
    """
    rows = set()

    def look(value):
        if not isinstance(value, (np.ndarray, tf.Tensor, list)) or len(rows) == len(matrix):
            return
        try:
            array = np.asarray(value, np.float64)
        except Exception:
            return  # not numbers, or a graph's tensor, which has none yet
        if array.shape == matrix.shape and close(array, matrix):
            rows.update(range(len(matrix)))
        elif array.shape == matrix[0].shape:
            rows.update(i for i, row in enumerate(matrix) if close(array, row))

    def hook(frame, event, value):
        if event == "return":
            look(value)
            if frame.f_code.co_filename == getattr(code, "co_filename", None):
                for local in list(frame.f_locals.values()):
                    look(local)

    plain = inspect.unwrap(getattr(answer, "python_function", answer))
    code = getattr(plain, "__code__", None)
    before = sys.getprofile()
    with eagerly():
        sys.setprofile(hook)
        try:
            call(answer, tf.Variable(p, dtype=tf.float32), tf.constant(v, dtype=tf.float32))
        finally:
            sys.setprofile(before)
    return len(rows) == len(matrix)
