"""Answers to the exercises of lesson 12 and what the checks say: see tests/test_exercises.py."""

SLOW = ["binary-train"]


def body(head, *lines):
    """Return what replaces the ... of a function with lines of its own."""
    return {f"{head}:\n    return ...": "\n    ".join([f"{head}:", *lines])}


def finds(*lines):
    return body("def largest_error(f, slope, x)", *lines)


def largest(error):
    return finds(f"return tf.reduce_max(tf.abs({error}))")


def small(length):
    return body("def small_length(x)", f"return {length}")


def where(*lines):
    return body("def where_length(x)", "square = tf.reduce_sum(x**2)", *lines)


def rule(expression):
    after = "\n\n    return tf.norm(x), rule"
    return {f"        return ...{after}": f"        return {expression}{after}"}


def passage(back, forward="x"):
    return {
        "    return ...\n": f"    return {back}\n",
        "return ..., rule": f"return {forward}, rule",
    }


def sign(expression):
    ramp, s = "ramp = tf.clip_by_value(x, -1.0, 1.0)", "s = tf.where(x >= 0.0, 1.0, -1.0)"
    return {"return ...": f"{ramp}\n    {s}\n    return {expression}"}


def total(*lines):
    tape = "with tf.GradientTape() as tape:"
    return body("def repaired_total(x)", tape, *lines, "return tape.gradient(y, x)")


def frozen(line, variable="w", before="pass"):
    tape, y = "with tf.GradientTape() as tape:", f"    y = tf.reduce_sum({variable}**3)"
    asked = f"return tape.gradient(y, {variable})"
    return body("def repaired_frozen(w)", before, tape, f"    {line}", y, asked)


DIFFERENCE = "slope(x) - central(f, x, 0.01)"
SUM, SQUARE = "new = tf.reduce_sum(x)", "y = tf.reduce_sum(x) ** 2"
NO_RULE = {
    "@tf.custom_gradient\ndef rule_length(x)": """def rule_length(x):
    zero = tf.reduce_all(x == 0.0)
    return tf.where(zero, 0.0, tf.norm(tf.where(zero, 1.0, x)))


def unused(x)""",
    "    return ...\n\n    return tf.norm": "    return 0\n\n    return tf.norm",
}
RULE_SIGN = """@tf.custom_gradient
def signed(x):
    inside = tf.cast(tf.abs(x) <= 1.0, x.dtype)
    return tf.where(x >= 0.0, 1.0, -1.0), lambda upstream: {}


check.sign(signed)"""


def signed(back):
    return {"check.sign(straight_sign)": RULE_SIGN.format(back), "return ...": "return x"}


ROWS = [
    ("recall-answers", "a = 17.0", "Wrong: (a) 17 counts the path through total"),
    ("recall-answers", "a = None", "Wrong: (a) None would be right if total were"),
    ("recall-answers", "a = 12", "Wrong: (a) that is the path through total alone"),
    ("recall-answers", "a = 33", "Wrong: (a) that is the value of y"),
    ("recall-answers", "a = 0", "Wrong: (a) that is as if nothing led to x"),
    ("recall-answers", "a = 8", "Which path to x is left?"),
    ("recall-answers", "a = tf.constant(5.0)", "Correct: (a) 5"),
    ("recall-answers", "b = np.log(1 + np.exp(-2))", "if the first class were right"),
    ("recall-answers", "b = 0.1192", "that is the probability of the right class"),
    ("recall-answers", "b = 0.8808", "that is the probability of the wrong class"),
    ("recall-answers", "b = 7", "p is e⁰ / (e² + e⁰)"),
    ("recall-answers", "b = tf.nn.softplus(2.0)", "Correct: (b)"),
    ("recall-answers", "c = 13", "Wrong: (c) that is the quotient"),
    ("recall-answers", "c = 7", "Wrong: (c) that takes a step to the right only"),
    ("recall-answers", "c = 0", "For x³ it is not"),
    ("recall-answers", "c = 4", "The quotient is (27 − 1) / 2"),
    ("recall-answers", "c = -1", "Correct: (c) it is 1 too large"),
    ("culprit", finds(f"return tf.abs({DIFFERENCE})"), "it returns 61 differences"),
    ("culprit", finds(f"return tf.reduce_max({DIFFERENCE})"), "a difference can be negative"),
    ("culprit", finds(f"return tf.reduce_mean(tf.abs({DIFFERENCE}))"), "that is the mean of the"),
    ("culprit", finds(f"return x[tf.argmax(tf.abs({DIFFERENCE}))]"), "where the largest error is"),
    ("culprit", finds(f"e = {DIFFERENCE}", "return tf.abs(e[0] + e[-1])"), "whose largest errors"),
    ("culprit", largest("slope(x) - central(f, x, 1e-6)"), "the step is too small"),
    ("culprit", largest("slope(x) - central(f, x, 0.3)"), "the step is too large"),
    ("culprit", largest("slope(x) - (f(x + 0.01) - f(x)) / 0.01"), "a step to one side only"),
    ("culprit", largest("slope(x) - 0 * f(x)"), "that is the largest slope, as if"),
    ("culprit", largest("slope(x) - slope(x) + 0 * f(x)"), "it finds no error"),
    ("culprit", largest("slope(x) - central(f, x, 0.01) * 2"), "the factor 2 is missing"),
    ("culprit", finds(f"tf.reduce_max(tf.abs({DIFFERENCE}))"), "it has no return"),
    ("culprit", largest("central(f, x, 0.005) - slope(x)"), "Correct: (largest_error)"),
    ("culprit", largest("slope(x) - slope_by_tape(f, x)"), "Correct: (largest_error)"),
    ("culprit", 'culprit = "swish"', "swish's slope is right"),
    ("culprit", 'culprit = "softsign"', "softsign's slope is right"),
    ("culprit", 'culprit = "sigmoid"', 'Write "softsign", "swish" or "gelu"'),
    ("culprit", "culprit = gelu", "Correct: (culprit)"),
    ("lengths", small("tf.sqrt(tf.reduce_sum(x**2))"), "at 0 the slope is still nan"),
    ("lengths", small("tf.sqrt(tf.reduce_sum(x**2) + 1e-50)"), "that a float32 can hold"),
    ("lengths", small("tf.norm(x) + 1e-6"), "the number is added after the root"),
    ("lengths", small("tf.sqrt(tf.reduce_sum(x**2) + 1e-5)"), "Add a smaller number, such as"),
    ("lengths", small("tf.sqrt(tf.reduce_sum((x + 1e-6) ** 2))"), "is the number added to x?"),
    ("lengths", where("return tf.where(square > 0.0, square / square**0.5, 0.0)"), "both branches"),
    ("lengths", NO_RULE, "there is no rule. Is @tf.custom_gradient"),
    ("lengths", small("tf.sqrt(tf.maximum(tf.reduce_sum(x**2), 1e-12))"), "nothing is added"),
    ("lengths", small("tf.sqrt(tf.reduce_sum(x**2) + 0.1)"), "so small that it does not matter"),
    ("lengths", small("tf.sqrt(tf.reduce_sum(x**2) + 1e-14)"), "Correct: (small)"),
    ("lengths", where("return tf.where(square > 0.0, tf.sqrt(square), 0.0)"), "still meets"),
    ("lengths", where("return tf.norm(tf.where(x == 0.0, 1.0, x))"), "a single 0 in the vector is"),
    ("lengths", where("return tf.sqrt(square + 1e-12)"), "Let tf.where choose the 0"),
    ("lengths", rule("x / tf.norm(x)"), "the factor upstream is missing"),
    ("lengths", rule("upstream * x / tf.norm(x)"), "at 0 the rule gives nan: 0 / 0"),
    ("lengths", rule("upstream * x"), "the division by norm(x) is missing"),
    ("lengths", rule("2.0 * upstream * x"), "that is the slope of the square"),
    ("lengths", rule("upstream * tf.sign(x)"), "it holds signs"),
    ("lengths", rule("upstream * tf.math.divide_no_nan(x + 1e-6, tf.norm(x) + 1e-6)"), "0 in"),
    ("lengths", rule("upstream * tf.math.divide_no_nan(x, tf.norm(x))"), "Correct: (rule)"),
    ("gentle", passage("upstream"), "no slope is clipped"),
    ("gentle", passage("tf.clip_by_value(x, -1.0, 1.0)"), "x is clipped, and not the slope"),
    ("gentle", passage("upstream", "tf.clip_by_value(x, -1.0, 1.0)"), "the values are clipped"),
    ("gentle", passage("tf.clip_by_norm(upstream, 1.0)"), "it is scaled as a whole"),
    ("gentle", passage("tf.minimum(upstream, 1.0)"), "Clip below −1 as well"),
    ("gentle", passage("tf.clip_by_value(upstream, 1.0, -1.0)"), "does the lower bound come first"),
    ("gentle", passage("upstream * tf.clip_by_value(x, -1.0, 1.0)"), "multiplied by the clipped x"),
    ("gentle", passage("tf.cast(tf.sign(x) * upstream, tf.float32)"), "Let x through as it is"),
    ("gentle", passage("tf.maximum(tf.minimum(upstream, 1.0), -1.0)", "tf.identity(x)"), "Correct"),
    ("sign", sign("s"), "its slope is None: nothing outside of tf.stop_gradient"),
    ("sign", sign("x + tf.stop_gradient(tf.sign(x) - x)"), "at 0 the value is 0"),
    ("sign", sign("x + tf.stop_gradient(s - x)"), "the slope is 1 everywhere. Further out"),
    ("sign", sign("ramp + tf.stop_gradient(s)"), "the ramp is added to the sign"),
    ("sign", sign("x + tf.stop_gradient(s)"), "x is added to the sign"),
    ("sign", sign("ramp + tf.stop_gradient(s - x)"), "x is taken away, and the ramp is added"),
    ("sign", sign("ramp"), "the values are those of a ramp"),
    ("sign", sign("tf.tanh(x) + tf.stop_gradient(s - tf.tanh(x))"), "the slope is that of tanh"),
    ("sign", signed("upstream * inside * tf.sign(x)"), "the slope has the sign of x"),
    ("sign", signed("inside"), "the factor upstream is missing"),
    ("sign", signed("inside * tf.abs(upstream)"), "the sign of upstream · "),
    ("sign", signed("inside * 3.7"), "Which slope has the ramp"),
    ("sign", signed("upstream * inside"), "Correct: the values are signs"),
    ("state-repair", total(f"    {SQUARE}"), "total is not assigned any more"),
    (
        "state-repair",
        total("    total.assign(tf.reduce_sum(x))", "    y = total**2"),
        "assigns what was",
    ),
    ("state-repair", total(f"    {SQUARE}", "    total.assign(y)"), "total is 9 afterwards"),
    (
        "state-repair",
        total(f"    {SUM}", "    total.assign_add(new)", "    y = new**2"),
        "is added",
    ),
    ("state-repair", total("    y = 7 * tf.reduce_sum(x)"), "Wrong: (total)"),
    ("state-repair", total(f"    {SQUARE}", f"{SUM}", "total.assign(new)"), "Correct: (total)"),
    ("state-repair", frozen("pass"), "trainable=False"),
    ("state-repair", frozen("pass", before="w._trainable = True"), "w is trainable afterwards"),
    ("state-repair", frozen("pass; tape.watch(w); w = w + 0.1"), "Wrong: (frozen)"),
    ("state-repair", body("def repaired_frozen(w)", "return 3.0 * w**2"), "no tape was asked"),
    ("state-repair", frozen("pass", "v", "v = tf.Variable(w)"), "Correct: (frozen)"),
]

# Trainings, which no exercise needs.
LEFT_OUT = ["binary-floats", "binary-straight"]
