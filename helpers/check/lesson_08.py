"""Verdicts of lesson 08, optimizers."""

import functools
import inspect

import keras
import numpy as np
import tensorflow as tf

from helpers.data import load_fashion_mnist

from .engine import Unanswered, Wrong, call, close, exercise, needs_function, numbers, show
from .judges import function, number


@exercise
def recall_08(a, b, c):
    """Judge the largest stable rate, a walk down |x|, and how much Adam keeps."""
    return {
        "a": lambda: number(
            a,
            0.04,
            within=1e-4,
            mistakes={
                "0.02 is 1/50, the best rate for the steep direction. It leaves above 2/50": 0.02,
                "1 is 2/2, the limit of the flat direction. The steep one is thrown out first": 1.0,
                "0.5 is 1/2. The steep direction, of curvature 50, sets the limit": 0.5,
                "25 is a ratio of curvatures, and a rate was asked": 25.0,
                "100 is 2 times 50, and the limit is 2 divided by it": 100.0,
                "0.0254 is the limit of lesson 04's valley. This one is less steep": 0.02545,
                "0.038 takes both curvatures together. The largest alone sets the limit": 2 / 52,
                "0.08 is twice the limit: 2 divided by the largest curvature": 0.08,
            },
            look="A step leaves 1 - rate · curvature of the distance. When is that below -1?",
        ),
        "b": lambda: number(
            b,
            -0.1,
            within=1e-3,
            mistakes={
                "0.1 is where odd steps lead. 100 is even": 0.1,
                "0 is never reached: from 0.1 a step of 0.2 goes beyond it": 0.0,
                "0.3 is the start. From 0.1 it goes on to -0.1, and never back to 0.3": 0.3,
                "-0.3 is too far: the steps are 0.2, and 0.3 - 2 · 0.2 is -0.1": -0.3,
                "-19.7 goes on in one direction. Below 0 the slope is -1, so it turns round": -19.7,
                "19.7 is too far, and on the wrong side: it turns round whenever it passes 0": 19.7,
                "0.2 is the size of a step. Where does it lead?": 0.2,
            },
            look="Write down the first four steps, and see which two places come again and again",
        ),
        "c": lambda: number(
            c,
            203_540,
            mistakes={
                "101,770 is one number for each parameter, and Adam keeps two": 101_770,
                "305,310 counts the parameters too. What Adam keeps for itself was asked": 305_310,
                "2 is how many it keeps for each parameter": 2,
                "50,885 is one for every second parameter; it keeps two for each": 50_885,
                "203,542 counts its step and its rate too; two less are for the parameters": (
                    203_542
                ),
                "407,080 is four for each parameter, and Adam keeps two": 407_080,
            },
            look="Two numbers for each parameter",
        ),
    }


# --- Momentum -------------------------------------------------------------------------------------

#: By what to say: the new v and the step, of v, g, the rate r and what is kept, k.
_MOMENTA = {
    "the steps are all 0: v begins at 0, and nothing is assigned to it": (
        lambda v, g, r, k: (v, 0 * g)
    ),
    "these are the steps of plain descent, rate times slope: nothing is remembered. Is v "
    "assigned, and is it in the step": lambda v, g, r, k: (v, r * g),
    "the new slope is multiplied by 1 - keep. That is an average, and the formula has a sum": (
        lambda v, g, r, k: (k * v + (1 - k) * g, r * (k * v + (1 - k) * g))
    ),
    "nothing fades: keep is missing before v": lambda v, g, r, k: (v + g, r * (v + g)),
    "keep multiplies the new slope too, and it belongs to v alone": (
        lambda v, g, r, k: (k * (v + g), r * k * (v + g))
    ),
    "keep multiplies the slope, and it belongs to v": (
        lambda v, g, r, k: (v + k * g, r * (v + k * g))
    ),
    "v is updated after the step is taken from it. First v, then the step": (
        lambda v, g, r, k: (k * v + g, r * v)
    ),
    "the step goes uphill: it is subtracted afterwards, so there is a minus too many": (
        lambda v, g, r, k: (k * v + g, -r * (k * v + g))
    ),
    "the slope is subtracted from v, and it is to be added": (
        lambda v, g, r, k: (k * v - g, r * (k * v - g))
    ),
    "the rate is missing in the step": lambda v, g, r, k: (k * v + g, k * v + g),
    "the rate is multiplied twice, into v and into the step": (
        lambda v, g, r, k: (k * v + r * g, r * (k * v + r * g))
    ),
    "what is assigned to v has keep, and is it the slope g that is added? The step has no slope": (
        lambda v, g, r, k: (k * v, r * k * v)
    ),
    "that is Nesterov's momentum, which looks ahead. The formula here steps by rate times v": (
        lambda v, g, r, k: (k * v + g, r * (g + k * (k * v + g)))
    ),
    "the step adds the slope to v once more": (lambda v, g, r, k: (k * v + g, r * (k * v + g + g))),
    "the step is computed, and v does not become the new sum: assign it": (
        lambda v, g, r, k: (v, r * (k * v + g))
    ),
    "the step is divided by the rate, and it is to be multiplied": (
        lambda v, g, r, k: (k * v + g, (k * v + g) / r)
    ),
    "the step is the new slope by the rate, and v beside it without the rate: it is rate times v": (
        lambda v, g, r, k: (k * v + g, r * g + k * v + g)
    ),
    "the step is keep times v, and it is rate times v": (
        lambda v, g, r, k: (k * v + g, k * (k * v + g))
    ),
    "that is an average, and keep and 1 - keep are exchanged in it. The formula is a sum": (
        lambda v, g, r, k: ((1 - k) * v + k * g, r * ((1 - k) * v + k * g))
    ),
    "the rate is multiplied into v, and so into what is kept of it, again at each step": (
        lambda v, g, r, k: (r * (k * v + g), r * (k * v + g))
    ),
    "the square of the slope is added, as in RMSProp. Momentum adds the slope": (
        lambda v, g, r, k: (k * v + g**2, r * (k * v + g**2))
    ),
    "the rule of RMSProp came back. Momentum has no root and no square": (
        lambda v, g, r, k: (k * v + (1 - k) * g**2, r * g / (np.sqrt(k * v + (1 - k) * g**2)))
    ),
    "keep is 0.9 whatever is asked for: use the name keep": (
        lambda v, g, r, k: (0.9 * v + g, r * (0.9 * v + g))
    ),
    "the rate is 0.01 whatever is asked for: use the name rate": (
        lambda v, g, r, k: (k * v + g, 0.01 * (k * v + g))
    ),
}

_SLOPES = (
    np.array([[8.0, -3.0], [5.0, 40.0], [-6.0, 2.0], [9.0, 9.0]]),
    np.array([12.0, 12.0, 12.0, -30.0]),
)


_START = 100.0  # where w is, so that a new w is no step


@exercise
def momentum(momentum):
    """Judge a rule of momentum by Keras's SGD, on slopes of two shapes."""
    needs_function(momentum)
    settings = ((0.5, 0.8), (2.0, 0.6))
    tries = [(slopes, *setting) for slopes, setting in zip(_SLOPES, settings, strict=True)]
    given = [_steps_of(momentum, *one) for one in tries]
    truths = [_steps_of_keras(*one) for one in tries]
    if all(map(close, given, truths)):
        return f"all {sum(len(t) for t in truths)} steps are those of Keras's SGD with momentum"
    if all(close(_START - g, t) for g, t in zip(given, truths, strict=True)):
        raise Wrong("that is the new w. Return the step alone: ByHand subtracts it from w")
    for message, rule in _MOMENTA.items():
        if all(close(g, _played(rule, *one)) for g, one in zip(given, tries, strict=True)):
            raise Wrong(message)
    (slopes, rate, keep), came, truth = next(
        (one, g, t) for one, g, t in zip(tries, given, truths, strict=True) if not close(g, t)
    )
    place = next(i for i in range(len(slopes)) if not close(came[i], truth[i]))
    raise Wrong(
        f"with a rate of {rate} and keep={keep}, after the slopes {show(slopes[: place + 1])} step "
        f"{place + 1} is {show(came[place])}, and {show(truth[place])} was expected. First the "
        "new v, keep · v + g, and then the step, rate · v"
    )


def _steps_of(rule, slopes, rate, keep):
    """Return the steps that a learner's rule makes of slopes, one after the other."""
    start = np.full(slopes.shape[1:], _START, np.float32)
    w = tf.Variable(start)

    @functools.wraps(rule)
    def run():
        update = rule(w, rate, keep)
        if update is None:
            raise Wrong(f"{rule.__name__} returns None. Its last line is return update")
        if not callable(update):
            raise Wrong(
                f"{rule.__name__} returns {show(update)}, and a function was expected: "
                "return update, without brackets"
            )
        steps = []
        for slope in slopes:
            step = update(tf.constant(slope, tf.float32))
            if step is None:
                raise Wrong("update returns None. Let it return the step, rate times v")
            steps.append(tf.identity(step) if isinstance(step, tf.Variable) else step)
        return steps

    try:
        steps = call(run)
    except Wrong as reason:
        if "UnboundLocalError" in str(reason):
            raise Wrong(
                "v = … makes a new v inside update. v.assign(…) changes the one outside"
            ) from None
        raise
    if not np.array_equal(w.numpy(), start):
        raise Wrong("the rule changes w itself. It returns the step, and ByHand subtracts it")
    return np.array([numbers(step, slopes.shape[1:]) for step in steps])


def _steps_of_keras(slopes, rate, keep):
    w = tf.Variable(np.zeros(slopes.shape[1:], np.float32))
    optimizer, places = keras.optimizers.SGD(rate, momentum=keep), [w.numpy()]
    for slope in slopes:
        optimizer.apply([tf.constant(slope, tf.float32)], [w])
        places.append(w.numpy())
    return -np.diff(np.float64(places), axis=0)


def _played(rule, slopes, rate, keep):
    v, steps = np.zeros(slopes.shape[1:]), []
    for slope in slopes:
        v, step = rule(v, slope, rate, keep)
        steps.append(step)
    return np.array(steps)


# --- Adam -----------------------------------------------------------------------------------------


def _share(t, keep):
    """Return which share of equal slopes a running average holds after t of them, by a loop."""
    average = 0.0
    for _ in range(int(t)):
        average = keep * average + (1 - keep)
    return average


@exercise
def repair_adam(repair):
    """Judge the correction of an uncorrected Adam's step, by averages that are run."""

    def corrected(step, t, keep, keep_square):
        return step * np.sqrt(_share(t, keep_square)) / _share(t, keep)

    def mistake(change):
        return lambda step, t, k, q: step * change(1 - k**t, 1 - q**t, k, q, t)

    return function(
        repair,
        corrected,
        [
            (3.1622777, 1, 0.9, 0.999),
            (-8.0, 2, 0.8, 0.99),
            (65.7, 12, 0.9, 0.999),
            (20.0, 5, 0.5, 0.9),
        ],
        given=(float, int, float, float),
        mistakes={
            "the step came back as it was: it is to be corrected": mistake(lambda m, s, *_: 1),
            "the share of m multiplies, and m is to be divided by it; s has a share too": mistake(
                lambda m, s, *_: m
            ),
            "only s is corrected, and without the root": mistake(lambda m, s, *_: s),
            "the root is missing: the square root of s stands in the step": mistake(
                lambda m, s, *_: s / m
            ),
            "it is the other way round: m is above, so its share divides, and s is below": mistake(
                lambda m, s, *_: m / np.sqrt(s)
            ),
            "the step is multiplied by both shares: m is above, so its share divides": mistake(
                lambda m, s, *_: m * np.sqrt(s)
            ),
            "the step is divided by both. s is below, so its share comes above": mistake(
                lambda m, s, *_: 1 / (m * np.sqrt(s))
            ),
            "only m is corrected; s has a share too": mistake(lambda m, s, *_: 1 / m),
            "only s is corrected; m has a share too": mistake(lambda m, s, *_: np.sqrt(s)),
            "s alone is corrected, and the wrong way: its share comes above": mistake(
                lambda m, s, *_: 1 / np.sqrt(s)
            ),
            "the root is taken of m's share too, and m stands in the step without a root": mistake(
                lambda m, s, *_: np.sqrt(s) / np.sqrt(m)
            ),
            "these are the shares after one step. After t steps it is 1 - keep**t": mistake(
                lambda m, s, k, q, t: np.sqrt(1 - q) / (1 - k)
            ),
            "keep**t is what is missing of the truth. The share is 1 - keep**t": mistake(
                lambda m, s, k, q, t: np.sqrt(q**t) / k**t
            ),
            "keep and keep_square are exchanged: m is kept by keep": mistake(
                lambda m, s, *_: np.sqrt(m) / s
            ),
            "the powers are one too low: t is 1 at the first step": mistake(
                lambda m, s, k, q, t: np.sqrt(1 - q ** (t - 1)) / (1 - k ** (t - 1)) if t > 1 else 1
            ),
            "the powers are one too high: t is 1 at the first step": mistake(
                lambda m, s, k, q, t: np.sqrt(1 - q ** (t + 1)) / (1 - k ** (t + 1))
            ),
            "keep is multiplied by t, and the share has a power: keep**t": mistake(
                lambda m, s, k, q, t: np.sqrt(np.abs(1 - q * t)) / (1 - k * t)
            ),
            "this holds for 0.9 and 0.999 alone: use keep and keep_square": (
                lambda step, t, k, q: step * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            ),
            "that is the factor alone. Multiply the step by it": (
                lambda step, t, k, q: np.sqrt(1 - q**t) / (1 - k**t)
            ),
            "every step is brought to size 1, and it is to be corrected: multiply by a factor": (
                lambda step, t, k, q: np.sign(step)
            ),
        },
        look="Divide by the share of m, 1 - keep**t, and multiply by the root of the share of s",
    )


@exercise
def first_step(first_step):
    """Judge the first step of Adam, by its definition."""

    def by_definition(slope, rate):
        m, s = 0.1 * slope, 0.001 * slope**2
        return rate * (m / 0.1) / np.sqrt(s / 0.001)

    return function(
        first_step,
        by_definition,
        [(5.0, 1.0), (-0.3, 2.0), (1e6, 3.0), (-1e-4, 5.0)],
        given=float,
        mistakes={
            "that is plain descent's step, rate times slope. m is divided by the root of s": (
                lambda g, r: r * g
            ),
            "the sign is missing: for a negative slope the step is negative": lambda g, r: r,
            "the rate alone has no sign, and this one is always negative. Which sign has m": (
                lambda g, r: -r
            ),
            "the sign is turned round: what update returns is subtracted from w, so it has the "
            "sign of the slope": lambda g, r: -r * np.sign(g),
            "the rate is missing: that is the sign of the slope alone": lambda g, r: np.sign(g),
            "1 is right for a rate of 1 and a positive slope": lambda g, r: np.ones_like(g),
            "that is the first step of hasty_adam. The correction takes the 3.16 away": (
                lambda g, r: r * np.sign(g) * 0.1 / np.sqrt(0.001)
            ),
            "m is corrected and s is not": lambda g, r: r * np.sign(g) / np.sqrt(0.001),
            "s is corrected and m is not: a tenth of the rate": lambda g, r: 0.1 * r * np.sign(g),
            "m is divided by s; the root is missing": lambda g, r: r / g,
            "the size of the slope stands in it, and m divided by the root of s is free of it": (
                lambda g, r: r * np.abs(g)
            ),
            "for a negative slope it gives 0, and a negative step was expected": (
                lambda g, r: r * np.maximum(np.sign(g), 0)
            ),
            "1 stands in place of m: after the correction m is the slope": lambda g, r: (
                r / np.abs(g)
            ),
            "that is rate times the square of the slope; m is divided by the root of s": (
                lambda g, r: r * g**2
            ),
            "that is the slope itself. It is m, and still to be divided": lambda g, r: g,
            "that is a root of the slope": lambda g, r: r * np.sign(g) * np.sqrt(np.abs(g)),
        },
        look="After the correction m is g and s is g². What is left of g / √(g²)?",
    )


# --- Schedules ------------------------------------------------------------------------------------

_EPOCHS, _BATCHES, _SEEDS, _BAR = 8, 500, (3, 4), 0.887


@exercise
def schedule(my_rate):
    """Judge a schedule by training a network with it, from two seeds."""
    needs_function(my_rate)
    done = np.linspace(0, 1, 401, dtype=np.float32)[:-1]  # each rate serves ten steps
    came = call(_rates_of(my_rate), done)
    rates = np.array([float(numbers(rate, ())) for rate in came])
    low, high = rates.min(), rates.max()
    if low < 0:
        first = done[rates < 0][0]
        raise Wrong(f"the rate is {show(low)} at its lowest, below 0 from {first:.2f} on: uphill")
    if high == 0:
        raise Wrong("the rate is 0 all the time, so nothing would be learned")
    if high - low < 1e-3 * high:
        raise Wrong(f"the rate is {show(high)} all the time, and it is to change with done")
    shares = _accuracies(rates)
    share = float(np.mean(shares))
    said = f"{share:.1%} are right, on average over {len(_SEEDS)} seeds"
    if share > _BAR:
        return f"{said}. The rate goes from {rates[0]:.2g} to {rates[-1]:.2g}"
    if high > 0.03:
        why = (
            f"The rate goes up to {show(high)}, and each of Adam's steps is about as large as that"
        )
        if high > 0.3:
            why += ". done is a share; multiply it by a rate, such as 0.003"
    elif high < 8e-4:
        why = f"The rate is never above {show(high)}: eight epochs are short for such small steps"
    elif rates[-1] > 0.5 * high:
        why = f"At the end the rate is still {show(rates[-1])}: let the last steps be small"
    elif np.mean(rates < 0.1 * high) > 0.5:
        why = "More than half of the time the rate is below a tenth of its highest: that is early"
    else:
        why = f"The highest rate is {show(high)}. Try another, or another way down"
    raise Wrong(f"{said}, and more than {_BAR:.1%} were asked for. {why}")


def _rates_of(my_rate):
    @functools.wraps(my_rate)
    def run(done):
        rates = []
        for share in done:
            rates.append(my_rate(tf.constant(share)))
            if rates[-1] is ...:
                raise Unanswered("there is still a ... in what my_rate returns")
        return rates

    return run


@functools.cache
def _images():
    (images, labels), _ = load_fashion_mnist()
    parts = images[:56_000], labels[:56_000], images[56_000:], labels[56_000:]
    return [tf.constant(part) for part in parts]


def _accuracies(rates):
    """Return the held-out accuracy of the lesson's network after Adam with these rates, by seed."""
    images, labels, held_out, held_out_labels = _images()
    table = tf.Variable(rates.astype(np.float32))
    layers = [
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    model = keras.Sequential([keras.Input((28, 28), dtype="uint8"), *layers])
    optimizer, loss_of = keras.optimizers.Adam(), keras.losses.SparseCategoricalCrossentropy()
    optimizer.build(model.trainable_variables)
    each = _EPOCHS * _BATCHES // len(rates)

    def step(order, place):
        batch = order[place]
        optimizer.learning_rate.assign(tf.gather(table, optimizer.iterations // each))
        with tf.GradientTape() as tape:
            loss = loss_of(tf.gather(labels, batch), model(tf.gather(images, batch)))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return order, place + 1

    @tf.function(jit_compile=True, autograph=False)
    def epoch(order):
        tf.while_loop(lambda order, place: place < _BATCHES, step, (order, 0))

    shares = []
    for seed in _SEEDS:
        random = np.random.default_rng(seed)
        for variable in [*optimizer.variables, *model.trainable_variables]:
            variable.assign(np.zeros(variable.shape))
        for kernel in model.trainable_variables[::2]:
            bound = np.sqrt(6 / sum(kernel.shape))  # as Keras begins: Glorot's uniform
            kernel.assign(random.uniform(-bound, bound, kernel.shape))
        for _ in range(_EPOCHS):
            order = random.permutation(len(images)).reshape(_BATCHES, -1)
            epoch(tf.constant(order, tf.int32))
        chosen = np.argmax(model(held_out), axis=1)
        shares.append(np.mean(chosen == held_out_labels.numpy()))
    return shares


# --- An optimizer for Keras -----------------------------------------------------------------------

#: By what to say: what is subtracted and the new m, of m, g and the rate r.
_LIONS = {
    "no weight moves: variable.assign_sub(…) moves one, variable = … does not": lambda m, g, r: (
        0 * g,
        m,
    ),
    "m is updated before the weight. The weight comes first, with the m of the step before": (
        lambda m, g, r: (r * np.sign(0.9 * (0.99 * m + 0.01 * g) + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the sign is missing: the weights move by rate times the mixture itself": (
        lambda m, g, r: (r * (0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the weights follow the sign of the slope alone: is m in the sign, and is it assigned": (
        lambda m, g, r: (r * np.sign(g), m)
    ),
    "only the sign of m is taken, and the slope has no say": (
        lambda m, g, r: (r * np.sign(m), 0.99 * m + 0.01 * g)
    ),
    "m is kept by 0.9 and 0.1; there it is 0.99 and 0.01": (
        lambda m, g, r: (r * np.sign(0.9 * m + 0.1 * g), 0.9 * m + 0.1 * g)
    ),
    "0.99 and 0.01 stand in the sign; there it is 0.9 and 0.1": (
        lambda m, g, r: (r * np.sign(0.99 * m + 0.01 * g), 0.99 * m + 0.01 * g)
    ),
    "the two mixtures are exchanged: 0.9 and 0.1 belong into the sign, 0.99 and 0.01 to m": (
        lambda m, g, r: (r * np.sign(0.99 * m + 0.01 * g), 0.9 * m + 0.1 * g)
    ),
    "m and the slope are exchanged in the sign: 0.9 belongs to m": (
        lambda m, g, r: (r * np.sign(0.1 * m + 0.9 * g), 0.99 * m + 0.01 * g)
    ),
    "m and the slope are exchanged in the memory: 0.99 belongs to m": (
        lambda m, g, r: (r * np.sign(0.9 * m + 0.1 * g), 0.01 * m + 0.99 * g)
    ),
    "the weights move uphill: look at the sign before the rate": (
        lambda m, g, r: (-r * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the rate is missing": lambda m, g, r: (np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g),
    "the rate is multiplied twice": (
        lambda m, g, r: (r * r * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "m takes the sign of the slope; the slope itself belongs into it": (
        lambda m, g, r: (r * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * np.sign(g))
    ),
    "the signs are taken one by one: take the sign of the mixture": (
        lambda m, g, r: (r * (0.9 * np.sign(m) + 0.1 * np.sign(g)), 0.99 * m + 0.01 * g)
    ),
    "m gets 0.1 of the slope, and it is 0.01": (
        lambda m, g, r: (r * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.1 * g)
    ),
    "the absolute value is taken, so all weights move down: take the sign": (
        lambda m, g, r: (r * np.abs(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the rate is a number of your own: use learning_rate": (
        lambda m, g, r: (0.01 * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the rate is a number of your own, 0.001: use learning_rate": (
        lambda m, g, r: (0.001 * np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g)
    ),
    "the new slope is added to m without its 0.01": (
        lambda m, g, r: (r * np.sign(0.9 * m + 0.1 * g), 0.99 * m + g)
    ),
}


@exercise
def lion(MyLion):
    """Judge an optimizer by Keras's Lion, eager and as a graph."""
    if isinstance(MyLion, keras.optimizers.Optimizer):
        raise Wrong("an optimizer came. Hand over the class itself, MyLion, without brackets")
    if not inspect.isclass(MyLion):
        needs_function(MyLion)
        raise Wrong("a function came, and a class was expected")
    if not issubclass(MyLion, keras.optimizers.Optimizer):
        raise Wrong("the class is to be a subclass: class MyLion(keras.optimizers.Optimizer)")
    if issubclass(MyLion, keras.optimizers.Lion):
        raise Wrong("that is Keras's own Lion. Write the two formulas yourself")
    random = np.random.default_rng(8)
    shapes, rate = ((3, 2), (4,)), 0.25
    starts = [random.normal(size=shape) for shape in shapes]
    slopes = [[random.normal(size=shape) * 10 for shape in shapes] for _ in range(12)]
    truth = _trained(keras.optimizers.Lion, starts, slopes, rate)
    for way, wrap in {"eager": lambda f: f, "as a graph": tf.function}.items():
        given = call(_runner(MyLion, starts, slopes, rate, wrap))
        if all(map(close, given, truth)):
            continue
        for message, rule in _LIONS.items():
            if all(map(close, given, _lions(rule, starts, slopes, rate))):
                raise Wrong(message)
        raise Wrong(
            f"{way}, after {len(slopes)} steps the weights are elsewhere than with Keras's Lion: "
            f"{show(given[1])}, and {show(truth[1])} was expected. Compare the two formulas with "
            "your two lines, sign by sign"
        )
    return f"after {len(slopes)} steps, eager and as a graph, all weights are those of Keras's Lion"


def _runner(optimizer_class, *settings):
    def run():
        return _trained(optimizer_class, *settings)

    run.__name__ = optimizer_class.__name__
    return run


def _trained(optimizer_class, starts, slopes, rate, wrap=lambda f: f):
    variables = [keras.Variable(start, dtype="float32") for start in starts]
    optimizer = optimizer_class(learning_rate=rate)
    optimizer.build(variables)

    def update(gradients):
        optimizer.apply(gradients, variables)

    update = wrap(update)
    for gradients in slopes:
        update([tf.constant(g, tf.float32) for g in gradients])
    return [np.float64(variable.numpy()) for variable in variables]


def _lions(rule, starts, slopes, rate):
    ends = []
    for place, start in enumerate(starts):
        w, m = start, np.zeros_like(start)
        for gradients in slopes:
            step, m = rule(m, gradients[place], rate)
            w = w - step
        ends.append(w)
    return ends
