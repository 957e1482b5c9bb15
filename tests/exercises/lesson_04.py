"""Answers to the exercises of lesson 04 and what the checks say: see tests/test_exercises.py."""


def slopes(w, b):
    return {"np.mean(error * ...), np.mean(error * ...)": f"{w}, {b}"}


def by_tape(body):
    return {"def slopes_by_tape(p):\n    return ...": f"def slopes_by_tape(p):\n{body}"}


TAPE = """\
    with tf.GradientTape() as tape:
        loss = {loss}
    return {returned}
"""

LIMIT = """\
    curvatures = np.linalg.eigvalsh(loss_hessian(x, y))
    return {returned}
"""


def limit(returned):
    return {"    return ...\n": LIMIT.format(returned=returned)}


LOOP = """\
    w, b = tf.Variable([[0.0]]), tf.Variable([[0.0]])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            prediction = x[:, None] @ w + b
            loss = mse({prediction}, {y})
        {slopes} = tape.gradient(loss, [w, b])
        w.{step}(rate * slope_w)
        b.{step}(rate * slope_b)
    return {returned}
"""


def loop(
    prediction="prediction",
    y="y[:, None]",
    slopes="slope_w, slope_b",
    step="assign_sub",
    returned="w, b",
):
    body = LOOP.format(prediction=prediction, y=y, slopes=slopes, step=step, returned=returned)
    return {"    return ...\n": body}


BATCH = """\
        {batches}
            with tf.GradientTape() as tape:
                loss = mse(w * {x} + b, {y})
            slope_w, slope_b = tape.gradient(loss, [w, b])
            {update}
"""


def epochs(
    batches="for rows in rng.permutation(len(x)).reshape(-1, size):",
    x="x[rows]",
    y="y[rows]",
    update="w.assign_sub(rate * slope_w), b.assign_sub(rate * slope_b)",
):
    return {
        "w, b = ..., ...": "w, b = tf.Variable(0.0), tf.Variable(0.0)",
        "        ...  # go through all rides, 20 at a time\n": BATCH.format(
            batches=batches, x=x, y=y, update=update
        ),
    }


ROWS = [
    ("recall-answers", {"a = ...": "a = 0.01"}, "x is 2.33, still on its way. Try a larger rate"),
    ("recall-answers", {"a = ...": "a = 1.0"}, "no nearer than at the start. Try a smaller rate"),
    ("recall-answers", {"a = ...": "a = 3.0"}, "ry a smaller rate"),
    ("recall-answers", {"a = ...": "a = tf.constant(0.5)"}, "Correct: (a) x = 5"),
    ("recall-answers", {"b = ...": "b = 12.0"}, "12 is the slope of the first line"),
    ("recall-answers", {"b = ...": "b = night_fare(7.0)"}, "110 is the fare for 7 km"),
    ("recall-answers", {"b = ...": "b = 15"}, "Correct: (b) 15"),
    ("recall-answers", {"c = ...": "c = [8.0, 2.0]"}, "holds the sums of the Hessian's rows"),
    (
        "recall-answers",
        {"c = ...": "c = [[6.0, 0.0], [0.0, 0.0]]"},
        "the mixed derivatives beside it are missing",
    ),
    ("recall-answers", {"c = ...": "c = np.array([[6, 2], [2, 0]])"}, "Correct: (c)"),
    (
        "slopes",
        slopes("np.mean(error * x)", "np.mean(error)"),
        "the factor 2 is missing",
    ),
    (
        "slopes",
        slopes("np.sum(2 * error * x)", "np.sum(2 * error)"),
        "those are sums, and the loss is a mean",
    ),
    ("slopes", slopes("np.mean(2 * error * x)", "np.mean(2 * error * x)"), "along b has an x too"),
    (
        "slopes",
        slopes("tf.reduce_mean(2 * x * error)", "tf.reduce_mean(2 * error)"),
        "Correct: (formula)",
    ),
    (
        "slopes",
        by_tape(TAPE.format(loss="mse(p[0] * x + p[1], y)", returned="loss")),
        "Wrong: (tape) one number came",
    ),
    (
        "slopes",
        by_tape(TAPE.format(loss="mse(p.numpy()[0] * x, y)", returned="tape.gradient(loss, p)")),
        "Wrong: (tape) slopes_by_tape returns None",
    ),
    (
        "slopes",
        by_tape(
            TAPE.format(
                loss="tf.reduce_sum((p[0] * x + p[1] - y) ** 2) / 10",
                returned="tape.gradient(loss, p)",
            )
        ),
        "Correct: (tape)",
    ),
    ("limit", limit("1 / curvatures[-1]"), "1 over the largest curvature"),
    ("limit", limit("2 / curvatures[0]"), "2 over the smallest curvature"),
    ("limit", limit("curvatures[-1]"), "that is the largest curvature"),
    ("limit", {"    return ...\n": "    return 0.02545\n"}, "Does the answer use x?"),
    (
        "limit",
        {
            "    return ...\n": "    X = np.stack([x, np.ones(len(x))], axis=1)\n"
            "    return len(x) / np.linalg.norm(X, 2) ** 2\n"
        },
        "Correct: largest_rate is right",
    ),
    ("find", loop(y="y", slopes="slope_b, slope_w"), "the steps lead uphill"),
    ("find", loop(slopes="slope_b, slope_w"), "Which slope moves which variable"),
    ("find", loop(y="y"), "a flat line through the mean of y"),
    ("find", loop(step="assign_add"), "is the step subtracted"),
    ("find", loop(returned="b, w"), "they have changed places"),
    ("find", loop(returned="w"), "two numbers were expected: w, b"),
    ("find", {"    return ...\n": "    return 0.0, 0.0\n"}, "no step has moved them"),
    ("find", loop(prediction="tf.squeeze(prediction)", y="y"), "Correct: within 1%"),
    ("find", {"    return ...\n": "    return np.polyfit(x, y, 1)\n"}, "Correct: within 1%"),
    ("batches", epochs(update="pass"), "w and b are both 0: no step has moved them"),
    ("batches", epochs("for _ in range(1):", "x", "y"), "as far as 5 steps lead"),
    ("batches", epochs(y="rng.permutation(y)[rows]"), "Does each x meet its own y?"),
    ("batches", epochs(y="y"), "Incompatible shapes: [20] vs. [200]"),
    (
        "batches",
        epochs(update="w = w - rate * slope_w; b = b - rate * slope_b"),
        "five_epochs computes with a None",
    ),
    (
        "batches",
        epochs("for rows in np.split(rng.permutation(len(x)), 10):"),
        "Correct: within 5% of least squares",
    ),
    (
        "batches",
        epochs(
            "order = rng.permutation(len(x))\n"
            "        for start in range(0, len(x), size):\n"
            "            rows = order[start : start + size]"
        ),
        "Correct: within 5% of least squares",
    ),
    ("batches", epochs("for rows in rng.permutation(len(x)):"), "more than 100 steps are made"),
    (
        "batches",
        epochs("for rows in rng.permutation(len(x)).reshape(size, -1):"),
        "as far as 100 steps lead",
    ),
    ("batches", epochs("for rows in rng.integers(0, 200, (10, size)):"), "does not take part once"),
    (
        "batches",
        epochs("for rows in np.arange(len(x)).reshape(-1, size):"),
        "in the order of the table in every epoch",
    ),
    (
        "batches",
        epochs("for rows in np.random.default_rng(1).permutation(len(x)).reshape(-1, size):"),
        "the order is the same in all five epochs",
    ),
]
