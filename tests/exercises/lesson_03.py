"""Answers to the exercises of lesson 03 and what the checks say: see tests/test_exercises.py."""

from textwrap import indent

SLOW = ["descent-hessian", "product-million", "product-six"]


def body(text):
    """Return an answer that stands in the place of a function's ``return ...``."""
    return {"    return ...": indent(text, "    ")}


def cube(first_line):
    return body(
        f"with tf.GradientTape() as tape:\n    {first_line}\n    y = x**3\nreturn tape.gradient(y, x)"
    )


def outer(returned, acceleration="middle.gradient(velocity, t)"):
    return {"acceleration = ...": f"acceleration = {acceleration}"} | body(f"return {returned}")


def by_tape(returned, f="bowl(p)"):
    return body(
        "with tf.GradientTape(persistent=True) as outer:\n"
        "    with tf.GradientTape() as inner:\n"
        f"        f = {f}\n"
        "    gradient = inner.gradient(f, p)\n"
        f"return {returned}"
    )


SOLVE = """\
slope, hessian = slope_and_curvature({loss}, p)
step = tf.linalg.solve(hessian, slope[:, None])[:, 0]
"""


def newton(returned, loss="loss_of"):
    return body(SOLVE.format(loss=loss) + f"return {returned}")


def often(count):
    lines = SOLVE.format(loss="loss_of") + "p.assign_sub(step)"
    return body(f"for _ in range({count}):\n{indent(lines, '    ')}\nreturn p")


DESCENT = """\
for _ in range(300):
    slope, _ = slope_and_curvature(loss_of, p)
    p.assign_sub(0.2 * slope)
return p"""


def bend(returned, at="rosenbrock, p"):
    return body(f"product = hessian_times({at}, v)\nreturn {returned}")


FULL_HESSIAN = """\
_, hessian = slope_and_curvature(rosenbrock, p)
return tf.reduce_sum(v * tf.linalg.matvec(hessian, v)) / tf.norm(v) ** 2"""
SLOPE_ALONG = """\
with tf.GradientTape() as tape:
    loss = rosenbrock(p)
return tf.reduce_sum(v * tape.gradient(loss, p)) / tf.reduce_sum(v * v)"""
DOT = "tf.reduce_sum(v * product) / tf.reduce_sum(v * v)"

ROWS = [
    ("recall", "a = 10.0", "Wrong: (a) 10 would be 2 · 5: 3 is missing"),
    ("recall", "a = [3.0, 10.0]", "Wrong: (a) those are the slopes of 3x and x², one by one"),
    ("recall", "a = y", "Wrong: (a) 15 and 25 are the values of the two targets"),
    ("recall", "a = 40", "Wrong: (a) 40 is the sum of the two values"),
    ("recall", "a = tf.reduce_sum(tape.jacobian(y, x))", "Correct: (a) 13"),
    ("recall", cube("pass"), "Wrong: (b) b returns None"),
    ("recall", body("return x**3"), "that is the value of the function, and its slope"),
    ("recall", cube("x = tf.Variable(x)"), "Correct: (b) 12 at 2"),
    ("recall", body("return (x + 0.1) ** 3 - x**3"), "Does the tape record x**3, and is x"),
    ("recall", body("return 3.0 * x**2"), "Correct: (b) 12 at 2"),
    ("recall", "c = doubled(7.0)", "112 is what doubled(7) returns"),
    ("recall", "c = 14", "14 is 7 after one doubling"),
    ("recall", "c = 2", "2 is the slope of one doubling"),
    ("recall", "c = 4", "4 is the number of doublings"),
    ("recall", "c = 8.0", "8 is half of what it should be. Double 7 until it is 100 or more"),
    ("recall", "c = 2**4", "Correct: (c) 16"),
    ("jerk", "acceleration = middle.gradient(velocity, t)", "Not answered yet: there is still"),
    ("jerk", outer("acceleration"), "that is derivative number 2, and number 3 was expected"),
    ("jerk", outer("acceleration", "inner.gradient(velocity, t)"), "the tape was asked twice"),
    ("jerk", outer("outer.gradient([velocity, acceleration], t)"), "the acceleration plus its"),
    ("jerk", body("return tf.sin(2.0 * t) ** 3"), "that is the height cubed"),
    ("jerk", body("return (2.0 * tf.cos(2.0 * t)) ** 3"), "that is the velocity cubed"),
    ("jerk", body("return -((np.pi / 90) ** 3) * tf.cos(np.pi / 90 * t)"), "2t is converted from"),
    ("jerk", body("return 8.0 * tf.cos(2.0 * t)"), "at 0.5: 4.32242 has the wrong sign"),
    ("jerk", body("return -8.0 * tf.cos(2.0 * t)"), "Correct: -4.32242 at 0.5"),
    ("jerk", outer("outer.jacobian(acceleration, t)"), "Correct: -4.32242 at 0.5"),
    ("bowl", "by_hand = [[..., 2.0], [2.0, 4.0]]", "Not answered yet: (by hand)"),
    ("bowl", "by_hand = [13.0, 4.0]", "Wrong: (by hand) [13, 4] is the gradient"),
    ("bowl", "by_hand = [[12, 0], [0, 4]]", "the mixed derivatives beside it are missing"),
    ("bowl", "by_hand = [[12, 2], [2, 2]]", "row 2, column 2 is 2, and 4 was expected"),
    ("bowl", "by_hand = np.array([[12, 2], [2, 4]])", "Correct: (by hand)"),
    ("bowl", by_tape("gradient"), "Wrong: (by tape) [13, 4] is the gradient"),
    ("bowl", by_tape("outer.gradient(gradient, p)"), "holds the sums of the Hessian's rows"),
    ("bowl", by_tape("outer.jacobian(gradient, p)", "bowl(p.numpy())"), "Wrong: (by tape)"),
    ("bowl", body("x, y = p\nreturn [[6 * x, 2 * y], [2 * y, 2 * x]]"), "but no tape was asked"),
    ("bowl", by_tape("outer.jacobian(gradient, p, experimental_use_pfor=False)"), "Correct: (by"),
    ("newton", newton("step"), "p and the minus are missing"),
    ("newton", newton("p + step"), "is added, and should be subtracted"),
    ("newton", newton("tf.stack([p[0] - step[0], p[1]])"), "only x moves, and y stays"),
    ("newton", newton("p - hessian * slope"), "a table of 2 × 2 numbers"),
    ("newton", newton("p - step", "quadratic"), "newton_place never uses loss_of"),
    ("newton", often(3), "3 Newton steps were made, and one was asked for"),
    ("newton", body(DESCENT), "many steps were made, down to the bottom"),
    ("newton", newton("p.assign_sub(step)"), "Correct: one step leads to the bottom"),
    ("newton", newton("p - tf.linalg.matvec(tf.linalg.inv(hessian), slope)"), "Correct: one step"),
    ("bend", bend("product"), "that is hessian · v, two numbers"),
    ("bend", bend("tf.reduce_sum(product) / tf.reduce_sum(v)"), "are summed without v"),
    ("bend", bend("tf.norm(product) / tf.norm(v)"), "the length of hessian · v over the length"),
    ("bend", bend("product / v"), "those are two numbers, hessian · v divided by v"),
    ("bend", bend("tf.reduce_sum(product * v)"), "the division by (v · v) is missing"),
    ("bend", bend("tf.reduce_sum(p * v)"), "at [1, 1], [1, 2]: it gives 3, and 0.4"),
    ("bend", bend(DOT, "rosenbrock, bottom"), "that is the curvature at the bottom, wherever"),
    ("bend", bend(DOT, "quadratic, p"), "that is the curvature of quadratic"),
    ("bend", body(SLOPE_ALONG), "that is the slope along v"),
    ("bend", body(FULL_HESSIAN), "all of the Hessian is built"),
    ("bend", bend("tf.tensordot(v, product, 1) / tf.tensordot(v, v, 1)"), "Correct: curvature_al"),
]
