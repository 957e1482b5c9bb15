"""Answers to the exercises of lesson 01 and what the checks say: see tests/test_exercises.py."""


def taped(y, asked="(y, x)"):
    """Return the lines that record y and ask for its slope."""
    return f"with tf.GradientTape() as tape:\n    y = {y}\nreturn tape.gradient{asked}"


def repaired(part, lines):
    """Return a repair of one of the four functions."""
    kind = "Python number" if part == "c" else "tf.Variable"
    starter = f"def repaired_{part}(x):  # x is a {kind}\n    return ..."
    return {starter: f"def repaired_{part}(x):\n    " + lines.replace("\n", "\n    ")}


def wave(returned, y="x**2 * tf.sin(x)"):
    return {"y = ...": f"y = {y}", "return tape.gradient(y, x)": returned}


def tower(lines):
    return {"    return ...": "    " + lines.replace("\n", "\n    ")}


def cube(loss, rate="5e-4"):
    return {"    return ...": f"    return {loss}", "rate = ...": f"rate = {rate}"}


SQUARE = "(x**3 - 30.0) ** 2"
ROWS = [
    ("wave", "x**2 + tf.sin(x)", "x² and sin x are added, and should be multiplied"),
    ("wave", "2 * x * tf.cos(x)", "that is the slope of 2x cos x. The tape differentiates"),
    ("wave", "x**2 * np.sin(x)", 'the line "y = x**2 * np.sin(x)" takes the number out of x'),
    ("wave", "x**2 * tf.sin(tf.stop_gradient(x))", "y is right, but the tape misses a part"),
    ("wave", "tf.sin(x) ** 2", "On the tape y is 0.928444 at -1.3, and -1.62841 is right"),
    ("wave", "2 * x * tf.sin(x) + x**2 * tf.cos(x)", "that is derivative number 2"),
    ("wave", wave("return tape.gradient(x, y)"), "Source and target are exchanged"),
    ("wave", wave("return y"), "that is the value of the function"),
    ("wave", wave("return tape.gradient(y, x) * x"), "On the tape y is right"),
    ("wave", wave("return tape.gradient(y, x) / 2"), "is half of what it should be"),
    ("wave", wave("tape.gradient(y, x)"), "it has no return"),
    (
        "wave",
        {"x):": "x):\n    x = tf.Variable(2.0)", "...": "x**2"},
        "wave_slope replaces x before",
    ),
    ("wave", wave("return 2 * x * tf.sin(x)"), "that is 2x sin x, one half of the product rule"),
    ("wave", wave("return x**2 * tf.cos(x)"), "that is x² cos x, one half of the product rule"),
    ("wave", wave("return 2 * x * tf.cos(x)"), "the product of the two slopes"),
    ("wave", wave("return tf.exp(x)"), "Is it x² times sin x, and is its slope returned"),
    ("wave", "tf.square(x) * tf.math.sin(x)", "Correct: 1.9726 at 2"),
    ("wave", wave("return tape.gradient(y, [x])"), "Correct: 1.9726 at 2"),
    ("tower", "x * x ** (x - 1)", "that is xˣ itself, and x · xˣ⁻¹ too"),
    ("tower", "x**x * tf.math.log(x)", "as if the base did not depend on x"),
    ("tower", "x**x * (np.log10(x) + 1)", "the logarithm has base 10"),
    ("tower", "x**x * (tf.math.log(x) - 1.0)", "1 is subtracted, and should be added"),
    ("tower", "tf.math.log(x) + 1.0", "the factor x**x is missing"),
    ("tower", "x ** (x - 1)", "Is it x to the power x, and is its slope returned unchanged?"),
    ("tower", "6.7726", "tower_slope never uses x"),
    ("tower", tower(taped("x**2")), "that is the slope of x²"),
    ("tower", tower(taped("2.0**x")), "that is the slope of 2ˣ"),
    ("tower", tower(taped("tf.exp(x)")), "that is the slope of eˣ"),
    ("tower", tower(taped("x ** x.numpy()")), "Leave .numpy() out until the gradient is taken"),
    ("tower", tower(taped("tf.constant(x) ** 2.0")), "tower_slope returns None: "),
    ("tower", tower(taped("tf.exp(x * tf.math.log(x))")), "Correct: 6.77"),
    ("tower", "x**x * (tf.math.log(x) + 1.0)", "Correct: 6.77"),
    ("repair-ab", repaired("a", "return broken_a(x)"), "Wrong: (a) repaired_a returns None: "),
    ("repair-ab", repaired("b", "return broken_b(x)"), "Wrong: (b) repaired_b returns None: "),
    ("repair-ab", repaired("b", "return x**2"), "Wrong: (b) 25 at 5: that is the value"),
    ("repair-ab", repaired("b", taped("x**3")), "Wrong: (b) that is the slope of x³"),
    ("repair-ab", repaired("b", taped("x * x.numpy()")), "Wrong: (b) y is right, but the tape"),
    (
        "repair-ab",
        repaired("a", "x = x + 0.0\n" + taped("x * x", '(y, x, unconnected_gradients="zero")')),
        "Wrong: (a) the 0 stands for a None",
    ),
    ("repair-ab", repaired("a", taped("(x + 1.0 - 1.0) ** 2")), "Correct: (a)"),
    ("repair-ab", repaired("a", "x.assign_add(1)\nx.assign_sub(1)\n" + taped("x * x")), "Correct"),
    ("repair-ab", repaired("b", taped("tf.square(x)")), "Correct: (b)"),
    ("repair-cd", repaired("c", "return broken_c(x)"), "Wrong: (c) repaired_c returns None: "),
    (
        "repair-cd",
        repaired("c", "x = tf.Variable(float(int(x)))\n" + taped("x * x")),
        "Wrong: (c) int(x) has dropped the decimals",
    ),
    (
        "repair-cd",
        repaired("c", "x = tf.Variable(round(x) * 1.0)\n" + taped("x * x")),
        "Wrong: (c) x is rounded on the way",
    ),
    ("repair-cd", repaired("d", "return broken_d(x)"), "Wrong: (d) repaired_d returns None: "),
    ("repair-cd", repaired("c", "x = tf.Variable(x * 1.0)\n" + taped("x**2")), "Correct: (c)"),
    ("repair-cd", repaired("c", "return 2 * x"), "Correct: (c)"),
    ("repair-cd", repaired("d", taped("x**2")), "Correct: (d)"),
    ("cube", cube("(x**2 - 30.0) ** 2"), "x² is there instead of a different power of x"),
    ("cube", cube("-((x**3 - 30.0) ** 2)"), "has the wrong sign"),
    ("cube", cube("30.0 - x**3"), "cube_loss has no smallest value at the goal: at x = 12"),
    (
        "cube",
        cube("(x**3 - 28.0) ** 2"),
        "cube_loss is smallest near x = 3.04, where x³ is about 28",
    ),
    ("cube", cube("(x - 30.0 ** (1 / 3)) ** 2", "0.3"), "so the answer is in it already"),
    ("cube", cube("(float(x) ** 3 - 30.0) ** 2"), "which is not a tensor, so no tape"),
    ("cube", cube("tf.cast(x, tf.int32) ** 3"), "of type int32, which has no slope"),
    ("cube", cube("x**3 == 30.0"), "cube_loss should return the loss: numbers were expected"),
    ("cube", cube("x, x"), "cube_loss should return the loss: one number was expected"),
    ("cube", cube("0.0 * x"), "cube_loss is 0 at every x that was tried. Does it use x?"),
    ("cube", cube("tf.constant(30.0)"), "cube_loss never uses x"),
    ("cube", cube(SQUARE, "0.1"), "Try a smaller rate than 0.1"),
    ("cube", cube(SQUARE, "0.0012"), "back and forth: near the goal the slope changes 1,678 times"),
    ("cube", cube(SQUARE, "1e-6"), "still on its way"),
    ("cube", cube(SQUARE, "'5e-4'"), "cube_loss is right, and the rate is not: '5e-4' is text"),
    ("cube", cube(SQUARE, "-5e-4"), "a step downhill needs one above 0"),
    ("cube", cube("tf.abs(x**3 - 30.0)", "0.01"), "so the steps do not shrink, whatever the rate"),
    ("cube", cube("(x**3 - 30.0) ** 4", "1e-7"), "so flat that the steps shrink to nothing"),
    ("cube", cube("tf.square(x**3 - 30.0) / 2.0", "1e-3"), "Correct: x = 3.1072"),
    ("cube", cube("x**4 / 4 - 30.0 * x", "0.03"), "Correct: x = 3.1072"),
    ("cube", cube("(3 * tf.math.log(x) - tf.math.log(30.0)) ** 2", "0.5"), "Correct: x = 3.1072"),
    ("cube", cube("x**3 / 30.0 + 30.0 / x**3", "0.1"), "Correct: x = 3.1072"),
]
