"""Answers to the exercises of lesson 07 and what the checks say: see tests/test_exercises.py."""

SLOW = ["tape-data"]

LEFT_OUT = [
    "tape-by-tape",
    "tape-by-fit",
    "graph-step-function",
    "xla-step",
    "xla-epoch-function",
    "race-fit",
    "race-eager",
    "race-steps-compiled",
    "race-compiled",
    "race-floor-numpy",
    "race-figure",
    "race-claim",
    "keras-fit-model",
    "keep-run",
]


def decay(update):
    return {"w.assign_sub(rate * (g + ...))": update}


def batches(those, after="decay * w"):
    return {"in batches:": f"in {those}:", "...": after}


APPLY = "optimizer.apply(gradients, model.trainable_variables)"


def new_step(update=APPLY, loss="loss_of(y, model(x))", end="step"):
    return {
        "return ...": f"""def step(x, y):
        with tf.GradientTape() as tape:
            loss = {loss}
        gradients = tape.gradient(loss, model.trainable_variables)
        {update}
    return {end}"""
    }


def clip(norm="tf.linalg.global_norm(gradients)", each="g * tf.minimum(1.0, limit / norm)"):
    return {"return ...": f"norm = {norm}\n    return [{each} for g in gradients]"}


BY_HAND = "for w, g in zip(model.weights, gradients): w.assign_{}(0.1 * g)"

ROWS = [
    ("recall-answers", "a = -2.0", "(a) -2 is a third of what it should be"),
    ("recall-answers", "a = 1.0", "(a) 1 is the loss"),
    ("recall-answers", "a = -3", "(a) -3 is half of what it should be"),
    ("recall-answers", "a = 6", "(a) 6 has the wrong sign"),
    ("recall-answers", "a = 3 * 2 - 7", "(a) -1 is the error, 3 · 2 − 7"),
    ("recall-answers", "a = 2.6", "(a) it is not 2.6. Write (3w − 7)²"),
    ("recall-answers", "a = lambda w: 6 * (3 * w - 7)", "Correct: (a)"),
    ("recall-answers", "b = 4.0", "(b) 4 is the first derivative"),
    ("recall-answers", "b = 16", "(b) 16 is 4 times 4"),
    ("recall-answers", "b = 24.0", "(b) 24 is the third"),
    ("recall-answers", "b = 7", "(b) it is not 7. The first derivative is 4x³"),
    ("recall-answers", "b = np.float64(12)", "Correct: (b)"),
    ("recall-answers", "c = 0.01", "(c) 0.01 is the probability"),
    ("recall-answers", "c = np.log(10)", "(c) that is the loss for 10 classes"),
    ("recall-answers", "c = np.log10(100)", "(c) 2 is a logarithm to base 10"),
    ("recall-answers", "c = -tf.math.log(0.01)", "Correct: (c)"),
    ("decay", "0.0 * w", "that is w − rate · g: decay · w is missing"),
    ("decay", "-decay * w", "decay · w is subtracted, and should be added"),
    ("decay", "decay", "the factor w is missing"),
    ("decay", "0.1 * w", "these are the weights of a decay of 0.1, and another is given"),
    ("decay", "(w if w.shape.rank == 1 else 0.0) * decay", "the biases shrink and the kernels do"),
    ("decay", "(w if w.shape.rank == 2 else 0.0) * decay", "the kernels shrink and the biases do"),
    ("decay", "decay * w / (1 + tf.abs(w))", "line by line"),
    ("decay", "0 * decay - 2.2 * g", "uphill: the gradient is to be subtracted"),
    ("decay", "np.inf * w", "Wrong: the weights grew out of bounds: "),
    ("decay", decay("w.assign_sub(rate * g + decay * w)"), "g + decay · w needs brackets"),
    ("decay", decay("w = w - rate * (g + decay * w)"), "no weight of the model that is handed"),
    ("decay", decay("w.assign_sub(0.01 * (g + decay * w))"), "of a rate of 0.01, and another"),
    ("decay", decay("w.assign_sub(rate * g); w.assign_sub(rate * decay * w)"), "after its step"),
    ("decay", decay("w.assign_sub(rate * (g + decay * w)); break"), "classes/bias has not moved"),
    ("decay", batches("batches[::-1]"), "opposite order"),
    ("decay", batches("batches[:1]"), "only the first batch is used"),
    ("decay", batches("batches[-1:]"), "only the last batch is used"),
    ("decay", batches("[b for b in batches for _ in range(2)]"), "every batch is used twice"),
    ("decay", "w * decay", "Correct: all 7,850 weights"),
    ("decay", decay("w.assign_sub(rate * g + rate * decay * w)"), "Correct: all 7,850 weights"),
    ("count", "a = 0", "(a) 0: the first call always traces"),
    ("count", "a = 1", "(a) 1 would hold for tensors"),
    ("count", "a = 3", "(a) 3: is the 1 that comes again"),
    ("count", "a = 5", "(a) 5 counts the calls. A trace is kept"),
    ("count", "a = 7", "(a) it is not 7. A Python number counts by its value"),
    ("count", "a = len(set([1, 2, 3, 1, 4]))", "Correct: (a) 4"),
    ("count", "b = 1", "(b) 1 would hold if all were of one dtype"),
    ("count", "b = 2", "(b) 2: True is neither"),
    ("count", "b = 4", "(b) 4: a tensor never counts by its value"),
    ("count", "b = 7", "(b) it is not 7. A tensor counts by its dtype"),
    ("count", "b = 3.0", "Correct: (b) 3"),
    ("count", "c = 1", "(c) 1 would hold if all were of one shape"),
    ("count", "c = 2", "(c) 2: (2,) and (2, 1) hold as many numbers"),
    ("count", "c = 5", "(c) 5 counts the calls"),
    ("count", "c = 7", "(c) it is not 7. A tensor counts by its shape"),
    ("count", "c = tf.constant(3)", "Correct: (c) 3"),
    ("twins", new_step(BY_HAND.format("sub")), "eager, with SGD: the optimizer that is handed"),
    ("twins", new_step(BY_HAND.format("add")), "is never asked, so its rule is not followed"),
    ("twins", new_step("optimizer.iterations.assign_add(1)"), "no weight of the model that"),
    ("twins", new_step(loss="32 * loss_of(y, model(x))"), "losses of a batch are added"),
    ("twins", new_step(loss="-loss_of(y, model(x))"), "the move of the weights has the wrong sign"),
    ("twins", new_step(loss="2 * loss_of(y, model(x))"), "the move of the weights is twice"),
    ("twins", new_step(loss="loss_of(y, model(x / 2))"), "the weights have moved by"),
    ("twins", new_step("optimizer.apply(gradients[:1], model.weights[:1])"), "bias has not moved"),
    ("twins", new_step(f"{APPLY}; {APPLY}"), "2 updates were made, and 1 were expected"),
    ("twins", new_step(f"{APPLY}; loss.numpy()"), "as a graph, with Adam: step raised Attribute"),
    ("twins", new_step(end="model"), "and a function of x and y was expected"),
    ("twins", {"...": "step"}, "a model that takes inputs of shape (None, 28, 28) gets some of"),
    (
        "twins",
        new_step("optimizer.apply_gradients(zip(gradients, model.weights))"),
        "Correct: eager",
    ),
    ("clip", clip(each="tf.clip_by_norm(g, limit)"), "not all scaled by the same factor"),
    ("clip", clip(each="tf.clip_by_value(g, -limit, limit)"), "not all scaled by the same factor"),
    ("clip", clip(each="g * limit / norm"), "below the limit, so they are to stay as they are"),
    ("clip", clip(each="g"), "above the limit, so they are to be scaled"),
    ("clip", clip(each="g * tf.minimum(1.0, 1 / norm)"), "of norm 1. Their norm is to be"),
    ("clip", clip("sum(tf.reduce_sum(g**2) for g in gradients)"), "25: that is sum(g²): the root"),
    ("clip", clip("tf.norm(gradients[0])"), "came back as [2.5, 3.3333], as if their norm were 3"),
    ("clip", "tf.concat(gradients, axis=0)", "a list was expected"),
    ("clip", "gradients[:1]", "a list of 1 came for 2 gradients. Is the return inside"),
    ("clip", "[tf.transpose(g)[0] for g in gradients]", "gradient 1 has shape (1,), and came back"),
    ("clip", clip(each="g if norm < limit else g * limit / norm"), "Correct: the gradients are"),
    ("clip", "tf.clip_by_global_norm(gradients, limit)[0]", "Correct: the gradients are right"),
]
