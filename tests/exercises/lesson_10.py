"""Answers to the exercises of lesson 10 and what the checks say: see tests/test_exercises.py."""

SLOW = ["shift-data", "ninety"]

LEFT_OUT = [
    *("shift-dense", "shift-accuracy", "shift-figure", "scramble-accuracy"),
    *("gradient-learn", "layers-shapes", "train-conv", "train-four", "train-pooled"),
    *("train-worse-accuracy", "train-moved", "train-figure", "train-blank", "train-test"),
    *("train-play", "see-figure", "see-balance", "see-before"),
]

SPREAD = "    return ...  # of shape (n + 2, m + 2)"
NINETY = "    return ...  # a trained model"


def named(cell):
    """Return a function that makes a row of an exercise whose answers are numbers."""
    return lambda answer, message: (cell, {f"{answer.partition(' ')[0]} = ...": answer}, message)


recall, filters, shapes = map(named, ("recall-answers", "filters", "shapes"))


def looped(line, message, start="np.zeros((slopes.shape[0] + 2, slopes.shape[1] + 2))"):
    body = f"""
    out = {start}
    for i in range(slopes.shape[0]):
        for j in range(slopes.shape[1]):
            {line}
    return out"""
    return "spread", {SPREAD: body}, message


def added(what, message):
    return looped(f"out[i : i + 3, j : j + 3] += {what}", message)


def spread(result, message):
    return "spread", {SPREAD: f"    return {result}"}, message


def ninety(message, *lines, result="model", layers="MaxPooling2D(4)", data="images, labels"):
    """Make a row of a small network, in the lines of a function."""
    made = f"keras.layers.{layers}, keras.layers.Flatten(), keras.layers.Dense(10)"
    first = f"model = keras.Sequential([keras.Input((28, 28, 1)), {made}])"
    body = "".join(f"\n    {line}" for line in (first, f"x, y = {data}", *lines))
    return "ninety", {NINETY: f"{body}\n    return {result}"}, message


COMPILE = "model.compile(keras.optimizers.Adam(0.002), loss_of, steps_per_execution=50)"
FIT = "model.fit(x, y, batch_size=128, epochs=1, verbose=0)"
MORE = "np.concatenate([images[:8000], held_out]), np.concatenate([labels[:8000], held_out_labels])"
OTHERS = "images[:12800], train_labels[: len(labels[:12800])]"
LATE = (
    *("import time", "now = time.process_time"),
    *("def late():", "    time.process_time = now"),
    *("    return now() + 1e4", "time.process_time = late"),
)
TRANSPOSED = """
    n, m = slopes.shape
    return tf.nn.conv2d_transpose(
        slopes[None, :, :, None], w[:, :, None, None], (1, n + 2, m + 2, 1), 1, "VALID"
    )"""
TAPED = """
    image = tf.zeros((slopes.shape[0] + 2, slopes.shape[1] + 2))
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(slopes * conv2d(image, w))
    return tape.gradient(total, image)"""

ROWS = [
    recall("a = 7", "Wrong: (a) 7 would be 2 + 5: 2 · 1 is missing. Each of the three uses"),
    recall("a = 2 + 5 - 1", "Wrong: (a) 6 is the value"),
    recall("a = 2 * 5 * -2", "Wrong: (a) the slopes of the uses are added"),
    recall("a = [2, 5, -2]", "Wrong: (a) those are the slopes of the three uses"),
    recall("a = tf.constant(5)", "Correct: (a) 5"),
    recall("b = 4000", "Wrong: (b) 4000 leaves out the biases"),
    recall("b = 401 * 10", "Correct: (b) 4,010 parameters"),
    recall("c = 3", "Wrong: (c) 3 counts the calls"),
    recall("c = 1", "Wrong: (c) 1 would hold"),
    recall("c = 5", "A tensor counts by its dtype and its shape"),
    recall("c = len({(64, 28, 28), (32, 28, 28)})", "Correct: (c) 2"),
    filters("blur = np.ones((3, 3))", "Wrong: (blur) nine weights of 1 sum to 9"),
    filters("blur = 1 / 9", "Wrong: (blur) it is one number"),
    filters("blur = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]", "Wrong: (blur) the weights differ"),
    filters("blur = [[0.11] * 3] * 3", "Wrong: (blur) nine weights of 0.11 sum to 0.99"),
    filters("blur = tf.fill((3, 3, 1, 1), 1 / 9)", "Correct: (blur)"),
    filters("edge = vertical", "Wrong: (edge) it subtracts columns"),
    filters("edge = -vertical.T", "a negative answer is for ink that ends. Exchange its rows"),
    filters("edge = np.zeros((3, 3))", "Wrong: (edge) all weights are 0"),
    filters("edge = spot", "Wrong: (edge) where each of the three rows is (0, 1, 0)"),
    filters("edge = [[-1, 1, -1], [0, 0, 0], [1, -1, 1]]", "in row 3, in column 2 alone, it"),
    filters("edge = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]", "Correct: (edge) 0 where rows"),
    filters("edge = [[0, -1, 0], [0, 1, 0], [0, 0, 0]]", "Correct: (edge)"),
    looped("out[i : i + 3, j : j + 3] = slopes[i, j] * w", "= replaces what is in image"),
    added("slopes[i, j] * w[::-1, ::-1]", "Wrong: the filter is turned round"),
    added("slopes[i, j] * w[::-1]", "Wrong: the filter is upside down"),
    added("slopes[i, j] * w[:, ::-1]", "Wrong: the filter is reversed from left to right"),
    added("slopes[i, j] * w.T", "Wrong: rows and columns of w are exchanged"),
    added("w + 0 * slopes[i, j]", "Wrong: slopes is left out"),
    added("slopes[i, j] + 0 * w", "Wrong: each position sends the same"),
    added("np.pad(slopes[:-1, :-1], (0, 1))[i, j] * w", "Wrong: the last row and the last column"),
    added("slopes[i, j] * w / 9", "a ninth of what it should be"),
    spread("np.pad(slopes * np.sum(w), 1)", "Wrong: each position changes one pixel"),
    spread("np.pad(slopes, 1) + w[0, 0]", "Write down which positions"),
    spread("convolve(slopes, w)", "Wrong: that is a step forward"),
    spread("convolve(np.pad(slopes, 1), w[::-1, ::-1])", "Wrong: the border is cut off"),
    spread("convolve(np.pad(slopes, 2), w[::-1, ::-1])", "Correct"),
    ("spread", {SPREAD: TRANSPOSED}, "Correct"),
    ("spread", {SPREAD: TAPED}, "Correct"),
    shapes("a = (32, 32, 6)", "Wrong: (a) that is with padding"),
    shapes("a = (27, 27, 6)", "Wrong: (a) 32 - 5 is how many steps"),
    shapes("a = (28, 28, 3)", "Wrong: (a) the channels of the output"),
    shapes("a = (28, 28, 18)", "Wrong: (a) each filter adds up"),
    shapes("a = (28, 28)", "Wrong: (a) the channels are missing"),
    shapes("a = (14, 14, 6)", "Wrong: (a) that is after the pooling"),
    shapes("a = (5, 5, 3, 6)", "Wrong: (a) that is the shape of the filters"),
    shapes("a = 28 * 28 * 6", "Wrong: (a) that is how many values it holds"),
    shapes("a = (26, 26, 6)", "Wrong: (a) "),
    shapes("a = (None, 28, 28, 6)", "Correct: (a)"),
    shapes("b = 76", "Wrong: (b) that is one filter with its bias"),
    shapes("b = 450", "Wrong: (b) 450 would be 5² · 3 · 6: 6 is missing"),
    shapes("b = 156", "Wrong: (b) 156 would be 5² · 6 + 6: the factor 3 is missing"),
    shapes("b = 451", "Wrong: (b) it has a single bias"),
    shapes("b = 456 * 28 * 28", "Wrong: (b) each position uses"),
    shapes("c = 280", "Wrong: (c) 280 takes the three colours"),
    shapes("c = 55", "Wrong: (c) that is one filter with its bias"),
    shapes("c = 541", "Wrong: (c) it has a single bias"),
    shapes("c = 1000", "Its input has as many channels"),
    shapes("c = 540 + 10", "Correct: (c) 550"),
    shapes("d = 14 * 14 * 10", "Wrong: (d) that is with padding"),
    shapes("d = 26 * 26 * 10", "Wrong: (d) that leaves out the pooling"),
    shapes("d = 12 * 12 * 6", "Wrong: (d) those are the channels of the first layer"),
    shapes("d = 14 * 14 * 6", "Wrong: (d) that is what the second convolution gets"),
    shapes("d = (12, 12, 10)", "Wrong: (d) that is the shape"),
    shapes("d = 1000", "Pooling halves the 28"),
    shapes("d = 144", "Wrong: (d) that is for one channel"),
    shapes("d = 360", "Wrong: (d) that pools once more"),
    shapes("d = 4", "Wrong: (d) 4 is what the last layer hands on"),
    shapes("d = 1440.0", "Correct: (d) 1440"),
    ninety("Wrong: the model has never been trained"),
    ninety("Wrong: fit returns a History", COMPILE, "x, y = x[:1280], y[:1280]", result=FIT),
    ("ninety", {NINETY: "    model = conv2d"}, "no return"),
    ninety("never uses labels", COMPILE, FIT, data="images[:1280], train_labels[:1280]"),
    ninety("Of the inputs that it was given", COMPILE, FIT, data="images[:12800], labels[:12800]"),
    ninety("its answers are the lesson's labels", COMPILE, FIT, data=OTHERS),
    ninety("its second answer is", COMPILE, FIT, FIT, data=MORE, layers="MaxPooling2D(2)"),
    ninety(
        "the training took as long as", *LATE, COMPILE, FIT, data="images[:1280], labels[:1280]"
    ),
    ninety(
        "Correct",
        "adam = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.005, 2 * 438))",
        "model.compile(adam, loss_of, steps_per_execution=100, jit_compile=False)",
        "model.fit(x, y, batch_size=128, epochs=2, verbose=0)",
        layers="Conv2D(12, 3, activation='relu'), keras.layers.MaxPooling2D(2), keras.layers.Flatten(), keras.layers.Dense(96, 'relu')",
    ),
]
