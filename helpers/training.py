"""The compiled epoch that lesson 07 builds, for the lessons after it."""

from collections.abc import Callable

import keras
import tensorflow as tf


def shuffled(count: int, size: int) -> tf.Tensor:
    """Return the numbers from 0 to count − 1 in a random order, cut into batches.

    An int32 tensor of shape (count // size, size); what is left over is left out. The order is
    TensorFlow's global generator's: ``keras.utils.set_random_seed`` fixes it.
    """
    return tf.reshape(tf.random.shuffle(tf.range(count))[: count // size * size], (-1, size))


def new_step(
    model: keras.Model, optimizer: keras.Optimizer, loss_of: Callable[..., tf.Tensor]
) -> Callable[..., tf.Tensor]:
    """Return a function of a batch, x and y, that trains a model by one update.

    It returns the loss before the update, a scalar tensor. The optimizer's variables are made here:
    a compiled function that has to make them is traced twice.
    """
    optimizer.build(model.trainable_variables)

    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))  # forward, loss
        gradients = tape.gradient(loss, model.trainable_variables)  # gradient
        optimizer.apply(gradients, model.trainable_variables)  # update
        return loss

    return step


def new_epoch(
    step: Callable[..., tf.Tensor], x: tf.Tensor, y: tf.Tensor, jit_compile: bool = True
) -> Callable[..., tf.Tensor]:
    """Return a compiled function of an order, as `shuffled` makes it, that trains on each batch.

    `x` and `y` are tensors of inputs and labels, one a row. What it returns is the mean of what
    `step` returns, a scalar tensor.
    """

    def epoch(order):
        total = 0.0
        for batch in order:
            total += step(tf.gather(x, batch), tf.gather(y, batch))
        return total / len(order)

    return tf.function(epoch, jit_compile=jit_compile)
