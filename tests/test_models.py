"""What is said of a count of parameters, and of a model; functions stand for trained ones."""

import keras
import numpy as np
import pytest

from tests.test_verdict import say
from verdict import models
from verdict.slips import made_of

WIDTHS = (50, 7, 5, 3)
RNG = np.random.default_rng(0)
IMAGES, PLANE = RNG.random((400, 10)), RNG.normal(size=(400, 2))
TEN, TWO = IMAGES.argmax(axis=1), (PLANE[:, 0] * PLANE[:, 1] > 0).astype(int)


@pytest.mark.parametrize("formula", models.COUNTS)
def test_every_wrong_count_is_named(formula):
    kernels, biases = 50 * 7 + 7 * 5 + 5 * 3, 7 + 5 + 3
    names = {"kernels": kernels, "biases": biases, "truth": kernels + biases}
    wrong = made_of(formula, widths=WIDTHS, layers=3, **names)
    assert models.COUNTS[formula] in say(lambda: models.parameters(wrong, *WIDTHS))


def test_a_right_count_and_one_that_lacks_a_layer():
    assert say(lambda: models.parameters(415, *WIDTHS)) == "Correct: 415 parameters."
    assert "375 leaves out the kernel and biases of layer 2" in say(
        lambda: models.parameters(375, *WIDTHS)
    )


class Trained:
    """A function in place of a model that was trained for a while."""

    def __init__(self, predict, loss=None, rate=0.01, updates=100):
        self.predict, self.loss = predict, loss
        self.optimizer = keras.optimizers.SGD(rate)
        self.optimizer.build([])
        self.optimizer.iterations.assign(updates)


def probability(z):
    return 1 / (1 + np.exp(-z))


def sure(x):
    scores = np.exp(40 * x / x.max(axis=1, keepdims=True))
    return scores / scores.sum(axis=1, keepdims=True)


def hardly(x):
    return 0.5 + 0.1 * np.sin(9 * x[:, 0])


def right_but_of(changed):
    """Return a model that is right if its inputs are changed, and else says class 0."""
    return lambda x: x if changed(x) else np.eye(10)[np.zeros(len(x), int)]


SAID = {
    "Nearly all answers are 1 above the label": lambda x: np.roll(x, 1, axis=1),
    "inputs from 0 to 255. It is given 0 to 1": right_but_of(lambda x: x.max() > 2),
    "inputs divided by 255 once more": right_but_of(lambda x: x.max() < 0.5),
    "inputs turned round, 1 − x": lambda x: 1 - x,
    "depends on the other inputs of the batch": lambda x: np.roll(x, 3, axis=1) / x.sum(axis=0),
    "% sure on average": lambda x: sure(x)[:, [1, 0, 3, 2, 5, 4, 7, 6, 9, 8]],
    "its loss expects probabilities": Trained(lambda x: 2 - 9 * x**2, "a loss"),
    "Its rate of 0.0001 is small": Trained(lambda x: x**0 / 10, rate=1e-4),
    "Its rate of 9 is large": Trained(lambda x: x**0 / 10, rate=9.0),
    "the same class, 0. It has made 1 update. Does the": Trained(lambda x: x**0 / 10, updates=1),
    "its first output is always between 0.10 and": Trained(lambda x: x**0 / 10),
    "the model predicts nan": lambda x: x / 0,
    "for 400 inputs the model's output has shape (400, 10, 1)": lambda x: x[..., None],
    "one row of scores for each row of pixels": lambda x: np.repeat(x[:, :, None], 10, axis=2),
    "10 scores were expected, one for each class. Leave the argmax out": lambda x: x.argmax(axis=1),
    "one for each class. Look at the model's last layer": lambda x: x[:, :1],
    "the model's output has 9 scores, and there are 10 classes": lambda x: x[:, :9],
    "predict returns something that is no array of numbers": lambda x: ["one"] * len(x),
}
#: The same of two classes in a plane.
OF_TWO = {
    "the two classes are exchanged": lambda x: (x[:, 0] * x[:, 1] < 0) * 1.0,
    "Its border is a straight line": lambda x: probability(x[:, 0] - 2 * x[:, 1]),
    "its first output is always between 0.40 and 0.60": Trained(hardly),
    "its first output is always between 0.50 and 0.50": Trained(lambda x: 0.5 + 0 * x[:, 0]),
    "categorical_crossentropy divides by the sum": Trained(hardly, "categorical_crossentropy"),
    "probabilities were expected, from 0 to 1": lambda x: 9 * x[:, :1],
    "every output is 1": lambda x: 1 + 0 * x[:, 0],
}


@pytest.mark.parametrize("words", [*SAID, *OF_TWO])
def test_what_keeps_a_model_below_its_bar_is_said(words):
    two = words in OF_TWO
    inputs, labels, classes = (PLANE, TWO, 2) if two else (IMAGES, TEN, 10)
    model = OF_TWO[words] if two else SAID[words]
    assert words in say(lambda: models.classifies(model, inputs, labels, 500, classes=classes))


@pytest.mark.parametrize(
    ("known", "words"), [(0, "than guessing"), (64, "too little yet"), (400, "learned these by")]
)
def test_what_a_model_makes_of_its_own_inputs_is_said(known, words):
    def model(x):
        return 3 * np.eye(10)[(1e6 * x[:, 0]).astype(int) % 10]

    labels = np.where(np.arange(400) < known, model(IMAGES).argmax(axis=1), -1)
    own = IMAGES, labels
    said = say(lambda: models.classifies(model, IMAGES, TEN, 500, classes=10, own=own))
    assert words in said


def test_a_logit_is_read_as_a_probability_where_the_loss_says_so():
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model = Trained(lambda x: 50 * x[:, :1] * x[:, 1:], loss)
    assert models.classifies(model, PLANE, TWO, 400, classes=2) == 400


RETURNED = {
    "fit returns a History": keras.callbacks.History(),
    "float is a class": float,
    "clip is a function that was not called": np.clip,
    "a tuple is returned": (1.0, 2.0),
    "2 values are returned. Return one model": (Trained(hardly), 0.9),
    "a number is returned, 0.9": 0.9,
    "Are these its predictions?": np.ones(9),
    "a model with a predict was expected, not 'yes'": "yes",
    'the line "return RETURNED[words]" hands on what has no value': None,
}


@pytest.mark.parametrize("words", RETURNED)
def test_what_is_returned_in_place_of_a_model_is_said(words):
    def train():
        return RETURNED[words]

    assert words in say(lambda: models.trained(train, seconds=9, seed=0))
