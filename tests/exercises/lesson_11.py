"""Answers to the exercises of lesson 11 and what the checks say: see tests/test_exercises.py."""

SLOW = ["maps-data", "maps-plain", "fool-random", "transfer-twin"]

LEFT_OUT = [
    *("maps-smooth", "maps-integrated-check", "maps-figure", "fool-accuracy"),
    *("maps-sgd", "train-against-step", "train-against-products", "train-against-withstands"),
    *("train-against-figure", "train-against-play", "train-against-numbers", "train-against-maps"),
    *("dream-plain", "dream-figure", "penalty-train", "penalty-figure"),
]

ATTACK = "    return ...  # images of the shape of x"
CLIPPED = "tf.clip_by_value(x + epsilon * tf.sign(slopes), 0.0, 1.0)"


SPARSE = "SparseCategoricalCrossentropy"
CROSS_ENTROPY = "sparse_softmax_cross_entropy_with_logits"


def sign(instead):
    return CLIPPED.replace("tf.sign(slopes)", instead)


def recall(answer, message):
    return "recall-answers", {f"{answer[0]} = ...": answer}, message


def integrated(answer, message, verdict="Wrong"):
    name = answer.partition(" ")[0]
    return "integrated", {f"{name} = ...": answer}, f"{verdict}: ({name}) {message}"


def fgsm(message, result=CLIPPED, loss="loss_of(y, model(x))", after=""):
    body = f"""
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = {loss}
    slopes = tape.gradient(loss, x)
    {after}
    return {result}"""
    return "fgsm", {ATTACK: body}, message


FALL = """
right = np.argmax(plain(x_test[:100]), axis=1) == test_labels[:100]
for least in np.arange(1, 100) / 1000:
    said = np.argmax(plain(attacked(plain, x_test[:100], y_test[:100], least)), axis=1)
    if (fallen := right & (said != test_labels[:100])).any():
        break
"""


def fragile(answer, message):
    return "fragile", {f"{answer.partition(' ')[0]} = ...": FALL + answer}, message


def transfer(answer, message):
    return "transfer", {"shared = ...": f"shared = {answer}"}, message


def shared(asked, made, epsilon=0.05, count=10_000):
    images = f"attacked({made}, x_test[:{count}], y_test[:{count}], {epsilon})"
    return f"np.mean(np.argmax({asked}({images}), axis=1) == test_labels[:{count}])"


def aimed(message, *steps, count=20, result="near"):
    body = f"""
    near = x
    for _ in range({count}):
        {"; ".join(steps) or "pass"}
    return {result}"""
    return "aimed", {ATTACK: body}, message


def toward(step, labels="target"):
    return f"near = attacked(model, near, {labels}, {step})"


TOWARD, OWN = toward("-epsilon / 10"), "tf.argmax(model(x), 1, tf.int32) + 0 * target"
SWAPPED = "x + epsilon, x - epsilon"
NEAR = "near = tf.clip_by_value(near, x - epsilon, x + epsilon)"
UP = "near = near + epsilon / 10 * tf.sign(score_slopes(model, near, target))"

ROWS = [
    recall("a = ()", "(a) that is the shape of the loss"),
    recall("a = 100", "(a) each of the 100 images has 784 pixels"),
    recall("a = (28, 28)", "(a) each of the 100 images has its own"),
    recall("a = (1, 28, 28)", "(a) that is for a single image"),
    recall("a = (100, 784)", "(a) so it is after Flatten"),
    recall("a = (100, 10)", "(a) that is the shape of the scores"),
    recall("a = 78_400", "(a) that is how many values it has"),
    recall("a = tf.TensorShape([100, 28, 28])", "Correct: (a)"),
    recall("b = 0.25", "(b) that is the probability itself"),
    recall("b = -np.log(0.75)", "(b) that is −ln of the probability of being wrong"),
    recall("b = np.log(10)", "(b) that is the loss of a blind guess"),
    recall("b = 5", "(b) it is not 5. The loss is −ln p"),
    recall("b = 1.39", "Correct: (b) 1.39"),
    recall("c = 9", "(c) that is the squared slope itself"),
    recall("c = 3", "(c) that is the slope of x³"),
    recall("c = 6", "(c) that is the second derivative of x³"),
    recall("c = 18.0", "(c) that multiplies slope and second derivative"),
    integrated("part_x = 150", "that is all of the difference"),
    integrated("part_x = 50", "that is y's part. Or: the slope along x is 2xy"),
    integrated("part_x = 75", "that is half of the difference. The slopes differ"),
    integrated("part_x = 2 / 3", "that is x's fraction"),
    integrated("part_x = 20", "20 would be 2 · 5 · 6 / 3: the factor 5 is missing"),
    integrated("part_x = 99.999999", "100", "Correct"),
    integrated("part_y = 100", "that is x's part"),
    integrated("part_y = 150", "that is the slope at the end, times 6"),
    integrated("part_y = 75", "1/2 is taken for the mean of t²"),
    integrated("part_y = 6 * (25 // 3)", "it is not 48. At the fraction t"),
    integrated("part_y = tf.constant(50)", "50", "Correct"),
    integrated("in_one = 444", "444 would be 5 · 60 + 6 · 24"),
    integrated("in_one = 150", "so it is for integrated"),
    integrated("in_one = 60 + 25", "that adds the slopes"),
    integrated("in_one = 300, 150", "those are the two products"),
    integrated("in_one = 300", "that is x's product alone"),
    integrated("in_one = np.dot([5, 6], [60, 25])", "450", "Correct"),
    fgsm("is subtracted, and should be added", CLIPPED.replace("+", "-")),
    fgsm("some pixels leave 0 … 1", "x + epsilon * tf.sign(slopes)"),
    fgsm("no pixel moves", "x", loss="loss_of(y, model(x)) * epsilon * 0.0"),
    fgsm("every pixel is pushed up", sign("tf.abs(tf.sign(slopes))")),
    fgsm("steps downward are lost", "x + tf.clip_by_value(epsilon * tf.sign(slopes), 0.0, 1.0)"),
    fgsm("the sign is missing", "tf.clip_by_value(x + epsilon * slopes, 0.0, 1.0)"),
    fgsm("climbs the sum of all scores", loss="model(x) + 0.0 * tf.cast(y, tf.float32)[:, None]"),
    fgsm("that climbs the score of the right class", after="slopes = score_slopes(model, x, y)"),
    fgsm("that lowers the score of the right class", after="slopes = -score_slopes(model, x, y)"),
    fgsm("softmax is applied twice", loss="loss_of(y, tf.nn.softmax(model(x)))"),
    fgsm(
        "the loss takes the scores for probabilities", loss=f"keras.losses.{SPARSE}()(y, model(x))"
    ),
    fgsm("never uses model, which it is given. It computes with", loss="loss_of(y, plain(x))"),
    fgsm("it changes the weights", after="model.set_weights([0 * w for w in model.get_weights()])"),
    fgsm("a pixel moves by up to 0.34", CLIPPED.replace("epsilon", "1.7 * epsilon")),
    fgsm("of the pixels do not move. A sign", sign("tf.sign(slopes * tf.round(x))")),
    fgsm("but not by ε each", sign("tf.tanh(9e9 * slopes / 9e8)")),
    fgsm("do not move as the formula says", after="slopes = tf.reduce_mean(slopes, axis=0)"),
    fgsm("Correct", f"{CLIPPED}.numpy().tolist()", loss=f"tf.nn.{CROSS_ENTROPY}(y, model(x))"),
    fragile("image = np.flatnonzero(right & ~fallen)[-1]", "falls later than another one"),
    fragile("image = 120", "(image) 120 is not a position"),
    fragile("image = np.flatnonzero(~right)[0]", "is wrong without any attack"),
    fragile("image = np.argmax(fallen) + 1", "one too many: positions count from 0"),
    fragile("image = test_labels[np.argmax(fallen)]", "is the label of the image that falls first"),
    fragile("image = np.flatnonzero(fallen)", "Correct: (image)"),
    fragile("smallest = 0", "(smallest) at ε = 0 nothing moves"),
    fragile("smallest = least - 0.001", "(smallest) all answers are still what they were"),
    fragile("smallest = least + 0.001", "(smallest) the image has fallen one step before"),
    fragile("smallest = 1000 * least", "(smallest) that counts thousandths"),
    fragile("smallest = 255 * least", "(smallest) that is in grey values"),
    fragile("smallest = 0.5", "(smallest) it is not 0.5. At the smallest ε"),
    fragile("smallest = 0.01", "(smallest) it is the first multiple of 0.01"),
    fragile("smallest = np.float32(least)", "Correct: (smallest)"),
    transfer(shared("twin", "twin"), "that is twin on images pushed by ε = 0.05 with twin's"),
    transfer(shared("plain", "plain"), "that is plain on images pushed by ε = 0.05 with plain's"),
    transfer(shared("plain", "twin"), "that is plain on images pushed by ε = 0.05 with twin's"),
    transfer("accuracy(twin, x_test)", "that is twin on images as they are"),
    transfer("accuracy(plain, x_test)", "that is plain on images as they are"),
    transfer(f"1 - {shared('twin', 'plain')}", "that is the fraction that twin gets wrong"),
    transfer(f"10_000 * {shared('twin', 'plain')}", "that is how many images are right"),
    transfer(shared("twin", "plain", 0.03), "that is twin on images pushed by ε = 0.03"),
    transfer(shared("twin", "plain", count=100), "that is of 100 images"),
    transfer("0.55", "it is not 0.55. Hand attacked"),
    transfer(f"round({shared('twin', 'plain')}, 2)", "Correct"),
    aimed("never uses target", "near = attacked(model, near, tf.fill(100, 6), -epsilon / 20)"),
    aimed("the images come back as they were", "near = attacked(model, x, target, 0 * epsilon)"),
    aimed("that is the change alone", TOWARD, NEAR, result="near - x"),
    aimed(
        "every pixel is moved up by ε", TOWARD, NEAR.replace("x - epsilon, x + epsilon", SWAPPED)
    ),
    aimed("pixels go from", "near = near - (x - attacked(model, x, target, -epsilon)) * 4"),
    aimed("and ε = 0.1 is allowed. After each step, clip", TOWARD),
    aimed("It climbs the loss of each image's own class", toward("epsilon / 10", OWN), NEAR),
    aimed("It walks away from the target", toward("epsilon"), NEAR, count=1),
    aimed("No pixel moves by more than 0.03", TOWARD, NEAR, count=3),
    aimed("That is as far as one step gets", toward("-epsilon"), count=1),
    aimed("does it say which class to leave", UP, NEAR, "near = tf.clip_by_value(near, 0.0, 1.0)"),
    aimed("Correct", toward("-epsilon / 5"), NEAR, result="near.numpy()"),
]
