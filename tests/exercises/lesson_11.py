"""Answers to the exercises of lesson 11 and what the checks say: see tests/test_exercises.py."""

LEFT_OUT = ["penalty-train", "penalty-figure"]

FGSM = "    return ...  # images of the shape of x"


def fgsm(result, before="tape.watch(x)", loss="loss_of(y, model(x))"):
    return {
        FGSM: f"""
    with tf.GradientTape() as tape:
        {before}
        loss = {loss}
    slopes = tape.gradient(loss, x)
    {result}"""
    }


def aimed(result, start="near = x", steps=20):
    return {
        FGSM: f"""
    {start}
    for _ in range({steps}):
        {result}
    return near"""
    }


CLIPPED = "tf.clip_by_value(x + epsilon * tf.sign(slopes), 0.0, 1.0)"

ROWS = [
    ("recall-answers", {"a = ...": "a = (28, 28)"}, "Wrong: (a) each of the 100 images has slopes"),
    ("recall-answers", {"a = ...": "a = ()"}, "Wrong: (a) that is the shape of the loss"),
    ("recall-answers", {"a = ...": "a = '(100, 28, 28)'"}, "Wrong: (a) '(100, 28, 28)' is a text"),
    ("recall-answers", {"a = ...": "a = [100, 28, 28]"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = np.log(0.25)"}, "Wrong: (b) that is the logarithm of the"),
    ("recall-answers", {"b = ...": "b = 0.25"}, "Wrong: (b) that is the probability itself"),
    ("recall-answers", {"b = ...": "b = -tf.math.log(0.25)"}, "Correct: (b) 1.38629"),
    ("recall-answers", {"c = ...": "c = 9"}, "Wrong: (c) that is the squared slope itself"),
    ("recall-answers", {"c = ...": "c = 18.0"}, "Wrong: (c) that multiplies slope and second"),
    ("recall-answers", {"c = ...": "c = 4 * 9 * 1**3"}, "Correct: (c) 36"),
    (
        "integrated",
        {"part_x = ...": "part_x = 300"},
        "Wrong: (part_x) that is the slope at the end",
    ),
    ("integrated", {"part_x = ...": "part_x = 20"}, "Wrong: (part_x) that is the mean slope"),
    ("integrated", {"part_x = ...": "part_x = 50"}, "Wrong: (part_x) that is y's part"),
    ("integrated", {"part_x = ...": "part_x = 99.999999"}, "Correct: (part_x)"),
    ("integrated", {"part_y = ...": "part_y = 100"}, "Wrong: (part_y) that is x's part"),
    ("integrated", {"part_y = ...": "part_y = 37.5"}, "Wrong: (part_y) that is the slope halfway"),
    ("integrated", {"part_y = ...": "part_y = tf.constant(50)"}, "Correct: (part_y) 50"),
    ("integrated", {"in_one = ...": "in_one = 150"}, "Wrong: (in_one) so it is for integrated"),
    ("integrated", {"in_one = ...": "in_one = 60 + 25"}, "Wrong: (in_one) that adds the slopes"),
    ("integrated", {"in_one = ...": "in_one = np.dot([5, 6], [60, 25])"}, "Correct: (in_one) 450"),
    ("fgsm", fgsm(f"return {CLIPPED.replace('+', '-')}"), "Wrong: these images go down the loss"),
    ("fgsm", fgsm("return x + epsilon * tf.sign(slopes)"), "Wrong: some pixels leave 0 … 1"),
    ("fgsm", fgsm("return epsilon * tf.sign(slopes)"), "Wrong: that is the change alone"),
    ("fgsm", fgsm("return tf.sign(slopes)"), "Wrong: those are the signs"),
    (
        "fgsm",
        fgsm("return tf.clip_by_value(x + epsilon * slopes, 0.0, 1.0)"),
        "Wrong: each pixel moves by epsilon times its slope",
    ),
    ("fgsm", fgsm(f"return {CLIPPED}", before="pass"), "watch"),
    ("fgsm", fgsm(f"out = {CLIPPED}"), "return"),
    (
        "fgsm",
        fgsm(f"return {CLIPPED}", loss="model(x)"),
        "Wrong: that climbs the sum of all scores",
    ),
    (
        "fgsm",
        fgsm(f"return {CLIPPED}", loss="tf.gather(model(x), y, axis=1, batch_dims=1)"),
        "Wrong: that climbs the score of the right class",
    ),
    (
        "fgsm",
        fgsm(f"return {CLIPPED}", loss="keras.losses.SparseCategoricalCrossentropy()(y, model(x))"),
        "Wrong: the loss takes the scores for probabilities",
    ),
    ("fgsm", fgsm(f"return {CLIPPED}", loss="loss_of(y, plain(x))"), "Wrong: it asks plain"),
    (
        "fgsm",
        fgsm(f"return {CLIPPED.replace('epsilon', '0.05')}"),
        "Wrong: ε = 0.03 and 0.2 give the same images",
    ),
    (
        "fgsm",
        fgsm(
            f"return {CLIPPED}",
            loss="tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x))",
        ),
        "Correct",
    ),
    (
        "fgsm",
        fgsm(f"return {CLIPPED}.numpy()", before="x = tf.Variable(x)"),
        "Correct",
    ),
    ("fragile", {"image = ...": "image = 17"}, "Wrong: (image) image 17"),
    ("fragile", {"image = ...": "image = 120"}, "Wrong: (image) 120 is no position"),
    ("fragile", {"smallest = ...": "smallest = 0"}, "Wrong: (smallest) at ε = 0 nothing moves"),
    ("fragile", {"smallest = ...": "smallest = 0.09"}, "Wrong: (smallest) an ε below 0.09 fools"),
    (
        "fragile",
        {
            "image = ...": """
truth = np.argmax(plain(x_test[:100]), axis=1) == test_labels[:100]
falls = {}
for e in range(100, 0, -1):
    says = np.argmax(plain(attacked(plain, x_test[:100], y_test[:100], e / 1000)), axis=1)
    falls |= {n: e / 1000 for n in range(100) if truth[n] and says[n] != test_labels[n]}
image = min(falls, key=falls.get)""",
            "smallest = ...": "smallest = falls[image]",
        },
        "Correct: (smallest)",
    ),
    (
        "transfer",
        {"shared = ...": "shared = accuracy(twin, attacked(twin, x_test, y_test, 0.05))"},
        "Wrong: that is twin on images made with its own slopes",
    ),
    (
        "transfer",
        {"shared = ...": "shared = accuracy(plain, attacked(twin, x_test, y_test, 0.05))"},
        "asked the other way round",
    ),
    ("transfer", {"shared = ...": "shared = accuracy(twin, x_test)"}, "Attack them"),
    (
        "transfer",
        {"shared = ...": "shared = accuracy(twin, attacked(plain, x_test, y_test, 0.03))"},
        "that is for ε = 0.03",
    ),
    (
        "transfer",
        {
            "shared = ...": "fooling = attacked(plain, x_test, y_test, 0.05)\n"
            "shared = tf.reduce_mean(tf.cast(tf.argmax(twin(fooling), 1) == test_labels, 'float32'))"
        },
        "Correct",
    ),
    (
        "aimed",
        aimed("near = attacked(model, near, target, epsilon / 10)"),
        "it walks away from the wanted class",
    ),
    (
        "aimed",
        aimed("near = attacked(model, near, target, -epsilon)", steps=1),
        "That is as far as one step gets",
    ),
    (
        "aimed",
        aimed("near = attacked(model, near, target, -epsilon)"),
        "and ε = 0.1 was allowed",
    ),
    (
        "aimed",
        aimed(
            "near = near + epsilon / 10 * tf.sign(score_slopes(model, near, target))\n"
            "        near = tf.clip_by_value(near, tf.maximum(x - epsilon, 0.0), x + epsilon)\n"
            "        near = tf.minimum(near, 1.0)"
        ),
        "Climb its probability",
    ),
    ("aimed", aimed("near = attacked(model, near, tf.fill(100, 6), -epsilon / 20)"), "use target?"),
    ("aimed", {FGSM: "    return tf.fill(x.shape, 0.5)"}, "and ε = 0.1 was allowed"),
    ("aimed", {FGSM: "    return x"}, "Wrong: the images come back as they were"),
    (
        "aimed",
        {
            FGSM: """
    near = tf.Variable(x)
    for _ in range(40):
        with tf.GradientTape() as tape:
            wish = tf.gather(tf.nn.log_softmax(model(near)), target, axis=1, batch_dims=1)
        near.assign_add(epsilon / 10 * tf.sign(tape.gradient(wish, near)))
        near.assign(tf.clip_by_value(near, tf.maximum(x - epsilon, 0), tf.minimum(x + epsilon, 1)))
    return near.numpy()"""
        },
        "Correct",
    ),
]
