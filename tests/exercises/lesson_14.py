"""Answers to the exercises of lesson 14 and what the checks say: see tests/test_exercises.py."""

LEFT_OUT = [
    *("sum-teams", "workers-two", "travel-alone", "travel-two", "travel-faster"),
    *("cost-constants", "cost-functions", "cost-figure"),
    *("batch-same", "batch-scaled", "batch-scaled-far", "batch-figure", "batch-rate"),
    *("dies-accident", "dies-checkpoint", "dies-again"),
]

SHARD = "    return ...  # the image numbers of this worker"
ENOUGH = "    return ...  # a number of workers"
SAVE = "path = tf.train.Checkpoint(model=...).write"
RESTORE = "tf.train.Checkpoint(model=...).restore(path)"
BOTH = "tf.train.Checkpoint(model=model, optimizer=optimizer)"
TRAIN_1 = "train(model, optimizer, epoch=1)"


def survive(save=BOTH, restore=BOTH, **more):
    return {SAVE: f"path = {save}.write", RESTORE: f"{restore}.restore(path)", **more}


ROWS = [
    ("recall-answers", {"a = ...": "a = -594"}, "Wrong: (a) -594 is the slope of the mean"),
    ("recall-answers", {"a = ...": "a = -59.4"}, "Wrong: (a) -59.4 divides"),
    ("recall-answers", {"a = ...": "a = tf.constant(-5940.0)"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = 101_770"}, "Wrong: (b) 101,770 numbers is right"),
    ("recall-answers", {"b = ...": "b = 101_632 * 4"}, "Wrong: (b) that leaves out the biases"),
    ("recall-answers", {"b = ...": "b = 407080.0"}, "Correct: (b) 407080"),
    ("recall-answers", {"c = ...": "c = 3"}, "Wrong: (c) 3 counts the calls"),
    ("recall-answers", {"c = ...": "c = 1"}, "Wrong: (c) 1 would hold if all"),
    ("recall-answers", {"c = ...": "c = len({(437, 128), (875, 64)})"}, "Correct: (c) 2"),
    ("shards", {SHARD: "    return batch"}, "each worker gets the whole batch"),
    (
        "shards",
        {SHARD: "    n = len(batch) // workers\n    return batch[rank * n : rank * n + n]"},
        "nobody gets [59, 66]. 10 is no multiple of 4",
    ),
    (
        "shards",
        {SHARD: "    n = -(-len(batch) // workers)\n    return batch[rank * n : rank * n + n]"},
        "the shards have 3, 3, 3, 1 images",
    ),
    ("shards", {SHARD: "    return batch[::workers]"}, "image 6 goes to the workers 0 and 1"),
    ("shards", {SHARD: "    return batch[rank]"}, "one number, 8, came for worker 0"),
    ("shards", {SHARD: "    return batch[rank::2]"}, "with 3 workers and 9 images"),
    (
        "shards",
        {SHARD: "    return [i for i in range(len(batch)) if i % workers == rank]"},
        "Is that its place in the batch?",
    ),
    ("shards", {SHARD: "    return np.array_split(batch, workers)[rank]"}, "Correct: each of"),
    (
        "shards",
        {SHARD: "    return [n for i, n in enumerate(batch) if i % workers == rank]"},
        "Correct: each of",
    ),
    ("shards", {SHARD: "    return tf.constant(batch)[rank::workers]"}, "Correct: each of"),
    ("symptom", {"a = ...": "a = 29.7"}, "Wrong: (a) 29.7 is how far w moves"),
    ("symptom", {"a = ...": "a = 33.7 / 9.94"}, "Wrong: (a) that divides the places"),
    ("symptom", {"a = ...": "a = 5"}, "Correct: (a) 5"),
    ("symptom", {"b = ...": "b = 0.5"}, "Wrong: (b) 0.5 is the share"),
    ("symptom", {"b = ...": "b = 5"}, "Wrong: (b) 5 would move w"),
    ("symptom", {"b = ...": "b = (9.94 - 4) / (6.97 - 4)"}, "Correct: (b) 2"),
    ("symptom", {"c = ...": "c = 0.02545"}, "Wrong: (c) that is the limit of one machine"),
    ("symptom", {"c = ...": "c = 0.02545 * 5"}, "Wrong: (c) that multiplies the limit"),
    ("symptom", {"c = ...": "c = 0.002"}, "Wrong: (c) that is a fifth of the rate"),
    ("symptom", {"c = ...": "c = 2 / 78.58 / 5"}, "Correct: (c) 0.005"),
    (
        "enough",
        {ENOUGH: "    return min(seconds(n) for n in range(1, 1001))"},
        "Wrong: the shortest time comes",
    ),
    (
        "enough",
        {ENOUGH: "    return np.argmin([seconds(n) for n in range(1, 1001)])"},
        "Wrong: it is one less than it should be",
    ),
    ("enough", {ENOUGH: "    return max(range(1, 1001), key=seconds)"}, "with the longest step"),
    ("enough", {ENOUGH: "    return min(range(1, 101), key=seconds)"}, "more than 100 workers"),
    ("enough", {ENOUGH: "    return 10"}, "10 comes for every cost. Does it use seconds?"),
    (
        "enough",
        {
            ENOUGH: "    n = 1\n    while n < 1000 and seconds(n + 1) < seconds(n):\n"
            "        n += 1\n    return n"
        },
        "Correct: right for all",
    ),
    (
        "enough",
        {ENOUGH: "    return 1 + np.argmin([seconds(n) for n in range(1, 1001)])"},
        "Correct: right for all",
    ),
    (
        "resume",
        survive("tf.train.Checkpoint(model=model)", "tf.train.Checkpoint(model=model)"),
        "Wrong: the weights are restored and Adam is not",
    ),
    (
        "resume",
        survive(
            "tf.train.Checkpoint(optimizer=optimizer)", "tf.train.Checkpoint(optimizer=optimizer)"
        ),
        "Correct: the same weights",
    ),
    ("resume", survive(**{TRAIN_1: "pass"}), "Wrong: the model is restored and not trained on"),
    (
        "resume",
        survive(**{TRAIN_1: "train(model, optimizer, epoch=0)"}),
        "epoch 0 is trained twice",
    ),
    (
        "resume",
        survive(
            "tf.train.Checkpoint(m=model, o=optimizer)", "tf.train.Checkpoint(m=model, o=optimizer)"
        ),
        "Correct: the same weights",
    ),
    (
        "resume",
        {
            SAVE: "saved, kept = model.get_weights(), [v.numpy() for v in optimizer.variables]\n"
            "    path = str",
            RESTORE: "model.set_weights(saved)\n"
            "    for v, old in zip(optimizer.variables, kept):\n        v.assign(old)",
        },
        "Correct: the same weights",
    ),
]
