"""Verdicts of lesson 01, the gradient tape."""

import functools

import numpy as np
import tensorflow as tf

from verdict import (
    Wrong,
    answered,
    call,
    derivative,
    exercise,
    gradient_of,
    needs_function,
    numbers,
    show,
    uses_tape,
)


def slopes_of(formulas, then):
    """Return, as known mistakes, the slopes of other formulas than the one that was asked for."""
    return {
        f"that is the slope of {name}. {then}": functools.partial(gradient_of, formula)
        for name, formula in formulas.items()
    }


@exercise
def wave(wave_slope):
    """Judge the slope of x² sin x."""
    sin, cos = np.sin, np.cos
    others = {
        "x² + sin x": lambda x: x**2 + sin(x),
        "x² − sin x": lambda x: x**2 - sin(x),
        "x² / sin x": lambda x: x**2 / sin(x),
        "x sin x": lambda x: x * sin(x),
        "2x sin x": lambda x: 2 * x * sin(x),
        "x³ sin x": lambda x: x**3 * sin(x),
        "x² cos x": lambda x: x**2 * cos(x),
        "2x cos x": lambda x: 2 * x * cos(x),
        "x² tan x": lambda x: x**2 * np.tan(x),
        "x² sinh x": lambda x: x**2 * np.sinh(x),
        "x² sin² x": lambda x: x**2 * sin(x) ** 2,
        "x sin² x": lambda x: x * sin(x) ** 2,
        "(x sin x) · sin x": lambda x: x * sin(x) * sin(x),
        "sin x²": lambda x: sin(x**2),
        "sin² x": lambda x: sin(x) ** 2,
        "sin x": sin,
        "x²": lambda x: x**2,
        "x² sin x²": lambda x: x**2 * sin(x**2),
        "x² with the sine of x in degrees": lambda x: x**2 * sin(np.radians(x)),
    }
    half = "that is {}, one half of the product rule, as if {} were a fixed number. {}"
    return derivative(
        wave_slope,
        of=lambda x: x**2 * sin(x),
        at=[2.0, 0.7, -1.3],
        mistakes={
            half.format(
                "2x sin x", "the sine", "In a tape, a sine of np or math is one: use tf.sin"
            ): lambda x: 2 * x * sin(x),
            half.format(
                "x² cos x", "x²", "In a tape, x.numpy(), float(x) and np.square(x) are such numbers"
            ): lambda x: x**2 * cos(x),
            "that is 2x cos x, the product of the two slopes. The product rule is another, "
            "and the tape knows it: give it x² sin x": lambda x: 2 * x * cos(x),
            "that is 2x sin x − x² cos x: the product rule has a plus": (
                lambda x: 2 * x * sin(x) - x**2 * cos(x)
            ),
        }
        | slopes_of(others, "The task has x² sin x"),
        look="Is the formula in the tape x**2 * tf.sin(x), and its gradient returned as it is?",
    )


@exercise
def tower(tower_slope):
    """Judge the slope of x to the power x."""
    needs_function(tower_slope)
    if uses_tape(tower_slope, tf.Variable(2.0)):
        base, exponent = (
            f"To the tape, the {part} is not x here. Is it x itself, without .numpy(), "
            "float or another name?"
            for part in ("base", "exponent")
        )
    else:
        exponent = (
            "The rule n·xⁿ⁻¹ is for an n that stays; and xˣ itself is the value, not the slope"
        )
        base = "That is one half of the slope: xˣ is still to be added"
    others = {
        "x²": lambda x: x**2,
        "2ˣ": lambda x: 2**x,
        "eˣ": np.exp,
        "x ln x": lambda x: x * np.log(x),
        "ln x": np.log,
        "x³": lambda x: x**3,
        "x eˣ": lambda x: x * np.exp(x),
        "x to the power −x": lambda x: x ** (-x),
        "x to the power 1/x": lambda x: x ** (1 / x),
        "x to the power x²": lambda x: x ** (x**2),
        "x to the power 2x": lambda x: x ** (2 * x),
        "x to the power x + 1": lambda x: x ** (x + 1),
        "e to the power x²": lambda x: np.exp(x**2),
    }
    return derivative(
        tower_slope,
        of=lambda x: x**x,
        at=[2.0, 0.7, 1.6],
        mistakes={
            f"that is x · xˣ⁻¹, as if the exponent did not grow with x. {exponent}": lambda x: x**x,
            f"that is xˣ ln x, as if the base did not grow with x. {base}": lambda x: (
                x**x * np.log(x)
            ),
            "the logarithm in the slope of xˣ has base e, and this one has base 10": (
                lambda x: x**x * (np.log10(x) + 1)
            ),
            "the logarithm in the slope of xˣ has base e, and this one has base 2": (
                lambda x: x**x * (np.log2(x) + 1)
            ),
            "that is ln x + 1, the slope of ln xˣ. By the chain rule it is multiplied by xˣ": (
                lambda x: np.log(x) + 1
            ),
            "that is xˣ (ln x − 1). The two parts of the slope are added": (
                lambda x: x**x * (np.log(x) - 1)
            ),
        }
        | slopes_of(others, "The task has x to the power x"),
        look="Is the formula in the tape x**x, and its gradient returned as it is?",
    )


def _square(
    answer,
    given=tf.Variable,
    look="Is the formula in the tape still x * x, and its gradient returned as it is?",
):
    """Judge a function that is to return the slope of x²."""
    mistakes = {
        "int(x) has cut off what stands behind the dot, and the slope is 2x all the same": np.trunc,
        "x was rounded to a whole number on the way": np.round,
        "x was rounded down to a whole number on the way": np.floor,
        "x was rounded up to a whole number on the way": np.ceil,
        "that is the slope at x + 1": lambda x: x + 1,
        "that is the slope at x − 1": lambda x: x - 1,
        "that is the slope at |x|: the sign was lost": np.abs,
    }
    return derivative(
        answer,
        of=lambda x: x**2,
        at=[5.0, -1.5, 2.75],  # which adding and taking off 1 leaves as they are
        given=given,
        mistakes={text: lambda x, at=at: 2 * at(x) for text, at in mistakes.items()}
        | slopes_of({"x³": lambda x: x**3, "√|x|": lambda x: np.sqrt(abs(x))}, "The task has x²"),
        look=look,
    )


@exercise
def repair_ab(repaired_a, repaired_b):
    """Judge the first two repairs."""
    return {"a": lambda: _square(repaired_a), "b": lambda: _square(repaired_b)}


@exercise
def repair_cd(repaired_c, repaired_d):
    """Judge the other two repairs."""
    return {"c": lambda: _square(repaired_c, given=float), "d": lambda: _square(repaired_d)}


@exercise
def cube(cube_loss, rate):
    """Judge a loss and a learning rate by walking down to the cube root of 30."""
    answered(cube_loss, rate)
    if not callable(cube_loss):
        raise Wrong(f"cube_loss is {show(cube_loss)}, and a function of x was expected")
    goal = 30 ** (1 / 3)
    _loss_leads_to(goal, cube_loss)
    try:
        step = float(numbers(rate, ()))
    except Wrong as reason:
        raise Wrong(f"cube_loss is smallest at the right place. The rate: {reason}") from None
    if step <= 0:
        raise Wrong(f"the rate is {show(rate)}, and a step downhill needs one above 0")
    return _walks_to(goal, cube_loss, step)


def _loss_leads_to(goal, cube_loss):
    """Refuse a loss that is not smallest where x³ is 30, or that measures something else."""

    def loss(x):
        value = call(cube_loss, tf.Variable(x, dtype=tf.float32))
        if not tf.is_tensor(value):
            try:
                numbers(value, ())
            except Wrong as reason:
                raise Wrong(f"of what cube_loss returns, {reason}") from None
            raise Wrong(
                f"cube_loss returns {show(value)}, a number that is no tensor, so no tape can "
                "tell its slope. Compute with x itself, without float, int or np"
            )
        if not value.dtype.is_floating:
            raise Wrong(
                f"cube_loss returns {show(value)} of type {value.dtype.name}, which has no slope. "
                "A loss is a float: how far x³ is from 30"
            )
        value = float(numbers(value, ())) if np.isfinite(value).all() else np.inf
        return value  # inf where log x is undefined, which is no reason to refuse it

    places = np.linspace(0.25, 40.0, 160)  # a loss may be undefined or fall where x < 0
    losses = np.array([loss(place) for place in places])
    if len(set(losses)) == 1:
        raise Wrong(f"cube_loss is {losses[0]:g} wherever it was tried. Does it use x?")
    low = int(losses.argmin())
    if low in (0, 159):
        if losses.argmax() not in (0, 159) and np.isfinite(losses).all():
            raise Wrong(
                f"cube_loss is turned over: it is largest near x = {places[losses.argmax()]:g}, "
                "and should be smallest at the goal"
            )
        raise Wrong(
            f"cube_loss does not lead to the goal: at x = {places[low]:g}, as far as it was tried, "
            f"it is {losses[low]:,.0f} and still falls. It should be 0 where x³ is 30 and above 0 "
            "everywhere else"
        )
    for width in (0.5, 0.02, 0.001):
        near = np.linspace(places[low] - width, places[low] + width, 41)
        losses = np.array([loss(place) for place in near])
        places, low = near, int(losses.argmin())
    bottom = float(places[low])
    if abs(bottom - goal) > 0.02:
        raise Wrong(
            f"cube_loss is smallest at x = {bottom:.4g}, where x³ is {bottom**3:.5g}, not 30"
        )
    sides = [(loss(bottom + away), loss(bottom - away)) for away in (0.25, 0.5, 1.0)]
    if all(abs(a - b) < 1e-2 * max(abs(a), abs(b)) for a, b in sides):
        raise Wrong(
            f"cube_loss measures how far x is from {bottom:.4g}, so it has the answer in it. "
            "Measure how far x³ is from 30"
        )


def _walks_to(goal, cube_loss, rate):
    """Walk 50 steps from 2; return where that ends, or refuse what led elsewhere."""

    @functools.wraps(cube_loss)
    def slope_of(x):
        with tf.GradientTape() as tape:
            loss = cube_loss(x)
        return tape.gradient(loss, x)

    def slope(place):
        return float(numbers(call(slope_of, tf.Variable(place, dtype=tf.float32)), ()))

    def near(away):
        return (abs(slope(goal + away)) + abs(slope(goal - away))) / 2

    path = [2.0]
    while len(path) <= 50 and abs(path[-1]) < 1e6:
        path.append(float(np.float32(path[-1] - rate * slope(path[-1]))))
    if len(path) > 50 and abs(path[-1] - goal) <= 1e-3:
        return f"x = {path[-1]:.5g} after 50 steps"
    far, close, where = near(0.08), near(0.02), f"after {len(path) - 1} steps x is {path[-1]:.4g}"
    if close > far / 2:
        raise Wrong(
            f"{where}, and no rate will do: the slope of this loss is about {close:.2g} however "
            "near the goal is, so the steps do not shrink. Choose one that flattens, as a square"
        )
    if close < far / 8:
        raise Wrong(
            f"{where}: near the goal this loss is so flat that the steps shrink to nothing. "
            "Is it a square of a square?"
        )
    bend = close / 0.02
    largest = (
        f"near the goal the slope changes by {bend:,.4g} for each step of 1, so a rate "
        f"above {2 / bend:.2g} steps over it farther each time"
    )
    if len(path) <= 50:
        raise Wrong(f"{where}, out of bounds: {largest}. Try a much smaller rate than {rate:g}")
    turns = np.sign(np.diff(path[-8:]))
    if np.any(turns != turns[0]):
        raise Wrong(f"{where}, back and forth: {largest}. Try a smaller rate than {rate:g}")
    raise Wrong(
        f"{where}, still on its way: its last step was {path[-1] - path[-2]:.2g}, and "
        f"{goal - path[-1]:.2g} is left. Try a larger rate than {rate:g}"
    )
