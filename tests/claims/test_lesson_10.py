"""What lesson 10 says and no cell of it shows."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import plotting
from helpers.data import load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import run, says


def conv2d(image, w, **options):
    """Slide a filter, or several, over an image of shape (rows, columns, channels)."""
    options = {"strides": 1, "padding": "VALID"} | options
    return tf.nn.conv2d(tf.constant(image[None], tf.float32), tf.constant(w, tf.float32), **options)


@pytest.mark.parametrize("n", [7, 8, 28])
@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("p", [0, 1, 2])
@pytest.mark.parametrize("s", [1, 2, 3])
def test_a_filter_fits_in_as_many_ways_as_the_formula_says(n, k, p, s):
    says("10", "filter-tf", r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1")
    padding = [[0, 0], [p, p], [p, p], [0, 0]]
    response = conv2d(np.ones((n, n, 1)), np.ones((k, k, 1, 1)), strides=s, padding=padding)
    assert response.shape[1] == (n + 2 * p - k) // s + 1


def test_mathematicians_turn_the_filter_round():
    says("10", "filter-meaning", "Mathematicians turn the filter round first")
    row, w = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 0.0, -2.0])
    ours = conv2d(row[None, :, None], w[None, :, None, None])[0, 0, :, 0]
    assert np.allclose(ours, np.correlate(row, w, "valid"))
    assert np.allclose(ours, np.convolve(row, w[::-1], "valid"))
    assert not np.allclose(ours, np.convolve(row, w, "valid"))


def test_pixels_without_ink_give_their_weights_no_gradient():
    says("10", "gradient-learn-meaning", "those of the pixels without ink would get no gradient")
    x, layer = tf.constant([[0.0, 0.5, 0.0, 1.0]]), keras.layers.Dense(3)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((layer(x) - 1) ** 2)
    by_kernel = tape.gradient(loss, layer.kernel).numpy()
    assert (by_kernel.any(axis=1) == [False, True, False, True]).all()


def test_the_way_back_is_a_transposed_convolution():
    says("10", "spread-question", "the operation is called **transposed convolution**")
    rng = np.random.default_rng(1)
    upstream, w = rng.normal(size=(1, 4, 6, 1)), rng.normal(size=(3, 3, 1, 1))
    image = tf.zeros((1, 6, 8, 1), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(upstream * tf.nn.conv2d(image, w, 1, "VALID"))
    back = tf.nn.conv2d_transpose(upstream, w, (1, 6, 8, 1), 1, "VALID")
    assert np.allclose(tape.gradient(total, image), back)


def test_a_filter_adds_up_over_the_channels():
    says("10", "layers", r"\sum_{c} w_{abcd} \cdot \text{image}_{i+a,\,j+b,\,c}")
    rng = np.random.default_rng(2)
    image, w = rng.normal(size=(5, 6, 4)), rng.normal(size=(3, 3, 4, 2))
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), axis=(0, 1))
    assert np.allclose(conv2d(image, w)[0], np.einsum("ijcab,abcd->ijd", windows, w), atol=1e-5)
    one = rng.normal(size=(1, 1, 4, 2))
    says("10", "at-work", "Filters of 1 × 1 mix channels only")
    assert np.allclose(conv2d(image, one)[0], image @ one[0, 0], atol=1e-5)


def test_a_value_after_two_convolutions_and_pools_sees_ten_pixels():
    says("10", "layers-count", "3 after one convolution, 4 after its pool, then 8, then 10")
    rng, sees = np.random.default_rng(3), []
    x = tf.constant(rng.uniform(size=(1, 28, 28, 1)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, middles = x, []
        for channels in (1, 1):
            y = tf.nn.conv2d(y, tf.ones((3, 3, channels, 1)), 1, "SAME")
            middles.append(y[0, y.shape[1] // 2, y.shape[2] // 2, 0])
            y = tf.nn.avg_pool2d(y, 2, 2, "VALID")
            middles.append(y[0, y.shape[1] // 2, y.shape[2] // 2, 0])
    for middle in middles:
        sees.append(int(tf.reduce_any(tape.gradient(middle, x) != 0, axis=2).numpy().sum()))
    assert sees == [3, 4, 8, 10]


def pooled(bias, *end):
    """Return the lesson's pooled network, untrained, without or with biases that are not 0."""
    options = {"padding": "same", "activation": "relu", "use_bias": bias}
    start = [keras.Input((28, 28, 1)), keras.layers.ZeroPadding2D((0, 8))]
    for filters in (8, 16):
        conv = keras.layers.Conv2D(filters, 3, bias_initializer="random_normal", **options)
        start += [conv, keras.layers.MaxPooling2D(2)]
    third = keras.layers.Conv2D(64, 3, bias_initializer="random_normal", **options)
    return keras.Sequential([*start, third, keras.layers.GlobalMaxPooling2D(), *end])


@pytest.mark.parametrize("bias", [False, True])
def test_without_a_bias_no_filter_can_tell_where_the_image_ends(bias):
    says("10", "train-blank-meaning", "An empty area stays 0 in every layer")
    says("10", "train-blank-meaning", "no filter can tell where the image ends")
    images = np.zeros((20, 28, 28, 1), np.float32)
    images[:, :, :20] = np.random.default_rng(5).uniform(size=(20, 28, 20, 1))
    keras.utils.set_random_seed(4)
    network, moved = pooled(bias), np.roll(images, 8, axis=2)
    assert np.any(network(np.zeros((1, 28, 28, 1)))) == bias
    assert np.allclose(network(images), network(moved), atol=1e-6) == (not bias)


def test_batch_normalisation_makes_the_bias_before_it_useless():
    says("10", "at-work", "**batch normalisation** after each convolution, which then needs no")
    x = tf.random.normal((50, 4), seed=6)
    normalise = keras.layers.BatchNormalization()
    there, shifted = normalise(x, training=True), normalise(x + 3.0, training=True)
    assert np.allclose(there, shifted, atol=1e-5)


@pytest.fixture(scope="module")
def lesson():
    """Return the data and the functions of sections 1 and 4."""
    names = {"keras": keras, "np": np, "tf": tf, "plotting": plotting}
    names |= {"load_fashion_mnist": load_fashion_mnist, "shuffled": shuffled}
    names |= {"new_epoch": new_epoch, "new_step": new_step}
    cells = ("shift-data", "shift-train-function", "shift-dense", "shift-move-function")
    return run("10", *cells, "layers-network", **names)


@pytest.mark.claims
@pytest.mark.parametrize("seed", [3, 4])
def test_two_other_seeds_say_the_same(lesson, seed):
    x, labels = lesson["held_out"], lesson["held_out_labels"]
    jittered = lesson["x_train"].numpy()
    for first, columns in enumerate(range(-4, 5)):
        jittered[first::9] = lesson["shifted"](jittered[first::9], columns)
    makers = {"dense": lesson["dense_network"], "conv": lesson["convolutional_network"]}
    makers["pooled"] = lambda: pooled(False, keras.layers.Dense(10))
    accuracy, models = {}, {}
    for name, on in (("dense", None), ("conv", None), ("pooled", None), ("conv", jittered)):
        keras.utils.set_random_seed(seed)
        model = makers[name]()
        given = lesson["x_train"] if on is None else tf.constant(on)
        before = model.get_weights()[0]
        lesson["train"](model, given, jit_compile=False)
        key = name if on is None else "augmented"
        models[key], shifts = (before, model), (0, 1, 2, 3, 4, 6)
        moved = {by: lesson["accuracy"](model, lesson["shifted"](x, by), labels) for by in shifts}
        accuracy[key] = moved
        print(key, *(f"{by}: {share:.3f} " for by, share in moved.items()))

    says("10", "train-predict", "Two points better, with less than a tenth of the parameters, and")
    assert 0.012 < accuracy["conv"][0] - accuracy["dense"][0] < 0.028
    says("10", "train-four-meaning", "At two columns it was still far ahead")
    ahead = {by: accuracy["conv"][by] - accuracy["dense"][by] for by in (2, 4)}
    assert ahead[2] > 0.15 > 0.1 > ahead[4]
    says("10", "train-worse-meaning", "Of the shifts up to four, the one by two costs most")
    assert min(range(5), key=accuracy["pooled"].get) == 2
    says("10", "train-figure-meaning", "Its price is one or two points. Two other seeds give the")
    assert 0.005 < accuracy["conv"][0] - accuracy["pooled"][0] < 0.025
    says("10", "train-figure-meaning", "Beyond the shifts that were shown it helps, but not enough")
    assert accuracy["pooled"][6] > accuracy["augmented"][6] + 0.15 > accuracy["conv"][6] + 0.3
    assert accuracy["augmented"][0] < accuracy["pooled"][0] < accuracy["conv"][0]

    says("10", "train-blank-meaning", "fewer than blind guessing would")
    some = x[x[:, :, -4:].max(axis=(1, 2, 3)) == 0]
    first, then = (models["dense"][1](lesson["shifted"](some, by)).numpy() for by in (0, 4))
    assert np.mean(first.argmax(axis=1) == then.argmax(axis=1)) < 0.08

    says("10", "see-meaning", "Nearly as many as after.")
    says("10", "see-meaning", "Most of these filters still resemble what they were.")
    before, after = models["conv"][0], models["conv"][1].get_weights()[0]
    sums = [abs(w.sum(axis=(0, 1, 2))) / abs(w).sum(axis=(0, 1, 2)) for w in (before, after)]
    edges = [np.sum(balance < 0.5) for balance in sums]
    assert edges[0] >= 6 and abs(edges[1] - edges[0]) <= 1
    alike = [np.corrcoef(before[..., n].ravel(), after[..., n].ravel())[0, 1] for n in range(8)]
    assert np.sum(np.array(alike) > 0.7) >= 6


@pytest.mark.claims
def test_xla_slows_the_epoch_of_a_convolutional_network(lesson):
    says("10", "train", "On a CPU, the epoch of this network is several times *slower* with XLA.")

    def seconds(jit_compile):
        step = new_step(
            lesson["convolutional_network"](), keras.optimizers.Adam(), lesson["loss_of"]
        )
        epoch = new_epoch(step, lesson["x_train"], lesson["y_train"], jit_compile)
        order, times = shuffled(56_000, 64)[:20], []
        for _ in range(4):  # the first traces and compiles
            start = time.process_time()
            epoch(order)
            times.append(time.process_time() - start)
        return min(times[1:])

    assert seconds(True) > 2.5 * seconds(False)
