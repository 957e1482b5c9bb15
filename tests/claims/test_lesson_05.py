"""What lesson 05 says and no cell of it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers import data
from tests.claims import says

loss_of = keras.losses.BinaryCrossentropy()


def mlp(units=8, **options):
    hidden = keras.layers.Dense(units, activation="tanh", **options)
    last = keras.layers.Dense(1, activation="sigmoid")
    return keras.Sequential([keras.Input((2,)), hidden, last])


def deep(activation, kernel_initializer="glorot_uniform", between=None):
    """Return the lesson's ten hidden layers; ``between`` makes a layer before each activation."""
    values = inputs = keras.Input((2,))
    for _ in range(10):
        values = keras.layers.Dense(8, kernel_initializer=kernel_initializer)(values)
        values = between()(values) if between else values
        values = keras.layers.Activation(activation)(values)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(values))


def residual():
    """Return ten sigmoid layers, each but the first with its input added to its output."""
    values = inputs = keras.Input((2,))
    for number in range(10):
        new = keras.layers.Dense(8, activation="sigmoid")(values)
        values = keras.layers.Add()([new, values]) if number else new
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(values))


def kernels(model):
    return [weight for weight in model.trainable_variables if weight.name == "kernel"]


def norms(model):
    """Return the norm of each kernel's gradient."""
    inputs, labels = data.two_moons()
    with tf.GradientTape() as tape:
        loss = loss_of(labels[:, None], model(inputs, training=True))
    return np.array([tf.norm(gradient) for gradient in tape.gradient(loss, kernels(model))])


def lost(make, seeds=range(2)):
    """Return how many powers of ten the gradient loses from layer 10 to layer 1, for each seed."""
    found = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        size = norms(make())
        found.append(np.log10(size[9] / size[0]))
    return np.array(found)


def test_a_layer_treats_each_row_on_its_own():
    says("05", "stack-rows", "a dense layer treats all rows alike, each on its own")
    layer = keras.layers.Dense(4, activation="relu")
    rows = tf.random.normal((3, 5))
    together = layer(rows).numpy()
    for number, row in enumerate(rows):
        np.testing.assert_allclose(layer(row[None])[0], together[number], atol=1e-6)


def test_the_list_of_layers_is_a_copy():
    says("05", "change-meaning", "`model.layers` is a *copy* of the list")
    model = mlp()
    assert model.layers is not model.layers
    assert model.layers[0] is model.layers[0]


def test_no_straight_line_parts_the_moons():
    """A point of class 1 is inside a triangle of points of class 0, and so on their side."""
    says("05", "moons", "a problem that no straight line solves")
    inputs, labels = data.two_moons()
    upper = inputs[labels == 0]
    left, right, top = upper[:, 0].argmin(), upper[:, 0].argmax(), upper[:, 1].argmax()
    corners = np.hstack([upper[[left, right, top]], np.ones((3, 1))])
    points = np.hstack([inputs, np.ones((400, 1))])
    inside = np.all(points @ np.linalg.inv(corners) > 0, axis=1)  # three parts, all positive
    assert np.any(inside & (labels == 1))


def test_losses_line_the_labels_up():
    says("05", "fit-meaning", "Keras's loss objects do that for you")
    labels, probabilities = np.array([0.0, 1.0, 1.0]), np.array([[0.2], [0.7], [0.4]])
    assert loss_of(labels, probabilities) == loss_of(labels[:, None], probabilities)
    with pytest.raises(ValueError):  # the function does not
        keras.losses.binary_crossentropy(labels, probabilities)


@pytest.mark.claims
@pytest.mark.parametrize("penalty", [None, "l2"])
def test_fit_is_the_tape_for_such_layers_and_not_with_a_penalty(penalty):
    says("05", "fit-meaning", "For layers like these, `fit` is your loop")
    says("05", "work", "a tape of your own needs two words more")
    inputs, labels = data.two_moons()
    by_fit = mlp(kernel_regularizer=penalty)
    by_tape = keras.models.clone_model(by_fit)
    by_tape.set_weights(by_fit.get_weights())
    by_fit.compile(keras.optimizers.SGD(0.5), loss="binary_crossentropy")
    by_fit.fit(inputs, labels, batch_size=400, verbose=0)
    with tf.GradientTape() as tape:
        loss = loss_of(labels[:, None], by_tape(inputs))
    gradients = tape.gradient(loss, by_tape.trainable_variables)
    keras.optimizers.SGD(0.5).apply(gradients, by_tape.trainable_variables)
    same = np.allclose(by_fit.get_weights()[0], by_tape.get_weights()[0], atol=1e-6)
    assert same == (penalty is None)


@pytest.mark.claims
def test_fit_trains_the_layer_that_was_removed():
    says("05", "stuck-changed-meaning", "went on training the layer that you had removed")
    inputs, labels = data.two_moons()
    model = mlp()
    model.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    model.fit(inputs, labels, verbose=0)
    removed = model.layers[-1]
    model.pop()
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    before, new = removed.kernel.numpy(), model.layers[-1].kernel.numpy()
    model.fit(inputs, labels, verbose=0)
    assert np.any(removed.kernel.numpy() != before)
    assert np.all(model.layers[-1].kernel.numpy() == new)
    model.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    before = removed.kernel.numpy()
    model.fit(inputs, labels, verbose=0)
    assert np.all(removed.kernel.numpy() == before)
    assert np.any(model.layers[-1].kernel.numpy() != new)


def test_an_initializer_draws_the_same_numbers_each_time():
    says("05", "vanish-deep-copies", "draws the same numbers every time it is used")
    says("05", "vanish-deep-copies", "a copy, which draws its own numbers unless it has a `seed`")
    initializer = keras.initializers.RandomNormal(stddev=0.35)
    once = initializer((8, 8)).numpy()
    assert np.all(once == initializer((8, 8)).numpy())
    assert np.any(once != initializer.clone()((8, 8)).numpy())
    seeded = keras.initializers.RandomNormal(stddev=0.35, seed=1)
    assert np.all(seeded((8, 8)).numpy() == seeded.clone()((8, 8)).numpy())


def test_the_slopes_decide_and_not_the_weights():
    says("05", "vanish-meaning", "Their weights alone keep its size")
    assert lost(lambda: deep("sigmoid")).min() > 4
    assert np.abs(lost(lambda: deep("linear"))).max() < 1


@pytest.mark.claims
def test_adam_moves_the_first_layers_and_plain_descent_does_not():
    says("05", "vanish-meaning", "With plain gradient descent the first layers hardly move; Adam")
    inputs, labels = data.two_moons()
    moved = {}
    for optimizer in (keras.optimizers.SGD(0.5), keras.optimizers.Adam(0.01)):
        keras.utils.set_random_seed(2)
        model = deep("sigmoid")
        before = kernels(model)[0].numpy()
        model.compile(optimizer, loss="binary_crossentropy")
        model.fit(inputs, labels, epochs=5, verbose=0)
        change = np.linalg.norm(kernels(model)[0].numpy() - before)
        moved[type(optimizer).__name__] = change / np.linalg.norm(before)
    assert moved["SGD"] < 1e-3
    assert moved["Adam"] > 0.05


def arriving(function, spread, width=256):
    """Return the part of a gradient that passes nine layers, with random weights of a spread."""
    values, at = tf.random.normal((100, width)), []
    with tf.GradientTape() as tape:
        tape.watch(values)
        for _ in range(10):
            weights = tf.random.normal((width, width), stddev=spread / np.sqrt(width))
            at.append(values)
            values = function(values @ weights)
        out = tf.reduce_sum(values * tf.random.normal(values.shape))
    first, last = tape.gradient(out, [at[0], at[9]])
    return float(tf.norm(first) / tf.norm(last))


def test_relu_needs_larger_weights():
    says("05", "vanish-meaning", r'its weights must be $\sqrt 2$ times as large (`"he_normal"`)')
    tf.random.set_seed(1)
    assert arriving(tf.nn.relu, 1.0) == pytest.approx(0.5 ** (9 / 2), rel=0.3)
    assert arriving(tf.nn.relu, np.sqrt(2)) == pytest.approx(1.0, rel=0.3)
    assert arriving(tf.identity, 1.0) == pytest.approx(1.0, rel=0.3)
    he = keras.initializers.get("he_normal")((256, 256)).numpy()
    assert he.std() == pytest.approx(np.sqrt(2 / 256), rel=0.02)


def test_small_weights_let_little_in_and_little_back():
    says("05", "repair-starter", "the first ones get little back, and the last ones get little in")
    keras.utils.set_random_seed(6)
    model = deep("tanh", lambda shape, dtype=None: tf.random.normal(shape, stddev=0.05))
    inputs, _ = data.two_moons()
    dense = [layer.output for layer in model.layers if isinstance(layer, keras.layers.Activation)]
    sizes = [float(np.std(out)) for out in keras.Model(model.inputs[0], dense)(inputs)]
    says("05", "repair-hint", "each layer makes the numbers seven times smaller")
    assert (sizes[1] / sizes[9]) ** (1 / 8) == pytest.approx(7, rel=0.2)
    assert norms(model).max() < 1e-6


def test_the_initializer_of_a_layer_without_one():
    says("05", "repair-solution", '"glorot_uniform", used if you name none, has that spread')
    assert isinstance(keras.layers.Dense(8).kernel_initializer, keras.initializers.GlorotUniform)
    drawn = [keras.initializers.GlorotUniform()((8, 8)).numpy() for _ in range(30)]
    assert np.std(drawn) == pytest.approx(0.35, abs=0.02)


def accuracy_of_three_units(seed):
    keras.utils.set_random_seed(seed)
    model = mlp(units=3)
    model.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(*data.two_moons(), epochs=40, verbose=0)
    return model.evaluate(*data.two_moons(points=2000, seed=505), verbose=0)[1]


@pytest.mark.claims
def test_three_units_may_get_stuck():
    says("05", "small-hint", "With three units, an unlucky start can also get stuck")
    found = [accuracy_of_three_units(seed) for seed in (0, 1)]
    assert min(found) < 0.95
    assert max(found) > 0.99


def test_what_keeps_the_gradient_alive_at_work():
    says("05", "work", "even ten sigmoid layers lose less than one power of ten")
    assert np.abs(lost(residual)).max() < 1
    normalised = lost(lambda: deep("sigmoid", between=keras.layers.BatchNormalization))
    assert np.abs(normalised).max() < 1
