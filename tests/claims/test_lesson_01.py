"""What lesson 01 says and no cell of it shows."""

import logging
import weakref

import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
import check
from tests.claims import says


def slope(function, x, unconnected="none"):
    """Return the slope of a function of a variable, as the lesson takes it."""
    x = tf.Variable(x) if isinstance(x, (int, float)) else x
    with tf.GradientTape() as tape:
        y = function(x)
    return tape.gradient(y, x, unconnected_gradients=unconnected)


SCHOOL = {
    lambda x: 2.0 * x + 1.0 - 3.0 / x: lambda x: 2 + 3 / x**2,
    lambda x: x**2.5: lambda x: 2.5 * x**1.5,
    tf.sqrt: lambda x: 1 / (2 * np.sqrt(x)),
    tf.exp: np.exp,
    tf.math.log: lambda x: 1 / x,
    tf.sin: np.cos,
    tf.cos: lambda x: -np.sin(x),
    tf.tan: lambda x: 1 / np.cos(x) ** 2,
    tf.asin: lambda x: 1 / np.sqrt(1 - x**2),
    tf.acos: lambda x: -1 / np.sqrt(1 - x**2),
    tf.atan: lambda x: 1 / (1 + x**2),
    tf.abs: np.sign,
}


def test_the_tape_knows_the_functions_of_school():
    says("01", "derivative-meaning", "one for every function you differentiated at school")
    for function, derivative in SCHOOL.items():
        assert slope(function, 0.7).numpy() == pytest.approx(derivative(0.7), rel=1e-5)
        chained = slope(lambda x, f=function: f(x * x), 0.7).numpy()
        assert chained == pytest.approx(1.4 * derivative(0.49), rel=1e-5)


def test_variables_are_trainable_unless_told_otherwise():
    says("01", "records", "a variable is trainable unless you say otherwise")
    assert all(tf.Variable(value).trainable for value in (1.0, 3, [1.0, 2.0]))


def test_the_slopes_of_a_sum_are_alike_because_it_is_a_sum():
    says("01", "records-meaning", "all four are alike, because a sum does not care which")
    x = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    assert len(set(slope(tf.reduce_sum, x).numpy().flat)) == 1
    assert len(set(slope(tf.reduce_prod, x).numpy().flat)) == 4


@pytest.mark.parametrize("persistent", [False, True])
def test_a_tape_lets_go_of_its_recording(persistent):
    says("01", "one-gradient", "it throws its recording away to free the memory")
    says("01", "persistent-meaning", "`del tape` lets go of the recording.")
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=persistent) as tape:
        y = tf.exp(x)
        z = y * y
    kept = weakref.ref(y)
    del y
    assert kept() is not None
    tape.gradient(z, x)
    assert (kept() is not None) == persistent
    del tape
    assert kept() is None


def test_a_persistent_tape_holds_values_of_every_layer():
    says("01", "persistent-meaning", "it holds intermediate values of every layer")
    weights = [tf.Variable(tf.random.normal((4, 4), seed=n)) for n in range(3)]
    x, kept = tf.ones((2, 4)), []
    with tf.GradientTape(persistent=True) as tape:
        for w in weights:
            x = tf.tanh(x @ w)
            kept.append(weakref.ref(x))
    del x
    assert all(layer() is not None for layer in kept)
    del tape
    assert all(layer() is None for layer in kept)


def test_a_none_comes_without_a_warning(caplog, monkeypatch):
    says("01", "none", "Sooner or later `gradient()` returns `None`.")
    says("01", "none", "No error says so.")
    monkeypatch.setattr(tf.get_logger(), "propagate", True)
    with caplog.at_level(logging.WARNING, "tensorflow"):
        assert slope(lambda x: x * x, 3) is None
        assert slope(lambda x: tf.constant(np.sqrt(x)), 4.0) is None
        assert slope(tf.round, 4.0) is None
        assert not caplog.records
        with tf.GradientTape() as tape:
            tape.watch(tf.constant(3))  # this one does warn
        assert caplog.records


def half_outside(x):
    """Return x·x², the square from before the tape."""
    square = x * x
    with tf.GradientTape() as tape:
        y = x * square
    return tape.gradient(y, x)


def half_assigned(x):
    total = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        total.assign(x * x)
        y = x * total
    return tape.gradient(y, x)


def test_a_part_that_leaves_the_tape_gives_a_wrong_number():
    says("01", "none-numpy-partly-note", "`None` comes only when *no* path is left.")
    says("01", "none-table", "A computation before the tape, a step through NumPy or an `assign`")
    x = tf.Variable(4.0)
    assert half_outside(x).numpy() == half_assigned(x).numpy() == 16.0  # and 48 is right
    for lost in (lambda x: x.numpy(), float, lambda x: np.float32(x)):
        assert slope(lambda x, lost=lost: x * lost(x), x).numpy() == 4.0  # and 8 is right
    whole = slope(lambda x: x * x * x, x).numpy()
    assert whole == 48.0


def test_what_is_flat_has_no_gradient_or_a_zero():
    says("01", "none-operation-note", "(`tf.sign` is just as flat and gets the gradient 0.)")
    assert slope(tf.sign, 2.0).numpy() == 0.0
    assert slope(tf.round, 2.0) is None


def before_the_tape(x, zero):
    y = x * x
    with tf.GradientTape() as tape:
        z = 2.0 * y
    return tape.gradient(z, x, unconnected_gradients=zero)


def exchanged(x, zero):
    with tf.GradientTape() as tape:
        y = x * x
    return tape.gradient(x, y, unconnected_gradients=zero)


def assigned(x, zero):
    total = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        total.assign(x * x)
        y = 2.0 * total
    return tape.gradient(y, x, unconnected_gradients=zero)


def too_late(x, zero):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
    inside = inner.gradient(y, x)
    return outer.gradient(inside, x, unconnected_gradients=zero)


ROWS = [
    lambda x, zero: slope(lambda x: x * x, tf.constant(3.0), zero),
    lambda x, zero: slope(lambda x: tf.constant(np.sqrt(x)), x, zero),
    lambda x, zero: slope(lambda x: x * x, tf.Variable(3), zero),
    lambda x, zero: slope(lambda x: x * x, x + 1.0, zero),
    lambda x, zero: slope(lambda x: x * x, tf.Variable(3.0, trainable=False), zero),
    lambda x, zero: slope(tf.round, x, zero),
    *(before_the_tape, exchanged, assigned, too_late),
]


@pytest.mark.parametrize("row", ROWS)
def test_a_zero_covers_up_every_row(row):
    says("01", "none-table", "this zero covers up every other one, too")
    assert row(tf.Variable(3.0), "none") is None
    assert row(tf.Variable(3.0), "zero").numpy() == 0


def walk(loss_of, x, rate=1.0, steps=4):
    for _ in range(steps):
        x -= rate * float(slope(loss_of, x))
    return x


def test_the_walk_stays_because_of_the_slope_of_abs():
    says("01", "downhill-predict", "at that point, TensorFlow calls the slope of $|\\cdot|$ zero")
    assert walk(lambda x: tf.abs(2.0 * x - 8.0), 10.0) == 4.0
    assert walk(lambda x: tf.maximum(2.0 * x - 8.0, 8.0 - 2.0 * x), 10.0) == 2.0


def test_from_ten_the_walk_is_lucky():
    says("01", "downhill-repair", "From 10 we were lucky: 4 was a whole number of steps away.")
    starts = np.arange(7.0, 11.0, 0.5)
    arrives = [x for x in starts if walk(lambda x: tf.abs(2.0 * x - 8.0), x, steps=5) == 4.0]
    assert arrives == [8.0, 10.0]


def test_the_rate_of_the_hint():
    says("01", "cube-hint", "its slope changes about $18\\,x^4 \\approx 1{,}700$ times as fast as")
    says("01", "cube-hint", "So the rate must be small, about $0.001$ or less.")

    def loss(x):
        return (x**3 - 30.0) ** 2

    goal = 30 ** (1 / 3)
    change = (slope(loss, goal + 0.001) - slope(loss, goal - 0.001)).numpy() / 0.002
    assert change == pytest.approx(18 * goal**4, rel=0.01)
    assert 18 * goal**4 == pytest.approx(1700, rel=0.02)
    assert abs(walk(loss, 2.0, 0.001, 50) - goal) < 0.001 < abs(walk(loss, 2.0, 0.0012, 50) - goal)


def test_the_tool_works_for_functions_of_your_own(capsys):
    says("01", "why-none", "It works for your own functions, too.")
    check.why_none(lambda x: tf.reduce_sum(tf.constant(np.log(x))), tf.Variable([1.0, 4.0]))
    assert "Use the TensorFlow function for log" in capsys.readouterr().out
