"""Answers to the exercises of lesson 04 and what the checks say: see tests/test_exercises.py."""

from textwrap import indent

SLOW = ["loop-function", "rates-runs", "find-broken"]

LEFT_OUT = ["keras-model", "keras-result"]


def body(text):
    """Return an answer that stands in the place of a function's ``return ...``."""
    return {"    return ...": indent(text, "    ")}


def slopes(w, b):
    return {"np.mean(error * ...), np.mean(error * ...)": f"{w}, {b}"}


def by_tape(loss, returned="tape.gradient(loss, p)"):
    return body(f"with tf.GradientTape() as tape:\n    loss = {loss}\nreturn {returned}")


def limit(returned):
    return body(f"curvatures = np.linalg.eigvalsh(loss_hessian(x, y))\nreturn {returned}")


def loop(y="y[:, None]", slopes="slope_w, slope_b", step="assign_sub", returned="w, b", end=""):
    return body(f"""\
w, b = tf.Variable([[0.0]]), tf.Variable([[0.0]])
for _ in range(steps):
    with tf.GradientTape() as tape:
        loss = mse(x[:, None] @ w + b, {y})
    {slopes} = tape.gradient(loss, [w, b])
    w.{step}(rate * slope_w)
    b.{step}(rate * slope_b)
{end}return {returned}""")


FORMULA = """\
            error = w * {x} + b - {y}
            slope_w, slope_b = np.mean(2 * error * {x}), np.mean(2 * error)
            {w}w -= rate * slope_w
            {b}b -= rate * slope_b
"""
TAPE = """\
            with tf.GradientTape() as tape:
                loss = mse(w * {x} + b, {y})
            slope_w, slope_b = tape.gradient(loss, [w, b])
            {w}w.assign_sub(rate * slope_w)
            {b}b.assign_sub(rate * slope_b)
"""


def epochs(
    rows="rng.permutation(len(x)).reshape(-1, size)",
    x="x[rows]",
    y="y[rows]",
    w="",
    b="",
    after="",
    step=FORMULA,
    start="0.0, 0.0",
):
    """Return mini-batches: how the rows come, what a step uses, and what comes before the steps."""
    return {
        "w, b = ..., ...": f"w, b = {start}",
        "        ...  # go through all rides, 20 at a time\n": f"""\
        {after}
        for rows in {rows}:
{step.format(x=x, y=y, w=w, b=b)}""",
    }


BY_TAPE = {"step": TAPE, "start": "tf.Variable(0.0), tf.Variable(0.0)"}
MSE = "mse(p[0] * x + p[1], y)"
TAPED = """with tf.GradientTape() as tape:
        loss = mse(p[0] * x + p[1], y)
    return tape.gradient(loss, p)"""
HALF = "error = p[0] * x + p[1] - y\n    return [np.mean(error * ...), np.mean(error * ...)]"
IN_ORDER = "(order[k : k + size] for k in range(0, len(x), size))"
STANDARDISED = """z = (x - x.mean()) / x.std()
return 2 / np.linalg.eigvalsh(loss_hessian(z, y))[-1]"""
BY_NORM = "X = np.stack([x, 1 + 0 * x], 1)\nreturn len(x) / np.linalg.norm(X, 2) ** 2"
ONCE = {"for _ in range(5)": "order = rng.permutation(200)\n    for _ in range(5)"}
ROWS = [
    ("recall-answers", "a = 0.01", "x is 2.33. Try a larger rate"),
    ("recall-answers", "a = 1.0", "-1 of the distance, so after 20 steps x is 1. Try a smaller"),
    ("recall-answers", "a = tf.constant(0.5)", "Correct: (a) x = 5"),
    ("recall-answers", "b = 12.0", "3 is missing. Which lines run at 7"),
    ("recall-answers", "b = night_fare(7.0)", "110 is the fare for 7 km"),
    ("recall-answers", "b = night_fare(7.0) / 7", "that is the fare divided by 7"),
    ("recall-answers", "b = 18", "18 is 12 + 3 · (7 − 5)"),
    ("recall-answers", "b = 15", "Correct: (b) 15"),
    ("recall-answers", "c = [8.0, 2.0]", "holds the sums of the Hessian's rows"),
    ("recall-answers", "c = [[3, 2], [2, 0]]", "row 1, column 1 is 3, and 6 was expected"),
    ("recall-answers", "c = np.array([[6, 2], [2, 0]])", "Correct: (c)"),
    ("slopes", slopes("np.mean(error * x)", "np.mean(error)"), "is half of what it should be. The"),
    ("slopes", slopes("np.sum(2 * error * x)", "np.sum(2 * error)"), "those are sums, and the"),
    ("slopes", slopes("2 * error * x", "2 * error"), "the mean over the ten rides is missing"),
    ("slopes", slopes(*2 * ["np.mean(2 * error * x)"]), "the slope for b has an x too many"),
    ("slopes", slopes(*(f"np.mean(2 * error * p[{n}])" for n in (0, 1))), "w and b are factors"),
    ("slopes", slopes("np.mean(error**2 * x)", "np.mean(error**2)"), "e² is there, and its slope"),
    ("slopes", slopes("np.mean(2 * error)", "np.mean(2 * error)"), "the factor x is missing"),
    ("slopes", slopes("2 * tf.reduce_mean(x * error)", "2 * np.mean(error)"), "Correct: (formula)"),
    ("slopes", by_tape(MSE, "loss"), "Wrong: (tape) at [4, 1] it is one number"),
    ("slopes", by_tape("mse(p.numpy()[0] * x, y)"), "Wrong: (tape) slopes_by_tape returns None"),
    ("slopes", by_tape("mse(p[0] * x + p[1], y[:, None])"), "every fare is subtracted from every"),
    (
        "slopes",
        by_tape("tf.reduce_mean(abs(p[0] * x + p[1] - y))"),
        "slopes of the mean absolute error",
    ),
    ("slopes", by_tape(f"tf.sqrt({MSE})"), "those are the slopes of the root of the loss"),
    ("slopes", by_tape("mse(p[1] * x + p[0], y)"), "On the tape loss is 3477.25 at [9.5, 20]"),
    ("slopes", {HALF: TAPED}, "a tape found them"),
    ("slopes", by_tape("tf.reduce_sum((p[0] * x + p[1] - y) ** 2) / 10"), "Correct: (tape)"),
    ("limit", limit("1 / curvatures[-1]"), "that is 1 over the largest curvature"),
    ("limit", limit("curvatures[-1]"), "max(curvatures): that is the denominator alone"),
    ("limit", limit("2 / curvatures[0]"), "that is the smallest, and the largest is meant"),
    ("limit", limit("2 / curvatures"), "those are two rates. One must serve"),
    ("limit", body("return 2 / np.max(loss_hessian(x, y))"), "2 over the largest entry of the"),
    ("limit", body("return 0.02545"), "largest_rate never uses x, which it is given"),
    ("limit", body(STANDARDISED), "1 is the limit once x is standardised"),
    ("limit", limit("curvatures[-1] / curvatures[0]"), "Is it 2 divided by the largest eigenvalue"),
    ("limit", body(BY_NORM), "Correct: largest_rate is right for all 3 data sets tried"),
    ("find", loop(slopes="slope_b, slope_w"), "slope_b and slope_w are exchanged"),
    ("find", loop("y", "slope_b, slope_w"), "Which slope moves which variable, have prediction"),
    ("find", loop("y"), "w is 0, and b the mean of y"),
    ("find", loop(step="assign_add"), "the step is added, and should be subtracted"),
    ("find", loop(returned="b, w"), "has the right numbers in the wrong places"),
    ("find", loop(returned="w"), "two numbers were expected, w and b, not"),
    ("find", loop(end="    "), "only one step counts. Is the return in the loop"),
    ("find", loop("y[:, None]) * 50 + (0"), "w and b grow out of bounds"),
    ("find", body("return 0.0, 0.0"), "w and b are both 0: no step has moved them"),
    ("find", body("return np.polyfit(x, y, 1)"), "Correct: within 1% of least squares"),
    ("batches", epochs(w="pass  # "), "w has not moved. Is it updated?"),
    ("batches", epochs(b="pass  # "), "b has not moved. Is it updated?"),
    ("batches", epochs("range(1)", "x", "y"), "five_epochs never uses rng, which it is given"),
    ("batches", epochs("rng.permutation(len(x))"), "rides in a step: 1, and 20 were asked for"),
    ("batches", epochs(x="x", y="y"), "each step uses all 200 rides"),
    ("batches", epochs(y="y[:size]"), "x and y are not taken in the same order"),
    ("batches", epochs(after="w, b = 0.0, 0.0"), "w and b start at 0 again in every"),
    ("batches", epochs() | {"range(5)": "range(4)"}, "epochs made: 4, and 5 were asked for"),
    ("batches", epochs("[rng.permutation(len(x))[:size]]"), "an epoch makes one step. Is it in"),
    ("batches", epochs("rng.integers(0, len(x), (10, size))"), "each batch is drawn again"),
    ("batches", epochs(IN_ORDER) | ONCE, "the order is drawn once, for all epochs"),
    ("batches", epochs() | {"    return": "            return"}, "only one step is made. Is the"),
    ("batches", epochs("np.split(rng.permutation(len(x)), 10)"), "each of the 50 steps is right"),
    ("batches", epochs(IN_ORDER, after="order = rng.choice(200, 200, False)"), "Correct"),
    ("batches", epochs(**BY_TAPE), "each of the 50 steps is right"),
]
