"""Answers that raise: for each meaning of an error that `verdict` knows there is one.

Each is a function of a vector of two numbers.
"""

import keras
import numpy as np
import tensorflow as tf

W, M, V = tf.Variable(3.0), tf.constant([[3.0, 1.0], [1.0, 2.0]]), tf.constant([1.0, 2.0])
LABELS = tf.constant([1, 2, 0])
PROBABILITIES = tf.fill((3, 3), 1 / 3)


def asks_twice(x):
    with tf.GradientTape() as tape:
        y = W * W
    return tape.gradient(y, W) + tape.gradient(y, W)


def asks_about(target, source):
    with tf.GradientTape() as tape:
        tape.watch(V)
        y = target(V)
    return tape.gradient(y, source)


def asks_an_operation_without_a_rule(x):
    with tf.GradientTape() as tape:
        tape.watch(V)
        y = tf.unique(V)[0]
    return tape.gradient(y, V)


def watches_a_number(x):
    with tf.GradientTape() as tape:
        tape.watch(2.0)


def calls_itself(x):
    return calls_itself(x)


def updates_a_moving_mean(x):
    optimizer, layer = keras.optimizers.SGD(), keras.layers.BatchNormalization()
    layer.build((None, 2))
    optimizer.build(layer.trainable_variables)
    optimizer.apply([tf.ones(2)] * 4, layer.variables)


def updates_a_stranger(x):
    optimizer = keras.optimizers.SGD()
    optimizer.build([W])
    optimizer.apply_gradients([(1.0, tf.Variable(1.0))])


def updates_statistics(x):
    model = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization()])
    optimizer = keras.optimizers.SGD()
    optimizer.build(model.trainable_variables)
    optimizer.apply_gradients([(1.0, part) for part in model.non_trainable_variables])


def fits(loss, labels, compiled=True):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    if compiled:
        model.compile("sgd", loss)
    model.fit(np.ones((4, 2)), labels, verbose=0)


SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@tf.function
def traced(f, x):
    return f(x)


@tf.function
def half_a_branch(x):
    if tf.reduce_sum(x) > 0:
        y = x
    return y


def assigns_a_name_from_outside(x):
    total = 1.0

    def add():
        total = total + x  # noqa: F823  as a learner does
        return total

    return add()


RAISING = [
    lambda x: x ^ 2,
    calls_itself,
    asks_twice,
    lambda x: tf.constant(1.0).assign_sub(1.0),
    updates_a_stranger,
    updates_a_moving_mean,
    lambda x: tf.square(V)(V),
    lambda x: list(fits),
    lambda x: keras.Sequential([keras.Input((2,)), keras.layers.Flatten()]).predict(np.ones(4)),
    lambda x: tf.GradientTape().watch("V"),
    updates_statistics,
    lambda x: keras.Sequential([keras.Input((2, 2)), keras.layers.Flatten()])(np.ones((4, 5))),
    lambda x: V(x),
    lambda x: len(V.numpy),
    lambda x: traced(tf.function(lambda x, rate: x), x),
    lambda x: tf.linalg.solve(M, V),
    lambda x: tf.linalg.solve(V[:, None], M),
    lambda x: 1.0 if x > 1 else 0.0,
    lambda x: tf.sqrt(tf.constant([1, 2])),
    lambda x: tf.concat([M, V], axis=0),
    lambda x: traced(lambda x: np.sign(x), V),
    lambda x: traced(lambda x: x.numpy(), V),
    lambda x: traced(lambda x: float(x), tf.constant(1.0)),
    lambda x: tf.custom_gradient(lambda x: (lambda upstream: upstream, x))(V),
    lambda x: [part for part in tf.constant(1.0)],
    lambda x: fits("categorical_crossentropy", np.ones(4)),
    lambda x: fits("mse", np.ones((4, 2))),
    lambda x: fits(SPARSE, np.ones(3)),
    lambda x: tf.reshape(V, (3,)),
    lambda x: traced(lambda x: tf.reshape(x, tf.concat([tf.shape(x), [2]], 0)), V),
    lambda x: tf.constant(np.ones((2, 3))) @ tf.constant(np.ones((2, 3))),
    lambda x: keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])(np.ones((4, 5))),
    lambda x: W.assign(V),
    half_a_branch,
    lambda x: V + tf.ones(3),
    lambda x: float(x),
    lambda x: V @ M,
    lambda x: keras.losses.sparse_categorical_crossentropy(PROBABILITIES, LABELS),
    lambda x: keras.losses.sparse_categorical_crossentropy(LABELS, tf.ones((3, 2, 3))),
    lambda x: SPARSE(np.full(3, 7), np.ones((3, 3))),
    lambda x: keras.initializers.get(np.ones((2, 2)))((3, 3)),
    lambda x: keras.layers.Dense(3, kernel_initializer=0.35),
    lambda x: fits("mse", np.ones(4), compiled=False),
    lambda x: {}[id(x)],
    lambda x: tf.GradientTape().watch(V),
    watches_a_number,
    assigns_a_name_from_outside,
    asks_an_operation_without_a_rule,
    lambda x: asks_about(lambda v: float(v[0]), V),
    lambda x: asks_about(tf.square, tf.square),
]
