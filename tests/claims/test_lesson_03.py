"""What lesson 03 says and no cell of it shows."""

import resource
import time

import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
import check
from tests.claims import says


def rosenbrock(p):
    return (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2


def gradient_and_hessian(x, y):
    gradient = [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
    return np.array(gradient), np.array([[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]])


def hessian_times(loss_of, p, v):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = loss_of(p)
        along_v = tf.reduce_sum(inner.gradient(loss, p) * v)
    return outer.gradient(along_v, p)


def test_a_zero_that_is_asked_for_hides_a_tape_asked_too_late():
    says("03", "line-meaning", "after the mistake above you would get the same zero instead of 6.")
    x = tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape(persistent=True) as inner:
            y = x**3
        heard = inner.gradient(y, x)
    too_late = inner.gradient(y, x)
    assert outer.gradient(too_late, x, unconnected_gradients="zero").numpy() == 0.0
    assert outer.gradient(heard, x, unconnected_gradients="zero").numpy() == 6.0


def test_why_none_tells_the_two_causes_apart(capsys):
    says("03", "line-meaning", "and `check.why_none` tells them apart")

    def why(f, late):
        def second(x):
            with tf.GradientTape() as outer:
                with tf.GradientTape() as inner:
                    y = f(x)
                slope = None if late else inner.gradient(y, x)
            return outer.gradient(inner.gradient(y, x) if late else slope, x)

        check.why_none(second, tf.Variable(1.0))
        return capsys.readouterr().out

    too_late, constant = why(lambda x: x**3, True), why(lambda x: 3.0 * x, False)
    assert "outside" in too_late and "outside" not in constant
    assert "the same for every x" in constant and "same" not in too_late


def derivatives(f, x, order, unconnected="zero"):
    if order == 0:
        return [f(x)]
    with tf.GradientTape() as tape:
        values = derivatives(f, x, order - 1, unconnected)
    return [*values, tape.gradient(values[-1], x, unconnected_gradients=unconnected)]


def test_the_derivatives_of_a_polynomial_end_in_zeros():
    says("03", "taylor", "Once a derivative is constant, section 2's zero is the right answer")
    x = tf.Variable(2.0)
    assert np.array(derivatives(lambda x: x * x * x, x, 5)).tolist() == [8, 12, 12, 6, 0, 0]
    with pytest.raises((TypeError, AttributeError)):
        derivatives(lambda x: x * x * x, x, 5, "none")


@pytest.mark.claims
def test_jacobian_builds_a_graph_at_each_call():
    says("03", "hessian-meaning", "at each call TensorFlow builds a small graph for it.")
    says("03", "hessian-meaning", "Section 5 shows how to build it once.")
    says("03", "descent", "`@tf.function`, from lesson 02, builds one graph for each loss")
    in_a_graph = []

    @tf.custom_gradient
    def double(x):
        def slope(upstream):  # Python runs this where TensorFlow differentiates
            in_a_graph.append(tf.inside_function())
            return 2.0 * upstream

        return 2.0 * x, slope

    def doubled(p):
        return double(p)

    def jacobian(loss_of, p):
        with tf.GradientTape() as tape:
            y = loss_of(p)
        return tape.jacobian(y, p)

    p, compiled = tf.Variable([1.0, 2.0]), tf.function(jacobian)
    for _ in range(2):
        jacobian(doubled, p)
    assert in_a_graph == [True, True]
    for _ in range(2):
        compiled(doubled, tf.Variable([3.0, 4.0]))
    assert compiled.experimental_get_tracing_count() == 1
    compiled(tf.sin, p)
    assert compiled.experimental_get_tracing_count() == 2


# --- Descent in Rosenbrock's valley, in float64 ---------------------------------------------------


def walk(rate, steps, start=(1.2, 1.2)):
    (x, y), path = start, []
    for _ in range(steps):
        slopes = -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)
        x, y = x - rate * slopes[0], y - rate * slopes[1]
        path.append((x, y))
    return np.array(path)


@pytest.mark.parametrize("start", [(1.2, 1.2), (1.01, 1.01)])
def test_a_walk_settles_at_the_bottom_below_the_largest_stable_rate_alone(start):
    says("03", "descent-predict", "grows near the bottom, for $|-1.1| > 1$: the walk cannot settle")
    says("03", "descent-predict", "The largest stable rate is 2 / 1001.6")
    says("03", "recap", "The largest stable learning rate, with the Hessian at the bottom")
    settled = walk(0.00199, 20_000, start)[-1]
    assert np.abs(settled - 1).max() < 1e-6
    assert np.abs(walk(0.0021, 20_000, start)[-500:] - 1).max(axis=1).min() > 0.02
    _, elsewhere = gradient_and_hessian(1.2, 1.2)
    assert 2 / np.linalg.eigvalsh(elsewhere)[-1] < 0.0017  # it would forbid the lesson's own rate


def test_the_zigzag_comes_from_a_rate_above_one_over_the_curvature():
    says("03", "descent-predict", "its sign flips at each step")

    def sides(rate):
        path = walk(rate, 5, (0.99, 1.005))
        return np.sign(path[:, 1] - path[:, 0] ** 2).tolist()

    for rate in (1.5 / 1001.6, 0.0017):
        assert sides(rate) == [-1, 1, -1, 1, -1]
    assert sides(0.9 / 1001.6) == [1, 1, 1, 1, 1]


def test_each_halving_of_the_distance_along_the_valley_takes_a_thousand_steps():
    says("03", "descent-meaning", "After 20 steps most of the distance along the valley is still")
    says("03", "descent-meaning", "each halving of it takes a thousand more")
    along = np.abs((walk(0.0017, 5001) - 1) @ [0.447, 0.894])
    assert 0.6 < along[19] / 0.268 < 0.8
    for steps in (20, 1000, 2000, 3000):
        halved = np.argmax(along < along[steps] / 2) - steps
        assert 900 < halved < 1150


def test_newton_finds_hilltops_and_overshoots():
    says("03", "descent-meaning", "It looks for slope 0, and a hilltop has slope 0 too.")
    says("03", "descent-meaning", "which bends upward everywhere, it leads from $x$ to $-x^3$.")
    says("03", "descent-meaning", "at its best where the curvature hardly changes")

    def newton(f, x):
        x = tf.Variable(x, dtype=tf.float64)
        _, slope, curvature = derivatives(f, x, 2)
        return float(x - slope / curvature)

    hill = lambda x: x * x * x - 3.0 * x  # noqa: E731
    assert newton(hill, newton(hill, -0.8)) == pytest.approx(-1, abs=0.01)
    for x in (0.5, 2.0, -3.0):
        assert newton(lambda x: tf.sqrt(1.0 + x * x), x) == pytest.approx(-(x**3))
        assert newton(lambda x: 3.0 * x * x - x, x) == pytest.approx(1 / 6)


# --- Hessian-vector products ----------------------------------------------------------------------


def test_a_vector_that_depends_on_p_adds_its_own_slopes():
    says("03", "product-idea", "(A $v$ that is computed from $p$ has slopes of its own: wrap it in")
    p = tf.Variable([1.0, 2.0])

    def product(hold):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                loss = rosenbrock(p)
            gradient = inner.gradient(loss, p)
            along_v = tf.reduce_sum(gradient * hold(gradient))
        return outer.gradient(along_v, p)

    gradient, hessian = gradient_and_hessian(1.0, 2.0)
    truth = hessian @ gradient
    np.testing.assert_allclose(product(tf.stop_gradient), truth, rtol=1e-5)
    np.testing.assert_allclose(product(tf.identity), 2 * truth, rtol=1e-5)


def test_a_million_weights_take_less_than_a_second_and_some_hundred_megabytes():
    says("03", "product-check", "That takes less than a second and about a hundred megabytes.")

    def chain(p):
        return tf.reduce_sum((1.0 - p[:-1]) ** 2 + 100.0 * (p[1:] - p[:-1] ** 2) ** 2)

    hessian_times(chain, tf.Variable(tf.ones(10)), tf.ones(10))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    million, start = tf.Variable(tf.ones(1_000_000)), time.process_time()
    hessian_times(chain, million, tf.ones(1_000_000)).numpy()
    assert time.process_time() - start < 1.0
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 200


def test_conjugate_gradients_and_forward_over_reverse():
    says("03", "at-work", "solve for the step with Hessian-vector products alone")
    says("03", "at-work", "which `tf.autodiff.ForwardAccumulator` around a tape gives, too")
    p = tf.Variable([-0.5, 1.5])
    gradient, hessian = gradient_and_hessian(*p.numpy())
    gradient = tf.constant(gradient, tf.float32)
    with tf.autodiff.ForwardAccumulator(p, gradient) as accumulator:
        with tf.GradientTape() as tape:
            loss = rosenbrock(p)
        forward = tape.gradient(loss, p)
    product = hessian_times(rosenbrock, p, gradient)
    np.testing.assert_allclose(accumulator.jvp(forward), product, rtol=1e-5)

    step, left = tf.zeros(2), gradient
    direction = left
    for _ in range(2):  # as many as dimensions
        product = hessian_times(rosenbrock, p, direction)
        length = tf.tensordot(left, left, 1) / tf.tensordot(direction, product, 1)
        step, rest = step + length * direction, left - length * product
        direction = rest + tf.tensordot(rest, rest, 1) / tf.tensordot(left, left, 1) * direction
        left = rest
    np.testing.assert_allclose(step, np.linalg.solve(hessian, gradient), rtol=1e-3)
