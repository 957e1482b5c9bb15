"""What lesson 06 says and no cell of it shows."""

import functools
import time
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import says

SPARSE = "sparse_categorical_crossentropy"
loss_of = keras.losses.SparseCategoricalCrossentropy()


@functools.cache
def images():
    """Return (inputs, labels) by their part: "training", "validation", "test" and, raw, "raw"."""
    (x, y), (x_test, y_test) = load_fashion_mnist()
    x, x_test = x.astype("float32"), x_test.astype("float32")
    y, y_test = y.astype("int32"), y_test.astype("int32")
    return {
        "training": (x[:54_000] / 255, y[:54_000]),
        "validation": (x[54_000:] / 255, y[54_000:]),
        "test": (x_test / 255, y_test),
        "raw training": (x[:54_000], y[:54_000]),
        "raw validation": (x[54_000:], y[54_000:]),
    }


def network():
    layers = [keras.layers.Flatten(), keras.layers.Dense(128, "relu")]
    return keras.Sequential([keras.Input((28, 28)), *layers, keras.layers.Dense(10, "softmax")])


def train(model, epochs, part="training", rate=0.001, batch=128):
    x, y = map(tf.constant, images()[part])
    epoch = new_epoch(new_step(model, keras.optimizers.Adam(rate), loss_of), x, y)
    return [float(epoch(shuffled(len(x), batch))) for _ in range(epochs)]


@functools.cache
def trained(seed, part="training"):
    """Return a network after five epochs, and the loss that `fit` would report in each."""
    keras.utils.set_random_seed(seed)
    model = network()
    return model, train(model, 5, part)


def judged(model, part):
    """Return the confidence, whether each image is right, and the loss."""
    x, y = images()[part]
    p = model(x).numpy()
    loss = -np.log(p[np.arange(len(y)), y] + 1e-30).mean()
    return p.max(axis=1), p.argmax(axis=1) == y, loss


SEEDS = 0, 1, 3


def test_probabilities_are_clipped_and_logits_are_not():
    says(
        "06",
        "model-loss-meaning",
        "Keras clips the probabilities it is given to at least $10^{-7}$",
    )
    says("06", "model-loss-meaning", "it takes the ten numbers $z$ from before the model's softmax")
    for p in (1e-8, 0.0):
        loss = float(loss_of(np.array([0]), np.array([[p, 1 - p]])))
        assert loss == pytest.approx(-np.log(1e-7), abs=1e-3)
    probabilities = keras.layers.Softmax()(tf.constant([[0.0, 100.0]]))
    assert float(loss_of(np.array([0]), probabilities)) == pytest.approx(100)


@pytest.mark.claims
def test_random_weights_cost_more_than_no_preference():
    says("06", "untrained-meaning", "that costs more than preferring none")
    x, y = (part[:2000] for part in images()["training"])
    for seed in range(5):
        keras.utils.set_random_seed(seed)
        model = network()
        assert np.log(10) < float(loss_of(y, model(x))) < np.log(10) + 0.6
        z = model.layers[0](x), model.layers[0](255 * x)
        small, large = (model.layers[1](part) @ model.layers[2].kernel for part in z)
        says("06", "untrained-unscaled-meaning", "Numbers 255 times as large go into the softmax")
        np.testing.assert_allclose(large, 255 * small, rtol=1e-3, atol=1e-2)


@pytest.mark.claims
def test_unscaled_images_are_learned_worse():
    says("06", "untrained-unscaled-meaning", "about 82 % of the validation images right")
    models = [trained(seed, "raw training")[0] for seed in range(2)]
    shares = [judged(model, "raw validation")[1].mean() for model in models]
    assert np.mean(shares) == pytest.approx(0.82, abs=0.01)
    assert judged(trained(0)[0], "validation")[1].mean() == pytest.approx(0.88, abs=0.01)


@pytest.mark.claims
def test_a_larger_batch_makes_a_faster_epoch():
    says("06", "training-about", "A larger batch means fewer updates in an epoch, and a faster one")
    x, y = (part[:10_000] for part in images()["training"])
    model = network()
    model.compile("adam", SPARSE)
    seconds = {}
    for size in (128, 32, 128, 32):  # the first two trace the graph
        started = time.process_time()
        model.fit(x, y, batch_size=size, verbose=0)
        seconds[size] = time.process_time() - started
    assert seconds[128] < 0.7 * seconds[32]


def test_validation_split_takes_the_last_tenth():
    says("06", "training-about", "takes the *last* tenth, before it shuffles")
    x = np.ones((50, 1), "float32")
    y = np.arange(50.0)[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.0), loss="mse")
    found = model.fit(x, y, validation_split=0.1, verbose=0).history["val_loss"][0]
    assert found == pytest.approx(np.mean(y[45:] ** 2))


@pytest.mark.claims
def test_the_figure_hides_half_of_the_gap():
    says("06", "training-overfitting", "the figure hides about half of it")
    for seed in SEEDS:
        model, reported = trained(seed)
        *_, training = judged(model, "training")
        *_, validation = judged(model, "validation")
        assert 0.02 < validation - training < 0.06
        assert 0.3 < (validation - reported[-1]) / (validation - training) < 0.7


@functools.cache
def overtrained():
    """Return validation losses after 5, 15 and 30 epochs, and the last network."""
    keras.utils.set_random_seed(0)
    model, found = network(), {}
    x, y = map(tf.constant, images()["training"])
    epoch = new_epoch(new_step(model, keras.optimizers.Adam(), loss_of), x, y)
    for number in range(1, 31):
        epoch(shuffled(len(x), 128))
        if number in (5, 15, 30):
            found[number] = judged(model, "validation")[2]
    return found, model


@pytest.mark.claims
def test_more_epochs_help_and_many_more_do_not():
    says("06", "training-overfitting", "more epochs would help")
    says("06", "training-overfitting", "the validation loss begins to rise while")
    losses, _ = overtrained()
    assert losses[15] < losses[5] - 0.01
    assert losses[30] > losses[15] + 0.01


@pytest.mark.claims
def test_longer_training_makes_overconfident_and_a_temperature_repairs_it():
    says("06", "honest-meaning", "as networks become that train for longer")
    says("06", "work", "divides the logits by one number, fitted to the validation images")
    _, model = overtrained()

    def excess(temperature):
        x, y = images()["test"]
        p = tf.nn.softmax(tf.math.log(model(x) + 1e-30) / temperature).numpy()
        return p.max(axis=1).mean() - np.mean(p.argmax(axis=1) == y)

    x, y = images()["validation"]
    logits = tf.math.log(model(x) + 1e-30)
    temperatures = np.linspace(0.5, 3, 26, dtype="float32")
    costs = [loss_of(y, tf.nn.softmax(logits / t).numpy()) for t in temperatures]
    assert excess(1.0) > 0.02  # from there on the figure's title says so
    assert abs(excess(temperatures[np.argmin(costs)])) < 0.5 * excess(1.0)
    confidence, right, _ = judged(trained(0)[0], "test")
    assert abs(confidence.mean() - right.mean()) < 0.02


@pytest.mark.claims
def test_the_test_images_are_harder_without_any_choice():
    says("06", "better-question", "These test images are a little harder")
    says("06", "evaluation-meaning", "A different seed moves it by a few thousandths, too")
    tested = [judged(trained(seed)[0], "test")[1].mean() for seed in SEEDS]
    held_out = [judged(trained(seed)[0], "validation")[1].mean() for seed in SEEDS]
    assert np.min(np.subtract(held_out, tested)) > 0.002
    assert 0.001 < np.ptp(tested) < 0.008


@pytest.mark.claims
def test_between_50_and_60_percent_for_other_seeds():
    says("06", "honest-diagram", "Networks with the seeds 0, 1 and 3 get 0.53 to 0.57")
    for seed in SEEDS:
        confidence, right, _ = judged(trained(seed)[0], "test")
        unsure = (confidence > 0.5) & (confidence < 0.6)
        assert 0.51 < right[unsure].mean() < 0.59
        chance = np.sqrt(0.55 * 0.45 / unsure.sum())
        assert abs(right[unsure].mean() - confidence[unsure].mean()) < 2.5 * chance


@pytest.mark.claims
def test_which_classes_are_overconfident_depends_on_the_seed():
    says("06", "honest-classes-meaning", "A different seed moves them to different classes.")
    x, y = images()["test"]
    differences = []
    for seed in SEEDS:
        p = trained(seed)[0](x).numpy()
        called = [p.argmax(axis=1) == label for label in range(10)]
        right, confidence = p.argmax(axis=1) == y, p.max(axis=1)
        differences.append([right[c].mean() - confidence[c].mean() for c in called])
    shirt, coat = np.array(differences)[:, [6, 4]].T
    assert shirt.min() < -0.01 < 0.01 < shirt.max()
    assert coat.min() < -0.04  # the lesson's network has it above 0


@pytest.mark.claims
def test_keras_finds_the_logits_and_warns():
    says("06", "twice-question", "it takes the logits from before the model's softmax, and warns")
    x, y = (part[:640] for part in images()["training"])
    found = {}
    for from_logits in (False, True):
        keras.utils.set_random_seed(2)
        model = network()
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found[from_logits] = model.fit(x, y, verbose=0).history["loss"]
        warned = any("from_logits=True" in str(one.message) for one in caught)
        assert warned == from_logits
    assert found[True] == found[False]
    twice = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    label, p = np.array([1]), tf.nn.softmax([[0.0, 3.0]]).numpy()  # an array holds no logits
    assert twice(label, p) > loss_of(label, p) + 0.1


def test_adam_makes_the_file_three_times_as_large(tmp_path):
    says("06", "keep-adam", "besides each parameter, Adam keeps two numbers")
    sizes = {}
    for name in ("sgd", "adam"):
        model = network()
        model.compile(name, SPARSE)
        model.optimizer.build(model.trainable_variables)
        model.save(tmp_path / f"{name}.keras")
        sizes[name] = (tmp_path / f"{name}.keras").stat().st_size
    assert sizes["sgd"] == pytest.approx(4 * 101_770, rel=0.1)
    assert sizes["adam"] == pytest.approx(3 * 4 * 101_770, rel=0.1)


@pytest.mark.claims
def test_a_better_network_gets_half_a_point_less_in_the_end():
    says("06", "better-question", "That is about half a point lower.")
    lower = []
    for seed in SEEDS[:2]:
        model = network()
        model.set_weights(trained(seed)[0].get_weights())
        keras.utils.set_random_seed(seed)
        for rate, epochs in ((0.002, 3), (0.0002, 1)):
            train(model, epochs, rate=rate, batch=256)
        validation, test = (judged(model, part)[1].mean() for part in ("validation", "test"))
        lower.append(validation - test)
    assert np.mean(lower) == pytest.approx(0.005, abs=0.003)


def test_the_callbacks_keep_the_best_weights_if_told_to(tmp_path):
    says("06", "work", "`ModelCheckpoint(…, save_best_only=True)` stop in time and keep the best")
    model, path = network(), tmp_path / "best.weights.h5"
    options = {"monitor": "loss", "save_weights_only": True}
    model.compile("sgd", SPARSE)
    kept = {}
    for best in (True, False):
        checkpoint = keras.callbacks.ModelCheckpoint(path, save_best_only=best, **options)
        checkpoint.set_model(model)
        for loss in (1.0, 2.0):
            model.layers[-1].bias.assign(tf.fill(10, loss))
            checkpoint.on_epoch_end(int(loss), {"loss": loss})
        model.load_weights(path)
        kept[best] = float(model.layers[-1].bias[0])
    assert kept == {True: 1.0, False: 2.0}


@pytest.mark.claims
def test_a_smaller_rate_at_the_end_helps():
    says("06", "better-hint", "Adam's default learning rate is `0.001`")
    assert float(keras.optimizers.Adam().learning_rate) == pytest.approx(0.001)
    says("06", "better-hint", "with a tenth of that rate")
    ends = {rate: [] for rate in (0.001, 0.0001)}
    for rate, losses in ends.items():
        for seed in SEEDS[:2]:
            model = network()
            model.set_weights(trained(seed)[0].get_weights())
            keras.utils.set_random_seed(seed)
            train(model, 2, rate=rate, batch=256)
            losses.append(judged(model, "validation")[2])
    assert np.mean(ends[0.0001]) < np.mean(ends[0.001]) - 0.002


def test_a_model_that_scales_takes_raw_images():
    says("06", "work", "`keras.layers.Rescaling(1 / 255)` as its first layer")
    model = network()
    raw = keras.Sequential([keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), model])
    x = np.random.default_rng(1).integers(0, 256, (20, 28, 28)).astype("float32")
    np.testing.assert_allclose(raw(x), model(x / 255), atol=1e-6)
