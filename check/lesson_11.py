"""Verdicts of lesson 11, gradients of the input."""

import functools

import keras
import numpy as np
import tensorflow as tf

from helpers.data import CLASS_NAMES, load_fashion_mnist
from verdict import Wrong, answered, call, close, exercise, needs_function, number, numbers, show


@exercise
def recall_11(a, b, c):
    """Judge a gradient's shape, a cross-entropy, and the slope of a squared slope."""
    return {
        "a": lambda: _shape(a),
        "b": lambda: number(
            b,
            np.log(4),
            mistakes={
                "that is the logarithm of the probability. The loss is −ln p": -np.log(4),
                "that is the probability itself. The loss is −ln p": 0.25,
                "that is the probability of being wrong. The loss is −ln p": 0.75,
                "that is −ln of the probability of being wrong": -np.log(0.75),
                "that is 1 / p. The loss is −ln p, with a logarithm": 4.0,
                "that is the loss of a clueless model. This one gives 0.25 to the right class": (
                    np.log(10)
                ),
            },
            look="The loss is −ln p, and p is 0.25",
        ),
        "c": lambda: number(
            c,
            36.0,
            mistakes={
                "that is the squared slope itself. Its own slope was asked for": 9.0,
                "that is the slope of x³. Square it, then take the slope once more": 3.0,
                "that is the second derivative of x³. Square the slope before the second one": 6.0,
                "that multiplies slope and second derivative; the 2 of the square is missing": 18.0,
            },
            look="(3x²)² is 9x⁴",
        ),
    }


def _shape(answer):
    answered(answer)
    if answer is None:
        raise Wrong("None means that nothing leads from the images to the loss. Here it does")
    if isinstance(answer, str):
        raise Wrong(f"{show(answer)} is a text. Write the tuple without quotes")
    if isinstance(answer, (tf.Tensor, tf.Variable)) and answer.shape == (100, 28, 28):
        raise Wrong("that is a tensor of the right shape. Write its shape, a tuple")
    if isinstance(answer, tf.TensorShape):
        answer = answer.as_list()
    given = numbers(answer).ravel().tolist()
    known = {
        (): "that is the shape of the loss. A gradient has the shape of its source",
        (1,): "a gradient has the shape of its source, not of its target",
        (100,): "each of the 100 images has 784 pixels, and each pixel has a slope",
        (28, 28): "each of the 100 images has slopes of its own",
        (100, 784): "so it is after Flatten. The source is what the tape is asked about",
        (100, 10): "that is the shape of the scores. A gradient has the shape of its source",
        (28, 28, 100): "those are the right numbers. Their order is that of the source",
        (78_400,): "that many slopes, in the shape of the source",
        (100, 28, 28, 1): "where does the last axis come from? The source has three",
        (1, 28, 28): "each of the 100 images has slopes of its own",
    }
    if given == [100, 28, 28]:
        return "(100, 28, 28), the shape of the source"
    said = known.get(tuple(given), f"it is not {show(answer)}. It is the shape of the source")
    raise Wrong(said)


# --- Integrated gradients, by hand ----------------------------------------------------------------


@exercise
def integrated(part_x, part_y, in_one):
    """Judge the two parts of x² y from (0, 0) to (5, 6), by ∫ t² dt, and slope times input."""
    x, y = 5.0, 6.0
    value, slope_x, slope_y = x * x * y, 2 * x * y, x * x
    common = {"that is the difference of the two values, which both parts share": value}
    return {
        "part_x": lambda: number(
            part_x,
            2 * value / 3,
            mistakes=common
            | {
                "that is the slope at the end. On the way there it is smaller: take its mean": (
                    slope_x
                ),
                "that is the slope at the end times 5. On the way it is smaller: take its mean": (
                    slope_x * x
                ),
                "that is the mean slope. The part is the mean slope times the way along x, 5": (
                    slope_x / 3
                ),
                "that is the slope halfway, times 5. The slope grows with t², not evenly": (
                    slope_x * x / 4
                ),
                "that is for a slope that grows evenly. It grows with t², whose mean is 1/3": (
                    slope_x * x / 2
                ),
                "that is y's part": value / 3,
                "that is x's share of the difference. Its part was asked for": 2 / 3,
                "that gives both the same share. The slope along x is 2xy, along y x²": value / 2,
            },
            look="At the share t of the way the slope along x is 2 · 5t · 6t. Take the mean over "
            "t, times 5",
        ),
        "part_y": lambda: number(
            part_y,
            value / 3,
            mistakes=common
            | {
                "that is the slope at the end. On the way there it is smaller: take its mean": (
                    slope_y
                ),
                "that is the slope at the end times 6. On the way it is smaller: take its mean": (
                    slope_y * y
                ),
                "that is the mean slope. The part is the mean slope times the way along y, 6": (
                    slope_y / 3
                ),
                "that is the slope halfway, times 6. The slope grows with t², not evenly": (
                    slope_y * y / 4
                ),
                "that is for a slope that grows evenly. It grows with t², whose mean is 1/3": (
                    slope_y * y / 2
                ),
                "that is x's part": 2 * value / 3,
                "that is y's share of the difference. Its part was asked for": 1 / 3,
            },
            look="At the share t of the way the slope along y is (5t)². Take the mean over t, "
            "times 6",
        ),
        "in_one": lambda: number(
            in_one,
            3 * value,
            mistakes={
                "so it is for integrated gradients. With the slopes at the end it is not": value,
                "that is x's product alone. Add y's": slope_x * x,
                "that is y's product alone. Add x's": slope_y * y,
                "that many times too large is the sum. The sum itself was asked for": 3.0,
                "that adds the slopes. Multiply each by its coordinate first": slope_x + slope_y,
                "that pairs the slope along x with y, and the slope along y with x": (
                    slope_x * y + slope_y * x
                ),
            },
            look="The slopes at (5, 6) are 60 and 25. Multiply each by its coordinate, and add",
        ),
    }


# --- The fast gradient sign method ----------------------------------------------------------------


class _Small:
    """A network with one hidden layer whose gradient by the input is written out in float64."""

    def __init__(self, inputs, hidden, classes, seed):
        rng = np.random.default_rng(seed)
        shapes = ((np.prod(inputs), hidden), hidden, (hidden, classes), classes)
        self.weights = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
        zeros = {"kernel_initializer": "zeros"}  # draws nothing from the learner's generators
        layers = [keras.Input(inputs), keras.layers.Flatten()]
        layers += [keras.layers.Dense(hidden, activation="relu", **zeros)]
        layers += [keras.layers.Dense(classes, **zeros)]
        self.model = keras.Sequential(layers)
        self.model.set_weights(self.weights)
        self.x = np.round(rng.uniform(size=(5, *inputs)), 1)  # some pixels are 0, or 1
        self.y = rng.integers(classes, size=5)

    def back(self, of_scores):
        """Carry slopes at the scores back to the input."""
        w1, b1, w2, _ = (part.astype(np.float64) for part in self.weights)
        bends = self.x.reshape(len(self.x), -1) @ w1 + b1 > 0
        return (of_scores @ w2.T * bends @ w1.T).reshape(self.x.shape)

    @property
    def scores(self):
        w1, b1, w2, b2 = (part.astype(np.float64) for part in self.weights)
        return np.maximum(self.x.reshape(len(self.x), -1) @ w1 + b1, 0) @ w2 + b2

    @property
    def right(self):
        return np.eye(self.scores.shape[1])[self.y]

    @property
    def slopes(self):
        """The slopes of the sum of −ln softmax of the right class."""
        powers = np.exp(self.scores - self.scores.max(axis=1, keepdims=True))
        return self.back(powers / powers.sum(axis=1, keepdims=True) - self.right)

    @functools.cached_property
    def signs_of_mistaken_loss(self):
        x = tf.constant(self.x, tf.float32)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = keras.losses.SparseCategoricalCrossentropy()(self.y, self.model(x))
        return np.sign(tape.gradient(loss, x))


@functools.cache
def _smalls():
    return _Small((4, 4), 6, 3, seed=1), _Small((3, 5), 8, 4, seed=2)


def _clipped(x):
    return np.clip(x, 0.0, 1.0)


_FGSM_MISTAKES = {
    "these images go down the loss: the network gets surer. Add ε times the sign": (
        lambda s, e: _clipped(s.x - e * np.sign(s.slopes))
    ),
    "some pixels leave 0 … 1. Clip what you return: tf.clip_by_value(…, 0.0, 1.0)": (
        lambda s, e: s.x + e * np.sign(s.slopes)
    ),
    "these go down the loss, and some pixels leave 0 … 1": lambda s, e: s.x - e * np.sign(s.slopes),
    "that is the change alone. Add it to the images": lambda s, e: e * np.sign(s.slopes),
    "that is the change alone, clipped: the steps downward are lost. Add it to the images, then "
    "clip": lambda s, e: _clipped(e * np.sign(s.slopes)),
    "the change alone is clipped, and its steps downward are lost. Clip the sum": (
        lambda s, e: s.x + np.maximum(e * np.sign(s.slopes), 0)
    ),
    "those are the signs. Multiply them by epsilon and add the images": (
        lambda s, e: np.sign(s.slopes)
    ),
    "those are the slopes. Take their signs, times epsilon, and add the images": (
        lambda s, e: s.slopes / len(s.x)
    ),
    "those are the slopes of the summed loss. Take their signs, times epsilon, and add x": (
        lambda s, e: s.slopes
    ),
    "each pixel moves by epsilon times its slope. The formula has the sign of the slope": (
        lambda s, e: _clipped(s.x + e * s.slopes / len(s.x))
    ),
    "each pixel moves by epsilon times its slope. The formula has the sign of the slope; tf.sign": (
        lambda s, e: _clipped(s.x + e * s.slopes)
    ),
    "each pixel moves by epsilon times its slope, and some leave 0 … 1": (
        lambda s, e: s.x + e * s.slopes / len(s.x)
    ),
    "the slopes are divided by the largest one. Every pixel moves by a whole epsilon: take the "
    "sign": lambda s, e: _clipped(s.x + e * s.slopes / np.abs(s.slopes).max()),
    "the slopes are divided by their length. Every pixel moves by a whole epsilon: take the sign": (
        lambda s, e: _clipped(s.x + e * s.slopes / np.linalg.norm(s.slopes))
    ),
    "the loss takes the scores for probabilities. The network returns logits: use loss_of, made "
    "with from_logits=True": lambda s, e: _clipped(s.x + e * s.signs_of_mistaken_loss),
    "the images come back as they were": lambda s, e: s.x,
    "that climbs the score of the right class. Climb the loss": (
        lambda s, e: _clipped(s.x + e * np.sign(s.back(s.right)))
    ),
    "that lowers the score of the right class, and forgets the other scores. Climb the loss": (
        lambda s, e: _clipped(s.x - e * np.sign(s.back(s.right)))
    ),
    "that climbs the sum of all scores. Climb the loss, which knows the label": (
        lambda s, e: _clipped(s.x + e * np.sign(s.back(np.ones_like(s.right))))
    ),
    "every pixel is pushed the same way": lambda s, e: _clipped(s.x + e),
    "it adds epsilon times the sign of the image, not of the slopes": (
        lambda s, e: _clipped(s.x + e * np.sign(s.x))
    ),
}


@exercise
def fgsm(fgsm):
    """Judge a step along the sign of the slopes, by backpropagation written out in NumPy."""
    needs_function(fgsm)
    if "plain" in getattr(getattr(fgsm, "__code__", None), "co_names", ()):
        raise Wrong("it asks plain. The network to be fooled is handed over, as model")
    tries = [(small, epsilon) for small in _smalls() for epsilon in (0.03, 0.2)]
    results = [_attacked_by(fgsm, small, epsilon) for small, epsilon in tries]
    truths = [_clipped(small.x + epsilon * np.sign(small.slopes)) for small, epsilon in tries]
    if all(close(result, truth) for result, truth in zip(results, truths, strict=True)):
        return "it fools two small networks with two ε each as the formula does"
    for text, mistake in _FGSM_MISTAKES.items():
        wrong = [mistake(small, epsilon) for small, epsilon in tries]
        if all(close(result, part) for result, part in zip(results, wrong, strict=True)):
            raise Wrong(text)
    if not all(close(r, _attacked_by(fgsm, *t)) for r, t in zip(results, tries, strict=True)):
        raise Wrong("it returns something else when called again. Take the signs of the slopes")
    if close(results[0], results[1]):
        raise Wrong("ε = 0.03 and 0.2 give the same images. Does it use epsilon?")
    moved = [np.abs(r - s.x).max() / e for r, (s, e) in zip(results, tries, strict=True)]
    if max(moved) > 1.01:
        raise Wrong(
            f"with ε = {tries[0][1]} a pixel moves by {moved[0] * tries[0][1]:.3g}. One step "
            "of ε is asked for"
        )
    if min(result.min() for result in results) < 0 or max(r.max() for r in results) > 1:
        raise Wrong("some pixels leave 0 … 1. Clip what you return")
    part = np.mean([np.mean(~np.isclose(r, t)) for r, t in zip(results, truths, strict=True)])
    raise Wrong(
        f"{part:.0%} of the pixels are not where the formula puts them. Is the loss asked with the "
        "labels y and the scores of x itself, and its slopes by x?"
    )


def _attacked_by(function, small, epsilon):
    x = tf.constant(small.x, tf.float32)
    y = tf.constant(small.y, tf.int32)
    try:
        result = _kept(function, small.model, x, y, epsilon)
    except Wrong as reason:
        if "y has dtype int" in str(reason):
            raise Wrong("the tape is asked about the labels y. Ask it about the images x") from None
        raise
    if isinstance(result, (tuple, list)) and len(result) != len(small.x):
        raise Wrong(f"it returns {len(result)} things. Return the attacked images alone")
    return numbers(result, small.x.shape)


def _kept(function, model, *args):
    """Call a learner's function with a model whose weights it must leave alone."""
    before = model.get_weights()
    try:
        result = call(function, model, *args, seconds=20)
        changed = any(
            not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)
        )
    finally:
        model.set_weights(before)
    if changed:
        raise Wrong("it changes the weights of the network. Here the image moves, and they stay")
    return result


# --- Attacks on the lesson's own networks ---------------------------------------------------------


@functools.cache
def _test(count=10_000):
    images, labels = load_fashion_mnist()[1]
    x = tf.constant(images[:count].astype(np.float32) / 255)
    return x, tf.constant(labels[:count].astype(np.int32))


def _signs(model, x, y, of_score=False):
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x))
        if of_score:
            loss = -tf.gather(model(x), y, axis=1, batch_dims=1)
    return tf.sign(tape.gradient(loss, x))


def _share(model, x, y):
    return float(np.mean(np.argmax(model(x), axis=1) == y.numpy()))


@exercise
def fragile(image, smallest, plain):
    """Judge which of 100 images falls first, by trying each multiple of 0.001 on all of them."""
    return {
        "image": lambda: _falling(numbers(image, ()), *_falls(plain)),
        "smallest": lambda: _smallest(numbers(smallest, ()), _falls(plain)[0]),
    }


def _falls(plain):
    """Return at which ε each of 100 answers becomes wrong, and whether it was right before."""
    x, y = _test(100)
    falls = np.full(100, np.inf)
    signs = _signs(plain, x, y)
    right = np.argmax(plain(x), axis=1) == y.numpy()
    for step in range(100, 0, -1):
        wrong = np.argmax(plain(tf.clip_by_value(x + step / 1000 * signs, 0.0, 1.0)), axis=1)
        falls[right & (wrong != y.numpy())] = step / 1000
    return falls, right


def _falling(given, falls, right):
    if not float(given).is_integer() or not 0 <= given < 100:
        raise Wrong(f"{show(given)} is no position among the first 100 images: 0 to 99")
    place = int(given)
    if not right[place]:
        raise Wrong(f"image {place} is wrong without any attack. Look at those that are right")
    if falls[place] == falls.min():
        return "no other of the 100 falls as early"
    resists = "resists up to 0.1" if np.isinf(falls[place]) else f"falls at {falls[place]:.3f}"
    raise Wrong(f"image {place} {resists}, and another one falls at a smaller ε")


def _smallest(given, falls):
    least = falls.min()
    if close(given, least, 1e-4):
        return f"{least:.3f}, where white is 0 and black is 1"
    if close(given, least - 0.001, 1e-4):
        raise Wrong(f"with {show(given)} all 100 answers are still what they were. One step more")
    if close(given, least * 255, 1e-2) or close(given, least * 1000, 1e-2):
        raise Wrong(f"{show(given)} is not in units of ε, in which black is 1")
    if close(given, 0.0, 1e-4):
        raise Wrong("at ε = 0 nothing moves. Which image is wrong only once it is attacked?")
    if given < least:
        raise Wrong(f"with ε = {show(given)} none of the 100 answers changes")
    raise Wrong(f"an ε below {show(given)} fools one of the 100 images already")


@exercise
def transfer(shared, plain, twin):
    """Judge the accuracy of a network on images that were made to fool another one."""
    given, (x, y) = float(numbers(shared, ())), _test()
    signs = _signs(plain, x, y)
    on_plain, on_twin = (
        tf.clip_by_value(x + 0.05 * _signs(model, x, y), 0.0, 1.0) for model in (plain, twin)
    )
    truth = _share(twin, on_plain, y)
    known = {
        "that is twin on images made with its own slopes. Use plain's": _share(twin, on_twin, y),
        "that is plain on the images made against it. What does twin say to them?": (
            _share(plain, on_plain, y)
        ),
        "that is plain on images made against twin. It is asked the other way round": (
            _share(plain, on_twin, y)
        ),
        "that is twin on the images as they are. Attack them": _share(twin, x, y),
        "that is plain on the images as they are. Attack them, and ask twin": _share(plain, x, y),
        "that is the share that twin gets wrong. Accuracy is the share it gets right": 1 - truth,
        "that is the share of plain's mistakes, not of twin's": 1 - _share(plain, on_plain, y),
        "that is the number of images. The accuracy is a share": 10_000 * truth,
        "these images go down the loss of plain": (
            _share(twin, tf.clip_by_value(x - 0.05 * signs, 0.0, 1.0), y)
        ),
        "some pixels of these images leave 0 … 1": (_share(twin, x + 0.05 * signs, y)),
    }
    if abs(given - truth) <= 2e-4:
        own = _share(twin, on_twin, y)
        return f"{truth:.3f}, where an attack on twin itself leaves {own:.3f}"
    for text, value in known.items():
        if abs(given - value) <= 1e-4 * max(1.0, value):
            raise Wrong(text)
    for epsilon in (0.01, 0.02, 0.03, 0.1):
        pushed = tf.clip_by_value(x + epsilon * signs, 0.0, 1.0)
        if abs(given - _share(twin, pushed, y)) <= 1e-4:
            raise Wrong(f"that is for ε = {epsilon}. Attack with 0.05")
    if abs(given - 100 * truth) <= 0.06:
        raise Wrong(f"{show(given)} is in per cent. accuracy gives a share")
    if abs(given - truth) < 0.01:
        raise Wrong(
            f"{show(given)} is near. Use all 10,000 test images, ε = 0.05, and do not round"
        )
    raise Wrong(
        f"it is not {show(given)}. Make the images with attacked(plain, …), at ε = 0.05, and hand "
        "them to accuracy with twin"
    )


AIMED = (6, 8)  # at Shirt and at Bag


@exercise
def aimed(aimed, plain):
    """Judge an attack aimed at a class by how many of 100 images arrive there."""
    needs_function(aimed)
    epsilon, (x, y) = 0.1, _test(100)
    counts, first = [], None
    for target in AIMED:
        wanted, name = tf.fill(100, tf.constant(target)), CLASS_NAMES[target]
        result = _kept(aimed, plain, x, wanted, epsilon)
        images = tf.constant(numbers(result, x.shape), tf.float32)

        def called(images, target=target):
            return int(np.sum(np.argmax(plain(images), axis=1) == target))

        def like(others, images=images):
            return np.mean(np.isclose(images, others, atol=1e-4)) > 0.9

        count, start = called(images), called(x)
        said = f"{count} of 100 are called {name}"
        if like(x):
            raise Wrong("the images come back as they were")
        if counts and like(first):
            raise Wrong(f"the same images come for {name} as for Shirt. Does it use target?")
        first = images
        if count < start and np.abs(images - x).max() < 2.1 * epsilon:
            raise Wrong(
                f"{said}, and {start} without an attack: it walks away from the wanted class. Go "
                "down the loss of that class, or up its probability"
            )
        _refuse_far(images, x, epsilon)
        best = called(_aimed(plain, x, wanted, epsilon, 20))
        counts.append(count)
        if count >= min(75, best):
            continue
        if like(tf.clip_by_value(x + epsilon * _signs(plain, x, y), 0.0, 1.0)):
            raise Wrong(f"{said}: these flee from their own class. Walk toward the wanted one")
        if like(_aimed(plain, x, wanted, epsilon, 1)):
            raise Wrong(
                f"{said}. That is as far as one step gets, or several with the same slopes. Take "
                f"smaller steps with new slopes each ({best} are possible)"
            )
        if abs(count - called(_aimed(plain, x, wanted, epsilon, 20, of_score=True))) <= 2:
            raise Wrong(
                f"{said}. If that climbs the score of the wanted class: other scores may climb "
                "too. Climb its probability, or go down its loss"
            )
        raise Wrong(
            f"{said}, and {best} are possible. Ask for new slopes of the wanted class at every "
            f"step, and let the steps together be able to reach {epsilon}"
        )
    return f"{counts[0]} of 100 are called Shirt, or {counts[1]} Bag, as wanted"


def _aimed(model, x, target, epsilon, steps, of_score=False):
    """Walk toward a class in steps, down its loss or up its score alone."""
    images = x
    for _ in range(steps):
        slopes = -_signs(model, images, target, of_score)
        images = images + min(1.0, 2 / steps) * epsilon * slopes
        images = tf.clip_by_value(tf.clip_by_value(images, x - epsilon, x + epsilon), 0.0, 1.0)
    return images


def _refuse_far(images, x, epsilon):
    reach = float(np.abs(images - x).max())
    if np.min(images) < -1e-4 or np.max(images) > 1 + 1e-4:
        raise Wrong(
            f"pixels go from {np.min(images):.2f} to {np.max(images):.2f}, and an image "
            "has 0 to 1. Clip them"
        )
    if reach > epsilon * 1.01 + 1e-5:
        raise Wrong(
            f"a pixel moves by {reach:.2f}, and ε = {epsilon} was allowed. After each step, clip "
            "to x − ε … x + ε of the photograph"
        )
