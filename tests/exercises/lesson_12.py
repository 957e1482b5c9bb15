"""Answers to the exercises of lesson 12 and what the checks say: see tests/test_exercises.py."""


def finder(*lines):
    body = "\n".join(f"    {line}" for line in lines)
    return {"    return ...": body}


def found(expression):
    return finder(f"return {expression}")


DIFFERENCE = "slope(x) - central(f, x, 0.01)"


def small(*lines):
    return {"def small_length(x):\n    return ...": "\n    ".join(["def small_length(x):", *lines])}


def where(*lines):
    return {"def where_length(x):\n    return ...": "\n    ".join(["def where_length(x):", *lines])}


def rule(expression):
    return {"        return ...\n\n    return tf.norm(x), rule": f"        return {expression}\n\n    return tf.norm(x), rule"}  # fmt: skip


def passage(back, forward="x"):
    return {"        return ...": f"        return {back}", "return ..., rule": f"return {forward}, rule"}  # fmt: skip


def sign(*lines):
    return {"    return ...": "\n".join(f"    {line}" for line in lines)}


RAMP = "ramp = tf.clip_by_value(x, -1.0, 1.0)"
SIGN = "s = tf.where(x >= 0.0, 1.0, -1.0)"


def total(*lines):
    return {"def repaired_total(x):\n    return ...": "\n    ".join(["def repaired_total(x):", "with tf.GradientTape() as tape:", *lines])}  # fmt: skip


def frozen(*lines):
    return {"def repaired_frozen(w):\n    return ...": "\n    ".join(["def repaired_frozen(w):", *lines])}  # fmt: skip


ROWS = [
    ("recall-answers", {"a = ...": "a = 17.0"}, "Wrong: (a) 17 counts the way through total"),
    ("recall-answers", {"a = ...": "a = None"}, "Wrong: (a) None would be all if total were"),
    ("recall-answers", {"a = ...": "a = 12"}, "Wrong: (a) that is the way through total alone"),
    ("recall-answers", {"a = ...": "a = tf.constant(5.0)"}, "Correct: (a) 5"),
    ("recall-answers", {"b = ...": "b = np.log(1 + np.exp(-2))"}, "if the first class were right"),
    ("recall-answers", {"b = ...": "b = 0.1192"}, "that is the probability of the right class"),
    ("recall-answers", {"b = ...": "b = tf.nn.softplus(2.0)"}, "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = 13"}, "Wrong: (c) that is the quotient"),
    ("recall-answers", {"c = ...": "c = 7"}, "Wrong: (c) that takes a step to the right only"),
    ("recall-answers", {"c = ...": "c = -1"}, "Correct: (c)"),
    ("culprit", found(f"tf.abs({DIFFERENCE})"), "61 differences came, and the largest of them"),
    ("culprit", found(f"tf.reduce_max({DIFFERENCE})"), "a difference can be negative"),
    ("culprit", found(f"tf.reduce_mean(tf.abs({DIFFERENCE}))"), "that is the mean of the"),
    (
        "culprit",
        found("tf.reduce_max(tf.abs(slope(x) - central(f, x, 1e-6)))"),
        "Those are the digits of float32: the step is too small",
    ),
    (
        "culprit",
        found("tf.reduce_max(tf.abs(slope(x) - central(f, x, 0.3)))"),
        "the step is too large",
    ),
    (
        "culprit",
        found("tf.reduce_max(tf.abs(slope(x) - (f(x + 0.01) - f(x)) / 0.01))"),
        "that is a step to one side only",
    ),
    ("culprit", found("tf.reduce_max(tf.abs(slope(x)))"), "that is the largest slope, as if"),
    (
        "culprit",
        found("tf.reduce_max(tf.abs(slope(x) - (f(x + 0.01) - f(x - 0.01)) / 0.01))"),
        "for 3x, whose slope is 3 everywhere, it finds an error of 3",
    ),
    ("culprit", finder(f"tf.reduce_max(tf.abs({DIFFERENCE}))"), "it has no return"),
    (
        "culprit",
        finder(
            "x = tf.cast(x, tf.float64)", "return np.max(np.abs(slope(x) - central(f, x, 1e-5)))"
        ),
        "Correct: (largest_error)",
    ),
    (
        "culprit",
        finder(
            "by_tape = slope_by_tape(f, x)",
            "return tf.reduce_max(tf.abs(slope(x) - by_tape))",
        ),
        "Correct: (largest_error)",
    ),
    ("culprit", {"culprit = ...": 'culprit = "swish"'}, "swish's slope is right"),
    ("culprit", {"culprit = ...": 'culprit = "softsign"'}, "softsign's slope is right"),
    ("culprit", {"culprit = ...": "culprit = gelu"}, "Correct: (culprit)"),
    ("lengths", small("return tf.sqrt(tf.reduce_sum(x**2))"), "at 0 the slope is still nan"),
    (
        "lengths",
        small("return tf.sqrt(tf.reduce_sum(x**2) + 1e-50)"),
        "one that a float32 can hold",
    ),
    ("lengths", small("return tf.norm(x) + 1e-6"), "the number is added behind the root"),
    (
        "lengths",
        small("return tf.sqrt(tf.reduce_sum(x**2) + 1e-5)"),
        "Add a smaller number, such as 1e-12",
    ),
    ("lengths", small("return tf.sqrt(x**2 + 1e-12)"), "2 numbers came. A length is one number"),
    ("lengths", small("return tf.reduce_sum(x**2) + 1e-12"), "the square of the length"),
    ("lengths", small("return tf.sqrt(tf.reduce_sum(x**2) + 1e-14)"), "Correct: (small)"),
    (
        "lengths",
        where("s = tf.reduce_sum(x**2)", "return tf.where(s > 0.0, tf.sqrt(s), 0.0)"),
        "the root still meets the 0",
    ),
    (
        "lengths",
        where("return tf.norm(tf.where(x == 0.0, 1.0, x))"),
        "a single 0 in the vector was replaced",
    ),
    (
        "lengths",
        where("return tf.sqrt(tf.reduce_sum(x**2) + 1e-12)"),
        "a small number is added, as in the first way",
    ),
    (
        "lengths",
        where(
            "zero = tf.reduce_all(x == 0.0)",
            "return tf.where(zero, 0.0, tf.norm(tf.where(zero, 1.0, x)))",
        ),
        "Correct: (where)",
    ),
    ("lengths", rule("x / tf.norm(x)"), "upstream is not used"),
    ("lengths", rule("upstream * x / tf.norm(x)"), "at 0 the rule gives nan: 0 / 0"),
    ("lengths", rule("upstream * x"), "x is not divided by the length"),
    ("lengths", rule("upstream * tf.sign(x)"), "holds signs"),
    ("lengths", rule("upstream * tf.math.divide_no_nan(x, tf.norm(x) ** 2)"), "by the square"),
    ("lengths", rule("upstream * tf.math.divide_no_nan(x, tf.norm(x))"), "Correct: (rule)"),
    ("gentle", passage("upstream"), "no slope is clipped"),
    ("gentle", passage("tf.clip_by_value(x, -1.0, 1.0)"), "x is clipped, and not the slope"),
    ("gentle", passage("upstream", "tf.clip_by_value(x, -1.0, 1.0)"), "the values are clipped"),
    ("gentle", passage("tf.clip_by_norm(upstream, 1.0)"), "shortened as a whole"),
    ("gentle", passage("tf.minimum(upstream, 1.0)"), "There are some below −1"),
    ("gentle", passage("tf.sign(upstream)"), "that is the sign"),
    ("gentle", passage("tf.constant(1.0)"), "the slope has shape (), and that of x is (6,)"),
    (
        "gentle",
        passage("tf.maximum(tf.minimum(upstream, 1.0), -1.0)", "tf.identity(x)"),
        "Correct: values pass",
    ),
    ("sign", sign("return tf.where(x >= 0.0, 1.0, -1.0)"), "its slope is None"),
    ("sign", sign("return x + tf.stop_gradient(tf.sign(x) - x)"), "at 0 the value is 0"),
    (
        "sign",
        sign(SIGN, "return x + tf.stop_gradient(s - x)"),
        "the slope is 1 everywhere. Further out than 1 it should be 0",
    ),
    ("sign", sign(RAMP, SIGN, "return ramp + tf.stop_gradient(s)"), "the ramp is added"),
    (
        "sign",
        sign(RAMP, SIGN, "return ramp + tf.stop_gradient(s - x)"),
        "take away the same as you add",
    ),
    ("sign", sign("return tf.clip_by_value(x, -1.0, 1.0)"), "the values are those of a ramp"),
    (
        "sign",
        sign(SIGN, "t = tf.tanh(x)", "return t + tf.stop_gradient(s - t)"),
        "the slope is that of tanh",
    ),
    (
        "sign",
        sign(
            "@tf.custom_gradient",
            "def signed(x):",
            "    inside = tf.cast(tf.abs(x) <= 1.0, x.dtype)",
            "    return tf.where(x >= 0.0, 1.0, -1.0), lambda upstream: upstream * inside",
            "return signed(x)",
        ),
        "Correct: the values are signs",
    ),
    (
        "state-repair",
        total("    y = tf.reduce_sum(x) ** 2", "return tape.gradient(y, x)"),
        "total is not assigned any more",
    ),
    (
        "state-repair",
        total(
            "    total.assign(tf.reduce_sum(x))",
            "    y = total**2",
            "return tape.gradient(y, x)",
        ),
        "assigns what was computed from x to a variable",
    ),
    (
        "state-repair",
        total(
            "    y = tf.reduce_sum(x) ** 2",
            "    total.assign(y)",
            "return tape.gradient(y, x)",
        ),
        "the square. It should hold the sum",
    ),
    (
        "state-repair",
        total(
            "    y = tf.reduce_sum(x) ** 2",
            "total.assign(tf.reduce_sum(x))",
            "return tape.gradient(y, x)",
        ),
        "Correct: (total)",
    ),
    (
        "state-repair",
        frozen(
            "with tf.GradientTape() as tape:",
            "    y = tf.reduce_sum(w**3)",
            "return tape.gradient(y, w)",
        ),
        "trainable=False",
    ),
    ("state-repair", frozen("return 3.0 * w**2"), "no tape was asked"),
    (
        "state-repair",
        frozen(
            "v = tf.Variable(w)",
            "with tf.GradientTape() as tape:",
            "    y = tf.reduce_sum(v**3)",
            "return tape.gradient(y, v)",
        ),
        "Correct: (frozen)",
    ),
]

# Trainings and times, which no exercise needs.
LEFT_OUT = ["binary-floats", "binary-straight", "binary-figure", "nan-cost-measured"]
