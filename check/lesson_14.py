"""Verdicts of lesson 14, many workers."""

import gc
import tempfile

import keras
import numpy as np
import tensorflow as tf

from verdict import Wrong, call, exercise, needs_function, number, numbers, show


@exercise
def recall_14(a, b, c):
    """Judge a slope of a sum, a gradient's size in bytes, and a count of traces."""
    weights = 784 * 128 + 128 + 128 * 10 + 10
    return {
        "a": lambda: number(
            a,
            -5940.0,
            mistakes={
                "-594 is the slope of the mean. The sum is ten times as large, everywhere": -594.0,
                "-59.4 divides where the sum multiplies: the mean is the sum over ten": -59.4,
                "that has the wrong sign: the loss still falls as w grows": 5940.0,
                "-900 belongs to b. The slope for w was asked": -900.0,
                "-6840 adds the slopes for w and for b. The one for w was asked": -6840.0,
            },
            look="The sum of ten squares is ten times their mean; what does that do to its slope?",
        ),
        "b": lambda: number(
            b,
            4 * weights,
            mistakes={
                "101,770 numbers is right, and a 32-bit float takes four bytes": weights,
                "that is the number of bits. Eight of them make a byte": 32 * weights,
                "that is for 64-bit floats. TensorFlow's have 32": 8 * weights,
                "that leaves out the biases": 4 * (784 * 128 + 128 * 10),
                "that leaves out the last layer": 4 * (784 * 128 + 128),
                "that leaves out the hidden layer": 4 * (128 * 10 + 10),
                "that adds Adam's two numbers for each weight. The gradient alone was asked": (
                    12 * weights
                ),
            },
            look="One slope for each weight and bias of both layers, and four bytes for each slope",
        ),
        "c": lambda: number(
            c,
            2,
            mistakes={
                "3 counts the calls. A trace is kept, and used again": 3,
                "1 would hold if all orders were of one shape": 1,
                "0: the first call always traces": 0,
            },
            look="A tensor counts by its dtype and shape. How many different shapes come?",
        ),
    }


# --- Shards ---------------------------------------------------------------------------------------


@exercise
def shards(shard):
    """Judge a division of a batch among workers: no overlap, nothing left out, equal sizes."""
    needs_function(shard)
    batches = {
        2: np.array([8, 2, 6, 4, 14, 0]),  # even and odd do not tell the workers apart
        3: np.arange(100, 109),
        4: np.arange(10) * 7 + 3,
        1: np.arange(5),
        5: np.arange(3),
    }
    for workers, batch in batches.items():
        parts = []
        for rank in range(workers):
            part = call(shard, batch, rank, workers)
            if isinstance(part, (int, np.integer)):
                raise Wrong(f"one number, {part}, came for worker {rank}. A shard is a part of it")
            parts.append(np.asarray(numbers(part)).ravel() if np.size(part) else np.zeros(0))
        _judge_shards(batch, parts, workers)
    return f"each of the {len(batches)} batches is shared out, each image once, evenly"


def _judge_shards(batch, parts, workers):
    many = f"with {workers} workers and {len(batch)} images"
    together = np.concatenate(parts)
    unknown = np.setdiff1d(together, batch)
    if unknown.size:
        places = set(unknown) <= set(range(len(batch)))
        text = "Is that its place in the batch? batch[place] is its number" if places else ""
        raise Wrong(
            f"{many}, {unknown[0]:.0f} comes, which is no image of this batch. {text}".rstrip()
        )
    twice = sorted(n for n in set(together) if np.sum(together == n) > 1)
    if twice:
        who = [rank for rank, part in enumerate(parts) if twice[0] in part]
        if len(who) == workers and all(len(part) == len(batch) for part in parts) and workers > 1:
            raise Wrong(f"{many}, each worker gets the whole batch. What tells them apart is rank")
        if len(who) == 1:
            raise Wrong(f"{many}, worker {who[0]} gets image {twice[0]:.0f} more than once")
        raise Wrong(f"{many}, image {twice[0]:.0f} goes to the workers {who[0]} and {who[1]}")
    missing = np.setdiff1d(batch, together)
    if missing.size:
        hint = ""
        if len(batch) % workers:
            hint = f". {len(batch)} is no multiple of {workers}: who takes the rest?"
        raise Wrong(f"{many}, nobody gets {show(missing)}{hint}")
    sizes = [len(part) for part in parts]
    if max(sizes) - min(sizes) > 1:
        raise Wrong(
            f"{many}, the shards have {', '.join(map(str, sizes))} images. All wait for the "
            "largest: let no two differ by more than one"
        )


# --- Symptoms -------------------------------------------------------------------------------------


@exercise
def symptom(a, b, c):
    """Judge what two wrong first steps say about a team, and a rate that such a team can take."""
    return {
        "a": lambda: number(
            a,
            5.0,
            within=0.01,
            mistakes={
                "29.7 is how far w moves. How many right moves of 5.94 is that?": 29.7,
                "that divides the places. Divide how far w moves from 4": 33.7 / 9.94,
                "4 counts from 9.94. w began at 4": 4,
                "6 counts one too many: 29.7 is how many times 5.94?": 6,
                "10 is the number of rides. How many moves of 5.94 are in 29.7?": 10,
                "2 is how many workers this lesson has had. This team has another number": 2,
            },
            look="A sum of n equal means is n times the mean: compare 33.7 - 4 with 9.94 - 4",
        ),
        "b": lambda: number(
            b,
            2.0,
            within=0.01,
            mistakes={
                "5 would move w by 1.188 only. How often is 2.97 in 5.94?": 5,
                "2.97 is how far w moves. How often is it in the right move?": 2.97,
                "0.5 is the share of the right move. It is one over the number of workers": 0.5,
                "10 would move w by 0.594 only. How often is 2.97 in 5.94?": 10,
                "1 worker would make the right move: its share is the whole": 1,
            },
            look="Divided by all rides and averaged once more: the move is one n-th of the right",
        ),
        "c": lambda: _rate(c),
    }


def _rate(answer):
    """Judge the largest stable rate of a team; rates are small, so what counts is their ratio."""
    given, limit = float(numbers(answer, ())), 2 / 78.58
    known = {
        "that is the limit of one machine. This team steps five times as far": limit,
        "that multiplies the limit. A step five times as long needs a smaller rate": 5 * limit,
        "that is for two workers; team A has another number": limit / 2,
        "that is for ten workers; team A has another number": limit / 10,
        "that is a fifth of the rate that was used. A fifth of the limit was asked": 0.01 / 5,
        "that is the rate that was used; with it, w came to 33.7. It was thrown out": 0.01,
    }
    if abs(given / (limit / 5) - 1) < 0.01:
        return show(answer)
    for message, wrong in known.items():
        if abs(given / wrong - 1) < 0.01:
            raise Wrong(message)
    look = "The steps are five times as long at any rate: which rate is at the limit now?"
    raise Wrong(f"it is not {show(given)}. {look}")


# --- The best number of workers -------------------------------------------------------------------

_COSTS = {
    "a step of 100/n + n": lambda n: 100.0 / n + n,
    "a step of 1 + 0.5 (n - 1), where one is best": lambda n: 1.0 + 0.5 * (n - 1),
    "a step of 5000/n + 2 (n - 1)": lambda n: 5000.0 / n + 2.0 * (n - 1),
    "a step of 1/n, where each one more pays": lambda n: 1.0 / n,
    "a step of 60/n + 3 log n": lambda n: 60.0 / n + 3.0 * np.log(n),
}


@exercise
def enough(enough_workers):
    """Judge a search for the number of workers, up to 1,000, with the shortest step."""
    needs_function(enough_workers)
    counts = np.arange(1, 1001)
    truths, givens, tables = [], [], []
    for cost in _COSTS.values():
        result = call(enough_workers, cost)
        if isinstance(result, (tuple, list)) and len(result) == 2:
            raise Wrong(f"{show(result)} came, two numbers. Return the number of workers alone")
        given = numbers(result, ())
        table = np.array([cost(int(n)) for n in counts])
        givens.append(float(given))
        tables.append(table)
        truths.append(int(counts[table.argmin()]))
    if givens == truths:
        return f"right for all {len(_COSTS)} costs of a step that were tried"
    known = {
        "the shortest time comes, and the number of workers was asked": [t.min() for t in tables],
        "it is one less than it should be: a list begins at place 0, and the workers at 1": [
            t - 1 for t in truths
        ],
        "it is one more than it should be: the one after the last that pays": [
            t + 1 for t in truths
        ],
        "the number with the longest step comes, and the shortest was asked": [
            int(counts[t.argmax()]) for t in tables
        ],
        "the last number comes each time: is one compared with the other?": [1000] * len(truths),
        "the first number comes each time: does the function end at its first comparison?": (
            [1] * len(truths)
        ),
    }
    for message, wrong in known.items():
        if np.allclose(givens, wrong):
            raise Wrong(message)
    for upto in (1000, 100, 10, 50, 500):
        capped = [int(counts[: upto - 1][t[: upto - 1].argmin()]) for t in tables]
        if givens == capped or givens == [int(counts[:upto][t[:upto].argmin()]) for t in tables]:
            raise Wrong(f"it never tries more than {int(max(givens))} workers. Try 1 to 1,000")
    if len(set(givens)) == 1:
        raise Wrong(f"{show(givens[0])} comes for every cost. Does it use seconds?")
    at = next(i for i, (g, t) in enumerate(zip(givens, truths, strict=True)) if g != t)
    name, table = list(_COSTS)[at], tables[at]
    given = givens[at]
    if given == int(given) and 1 <= given <= 1000:
        raise Wrong(
            f"for {name} it gives {given:.0f}, a step of {show(table[int(given) - 1])}; "
            f"the best number is {truths[at]}, with a step of {show(table.min())}"
        )
    raise Wrong(f"for {name} it gives {show(given)}, and {truths[at]} was expected")


# --- An accident ----------------------------------------------------------------------------------


def _new():
    """Make a small network and Adam, the same each time."""
    random = np.random.default_rng(14)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4, activation="softmax")])
    model.set_weights([random.normal(size=(6, 4)) / 2, np.zeros(4)])
    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build(model.trainable_variables)
    return model, optimizer


class _Training:
    """Trains by an epoch's number, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.models = []

    def __call__(self, model, optimizer, epoch):
        self.asked.append(int(epoch))
        self.models.append(model)
        random = np.random.default_rng(int(epoch))
        loss_of = keras.losses.SparseCategoricalCrossentropy()
        for _ in range(8):
            x = random.normal(size=(16, 6)).astype(np.float32)
            y = np.argmax(x[:, :4] + x[:, 2:], axis=1)
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x))
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)


def _weights_after(*epochs, keep_optimizer=True, restart_at=None, keep_model=True):
    model, optimizer = _new()
    train = _Training()
    for epoch in epochs:
        if epoch == restart_at:
            other, fresh = _new()
            if keep_model:
                other.set_weights(model.get_weights())
            if keep_optimizer:
                for new, old in zip(fresh.variables, optimizer.variables, strict=True):
                    new.assign(old)
            model, optimizer = other, fresh
        train(model, optimizer, epoch)
    return np.concatenate([w.ravel() for w in model.get_weights()])


@exercise
def resume(with_accident):
    """Judge a training that loses its process after an epoch, against one that loses none."""
    needs_function(with_accident)
    train, made = _Training(), []

    def new():
        made.append(_new())
        return made[-1]

    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # it warns of what is not restored, and a verdict says it better
    try:
        with tempfile.TemporaryDirectory() as folder:
            model = call(with_accident, new, train, folder)
        gc.collect()  # the warning comes when the checkpoint goes
    finally:
        logger.setLevel(level)
    if isinstance(model, tuple) and model:
        model = model[0]
    if not isinstance(model, keras.Model):
        raise Wrong(f"a {type(model).__name__} came, and the trained model was expected")
    if len(made) < 2 or model is made[0][0]:
        raise Wrong(
            "the model that comes is the one from before the accident. That process is dead: "
            "train and return the new one"
        )
    given = np.concatenate([w.ravel() for w in model.get_weights()])
    truth = _weights_after(0, 1)
    if np.allclose(given, truth, atol=1e-6):
        if train.asked != [0, 1]:
            raise Wrong(f"the epochs {train.asked} are trained, and 0 and 1 were asked, once each")
        return "the same weights as without the accident, and each epoch is trained once"
    known = {
        "nothing is restored: the new model begins anew, and epoch 0 is lost": _weights_after(1),
        "the weights are restored and Adam is not: its memory of the slopes and its count of steps "
        "begin anew. Save the optimizer too": _weights_after(
            0, 1, restart_at=1, keep_optimizer=False
        ),
        "Adam is restored and the weights are not. Save the model too": _weights_after(
            0, 1, restart_at=1, keep_model=False
        ),
        "the model is restored and not trained on: epoch 1 is missing": _weights_after(0),
        "what is restored is the model before its first epoch. Save after train(…, epoch=0)": (
            _weights_after(1)
        ),
        "epoch 0 is trained twice, and epoch 1 not at all": _weights_after(0, 0),
        "epoch 0 is trained again after the restore, and it was in the checkpoint": (
            _weights_after(0, 0, 1)
        ),
        "epoch 1 is trained twice": _weights_after(0, 1, 1),
        "this is a model that was never trained": _weights_after(),
    }
    for message, wrong in known.items():
        if np.allclose(given, wrong, atol=1e-6):
            raise Wrong(message)
    raise Wrong(
        f"the weights are up to {np.abs(given - truth).max():.3f} away from those without the "
        "accident. What does the new process need that the old one knew?"
    )
