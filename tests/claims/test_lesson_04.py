"""What lesson 04 says and no cell of it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from tests.claims import says

X = np.arange(1, 11, dtype=np.float32)
Y = 10 * X + 13


def gradient(p, x, y):
    error = p[0] * x + p[1] - y
    return np.array([np.mean(2 * error * x), np.mean(2 * error)])


def descend(x, y, rate, steps, start=(4.0, 1.0)):
    path = [np.array(start)]
    for _ in range(steps):
        path.append(path[-1] - rate * gradient(path[-1], x, y))
    return np.array(path)


def curvatures(x):
    return np.linalg.eigvalsh(2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]]))


# --- The loop and the loss surface ----------------------------------------------------------------


def test_older_code_means_the_same_class():
    says("04", "model-meaning", "Older code calls it `tf.optimizers.SGD`; it is the same class.")
    assert tf.optimizers.SGD is keras.optimizers.SGD


def test_both_walk_along_the_floor():
    says("04", "surface-meaning", "the floor of the valley, at this $b$, is to the right of 10.")
    says("04", "surface-meaning", "both walked along the floor")
    says("04", "prediction-meaning", "the price per kilometre, which makes up for it")

    def floor(b):
        return np.mean(X * (Y - np.reshape(b, (-1, 1))), axis=1) / np.mean(X * X)  # the best w

    assert floor(1.0) == pytest.approx([11.71], abs=0.01)
    path = descend(X, Y, 0.01, 501)
    across = path[:, 0] - floor(path[:, 1])
    assert abs(across[0]) > 7
    assert np.abs(across[10:]).max() < 0.05


def test_the_largest_curvature_sets_the_limit_of_the_rate():
    says("04", "rates-valley", "each step lands *higher*, on the other side")
    limit = 2 / curvatures(X)[-1]

    def loss(rate):
        w, b = descend(X, Y, rate, 400)[[1, -1]].T
        first, last = np.mean((w[:, None] * X + b[:, None] - Y) ** 2, axis=1)
        return last / first

    assert loss(0.99 * limit) < 1 < loss(1.01 * limit)


def test_a_band_tells_how_steep_it_is_only_beside_others_of_the_same_shade():
    says("04", "rates-meaning", "follow one shade. Where its band is narrow, the loss is steep")
    says("04", "recap", "where one shade is narrow, it is steep; where wide, flat")
    across, along = curvatures(X)[::-1]

    def band(curvature, low):  # from the bottom, the loss is curvature · distance² / 2
        inner, outer = np.sqrt(2 * np.array([low, 2.68 * low]) / curvature)
        return outer - inner, curvature * inner  # its width and its slope

    for low in (1.0, 50.0, 1000.0):
        assert band(across, low)[0] < band(along, low)[0]
        assert band(across, low)[1] > band(along, low)[1]
    assert band(across, 50.0)[0] > band(across, 1.0)[0]  # wider, of a different shade,
    assert band(across, 50.0)[1] > band(across, 1.0)[1]  # and steeper


def test_standardising_takes_the_units_out_but_not_the_correlation():
    says("04", "exact-several", "standardise each column (`axis=0`). That takes the units out")
    says("04", "exact-several", "leave the curvatures $2(1 + \\rho)$ and $2(1 - \\rho)$")
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(2, 1000))

    def of(table, **how):
        table = (table - table.mean(**how)) / table.std(**how)
        X = np.column_stack([table, np.ones(len(table))])
        return np.linalg.eigvalsh(2 * X.T @ X / len(X)), np.corrcoef(table.T)[0, 1]

    for share in (0.1, 2.0, 10.0):
        table = np.column_stack([one, 5000 * (share * one + other)])
        found, rho = of(table, axis=0)
        assert found == pytest.approx(sorted([2 * (1 - rho), 2.0, 2 * (1 + rho)]))
        assert of(table)[0][-1] / of(table)[0][0] > 1e5  # without the axis


# --- Shapes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exchanged", "column", "w", "b"),
    [(True, False, 1e9, -1e9), (True, True, 1e9, -1e9), (False, False, 0, 68)],
)
def test_one_bug_hides_the_other(exchanged, column, w, b):
    says("04", "find-starter", "There are two of them, and one hides the other.")
    x = ((X - X.mean()) / X.std())[:, None]
    p = np.zeros(2)
    for _ in range(100):
        error = x * p[0] + p[1] - (Y[:, None] if column else Y)
        slope_w, slope_b = np.mean(2 * error * x), np.mean(2 * error)
        p = p - 0.1 * np.array([slope_b, slope_w] if exchanged else [slope_w, slope_b])
    if exchanged:
        assert abs(p[0]) > w and abs(p[1]) > abs(b)
    else:
        assert p == pytest.approx([w, b], abs=0.01)


def fitted(loss, x=X[:, None], epochs=3, start=(4.0, 1.0), **compiled):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[start[0]]]), np.array([start[1]])])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss=loss, **compiled)
    history = model.fit(x, Y, batch_size=10, epochs=epochs, verbose=0).history
    return [float(weight.item()) for weight in model.get_weights()], history


def my_mse(y, prediction):
    return tf.reduce_mean(tf.square(prediction - y))


@pytest.mark.claims
def test_fit_lines_up_shapes_for_a_loss_and_not_for_a_metric():
    says("04", "keras", "(`fit` would add the axis if you forgot it)")
    says("04", "keras-meaning", "`fit` lines the two up for its loss, also for a function of your")
    says("04", "keras-meaning", "Keras's own losses do so on your tape, too. Nobody does so for a")
    says("04", "keras-meaning", "loss of yours on your tape, nor for a metric of yours")
    column, aligned = Y[:, None] + 1, pytest.approx(1.0)
    for of_keras in (keras.losses.MeanSquaredError(), keras.losses.mean_squared_error):
        assert np.mean(of_keras(Y, column)) == aligned
    assert my_mse(Y, column).numpy() == pytest.approx(1651.0)
    ours = descend(X, Y, 0.01, 3)[-1]
    for loss, x in (("mse", X[:, None]), ("mse", X), (my_mse, X[:, None])):
        assert fitted(loss, x)[0] == pytest.approx(ours, rel=1e-5)
    _, history = fitted("mse", epochs=1, start=(10.0, 13.0), metrics=[my_mse])
    assert history["loss"][0] == pytest.approx(0.0, abs=1e-6)
    assert history["my_mse"][0] == pytest.approx(1650.0)


# --- Mini-batches ---------------------------------------------------------------------------------

RNG = np.random.default_rng(4)
DISTANCE = RNG.uniform(1.0, 20.0, size=200)
NOISY_X = (DISTANCE - DISTANCE.mean()) / DISTANCE.std()
NOISY_Y = 10 * DISTANCE + 13 + RNG.normal(scale=8.0, size=200)


def test_four_times_the_rides_halve_the_noise_of_small_batches():
    says("04", "noise-meaning", "By about 2, the root of 4: rides may be drawn twice here.")
    says("04", "noise-meaning", "In an epoch none is, and it holds while batches are small")
    errors = 2 * (50 * NOISY_X + 120 - NOISY_Y) * NOISY_X
    rng = np.random.default_rng(1)

    def gain(slopes, replace=False, count=4000):  # an epoch draws no ride twice
        of_20, of_80 = (
            np.std([rng.choice(slopes, size, replace=replace).mean() for _ in range(count)])
            for size in (20, 80)
        )
        return of_20 / of_80

    assert gain(errors, replace=True) == pytest.approx(2.0, abs=0.1)
    assert gain(np.tile(errors, 20)) == pytest.approx(2.0, abs=0.1)
    assert gain(errors) > 2.25


@pytest.mark.parametrize("start", [(0.0, 0.0), (50.0, 120.0)])
def test_four_small_steps_lead_farther_at_the_same_rate(start):
    says("04", "noise-meaning", "At the same rate, four steps with 20 rides each lead farther than")
    says("04", "noise-meaning", "at four times the rate, the one step catches up (lesson 14)")
    rng, best = np.random.default_rng(2), np.polyfit(NOISY_X, NOISY_Y, 1)
    losses = []
    for _ in range(300):
        four, rows = np.array(start), rng.permutation(200)[:80]
        for part in rows.reshape(4, 20):
            four = four - 0.1 * gradient(four, NOISY_X[part], NOISY_Y[part])
        slope = gradient(start, NOISY_X[rows], NOISY_Y[rows])
        ends = four, start - 0.1 * slope, start - 0.4 * slope
        losses.append([np.sum((end - best) ** 2) for end in ends])
    four, one, larger = np.transpose(losses)
    assert np.mean(four < one) > 0.99
    assert larger.mean() < four.mean()


def test_a_falling_rate_lets_the_noise_fade():
    says("04", "at-work", "lowers the rate, so that the noise of the batches fades")
    best = np.polyfit(NOISY_X, NOISY_Y, 1)

    def off(schedule):
        rng, p, distances = np.random.default_rng(3), best, []
        for step in range(2000):
            rows = rng.integers(200, size=20)
            p = p - schedule(step) * gradient(p, NOISY_X[rows], NOISY_Y[rows])
            distances.append(np.linalg.norm(p - best))
        return np.mean(distances[-200:])

    assert off(lambda step: 0.1 / (1 + step / 20)) < 0.3 * off(lambda step: 0.1)


# --- At work --------------------------------------------------------------------------------------


def test_momentum_shortens_the_long_valley():
    says("04", "at-work", "zigzags cancel and steps along the valley add up")

    def loss(rate, keep):  # as keras.optimizers.SGD(rate, momentum=keep) steps
        p, step = np.array([4.0, 1.0]), 0.0
        for _ in range(501):
            step = keep * step - rate * gradient(p, X, Y)
            p = p + step
        return np.mean((p[0] * X + p[1] - Y) ** 2)

    assert loss(0.01, 0.9) < 1e-6
    assert loss(0.01, 0.0) == pytest.approx(0.38, abs=0.01)
    assert loss(0.03, 0.9) < 1e-6 < loss(0.03, 0.0)  # the zigzags that threw plain descent out


def test_adam_moves_both_by_its_rate():
    says("04", "at-work", "also gives each parameter a step size of its own")
    for optimizer, line in (
        (keras.optimizers.Adam(0.1), [4.1, 1.1]),  # where the slopes are −594 and −90
        (keras.optimizers.SGD(0.01), [9.94, 1.9]),
    ):
        w, b = tf.Variable(4.0), tf.Variable(1.0)
        slopes = gradient((4.0, 1.0), X, Y)
        optimizer.apply([tf.constant(slope, tf.float32) for slope in slopes], [w, b])
        assert [float(w), float(b)] == pytest.approx(line, abs=1e-3)


def test_tools_for_scales_and_shapes():
    says("04", "at-work", "the *training* data: `keras.layers.Normalization`")
    says("04", "at-work", "for shapes, `tf.debugging.assert_shapes`")
    layer = keras.layers.Normalization()
    layer.adapt(X[:, None])
    new = np.array([[3.5], [13.0]], np.float32)
    np.testing.assert_allclose(layer(new), (new - X.mean()) / X.std(), rtol=1e-5)
    tf.debugging.assert_shapes([(Y, ("n",)), (X, ("n",))])
    with pytest.raises(ValueError, match="rank"):
        tf.debugging.assert_shapes([(Y, ("n",)), (Y[:, None], ("n",))])
