"""Answers to the exercises of lesson 05 and what the checks say: see tests/test_exercises.py."""

SLOW = ["moons-linear", "moons-training", "fit-by-fit"]

# No initializer is Keras's own, which is a right one.
NO_JUNK = [("repair", "None")]

LEFT_OUT = [
    *("stuck-changed", "stuck-moved", "stuck-compiled"),
    *("stuck-zeros", "stuck-count", "stuck-ones"),
]

W, B = "first.kernel @ second.kernel", "first.bias @ second.kernel + second.bias"


def collapse(W, b, result="W, b"):
    return {"W = ...": f"W = {W}", "b = ...": f"b = {b}", "return W, b": f"return {result}"}


def normal(*arguments):
    return f"initializer = keras.initializers.RandomNormal({', '.join(arguments)})"


def small(model, updates=0, on="inputs, labels", result="model"):
    lines = f"""    model = {model}
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    for _ in range({updates}):
        model.train_on_batch({on})
    return {result}"""
    return {"    return ...  # a trained model": lines}


def layers(first, last):
    dense = f"keras.layers.Dense(4, {first!r}), keras.layers.Dense(1, {last!r})"
    return f"keras.Sequential([keras.Input((2,)), {dense}])"


FOUR = "make_mlp(units=4)"
# No network, and right: for each point, the label of the nearest that it knows.
NEAREST = """type("Nearest", (), {"predict": lambda self, x: labels[
        ((np.asarray(x)[:, None] - inputs) ** 2).sum(axis=2).argmin(axis=1)]})()"""
HOLDS = """type("Holds", (), {"predict": lambda self, x: model.predict(x, verbose=0),
        "__init__": lambda self: setattr(self, "models", [model])})()"""

ROWS = [
    ("recall-answers", "a = 12.0", "Wrong: (a) 12 is the sum of the numbers asked for"),
    ("recall-answers", "a = 2.0", "Wrong: (a) that is one slope"),
    ("recall-answers", "a = [1.0, 4.0, 9.0]", "Wrong: (a) these are the values of y"),
    ("recall-answers", "a = [1.0, 2.0, 3.0]", "Wrong: (a) [1, 2, 3]"),
    ("recall-answers", "a = [2.0, 2.0, 2.0]", "Wrong: (a) that is the slope of the slope"),
    ("recall-answers", "a = np.diag([2, 4, 6])", "Wrong: (a) that is the Jacobian"),
    ("recall-answers", "a = [2.0, 4.0, 3.0]", "Wrong: (a) it is not [2, 4, 3]. The slope of x²"),
    ("recall-answers", "a = lambda x: 2 * x", "Correct: (a)"),
    ("recall-answers", "b = -2.0", "Wrong: (b) that is x itself"),
    ("recall-answers", "b = 1", "Wrong: (b) that is the slope for positive numbers"),
    ("recall-answers", "b = -1", "Wrong: (b) that is the slope of |x|"),
    ("recall-answers", "b = 0.5", "Wrong: (b) it is not 0.5. relu gives 0 at −2, and 0 at −1.9"),
    ("recall-answers", "b = tf.zeros(())", "Correct: (b)"),
    ("recall-answers", "c = (10, 1)", "Wrong: (c) that is the shape of the predictions"),
    ("recall-answers", "c = 10", "Wrong: (c) that is the shape of the targets"),
    ("recall-answers", "c = (1, 10)", "Wrong: (c) that is one row"),
    ("recall-answers", "c = 100", "Wrong: (c) that is how many numbers there are"),
    ("recall-answers", "c = (10, 10, 1)", "Wrong: (c) the result has two axes, not three"),
    ("recall-answers", "c = (20, 1)", "Wrong: (c) it is not [20, 1]. Each of ten predictions"),
    ("recall-answers", "c = np.ones((10, 10))", "put .shape behind it"),
    ("recall-answers", "c = (tf.zeros((10, 1)) - tf.zeros(10)).shape", "Correct: (c) [10, 10]"),
    ("count", "784 * 128 + 128 * 10", "leaves out the biases"),
    ("count", "128 + 10", "138 counts units"),
    ("count", "784 * 128 + 128", "leaves out the kernel and biases of layer 2"),
    ("count", "784 * 128 + 128 + 1280", "leaves out the biases of layer 2, 10 numbers"),
    ("count", "784 * 128 * 10", "multiplies all the widths"),
    ("count", "785 * 128 + 785 * 10", "gives the last layer the inputs of the first"),
    ("count", "101.770", "has a point where Python expects an underscore"),
    ("count", "'101770'", "Leave out the quotes"),
    ("count", "'101,770'", "Leave out the quotes, and the comma"),
    ("count", "100_000", "it is not 100,000. Go layer by layer"),
    ("count", "785 * 128 + 129 * 10", "Correct: 101,770"),
    ("collapse", collapse(W, "second.bias"), ": first.bias @ second.kernel is missing"),
    ("collapse", collapse(W, "first.bias @ second.kernel"), ": second.bias is missing"),
    (
        "collapse",
        collapse(W, "first.bias @ second.kernel + 1"),
        "the second bias is taken for ones",
    ),
    ("collapse", collapse(W, "first.bias"), "in b, that is the first bias alone"),
    ("collapse", collapse(W, "tf.reduce_sum(second.kernel, 0) + second.bias"), "taken for ones"),
    ("collapse", collapse(W, f"tf.reduce_sum({W}, 0) + {B}"), "in b, the first kernel is in it"),
    ("collapse", collapse(W, "tf.nn.relu(first.bias) @ second.kernel"), "TensorFlow's @"),
    ("collapse", collapse(W, "2.0 * second.bias"), "What comes out of the first layer for x = 0"),
    (
        "collapse",
        collapse(W, "tf.nn.relu(first.bias[None]) @ second.kernel + second.bias"),
        "a relu",
    ),
    ("collapse", collapse(W, "0.0"), "in b, 0 comes out at every point"),
    ("collapse", collapse(f"tf.transpose({W})", B), "is transposed"),
    ("collapse", collapse("second.kernel @ first.kernel", B), "cannot be multiplied"),
    ("collapse", collapse("first.kernel", B), "the product with second.kernel is missing"),
    ("collapse", collapse("tf.nn.relu(first.kernel) @ second.kernel", B), "in W, there is a relu"),
    ("collapse", collapse("(first.kernel + first.bias) @ second.kernel", B), "the first bias is"),
    ("collapse", collapse("second(first(tf.eye(2)))", B), "in W, b is in it"),
    ("collapse", collapse("first.kernel[:, :3]", B), "what is x multiplied by?"),
    ("collapse", collapse(W, B, "W"), "a pair was expected"),
    ("collapse", collapse(W, B, "b, W"), "have changed places"),
    ("collapse", collapse(W, B, "first"), "a layer or model is returned"),
    ("collapse", collapse(W, "second(first(tf.zeros((1, 2))))"), "Correct: x @ W + b does what"),
    ("repair", '"zeros"', "starts with zeros"),
    ("repair", '"ones"', "the same weights for each"),
    ("repair", '"random_normal"', "hardly moves it"),
    ("repair", normal("stddev=0.1"), "has a gradient of norm"),
    ("repair", normal("0.35"), "RandomNormal takes the mean first"),
    ("repair", normal("stddev=100"), "the weights are too large, with a spread of"),
    ("repair", '"random"', "random is no initializer"),
    ("repair", "0.35", "0.35 is no initializer"),
    ("repair", "np.ones((8, 8))", "it fits one shape"),
    ("repair", {"initializer = ...": "initializer = 'he_normal'", '"tanh"': '"relu"'}, "of tanh"),
    (
        "repair",
        {'make_deep("tanh", kernel_initializer=initializer)': "initializer", "...": "1"},
        "and not the network that",
    ),
    ("repair", '"glorot_uniform"', "Correct: the gradient reaches all 11 layers"),
    ("repair", "lambda shape, dtype=None: tf.random.normal(shape, stddev=0.35)", "Correct"),
    ("repair", "keras.initializers.RandomUniform(-0.6, 0.6)", "Correct"),
    ("small", small("make_mlp()", 200), "with 33 parameters; at most 20 were asked for"),
    ("small", small(FOUR, 13), "and 1,980 were asked for. It has made 13 updates"),
    ("small", small(FOUR, 100, on="inputs, 1 - labels"), "the two classes are exchanged"),
    ("small", small(FOUR, 1, on="*data.two_moons(seed=1)"), "never uses inputs"),
    ("small", small(FOUR, result="make_mlp"), "a function that was not called"),
    ("small", small(FOUR, result="0.99"), "a number is returned, 0.99"),
    ("small", small(layers("linear", "sigmoid"), 60), "Its border is a straight line"),
    ("small", small(layers("tanh", "relu"), 40), "its outputs go from 0 to"),
    ("small", small(layers("tanh", "softmax"), 1), "every output is 1"),
    ("small", {"...  # a trained model": FOUR}, "never been trained, its biases are all still 0"),
    ("small", small(FOUR, result=NEAREST), "Return a Keras model"),
    ("small", small(FOUR, 200, result=HOLDS), "Correct: 99."),
    ("small", small(FOUR, 200), "Correct: 99."),
]
