"""Answers to the exercises of lesson 03 and what the checks say: see tests/test_exercises.py."""

CUBE = """
    with tf.GradientTape() as tape:
        {}
        y = x**3
    return tape.gradient(y, x)
"""

ACCELERATION = {"acceleration = ...": "acceleration = middle.gradient(velocity, t)"}

HESSIAN = """
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            f = {}
        gradient = inner.gradient(f, p)
    return {}
"""

NEWTON = """
    slope, hessian = slope_and_curvature(quadratic, p)
    step = tf.linalg.solve(hessian, slope[:, None])[:, 0]
    {}
"""

BEND = """
    product = hessian_times(rosenbrock, p, v)
    return {}
"""


def returns(text):
    return {"    return ...": text.strip("\n")}


ROWS = [
    ("recall", {"a = ...": "a = 10.0"}, "Wrong: (a) 10 is the slope of x² alone"),
    ("recall", {"a = ...": "a = [3.0, 10.0]"}, "Wrong: (a) the two slopes came"),
    ("recall", {"a = ...": "a = tf.reduce_sum(tape.jacobian(y, x))"}, "Correct: (a) 13"),
    ("recall", returns(CUBE.format("pass")), "Wrong: (b) b returns None"),
    ("recall", returns("    return x**3"), "that is the value of the function, and its slope"),
    ("recall", returns(CUBE.format("x = tf.Variable(x)")), "Correct: (b) 12 at 2"),
    ("recall", returns("    return 3.0 * x**2"), "Correct: (b) 12 at 2"),
    ("recall", {"c = ...": "c = 112.0"}, "112 is what doubled(7) returns"),
    ("recall", {"c = ...": "c = 8.0"}, "8 is the slope after three doublings"),
    ("recall", {"c = ...": "c = 2**4"}, "Correct: (c) 16"),
    ("jerk", ACCELERATION, "Not answered yet: there is still a ..."),
    ("jerk", returns("    return outer.gradient(acceleration, t)"), "Not answered yet"),
    ("jerk", ACCELERATION | returns("    return acceleration"), "that is the acceleration"),
    (
        "jerk",
        ACCELERATION | returns("    return outer.gradient(velocity, t)"),
        "that is the acceleration, the second derivative",
    ),
    (
        "jerk",
        {"acceleration = ...": "acceleration = inner.gradient(velocity, t)"},
        "one tape is asked twice, and each has one answer",
    ),
    ("jerk", returns("    return 8.0 * tf.cos(2.0 * t)"), "that is 8 cos 2t: the sign is wrong"),
    ("jerk", returns("    return -8.0 * tf.cos(2.0 * t)"), "Correct: -4.32242 at 0.5"),
    (
        "jerk",
        ACCELERATION | returns("    return outer.jacobian(acceleration, t)"),
        "Correct: -4.32242 at 0.5",
    ),
    (
        "bowl",
        {"by_hand = ...": "by_hand = [[..., 2.0], [2.0, 4.0]]"},
        "Not answered yet: (by hand)",
    ),
    (
        "bowl",
        {"by_hand = ...": "by_hand = [13.0, 4.0]"},
        "Wrong: (by hand) [13, 4] is the gradient",
    ),
    ("bowl", {"by_hand = ...": "by_hand = [14.0, 6.0]"}, "holds the sums of the Hessian's rows"),
    (
        "bowl",
        {"by_hand = ...": "by_hand = [[12, 0], [0, 4]]"},
        "the mixed derivatives beside it are missing",
    ),
    (
        "bowl",
        {"by_hand = ...": "by_hand = [[12, 1], [1, 4]]"},
        "the mixed derivatives are only half as large",
    ),
    ("bowl", {"by_hand = ...": "by_hand = np.array([[12, 2], [2, 4]])"}, "Correct: (by hand)"),
    ("bowl", returns(HESSIAN.format("bowl(p)", "gradient")), "Wrong: (by tape) [13, 4] is the"),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p)", "outer.gradient(gradient, p)")),
        "Wrong: (by tape) [14, 6] holds the sums of the Hessian's rows",
    ),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p.numpy())", "outer.jacobian(gradient, p)")),
        "a number of Python or NumPy stands where a tensor or variable is meant",
    ),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p)", "outer.jacobian(f, p)")),
        "Wrong: (by tape) [13, 4] is the gradient",
    ),
    (
        "bowl",
        returns(
            HESSIAN.format(
                "bowl(p)",
                "outer.jacobian(gradient, p, experimental_use_pfor=False)",
            )
        ),
        "Correct: (by tape) [[12, 2], [2, 4]] at [2, 1]",
    ),
    (
        "bowl",
        returns("    return [[6.0 * p[0], 2.0 * p[1]], [2.0 * p[1], 2.0 * p[0]]]"),
        "the numbers are right, but no tape was asked",
    ),
    ("bowl", {"by_hand = ...": 'by_hand = [["12", "2"], ["2", "4"]]'}, "Leave out the quotes"),
    (
        "bowl",
        returns("    x, y = p[0], p[1]\n    return [[6 * x, 2 * y], [2 * y, x**2]]"),
        "at [-1, 3], in row 2, column 2 1 stands",
    ),
    ("newton", returns(NEWTON.format("return step")), "the step itself. Subtract it from p"),
    ("newton", returns(NEWTON.format("return p + step")), "p plus the step, which leads uphill"),
    ("newton", returns(NEWTON.format("return p - slope")), "a step of gradient descent"),
    ("newton", returns(NEWTON.format("p.assign_sub(step)")), "newton_place returns None"),
    ("newton", returns("    return p"), "p has not moved"),
    (
        "newton",
        returns(NEWTON.format("return p - slope / tf.linalg.diag_part(hessian)")),
        "divided by the diagonal of the Hessian only",
    ),
    ("newton", returns(NEWTON.format("return p - hessian * slope")), "a table of 2 × 2 numbers"),
    (
        "newton",
        returns(NEWTON.format("return p.assign_sub(step)")),
        "Correct: one step leads to the bottom",
    ),
    (
        "newton",
        returns(NEWTON.format("return p - tf.linalg.matvec(tf.linalg.inv(hessian), slope)")),
        "Correct: one step leads to the bottom at [1, 2], from all 3 starts",
    ),
    (
        "newton",
        returns(
            "    for _ in range(200):\n        slope, _ = slope_and_curvature(quadratic, p)\n"
            "        p.assign_sub(0.2 * slope)\n    return p"
        ),
        "by many small steps",
    ),
    (
        "newton",
        returns(
            "    for _ in range(3):\n        slope, hessian = slope_and_curvature(quadratic, p)\n"
            "        p.assign_sub(tf.linalg.solve(hessian, slope[:, None])[:, 0])\n    return p"
        ),
        "it takes 3 Newton steps, and one was asked for",
    ),
    ("newton", returns("    return tf.constant([1.0, 2.0])"), "the answer makes no use of p"),
    ("bend", returns(BEND.format("product")), "that is hessian · v, two numbers"),
    ("bend", returns(BEND.format("tf.reduce_sum(product * v)")), "it grows with the length of v"),
    ("bend", returns(BEND.format("tf.reduce_sum(p * v)")), "at [1, 1], [1, 2] it gives 3, and 0.4"),
    (
        "bend",
        returns(BEND.format("tf.tensordot(v, product, 1) / tf.tensordot(v, v, 1)")),
        "Correct: curvature_along is right",
    ),
    (
        "bend",
        returns(
            """
    _, hessian = slope_and_curvature(rosenbrock, p)
    return tf.reduce_sum(v * tf.linalg.matvec(hessian, v)) / tf.norm(v) ** 2
"""
        ),
        "all of the Hessian is built",
    ),
    (
        "bend",
        returns(
            """
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            loss = rosenbrock(p)
        slope = inner.gradient(loss, p)
        parts = [slope[0], slope[1]]
    rows = [outer.gradient(part, p) for part in parts]
    return sum(v[i] * tf.reduce_sum(rows[i] * v) for i in (0, 1)) / tf.reduce_sum(v * v)
"""
        ),
        "all of the Hessian is built",
    ),
]
