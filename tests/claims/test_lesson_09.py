"""What lesson 09 says and no cell of it shows."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import CLASS_NAMES, load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import run, says

LOSS = keras.losses.SparseCategoricalCrossentropy()


def test_get_weights_copies_and_weights_are_the_variables():
    says("09", "stop", "`get_weights` *copies* them; `model.weights` would hand you the variables")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    copy, variables = model.get_weights(), model.weights
    model.set_weights([weight + 1 for weight in copy])
    assert not np.array_equal(copy[0], model.get_weights()[0])
    assert np.array_equal(variables[0], model.get_weights()[0])


@pytest.mark.parametrize("restored", [True, False])
def test_early_stopping_puts_weights_back_if_told_to(restored):
    says("09", "stop-keras", "Without `restore_best_weights=True` it stops, and leaves you with")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(2.0), "mse")
    stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=restored)
    x, y = np.ones((8, 2)), np.ones((8, 1))
    options = {"validation_data": (x, y), "callbacks": [stopping], "verbose": 0}
    losses = model.fit(x, y, epochs=9, **options).history["val_loss"]
    assert len(losses) == 3  # at this rate it gets worse and worse
    left = model.evaluate(x, y, verbose=0)
    assert left == pytest.approx(losses[0] if restored else losses[-1], rel=1e-4)


def test_what_batch_normalisation_does():
    says(
        "09", "complete", "shifts and scales each unit to a mean of 0 and a variance of 1, and then"
    )
    says("09", "complete", "In training it takes mean and variance of the *batch*, at inference")
    says("09", "complete-moving-mean-meaning", "with a mean of 0 and a variance of 1, which")
    layer = keras.layers.BatchNormalization(momentum=0.5)
    x = np.random.default_rng(0).normal(3, 5, size=(64, 4)).astype("float32")
    np.testing.assert_allclose(layer(x), x, rtol=1e-3, atol=1e-3)  # it knows of nothing yet
    layer.gamma.assign([2.0] * 4)
    layer.beta.assign([7.0] * 4)
    normal = (x - x.mean(axis=0)) / x.std(axis=0)
    np.testing.assert_allclose(layer(x, training=True), 2 * normal + 7, atol=1e-3)
    assert np.all(layer.moving_mean != 0)
    for _ in range(30):
        layer(x, training=True)
    np.testing.assert_allclose(layer(x), 2 * normal + 7, atol=1e-2)


def test_when_losses_of_layers_are_computed():
    says("09", "complete-moving-mean-meaning", "computes what regularisers of weights ask for;")
    says("09", "complete-moving-mean-meaning", "what a layer asks for its *outputs* is that of the")
    dense = keras.layers.Dense(1, kernel_regularizer="l2", activity_regularizer="l2")
    model = keras.Sequential([keras.Input((2,)), dense])
    dense.kernel.assign(tf.ones((2, 1)))
    model(tf.ones((1, 2)))
    assert [float(loss) for loss in model.losses] == pytest.approx([0.04, 0.02])
    dense.kernel.assign(2 * tf.ones((2, 1)))
    assert [float(loss) for loss in model.losses] == pytest.approx([0.04, 0.08])


def moved(optimizer, gradient):
    """Return what a few steps with the same gradient make of a weight and a bias of 1."""
    variables = [tf.Variable(1.0, name="kernel"), tf.Variable(1.0, name="bias")]
    for _ in range(5):
        optimizer.apply([tf.constant(gradient(float(v))) for v in variables], variables)
    return [float(variable) for variable in variables]


def test_weight_decay_is_no_penalty():
    says("09", "cures-decay", "At a rate of 0.002, a decay of 1 takes 0.2 % of each weight, 800")
    says("09", "cures-decay", "a penalty is a part of the gradient, which Adam rescales for each")
    decayed = keras.optimizers.Adam(0.002, weight_decay=1.0)
    assert moved(decayed, lambda w: 0.0) == pytest.approx([0.998**5] * 2)
    named = keras.optimizers.AdamW(0.002, weight_decay=1.0)
    assert moved(named, lambda w: 0.3) == moved(
        keras.optimizers.Adam(0.002, weight_decay=1.0), lambda w: 0.3
    )
    strong, weak = (
        moved(keras.optimizers.Adam(0.002), lambda w, factor=factor: factor * w)
        for factor in (1.0, 0.01)
    )
    assert strong == pytest.approx(weak, abs=1e-4)  # Adam takes the size out of a penalty
    strong, weak = (
        moved(keras.optimizers.Adam(0.002, weight_decay=decay), lambda w: 0.0)
        for decay in (1.0, 0.01)
    )
    assert 1 - strong[0] > 50 * (1 - weak[0])


def test_what_rolls_in_is_background():
    says("09", "cures-copies", "most of that is background")
    (images, _), _ = load_fashion_mnist()
    edges = [images[:2000, 0], images[:2000, -1], images[:2000, :, 0], images[:2000, :, -1]]
    assert np.mean(np.stack(edges) == 0) > 0.75
    assert np.mean(images[:2000] == 0) < 0.6


@pytest.fixture(scope="module")
def lesson():
    """Return the data and the functions of section 1, and the images of section 5."""
    names = {"keras": keras, "np": np, "tf": tf, "load_fashion_mnist": load_fashion_mnist}
    names |= {"new_epoch": new_epoch, "new_step": new_step, "shuffled": shuffled}
    names |= {"CLASS_NAMES": CLASS_NAMES}
    cells = ("hurt-data", "hurt-model", "hurt-restart", "hurt-training", "complete-model")
    return run("09", *cells, "complete-own-step", "cures-copies-made", **names)


@pytest.mark.claims
@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_say_the_same(lesson, seed):
    x, y = lesson["x_held"], lesson["y_held"].numpy()
    model, optimizer = lesson["build_model"](), keras.optimizers.Adam(0.002)
    train = lesson["new_training"](model, optimizer, new_step(model, optimizer, LOSS))
    dropped = lesson["build_model"](keras.layers.Dropout(0.5, seed=1))
    optimizer = keras.optimizers.Adam(0.002)
    plain = lesson["new_training"](dropped, optimizer, new_step(dropped, optimizer, LOSS))
    step = lesson["complete_step"](dropped, optimizer)
    proper = lesson["new_training"](dropped, optimizer, step, jit_compile=False)

    def costs():
        probabilities = model(x).numpy()
        losses, right = -np.log(probabilities[np.arange(2000), y]), probabilities.argmax(1) == y
        return losses[right].mean(), losses[~right].mean()

    def lost_by_dropping():
        off, on = (dropped(x, training=on).numpy().argmax(axis=1) for on in (False, True))
        return np.mean(off == y) - np.mean(on == y)

    history = train(seed)
    last, best = costs(), int(np.argmin(history["held-out loss"]))
    shares = history["held-out accuracy"]
    says("09", "hurt-meaning", "Hardly any accuracy is lost.")
    assert shares[best] - shares[-1] < 0.02
    train(seed, epochs=best + 1)
    says("09", "stop-patience", "Correct images now cost less and wrong ones more")
    assert last[0] < costs()[0] and last[1] > costs()[1] + 0.5

    says("09", "dropout-off", "By nothing: not one number differs.")
    assert plain(seed, epochs=20)["held-out loss"] == history["held-out loss"][:20]
    untrained_halves = lost_by_dropping()
    proper(seed)
    says("09", "cures-decay", "dropout costs it less than it cost the network of section 3.")
    assert lost_by_dropping() < untrained_halves - 0.01


@pytest.mark.claims
@pytest.mark.parametrize("whole", [True, False])
def test_the_complete_step_ends_where_fit_ends(lesson, whole):
    says("09", "complete-meaning", "It ends where `fit` ends, weight for weight.")
    keras.utils.set_random_seed(0)
    x, y = lesson["x_train"], lesson["y_train"]
    ours, theirs = lesson["build_all"](), lesson["build_all"]()
    theirs.set_weights(ours.get_weights())
    optimizer = keras.optimizers.SGD(0.1)
    maker = lesson["complete_step"] if whole else lambda *given: new_step(*given, LOSS)
    step = tf.function(maker(ours, optimizer))
    for start in range(0, 2000, 100):
        step(x[start : start + 100], y[start : start + 100])
    theirs.compile(keras.optimizers.SGD(0.1), loss=LOSS)
    theirs.fit(x, y, batch_size=100, shuffle=False, verbose=0)
    pairs = zip(ours.get_weights(), theirs.get_weights(), strict=True)
    assert (max(np.abs(a - b).max() for a, b in pairs) < 1e-5) == whole


@pytest.mark.claims
def test_decay_is_ahead_of_the_copies(lesson):
    says("09", "cures-meaning", "over nine other seeds, decay is below the copies in each")
    build, train_with = lesson["build_model"], lesson["new_training"]
    plain, decayed = keras.optimizers.Adam(0.002), keras.optimizers.Adam(0.002, weight_decay=1.0)
    models = build(), build()
    copies = train_with(
        models[0],
        plain,
        new_step(models[0], plain, LOSS),
        lesson["x_six"],
        lesson["y_six"],
        lesson["shuffled_versions"],
    )
    decay = train_with(models[1], decayed, lesson["complete_step"](models[1], decayed))
    for seed in range(4, 13):
        lowest = [min(train(seed)["held-out loss"]) for train in (decay, copies)]
        print(seed, *lowest)
        assert lowest[0] < lowest[1]


@pytest.mark.claims
def test_xla_is_slow_at_the_random_numbers_of_keras(lesson):
    says("09", "cures-dropout", "because XLA is much slower at Keras's random numbers on a CPU")

    def seconds(jit_compile, *more):
        model, optimizer = lesson["build_model"](*more), keras.optimizers.Adam()
        step = lesson["complete_step"](model, optimizer)
        optimizer.build(model.trainable_variables)
        epoch = new_epoch(step, lesson["x_train"], lesson["y_train"], jit_compile)
        epoch(shuffled(2000, 100))
        times = []
        for _ in range(3):
            start = time.process_time()
            epoch(shuffled(2000, 100))
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(True) < seconds(False)
    assert seconds(True, keras.layers.Dropout(0.5)) > 1.5 * seconds(
        False, keras.layers.Dropout(0.5)
    )


def test_sgd_takes_a_tenth():
    says("09", "cures-decay", "SGD at a rate of 0.1 would take a tenth of each weight, each time.")
    decayed = keras.optimizers.SGD(0.1, weight_decay=1.0)
    assert moved(decayed, lambda w: 0.0) == pytest.approx([0.9**5] * 2)


@pytest.mark.claims
@pytest.mark.parametrize(("units", "memorised"), [(256, True), (8, False)])
def test_a_smaller_network_memorises_less(lesson, units, memorised):
    says("09", "at-work", "A smaller network, with less **capacity**, can memorise less.")
    keras.utils.set_random_seed(0)
    hidden, classes = keras.layers.Dense(units, "relu"), keras.layers.Dense(10, "softmax")
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), hidden, classes])
    optimizer = keras.optimizers.Adam(0.002)
    y = tf.constant(np.random.default_rng(0).integers(10, size=2000), tf.int32)
    step = new_step(model, optimizer, LOSS)
    lesson["new_training"](model, optimizer, step, y=y)(seed=0, epochs=100)
    _, share = lesson["judged"](model, lesson["x_train"], y)
    assert (share > 0.9) == memorised
