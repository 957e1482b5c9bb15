"""Verdicts of lesson 07, your own training loop."""

import functools

import keras
import numpy as np
import tensorflow as tf

from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import number, why_wrong
from verdict.running import Wrong, is_function, show
from verdict.slips import close, mutants, slip

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_07(a, b, c):
    """Judge a slope of a squared error, a second derivative, and a clueless model's loss."""
    return {
        "a": number(
            a,
            lambda: 2 * (3 * 2 - 7) * 3,
            at=tf.Variable(2.0),
            mistakes={
                "1 is the loss, (3 · 2 − 7)², or the error turned round. Its slope was asked": 1,
                "-1 is the error, 3 · 2 − 7. The slope of its square was asked": -1,
            },
            look="Write (3w − 7)² and use the chain rule: twice the error, times x",
        ),
        "b": number(
            b,
            12,
            at=tf.Variable(1.0),
            mistakes={
                "4 is the first derivative, 4x³, and the second was asked": 4,
                "24 is the third derivative, 24x, and the second was asked": 24,
                "16 is 4 times 4: after 4x³ the exponent is 3": 16,
            },
            look="The first derivative is 4x³. Differentiate that once more",
        ),
        "c": number(
            c,
            lambda: -np.log(1 / 100),
            mistakes={
                "0.01 is the probability of the right class. The loss is -ln of it": 0.01,
                "that is the loss for 10 classes, and here are 100": np.log(10),
            },
            look="The right class has probability 1/100, and the loss is -ln of it",
        ),
    }


# --- Trainings, judged by how far the weights move ------------------------------------------------


def _flat(arrays):
    """Return the numbers of all arrays in one."""
    return np.concatenate([np.ravel(array) for array in arrays])


def _move(before, after):
    """Return how far weights have moved, as one long array."""
    try:
        move = _flat(numbers(b) - a for a, b in zip(before, after, strict=True))
    except Wrong as reason:
        raise Wrong(f"the weights grew out of bounds: {reason}") from None
    if not move.any():
        raise Wrong(
            "no weight of the model that is handed over has moved. w.assign_sub(…) changes a "
            "weight; w = w - … only gives a name to a new tensor"
        )
    return move


def _elsewhere(model, start, move, truth):
    """Say what is wrong with a training that ends elsewhere, for no reason that is known."""
    ends = np.cumsum([np.size(weight) for weight in start])[:-1]
    for weight, *ways in zip(
        model.weights, *(np.split(m, ends) for m in (move, truth)), strict=True
    ):
        if not ways[0].any():
            path = weight.path.partition("/")[2]
            return f"{path} has not moved, and others have. Does the update reach it?"
    if move @ truth < 0:
        return "the weights have moved uphill: the gradient is to be subtracted"
    far, right = (np.linalg.norm(way) for way in (move, truth))
    return (
        f"the weights have moved by {far:.3g} in all, and {right:.3g} was expected. Compare loss "
        "and update with the step of section 1, line by line"
    )


def _decayed(w, g, rate, decay):
    return w - rate * (g + decay * w)


#: What no slip in `_decayed` leads to.
_DECAYS = {
    "the decay is taken of the weight after its step, and the formula takes it of the one before": (
        lambda w, g, rate, decay: (w - rate * g) * (1 - rate * decay)
    ),
    "the biases shrink and the kernels do not. Every weight is to shrink": (
        lambda w, g, rate, decay: _decayed(w, g, rate, decay * (w.ndim == 1))
    ),
    "the kernels shrink and the biases do not. Every weight is to shrink": (
        lambda w, g, rate, decay: _decayed(w, g, rate, decay * (w.ndim == 2))
    ),
}


@exercise
def decay(decaying_training, batches):
    """Judge a training with weight decay by one in NumPy, on images of the learner's."""
    needs_function(decaying_training)
    layers = [keras.layers.Rescaling(1 / 255), keras.layers.Flatten()]
    last = keras.layers.Dense(10, activation="softmax", name="classes")
    network = keras.Sequential([keras.Input((28, 28), dtype="uint8"), *layers, last])
    random = np.random.default_rng(7)
    network.set_weights([random.normal(size=(784, 10)) / 20, random.normal(size=10) / 2])
    start = network.get_weights()
    data = [(np.reshape(x, (-1, 784)) / 255, np.eye(10)[y]) for x, y in batches]

    def given(rate, decay):
        network.set_weights(start)
        call(decaying_training, network, rate, decay, seconds=30, may_be_none=True)
        return _move(start, network.get_weights())

    def trained(rate, decay, update=_decayed, data=data):
        kernel, bias = start
        for x, y in data:
            p = np.exp(x @ kernel + bias)
            dz = (p / p.sum(axis=1, keepdims=True) - y) / len(x)
            kernel = update(kernel, x.T @ dz, rate, decay)
            bias = update(bias, dz.sum(axis=0), rate, decay)
        return 5 * _move(start, [kernel, bias])

    points = [(0.2, 0.03), (0.1, 0.5)]  # the rate and the decay
    moves = [5 * given(*point) for point in points]
    truths = [trained(*point) for point in points]
    if all(map(close, moves, truths)):
        return f"all {network.count_params():,} weights end where the formula leads them"
    changes = {
        "the batches are taken in the opposite order": {"data": data[::-1]},
        "only the first batch is used. Is there a return inside the loop?": {"data": data[:1]},
        "every batch is used twice": {"data": [one for one in data for _ in range(2)]},
        "only the last batch is used. Is the update below the loop?": {"data": data[-1:]},
    }
    for value in (0.01, 0.1, 1):
        for name in ("rate", "decay"):
            changes[f"these are the weights of a {name} of {value}, and another is given"] = {
                name: value
            }
    changes |= {text: {"update": rule} for text, rule in _DECAYS.items()}
    mistakes = {
        text: lambda rate, decay, new=new: trained(**{"rate": rate, "decay": decay} | new)
        for text, new in changes.items()
    }
    slips = ((text, lambda *p, rule=rule: trained(*p, rule)) for text, rule in mutants(_decayed))
    text = why_wrong(decaying_training, moves, truths, points, mistakes, slips)
    raise Wrong(text or _elsewhere(network, start, moves[1], truths[1]))


# --- Traces ---------------------------------------------------------------------------------------


@exercise
def count_traces(a, b, c):
    """Judge how often a `tf.function` is traced: for Python numbers, dtypes and shapes."""
    each = "5 counts the calls. A trace is kept, and used again"
    return {
        "a": number(
            a,
            4,
            mistakes={
                each: 5,
                "1 would hold for tensors. A Python number is written into its graph": 1,
                "3: is the 1 that comes again counted off twice, or the 4 left out?": 3,
                "0: the first call always traces": 0,
            },
            look="A Python number counts by its value: how many different ones are there?",
        ),
        "b": number(
            b,
            3,
            mistakes={
                each: 5,
                "1 would hold if all were of one dtype": 1,
                "2: True is neither an integer nor a float for TensorFlow": 2,
                "4: a tensor never counts by its value, only by dtype and shape": 4,
            },
            look="A tensor counts by its dtype: how many different ones are there?",
        ),
        "c": number(
            c,
            3,
            mistakes={
                each: 5,
                "1 would hold if all were of one shape": 1,
                "2: (2,) and (2, 1) hold as many numbers, and are different shapes": 2,
            },
            look="A tensor counts by its shape: how many different ones are there?",
        ),
    }


# --- A maker of steps -----------------------------------------------------------------------------

_by_xla = functools.partial(tf.function, jit_compile=True)
#: How a step is run, the widths of the network, the optimizer with its rate, how many batches.
_WAYS = {
    "eager, with SGD": (lambda step: step, (20, 5), "SGD", 0.1, 1),
    "as a graph, with Adam": (tf.function, (12, 6, 4), "Adam", 0.02, 3),
    "compiled with XLA, with SGD": (_by_xla, (12, 6, 4), "SGD", 0.1, 3),
}


@exercise
def twins(new_step):
    """Judge a maker of steps with two models and two optimizers; eager, as a graph and with XLA."""
    needs_function(new_step)
    for way, settings in _WAYS.items():
        try:
            _twin(new_step, *settings)
        except Wrong as reason:
            raise Wrong(f"{way}: {reason}") from None
    return f"{'; '.join(_WAYS)}: always the weights of Keras's own training"


def _network(inputs, *units):
    """Make a small network for classes, whose weights are the same each time."""
    dense = [keras.layers.Dense(n, activation="relu") for n in units[:-1]]
    last = keras.layers.Dense(units[-1], activation="softmax")
    network = keras.Sequential([keras.Input((inputs,)), *dense, last])
    random = np.random.default_rng(7)
    network.set_weights([random.normal(size=weight.shape) / 3 for weight in network.weights])
    return network


def _twin(new_step, way, widths, name, rate, count):
    ours, theirs = _network(*widths), _network(*widths)
    optimizer, other = (getattr(keras.optimizers, name)(rate) for _ in range(2))
    random, start = np.random.default_rng(3), ours.get_weights()
    x = tf.constant(random.normal(size=(count, 32, widths[0])), tf.float32)
    y = tf.constant(random.integers(widths[-1], size=(count, 32)), tf.int32)
    optimizer.build(ours.trainable_variables)
    step = call(new_step, ours, optimizer)
    if not is_function(step):
        raise Wrong(
            f"new_step returns {show(step)}, and a function of x and y was expected. "
            "Does it end in return step?"
        )
    theirs.compile(other, "sparse_categorical_crossentropy", run_eagerly=True)
    run = way(step)
    for batch in zip(x, y, strict=True):
        theirs.train_on_batch(*batch)
        call(run, *batch, seconds=60, may_be_none=True)
    steps = int(optimizer.iterations)
    if not steps:
        raise Wrong(
            "the optimizer that is handed over is never asked, so its rule is not followed. Use "
            "optimizer.apply(gradients, model.trainable_variables)"
        )
    given, truth = (10 * _move(start, model.get_weights()) for model in (ours, theirs))
    if close(given, truth):
        return
    if steps != count:
        raise Wrong(f"{steps} updates were made, and {count} were expected: one for each batch")
    if close(given, 32 * truth):
        raise Wrong("the losses of a batch are added up. Take their mean, as loss_of does")
    if fits := slip([given], [truth]):
        raise Wrong(f"the move of the weights {fits}")
    raise Wrong(_elsewhere(ours, start, given, truth))


# --- Clipping -------------------------------------------------------------------------------------

_GRADIENTS = [
    ([[3.0], [4.0]], 2.5),
    ([[0.3, 0.1], [0.4]], 2.0),
    ([[-3.0, 0.0], [0.0, 4.0, 12.0]], 2.0),
    ([[[1.0, -2.0], [2.0, 0.5]], [4.0], [[3.0]]], 5.0),
]


def _norm(g):
    return np.sqrt(np.sum(g**2))


@exercise
def clip(answer):
    """Judge clipping by the global norm, by the norm's definition in float64."""
    needs_function(answer)
    points = [([np.array(g) for g in gradients], limit) for gradients, limit in _GRADIENTS]
    tried = []  # what came, and of what and of which limit
    for gradients, limit in points:
        came = call(answer, [tf.constant(g, tf.float32) for g in gradients], limit)
        tried.append((_flat(_tensors(came, gradients)), _flat(gradients), limit))
    if all(close(came, g * min(1, limit / _norm(g))) for came, g, limit in tried):
        return f"the gradients are right for all {len(points)} lists tried"
    # As what norm would give them, if the rest were right.
    norms = [limit * (g @ g) / (came @ g) for came, g, limit in tried]
    for norm, (came, g, limit) in zip(norms, tried, strict=True):
        said = f"{show(g)}, of norm {_norm(g):.4g}, clipped to {limit:g}, came back as {show(came)}"
        if not close(came, g * limit / norm):
            raise Wrong(f"{said}: they are not all scaled by the same factor")
        if _norm(g) < limit and not close(came, g):
            raise Wrong(f"{said}. Their norm is below the limit, so they are to stay as they are")
        if _norm(g) > limit and close(came, g):
            raise Wrong(f"{said}. Their norm is above the limit, so they are to be scaled")
        if _norm(g) > limit and close(_norm(came), 1):
            raise Wrong(f"{said}, of norm 1. Their norm is to be the limit")
        if not close(norm, max(limit, _norm(g))):
            said = f"{said}, as if their norm were {norm:.4g}"
            for text, wrong in mutants(_norm):
                others = [np.maximum(limit, wrong(g)) for _, g, limit in tried]
                if all(map(close, norms, others)):
                    raise Wrong(f"{said}: {text}")
            raise Wrong(said)


def _tensors(came, gradients):
    """Return what came, if it is a list with an array of its shape for each gradient."""
    if not isinstance(came, (list, tuple)):
        raise Wrong(f"{show(came)} came, and a list was expected, with a tensor for each gradient")
    if len(came) != len(gradients):
        look = " Is the return inside the loop?" if len(came) == 1 else ""
        raise Wrong(f"a list of {len(came)} came for {len(gradients)} gradients.{look}")
    for place, (part, gradient) in enumerate(zip(came, gradients, strict=True), start=1):
        if (shape := numbers(part).shape) != gradient.shape:
            raise Wrong(
                f"gradient {place} has shape {gradient.shape}, and came back with shape {shape}. A "
                "list of tensors of the same shapes is expected"
            )
    return came
