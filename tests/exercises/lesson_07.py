"""Answers to the exercises of lesson 07 and what the checks say: see tests/test_exercises.py."""

STEP = """    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        {}
    return step"""


def decay(term):
    return {"(g + ...)": term}


def new_step(update):
    return {"    return ...  # a function of x and y": STEP.format(update)}


def clip(body):
    return {"    return ...  # a list of tensors of the same shapes": f"    {body}"}


NORM = "norm = tf.sqrt(sum(tf.reduce_sum(g**2) for g in gradients)); "

LEFT_OUT = [
    "xla-epoch-function",
    "race-fit",
    "race-eager",
    "race-steps-compiled",
    "race-compiled",
    "race-floor-numpy",
    "race-figure",
    "race-claim",
    "keras-fit-model",
]

ROWS = [
    ("recall-answers", {"a = ...": "a = -2.0"}, "(a) -2 is the slope by the error. By w, the"),
    ("recall-answers", {"a = ...": "a = 1.0"}, "(a) 1 is the loss"),
    ("recall-answers", {"a = ...": "a = tf.constant(-6)"}, "Correct: (a)"),
    ("recall-answers", {"a = ...": "a = lambda w: 6 * (3 * w - 7)"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = 4.0"}, "(b) 4 is the first derivative"),
    ("recall-answers", {"b = ...": "b = 24.0"}, "(b) 24 is the third"),
    ("recall-answers", {"b = ...": "b = np.float64(12)"}, "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = np.log10(100)"}, "(c) 2 is a logarithm to base 10"),
    ("recall-answers", {"c = ...": "c = np.log(1 / 100)"}, "(c) -4.60517 has the wrong sign"),
    ("recall-answers", {"c = ...": "c = -tf.math.log(0.01)"}, "Correct: (c)"),
    ("decay", decay("(g + 0.0)"), "Wrong: these are the weights without any decay"),
    ("decay", decay("(g - decay * w)"), "Wrong: these weights grow where they should shrink"),
    ("decay", decay("g + decay * w"), "the decay is not multiplied by the rate"),
    ("decay", decay("(g + decay)"), "Wrong: the decay alone is added"),
    ("decay", decay("(g + decay * decay * w)"), "the decay is multiplied by itself"),
    ("decay", decay("(g + 0.1 * w)"), "these are the weights of a decay of 0.1, and 0.03"),
    (
        "decay",
        {"(g + ...))  # update": "(g + decay * w))\n        return"},
        "only the first batch is trained on",
    ),
    ("decay", {"in batches:": "in batches[::-1]:", **decay("(g + decay * w)")}, "opposite order"),
    ("decay", decay("(g + w * decay)"), "Correct: all 7,850 weights"),
    ("decay", decay("g + rate * decay * w"), "Correct: all 7,850 weights"),
    ("count", {"a = ...": "a = 5"}, "(a) 5 counts the calls. A trace is kept"),
    ("count", {"a = ...": "a = 1"}, "(a) 1 would hold for tensors"),
    ("count", {"a = ...": "a = len(set([1, 2, 3, 1, 4]))"}, "Correct: (a) 4"),
    ("count", {"b = ...": "b = 4"}, "(b) 4: a tensor never counts by its value"),
    ("count", {"b = ...": "b = 1"}, "(b) 1 would hold if all were of one dtype"),
    ("count", {"b = ...": "b = 3.0"}, "Correct: (b) 3"),
    ("count", {"c = ...": "c = 5"}, "(c) 5 counts the calls"),
    ("count", {"c = ...": "c = 2"}, "(c) 2: (2,) and (2, 1) hold as many numbers"),
    ("count", {"c = ...": "c = tf.constant(3)"}, "Correct: (c) 3"),
    (
        "twins",
        new_step("for w, g in zip(model.weights, gradients): w.assign_add(0.1 * g)"),
        "eager, with SGD: the optimizer that is handed over, SGD, is never asked",
    ),
    (
        "twins",
        new_step("for w, g in zip(model.weights, gradients): w.assign_sub(0.1 * g)"),
        "eager, with SGD: the optimizer that is handed over is never asked",
    ),
    ("twins", new_step("pass"), "eager, with SGD: no weight of the model"),
    (
        "twins",
        new_step("optimizer.apply(gradients[:1], model.trainable_variables[:1])"),
        "bias has not moved, and others have",
    ),
    (
        "twins",
        new_step("optimizer.apply([-g for g in gradients], model.trainable_variables)"),
        "the weights have moved uphill",
    ),
    (
        "twins",
        new_step("optimizer.apply([2 * g for g in gradients], model.trainable_variables)"),
        "eager, with SGD: the weights have moved by",
    ),
    (
        "twins",
        new_step("optimizer.apply(gradients, model.trainable_variables); print(loss.numpy())"),
        "as a graph, with Adam: step raised AttributeError",
    ),
    ("twins", {"return ...  # a": "return step  # a"}, "images of another shape than its own"),
    (
        "twins",
        new_step("optimizer.apply_gradients(zip(gradients, model.trainable_variables))"),
        "Correct: eager, with SGD; as a graph, with Adam; compiled by XLA",
    ),
    (
        "clip",
        clip("return [tf.clip_by_norm(g, limit) for g in gradients]"),
        "Wrong: each tensor is clipped by its own norm",
    ),
    (
        "clip",
        clip(NORM + "return [g * limit / norm for g in gradients]"),
        "Wrong: gradients below the limit are to stay as they are",
    ),
    (
        "clip",
        clip("return [tf.clip_by_value(g, -limit, limit) for g in gradients]"),
        "Wrong: each number is cut off at the limit",
    ),
    ("clip", clip("return tf.concat(gradients, axis=0)"), "a list was expected"),
    ("clip", clip("return gradients[:1]"), "1 tensors came back for 2 gradients"),
    (
        "clip",
        clip(NORM + "return gradients if norm < limit else [g * limit / norm for g in gradients]"),
        "Correct: ",
    ),
    ("clip", clip("return tf.clip_by_global_norm(gradients, limit)[0]"), "Correct: "),
]
