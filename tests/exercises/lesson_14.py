"""Answers to the exercises of lesson 14 and what the checks say: see tests/test_exercises.py."""

SLOW = ["split-model", "workers-alone"]

LEFT_OUT = [
    *("sum-teams", "workers-two", "travel-alone", "travel-two", "travel-faster"),
    *("cost-constants", "cost-functions", "cost-figure", "cost-larger", "cost-play"),
    *("batch-same", "batch-scaled", "batch-scaled-far", "batch-figure", "batch-rate"),
    *("dies-accident", "dies-checkpoint", "dies-again"),
]
SAVE = "path = tf.train.Checkpoint(model=...).write"
RESTORE = "tf.train.Checkpoint(model=...).restore(path)"
TRAIN_1 = "train(model, optimizer, epoch=1)"
BOTH, MODEL = "model=model, optimizer=optimizer", "model=model"


def resume(save, restore, message, **more):
    save, restore = f"tf.train.Checkpoint({save})", f"tf.train.Checkpoint({restore})"
    return {SAVE: f"path = {save}.write", RESTORE: f"{restore}.restore(path)"} | more, message


def by_hand(save, restore, message, last=TRAIN_1):
    return {TRAIN_1: last, SAVE: f"{save}\n    path = str", RESTORE: restore}, message


ANSWERS = {
    "recall-answers": [
        ("a = -594", "Wrong: (a) -594 is the slope of the mean"),
        ("a = -59.4", "Wrong: (a) -59.4 divides by ten"),
        ("a = -900", "Wrong: (a) -900 is the slope of the sum for b"),
        ("a = -6000.0", "What does that do to its slope?"),
        ("a = tf.constant(-5940.0)", "Correct: (a)"),
        ("b = 101_770", "Wrong: (b) 101,770 entries is right"),
        ("b = 101_770 * 32", "Wrong: (b) that is the number of bits"),
        ("b = 101_632 * 4", "Wrong: (b) the biases are missing"),
        ("b = 407.08", "Wrong: (b) 407.08 is right in kilobytes"),
        ("b = 42", "and four bytes for each slope"),
        ("b = 407080.0", "Correct: (b) 407,080"),
        ("c = 3", "Wrong: (c) 3 is the number of calls"),
        ("c = 1", "A tensor counts by its dtype and shape"),
        ("c = len({(437, 128), (875, 64)})", "Correct: (c) 2"),
    ],
    "shards": [
        ("batch", "each worker gets the same images. What tells them apart is rank"),
        ("batch[::workers]", "each worker gets the same images"),
        ("batch[rank - 1 :: workers]", "image 8, the first: rank counts from 0"),
        (
            "batch[rank * (len(batch) // workers) :][: len(batch) // workers]",
            "nobody gets [59, 66]. 10 is no multiple of 4",
        ),
        (
            "batch[rank * -(-len(batch) // workers) :][: -(-len(batch) // workers)]",
            "the shards have 3, 3, 3, 1 images",
        ),
        ("batch[rank:]", "image 0 goes to the workers 0 and 1"),
        ("list(batch[rank::workers]) * 2", "worker 1 gets image 0 more than once"),
        ("batch[rank]", "worker 0 gets the number 8, and not its images"),
        ("set(batch[rank::workers].tolist())", "a set has no order"),
        ("batch[rank::2]", "with 3 workers and 9 images"),
        ("np.arange(len(batch))[rank::workers]", "batch[index] is the image number"),
        ("np.array_split(batch, workers)[rank]", "Correct: each of"),
        ("[n for i, n in enumerate(batch) if i % workers == rank]", "Correct: each of"),
        ("tf.constant(batch)[rank::workers]", "Correct: each of"),
    ],
    "symptom": [
        ("a = 29.7", "Wrong: (a) 29.7 is how far w moves"),
        ("a = 33.7 / 9.94", "Wrong: (a) that divides where w ends"),
        ("a = 6", "A sum of n equal means"),
        ("b = 3", "How often is 2.97 in 5.94?"),
        ("a = 5", "Correct: (a) 5"),
        ("b = 2.97", "Wrong: (b) 2.97 is how far w moves"),
        ("b = 0.5", "Wrong: (b) 0.5 is the fraction"),
        ("b = 9.94 / 6.97", "Wrong: (b) that divides where w ends"),
        ("b = (9.94 - 4) / (6.97 - 4)", "Correct: (b) 2"),
        ("c = 0.02545", "Wrong: (c) that is the limit alone"),
        ("c = 0.002", "Wrong: (c) that is a fifth of the rate"),
        ("c = 0.004", "Which rate is at the limit now?"),
        ("c = 2 / 78.58 / 5", "Correct: (c) 0.005"),
    ],
    "enough": [
        ("min(seconds(n) for n in range(1, 1001))", "Wrong: the shortest time is returned"),
        ("np.argmin([seconds(n) for n in range(1, 1001)])", "Wrong: it is one too small"),
        ("max(range(1, 1001), key=seconds)", "Wrong: the number with the longest step"),
        ("min(range(1, 101), key=seconds)", "Wrong: it never tries more than 100 workers"),
        ("10", "never uses seconds"),
        (
            "next(n for n in range(1, 1001) if n == 1000 or seconds(n + 1) > seconds(n))",
            "Wrong: it stops where the step gets longer for the first time",
        ),
        ("min(range(1, 1001), key=lambda n: n * seconds(n))", "it gives 1, and 10 was expected"),
        ("1 + np.argmin(seconds(np.arange(1, 1001)))", "Correct: right for all"),
        ("sorted((seconds(n), n) for n in range(1, 1001))[0][1]", "Correct: right for all"),
    ],
    "resume": [
        resume(MODEL, MODEL, "Adam is not in the checkpoint: save the optimizer"),
        resume(BOTH, MODEL, "Adam is in the checkpoint: restore the optimizer"),
        resume("optimizer=optimizer", "optimizer=optimizer", "Correct: the same weights"),
        resume("m=model, o=optimizer", "m=model, o=optimizer", "Correct: the same weights"),
        resume(BOTH, "m=model, o=optimizer", "Wrong: epoch 0 is lost"),
        resume(
            BOTH, BOTH, "the epochs trained are [0], and 0 and 1 are meant", **{TRAIN_1: "pass"}
        ),
        resume(
            BOTH, BOTH, "the epochs trained are [0, 1, 1]", **{TRAIN_1: f"{TRAIN_1}; {TRAIN_1}"}
        ),
        by_hand(
            "saved, kept = model.get_weights(), [v.numpy() for v in optimizer.variables]",
            "model.set_weights(saved); [v.assign(o) for v, o in zip(optimizer.variables, kept)]",
            "Correct: the same weights",
        ),
        by_hand(
            "kept = [v.numpy() for v in optimizer.variables]",
            "[v.assign(o) for v, o in zip(optimizer.variables, kept)]",
            "Adam is restored and the weights are not",
        ),
        by_hand(
            "saved, kept = model.get_weights(), int(optimizer.iterations)",
            "model.set_weights(saved); optimizer.iterations.assign(kept)",
            "What does the new process need that the old one knew?",
        ),
        by_hand(
            "saved = model.get_weights()",
            TRAIN_1,
            "a restore after epoch 1 undoes it",
            "model.set_weights(saved)",
        ),
        by_hand("old = model", TRAIN_1, "That process is dead", "model = old"),
    ],
}
ROWS = [(cell, *row) for cell, rows in ANSWERS.items() for row in rows]
