"""Answers to the exercises of lesson 10 and what the checks say: see tests/test_exercises.py."""

LEFT_OUT = [
    *("shift-figure", "scramble-accuracy", "train-xla", "train-conv", "train-four"),
    *(
        "train-pooled",
        "train-worse-accuracy",
        "train-figure",
        "train-blank",
        "train-test",
        "see-figure",
        "see-balance",
    ),
]

SPREAD = "    return ...  # of shape (n + 2, m + 2)"
NINETY = "    return ...  # a trained model"


def looped(line, start="np.zeros((slopes.shape[0] + 2, slopes.shape[1] + 2))", result="out"):
    return {
        SPREAD: f"""
    out = {start}
    for i in range(slopes.shape[0]):
        for j in range(slopes.shape[1]):
            {line}
    return {result}"""
    }


def trained(*lines, result="model"):
    """Train a small network on few images, in the lines of a function."""
    body = "".join(f"\n    {line}" for line in lines)
    return {NINETY: f"{body}\n    return {result}"}


SMALL = (
    "keras.Sequential([keras.Input((28, 28, 1)), keras.layers.MaxPooling2D(4), "
    "keras.layers.Flatten(), keras.layers.Dense(10)])"
)
FIT = "model.fit(images[:2000], labels[:2000], batch_size=500, epochs=1, verbose=0)"

ROWS = [
    ("recall-answers", {"a = ...": "a = 7"}, "Wrong: (a) 7 lacks the third use"),
    ("recall-answers", {"a = ...": "a = 2 + 5 - 1"}, "Wrong: (a) 6 is the value"),
    ("recall-answers", {"a = ...": "a = tf.constant(5)"}, "Correct: (a) 5"),
    ("recall-answers", {"b = ...": "b = 4000"}, "Wrong: (b) 4,000 leaves out the biases"),
    ("recall-answers", {"b = ...": "b = '4010'"}, "Wrong: (b) '4010' is a text"),
    ("recall-answers", {"b = ...": "b = 401 * 10"}, "Correct: (b) 4,010 parameters"),
    ("recall-answers", {"c = ...": "c = 3"}, "Wrong: (c) 3 counts the calls"),
    ("recall-answers", {"c = ...": "c = len({(64, 28, 28), (32, 28, 28)})"}, "Correct: (c) 2"),
    ("filters", {"blur = ...": "blur = np.ones((3, 3))"}, "Wrong: (blur) nine weights of 1 sum"),
    ("filters", {"blur = ...": "blur = 1 / 9"}, "Wrong: (blur) the shape is ()"),
    ("filters", {"blur = ...": "blur = [1 / 9] * 9"}, "Wrong: (blur) the shape is (9,)"),
    (
        "filters",
        {"blur = ...": "blur = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16"},
        "Wrong: (blur) the weights sum to 1, but a plain mean",
    ),
    (
        "filters",
        {"blur = ...": "blur = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]"},
        "Wrong: (blur) the weights differ",
    ),
    ("filters", {"blur = ...": "blur = [[1 / 9] * 3] * 3"}, "Correct: (blur)"),
    ("filters", {"blur = ...": "blur = tf.fill((3, 3, 1, 1), 1 / 9)"}, "Correct: (blur)"),
    ("filters", {"edge = ...": "edge = vertical"}, "Wrong: (edge) it subtracts columns"),
    (
        "filters",
        {"edge = ...": "edge = -vertical.T"},
        "Wrong: (edge) where ink begins in the lowest row it says -3, so it is positive where ink",
    ),
    ("filters", {"edge = ...": "edge = np.zeros((3, 3))"}, "Wrong: (edge) all weights are 0"),
    (
        "filters",
        {"edge = ...": "edge = diagonal"},
        "Wrong: (edge) it answers to more than horizontal edges",
    ),
    (
        "filters",
        {"edge = ...": "edge = spot"},
        "Wrong: (edge) it answers to more than horizontal edges",
    ),
    (
        "filters",
        {"edge = ...": "edge = [[-1, -2, -1], [0, 0, 0], [1, 2, 2]]"},
        "Wrong: (edge) its weights sum to 1",
    ),
    (
        "filters",
        {"edge = ...": "edge = [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]"},
        "Wrong: (edge) it says -3 where ink begins in the lowest row",
    ),
    (
        "filters",
        {"edge = ...": "edge = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]"},
        "Correct: (edge) 0 where rows are alike",
    ),
    ("filters", {"edge = ...": "edge = [[0, -1, 0], [0, 1, 0], [0, 0, 0]]"}, "Correct: (edge)"),
    (
        "spread",
        looped("out[i : i + 3, j : j + 3] = slopes[i, j] * w"),
        "Wrong: where squares overlap",
    ),
    (
        "spread",
        looped("out[i : i + 3, j : j + 3] += slopes[i, j] * w[::-1, ::-1]"),
        "Wrong: the filter is turned round",
    ),
    (
        "spread",
        looped("out[i : i + 3, j : j + 3] += slopes[i, j]"),
        "Wrong: each place sends its slope to all nine pixels alike",
    ),
    (
        "spread",
        looped("out[i : i + 3, j : j + 3] += w"),
        "Wrong: the slopes are left out",
    ),
    (
        "spread",
        looped("out[i : i + 3, j : j + 3] += slopes[i, j] * w.T"),
        "Wrong: the filter is transposed",
    ),
    ("spread", {SPREAD: "    return slopes"}, "Its border has slopes as well"),
    ("spread", looped("out[i : i + 3, j : j + 3] += slopes[i, j] * w", result="None"), "None"),
    ("spread", {SPREAD: "    return convolve(slopes, w)"}, "and the way back was asked for"),
    (
        "spread",
        {SPREAD: "    return convolve(np.pad(slopes, 2), w)"},
        "Wrong: the filter is turned round",
    ),
    ("spread", {SPREAD: "    return convolve(np.pad(slopes, 2), w[::-1, ::-1])"}, "Correct"),
    (
        "spread",
        {
            SPREAD: """
    n, m = slopes.shape
    return tf.nn.conv2d_transpose(
        slopes[None, :, :, None], w[:, :, None, None], (1, n + 2, m + 2, 1), 1, "VALID"
    )[0, :, :, 0]"""
        },
        "Correct",
    ),
    (
        "spread",
        {
            SPREAD: """
    image = tf.zeros((slopes.shape[0] + 2, slopes.shape[1] + 2))
    with tf.GradientTape() as tape:
        tape.watch(image)
        total = tf.reduce_sum(slopes * conv2d(image, w))
    return tape.gradient(total, image)"""
        },
        "Correct",
    ),
    ("shapes", {"a = ...": "a = (32, 32, 6)"}, "Wrong: (a) that is with padding"),
    ("shapes", {"a = ...": "a = (27, 27, 6)"}, "Wrong: (a) 32 - 5 is the number of steps"),
    ("shapes", {"a = ...": "a = (28, 28, 3)"}, "Wrong: (a) the channels of the output"),
    ("shapes", {"a = ...": "a = (28, 28)"}, "Wrong: (a) the channels are missing"),
    ("shapes", {"a = ...": "a = [28, 28, 6]"}, "Correct: (a)"),
    (
        "shapes",
        {
            "a = ...": "a = keras.Sequential([keras.Input((32, 32, 3)), "
            "keras.layers.Conv2D(6, 5)]).output_shape"
        },
        "Correct: (a)",
    ),
    ("shapes", {"b = ...": "b = 156"}, "Wrong: (b) 156 has filters of one channel"),
    ("shapes", {"b = ...": "b = 450"}, "Wrong: (b) 450 leaves out the biases"),
    ("shapes", {"b = ...": "b = (5 * 5 * 3 + 1) * 6"}, "Correct: (b) 456"),
    ("shapes", {"c = ...": "c = 100"}, "Wrong: (c) 100 has filters of one channel"),
    ("shapes", {"c = ...": "c = 280"}, "Wrong: (c) 280 takes the three colours"),
    ("shapes", {"c = ...": "c = 540 + 10"}, "Correct: (c) 550"),
    ("shapes", {"d = ...": "d = 14 * 14 * 10"}, "Wrong: (d) 1,960 is with padding"),
    ("shapes", {"d = ...": "d = 26 * 26 * 10"}, "Wrong: (d) 6,760 leaves out the pooling"),
    ("shapes", {"d = ...": "d = 1440.0"}, "Correct: (d) 1440"),
    ("ninety", trained(f"model = {SMALL}"), "Wrong: the model has never been trained"),
    (
        "ninety",
        trained(f"model = {SMALL}", "model.compile('adam', loss_of)", f"history = {FIT}"),
        "and 3,601 were asked for",
    ),
    (
        "ninety",
        trained(f"model = {SMALL}", "model.compile('adam', loss_of)", result=FIT),
        "Wrong: fit returns a History",
    ),
    ("ninety", {NINETY: "    model = conv2d"}, "no return"),
    (
        "ninety",
        trained(
            "model = dense_network()",
            "model.compile(keras.optimizers.Adam(0.002), loss_of)",
            "train(model)",
        ),
        "never uses",
    ),
    (
        "ninety",
        trained(
            "first = [*filters_and_pool(8), *filters_and_pool(32), keras.layers.Flatten()]",
            "x = inputs = keras.Input((28, 28, 1))",
            "for layer in [*first, keras.layers.Dense(64, 'relu'), keras.layers.Dense(10)]:",
            "    x = layer(x)",
            "model = keras.Model(inputs, x)",
            "rates = keras.optimizers.schedules.PiecewiseConstantDecay([1750], [0.002, 0.0002])",
            "model.compile(keras.optimizers.Adam(rates), loss_of, steps_per_execution=100)",
            "model.fit(images, labels, batch_size=64, epochs=3, verbose=0)",
        ),
        "Correct",
    ),
]
