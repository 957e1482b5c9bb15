"""What lesson 02 says and no cell of it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from tests.claims import says


def slope_at(function, x, *args, dtype=tf.float32):
    """Return the slope of a function of a watched tensor, as the lesson takes it."""
    x = tf.constant(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x, *args)
    return tape.gradient(y, x)


def test_a_raise_can_cost_more_than_it_brings_without_a_jump():
    says("02", "tax-myth", "since the tax never jumps (upper panel) and takes less than all of the")
    low, high = 0.15 * 40_000, 0.15 * 40_000 + 1.2 * (41_000 - 40_000)
    assert 41_000 - high < 40_000 - low  # no jump, and a slope above 1
    assert 41_000 - (6_000 + 0.4 * 1_000) > 40_000 - 6_000  # the lesson's


def test_the_root_is_between_the_two_and_their_mean_need_not_be_nearer():
    says("02", "algorithm", "If one of the two is too small, the other is too large, so the root")
    for a in (0.01, 2.0, 100.0):
        for x in (0.1, 1.0, 30.0):
            assert min(x, a / x) <= np.sqrt(a) <= max(x, a / x)
    assert abs((1 + 100 / 1) / 2 - 10) > abs(1 - 10)


def root(a, steps):
    x = tf.ones_like(a)
    for _ in range(steps):
        x = (x + a / x) / 2.0
    return x


def test_a_float32_is_why_four_steps_are_enough():
    says("02", "algorithm-digits", "Each step about doubles the number of correct digits, both")
    says(
        "02", "algorithm-digits", "After four steps nothing is left to gain: a float32 holds about"
    )
    goals = np.sqrt(2.0), 1 / np.sqrt(8.0)

    def distances(steps, dtype):
        found = root(tf.constant(2.0, dtype), steps), slope_at(root, 2.0, steps, dtype=dtype)
        return np.abs(np.array(found, np.float64) - goals)

    assert (distances(5, tf.float32) == distances(4, tf.float32)).all()
    assert (distances(5, tf.float64) < 0.001 * distances(4, tf.float64)).all()
    digits = np.array([-np.log10(distances(steps, tf.float64)) for steps in (2, 3, 4)])
    assert digits[1:] / digits[:-1] == pytest.approx(2.15, abs=0.2)
    assert np.finfo(np.float32).precision in (6, 7)


def test_eight_steps_of_newton_do_not_reach_every_cube_root():
    says("02", "cuberoot-question", "numbers whose root is too far away for eight")
    for a in (1e6, 1e-4):
        x = 1.0
        for _ in range(8):
            x = x - (x**3 - a) / (3 * x**2)
        assert abs(x / np.cbrt(a) - 1) > 0.05


def test_the_first_argument_gets_the_whole_slope():
    says("02", "kinks-meaning", "`tf.maximum` gives the whole slope to the first one")
    x, y = tf.Variable([0.0, 7.0]), tf.Variable([0.0, 7.0])
    with tf.GradientTape() as tape:
        z = tf.maximum(x, y)
    first, second = tape.gradient(z, [x, y])
    assert first.numpy().tolist() == [1.0, 1.0]
    assert second.numpy().tolist() == [0.0, 0.0]


def rectified(x):
    return tf.maximum(x, 0.0)


@pytest.mark.parametrize(("kink", "learns"), [(tf.nn.relu, False), (rectified, True)])
def test_a_hidden_layer_of_zeros(kink, learns):
    says("02", "kinks-practice", "weights and biases start at 0 stays there with `tf.nn.relu`")
    x = tf.constant(np.linspace(-1.0, 1.0, 32)[:, None], tf.float32)
    w, b, v = tf.zeros((1, 8)), tf.zeros(8), tf.random.stateless_normal((8, 1), (1, 2))
    losses, variables = [], [tf.Variable(part) for part in (w, b, v)]
    for _ in range(60):
        with tf.GradientTape() as tape:
            w, b, v = variables
            loss = tf.reduce_mean(tf.square(kink(x @ w + b) @ v - x))
        losses.append(float(loss))
        for part, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            part.assign_sub(0.1 * gradient)
    assert bool(np.any(variables[0] != 0)) == learns
    assert (losses[-1] < 0.1 * losses[0]) == learns


@pytest.mark.claims
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_few_numbers_are_exactly_zero_after_the_first_step(seed):
    says("02", "kinks-practice", "this seldom matters, for few numbers are exactly 0 after")
    (images, labels), _ = load_fashion_mnist()
    x = tf.constant(images[:256, :, :, None] / 255, tf.float32)
    keras.utils.set_random_seed(seed)
    convolution, dense = keras.layers.Conv2D(8, 3), keras.layers.Dense(10)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def gradients(kink):
        with tf.GradientTape() as tape:
            pooled = tf.nn.max_pool2d(kink(convolution(x)), 4, 4, "VALID")
            loss = loss_of(labels[:256], dense(tf.reshape(pooled, (256, -1))))
        return tape.gradient(loss, [*convolution.variables, *dense.variables])

    def differ():
        pairs = zip(gradients(tf.nn.relu), gradients(rectified), strict=True)
        return max(float(tf.norm(one - other) / tf.norm(one)) for one, other in pairs)

    assert np.mean(convolution(x) == 0) > 0.25 and differ() > 0.05  # empty corners of the images
    step = gradients(tf.nn.relu)
    for part, gradient in zip([*convolution.variables, *dense.variables], step, strict=True):
        part.assign_sub(0.1 * gradient)
    assert np.mean(convolution(x) == 0) < 0.001 and differ() < 0.001


def sinc(x):
    zero = x == 0.0
    harmless = tf.where(zero, tf.ones_like(x), x)
    return tf.where(zero, tf.ones_like(x), tf.sin(harmless) / harmless)


def test_near_zero_a_float32_has_too_few_digits():
    says("02", "sinc-question", "both are right at 0 and wherever $|x| \\ge 0.01$.")
    says("02", "sinc-question", "Nearer to 0, a float32 has too few digits for the slope of this")

    def off(near, dtype):
        x = np.linspace(near, 2 * near, 200)
        right = -x / 3 + x**3 / 30 - x**5 / 840
        return np.abs(slope_at(sinc, x, dtype=dtype).numpy() / right - 1).max()

    assert max(off(near, tf.float32) for near in (0.01, 0.1, 0.5)) < 0.01
    assert off(0.0005, tf.float32) > 0.1 > 1e-5 > off(0.0005, tf.float64)


def test_a_slope_that_is_infinite_meets_a_zero():
    says("02", "hidden-where-meaning", "Both branches are computed before `tf.where` chooses")
    ran = []

    def branch(name, value):
        ran.append(name)
        return value

    slope_at(lambda x: tf.where(x > 0.0, branch("log", tf.math.log(x)), branch("flat", 0 * x)), 1.0)
    assert ran == ["log", "flat"]
    finite = slope_at(lambda x: tf.where(x > 0.0, tf.math.log(x + 1.0), 0.0 * x), 0.0)
    assert finite.numpy() == 0.0  # where the slope of the other branch is finite, it does no harm


def flat_on_both_sides(x):
    if x > 0.0:
        return tf.constant(1.0)
    return tf.constant(0.0)


def flat_on_the_left(x):
    if x > 0.0:
        return x * x
    return tf.constant(0.0)


def test_a_graph_gives_zero_because_one_branch_uses_x():
    says("02", "graph-meaning", "A path leads through it from $x$, since one of its branches uses")
    says("02", "graph-meaning", "Were both branches flat, the graph would give `None`, too.")
    assert slope_at(tf.function(flat_on_the_left), -1.0).numpy() == 0.0
    assert slope_at(tf.function(flat_on_both_sides), -1.0) is None
    assert slope_at(flat_on_the_left, -1.0) is None


def test_a_graph_runs_without_python_and_without_what_depends_on_python_numbers():
    says("02", "graph", "carries out without asking Python again")
    says("02", "graph", "on Python numbers alone runs while the plan is drawn up")
    ran = []

    @tf.function
    def rounds(x, n):
        ran.append("function")
        for _ in range(3):
            ran.append("Python's loop")
        for _ in tf.range(n):
            ran.append("a tensor's loop")
            x = 2.0 * x
        return x

    assert [rounds(tf.constant(1.0), tf.constant(n)).numpy() for n in (5, 6)] == [32.0, 64.0]
    assert ran.count("function") == ran.count("a tensor's loop") == 1
    assert ran.count("Python's loop") == 3


def chosen(x):
    return [x if x > 0.0 else -x for _ in tf.range(2)]


def doubled(x):
    for _ in tf.range(2):
        while x < 8.0:
            if x > 0.0:
                x = 2.0 * x
    return x


def test_autograph_writes_statements_into_the_graph():
    says("02", "graph", "writes every `if`, `for` and `while` statement that depends on a tensor")
    assert tf.function(doubled)(tf.constant(3.0)).numpy() == 12.0
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        tf.function(chosen)(tf.constant(3.0))


def test_a_tape_notes_only_what_it_watches():
    says("02", "only", "A tape notes each operation on what it watches")
    x, unwatched = tf.Variable(2.0), tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = unwatched * unwatched
    assert tape.gradient(y, x).numpy() == 4.0
    assert tape.gradient(z, unwatched) is None
