"""Verdicts of lesson 12, gradients of your own."""

import functools

import numpy as np
import tensorflow as tf

from .engine import (
    Unanswered,
    Wrong,
    call,
    close,
    copies,
    exercise,
    needs_function,
    numbers,
    show,
)
from .judges import derivative, number, word
from .listening import Step, listen
from .none import why_broken


@exercise
def recall_12(a, b, c):
    """Judge a gradient past an assignment, a cross-entropy, and the error of a central step."""
    return {
        "a": lambda: _past_total(a),
        "b": lambda: number(
            b,
            np.log(1 + np.exp(2)),
            mistakes={
                "that is the loss if the first class were right": np.log(1 + np.exp(-2)),
                "that is the logarithm itself, and the loss has a minus before it": (
                    -np.log(1 + np.exp(2))
                ),
                "that is the probability of the right class. The loss is −ln p": (
                    1 / (1 + np.exp(2))
                ),
                "that is the probability of the wrong class. The loss is −ln p of the right one": (
                    1 / (1 + np.exp(-2))
                ),
                "that is the difference of the logits. Near, but the softmax has a sum below": 2.0,
                "that is the loss of a network that knows nothing": np.log(2),
                "that is the sum of the two exponentials. Take the logarithm": 1 + np.exp(2),
                "the 0 is a logit too: e⁰ is 1 and belongs into the sum": 0.0,
            },
            look="p is e⁰ / (e² + e⁰), and the loss −ln p",
        ),
        "c": lambda: _missed(c),
    }


def _past_total(answer):
    if answer is None or (isinstance(answer, str) and answer.strip().casefold() == "none"):
        raise Wrong(
            "None would be all if total were the only way to x. 5x is another one, and it is heard"
        )
    return number(
        answer,
        5.0,
        mistakes={
            "17 counts the way through total, too. The tape does not hear what is assigned": 17.0,
            "that is the way through total alone, which the tape does not hear": 12.0,
            "that is the slope of x², which goes into total unheard": 6.0,
            "that is the value of y": 33.0,
            "that is the value of 5x. Its slope was asked for": 15.0,
            "that adds the factors 2 and 5. total is a constant to the tape": 7.0,
            "that is the factor of total, which is a constant to the tape": 2.0,
            "that is as if nothing led to x. 5x does, and it is heard": 0.0,
        },
        look="total is a constant to the tape. Which way to x is left?",
    )


def _missed(answer):
    if close(numbers(answer), -1.0) and np.size(answer) == 1:
        return "it is 1 too large, by h² f'''(x) / 6"
    return number(
        answer,
        1.0,
        mistakes={
            "that is the quotient. The slope is 12; how far is it from that?": 13.0,
            "that is the slope itself. How far is the quotient from it?": 12.0,
            "that takes a step to the right only. There is one to the left, too": 7.0,
            "the quotient is not divided by 2h but by h": 14.0,
            "that is the difference of the two values. Divide it by 2h": 26.0,
            "of a straight line or a parabola the quotient is exact. Of x³ it is not": 0.0,
        },
        look="(27 − 1) / 2, and the slope is 12",
    )


# --- A gradient check -----------------------------------------------------------------------------

_X = np.linspace(-3.0, 3.0, 61)

# Functions with a slope that somebody claims, and how far that is off at the worst.
_CLAIMS = {
    "line": (lambda x: 3.0 * x, lambda x: 0.0 * x + 3.0, 0.0),
    "square": (lambda x: x**2, lambda x: 2.0 * x, 0.0),
    "cube": (lambda x: x**3, lambda x: 3.0 * x**2, 0.0),
    "shifted": (tf.sin, lambda x: tf.cos(x) + 0.01, 0.01),
    "below": (tf.sin, lambda x: tf.cos(x) - 0.5 * _far(x), 0.5),
    "above": (tf.cos, lambda x: 0.5 * _far(-x) - tf.sin(x), 0.5),
}


def _far(x):
    return tf.cast(x > 2.75, x.dtype)  # the last three of 61


@exercise
def culprit(largest_error, culprit):
    """Judge a gradient check on slopes that are off by a known amount, and what it found."""
    return {
        "largest_error": lambda: _error_finder(largest_error),
        "culprit": lambda: word(
            _name_of(culprit),
            "gelu",
            mistakes={
                "softsign's slope is right, also at its corner at 0: the sides agree there": (
                    "softsign"
                ),
                "swish's slope is right. Is an error of 1e-4 more than the float32 tells?": "swish",
            },
            look='Write "softsign", "swish" or "gelu"',
        ),
    }


def _name_of(answer):
    """Return the name of a function, or of the function whose slope was named."""
    name = getattr(answer, "__name__", answer)
    return name.strip().removesuffix("_slope") if isinstance(name, str) else name


def _error_finder(answer):
    needs_function(answer)
    x = tf.constant(_X, tf.float32)
    found = {}
    for name, (f, slope, _) in _CLAIMS.items():
        came = numbers(call(answer, f, slope, x))
        if came.size > 1:
            raise Wrong(f"{came.size} differences came, and the largest of them was asked for")
        if name == "shifted" and came >= 1 and came == np.round(came):
            raise Wrong(
                f"{came:g} came, a whole number: argmax says where the largest is. How large?"
            )
        found[name] = float(came.reshape(()))
    truths = {name: off for name, (*_, off) in _CLAIMS.items()}
    if all(abs(found[name] - truths[name]) <= 0.003 for name in truths):
        shown = ", ".join(f"{found[name]:.3f}" for name in ("square", "shifted", "below"))
        return f"{shown} for slopes that are off by 0, 0.01 and 0.5"
    raise Wrong(_why_error(found))


def _why_error(found):
    values = np.array(list(found.values()))
    truths = np.array([off for *_, off in _CLAIMS.values()])
    if np.ptp(values) < 1e-6:
        return f"it says {values[0]:.3g} for every function tried. Does it use what it is given?"
    slopes = [float(tf.reduce_max(tf.abs(slope(_X)))) for _, slope, _ in _CLAIMS.values()]
    if close(values, np.array(slopes), 0.02):
        return (
            "that is the largest slope, as if tiny steps said 0. Is their answer taken away, and "
            "is the step large enough for a float32 to notice it?"
        )
    if np.all(values < 0.003):
        return "it finds no error, whatever slope says. Is slope(x) compared with steps of f?"
    if np.any(values < -0.003):
        return (
            f"it says {values.min():.3g}: a difference can be negative, and its size was asked for"
        )
    if abs(found["square"] - 15.0) < 0.1 and abs(found["line"] - 12.0) < 0.1:
        return "f itself is compared with the steps, and slope should be"
    if abs(found["square"] - 8.0) < 0.1 and abs(found["line"] - 3.0) < 0.1:
        return "the steps are taken with slope, and they should be with f"
    kinds = {
        "that is the mean of the differences, and the largest was asked for": (0.01, 1.5 / 61),
        "that is the sum of the differences, and the largest was asked for": (0.61, 1.5),
        "it does not notice an error that only a few of the numbers have. Take the difference at "
        "each x, and then the largest": (0.01, 0.0),
        "that is the root of the sum of squares, and the largest difference was asked for": (
            0.01 * np.sqrt(61),
            0.5 * np.sqrt(3),
        ),
        "that is the square of the largest difference": (0.0001, 0.25),
        "that is half of the largest difference": (0.005, 0.25),
        "that is twice the largest difference": (0.02, 1.0),
        "that is the root of the mean square, and the largest difference was asked for": (
            0.01,
            0.5 * np.sqrt(3 / 61),
        ),
        "that is the mean square, and the largest difference was asked for": (1e-4, 0.75 / 61),
    }
    if abs(found["line"] - 3.0) < 0.1:
        return (
            "for 3x, whose slope is 3 everywhere, it finds an error of 3. Is the rise divided by "
            "2 · step, and is the difference taken from the left value to the right one?"
        )
    if abs(found["line"] - 1.5) < 0.1:
        return "for 3x it finds an error of 1.5: the rise of one step is divided by two"
    if abs(found["line"] - 6.0) < 0.1:
        return "for 3x it finds an error of 6: the slope by steps has the wrong sign"
    if found["line"] > 0.003:
        return (
            f"for 3x, whose slope 3 is right, it finds an error of {found['line']:.2g}. Those are "
            "the digits of float32: the step is too small"
        )
    low, high = sorted((found["below"], found["above"]))
    if abs(high - 0.5) < 0.02 and low < 0.02:
        return (
            "it finds an error of 0.5 in one direction and none in the other: a difference can be "
            "negative"
        )
    for text, (shifted, far) in kinds.items():
        both = abs(found["below"] - far), abs(found["above"] - far)
        if abs(found["shifted"] - shifted) < 0.002 and max(both) < 0.003:
            return text
    if found["square"] > 0.003:
        return (
            f"for x², whose slope 2x is right, it finds an error of {found['square']:.2g}: that is "
            "a step to one side only. Step to both, and divide by 2 · step"
        )
    if found["cube"] > 0.003:
        return (
            f"for x³, whose slope 3x² is right, it finds an error of {found['cube']:.2g}: the step "
            "is too large"
        )
    name = max(found, key=lambda name: abs(found[name] - _CLAIMS[name][2]))
    off = dict(zip(found, truths, strict=True))[name]
    return f"for a slope that is off by {off:g} it says {found[name]:.3g}"


# --- Values and slopes ----------------------------------------------------------------------------


def _measure(answer, x, upstream, none=None):
    """Return the value at x and the slope there of upstream times that, both as float64.

    `none` is what to say if the slope is None, where looking for the cause would not help.
    """
    needs_function(answer)

    @functools.wraps(answer)
    def measured(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = answer(x)
            total = tf.reduce_sum(upstream * y)
        return {"value": y, "slope": tape.gradient(total, x)}

    @functools.wraps(answer)
    def slope_alone(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = answer(x)
        return tape.gradient(y, x)

    x = tf.constant(x, tf.float32)
    try:
        value = call(answer, x)
    except Wrong as reason:
        if "values to unpack" in str(reason):
            raise Wrong("with tf.custom_gradient a function returns two: a value, rule") from None
        raise
    if value is ...:
        raise Unanswered(f"there is still a ... in {answer.__name__}")
    if not isinstance(value, (tf.Tensor, tf.Variable)):
        if isinstance(value, tuple) and len(value) == 2 and callable(value[1]):
            raise Wrong("a pair of value and rule came. Is @tf.custom_gradient above it?")
        numbers(value)
        raise Wrong("no tensor came, and a tape knows only tensors. Stay with tf.… functions")
    found = call(measured, x)
    if found["slope"] is None:
        raise Wrong(f"its slope is None: {none or why_broken(slope_alone, copies([x]))}")
    return numbers(found["value"]), np.asarray(tf.convert_to_tensor(found["slope"]), np.float64)


_VECTORS = ([3.0, 4.0], [0.3, -0.4, 1.2], [0.0, -2.0], [0.02, -0.01], [0.0, 0.0], [0.0, 0.0, 0.0])


@exercise
def lengths(small_length, where_length, rule_length):
    """Judge three repairs of a norm, each in its own way."""
    return {
        "small": lambda: _length(small_length, _at_zero_small),
        "where": lambda: _length(where_length, _at_zero_where),
        "rule": lambda: _length(rule_length, _at_zero_rule),
    }


def _length(answer, at_zero):
    """Judge a length: away from 0 and then at 0, where each way has its own mistakes."""
    found = [(np.array(x), *_measure(answer, x, 3.0)) for x in _VECTORS]
    for x, value, _ in found:
        if value.size != 1:
            raise Wrong(
                f"at {show(x)} {value.size} numbers came. A length is one number, the root of a sum"
            )
    away = [part for part in found if np.any(part[0])]
    truths = [np.asarray(np.linalg.norm(x)) for x, *_ in away]
    values = [value.reshape(()) for _, value, _ in away]
    if not all(map(close, values, truths)):
        raise Wrong(_away(away, values, truths))
    for x, _, slope in away:
        unit = x / np.linalg.norm(x)
        if not close(slope, 3 * unit, 0.02):  # a small number under the root moves it a little
            raise Wrong(_slope_away(x, slope, unit))
    for x, value, slope in found:
        if not np.any(x):
            at_zero(answer, float(value.reshape(())), slope)
    return "value and slope are right, and the slope at 0 is 0"


def _away(away, values, truths):
    kinds = {
        "that is the square of the length: the root is missing": np.square,
        "that is the length and 1 more": lambda t: t + 1,
    }
    for text, change in kinds.items():
        if all(map(close, values, map(change, truths))):
            return text
    if all(close(v, np.sum(np.abs(x))) for (x, *_), v in zip(away, values, strict=True)):
        return "that is the sum of the sizes. A length is the root of the sum of squares"
    if all(close(v, np.sum(x)) for (x, *_), v in zip(away, values, strict=True)):
        return "that is the sum. A length is the root of the sum of squares"
    if all(close(v, np.mean(x**2) ** 0.5) for (x, *_), v in zip(away, values, strict=True)):
        return "that is the root of the mean square. A length takes the sum"
    if all(close(v, abs(np.sum(x))) for (x, *_), v in zip(away, values, strict=True)):
        return "the sum is squared. A length is the root of the sum of squares"
    x, value, truth = next(
        (part[0], v, t) for part, v, t in zip(away, values, truths, strict=True) if not close(v, t)
    )
    if np.any(x == 0):
        return (
            f"at {show(x)} the length is {show(truth)}, and {show(value)} came: a single 0 in the "
            "vector was replaced. Only if all are 0 does the root meet a 0"
        )
    if value > truth:
        return (
            f"at {show(x)} the length is {show(truth)}, and {show(value)} came. If a number is "
            "added, let it be so small that it does not matter here, and add it under the root"
        )
    return f"at {show(x)} the length is {show(truth)}, and {show(value)} came"


def _slope_away(x, slope, unit):
    at = f"the slope of 3 · length at {show(x)}"
    if close(slope, unit):
        return (
            "upstream is not used: in 3 times the length, 3 arrives as upstream, and the slope "
            "comes out as for the length alone"
        )
    if close(slope, 3 * x):
        return f"{at} comes out as 3x: x is not divided by the length"
    if close(slope, x):
        return f"{at} comes out as x: x is not divided by the length, and upstream is not used"
    if close(slope, -3 * unit):
        return f"{at} has the wrong sign"
    if close(slope, 3 * np.sign(x)):
        return f"{at} holds signs. The slope of a length is x / |x|, with the length below"
    if close(slope, 3 * x / np.dot(x, x)):
        return f"{at}: x is divided by the square of the length"
    if close(slope, 6 * x):
        return f"{at} is that of the square"
    if np.isnan(slope).any():
        return f"{at} is nan"
    if not slope.any():
        return f"{at} is 0: no slope comes through"
    if close(slope, np.full_like(slope, 3.0)):
        return f"{at} is upstream alone. Multiply it by x / |x|"
    if slope.shape != x.shape:
        return f"{at} is one number, {show(slope)}, and each number of x has one. Where is x?"
    if close(slope * x, np.full_like(x, 3 * np.linalg.norm(x))):
        return f"{at} is turned over: x is divided by the length, and not the length by x"
    return f"{at} is {show(slope)}, and {show(3 * unit)} was expected, 3 x / |x|"


def _at_zero_small(answer, value, slope):
    if np.isnan(slope).any() or np.isinf(slope).any():
        if value == 0:
            raise Wrong(
                "at 0 the slope is still nan. Is a number added to the sum of squares, before the "
                "root, and is it one that a float32 can hold (section 2)?"
            )
        raise Wrong("at 0 the slope is nan: the number is added behind the root. Add it under it")
    if value > 2e-3:
        raise Wrong(f"at 0 the length is {value:.2g}. Add a smaller number, such as 1e-12")
    if value == 0:
        raise Wrong("at 0 the length is exactly 0: so this is another way. Add a small number")
    if slope.any():
        raise Wrong(
            "at 0 the slope is not 0: is the number added to x? Add it to the sum of squares"
        )


def _at_zero_where(answer, value, slope):
    if np.isnan(slope).any() or np.isinf(slope).any():
        raise Wrong(
            "at 0 the slope is still nan: the root still meets the 0, and what tf.where does not "
            "choose is on the tape too. Put something harmless in, before the root"
        )
    if value != 0:
        much = "a small number is added, as in the first way" if value < 0.1 else "choose the 0"
        raise Wrong(f"at 0 the length is {value:.2g}, and 0 was expected: {much}")
    _flat(slope)
    if np.isnan(_compiled_slope(answer, tf.zeros(2))).any():
        raise Wrong(
            "at 0 the slope is 0 only because TensorFlow's own rule for the root lets a 0 that "
            "arrives stay 0. Compiled by XLA (lesson 07) it is nan: the root still meets the 0. "
            "Put something harmless in, before the root"
        )


def _compiled_slope(answer, x):
    @tf.function(jit_compile=True)
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = answer(x)
        return tape.gradient(y, x, unconnected_gradients="zero")

    try:
        return slope(x).numpy()
    except Exception:  # XLA does not compile everything, which was not asked for either
        return np.zeros(2)


def _at_zero_rule(answer, value, slope):
    if np.isnan(slope).any() or np.isinf(slope).any():
        raise Wrong("at 0 the rule gives nan: 0 / 0. Look at tf.math.divide_no_nan")
    _flat(slope)
    record = listen(answer, (tf.constant([3.0, 4.0]),))
    if not any(isinstance(event, Step) and event.rule for event in record.events):
        raise Wrong("the numbers are right, but there is no rule. Is @tf.custom_gradient above it?")
    if value > 1e-6:
        raise Wrong(f"at 0 the length is {value:.2g}, and with a rule it can be exactly 0")


def _flat(slope):
    if slope.any():
        raise Wrong(f"at 0 the slope is {show(slope / 3)}, and 0 in every direction was asked for")


_WILD = np.array([-7.0, -1.5, -0.4, 0.0, 0.3, 5.0])


@exercise
def gentle(gentle):
    """Judge a passage that leaves values alone and clips slopes, number by number."""
    needs_function(gentle)
    x = np.array([0.2, -3.0, 8.0, -0.5, 2.5, 0.7])
    value, slope = _measure(gentle, x, _WILD.astype(np.float32))
    if not close(value, x):
        if close(value, np.clip(x, -1, 1)):
            raise Wrong("the values are clipped. They go through unchanged; clip what comes back")
        raise Wrong(f"for {show(x)} the value is {show(value)}. It should be x itself")
    truth = np.clip(_WILD, -1, 1)
    known = {
        "no slope is clipped: upstream passes as it is": _WILD,
        "x is clipped, and not the slope that comes back": np.clip(x, -1, 1),
        "upstream is multiplied by x before it is clipped. The slope of x itself is 1": np.clip(
            _WILD * x, -1, 1
        ),
        "upstream is multiplied by the clipped x": _WILD * np.clip(x, -1, 1),
        "upstream is not used: the slope is 1 whatever arrives": np.ones(6),
        "upstream is not used: the slope is that of x, clipped": np.ones(6),
        "the list of slopes is shortened as a whole. Each number is to be clipped by itself": (
            _WILD / np.linalg.norm(_WILD)
        ),
        "that is the sign: numbers between −1 and 1 are to pass as they are": np.sign(_WILD),
        "that is tanh, which changes small numbers, too": np.tanh(_WILD),
        "only numbers above 1 are clipped. There are some below −1": np.minimum(_WILD, 1),
        "only numbers below −1 are clipped. There are some above 1": np.maximum(_WILD, -1),
        "negative slopes are lost: they are clipped to 0": np.clip(_WILD, 0, 1),
        "the slope is blocked where x is large. Only the size of the slope counts": (
            _WILD * (np.abs(x) <= 1)
        ),
        "large slopes become 0. They should become −1 or 1": _WILD * (np.abs(_WILD) <= 1),
        "nothing comes back: the slopes are 0": np.zeros(6),
        "the clipped slope is multiplied by x. The slope of x itself is 1": truth * x,
        "the clipped slope has the wrong sign": -truth,
    }
    if close(slope, truth):
        scalar = _measure(gentle, 2.0, np.float32(-4.0))[1]
        if not close(scalar, -1.0):
            raise Wrong(f"right for a vector; for one number, −4 comes back as {show(scalar)}")
        return "values pass, and −7 comes back as −1, −0.4 as −0.4, 5 as 1"
    for text, wrong in known.items():
        if close(slope, wrong):
            raise Wrong(text)
    place = int(np.argmax(np.abs(slope - truth) if slope.shape == truth.shape else 0))
    if slope.shape != truth.shape:
        raise Wrong(f"the slope has shape {slope.shape}, and that of x is {truth.shape}")
    raise Wrong(
        f"the slope {_WILD[place]:g} comes back as {show(slope[place])}, and {truth[place]:g} was "
        "expected. Clip upstream between −1 and 1"
    )


@exercise
def sign(straight_sign):
    """Judge a sign whose slope is that of a ramp."""
    needs_function(straight_sign)
    x = np.array([-2.0, -1.2, -0.9, -0.2, 0.0, 0.4, 0.8, 1.3, 3.0])
    upstream = np.linspace(1.0, 3.0, 9)
    none = "nothing outside of tf.stop_gradient leads back to x, and a comparison has no slope"
    value, slope = _measure(straight_sign, x, upstream.astype(np.float32), none)
    truth = np.where(x >= 0, 1.0, -1.0)
    known = {
        "at 0 the value is 0, as tf.sign has it, and 1 was asked for": np.sign(x),
        "at 0 the value is −1, and 1 was asked for": np.where(x > 0, 1.0, -1.0),
        "the values are those of a ramp, and the signs were asked for": np.clip(x, -1, 1),
        "the values are x itself: is the sign inside the tf.stop_gradient?": x,
        "the signs are turned round: 1 where x ≥ 0": -truth,
        "the values are 0 and 1, and −1 and 1 were asked for": (x >= 0).astype(float),
        "the values are those of tanh": np.tanh(x),
        "x is added to the sign. Inside the tf.stop_gradient, take away what you add outside": (
            truth + x
        ),
        "the ramp is added to the sign. Inside the tf.stop_gradient, take away what you add "
        "outside": truth + np.clip(x, -1, 1),
        "inside the tf.stop_gradient stands the ramp's x, and outside the clipped one: take away "
        "the same as you add": truth - x + np.clip(x, -1, 1),
        "outside the tf.stop_gradient stands x, and inside the clipped one: take away the same as "
        "you add": truth + x - np.clip(x, -1, 1),
    }
    for text, wrong in known.items():
        if close(value, wrong):
            raise Wrong(text)
    if not close(value, truth):
        if value.shape != truth.shape:
            raise Wrong(f"for an array of shape {x.shape}, shape {value.shape} came")
        place = int(np.argmax(np.abs(value - truth)))
        raise Wrong(f"at {x[place]:g} the value is {show(value[place])}, not {truth[place]:g}")
    window = (np.abs(x) < 1).astype(float)
    known = {
        "the slope is 1 everywhere. Further out than 1 it should be 0": np.ones(9),
        "no slope comes through: it is 0 everywhere": np.zeros(9),
        "the slope is 1 outside and 0 inside: it is the other way round": 1 - window,
        "the slope is that of tanh. Between −1 and 1, exactly 1 was asked for": (
            1 / np.cosh(x) ** 2
        ),
        "on the left there is no slope. The window is from −1 to 1": window * (x >= 0),
        "on the left of −1 the slope is 1 still. The window is from −1 to 1": (
            (x < 1).astype(float)
        ),
        "on the right of 1 the slope is 1 still. The window is from −1 to 1": (
            (x > -1).astype(float)
        ),
        "the window has the wrong width": (np.abs(x) < 0.5).astype(float),
        "the slope has the sign of x. It should be 1 on both sides of 0": window * np.sign(x),
        "the slope is x between −1 and 1, and 1 was asked for": window * x,
        "the slope is 2 between −1 and 1, and 1 was asked for": 2 * window,
        "the slope has the wrong sign": -window,
        "the slope is 1 out to 2 on both sides, and 1 was asked for as the border": (
            (np.abs(x) <= 2).astype(float)
        ),
        "the slope is that of the relu: 1 on the right, also further out than 1": (
            (x > 0).astype(float)
        ),
    }
    if np.isnan(slope).any():
        raise Wrong("a slope is nan")
    if close(slope, window * upstream):
        return "the values are signs, and the slope is 1 between −1 and 1"
    if close(slope, window):
        raise Wrong("the slope is right where 1 arrives. The rule must multiply upstream")
    for text, wrong in known.items():
        if close(slope, wrong * upstream):
            raise Wrong(text)
    if slope.shape == x.shape:
        place = int(np.argmax(np.abs(slope - window * upstream)))
        came = show(slope[place] / upstream[place])
        raise Wrong(f"at {x[place]:g} the slope is {came}, and {window[place]:g} was expected")
    raise Wrong(f"the slope has shape {slope.shape}, and that of x is {x.shape}")


# --- State ----------------------------------------------------------------------------------------


@exercise
def state_repair(repaired_total, repaired_frozen, total):
    """Judge two functions whose state kept the tape from the source."""
    return {
        "total": lambda: _through_total(repaired_total, total),
        "frozen": lambda: derivative(
            repaired_frozen,
            of=lambda w: np.sum(w**3),
            at=[[1.0, 2.0], [-1.5, 0.5, 3.0]],
            given=lambda w: tf.Variable(w, dtype=tf.float32, trainable=False),
            mistakes={
                "those are the slopes of w². The power is 3": lambda w: 2 * w,
                "the mean stands where the sum was": lambda w: 3 * w**2 / w.size,
            },
            look="Only the first line of the block is missing",
            tape=True,
        ),
    }


def _through_total(answer, total):
    points = [np.array([1.0, 2.0]), np.array([-1.5, 0.5, 3.0]), np.array([4.0])]
    before = total.numpy()
    try:
        found = derivative(
            answer,
            of=lambda x: np.sum(x) ** 2,
            at=points,
            mistakes={
                "that is the slope of the sum, without the square": np.ones_like,
                "that is the slope of the square of each number. Square the sum": lambda x: 2 * x,
                "the factor 2 of the square is missing": lambda x: np.full_like(x, np.sum(x)),
            },
            look="y is the square of the sum of x",
            tape=True,
        )
        for point in points:
            total.assign(-77.0)
            call(answer, tf.Variable(point, dtype=tf.float32))
            left = float(total.numpy())
            if not close(left, np.sum(point)):
                raise Wrong(_left(left, point))
    finally:
        total.assign(before)
    return f"{found}; and total holds the sum"


def _left(left, point):
    start = f"the slopes are right, but for {show(point)} total then holds {left:g}"
    asked = np.sum(point)
    if left == -77.0:
        return "the slopes are right, but total is not assigned any more. Others read it"
    if close(left, asked - 77.0):
        return "the slopes are right, but the sum is added to total. It was assigned"
    if close(left, asked**2):
        return f"{start}, the square. It should hold the sum"
    return f"{start}, and the sum is {asked:g}"
