"""Answers to the exercises of lesson 01 and what the checks say: see tests/test_exercises.py."""

TAPE = """
    with tf.GradientTape() as tape:
        y = {}
    return tape.gradient(y, x)
"""


def cube(loss, rate):
    return {"    return ...": f"    return {loss}", "rate = ...": f"rate = {rate}"}


ROWS = [
    (
        "wave",
        {"y = ...": "y = 2 * x * tf.cos(x)"},
        "that is the slope of 2x cos x. The task has x² sin x",
    ),
    (
        "wave",
        {"y = ...": "y = np.square(x) * np.sin(x)"},
        "a number of Python or NumPy stands where a tensor",
    ),
    (
        "wave",
        {"y = ...": "y = x**2 * np.sin(x)"},
        "2x sin x, one half of the product rule, as if the sine were",
    ),
    ("wave", {"y = ...": "y = -(x**2) * tf.sin(x)"}, "has the wrong sign"),
    (
        "wave",
        {"tape.gradient(y, x)": "y", "y = ...": "y = x**2 * tf.sin(x)"},
        "that is the value of the function, and its slope was expected",
    ),
    ("wave", {"y = ...": "y = tf.square(x) * tf.math.sin(x)"}, "Correct: 1.9726 at 2"),
    ("wave", {"y = ...": "y = x * x * tf.sin(x)"}, "Correct: 1.9726 at 2"),
    (
        "tower",
        {"    return ...": "    return x * x ** (x - 1)"},
        "that is x · xˣ⁻¹, as if the exponent did not grow with x",
    ),
    (
        "tower",
        {"    return ...": TAPE.format("x**2")},
        "that is the slope of x². The task has x to the power x",
    ),
    (
        "tower",
        {"    return ...": TAPE.format("float(x) ** float(x)")},
        "a number of Python or NumPy stands where a tensor",
    ),
    (
        "tower",
        {"    return ...": TAPE.format("tf.constant(x) ** 2.0")},
        "Wrong: tower_slope returns None: ",
    ),
    ("tower", {"    return ...": TAPE.format("tf.exp(x * tf.math.log(x))")}, "Correct: 6.77"),
    ("tower", {"    return ...": "    return x**x * (tf.math.log(x) + 1.0)"}, "Correct: 6.77"),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    return broken_a(x)"
        },
        "Wrong: (a) repaired_a returns None: ",
    ),
    (
        "repair-ab",
        {
            "repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):\n    return broken_b(x)"
        },
        "Wrong: (b) repaired_b returns None: ",
    ),
    (
        "repair-ab",
        {"repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):\n    return x**2"},
        "Wrong: (b) 25 at 5: that is the value",
    ),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    x = x + 1.0 - 1.0"
            + TAPE.replace("\n        y", "\n        tape.watch(x)\n        y").format("x * x")
        },
        "Correct: (a)",
    ),
    (
        "repair-ab",
        {
            "repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):"
            + TAPE.format("tf.square(x)")
        },
        "Correct: (b)",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    return broken_c(x)"
        },
        "Wrong: (c) repaired_c returns None: ",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    x = tf.Variable(float(int(x)))"
            + TAPE.format("x * x")
        },
        "Wrong: (c) int(x) has cut off what stands behind the dot",
    ),
    (
        "repair-cd",
        {
            "repaired_d(x):  # x is a tf.Variable\n    return ...": "repaired_d(x):\n    return broken_d(x)"
        },
        "Wrong: (d) repaired_d returns None: ",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    x = tf.Variable(float(x))"
            + TAPE.format("x**2")
        },
        "Correct: (c)",
    ),
    (
        "repair-cd",
        {
            "repaired_d(x):  # x is a tf.Variable\n    return ...": "repaired_d(x):"
            + TAPE.format("x**2")
        },
        "Correct: (d)",
    ),
    ("cube", cube("x**3 - 30.0", "5e-4"), "does not lead to the goal: at x = 0.25"),
    ("cube", cube("(x - 30.0) ** 2", "5e-4"), "smallest at x = 30, where x³ is 27000"),
    ("cube", cube("(x**3 - 30.0) ** 2", "0.1"), "Try a much smaller rate than 0.1"),
    ("cube", cube("(x**3 - 30.0) ** 2", "1e-6"), "Try a larger rate than 1e-06"),
    (
        "cube",
        cube("tf.abs(x**3 - 30.0)", "0.01"),
        "no rate will do: the slope of this loss is about 29",
    ),
    ("cube", cube("(float(x) ** 3 - 30.0) ** 2", "5e-4"), "a number that is no tensor"),
    ("cube", cube("tf.square(x**3 - 30.0) / 2.0", "1e-3"), "Correct: x = 3.1072"),
    ("wave", {"y = ...": "y = x**2 + tf.sin(x)"}, "that is the slope of x² + sin x"),
    ("wave", {"y = ...": "y = 2 * x * tf.sin(x) + x**2 * tf.cos(x)"}, "derivative number 2"),
    ("wave", {"y = ...": "y = tf.Variable(2.0) ** 2 * tf.sin(2.0)"}, "wave_slope returns None: "),
    (
        "wave",
        {"x):": "x):\n    x = tf.Variable(2.0)", "y = ...": "y = x**2 * tf.sin(x)"},
        "every point",
    ),
    (
        "wave",
        {
            "y = ...": "y = x**2 * tf.sin(x)",
            "return tape.gradient(y, x)": "print(tape.gradient(y, x))",
        },
        "wave_slope returns None: it prints",
    ),
    (
        "wave",
        {"y = ...": "y = x**2 * tf.sin(x)", "tape.gradient(y, x)": "tape.gradient(x, y)"},
        "Source and target are exchanged",
    ),
    ("wave", {"y = ...": "y = x**2 * tf.sin(x)", "(y, x)": "(y, [x])"}, "Correct: 1.9726 at 2"),
    ("tower", {"    return ...": TAPE.format("x ** x.numpy()")}, "the exponent is not x here"),
    ("tower", {"    return ...": TAPE.format("x.numpy() ** x")}, "the base is not x here"),
    ("tower", {"    return ...": "    return 6.7726"}, "6.7726 comes out at every point"),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    x = x + 0.0"
            + TAPE.format("x * x").replace("(y, x)", '(y, x, unconnected_gradients="zero")')
        },
        "Wrong: (a) the 0 stands for a None",
    ),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    x.assign_add(1.0)\n    x.assign_sub(1.0)"
            + TAPE.format("x * x")
        },
        "Correct: (a)",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    x = tf.Variable(round(x) * 1.0)"
            + TAPE.format("x * x")
        },
        "Wrong: (c) x was rounded to a whole number",
    ),
    ("cube", cube("-((x**3 - 30.0) ** 2)", "5e-4"), "cube_loss is turned over"),
    ("cube", cube("(x - 30.0 ** (1 / 3)) ** 2", "0.3"), "so it has the answer in it"),
    ("cube", cube("(x**2 - 30.0) ** 2", "5e-4"), "where x³ is 164.3"),
    ("cube", cube("(x**3 - 30.0) ** 4", "1e-7"), "so flat that the steps shrink to nothing"),
    ("cube", cube("x**3 == 30.0", "5e-4"), "of type bool"),
    ("cube", cube("(x**3 - 30.0) ** 2", "'5e-4'"), "The rate: '5e-4' is a text"),
    ("cube", cube("(x**3 - 30.0) ** 2", "-5e-4"), "a step downhill needs one above 0"),
    ("cube", cube("x**4 / 4 - 30.0 * x", "0.03"), "Correct: x = 3.1072"),
    ("cube", cube("(3 * tf.math.log(x) - tf.math.log(30.0)) ** 2", "0.5"), "Correct: x = 3.1072"),
    ("cube", cube("x**3 / 30.0 + 30.0 / x**3", "0.1"), "Correct: x = 3.1072"),
]
