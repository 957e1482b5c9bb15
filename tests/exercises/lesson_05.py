"""Answers to the exercises of lesson 05 and what the checks say: see tests/test_exercises.py."""

SMALL = """    model = {}
    model.compile(keras.optimizers.Adam(learning_rate=0.1), loss="binary_crossentropy")
    model.fit(inputs, labels, epochs={}, verbose=0)
    return model"""


def collapse(W, b):
    return {"W = ...": f"W = {W}", "b = ...": f"b = {b}"}


def small(model, epochs):
    return {"    return ...": SMALL.format(model, epochs)}


W = "first.kernel @ second.kernel"

ROWS = [
    ("recall-answers", {"a = ...": "a = 12.0"}, "a: Wrong: 12 is"),
    ("recall-answers", {"a = ...": "a = [1.0, 4.0, 9.0]"}, "a: Wrong: [1, 4, 9] at [1, 2, 3]"),
    ("recall-answers", {"a = ...": "a = 2 * tf.constant([1.0, 2.0, 3.0])"}, "a: Correct"),
    ("recall-answers", {"b = ...": "b = -2.0"}, "b: Wrong: -2 at -2 is too small"),
    ("recall-answers", {"b = ...": "b = 1"}, "b: Wrong: 1 at -2 is too large"),
    ("recall-answers", {"b = ...": "b = None"}, "b: Wrong: None."),
    ("recall-answers", {"b = ...": "b = tf.zeros(())"}, "b: Correct"),
    ("recall-answers", {"c = ...": "c = (10, 1)"}, "c: Wrong: [10, 1] differs from the answer"),
    ("recall-answers", {"c = ...": "c = (10,)"}, "c: Wrong: its shape is (1,)"),
    (
        "recall-answers",
        {"c = ...": "c = (tf.zeros((10, 1)) - tf.zeros(10)).shape"},
        "c: Correct: [10, 10]",
    ),
    ("count", {"parameters = ...": "parameters = 784 * 128 + 128 * 10"}, "leaves out the biases"),
    ("count", {"parameters = ...": "parameters = 128 + 10"}, "138 counts units"),
    ("count", {"parameters = ...": "parameters = 784 * 128 + 128"}, "100,480 is too small"),
    ("count", {"parameters = ...": "parameters = 784 * 128 + 128 + 1280"}, "misses one array"),
    ("count", {"parameters = ...": "parameters = '101770'"}, "Leave out the quotes"),
    ("count", {"parameters = ...": "parameters = 785 * 128 + 129 * 10"}, "Correct: 101,770"),
    ("collapse", collapse(W, "second.bias"), "Wrong: W is right, b is not"),
    ("collapse", collapse(W, "first.bias"), "Wrong: b: its shape is (5,)"),
    ("collapse", collapse("second.kernel @ first.kernel", "second.bias"), "collapse raised"),
    (
        "collapse",
        collapse("first.kernel[:, :3]", "first.bias @ second.kernel + second.bias"),
        "Wrong: b is right, W is not",
    ),
    (
        "collapse",
        collapse(f"tf.matmul({W.replace(' @', ',')})", "second(first(tf.zeros((1, 2))))"),
        "Correct: x @ W + b does what the 2 layers do",
    ),
    ("repair", {"initializer = ...": 'initializer = "zeros"'}, "starts with zeros"),
    ("repair", {"initializer = ...": 'initializer = "ones"'}, "the same weights for each"),
    ("repair", {"initializer = ...": 'initializer = "random_normal"'}, "it hardly moves"),
    ("repair", {"initializer = ...": 'initializer = "random"'}, "raised ValueError"),
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
    ("small", small("make_mlp()", 40), "with 33 parameters; at most 20 were asked for"),
    ("small", {"    return ...": "    return make_mlp(units=4)"}, "at least 99.0% was asked for"),
    ("small", {"    return ...": "    make_mlp(units=4)"}, "the model is None"),
    ("small", small("make_mlp(units=4)", 80), "Correct: 99."),
]
