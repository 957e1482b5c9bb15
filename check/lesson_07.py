"""Verdicts of lesson 07, your own training loop."""

import inspect

import keras
import numpy as np
import tensorflow as tf

from verdict import (
    Unanswered,
    Wrong,
    call,
    close,
    exercise,
    is_function,
    needs_function,
    number,
    numbers,
    show,
)


@exercise
def recall_07(a, b, c):
    """Judge a slope of a squared error, a second derivative, and a clueless model's loss."""

    def at(place, answer):
        return call(answer, tf.Variable(place)) if is_function(answer) else answer

    return {
        "a": lambda: number(
            at(2.0, a),
            -6.0,
            mistakes={
                "-3 is error times x; the square has a slope of its own, twice the error": -3.0,
                "6 has the wrong sign: w·x is below y, so the loss falls as w grows": 6.0,
                "1 is the loss, (3 · 2 - 7)², or the error turned round. Its slope was asked": 1.0,
                "-1 is the error, 3 · 2 - 7. The slope of its square was asked": -1.0,
                "-2 is the slope by the error. By w, the chain rule adds a factor of x": -2.0,
                "2 is twice the error turned round. The chain rule adds a factor of x": 2.0,
                "12 is the slope at w = 3, and w = 2 was asked": 12.0,
                "-14 comes without the factor 3 for x on one side: the error is 3w - 7": -14.0,
                "2.6 is where a step downhill leads. The slope alone was asked": 2.6,
            },
            look="Write (3w - 7)² and use the chain rule: twice the error, times x",
        ),
        "b": lambda: number(
            at(1.0, b),
            12.0,
            mistakes={
                "1 is the value of x⁴ at 1": 1.0,
                "4 is the first derivative, 4x³, and the second was asked": 4.0,
                "24 is the third derivative, 24x, and the second was asked": 24.0,
                "16 is 4 times 4: after 4x³ the exponent is 3": 16.0,
                "3 is the exponent of the first derivative; its factor 4 stays in front": 3.0,
                "7 is 4 plus 3; the two exponents are multiplied": 7.0,
                "48 is the second derivative at 2, and x = 1 was asked": 48.0,
            },
            look="The first derivative is 4x³. Differentiate that once more",
        ),
        "c": lambda: number(
            c,
            np.log(100),
            mistakes={
                "0.01 is the probability of the right class. The loss is -ln of it": 0.01,
                "100 is the number of classes. The loss is ln of it": 100.0,
                "2 is a logarithm to base 10; ln has base e": 2.0,
                "6.64 is a logarithm to base 2; ln has base e": np.log2(100),
                "2.30 is the loss for 10 classes, and here are 100": np.log(10),
                "0.046 is -p ln p. The loss is -ln p alone": np.log(100) / 100,
                "1 is the sum of all probabilities. The loss is -ln of the right one": 1.0,
                "0 is the loss of a model that is certain and right": 0.0,
                "the probability of a class is 1/100, and not 0: -ln of that is finite": np.inf,
            },
            look="The right class has probability 1/100, and the loss is -ln of it",
        ),
    }


# --- Trainings, judged by the weights in which they end -------------------------------------------


def _network(inputs, *units):
    """Make a small network for classes, whose weights are the same each time."""
    random = np.random.default_rng(7)
    sizes = [inputs, *units]
    dense = [keras.layers.Dense(n, activation="relu") for n in units[:-1]]
    layers = [*dense, keras.layers.Dense(units[-1], activation="softmax")]
    network = keras.Sequential([keras.Input((inputs,)), *layers])
    for layer, rows, columns in zip(layers, sizes, sizes[1:], strict=False):
        kernel = random.normal(size=(rows, columns)) / np.sqrt(rows)
        layer.set_weights([kernel, random.normal(size=columns) / 4])
    return network


def _moved(model, run):
    """Return how far each weight moves, as float64 arrays; the model has its weights again."""
    before = model.get_weights()
    try:
        run()
        after = model.get_weights()
    finally:
        model.set_weights(before)
    try:
        return [numbers(a) - b for a, b in zip(after, before, strict=True)]
    except Wrong as reason:
        raise Wrong(f"the weights grew out of bounds: {reason}") from None


def _agree(given, truth, within=1e-3):
    longest = max(np.abs(way).max() for way in truth)
    pairs = zip(given, truth, strict=True)
    return all(np.abs(a - b).max() <= within * longest for a, b in pairs)


def _nowhere(given, truth, model):
    """Say what is wrong with a training that ends elsewhere, for no reason that is known."""
    for weight, way, right in zip(model.weights, given, truth, strict=True):
        if right.any() and not way.any():
            return f"{weight.path} has not moved, and others have. Does the loop reach it?"
    if sum(np.sum(a * b) for a, b in zip(given, truth, strict=True)) < 0:
        return "the weights have moved uphill: the gradient is to be subtracted"
    far, right = (sum(np.sum(way**2) for way in ways) ** 0.5 for ways in (given, truth))
    return (
        f"the weights have moved by {far:.3g} in all, and {right:.3g} was expected. Compare the "
        "update with the formula, letter by letter"
    )


#: By what to say: what a weight becomes, of w, g, the rate r and the decay d.
_DECAYS = {
    "these are the weights without any decay: put d · w into the bracket": (
        lambda w, g, r, d: w - r * g
    ),
    "these weights grow where they should shrink: look at the sign of the decay": (
        lambda w, g, r, d: w - r * (g - d * w)
    ),
    "each weight shrinks by r · w: the decay d is missing before w": (
        lambda w, g, r, d: w - r * (g + w)
    ),
    "the decay alone is added, and not the decay times the weight": (
        lambda w, g, r, d: w - r * (g + d)
    ),
    "the decay and the weight are added, where they should be multiplied": (
        lambda w, g, r, d: w - r * (g + d + w)
    ),
    "the decay is multiplied by the gradient, and it belongs to the weight": (
        lambda w, g, r, d: w - r * (g + d * g)
    ),
    "the decay is multiplied by the rate twice: the rate stands before the bracket already": (
        lambda w, g, r, d: w - r * (g + r * d * w)
    ),
    "the decay is multiplied by itself: d · d · w in place of d · w": (
        lambda w, g, r, d: w - r * (g + d * d * w)
    ),
    "the decay is not multiplied by the rate: each weight shrinks by d · w": (
        lambda w, g, r, d: w - r * g - d * w
    ),
    "the decay is twice too strong. The slope of w² is 2w: halve the term in the loss": (
        lambda w, g, r, d: w - r * (g + 2 * d * w)
    ),
    "the decay is half as strong as it should be": lambda w, g, r, d: w - r * (g + d * w / 2),
    "the absolute value of the weight is taken, so that negative weights grow": (
        lambda w, g, r, d: w - r * (g + d * tf.abs(w))
    ),
    "the sign of the weight is taken, so that all shrink by the same amount": (
        lambda w, g, r, d: w - r * (g + d * tf.sign(w))
    ),
    "the square of the weight is taken, and the weight itself is in the formula": (
        lambda w, g, r, d: w - r * (g + d * w**2)
    ),
    "the decay is taken of the weight after its step, and the formula takes it of the one before": (
        lambda w, g, r, d: (w - r * g) * (1 - r * d)
    ),
    "the biases shrink and the kernels do not: each weight is to shrink": (
        lambda w, g, r, d: w - r * (g + d * w if w.shape.rank == 1 else g)
    ),
    "the kernels shrink and the biases do not: each weight is to shrink": (
        lambda w, g, r, d: w - r * (g + d * w if w.shape.rank == 2 else g)
    ),
    "the step goes uphill: the gradient is to be subtracted": (
        lambda w, g, r, d: w - r * (-g + d * w)
    ),
    "all of it goes the wrong way: the bracket is to be subtracted": (
        lambda w, g, r, d: w + r * (g + d * w)
    ),
    "the gradient is missing: the weights shrink, and learn nothing": (
        lambda w, g, r, d: w - r * d * w
    ),
    "the rate is missing before the bracket": lambda w, g, r, d: w - (g + d * w),
}


@exercise
def decay(decaying_training, batches):
    """Judge a training with weight decay, against Keras's own."""
    needs_function(decaying_training)
    # The learner's images decide the model: bytes of 28 × 28.
    network = keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax", name="classes"),
        ]
    )
    # Kernels large enough that each mistake ends elsewhere.
    random = np.random.default_rng(7)
    network.set_weights([random.normal(size=(784, 10)) / 20, random.normal(size=10) / 2])
    loss_of = keras.losses.SparseCategoricalCrossentropy()

    def by_keras(rate, decay):
        network.compile(keras.optimizers.SGD(rate, weight_decay=decay), loss_of, run_eagerly=True)
        for x, y in batches:
            network.train_on_batch(x, y)

    def by_rule(rule, rate, decay, batches=batches):
        for x, y in batches:
            with tf.GradientTape() as tape:
                loss = loss_of(y, network(x))
            gradients = tape.gradient(loss, network.trainable_variables)
            for w, g in zip(network.trainable_variables, gradients, strict=True):
                w.assign(rule(w, g, rate, decay))

    def right(w, g, rate, decay):
        return w - rate * (g + decay * w)

    def judge(*settings):
        rate, decay = settings or (0.1, 0.1)
        given = _moved(network, lambda: call(_quiet(decaying_training), network, *settings))
        truth = _moved(network, lambda: by_keras(rate, decay))
        if _agree(given, truth):
            return
        if not any(way.any() for way in given):
            raise Wrong(
                "no weight has moved. w = w - … only gives a name to a new tensor; "
                "w.assign_sub(…) changes the weight"
            )
        for message, rule in _DECAYS.items():
            if _agree(given, _moved(network, lambda rule=rule: by_rule(rule, rate, decay))):
                raise Wrong(message)
        others = {
            "the batches come in the opposite order": batches[::-1],
            "only the first batch is trained on: does a return stand in the loop": batches[:1],
            "only the last batch is trained on: does the update stand below the loop": batches[-1:],
            "every batch is trained on twice": [b for b in batches for _ in range(2)],
        }
        for message, wrong in others.items():
            way = _moved(network, lambda wrong=wrong: by_rule(right, rate, decay, wrong))
            if _agree(given, way):
                raise Wrong(message)
        for wrong in (0.01, 0.1, 1.0):
            if wrong != rate and _agree(
                given, _moved(network, lambda r=wrong: by_rule(right, r, decay))
            ):
                raise Wrong(f"these are the weights of a rate of {wrong:g}, and {rate:g} was given")
            if wrong != decay and _agree(
                given, _moved(network, lambda d=wrong: by_rule(right, rate, d))
            ):
                raise Wrong(
                    f"these are the weights of a decay of {wrong:g}, and {decay:g} was given"
                )
        raise Wrong(_nowhere(given, truth, network))

    if len(inspect.signature(decaying_training).parameters) >= 3:
        judge(0.2, 0.03)  # first: rate and decay differ, so that one cannot stand for the other
    judge()
    return f"all {network.count_params():,} weights end where Keras's own decay leads them"


def _quiet(function):
    """Let a function be called for what it does, whatever it returns."""

    def run(*args):
        result = function(*args)
        if result is ...:
            raise Unanswered(f"there is still a ... in {function.__name__}")
        return True

    run.__name__ = getattr(function, "__name__", "<lambda>")
    return run


@exercise
def count_traces(a, b, c):
    """Judge counts of traces, by counting those of a fresh `tf.function`."""
    each = "5 counts the calls. A trace is kept, and used again"

    def traces(*arguments):
        function = tf.function(lambda x: x)
        for x in arguments:
            function(x)
        return function.experimental_get_tracing_count()

    return {
        "a": lambda: number(
            a,
            traces(1, 2, 3, 1, 4),
            mistakes={
                each: 5,
                "1 would hold for tensors. A Python number is written into its graph": 1,
                "3: is the 1 that comes again counted off twice, or the 4 left out?": 3,
                "0: the first call always traces": 0,
            },
            look="A Python number counts by its value: how many different ones are there?",
        ),
        "b": lambda: number(
            b,
            traces(*(tf.constant(n) for n in (1, 2, 3.0, 4.0, True))),
            mistakes={
                each: 5,
                "1 would hold if all were of one dtype": 1,
                "2: True is neither an integer nor a float for TensorFlow": 2,
                "4: a tensor never counts by its value, only by dtype and shape": 4,
            },
            look="A tensor counts by its dtype: how many different ones are there?",
        ),
        "c": lambda: number(
            c,
            traces(tf.zeros(2), tf.zeros(3), tf.zeros((2, 1)), tf.ones(2), tf.ones(3)),
            mistakes={
                each: 5,
                "2: (2,) and (2, 1) hold as many numbers, and are different shapes": 2,
                "1 would hold if all were of one shape": 1,
                "4: whether zeros or ones come makes no new trace, if the shape is the same": 4,
            },
            look="A tensor counts by its shape: how many different ones are there?",
        ),
    }


@exercise
def twins(new_step):
    """Judge a maker of steps with two models and two optimizers; eager, as a graph and by XLA."""
    needs_function(new_step)
    ways = {
        "eager, with SGD": (lambda step: step, _network(20, 5), "SGD"),
        "as a graph, with Adam": (tf.function, _network(12, 6, 4), "Adam"),
        "compiled by XLA, with Adam": (
            lambda step: tf.function(step, jit_compile=True),
            _network(20, 5),
            "Adam",
        ),
    }
    for way, settings in ways.items():
        try:
            _twin(new_step, *settings)
        except Wrong as reason:
            raise Wrong(f"{way}: {reason}") from None
    return f"{'; '.join(ways)}: always the weights of Keras's own training"


def _twin(new_step, wrap, model, name):
    random = np.random.default_rng(3)
    inputs, classes = model.input_shape[1], model.output_shape[1]
    batches = [
        (
            tf.constant(random.normal(size=(32, inputs)), tf.float32),
            tf.constant(random.integers(classes, size=32), tf.int32),
        )
        for _ in range(5)
    ]
    make = {"SGD": lambda: keras.optimizers.SGD(0.1), "Adam": lambda: keras.optimizers.Adam(0.02)}
    optimizer = make[name]()
    optimizer.build(model.trainable_variables)

    def by_keras(reduction="sum_over_batch_size"):
        loss_of = keras.losses.SparseCategoricalCrossentropy(reduction=reduction)
        model.compile(make[name](), loss_of, run_eagerly=True)
        for x, y in batches:
            model.train_on_batch(x, y)

    def by_learner():
        step = call(new_step, model, optimizer)
        if not is_function(step):
            raise Wrong(
                f"new_step returns {show(step)}, and a function of x and y was expected. "
                "Does it end in return step?"
            )
        run = wrap(step)
        for x, y in batches:
            call(_named(run, step), x, y, seconds=60)

    try:
        given, truth = _moved(model, by_learner), _moved(model, by_keras)
    except Wrong as reason:
        if "Invalid input shape" not in str(reason):
            raise
        raise Wrong(
            "a model is called with images of another shape than its own. Is it the model that is "
            "handed over, and x and y those of the step?"
        ) from None
    steps = int(optimizer.iterations)
    if _agree(given, truth):
        if not steps:
            raise Wrong("the optimizer that is handed over is never asked: optimizer.apply(…)")
        return
    if not any(way.any() for way in given):
        raise Wrong(
            "no weight of the model that is handed over has moved. "
            + (
                "The optimizer is never asked: is it the one of the notebook that moves, or none?"
                if not steps
                else "Are model and variables those of the notebook?"
            )
        )
    if not steps:
        raise Wrong(
            f"the optimizer that is handed over, {name}, is never asked, so its rule is not "
            "followed. Use optimizer.apply(gradients, model.trainable_variables)"
        )
    if steps > len(batches):
        raise Wrong(f"{steps} updates were made for {len(batches)} batches: one for each is right")
    if _agree(given, _moved(model, lambda: by_keras("sum"))):
        raise Wrong("the losses of a batch are added up. Take their mean, as loss_of does")
    raise Wrong(_nowhere(given, truth, model))


def _named(run, step):
    """Let a step be called by the name its writer gave it, whatever it returns."""

    def named(x, y):
        run(x, y)
        return True

    named.__name__ = getattr(step, "__name__", "step")
    return named


#: By what to say: the factor for every gradient, of a list of arrays and the limit; or the list.
_CLIPS = {
    "the square of the norm is used: take the root of the sum of squares": (
        lambda gs, limit: _scaled(gs, limit / sum(np.sum(g**2) for g in gs))
    ),
    "the norms of the tensors are added up. The global norm is one root of all squares": (
        lambda gs, limit: _scaled(gs, limit / sum(np.linalg.norm(g) for g in gs))
    ),
    "the sizes of the numbers are added up, without squares and root": (
        lambda gs, limit: _scaled(gs, limit / sum(np.abs(g).sum() for g in gs))
    ),
    "the largest number is taken for the norm": (
        lambda gs, limit: _scaled(gs, limit / max(np.abs(g).max() for g in gs))
    ),
    "the norm of the first tensor is taken for that of all": (
        lambda gs, limit: _scaled(gs, limit / np.linalg.norm(gs[0]))
    ),
    "the norm of the last tensor is taken for that of all": (
        lambda gs, limit: _scaled(gs, limit / np.linalg.norm(gs[-1]))
    ),
    "the squares are averaged, and they are to be added up": (
        lambda gs, limit: _scaled(gs, limit / np.sqrt(np.mean(_flat(gs) ** 2)))
    ),
    "the gradients are scaled to length 1, and their length is to be the limit": (
        lambda gs, limit: [g / max(1.0, _norm(gs)) for g in gs]
    ),
    "each tensor is clipped by its own norm. Take one norm of all of them": (
        lambda gs, limit: [g * min(1.0, limit / np.linalg.norm(g)) for g in gs]
    ),
    "each number is cut off at the limit, so the direction changes. Scale all by one factor": (
        lambda gs, limit: [np.clip(g, -limit, limit) for g in gs]
    ),
    "each number is cut off at the limit from above. Scale all of them by one factor": (
        lambda gs, limit: [np.minimum(g, limit) for g in gs]
    ),
    "gradients above the limit come back as they are: they are to be scaled": lambda gs, limit: gs,
    "gradients below the limit are to stay as they are, and these are scaled too": (
        lambda gs, limit: [g * limit / _norm(gs) for g in gs]
    ),
    "the two cases are exchanged: those below the limit are scaled, those above are not": (
        lambda gs, limit: [g * max(1.0, limit / _norm(gs)) for g in gs]
    ),
    "the factor is turned round: it is limit / norm": (
        lambda gs, limit: [g * max(1.0, _norm(gs) / limit) for g in gs]
    ),
    "the gradients are divided by the limit": lambda gs, limit: [g / limit for g in gs],
    "the sign of the gradients is turned round": (
        lambda gs, limit: [-g * min(1.0, limit / _norm(gs)) for g in gs]
    ),
    "only the first tensor is scaled": (
        lambda gs, limit: [gs[0] * min(1.0, limit / _norm(gs)), *gs[1:]]
    ),
}


def _flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def _norm(arrays):
    return np.linalg.norm(_flat(arrays))


def _scaled(arrays, factor):
    return [array * min(1.0, factor) for array in arrays]


@exercise
def clip(clip):
    """Judge clipping by the global norm, by the norm's definition in float64."""
    needs_function(clip)
    tries = [
        ([[3.0], [4.0]], 1.0),
        ([[0.3, 0.1], [0.4]], 2.0),
        ([[-3.0, 0.0], [0.0, 4.0, 12.0]], 2.0),
        ([[[1.0, -2.0], [2.0, 0.5]], [4.0], [[3.0]]], 5.0),
    ]
    tries = [([np.array(g) for g in gradients], limit) for gradients, limit in tries]
    results = []
    for gradients, limit in tries:
        came = call(clip, [tf.constant(g, tf.float32) for g in gradients], limit)
        results.append(_tensors(came, gradients))
    truths = [_scaled(gs, limit / _norm(gs)) for gs, limit in tries]

    def fits(others):
        pairs = zip(results, others, strict=True)
        return all(close(_flat(came), _flat(other)) for came, other in pairs)

    if fits(truths):
        return f"the gradients are right for all {len(tries)} lists tried"
    for message, mistake in _CLIPS.items():
        if fits([mistake(*one) for one in tries]):
            raise Wrong(message)
    for (gradients, limit), came, truth in zip(tries, results, truths, strict=True):
        if not close(_flat(came), _flat(truth)):
            raise Wrong(
                f"{show(_flat(gradients))}, of norm {_norm(gradients):.4g}, clipped to {limit:g}, "
                f"came back as {show(_flat(came))}, and {show(_flat(truth))} was expected. "
                "The factor is limit / norm, and never more than 1"
            )


def _tensors(came, gradients):
    """Return what came as a list of arrays, one for each gradient and of its shape."""
    if inspect.isgenerator(came) or isinstance(came, (map, zip)):
        raise Wrong("a generator came, which can be used once only. Return a list: [… for …]")
    if not isinstance(came, (list, tuple)):
        raise Wrong(f"{show(came)} came, and a list was expected, with a tensor for each gradient")
    if len(came) != len(gradients):
        where = " Does return stand in the loop?" if len(came) == 1 else ""
        raise Wrong(
            f"{len(came)} tensors came back for {len(gradients)} gradients: each is needed.{where}"
        )
    arrays = []
    for place, (part, gradient) in enumerate(zip(came, gradients, strict=True), start=1):
        array = numbers(part)
        if array.shape != gradient.shape:
            raise Wrong(
                f"gradient {place} has shape {gradient.shape}, and it came back with shape "
                f"{array.shape}. A list of tensors of the same shapes is expected"
            )
        arrays.append(array)
    return arrays
