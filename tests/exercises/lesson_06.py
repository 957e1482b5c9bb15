"""Answers to the exercises of lesson 06 and what the checks say: see tests/test_exercises.py."""

RETURN = "    return ..."
TRAINED = "    return ...  # a trained model"


def memory(
    epochs=60,
    last="Dense(10, activation='softmax')",
    result="    return model",
    fit="images, labels",
    rate=0.001,
    first="Flatten()",
):
    return {
        TRAINED: f"""
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.{first}])
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.{last})
    model.compile(keras.optimizers.Adam({rate}), "sparse_categorical_crossentropy")
    model.fit({fit}, batch_size=64, epochs={epochs}, verbose=0)
{result}"""
    }


def better(body):
    return {TRAINED: body}


# Two epochs with a rate that falls are enough to pass.
BETTER = """
    rate = keras.optimizers.schedules.CosineDecay(0.002, 2 * 106)
    start.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    start.fit(x_train, train_labels, batch_size=512, epochs=2, verbose=0)
    return start"""
# Knows some images as well as if it had been trained on them, without the time.
KNOWS = """
    class Knows:
        def __init__(self, images, labels):
            self.labels = dict(zip(map(bytes, images[::5]), labels[::5]))

        def predict(self, x):
            found = start.predict(x, verbose=0)
            for place, image in enumerate(x):
                if bytes(image) in self.labels:
                    found[place] = np.eye(10)[self.labels[bytes(image)]]
            return found

    return Knows({})"""

ROWS = [
    ("recall-answers", {"a = ...": "a = 10.0"}, "Wrong: (a) 10 has the wrong sign"),
    ("recall-answers", {"a = ...": "a = -np.log(0.1)"}, "Wrong: (a) that is the value of −ln x"),
    ("recall-answers", {"a = ...": "a = np.log"}, "log is a function, and a number was expected"),
    ("recall-answers", {"a = ...": "a = tf.constant(-1 / 0.1)"}, "Correct: (a) -10"),
    ("recall-answers", {"b = ...": "b = 54_000 / 128"}, "Wrong: (b) 421.875 updates cannot be"),
    ("recall-answers", {"b = ...": "b = 54_000 // 128"}, "Wrong: (b) the last, smaller batch is"),
    ("recall-answers", {"b = ...": "b = 60_000 / 128"}, "Wrong: (b) that is for 60,000 samples"),
    ("recall-answers", {"b = ...": "b = 54,000 / 128"}, "A comma makes a pair"),
    ("recall-answers", {"b = ...": "b = -(-54_000 // 128)"}, "Correct: (b) 422"),
    ("recall-answers", {"c = ...": "c = 60"}, "Wrong: (c) 60 leaves out the biases"),
    ("recall-answers", {"c = ...": "c = 3"}, "Wrong: (c) 3 counts units"),
    ("recall-answers", {"c = ...": "c = 61"}, "Wrong: (c) 61 has too few biases"),
    ("recall-answers", {"c = ...": "c = (20 + 1) * 3"}, "Correct: (c) 63 parameters"),
    ("clueless", {RETURN: "    return 1 / classes"}, "that is the probability of a class"),
    ("clueless", {RETURN: "    return np.log(1 / classes)"}, "has the wrong sign"),
    ("clueless", {RETURN: "    return np.log10(classes)"}, "that is the logarithm to base 10"),
    ("clueless", {RETURN: "    return 2.303"}, "2.303 comes out at every point that was tried"),
    ("clueless", {RETURN: "    return -np.log(1) / classes"}, "ln 1 is 0 whatever is done with it"),
    ("clueless", {RETURN: "    return -np.log(1 // classes)"}, "it takes the logarithm of 0"),
    ("clueless", {RETURN: "    return -np.log(clueless(classes))"}, "these are −ln of all"),
    (
        "clueless",
        {RETURN: "    return np.sqrt(classes)"},
        "at 2 it gives 1.41421, and 0.693147 was",
    ),
    ("clueless", {RETURN: "    return tf.math.log(classes)"}, "Correct"),
    ("clueless", {RETURN: "    return -tf.math.log(1 / classes)"}, "Correct"),
    ("clueless", {RETURN: "    return -np.log([1 / classes] * classes)[0]"}, "Correct"),
    ("memory", memory(epochs=2), "and 64 were asked for. It has made 2 updates"),
    (
        "memory",
        memory(epochs=1, result="    pass"),
        "Wrong: train_by_heart returns None: it has no return",
    ),
    (
        "memory",
        memory(epochs=1, result="    return model.fit(images, labels, verbose=0)"),
        "fit returns a History",
    ),
    (
        "memory",
        memory(epochs=1, result="    return model.summary(print_fn=len)"),
        "hands on what has no value",
    ),
    ("memory", memory(epochs=1, last="Dense(10)"), "Wrong: "),
    (
        "memory",
        memory(epochs=1, last="Dense(9)"),
        "there are more classes than the network has outputs",
    ),
    ("memory", memory(epochs=1, first="Dense(3)"), "Is Flatten missing?"),
    ("memory", memory(epochs=5, rate=10.0), "Its rate of 10 is large: Adam begins with 0.001"),
    ("memory", memory(epochs=20, fit="images, (labels + 1) % 10"), "answers are 1 above the label"),
    (
        "memory",
        memory(epochs=60, fit="images / 255, labels", rate=0.05),
        "inputs divided by 255 once more",
    ),
    (
        "memory",
        memory(epochs=25, rate=0.003, fit="images, labels[::-1]"),
        "do the labels that it was",
    ),
    ("memory", memory(epochs=1, fit="x_train[64:128], train_labels[64:128]"), "never uses images"),
    (
        "memory",
        {TRAINED: "    return build_model()"},
        "never been trained, its biases are all still 0",
    ),
    ("memory", memory(epochs=30, rate=0.003), "Correct: all 64 are right"),
    ("twice", {"floor = ...": "floor = 0.0"}, "a second softmax leaves no probability at 1"),
    ("twice", {"floor = ...": "floor = np.log(10)"}, "that is the loss of a clueless model"),
    ("twice", {"floor = ...": "floor = -np.log(1 + 9 / np.e)"}, "has the wrong sign"),
    ("twice", {"floor = ...": "floor = np.log(1 + 10 / np.e)"}, "that is for ten wrong classes"),
    ("twice", {"floor = ...": "floor = np.log(np.e + 9)"}, "the probability of a wrong class"),
    ("twice", {"floor = ...": "floor = 5.0"}, "it is not 5. The second softmax gets 1, 0"),
    ("twice", {"floor = ...": "floor = -tf.math.log(tf.nn.softmax(tf.eye(10)[0])[0])"}, "Correct"),
    ("twice", {"floor = ...": "floor = np.log(np.e + 9) - 1"}, "Correct: 1.46115"),
    (
        "worst",
        {"shares = ...": "shares = np.diag(matrix) / matrix.sum(axis=0)"},
        "Wrong: (shares) that is the precision, the share of what was called so",
    ),
    (
        "worst",
        {"shares = ...": "shares = np.diag(matrix) / matrix.sum()"},
        "Wrong: (shares) these are parts of all 10,000 images",
    ),
    (
        "worst",
        {"shares = ...": "shares = right.mean()"},
        "Wrong: (shares) that is the share of all",
    ),
    ("worst", {"shares = ...": "shares = np.diag(matrix) / 500"}, "is twice what it should be"),
    ("worst", {"shares = ...": "shares = np.diag(matrix) // 1000"}, "// throws away"),
    ("worst", {"shares = ...": "shares = np.arange(10) / 10"}, "of the ten shares, at position 0"),
    ("worst", {"worst = ...": "worst = 'Trouser'"}, "Wrong: (worst) of 'Trouser' 9"),
    ("worst", {"worst = ...": "worst = 'Shirts'"}, "none of the ten names. Do you mean 'Shirt'?"),
    ("worst", {"worst = ...": "worst = 6"}, "Wrong: (worst) 6 is its position"),
    (
        "worst",
        {"shares = ...": "shares = [np.mean(right[test_labels == c]) for c in range(10)]"},
        "Correct: (shares)",
    ),
    (
        "worst",
        {"worst = ...": "worst = CLASS_NAMES[np.diag(matrix).argmin()]"},
        "Correct: (worst) 'Shirt'",
    ),
    ("better", better("    return start"), "the model came back as it was handed over"),
    (
        "better",
        better("    return build_model()"),
        "never been trained, its biases are all still 0",
    ),
    ("better", better("    pass"), "Wrong: train_better returns None"),
    ("better", better("    return start.fit"), "fit is a function that was not called"),
    ("better", better("    return start.predict(x_test, verbose=0)"), "Are these its predictions?"),
    (
        "better",
        better("    return keras.Model(start.inputs, keras.ops.argmax(start.outputs[0], axis=1))"),
        "Leave the argmax out",
    ),
    (
        "better",
        better(
            "    return keras.Sequential([keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), start])"
        ),
        "right of inputs from 0 to 255",
    ),
    ("better", better(KNOWS.format("x_test, test_labels")), "was trained on the test images"),
    ("better", better(KNOWS.format("x_valid, valid_labels")), "was trained on the images held out"),
    ("better", better(BETTER), "Correct: 8"),
]
