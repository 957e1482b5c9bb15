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
        "a: Wrong: its shape is (2,), and a single number",
    ),
    ("recall-answers", {"a = ...": "a = 6.0"}, "a: Wrong: 6 is too small"),
    ("recall-answers", {"a = ...": "a = tf.constant(11)"}, "a: Correct: 11"),
    ("recall-answers", recalled(watch="pass"), "b: Wrong: None. The tape saw no path"),
    ("recall-answers", recalled(formula="x.numpy() ** 2"), "b: Wrong: "),
    ("recall-answers", recalled("x = tf.Variable(x)", "x**2"), "b: Correct"),
    ("recall-answers", {"c = ...": "c = 6.0"}, "c: Wrong: 6 is too large"),
    ("recall-answers", {"c = ...": "c = -5.0"}, "c: Wrong: -5 is too small"),
    ("recall-answers", {"c = ...": "c = 5 - 0.1 * 2 * 5"}, "c: Correct: 4"),
    ("paths", {"a = ...": "a = 4.0"}, "a: Wrong: 4 at 2 is too small"),
    ("paths", {"a = ...": "a = 10.0"}, "a: Wrong: 10 at 2: that is the value of the function"),
    ("paths", {"a = ...": "a = 5"}, "a: Correct: 5 at 2"),
    ("paths", {"b = ...": "b = 6.0"}, "Follow the steps that run there"),
    ("paths", {"b = ...": "b = 4.0"}, "b: Wrong: 4 is half the answer"),
    ("paths", {"b = ...": "b = 2**3"}, "b: Correct: 8 at 7"),
    ("paths", {"c = ...": "c = 4.0"}, "c: Wrong: 4 at 2 is too small"),
    ("paths", {"c = ...": "c = 16.0"}, "c: Wrong: 16 at 2: that is the value of the function"),
    ("paths", {"c = ...": "c = slope_at(squared, 2.0)"}, "c: Correct: 32 at 2"),
    ("water", bill("3 * use", "5 * use"), "Wrong: All the water is billed at the last price"),
    ("water", bill("3 * (use - 50)", "5 * (use - 150)"), "Wrong: water_bill(80): 90 is too small"),
    ("water", bill("tf.constant(190.0)", "tf.constant(650.0)"), "but its gradient is None"),
    (
        "water",
        bill("100 + 3 * (use - 50)", "100 + 5 * (use - 150)"),
        "water_bill(200): 350 is too small",
    ),
    ("water", bill("3 * use - 50", "5 * use - 350"), "Correct"),
    ("cuberoot", cube_root(steps=2), "value: Wrong: cube_root(2): 1.26389 is too large"),
    ("cuberoot", cube_root(step="x - (x**3 - a) / 3 * x**2"), "value: Wrong"),
    (
        "cuberoot",
        cube_root(step="(x + a / x) / 2"),
        "value: Wrong: cube_root(2): 1.41421 is too large",
    ),
    ("cuberoot", cube_root(root="cube_root(a.numpy())"), "slope: Wrong: "),
    ("cuberoot", cube_root(target="x, x"), "slope: Wrong: 1 at 2 is too large"),
    ("cuberoot", cube_root(step="(2 * x + a / x**2) / 3", steps=12), "value: Correct"),
    ("cuberoot", cube_root(root="a ** (1 / 3)"), "slope: Correct"),
    ("sinc", sinc("return sinc(x)"), "Wrong: nan"),
    ("sinc", sinc("return tf.sin(tf.where(x == 0.0, 1.0, x)) / x"), "Wrong: "),
    (
        "sinc",
        sinc("x = tf.where(x == 0.0, 1.0, x)", "return tf.sin(x) / x"),
        "differs in 1 of 2 elements",
    ),
    ("sinc", sinc("if x == 0.0:", "    return 1.0 + 0.0 * x", "return tf.sin(x) / x"), "raised"),
    (
        "sinc",
        sinc("return tf.where(x == 0.0, 1.0, tf.math.divide_no_nan(tf.sin(x), x))"),
        "Correct",
    ),
    ("sinc", sinc("x = tf.where(x == 0.0, 1e-6, x)", "return tf.sin(x) / x"), "Correct"),
]
