"""What lesson 12 says and no cell of it shows."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import says


def slope_at(function, x):
    """Return the slope of a function of a watched tensor, as the lesson takes it."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


def central(f, x, step):
    return (f(x + step) - f(x - step)) / (2 * step)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1.0, 1000.0])
def test_the_best_step_is_the_cube_root_of_epsilon_times_x(dtype, size):
    says(
        "12", "check-figure-meaning", r"The rule for the bottom is $h = \sqrt[3]{\varepsilon}\,|x|$"
    )
    says("12", "check-figure-meaning", "0.005 in float32, $6 \\cdot 10^{-6}$ in float64")
    x = np.linspace(0.5, 1.5, 101).astype(dtype) * dtype(size)
    rule = np.cbrt(np.finfo(dtype).eps)
    assert rule == pytest.approx(0.005 if dtype is np.float32 else 6e-6, rel=0.05)

    def f(x):
        return np.exp(x / dtype(size)) * np.sin(x / dtype(size))

    part = x.astype(np.float64) / size
    truth = np.exp(part) * (np.sin(part) + np.cos(part)) / size

    def error(step):
        return np.mean(np.abs(central(f, x, dtype(step * size)) - truth))

    assert 10 * error(rule) < min(error(30 * rule), error(rule / 300))


def test_the_step_of_compute_gradient():
    says("12", "check-compute-meaning", r"the step is $\frac{1}{1024}$")
    delta = inspect.signature(tf.test.compute_gradient).parameters["delta"].default
    assert delta in (None, 1 / 1024)
    found = tf.test.compute_gradient(lambda x: x**3, [tf.constant([0.0], tf.float64)])[1]
    assert found[0].item() == pytest.approx(1 / 1024**2, rel=1e-9)  # h² of x³ at 0


def test_steps_across_a_kink_give_the_mean_of_two_slopes():
    says("12", "check-compute-meaning", "there the steps give the mean of two slopes")
    kinked = central(lambda x: np.where(x > 0, 5 * x, x), np.array(0.0), 0.01)
    assert kinked == pytest.approx(3)


def test_the_right_slope_of_softsign_and_its_steps_differ_at_0():
    says("12", "culprit-starter", "there even the right slope and the steps differ by 0.01")
    off = abs(central(lambda x: x / (1 + abs(x)), 0.0, 0.01) - 1)
    assert off == pytest.approx(0.01, abs=0.0002)
    assert abs(central(lambda x: x / (1 + abs(x)), 0.5, 0.01) - 1 / 1.5**2) < 1e-4


def test_tensorflow_flushes_to_0_what_numpy_keeps():
    says("12", "numbers-table-meaning", "on a CPU TensorFlow flushes such numbers to 0 (NumPy does")
    with tf.device("CPU"):
        assert (tf.constant([6e-39]) * 1.0).numpy().item() == 0
    assert np.float32(1) / np.float32(1.7e38) > 0


LOGITS, LABEL = [[1000.0, 0.0]], tf.constant([1])


@pytest.mark.parametrize(
    "softmax",
    [
        keras.layers.Softmax(),
        keras.activations.softmax,
        keras.layers.Dense(2, activation="softmax", kernel_initializer="identity"),
    ],
)
def test_keras_finds_the_logits_behind_its_own_softmax(softmax):
    says("12", "logits-meaning", "When the softmax is Keras's own, the loss finds the logits")
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    slopes = slope_at(lambda logits: loss_of(LABEL, softmax(logits)), LOGITS)
    assert slopes.tolist() == [[1, -1]]
    hidden = slope_at(lambda logits: loss_of(LABEL, softmax(logits) * 1.0), LOGITS)
    assert hidden.tolist() == [[0, 0]]  # no longer the softmax itself


def test_the_largest_is_taken_out_first():
    says("12", "logits-meaning", "with the largest taken out first, as `tf.reduce_logsumexp` does")
    assert tf.reduce_logsumexp([1000.0, 0.0]).numpy() == 1000
    assert np.isinf(tf.math.log(tf.reduce_sum(tf.exp([1000.0, 0.0]))).numpy())


def test_log1p_is_exact_for_tiny_numbers():
    says("12", "custom-value", "and `expm1(z)` is $e^z - 1$, exact for tiny $z$ too")
    assert tf.math.log1p(1e-10).numpy() == np.float32(1e-10)
    assert tf.math.expm1(1e-10).numpy() == np.float32(1e-10)
    assert (tf.exp(tf.constant(1e-10)) - 1.0).numpy() == 0
    assert tf.math.log(1.0 + tf.constant(1e-10)).numpy() == 0


def test_a_vector_is_asked_for_row_by_row():
    says("12", "custom-careless-meaning", "With two, the tape is asked once for each row, with")
    asked = []

    @tf.custom_gradient
    def noted(x):
        def rule(upstream):
            asked.append(upstream.numpy().tolist())
            return upstream

        return tf.identity(x), rule

    tf.test.compute_gradient(noted, [tf.constant([1.0, 2.0])])
    assert [1, 0] in asked
    assert [0, 1] in asked


def test_a_number_that_is_0_in_float16_repairs_nothing():
    says("12", "lengths-question", "in float16, $10^{-12}$ is 0")

    def length(x):
        return tf.sqrt(tf.reduce_sum(x**2) + tf.cast(1e-12, x.dtype))

    assert np.isnan(slope_at(length, np.zeros(2, np.float16))).all()
    assert (slope_at(length, np.zeros(2, np.float32)) == 0).all()


def test_clipping_entry_by_entry_changes_the_direction():
    says("12", "gentle-question", "clipping entry by entry changes the direction")
    g = tf.constant([3.0, 0.5])
    by_entry, (by_norm,) = (
        tf.clip_by_value(g, -1.0, 1.0),
        tf.clip_by_global_norm([g], 1.0)[0],
    )
    assert by_norm.numpy()[0] / by_norm.numpy()[1] == pytest.approx(6)
    assert by_entry.numpy()[0] / by_entry.numpy()[1] == 2


def test_what_is_computed_while_recording_stops_is_a_constant():
    says("12", "wrong", "a constant, as is all that a block `with tape.stop_recording():` computes")
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        with tape.stop_recording():
            hidden = x * 1.0
        y = x * hidden
    assert tape.gradient(y, x).numpy() == 3


def two_values(w):
    s = tf.reduce_mean(tf.abs(w))
    return tf.where(w >= 0.0, s, -s)


def straight(w):
    return w + tf.stop_gradient(two_values(w) - w)


def test_the_true_slope_reaches_the_floats_only_through_s():
    says("12", "binary-straight-text", "which reaches the floats only through $s$")
    w = [0.3, -0.1, 0.5, -0.7]
    slopes = slope_at(lambda w: tf.reduce_sum(two_values(w) * [1.0, 1.0, 1.0, 5.0]), w)
    assert slopes == pytest.approx(np.sign(w) * (1 - 1 + 1 - 5) / 4)


class Changed(keras.layers.Dense):
    def __init__(self, units, change, **options):
        super().__init__(units, **options)
        self.change = change

    def call(self, x):
        return self.activation(x @ self.change(self.kernel) + self.bias)


@pytest.mark.claims
def test_straight_through_is_what_makes_the_difference_with_another_seed():
    says("12", "binary-meaning", "the one line with `tf.stop_gradient` makes the difference")
    says("12", "binary-meaning", "it gives up one or two images in a hundred")
    (images, labels), (test_images, test_labels) = load_fashion_mnist()
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = {}
    for change in (tf.identity, two_values, straight):
        keras.utils.set_random_seed(14)
        layers = [
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            Changed(128, change, activation="relu"),
            Changed(10, change),
        ]
        model = keras.Sequential([keras.Input((28, 28), dtype="uint8"), *layers])
        step = new_step(model, keras.optimizers.Adam(), loss_of)
        epoch = new_epoch(step, tf.constant(images), tf.constant(labels.astype("int32")))
        for _ in range(5):
            epoch(shuffled(60_000, 100))
        found[change] = np.mean(np.argmax(model(test_images), axis=1) == test_labels)
    assert found[straight] > found[two_values] + 0.15
    assert 0 < found[tf.identity] - found[straight] < 0.035


@pytest.fixture
def checking():
    tf.get_logger().setLevel("ERROR")
    tf.debugging.enable_check_numerics()
    yield
    tf.debugging.disable_check_numerics()


def test_the_check_of_numbers_does_not_go_with_jit_compile(checking):
    says("12", "nan-numerics-meaning", "a function that is traced after the switch, without `jit_")
    with pytest.raises(tf.errors.InvalidArgumentError, match="unsupported operations"):
        tf.function(lambda x: x * 2.0, jit_compile=True)(tf.constant(1.0))
    assert tf.function(lambda x: x * 2.0)(tf.constant(1.0)).numpy() == 2


def test_the_check_of_numbers_does_not_look_into_a_function_traced_before():
    says("12", "nan-numerics-meaning", "a function that is traced after the switch, without `jit_")

    def hidden(x):
        return tf.minimum(1.0 / x, 7.0)  # an inf inside, none in the result

    before = tf.function(hidden)
    before(tf.constant(1.0))
    tf.debugging.enable_check_numerics()
    try:
        assert before(tf.constant(0.0)).numpy() == 7
        with pytest.raises(tf.errors.InvalidArgumentError, match="Infinity"):
            tf.function(hidden)(tf.constant(0.0))
    finally:
        tf.debugging.disable_check_numerics()


def test_the_check_of_numbers_stops_at_the_inf_of_a_mask(checking):
    says("12", "nan-numerics-meaning", "it also stops at an inf that you meant")
    with pytest.raises(tf.errors.InvalidArgumentError, match="Infinity"):
        tf.nn.softmax(tf.where([True, False], [1.0, 2.0], -np.inf))


def test_the_repairs_of_state():
    says("12", "state-area-meaning", "is read but not *watched*, until you say `tape.watch`")
    mean = tf.Variable(3.0, trainable=False)
    for told, expected in ((False, None), (True, 6.0)):
        with tf.GradientTape() as tape:
            if told:
                tape.watch(mean)
            y = mean**2
        slope = tape.gradient(y, mean)
        assert (slope is None) if expected is None else slope.numpy() == expected


def test_the_rest_of_the_table():
    says("12", "state-table", "| `tf.round`, `tf.argmax`, a comparison | `None` |")
    says("12", "state-table", "| `tf.sign`, a clipped number | 0 |")
    x = tf.Variable([2.6, -1.0])
    with tf.GradientTape(persistent=True) as tape:
        flat = [tf.round(x), tf.argmax(x), tf.cast(x > 0.0, tf.float32)]
        zero = [tf.sign(x), tf.clip_by_value(x, 5.0, 6.0)]
    assert all(tape.gradient(y, x) is None for y in flat[:1] + flat[2:])
    assert all((tape.gradient(y, x).numpy() == 0).all() for y in zero)


# --- At work --------------------------------------------------------------------------------------


def test_where_float16_ends_and_what_bfloat16_is():
    says("12", "at-work", "float16 ends at 65,504")
    says("12", "at-work", "bfloat16 has float32's range and 8 bits of precision")
    assert np.finfo(np.float16).max == 65_504
    assert np.isfinite(tf.constant(3e38, tf.bfloat16).numpy().astype(np.float32))
    near = tf.constant([1 + 2**-7, 1 + 2**-9], tf.bfloat16).numpy().astype(np.float32)
    assert near.tolist() == [1 + 2**-7, 1]


def test_a_loss_scale_optimizer_skips_a_step_that_is_not_finite():
    says("12", "at-work", "skips a step whose gradients are not finite")
    w = keras.Variable([1.0, 2.0])
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    optimizer.build([w])
    optimizer.apply([tf.constant([np.nan, 1.0])], [w])
    assert w.numpy().tolist() == [1, 2]
    optimizer.apply([tf.constant([1.0, 1.0])], [w])
    assert w.numpy().tolist() != [1, 2]


def test_the_names_at_work():
    says("12", "at-work", "`keras.ops.custom_gradient`")
    says("12", "at-work", "`keras.RematScope`")
    assert np.isnan(tf.linalg.global_norm([tf.constant([np.nan]), tf.constant([1.0])]).numpy())
    assert keras.optimizers.Adam(global_clipnorm=1.0).global_clipnorm == 1
    for name in ("ops.custom_gradient", "RematScope", "callbacks.TerminateOnNaN"):
        found = keras
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found)


def test_a_rule_beside_a_variable_needs_variables():
    says("12", "at-work", "needs `rule(upstream, variables=None)`, which also returns the")
    v = tf.Variable(2.0)

    @tf.custom_gradient
    def without(x):
        return v * x, lambda upstream: upstream * v

    @tf.custom_gradient
    def scaled(x):
        def rule(upstream, variables=None):
            return upstream * v, [upstream * x]

        return v * x, rule

    with pytest.raises(TypeError, match="variables"):
        slope_at(without, 3.0)
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = scaled(x)
    assert [part.numpy() for part in tape.gradient(y, [x, v])] == [2, 3]


def test_a_saved_model_keeps_the_rule(tmp_path):
    says("12", "at-work", "A SavedModel keeps the rule")

    @tf.custom_gradient
    def half(x):
        return x * x, lambda upstream: upstream * 0.5

    module = tf.Module()
    module.half = tf.function(half, input_signature=[tf.TensorSpec((), tf.float32)])
    tf.saved_model.save(module, str(tmp_path))
    assert slope_at(tf.saved_model.load(str(tmp_path)).half, 3.0) == 0.5


@pytest.mark.parametrize("mixes", [False, True])
def test_batch_jacobian_is_wrong_if_a_layer_mixes_rows(mixes):
    says("12", "at-work", "`tape.batch_jacobian` takes a Jacobian for each row of a batch, wrongly")
    norm = keras.layers.BatchNormalization()
    x = tf.constant([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = norm(x, training=mixes) ** 2
    by_row = tape.batch_jacobian(y, x)
    whole = tape.jacobian(y, x)
    own = tf.stack([whole[row, :, row] for row in range(3)])
    assert np.allclose(by_row, own, atol=1e-4) != mixes


def test_checkpointing_runs_the_forward_pass_again():
    says("12", "at-work", "stores only a block's inputs and runs its forward pass again")
    calls = []

    def layer(x):
        calls.append(x)
        return tf.tanh(x) ** 2

    assert slope_at(layer, 0.5) == slope_at(tf.recompute_grad(layer), 0.5)
    assert len(calls) == 1 + 2
