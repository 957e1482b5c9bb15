"""Verdicts of lesson 11, gradients of the input."""

import functools
import itertools

import keras
import numpy as np
import tensorflow as tf

from check.images import test_images
from helpers.data import CLASS_NAMES
from verdict.engine import call, exercise, ignored, needs_function, numbers
from verdict.judges import number, why_wrong
from verdict.running import Wrong, show
from verdict.slips import close, mutants


@exercise
def recall_11(a, b, c):
    """Judge a gradient's shape, a cross-entropy, and the slope of a squared slope."""
    return {
        "a": functools.partial(_shape, a),
        "b": number(
            b,
            lambda: -np.log(0.25),
            within=3e-3,
            mistakes={
                "that is the probability itself. The loss is −ln p": 0.25,
                "that is −ln of the probability of being wrong": -np.log(0.75),
                "that is the loss of a blind guess. Here p is 0.25": np.log(10),
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
    if isinstance(answer, (np.ndarray, tf.Tensor, tf.Variable)) and np.ndim(answer) > 1:
        raise Wrong("that is an array. Its shape was asked for, a tuple such as (2, 3)")
    return number(
        answer,
        (100, 28, 28),
        mistakes={
            "that is the shape of the loss. A gradient has the shape of its source": (),
            "each of the 100 images has 784 pixels, and each pixel has a slope": 100,
            "each of the 100 images has its own": (28, 28),
            "that is for a single image. Each of the 100 has its own": (1, 28, 28),
            "so it is after Flatten. The source is what the tape is asked about": (100, 784),
            "that is the shape of the scores. A gradient has the shape of its source": (100, 10),
            "that is how many values it has. A gradient has the shape of its source": 78_400,
        },
        look="A gradient has the shape of its source",
    )


# --- Integrated gradients, by hand ----------------------------------------------------------------


@exercise
def integrated(part_x, part_y, in_one):
    """Judge the two parts of x² y from (0, 0) to (5, 6), by ∫ t² dt, and slope times input."""
    mean = "1/2 is taken for the mean of t², and that is 1/3"
    return {
        "part_x": number(
            part_x,
            lambda: 5 * (2 * 5 * 6) / 3,
            mistakes={
                "that is all of the difference, which the parts share": 150,
                mean: 150,
                "that is y's part": 50,
                "the slope along x is 2xy, and its factor 2 is missing": 50,
                "that is half of the difference. The slopes differ, and so do the parts": 75,
                "the slope halfway is taken. It grows with t², so its mean is larger": 75,
                "that is x's fraction of the difference. Its part was asked for": 2 / 3,
            },
            look="At the fraction t the slope along x is 2 · 5t · 6t. Its mean over t, times 5",
        ),
        "part_y": number(
            part_y,
            lambda: 6 * 5**2 / 3,
            mistakes={
                "that is x's part": 100,
                "that is the slope at the end, times 6. Take the mean along the path": 150,
                mean: 75,
            },
            look="At the fraction t the slope along y is (5t)². Take its mean over t, times 6, and "
            "do not round before",
        ),
        "in_one": number(
            in_one,
            lambda: 5 * 60 + 6 * 25,
            mistakes={
                "so it is for integrated gradients. With the slopes at the end it is not": 150,
                "that adds the slopes. Multiply each by its coordinate first": 60 + 25,
                "those are the two products. Add them": (300, 150),
                "that is x's product alone. Add y's": 300,
                "the slope along x is 2xy, and its factor 2 is missing": 300,
            },
            look="The slopes at (5, 6) are 60 and 25. Multiply each by its coordinate, and add",
        ),
    }


# --- The fast gradient sign method ----------------------------------------------------------------


def _fgsm(x, slopes, epsilon):
    return np.clip(x + epsilon * np.sign(slopes), 0, 1)


def _softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@functools.cache
def _network(inputs, classes, seed):
    """Return a network of one layer, images, labels, and the gradients of what may be climbed.

    They are a dict, by what to say; that of the loss comes first.
    """
    rng = np.random.default_rng(seed)
    w, b = rng.normal(size=(np.prod(inputs), classes)), rng.normal(size=classes)
    last = keras.layers.Dense(classes, kernel_initializer="zeros")  # draws nothing at random
    model = keras.Sequential([keras.Input(inputs), keras.layers.Flatten(), last])
    model.set_weights([w, b])
    x = np.round(rng.uniform(size=(5, *inputs)), 1)  # some pixels are 0, or 1
    y = rng.integers(classes, size=5)
    scores, right = x.reshape(5, -1) @ w + b, np.eye(classes)[y]
    p, kept = _softmax(scores), np.clip(scores, 1e-7, 1 - 1e-7)
    twice = p * (_softmax(p) - right)
    climbed = {
        "": p - right,
        "that climbs the score of the right class. Climb the loss": right,
        "that lowers the score of the right class, and forgets the other scores. Climb the loss": (
            -right
        ),
        "that climbs the sum of all scores. Climb the loss, which knows the label": 1 + 0 * p,
        "softmax is applied twice. loss_of applies it to the scores itself": (
            twice - p * twice.sum(axis=1, keepdims=True)
        ),
        "the loss takes the scores for probabilities. The network returns logits: use loss_of, "
        "made with from_logits=True": (  # Keras clips probabilities, and makes their sum 1
            (kept == scores) * (1 / kept.sum(axis=1, keepdims=True) - right / kept)
        ),
    }
    return model, x, y, {text: (at @ w.T).reshape(x.shape) for text, at in climbed.items()}


@exercise
def fgsm(attack):
    """Judge a step along the sign of the gradient, by that of networks written out in NumPy."""
    needs_function(attack)
    results, points = [], []
    for model, x, y, climbed in (_network((4, 4), 3, 1), _network((3, 5), 4, 2)):
        for epsilon in (0.03, 0.2):
            points.append((x, np.array([*climbed.values()]), epsilon))
            results.append(_attacked_by(attack, model, x, y, epsilon))
    truths = [_fgsm(x, slopes[0], epsilon) for x, slopes, epsilon in points]
    if all(map(close, results, truths)):
        return "it fools two small networks with two ε each as the formula does"
    mistakes = {
        text: lambda x, slopes, e, n=n: _fgsm(x, slopes[n], e) for n, text in enumerate(climbed)
    } | {
        "some pixels leave 0 … 1. Clip what you return: tf.clip_by_value(…, 0.0, 1.0)": (
            lambda x, slopes, e: x + e * np.sign(slopes[0])
        ),
        "no pixel moves. Is the gradient 0?": lambda x, slopes, e: x,
        "every pixel is pushed up. The sign of its slope is lost": (
            lambda x, slopes, e: np.clip(x + e, 0, 1)
        ),
        "the change alone is clipped, and its steps downward are lost. Clip the sum": (
            lambda x, slopes, e: x + np.maximum(e * np.sign(slopes[0]), 0)
        ),
    }
    derived = (
        (text, lambda x, slopes, e, f=f, count=count: f(x, slopes[0] / count, e))
        for text, f in mutants(_fgsm)
        for count in (5, 1)  # the loss is a mean over 5 images, or their sum
    )
    if text := why_wrong(attack, results, truths, points, mistakes, derived, within=1e-5):
        raise Wrong(text)
    moves, ways = (
        np.concatenate([np.ravel(part - x) for part, (x, _, _) in zip(parts, points, strict=True)])
        for parts in (results, truths)
    )
    reach, still = np.abs(moves).max(), np.mean((np.abs(moves) < 1e-6) & (np.abs(ways) > 1e-6))
    if not 0.198 < reach < 0.202:
        raise Wrong(
            f"with ε = 0.2 a pixel moves by up to {reach:.2g}. A sign is −1 or 1, so each pixel "
            "moves by ε, unless it is clipped"
        )
    if still > 0.1:
        raise Wrong(f"{still:.0%} of the pixels do not move. A sign is −1 or 1, so each should")
    if (off := np.mean(moves * ways < 0)) < 0.01:
        raise Wrong("the pixels move the right way, but not by ε each. Take the sign")
    raise Wrong(
        f"{off:.0%} of the pixels do not move as the formula says. Is it the loss of these labels, "
        "and does each image have its own gradient?"
    )


def _attacked_by(attack, model, x, y, epsilon):
    """Return the images of a learner's attack, which must leave the weights alone."""
    before, given = model.get_weights(), (tf.constant(x, tf.float32), tf.constant(y, tf.int32))
    try:
        result = call(attack, model, *given, epsilon, seconds=20)
    except Wrong as reason:
        raise Wrong(ignored(attack, (0,)) or str(reason)) from None  # another takes another shape
    if text := ignored(attack):
        raise Wrong(text)
    if not all(map(np.array_equal, before, model.get_weights())):
        model.set_weights(before)
        raise Wrong("it changes the weights of the network. Here the image moves, and they stay")
    return numbers(result, x.shape)


# --- Attacks on the lesson's own networks ---------------------------------------------------------


def _signs(model, x, y):
    x = tf.constant(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x))
    return np.sign(tape.gradient(loss, x))


def _says(model, x):
    return np.argmax(model(x), axis=1)


def _weights(*networks):
    """Return what tells trained networks apart, as a key of what has been computed with them."""
    return b"".join(part.tobytes() for network in networks for part in network.get_weights())


@functools.lru_cache(1)
def _falls(plain, weights):
    """Return which of 100 images are right, the first step at which each falls, and the labels."""
    (x, y), steps = test_images(100), np.arange(1, 101) / 1000
    pushes = np.multiply.outer(steps, _signs(plain, x, y))
    said = _says(plain, np.clip(x + pushes, 0, 1).reshape(-1, 28, 28)).reshape(100, 100)
    right = _says(plain, x) == y
    return right, np.where(right & (said != y), steps[:, None], np.inf).min(axis=0), y


@exercise
def fragile(image, smallest, plain):
    """Judge which of 100 images falls first, by trying each multiple of 0.001 on all of them."""
    right, falls, y = _falls(plain, _weights(plain))
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
    texts = {
        f"{place} is one too many: positions count from 0": falls[place - 1] == falls.min(),
        f"{place} is the label of the image that falls first. Its position was asked for": (
            place == y[first]
        ),
        f"image {place} is wrong without any attack. Look at those that are right": (
            not right[place]
        ),
    }
    for text, fits in texts.items():
        if fits:
            raise Wrong(text)
    raise Wrong(f"image {place} falls later than another one, or not at all")


@functools.lru_cache(1)
def _right(plain, twin, weights):
    """Return a function that tells which pushed images a network gets right, pushed with whose."""
    networks, (x, y) = {"twin": twin, "plain": plain}, test_images()
    signs = {name: _signs(network, x, y) for name, network in networks.items()}

    @functools.cache
    def right(asked, made, epsilon=0.05):
        return _says(networks[asked], np.clip(x + epsilon * signs[made], 0, 1)) == y

    return right


@exercise
def transfer(shared, plain, twin):
    """Judge the accuracy of a network on images that were made to fool another one."""
    given = numbers(shared, ())
    right = _right(plain, twin, _weights(plain, twin))
    truth = right("twin", "plain").mean()
    if any(close(given, np.round(truth, digits), 2e-4) for digits in (2, 3, 4)):
        own = right("twin", "twin").mean()
        return f"{truth:.3f}, where an attack on twin itself leaves {own:.3f}"
    mistakes = {
        "that is the fraction that twin gets wrong. Accuracy is what it gets right": 1 - truth,
        "that is how many images are right. Divide by all 10,000": 10_000 * truth,
    }
    for n in (100, 1000):
        mistakes[f"that is of {n} images. Take all 10,000"] = right("twin", "plain")[:n].mean()
    names = "twin", "plain"
    for asked, made, e in itertools.product(names, names, (0.05, 0, 0.03, 0.1, -0.05)):
        images = f"images pushed by ε = {e} with {made}'s gradient" if e else "images as they are"
        text = f"that is {asked} on {images}. Ask twin, and push by 0.05 with plain's gradient"
        mistakes.setdefault(text, right(asked, made, e).mean())
    look = "Hand attacked(plain, …), of all 10,000 images at ε = 0.05, to accuracy with twin"
    return number(shared, truth, mistakes=mistakes, look=look, within=2e-4)


# --- An attack that is aimed ----------------------------------------------------------------------

_EPSILON = 0.1


@exercise
def aimed(attack, plain):
    """Judge an attack aimed at a class by how many of 100 images arrive there."""
    needs_function(attack)
    (x, y), order, said = test_images(100), np.roll(range(10), 3), []
    model, y = _renumbered(plain, order), order.argsort()[y].astype(np.int32)
    for name in "Shirt", "Bag":
        target = np.full(100, order.argsort()[CLASS_NAMES.index(name)], np.int32)
        images = _attacked_by(attack, model, x, target, _EPSILON)
        _refuse_far(images, images - x)
        count, best = (
            np.sum(_says(model, part) == target) for part in (images, _walk(model, x, target, 20))
        )
        said.append(f"{count} of 100 are called {name} when that is the target")
        if count < min(75, best):
            why = _why_few(images, x, y, target, model)
            raise Wrong(f"{said[-1]}, and {best} are possible. {why}")
    return ", and ".join(said)


def _renumbered(model, order):
    """Return a network that says the same, and counts the classes in another order."""
    other = keras.models.clone_model(model)
    *weights, kernel, bias = model.get_weights()
    other.set_weights([*weights, kernel[:, order], bias[order]])
    return other


def _walk(model, x, target, steps):
    near = x
    for _ in range(steps):
        near = near - min(1, 2 / steps) * _EPSILON * _signs(model, near, target)
        near = np.clip(np.clip(near, x - _EPSILON, x + _EPSILON), 0, 1)
    return near


def _refuse_far(images, moved):
    low, high, reach = images.min(), images.max(), np.abs(moved).max()
    texts = {
        "the images come back as they were": reach < 1e-6,
        "that is the change alone. Add it to x": low < 0 and max(-low, high) < 1.01 * _EPSILON,
        "every pixel is moved up by ε. The lower bound of a clip comes first": (
            moved.min() > 0.99 * _EPSILON
        ),
        f"pixels go from {low:.2f} to {high:.2f}, and an image has 0 to 1. Clip them": (
            low < -1e-4 or high > 1 + 1e-4
        ),
        f"a pixel moves by {reach:.2f}, and ε = {_EPSILON} is allowed. After each step, clip to "
        "x − ε … x + ε of the photograph": reach > 1.01 * _EPSILON,
    }
    for text, fits in texts.items():
        if fits:
            raise Wrong(text)


def _why_few(images, x, y, target, model):
    """Return what keeps images from the target, told by how they moved."""
    moved = images - x
    toward, own = (np.mean(np.sign(moved) * _signs(model, x, labels)) for labels in (target, y))
    if max(own, toward) > -toward:
        if own > toward:
            return "It climbs the loss of each image's own class. Go down the loss of the target"
        return "It walks away from the target. Go down its loss"
    if (reach := np.abs(moved).max()) < 0.9 * _EPSILON:
        return (
            f"No pixel moves by more than {reach:.2g}, and ε = {_EPSILON} is allowed. Take "
            "the sign of the gradient, and enough steps"
        )
    if np.mean(np.isclose(images, _walk(model, x, target, 1), atol=1e-4)) > 0.9:
        return (
            "That is as far as one step gets, or several with the same gradient. Take smaller "
            "steps, each with a new gradient"
        )
    return (
        "Does each step take a new gradient, and does it say which class to leave as well as which "
        "to reach, as that of the loss or of the log-probability does?"
    )
