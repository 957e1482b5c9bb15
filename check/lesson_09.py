"""Verdicts of lesson 09, generalisation."""

import dis
import functools
import types

import keras
import numpy as np
import tensorflow as tf

from helpers.data import load_fashion_mnist
from verdict import (
    Wrong,
    call,
    choices,
    classifies,
    close,
    exercise,
    is_function,
    is_learners,
    needs_function,
    number,
    numbers,
    scores,
    show,
    trained,
    word,
)

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_09(a, b, c):
    """Judge the loss of one image, the traces of a compiled epoch, and an update with decay."""
    return {
        "a": number(
            a,
            lambda: -np.log(0.05),
            mistakes={
                "0.05 is the probability. Its cost is -ln of it": 0.05,
                "0.95 is what is missing to certainty. Cross-entropy takes -ln p": 0.95,
                "that is -ln of 0.95, the probability of all wrong classes together": -np.log(0.95),
                "that is 1/p. Its logarithm was asked": 20,
            },
            look="The loss is -ln p, with p = 0.05",
        ),
        "b": number(
            b,
            1,
            mistakes={
                "40 counts the calls. A graph is kept as long as shape and dtype stay": 40,
                "0: the first call has to trace": 0,
                "2: nothing changes but the numbers in the tensor, so one graph serves all": 2,
                "2,000 counts images. The graph does not look at the numbers in a tensor": 2000,
            },
            look="A tensor counts by its shape and dtype, and here both stay the same",
        ),
        "c": number(
            c,
            1.9,
            mistakes={
                "2 is the weight as it was. Without a gradient it still decays": 2,
                "2.1 grows. Decay is subtracted": 2.1,
                "1 comes without the rate: it is rate · decay · w that is subtracted": 1,
                "1.95 comes without the weight, which is 2: rate · decay · w": 1.95,
                "1.8 comes without the decay: rate · decay · w": 1.8,
                "0.1 is what is subtracted. What is left of the weight?": 0.1,
            },
            look="w − r·g − r·d·w, with w = 2, r = 0.1, g = 0 and d = 0.5",
        ),
    }


# --- Four curves ----------------------------------------------------------------------------------

_CURVES = {"A": "leak", "B": "slow", "C": "wild", "D": "overfits"}
#: What would be seen if a training had a fault.
_WOULD = {
    "overfits": "one that overfits has a held-out loss that turns round and rises while the "
    "training loss goes on falling",
    "slow": "a rate far too small leaves the training loss high, and its line smooth",
    "wild": "a rate far too large makes the curves jump, the training loss too",
    "leak": "if training images are held out, the held-out loss never turns round: it falls with "
    "the training loss",
}


@exercise
def curves(A, B, C, D):
    """Judge which of four trainings has which fault; the lesson draws their letters by lot."""
    given = {"A": A, "B": B, "C": C, "D": D}
    return {
        letter: word(
            given[letter],
            fault,
            mistakes={
                f"{other!r} does not fit: {text}. Look at {letter} once more": other
                for other, text in _WOULD.items()
                if other != fault
            },
            look=f"The four are {', '.join(map(repr, _WOULD))}",
        )
        for letter, fault in _CURVES.items()
    }


# --- Early stopping -------------------------------------------------------------------------------

#: Held-out losses epoch by epoch, the patience, and the largest number of epochs.
_TRIES = [
    ([0.9, 0.7, 0.75, 0.74, 0.6, 0.65, 0.66, 0.64, 0.63, 0.62, 0.1], 3, 11),
    ([0.5, 0.55, 0.4, 0.45, 0.46, 0.2, 0.1, 0.05], 2, 8),
    ([0.8, 0.6, 0.5, 0.55, 0.58, 0.3], 5, 5),
    ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 2, 6),
    ([2.0, 1.5, 1.6, 1.55, 1.7, 1.8, 1.2, 1.3, 1.4, 1.45, 1.5, 1.6, 0.9], 4, 13),
    ([1.4, 1.1, 1.1, 1.2, 1.1, 0.3], 3, 6),
]


def _lower(loss, lowest, last):
    return loss < lowest


def _stops(losses, patience, epochs, new=_lower, again=0, limit=lambda patience: patience):
    """Return how many epochs are run, the best of them and its loss."""
    lowest, last, waited, best = np.inf, np.inf, 0, 0
    for epoch, loss in enumerate(losses[:epochs], start=1):
        waited = again * waited if new(loss, lowest, last) else waited + 1
        if loss < lowest:
            lowest, best = loss, epoch
        last = loss
        if waited >= limit(patience):
            break
    return epoch, best, lowest


#: By what to say: the rule that somebody follows who makes this mistake.
_RULES = {
    "it never stops early. Count the epochs without a new lowest loss, and end the loop when there "
    "are patience of them": {"limit": lambda patience: np.inf},
    "the count is never set back to 0: it adds up all epochs without a new lowest loss, and they "
    "are to be in a row": {"again": 1},
    "it stops one epoch too late: with a patience of 3, the third epoch without a new lowest loss "
    "is the last": {"limit": lambda patience: patience + 1},
    "it stops one epoch too early: with a patience of 3, three epochs without a new lowest loss "
    "are to be waited for": {"limit": lambda patience: max(patience - 1, 1)},
    "it stops at the first epoch that is not better, whatever the patience": {
        "limit": lambda patience: 1
    },
    "each loss is compared with that of the epoch before. Compare it with the lowest so far": {
        "new": lambda loss, lowest, last: loss < last
    },
    "a loss equal to the lowest counts as a new lowest one, and the waiting begins again": {
        "new": lambda loss, lowest, last: loss <= lowest
    },
    "no loss becomes a new lowest one. Is it compared as loss < lowest, and does lowest begin with "
    "np.inf?": {"new": lambda loss, lowest, last: False},
}


@exercise
def stopping(train_with_patience):
    """Judge early stopping on losses that are known beforehand."""
    needs_function(train_with_patience)
    truths = [_stops(*one) for one in _TRIES]
    came = [_trains(train_with_patience, *one) for one in _TRIES]
    runs, ends, _ = zip(*came, strict=True)
    right_runs, best, _ = zip(*truths, strict=True)
    full = [n == epochs for n, (_, _, epochs) in zip(runs, _TRIES, strict=True)]
    if runs != right_runs:
        for text, rule in _RULES.items():
            if runs == tuple(_stops(*one, **rule)[0] for one in _TRIES):
                raise Wrong(text)
        for fixed in range(1, 11):
            if runs == tuple(_stops(losses, fixed, most)[0] for losses, _, most in _TRIES):
                raise Wrong(f"it waits for {fixed} epochs, whatever it is given. Use patience")
    elif ends == runs:
        raise Wrong(
            "the model ends with the weights of its last epoch. Were they copied, with "
            "get_weights(), and put back after the loop, with set_weights()? model.weights are "
            "the variables themselves, which move on"
        )
    elif ends != best and ends == tuple(np.where(full, runs, best)):
        raise Wrong(
            "if the loop comes to its end without stopping early, the best weights are not put "
            "back. Put them back after the loop"
        )
    for (losses, patience, epochs), *found in zip(_TRIES, came, truths, strict=True):
        (run, end, result), (right, best_epoch, loss) = found
        said = f"with losses {', '.join(map(str, losses))}, a patience of {patience} and at most "
        said += f"{epochs} epochs it"
        if run != right:
            raise Wrong(f"{said} ran {run} epochs, and {right} were expected")
        if end != best_epoch:
            raise Wrong(f"{said} keeps the weights of epoch {end}. The best is {best_epoch}")
        if result is None:
            raise Wrong("it trains and stops, and returns None. Return the lowest loss at its end")
        if not close(numbers(result, ()), loss):
            raise Wrong(
                f"the model is right, and {show(result)} is returned. Return the lowest loss"
            )
    return f"it stops in time and keeps the best weights, in all {len(_TRIES)} trainings tried"


def _trains(function, losses, patience, epochs):
    """Return how many epochs a function trains, the one whose weights stay, what it returns.

    Each weight of the model is the number of epochs that have made it.
    """
    layers = [keras.layers.Dense(1), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.set_weights([np.zeros(weight.shape) for weight in model.weights])
    done, asked, refused = [], [], []

    def run_epoch():
        if _epoch_of(model) != len(done):
            refused.append(
                "the weights are changed between two epochs, so the training goes on from other "
                "ones. Put the best weights back after the loop"
            )
        elif len(done) == epochs:
            refused.append(f"it goes on after {epochs} epochs, where epochs is {epochs}")
        if refused:
            raise Wrong(refused[0])
        done.append(1)
        model.set_weights([np.full(weight.shape, float(len(done))) for weight in model.weights])

    def held_out_loss():
        asked.append(1)
        return float([3.0, *losses][_epoch_of(model)])

    try:
        given = model, run_epoch, held_out_loss, patience, epochs
        result = call(function, *given, may_be_none=True)
    except Wrong:
        if done and not asked:
            raise Wrong(
                "held_out_loss() is never called, with brackets: it returns the loss. run_epoch() "
                "trains, and returns nothing"
            ) from None
        if not refused and losses[0] > 0 and _works(function):
            raise Wrong(
                "no loss is below the one that it begins with, so there are no weights to put "
                "back. Let the lowest loss begin with np.inf"
            ) from None
        raise
    if not done:
        raise Wrong("run_epoch() was never called, so nothing was trained. Call it in a loop")
    if (end := _epoch_of(model)) < 0:
        raise Wrong("only a part of the weights is put back. get_weights() copies all of them")
    return len(done), end, result


def _epoch_of(model):
    """Return the epoch whose weights a model has; -1 if they are of several."""
    epochs = {int(number) for weight in model.get_weights() for number in np.ravel(weight)}
    return epochs.pop() if len(epochs) == 1 else -1


def _works(function):
    """Whether a function trains if losses are below 0."""
    try:
        return bool(_trains(function, [-5.0, -4.0, -6.0], 2, 3))
    except Wrong:
        return False


# --- A complete step ------------------------------------------------------------------------------


def _network(heard, dropout_alone=False):
    """Make a small network for four classes, whose weights are the same each time.

    What is done with it is kept in `heard`: with which training= it is called, and how often its
    losses are read.
    """

    class Heard(keras.Sequential):
        def call(self, inputs, training=None, mask=None):
            heard["training"].append(training)
            return super().call(inputs, training=training, mask=mask)

        @property
        def losses(self):
            heard["losses"].append(1)
            return super().losses

    asks = {} if dropout_alone else {"kernel_regularizer": "l2", "activity_regularizer": "l1"}
    network = Heard(
        [
            keras.Input((12,)),
            keras.layers.Dense(16, activation="tanh", **asks),
            *([] if dropout_alone else [keras.layers.BatchNormalization(momentum=0.7)]),
            keras.layers.Dropout(0.4, seed=3),
            keras.layers.Dense(4, activation="softmax", **asks),
        ]
    )
    random = np.random.default_rng(9)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape) / 2 + (weight.name == "gamma"))
    return network


#: What somebody adds up in place of `data + sum(losses)`, by what to say.
_LOSSES = {
    "model.losses has no effect on the weights. Is it added to the loss inside the tape, and as a "
    "tensor?": lambda data, losses, before: data,
    "model.losses is read before the model is called. What activities ask for is then that of the "
    "step before": lambda data, losses, before: data + sum(before),
    "model.losses is subtracted. It is to be small as well, so add it": (
        lambda data, losses, before: data - sum(losses)
    ),
    "model.losses is added twice": lambda data, losses, before: data + 2 * sum(losses),
    "the mean of model.losses is added, and their sum was expected": (
        lambda data, losses, before: data + sum(losses) / len(losses)
    ),
    "only the first of model.losses is added. Add all of them: sum(model.losses)": (
        lambda data, losses, before: data + losses[0]
    ),
    "only the largest of model.losses is added. Add all of them: sum(model.losses)": (
        lambda data, losses, before: data + max(losses)
    ),
    "model.losses is a list, and a list is added to each of its numbers. Add their sum": (
        lambda data, losses, before: data * len(losses) + sum(losses)
    ),
    "the losses of a batch are added up. Take their mean, as loss_of does": (
        lambda data, losses, before: 32 * data + sum(losses)
    ),
}


@exercise
def complete_step(whole_step):
    """Judge a maker of steps against Keras's own training, eager and as a graph."""
    needs_function(whole_step)
    _completes(whole_step, lambda step: step, "SGD", 0.1)
    for name, rate, alone in (("Adam", 0.02, False), ("SGD", 0.1, True)):
        way = "as a graph, with " + ("dropout alone" if alone else "all three kinds of layers")
        try:
            _completes(whole_step, tf.function, name, rate, dropout_alone=alone)
        except Wrong as reason:
            raise Wrong(f"{way}: {reason}") from None
    return "every weight and average ends as in Keras's own training, eager and as a graph"


def _batches():
    random = np.random.default_rng(4)
    x = tf.constant(random.normal(size=(2, 32, 12)) + 0.5, tf.float32)
    y = tf.constant(random.integers(4, size=(2, 32)), tf.int32)
    return list(zip(x, y, strict=True))


def _completes(whole_step, way, name, rate, **options):
    heard = {"training": [], "losses": []}
    theirs, ours = _network({"training": [], "losses": []}, **options), _network(heard, **options)
    theirs.compile(
        getattr(keras.optimizers, name)(rate), "sparse_categorical_crossentropy", run_eagerly=True
    )
    for x, y in _batches():
        theirs.train_on_batch(x, y)
    before, optimizer = ours.get_weights(), getattr(keras.optimizers, name)(rate)
    optimizer.build(ours.trainable_variables)
    step = call(whole_step, ours, optimizer)
    if not is_function(step):
        raise Wrong(
            f"a function of x and y was expected, not {show(step)}. Does it end in return step, "
            "without brackets?"
        )
    run = way(step)
    for part in heard.values():
        part.clear()
    for x, y in _batches():
        call(run, x, y, seconds=60, may_be_none=True)
    given, truth, steps = ours.get_weights(), theirs.get_weights(), int(optimizer.iterations)
    if not steps:
        raise Wrong(
            "the optimizer that is handed over is never asked: "
            "optimizer.apply(gradients, model.trainable_variables)"
        )
    if _same(given, truth):
        return
    if steps != len(_batches()):
        raise Wrong(f"{steps} updates were made for {len(_batches())} batches: make one for each")
    if len(heard["training"]) > len(_batches()):
        raise Wrong(
            "the model is called more than once in each step, so dropout draws again and batch "
            "normalisation's averages move again. Keep what the first call returns"
        )
    if not all(heard["training"]):
        raise Wrong("the layers are not told that this is training. Call model(x, training=True)")
    if not heard["losses"]:
        raise Wrong("model.losses is never read. Add sum(model.losses) to the loss, in the tape")
    for text, total in _LOSSES.items():
        if _same(given, _by_rule(total, rate)):
            raise Wrong(text)
    names = [weight.path.partition("/")[2] for weight in ours.weights]
    for name, *ways in zip(names, before, given, strict=True):
        if np.array_equal(*ways):
            raise Wrong(f"{name} does not move. Is the model called inside the tape?")
    for name, *ways in zip(names, given, truth, strict=True):
        if not _same(*[[way] for way in ways]):
            raise Wrong(
                f"{name} ends elsewhere. Compare loss and update with plain_step, and what is "
                "added to them with the text above"
            )


def _by_rule(total, rate):
    """Train with SGD as somebody does who adds up something else; return the weights."""
    network = _network({"training": [], "losses": []})
    loss_of, optimizer = keras.losses.SparseCategoricalCrossentropy(), keras.optimizers.SGD(rate)
    for x, y in _batches():
        with tf.GradientTape() as tape:
            before = network.losses
            data = loss_of(y, network(x, training=True))
            loss = total(data, network.losses, before)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
    return network.get_weights()


def _same(given, truth):
    return all(np.abs(a - b).max() < 1e-4 for a, b in zip(given, truth, strict=True))


# --- Much from few images -------------------------------------------------------------------------


@functools.cache
def _images(start, stop):
    """Return some of the training images, scaled, and their labels."""
    (images, labels), _ = load_fashion_mnist()
    return images[start:stop].astype(np.float32) / 255, labels[start:stop].astype(int)


@exercise
def from_few(train_well):
    """Judge a model trained on 2,000 images by 4,000 that the lesson never uses."""
    needs_function(train_well)
    x, y = _images(0, 2000)
    for name, labels in _labels_read(train_well):
        if not np.array_equal(labels, np.resize(y, len(labels))) and name != "y_held":
            raise Wrong(
                f"it reads {name}, {len(labels):,} labels of images that it is not given. Train on "
                "x and y alone"
            )
    given = tf.constant(x), tf.constant(y, tf.int32)
    model = trained(train_well, *given, seconds=120, seed=2, uses=(0, 1))
    judged, held = _images(48_000, 52_000), _images(58_000, 60_000)
    share, held_share = (np.mean(choices(scores(model, i, 10)) == n) for i, n in (judged, held))
    if held_share > share + 0.05:
        raise Wrong(
            f"{held_share:.1%} of the images held out are right, and {share:.1%} of others: it was "
            "trained on them. Train on the 2,000 that it is given"
        )
    right = classifies(model, *judged, 3360, classes=10, own=(x, y))
    return f"{right / 4000:.1%} of 4,000 new images are right, from 2,000 to learn from"


def _labels_read(function, seen=()):
    """Yield the names and values of labels that a function reads from outside.

    Functions of the learner's that it calls are looked into as well.
    """
    code, outside = getattr(function, "__code__", None), getattr(function, "__globals__", {})
    codes = [code, *(c for c in code.co_consts if isinstance(c, types.CodeType))] if code else []
    steps = [step for part in codes for step in dis.get_instructions(part)]
    for name in {step.argval for step in steps if step.opname == "LOAD_GLOBAL"} - {*seen}:
        value = outside.get(name)
        if isinstance(value, types.FunctionType) and is_learners(value.__code__.co_filename):
            yield from _labels_read(value, (*seen, name))
        array = np.asarray(value) if isinstance(value, (np.ndarray, tf.Tensor)) else np.zeros(0)
        if array.ndim == 1 and array.size >= 1000 and array.dtype.kind in "iu" and array.max() < 10:
            yield name, array
