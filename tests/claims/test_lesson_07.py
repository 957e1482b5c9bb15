"""What lesson 07 says and no cell of it shows."""

import json
import re
import time

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import NOTEBOOKS, run, says

LOSS = keras.losses.SparseCategoricalCrossentropy()


def small_network(*more):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(8, "relu"), *more, keras.layers.Dense(4, "softmax")]
    return keras.Sequential([keras.Input((6,)), *layers])


def small_data(count):
    random = np.random.default_rng(2)
    return random.normal(size=(count, 6)).astype("float32"), random.integers(4, size=count)


@pytest.mark.parametrize(("built", "traces"), [(True, 1), (False, 2)])
def test_a_function_that_makes_variables_is_traced_twice(built, traces):
    says("07", "graph", "(Twice, if the function makes variables.)")
    says("07", "tape-scaling", "and no graph has to make any")
    model, optimizer, runs = small_network(), keras.optimizers.Adam(), []
    if built:
        optimizer.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        runs.append(x)
        with tf.GradientTape() as tape:
            loss = LOSS(y, model(x))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)

    x, y = map(tf.constant, small_data(5))
    step(x, y)
    step(x, y)
    assert len(runs) == traces


def test_equal_python_numbers_share_a_graph():
    says("07", "graph-ints-meaning", "1, 1.0 and `True` are one value for it: the second gets")
    function = tf.function(lambda x: x)
    assert [function(x).dtype for x in (1, 1.0, True)] == [tf.int32] * 3
    assert function.experimental_get_tracing_count() == 1
    assert tf.function(lambda x: x)(1.0).dtype == tf.float32


@pytest.mark.parametrize("new", [lambda value: value, tf.Variable])
def test_what_is_to_change_is_a_variable_or_a_tensor(new):
    says("07", "frozen-meaning", "must be a `tf.Variable` or an argument: a tensor, since a Python")
    rate = new(0.1)
    scaled = tf.function(lambda x, times: rate * x * times)
    results = [float(scaled(tf.constant(1.0), tf.constant(times))) for times in (1.0, 2.0)]
    assert results == pytest.approx([0.1, 0.2])
    if isinstance(rate, tf.Variable):
        rate.assign(0.5)
    else:
        rate = 0.5
    again = float(scaled(tf.constant(1.0), tf.constant(1.0)))
    assert again == pytest.approx(0.5 if isinstance(rate, tf.Variable) else 0.1)
    assert scaled.experimental_get_tracing_count() == 1
    once, twice = (float(scaled(tf.constant(1.0), times)) for times in (1.0, 2.0))
    assert twice == pytest.approx(2 * once)  # Python's numbers may change too, at a price:
    assert scaled.experimental_get_tracing_count() == 3


@pytest.mark.parametrize(("count", "traces"), [(96, 1), (80, 2)])
def test_a_last_smaller_batch_is_traced_again(count, traces):
    says("07", "shapes-spec", "With a last, smaller batch, as in lesson 06, there would be two.")
    function = tf.function(lambda x: tf.reduce_mean(x))
    for start in range(0, count, 32):
        function(tf.zeros(count)[start : start + 32])
    assert function.experimental_get_tracing_count() == traces


@pytest.fixture(scope="module")
def lesson():
    """Return the network and the step of section 1."""
    network = run("07", "tape-model", keras=keras)
    return run("07", "tape-step-function", tf=tf, **network)


def test_a_step_is_more_than_a_hundred_operations(lesson):
    says("07", "graph", "and called TensorFlow more than a hundred times in each")
    says("07", "race-meaning", "a step is a graph of more than a hundred small operations")
    x, y = tf.zeros((32, 28, 28), tf.uint8), tf.zeros(32, tf.int32)
    graph = tf.function(lesson["step"]).get_concrete_function(x, y).graph
    idle = {"Const", "Placeholder", "ReadVariableOp", "Identity", "NoOp"}
    assert sum(operation.type not in idle for operation in graph.get_operations()) > 100


@pytest.mark.claims
def test_most_of_a_compiled_epoch_is_matrix_products(lesson):
    says("07", "race-meaning", "What is left is mostly matrix products, and then Adam, which reads")
    (images, labels), _ = load_fashion_mnist()
    images, labels = tf.constant(images[:16_000]), tf.constant(labels[:16_000].astype("int32"))
    model, step = lesson["model"], lesson["step"]
    W1, W2 = (tf.constant(weight) for weight in model.get_weights()[::2])

    def products(x, y):
        x = tf.reshape(tf.cast(x, tf.float32), (32, 784))
        h = x @ W1
        z = h @ W2
        parts = tf.transpose(h) @ z, tf.transpose(x) @ (z @ tf.transpose(W2))
        return sum(map(tf.reduce_sum, parts))

    def without_update(x, y):
        with tf.GradientTape() as tape:
            loss = LOSS(y, model(x))
        return loss + sum(map(tf.reduce_sum, tape.gradient(loss, model.trainable_variables)))

    epochs = [new_epoch(part, images, labels) for part in (products, without_update, step)]
    seconds = [[], [], []]
    for _ in range(15):  # the first round compiles; taking turns, each meets the same machine
        for epoch, times in zip(epochs, seconds, strict=True):
            order, start = shuffled(16_000, 32), time.process_time()
            float(epoch(order))
            times.append(time.process_time() - start)
    only_products, gradients, whole = map(min, seconds)
    assert only_products > 0.5 * whole
    assert whole - gradients > max(0.1 * whole, gradients - only_products)


def test_adam_is_three_loops_for_a_variable():
    says("07", "xla", "It **fuses** operations, all of Adam's for a variable into three loops")
    variable, optimizer = tf.Variable(tf.ones((64, 64))), keras.optimizers.Adam()
    optimizer.build([variable])
    update = tf.function(lambda g: optimizer.apply([g], [variable]), jit_compile=True)
    code = update.experimental_get_compiler_ir(tf.ones((64, 64)))(stage="optimized_hlo")
    graph = update.get_concrete_function(tf.ones((64, 64))).graph
    entry = code[code.index("ENTRY") :]
    assert len(re.findall(r"= f32\[64,64\]\S* fusion\(", entry)) == 3
    assert len(graph.get_operations()) > 12


def test_a_compiled_function_prints_nothing_and_knows_no_numpy():
    says("07", "xla-epoch-meaning", "and no NumPy on the way")
    says("07", "xla-epoch-meaning", "a compiled epoch cannot print anything before it is over")

    def shown(x):
        tf.print(x)
        return x

    tf.function(shown)(tf.constant(1.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="unsupported operations"):
        tf.function(shown, jit_compile=True)(tf.constant(1.0))
    with pytest.raises(AttributeError, match="numpy"):
        tf.function(lambda x: x.numpy())(tf.constant(1.0))


@pytest.mark.parametrize(("devices", "compiled"), [(["CPU"], False), (["CPU", "GPU"], True)])
def test_fit_compiles_by_itself_only_beside_a_gpu(monkeypatch, devices, compiled):
    says("07", "race-meaning", "On a CPU, `fit` itself compiles its step only if it is told to")
    found = [tf.config.PhysicalDevice(f"/{kind}:0", kind) for kind in devices]
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: found)
    model = small_network()
    model.compile("adam", loss=LOSS)
    assert model.jit_compile == compiled


def test_a_larger_batch_closes_the_gap():
    says("07", "race-meaning", "a larger one has more arithmetic in each step, and the gap closes")
    measured = json.loads((NOTEBOOKS.parent / "pictures" / "benchmark.json").read_text("utf-8"))
    times = [loops for _, loops in sorted(measured["batch_sizes"].items(), key=lambda b: int(b[0]))]
    gaps = [loops["fit"]["median"] / loops["XLA epoch"]["median"] for loops in times]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 2 * gaps[-1]


@pytest.mark.parametrize("compiled_again", [False, True])
def test_fit_is_not_traced_again_for_more_images(compiled_again):
    says("07", "race", "Every runner has run before, so all graphs are traced and compiled")
    heard = []

    def heard_loss(y, p):
        heard.append(y)
        return LOSS(y, p)

    model = keras.Sequential([keras.layers.Dense(4, "softmax")])
    model.compile("adam", heard_loss)
    x, y = small_data(320)
    model.fit(x, y, verbose=0)
    heard.clear()
    if compiled_again:
        model.compile("adam", heard_loss)
    model.fit(*small_data(960), verbose=0)
    assert bool(heard) == compiled_again


WEIGHTS = {
    "none": {},
    "images": {"sample_weight": np.arange(70) / 35},
    "classes": {"class_weight": {0: 1.0, 1: 5.0, 2: 0.5, 3: 2.0}},
}


@pytest.mark.parametrize("weights", WEIGHTS)
def test_fit_with_the_step_of_the_lesson_is_fit(weights):
    says("07", "keras-meaning", "`evaluate`, `predict`, callbacks, metrics, `class_weight`: all")
    says("07", "keras-fit", "a smaller batch counts less in the mean loss")
    TapeModel = run("07", "keras-model", tf=tf, keras=keras)["TapeModel"]
    x, y = small_data(70)  # in batches of 32, 32 and 6
    found = []
    for maker in (keras.Model, TapeModel):
        norm, dropout = keras.layers.BatchNormalization(), keras.layers.Dropout(0.4, seed=3)
        network = small_network(norm, dropout)
        network.layers[0].kernel_regularizer = keras.regularizers.L2(0.1)
        model = maker(network.inputs, network.outputs)
        model.compile(keras.optimizers.SGD(0.1), LOSS, weighted_metrics=["accuracy"])
        fitted = model.fit(x, y, shuffle=False, epochs=2, verbose=0, **WEIGHTS[weights]).history
        found.append((fitted["loss"], fitted["accuracy"], model.evaluate(x, y, verbose=0)))
        assert np.array_equal(model.get_weights()[0], network.get_weights()[0])
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=1e-5)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-5)
    np.testing.assert_allclose(found[0][2], found[1][2], rtol=1e-5)


def test_at_work():
    says("07", "keep-meaning", "With **mixed precision**, in 16-bit floats, small gradients become")
    says("07", "keep-meaning", "Keras's optimizers clip by themselves, `Adam(global_clipnorm=1.0)`")
    assert tf.cast(1e-8, tf.float16) == 0
    keras.optimizers.Adam(global_clipnorm=1.0, weight_decay=0.004)
    variable, optimizer = tf.Variable([0.0, 0.0]), keras.optimizers.SGD(1.0, global_clipnorm=1.0)
    optimizer.apply([tf.constant([3.0, 4.0])], [variable])
    np.testing.assert_allclose(variable, [-0.6, -0.8], rtol=1e-6)


MIXED = [("Model", True, True), ("TapeModel", True, False), ("TapeModel", False, True)]


@pytest.mark.parametrize(("maker", "scaled", "learns"), MIXED)
def test_mixed_precision_needs_the_scaled_loss(maker, scaled, learns):
    says("07", "keep-meaning", "Our `TapeModel` does not; only the division is left, SGD learns")
    makers = {"Model": keras.Model} | run("07", "keras-model", tf=tf, keras=keras)
    x, y = small_data(320)
    y = (x[:, 0] > 0) + 2 * (x[:, 1] > 0)
    policy = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        network = small_network()
        model = makers[maker](network.inputs, network.outputs)
        model.compile(keras.optimizers.SGD(0.5), LOSS, auto_scale_loss=scaled)
        losses = model.fit(x, y, epochs=3, verbose=0).history["loss"]
    finally:
        keras.mixed_precision.set_dtype_policy(policy)
    assert (losses[-1] < 0.8 * losses[0]) == learns


@pytest.mark.parametrize("registered", [True, False])
def test_a_registered_subclass_is_loaded(tmp_path, registered):
    says("07", "keep-meaning", "A saved subclass can be loaded if")
    TapeModel = run("07", "keras-model", tf=tf, keras=keras)["TapeModel"]
    if registered:
        TapeModel = keras.saving.register_keras_serializable("lesson 07")(TapeModel)
    network = small_network()
    model = TapeModel(network.inputs, network.outputs)
    model.save(tmp_path / "model.keras")
    if registered:
        loaded = keras.models.load_model(tmp_path / "model.keras")
        assert isinstance(loaded, TapeModel)
    else:
        with pytest.raises(TypeError, match="TapeModel"):
            keras.models.load_model(tmp_path / "model.keras")


@pytest.mark.claims
def test_an_odd_batch_throws_descent_away_and_slows_adam():
    says("07", "clip-question", "and it slows Adam down for more than a thousand steps")
    (images, labels), _ = load_fashion_mnist()
    x, y = tf.constant(images[:56_000] / 255, tf.float32), tf.constant(labels[:56_000], tf.int32)
    x_held, y_held = images[56_000:] / 255, labels[56_000:]

    def accuracies(optimizer, clipped=False):
        keras.utils.set_random_seed(2)
        flat, hidden = keras.layers.Flatten(), keras.layers.Dense(128, "relu")
        classes = keras.layers.Dense(10, "softmax")
        model = keras.Sequential([keras.Input((28, 28)), flat, hidden, classes])
        step = new_step(model, optimizer, LOSS)
        epoch = new_epoch(step, x, y)

        def accuracy():
            return np.mean(model(x_held).numpy().argmax(axis=1) == y_held)

        for _ in range(2):
            epoch(shuffled(56_000, 32))
        optimizer.global_clipnorm = 1.0 if clipped else None
        found = [accuracy()]
        step(255 * x[:32], 9 - y[:32])
        optimizer.global_clipnorm = None
        found.append(accuracy())
        losses = [float(epoch(shuffled(56_000, 32)))]
        return found, losses

    (before, after), _ = accuracies(keras.optimizers.SGD(0.1))
    assert after < before - 0.3
    (before, after), (slow,) = accuracies(keras.optimizers.Adam())
    assert abs(after - before) < 0.05
    _, (clipped,) = accuracies(keras.optimizers.Adam(), clipped=True)
    assert slow > 1.05 * clipped
