"""Answers to the exercises of lesson 09 and what the checks say: see tests/test_exercises.py."""

LEFT_OUT = [
    "hurt-accuracy",
    "random-labels",
    "curves-four",
    "stop-by-hand",
    "stop-costs",
    "stop-callback",
    "dropout-plain",
    "dropout-image",
    "dropout-spread",
    "complete-against-fit",
    "cures-report",
    "cures-dropout-run",
    "cures-decay-run",
    "cures-copies-run",
    "cures-figure",
    "cures-figure-all",
    "cures-new-run",
    "seeds",
    "seeds-figure",
    "seeds-best",
    "threshold-counts",
    "threshold-figure",
]


def patience(
    start="lowest, waited, kept = np.inf, 0, None",
    loop="for _ in range(epochs):",
    test="loss < lowest",
    better="lowest, waited, kept = loss, 0, model.get_weights()",
    worse="waited += 1",
    limit="waited == patience",
    leave="break",
    end="model.set_weights(kept)",
    result="return lowest",
):
    return {
        "    return ...  # the lowest loss; the model has the weights that reached it": f"""
    {start}
    {loop}
        run_epoch()
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


def step(
    said="model(x, training=True)",
    loss="loss_of(y, said) + sum(model.losses)",
    after="",
    update="optimizer.apply(gradients, model.trainable_variables)",
    end="return step",
):
    return {
        "    return ...  # a function of x and y": f"""
    def step(x, y):
        with tf.GradientTape() as tape:
            said = {said}
            loss = {loss}
        {after}
        gradients = tape.gradient(loss, model.trainable_variables)
        {update}
        return loss

    {end}"""
    }


def few(fit="model.fit(x, y, epochs=8, verbose=0)", rate=0.001, first="", result="return model"):
    return {
        "    return ...  # a trained model": f"""
    {first}
    model = build_model()
    model.compile(keras.optimizers.Adam({rate}), loss=loss_of)
    {fit}
    {result}"""
    }


VOTE = """
    class Vote:
        def __init__(self, models):
            self.models = models

        def predict(self, x):
            return sum(model(x).numpy() for model in self.models) / len(self.models)

    models = []
    for _ in range(2):
        model = build_model(keras.layers.Dropout(0.3))
        model.compile("adam", loss=loss_of, steps_per_execution=20)
        model.fit(versions(x), tf.tile(y, [6]), batch_size=100, epochs=9, verbose=0)
        models.append(model)
    return Vote(models)"""

ROWS = [
    ("recall-answers", {"a = ...": "a = np.log(0.05)"}, "(a) that is ln p, which is below 0"),
    ("recall-answers", {"a = ...": "a = -np.log10(0.05)"}, "(a) that is a logarithm to base 10"),
    ("recall-answers", {"a = ...": "a = np.log(20)"}, "Correct: (a)"),
    ("recall-answers", {"b = ...": "b = 40"}, "(b) 40 counts the calls"),
    ("recall-answers", {"b = ...": "b = '1'"}, "(b) '1' is a text"),
    ("recall-answers", {"b = ...": "b = 1.0"}, "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = 2"}, "(c) 2 is the weight as it was"),
    ("recall-answers", {"c = ...": "c = 1.0"}, "(c) 1 comes without the rate"),
    ("recall-answers", {"c = ...": "c = tf.constant(2.0) * 0.95"}, "Correct: (c)"),
    ("curves", {"A = ...": 'A = "overfits"'}, "(A) 'overfits' does not fit: one that overfits has"),
    ("curves", {"A = ...": 'A = "leaks"'}, "Do you mean 'leak'?"),
    ("curves", {"A = ...": "A = 3"}, "(A) 3 came, and a word in quotes"),
    ("curves", {"B = ...": 'B = "wild"'}, "(B) 'wild' does not fit: a rate far too large"),
    ("curves", {"C = ...": 'C = " Wild "'}, "Correct: (C)"),
    ("curves", {"D = ...": 'D = "overfits"'}, "Correct: (D) 'overfits': the training loss"),
    ("stopping", patience(better="lowest, kept = loss, model.get_weights()"), "never set back to"),
    ("stopping", patience(limit="waited > patience"), "one epoch too late"),
    ("stopping", patience(limit="waited == patience - 1"), "one epoch too early"),
    ("stopping", patience(limit="waited"), "at the first epoch that is not better"),
    ("stopping", patience(leave="pass"), "it never stops early"),
    ("stopping", patience(end=""), "the model ends with the weights of its last epoch"),
    (
        "stopping",
        patience(
            better="lowest, waited, kept = loss, 0, [w for w in model.weights]",
            end="[w.assign(k) for w, k in zip(model.weights, kept)]",
        ),
        "the model ends with the weights of its last epoch",
    ),
    (
        "stopping",
        patience(leave="model.set_weights(kept); break", end=""),
        "the best weights are not put back. Put them back after the loop",
    ),
    ("stopping", patience(result=""), "returns None. Return the lowest loss"),
    ("stopping", patience(result="return loss"), "the last loss is returned"),
    ("stopping", patience(result="return model"), "the model is right, and it is returned"),
    (
        "stopping",
        patience(loop="for _ in range(40):"),
        "it ran 11 epochs, and 5 at most were allowed",
    ),
    (
        "stopping",
        patience(
            start="last, waited, kept = [np.inf], 0, None",
            test="(last := [*last, loss])[-1] < last[-2]",
            better="waited, kept = 0, model.get_weights()",
            result="return min(last)",
        ),
        "each loss is compared with that of the epoch before",
    ),
    ("stopping", patience(limit="waited == 5"), "it waits for 5 epochs, whatever it is given"),
    ("stopping", patience(loop="for n in range(1, epochs):"), "range(1, n) has n - 1"),
    ("stopping", patience(test="loss > lowest"), "there were no weights to put back"),
    ("stopping", patience(limit="waited >= patience"), "Correct: it stops in time"),
    (
        "stopping",
        patience(
            better="lowest, waited, kept = loss, 0, [w.numpy() for w in model.weights]",
            end="[w.assign(k) for w, k in zip(model.weights, kept)]",
        ),
        "Correct: it stops in time",
    ),
    ("complete-step", step(said="model(x)"), "with all three, by SGD: the layers believe"),
    ("complete-step", step(said="model(x, training=False)"), "the layers believe that they are in"),
    ("complete-step", step(loss="loss_of(y, said)"), "with all three, by SGD: what the layers"),
    (
        "complete-step",
        step(loss="loss_of(y, said)", after="loss = loss + sum(model.losses)"),
        "ran after the with block of the tape had ended",
    ),
    ("complete-step", step(loss="loss_of(y, said) - sum(model.losses)"), "subtracted"),
    ("complete-step", step(loss="loss_of(y, said) + model.losses"), "model.losses is a list"),
    ("complete-step", step(loss="loss_of(y, said) + 2 * sum(model.losses)"), "added twice"),
    (
        "complete-step",
        step(loss="loss_of(y, said) + tf.reduce_mean(model.losses or [0.0])"),
        "the mean of model.losses",
    ),
    (
        "complete-step",
        step(loss="loss_of(y, model(x, training=True)) + sum(model.losses)"),
        "the model is called twice",
    ),
    ("complete-step", step(said="misled(x, training=True)"), "Is it the one that is handed over?"),
    ("complete-step", step(update=""), "the optimizer that is handed over is never asked"),
    ("complete-step", step(end="return step(1, 2)"), "Wrong"),
    ("complete-step", step(end="return model"), "a function of x and y was expected"),
    (
        "complete-step",
        step(loss="tf.add_n([loss_of(y, said), *model.losses])"),
        "Correct: with all three",
    ),
    (
        "complete-step",
        {
            "    return ...  # a function of x and y": """
    model.compile(optimizer, loss_of)
    return tf.function(lambda x, y: model.train_step((x, y))["loss"])"""
        },
        "Correct: with all three",
    ),
    ("from-few", few(), "and 3,360 were asked for"),
    ("from-few", few(fit=""), "has never been trained"),
    ("from-few", few(rate=3.0), "Its rate of 3 is large"),
    ("from-few", few(result="return model.fit(x, y, verbose=0)"), "fit returns a History"),
    ("from-few", few(first="x, y = x_train, y_train"), "puts something else in the place of x"),
    (
        "from-few",
        few(fit="model.fit(images[9000:21_000] / 255, labels[9000:21_000], verbose=0); x, y"),
        "and no more of the 2,000 that it is given",
    ),
    ("from-few", {"    return ...  # a trained model": VOTE}, "Correct: 84."),
]
