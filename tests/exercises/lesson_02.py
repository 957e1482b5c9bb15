"""Answers to the exercises of lesson 02 and what the checks say: see tests/test_exercises.py."""

SLOW = ["graph-slopes"]

NEWTON = "x - (x**3 - a) / (3 * x**2)"
LISTED = "[*x, x[-1] - (x[-1]**3 - a) / (3 * x[-1] ** 2)]"
B = "def b(x):  # x is a tf.constant\n    return ..."


def taped(watch="tape.watch(x)", y="x * x"):
    """Return an answer to question b."""
    tape = "with tf.GradientTape() as tape:"
    return {
        B: f"def b(x):\n    {tape}\n        {watch}\n        y = {y}\n    return tape.gradient(y, x)"
    }


def bill(middle, last="400 + 5 * (use - 150)"):
    return {"        return ...\n    return ...": f"        return {middle}\n    return {last}"}


def root(step=NEWTON, steps=8, start="1.0", root="cube_root(a)", target="x, a"):
    value = f"x = {start}\n    for _ in range({steps}):\n        x = {step}\n    return x"
    slope = f"with tf.GradientTape() as t:\n        x = {root}\n    return t.gradient({target})"
    return {
        "root(a):\n    return ...\n": f"root(a):\n    {value}\n",
        "slope(a):  # a is a tf.Variable\n    return ...\n": f"slope(a):\n    {slope}\n",
    }


def sinc(*lines):
    return {"    return ...": "\n".join(f"    {line}" for line in lines)}


def wheres(outer="1.0, tf.sin(h) / h", inner="1.0, x", test="x == 0.0"):
    return sinc(f"h = tf.where({test}, {inner})", f"return tf.where({test}, {outer})")


RECALL = [
    ("a = [6.0, 5.0]", "(a) those are the slopes of the two targets"),
    ("a = [9.0, 15.0]", "(a) those are the values of the two targets"),
    ("a = 24.0", "(a) 24 is the sum of the values"),
    ("a = 21.0", "(a) 21 is 6 + 15"),
    ("a = 6.0", "(a) 6 is the slope of x² alone"),
    ("a = 5.0", "(a) 5 is the slope of 5x alone"),
    ("a = 17.0", "What is the slope of x² at 3, what that of 5x?"),
    ("a = tf.constant(11)", "Correct: (a) 11"),
    (taped("pass"), "(b) b returns None: x is a constant"),
    (taped(y="x.numpy() ** 2"), "(b) b raised AttributeError"),
    ({B: "def b(x):\n    return x + 1.0"}, "No tape was asked here"),
    (taped("x = tf.Variable(x)", "x**2"), "Correct: (b)"),
    ("c = 6.0", "(c) 6 would be 5 + 0.1 · (2 · 5)"),
    ("c = 4.5", "(c) 4.5 is 5 − 0.1 · 5"),
    ("c = 1.0", "(c) 1 is the step, 0.1 · 10. Where is x after it?"),
    ("c = 5.0", "(c) 5 is where x was before the step"),
    ("c = 10.0", "(c) 10 is the slope at 5"),
    ("c = 25.0", "(c) 25 is the loss before the step"),
    ("c = 16.0", "(c) 16 is the loss after the step"),
    ("c = 3.2", "(c) 3.2 is x after two steps"),
    ("c = 2.5", "(c) 2.5 is 5 − 0.1 · 25"),
    ("c = [5.0, 4.0]", "(c) those are x before and after the step"),
    ("c = 40.0", "What is the slope of x · x at 5, and what is 0.1 times that?"),
    ("c = 5 - 0.1 * 2 * 5", "Correct: (c) 4"),
]
PATHS = [
    ("a = 4.0", "(a) 4 is the slope of x · x, but 2 is not above 3"),
    ("a = [4.0, 5.0]", "(a) those are the slopes of both branches"),
    ("a = 9.0", "(a) 9 is the sum of both slopes"),
    ("a = 6.0", "(a) 6 is the slope of x · x at 3"),
    ("a = 10.0", "(a) 10 is the value at 2"),
    ("a = 7.0", "Which of the two branches runs at 2?"),
    ("a = 5", "Correct: (a) 5"),
    ("b = 56.0", "(b) 56 is x after three rounds"),
    ("b = 4.0", "(b) 4 is the slope after two rounds"),
    ("b = 3.0", "(b) 3 is the number of rounds"),
    ("b = 6.0", "(b) 6 is 2 · 3, but x + x doubles"),
    ("b = [2.0, 4.0, 8.0]", "(b) those are the slopes after each round"),
    ("b = 2**3", "Correct: (b) 8"),
    ("c = 4.0", "(c) 4 is x after one round, and its slope"),
    ("c = 16.0", "(c) 16 is x after two rounds"),
    ("c = 8.0", "(c) 8 is the slope of the second round alone"),
    ("c = 12.0", "(c) 12 is the slope of x**3 at 2, and the two rounds make x**4. Or: 12 is 4 + 8"),
    ("c = [4.0, 8.0]", "(c) those are the slopes of the rounds"),
    ("c = 77.0", "Write down, round by round, what x is in terms of the x you began with"),
    ("c = slope_at(squared, 2.0)", "Correct: (c) 32"),
]
WATER = [
    (bill("3 * use"), "in the middle bracket all the water is billed at 3 coins"),
    (bill("3 * (use - 50)"), "in the middle bracket the bill is 3 · (use − 50): 100 is missing"),
    (bill("100 + 3 * use"), "in the middle bracket the bill is 100 + 3 use: 50 is missing"),
    (bill("tf.constant(190.0)"), "the bill is 190 for any use: what is above 50 m³"),
    (bill("100 + 5 * (use - 50)"), "each m³ more adds 5 coins to the bill, and 3 are right"),
    (bill("3 * use - 50", "5 * use - 450"), "the bill starts with 300 coins at 150 m³"),
    (bill("100 + 3 * tf.sqrt(use - 50)"), "the bill for 60 m³ is 109.487, and 130 is right"),
    (bill("100 + 3 * (float(use) - 50)"), "is no tensor"),
    (bill("100 + 3 * tf.stop_gradient(use - 50)"), "its slope is None"),
    (
        bill("3 * use - 50", "6 * use - 350 - tf.stop_gradient(use)"),
        "the values of water_bill are right, and its slopes are not: tf.stop_gradient in the line",
    ),
    (bill("water_bill(tf.constant(50.0)) + 3 * (use - 50)", "5 * use - 350"), "Correct"),
]
CUBEROOT = [
    (root(steps=2), "(value) that is the result after 2 steps"),
    (root(steps=1), "(value) that is the result after one step"),
    (root("x - (x**3 - a) / 3 * x**2"), "(value) at a = 8 the result is nan"),
    (root("(x + a / x) / 2"), "(value) that is the square root, with the step of section 4"),
    (root("a ** (1 / 3) + 0 * x"), "Take eight, and use no other root"),
    (root("x - (x**3 - a) / (3 * x**3)"), "x³ is there instead of a different power of x"),
    (root("x - (x**3 - a) // (3 * x**2)"), "// drops the decimals"),
    (root("1.0 + 0 * a"), "(value) it is 1, where the steps start"),
    (root("x + 0 * a", start="2 * a"), "Is the step x - (x**3 - a) / (3 * x**2)?"),
    (root(start="a"), "(value) x = a: a is there instead of 1"),
    (root(LISTED, start="[1.0]"), "(value) those are all the guesses"),
    (root(root="cube_root(a.numpy())"), "a number of Python or NumPy"),
    (root(target="x, x"), "(slope) 1 is the slope of something with respect to itself"),
    (root(target="a, x"), "Source and target are exchanged"),
    (root("(x + a / x) / 2"), "(slope) that is the slope of the square root"),
    (root(steps=2), "(slope) that is the slope after 2 steps"),
    (root("(2 * x + a / x**2) / 3", root="a ** (1 / 3)"), "Correct: (slope)"),
    (root("(2 * x + a / x**2) / 3"), "Correct: (value)"),
]
SINC = [
    (sinc("return sinc(x)"), "and the tape goes back through it, chosen by tf.where or not"),
    (sinc("return tf.sin(x) / x"), "at [0, 2] its value is"),
    (wheres("1.0, tf.sin(h) / x"), "its slope is"),
    (wheres(test="x <= 0.0"), "the test holds below 0 too"),
    (wheres(inner="x, 1.0"), "1 and x are exchanged"),
    (wheres("1.0, tf.cos(h) / h"), "a cosine is there instead of a sine"),
    (wheres("0.0, tf.sin(h) / h"), "it is 0 at x = 0, and should be 1 there"),
    (sinc("h = tf.where(x == 0.0, 1.0, x)", "return tf.sin(h) / h"), "that is sin 1 / 1"),
    (wheres("1.0, tf.sin(np.pi * h) / (np.pi * h)"), "what np.sinc computes"),
    (wheres("0.0, (tf.cos(h) * h - tf.sin(h)) / h**2"), "that is the slope, and the function"),
    (wheres("1.0, tf.sin(h) / (h + 7)"), "Keep the outer tf.where"),
    (sinc("if x == 0.0:", "    return x + 1", "return tf.sin(x) / x"), "asks one question"),
    (wheres("1.0, tf.math.divide_no_nan(tf.sin(x), x)"), "Correct"),
    (sinc("x = tf.where(x == 0.0, 1e-6, x)", "return tf.sin(x) / x"), "Correct"),
    (sinc("x += tf.cast(x == 0.0, tf.float32) * 1e-5", "return tf.sin(x) / x"), "Correct"),
]
CELLS = {"recall-answers": RECALL, "paths": PATHS, "water": WATER, "cuberoot": CUBEROOT}
ROWS = [(cell, *row) for cell, rows in {**CELLS, "sinc": SINC}.items() for row in rows]
