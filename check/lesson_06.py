"""Verdicts of lesson 06, Fashion-MNIST."""

import copy
import functools
import math
import re

import numpy as np
import tensorflow as tf

from check.images import test_images, training_images
from helpers.data import CLASS_NAMES
from verdict.engine import exercise, needs_function
from verdict.judges import function, number, word
from verdict.models import choices, classifies, parameters, scores, trained
from verdict.none import source_code
from verdict.running import Wrong
from verdict.slips import close

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_06(a, b, c):
    """Judge the slope of −ln x, the updates of an epoch, and the parameters of a layer."""
    return {
        "a": number(
            a,
            lambda: -1 / 0.1,
            at=tf.Variable(0.1),
            mistakes={
                "that is the value of −ln x. Its slope was asked for": -np.log(0.1),
                "that is the value of ln x. The slope of −ln x was asked for": np.log(0.1),
                "that is −1/x². The slope of ln x is 1/x": -100,
                "that is the slope of the slope, 1/x²": 100,
                "that is −x. The slope of −ln x is −1/x": -0.1,
                "that is the slope at x = 1": -1,
            },
            look="The slope of ln x is 1/x",
        ),
        "b": number(
            b,
            lambda: math.ceil(54_000 / 128),
            mistakes={
                "those are the full batches. The last, smaller one is an update too": 421,
                "that is no whole number. The last, smaller batch is an update too": 54_000 / 128,
                "these are the updates of five epochs, and one was asked for": 5 * 422,
                "that is for batches of 32, and here they hold 128": 1688,
                "that is for 60,000 samples, and 54,000 are trained on": 469,
                "that is for 60,000 samples, and without the last, smaller batch": 468,
                "that is how many samples the last batch holds": 112,
            },
            look="How many batches of 128 hold 54,000 samples?",
        ),
        "c": functools.partial(parameters, c, 20, 3),
    }


# --- A clueless model -----------------------------------------------------------------------------


@exercise
def clueless(clueless_loss):
    """Judge −ln of one among equal probabilities."""
    needs_function(clueless_loss)

    @functools.wraps(clueless_loss)
    def either(classes):  # range() needs a whole number, tf.math.log a float
        try:
            loss = clueless_loss(int(classes))
        except (TypeError, ValueError, tf.errors.InvalidArgumentError):
            loss = clueless_loss(float(classes))
        if isinstance(loss, float) and math.isinf(loss):
            raise Wrong(f"for {classes} classes it takes the logarithm of 0. Is there a // in it?")
        return loss[0] if np.shape(loss)[:1] == (1,) else loss  # clueless() has a row of them

    return function(
        either,
        like=lambda classes: -np.log(1 / classes),
        at=[(2,), (10,), (100,)],
        given=int,
        mistakes={
            "that is the probability of a class. The loss is −ln of it": lambda n: 1 / n,
            "these are the probabilities of all classes. The loss is −ln of one of them": (
                lambda n: np.full(int(n), 1 / n)
            ),
            "these are −ln of all the probabilities. The loss is that of the right class": (
                lambda n: np.full(int(n), np.log(n))
            ),
            "that is the probability of being wrong. The loss is −ln of that of being right": (
                lambda n: 1 - 1 / n
            ),
            "that is −ln of the probability of being wrong": lambda n: -np.log(1 - 1 / n),
            "that is −p ln p, one part of a sum. The loss looks at the right class only: −ln p": (
                lambda n: np.log(n) / n
            ),
            "ln 1 is 0 whatever is done with it afterwards. Divide first: ln(1 / classes)": (
                lambda n: 0.0
            ),
        },
        look="Each class has the probability 1 / classes, and the loss is −ln of it",
    )


# --- A batch known by heart -----------------------------------------------------------------------

SPLIT = 54_000  # the lesson trains on the images before it, and holds out those from it on


@exercise
def memory(train_by_heart):
    """Judge a network by the 64 images that it is to know by heart."""
    images, labels = training_images(0, 64)
    model = trained(train_by_heart, images, labels, seconds=120, seed=11, uses=(0, 1))
    classifies(model, images, labels, 64, classes=10)
    return "all 64 are right"


# --- Softmax twice --------------------------------------------------------------------------------


@exercise
def twice(floor):
    """Judge the smallest loss after two softmaxes, by their formula."""
    e = np.e
    return number(
        floor,
        lambda: -np.log(e / (e + 9)),
        mistakes={
            "so it should be, but a second softmax leaves no probability at 1": 0,
            "that is the loss of a clueless model. This one is as confident as it can be": np.log(
                10
            ),
            "that is the probability of the right class. The loss is −ln of it": e / (e + 9),
            "that is the probability of all wrong classes. The loss is −ln p of the right one": (
                9 / (e + 9)
            ),
            "that is −ln of the probability of a wrong class, 1 / (e + 9). The right one has "
            "e / (e + 9)": np.log(e + 9),
            "the 1 and the nine zeros are exchanged: it is 9 / e below the line, not 9 · e": (
                np.log(1 + 9 * e)
            ),
            "these are the losses of all ten classes. The right one has the 1": (
                np.log(e + 9) - np.eye(10)[0]
            ),
            "that is −ln of 1 / e. The nine zeros have a part in the sum as well, 1 each": 1,
            **{
                f"that is for {n} wrong classes, and there are nine": np.log(1 + n / e)
                for n in (1, 2, 4, 5, 8, 10)
            },
        },
        look="The second softmax gets 1, 0, …, 0, so the right class has e / (e + 9)",
    )


# --- The worst class ------------------------------------------------------------------------------


@exercise
def worst(shares, worst_class, predictions):
    """Judge the fraction of each class that is right, and the class with the smallest."""
    labels, predicted = test_images()[1], predictions.argmax(axis=1)
    matrix = np.zeros((10, 10))
    np.add.at(matrix, (labels, predicted), 1)
    truth = np.diag(matrix) / matrix.sum(axis=1)
    return {
        "shares": number(
            shares,
            lambda: np.diag(matrix) / np.sum(matrix, axis=1),
            mistakes={
                "that is the precision, the fraction of what was called so. Divide by what is so": (
                    np.diag(matrix) / matrix.sum(axis=0)
                ),
                "these are parts of all 10,000 images. Divide by the images of each class": (
                    np.diag(matrix) / 10_000
                ),
                "these are the fractions that are wrong": 1 - truth,
                "// drops the decimals. Divide with /": 0 * truth,
                "that is the whole table, divided. Its diagonal is asked for": (
                    matrix / matrix.sum(axis=1)
                ),
                "these are the mean probabilities of the right class. Count the images that are "
                "right": [predictions[labels == c, c].mean() for c in range(10)],
            },
            look="Of the images in a row of matrix, how many are on the diagonal?",
        ),
        "worst": functools.partial(_name, worst_class, truth),
    }


def _name(answer, truth):
    if isinstance(answer, (int, np.integer)) and answer == truth.argmin():
        raise Wrong(f"{answer} is its position. Its name was asked for: CLASS_NAMES[{answer}]")
    return word(
        answer,
        CLASS_NAMES[truth.argmin()],
        mistakes={
            f"of {name!r} {share:.1%} are right, and of another class only {truth.min():.1%}": name
            for name, share in zip(CLASS_NAMES, truth, strict=True)
        },
        look="Write the name as it is in CLASS_NAMES",
    )


# --- Beat 0.88 ------------------------------------------------------------------------------------

# Whatever is trained on other images gets 0 to 1.3 % more of those held out right than of the test
# images, which are a little harder.
TEST_SEEN, HELD_OUT_SEEN = 0.003, 0.015


@exercise
def better(train_better, start):
    """Judge a trained model by the images held out; the test images have the last word."""
    held_out, labels = training_images(SPLIT)
    model = trained(train_better, copy.deepcopy(start), seconds=300, seed=2)
    if close(scores(model, held_out[:64], 10), scores(start, held_out[:64], 10), 1e-9):
        raise Wrong("the model came back as it was handed over. Train it on, or another one")
    code = getattr(train_better, "__code__", None)
    if spent := {"x_test", "test_images", "test_labels"} & set(code.co_names if code else ()):
        raise Wrong(
            f"it uses {min(spent)}, and the test images are kept for the last word. Train on "
            "x_train, and watch x_valid"
        )
    if found := re.search(r"\.fit\(\s*(x_valid|valid_images)\b", source_code(train_better)):
        raise Wrong(
            f"it trains on {found[1]}, which then tells nothing of new images. Watch it only"
        )
    right = classifies(model, held_out, labels, 5281, classes=10, own=training_images(0, SPLIT))
    images, labels = test_images()
    said, test = right / 6000, np.mean(choices(scores(model, images, 10)) == labels)
    shares = f"{said:.1%} of the 6,000 validation images are right"
    if test > said + TEST_SEEN:
        raise Wrong(f"{shares}, and even more of the test images, {test:.1%}: they were trained on")
    if said > test + HELD_OUT_SEEN:
        raise Wrong(
            f"{shares}, and only {test:.1%} of the test images: the validation images were "
            "trained on, and tell nothing of new ones. Train on x_train"
        )
    return f"{shares}. The last word: {test:.1%} of the test images"
