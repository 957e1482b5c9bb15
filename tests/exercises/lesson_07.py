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
    ("recall-answers", {"a = ...": "a = -2.0"}, "a: Wrong: -2 at 2"),
    (
        "recall-answers",
        {"a = ...": "a = 1.0"},
        "a: Wrong: 1 at 2: that is the value of the function",
    ),
    ("recall-answers", {"a = ...": "a = tf.constant(-6)"}, "a: Correct"),
    ("recall-answers", {"b = ...": "b = 4.0"}, "b: Wrong: 4 at 1: that is the first derivative"),
    ("recall-answers", {"b = ...": "b = 24.0"}, "b: Wrong: 24 at 1: that is the third"),
    ("recall-answers", {"b = ...": "b = np.float64(12)"}, "b: Correct"),
    ("recall-answers", {"c = ...": "c = np.log10(100)"}, "c: Wrong: 2 is too small"),
    ("recall-answers", {"c = ...": "c = np.log(1 / 100)"}, "c: Wrong: -4.60517 has the wrong sign"),
    ("recall-answers", {"c = ...": "c = -tf.math.log(0.01)"}, "c: Correct"),
    ("decay", decay("(g + 0.0)"), "Wrong: These are the weights without any decay"),
    ("decay", decay("(g - decay * w)"), "Wrong: These weights grow where they should shrink"),
    ("decay", decay("g + decay * w"), "Wrong: The decay is ten times too strong"),
    ("decay", decay("(g + decay)"), "Wrong: the weights end elsewhere"),
    ("decay", decay("(g + w * decay)"), "Correct: all 7,850 weights"),
    ("decay", decay("g + rate * decay * w"), "Correct: all 7,850 weights"),
    ("count", {"a = ...": "a = 5"}, "a: Wrong: 5. One for each call? A trace is kept"),
    ("count", {"a = ...": "a = 1"}, "a: Wrong: 1 is too small"),
    ("count", {"a = ...": "a = len(set([1, 2, 3, 1, 4]))"}, "a: Correct: 4"),
    ("count", {"b = ...": "b = 4"}, "b: Wrong: 4 is too large"),
    ("count", {"b = ...": "b = 1"}, "b: Wrong: 1 is too small"),
    ("count", {"b = ...": "b = 3.0"}, "b: Correct: 3"),
    ("count", {"c = ...": "c = 5"}, "c: Wrong: 5. One for each call?"),
    ("count", {"c = ...": "c = 2"}, "c: Wrong: 2 is too small"),
    ("count", {"c = ...": "c = tf.constant(3)"}, "c: Correct: 3"),
    (
        "twins",
        new_step("for w, g in zip(model.weights, gradients): w.assign_add(0.1 * g)"),
        "eager: Wrong: the weights have moved uphill",
    ),
    ("twins", new_step("pass"), "eager: Wrong: no weight has moved"),
    (
        "twins",
        new_step("optimizer.apply(gradients[:1], model.trainable_variables[:1])"),
        "bias has not moved, and the others have",
    ),
    (
        "twins",
        new_step("optimizer.apply([2 * g for g in gradients], model.trainable_variables)"),
        "eager: Wrong: the weights end elsewhere: they have moved by",
    ),
    ("twins", {"return ...  # a": "return step  # a"}, "eager: Wrong: no weight has moved"),
    (
        "twins",
        new_step("optimizer.apply_gradients(zip(gradients, model.trainable_variables))"),
        "XLA: Correct: all 7,850 weights",
    ),
    (
        "twins",
        new_step("[w.assign_sub(0.1 * g) for w, g in zip(model.trainable_variables, gradients)]"),
        "XLA: Correct: all 7,850 weights",
    ),
    (
        "clip",
        clip("return [tf.clip_by_norm(g, limit) for g in gradients]"),
        "Wrong: Each tensor is clipped by its own norm",
    ),
    (
        "clip",
        clip(NORM + "return [g * limit / norm for g in gradients]"),
        "Wrong: Gradients below the limit are to stay as they are",
    ),
    (
        "clip",
        clip("return [tf.clip_by_value(g, -limit, limit) for g in gradients]"),
        "Wrong: the answer([3], [4], 1): ",
    ),
    (
        "clip",
        clip(NORM + "return gradients if norm < limit else [g * limit / norm for g in gradients]"),
        "Correct: ",
    ),
    ("clip", clip("return tf.clip_by_global_norm(gradients, limit)[0]"), "Correct: "),
]
