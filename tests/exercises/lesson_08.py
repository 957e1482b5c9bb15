"""Answers to the exercises of lesson 08 and what the checks say: see tests/test_exercises.py."""

START = "        ...\n        return ...  # the step, which is to be subtracted"


def momentum(body):
    return {START: "\n".join(f"        {line}" for line in body.split("; "))}


def repair(value):
    return {"return ...": f"return {value}"}


def first(value):
    return {"return ...": f"return {value}"}


def schedule(value):
    return {"return ...": f"return {value}"}


def lion(step, memory="0.99 * m + 0.01 * gradient"):
    return {"learning_rate * ...": step, "m.assign(...)": f"m.assign({memory})"}


LEFT_OUT = [
    "adam-same",
    "adam-epsilon-run",
    "adam-figure",
    "schedules-run",
    "schedules-figure",
    "race-sweep-run",
    "race-sweep-more",
    "race-seeds",
    "hard-run",
    "hard-figure",
]

RIGHT_SIGN = "learning_rate * tf.sign(0.9 * m + 0.1 * gradient)"

ROWS = [
    ("recall-answers", {"a = ...": "a = 1 / 50"}, "(a) 0.02 is 1/50"),
    ("recall-answers", {"a = ...": "a = 1.0"}, "(a) 1 is 2/2"),
    ("recall-answers", {"a = ...": "a = tf.constant(0.04)"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = 0"}, "(b) 0 is never reached"),
    ("recall-answers", {"b = ...": "b = 0.1"}, "(b) 0.1 is where odd steps lead"),
    ("recall-answers", {"b = ...": "b = 0.3 - 0.2 - 0.2"}, "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = 101_770"}, "(c) 101,770 is one number for each"),
    ("recall-answers", {"c = ...": "c = 2"}, "(c) 2 is how many it keeps for each"),
    ("recall-answers", {"c = ...": "c = 203540.0"}, "Correct: (c)"),
    ("momentum-exercise", momentum("return rate * g"), "these are the steps of plain descent"),
    (
        "momentum-exercise",
        momentum("v.assign(keep * v + (1 - keep) * g); return rate * v"),
        "That is an average, and the formula has a sum",
    ),
    ("momentum-exercise", momentum("v.assign(v + g); return rate * v"), "nothing fades"),
    (
        "momentum-exercise",
        momentum("v.assign(keep * v + g); return -rate * v"),
        "the step goes uphill",
    ),
    ("momentum-exercise", momentum("v.assign(keep * v + g); return v"), "the rate is missing"),
    (
        "momentum-exercise",
        momentum("step = rate * v; v.assign(keep * v + g); return rate * (v - g) / keep"),
        "v is updated after the step is taken",
    ),
    (
        "momentum-exercise",
        momentum("v.assign(0.9 * v + g); return rate * v"),
        "keep is 0.9 whatever is asked for",
    ),
    ("momentum-exercise", momentum("v.assign(keep * v + g)"), "update returns None"),
    (
        "momentum-exercise",
        momentum("v.assign(keep * v + g); w.assign_sub(rate * v); return rate * v"),
        "the rule changes w itself",
    ),
    ("momentum-exercise", momentum("return rate * v.assign(keep * v + g)"), "Correct: all 8"),
    ("momentum-exercise", momentum("v.assign(keep * v + rate * g); return v"), "Correct: all 8"),
    ("repair-exercise", repair("step / (1 - keep**t)"), "only m is corrected"),
    (
        "repair-exercise",
        repair("step * (1 - keep_square**t) / (1 - keep**t)"),
        "the root is missing",
    ),
    (
        "repair-exercise",
        repair("step * (1 - keep**t) / np.sqrt(1 - keep_square**t)"),
        "it is the other way round",
    ),
    ("repair-exercise", repair("step"), "the step came back as it was"),
    (
        "repair-exercise",
        repair("step * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)"),
        "this holds for 0.9 and 0.999 alone",
    ),
    (
        "repair-exercise",
        repair("step / (1 - keep**t) * tf.sqrt(1 - keep_square**t)"),
        "Correct: repair is right",
    ),
    ("first-exercise", first("rate * slope"), "that is plain descent's step"),
    ("first-exercise", first("rate"), "the sign is missing"),
    ("first-exercise", first("-rate * np.sign(slope)"), "the sign is turned round"),
    ("first-exercise", first("3.1623 * rate * np.sign(slope)"), "first step of hasty_adam"),
    ("first-exercise", first("rate * slope / abs(slope)"), "Correct: first_step is right"),
    ("first-exercise", first("rate if slope > 0 else -rate"), "Correct: first_step is right"),
    ("schedule-exercise", schedule("0.003"), "the rate is 0.003 all the time"),
    ("schedule-exercise", schedule("0.003 - 0.01 * done"), "below 0 from 0.30 on"),
    ("schedule-exercise", schedule("cosine(done)"), "The rate goes up to 1,"),
    ("schedule-exercise", schedule("0.003 * np.sqrt(1 - done)"), "Correct: "),
    (
        "lion-exercise",
        lion("learning_rate * tf.sign(gradient)"),
        "the weights follow the sign of the slope",
    ),
    ("lion-exercise", lion("learning_rate * (0.9 * m + 0.1 * gradient)"), "the sign is missing"),
    ("lion-exercise", lion(RIGHT_SIGN, "0.9 * m + 0.1 * gradient"), "m is kept by 0.9 and 0.1"),
    ("lion-exercise", lion("-" + RIGHT_SIGN), "the weights move uphill"),
    ("lion-exercise", lion(RIGHT_SIGN, "m"), "is m in the sign, and is it assigned"),
    (
        "lion-exercise",
        lion("learning_rate * keras.ops.sign(0.1 * gradient + 0.9 * m)"),
        "Correct: after 12 steps",
    ),
]
