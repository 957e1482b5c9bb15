"""Verdicts of lesson 06, Fashion-MNIST."""

import copy
import functools

import keras
import numpy as np
import tensorflow as tf

from helpers.data import CLASS_NAMES, load_fashion_mnist
from verdict import (
    Wrong,
    answered,
    call,
    choices,
    classifies,
    close,
    exercise,
    function,
    is_function,
    needs_function,
    number,
    numbers,
    parameters,
    scores,
    show,
    slip,
    trained,
    where,
)

HELD_OUT = 54_000  # the first image that the lesson's training never sees


@functools.cache
def _images(part):
    """Return scaled images and labels: "batch" (the first 64), "held out" or "test"."""
    (images, labels), test = load_fashion_mnist()
    slices = {"batch": slice(64), "held out": slice(HELD_OUT, None)}
    images, labels = test if part == "test" else (images[slices[part]], labels[slices[part]])
    return images.astype(np.float32) / 255, labels.astype(int)


@exercise
def recall_06(a, b, c):
    """Judge the slope of −ln x, the updates of an epoch, and the parameters of a layer."""
    return {
        "a": lambda: number(
            _at(a, 0.1),
            -10.0,
            mistakes={
                "that is the value of −ln x. Its slope was asked for": -np.log(0.1),
                "that is the value of ln x. The slope of −ln x was asked for": np.log(0.1),
                "that is −1/x². The slope of ln x is 1/x": -100.0,
                "that is the slope of the slope, 1/x²": 100.0,
                "that is −x. The slope of −ln x is −1/x": -0.1,
                "that is the slope at x = 1": -1.0,
                "that is the slope of the logarithm to base 10, and ln has base e": (
                    -10 / np.log(10)
                ),
            },
            look="The slope of ln x is 1/x",
        ),
        "b": lambda: number(
            b,
            422,
            mistakes={
                "the last, smaller batch is an update too: 421 full ones, and one more": 421,
                "421.875 updates cannot be. The last, smaller batch is an update too": 421.875,
                "one too many: 421 full batches and one smaller one": 423,
                "that multiplies. Each update takes 128 samples": 54_000 * 128,
                "these are the updates of five epochs, and one was asked for": 2110,
                "that is for batches of 32. Here they hold 128": 54_000 // 32,
                "that is for batches of 32; here they hold 128": 1688,
                "that is for 60,000 samples, and 54,000 are trained on": 469,
                "that is for 60,000 samples, and without the last batch": 468,
                "that is for 60,000 samples, and 54,000 are trained on.": 60_000 / 128,
                "that is how many samples a batch holds": 128,
                "that is how many samples the last batch holds": 112,
                "an update for each sample would need batches of 1": 54_000,
            },
            look="How many batches of 128 hold 54,000 samples?",
        ),
        "c": lambda: parameters(c, 20, 3),
    }


def _at(answer, point):
    """Return what an answer is at a point, if it is a function of it."""
    answered(answer)
    if not is_function(answer):
        return answer
    value = call(answer, tf.Variable(point))
    if not close(numbers(value), -10.0):
        name = getattr(answer, "__name__", "the answer")
        raise Wrong(
            f"{name} is a function, and a number was expected. At x = {point} it gives "
            f"{show(value)}, which is not the slope of −ln x either"
        )
    return value


@exercise
def clueless(clueless_loss):
    """Judge −ln of one among equal probabilities, by ln n."""
    needs_function(clueless_loss)

    @functools.wraps(clueless_loss)
    def either(classes):  # range() needs a whole number, tf.math.log a float
        try:
            loss = clueless_loss(int(classes))
        except (TypeError, ValueError, tf.errors.InvalidArgumentError):
            loss = clueless_loss(float(classes))
        if isinstance(loss, float) and abs(loss) == np.inf:  # NumPy's floats are Python's too
            raise Wrong(
                f"for {classes} classes it takes the logarithm of 0. Is there a //, which throws "
                "away what is behind the point?"
            )
        return loss

    def row(value):
        return lambda n: np.full((1, int(n)), value(n))

    return function(
        either,
        like=np.log,
        at=[(2,), (10,), (100,)],
        given=int,
        mistakes={
            "that is the probability of a class. The loss is −ln of it": lambda n: 1 / n,
            "these are the probabilities of all classes. The loss is −ln of one of them": row(
                lambda n: 1 / n
            ),
            "these are −ln of all the probabilities. The loss is that of the right class": (
                row(np.log)
            ),
            "ln 1 is 0 whatever is done with it afterwards. Divide first: ln(1 / classes)": (
                lambda n: 0.0
            ),
            "that is the logarithm to base 10, and ln has base e": np.log10,
            "that is the logarithm to base 2, and ln has base e": np.log2,
            "that is the probability of being wrong. The loss is −ln of that of being right": (
                lambda n: 1 - 1 / n
            ),
            "that is −p ln p, one part of a sum. The loss looks at the right class only: −ln p": (
                lambda n: np.log(n) / n
            ),
            "that adds up all classes. The loss looks at the right class only: −ln p": (
                lambda n: n * np.log(n)
            ),
            "that is exp of the probability. The loss is −ln of it": lambda n: np.exp(1 / n),
            "that is −ln of the probability of being wrong": lambda n: -np.log(1 - 1 / n),
            "that is as if one class fewer were left": lambda n: np.log(n - 1),
            "that is as if there were one class more": np.log1p,
            "that is 1 / p. The loss is −ln p": lambda n: n,
        },
        look="Each class has the probability 1 / classes, and the loss is −ln of it",
    )


@exercise
def memory(train_by_heart):
    """Judge a network by the 64 images that it is to know by heart."""
    images, labels = _images("batch")
    model = trained(train_by_heart, images, labels, seconds=60, seed=11, uses=(0, 1))
    classifies(model, images, labels, 64, classes=10)
    return "all 64 are right"


@exercise
def twice(floor):
    """Judge the smallest loss after two softmaxes, by their formula."""
    e = np.e
    return number(
        floor,
        np.log(1 + 9 / e),
        mistakes={
            "so it should be, but a second softmax leaves no probability at 1": 0.0,
            "that is the loss of a clueless model. This one is as sure as it can be": np.log(10),
            "that is −ln of the probability of a wrong class, 1 / (e + 9). The right one has "
            "e / (e + 9)": np.log(e + 9),
            "that is the probability of the right class. The loss is −ln of it": e / (e + 9),
            "that is the probability of all wrong classes. The loss is −ln p of the right one": (
                9 / (e + 9)
            ),
            "that is the probability of one wrong class": 1 / (e + 9),
            "that has the 1 and the nine zeros changed about: e stands below the nine, 9 / e": (
                np.log(1 + 9 * e)
            ),
            "that has e for the wrong class and 1 for the right one; and the other eight?": (
                np.log(1 + e)
            ),
            "that is for ten wrong classes. There are nine": np.log(1 + 10 / e),
            "that is for eight wrong classes. There are nine": np.log(1 + 8 / e),
            "that is for one wrong class. There are nine": np.log(1 + 1 / e),
            "that is for five wrong classes. There are nine": np.log(1 + 5 / e),
            "these are the losses of all ten classes. The right one has the 1": (
                np.log(e + 9) - np.eye(10)[0]
            ),
            "these are the ten probabilities. The loss is −ln of the first": (
                np.exp(np.eye(10)[0]) / (e + 9)
            ),
            "that is the logarithm to base 10, and ln has base e": np.log10(1 + 9 / e),
            "that is for a third softmax. The second one is the last": _softmax_floor(3),
            "that is −ln of 1 / e. The sum below is missing: e + 9": 1.0,
            "that is −ln of the probabilities without their logarithm": 1 + 9 / e,
        },
        look="The second softmax gets 1, 0, …, 0, so the right class has e / (e + 9)",
    )


def _softmax_floor(times):
    p = np.eye(10)[0]
    for _ in range(times - 1):
        p = np.exp(p) / np.exp(p).sum()
    return -np.log(p[0])


@exercise
def worst(shares, worst, predictions):
    """Judge the share of each class that is right, by counting, and the class with the smallest."""
    labels = _images("test")[1]
    predicted = predictions.argmax(axis=1)
    right = predicted == labels
    total, called = np.bincount(labels, minlength=10), np.bincount(predicted, minlength=10)
    hits = np.bincount(labels, right, minlength=10)
    truth = hits / total
    table = np.zeros((10, 10))
    np.add.at(table, (labels, predicted), 1)
    mistakes = {
        "that is the precision, the share of what was called so. Divide by what is so": (
            hits / np.maximum(called, 1)
        ),
        "these are counts. For shares, divide by the images of each class": hits,
        "these are parts of all 10,000 images. Divide by the images of each class": hits / 10_000,
        "these are parts of all right ones. Divide by the images of each class": hits / hits.sum(),
        "these are the shares that are wrong": 1 - truth,
        "// throws away what is behind the point. Divide with /": np.floor(truth),
        "that is the share of all images that are right. One for each class was expected": (
            right.mean()
        ),
        "that is the whole table, each row divided by its sum. Its diagonal is asked for": (
            table / total[:, None]
        ),
        "these are the shares in order of size. Leave them in the order of the classes": (
            np.sort(truth)
        ),
        "these are the mean probabilities of the right class. Count the images that are right": (
            [predictions[labels == c, c].mean() for c in range(10)]
        ),
        "these are the mean confidences. Count the images that are right": (
            [predictions[labels == c].max(axis=1).mean() for c in range(10)]
        ),
        "these are the images of each class. How many of them are right?": total,
        "these are the shares that each class has in all images": total / 10_000,
        "these are the shares of all images that were called so": called / 10_000,
    }
    return {
        "shares": lambda: _shares(shares, truth, mistakes),
        "worst": lambda: _worst(worst, truth),
    }


def _shares(shares, truth, mistakes):
    given = numbers(shares)
    if not close(given, truth):
        for text, mistake in mistakes.items():
            if close(given, mistake):
                raise Wrong(text)
        given = numbers(shares, truth.shape)
        fits = slip([given], [truth])
        raise Wrong(f"each share {fits}" if fits else f"of the ten shares, {where(given, truth)}")
    return "the share of each class"


def _worst(name, truth):
    answered(name)
    best = CLASS_NAMES[int(truth.argmin())]
    if isinstance(name, np.ndarray) and name.ndim == 0:
        name = name.item()
    if isinstance(name, (int, float, np.number)) and not isinstance(name, bool):
        if name == truth.argmin():
            raise Wrong(f"{name} is its position. Its name was asked for: CLASS_NAMES[{name}]")
        raise Wrong(f"{show(name)} is a number. The name of a class was asked for")
    if isinstance(name, (list, tuple)) and name:
        raise Wrong(f"{show(name)} came, a {type(name).__name__}. One name was asked for")
    if not isinstance(name, str):
        raise Wrong(f"{show(name)} came, and the name of a class was expected")
    given = name.strip().casefold()
    if given == best.casefold():
        return repr(best)
    names = [known.casefold() for known in CLASS_NAMES]
    if given not in names:
        near = [known for known in CLASS_NAMES if given and given in known.casefold()]
        near = near or [k for k in CLASS_NAMES if k.casefold() in given]
        hint = f"Do you mean {near[0]!r}?" if near else "They stand in CLASS_NAMES"
        raise Wrong(f"{name!r} is none of the ten names. {hint}")
    place = names.index(given)
    raise Wrong(
        f"of {CLASS_NAMES[place]!r} {truth[place]:.1%} are right"
        + (", which is the most" if place == truth.argmax() else "")
        + f". There is a class of which only {truth.min():.1%} are"
    )


@exercise
def better(train_better, start):
    """Judge a trained model by the images held out; the test images have the last word."""
    images, labels = _images("held out")
    mine = copy.deepcopy(start)
    model = trained(train_better, mine, seconds=300, seed=2)
    some = images[:64]
    if isinstance(model, keras.Model) and np.array_equal(_says(model, some), _says(start, some)):
        raise Wrong("the model came back as it was handed over. Train it on, or another one")
    try:
        right = classifies(model, images, labels, 5281, classes=10)
    except Wrong:
        _last_word(model)
        raise
    last = _last_word(model)
    return (
        f"{right / 6000:.1%} of the 6,000 images held out are right. "
        f"The last word: {last:.1%} of the test images"
    )


def _last_word(model):
    """Return the share of the test images that are right; refuse a model that has seen them.

    Whatever is trained on other images gets between 0.5 and 1 % more of those held out right than
    of the test images, which are a little harder.
    """
    shares = {}
    for part in ("held out", "test"):
        images, labels = _images(part)
        shares[part] = np.mean(choices(scores(model, images, 10)) == labels)
    held_out, test = shares["held out"], shares["test"]
    said = f"{held_out:.1%} of the images held out are right and {test:.1%} of the test images"
    if held_out > 0.8 and test > held_out + 0.003:
        raise Wrong(
            f"{said}: it was trained on the test images. They are for the last word, so train on "
            "x_train"
        )
    if test > 0.8 and held_out > test + 0.015:
        raise Wrong(
            f"{said}: it was trained on the images held out, which then tell nothing of new ones. "
            "Train on x_train"
        )
    return test


def _says(model, images):
    try:
        return scores(model, images, 10)
    except Wrong:
        return None
