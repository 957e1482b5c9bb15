"""Answers to the exercises of lesson 02 and what the checks say: see tests/test_exercises.py."""

WATCHED = """def b(x):
    with tf.GradientTape() as tape:
        {watch}
        y = {formula}
    return tape.gradient(y, x)
"""
STEPS = """def cube_root(a):
    x = 1.0
    for _ in range({steps}):
        x = {step}
    return x
"""
SLOPE = """def cube_root_slope(a):
    with tf.GradientTape() as tape:
        x = {root}
    return tape.gradient({target})
"""
NEWTON = "x - (x**3 - a) / (3 * x**2)"


def recalled(watch="tape.watch(x)", formula="x * x"):
    starter = "def b(x):  # x is a tf.constant\n    return ...\n"
    return {starter: WATCHED.format(watch=watch, formula=formula)}


def bill(middle, last):
    return {"        return ...\n    return ...": f"        return {middle}\n    return {last}"}


def cube_root(step=NEWTON, steps=8, root="cube_root(a)", target="x, a"):
    return {
        "def cube_root(a):\n    return ...\n": STEPS.format(steps=steps, step=step),
        "def cube_root_slope(a):  # a is a tf.Variable\n    return ...\n": SLOPE.format(
            root=root, target=target
        ),
    }


def sinc(*lines):
    return {"    return ...": "\n".join(f"    {line}" for line in lines)}


ROWS = [
    (
        "recall-answers",
        {"a = ...": "a = [6.0, 5.0]"},
        "Wrong: (a) that is one slope for each target",
    ),
    ("recall-answers", {"a = ...": "a = 6.0"}, "Wrong: (a) that is the slope of x² alone"),
    ("recall-answers", {"a = ...": "a = tf.constant(11)"}, "Correct: (a) 11"),
    ("recall-answers", recalled(watch="pass"), "Wrong: (b) b returns None: x is a constant"),
    ("recall-answers", recalled(formula="x.numpy() ** 2"), "Wrong: (b) b raised AttributeError"),
    ("recall-answers", recalled("x = tf.Variable(x)", "x**2"), "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = 6.0"}, "Wrong: (c) 6 is 5 + 0.1 · 10, a step uphill"),
    (
        "recall-answers",
        {"c = ...": "c = -5.0"},
        "Wrong: (c) −5 is 5 − 10: the rate of 0.1 is missing",
    ),
    ("recall-answers", {"c = ...": "c = 5 - 0.1 * 2 * 5"}, "Correct: (c) 4"),
    ("paths", {"a = ...": "a = 4.0"}, "Wrong: (a) 4 is the slope of x · x, but"),
    ("paths", {"a = ...": "a = 10.0"}, "Wrong: (a) 10 is the value at 2"),
    ("paths", {"a = ...": "a = 5"}, "Correct: (a) 5"),
    ("paths", {"b = ...": "b = 6.0"}, "Wrong: (b) 6 is 2 · 3, but x + x doubles"),
    ("paths", {"b = ...": "b = 4.0"}, "Wrong: (b) 4 is the slope of two rounds"),
    ("paths", {"b = ...": "b = 2**3"}, "Correct: (b) 8"),
    ("paths", {"c = ...": "c = 4.0"}, "Wrong: (c) 4 is the slope of one round at 2"),
    ("paths", {"c = ...": "c = 16.0"}, "Wrong: (c) 16 is the value at 2"),
    ("paths", {"c = ...": "c = slope_at(squared, 2.0)"}, "Correct: (c) 32"),
    ("water", bill("3 * use", "5 * use"), "all the water is billed at 3 coins"),
    (
        "water",
        bill("3 * (use - 50)", "5 * (use - 150)"),
        "what the water below costs is missing, 100 coins",
    ),
    (
        "water",
        bill("tf.constant(190.0)", "tf.constant(650.0)"),
        "190 comes out, however large use is",
    ),
    (
        "water",
        bill("100 + 3 * (use - 50)", "100 + 5 * (use - 150)"),
        "begins with 100 coins at 150 m³, and 400 are right",
    ),
    ("water", bill("3 * use - 50", "5 * use - 350"), "Correct"),
    ("cuberoot", cube_root(steps=2), "Wrong: (value) that comes out after 2 steps, and eight"),
    (
        "cuberoot",
        cube_root(step="x - (x**3 - a) / 3 * x**2"),
        "Wrong: (value) at a = 8 the result is",
    ),
    (
        "cuberoot",
        cube_root(step="(x + a / x) / 2"),
        "Wrong: (value) that is the square root",
    ),
    (
        "cuberoot",
        cube_root(root="cube_root(a.numpy())"),
        "a number of Python or NumPy stands where a tensor",
    ),
    ("cuberoot", cube_root(target="x, x"), "Wrong: (slope) 1 is the slope of something by itself"),
    (
        "cuberoot",
        cube_root(step="(2 * x + a / x**2) / 3", steps=12),
        "Wrong: (value) that comes out after 12 steps",
    ),
    ("cuberoot", cube_root(root="a ** (1 / 3)"), "Correct: (slope)"),
    ("sinc", sinc("return sinc(x)"), "and its slopes are not: nan"),
    (
        "sinc",
        sinc("return tf.sin(tf.where(x == 0.0, 1.0, x)) / x"),
        "at x = 0 the value itself is not finite",
    ),
    (
        "sinc",
        sinc("x = tf.where(x == 0.0, 1.0, x)", "return tf.sin(x) / x"),
        "at 0 it is sin 1 / 1",
    ),
    (
        "sinc",
        sinc("if x == 0.0:", "    return 1.0 + 0.0 * x", "return tf.sin(x) / x"),
        "an if asks one question",
    ),
    (
        "sinc",
        sinc("return tf.where(x == 0.0, 1.0, tf.math.divide_no_nan(tf.sin(x), x))"),
        "Correct",
    ),
    ("sinc", sinc("x = tf.where(x == 0.0, 1e-6, x)", "return tf.sin(x) / x"), "Correct"),
    ("recall-answers", {"c = ...": "c = 4.5"}, "Wrong: (c) 4.5 is 5 − 0.1 · 5"),
    ("recall-answers", {"c = ...": 'c = "4.0"'}, "Wrong: (c) '4.0' is a text"),
    ("recall-answers", {"a = ...": "a = None"}, "Wrong: (a) None came, and a number was expected"),
    ("paths", {"a = ...": 'a = "5x"'}, "Wrong: (a) '5x' is a text"),
    ("paths", {"a = ...": "a = lambda: 5.0"}, "a number was expected. Call it"),
    ("paths", {"c = ...": "c = 1024.0"}, "Wrong: (c) 1024 is the slope of three rounds"),
    ("paths", {"c = ...": "c = np.array(32.0)"}, "Correct: (c) 32"),
    ("water", bill("100 + 3 * (use - 50)", "5 * use"), "all the water is billed at 5 coins"),
    ("water", bill("100 + 3 * use", "400 + 5 * use"), "the water below is billed twice"),
    (
        "water",
        bill("100 + 5 * (use - 50)", "600 + 3 * (use - 150)"),
        "m³ more costs 5 coins, and 3",
    ),
    ("water", bill("100 + 3 * (50 - use)", "400"), "the bill falls when use grows"),
    (
        "water",
        bill("print(100 + 3 * (use - 50))", "400"),
        "in the middle bracket, water_bill returns",
    ),
    ("water", bill("100 + 3 * (float(use) - 50)", "400 + 5 * (use - 150)"), "is no tensor"),
    ("water", bill("water_bill(tf.constant(50.0)) + 3 * (use - 50)", "5 * use - 350"), "Correct"),
    ("cuberoot", cube_root(steps=7), "Wrong: (value) that comes out after 7 steps"),
    ("cuberoot", cube_root(steps=40), "that is the cube root to its last digit, also of 1,000,000"),
    ("cuberoot", cube_root(step="x - (x**3 - a) // (3 * x**2)"), "divides with //"),
    ("cuberoot", cube_root(root="cube_root(2.0 * a) / 2.0 ** (1 / 3)"), "Correct: (slope)"),
    ("cuberoot", cube_root(target="a, x"), "Source and target are exchanged"),
    ("cuberoot", cube_root(step="(2 * x + a / x**2) / 3"), "Correct: (value)"),
    (
        "sinc",
        sinc("h = tf.where(x > 0.0, x, 1.0)", "return tf.where(x > 0.0, tf.sin(h) / h, 1.0)"),
        "it is 1 for every x below 0",
    ),
    (
        "sinc",
        sinc("h = tf.where(x == 0.0, x, 1.0)", "return tf.where(x == 0.0, 1.0, tf.sin(h) / h)"),
        "the last two arguments of the inner tf.where exchanged",
    ),
    ("sinc", sinc("return tf.constant([1.0, 0.45464871])"), "of 6 numbers it makes the shape (2,)"),
    ("sinc", sinc("x += tf.cast(x == 0.0, tf.float32) * 1e-5", "return tf.sin(x) / x"), "Correct"),
]
