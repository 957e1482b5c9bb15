"""Verdicts of lesson 09, generalisation."""

import functools

import keras
import numpy as np
import tensorflow as tf

from helpers.data import load_fashion_mnist
from verdict import (
    Wrong,
    answered,
    call,
    choices,
    classifies,
    close,
    exercise,
    is_function,
    needs_function,
    number,
    numbers,
    scores,
    show,
    trained,
)


@exercise
def recall_09(a, b, c):
    """Judge the loss of one image, the traces of a compiled epoch, and an update with decay."""
    return {
        "a": lambda: number(
            a,
            -np.log(0.05),
            mistakes={
                "that is ln p, which is below 0. A loss is -ln p": np.log(0.05),
                "0.05 is the probability. Its cost is -ln of it": 0.05,
                "0.95 is what is missing to certainty. Cross-entropy takes -ln p": 0.95,
                "that is -ln of 0.95, the probability of all wrong classes together": -np.log(0.95),
                "that is a logarithm to base 10, and ln has base e": -np.log10(0.05),
                "that is a logarithm to base 2, and ln has base e": -np.log2(0.05),
                "that is 1/p. Its logarithm was asked": 20.0,
                "that is -p ln p. The loss is -ln p alone": -0.05 * np.log(0.05),
                "that is -ln 0.5: p is 0.05": np.log(2),
                "that is the squared error. Cross-entropy takes -ln p": 0.95**2,
            },
            look="The loss is -ln p, with p = 0.05",
        ),
        "b": lambda: number(
            b,
            1,
            mistakes={
                "40 counts the calls. A graph is kept as long as shape and dtype stay": 40,
                "39 counts the calls after the first, and these run what was traced": 39,
                "41 is one more than the calls. Trace once, run often": 41,
                "0: the first call has to trace": 0,
                "2: nothing changes but the numbers in the tensor, so one graph serves all": 2,
                "2,000 counts images. The graph does not look at the numbers in a tensor": 2000,
                "80,000 counts images. A graph does not look at the numbers in a tensor": 80_000,
                "20 counts batches. The loop over them is in the graph": 20,
            },
            look="A tensor counts by its shape and dtype, and here both stay the same",
        ),
        "c": lambda: number(
            c,
            1.9,
            mistakes={
                "2 is the weight as it was. Without a gradient it still decays": 2.0,
                "2.1 grows. Decay is subtracted": 2.1,
                "1 comes without the rate: it is rate · decay · w that is subtracted": 1.0,
                "1.95 comes without the weight, which is 2: rate · decay · w": 1.95,
                "1.8 comes without the decay: rate · decay · w": 1.8,
                "0.1 is what is subtracted. What is left of the weight?": 0.1,
                "1.99 multiplies by the rate twice": 1.99,
                "1.5 subtracts the decay itself: it is rate · decay · w": 1.5,
                "that is the weight after two updates": 2 * 0.95**2,
                "0.95 is the factor. The weight is 2": 0.95,
            },
            look="w − r·g − r·d·w, with w = 2, r = 0.1, g = 0 and d = 0.5",
        ),
    }


# --- Four curves ----------------------------------------------------------------------------------

#: How each training looks, by its fault.
_LOOKS = {
    "overfits": "the training loss falls smoothly toward 0, and the held-out loss turns and rises",
    "slow": "both losses fall in a smooth line and are still high at the end",
    "wild": "the losses jump up and down, and training does not get low",
    "leak": "both losses fall together, the held-out one below the training loss to the end",
}
#: What would be seen if the training had the fault that was named.
_WOULD = {
    "overfits": "one that overfits has a held-out loss that turns round and rises slowly while "
    "training goes on falling",
    "slow": "a rate far too small would leave the training loss high and its line smooth",
    "wild": "a rate far too large would make the curves jump, also that of training",
    "leak": "if training images are held out, the held-out loss never turns round: it falls with "
    "the training loss",
}


@exercise
def curves(A, B, C, D):
    """Judge which of four trainings has which fault; the lesson draws their letters by lot."""
    letters = np.random.default_rng(5).permutation(list("ABCD"))
    truth = dict(zip(letters, _LOOKS, strict=True))
    given = {"A": A, "B": B, "C": C, "D": D}
    return {
        letter: functools.partial(_fault, letter, given[letter], truth[letter]) for letter in "ABCD"
    }


def _fault(letter, given, truth):
    answered(given)
    if not isinstance(given, str):
        raise Wrong(f"{show(given)} came, and a word in quotes was expected: {_words()}")
    word = given.strip().strip("\"'").casefold()
    if word not in _LOOKS:
        near = [known for known in _LOOKS if known[:4] == word[:4]]
        ask = f"Do you mean {near[0]!r}?" if near else f"The four are {_words()}"
        raise Wrong(f"{show(given)} is none of the four words. {ask}")
    if word != truth:
        raise Wrong(f"{word!r} does not fit: {_WOULD[word]}. Look at {letter} once more")
    return f"{truth!r}: {_LOOKS[truth]}"


def _words():
    return ", ".join(map(repr, _LOOKS))


# --- Early stopping -------------------------------------------------------------------------------

#: Held-out losses epoch by epoch, the patience, and the largest number of epochs.
_SCRIPTS = [
    ([0.9, 0.7, 0.75, 0.74, 0.6, 0.65, 0.66, 0.64, 0.63, 0.62, 0.1], 3, 11),
    ([0.5, 0.55, 0.4, 0.45, 0.46, 0.2, 0.1, 0.05], 2, 8),
    ([0.8, 0.6, 0.5, 0.55, 0.58, 0.3], 5, 5),
    ([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 2, 6),
    ([2.0, 1.5, 1.6, 1.55, 1.7, 1.8, 1.2, 1.3, 1.4, 1.45, 1.5, 1.6, 0.9], 4, 13),
]


def _stops(script, patience, epochs, rule):
    """Run a rule on a script; return the epochs run, the epoch whose weights stay, and the loss."""
    best, lowest, waited, last = 0, np.inf, 0, np.inf
    for epoch, loss in enumerate(script[:epochs], start=1):
        better = loss < (last if rule == "last" else lowest)
        worse = loss > last if rule == "rises" else not better
        last = loss
        if better or (rule == "rises" and loss < lowest):
            best, lowest = epoch, min(loss, lowest)
        if rule == "total":
            waited += worse
        else:
            waited = waited + 1 if worse else 0
        limit = {"late": patience + 1, "early": max(patience - 1, 1), "never": 10**6, "first": 1}
        if waited >= limit.get(rule, patience):
            break
    return epoch, best, lowest


#: By what to say: the rule that somebody follows who makes this mistake.
_RULES = {
    "it never stops early: it ran all epochs. Count the epochs without a new lowest loss, and end "
    "the loop when there are patience of them": "never",
    "the count is never set back to 0: it adds up all worse epochs, and they are to be in a row": (
        "total"
    ),
    "it stops one epoch too late: with the patience of 3, the third epoch without a new lowest "
    "loss is the last": "late",
    "it stops one epoch too early: with a patience of 3, three epochs without a new lowest loss "
    "are to be waited for": "early",
    "it stops at the first epoch that is not better, whatever the patience": "first",
    "each loss is compared with that of the epoch before. Compare it with the lowest so far": (
        "last"
    ),
    "it counts only losses that rise from one epoch to the next. What counts is whether there is a "
    "new lowest one": "rises",
}


@exercise
def stopping(train_with_patience):
    """Judge early stopping on losses that are known beforehand."""
    needs_function(train_with_patience)
    came, truth = [], []
    for script, patience, epochs in _SCRIPTS:
        truth.append(_stops(script, patience, epochs, None))
        came.append(_scripted(train_with_patience, script, patience, epochs))
    runs, weights, results = zip(*came, strict=True)
    right_runs, right_weights, lowest = zip(*truth, strict=True)
    if runs != right_runs:
        if not any(runs):
            raise Wrong("run_epoch() was never called, so nothing was trained. Call it in a loop")
        for message, rule in _RULES.items():
            if runs == tuple(_stops(*script, rule)[0] for script in _SCRIPTS):
                raise Wrong(message)
        if len(set(runs)) == 1:
            raise Wrong(f"it runs {runs[0]} epochs, whatever it is given. Use patience and epochs")
        for fixed in range(1, 11):
            rule = [_stops(script, fixed, most, None)[0] for script, _, most in _SCRIPTS]
            if list(runs) == rule:
                raise Wrong(f"it waits for {fixed} epochs, whatever it is given. Use patience")
        _different(_SCRIPTS, runs, right_runs)
    if weights != right_weights:
        if weights == right_runs:
            raise Wrong(
                "the model ends with the weights of its last epoch. Were they copied, by "
                "get_weights(), and put back after the loop, by set_weights()? model.weights are "
                "the variables themselves, which move on"
            )
        if all(w == 0 for w in weights):
            raise Wrong("the model ends with the weights that it began with, not with its best")
        if all(w == r - 1 for w, r in zip(weights, right_weights, strict=True)):
            raise Wrong(
                "the weights are those of the epoch before the best: copy them after run_epoch()"
            )
        some = [w != r for w, r in zip(weights, right_weights, strict=True)]
        full = [n == epochs for n, (_, _, epochs) in zip(runs, _SCRIPTS, strict=True)]
        if some == [a and b for a, b in zip(full, some, strict=True)] and any(some):
            raise Wrong(
                "if the loop comes to its end without stopping early, the best weights are not put "
                "back. Put them back after the loop"
            )
        place = some.index(True)
        raise Wrong(
            f"with losses {show(_SCRIPTS[place][0])} it ends with the weights of epoch "
            f"{weights[place]}, and those of epoch {right_weights[place]} were expected"
        )
    values = [_loss(result) for result in results]
    if not all(close(v, r) for v, r in zip(values, lowest, strict=True)):
        lasts = [script[n - 1] for n, (script, _, _) in zip(runs, _SCRIPTS, strict=True)]
        for message, others in {
            "the model is right, and the last loss is returned. The lowest was asked for": lasts,
            "the model is right, and the number of the best epoch is returned. Its loss was asked "
            "for": right_weights,
            "the model is right, and the number of epochs is returned. The lowest loss was asked "
            "for": runs,
        }.items():
            if all(close(v, o) for v, o in zip(values, others, strict=True)):
                raise Wrong(message)
        raise Wrong(
            f"the model is right, and {show(values[0])} is returned. The lowest loss was "
            f"{lowest[0]}"
        )
    return f"it stops in time and keeps the best weights, in all {len(_SCRIPTS)} trainings tried"


def _loss(result):
    if isinstance(result, keras.Model):
        raise Wrong("the model is right, and it is returned. The lowest loss was asked for")
    return numbers(result, ())


def _scripted(function, script, patience, epochs):
    """Let a function train a model whose losses are known; each weight is its epoch's number."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.set_weights([np.zeros((1, 1)), np.zeros(1)])
    done = []

    def run_epoch():
        done.append(1)
        if len(done) > 60:
            raise Wrong(
                f"it goes on after 60 epochs, and at most {epochs} were allowed. Does the loop end?"
            )
        for weight in model.weights:
            weight.assign(tf.fill(weight.shape, float(len(done))))

    def held_out_loss():
        now = int(model.get_weights()[1][0])
        return float(script[min(now, len(script)) - 1]) if now else 3.0

    returned = []

    @functools.wraps(function)
    def run(*args):
        returned.append(function(*args))
        return returned[-1] if returned[-1] is ... else True

    try:
        result = call(run, model, run_epoch, held_out_loss, patience, epochs)
    except Wrong as reason:
        if "computes with a None" not in str(reason):
            raise
        raise Wrong(
            "there were no weights to put back: what should hold them is None. Was no loss below "
            "the one that it begins with? Then begin with np.inf, and keep get_weights()"
        ) from None
    if result is ...:
        answered(result)
    weights = model.get_weights()
    ended = int(weights[0][0, 0])
    if ended != int(weights[1][0]):
        raise Wrong("only a part of the weights is put back: kernel and bias are of two epochs")
    if returned[0] is None and len(done):
        right = _stops(script, patience, epochs, None)
        if (len(done), ended) == right[:2]:
            raise Wrong("it trains and stops, and returns None. Return the lowest loss at its end")
        returned[0] = right[2]
    if returned[0] is None:
        raise Wrong("it calls run_epoch() not once, and returns None. Train in a loop")
    return len(done), ended, returned[0]


def _different(scripts, runs, right):
    place = next(n for n, (a, b) in enumerate(zip(runs, right, strict=True)) if a != b)
    script, patience, epochs = scripts[place]
    if runs[place] > epochs:
        raise Wrong(
            f"it ran {runs[place]} epochs, and {epochs} at most were allowed: epochs is an argument"
        )
    if runs[place] == epochs - 1 == right[place] - 1:
        raise Wrong(
            f"it ran {runs[place]} epochs, and {epochs} were allowed: range(1, n) has n - 1"
        )
    raise Wrong(
        f"with losses {', '.join(map(str, script[:epochs]))}, a patience of {patience} and at most "
        f"{epochs} epochs it ran {runs[place]}, and {right[place]} were expected"
    )


# --- A complete step ------------------------------------------------------------------------------


def _network(dropout=False, norm=False, losses=False):
    """Make a small network for four classes, whose weights are the same each time."""
    l1, l2 = (keras.regularizers.L1(0.02), keras.regularizers.L2(0.1)) if losses else (None, None)
    layers = [
        keras.Input((12,)),
        keras.layers.Dense(16, activation="tanh", kernel_regularizer=l2),
        *([keras.layers.BatchNormalization(momentum=0.7)] if norm else []),
        *([keras.layers.Dropout(0.4, seed=3)] if dropout else []),
        keras.layers.Dense(4, activation="softmax", kernel_regularizer=l1),
    ]
    network = keras.Sequential(layers)
    random = np.random.default_rng(9)
    for weight in network.trainable_variables:
        weight.assign(random.normal(size=weight.shape) / 2 + (weight.name == "gamma"))
    return network


#: All at once come first: there each omission leads to other weights.
_NETWORKS = {
    "with all three": {"dropout": True, "norm": True, "losses": True},
    "with dropout alone": {"dropout": True},
    "with batch normalisation alone": {"norm": True},
    "with two regularisers alone": {"losses": True},
}
_RATES = {"SGD": 0.1, "Adam": 0.02}


def _batches():
    random = np.random.default_rng(4)
    x = tf.constant(random.normal(size=(4, 32, 12)) + 0.5, tf.float32)
    y = tf.constant(random.integers(4, size=(4, 32)), tf.int32)
    return list(zip(x, y, strict=True))


def _optimizer(name):
    return getattr(keras.optimizers, name)(_RATES[name])


def _by_rule(network, optimizer, *, train=True, factor=1.0, calls=1, **slips):
    """Train as somebody does who leaves something out; return the weights."""
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    for x, y in _batches():
        with tf.GradientTape() as tape:
            for _ in range(calls):
                said = network(x, training=train)
            extra = network.losses[:1] if slips.get("first") else network.losses
            loss = loss_of(y, said) * (len(extra) if slips.get("listed") else 1)
            if extra:
                loss += factor * sum(extra) / (len(extra) if slips.get("mean") else 1)
        gradients = tape.gradient(loss, network.trainable_variables)
        optimizer.apply(gradients, network.trainable_variables)
    return network.get_weights()


#: By what to say: what is left out or done wrong.
_OMISSIONS = {
    "this is how it trains without training=True and without model.losses: both are needed": {
        "train": False,
        "factor": 0.0,
    },
    "the layers believe that they are in use. Call model(x, training=True)": {"train": False},
    "what the layers ask for, model.losses, is not in the loss, or is added outside the tape": {
        "factor": 0.0
    },
    "model.losses is subtracted. It is to be small too, so add it": {"factor": -1.0},
    "model.losses is added twice": {"factor": 2.0},
    "the mean of model.losses is added, and their sum was expected": {"mean": True},
    "model.losses is a list, and a list is added to each of its numbers. Add their sum": {
        "listed": True
    },
    "only the first of model.losses is added. Add all of them: sum(model.losses)": {"first": True},
    "the model is called twice in each step, so dropout draws twice and batch normalisation's "
    "averages move twice. Keep what the first call returns": {"calls": 2},
}


@exercise
def complete_step(whole_step):
    """Judge a maker of steps by the weights in which four networks end, against Keras's own."""
    needs_function(whole_step)
    for name, parts in _NETWORKS.items():
        for rule in _RATES:
            try:
                _complete(whole_step, parts, rule)
            except Wrong as reason:
                if "computes with a None" in str(reason):
                    # Batch normalisation has stop_gradients of its own, which would be blamed.
                    _complete(whole_step, {"dropout": True}, rule)
                raise Wrong(f"{name}, by {rule}: {reason}") from None
    return f"{', '.join(_NETWORKS)}: every weight and average as by Keras's own training"


def _complete(whole_step, parts, rule):
    theirs, ours = _network(**parts), _network(**parts)
    theirs.compile(_optimizer(rule), "sparse_categorical_crossentropy", run_eagerly=True)
    for x, y in _batches():
        theirs.train_on_batch(x, y)
    truth, before = theirs.get_weights(), ours.get_weights()
    optimizer = _optimizer(rule)
    step = call(whole_step, ours, optimizer)
    if not is_function(step):
        raise Wrong(
            f"{show(step)} came, and a function of x and y was expected. Does it end in "
            "return step, without brackets?"
        )

    @functools.wraps(step)
    def run(x, y):
        return ... if step(x, y) is ... else True

    try:
        for x, y in _batches():
            answered(call(run, x, y, seconds=60))
    except Wrong as reason:
        if "Invalid input shape" not in str(reason):
            raise
        raise Wrong(
            "a model gets inputs of another shape than its own. Is it the one that is handed over?"
        ) from None
    given = ours.get_weights()
    if _same(given, truth):
        return
    steps = int(optimizer.iterations)
    if not steps:
        raise Wrong(
            "the optimizer that is handed over is never asked: "
            "optimizer.apply(gradients, model.trainable_variables)"
        )
    if _same(given, before):
        raise Wrong("no weight of the model that is handed over has moved")
    if steps != len(_batches()):
        raise Wrong(f"{steps} updates were made for {len(_batches())} batches: make one for each")
    for message, options in _OMISSIONS.items():
        if _same(given, _by_rule(_network(**parts), _optimizer(rule), **options)):
            raise Wrong(message)
    for weight, a, b in zip(ours.weights, given, truth, strict=True):
        if np.abs(a - b).max() > 1e-4:
            name = weight.path.partition("/")[2]
            raise Wrong(
                f"{name} ends elsewhere, by up to {np.abs(a - b).max():.2g}. Compare loss and "
                "update with plain_step, and what is added to them with the text above"
            )


def _same(given, truth):
    return all(np.abs(a - b).max() < 1e-4 for a, b in zip(given, truth, strict=True))


# --- Much from few images -------------------------------------------------------------------------


@functools.cache
def _images(part):
    """Return scaled images and labels that the lesson does not train on; "given" are its 2,000."""
    (images, labels), test = load_fashion_mnist()
    slices = {
        "given": slice(2000),
        "judged": slice(48_000, 52_000),
        "others": slice(20_000, 24_000),
        "more": slice(2000, 6000),
        "held out": slice(58_000, None),
    }
    images, labels = test if part == "test" else (images[slices[part]], labels[slices[part]])
    return images.astype(np.float32) / 255, labels.astype(int)


@exercise
def from_few(train_well):
    """Judge a model trained on 2,000 images by 4,000 that the lesson never uses."""
    x, y = _images("given")
    given = tf.constant(x), tf.constant(y, tf.int32)
    model = trained(train_well, *given, seconds=120, seed=2, uses=(0, 1))
    shares = {part: _share(model, part) for part in ("judged", "others", "more", "held out")}
    usual = sorted(shares.values())[1]
    for part, what in {
        "more": "the training images from 2,000 on",
        "held out": "the images held out",
    }.items():
        if usual > 0.6 and shares[part] > usual + 0.05:
            raise Wrong(
                f"{shares[part]:.1%} of {what} are right, and {usual:.1%} of others: it was "
                "trained on them. Train on the 2,000 that it is given"
            )
    test, own = _share(model, "test"), _share(model, "given")
    if test > shares["judged"] + 0.01 and test > 0.8:  # else they are the harder ones, by 0.01
        raise Wrong(
            f"{test:.1%} of the test images are right, and {shares['judged']:.1%} of others: it "
            "was trained on the test images. Train on the 2,000 that it is given"
        )
    if usual > 0.81 and own < usual + 0.01:
        raise Wrong(
            f"{usual:.1%} of new images are right, and no more of the 2,000 that it is given, "
            f"{own:.1%}: whoever learns from few images knows them better. It was trained on others"
        )
    right = classifies(model, *_images("judged"), 3360, classes=10)
    return f"{right / 4000:.1%} of 4,000 new images are right, from 2,000 to learn from"


def _share(model, part):
    images, labels = _images(part)
    return np.mean(choices(scores(model, images, 10)) == labels)
