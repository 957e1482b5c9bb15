"""Answers to the exercises of lesson 06 and what the checks say: see tests/test_exercises.py."""

RETURN = "    return ..."


def memory(epochs=60, last="Dense(10, activation='softmax')", result="    return model"):
    return {
        "    return ...  # a trained model": f"""
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten()])
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.{last})
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, labels, batch_size=64, epochs={epochs}, verbose=0)
{result}"""
    }


def better(body):
    return {"    return ...  # a trained model": body}


ROWS = [
    ("recall-answers", {"a = ...": "a = 10.0"}, "a: Wrong: 10 has the wrong sign"),
    (
        "recall-answers",
        {"a = ...": "a = -np.log(0.1)"},
        "a: Wrong: 2.30259 at 0.1: that is the value",
    ),
    ("recall-answers", {"a = ...": "a = tf.constant(-1 / 0.1)"}, "a: Correct: -10"),
    ("recall-answers", {"b = ...": "b = 54_000 / 128"}, "b: Wrong: 421.875 is too small"),
    ("recall-answers", {"b = ...": "b = 54_000 // 128"}, "b: Wrong: 421 is too small"),
    ("recall-answers", {"b = ...": "b = -(-54_000 // 128)"}, "b: Correct: 422"),
    ("recall-answers", {"c = ...": "c = 60"}, "c: Wrong: 60 leaves out the biases"),
    ("recall-answers", {"c = ...": "c = 3"}, "c: Wrong: 3 counts units"),
    ("recall-answers", {"c = ...": "c = (20 + 1) * 3"}, "c: Correct: 63 parameters"),
    ("clueless", {RETURN: "    return 1 / classes"}, "That is the probability of a class"),
    ("clueless", {RETURN: "    return np.log(1 / classes)"}, "has the wrong sign"),
    ("clueless", {RETURN: "    return np.log10(classes)"}, "That is a logarithm to base 10"),
    ("clueless", {RETURN: "    return 2.303"}, "Wrong: clueless_loss(2): 2.303 is too large"),
    ("clueless", {RETURN: "    return tf.math.log(classes)"}, "Correct"),
    ("clueless", {RETURN: "    return -tf.math.log(1 / classes)"}, "Correct"),
    ("memory", memory(epochs=2), "are right, and at least 100.0% was asked for"),
    (
        "memory",
        memory(epochs=1, result="    pass"),
        "Wrong: the model is None. Does your function return it",
    ),
    ("memory", memory(epochs=1, last="Dense(10)"), "Wrong: "),
    ("memory", {RETURN + "  # a trained model": "    return build_model()"}, "Wrong: "),
    ("memory", memory(), "Correct: 100.0% are right"),
    ("twice", {"floor = ...": "floor = 0.0"}, "a second softmax leaves no probability at 1"),
    ("twice", {"floor = ...": "floor = np.log(10)"}, "That is the loss of a clueless model"),
    ("twice", {"floor = ...": "floor = -np.log(1 + 9 / np.e)"}, "has the wrong sign"),
    ("twice", {"floor = ...": "floor = np.log(1 + 10 / np.e)"}, "1.54304 is too large"),
    ("twice", {"floor = ...": "floor = -tf.math.log(tf.nn.softmax(tf.eye(10)[0])[0])"}, "Correct"),
    ("twice", {"floor = ...": "floor = np.log(np.e + 9) - 1"}, "Correct: 1.46115"),
    (
        "worst",
        {"shares = ...": "shares = np.diag(matrix) / matrix.sum(axis=0)"},
        "shares: Wrong: an array of shape (10,). These are shares of what was called so",
    ),
    (
        "worst",
        {"shares = ...": "shares = np.diag(matrix) / matrix.sum()"},
        "times the answer. Look for a factor lost or gained",
    ),
    ("worst", {"shares = ...": "shares = right.mean()"}, "shares: Wrong: its shape is ()"),
    ("worst", {"worst = ...": "worst = 'Trouser'"}, "worst: Wrong: it is not 'Trouser'"),
    ("worst", {"worst = ...": "worst = 6"}, "worst: Wrong: 6 is not a text"),
    (
        "worst",
        {"shares = ...": "shares = [np.mean(right[test_labels == c]) for c in range(10)]"},
        "shares: Correct",
    ),
    ("worst", {"worst = ...": "worst = CLASS_NAMES[np.diag(matrix).argmin()]"}, "worst: Correct"),
    ("better", better("    return start"), "are right, and at least 88.0% was asked for"),
    ("better", better("    return build_model()"), "Wrong: "),
    ("better", better("    pass"), "Wrong: the model is None. Does your function return it"),
    ("better", better("    return start.fit"), "is not a Keras model"),
    (
        "better",
        better("""
    keras.utils.set_random_seed(3)
    for rate, epochs in ((0.001, 4), (0.0001, 2)):
        start.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
        start.fit(x_train, train_labels, batch_size=256, epochs=epochs, verbose=0)
    return start"""),
        "Correct",
    ),
]
