"""Answers to the exercises of lesson 01 and what the checks say: see tests/test_exercises.py."""

TAPE = """
    with tf.GradientTape() as tape:
        y = {}
    return tape.gradient(y, x)
"""


def cube(loss, rate):
    return {"    return ...": f"    return {loss}", "rate = ...": f"rate = {rate}"}


ROWS = [
    ("wave", {"y = ...": "y = 2 * x * tf.cos(x)"}, "Wrong: -4.46948 at 2 is too small"),
    ("wave", {"y = ...": "y = np.square(x) * np.sin(x)"}, "Wrong: in wave_slope a Python number"),
    ("wave", {"y = ...": "y = x**2 * np.sin(x)"}, "Did the tape record all of the formula?"),
    ("wave", {"y = ...": "y = -(x**2) * tf.sin(x)"}, "has the wrong sign"),
    ("wave", {"tape.gradient(y, x)": "y", "y = ...": "y = x**2 * tf.sin(x)"}, "not its slope"),
    ("wave", {"y = ...": "y = tf.square(x) * tf.math.sin(x)"}, "Correct: 1.9726 at 2"),
    ("wave", {"y = ...": "y = x * x * tf.sin(x)"}, "Correct: 1.9726 at 2"),
    ("tower", {"    return ...": "    return x * x ** (x - 1)"}, "is the value of the function"),
    ("tower", {"    return ...": TAPE.format("x**2")}, "Wrong: 4 at 2 is too small"),
    ("tower", {"    return ...": TAPE.format("float(x) ** float(x)")}, "a Python number stands"),
    ("tower", {"    return ...": TAPE.format("tf.constant(x) ** 2.0")}, "Wrong: None. The tape"),
    ("tower", {"    return ...": TAPE.format("tf.exp(x * tf.math.log(x))")}, "Correct: 6.77"),
    ("tower", {"    return ...": "    return x**x * (tf.math.log(x) + 1.0)"}, "Correct: 6.77"),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    return broken_a(x)"
        },
        "a: Wrong: None. The tape",
    ),
    (
        "repair-ab",
        {
            "repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):\n    return broken_b(x)"
        },
        "b: Wrong: None. The tape",
    ),
    (
        "repair-ab",
        {"repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):\n    return x**2"},
        "b: Wrong: 25 at 5, 2.25 at -1.5: that is the value",
    ),
    (
        "repair-ab",
        {
            "repaired_a(x):  # x is a tf.Variable\n    return ...": "repaired_a(x):\n    x = x + 1.0 - 1.0"
            + TAPE.replace("\n        y", "\n        tape.watch(x)\n        y").format("x * x")
        },
        "a: Correct",
    ),
    (
        "repair-ab",
        {
            "repaired_b(x):  # x is a tf.Variable\n    return ...": "repaired_b(x):"
            + TAPE.format("tf.square(x)")
        },
        "b: Correct",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    return broken_c(x)"
        },
        "c: Wrong: None. The tape",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    x = tf.Variable(float(int(x)))"
            + TAPE.format("x * x")
        },
        "c: Wrong: -2 at -1.5",
    ),
    (
        "repair-cd",
        {
            "repaired_d(x):  # x is a tf.Variable\n    return ...": "repaired_d(x):\n    return broken_d(x)"
        },
        "d: Wrong: None. The tape",
    ),
    (
        "repair-cd",
        {
            "repaired_c(x):  # x is a Python number\n    return ...": "repaired_c(x):\n    x = tf.Variable(float(x))"
            + TAPE.format("x**2")
        },
        "c: Correct",
    ),
    (
        "repair-cd",
        {
            "repaired_d(x):  # x is a tf.Variable\n    return ...": "repaired_d(x):"
            + TAPE.format("x**2")
        },
        "d: Correct",
    ),
    ("cube", cube("x**3 - 30.0", "5e-4"), "the loss is not smallest where it should be"),
    ("cube", cube("(x - 30.0) ** 2", "5e-4"), "the loss is not smallest where it should be"),
    ("cube", cube("(x**3 - 30.0) ** 2", "0.1"), "Try a smaller rate"),
    ("cube", cube("(x**3 - 30.0) ** 2", "1e-6"), "Try a larger rate"),
    ("cube", cube("tf.abs(x**3 - 30.0)", "0.01"), "Try a smaller rate"),
    ("cube", cube("(float(x) ** 3 - 30.0) ** 2", "5e-4"), "expected"),
    ("cube", cube("tf.square(x**3 - 30.0) / 2.0", "1e-3"), "Correct: x = 3.1072"),
]
