"""The checks never raise on an answer, print one line, and name the mistake an answer shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from helpers import check

VERDICTS = ("Not answered yet: ", "Correct: ", "Wrong: ")


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no picture of me")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no numbers in me")


def raises_deep_inside(*args):
    return tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))


JUNK = {
    "dots": ...,
    "None": None,
    "text": "forty-eight",
    "empty list": [],
    "list with dots": [1.0, ...],
    "list with None": [None, 1.0],
    "ragged list": [[1.0], [1.0, 2.0]],
    "dict": {"w": 1.0},
    "set": {1.0},
    "complex": 1 + 2j,
    "huge": 10**400,
    "nan": float("nan"),
    "inf": tf.constant(float("inf")),
    "shape": np.zeros((3, 4, 5)),
    "empty array": np.zeros((0,)),
    "strings": tf.constant(["a", "b"]),
    "ragged tensor": tf.ragged.constant([[1.0], [1.0, 2.0]]),
    "sparse": tf.sparse.from_dense([[1.0]]),
    "symbolic": keras.Input((3,)),
    "module": np,
    "class": float,
    "unprintable": Unprintable(),
    "model without weights": keras.Sequential(),
    "object array": np.array([None, 1.0], dtype=object),
    "variable": tf.Variable([1.0, 2.0, 3.0]),
    "exception": ValueError("an exception, not raised"),
    "returns dots": lambda *args: ...,
    "returns None": lambda *args: None,
    "returns text": lambda *args: "x",
    "returns a shape": lambda *args: tf.zeros((7, 7)),
    "returns nan": lambda *args: tf.constant(float("nan")),
    "returns a float": lambda *args: 1.5,
    "returns itself": lambda *args: raises_deep_inside,
    "raises": raises_deep_inside,
    "raises quietly": lambda *args: {}["missing"],
    "recurses": lambda *args: JUNK["recurses"](*args),
    "takes no argument": lambda: 1.0,
    "divides by zero": lambda *args: 1 / 0,
}


def bowl(p):
    return 3.0 * (p[0] - 1.0) ** 2 + (p[0] + p[1] - 3.0) ** 2  # smallest at (1, 2)


def saddle(p):
    return p[0] ** 2 - p[1] ** 2


def built_model():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])


def linear_model():
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(units, bias_initializer="ones") for units in (3, 2)]
    return keras.Sequential([keras.Input((2,)), *layers])


def deep_model(initializer):
    keras.utils.set_random_seed(0)
    options = {"activation": "tanh", "kernel_initializer": initializer}
    hidden = [keras.layers.Dense(8, name=f"hidden{n}", **options) for n in range(1, 5)]
    return keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, "sigmoid")])


def add(step, first=0):
    """Make a training that adds a number to each weight, from array number `first` on."""

    def train(model):
        for weight in model.trainable_variables[first:]:
            weight.assign_add(tf.fill(weight.shape, step))

    return train


POINTS = np.array([[0.0, 1.0], [1.0, -0.5], [0.5, 0.5]]), np.array([0, 1, 1])

CHECKS = {
    "value": lambda answer: check.value(answer, 3.0),
    "value of an array": lambda answer: check.value(answer, [1.0, 2.0]),
    "value of a word": lambda answer: check.value(answer, "Shirt", mistakes={"No": "Coat"}),
    "value of a bool": lambda answer: check.value(answer, lambda: True),
    "gradient": lambda answer: check.gradient(answer, of=lambda x: x**3, at=2.0),
    "gradients": lambda answer: check.gradient(answer, of=lambda x: x**3, at=[1.0, 2.0]),
    "gradient of a vector": lambda answer: check.gradient(
        answer, of=lambda x: x[0] ** 2 * x[1], at=np.array([1.0, 2.0])
    ),
    "hessian": lambda answer: check.hessian(answer, of=lambda x: x[0] ** 2 * x[1], at=[1.0, 2.0]),
    "function": lambda answer: check.function(answer, like=lambda x: x**2, at=[1.0, 2.0]),
    "differentiable function": lambda answer: check.function(
        answer, like=lambda x: x**2, at=[1.0, 2.0], differentiable=True
    ),
    "descends_to, rate": lambda answer: check.descends_to(
        answer, target=1.0, loss=lambda x: (x - 1.0) ** 2, start=0.0, steps=5, within=0.1
    ),
    "descends_to, loss": lambda answer: check.descends_to(
        0.1, target=1.0, loss=answer, start=0.0, steps=5, within=0.1
    ),
    "minimum": lambda answer: check.minimum(answer, of=bowl, start=[[3.0, -2.0]]),
    "line": lambda answer: check.line(answer, x=[0.0, 1.0, 3.0], y=[1.0, 3.0, 7.0]),
    "parameters": lambda answer: check.parameters(answer, built_model()),
    "classifier": lambda answer: check.classifier(
        answer, np.zeros((4, 2)), [0, 1, 2, 1], accuracy=0.9, parameters=20
    ),
    "dense": lambda answer: check.dense(answer, like=linear_model()),
    "dense, W": lambda answer: check.dense((answer, np.zeros(2)), like=linear_model()),
    "every_layer_learns": lambda answer: check.every_layer_learns(answer, *POINTS),
    "training": lambda answer: check.training(answer, like=add(0.1), model=built_model()),
}


@pytest.mark.parametrize("judged", CHECKS)
def test_no_answer_makes_a_check_raise(judged, capsys):
    for answer in JUNK.values():
        CHECKS[judged](answer)
        printed = capsys.readouterr().out
        assert printed.count("\n") == 1 and printed.startswith(VERDICTS), printed
        assert not printed.startswith("Correct")


@pytest.mark.parametrize("judged", CHECKS)
def test_dots_are_not_answered_yet(judged, capsys):
    CHECKS[judged](...)
    assert capsys.readouterr().out.startswith("Not answered yet: ")


def slope_of(formula):
    def slope(x):
        with tf.GradientTape() as tape:
            y = formula(x)
        return tape.gradient(y, x)

    return slope


POINT = np.array([1.0, 2.0])
HESSIAN = np.array([[4.0, 2.0], [2.0, 0.0]])
LINE = ([0.0, 1.0, 3.0], [1.0, 3.0, 7.0])

# (check with an answer, what must be printed)
MESSAGES = {
    # a right value in another dtype, shape of one, or type
    "float": (lambda: check.value(3.0, 3.0), "Correct: 3."),
    "int": (lambda: check.value(3, 3.0), "Correct: 3."),
    "float64": (lambda: check.value(np.float64(3), 3.0), "Correct: 3."),
    "float16 tensor": (lambda: check.value(tf.constant(3.0, tf.float16), 3.0), "Correct: 3."),
    "variable": (lambda: check.value(tf.Variable(3.0), 3.0), "Correct"),
    "shape of one": (lambda: check.value(tf.constant([[3.0]]), 3.0), "Correct"),
    "list": (lambda: check.value([1, 2], tf.constant([1.0, 2.0])), "Correct: [1, 2]."),
    "list of tensors": (
        lambda: check.value([tf.constant(1.0), tf.constant(2.0)], [1.0, 2.0]),
        "Co",
    ),
    "computed truth": (lambda: check.value(3.0, lambda: 1.0 + 2.0), "Correct"),
    "word, other case": (lambda: check.value(" shirt", "Shirt"), "Correct"),
    "bool": (lambda: check.value(True, lambda: True), "Correct: True."),
    "NumPy bool": (lambda: check.value(np.True_, lambda: True), "Correct: True."),
    # numbers
    "too small": (lambda: check.value(1.234, 3.0), "Wrong: 1.234 is too small."),
    "too large": (lambda: check.value(7.7, 3.0), "Wrong: 7.7 is too large."),
    "sign": (lambda: check.value(-3.0, 3.0), "has the wrong sign"),
    "twice": (lambda: check.value(6.0, 3.0), "is twice the answer"),
    "half": (lambda: check.value(1.5, 3.0), "is half the answer"),
    "per cent": (lambda: check.value(87.0, 0.87), "is 100 times the answer"),
    "integers are exact": (lambda: check.value(101_769, 101_770), "too small"),
    "known mistake": (
        lambda: check.value(1.0, 2.303, mistakes={"Take the natural logarithm": 1.0}),
        "Wrong: 1. Take the natural logarithm.",
    ),
    "shape": (lambda: check.value([1.0, 2.0, 3.0], [1.0, 2.0]), "its shape is (3,), and (2,) was"),
    "element": (lambda: check.value([1.0, 5.0], [1.0, 2.0]), "1 of 2 elements, the first at pos"),
    "sum for mean": (lambda: check.value([10.0, 20.0], [1.0, 2.0]), "a sum in place of a mean"),
    "text": (lambda: check.value("3.0", 3.0), "'3.0' is a text, and a number was expected"),
    "function": (lambda: check.value(np.sin, 3.0), "a function came, and a value was expected"),
    "nan": (lambda: check.value(np.nan, 3.0), "Wrong: nan. Something undefined was computed"),
    "other word": (lambda: check.value("Coat", "Shirt"), "it is not 'Coat'"),
    "wrong bool": (lambda: check.value(False, lambda: True), "it is not False"),
    "number for bool": (lambda: check.value(1.0, lambda: True), "True or False was expected"),
    "name": (lambda: check.value(3.0, 3.0, name="a"), "a: Correct: 3."),
    # gradients
    "slope": (lambda: check.gradient(12.0, of=lambda x: x**3, at=2.0), "Correct: 12 at 2."),
    "slope of None": (lambda: check.gradient(None, of=lambda x: x**3, at=2.0), "saw no path"),
    "value for slope": (
        lambda: check.gradient(lambda x: x**3, of=lambda x: x**3, at=[2.0, 1.5]),
        "that is the value of the function, not its slope",
    ),
    "order too high": (
        lambda: check.gradient(lambda x: 6 * x, of=lambda x: x**3, at=[1.0, 3.0]),
        "that is the second derivative; you are asked for derivative number 1",
    ),
    "order too low": (
        lambda: check.gradient(lambda x: 3 * x**2, of=lambda x: x**3, at=[1.0, 3.0], order=2),
        "that is the first derivative; you are asked for derivative number 2",
    ),
    "second derivative": (
        lambda: check.gradient(12.0, of=lambda x: x**3, at=2.0, order=2),
        "Correct: 12 at 2.",
    ),
    "third derivative": (
        lambda: check.gradient(24.0, of=lambda x: x**4, at=1.0, order=3),
        "Correct: 24 at 1.",
    ),
    "through NumPy": (
        lambda: check.gradient(slope_of(lambda x: np.sin(x)), of=np.sin, at=1.0),
        "a Python number stands where a tensor is meant",
    ),
    "unwatched": (
        lambda: check.gradient(slope_of(np.sin), of=np.sin, at=1.0, argument=tf.constant),
        "Wrong: ",
    ),
    "half filled": (
        lambda: check.gradient(slope_of(lambda x: ...), of=np.sin, at=1.0),
        "Not answered yet: there is still a ... in slope",
    ),
    "summed": (
        lambda: check.gradient(5.0, of=lambda x: x[0] ** 2 * x[1], at=POINT),
        "is the sum of the slopes",
    ),
    "gradient": (
        lambda: check.gradient(tf.constant([4.0, 1.0]), of=lambda x: x[0] ** 2 * x[1], at=POINT),
        "Correct: [4, 1] at [1, 2].",
    ),
    "raises": (
        lambda: check.gradient(raises_deep_inside, of=np.sin, at=1.0),
        "raises_deep_inside raised InvalidArgumentError",
    ),
    # Hessians
    "Hessian": (lambda: check.hessian(HESSIAN, of=lambda x: x[0] ** 2 * x[1], at=POINT), "Correct"),
    "rows summed": (
        lambda: check.hessian([6.0, 2.0], of=lambda x: x[0] ** 2 * x[1], at=POINT),
        "the sums of the Hessian's rows",
    ),
    "gradient for Hessian": (
        lambda: check.hessian([4.0, 1.0], of=lambda x: x[0] ** 2 * x[1], at=POINT),
        "is the gradient. Differentiate it once more",
    ),
    "diagonal": (
        lambda: check.hessian(np.diag([4.0, 0.0]), of=lambda x: x[0] ** 2 * x[1], at=POINT),
        "the mixed derivatives are missing",
    ),
    # functions
    "right function": (
        lambda: check.function(lambda x: x * x, like=lambda x: x**2, at=[1.0, 2.0]),
        "Correct: the answer is right for all 2 inputs tried.",
    ),
    "right, but not for the tape": (
        lambda: check.function(
            lambda x: tf.constant(x.numpy() ** 2), like=np.square, at=[3.0], differentiable=True
        ),
        "has the right value, but its gradient is None",
    ),
    "known wrong function": (
        lambda: check.function(abs, like=np.square, at=[3.0], mistakes={"Square it": abs}),
        "Wrong: Square it.",
    ),
    "computes with a None": (
        lambda: check.function(lambda x: None * x, like=np.square, at=[3.0]),
        "the answer computes with a None. If it is a gradient, the tape saw no path",
    ),
    "shapes that do not fit": (
        lambda: check.function(lambda x: x + tf.ones(2), like=np.square, at=[np.zeros(3)]),
        "the answer raised InvalidArgumentError: Incompatible shapes: [3] vs. [2]",
    ),
    "two arguments": (
        lambda: check.function(lambda a, b: a - b, like=lambda a, b: b - a, at=[(1.0, 3.0)]),
        "the answer(1, 3): -2 has the wrong sign",
    ),
    # minima
    "minimum": (
        lambda: check.minimum(lambda p: [1.0, 2.0], of=bowl, start=[[3.0, -2.0], [0.0, 9.0]]),
        "leads to the minimum at [1, 2], from all 2 starts.",
    ),
    "minimum, once": (
        lambda: check.minimum(
            lambda p: [1.0, 2.0] if p[0] == 3.0 else p - 0.5,
            of=bowl,
            start=[[3.0, -2.0], [0.0, 9.0]],
        ),
        "from [0, 9] it leads to [-0.5, 8.5], where the slope is still [1, 10], not 0.",
    ),
    "flat valley": (
        lambda: check.minimum(
            lambda p: [3.0, 4.0], of=lambda p: p[0] ** 2 - 6 * p[0], start=[[0, 0]]
        ),
        "Correct: the answer leads to the minimum at [3, 4], from the start.",
    ),
    "saddle": (
        lambda: check.minimum(lambda p: 0.0 * p, of=saddle, start=[[3.0, -2.0]]),
        "the slope is 0, but it is no minimum",
    ),
    "no step": (
        lambda: check.minimum(lambda p: p, of=bowl, start=[[3.0, -2.0]]),
        "where it started",
    ),
    "the step": (
        lambda: check.minimum(lambda p: [2.0, -4.0], of=bowl, start=[[3.0, -2.0]]),
        "which is the step itself",
    ),
    "uphill from a place": (
        lambda: check.minimum(lambda p: [5.0, -6.0], of=bowl, start=[[3.0, -2.0]]),
        "the loss rises from 16 to 64. Look at the step's sign and size.",
    ),
    "a gradient step": (
        lambda: check.minimum(lambda p: [-5.0, 2.0], of=bowl, start=[[3.0, -2.0]]),
        "a step of gradient descent",
    ),
    # lines: y = 2x + 1, whose mean is 11/3
    "right line": (
        lambda: check.line((tf.Variable([[2.0]]), 1), *LINE),
        "Correct: within 1% of least squares, w = 2 and b = 1.",
    ),
    "training": (lambda: check.line(lambda x, y: np.polyfit(x, y, 1), *LINE), "Correct"),
    "line that grew": (lambda: check.line((np.inf, np.nan), *LINE), "w or b grew out of bounds"),
    "line from None": (lambda: check.line((None, 1.0), *LINE), "Wrong: None. The tape saw no path"),
    "line never moved": (lambda: check.line((0.0, 0.0), *LINE), "Were they updated"),
    "w and b swapped": (lambda: check.line((1.0, 2.0), *LINE), "they have changed places"),
    "flat line": (lambda: check.line((0.0, 11 / 3), *LINE), "a flat line through the mean of y"),
    "uphill": (lambda: check.line((-9.0, 3.0), *LINE), "the steps do not lead downhill"),
    "on its way": (lambda: check.line((1.8, 1.4), *LINE), "It is still on its way or jumps"),
    "one number": (lambda: check.line([2.0], *LINE), "two numbers were expected: w, b"),
    # models
    "parameters": (lambda: check.parameters(13, built_model()), "Correct: 13 parameters."),
    "no biases": (lambda: check.parameters(9, built_model()), "leaves out the biases"),
    "units": (lambda: check.parameters(4, built_model()), "counts units"),
    "arrays": (lambda: check.parameters(3, built_model()), "too small"),
    "untrained": (
        lambda: check.classifier(
            built_model(), np.zeros((4, 2)), [0, 1, 1, 1], accuracy=0.9, parameters=20
        ),
        "the model gives every input the same class",
    ),
    "one layer for two": (
        lambda: check.dense(
            lambda a, b: (a.kernel @ b.kernel, a.bias @ b.kernel + b.bias), like=linear_model()
        ),
        "Correct: x @ W + b does what the 2 layers do.",
    ),
    "first bias lost": (
        lambda: check.dense(lambda a, b: (a.kernel @ b.kernel, b.bias), like=linear_model()),
        "W is right, b is not. b is what comes out for x = 0",
    ),
    "product in the wrong order": (
        lambda: check.dense(lambda a, b: (b.kernel @ a.kernel, b.bias), like=linear_model()),
        "Wrong: W: its shape is (3, 3), and (2, 2) was expected.",
    ),
    "layers learn": (
        lambda: check.every_layer_learns(lambda: deep_model("glorot_uniform"), *POINTS, layers=5),
        "Correct: the gradient reaches all 5 layers.",
    ),
    "zeros": (
        lambda: check.every_layer_learns(deep_model("zeros"), *POINTS),
        "layer 1 of 5, hidden1, starts with zeros",
    ),
    "units alike": (
        lambda: check.every_layer_learns(deep_model("ones"), *POINTS),
        "starts with the same weights for each of its units",
    ),
    "weights too small": (
        lambda: check.every_layer_learns(
            deep_model(keras.initializers.RandomNormal(stddev=0.01)), *POINTS
        ),
        "layer 1 of 5, hidden1, has a gradient of norm",
    ),
    "layers left out": (
        lambda: check.every_layer_learns(built_model(), *POINTS, layers=5),
        "the model has 2 layers, and 5 were asked for",
    ),
    "same training": (
        lambda: check.training(add(0.1), like=add(0.1), model=built_model()),
        "Correct: all 13 weights end where they should.",
    ),
    "known wrong training": (
        lambda: check.training(
            add(0.3), like=add(0.1), model=built_model(), mistakes={"Thrice": add(0.3)}
        ),
        "Wrong: Thrice.",
    ),
    "no training": (
        lambda: check.training(lambda model: None, like=add(0.1), model=built_model()),
        "no weight has moved",
    ),
    "one layer trained": (
        lambda: check.training(add(0.1, first=2), like=add(0.1), model=built_model()),
        "kernel has not moved, and the others have",
    ),
    "training uphill": (
        lambda: check.training(add(-0.1), like=add(0.1), model=built_model()),
        "the weights have moved uphill",
    ),
    "training too far": (
        lambda: check.training(add(0.2), like=add(0.1), model=built_model()),
        "moved by 0.721 in all, and 0.361 is right",
    ),
    "training ends in nan": (
        lambda: check.training(add(float("nan")), like=add(0.1), model=built_model()),
        "Wrong: nan.",
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name, capsys):
    ask, expected = MESSAGES[name]
    ask()
    printed = capsys.readouterr().out
    assert expected in printed and printed.count("\n") == 1


def test_training_gives_the_model_its_weights_back():
    model = built_model()
    before = model.get_weights()
    for train in (add(0.1), add(0.2), add(float("nan"))):
        check.training(train, like=add(0.1), model=model, mistakes={"Twice": add(0.2)})
        assert all(map(np.array_equal, before, model.get_weights()))


PREDICTIONS = [
    (..., 5.0, "No guess yet. The answer is 5.\n"),
    (5, tf.constant(5.0), "You guessed 5, and so it is.\n"),
    (5.04, 5.0, "You guessed 5.04, and so it is.\n"),
    (5.2, 5.0, "You guessed 5.2. The answer is 5.\n"),
    (None, None, "You guessed None, and so it is.\n"),
    (0, None, "You guessed 0. The answer is None.\n"),
    (None, 0.0, "You guessed None. The answer is 0.\n"),
    ("Shirt", "shirt", "You guessed 'Shirt', and so it is.\n"),
    ("many", 3.0, "You guessed 'many'. The answer is 3.\n"),
    ([1, 4, 12], 17.0, "You guessed [1, 4, 12]. The answer is 17.\n"),
    (float("nan"), np.nan, "You guessed nan, and so it is.\n"),
    (True, True, "You guessed True, and so it is.\n"),
    (0.0, -0.0, "You guessed 0, and so it is.\n"),
]


@pytest.mark.parametrize(("guess", "truth", "expected"), PREDICTIONS)
def test_predictions(guess, truth, expected, capsys):
    check.prediction(guess, truth)
    assert capsys.readouterr().out == expected


def test_no_guess_makes_a_prediction_raise(capsys):
    for guess in JUNK.values():
        check.prediction(guess, 5.0)
        assert capsys.readouterr().out.count("\n") == 1


def test_wrong_use_by_an_author_raises():
    with pytest.raises(ValueError, match="expected"):
        check.value(3.0, None)
    with pytest.raises(ValueError, match="of: must return one number"):
        check.gradient(3.0, of=lambda x: np.array([x, x]), at=2.0)
    with pytest.raises(ZeroDivisionError):
        check.value(3.0, lambda: 1 / 0)
    with pytest.raises(TypeError):
        check.gradient(3.0, of=None, at=2.0)
