"""helpers.training is what lesson 07 ends with: both train the same network to the same weights."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import training
from tests.claims import run

NAMES = ("shuffled", "new_step", "new_epoch")
#: In the first, `shuffled` comes with an epoch that needs the images; the others hold the rest.
CELLS = ("tape-epoch-function", "keep-functions", "keep-epoch")


@pytest.fixture(scope="module")
def lesson():
    images = tf.zeros((56_000, 1))
    return run("07", *CELLS, tf=tf, keras=keras, images=images, labels=images)


def trained(shuffled, new_step, new_epoch, count=70, jit_compile=True):
    """Return the mean loss of the last of three epochs, and the weights after it."""
    random = np.random.default_rng(1)
    x = tf.constant(random.normal(size=(count, 6)), tf.float32)
    y = tf.constant(random.integers(4, size=count), tf.int32)
    keras.utils.set_random_seed(3)
    hidden, classes = keras.layers.Dense(8, "relu"), keras.layers.Dense(4, "softmax")
    model = keras.Sequential([keras.Input((6,)), hidden, classes])
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    step = new_step(model, keras.optimizers.Adam(0.01), loss_of)
    epoch = new_epoch(step, x, y, jit_compile=jit_compile)
    losses = [epoch(shuffled(count, 16)).numpy() for _ in range(3)]
    return losses[-1], model.get_weights()


@pytest.mark.parametrize("jit_compile", [True, False])
def test_the_lesson_and_the_helper_train_to_the_same_bits(lesson, jit_compile):
    ours = trained(*(getattr(training, name) for name in NAMES), jit_compile=jit_compile)
    theirs = trained(*(lesson[name] for name in NAMES), jit_compile=jit_compile)
    assert ours[0] == theirs[0]
    for one, other in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_order_trains_to_other_weights(lesson):
    def in_order(count, size):
        return tf.reshape(tf.range(count // size * size), (-1, size))

    ours = trained(training.shuffled, training.new_step, training.new_epoch, jit_compile=False)
    theirs = trained(in_order, lesson["new_step"], lesson["new_epoch"], jit_compile=False)
    assert not np.array_equal(ours[1][0], theirs[1][0])


def test_an_epoch_takes_each_image_at_most_once():
    order = training.shuffled(70, 16).numpy()
    assert order.shape == (4, 16)
    assert len(np.unique(order)) == 64
    assert order.max() < 70
