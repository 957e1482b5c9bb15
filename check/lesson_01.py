"""Verdicts of lesson 01, the gradient tape."""

import functools

import numpy as np
import tensorflow as tf

from verdict.engine import answered, call, exercise, ignored, needs_function, numbers
from verdict.judges import derivative, gradient_of, why_wrong
from verdict.running import Wrong, show
from verdict.slips import mutants

# --- Slopes ---------------------------------------------------------------------------------------


@exercise
def wave(wave_slope):
    """Judge the slope of x² sin x."""
    half = "that is {}, one half of the product rule, as if {} were a fixed number"
    return derivative(
        wave_slope,
        of=lambda x: x**2 * np.sin(x),
        slope=lambda x: 2 * x * np.sin(x) + x**2 * np.cos(x),
        at=[2.0, 4.0, -1.3],
        mistakes={
            half.format("2x sin x", "the sine"): lambda x: 2 * x * np.sin(x),
            half.format("x² cos x", "x²"): lambda x: x**2 * np.cos(x),
            "that is 2x cos x, the product of the two slopes. The product rule has two parts, "
            "and the tape knows it: record x² sin x": lambda x: 2 * x * np.cos(x),
            "that is the slope of 2x cos x. The tape differentiates what you record, so record "
            "x² sin x itself": functools.partial(gradient_of, lambda x: 2 * x * np.cos(x)),
        },
        look="Is it x² times sin x, and is its slope returned unchanged?",
    )


@exercise
def tower(tower_slope):
    """Judge the slope of x to the power x."""
    return derivative(
        tower_slope,
        of=lambda x: x**x,
        slope=lambda x: x**x * (np.log(x) + 1),
        at=[2.0, 0.2, 1.6],
        mistakes={
            "that is xˣ itself, and x · xˣ⁻¹ too. The rule n·xⁿ⁻¹ holds for an exponent that does "
            "not depend on x": lambda x: x**x,
            "that is xˣ ln x, as if the base did not depend on x": lambda x: x**x * np.log(x),
            "that is the slope of eˣ, and xˣ was asked for": np.exp,
            "that is the slope of 2ˣ, and xˣ was asked for": lambda x: 2**x * np.log(2),
        },
        look="Is it x to the power x, and is its slope returned unchanged?",
    )


# --- Repairs --------------------------------------------------------------------------------------


def _square(answer, given=tf.Variable):
    """Judge a function that is to return the slope of x²."""
    return derivative(
        answer,
        of=lambda x: x**2,
        at=[5.0, -1.5, 2.75],
        given=given,
        mistakes={
            "int(x) has dropped the decimals, and the slope at x itself was asked for": (
                lambda x: 2 * np.trunc(x)
            ),
            "x is rounded on the way, and the slope at x itself was asked for": (
                lambda x: 2 * np.round(x)
            ),
        },
        look="x² is meant",
    )


@exercise
def repair_ab(repaired_a, repaired_b):
    """Judge the first two repairs."""
    return {"a": _square(repaired_a), "b": _square(repaired_b)}


@exercise
def repair_cd(repaired_c, repaired_d):
    """Judge the other two repairs."""
    return {"c": _square(repaired_c, given=float), "d": _square(repaired_d)}


# --- Downhill -------------------------------------------------------------------------------------

GOAL = 30 ** (1 / 3)


@exercise
def cube(cube_loss, rate):
    """Judge a loss and a learning rate that are to lead from 2 to the cube root of 30."""
    answered(cube_loss, rate)
    needs_function(cube_loss)
    _leads_to_the_goal(cube_loss)
    try:
        step = float(numbers(rate, ()))
    except Wrong as reason:
        raise Wrong(f"cube_loss is right, and the rate is not: {reason}") from None
    if step <= 0:
        raise Wrong(f"the rate is {show(rate)}, and a step downhill needs one above 0")
    path = [2.0]
    while len(path) <= 50 and abs(path[-1]) < 1e6:
        path.append(float(np.float32(path[-1] - step * _slope(cube_loss, path[-1]))))
    if len(path) > 50 and abs(path[-1] - GOAL) <= 1e-3:
        return f"x = {path[-1]:.5g} after 50 steps"
    raise Wrong(f"after {len(path) - 1} steps x is {path[-1]:.4g}{_why_not(cube_loss, step, path)}")


def _loss(cube_loss, x):
    """Return the loss at a number; infinity where it is undefined, as log x is at 0."""
    value = call(cube_loss, tf.Variable(x, dtype=tf.float32))
    try:
        found = np.asarray(value)
        finite = found.dtype.kind != "f" or np.isfinite(found).all()
        number = float(numbers(value, ())) if finite else np.inf
    except Wrong as reason:
        raise Wrong(f"cube_loss should return the loss: {reason}") from None
    if not tf.is_tensor(value):
        raise Wrong(
            f"cube_loss returns {show(value)}, which is not a tensor, so no tape can find its "
            "slope. Compute with x itself, without float, int or np"
        )
    if not value.dtype.is_floating:
        raise Wrong(
            f"cube_loss returns {show(value)} of type {value.dtype.name}, which has no slope. "
            "A loss is a float: how far x³ is from 30"
        )
    return number


def _leads_to_the_goal(cube_loss):
    """Refuse a loss that is not smallest where x³ is 30, or that holds the answer already."""
    points = np.linspace(0.5, 12.0, 47)
    losses = np.array([_loss(cube_loss, x) for x in points])
    if len(set(losses)) == 1:
        unused = f"cube_loss is {losses[0]:g} at every x that was tried. Does it use x?"
        raise Wrong(ignored(cube_loss) or unused)
    lowest = points[losses.argmin()]
    around = [_loss(cube_loss, x) for x in (GOAL - 0.02, GOAL, GOAL + 0.02)]
    if abs(lowest - GOAL) < 0.3 and around[1] < min(around[0], around[2]):
        sides = [(_loss(cube_loss, GOAL + d), _loss(cube_loss, GOAL - d)) for d in (0.5, 1.0)]
        if all(abs(a - b) < 0.01 * max(abs(a), abs(b)) for a, b in sides):
            raise Wrong(
                f"cube_loss measures how far x is from {GOAL:.4g}, so the answer is in it already. "
                "Measure how far x³ is from 30"
            )
        return

    def squared(x):
        return (x**3 - 30) ** 2

    derived = mutants(squared)
    if text := why_wrong(cube_loss, [losses], [squared(points)], [(points,)], derived=derived):
        raise Wrong(f"cube_loss is not smallest where x³ is 30. Compared with (x³ − 30)²: {text}")
    if lowest in points[[0, -1]]:
        raise Wrong(
            f"cube_loss has no smallest value at the goal: at x = {lowest:g} it is "
            f"{losses.min():,.0f} and still falling. It should be smallest where x³ is 30"
        )
    near = np.linspace(lowest - 0.25, lowest + 0.25, 101)
    lowest = near[np.argmin([_loss(cube_loss, x) for x in near])]
    raise Wrong(
        f"cube_loss is smallest near x = {lowest:.2f}, where x³ is about {lowest**3:.2g}, not 30"
    )


def _slope(cube_loss, x):
    @functools.wraps(cube_loss)
    def slope_of(x):
        with tf.GradientTape() as tape:
            loss = cube_loss(x)
        return tape.gradient(loss, x)

    return float(numbers(call(slope_of, tf.Variable(x, dtype=tf.float32)), ()))


def _why_not(cube_loss, rate, path):
    """Return why a walk has not arrived."""
    far, near = (
        (abs(_slope(cube_loss, GOAL + d)) + abs(_slope(cube_loss, GOAL - d))) / 2
        for d in (0.02, 0.005)
    )
    if near > 0.8 * far:
        return (
            f". The slope of this loss is about {near:.2g} however near the goal is, so the steps "
            "do not shrink, whatever the rate. Choose a loss that flattens, such as a square"
        )
    if near < far / 16:
        return (
            ". Near the goal this loss is so flat that the steps shrink to nothing. Is it a square "
            "of a square?"
        )
    steps = np.diff(path[-8:])
    if len(path) > 50 and (np.all(steps > 0) or np.all(steps < 0)):
        left = f"its last step was {steps[-1]:.2g}, and {GOAL - path[-1]:.2g} is left"
        return f", still on its way: {left}. Try a larger rate than {rate:g}"
    return (
        f", back and forth: near the goal the slope changes {near / 0.005:,.4g} times as fast as "
        f"x, so a rate above {0.01 / near:.2g} overshoots farther each time. Try a smaller rate "
        f"than {rate:g}"
    )
