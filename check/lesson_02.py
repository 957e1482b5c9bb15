"""Verdicts of lesson 02, control flow."""

import functools

import numpy as np
import tensorflow as tf

from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import derivative, function, gradient_of, number, value_and_slope, why_wrong
from verdict.running import Wrong, show
from verdict.slips import close, mutants

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_02(a, b, c):
    """Judge three questions on lesson 01."""
    return {
        "a": number(
            a,
            lambda: 2 * 3.0 + 5,
            mistakes={
                "those are the slopes of the two targets. For one source the tape gives one "
                "number, their sum": [6.0, 5.0],
                "those are the values of the two targets, and their slopes are meant": [9.0, 15.0],
                "24 is the sum of the values, and the slopes are meant": 24.0,
                "21 is 6 + 15, and the slope of 5x is 5": 21.0,
                "6 is the slope of x² alone, and 5x is a target too": 6.0,
                "5 is the slope of 5x alone, and x² is a target too": 5.0,
            },
            look="What is the slope of x² at 3, what that of 5x?",
        ),
        "b": derivative(
            b, of=lambda x: x**2, at=[3.0, -1.0, 0.5], given=tf.constant, look="x² is meant"
        ),
        "c": number(
            c,
            lambda: 5 - 0.1 * (2 * 5.0),
            mistakes={
                "1 is the step, 0.1 · 10. Where is x after it?": 1.0,
                "5 is where x was before the step": 5.0,
                "10 is the slope at 5. How far does the step go, and where does it end?": 10.0,
                "25 is the loss before the step, and the function returns x": 25.0,
                "16 is the loss after the step, and the function returns x": 16.0,
                "4.5 is 5 − 0.1 · 5: the slope of x · x is 2x, not x": 4.5,
                "3.2 is x after two steps, and the function takes one": 3.2,
                "2.5 is 5 − 0.1 · 25: the slope is subtracted, not the loss": 2.5,
                "those are x before and after the step. Give the last one alone": [5.0, 4.0],
            },
            look="What is the slope of x · x at 5, and what is 0.1 times that?",
        ),
    }


# --- Three paths ----------------------------------------------------------------------------------


@exercise
def paths(a, b, c):
    """Judge three slopes that can be told by following the path that runs."""
    look = "Write down, round by round, what x is in terms of the x you began with"
    rounds = {1: "one round", 2: "two rounds", 3: "three rounds", 4: "four rounds"}
    double = {
        f"{7 * 2**n} is x after {rounds[n]}, and its slope is meant": 7.0 * 2**n for n in (1, 2, 3)
    } | {f"{2**n} is the slope after {rounds[n]}, and there are three": 2.0**n for n in (1, 2, 4)}
    square = {
        f"{2**2**n} is x after {rounds[n]}, and its slope is meant": 2.0**2**n for n in (2, 3)
    } | {
        f"{n * 2**n / 2:g} is the slope of x**{n} at 2, and the two rounds make x**4": n * 2**n / 2
        for n in (3, 5, 6, 8)
    }
    return {
        "a": number(
            a,
            lambda: 5.0,
            mistakes={
                "4 is the slope of x · x, but 2 is not above 3: the other branch runs": 4.0,
                "those are the slopes of both branches, and only one of them runs": [4.0, 5.0],
                "9 is the sum of both slopes, and only one branch runs": 9.0,
                "6 is the slope of x · x at 3, and x is 2: the other branch runs": 6.0,
                "10 is the value at 2, and the slope is meant": 10.0,
            },
            look="Which of the two branches runs at 2?",
        ),
        "b": number(
            b,
            lambda: 2 * 2 * 2.0,
            mistakes=double
            | {
                "3 is the number of rounds. Each of them doubles the result of the one before": 3.0,
                "6 is 2 · 3, but x + x doubles the x of the round before: 2x, 4x, …": 6.0,
                "those are the slopes after each round. Give the last one alone": [2.0, 4.0, 8.0],
            },
            look=look,
        ),
        "c": number(
            c,
            lambda: (2 * 4.0) * (2 * 2.0),
            mistakes=square
            | {
                "4 is x after one round, and its slope. But 4 is below 10, so a second runs": 4.0,
                "8 is the slope of the second round alone, 2 · 4, and the first has one too": 8.0,
                "12 is 4 + 8. The chain rule multiplies the slopes of the rounds": 12.0,
                "those are the slopes of the rounds. The chain rule multiplies them": [4.0, 8.0],
            },
            look=look,
        ),
    }


# --- The water bill -------------------------------------------------------------------------------


@exercise
def water(water_bill):
    """Judge the water bill and its slope, the price of the next cubic metre."""
    needs_function(water_bill)
    _bracket(water_bill, "first", lambda use: 2 * use, [10.0, 23.0, 40.0])
    _bracket(water_bill, "middle", lambda use: 100 + 3 * (use - 50), [60.0, 83.0, 140.0])
    _bracket(water_bill, "last", lambda use: 400 + 5 * (use - 150), [170.0, 210.0, 350.0])
    return value_and_slope(
        water_bill,
        lambda use: np.interp(use, [0, 50, 150, 1150], [0, 100, 400, 5400]),
        [(use,) for use in (20.0, 60.0, 140.0, 170.0, 350.0)],
        look="Compute with use",
    )


def _bracket(water_bill, name, formula, uses):
    """Refuse a bill that is wrong in a bracket, where it should be a straight line."""
    bills = []
    for use in uses:
        try:
            bills.append(numbers(call(water_bill, tf.constant(use)), ()))
        except Wrong as reason:
            raise Wrong(f"for {use:g} m³, in the {name} bracket: {reason}") from None
    rights, points = [np.asarray(formula(use)) for use in uses], [(use,) for use in uses]
    if all(map(close, bills, rights)):
        return
    edge, price = {"first": (0, 2), "middle": (50, 3), "last": (150, 5)}[name]
    each = (bills[2] - bills[0]) / (uses[2] - uses[0])
    start = bills[0] - each * (uses[0] - edge)
    straight = close(bills[1], start + each * (uses[1] - edge))
    off = next(n for n in range(3) if not close(bills[n], rights[n]))
    text = f"the bill for {uses[off]:g} m³ is {bills[off]:g}, and {rights[off]:g} is right"
    if straight and close(each, price):
        text = (
            f"the bill starts with {start:g} coins at {edge} m³, and {formula(edge)} are right: "
            "50 m³ cost 2 coins each, and the next 100 m³ cost 3 coins each"
        )
    elif straight:
        text = f"each m³ more adds {each:g} coins to the bill, and {price} are right"
    if straight and close(each, 0):
        text = f"the bill is {start:g} for any use: what is above {edge} m³ is not in it"
    else:
        all_at_once = f"all the water is billed at {price} coins, not only what is above {edge} m³"
        mistakes = {all_at_once: lambda use: price * use}
        slips = mutants(formula, "the bill is {}")
        text = why_wrong(water_bill, bills, rights, points, mistakes, slips) or text
    raise Wrong(f"in the {name} bracket {text}")


# --- A cube root ----------------------------------------------------------------------------------


@exercise
def cuberoot(cube_root, cube_root_slope):
    """Judge eight steps of Newton's method to a cube root, and their slope."""
    return {"value": lambda: _value(cube_root), "slope": lambda: _root_slope(cube_root_slope)}


def _root(a, steps=8):
    x = 1.0
    for _ in range(steps):
        x = x - (x**3 - a) / (3 * x**2)
    return x


def _babylon(a):
    x = 1.0
    for _ in range(8):
        x = (x + a / x) / 2
    return x


def _value(cube_root):
    needs_function(cube_root)
    points = [2.0, 8.0, 1e6, 1e-4]  # from 1, eight steps do not reach the last two roots
    for point in points:
        guess = call(cube_root, tf.constant(point))
        if isinstance(guess, (list, tuple)) and len(guess) > 1:
            if close(numbers(guess[-1], ()), _root(point)):
                raise Wrong("those are all the guesses. Return the last one alone")
        if tf.is_tensor(guess) and guess.dtype.is_floating and not np.isfinite(guess).all():
            raise Wrong(
                f"at a = {point:g} the result is {show(guess)}: something is divided by 0, or the "
                "numbers grow out of bounds. Start at 1, and divide all of x³ − a by all of 3x²"
            )
    counts = (*range(2, 8), *range(9, 21))
    return function(
        cube_root,
        like=_root,
        at=[(point,) for point in points],
        given=tf.constant,
        mistakes={
            f"that is the result after {n} steps, and eight were asked for": (
                functools.partial(_root, steps=n)
            )
            for n in counts
        }
        | {
            "that is the result after one step. Is return inside the loop, or does each round "
            "begin at 1 again?": lambda a: _root(a, steps=1),
            "it is 1, where the steps start. Does the loop give x a new value?": lambda a: 1.0,
            "that is the square root, with the step of section 4. Here the step is different": (
                _babylon
            ),
            "that is the cube root to the last digit, also of 1,000,000, and from 1 that takes "
            "more than eight steps. Take eight, and use no other root function": np.cbrt,
        },
        look="Is the step x - (x**3 - a) / (3 * x**2)?",
    )


def _root_slope(cube_root_slope):
    return derivative(
        cube_root_slope,
        of=_root,
        slope=lambda a: 1 / (3 * np.cbrt(a) ** 2),
        at=[2.0, 8.0, 0.6],
        mistakes={
            f"that is the slope after {n} steps, and eight were asked for": (
                functools.partial(gradient_of, functools.partial(_root, steps=n))
            )
            for n in range(1, 6)
        }
        | {
            "that is the slope of the square root": lambda a: gradient_of(_babylon, a),
            "1 is the slope of something with respect to itself. Ask for the slope of cube_root(a) "
            "with respect to a": lambda a: 1.0,
        },
        look="Record cube_root(a)",
    )


# --- sin x / x ------------------------------------------------------------------------------------


def _sinc(x):
    zero = x == 0
    harmless = np.where(zero, 1.0, x)
    return np.where(zero, 1.0, np.sin(harmless) / harmless)


@exercise
def sinc(repaired_sinc):
    """Judge sin x / x and its slope, also at 0."""
    return value_and_slope(
        repaired_sinc,
        _sinc,
        [([0.0, 2.0],), ([-2.5, -0.6, 0.0, 0.6, 1.5, 4.0],)],
        mistakes={
            "that is sin 1 / 1 at 0. The outer tf.where should still choose 1 there": (
                lambda x: np.where(x == 0, np.sin(1.0), _sinc(x))
            ),
            "it is 0 at x = 0, and should be 1 there": lambda x: np.where(x == 0, 0.0, _sinc(x)),
            "sin(πx) / (πx) is what np.sinc computes, and sin x / x was asked for": np.sinc,
            "that is the slope, and the function itself was asked for": (
                lambda x: gradient_of(lambda x: np.sum(_sinc(x)), x)
            ),
        },
        look="Keep the outer tf.where, and change the number that is divided by",
    )
