"""Verdicts of lesson 05, sequential models."""

import types

import keras
import numpy as np
import tensorflow as tf

from helpers import data
from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import number, refuse
from verdict.models import classifies, parameters, trained
from verdict.running import Wrong, show
from verdict.slips import mutants

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_05(a, b, c):
    """Judge the gradient of x², the slope of relu at −2, and a shape."""
    x = np.array([1.0, 2.0, 3.0])
    return {
        "a": number(
            a,
            lambda: 2 * x,
            at=tf.Variable(x, dtype=tf.float32),
            mistakes={
                "that is one slope. The gradient has one for each x: 1, 2 and 3": 2,
                "these are the values of y. The slope of x² is asked for, at each x": x**2,
                "that is the slope of the slope, the same everywhere": [2, 2, 2],
                "that is the Jacobian: each y by each x. gradient() sums over y, and returns the "
                "shape of the source": np.diag(2 * x),
            },
            look="The slope of x² is 2x: put 1, 2 and 3 into it",
        ),
        "b": number(
            b,
            0.0,
            at=tf.Variable(-2.0),
            mistakes={
                "that is the slope for positive numbers. −2 is negative": 1,
                "that is x itself. relu(−2) is 0, and its slope was asked for": -2,
                "that is the slope of |x|, and relu is flat on the left": -1,
            },
            look="relu gives 0 at −2, and 0 at −1.9: how fast does it change between them?",
        ),
        "c": lambda: _shape(c.as_list() if isinstance(c, tf.TensorShape) else c),
    }


def _shape(c):
    if numbers(c).ndim > 1:
        raise Wrong("that is an array, and its shape was asked for: put .shape behind it")
    return number(
        np.ravel(numbers(c)),
        np.array([10, 10]),
        mistakes={
            "that is the shape of the predictions. What do ten rows of one number do with ten "
            "numbers in a row?": [10, 1],
            "that is the shape of the targets, one axis. The predictions have two": [10],
            "that is one row. Each of the ten rows of the predictions makes one": [1, 10],
            "that is how many numbers there are. The shape has one number for each axis": [100],
            "the result has two axes, not three": [10, 10, 1],
        },
        look="Each of ten predictions meets each of ten targets: rows, columns",
    )


# --- Counting -------------------------------------------------------------------------------------


@exercise
def count_parameters(answer):
    """Judge the number of parameters of 784-128-10."""
    return parameters(answer, 784, 128, 10)


# --- Two layers as one ----------------------------------------------------------------------------


def _W(first, second):
    return first.kernel @ second.kernel


def _b(first, second):
    return first.bias @ second.kernel + second.bias


_RELU = "there is a relu in it, and these layers have no activation"
_MISTAKES = {
    _W: {
        _RELU: lambda first, second: np.maximum(first.kernel, 0) @ second.kernel,
        "the first bias is in it. It is multiplied by no x, so it belongs to b": (
            lambda first, second: (first.kernel + first.bias) @ second.kernel
        ),
        "b is in it. Subtract what the two layers make of zeros": (
            lambda first, second: (first.kernel + first.bias) @ second.kernel + second.bias
        ),
    },
    _b: {
        _RELU: lambda first, second: np.maximum(first.bias, 0) @ second.kernel + second.bias,
        "that is the first bias alone, and it goes through the second layer": (
            lambda first, second: first.bias
        ),
        "the first bias is taken for ones. It has numbers of its own: first.bias": (
            lambda first, second: second.kernel.sum(axis=0) + second.bias
        ),
        "the second bias is taken for ones. It has numbers of its own: second.bias": (
            lambda first, second: first.bias @ second.kernel + 1
        ),
        "the first kernel is in it. What comes out of the first layer for x = 0?": (
            lambda first, second: (
                (first.kernel.sum(axis=0) + first.bias) @ second.kernel + second.bias
            )
        ),
    },
}


@exercise
def collapse(answer):
    """Judge W and b of the one layer that does what two layers do, for several pairs of layers."""
    needs_function(answer)
    rng, pairs, found = np.random.default_rng(5), [], []
    for _ in range(2):
        layers = keras.layers.Dense(5), keras.layers.Dense(3)
        pairs.append((_drawn(rng, layers[0], 2), _drawn(rng, layers[1], 5)))
        found.append(_pair(call(answer, *layers)))
    looks = {
        _W: "In (x W₁ + b₁) W₂ + b₂, what is x multiplied by?",
        _b: "What comes out of the first layer for x = 0, and then out of the second?",
    }
    for (formula, look), given in zip(looks.items(), zip(*found, strict=True), strict=True):
        try:
            refuse(
                answer,
                given,
                [formula(*pair) for pair in pairs],
                pairs,
                mistakes=_MISTAKES[formula],
                derived=mutants(formula),
                look=look,
            )
        except Wrong as reason:
            raise Wrong(f"in {formula.__name__[1:]}, {reason}") from None
    return "x @ W + b does what the two layers do"


def _drawn(rng, layer, inputs):
    """Fill a layer with random numbers; return them in float64, called as the layer calls them."""
    layer.build((None, inputs))
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])
    weights = {weight.name: weight.numpy().astype(np.float64) for weight in layer.weights}
    return types.SimpleNamespace(size=layer.count_params(), **weights)


def _pair(result):
    """Read W and b."""
    if isinstance(result, keras.Layer):
        raise Wrong("a layer or model is returned. Return its two arrays: W, b")
    if not isinstance(result, (list, tuple)) or len(result) != 2:
        raise Wrong(f"a pair was expected, not {show(result)}: return W, b")
    W, b = map(numbers, result)
    if W.shape in ((3,), (1, 3)) and b.shape == (2, 3):
        raise Wrong("W and b have changed places: return W, b")
    return W, b[0] if b.shape == (1, 3) else b


# --- A start that learns --------------------------------------------------------------------------

# A layer learns if its gradient is between these; a unit of tanh beyond FLAT has almost no slope.
SMALLEST, LARGEST, FLAT = 1e-3, 10.0, 0.95


@exercise
def repair_start(repaired):
    """Judge a start of ten tanh layers by the gradients of all layers."""
    needs_function(repaired)
    inputs, labels = data.two_moons()
    model = call(repaired)
    if not isinstance(model, keras.Sequential) or not model.built:
        raise Wrong(f"repaired returns {show(model)}, and not the network that make_deep makes")
    *hidden, _ = model.layers
    if [layer.activation.__name__ for layer in hidden] != 10 * ["tanh"]:
        raise Wrong(
            "the network no longer has ten hidden layers of tanh. Leave repaired as it is, and "
            "change the initializer"
        )
    kernels = [layer.kernel for layer in model.layers]
    for place, kernel in enumerate(kernels, start=1):
        _refuse_alike(f"layer {place} of 11", kernel.numpy())
    with tf.GradientTape() as tape:
        loss = keras.losses.BinaryCrossentropy()(labels[:, None], model(inputs))
    norms = [float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)]
    values, flat = tf.constant(inputs), []
    for layer in hidden:
        values = layer(values)
        flat.append(np.mean(np.abs(values) > FLAT))
    mean, spread = float(np.mean(kernels[1])), float(np.std(kernels[1]))
    found = f"the gradients' norms go from {min(norms):.2g} to {max(norms):.2g}"
    learns = SMALLEST <= min(norms) and max(norms) <= LARGEST and np.mean(flat) <= 0.5
    if not learns and abs(mean) > spread:
        raise Wrong(
            f"the weights have mean {mean:.3g} and a spread of {spread:.3g}, and {found}. Choose "
            "weights around 0: RandomNormal takes the mean first, and then stddev"
        )
    if not learns and min(norms) < SMALLEST and np.mean(flat) <= 0.5:
        raise Wrong(
            f"layer {np.argmin(norms) + 1} of 11 has a gradient of norm {min(norms):.2g}, so plain "
            f"descent hardly moves it. The weights have a spread of {spread:.3g}, and a sum of 8 "
            f"such numbers is about {spread * np.sqrt(8):.2g} in size. It should be nearer to 1"
        )
    if not learns:
        raise Wrong(
            f"the weights are too large, with a spread of {spread:.3g}: {np.mean(flat):.0%} of the "
            f"units' outputs are beyond ±{FLAT}, where tanh is almost flat, and {found}"
        )
    return "the gradient reaches all 11 layers, and explodes in none"


def _refuse_alike(place, kernel):
    """Refuse a kernel of zeros, or whose units are all alike."""
    if not kernel.any():
        raise Wrong(f"{place} starts with zeros: it lets no signal forward and no gradient back")
    if kernel.shape[1] > 1 and np.ptp(kernel, axis=1).max() == 0:
        raise Wrong(
            f"{place} starts with the same weights for each of its units, so that all of them get "
            "the same gradient and stay alike. Start at random"
        )


# --- A small network ------------------------------------------------------------------------------


@exercise
def small(train_small):
    """Judge a network of at most 20 parameters by points that it has never seen."""
    inputs, labels = data.two_moons()
    model = trained(train_small, inputs, labels, seconds=200, seed=7, uses=(0, 1))
    fresh, truth = data.two_moons(points=2000, seed=505)
    right = classifies(model, fresh, truth, 1980, classes=2, own=(inputs, labels))
    count, share = _size(model), f"{right / 2000:.1%}"
    if not count:
        raise Wrong(f"{share} are right, but a network was asked for. Return a Keras model")
    if count > 20:
        raise Wrong(
            f"{share} are right, with {count:,} parameters; at most 20 were asked for. "
            "Each unit of make_mlp costs four, and the last layer's bias one"
        )
    return f"{share} of 2,000 fresh points are right, with {count} parameters"


def _size(model):
    """Return how many parameters a model has, or the Keras layers that it holds."""
    parts = getattr(model, "__dict__", {}).values()
    parts = [model] if isinstance(model, keras.Layer) else keras.tree.flatten(list(parts))
    return sum(part.count_params() for part in parts if isinstance(part, keras.Layer))
