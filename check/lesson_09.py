"""Verdicts of lesson 09, generalisation."""

import dis
import types

import keras
import numpy as np
import tensorflow as tf

from check.images import training_images
from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import number, word
from verdict.models import choices, classifies, scores, trained
from verdict.running import Wrong, is_function, is_learners, show
from verdict.slips import close

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
            },
            look="A tensor counts by its shape and dtype, and here both stay the same",
        ),
        "c": number(
            c,
            lambda: 2 - 0.1 * 0.5 * 2,
            mistakes={
                "2 is the weight as it was. Without a gradient it still decays": 2,
                "1 comes without the rate: it is rate · decay · w that is subtracted": 1,
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
    """Judge which of four trainings has which fault; the lesson draws their letters at random."""
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
    ([0.84, 0.83, 0.82, 0.81, 0.8, 0.79], 2, 6),
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
    "each loss is compared with that of the epoch before. Compare it with the lowest so far": {
        "new": lambda loss, lowest, last: loss < last
    },
    "a loss equal to the lowest counts as a new lowest one, and the waiting begins again": {
        "new": lambda loss, lowest, last: loss <= lowest
    },
    "it trains for patience epochs, whatever the losses: none of them counts as a new lowest one. "
    "Is it compared as loss < lowest, and does lowest begin with np.inf?": {
        "new": lambda loss, lowest, last: False
    },
    **{
        f"it stops after {n} without a new lowest loss, whatever it is given. Use patience": {
            "limit": lambda patience, n=n: n
        }
        for n in range(1, 11)
    },
}


@exercise
def stopping(train_with_patience):
    """Judge early stopping on losses that are known beforehand."""
    needs_function(train_with_patience)
    truths = [_stops(*one) for one in _TRIES]
    layers = [keras.layers.Dense(1), keras.layers.BatchNormalization()]
    model = keras.Sequential([keras.Input((1,)), *layers])
    came = [_trains(train_with_patience, model, *one) for one in _TRIES]
    runs, ends, _ = zip(*came, strict=True)
    right_runs, best, _ = zip(*truths, strict=True)
    full = [n == epochs for n, (_, _, epochs) in zip(runs, _TRIES, strict=True)]
    if runs != right_runs:
        for text, rule in _RULES.items():
            if runs == tuple(_stops(*one, **rule)[0] for one in _TRIES):
                raise Wrong(text)
        if set(runs) == {1}:
            raise Wrong("it ends after one epoch. Is a return or break where each epoch meets it?")
        if runs == tuple(_stops([3.0, *losses], *most)[0] for losses, *most in _TRIES):
            raise Wrong("the loss is asked before the epoch is trained. run_epoch() comes first")
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
        if not _is_number(result) or not close(numbers(result, ()), loss):
            shown = f"it returns {show(result)}, not {loss:g}, the lowest loss"
            raise Wrong(f"the weights are right, and {shown}")
    return f"it stops in time and keeps the best weights, in all {len(_TRIES)} trainings tried"


def _is_number(value):
    return value is not None and np.ndim(value) == 0 and np.asarray(value).dtype.kind in "iuf"


def _trains(function, model, losses, patience, epochs):
    """Return how many epochs a function trains, the one whose weights stay, what it returns.

    Each weight of the model is the number of epochs that have made it.
    """
    model.set_weights([np.zeros(weight.shape) for weight in model.weights])
    done, asked, refused = [], [], []

    def run_epoch():
        if _epoch_of(model) != len(done):
            refused.append(
                "the weights are changed between two epochs, so the training goes on from other "
                "ones. Put the best weights back after the loop"
            )
        elif len(done) > len(asked):
            refused.append(
                "run_epoch() is called again, and held_out_loss() was not asked. Ask after each "
                "epoch"
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
    except Wrong as reason:
        if str(reason) in refused:
            raise
        if done and not asked:
            raise Wrong(
                "held_out_loss() is never called, with brackets: it returns the loss. run_epoch() "
                "trains, and returns nothing"
            ) from None
        if losses[0] > 0 and _works(function, model):
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


def _works(function, model):
    """Whether a function trains if losses are below 0."""
    try:
        return bool(_trains(function, model, [-5.0, -4.0, -6.0], 2, 3))
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

    asks = {"kernel_regularizer": "l2", "activity_regularizer": "l1"}
    network = Heard(
        [
            keras.Input((12,)),
            keras.layers.Dense(16, activation="tanh", **({} if dropout_alone else asks)),
            *([] if dropout_alone else [keras.layers.BatchNormalization(momentum=0.7)]),
            keras.layers.Dropout(0.4, seed=3),
            keras.layers.Dense(
                4, activation="softmax", kernel_regularizer=None if dropout_alone else "l1"
            ),
        ]
    )
    random = np.random.default_rng(9)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape) / 2 + (weight.name == "gamma"))
    return network


@exercise
def complete_step(whole_step):
    """Judge a maker of steps against Keras's own training: one step, and then as a graph."""
    needs_function(whole_step)
    sgd, adam = keras.optimizers.SGD, keras.optimizers.Adam
    # Dropout alone comes first: batch normalisation has stop_gradients of its own, which would be
    # blamed for a None.
    _completes(whole_step, lambda step: step, sgd, 0.1, 1, dropout_alone=True)
    _completes(whole_step, lambda step: step, sgd, 0.1, 1)
    try:
        _completes(whole_step, tf.function, adam, 0.02, 2)
    except Wrong as reason:
        raise Wrong(f"as a graph: {reason}") from None
    return "every weight and average ends as in Keras's own training, eager and as a graph"


def _completes(whole_step, way, new_optimizer, rate, count, **options):
    heard = {"training": [], "losses": []}
    theirs, ours = _network({"training": [], "losses": []}, **options), _network(heard, **options)
    random, start = np.random.default_rng(4), ours.get_weights()
    x = tf.constant(random.normal(size=(count, 32, 12)) + 0.5, tf.float32)
    y = tf.constant(random.integers(4, size=(count, 32)), tf.int32)
    optimizer = new_optimizer(rate)
    optimizer.build(ours.trainable_variables)
    step = call(whole_step, ours, optimizer)
    if not is_function(step):
        raise Wrong(
            f"a function of x and y was expected, not {show(step)}. Does it end in return step, "
            "without brackets?"
        )
    theirs.compile(new_optimizer(rate), "sparse_categorical_crossentropy", run_eagerly=True)
    run = way(step)
    for part in heard.values():
        part.clear()
    for batch in zip(x, y, strict=True):
        theirs.train_on_batch(*batch)
        call(run, *batch, seconds=60, may_be_none=True)
    steps = int(optimizer.iterations)
    if not steps:
        raise Wrong(
            "the optimizer is never asked: optimizer.apply(gradients, model.trainable_variables)"
        )
    ends = list(zip(ours.weights, start, ours.get_weights(), theirs.get_weights(), strict=True))
    off = [weight.path.partition("/")[2] for weight, _, a, b in ends if np.abs(a - b).max() > 1e-4]
    if not off:
        return
    still = [w.path.partition("/")[2] for w, a, b, _ in ends if w.trainable and np.all(a == b)]
    if steps != count:
        raise Wrong(f"{steps} updates were made, and {count} expected: one for each batch")
    if len(heard["training"]) > count:
        raise Wrong(
            "the model is called more than once in each step, so dropout draws again and batch "
            "normalisation's averages move again. Keep what the first call returns"
        )
    if not all(heard["training"]):
        raise Wrong("the layers are not told that this is training. Call model(x, training=True)")
    if not heard["losses"]:
        raise Wrong("model.losses is never read. Add sum(model.losses) to the loss, in the tape")
    if still:
        raise Wrong(
            f"{still[0]} does not move. Is the model called inside the tape, and are all of "
            "model.trainable_variables asked for and updated?"
        )
    moves = [b - a for weight, a, b, _ in ends if weight.trainable]
    if text := _added(x[0], y[0], [-move / rate for move in moves], **options):
        raise Wrong(text)
    raise Wrong(
        f"{off[0]} ends elsewhere. Compare loss and update with new_step of lesson 07, and what is "
        "added to them with the text above"
    )


def _flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def _added(x, y, gradients, **options):
    """Say of which loss gradients are, if it is made of the right parts; None if not."""
    network = _network({"training": [], "losses": []}, **options)
    with tf.GradientTape(persistent=True) as tape:
        data = keras.losses.SparseCategoricalCrossentropy()(y, network(x, training=True))
        parts = [data, *network.losses]
    columns = []
    for part in parts:
        found = zip(tape.gradient(part, network.trainable_variables), gradients, strict=True)
        columns.append(_flat(np.zeros(like.shape) if g is None else g for g, like in found))
    columns, given = np.transpose(columns), _flat(gradients)
    (a, *b), *_ = np.linalg.lstsq(columns, given)
    if not close(columns @ (a, *b), given):
        return None
    if b and close(a, len(b), 0.01) and close(b, np.ones(len(b)), 0.01):
        return "model.losses is a list, and it is added to the loss number by number. Add their sum"
    if b and not close(b, np.full(len(b), b[0]), 0.01):
        counts = ", ".join(f"{factor:.3g}" for factor in np.round(b, 3) + 0.0)
        return (
            f"the {len(b)} losses in model.losses count {counts} times. Add all of them, after the "
            "model is called: before, those of activities are missing"
        )
    if b and close(b[0], 0, 0.01):
        return (
            "model.losses has no effect on the weights. Is it added to the loss inside the tape, "
            "and as a tensor?"
        )
    asked = f" + {b[0]:.3g} · sum(model.losses)" if b else ""
    return f"the weights move as with the loss {a:.3g} · loss_of(y, probabilities){asked}"


# --- Much from few images -------------------------------------------------------------------------


@exercise
def from_few(train_well):
    """Judge a model trained on 2,000 images by 4,000 that the lesson never uses."""
    needs_function(train_well)
    x, y = training_images(0, 2000)
    for name, labels in _labels_read(train_well):
        if not np.array_equal(labels, np.resize(y, len(labels))) and name != "y_held":
            raise Wrong(
                f"it reads {name}, {len(labels):,} labels of images that it is not given. Train on "
                "x and y alone"
            )
    given = tf.constant(x), tf.constant(y, tf.int32)
    model = trained(train_well, *given, seconds=300, seed=2, uses=(0, 1))
    judged, held = training_images(48_000, 52_000), training_images(58_000)
    share, held_share = (np.mean(choices(scores(model, i, 10)) == n) for i, n in (judged, held))
    if held_share > share + 0.05:
        raise Wrong(
            f"{held_share:.1%} of the images held out are right, and {share:.1%} of others: it was "
            "trained on them. Train on the 2,000 that it is given"
        )
    try:
        right = classifies(model, *judged, 3360, classes=10, own=(x, y))
    except Wrong as reason:
        if share < 0.83:
            raise
        missing = f"only {3360 - round(4000 * share)} right answers are missing"
        raise Wrong(f"{missing}. Does it use one cure, or two? {reason}") from None
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
