"""Answers to the exercises of lesson 08 and what the checks say: see tests/test_exercises.py."""

SLOW = ["valley-plain"]


def momentum(body, start=""):
    """Return what puts lines into update, and others before it."""
    lines = "\n".join(f"        {line}" for line in body.split("; "))
    return {
        "        ...\n        return ...  # the step, which is to be subtracted": lines,
        "    v = tf.Variable(tf.zeros_like(w))\n": start
        or "    v = tf.Variable(tf.zeros_like(w))\n",
    }


def lion(sign, memory="0.99 * m + 0.01 * gradient"):
    return {
        "learning_rate * ...": f"learning_rate * {sign}",
        "m.assign(...)": f"m.assign({memory})",
    }


LEFT_OUT = [
    "rates-curvature",
    "rates-rmsprop",
    "rates-settled",
    "momentum-valley",
    "momentum-longer",
    "limit-run",
    "adam-first",
    "adam-data",
    "adam-valley-run",
    "adam-same",
    "adam-figure",
    "schedules-valley",
    "schedules-run",
    "schedules-figure",
    "race-sweep",
    "race-sweep-run",
    "race-sweep-more",
    "race-seeds",
    "hard-run",
    "hard-figure",
    "hard-control",
    "lion-run",
]

NEW_V = "v.assign(keep * v + g); "
SIGN = "tf.sign(0.9 * m + 0.1 * gradient)"

ROWS = [
    ("recall-answers", "a = 1 / 50", "(a) 0.02 is 1/50"),
    ("recall-answers", "a = 1.0", "(a) 1 is 2/2"),
    ("recall-answers", "a = 50 / 2", "(a) 25 is a ratio of curvatures"),
    ("recall-answers", "a = 0.5", "When is that below -1?"),
    ("recall-answers", "a = tf.constant(0.04)", "Correct: (a)"),
    ("recall-answers", "b = 0", "(b) 0 is never reached"),
    ("recall-answers", "b = 0.1", "(b) 0.1 is where an odd number of steps leads"),
    ("recall-answers", "b = 0.3 - 100 * 0.2", "(b) -19.7 goes on in one direction"),
    ("recall-answers", "b = 0.5", "see which two points come again"),
    ("recall-answers", "b = 0.3 - 0.2 - 0.2", "Correct: (b)"),
    ("recall-answers", "c = 101_770", "(c) 101,770 is one number for each"),
    ("recall-answers", "c = 3 * 101_770", "(c) 305,310 counts the parameters too"),
    ("recall-answers", "c = 2", "(c) 2 is how many it keeps for each"),
    ("recall-answers", "c = 7", "Two numbers for each parameter"),
    ("recall-answers", "c = 203540.0", "Correct: (c)"),
    ("momentum-exercise", momentum("return rate * g + 0 * keep"), "g is there instead of v"),
    ("momentum-exercise", momentum("return keep * rate * v"), "the steps are all 0"),
    (
        "momentum-exercise",
        momentum("v.assign(keep * v + (1 - keep) * g); return rate * v"),
        "That is an average, and the formula has a sum",
    ),
    ("momentum-exercise", momentum("v.assign(v + g); return rate * v"), "keep is missing"),
    ("momentum-exercise", momentum(NEW_V + "return -rate * v"), "has the wrong sign"),
    ("momentum-exercise", momentum(NEW_V + "return v"), "never uses rate"),
    ("momentum-exercise", momentum(NEW_V + "return w - rate * v"), "that is the new w"),
    (
        "momentum-exercise",
        momentum(NEW_V + "return rate * (v - g) / keep"),
        "v is updated after the step is computed",
    ),
    ("momentum-exercise", momentum("v.assign(keep * v + g)"), "update returns None"),
    ("momentum-exercise", momentum("v = keep * v + g; return rate * v"), "v.assign(…)"),
    ("momentum-exercise", momentum(NEW_V + "w.assign_sub(v); return rate * v"), "changes w itself"),
    (
        "momentum-exercise",
        momentum("nonlocal v; v = keep * v + g.numpy(); return rate * v", "    v = 0.0\n"),
        "inside a tf.function, where descend calls it, ",
    ),
    (
        "momentum-exercise",
        momentum("nonlocal v; v = keep * v + g; return rate * v", "    v = 0.0\n"),
        "the steps are right one by one, and wrong inside a tf.function",
    ),
    ("momentum-exercise", momentum("return rate * v.assign(keep * v + g)"), "Correct: all 14"),
    ("momentum-exercise", momentum("v.assign(keep * v + rate * g); return v"), "Correct: all 14"),
    ("repair-exercise", "step / (1 - keep**t)", "never uses keep_square"),
    ("repair-exercise", "step / (1 - keep**t) * (1 - keep_square**t)", "the root is missing"),
    (
        "repair-exercise",
        "step * (1 - keep**t) / np.sqrt(1 - keep_square**t)",
        "it is the other way round",
    ),
    ("repair-exercise", "step + 0 * t * keep * keep_square", "the step is returned as it was"),
    (
        "repair-exercise",
        "0 * t + step * np.sqrt(1 - keep_square) / (1 - keep)",
        "these are the shares after one step",
    ),
    (
        "repair-exercise",
        "step * np.sqrt((1 - keep_square) ** t) / (1 - keep) ** t",
        "is a power of the difference",
    ),
    (
        "repair-exercise",
        {"...": "step * np.sqrt(1 - keep_square**t) / (1 - keep**t)", "0.999": "0.99"},
        "Are their defaults still 0.9 and 0.999?",
    ),
    ("repair-exercise", "step + 0.1 * t * keep * keep_square", "multiply by the root of s's"),
    ("repair-exercise", "step / (1 - keep**t) * tf.sqrt(1 - keep_square**t)", "Correct: repair is"),
    ("first-exercise", "rate * slope", "that is rate · slope: the sign is missing"),
    ("first-exercise", "rate", "first_step never uses slope"),
    ("first-exercise", "-rate * np.sign(slope)", "has the wrong sign"),
    ("first-exercise", "3.1623 * rate * np.sign(slope)", "first step of hasty_adam"),
    ("first-exercise", "rate * slope / slope**2", "m is divided by s"),
    ("first-exercise", "rate * np.tanh(slope)", "What is left of g / √(g²)?"),
    ("first-exercise", "rate * slope / abs(slope)", "Correct: first_step is right"),
    ("first-exercise", "rate if slope > 0 else -rate", "Correct: first_step is right"),
    ("schedule-exercise", "0.003", "the rate is 0.003 all the time"),
    ("schedule-exercise", "0.003 - 0.01 * done", "from 0.31 on the rate is negative"),
    ("schedule-exercise", "cosine(done)", "each of Adam's steps is about as large as the rate"),
    ("schedule-exercise", "0.02 * (0.5 + 0.5 * tf.cos(180 * done))", "goes up and down 28 times"),
    ("schedule-exercise", "0.0001 * (1 - done)", "Try a different highest rate"),
    ("schedule-exercise", "0.003 * np.sqrt(1 - done)", "Correct: "),
    ("lion-exercise", lion("tf.sign(gradient)"), "the weights follow the sign of the grad"),
    ("lion-exercise", lion("(0.9 * m + 0.1 * gradient)"), "the sign is missing"),
    ("lion-exercise", lion(SIGN, "0.9 * m + 0.1 * gradient"), "m is updated with 0.9 and 0.1"),
    (
        "lion-exercise",
        lion("tf.sign(0.99 * m + 0.01 * gradient)", "0.9 * m + 0.1 * gradient"),
        "the two mixtures are exchanged",
    ),
    ("lion-exercise", lion("(0.9 * tf.sign(m) + 0.1 * tf.sign(gradient))"), "one by one"),
    ("lion-exercise", lion(f"-{SIGN}"), "is added, and should be subtracted"),
    ("lion-exercise", lion(f"0.0 * {SIGN}"), "no weight moves"),
    ("lion-exercise", lion("tf.sign(gradient + variable)"), "bracket by bracket"),
    (
        "lion-exercise",
        {"class MyLion(keras.optimizers.Optimizer)": "def MyLion(_)"},
        "the class it",
    ),
    ("lion-exercise", {"keras.optimizers.Optimizer": "keras.optimizers.Lion"}, "Keras's own Lion"),
    ("lion-exercise", lion("keras.ops.sign(0.1 * gradient + 0.9 * m)"), "Correct: after 12 steps"),
]
