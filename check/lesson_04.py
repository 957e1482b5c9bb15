"""Verdicts of lesson 04, linear regression."""

import contextlib

import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

from verdict import (
    Wrong,
    answered,
    call,
    close,
    derivative,
    exercise,
    function,
    gradient_of,
    hessian,
    is_function,
    needs_function,
    number,
    numbers,
    show,
    uses_tape,
)

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_04(a, b, c):
    """Judge a learning rate, a slope through a branch and a Hessian."""

    def slope_at_7():
        answered(b)
        if is_function(b):
            raise Wrong("b is a function, and a number was asked for: the slope at 7")
        return number(
            b,
            15.0,
            mistakes={
                "12 is the slope of the first line, and at 7 the second line runs as well": 12.0,
                "3 is the slope of the second line, and the first line runs as well": 3.0,
                "110 is the fare for 7 km, and its slope was asked for": 110.0,
                "that is the fare divided by 7, and the slope is what 1 km more costs": 110 / 7,
                "9 is 12 − 3, and the two lines add up": 9.0,
                "36 is 12 · 3, and the two lines add up": 36.0,
                "7.5 is the mean of the two slopes, and the two lines add up": 7.5,
                "18 is 12 + 3 · (7 − 5), and the slope of 3 (x − 5) is 3 wherever x is": 18.0,
                "the 20 is there without any x, so it has no slope": 35.0,
                "20 is the fare for no way at all, and it has no slope": 20.0,
                "the 5 is there without any x, so it has no slope": 10.0,
                "105 is 15 · 7, and what 1 km more costs was asked for": 105.0,
            },
            look="Which lines run at 7, and what does each of them add for 1 km more?",
        )

    return {
        "a": lambda: _walks_to_5(a),
        "b": slope_at_7,
        "c": lambda: hessian(
            c,
            lambda p: 3 * p[0] ** 2 + 2 * p[0] * p[1],
            [[1.0, 2.0], [-0.5, 3.0]],
            names="uv",
            mistakes={
                "top left stands 3, which is the factor of u²; differentiated twice it gives 6": (
                    lambda p: [[3, 2], [2, 0]]
                ),
                "bottom right stands 2, and 2uv has no v left after its slope along v": (
                    lambda p: [[6, 2], [2, 2]]
                ),
                "that is 6u, 2u and so on: differentiate once more": (
                    lambda p: [[6 * p[0], 2 * p[1]], [2 * p[0], 0]]
                ),
            },
        ),
    }


def _walks_to_5(a):
    """Judge a learning rate by 20 steps on (x − 5)², each of which leaves 1 − 2a of the way."""
    answered(a)
    if is_function(a):
        raise Wrong("a is a function, and a learning rate was asked for, a number")
    rate = float(numbers(a, ()))
    if rate <= 0:
        raise Wrong(f"the rate is {show(rate)}, and a step downhill needs a rate above 0")
    left = 1 - 2 * rate
    end = 5 - 4 * left**20
    if abs(end - 5) <= 1e-3:
        return f"x = {end:.5g} after 20 steps"
    where = f"a step leaves 1 − 2 · rate = {left:.4g} of the distance, so after 20 steps"
    if abs(left) >= 1:
        raise Wrong(f"{where} x is {end:.4g}, no nearer than at the start. Try a smaller rate")
    if left < 0:
        raise Wrong(f"{where} x is still {end:.4g}, jumping over 5 each time. Try a smaller rate")
    raise Wrong(f"{where} x is {end:.4g}, still on its way. Try a larger rate")


# --- Slopes by formula and by tape ----------------------------------------------------------------

_X = np.arange(1.0, 11.0)
_Y = 10 * _X + 13


def _mse(p):
    return np.mean((p[0] * _X + p[1] - _Y) ** 2)


@exercise
def slopes(slopes_by_formula, slopes_by_tape):
    """Judge the slopes of the mean squared error, by school calculus and by a tape."""

    def error(p):
        return p[0] * _X + p[1] - _Y

    def both(by_w, by_b):
        return lambda p: np.array([by_w(error(p)), by_b(error(p))])

    def of(loss):
        return lambda p: gradient_of(loss, p)

    mean, two = np.mean, "the slope of e² is 2e"
    x_column, y_column = _X, _Y[:, None]
    mistakes = {
        f"the factor 2 is missing: {two}": both(lambda e: mean(e * _X), lambda e: mean(e)),
        f"the second slope lacks the factor 2: {two}": both(
            lambda e: mean(2 * e * _X), lambda e: mean(e)
        ),
        f"the first slope lacks the factor 2: {two}": both(
            lambda e: mean(e * _X), lambda e: mean(2 * e)
        ),
        "those are sums, and the loss is a mean": both(
            lambda e: np.sum(2 * e * _X), lambda e: np.sum(2 * e)
        ),
        f"those are sums, and the loss is a mean; and {two}": both(
            lambda e: np.sum(e * _X), lambda e: np.sum(e)
        ),
        "the slopes are exchanged: the one along w comes first": both(
            lambda e: mean(2 * e), lambda e: mean(2 * e * _X)
        ),
        "the slope along w lacks the x: if w grows by 1, e grows by x": both(
            lambda e: mean(2 * e), lambda e: mean(2 * e)
        ),
        "the slope along b has an x too many: if b grows by 1, e grows by 1": both(
            lambda e: mean(2 * e * _X), lambda e: mean(2 * e * _X)
        ),
        "the signs are wrong: e is prediction − y, and so the slopes have a plus": both(
            lambda e: mean(-2 * e * _X), lambda e: mean(-2 * e)
        ),
        "the mean is taken too early: multiply each error by its own x, then take the mean": both(
            lambda e: mean(2 * e) * mean(_X), lambda e: mean(2 * e)
        ),
        "the slope along w has e², and the slope of e² is 2e": both(
            lambda e: mean(2 * e**2 * _X), lambda e: mean(2 * e)
        ),
        "e² stands in both, and the slope of e² is 2e": both(
            lambda e: mean(2 * e**2 * _X), lambda e: mean(2 * e**2)
        ),
        "e² stands in both, and the slope of e² is 2e, times x or 1": both(
            lambda e: mean(e**2 * _X), lambda e: mean(e**2)
        ),
        "the slope along w is multiplied by w: if w grows by 1, e grows by x": lambda p: np.array(
            [mean(2 * error(p) * p[0]), mean(2 * error(p))]
        ),
        "the slope along w has w · x: if w grows by 1, e grows by x": lambda p: np.array(
            [mean(2 * error(p) * _X * p[0]), mean(2 * error(p))]
        ),
        "the slope along b is multiplied by b: if b grows by 1, e grows by 1": lambda p: np.array(
            [mean(2 * error(p) * _X), mean(2 * error(p) * p[1])]
        ),
        "both slopes are multiplied by w or b: if w grows by 1, e grows by x; if b does, by 1": (
            lambda p: np.array([mean(2 * error(p) * p[0]), mean(2 * error(p) * p[1])])
        ),
        "that is what a column of fares gives: every prediction minus every fare. "
        "y has the shape (10,)": of(lambda p: mean((p[0] * x_column + p[1] - y_column) ** 2)),
        "those are the slopes of the mean absolute error, and the loss has squares": of(
            lambda p: mean(abs(error(p)))
        ),
        "those are the slopes of the root of the loss": of(lambda p: np.sqrt(_mse(p))),
        "those are the slopes of the prediction, or of the mean error. The loss has squares": (
            lambda p: np.array([mean(_X), 1.0])
        ),
        "those are the slopes of all predictions, summed up. Record the loss: mse(…, y)": (
            lambda p: np.array([np.sum(_X), 10.0])
        ),
        "b is missing in the prediction: it is p[0] * x + p[1]": of(
            lambda p: mean((p[0] * _X - _Y) ** 2)
        ),
        "the base fare is multiplied by x, and the distance is not: w is p[0], b is p[1]": of(
            lambda p: mean((p[0] + p[1] * _X - _Y) ** 2)
        ),
        "those are the slopes of the sum of squares, and the loss is a mean": of(
            lambda p: np.sum(error(p) ** 2)
        ),
        "those are the slopes of half the loss": of(lambda p: _mse(p) / 2),
        "y is missing: e is prediction − y": of(lambda p: mean((p[0] * _X + p[1]) ** 2)),
        "e has a plus before y: it is prediction − y": of(
            lambda p: mean((p[0] * _X + p[1] + _Y) ** 2)
        ),
        "both are a hundredth of the slopes: is a learning rate in them, or one mean too many?": of(
            lambda p: 0.01 * _mse(p)
        ),
        "that is where one step leads. The slopes alone were asked for": (
            lambda p: p - 0.01 * gradient_of(_mse, p)
        ),
    }

    def judged(answer, look, tape=False):
        needs_function(answer)
        points = [np.array(place) for place in ([4.0, 1.0], [12.0, -3.0], [9.5, 20.0])]
        variable = tf.Variable(points[0], dtype=tf.float32)
        result = numbers(call(answer, variable))
        if result.shape in ((2, 10), (10, 2)):
            raise Wrong("there are ten numbers for each slope, one a ride. Take their mean")
        if result.shape == ():
            raise Wrong(
                f"one number came, {show(result)}, and two slopes were expected: along w and b"
            )
        if close(result, gradient_of(_mse, points[0])):
            again = numbers(call(answer, tf.Variable(points[1], dtype=tf.float32)))
            if close(result, again):
                raise Wrong(f"{show(result)} comes at every p. Does the answer use p?")
        try:
            verdict = derivative(answer, _mse, points, mistakes=mistakes, look=look, tape=tape)
        except Wrong as reason:
            if tape:
                raise
            needless = "No tape was asked here, so the formula of the slope is wrong"
            raise Wrong(str(reason).replace(needless, look)) from None
        if not tape and uses_tape(answer, variable):
            raise Wrong("the numbers are right, but a tape found them. Write the slopes yourself")
        return verdict

    return {
        "formula": lambda: judged(
            slopes_by_formula, "The square gives 2e; times x for w, and times 1 for b"
        ),
        "tape": lambda: judged(
            slopes_by_tape, "Is mse(p[0] * x + p[1], y) recorded, and p the source?", tape=True
        ),
    }


# --- The largest stable rate ----------------------------------------------------------------------


@exercise
def limit(largest_rate):
    """Judge the largest stable learning rate, by the singular values of the table (x, 1)."""
    needs_function(largest_rate)

    def curvatures(x, y):
        return 2 / len(x) * np.linalg.svd(np.stack([x, np.ones_like(x)], 1))[1][::-1] ** 2

    def table(x, y):
        return 2 / len(x) * np.array([[x @ x, x.sum()], [x.sum(), len(x)]])

    steepest = "the direction with the largest curvature decides"
    mistakes = {
        "that is 1 over the largest curvature. A step may leave −1 times the distance before it "
        "grows, so the limit is twice that": lambda x, y: 1 / curvatures(x, y)[-1],
        f"that is 2 over the smallest curvature, and {steepest}": (
            lambda x, y: 2 / curvatures(x, y)[0]
        ),
        f"that is 1 over the smallest curvature, and {steepest}; the limit is 2 over it": (
            lambda x, y: 1 / curvatures(x, y)[0]
        ),
        "that is the largest curvature, and the limit is 2 over it": (
            lambda x, y: curvatures(x, y)[-1]
        ),
        "that is the smallest curvature, and the limit is 2 over the largest": (
            lambda x, y: curvatures(x, y)[0]
        ),
        "that is half the largest curvature. The limit is 2 over it: turn the fraction over": (
            lambda x, y: curvatures(x, y)[-1] / 2
        ),
        "that is twice the largest curvature, and the limit is 2 over it: divide": (
            lambda x, y: curvatures(x, y)[-1] * 2
        ),
        "that is 2 over the largest number in the Hessian. Its eigenvalues are its curvatures": (
            lambda x, y: 2 / table(x, y).max()
        ),
        "that is 2 over the first number in the Hessian, the curvature along w alone. Between w "
        "and b it may be larger: the eigenvalues tell": lambda x, y: 2 / table(x, y)[0, 0],
        "1 came: 2 over the curvature along b alone, or the limit after x was standardised. Leave "
        "x as it is, and take the largest eigenvalue": lambda x, y: 2 / table(x, y)[1, 1],
        f"that is 2 over the sum of both curvatures, and {steepest} alone": (
            lambda x, y: 2 / curvatures(x, y).sum()
        ),
        f"that is 2 over the mean of both curvatures, and {steepest}": (
            lambda x, y: 2 / curvatures(x, y).mean()
        ),
        f"that is 2 over the product of both curvatures, and {steepest} alone": (
            lambda x, y: 2 / curvatures(x, y).prod()
        ),
        f"that is 2 over the difference of both curvatures, and {steepest} alone": (
            lambda x, y: 2 / np.ptp(curvatures(x, y))
        ),
        "that is 2 over the root of the sum of all squares in the Hessian, its norm. It is close, "
        "but the largest eigenvalue is what counts": lambda x, y: 2 / np.linalg.norm(table(x, y)),
        "that is 2 over the sum of all numbers in the Hessian. Its eigenvalues are its "
        "curvatures": lambda x, y: 2 / table(x, y).sum(),
        "that is how many times the largest curvature is the smallest, and 2 over the largest was "
        "asked for": lambda x, y: curvatures(x, y)[-1] / curvatures(x, y)[0],
        "that is the limit for a loss that is a sum, and the loss is a mean": (
            lambda x, y: 2 / curvatures(x, y)[-1] / len(x)
        ),
        "that is twice the limit: the Hessian lacks the factor 2 of the squares": (
            lambda x, y: 4 / curvatures(x, y)[-1]
        ),
        "that is 2 over the root of the largest curvature": (
            lambda x, y: 2 / np.sqrt(curvatures(x, y)[-1])
        ),
        "that is 2 over the square of the largest curvature": (
            lambda x, y: 2 / curvatures(x, y)[-1] ** 2
        ),
        "the sign is wrong: a rate is above 0": lambda x, y: -2 / curvatures(x, y)[-1],
        "that is 1 − 2 over the curvature. 2 over it is all": (
            lambda x, y: 1 - 2 / curvatures(x, y)[-1]
        ),
        "that is the limit for x without its mean, and x is to stay as it is": (
            lambda x, y: 2 / curvatures(x - x.mean(), y)[-1]
        ),
        "two numbers came, one for each curvature. One rate serves both: the smaller one": (
            lambda x, y: 2 / curvatures(x, y)
        ),
        "two numbers came, and the limit is one: 2 over the largest curvature": (
            lambda x, y: 2 / curvatures(x, y)[::-1]
        ),
        "those are the two curvatures. The limit is 2 over the larger one": curvatures,
        "that is 2 over each number of the Hessian. Ask for its eigenvalues, and take the "
        "largest": lambda x, y: 2 / table(x, y),
        "that is the Hessian. Ask for its eigenvalues, and divide 2 by the largest": table,
        "x and y are exchanged": lambda x, y: 2 / curvatures(y, x)[-1],
        "the section's own limit, 0.02545, comes for these data as well. Does the answer use x?": (
            lambda x, y: 2 / curvatures(_X, _Y)[-1]
        ),
    }
    short, centred = np.array([0.1, 0.3, 0.4, 0.8, 0.9]), np.array([-1.0, 0.0, 1.0])
    uneven = np.array([-2.0, -0.5, 0.25, 1.0, 1.5, -1.25, 0.5])
    at = [(x, 10 * x + 13 + np.cos(5 * x)) for x in (short, centred, uneven)]
    first = call(largest_rate, *map(np.float32, at[1]))
    if isinstance(first, np.ndarray) and first.shape == (2, 2) and np.isinf(first).any():
        raise Wrong(next(text for text in mistakes if "each number of the Hessian" in text))
    return function(
        largest_rate,
        like=lambda x, y: 2 / curvatures(x, y)[-1],
        at=at,
        mistakes=mistakes,
        look="Is it 2 divided by the largest eigenvalue of the Hessian of these x and y?",
    )


# --- A trained line -------------------------------------------------------------------------------


def _train(answer, *args):
    return call(answer, *args, seconds=18)  # Keras takes its time


def _pair(result):
    """Return the w and b that a training returns."""
    if isinstance(result, dict):
        raise Wrong("a dict came. Return the two numbers: w, b")
    if hasattr(result, "get_weights"):
        raise Wrong("a model came. Return the two numbers that it has learned: w, b")
    if is_function(result):
        raise Wrong("a function came. Return the two numbers: w, b")
    try:
        parts = list(result)
    except Exception:
        raise Wrong(f"{show(result)} came, and two numbers were expected: w, b") from None
    if len(parts) != 2:
        raise Wrong(f"{show(result)} came, and two numbers were expected: w, b")
    try:
        grown = not all(np.isfinite(np.asarray(part, np.float64)).all() for part in parts)
    except Exception:
        grown = False
    if grown:
        raise Wrong(
            "w and b grew out of bounds: each step leads farther away than the last. Which slope "
            "moves which variable, is the step subtracted, and is the loss a mean?"
        )
    shapes = {np.size(part) for part in parts if part is not None}
    if shapes - {1}:
        raise Wrong(
            f"w or b has become {max(shapes)} numbers. Look at the shapes of what is subtracted"
        )
    return np.array([float(numbers(part, ())) for part in parts])


def _fits(x, y, line, within, steps, rate):
    """Say how far a trained line is right, or refuse it for what it shows.

    A right training starts at 0 and takes some steps with some rate, which are the starter's.
    """
    best = np.polyfit(x.astype(np.float64), y.astype(np.float64), 1)
    w, b = line
    shown = f"w = {w:.4g}, b = {b:.4g}"
    right = f"w = {best[0]:.4g} and b = {best[1]:.4g}"
    if close(line, best, within):
        return f"within {within:.0%} of least squares, {right}"
    if w == b == 0:
        raise Wrong("w and b are both 0: no step has moved them")
    if max(abs(line)) < 1e-3:
        raise Wrong(f"{shown}: both are almost 0. Are those the slopes at the end, not w and b?")
    if close(line[::-1], best, within):
        raise Wrong(f"{shown}: they have changed places. w is the slope, b is the value at x = 0")
    if 0 < abs(w) < 0.35 * abs(best[0]) and abs(b - np.mean(y)) < 0.2 * abs(np.mean(y)):
        raise Wrong(
            f"{shown}: a flat line through the mean of y, as if each y belonged to every x. "
            "Does each x meet its own y? Print the shapes, and how x and y are picked"
        )
    if close(w, best[0], within):
        if b == 0:
            raise Wrong(f"{shown}: w is right, and b has not moved. Is it updated?")
        if close(b, -best[1], within):
            raise Wrong(f"{shown}: b has the wrong sign. Is it added in the prediction?")
        if close(b, w, within):
            raise Wrong(f"{shown}: b moves just as w does. It has a slope of its own")
        raise Wrong(f"{shown}: w is right, and b is not. Is it updated by its own slope?")
    if close(b, best[1], within):
        if w == 0:
            raise Wrong(f"{shown}: b is right, and w has not moved. Is it updated?")
        if close(b, w, within):
            raise Wrong(f"{shown}: w moves just as b does. It has a slope of its own")
        raise Wrong(f"{shown}: b is right, and w is not. Is it updated by its own slope?")
    if close(line, [best[0] / np.std(y), 0], within):
        raise Wrong(f"{shown} fit fares that were standardised. Leave y as it is")
    if close(line, -best, within):
        raise Wrong(f"{shown}: both have the wrong sign. Is e prediction − y?")
    if np.mean((w * x + b - y) ** 2) > np.mean(y**2):
        raise Wrong(
            f"{shown}: the loss is larger than at the start, so the steps lead uphill. Which slope "
            "moves which variable, is the step subtracted, and is the loss a mean?"
        )
    gone = np.mean(line / best)
    if np.ptp(line / best) < 0.1 * gone and gone < 1:
        taken = np.log(1 - gone) / np.log(1 - 2 * rate)
        if abs(taken - round(taken)) < 0.02 * max(1, taken / 10) and round(taken) < steps:
            raise Wrong(
                f"{shown}: so far lead{'s' if round(taken) == 1 else ''} {round(taken)} of the "
                f"{steps} steps. How often does the loop run, and where does return stand?"
            )
        slow = (1 - (1 - gone) ** (1 / steps)) / 2
        raise Wrong(
            f"{shown}, and {right} is the goal: it is on its way, as with a rate of {slow:.2g}. "
            f"The rate is {rate:g}, the loss a mean of squares, and a step rate times slope"
        )
    raise Wrong(
        f"{shown}, and {right} is the goal. Do all four steps run with the x and y that are "
        "given: prediction, loss, slopes, update?"
    )


@exercise
def find(repaired_train):
    """Judge a repaired training loop by the lines it finds, for the rides and for other data."""
    needs_function(repaired_train)
    z = ((_X - _X.mean()) / _X.std()).astype(np.float32)
    other = np.array([-1.5, -0.5, -0.25, 0.25, 0.75, 1.25], np.float32)
    other = (other - other.mean()) / other.std()
    wavy = (np.float32(7) - 4 * other + np.cos(9 * other)).astype(np.float32)
    fares = _Y.astype(np.float32)
    line = _pair(_train(repaired_train, z, fares))
    if close(line, [10.0, 13.0]):
        raise Wrong("w = 10 and b = 13 are the line over kilometres, and x is standardised")
    if not line.any() and _pair(_train(repaired_train, z, fares, 0.1, 99)).any():
        raise Wrong(
            "after 99 steps w and b are far off, and after 100 they are back at 0: each step jumps "
            "over the bottom. Is the slope multiplied by the rate, and the loss a mean?"
        )
    verdict = _fits(z, fares, line, 0.01, steps=100, rate=0.1)
    try:
        again = _pair(_train(repaired_train, other, wavy))
        if close(again, line):
            raise Wrong(f"w = {line[0]:.4g} and b = {line[1]:.4g} come again")
        _fits(other, wavy, again, 0.01, steps=100, rate=0.1)
    except Wrong as reason:
        raise Wrong(
            f"it is right for these rides, but not for six other points: {reason}. Does the answer "
            "use the x and y that it is given?"
        ) from None
    return verdict


# --- Mini-batches ---------------------------------------------------------------------------------


def noisy_rides():
    """Return the 200 rides of the lesson, standardised, and their fares."""
    rng = np.random.default_rng(4)
    distance = rng.uniform(1.0, 20.0, size=200).astype(np.float32)
    noise = rng.normal(scale=8.0, size=200).astype(np.float32)
    return (distance - distance.mean()) / distance.std(), 10 * distance + 13 + noise


@exercise
def batches(five_epochs):
    """Judge five epochs of mini-batches by the line they find, and by which ride moved what.

    Where x is 0 everywhere, w stays 0, and a step leaves 0.9 of b and adds a tenth of the mean y of
    its rides, at a rate of 0.05. So with y = 1 for all rides, b tells how many steps there were;
    and with y = 0 for all rides but one, b tells in which of the steps this one took part.
    """
    needs_function(five_epochs)
    with _unseeded():
        return _five_epochs(five_epochs)


@contextlib.contextmanager
def _unseeded():
    """Lift TensorFlow's global seed: under one, Keras's fit draws the same order in each epoch."""
    seed = context.global_seed()
    tf.random.set_seed(None)
    try:
        yield
    finally:
        tf.random.set_seed(seed)


def _five_epochs(five_epochs):
    x, y = noisy_rides()
    line = _pair(_train(five_epochs, x, y))
    nowhere, best = np.zeros_like(x), np.polyfit(x.astype(np.float64), y.astype(np.float64), 1)
    if close(line, best, 1e-5):
        raise Wrong(
            "that is least squares to the last digit. Five epochs of mini-batches come near it, "
            "and step about: write the steps"
        )
    try:
        moved = _pair(_train(five_epochs, nowhere, np.ones_like(y), 0.05))[1]
    except Wrong as reason:
        raise Wrong(
            f"it finds the line, but where all rides are 0 km long and cost 1 it fails: {reason}. "
            "Are there steps, or is the line solved for?"
        ) from None
    for left, within in ((0.9, 0.02), (0.8, 0.1)):  # 0.8 where the rate stays 0.1 all the same
        steps = np.log(1 - moved) / np.log(left)
        known = np.isfinite(steps) and round(steps) > 0 and abs(steps - round(steps)) < within
        if known:
            break
    start = None if known else _pair(_train(five_epochs, nowhere, np.zeros_like(y), 0.05))
    if start is not None and line.any() and close(start, line, 0.05):
        raise Wrong("other rides lead to the same w and b. Use the x and y that are given")
    if start is not None and start.any():
        raise Wrong(f"w and b do not start at 0: fares of 0 lead to {show(start)}")
    if known and round(steps) != 50 and abs(1 - moved) > 1e-5:
        raise Wrong(_wrong_number_of_steps(round(steps)))
    if abs(1 - moved) < 1e-5:
        raise Wrong(
            "more than 100 steps are made, and five epochs of 200 rides, 20 at a time, are 50. How "
            "many rides go into a step, and how many epochs are there?"
        )
    verdict = _fits(x, y, line, 0.05, steps=50, rate=0.1)
    if known:
        _each_epoch_has_every_ride(five_epochs, nowhere, left)
    return verdict


def _wrong_number_of_steps(steps):
    count = f"w and b are as far as {steps} step{'s lead' if steps > 1 else ' leads'}, and five "
    count += "epochs of 200 rides, 20 at a time, are 50"
    if steps % 10 == 0 and steps <= 40:
        return f"{count}. How often does the outer loop run, and do w and b keep what they learned?"
    if steps == 5:
        return f"{count}. One step an epoch: does the step stand in the loop over the 20?"
    if steps == 1:
        return f"{count}. Is return in the loop, or the step behind it?"
    return f"{count}. How many rides go into a step, and how many steps into an epoch?"


def _each_epoch_has_every_ride(five_epochs, nowhere, left):
    """Refuse epochs that leave out rides or repeat them, or that all have the same order."""
    first = (left ** np.arange(49.0, -1, -1)).reshape(5, 10)  # what a mark has become in the end
    once = first[0]
    for epoch in first[1:]:
        once = np.add.outer(once, epoch)  # all ways to take part once in each epoch
    once = np.sort(once.ravel())
    same, unit = first.sum(axis=0), 20 / (1 - left)  # a ride's y, for a mark of 1 in each step
    orders = []
    for ride in (0, 121, 199):
        y = np.zeros(len(nowhere), np.float32)
        y[ride] = unit
        mark = _pair(_train(five_epochs, nowhere, y, 0.05))[1]
        near = np.searchsorted(once, mark)
        off = np.abs(once[max(0, near - 1) : near + 1] - mark).min(initial=np.inf)
        if close(mark, first.sum() / 10):
            raise Wrong(
                "each step uses all 200 rides. An epoch has ten steps, each with its own 20 rides"
            )
        if off > 5e-7 * max(mark, 0.1):
            raise Wrong(
                f"ride {ride} does not take part once in each of the five epochs"
                + (": it never does" if mark == 0 else "")
                + ". An epoch goes through all rides, each once"
            )
        alike = np.flatnonzero(np.abs(same - mark) < 5e-7 * same)
        orders.append((alike[0], ride // 20) if len(alike) else None)
    if None not in orders:
        if all(step == place for step, place in orders):
            raise Wrong("the rides come in the order of the table in every epoch. Shuffle them")
        raise Wrong(
            "the order is the same in all five epochs. Draw a new one in each: rng.permutation "
            "belongs into the loop over the epochs"
        )
    y = np.zeros(len(nowhere), np.float32)
    y[:2] = unit, -unit  # two marks that cancel in each step with both rides
    if abs(_pair(_train(five_epochs, nowhere, y, 0.05))[1]) < 1e-6:
        raise Wrong(
            "the same rides are together in all five epochs, in another order of the batches. "
            "Shuffle the rides themselves"
        )
