"""How a verdict is reached: what is called, read, compared and printed.

What each exercise says to its own wrong answers stands in tests/exercises/.
"""

import re

import numpy as np
import pytest
import tensorflow as tf

import check
from tests.exercises.junk import JUNK
from tests.raising import RAISING
from verdict import engine, errors, judges


def say(judge, *args):
    """Return the verdict on an answer, as it would be printed."""
    said = engine._verdict(lambda: judge(*args))
    return f"{said.word}: {said.text}"


# --- Calling --------------------------------------------------------------------------------------


def stop_never(x):
    while True:
        pass


def misspelt(x):
    y = x * 2
    return tf.sine(y)


@tf.function
def misspelt_in_a_graph(x):
    y = x * 2
    return tf.sine(y)


def changes(x):
    x += 1
    return x


def speaks(x):
    print("x is", float(x))
    return x


with tf.GradientTape() as TAPE:
    Y = tf.Variable(1.0) ** 2
TAPE.gradient(Y, Y)
SLOPES, TABLE = np.array([1.0, 2.0]), np.ones((2, 2))


def generates(x):
    yield x


async def waits(x):
    return x


CALLS = {
    "ends never": (stop_never, "stop_never was still running after 1 seconds and was stopped"),
    "own line": (misspelt, "no attribute 'sine', in the line \"return tf.sine(y)\""),
    "own line in a graph": (misspelt_in_a_graph, "no attribute 'sine', in the line \"return tf."),
    "power": (lambda x: x ^ 2, "a power is written ** in Python"),
    "changes": (changes, "changes what it is given"),
    "parameters": (lambda: 1, "the answer takes (), and is called with 1 argument"),
    "recursion": (JUNK["recurses"], "it calls itself without end"),
    "assign": (lambda x: tf.constant(x).assign_sub(1), "w.assign_sub(…) changes the variable"),
    "a tape of the notebook": (
        lambda x: TAPE.gradient(x, x),
        "the answer asks TAPE, a tape from outside, and opens none of its own",
    ),
    "a global in place of an argument": (
        lambda x: np.ones(3) @ SLOPES,
        "the answer never uses x, which it is given. It computes with SLOPES, from outside",
    ),
    "yield": (generates, "generates has a yield, which makes a generator: write return instead"),
    "async": (waits, "waits is marked async, so calling it runs nothing: write def alone"),
    "dots inside": (lambda x: x * ..., "Not answered yet: there is still a ... in the answer"),
    "dots returned": (lambda x: [x, ...], "Not answered yet: there is still a ... in what"),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_goes_wrong_in_a_call_is_said(name):
    function, message = CALLS[name]
    seconds = 1 if function is stop_never else 10
    said = say(lambda: engine.call(function, np.array([1.0, 2.0]), seconds=seconds))
    assert message in said


@pytest.fixture(scope="module")
def said_of_errors():
    return [say(engine.call, answer, np.array([1.0, 2.0])) for answer in RAISING]


@pytest.mark.parametrize("pattern", errors.MEANINGS)
def test_every_meaning_of_an_error_has_an_answer_that_gets_it(pattern, said_of_errors):
    words = max(re.split(r"\{\d\}", errors.MEANINGS[pattern]), key=len)
    assert any(words in said for said in said_of_errors)


def test_an_interrupt_by_the_learner_is_none_of_the_check():
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.call(interrupted, 1.0)


def test_a_call_gets_copies_and_its_prints_are_seen(capsys):
    variable = tf.Variable(2.0)
    result = engine.call(speaks, variable)
    assert result is not variable and result.numpy() == 2.0
    assert "x is 2.0" in capsys.readouterr().out


# --- Reading and comparing ------------------------------------------------------------------------

RIGHT = [3, 3.0, np.float64(3), np.int8(3), tf.constant(3.0, tf.float16), tf.Variable(3.0), [3.0]]


@pytest.mark.parametrize("answer", RIGHT, ids=repr)
def test_a_number_is_read_in_any_style(answer):
    assert say(lambda: judges.number(answer, 3.0, look="Look")).startswith("Correct: ")


def test_sparse_gradients_are_read():
    table = tf.Variable([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.gather(table, [0, 0, 2]))
    assert engine.numbers(tape.gradient(y, table)).tolist() == [2.0, 0.0, 1.0]


MISREAD = {
    "'3.0' is text, and a number was expected. Leave out the quotes": "3.0",
    "Leave out the quotes, and the comma, which would turn it into two": "54,000",
    "A comma makes a pair": (54, 000),
    "a number was expected, not True": True,
    "sin is a function, and numbers were expected. Call it": np.sin,
    "a number was expected, not None": None,
    "numbers were expected, not {'a': 1}": {"a": 1},
    "numbers were expected, not True and False. np.flatnonzero": np.ones(3) > 0,
    "the result is nan": np.nan,
    "the result is infinite": np.inf,
    "numbers were expected, not a generator. Brackets [ ] around it": (n for n in (3.0,)),
    "numbers were expected, not a set. Turn it into a list with list(…)": {3.0},
    "it holds 2 values of different shapes, and one number or one array was": [[1], [1, 2]],
    "it holds 2 values of different": (tf.constant(1.0), tf.ones(2)),
    "one number was expected, not 2: [1, 2]": [1.0, 2.0],
}


@pytest.mark.parametrize("message", MISREAD)
def test_what_is_no_number_is_said(message):
    assert message in say(lambda: judges.number(MISREAD[message], 3.0, look="Look"))


MISSHAPEN = {
    "it holds 2 arrays of shape (3,), and one was expected": [np.ones(3), np.ones(3)],
    "it is a column, of shape (3, 1). Take [..., 0] of it": np.ones((3, 1)),
    "it is a row, of shape (1, 3). Take [0] of it": np.ones((1, 3)),
    "it is a table of 3 × 3 numbers, and 3 were expected": np.ones((3, 3)),
    "it is one number, 1, and 3 were expected": 1,
    "its shape is (2,), and (3,) was expected: [1, 1]": np.ones(2),
}


@pytest.mark.parametrize("message", MISSHAPEN)
def test_what_has_another_shape_is_said(message):
    assert message in say(lambda: engine.numbers(MISSHAPEN[message], (3,)))


SQUARES = {
    "Correct: the answer and its slope are right at all 2 points": lambda x: x * x,
    "a function returns two: a value, rule": tf.custom_gradient(lambda x: x * x),
    "a value and a rule. Is @tf.custom_gradient above it": lambda x: (x * x, lambda g: 2 * x * g),
    "it gets float32 and returns float64": lambda x: tf.cast(x, tf.float64) ** 2,
    "is no tensor, so the tape knows of no way": lambda x: x.numpy() ** 2,
    "its slope is None: tf.round": lambda x: tf.round(x * x),
    "computes nan or inf, and the tape goes back through it": (
        lambda x: tf.where(x > -9.0, x * x, tf.math.log(x - x))
    ),
    "its slopes are not: tf.stop_gradient in the line": lambda x: x * tf.stop_gradient(x),
    "has its own gradient, written with tf.custom_gradient, which small steps": tf.custom_gradient(
        lambda x: (x * x, lambda g: 3 * x * g)
    ),
}


@pytest.mark.parametrize("message", SQUARES)
def test_what_is_wrong_with_a_value_or_its_slope_is_said(message):
    points = [(np.array([1.0, 2.0, -3.0]),), (np.array([4.0, -1.0, 5.0]),)]
    square = judges.value_and_slope(SQUARES[message], lambda x: x**2, points, look="")
    assert message in say(square)


def test_a_derivative_that_brings_its_value_along_is_refused():
    both = judges.derivative(lambda x: (x * x, 2 * x), lambda x: x**2, [1.0, 2.0])
    assert "the answer returns 2 values. Return the slope alone" in say(both)


def test_what_an_answer_uses_in_place_of_its_argument_is_said_if_it_is_of_that_kind():
    """An array of other axes, or a list, is hardly what the argument was confused with."""
    unused = "{} never uses {}, which it is given"

    def uses_a_table(x):
        return TABLE

    def uses_slopes(x, rate):
        return rate * SLOPES

    assert engine.ignored(uses_a_table, args=[SLOPES]) == unused.format("uses_a_table", "x")
    instead = unused.format("uses_slopes", "x") + ". It computes with SLOPES, from outside"
    assert engine.ignored(uses_slopes, args=[SLOPES, 0.1]) == instead
    assert engine.ignored(uses_slopes, places=(1,)) is None


def test_values_that_are_all_whole_are_pointed_out():
    factors = np.array([2.2, 3.1, 4.6])

    def whole(x):
        return np.round(1.7 * x * factors)

    said = say(lambda: judges.function(whole, lambda x: x * factors, [(1.3,)], look=""))
    assert "Are the values cut to whole numbers?" in said


# --- What is printed ------------------------------------------------------------------------------


@pytest.fixture
def exercises(monkeypatch):
    """Return checks of a lesson of its own, with one exercise of one part and one of two."""
    monkeypatch.setattr(engine, "SOLVED", {})
    monkeypatch.setattr(engine, "CHECKS", {})

    def one(answer):
        return judges.number(answer, 1, look="Count once more")

    def two(a, b):
        return {"a": lambda: one(a), "b": lambda: one(b)}

    for judge in (one, two):
        judge.__module__ = "lesson_99"
    return engine.exercise(one), engine.exercise(two)


def test_parts_are_judged_one_by_one_and_progress_is_kept(exercises, capsys):
    one, two = exercises
    for ask, printed in (
        (lambda: one(...), "Not answered yet: put your answer in place of the ...\n"),
        (lambda: two(..., ...), "Not answered yet: (a), (b).\n"),
        (lambda: two(1, ...), "Correct: (a) 1.\nStill open: (b).\n"),
        (lambda: two(1, 7), "Correct: (a) 1.\nWrong: (b) it is not 7. Count once more.\n"),
        (lambda: engine.progress("99"), "0 of 2 solved; open: one, two\n"),
        (lambda: two(1, 1), "Correct: (a) 1.\nCorrect: (b) 1.\n"),
        (lambda: engine.progress("99"), "1 of 2 solved; open: one\n"),
        (lambda: one(1), "Correct: 1.\n"),
        (lambda: engine.progress("99"), "All 2 exercises are solved.\n"),
    ):
        ask()
        assert capsys.readouterr().out == printed


def test_a_module_of_checks_can_be_reloaded_and_two_cannot_share_a_name(exercises):
    def one(answer):
        return judges.number(answer, 2, look="Count once more")

    one.__module__ = "lesson_99"
    assert engine.exercise(one) is engine.CHECKS["one"]
    one.__module__ = "lesson_98"
    with pytest.raises(ValueError, match="two exercises are called one"):
        engine.exercise(one)


PREDICTIONS = [
    (..., 5.0, "No guess yet. The answer is 5.\n"),
    (5, tf.constant(5.0), "You guessed 5, and so it is.\n"),
    (5.04, 5.0, "You guessed 5.04, and that is right: the answer is 5.\n"),
    (5.2, 5.0, "You guessed 5.2. The answer is 5.\n"),
    (None, None, "You guessed None, and so it is.\n"),
    (0, None, "You guessed 0. The answer is None.\n"),
    (None, 0.0, "You guessed None. The answer is 0.\n"),
    ("Shirt", "shirt", "You guessed 'Shirt', and that is right: the answer is 'shirt'.\n"),
    ("many", 3.0, "You guessed 'many'. The answer is 3.\n"),
    ([1, 4, 12], 17.0, "You guessed [1, 4, 12]. The answer is 17.\n"),
    (float("nan"), np.nan, "You guessed nan, and so it is.\n"),
    (True, True, "You guessed True, and so it is.\n"),
    (False, False, "You guessed False, and so it is.\n"),
]


@pytest.mark.parametrize(("guess", "truth", "expected"), PREDICTIONS)
def test_predictions(guess, truth, expected, capsys):
    check.prediction(guess, truth)
    assert capsys.readouterr().out == expected


def test_no_guess_makes_a_prediction_raise(capsys):
    for guess in JUNK.values():
        check.prediction(guess, 5.0)
        assert capsys.readouterr().out.count("\n") == 1


# --- Drawing --------------------------------------------------------------------------------------

X = np.linspace(-1.0, 1.0, 5)
IMAGE, CURVE = np.eye(8), np.arange(12) / 12
LOOK = {"look": "Look again"}


@pytest.mark.parametrize(
    ("judge", "seen"),
    [
        (judges.derivative(lambda x: x * 1.0, of=lambda x: x**2, at=[1.0, -3.0]), {"x": -3.0}),
        (judges.function(lambda x: -x, np.abs, at=[(x,) for x in X], **LOOK), {"x": X}),
        (judges.function(lambda x: -x, np.abs, at=[(X,)], **LOOK), {"x": X}),
        (judges.number(IMAGE.T[::-1], IMAGE, **LOOK), {"expected": IMAGE}),
        (judges.number(CURVE * 0, CURVE, **LOOK), {"expected": CURVE}),
        (judges.number(IMAGE, IMAGE, **LOOK), None),  # right
        (judges.number(CURVE[1:], CURVE, **LOOK), None),  # of another shape
        (judges.number(IMAGE[:2, :2], 1 - IMAGE[:2, :2], **LOOK), None),  # too little to see
        (judges.number(2.0, 3.0, **LOOK), None),
        (judges.function(lambda x, y: x, np.add, at=[(1.0, 2.0)] * 3, **LOOK), None),
    ],
)
def test_what_can_be_seen_of_a_wrong_answer(judge, seen):
    found = engine._verdict(lambda: judge).seen
    assert (found is None) == (seen is None)
    for name, value in (seen or {}).items():
        np.testing.assert_array_equal(found[name], value)


def test_a_wrong_answer_is_drawn_below_its_verdict(monkeypatch, capsys):
    drawn = []
    monkeypatch.setattr(engine, "draw", lambda **seen: drawn.append(capsys.readouterr().out))
    check.wave(lambda x: x * 1.0)
    check.wave(lambda x: None)
    assert len(drawn) == 1
    assert drawn[0].startswith("Wrong: ")
