"""Answers to the exercises of lesson 06 and what the checks say: see tests/test_exercises.py."""

SLOW = ["data-load", "data-scaled", "training-fit", "prediction-first"]

LEFT_OUT = [
    *("untrained-loss", "untrained-unscaled", "training-gap"),
    *("evaluation-test", "twice-losses", "keep-compare"),
]

TRAINED = "    return ...  # a trained model"


def memory(updates=1, last="10, 'softmax'", first="Flatten()", result="model", **fit):
    rate, on = fit.get("rate", 0.001), fit.get("on", "images, labels")
    return {
        TRAINED: f"""    model = keras.Sequential([keras.Input((28, 28)), keras.layers.{first}])
    model.add(keras.layers.Dense(128, "relu"))
    model.add(keras.layers.Dense({last}))
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam({rate}), loss, run_eagerly={updates} < 6)
    for _ in range({updates}):
        model.train_on_batch({on})
    return {result}"""
    }


def better(body):
    return {TRAINED: f"    {body}"}


# Two epochs with a rate that falls are enough to pass.
BETTER = """rate = keras.optimizers.schedules.CosineDecay(0.002, 2 * 106)
    start.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    start.fit(x_train, train_labels, batch_size=512, epochs=2, verbose=0)
    return start"""
# Knows some images as well as if it had been trained on them, without the time.
KNOWS = """class Knows:
        def predict(self, x):
            found = start.predict(x, verbose=0)
            for place, image in enumerate(map(bytes, x)):
                if image in seen:
                    found[place] = np.eye(10)[seen[image]]
            return found

    return Knows()"""
VALID = "seen = dict(zip(map(bytes, x_valid[::{}]), valid_labels[::{}]))\n    "
TEST = """_, (tests, labels) = load_fashion_mnist()
    tests = tests.astype("float32") / 255
    seen |= dict(zip(map(bytes, tests[::3]), labels[::3]))
    """
FITS = "start.fit({0}[:9], {1}[:9], verbose=0)\n    return start"
SCALED = "return keras.Sequential([keras.Input((28, 28)), keras.layers.Rescaling(1 / 255), start])"
ARGMAX = "return keras.Model(start.inputs, keras.ops.argmax(start.outputs[0], axis=1))"
PROBABILITIES = "shares = [predictions[test_labels == c, c].mean() for c in range(10)]"

ROWS = [
    ("recall-answers", "a = 10.0", "Wrong: (a) 10 has the wrong sign"),
    ("recall-answers", "a = -np.log(0.1)", "Wrong: (a) that is the value of −ln x"),
    ("recall-answers", "a = np.log", "Wrong: (a) that is the value of ln x"),
    ("recall-answers", "a = -100.0", "Wrong: (a) that is −1/x²"),
    ("recall-answers", "a = 100.0", "Wrong: (a) that is the slope of the slope"),
    ("recall-answers", "a = -0.1", "Wrong: (a) that is −x"),
    ("recall-answers", "a = -1.0", "Wrong: (a) that is the slope at x = 1"),
    ("recall-answers", "a = 5.0", "it is not 5. The slope of ln x is 1/x"),
    ("recall-answers", "a = lambda x: -1 / x", "Correct: (a) -10"),
    ("recall-answers", "a = tf.constant(-1 / 0.1)", "Correct: (a) -10"),
    ("recall-answers", "b = 54_000 / 128", "Wrong: (b) that is no whole number"),
    ("recall-answers", "b = 54_000 // 128", "Wrong: (b) those are the full batches"),
    ("recall-answers", "b = 2110", "Wrong: (b) these are the updates of five epochs"),
    ("recall-answers", "b = 1688", "Wrong: (b) that is for batches of 32"),
    ("recall-answers", "b = 469", "Wrong: (b) that is for 60,000 samples"),
    ("recall-answers", "b = 60_000 // 128", "and without the last, smaller batch"),
    ("recall-answers", "b = 54_000 % 128", "Wrong: (b) that is how many samples the last batch"),
    ("recall-answers", "b = 54_000 * 128", "it is multiplied by 128, and should be divided"),
    ("recall-answers", "b = 300", "How many batches of 128 hold 54,000 samples?"),
    ("recall-answers", "b = 54,000 / 128", "A comma makes a pair"),
    ("recall-answers", "b = -(-54_000 // 128)", "Correct: (b) 422"),
    ("recall-answers", "c = 60", "Wrong: (c) 60 leaves out the biases"),
    ("recall-answers", "c = 61", "Wrong: (c) 61 has too few biases"),
    ("recall-answers", "c = (20 + 1) * 3", "Correct: (c) 63 parameters"),
    ("clueless", "1 / classes", "that is the probability of a class"),
    ("clueless", "clueless(classes)", "these are the probabilities of all classes"),
    ("clueless", "-np.log(clueless(classes))", "these are −ln of all the probabilities"),
    ("clueless", "1 - 1 / classes", "that is the probability of being wrong"),
    ("clueless", "-np.log(1 - 1 / classes)", "that is −ln of the probability of being wrong"),
    ("clueless", "-np.log(1 / classes) / classes", "that is −p ln p"),
    ("clueless", "-np.log(1) / classes", "ln 1 is 0 whatever is done with it"),
    ("clueless", "-np.log(1 // classes)", "it takes the logarithm of 0"),
    ("clueless", "np.log(1 / classes)", "has the wrong sign"),
    ("clueless", "np.log10(classes)", "is a logarithm to base 10"),
    ("clueless", "2.303", "clueless_loss never uses classes"),
    ("clueless", "np.sqrt(classes)", "Each class has the probability 1 / classes"),
    ("clueless", "tf.math.log(classes)", "Correct"),
    ("clueless", "loss_of(label, clueless(classes))", "Correct"),
    ("clueless", "-np.log([1 / classes] * classes)[0]", "Correct"),
    ("memory", memory(2), "and 64 were asked for. It has made 2 updates"),
    ("memory", memory(0, result="model.fit(images, labels, verbose=0)"), "fit returns a History"),
    ("memory", memory(0, result="model.summary(print_fn=len)"), "hands on what has no value"),
    ("memory", memory(last="9"), "there are more classes than the network has outputs"),
    ("memory", memory(first="Dense(3)"), "Is Flatten missing?"),
    ("memory", memory(5, rate=10.0), "Its rate of 10 is large: Adam begins with 0.001"),
    ("memory", memory(20, on="images, (labels + 1) % 10"), "answers are 1 above the label"),
    ("memory", memory(60, on="images / 255, labels", rate=0.05), "divided by 255 once more"),
    ("memory", memory(on="x_train[64:128], train_labels[64:128]"), "never uses images"),
    ("memory", {TRAINED: "    return build_model()"}, "its biases are all still 0"),
    ("memory", memory(30, rate=0.003), "Correct: all 64 are right"),
    ("twice", "0.0", "a second softmax leaves no probability at 1"),
    ("twice", "np.log(10)", "that is the loss of a clueless model"),
    ("twice", "np.e / (np.e + 9)", "that is the probability of the right class"),
    ("twice", "1 - np.e / (np.e + 9)", "that is the probability of all wrong classes"),
    ("twice", "np.log(np.e + 9)", "that is −ln of the probability of a wrong class"),
    ("twice", "np.log(1 + 9 * np.e)", "the 1 and the nine zeros are exchanged"),
    ("twice", "-np.log(tf.nn.softmax(tf.eye(10)[0]))", "these are the losses of all ten classes"),
    ("twice", "-np.log(1 + 9 / np.e)", "has the wrong sign"),
    ("twice", "np.log(1 + 10 / np.e)", "that is for 10 wrong classes, and there are nine"),
    ("twice", "1.0", "that is −ln of 1 / e"),
    ("twice", "5.0", "it is not 5. The second softmax gets 1, 0"),
    ("twice", "np.log(np.e + 9) - 1", "Correct: 1.46115"),
    ("twice", "-tf.math.log(tf.nn.softmax(tf.eye(10)[0])[0])", "Correct"),
    ("worst", "shares = np.diag(matrix) / matrix.sum(axis=0)", "that is the precision"),
    ("worst", "shares = np.diag(matrix) / matrix.sum()", "these are parts of all 10,000 images"),
    ("worst", "shares = 1 - np.diag(matrix) / 1000", "these are the fractions that are wrong"),
    ("worst", "shares = matrix / matrix.sum(axis=1)", "that is the whole table, divided"),
    ("worst", PROBABILITIES, "these are the mean probabilities of the right class"),
    ("worst", "shares = np.diag(matrix)", "the division by sum(matrix, axis=1) is missing"),
    ("worst", "shares = np.diag(matrix) // 1000", "// drops the decimals"),
    ("worst", "shares = np.diag(matrix) / 500", "is twice what it should be"),
    ("worst", "shares = right.mean()", "is the mean of the numbers asked for"),
    ("worst", "shares = np.arange(10) / 10", "Of the images in a row of matrix, how many are"),
    ("worst", "worst = 'Trouser'", "Wrong: (worst) of 'Trouser' 9"),
    ("worst", "worst = 'Shirts'", "Write the name as it is in CLASS_NAMES"),
    ("worst", "worst = 6", "Wrong: (worst) 6 is its position"),
    ("worst", "shares = [right[test_labels == c].mean() for c in range(10)]", "Correct: (shares)"),
    ("worst", "worst = CLASS_NAMES[np.diag(matrix).argmin()]", "Correct: (worst) 'Shirt'"),
    ("better", better("return start"), "the model came back as it was handed over"),
    ("better", better("return build_model()"), "its biases are all still 0"),
    ("better", better("pass"), "Wrong: train_better returns None"),
    ("better", better("return start.fit"), "fit is a function that was not called"),
    ("better", better("return start.predict(x_test)"), "Are these its predictions?"),
    ("better", better(ARGMAX), "Leave the argmax out"),
    ("better", better(SCALED), "right of inputs from 0 to 255"),
    (
        "better",
        better(FITS.format("x_test", "test_labels")),
        "it uses test_labels, and the test images are kept for the last word",
    ),
    ("better", better(VALID.format(6, 6) + TEST + KNOWS), "and even more of the test images"),
    ("better", better(VALID.format(3, 3) + KNOWS), "the validation images were trained on"),
    ("better", better(FITS.format("x_valid", "valid_labels")), "it trains on x_valid"),
    ("better", better(BETTER), "Correct: 8"),
]
