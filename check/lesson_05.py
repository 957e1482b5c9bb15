"""Verdicts of lesson 05, sequential models."""

import re

import keras
import numpy as np
import tensorflow as tf

from helpers import data
from verdict import (
    Wrong,
    answered,
    call,
    classifies,
    close,
    exercise,
    is_function,
    needs_function,
    number,
    numbers,
    parameters,
    show,
    slip,
    trained,
)


@exercise
def recall_05(a, b, c):
    """Judge the gradient of x², the slope of relu at −2, and a shape."""
    point = np.array([1.0, 2.0, 3.0])
    return {
        "a": lambda: number(
            _at(a, tf.Variable(point, dtype=tf.float32)),
            2 * point,
            mistakes={
                "that is the sum of the three slopes. The gradient has one for each x": 12.0,
                "that is one slope. The gradient has one for each x: 1, 2 and 3": 2.0,
                "these are the values of y. The slope of x² is asked for, at each x": point**2,
                "these are the x themselves. Their slopes were expected": point,
                "that is the slope of the slope, the same everywhere": [2.0, 2.0, 2.0],
                "that is the Jacobian: each y by each x. gradient() sums over y, and returns the "
                "shape of the source": np.diag(2 * point),
                "that is the mean of the slopes. The gradient has one for each x": 4.0,
            },
            look="The slope of x² is 2x: put 1, 2 and 3 into it",
        ),
        "b": lambda: number(
            _at(b, tf.Variable(-2.0)),
            0.0,
            mistakes={
                "that is the slope for positive numbers. −2 is negative": 1.0,
                "that is x itself. relu(−2) is 0, and its slope was asked for": -2.0,
                "that is the slope of |x|, and relu is flat on the left": -1.0,
            },
            look="relu gives 0 at −2, and 0 at −1.9: how fast does it change between them?",
        ),
        "c": lambda: _shape(c.as_list() if isinstance(c, tf.TensorShape) else c),
    }


def _shape(c):
    if numbers(c).ndim > 1:
        raise Wrong("an array came, and its shape was expected: put .shape behind it")
    alone = "that is the shape of the targets, one axis. The predictions have two"
    return number(
        c,
        np.array([10, 10]),
        mistakes={
            "that is the shape of the predictions. What do ten rows of one number do with ten "
            "numbers in a row?": [10, 1],
            alone: [10],
            alone + ".": 10,
            "that has the axes of the targets in front of it; they have one axis only": [1, 10],
            "that is how many numbers there are. The shape has one number for each axis": 100,
            "the result has two axes, not three": [10, 10, 1],
        },
        look="Each of ten predictions meets each of ten targets: rows, columns",
    )


def _at(answer, point):
    """Return what an answer is at a point, if it is a function of it."""
    answered(answer)
    return call(answer, point) if is_function(answer) else answer


@exercise
def count_parameters(answer):
    """Judge the number of parameters of 784-128-10."""
    return parameters(answer, 784, 128, 10)


@exercise
def collapse(answer):
    """Judge W and b of one layer against what two layers do with zeros and with unit vectors."""
    needs_function(answer)
    rng = np.random.default_rng(5)
    seen = []
    for _ in range(2):
        layers = [_dense(rng, 2, 5), _dense(rng, 5, 3)]
        before = [weight.numpy() for layer in layers for weight in layer.weights]
        result = call(answer, *layers)
        after = [weight.numpy() for layer in layers for weight in layer.weights]
        if not all(map(np.array_equal, before, after)):
            raise Wrong("collapse changes the layers that it is given; compute with their numbers")
        seen.append((_pair(result), before, _stacked(layers)))
    for name, place in (("W", 0), ("b", 1)):
        _refuse_slip(name, place, seen)
    return "x @ W + b does what the two layers do"


def _dense(rng, inputs, units):
    """Make a layer of random kernel and bias."""
    layer = keras.layers.Dense(units)
    layer.build((None, inputs))
    layer.set_weights([rng.normal(size=(inputs, units)), rng.normal(size=units)])
    return layer


def _stacked(layers):
    """Return W and b of what layers do, without a product of matrices."""
    first, second = layers
    b = np.asarray(second(first(np.zeros((1, 2), np.float32))), np.float64)[0]
    return np.asarray(second(first(np.eye(2, dtype=np.float32))), np.float64) - b, b


def _pair(result):
    """Read W and b."""
    if isinstance(result, keras.Layer):
        kind = "model" if isinstance(result, keras.Model) else "layer"
        raise Wrong(f"a {kind} came back. Return its two arrays: W, b")
    if isinstance(result, dict):
        raise Wrong("a dict came back, and a pair was expected: return W, b")
    parts = list(result) if isinstance(result, (list, tuple)) else [result]
    if len(parts) != 2:
        raise Wrong(f"{show(result)} came back, and a pair was expected: return W, b")
    for name, part in zip("Wb", parts, strict=True):
        if isinstance(part, keras.Layer):
            raise Wrong(f"{name} is a layer, and an array was expected")
    given = []
    for name, part in zip("Wb", parts, strict=True):
        try:
            given.append(numbers(part))
        except Wrong as reason:
            raise Wrong(f"{name}: {reason}") from None
    W, b = given
    if W.shape in {(3,), (1, 3)} and b.shape == (2, 3):
        raise Wrong("W and b have changed places: return W, b")
    return W, b[0] if b.shape == (1, 3) else b


def _refuse_slip(name, place, seen):
    """Refuse W or b if it differs from the truth, and name the slip that makes the difference."""
    givens = [given[place] for given, _, _ in seen]
    truths = [truth[place] for _, _, truth in seen]
    if all(map(close, givens, truths)):
        return
    for text, mistake in _COLLAPSE[name].items():
        wrongs = [mistake(*(part.astype(np.float64) for part in before)) for _, before, _ in seen]
        if all(map(close, givens, wrongs)):
            raise Wrong(f"{name} {text}")
    for given, truth in zip(givens, truths, strict=True):
        if given.shape != truth.shape:
            raise Wrong(f"{name} has the shape {given.shape}, and {truth.shape} was expected")
    fits = slip(givens, truths)
    if fits:
        raise Wrong(f"{name} {fits}")
    if name == "W":
        raise Wrong(
            "W is not right: with these two layers, the input (1, 0) would change the output by "
            f"{show(givens[0][0])}, and they change it by {show(truths[0][0])}. "
            "In (x W₁ + b₁) W₂ + b₂, what stands behind x?"
        )
    raise Wrong(
        f"W is right, b is not: it is {show(givens[0])}, and for x = 0 the two layers give "
        f"{show(truths[0])}. Follow a row of zeros through both"
    )


_COLLAPSE = {
    "W": {
        "is transposed: a row for each input, a column for each unit": lambda K, a, L, b: (K @ L).T,
        "is the kernel of the first layer alone": lambda K, a, L, b: K,
        "is the kernel of the second layer alone": lambda K, a, L, b: L,
        "has the bias in it. In (x W₁ + b₁) W₂ + b₂, it belongs to what has no x": (
            lambda K, a, L, b: (K + a) @ L
        ),
        "has the bias of the second layer in it, which belongs to b": lambda K, a, L, b: K @ L + b,
        "has a relu in it. These layers have no activation": lambda K, a, L, b: (
            np.maximum(K, 0) @ L
        ),
    },
    "b": {
        "leaves out the first bias, which goes through the second layer": lambda K, a, L, b: b,
        "is the bias of the first layer alone": lambda K, a, L, b: a,
        "leaves out the second bias": lambda K, a, L, b: a @ L,
        "takes the first bias for ones. It has numbers of its own: first.bias": (
            lambda K, a, L, b: L.sum(axis=0) + b
        ),
        "takes the second bias for ones. It has numbers of its own: second.bias": (
            lambda K, a, L, b: a @ L + 1
        ),
        "takes both biases for ones. They have numbers of their own": (
            lambda K, a, L, b: L.sum(axis=0) + 1
        ),
        "adds 1 to the first bias": lambda K, a, L, b: (a + 1) @ L + b,
        "adds 1 to the first bias, and leaves out the second": lambda K, a, L, b: (a + 1) @ L,
        "multiplies by the second bias, which is added": lambda K, a, L, b: (a @ L) * b,
        "subtracts the second bias, which is added": lambda K, a, L, b: a @ L - b,
        "adds parts of the two biases. The first one goes through the second layer: a matrix "
        "product": lambda K, a, L, b: a[:3] + b,
        "has the second bias twice": lambda K, a, L, b: a @ L + 2 * b,
        "has the sum of the first kernel in it. What comes out for x = 0?": (
            lambda K, a, L, b: K.sum(axis=0) @ L + a @ L + b
        ),
        "is 0. What comes out of two layers with biases for x = 0?": lambda K, a, L, b: 0 * b,
        "has a relu in it. These layers have no activation": lambda K, a, L, b: (
            np.maximum(a, 0) @ L + b
        ),
    },
}


# A layer learns if its gradient is between these; a unit of tanh beyond FLAT has almost no slope.
SMALLEST, LARGEST, FLAT = 1e-3, 10.0, 0.95


@exercise
def repair_start(repaired):
    """Judge a start of ten tanh layers by the gradients of all layers."""
    needs_function(repaired)
    inputs, labels = data.two_moons()
    try:
        model = call(repaired)
    except Wrong as reason:
        raise _no_initializer(str(reason)) from None
    if not isinstance(model, keras.Sequential) or not model.built:
        raise Wrong(f"{show(model)} came from repaired, and the network of make_deep was expected")
    if len(model.layers) != 11:
        raise Wrong(
            f"the network has {len(model.layers)} layers, and 11 were expected. "
            "Leave repaired as it is, and change the initializer"
        )
    others = {layer.activation.__name__ for layer in model.layers[:10]} - {"tanh"}
    if others:
        raise Wrong(
            f"the hidden layers have the activation {', '.join(sorted(others))}, and the task is "
            "about tanh. Leave repaired as it is, and change the initializer"
        )
    kernels = [layer.kernel for layer in model.layers]
    for place, kernel in enumerate(kernels, start=1):
        _refuse_alike(f"layer {place} of 11", kernel.numpy())
    flat, values = [], tf.constant(inputs)
    for layer in model.layers[:10]:
        values = layer(values)
        flat.append(np.mean(np.abs(values) > FLAT))
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(labels[:, None], model(inputs))
    norms = [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)]
    spread = float(np.std(kernels[1]))
    where = int(np.argmin(norms)) + 1
    if np.mean(flat) > 0.5:
        raise Wrong(
            f"the weights are too large, with a spread of {spread:.3g}: {np.mean(flat):.0%} of the "
            f"units' outputs are beyond ±{FLAT}, where tanh is almost flat. The gradients go from "
            f"{min(norms):.2g} to {max(norms):.2g}"
        )
    if max(norms) > LARGEST:
        raise Wrong(
            f"the gradient explodes: its norm is {max(norms):.3g} in layer "
            f"{int(np.argmax(norms)) + 1} and {norms[-1]:.3g} in the last. The weights are too "
            f"large, with a spread of {spread:.3g}"
        )
    if min(norms) < SMALLEST:
        factor = spread * np.sqrt(8)
        how = (
            f"A sum of 8 such numbers is about {factor:.2g} in size, so each layer makes the "
            "numbers smaller. Choose larger weights"
            if factor < 0.9
            else "Do other starts of this kind do better?"
        )
        raise Wrong(
            f"layer {where} of 11 has a gradient of norm {min(norms):.2g}: it hardly moves. "
            f"The weights have a spread of {spread:.3g}. {how}"
        )
    return "the gradient reaches all 11 layers, and explodes in none"


def _no_initializer(reason):
    """Say of an error that Keras raises for what is no initializer."""
    such = "Take one of keras.initializers, such as RandomNormal(stddev=…)"
    if "Expected `shape`" in reason:
        return Wrong(
            "an array came, and an initializer was expected: the layers' shapes differ, and it "
            f"makes the weights for any of them. {such}"
        )
    if found := re.search(r"initializer identifier: (.*), in the line", reason):
        return Wrong(f"{found[1]} is no initializer that Keras knows. {such}")
    return Wrong(reason)


def _refuse_alike(place, kernel):
    """Refuse a kernel of zeros, or whose units are all alike."""
    if not kernel.any():
        raise Wrong(f"{place} starts with zeros: it lets no signal forward and no gradient back")
    if kernel.shape[1] > 1 and np.ptp(kernel, axis=1).max() == 0:
        raise Wrong(
            f"{place} starts with the same weights for each of its units, so that all of them get "
            "the same gradient and stay alike. Start at random"
        )


@exercise
def small(train_small):
    """Judge a network of at most 20 parameters by points that it has never seen."""
    inputs, labels = data.two_moons()
    model = trained(train_small, inputs, labels, seconds=60, seed=7, uses=(0, 1))
    fresh, truth = data.two_moons(points=2000, seed=505)
    right = classifies(model, fresh, truth, 1980, classes=2)
    count, share = _size(model), f"{right / 2000:.1%}"
    if count is None:
        raise Wrong(
            f"{share} are right, but no parameters of {show(model)} are to be found. "
            "Return a Keras model"
        )
    if count > 20:
        raise Wrong(
            f"{share} are right, with {count:,} parameters; at most 20 were asked for. "
            "Each unit of make_mlp costs four, and the last layer's bias one"
        )
    return f"{share} of 2,000 fresh points are right, with {count} parameters"


def _size(model):
    """Return how many parameters a model has; None if it is no Keras model and holds none."""
    if isinstance(model, keras.Layer):
        return model.count_params()
    values = getattr(model, "__dict__", {}).values()
    parts = [
        p for value in values for p in (value if isinstance(value, (list, tuple)) else [value])
    ]
    counts = [part.count_params() for part in parts if isinstance(part, keras.Layer)]
    return sum(counts) if counts else None
