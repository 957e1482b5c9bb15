"""Verdicts of lesson 04, linear regression."""

import functools

import numpy as np
import tensorflow as tf

from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import derivative, function, gradient_of, hessian, number, refuse
from verdict.none import uses_tape
from verdict.running import Wrong, show
from verdict.slips import close, mutants

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_04(a, b, c):
    """Judge a learning rate, a slope through a branch and a Hessian."""
    return {
        "a": functools.partial(_walks_to_5, a),
        "b": number(
            b,
            lambda: 12.0 + 3.0,
            mistakes={
                "110 is the fare for 7 km, and its slope was asked for": 110,
                "that is the fare divided by 7, and the slope is what 1 km more costs": 110 / 7,
                "18 is 12 + 3 · (7 − 5), and the slope of 3 (x − 5) is 3 wherever x is": 18,
            },
            look="Which lines run at 7, and what does each of them add for 1 km more?",
        ),
        "c": hessian(c, of=lambda u, v: 3 * u**2 + 2 * u * v, at=[[1.0, 2.0], [-0.5, 3.0]]),
    }


def _walks_to_5(rate):
    """Judge a learning rate with 20 steps on (x − 5)², each of which leaves 1 − 2 · rate."""
    left = 1 - 2 * float(numbers(rate, ()))
    end = 5 - 4 * left**20
    if abs(end - 5) <= 1e-3:
        return f"x = {end:.5g} after 20 steps"
    raise Wrong(
        f"a step leaves 1 − 2 · rate = {left:.4g} of the distance, so after 20 steps x is "
        f"{end:.4g}. Try a {'smaller' if left < 0 else 'larger'} rate"
    )


# --- Slopes by formula and by tape ----------------------------------------------------------------

_X = np.arange(1.0, 11.0)
_Y = 10 * _X + 13
_AT = [[4.0, 1.0], [-12.0, -3.0], [9.5, 20.0]]


def _error(p, y=_Y):
    return p[0] * _X + p[1] - y


_EVERY = "every fare is subtracted from every prediction. Does y have the shape (10,)?"
_OTHER_SLOPES = {
    text: functools.partial(gradient_of, loss)
    for text, loss in {
        _EVERY: lambda p: np.mean(_error(p, _Y[:, None]) ** 2),
        "those are the slopes of the mean absolute error": lambda p: np.mean(abs(_error(p))),
        "those are the slopes of the root of the loss": lambda p: np.sqrt(np.mean(_error(p) ** 2)),
    }.items()
}


@exercise
def slopes(slopes_by_formula, slopes_by_tape):
    """Judge the slopes of the mean squared error, with school calculus and with a tape."""

    def mse(p, x=_X, y=_Y):
        return np.mean((p[0] * x + p[1] - y) ** 2)

    task = {"of": mse, "at": _AT, "mistakes": _OTHER_SLOPES, "tape": True}
    by_tape = derivative(slopes_by_tape, **task, look="")  # it looks at what the tape is asked
    return {"formula": functools.partial(_by_formula, slopes_by_formula), "tape": by_tape}


def _by_formula(answer):
    x, y, x_and_1 = _X, _Y, np.stack([_X, np.ones(10)])

    def like(p):
        error = p[0] * x + p[1] - y
        return np.array([np.mean(2 * error * x), np.mean(2 * error)])

    verdict = function(
        answer,
        like=like,
        at=[(p,) for p in _AT],
        given=tf.Variable,
        mistakes=_OTHER_SLOPES
        | {
            "those are sums, and the loss is a mean": lambda p: 10 * like(p),
            "the mean over the ten rides is missing": lambda p: 2 * _error(p) * x_and_1,
            "the slope for b has an x too many: if b grows by 1, e grows by 1": (
                lambda p: np.repeat(like(p)[0], 2)
            ),
            "w and b are factors. If w grows by 1, e grows by x": lambda p: like(p)[1] * p,
            "e² is there, and its slope is 2e": lambda p: np.mean(_error(p) ** 2 * x_and_1, axis=1),
        },
        look="The square gives 2e; times x for w, and times 1 for b",
    )()
    if uses_tape(answer, tf.Variable(_AT[0])):
        raise Wrong("the numbers are right, but a tape found them. Write the slopes yourself")
    return verdict


# --- The largest stable rate ----------------------------------------------------------------------


def _hessian(x):
    return 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1]])


@exercise
def limit(largest_rate):
    """Judge the largest stable learning rate, with the Hessian written out."""

    def rate(x, y):
        curvatures = np.linalg.eigvalsh(_hessian(x))
        return 2 / max(curvatures)

    rides = ([0.1, 0.3, 0.4, 0.8, 0.9], [-1.0, 0.25, 1.5], [3.0, 8.0, -2.0, 11.0, 5.0, 7.0, 20.0])
    function(
        largest_rate,
        like=rate,  # which does not use y
        at=[(x, 10 * x + 13 + np.cos(5 * x)) for x in map(np.array, rides)],
        mistakes={
            "that is 1 over the largest curvature. A step may leave −1 times the distance before "
            "it grows, so the limit is twice that": lambda x, y: rate(x, y) / 2,
            "those are two rates. One must serve both: the smaller": (
                lambda x, y: 2 / np.linalg.eigvalsh(_hessian(x))
            ),
            "that is 2 over the largest entry of the Hessian. Its eigenvalues are the curvatures": (
                lambda x, y: 2 / np.max(_hessian(x))
            ),
            "1 is the limit once x is standardised. Leave x as it is": lambda x, y: 1,
        },
        look="Is it 2 divided by the largest eigenvalue of the Hessian of these x and y?",
    )()
    return f"largest_rate is right for all {len(rides)} data sets tried"


# --- A trained line -------------------------------------------------------------------------------


def _step(p, x, y, rate):
    error = p[0] * x + p[1] - y
    slope_w, slope_b = np.mean(2 * error * x), np.mean(2 * error)
    return p - rate * np.array([slope_w, slope_b])


def _slips(train):
    """Yield the slips in one step, as mistakes of a training that makes many of them."""
    steps = {
        "the step is added, and should be subtracted": lambda p, x, y, r: _step(p, x, y, -r),
        "b has not moved. Is it updated?": lambda *args: _step(*args) * [1, 0],
        "w has not moved. Is it updated?": lambda *args: _step(*args) * [0, 1],
    }
    for text, step in (*steps.items(), *mutants(_step)):
        yield text, functools.partial(train, step=step)


def _line(answer, *args):
    """Return the w and b that a training returns, which may come as matrices of one number."""
    result = call(answer, *args, seconds=60)  # Keras takes its time
    try:
        w, b = (np.asarray(part, np.float64) for part in result)
    except Exception:
        raise Wrong(f"two numbers were expected, w and b, not {show(result)}") from None
    if not (np.isfinite(w).all() and np.isfinite(b).all()):
        raise Wrong(
            "w and b grow out of bounds: each step leads farther away than the last. Which slope "
            "moves which variable, is the step subtracted, and is the loss a mean?"
        )
    return np.array([float(numbers(part, ())) for part in (w, b)])


def _train(x, y, steps=100, step=_step):
    return _epochs(x, y, [np.arange(len(x))] * steps, size=len(x), step=step)


@exercise
def find(repaired_train):
    """Judge a repaired training loop by the lines it finds, for the rides and for other data."""
    needs_function(repaired_train)
    other = np.array([-2.0, -1.75, -1.25, -0.5, 0.0, 0.5, 1.0, 1.25, 2.25, 3.25])
    points = [((_X - 5.5) / _X.std(), _Y), (other, -7 - 4 * other + 3 * np.cos(9 * other))]
    lines = [_line(repaired_train, *map(np.float32, point)) for point in points]
    refuse(
        repaired_train,
        lines,
        [_train(*point) for point in points],
        points,
        mistakes={
            "w and b are both 0: no step has moved them": lambda x, y: [0, 0],
            "only one step counts. Is the return in the loop, or the start of w and b?": (
                functools.partial(_train, steps=1)
            ),
            "w is 0, and b the mean of y: either w has not moved, or each y meets every x. Print "
            "the shapes of prediction and y": lambda x, y: [0, np.mean(y)],
        },
        derived=_slips(_train),
        within=0.01,
        look="Which slope moves which variable, have prediction and y the same shape, and are all "
        "100 steps made with the x and y that are given?",
    )
    w, b = lines[0]
    return f"within 1% of least squares, w = {w:.4g} and b = {b:.4g}"


# --- Mini-batches ---------------------------------------------------------------------------------


def _orders(draw, epochs=5):
    """Return the order of the rides in each epoch, an array of shape (epochs, 200)."""
    rng, orders = np.random.default_rng(7), [np.arange(200)]
    for _ in range(epochs):
        orders.append(draw(rng, orders[-1]))
    return np.array(orders[1:])


def _epochs(x, y, orders, of_y=None, size=20, step=_step):
    """Return w and b after some epochs; the fares may come in an order of their own, `of_y`."""
    p = np.zeros(2)
    for order, other in zip(orders, orders if of_y is None else of_y, strict=True):
        for rows, others in zip(order.reshape(-1, size), other.reshape(-1, size), strict=True):
            p = step(p, x[rows], y[others], 0.1)
    return p


@exercise
def batches(five_epochs):
    """Judge five epochs of mini-batches, step by step: the order of the rides is known."""
    needs_function(five_epochs)
    rng, lines = np.random.default_rng(4), []
    some, others = rng.normal(0.2, 0.9, (2, 200))
    points = [(some, 50 * some + 30 * np.cos(4 * some)), (others, -120 - 30 * others**2)]
    for point in points:
        lines.append(_line(five_epochs, *map(np.float32, point), np.random.default_rng(7)))
    right = [
        _orders(lambda rng, order: rng.permutation(200)),
        _orders(lambda rng, order: order[rng.permutation(200)]),
        _orders(lambda rng, order: rng.choice(200, 200, replace=False)),
    ]
    truths = [[_epochs(*point, orders) for point in points] for orders in right]
    if any(all(map(close, lines, truth)) for truth in truths):
        return "each of the 50 steps is right"
    wrong = ((text, functools.partial(_epochs, **how)) for text, how in _wrong_orders(right[0]))
    slips = _slips(functools.partial(_epochs, orders=right[0]))
    look = "An epoch draws one order of all rides, and makes ten steps with 20 rides each"
    refuse(five_epochs, lines, truths[0], points, derived=[*wrong, *slips], look=look)


def _wrong_orders(right):
    """Yield what may be wrong with the order of the rides, and what `_epochs` is then given."""
    more = _orders(lambda rng, _: rng.permutation(200), 10)
    once = "an epoch makes one step. Is it in the inner loop, and does that go through all rides?"
    anew = "each batch is drawn again, so an epoch has some rides twice. Draw one order, and cut it"
    apart = "x and y are not taken in the same order, so an x meets the y of another ride"
    for epochs in (1, 2, 3, 4, 6, 10):
        yield f"epochs made: {epochs}, and 5 were asked for", {"orders": more[:epochs]}
    for size in (1, 10, 40, 100):
        text = f"rides in a step: {size}, and 20 were asked for"
        yield text, {"orders": right, "size": size}
    every = np.tile(np.arange(200), (50, 1))
    yield "each step uses all 200 rides. Take x[rows] and y[rows]", {"orders": every, "size": 200}
    text = "the order is drawn once, for all epochs. Draw a new one in each"
    yield text, {"orders": right[[0] * 5]}
    yield "w and b start at 0 again in every epoch", {"orders": right[4:]}
    yield "only one step is made. Is the return in a loop?", {"orders": right[:1, :20]}
    yield once, {"orders": right[:, :20]}
    yield once, {"orders": right[:, -20:]}
    yield anew, {"orders": _orders(lambda rng, _: rng.integers(0, 200, 20), 50)}
    yield anew, {"orders": _orders(lambda rng, _: rng.permutation(200)[:20], 50)}
    yield apart, {"orders": right, "of_y": every[:5]}
    yield apart, {"orders": right, "of_y": every[:5] % 20}
    yield apart, {"orders": more[::2], "of_y": more[1::2]}
