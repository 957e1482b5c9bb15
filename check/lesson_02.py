"""Verdicts of lesson 02, control flow."""

import functools

import numpy as np
import tensorflow as tf

from verdict import (
    Wrong,
    answered,
    call,
    close,
    derivative,
    exercise,
    function,
    gradient_of,
    needs_function,
    number,
    numbers,
    show,
)


@exercise
def recall_02(a, b, c):
    """Judge three questions on lesson 01."""
    slope = {
        "that is one slope for each target. The tape gives one number for the one source: "
        "their sum": [6.0, 5.0],
        "that is the slope of x² alone, and 5x is a target too": 6.0,
        "that is the slope of 5x alone, and x² is a target too": 5.0,
        "those are the values of the targets, and their slopes were asked for": [9.0, 15.0],
        "that is the sum of the values, and the slopes were asked for": 24.0,
        "30 is 6 · 5. The slopes of several targets are added": 30.0,
        "1 is 6 − 5. The slopes of several targets are added": 1.0,
        "that is the mean of the slopes. The tape adds them": 5.5,
        "8 is 3 + 5, with x in place of 2x as the slope of x²": 8.0,
        "21 is 6 + 15: the slope of 5x is 5": 21.0,
        "14 is 9 + 5: the slope of x² is 2x": 14.0,
        "7 is 2 + 5: the slope of x² is 2x, which is 6 at 3": 7.0,
    }
    walk = {
        "4.5 is 5 − 0.1 · 5: the slope of x · x is 2x, not x": 4.5,
        "2.5 is 5 − 0.1 · 25: the slope is subtracted, not the loss": 2.5,
        "that is the step, 0.1 · 10. What is x after it?": 1.0,
        "that is the step. It is taken off x, which was 5": -1.0,
        "that is the slope at 5. How far does the step go, and where does it end?": 10.0,
        "that is the loss before the step, and the function returns x": 25.0,
        "that is the loss after the step, and the function returns x": 16.0,
        "6 is 5 + 0.1 · 10, a step uphill. assign_sub subtracts": 6.0,
        "−5 is 5 − 10: the rate of 0.1 is missing": -5.0,
        "5 is where x was before; assign_sub has changed it": 5.0,
        "4.9 is 5 − 0.1: the rate is multiplied by the slope": 4.9,
        "4.8 is 5 − 0.1 · 2: the slope of x² is 2x, which is 10 at 5": 4.8,
        "that is where x was and where it is. Give the last one alone": [5.0, 4.0],
        "0.5 is 0.1 · 5: the slope of x · x is 2x, and the step is taken off x": 0.5,
        "15 is 5 + 10. The step is 0.1 times the slope, and it leads downhill": 15.0,
        "3.2 comes after two steps, and the function takes one": 3.2,
    }
    return {
        "a": lambda: number(
            a, 11.0, mistakes=slope, look="What is the slope of x² at 3, what that of 5x?"
        ),
        "b": lambda: derivative(
            b,
            of=lambda x: x * x,
            at=[3.0, -1.0, 0.5],
            given=tf.constant,
            mistakes={
                "that is x, and the slope of x · x is 2x": lambda x: x,
                "that is the slope at |x|": lambda x: 2 * np.abs(x),
                "that is the slope of x³, and x · x was asked for": lambda x: 3 * x**2,
            },
            look="Is the formula in the tape x * x?",
        ),
        "c": lambda: number(
            c, 4.0, mistakes=walk, look="What is the slope of x · x at 5, and what 0.1 times that?"
        ),
    }


@exercise
def paths(a, b, c):
    """Judge three slopes that can be told by following the path that runs."""
    still = "0 is the slope of what does not change with x, and this does"
    branch = {
        "4 is the slope of x · x, but 2 is not above 3: the other branch runs": 4.0,
        "10 is the value at 2, and the slope was asked for": 10.0,
        "4 is the slope of the branch that does not run, and only one runs": [4.0, 5.0],
        "9 is the sum of both slopes, and only one branch runs": 9.0,
        "6 is the slope of x · x at 3. x is 2, and the other branch runs": 6.0,
        "2 is x itself. What is the slope of the branch that runs there?": 2.0,
        "20 is 4 · 5, the product of both slopes, and only one branch runs": 20.0,
        "3 is the edge between the branches. Which of them runs at 2?": 3.0,
        still: 0.0,
    }
    double = {
        "56 is the value at 7, and the slope was asked for": 56.0,
        "14 is what x is after one round. How many times as fast as the first x is it?": 14.0,
        "28 is what x is after two rounds. How many times as fast as the first x is it?": (28.0),
        "7 is x itself, and the slope was asked for": 7.0,
        "2 is the slope of one round, and there are three": 2.0,
        "4 is the slope of two rounds, and there are three": 4.0,
        "16 is the slope of four rounds, and there are three": 16.0,
        "3 is the number of rounds. Each of them doubles what came before": 3.0,
        "6 is 2 · 3, but x + x doubles the x of the round before: 2x, 4x, …": 6.0,
        "9 is 3 · 3, but each round doubles: 2x, 4x, …": 9.0,
        "4x would come out if x + x added the first x each time. It adds what came before": 4.0,
        "those are the slopes after each round. Give the last one alone": [2.0, 4.0, 8.0],
        "1 is the slope of x itself, before the first round": 1.0,
        "21 is 3 · 7. How many times the first x is x after three rounds?": 21.0,
        "24 is 3 · 8. After three rounds x is 8 times the first x": 24.0,
        "64 is 8 · 8, and after three rounds x is 8 times the first x": 64.0,
        "that is x after each round. How many times the first x is the last of them?": [
            14.0,
            28.0,
            56.0,
        ],
        still: 0.0,
    }
    square = {
        "16 is the value at 2, and the slope was asked for": 16.0,
        "4 is the slope of one round at 2, 2 · 2. But 4 is below 10, so a second round runs": 4.0,
        "8 is the slope of the second round alone, 2 · 4. The chain rule multiplies it by that of "
        "the first": 8.0,
        "12 is the slope of x³ at 2, or 4 + 8. After two rounds it is x⁴": 12.0,
        "1024 is the slope of three rounds, 8x⁷. But after two rounds 16 is not below 10": 1024.0,
        "64 is 2 · 32, or 4 · 16. The slope of x⁴ is 4x³": 64.0,
        "128 is 4 · 8 · 4, one round too many. After two rounds 16 is not below 10": 128.0,
        "256 is the value after three rounds. There are two, and the slope was asked for": 256.0,
        "2 is x itself. What is x after each round, in terms of the first?": 2.0,
        "6 is the slope of x³, 3x², divided by x. After two rounds it is x⁴": 6.0,
        "those are the slopes of the rounds. The chain rule multiplies them": [4.0, 8.0],
        "10 is the edge of the loop, which x is compared with": 10.0,
        "80 is the slope of x⁵ at 2. After two rounds it is x⁴": 80.0,
        "108 is 4 · 3³. The power is 4, and x is 2": 108.0,
        still: 0.0,
    }
    look = "Write down, round by round, what x is in terms of the x you began with"
    return {
        "a": lambda: number(a, 5.0, mistakes=branch, look="Which of the two branches runs at 2?"),
        "b": lambda: number(b, 8.0, mistakes=double, look=look),
        "c": lambda: number(c, 32.0, mistakes=square, look=look),
    }


def _values_and_slopes(answer, like, at, *, mistakes=None, look):
    """Judge a function by its values and by its slopes, which a tape must be able to find."""
    said = function(
        answer,
        like=like,
        at=[(point,) for point in at],
        given=tf.constant,
        mistakes=mistakes,
        look=look,
    )
    name = getattr(answer, "__name__", "the answer")

    @functools.wraps(answer)
    def slope_of(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = answer(x)
        if not tf.is_tensor(y):
            raise Wrong(
                f"the value at {show(x)} is right, but {show(y)} is no tensor, so the tape knows "
                "of no way from the input to it. Compute with the input itself, and stay in "
                "TensorFlow: no .numpy(), float or np"
            )
        return tape.gradient(y, x)

    try:
        derivative(
            slope_of,
            of=lambda x: np.sum(like(x)),
            at=at,
            given=tf.constant,
            look="Which operation on the way there has another slope?",
        )
    except Wrong as reason:
        text = str(reason)
        if text.startswith("the value at"):
            raise
        if "nan came" in text:
            text = (
                "nan. A division by 0 is on the tape, also where tf.where does not choose it. No "
                "division must see the 0: neither above nor below the line"
            )
        raise Wrong(f"the values of {name} are right, and its slopes are not: {text}") from None
    return said.replace("is right", "and its slope are right")


@exercise
def water(water_bill):
    """Judge the water bill and its slope, the price of the next cubic metre."""
    needs_function(water_bill)
    _bracket(water_bill, "first", edge=0, price=2, due=0, at=(10.0, 20.0, 40.0))
    _bracket(water_bill, "middle", edge=50, price=3, due=100, at=(60.0, 80.0, 140.0))
    _bracket(water_bill, "last", edge=150, price=5, due=400, at=(170.0, 200.0, 350.0))
    return _values_and_slopes(
        water_bill,
        like=lambda use: np.interp(use, [0, 50, 150, 1150], [0, 100, 400, 5400]),
        at=[20.0, 80.0, 200.0, 140.0, 350.0],
        look="Bill first all the water below the bracket, then what is above its edge",
    )


def _bracket(water_bill, name, edge, price, due, at):
    """Refuse a bill that is not a straight line in a bracket, or not the right one.

    Below the bracket's `edge`, the water costs `due` in all; above it, each m³ costs `price`.
    """
    bills = []
    for use in at:
        try:
            bills.append(float(numbers(call(water_bill, tf.constant(use)), ())))
        except Wrong as reason:
            raise Wrong(f"for {use:g} m³, in the {name} bracket, {reason}") from None
    near, middle, far = bills
    each = (far - near) / (at[2] - at[0])
    begins = near - each * (at[0] - edge)
    rights = [due + price * (use - edge) for use in at]
    if not close(middle, begins + each * (at[1] - edge)):
        three = zip(at, bills, rights, strict=True)
        use, bill, right = next(part for part in three if not close(part[1], part[2]))
        raise Wrong(
            f"in the {name} bracket the bill for {use:g} m³ is {bill:g}, and {right:g} is right; "
            "for others there it differs by another amount. Does each bracket end at its edge?"
        )
    if close(each, 0):
        raise Wrong(
            f"in the {name} bracket {near:g} comes out, however large use is. The bill is what "
            f"the water below costs, and {price} coins for each m³ above {edge}: use is in it"
        )
    if each < 0:
        raise Wrong(
            f"in the {name} bracket the bill falls when use grows: there are use − {edge} m³ above "
            "the edge, and what they cost is added"
        )
    if not close(each, price):
        raise Wrong(
            f"in the {name} bracket each m³ more costs {each:g} coins, and {price} are right"
        )
    reason = {
        0.0: f"what the water below costs is missing, {due} coins",
        float(price * edge): f"all the water is billed at {price} coins, and only what is above "
        f"{edge} m³ costs that",
        float(due + price * edge): f"the water below is billed twice. Take {edge} off use first",
        100.0: "that is what the first 50 m³ cost; the next 100 cost 300 more",
        300.0: "that is what the 100 m³ of the middle bracket cost; the first 50 cost 100",
        450.0: "that is 150 m³ at 3 coins, but the first 50 cost 2 coins each",
        650.0: "what is above 100 m³ is billed at 5 coins, and only what is above 150 costs that",
        900.0: "what is above 50 m³ is billed at 5 coins, and only what is above 150 costs that",
        550.0: "that is 150 m³ at 3 coins and 100 more, but only 100 m³ cost 3 coins",
    }.get(round(begins, 2), "50 m³ cost 2 coins each, the next 100 cost 3 coins each")
    if not close(begins, due):
        raise Wrong(
            f"in the {name} bracket the bill begins with {begins:g} coins at {edge} m³, and {due} "
            f"are right: {reason}"
        )


@exercise
def cuberoot(cube_root, cube_root_slope):
    """Judge eight steps of Newton's method to a cube root, and their slope."""
    return {"value": lambda: _eight_steps(cube_root), "slope": lambda: _root_slope(cube_root_slope)}


def _steps(count, start=1.0, step=lambda x, a: x - (x**3 - a) / (3 * x**2)):
    """Return the function that takes so many steps, in float64."""

    def root(a):
        x = float(a) if start == "a" else start
        for _ in range(count):
            x = step(x, a)
        return x

    return root


def _eight_steps(cube_root):
    needs_function(cube_root)
    places = [2.0, 8.0, 1e6, 1e-4]  # from 1, eight steps do not reach the last two roots
    results = [call(cube_root, tf.constant(place)) for place in places]
    for place, result in zip(places, results, strict=True):
        right = _steps(8)(place)
        if isinstance(result, (list, tuple)) and len(result) > 1:
            if result[-1] is not None and close(numbers(result[-1], ()), right):
                raise Wrong("those are all the guesses. Return the last one alone")
        answered(result)
        value = np.asarray(result) if tf.is_tensor(result) else np.asarray(result, object)
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise Wrong(
                f"at a = {place:g} the result is {show(result)}: something was divided by 0, or "
                "the numbers grew out of bounds. Start at 1, and see that the step divides all of "
                "x³ − a by all of 3x², and subtracts that from x"
            )
    babylon = _steps(8, step=lambda x, a: (x + a / x) / 2)
    mistakes = {
        "that is the square root, by the step of section 4. This exercise has a step of its own": (
            babylon
        ),
        "that is the square root, and the cube root was asked for": np.sqrt,
        "that is the cube root to its last digit, also of 1,000,000, which takes more than eight "
        "steps from 1. Take eight steps, no more, and no root by another way": np.cbrt,
        "it starts at 2, and 1 was asked for": _steps(8, 2.0),
        "it starts at 0.5, and 1 was asked for": _steps(8, 0.5),
        "it starts at a, and 1 was asked for": _steps(8, "a"),
        "the step is added to x, and Newton's step is subtracted": _steps(
            8, step=lambda x, a: x + (x**3 - a) / (3 * x**2)
        ),
        "the next x is the step alone. Subtract it from x": _steps(
            8, step=lambda x, a: (x**3 - a) / (3 * x**2)
        ),
        "each step divides by 3x³, and the slope of x³ is 3x²": _steps(
            8, step=lambda x, a: x - (x**3 - a) / (3 * x**3)
        ),
        "the result has the wrong sign": lambda a: -_steps(8)(a),
        "that is a third of a": lambda a: a / 3,
        "it starts at a / 3, and 1 was asked for": lambda a: _steps(8, a / 3)(a),
        "each step divides by 2x², and the slope of x³ is 3x²": _steps(
            8, step=lambda x, a: x - (x**3 - a) / (2 * x**2)
        ),
        "each step divides by x², and the slope of x³ is 3x²": _steps(
            8, step=lambda x, a: x - (x**3 - a) / x**2
        ),
        "each step takes half of what Newton's step does": _steps(
            8, step=lambda x, a: x - (x**3 - a) / (6 * x**2)
        ),
        "each step solves x² = a: the slope of x³ is 3x², and the power is 3": _steps(
            8, step=lambda x, a: x - (x**2 - a) / (3 * x**2)
        ),
        "each step divides with //, which leaves whole numbers only. Divide with /": _steps(
            8, step=lambda x, a: x - (x**3 - a) // (3 * x**2)
        ),
        "1 is where the steps start. Does the loop give x a new value? And 1 // 3 is 0, "
        "so a ** (1 // 3) is 1": lambda a: 1.0,
        "that comes out after one step. Does return stand inside the loop, or does each round "
        "begin at 1 again?": _steps(1),
    }
    for count in (*range(2, 8), *range(9, 24)):
        mistakes[f"that comes out after {count} steps, and eight were asked for"] = _steps(count)
    return function(
        cube_root,
        like=_steps(8),
        at=[(place,) for place in places],
        given=tf.constant,
        mistakes=mistakes,
        look="Is the step x - (x**3 - a) / (3 * x**2)?",
    )


def _root_slope(cube_root_slope):
    return derivative(
        cube_root_slope,
        of=np.cbrt,
        at=[2.0, 8.0, 0.6],
        mistakes={
            "that is the slope of the square root": functools.partial(gradient_of, np.sqrt),
            "1 is the slope of something by itself. Ask for the slope with respect to a": (
                lambda a: 1.0 + 0 * a
            ),
            "that is 3a², the slope of a³ at a": lambda a: 3 * a**2,
            "that is 3x² at the root, which is one over the slope": lambda a: 3 * a ** (2 / 3),
            "that is the slope after one step. Eight were asked for": lambda a: 1 / 3 + 0 * a,
        }
        | {
            f"that is the slope after {count} steps. Eight were asked for": functools.partial(
                gradient_of, _steps(count)
            )
            for count in range(2, 5)
        },
        look="Does the tape record all of cube_root(a), and is a what it is asked about?",
    )


@exercise
def sinc(repaired_sinc):
    """Judge sin x / x and its slope, also at 0."""
    needs_function(repaired_sinc)
    arrays = [[0.0, 2.0], [-2.5, -0.6, 0.0, 0.6, 1.5, 4.0]]

    def true(x):
        return np.sinc(x / np.pi)

    for array in arrays:
        result = call(repaired_sinc, tf.constant(array))
        bad = ~np.isfinite(result) if tf.is_tensor(result) and result.dtype.is_floating else None
        if np.shape(bad) == (len(array),) and bad.any():
            at = show(np.array(array)[bad][0])
            raise Wrong(
                f"at x = {at} the value itself is not finite, from a division by 0. Put a number "
                "in place of the 0 before you divide, and choose 1 there afterwards"
            )
        values = numbers(result)
        if values.shape != (len(array),):
            raise Wrong(
                f"of {len(array)} numbers it makes the shape {values.shape}. It should return a "
                "number for each of them"
            )

    return _values_and_slopes(
        repaired_sinc,
        like=true,
        at=arrays,
        mistakes={
            "it is 1 for every x below 0. The test is x == 0": (
                lambda x: np.where(x > 0, true(x), 1.0)
            ),
            "it is 0 where it should be 1, and for every x below 0. The test is x == 0, and the "
            "value there 1": lambda x: np.where(x > 0, true(x), 0.0),
            "it is 0 at x = 0, and should be 1 there": lambda x: np.where(x == 0, 0.0, true(x)),
            "it is 1 for every x above 0. The test is x == 0": (
                lambda x: np.where(x < 0, true(x), 1.0)
            ),
            "it is 1 for all x near 0. The test is x == 0": (
                lambda x: np.where(np.abs(x) < 1, 1.0, true(x))
            ),
            "it is 1 for all x below 1. The test is x == 0": (
                lambda x: np.where(x < 1, 1.0, true(x))
            ),
            "at 0 it is sin 1 / 1. The outer tf.where must still put 1 there": (
                lambda x: np.where(x == 0, np.sin(1.0), true(x))
            ),
            "it is sin 1 / 1 wherever x is not 0: the harmless number stands in place of x. Are "
            "the last two arguments of the inner tf.where exchanged?": (
                lambda x: np.where(x == 0, 1.0, np.sin(1.0))
            ),
            "the last two arguments of the outer tf.where are exchanged: it is 1 where x is not "
            "0": lambda x: np.where(x == 0, np.sin(1.0), 1.0),
            "it has the cosine in place of the sine": (
                lambda x: np.where(x == 0, 1.0, np.cos(x) / np.where(x == 0, 1.0, x))
            ),
            "that is sin x where x is not 0: the division by x is missing": (
                lambda x: np.where(x == 0, 1.0, np.sin(x))
            ),
            "that is sin x: the division by x is missing, and the 1 at 0": np.sin,
            "it is x / sin x, upside down": lambda x: np.where(
                x == 0, 1.0, 1 / np.where(x == 0, 1.0, true(x))
            ),
            "sin(πx) / (πx) is what np.sinc computes, and sin x / x was asked for": np.sinc,
            "it is 1 everywhere": lambda x: np.ones_like(x),
            "that is the slope, and the function itself was asked for": functools.partial(
                gradient_of, lambda x: np.sum(true(x))
            ),
        },
        look="Keep the outer tf.where, and change what is divided by what",
    )
