"""Verdicts of lesson 11, gradients of the input."""

import functools

import keras
import numpy as np
import tensorflow as tf

from helpers.data import CLASS_NAMES, load_fashion_mnist
from verdict import (
    Wrong,
    call,
    close,
    exercise,
    gradient_of,
    mutants,
    needs_function,
    number,
    numbers,
    refuse,
    show,
    why_wrong,
)


@exercise
def recall_11(a, b, c):
    """Judge a gradient's shape, a cross-entropy, and the slope of a squared slope."""
    return {
        "a": functools.partial(_shape, a),
        "b": number(
            b,
            lambda: -np.log(0.25),
            mistakes={
                "that is the probability itself. The loss is −ln p": 0.25,
                "that is −ln of the probability of being wrong": -np.log(0.75),
                "that is the loss of a clueless model. This one gives 0.25 to the right class": (
                    np.log(10)
                ),
            },
            look="The loss is −ln p, and p is 0.25",
        ),
        "c": number(
            c,
            lambda: 4 * 3**2 * 1**3,
            mistakes={
                "that is the squared slope itself. Its own slope was asked for": 9,
                "that is the slope of x³. Square it, then take the slope once more": 3,
                "that is the second derivative of x³. Square the slope before the second one": 6,
                "that multiplies slope and second derivative; the 2 of the square is missing": 18,
            },
            look="(3x²)² is 9x⁴",
        ),
    }


def _shape(answer):
    if isinstance(answer, (np.ndarray, tf.Tensor, tf.Variable)) and answer.ndim > 1:
        raise Wrong("that is an array. Its shape was asked for, a tuple such as (2, 3)")
    return number(
        answer,
        (100, 28, 28),
        mistakes={
            "that is the shape of the loss. A gradient has the shape of its source": (),
            "each of the 100 images has 784 pixels, and each pixel has a slope": 100,
            "each of the 100 images has slopes of its own": (28, 28),
            "that is for a single image. Each of the 100 has slopes of its own": (1, 28, 28),
            "so it is after Flatten. The source is what the tape is asked about": (100, 784),
            "that is the shape of the scores. A gradient has the shape of its source": (100, 10),
            "that is how many slopes there are. They have the shape of the source": 78_400,
        },
        look="A gradient has the shape of its source",
    )


# --- Integrated gradients, by hand ----------------------------------------------------------------


@exercise
def integrated(part_x, part_y, in_one):
    """Judge the two parts of x² y from (0, 0) to (5, 6), by ∫ t² dt, and slope times input."""
    difference = (
        "that is all of the difference, which the parts share; the same number comes from "
        "1/2 as the mean of t², and that is 1/3"
    )
    return {
        "part_x": number(
            part_x,
            lambda: 5 * (2 * 5 * 6) / 3,
            mistakes={
                difference: 150,
                "that is y's part, or x's without the 2 of the slope 2xy": 50,
                "that is half of the difference, or x's part with the slope halfway. The slope "
                "grows with t², so it is smaller on most of the way": 75,
                "that is x's share of the difference. Its part was asked for": 2 / 3,
            },
            look="At the share t of the way the slope along x is 2 · 5t · 6t. Take the mean over "
            "t, times 5",
        ),
        "part_y": number(
            part_y,
            lambda: 6 * 5**2 / 3,
            mistakes={
                "that is x's part": 100,
                "that is y's share of the difference. Its part was asked for": 1 / 3,
                "that is the slope at the end times 6, which is 150, too. On the way the slope is "
                "smaller: take its mean": 150,
            },
            look="At the share t of the way the slope along y is (5t)². Take the mean over t, "
            "times 6",
        ),
        "in_one": number(
            in_one,
            lambda: 5 * 60 + 6 * 25,
            mistakes={
                "so it is for integrated gradients. With the slopes at the end it is not; and if "
                "that is y's product alone, add x's": 150,
                "that adds the slopes. Multiply each by its coordinate first": 60 + 25,
                "those are the two products. Add them": (300, 150),
                "the slope along x is 2xy: its 2 is missing, or y's product is": 300,
            },
            look="The slopes at (5, 6) are 60 and 25. Multiply each by its coordinate, and add",
        ),
    }


# --- The fast gradient sign method ----------------------------------------------------------------


def _fgsm(x, slopes, epsilon):
    return np.clip(x + epsilon * np.sign(slopes), 0, 1)


def _down(x, slopes, epsilon):
    return _fgsm(x, -slopes, epsilon)


def _of_right(values, y):
    return values[np.arange(len(y)), y]


def _softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _probabilities(scores):  # as Keras takes numbers for probabilities
    kept = np.clip(scores, 1e-7, 1 - 1e-7)
    return kept / kept.sum(axis=1, keepdims=True)


#: What can be climbed, of scores and labels: the loss, and what stands in its place.
_CLIMBED = (
    lambda scores, y: -np.sum(np.log(_of_right(_softmax(scores), y))),
    lambda scores, y: np.sum(_of_right(scores, y)),
    lambda scores, y: np.sum(scores),
    lambda scores, y: -np.sum(np.log(_of_right(_probabilities(scores), y))),
    lambda scores, y: -np.sum(np.log(_of_right(_softmax(_softmax(scores)), y))),
)
_SCORE = (
    "that climbs the score of the right class. Climb the loss",
    "that lowers the score of the right class, and forgets the other scores. Climb the loss",
)
_FGSM_MISTAKES = {
    "some pixels leave 0 … 1. Clip what you return: tf.clip_by_value(…, 0.0, 1.0)": (
        lambda x, slopes, e: x + e * np.sign(slopes[0])
    ),
    "the change alone is clipped, and its steps downward are lost. Clip the sum": (
        lambda x, slopes, e: x + np.maximum(e * np.sign(slopes[0]), 0)
    ),
    _SCORE[0]: lambda x, slopes, e: _fgsm(x, slopes[1], e),
    _SCORE[1]: lambda x, slopes, e: _down(x, slopes[1], e),
    "that climbs the sum of all scores. Climb the loss, which knows the label": (
        lambda x, slopes, e: _fgsm(x, slopes[2], e)
    ),
    "the loss takes the scores for probabilities. The network returns logits: use loss_of, made "
    "with from_logits=True": lambda x, slopes, e: _fgsm(x, slopes[3], e),
    "softmax is applied twice: loss_of applies it itself, to the scores": (
        lambda x, slopes, e: _fgsm(x, slopes[4], e)
    ),
}


@functools.cache
def _network(inputs, hidden, classes, seed):
    """Return a small network, a batch of images, their labels, and the slopes of all `_CLIMBED`."""
    rng = np.random.default_rng(seed)
    shapes = (np.prod(inputs), hidden), hidden, (hidden, classes), classes
    weights = w1, b1, w2, b2 = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    zeros = {"kernel_initializer": "zeros"}  # draws nothing from the learner's generators
    layers = [keras.Input(inputs), keras.layers.Flatten()]
    layers += [keras.layers.Dense(hidden, "relu", **zeros), keras.layers.Dense(classes, **zeros)]
    model = keras.Sequential(layers)
    model.set_weights(weights)
    x = np.round(rng.uniform(size=(5, *inputs)), 1)  # some pixels are 0, or 1
    y = rng.integers(classes, size=5)

    def scores(x):
        return np.maximum(x.reshape(len(x), -1) @ w1 + b1, 0) @ w2 + b2

    slopes = [gradient_of(lambda x, f=f: f(scores(x), y), x) for f in _CLIMBED]
    return model, x, y, np.array(slopes)


@exercise
def fgsm(attack):
    """Judge a step along the sign of the slopes, by those of a network written out in NumPy."""
    needs_function(attack)
    results, points = [], []
    for model, x, y, slopes in (_network((4, 4), 6, 3, 1), _network((3, 5), 8, 4, 2)):
        for epsilon in (0.03, 0.2):
            points.append((x, slopes, epsilon))
            results.append(_attacked_by(attack, model, x, y, epsilon))
    truths = [_fgsm(x, slopes[0], epsilon) for x, slopes, epsilon in points]
    if all(map(close, results, truths)):
        return "it fools two small networks with two ε each as the formula does"
    derived = [
        (text, lambda x, slopes, e, f=f, count=count: f(x, slopes[0] / count, e))
        for text, f in mutants(_fgsm)
        for count in (5, 1)  # the loss is a mean over 5 images, or their sum
    ]
    if text := why_wrong(attack, results, truths, points, _FGSM_MISTAKES, derived):
        raise Wrong(text)
    if close(results[0], results[1]):
        raise Wrong("ε = 0.03 and 0.2 give the same images. Does it use epsilon?")
    moved = [float(np.abs(r - x).max()) for r, (x, _, _) in zip(results, points, strict=True)]
    if not 0.99 < moved[1] / 0.2 < 1.01:
        raise Wrong(
            f"with ε = 0.2 a pixel moves by up to {moved[1]:.3g}. The sign is −1 or 1 for every "
            "pixel, so each moves by ε, unless it is clipped"
        )
    look = "Is it the loss of these labels, and are its slopes those by x, image by image?"
    ways = [np.sign(part - x) for part, (x, _, _) in zip(results, points, strict=True)]
    right = [np.sign(truth - x) for truth, (x, _, _) in zip(truths, points, strict=True)]
    off = np.mean([np.mean(way != other) for way, other in zip(ways, right, strict=True)])
    raise Wrong(f"{off:.0%} of the pixels do not move as the formula says. {look}")


def _attacked_by(attack, model, x, y, epsilon):
    """Return the images of a learner's attack, which must leave the weights alone."""
    _refuse_another(attack)
    before = model.get_weights()
    given = tf.constant(x, tf.float32), tf.constant(y, tf.int32)
    result = call(attack, model, *given, epsilon, seconds=20)
    if not all(map(np.array_equal, before, model.get_weights())):
        model.set_weights(before)
        raise Wrong("it changes the weights of the network. Here the image moves, and they stay")
    return numbers(result, x.shape)


def _refuse_another(attack):
    """Refuse a function that asks a network of the lesson's, and not the one it is given."""
    for name in getattr(getattr(attack, "__code__", None), "co_names", ()):
        if isinstance(attack.__globals__.get(name), keras.Model):
            raise Wrong(f"it asks {name}. The network to be fooled is handed over, as model")


# --- Attacks on the lesson's own networks ---------------------------------------------------------


@functools.cache
def _test(count=10_000):
    """Return the first test images, and their labels."""
    images, labels = load_fashion_mnist()[1]
    return images[:count].astype(np.float32) / 255, labels[:count].astype(np.int32)


def _signs(model, x, y):
    x = tf.constant(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x))
    return np.sign(tape.gradient(loss, x))


def _says(model, x):
    return np.argmax(model(x), axis=1)


@exercise
def fragile(image, smallest, plain):
    """Judge which of 100 images falls first, by trying each multiple of 0.001 on all of them."""
    (x, y), steps = _test(100), np.arange(1, 101) / 1000
    pushes = np.multiply.outer(steps, _signs(plain, x, y))
    said = _says(plain, np.clip(x + pushes, 0, 1).reshape(-1, 28, 28)).reshape(100, 100)
    right = _says(plain, x) == y
    falls = np.where(right & (said != y), steps[:, None], np.inf).min(axis=0)
    least = falls.min()
    return {
        "image": functools.partial(_first, image, falls, right, y),
        "smallest": number(
            smallest,
            least,
            within=1e-5,
            mistakes={
                "all answers are still what they were. One step more": least - 0.001,
                "the image has fallen one step before: does ε grow once more at the end?": (
                    least + 0.001
                ),
                "that counts thousandths. Divide by 1000": 1000 * least,
                "that is in grey values up to 255. In units of ε, black is 1": 255 * least,
                "at ε = 0 nothing moves. Which image is wrong only once it is attacked?": 0.0,
                "it is the first multiple of 0.01. Try those of 0.001": np.ceil(100 * least) / 100,
            },
            look="At the smallest ε an answer that was right becomes wrong; one that was wrong "
            "before does not count",
        ),
    }


def _first(answer, falls, right, y):
    given, first = numbers(answer, ()), falls.argmin()
    if given % 1 or not 0 <= given < 100:
        raise Wrong(f"{show(given)} is not a position among the first 100 images, 0 to 99")
    place = int(given)
    if falls[place] == falls.min():
        return "no other of the 100 falls as early"
    if not right[place]:
        raise Wrong(f"image {place} is wrong without any attack. Look at those that are right")
    resists = "resists up to 0.1" if np.isinf(falls[place]) else f"falls at {falls[place]:.3f}"
    look = "and another one falls at a smaller ε"
    if falls[place - 1] == falls.min():
        look = "and the one before it is the first to fall. Positions count from 0"
    elif place == y[first]:
        look = "and this is the label of the one that falls first. Its position was asked for"
    raise Wrong(f"image {place} {resists}, {look}")


def _pushed(model, epsilon):
    x, y = _test()
    return np.clip(x + epsilon * _signs(model, x, y), 0, 1)


def _right(model, x):
    return np.mean(_says(model, x) == _test()[1])


def _shared(plain, twin):
    return _right(twin, _pushed(plain, 0.05))


@exercise
def transfer(shared, plain, twin):
    """Judge the accuracy of a network on images that were made to fool another one."""
    given, truth = numbers(shared, ()), _shared(plain, twin)
    own = _right(twin, _pushed(twin, 0.05))
    if any(close(given, np.round(truth, digits), 1e-6) for digits in (2, 3, 8)):
        return f"{truth:.3f}, where an attack on twin itself leaves {own:.3f}"
    x, y = _test()
    refuse(
        shared,
        [given],
        [truth],
        [(plain, twin)],
        within=1e-6,
        mistakes={
            "that is twin on images made with its own slopes. Use plain's": (
                lambda plain, twin: own
            ),
            "that is plain on the images made against it. What does twin say to them?": (
                lambda plain, twin: _right(plain, _pushed(plain, 0.05))
            ),
            "that is twin on the images as they are. Attack them": (
                lambda plain, twin: _right(twin, x)
            ),
            "that is plain on the images as they are. Attack them, and ask twin": (
                lambda plain, twin: _right(plain, x)
            ),
            "that is the fraction that twin gets wrong. Accuracy is what it gets right": (
                lambda plain, twin: 1 - truth
            ),
            "that is the number of images. The accuracy is a fraction of all 10,000": (
                lambda plain, twin: 10_000 * truth
            ),
            "some pixels of these images leave 0 … 1": (
                lambda plain, twin: _right(twin, x + 0.05 * _signs(plain, x, y))
            ),
            "that is how often the two agree. Compare twin's answers with the labels": (
                lambda plain, twin: np.mean(
                    _says(twin, _pushed(plain, 0.05)) == _says(plain, _pushed(plain, 0.05))
                )
            ),
        },
        derived=mutants(_shared),
        look="Make the images with attacked(plain, …), all 10,000 at ε = 0.05, and hand them to "
        "accuracy with twin",
    )


# --- An attack that is aimed ----------------------------------------------------------------------


def _walk(model, x, target, epsilon, steps):
    near = x
    for _ in range(steps):
        near = near - min(1, 2 / steps) * epsilon * _signs(model, near, target)
        near = np.clip(np.clip(near, x - epsilon, x + epsilon), 0, 1)
    return near


def _renumbered(model, order):
    """Return a network that says the same of the classes, and counts them in another order."""
    other = keras.models.clone_model(model)
    *weights, kernel, bias = model.get_weights()
    other.set_weights([*weights, kernel[:, order], bias[order]])
    return other


@exercise
def aimed(attack, plain):
    """Judge an attack aimed at a class by how many of 100 images arrive there."""
    needs_function(attack)
    (x, y), epsilon, order = _test(100), 0.1, np.roll(range(10), 3)
    model, y = _renumbered(plain, order), order.argsort()[y]
    said, before = [], None
    for name in "Shirt", "Bag":
        target = np.full(100, order.argsort()[CLASS_NAMES.index(name)], np.int32)
        images = _attacked_by(attack, model, x, target, epsilon)
        if before is not None and close(images, before):
            raise Wrong(f"the same images come for {name} as for Shirt. Does it use target?")
        _refuse_images(images, x, epsilon)
        count, best = (
            np.sum(_says(model, part) == target)
            for part in (images, _walk(model, x, target, epsilon, 20))
        )
        said.append(f"{count} of 100 are called {name} when that is the target")
        if count < min(75, best):
            why = _why_few(images, x, y, target, epsilon, model)
            raise Wrong(f"{said[-1]}, and {best} are possible. {why}")
        before = images
    return " and ".join(said)


def _refuse_images(images, x, epsilon):
    """Refuse images that are none, or not near enough."""
    moved, low, high = images - x, images.min(), images.max()
    if close(images, x):
        raise Wrong("the images come back as they were")
    if low < 0 and max(-low, high) < 1.01 * epsilon:
        raise Wrong("that is the change alone. Add it to x")
    if moved.min() > 0.99 * epsilon:
        raise Wrong(
            "every pixel is moved up by ε. Are the bounds of the clip exchanged? The lower comes "
            "first"
        )
    if low < -1e-4 or high > 1 + 1e-4:
        raise Wrong(f"pixels go from {low:.2f} to {high:.2f}, and an image has 0 to 1. Clip them")
    if (reach := np.abs(moved).max()) > 1.01 * epsilon:
        raise Wrong(
            f"a pixel moves by {reach:.2f}, and ε = {epsilon} is allowed. After each step, clip to "
            "x − ε … x + ε of the photograph"
        )


def _why_few(images, x, y, target, epsilon, model):
    """Return what keeps images from their target, as they moved."""
    moved, rivals = images - x, {}
    for text, signs in (
        ("", -_signs(model, x, target)),
        ("It walks away from the target. Go down its loss", _signs(model, x, target)),
        ("It walks away from each image's own class. Walk toward the target", _signs(model, x, y)),
    ):
        rivals[text] = np.mean(np.sign(moved) * signs)
    if text := max(rivals, key=rivals.get):
        return text
    if (reach := np.abs(moved).max()) < 0.9 * epsilon:
        return f"No pixel moves by more than {reach:.2g}, and ε = {epsilon} is allowed"
    if np.mean(np.isclose(images, _walk(model, x, target, epsilon, 1), atol=1e-4)) > 0.9:
        return (
            "That is as far as one step gets, or several with the same slopes. Take smaller "
            "steps, each with new slopes"
        )
    return (
        "Does each step ask for new slopes, and do they say which class to leave as well as which "
        "to reach, as those of the loss or of the log-probability do?"
    )
