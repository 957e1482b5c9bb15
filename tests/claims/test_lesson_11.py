"""What lesson 11 says and no cell of it shows."""

import functools

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from tests.claims import NOTEBOOKS, says

SET_UP = ("imports", "maps-data", "maps-model", "maps-train-function", "fool-attacked")
STEPS = ("train-against-step", "train-against-steps", "penalty-step")


@functools.cache
def lesson():
    """Return the lesson's own functions: its set-up and its steps are run, and nothing trained."""
    (path,) = NOTEBOOKS.glob("11_*.ipynb")
    sources, names = {c.id: c.source for c in nbformat.read(path, as_version=4).cells}, {}
    for cell in (*SET_UP, *STEPS):
        exec(sources[cell].partition("\nhardened = ")[0], names)
    return names


def robust(model, epsilon, count=2000):
    """Return a model's accuracy on the first test images, after ten steps."""
    names = lesson()
    x, y = names["x_test"][:count], names["y_test"][:count]
    return names["accuracy"](model, names["attacked_often"](model, x, y, epsilon))


@functools.cache
def plain():
    """Return the lesson's network, trained."""
    return lesson()["train"](lesson()["plain_step"])


def test_images_that_nobody_watches_have_no_gradient():
    says("11", "maps-slopes", "(leave the line out, and you get the `None` of lesson 01)")
    model, x = lesson()["build_model"](), lesson()["x_test"][:2]
    with tf.GradientTape() as tape:
        scores = model(x)
    assert tape.gradient(scores, x) is None


def test_a_saturated_score_has_no_gradient_and_its_ink_a_part():
    says("11", "maps-integrated", "where a score has saturated, its gradient is small")

    def slope(x):
        x = tf.constant(x)
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = tf.tanh(4.0 * x)
        return tape.gradient(score, x).numpy()

    assert slope(2.0) < 1e-5
    steps = (np.arange(200, dtype=np.float32) + 0.5) / 200
    assert 2.0 * slope(2.0 * steps).mean() == pytest.approx(np.tanh(8.0), abs=1e-3)


@pytest.mark.parametrize("size", [1.0, 1e-3])
def test_adam_gives_a_rare_gradient_a_step_of_full_size(size):
    says("11", "maps-rare-meaning", "Adam, which gives even a rare gradient a step of full size")

    def moved(optimizer):
        w = tf.Variable(0.0)
        optimizer.build([w])
        for step in range(60):
            optimizer.apply([tf.constant(size if step == 30 else 0.0)], [w])
        return abs(float(w))

    assert moved(keras.optimizers.Adam(0.01)) > 0.01
    assert moved(keras.optimizers.SGD(0.01)) == pytest.approx(0.01 * size)


def test_weights_of_an_empty_pixel_get_gradients_only_under_attack():
    says("11", "train-against-learned", "So now their weights do get gradients in every batch")
    names = lesson()
    keras.utils.set_random_seed(1)
    model, x, y = names["build_model"](), names["x_train"][:96], names["y_train"][:96]
    empty = np.max(x, axis=0).ravel() == 0

    def largest(x):
        with tf.GradientTape() as tape:
            loss = names["loss_of"](y, model(x))
        by_pixel = np.abs(tape.gradient(loss, model.trainable_variables[0])).max(axis=1)
        return by_pixel[empty]

    assert empty.sum() > 10
    assert not largest(x).any()
    assert largest(names["attacked"](model, x, y, 0.03)).all()


@pytest.mark.parametrize(("watching", "products"), [(False, 4), (True, 5)])
def test_an_attack_that_watches_the_weights_computes_their_gradient_too(watching, products):
    says("11", "train-against-cost", "The tape of the attack does not watch the weights, so their")
    names = dict(lesson())
    (path,) = NOTEBOOKS.glob("11_*.ipynb")
    sources = {c.id: c.source for c in nbformat.read(path, as_version=4).cells}
    if watching:
        sources["fool-attacked"] = sources["fool-attacked"].replace("=False", "=True")
    for cell in ("fool-attacked", "train-against-step", "train-against-products"):
        exec(sources[cell].partition("\n\n\nhardened")[0].partition("\n\n\nprint")[0], names)
    assert names["large_products"](names["attacked_step"]) == products


def test_the_sum_over_a_batch_is_the_mean_of_the_sums_of_its_images():
    says("11", "penalty-mean", "the sum over all images is the mean of their sums")
    names = lesson()
    model, x, y = names["build_model"](), names["x_train"][:8], names["y_train"][:8]

    def total(x, y):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = names["loss_of"](y, model(x))
        return np.abs(tape.gradient(loss, x)).sum()

    alone = [total(x[n : n + 1], y[n : n + 1]) for n in range(8)]
    assert total(x, y) == pytest.approx(np.mean(alone), rel=1e-4)


@pytest.mark.claims
def test_the_penalty_falls_behind_at_large_pushes_with_another_seed_too():
    says("11", "penalty-meaning", "At ε = 0.03 it is nearly as good as `hardened`")
    says("11", "penalty-meaning", "At 0.1 it falls behind")
    train, against, penalised = (lesson()[n] for n in ("train", "attacked_step", "penalised_step"))
    hardened, other = train(against, seed=3), train(penalised, seed=3)
    assert abs(robust(hardened, 0.03) - robust(other, 0.03)) < 0.03
    assert robust(hardened, 0.1) - robust(other, 0.1) > 0.03


@pytest.mark.claims
def test_training_against_a_larger_push_helps_and_costs():
    says("11", "penalty-meaning", "(0.58 is left there, and 0.78 without an attack)")
    names = lesson()

    def against(model, optimizer):
        step = names["plain_step"](model, optimizer)
        return lambda x, y: step(names["attacked"](model, x, y, 0.1), y)

    model = names["train"](against)
    assert robust(model, 0.1) == pytest.approx(0.58, abs=0.03)
    assert names["accuracy"](model, names["x_test"][:2000]) == pytest.approx(0.78, abs=0.03)


@pytest.mark.claims
def test_adam_makes_the_rare_weights_large_with_other_seeds_too():
    says("11", "maps-sgd-meaning", "With SGD these weights stay at the 0.041")
    names = lesson()
    rare = (np.mean(names["train_images"] > 0, axis=0) < 0.01).ravel()
    for seed in (3, 4):
        for optimizer, low, high in (("Adam", 0.06, 0.1), ("SGD", 0.038, 0.044)):
            rate = 0.001 if optimizer == "Adam" else 0.1
            made = getattr(keras.optimizers, optimizer)(rate)
            model = names["train"](names["plain_step"], seed=seed, optimizer=made)
            assert low < np.abs(model.get_weights()[0])[rare].mean() < high


@pytest.mark.claims
def test_the_loss_bends_and_the_scores_hardly_do():
    says("11", "why-flat-meaning", "it only makes the linear approximation too low")
    names, model = lesson(), plain()
    x, y = names["x_test"][:1000], names["y_test"][:1000]

    def loss_and_margin(x):  # by how much the best wrong score is above that of the right class
        scores = model(x)
        right = tf.gather(scores, y, axis=1, batch_dims=1)
        wrong = tf.reduce_max(tf.where(tf.one_hot(y, 10) > 0, -np.inf, scores), axis=1)
        return names["loss_of"](y, scores), tf.reduce_mean(wrong - right)

    with tf.GradientTape() as tape:
        tape.watch(x)
        loss, _ = loss_and_margin(x)
    up = tf.sign(tape.gradient(loss, x))
    loss, margin = np.transpose([loss_and_margin(x + e * up) for e in (0.0, 0.01, 0.04, 0.05)])
    first, *_, last = np.diff(loss)
    assert last / first > 2
    first, *_, last = np.diff(margin)
    assert 0.8 < last / first < 1.2


@pytest.mark.claims
def test_images_made_once_for_another_network_do_not_harden_one():
    says("11", "train-against", "since it must fool the network as it is *now*")
    names = dict(lesson())
    images, labels = (tf.split(names[name], 10) for name in ("x_train", "y_train"))
    made = [names["attacked"](plain(), x, y, 0.03) for x, y in zip(images, labels, strict=True)]
    step = names["plain_step"](model := names["build_model"](), keras.optimizers.Adam())
    epoch = names["new_epoch"](step, tf.concat(made, axis=0), names["y_train"])
    for _ in range(5):
        epoch(names["shuffled"](60_000, 96))
    assert robust(names["train"](names["attacked_step"]), 0.03) > 0.7
    assert robust(model, 0.03) < 0.5  # less than `plain`, which saw no attack at all
