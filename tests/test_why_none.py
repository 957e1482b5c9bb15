"""Why is my gradient None? Every cause is found and named, and nothing is left changed."""

import math
import sys

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context, execute
from tensorflow.python.framework import ops

import helpers  # noqa: F401  first: it starts TensorFlow quietly
from helpers import check
from helpers.check import engine, none

other = tf.Variable(2.0)


def no_return(x):
    with tf.GradientTape() as tape:
        y = x**2
    tape.gradient(y, x)


def return_in_branch(x):
    with tf.GradientTape() as tape:
        y = x**2
    if y > 1000:
        return tape.gradient(y, x)


def bare_return(x):
    with tf.GradientTape() as tape:
        y = x**2
    tape.gradient(y, x)
    return


def printed(x):
    with tf.GradientTape() as tape:
        y = x**2
    print(tape.gradient(y, x).numpy())


def returns_print(x):
    with tf.GradientTape() as tape:
        y = x**2
    return print(tape.gradient(y, x).numpy())


def in_place(x):
    with tf.GradientTape() as tape:
        y = x**2
    slopes = []
    return slopes.append(tape.gradient(y, x))


def helper_returns_nothing(x):
    def square(x):
        x * x

    return square(x)


def exchanged(x):
    with tf.GradientTape() as tape:
        y = x**2
    return tape.gradient(x, y)


def constant(x):
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def watched_late(x):
    with tf.GradientTape() as tape:
        y = x * x
        tape.watch(x)
    return tape.gradient(y, x)


def made_constant(x):
    x = tf.constant(float(x))
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def replaced(x):
    x = x + 1.0
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def replaced_in_loop(x):
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = x * x
        slope = tape.gradient(y, x)
        x = x - 0.1 * slope
    return x


def replaced_inside(x):
    with tf.GradientTape() as tape:
        y = x * x
        x = x + 1.0
    return tape.gradient(y, x)


def cast_before(x):
    x = tf.cast(x, tf.float32)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def numpy_root(x):
    with tf.GradientTape() as tape:
        y = tf.constant(np.sqrt(x)) * 10.0
    return tape.gradient(y, x)


def numpy_of_tensor(x):
    with tf.GradientTape() as tape:
        u = x * x
        y = tf.constant(np.sin(u)) * 10.0
    return tape.gradient(y, x)


def through_float(x):
    with tf.GradientTape() as tape:
        y = tf.square(float(x))
    return tape.gradient(y, x)


def through_numpy(x):
    with tf.GradientTape() as tape:
        y = tf.sin(x).numpy() * tf.constant(2.0)
    return tape.gradient(y, x)


def through_math(x):
    with tf.GradientTape() as tape:
        y = tf.constant(math.sin(x))
    return tape.gradient(y, x)


def through_int(x):
    with tf.GradientTape() as tape:
        y = tf.constant(2.0) * int(x)
    return tape.gradient(y, x)


def copied(x):
    with tf.GradientTape() as tape:
        y = tf.constant(x) ** 2
    return tape.gradient(y, x)


def read_for_show_only(x):
    print(float(x))
    with tf.GradientTape() as tape:
        y = tf.constant(7.0)
    return tape.gradient(y, x)


def target_number(x):
    with tf.GradientTape() as tape:
        y = float(x) ** 2
    return tape.gradient(y, x)


def target_array(x):
    with tf.GradientTape() as tape:
        y = np.square(x)
    return tape.gradient(y, x)


def target_function(x):
    with tf.GradientTape() as tape:
        y = lambda x: x * x  # noqa: E731
    return tape.gradient(y, x)


def integer(x):
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def integer_made(x):
    x = tf.Variable(int(x))
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def integer_cast_late(x):
    with tf.GradientTape() as tape:
        y = tf.cast(x, tf.float32) ** 2
    return tape.gradient(y, x)


def integer_source_cast(x):
    n = tf.cast(x, tf.int32)
    with tf.GradientTape() as tape:
        tape.watch(n)
        y = n * n
    return tape.gradient(y, n)


def integer_target(x):
    with tf.GradientTape() as tape:
        y = tf.cast(x, tf.int32) ** 2
    return tape.gradient(y, x)


def integer_on_the_way(x):
    with tf.GradientTape() as tape:
        n = tf.cast(x, tf.int32)
        y = tf.cast(n, tf.float32) ** 2
    return tape.gradient(y, x)


def variable_inside(x):
    with tf.GradientTape() as tape:
        v = tf.Variable(x * 2.0)
        y = v * v
    return tape.gradient(y, x)


def assigned_inside(x):
    v = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        v.assign(x * 2.0)
        y = v * v
    return tape.gradient(y, x)


def without_rule(x):
    with tf.GradientTape() as tape:
        distinct, _ = tf.unique(x)
    return tape.gradient(distinct, x)


def before_tape(x):
    y = x * x
    with tf.GradientTape() as tape:
        z = y * 2.0
    return tape.gradient(z, x)


def after_tape(x):
    with tf.GradientTape() as tape:
        y = x * x
    z = 2.0 * y
    return tape.gradient(z, x)


def wholly_after_tape(x):
    with tf.GradientTape() as tape:
        pass
    y = x * x
    return tape.gradient(y, x)


def inner_outside(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
    slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


def inner_of_straight_line(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = 3.0 * x
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


def paused(x):
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            y = x * x
        z = y * 2.0
    return tape.gradient(z, x)


def stopped(x):
    with tf.GradientTape() as tape:
        y = tf.stop_gradient(x * x) + 1.0
    return tape.gradient(y, x)


@tf.custom_gradient
def closed(x):
    return tf.sin(x), lambda upstream: None


@tf.custom_gradient
def open_(x):
    return tf.sin(x), lambda upstream: upstream


def custom(x):
    with tf.GradientTape() as tape:
        y = closed(x) * 2.0
    return tape.gradient(y, x)


def custom_then_round(x):
    with tf.GradientTape() as tape:
        y = tf.round(open_(x))
    return tape.gradient(y, x)


def rounded(x):
    with tf.GradientTape() as tape:
        y = tf.round(x) * 2.0
    return tape.gradient(y, x)


def compared(x):
    with tf.GradientTape() as tape:
        y = tf.where(x > 1.0, 1.0, 0.0)
    return tape.gradient(y, x)


def rounded_on_condition(x):
    with tf.GradientTape() as tape:
        y = tf.where(
            x > 1.0,
            tf.round(x),
            0.0,
        )
    return tape.gradient(y, x)


def largest_place(x):
    with tf.GradientTape() as tape:
        y = tf.cast(tf.argmax(x), tf.float32)
    return tape.gradient(y, x)


def floor_divided(x):
    with tf.GradientTape() as tape:
        y = x // 2.0
    return tape.gradient(y, x)


def constant_answer(x):
    with tf.GradientTape() as tape:
        y = tf.constant(4.0)
    return tape.gradient(y, x)


def constant_branch(x):
    with tf.GradientTape() as tape:
        y = tf.constant(1.0) if x > 0 else x
    return tape.gradient(y, x)


def other_variable(x):
    with tf.GradientTape() as tape:
        y = other * 2.0
    return tape.gradient(y, x)


def second_source(x):
    b = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, [x, b])


def sources_in_dict(x):
    b = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, {"x": x, "b": b})


def part_is_source(p):
    a, b = p[0], p[1]
    with tf.GradientTape() as tape:
        y = a * b
    return tape.gradient(y, [a, b])


def renamed(x):
    with tf.GradientTape() as tape:
        y = x * x
    x = tf.Variable(3.0)
    return tape.gradient(y, x)


def part_taken_anew(p):
    with tf.GradientTape() as tape:
        y = p[0] ** 2
    return tape.gradient(y, p[0])


def not_trainable(x):
    x = tf.Variable(x, trainable=False)
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def watches_nothing(x):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        y = x * x
    return tape.gradient(y, x)


def source_number(x):
    x = 3.0
    with tf.GradientTape() as tape:
        y = tf.constant(2.0) * x
    return tape.gradient(y, x)


def spent(x):
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    return tape.gradient(y, x)


def painted(x):
    with tf.GradientTape() as tape:
        y = tf.round(x)
    return tape.gradient(y, x, unconnected_gradients="zero")


def jacobian(x):
    with tf.GradientTape() as tape:
        y = tf.stack([tf.round(x), tf.round(2.0 * x)])
    return tape.jacobian(y, x)


def used_as_number(x):
    with tf.GradientTape() as tape:
        y = tf.round(x)
    return 2.0 * tape.gradient(y, x)


def side_effects(x):
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = tf.round(x)
        slope = tape.gradient(y, x)
        x.assign_sub(0.1)
    return slope


def summed(x):
    return np.sum(x**2)


def rounded_off(x):
    x = tf.Variable(round(x))
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(y, x)


def unnamed_values(x):
    with tf.GradientTape() as tape:
        y = tf.ones(()) * 2.0
    return tape.gradient(y, x)


def forgotten(x):
    with tf.GradientTape() as tape:
        y = x * x
        tape.reset()
    return tape.gradient(y, x)


def made_float(x):
    with tf.GradientTape() as tape:
        y = tf.square(np.float32(x))
    return tape.gradient(y, x)


def read_by_name(x):
    read = getattr(x, "num" + "py")
    with tf.GradientTape() as tape:
        y = tf.square(read())
    return tape.gradient(y, x)


def left_out_in_second_round(x):
    w, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        loss = (w * x + b) ** 2
    w.assign_sub(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        loss = (w * x) ** 2
    return tape.gradient(loss, [w, b])


V = tf.Variable(2.5)
C = tf.constant(2.5)
PAIR = tf.Variable([1.0, 2.0])

CASES = [
    (no_return, V, "it has no return"),
    (return_in_branch, V, "ended without coming to its return"),
    (bare_return, V, "its return gives nothing back"),
    (printed, V, "it prints 5.0 and gives nothing back. Write return in place of print"),
    (returns_print, V, "Leave print out"),
    (in_place, V, "append gives None"),
    (helper_returns_nothing, V, "square gives None: it has no return"),
    (exchanged, V, "exchanged: write tape.gradient(y, x)"),
    (constant, C, "x is a constant tensor"),
    (watched_late, C, 'tape.watch(x) came too late, after the line "y = x * x"'),
    (made_constant, V, "x is a constant tensor"),
    (replaced, V, 'x is no variable any more: the line "x = x + 1.0" made a tensor'),
    (replaced_in_loop, V, 'the line "x = x - 0.1 * slope" made a tensor'),
    (replaced_inside, V, 'x was made by the line "x = x + 1.0", and y was not computed from it'),
    (cast_before, tf.constant(3), 'a tensor, made by the line "x = tf.cast(x, tf.float32)"'),
    (numpy_root, V, 'np.sqrt(x)) * 10.0" takes the number out of x'),
    (numpy_root, V, "Use the TensorFlow function for sqrt"),
    (numpy_of_tensor, V, 'np.sin(u)) * 10.0" takes the number out of x'),
    (through_float, V, "Leave float() out"),
    (through_numpy, V, "Leave .numpy() out"),
    (through_math, V, "Use the TensorFlow function for sin"),
    (through_int, V, "cuts x to a whole number"),
    (copied, V, "Leave tf.constant() out"),
    (read_for_show_only, V, "y is a constant, which was not computed from x"),
    (target_number, V, 'the line "y = float(x) ** 2" takes the number out of x'),
    (target_array, V, 'the line "y = np.square(x)" takes the number out of x'),
    (target_function, V, "y is a function. Call it"),
    (integer, tf.Variable(3), "x has dtype int32, and an integer cannot grow"),
    (integer_made, -1.5, "-1.5 was cut to -1"),
    (rounded_off, -1.5, "-1.5 was cut to -2"),
    (integer_cast_late, tf.Variable(3), "x has dtype int32"),
    (integer_source_cast, V, 'int32, by the line "n = tf.cast(x, tf.int32)"'),
    (integer_target, V, 'the line "y = tf.cast(x, tf.int32) ** 2" makes whole numbers'),
    (integer_on_the_way, V, 'the line "n = tf.cast(x, tf.int32)" makes whole numbers'),
    (variable_inside, V, 'the line "v = tf.Variable(x * 2.0)" makes a new variable'),
    (assigned_inside, V, 'the line "v.assign(x * 2.0)" assigns'),
    (before_tape, V, 'the line "y = x * x" ran before the tape was opened'),
    (after_tape, V, 'the line "z = 2.0 * y" ran after the with block'),
    (wholly_after_tape, V, 'the line "y = x * x" ran after the with block'),
    (inner_outside, V, "the first gradient was computed outside the outer tape"),
    (inner_of_straight_line, V, "slope is a slope that is the same for every x"),
    (paused, V, "inside tape.stop_recording()"),
    (stopped, V, 'tf.stop_gradient in the line "y = tf.stop_gradient(x * x) + 1.0" ends the way'),
    (custom, V, "closed has a gradient of its own"),
    (custom_then_round, V, "tf.round in the line"),
    (rounded, V, 'tf.round in the line "y = tf.round(x) * 2.0" has no gradient'),
    (compared, V, "> in the line"),
    (rounded_on_condition, V, 'tf.round in the line "tf.round(x),"'),
    (largest_place, PAIR, "tf.argmax in the line"),
    (floor_divided, V, "// in the line"),
    (constant_answer, V, "y is a constant, which was not computed from x"),
    (constant_branch, V, "x was only compared"),
    (other_variable, V, "y was computed from other, not from x"),
    (unnamed_values, V, "y was not computed from x"),
    (forgotten, V, "what ran does not show where the way from x to y ends"),
    (made_float, V, "Leave np.float32() out"),
    (read_by_name, V, "Stay with TensorFlow from source to target"),
    (left_out_in_second_round, V, "loss was computed from w and x, not from b"),
    (second_source, V, "y was computed from x, not from b"),
    (sources_in_dict, V, "not from b"),
    (part_taken_anew, PAIR, "a part that was taken anew"),
    (part_is_source, PAIR, 'a is a tensor, made by the line "a, b = p[0], p[1]"'),
    (renamed, V, "the name x means another value now"),
    (not_trainable, V, "trainable=False"),
    (without_rule, PAIR, 'cannot be taken: the line "distinct, _ = tf.unique(x)" uses'),
    (tf.unique, PAIR, "uses Unique, an operation that TensorFlow has no gradient rule for"),
    (watches_nothing, V, "watch_accessed_variables=False"),
    (source_number, V, "x is a Python float"),
    (spent, V, "persistent=True"),
    (painted, V, 'A 0 stands for a None, by unconnected_gradients="zero": tf.round'),
    (jacobian, V, "tf.round in the line"),
    (used_as_number, V, "The gradient of y with respect to x is None: tf.round"),
    (side_effects, V, "tf.round"),
    # the formula alone
    (lambda x: x * x, V, "The gradient is not None: it is 5."),
    (lambda x: x * x, C, "not None: it is 5, if the tape is told to watch"),
    (lambda x: x * x, 3.0, "tape.watch(x)"),
    (lambda x: x * x, 3, "x has dtype int32"),
    (lambda x: np.sqrt(x), V, "Use the TensorFlow function for sqrt"),
    (lambda x: tf.round(x), V, "tf.round"),
    (tf.round, V, "tf.round in a step has no gradient"),
    (summed, np.array([1.0, 2.0]), "Use the TensorFlow function for sum"),
]


def said(function, *args, capsys):
    check.why_none(function, *args)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("function", "x", "part"),
    CASES,
    ids=[f"{case[0].__name__}-{i}" for i, case in enumerate(CASES)],
)
def test_cause_is_named(function, x, part, capsys):
    text = said(function, x, capsys=capsys)
    assert part in text
    assert text.count(". ") <= 1 and text.count("\n") == 1, "more than two sentences"


UNDER_FUNCTION = [
    no_return,
    exchanged,
    replaced,
    integer_on_the_way,
    before_tape,
    after_tape,
    inner_outside,
    stopped,
    rounded,
    other_variable,
    second_source,
]


@pytest.mark.parametrize("function", UNDER_FUNCTION)
def test_tf_function_is_looked_through(function, capsys):
    expected = said(function, V, capsys=capsys)
    assert said(tf.function(function), V, capsys=capsys) == expected


def slope(x):
    with tf.GradientTape() as tape:
        y = x**2
    return tape.gradient(y, x)


def descends(x):
    x.assign_sub(slope(x))
    return slope(x)


def test_gradient_that_is_there_is_shown(capsys):
    for function in (slope, tf.function(slope), lambda x: slope(x)):
        assert said(function, V, capsys=capsys) == "The gradient is not None: it is 5.\n"


def walks_then_rounds(x):
    for _ in range(2):
        x.assign_sub(slope(x))
    return rounded(x)


def test_an_update_is_no_step_to_the_target(capsys):
    text = said(walks_then_rounds, V, capsys=capsys)
    assert 'tf.round in the line "y = tf.round(x) * 2.0"' in text


def test_target_of_unusual_kind(capsys):
    def ragged(x):
        row = tf.ragged.constant([[1.0, 2.0], [3.0]])
        with tf.GradientTape() as tape:
            y = tf.ragged.map_flat_values(lambda v: v * float(x), row)
        return tape.gradient(y, x)

    def sparse(p):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(tf.gather(p, [0]))
        return tape.gradient(y, p)

    assert "Leave float() out" in said(ragged, V, capsys=capsys)
    assert "is not None: it is [1, 0]" in said(sparse, PAIR, capsys=capsys)
    assert "is a Python float" in said(lambda x: [1.0, x * x], V, capsys=capsys)


def test_arguments_stay_as_they_are(capsys):
    x = tf.Variable(2.0)
    assert "None of the 2 gradients is None: the last one is -4." in said(
        descends, x, capsys=capsys
    )
    assert x.numpy() == 2.0


def test_several_arguments_of_a_formula(capsys):
    text = said(lambda w, b, x: w * x, V, tf.Variable(1.0), 2.0, capsys=capsys)
    assert "with respect to b is None: the target was computed from w and x, not from b" in text


def test_formula_is_asked_for_whatever_it_gets(capsys):
    assert "is not None: it is 2 and 2.5" in said(
        lambda pair: pair[0] * pair[1], [V, other], capsys=capsys
    )
    assert "tape.watch(…)" in said(lambda *all: all[0] * all[1], 2.0, 3.0, capsys=capsys)
    assert "no number to ask for" in said(lambda text: tf.constant(1.0), "x", capsys=capsys)
    assert "no number to ask for" in said(lambda x: [tf.ones(())], object(), capsys=capsys)


def test_value_in_place_of_a_function(capsys):
    for value in (slope(V), None, 3.0):
        assert said(value, V, capsys=capsys).startswith("Give a function, without calling it")
    assert said(slope, capsys=capsys).startswith("Give a function")


def test_keras_model(capsys):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    inputs = tf.ones((4, 2))
    model(inputs)

    def outside(x):
        prediction = model(x)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(prediction**2)
        return tape.gradient(loss, model.trainable_variables)

    text = said(outside, inputs, capsys=capsys)
    assert 'the line "prediction = model(x)" ran before the tape was opened' in text


def state():
    names = ["_push_tape", "_pop_tape", "watch", "stop_recording"]
    names += ["gradient", "jacobian", "batch_jacobian"]
    return [
        *(getattr(tf.GradientTape, name) for name in names),
        ops._EagerTensorBase._numpy,
        pywrap_tfe.TFE_Py_FastPathExecute,
        pywrap_tfe.TFE_Py_TapeSetRecordOperation,
        execute.execute,
        list(context.context().op_callbacks),
        tf.config.functions_run_eagerly(),
        tf.get_logger().level,
        sys.getprofile(),
    ]


def fails(x):
    with tf.GradientTape() as tape:
        y = x * x
        raise KeyError("mine")
    return tape.gradient(y, x)


def gives_up(x):
    with tf.GradientTape():
        x * x
        raise KeyboardInterrupt


def test_everything_is_put_back(capsys):
    before = state()
    for function in (slope, rounded, paused, jacobian, tf.function(rounded)):
        said(function, V, capsys=capsys)
        assert state() == before
    assert "fails raised KeyError: 'mine', in the line \"raise KeyError" in said(
        fails, V, capsys=capsys
    )
    assert state() == before
    with pytest.raises(KeyboardInterrupt):
        check.why_none(gives_up, V)
    assert state() == before
    assert none.uses_tape(slope, V) and not none.uses_tape(fails, V)
    assert state() == before


def test_endless_function_is_stopped(monkeypatch, capsys):
    def endless(x):
        while True:
            x = x * 1.0

    monkeypatch.setattr(engine, "SECONDS", 0.3)
    before = state()
    assert "still running after 0.3 seconds" in said(endless, V, capsys=capsys)
    assert state() == before


def test_verdicts_ask_the_same():
    reason = 'tf.round in the line "y = tf.round(x) * 2.0" has no gradient'
    assert none.why_none_returned(rounded, [V], "").startswith(f"rounded returns None: {reason}")
    assert none.why_broken(used_as_number, [V]).startswith("tf.round in the line")
    assert none.painted_over(painted, [V]).startswith("tf.round in the line")
    assert none.painted_over(rounded, [V]) is None and none.painted_over(slope, [V]) is None
    assert "it prints 5.0" in none.why_none_returned(printed, [V], "5.0\n")


def test_none_that_is_computed_with_is_traced_to_the_function_that_gave_it():
    def square(x):
        x * x

    def twice(x):
        return 2.0 * square(x)

    def extended(x):
        numbers = [x].append(x)
        return sum(numbers)

    assert none.why_broken(twice, [V]).startswith("square gives None: it has no return")
    assert "append gives None" in none.why_broken(extended, [V])


def test_tape_is_noticed():
    def by_hand(x):
        return 2.0 * x

    assert none.uses_tape(slope, V) and none.uses_tape(tf.function(slope), V)
    assert none.uses_tape(jacobian, V) and not none.uses_tape(by_hand, V)
