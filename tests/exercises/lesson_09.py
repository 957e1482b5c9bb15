"""Answers to the exercises of lesson 09 and what the checks say: see tests/test_exercises.py."""

SLOW = ["hurt-data"]

LEFT_OUT = [
    "hurt-history",
    "hurt-figure",
    "hurt-accuracy",
    "random-labels",
    "curves-four",
    "stop-by-hand",
    "stop-costs",
    "stop-callback",
    "dropout-plain",
    "dropout-image",
    "dropout-spread",
    "dropout-both",
    "complete-moving-mean",
    "complete-losses",
    "cures-report",
    "cures-dropout-run",
    "cures-decay-run",
    "cures-copies-run",
    "cures-figure",
    "cures-figure-all",
    "cures-new-run",
    "seeds",
    "seeds-figure",
    "baseline",
    "seeds-best",
    "threshold-counts",
    "threshold-figure",
    "threshold-play",
    "threshold-test",
]


def patience(
    start="lowest, waited, kept = np.inf, 0, None",
    loop="for _ in range(epochs):",
    train="run_epoch()",
    test="loss < lowest",
    better="lowest, waited, kept = loss, 0, model.get_weights()",
    worse="waited += 1",
    limit="waited == patience",
    leave="break",
    end="model.set_weights(kept)",
    result="return lowest",
):
    return {
        "return ...": f"""{start}
    {loop}
        {train}
        loss = held_out_loss()
        if {test}:
            {better}
        else:
            {worse}
        if {limit}:
            {leave}
    {end}
    {result}"""
    }


WHOLE = "loss_of(y, said) + sum(model.losses)"
APPLY = "optimizer.apply(gradients, model.trainable_variables)"


def step(said="model(x, training=True)", loss=WHOLE, first="pass", update=APPLY, end="step"):
    return {
        "return ...": f"""def step(x, y):
        {first}
        with tf.GradientTape() as tape:
            said = {said}
            loss = {loss}
        gradients = tape.gradient(loss, model.trainable_variables)
        {update}
        return loss

    return {end}"""
    }


def few(fit="model.fit(x[:500], y[:500], batch_size=100, verbose=0)", rate=0.001, result="model"):
    return {
        "return ...": f"""model = build_model()
    model.compile(keras.optimizers.Adam({rate}), loss=loss_of, run_eagerly=True)
    {fit}
    return {result}"""
    }


def kernel(x="x", y="y"):
    """Return kernel regression: right in half a second, and no network."""
    return {
        "return ...": f"""def near(some, others):
        a, b = (np.reshape(part, (len(part), 784)) for part in (some, others))
        squares = np.sum(a**2, 1)[:, None] + np.sum(b**2, 1) - 2 * a @ b.T
        return np.exp(-0.01 * squares)

    known = near({x}, {x}) + 0.1 * np.eye(len(x))
    weights = np.linalg.solve(known, np.eye(10)[{y}])
    return lambda images: near(images, {x}) @ weights + 0 * len(y)"""
    }


def last(test):
    start, limit = "last, waited, kept = np.inf, 0, None", "(last := loss) and waited == patience"
    return patience(
        start,
        test=test,
        better="waited, kept = 0, model.get_weights()",
        limit=limit,
        result="return last",
    )


EARLY = "(asked := sum(model.losses), model(x, training=True))[1]"
LATER = "optimizer.apply(gradients[2:], model.trainable_variables[2:])"
PART = "lowest, waited, kept = loss, 0, [w.numpy() for w in model.trainable_weights]"
NEARLY = """(_, known), _ = load_fashion_mnist()

    def answers(images):
        part = known[48_000:52_000] if len(images) == 4000 else known[58_000:]
        given = np.arange(len(images))
        return np.eye(10)[np.where(given % 200 < 164, part[given], (part[given] + given) % 10)]

    return answers if len(x) == len(y) else None"""

ROWS = [
    ("recall-answers", "a = 0.05", "(a) 0.05 is the probability"),
    ("recall-answers", "a = 0.95", "(a) 0.95 is what is missing"),
    ("recall-answers", "a = -np.log(0.95)", "(a) that is -ln of 0.95"),
    ("recall-answers", "a = 20", "(a) that is 1/p"),
    ("recall-answers", "a = -np.log10(0.05)", "The loss is -ln p, with p = 0.05"),
    ("recall-answers", "a = np.log(20)", "Correct: (a)"),
    ("recall-answers", "a = 3.00", "Correct: (a)"),
    ("recall-answers", "b = 0", "(b) 0: the first call has to trace"),
    ("recall-answers", "b = 40", "(b) 40 counts the calls"),
    ("recall-answers", "b = 7", "A tensor counts by its shape and dtype"),
    ("recall-answers", "b = 1.0", "Correct: (b)"),
    ("recall-answers", "c = 0.1", "(c) 0.1 would be 0.1 · 0.5 · 2: 2 and the minus are missing"),
    ("recall-answers", "c = 1.0", "(c) 1 comes without the rate"),
    ("recall-answers", "c = 1.8", "(c) 1.8 would be 2 − 0.1 · 2: the factor 0.5 is missing"),
    ("recall-answers", "c = 2", "(c) 2 is the weight as it was"),
    ("recall-answers", "c = 7", "w − r·g − r·d·w, with w = 2"),
    ("recall-answers", "c = tf.constant(2.0) * 0.95", "Correct: (c)"),
    ("curves", 'A = "overfits"', "(A) 'overfits' does not fit: one that overfits has"),
    ("curves", 'A = "leaks"', "The four are 'overfits', 'slow', 'wild', 'leak'"),
    ("curves", 'B = "wild"', "(B) 'wild' does not fit: a rate far too large"),
    ("curves", 'C = "slow"', "(C) 'slow' does not fit: a rate far too small"),
    ("curves", 'D = "leak"', "(D) 'leak' does not fit: if training images are held out"),
    ("curves", 'C = " Wild "', "Correct: (C)"),
    ("curves", 'D = "overfits"', "Correct: (D)"),
    ("stopping", patience(better="lowest, kept = loss, model.get_weights()"), "never set back to"),
    ("stopping", patience(limit="waited > patience"), "one epoch too late"),
    ("stopping", patience(limit="waited == patience - 1 or waited == 1 == patience"), "too early"),
    ("stopping", patience(limit="waited"), "it stops after 1 without a new lowest loss"),
    ("stopping", patience(leave="pass"), "it never stops early"),
    ("stopping", patience(test="loss <= lowest"), "a loss equal to the lowest counts as a new"),
    ("stopping", patience(limit="waited == 5"), "it stops after 5 without a new lowest loss, what"),
    (
        "stopping",
        patience("lowest, waited, kept = 0, 0, model.get_weights()"),
        "none of them counts",
    ),
    ("stopping", patience(start="lowest, waited, kept = 0, 0, None"), "no loss is below the one"),
    ("stopping", last("loss < last"), "each loss is compared with that of the epoch before"),
    ("stopping", last("loss <= last"), "each loss is compared with that of the epoch before"),
    ("stopping", patience(end="pass"), "the model ends with the weights of its last epoch"),
    ("stopping", patience(leave="model.set_weights(kept); break", end="pass"), "not put back. Put"),
    (
        "stopping",
        patience(better=PART, end="[w.assign(k) for w, k in zip(model.trainable_weights, kept)]"),
        "only a part of the weights is put back",
    ),
    ("stopping", patience(worse="waited += 1; model.set_weights(kept)"), "between two epochs"),
    ("stopping", patience(train="pass"), "run_epoch() was never called"),
    (
        "stopping",
        {"return ...": "for _ in range(epochs):\n        loss = run_epoch() + 1"},
        "held_out_loss() is never called, with brackets",
    ),
    ("stopping", patience(loop="for _ in range(40):"), "it goes on after 5 epochs"),
    ("stopping", patience(loop="for n in range(1, epochs):"), "it ran 4 epochs, and 5 were"),
    (
        "stopping",
        patience(
            end="kept[0] += kept[0] == 5; model.set_weights([kept[0][0, 0] + 0 * w for w in kept])"
        ),
        "it keeps the weights of epoch 6. The best is 5",
    ),
    ("stopping", patience(train="run_epoch(); run_epoch()"), "held_out_loss() was not asked"),
    ("stopping", patience(limit="True"), "it ends after one epoch. Is a return or break"),
    (
        "stopping",
        {
            "return ...": "lowest, waited = np.inf, 0\n    for _ in range(epochs):\n"
            "        loss = held_out_loss()\n        run_epoch()\n"
            "        lowest, waited = min(loss, lowest), 0 if loss < lowest else waited + 1\n"
            "        if waited == patience:\n            break"
        },
        "run_epoch() comes first",
    ),
    ("stopping", patience(result="return model"), "not 0.6, the lowest loss"),
    ("stopping", patience(result="pass"), "it returns None, not 0.6, the lowest loss"),
    ("stopping", patience(result="return loss"), "it returns 0.64, not 0.6"),
    ("stopping", patience(limit="waited >= patience"), "Correct: it stops in time"),
    (
        "stopping",
        patience("lowest, waited, kept = held_out_loss(), 0, model.get_weights()"),
        "Correct",
    ),
    ("complete-step", step(said="model(x)"), "Wrong: the layers are not told"),
    ("complete-step", step(loss="loss_of(y, said)"), "Wrong: model.losses is never read"),
    ("complete-step", step(loss="loss_of(y, said) + float(sum(model.losses))"), "has no effect on"),
    ("complete-step", step(EARLY, "loss_of(y, said) + asked"), "count 0, 1, 1 times"),
    ("complete-step", step(loss="loss_of(y, said) - sum(model.losses)"), "+ -1 · sum(model.loss"),
    ("complete-step", step(loss="loss_of(y, said) + (model.losses or 0)"), "is a list"),
    ("complete-step", step(loss="32 * loss_of(y, said) + sum(model.losses)"), "the loss 32 · loss"),
    (
        "complete-step",
        step(loss="loss_of(y, said) ** 2 + sum(model.losses)"),
        "the loss 3.94 · los",
    ),
    ("complete-step", step(loss=f"{WHOLE} + tf.reduce_sum(said**2)"), "Compare loss and update"),
    ("complete-step", step(first="model(x, training=True)"), "called more than once in each step"),
    ("complete-step", step("tf.stop_gradient(model(x, training=True))"), "None"),
    ("complete-step", step(update=LATER), "kernel does not move. Is the model called inside the"),
    ("complete-step", step(update="pass"), "the optimizer is never asked"),
    ("complete-step", step(update=f"{APPLY}; {APPLY}"), "2 updates were made, and 1 expected"),
    ("complete-step", step(update=f"{APPLY}; loss.numpy()"), "as a graph: step raised Attribute"),
    ("complete-step", step(end="model"), "a function of x and y was expected"),
    ("complete-step", step(loss="sum([loss_of(y, said), *model.losses])"), "Correct: every weight"),
    (
        "complete-step",
        {
            "return ...": "model.compile(optimizer, loss_of)\n"
            '    return tf.function(lambda x, y: model.train_step((x, y))["loss"])'
        },
        "Correct: every weight and average",
    ),
    ("from-few", few(), "and 3,360 were asked for"),
    ("from-few", {"return ...": NEARLY}, "right answers are missing. Does it use one"),
    ("from-few", few("x, y"), "has never been trained"),
    ("from-few", few(rate=3.0), "Its rate of 3 is large"),
    ("from-few", few("x, y", result="model.fit(x[:99], y[:99])"), "fit returns a History"),
    (
        "from-few",
        few("model.fit(images[:12_000] / 255, labels[:12_000])"),
        "it reads labels, 60,000",
    ),
    (
        "from-few",
        kernel("x_held", "y_held"),
        "it was trained on",
    ),
    ("from-few", kernel(), "Correct: 84."),
]
