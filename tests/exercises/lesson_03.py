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
    ("recall", {"a = ...": "a = 10.0"}, "a: Wrong: 10 is too small"),
    ("recall", {"a = ...": "a = [3.0, 10.0]"}, "a: Wrong: its shape is (2,)"),
    ("recall", {"a = ...": "a = tf.reduce_sum(tape.jacobian(y, x))"}, "a: Correct: 13"),
    ("recall", returns(CUBE.format("pass")), "b: Wrong: None. The tape saw no path"),
    ("recall", returns("    return x**3"), "that is the value of the function, not its slope"),
    ("recall", returns(CUBE.format("x = tf.Variable(x)")), "b: Correct: 12 at 2"),
    ("recall", returns("    return 3.0 * x**2"), "b: Correct: 12 at 2"),
    ("recall", {"c = ...": "c = 112.0"}, "that is the value of the function, not its slope"),
    ("recall", {"c = ...": "c = 8.0"}, "c: Wrong: 8 is half the answer"),
    ("recall", {"c = ...": "c = 2**4"}, "c: Correct: 16 at 7"),
    ("jerk", ACCELERATION, "Not answered yet: jerk returns ..."),
    ("jerk", returns("    return outer.gradient(acceleration, t)"), "Not answered yet"),
    ("jerk", ACCELERATION | returns("    return acceleration"), "that is the second derivative"),
    (
        "jerk",
        ACCELERATION | returns("    return outer.gradient(velocity, t)"),
        "that is the second derivative",
    ),
    (
        "jerk",
        {"acceleration = ...": "acceleration = inner.gradient(velocity, t)"},
        "jerk raised RuntimeError: A non-persistent GradientTape can only be used",
    ),
    ("jerk", returns("    return 8.0 * tf.cos(2.0 * t)"), "has the wrong sign"),
    ("jerk", returns("    return -8.0 * tf.cos(2.0 * t)"), "Correct: -4.32242 at 0.5"),
    (
        "jerk",
        ACCELERATION | returns("    return outer.jacobian(acceleration, t)"),
        "Correct: -4.32242 at 0.5",
    ),
    ("bowl", {"by_hand = ...": "by_hand = [[..., 2.0], [2.0, 4.0]]"}, "there is still a ..."),
    ("bowl", {"by_hand = ...": "by_hand = [13.0, 4.0]"}, "by hand: Wrong: [13, 4] is the gradient"),
    ("bowl", {"by_hand = ...": "by_hand = [14.0, 6.0]"}, "holds the sums of the Hessian's rows"),
    ("bowl", {"by_hand = ...": "by_hand = [[12, 0], [0, 4]]"}, "mixed derivatives are missing"),
    ("bowl", {"by_hand = ...": "by_hand = [[12, 1], [1, 4]]"}, "the mixed derivatives are not"),
    ("bowl", {"by_hand = ...": "by_hand = np.array([[12, 2], [2, 4]])"}, "by hand: Correct"),
    ("bowl", returns(HESSIAN.format("bowl(p)", "gradient")), "by tape: Wrong: [13, 4] is the grad"),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p)", "outer.gradient(gradient, p)")),
        "by tape: Wrong: [14, 6] holds the sums of the Hessian's rows",
    ),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p.numpy())", "outer.jacobian(gradient, p)")),
        "in by_tape a Python number stands where a tensor is meant",
    ),
    (
        "bowl",
        returns(HESSIAN.format("bowl(p)", "outer.jacobian(f, p)")),
        "by tape: Wrong: [13, 4] is the gradient",
    ),
    (
        "bowl",
        returns(
            HESSIAN.format(
                "bowl(p)",
                "outer.jacobian(gradient, p, experimental_use_pfor=False)",
            )
        ),
        "by tape: Correct: [[12, 2], [2, 4]]",
    ),
    (
        "bowl",
        returns("    return [[6.0 * p[0], 2.0 * p[1]], [2.0 * p[1], 2.0 * p[0]]]"),
        "by tape: Correct: [[12, 2], [2, 4]]",
    ),
    ("newton", returns(NEWTON.format("return step")), "which is the step itself"),
    ("newton", returns(NEWTON.format("return p + step")), "Look at the step's sign and size"),
    ("newton", returns(NEWTON.format("return p - slope")), "a step of gradient descent"),
    ("newton", returns(NEWTON.format("p.assign_sub(step)")), "newton_place returns None"),
    ("newton", returns("    return p"), "where it started. Return the new place"),
    (
        "newton",
        returns(NEWTON.format("return p - slope / tf.linalg.diag_part(hessian)")),
        "where the slope is still",
    ),
    ("newton", returns(NEWTON.format("return p - hessian * slope")), "its shape is (2, 2)"),
    (
        "newton",
        returns(NEWTON.format("return p.assign_sub(step)")),
        "Correct: newton_place leads to the minimum",
    ),
    (
        "newton",
        returns(NEWTON.format("return p - tf.linalg.matvec(tf.linalg.inv(hessian), slope)")),
        "Correct: newton_place leads to the minimum at [1, 2], from all 3 starts",
    ),
    ("bend", returns(BEND.format("product")), "its shape is (2,)"),
    ("bend", returns(BEND.format("tf.reduce_sum(product * v)")), "It grows with the length of v"),
    ("bend", returns(BEND.format("tf.reduce_sum(p * v)")), "is too large"),
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
        "Correct: curvature_along is right",
    ),
]
