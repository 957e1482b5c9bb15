"""Verdicts of lesson 14, many workers."""

import collections
import functools
import gc
import tempfile

import keras
import numpy as np
import tensorflow as tf

from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import number, refuse
from verdict.running import Wrong, show

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_14(a, b, c):
    """Judge a slope of a sum, a gradient's size in bytes, and a count of traces."""
    return {
        "a": number(
            a,
            lambda: 10 * -594.0,
            mistakes={
                "-594 is the slope of the mean. The sum is ten times as large everywhere": -594.0,
                "-59.4 divides by ten, and the sum is ten times the mean": -59.4,
                "-900 is the slope of the sum for b, and the one for w is meant": -900.0,
            },
            look="The sum of ten squares is ten times their mean. What does that do to its slope?",
        ),
        "b": number(
            b,
            lambda: (784 * 128 + 128 + 128 * 10 + 10) * 4,
            mistakes={
                "101,770 entries is right, and a 32-bit float takes four bytes": 101_770,
                "that is the number of bits. Eight of them make a byte": 32 * 101_770,
                "the biases are missing": 4 * 101_632,
                "407.08 is right in kilobytes, and bytes are meant": 407.08,
            },
            look="One slope for each weight and bias of both layers, and four bytes for each slope",
        ),
        "c": number(
            c,
            lambda: 2,
            mistakes={"3 is the number of calls. A trace is kept, and used again": 3},
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
        many = f"with {workers} workers and {len(batch)} images"
        parts = []
        for rank in range(workers):
            part = call(shard, batch, rank, workers)
            if isinstance(part, (int, np.integer)):
                raise Wrong(f"{many}, worker {rank} gets the number {part}, and not its images")
            if isinstance(part, (set, frozenset)):
                raise Wrong("a set has no order and is no array. Return a list or an array")
            parts.append(numbers(part).ravel() if np.size(part) else np.zeros(0))
        _refuse_shards(parts, batch, many)
    return f"each of the {len(batches)} batches is shared out, each image once, evenly"


def _refuse_shards(parts, batch, many):
    """Refuse shards that are not the batch, each image once and evenly."""
    counts = collections.Counter(np.concatenate(parts).tolist())
    if strange := [image for image in counts if image not in batch]:
        indices = all(image in range(len(batch)) for image in counts)
        hint = ". Is that its index? batch[index] is the image number" if indices else ""
        raise Wrong(f"{many}, {strange[0]:.0f} comes out, which is not in the batch{hint}")
    if twice := sorted(image for image, count in counts.items() if count > 1):
        who = [rank for rank, part in enumerate(parts) if twice[0] in part]
        if len(parts) > 1 and all(np.array_equal(part, parts[0]) for part in parts):
            raise Wrong(f"{many}, each worker gets the same images. What tells them apart is rank")
        if len(who) == 1:
            raise Wrong(f"{many}, worker {who[0]} gets image {twice[0]:.0f} more than once")
        raise Wrong(f"{many}, image {twice[0]:.0f} goes to the workers {who[0]} and {who[1]}")
    if missing := [image for image in batch if image not in counts]:
        rest = len(batch) % len(parts)
        hint = f". {len(batch)} is no multiple of {len(parts)}: who takes the rest?" if rest else ""
        if len(parts) > 1 and batch[0] in parts[1]:
            hint = f". Worker 1 gets image {batch[0]}, the first: rank counts from 0"
        raise Wrong(f"{many}, nobody gets {show(np.array(missing))}{hint}")
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
        "a": number(
            a,
            lambda: (33.7 - 4.0) / 5.94,
            mistakes={
                "29.7 is how far w moves. How many correct steps of 5.94 is that?": 29.7,
                "that divides where w ends. Divide how far it moves from 4": 33.7 / 9.94,
            },
            look="A sum of n equal means is n times the mean: compare 33.7 - 4 with 9.94 - 4",
            within=0.01,
        ),
        "b": number(
            b,
            lambda: 5.94 / (6.97 - 4.0),
            mistakes={
                "2.97 is how far w moves. How often is it in the correct step of 5.94?": 2.97,
                "0.5 is the fraction of the correct step: one over the number of workers": 0.5,
                "that divides where w ends. Compare how far it moves from 4": 9.94 / 6.97,
            },
            look="The average of n parts is one n-th of their sum. How often is 2.97 in 5.94?",
            within=0.01,
        ),
        "c": number(
            c,
            lambda: 0.02545 / 5.0,
            mistakes={
                "that is the limit alone, and this team steps five times as far": 0.02545,
                "that is a fifth of the rate that was used. A fifth of the limit is meant": 0.002,
            },
            look="The steps are five times as long at any rate. Which rate is at the limit now?",
            within=5e-5,
        ),
    }


# --- The best number of workers -------------------------------------------------------------------


def _cost(shared, each, machine):
    def seconds(n):
        return shared / n + each * n + machine * np.ceil(n / 8)

    seconds.__name__ = f"{shared}/n + {each} n + {machine} for each machine of eight"
    return (seconds,)


_COSTS = [
    _cost(*parts)
    for parts in ((100, 1, 0), (1, 0.5, 0), (5000, 2, 0), (1, 0, 0), (200, 0, 6), (1000, 0.1, 5))
]


def _best(seconds, most=1000):
    return min(range(1, most + 1), key=seconds)


@exercise
def enough(enough_workers):
    """Judge a search for the number of workers, up to 1,000, with the shortest step."""
    needs_function(enough_workers)
    results = [call(enough_workers, *cost) for cost in _COSTS]
    mistakes = {
        "the shortest time is returned, and the number of workers is meant": (
            lambda seconds: seconds(_best(seconds))
        ),
        "it is one too small: a list begins at index 0, and the workers at 1": (
            lambda seconds: _best(seconds) - 1
        ),
        "the number with the longest step is returned, and the shortest is meant": (
            lambda seconds: max(range(1, 1001), key=seconds)
        ),
        "it stops where the step gets longer for the first time. Further on it can be shorter": (
            lambda seconds: next((n for n in range(1, 1000) if seconds(n + 1) > seconds(n)), 1000)
        ),
    }
    for most in (10, 20, 32, 50, 64, 99, 100, 128, 200, 256, 500, 512, 999):
        text = f"it never tries more than {most} workers"
        mistakes[text] = lambda seconds, most=most: _best(seconds, most)
    truths = [np.asarray(_best(*cost), np.float64) for cost in _COSTS]
    look = "Compare the times of all numbers of workers from 1 to 1,000"
    refuse(enough_workers, results, truths, _COSTS, mistakes=mistakes, look=look, within=1e-9)
    return f"right for all {len(_COSTS)} costs of a step that were tried"


# --- An accident ----------------------------------------------------------------------------------


def _new():
    """Make a small network and Adam, the same each time."""
    random = np.random.default_rng(14)
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4, activation="softmax")])
    model.set_weights([random.normal(size=(6, 4)) / 2, np.zeros(4)])
    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build(model.trainable_variables)
    return model, optimizer


def _train(model, optimizer, epoch):
    random = np.random.default_rng(int(epoch))
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    for _ in range(8):
        x = random.normal(size=(16, 6)).astype(np.float32)
        y = np.argmax(x[:, :4] + x[:, 2:], axis=1)
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)


def _flat(model):
    return np.concatenate([np.ravel(weights) for weights in model.get_weights()])


@functools.cache
def _weights(restored):
    """Return the weights before the accident, and after epoch 1, by what was restored."""
    (old, memory), (model, optimizer) = _new(), _new()
    _train(old, memory, 0)
    if "model" in restored:
        model.set_weights(old.get_weights())
    if "Adam" in restored:
        for variable, value in zip(optimizer.variables, memory.variables, strict=True):
            variable.assign(value)
    _train(model, optimizer, 1)
    return _flat(old), _flat(model)


@exercise
def resume(with_accident):
    """Judge a training that loses its process after an epoch, against one that loses none."""
    needs_function(with_accident)
    made, asked = [], []

    def new():
        made.append(_new())
        return made[-1]

    def train(model, optimizer, epoch):
        asked.append(int(epoch))
        _train(model, optimizer, epoch)

    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # it warns of what is not restored, and a verdict says it better
    gc.freeze()  # what is older need not be looked through below, which takes a second
    try:
        with tempfile.TemporaryDirectory() as folder:
            model = call(with_accident, new, train, folder)
            latest = next(iter(tf.io.gfile.glob(f"{folder}/*.index")), "").removesuffix(".index")
            saved = [shape for _, shape in tf.train.list_variables(latest)] if latest else []
        gc.collect()  # the warning comes when the checkpoint goes
    finally:
        gc.unfreeze()
        logger.setLevel(level)
    model = model[0] if isinstance(model, tuple) and model else model
    if not isinstance(model, keras.Model):
        raise Wrong(f"{show(model)} is returned, and the trained model is meant")
    if made and model is made[0][0]:
        raise Wrong(
            "the model from before the accident is returned. That process is dead: train and "
            "return the new one"
        )
    if asked != [0, 1]:
        raise Wrong(f"the epochs trained are {asked}, and 0 and 1 are meant, once each")
    adam = "Adam is not in the checkpoint: save the optimizer, and restore it"
    if saved.count([6, 4]) > 2:
        adam = "Adam is in the checkpoint: restore the optimizer, by the name it was saved by"
    given, (before, truth) = _flat(model), _weights("model, Adam")
    if np.allclose(given, truth, atol=1e-6):
        return "the same weights as without the accident, and each epoch is trained once"
    known = {
        "epoch 0 is lost: the new model begins where the first one did. Write the checkpoint "
        "after epoch 0, and restore it before epoch 1": _weights("")[1],
        "the weights are restored, but Adam's averages of the gradients and its count of steps "
        f"begin again. {adam}": _weights("model")[1],
        "Adam is restored and the weights are not: the model is missing": _weights("Adam")[1],
        "the weights are those after epoch 0: a restore after epoch 1 undoes it. Restore first, "
        "then train": before,
    }
    for message, wrong in known.items():
        if np.allclose(given, wrong, atol=1e-6):
            raise Wrong(message)
    raise Wrong(
        f"the weights are up to {np.abs(given - truth).max():.3f} away from those without the "
        "accident. What does the new process need that the old one knew?"
    )
