"""Answers to the exercises of lesson 05 and what the checks say: see tests/test_exercises.py."""

# No initializer is Keras's own, which is a right one.
NO_JUNK = [("repair", "None")]


def collapse(W, b):
    return {"W = ...": f"W = {W}", "b = ...": f"b = {b}"}


def small(model, epochs, loss="binary_crossentropy", on="inputs, labels"):
    return {
        "    return ...  # a trained model": f"""    model = {model}
    model.compile(keras.optimizers.Adam(learning_rate=0.1), loss="{loss}")
    model.fit({on}, epochs={epochs}, verbose=0)
    return model"""
    }


def layers(*activations):
    dense = [f"keras.layers.Dense({n}, {a!r})" for n, a in zip((4, 1), activations, strict=True)]
    return f"keras.Sequential([keras.Input((2,)), {', '.join(dense)}])"


def spread(number):
    return {"initializer = ...": f"initializer = keras.initializers.RandomNormal(stddev={number})"}


SMALL = "    return ...  # a trained model"
W = "first.kernel @ second.kernel"

ROWS = [
    ("recall-answers", {"a = ...": "a = 12.0"}, "Wrong: (a) that is the sum of the three slopes"),
    ("recall-answers", {"a = ...": "a = [1.0, 4.0, 9.0]"}, "Wrong: (a) these are the values of y"),
    ("recall-answers", {"a = ...": "a = np.diag([2, 4, 6])"}, "Wrong: (a) that is the Jacobian"),
    ("recall-answers", {"a = ...": "a = [2.0, 4.0, 3.0]"}, "Wrong: (a) it is not [2, 4, 3]"),
    ("recall-answers", {"a = ...": "a = 2 * tf.constant([1.0, 2.0, 3.0])"}, "Correct: (a)"),
    ("recall-answers", {"a = ...": "a = lambda x: 2 * x"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = -2.0"}, "Wrong: (b) that is x itself"),
    ("recall-answers", {"b = ...": "b = 1"}, "Wrong: (b) that is the slope for positive numbers"),
    ("recall-answers", {"b = ...": "b = None"}, "Wrong: (b) None came"),
    ("recall-answers", {"b = ...": "b = 0.5"}, "Wrong: (b) it is not 0.5"),
    ("recall-answers", {"b = ...": "b = tf.zeros(())"}, "Correct: (b)"),
    (
        "recall-answers",
        {"c = ...": "c = (10, 1)"},
        "Wrong: (c) that is the shape of the predictions",
    ),
    ("recall-answers", {"c = ...": "c = (10,)"}, "Wrong: (c) that is the shape of the targets"),
    ("recall-answers", {"c = ...": "c = np.ones((10, 10))"}, "put .shape behind"),
    (
        "recall-answers",
        {"c = ...": "c = (tf.zeros((10, 1)) - tf.zeros(10)).shape"},
        "Correct: (c) [10, 10]",
    ),
    ("count", {"parameters = ...": "parameters = 784 * 128 + 128 * 10"}, "leaves out the biases"),
    ("count", {"parameters = ...": "parameters = 128 + 10"}, "138 counts units"),
    (
        "count",
        {"parameters = ...": "parameters = 784 * 128 + 128"},
        "leaves out the kernel and bias",
    ),
    (
        "count",
        {"parameters = ...": "parameters = 784 * 128 + 128 + 1280"},
        "leaves out the biases of layer 2, 10 numbers",
    ),
    ("count", {"parameters = ...": "parameters = 784 * 128 * 10"}, "multiplies all the widths"),
    (
        "count",
        {"parameters = ...": "parameters = 785 * 128 + 785 * 10"},
        "gives the last layer the",
    ),
    (
        "count",
        {"parameters = ...": "parameters = 101.770"},
        "a point where Python expects an under",
    ),
    ("count", {"parameters = ...": "parameters = '101770'"}, "Leave out the quotes"),
    (
        "count",
        {"parameters = ...": "parameters = '101,770'"},
        "without quotes and without the comma",
    ),
    ("count", {"parameters = ...": "parameters = 100_000"}, "it is not 100,000. Go layer by layer"),
    ("count", {"parameters = ...": "parameters = 785 * 128 + 129 * 10"}, "Correct: 101,770"),
    ("collapse", collapse(W, "second.bias"), "Wrong: b leaves out the first bias"),
    ("collapse", collapse(W, "first.bias"), "Wrong: b is the bias of the first layer alone"),
    ("collapse", collapse(W, "first.bias @ second.kernel"), "Wrong: b leaves out the second bias"),
    ("collapse", collapse(W, "first.bias @ second.kernel + 1"), "takes the second bias for ones"),
    ("collapse", collapse(W, "tf.reduce_sum(second.kernel, 0) + second.bias"), "for ones"),
    ("collapse", collapse(W, "2 * second.bias"), "Wrong: W is right, b is not"),
    ("collapse", collapse(W, "0.0"), "Wrong: b has the shape ()"),
    ("collapse", collapse("second.kernel @ first.kernel", "second.bias"), "collapse raised"),
    ("collapse", collapse(f"tf.transpose({W})", "second.bias"), "Wrong: W is transposed"),
    (
        "collapse",
        collapse("first.kernel[:, :3]", "first.bias @ second.kernel + second.bias"),
        "Wrong: W is not right: with these two layers, the input (1, 0)",
    ),
    (
        "collapse",
        {"W = ...": f"W = {W}", "b = ...": "b = 0", "return W, b": "return W"},
        "a pair was expected",
    ),
    ("collapse", {"    return W, b": "    return first"}, "a layer came back"),
    (
        "collapse",
        {
            "W = ...": f"W = {W}",
            "b = ...": "b = second.bias + tf.linalg.matvec(second.kernel, first.bias, True)",
            "return W, b": "return b, W",
        },
        "have changed places",
    ),
    (
        "collapse",
        {
            "    W = ...": f"    first.kernel.assign(0 * first.kernel); W = {W}",
            "b = ...": "b = W[0]",
        },
        "collapse changes the layers",
    ),
    (
        "collapse",
        collapse(f"tf.matmul({W.replace(' @', ',')})", "second(first(tf.zeros((1, 2))))"),
        "Correct: x @ W + b does what the two layers do",
    ),
    ("repair", {"initializer = ...": 'initializer = "zeros"'}, "starts with zeros"),
    ("repair", {"initializer = ...": 'initializer = "ones"'}, "the same weights for each"),
    ("repair", {"initializer = ...": 'initializer = "random_normal"'}, "it hardly moves"),
    ("repair", spread(0.1), "has a gradient of norm"),
    ("repair", spread(100), "the weights are too large, with a spread of"),
    ("repair", spread(1.5), "too large, with a spread of"),
    ("repair", {"initializer = ...": 'initializer = "random"'}, "random is no initializer"),
    ("repair", {"initializer = ...": "initializer = 0.35"}, "0.35 is no initializer"),
    ("repair", {"initializer = ...": "initializer = np.ones((8, 8))"}, "an array came"),
    (
        "repair",
        {"initializer = ...": 'initializer = "he_normal"', '"tanh"': '"relu"'},
        "have the activation relu",
    ),
    (
        "repair",
        {"initializer = ...": 'initializer = "glorot_uniform"'},
        "Correct: the gradient reaches all 11 layers",
    ),
    ("repair", {"initializer = ...": 'initializer = "he_normal"'}, "Correct"),
    (
        "repair",
        {"initializer = ...": "initializer = keras.initializers.RandomUniform(-0.6, 0.6)"},
        "Correct",
    ),
    ("small", small("make_mlp()", 25), "with 33 parameters; at most 20 were asked for"),
    (
        "small",
        {SMALL: "    return make_mlp(units=4)"},
        "never been trained, its biases are all still 0",
    ),
    ("small", {SMALL: "    make_mlp(units=4)"}, "returns None: it has no return"),
    ("small", {SMALL: "    return make_mlp"}, "make_mlp is a function that was not called"),
    ("small", {SMALL: "    return 0.99"}, "0.99 came, a number"),
    ("small", {SMALL: "    return [1.0]"}, "a list came"),
    ("small", {SMALL: "    return make_mlp(units=4), 0.99"}, "2 things came, in a tuple"),
    ("small", {SMALL: "    return keras.Sequential"}, "Sequential is a class"),
    ("small", small("make_mlp(units=4)", 1), "and 1,980 were asked for. It has made 13 updates"),
    (
        "small",
        small("make_mlp(units=4)", 5, on="inputs, 1 - labels"),
        "the two classes are exchanged",
    ),
    ("small", small("make_mlp(units=4)", 1, on="*data.two_moons(seed=1)"), "never uses inputs"),
    ("small", small(layers("linear", "sigmoid"), 5), "Its border is a straight line"),
    ("small", small(layers("tanh", "relu"), 3), "its outputs go from 0 to"),
    ("small", small(layers("tanh", "softmax"), 1), "every output is 1"),
    ("small", small("make_mlp(units=4)", 80), "Correct: 99."),
    (
        "small",
        {
            SMALL: """    class Committee:
        def __init__(self, *members):
            self.members = members

        def predict(self, x):
            return np.mean([member.predict(x, verbose=0) for member in self.members], axis=0)

    model = make_mlp(units=4)
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy")
    model.fit(inputs, labels, epochs=60, verbose=0)
    return Committee(model)"""
        },
        "Correct: 99.",
    ),
]
