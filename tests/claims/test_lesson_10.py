"""What lesson 10 says and no cell of it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from tests.claims import says


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


def pooled(bias):
    """Return the lesson's pooled network, untrained, without or with biases that are not 0."""
    keras.utils.set_random_seed(4)
    options = {"padding": "same", "activation": "relu", "use_bias": bias}
    start = [keras.Input((28, 28, 1)), keras.layers.ZeroPadding2D((0, 8))]
    for filters in (8, 16):
        conv = keras.layers.Conv2D(filters, 3, bias_initializer="random_normal", **options)
        start += [conv, keras.layers.MaxPooling2D(2)]
    third = keras.layers.Conv2D(96, 3, bias_initializer="random_normal", **options)
    return keras.Sequential([*start, third, keras.layers.GlobalMaxPooling2D()])


@pytest.mark.parametrize("bias", [False, True])
def test_without_a_bias_no_filter_can_tell_where_the_image_ends(bias):
    says("10", "train-blank-meaning", "An empty area stays 0 in every layer")
    says("10", "train-blank-meaning", "no filter can tell where the image ends")
    images = np.zeros((20, 28, 28, 1), np.float32)
    images[:, :, :20] = np.random.default_rng(5).uniform(size=(20, 28, 20, 1))
    network, moved = pooled(bias), np.roll(images, 8, axis=2)
    assert np.any(network(np.zeros((1, 28, 28, 1)))) == bias
    assert np.allclose(network(images), network(moved), atol=1e-6) == (not bias)


def test_batch_normalisation_makes_the_bias_before_it_useless():
    says("10", "at-work", "**batch normalisation** after each convolution, which then needs no")
    x = tf.random.normal((50, 4), seed=6)
    normalise = keras.layers.BatchNormalization()
    there, shifted = normalise(x, training=True), normalise(x + 3.0, training=True)
    assert np.allclose(there, shifted, atol=1e-5)
