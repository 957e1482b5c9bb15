"""What lesson 08 says and no cell of it shows."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from helpers.data import load_fashion_mnist
from helpers.training import new_epoch, new_step, shuffled
from tests.claims import run, says

HESSIAN = np.array([[77.0, 11.0], [11.0, 2.0]])
MINIMUM = np.array([10.0, 13.0])


def descend(step_of, steps, start=(4.0, 1.0)):
    """Return the losses in the lesson's valley, with what turns a gradient into a step."""
    p, losses = np.array(start), []
    for _ in range(steps):
        away = p - MINIMUM
        losses.append(away @ HESSIAN @ away / 2)
        p = p - step_of(HESSIAN @ away)
    return np.array(losses)


def adam(rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = s = 0.0
    t = 0

    def step(g):
        nonlocal m, s, t
        m, s, t = beta_1 * m + (1 - beta_1) * g, beta_2 * s + (1 - beta_2) * g**2, t + 1
        return rate * m / (1 - beta_1**t) / (np.sqrt(s / (1 - beta_2**t)) + epsilon)

    return step


def rmsprop(rate, keep=0.9):
    s = 0.0

    def step(g):
        nonlocal s
        s = keep * s + (1 - keep) * g**2
        return rate * g / (np.sqrt(s) + 1e-7)

    return step


def first_step(optimizer, slope):
    w = keras.Variable([0.0])
    optimizer.build([w])
    optimizer.apply([tf.constant([slope])], [w])
    return abs(w.numpy().item())


def test_above_the_limit_the_steps_across_the_valley_grow():
    says("08", "valley-meaning", "above $2 / 78.58 = 0.0254$ the steps across the valley grow")
    below, above = (descend(lambda g, r=r: r * g, 3000)[-1] for r in (0.0254, 0.0255))
    assert below < 0.001
    assert above > 1e6


def test_the_valley_lies_nearly_along_b():
    says("08", "rates-cost", "In this valley, which lies nearly along $b$")
    _, directions = np.linalg.eigh(HESSIAN)
    assert np.degrees(np.arccos(abs(directions[1, 0]))) < 10


def test_rmsprop_gives_w_a_smaller_rate():
    says("08", "rates-cost", "that too gives $w$ a smaller rate than $b$")
    rule, ratios = rmsprop(1.0), []

    def step(g):
        moved = rule(g)
        of_w, of_b = moved / g
        ratios.append(of_b / of_w)
        return moved

    descend(step, 1000)
    assert min(ratios) > 5


def momentum(rate, beta):
    v = 0.0

    def step(g):
        nonlocal v
        v = beta * v + g
        return rate * v

    return step


def test_across_the_valley_the_gradients_of_plain_descent_change_sign():
    says("08", "momentum", "across the valley its gradients change sign at every step.")
    says("08", "momentum", "along the valley they all have the same sign")
    _, directions = np.linalg.eigh(HESSIAN)
    found = []

    def step(g):
        found.append(directions.T @ g)
        return 0.025 * g

    descend(step, 100)
    along, across = np.sign(found).T
    assert np.all(across[1:] == -across[:-1]) and np.all(along[1:] == along[:-1])


def test_momentum_tolerates_nearly_twice_the_rate():
    says("08", "limit-meaning", r"$r\lambda < 2\,(1 + \beta)$ instead of $r\lambda < 2$")
    largest = np.linalg.eigvalsh(HESSIAN)[-1]
    for beta in (0.0, 0.5, 0.9):
        limit = 2 * (1 + beta) / largest
        below, above = (descend(momentum(f * limit, beta), 1000)[-1] for f in (0.98, 1.02))
        assert below < 0.001 and above > 1e6


def test_the_best_momentum_falls_as_the_rate_grows():
    says("08", "limit-play-question", "Does the best momentum grow with the rate, or fall?")
    best = []
    for rate in (0.01, 0.02, 0.04):
        steps = {}
        for beta in np.arange(0.5, 0.95, 0.01):
            steps[beta] = np.flatnonzero(descend(momentum(rate, beta), 300) >= 0.001)[-1]
        best.append(min(steps, key=steps.get))
    assert best[0] > best[1] + 0.02 > best[2] + 0.04


def test_momentum_and_adam_leave_a_saddle_point_sooner():
    says("08", "at-work", "at a **saddle point** plain descent lingers, momentum and Adam leave")

    def steps_to_leave(step_of):
        p = np.array([1.0, 1e-3])
        for step in range(1000):
            if abs(p[1]) > 0.9:  # the loss is x² / 2 − y² / 2 + y⁴ / 4
                return step
            p = p - step_of(np.array([p[0], p[1] ** 3 - p[1]]))
        return np.inf

    plain, heavy = (steps_to_leave(momentum(0.1, beta)) for beta in (0.0, 0.9))
    assert plain > 1.5 * heavy and plain > 1.5 * steps_to_leave(adam(0.1))


def test_keras_adds_epsilon_under_the_root_in_rmsprop_and_beside_it_in_adam():
    says("08", "rates-cost", "(Keras adds it under the root.)")
    step = first_step(keras.optimizers.RMSprop(0.1), 1e-6)
    assert step == pytest.approx(0.1 * 1e-6 / np.sqrt(0.1 * 1e-12 + 1e-7), rel=0.01)
    step = first_step(keras.optimizers.Adam(0.1, epsilon=1e-3), 1e-2)
    share = np.sqrt(0.001)  # of s, which is not corrected yet where epsilon is added
    assert step == pytest.approx(0.1 * share * 1e-2 / (share * 1e-2 + 1e-3), rel=0.01)


def test_when_the_rate_changes_keras_carries_the_old_rate_along():
    says("08", "momentum-question", "When the rate changes, Keras's carry the old rate along")
    w, optimizer = keras.Variable([0.0]), keras.optimizers.SGD(0.1, momentum=0.9)
    optimizer.build([w])
    for _ in range(6):
        optimizer.apply([tf.constant([1.0])], [w])
    optimizer.learning_rate.assign(0.0)
    before = w.numpy().item()
    optimizer.apply([tf.constant([1.0])], [w])
    assert w.numpy().item() < before - 0.1  # r v is 0


def test_a_memory_is_as_long_as_its_average():
    says("08", "momentum-predict", r"In general it remembers about $\frac{1}{1 - \beta}$ steps")
    ages = np.arange(10_000)
    for beta in (0.9, 0.95, 0.999):
        weights = beta**ages
        assert weights.sum() == pytest.approx(1 / (1 - beta), rel=1e-3)
        assert (ages * weights).sum() / weights.sum() == pytest.approx(1 / (1 - beta) - 1, rel=0.01)


def test_the_rate_is_the_first_step_only_far_above_epsilon():
    says("08", "adam-keras", r"for every weight whose gradient is far above $\varepsilon$")
    for slope, expected in ((1.0, 0.01), (1000.0, 0.01), (3e-6, 0.005)):
        assert first_step(keras.optimizers.Adam(0.01), slope) == pytest.approx(expected, rel=0.05)


@pytest.fixture(scope="module")
def images():
    (images, labels), _ = load_fashion_mnist()
    return images, labels.astype("int32")


def network(scaling=1 / 255):
    layers = [
        keras.layers.Rescaling(scaling),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
    return keras.Sequential([keras.Input((28, 28), dtype="uint8"), *layers])


LOSS = keras.losses.SparseCategoricalCrossentropy()


def gradients(images, scaling=1 / 255, count=112):
    keras.utils.set_random_seed(2)
    model = network(scaling)
    with tf.GradientTape() as tape:
        loss = LOSS(images[1][:count], model(images[0][:count]))
    return [g.numpy() for g in tape.gradient(loss, model.trainable_variables)]


def test_many_small_gradients_feel_epsilon_in_their_first_step(images):
    says("08", "adam-epsilon", r"$\varepsilon$ is added to a root that is 30 times too small")
    assert 1 / np.sqrt(1 - 0.999) == pytest.approx(30, rel=0.06)
    sizes = np.concatenate([np.abs(g).ravel() for g in gradients(images)])
    sizes = sizes[sizes > 0]
    off = 1e-7 / (np.sqrt(0.001) * sizes + 1e-7)
    assert np.mean(off > 0.01) > 0.05
    assert np.mean(1e-8 / (np.sqrt(0.001) * sizes + 1e-8) > 0.01) < np.mean(off > 0.01) / 3


@pytest.mark.claims
def test_a_smaller_epsilon_or_a_nudge_leads_to_other_weights():
    says("08", "adam-epsilon", "the same hundred steps lead to other weights")
    says("08", "adam-epsilon", "training amplifies small differences.")
    names = {"keras": keras, "np": np, "tf": tf, "load_fashion_mnist": load_fashion_mnist}
    names |= {"new_epoch": new_epoch, "new_step": new_step, "shuffled": shuffled}
    lesson = run("08", "rates-optimizer", "adam-rule", "adam-data", "adam-train", **names)
    by_hand, build = lesson["ByHand"], lesson["build_model"]

    def nudged_model():
        model = build()
        weights = model.get_weights()
        weights[0][400, 0] += 0.0001
        model.set_weights(weights)
        return model

    def ends(**options):
        return lesson["trained_weights"](by_hand(lesson["adam"], **options))

    first = ends()
    assert lesson["distance"](first, ends()) < 1e-6
    assert lesson["distance"](first, ends(epsilon=1e-8)) > 0.01
    lesson["build_model"] = nudged_model
    assert lesson["distance"](first, ends()) > 0.001


@pytest.mark.claims
def test_a_hundred_steps_are_too_few_to_be_compiled_with_xla():
    says("08", "adam-epoch", "the first hundred, too few to be worth compiling with XLA:")
    names = {"keras": keras, "np": np, "tf": tf, "load_fashion_mnist": load_fashion_mnist}
    lesson = run("08", "adam-data", **names)

    def seconds(jit_compile):
        step = new_step(lesson["build_model"](), keras.optimizers.Adam(), lesson["loss_of"])
        epoch = new_epoch(step, lesson["images"], lesson["labels"], jit_compile)
        start = time.process_time()
        epoch(shuffled(56_000, 112)[:100])
        return time.process_time() - start

    seconds(True)  # the first of all takes longer
    assert seconds(True) > 1.2 * seconds(False)


def test_both_the_long_memory_and_the_average_let_adams_steps_shrink():
    says("08", "adam-figure-meaning", "Its steps shrink, unlike RMSProp's, for two reasons")

    def late(step_of):
        return np.median(descend(step_of, 3000)[200:])

    assert late(rmsprop(1.0)) > 10
    assert late(rmsprop(1.0, keep=0.999)) < 0.1  # a long memory alone
    assert late(adam(1.0, beta_2=0.9)) < 0.1  # an average alone
    assert late(adam(1.0)) < 0.001


def test_adams_first_step_goes_along_the_diagonal():
    says(
        "08", "adam-figure-meaning", "as far in $b$ as in $w$, though the valley is curved 38 times"
    )
    step = adam(2.0)(HESSIAN @ ([4.0, 1.0] - MINIMUM))
    assert step == pytest.approx([-2, -2], rel=1e-3)
    assert 77 / 2 == pytest.approx(38, rel=0.02)


def test_twice_scaled_kernels_are_hundreds_of_times_less_steep_and_biases_nearly_as_steep(images):
    says("08", "hard-meaning", "while the biases are nearly as steep as before and set the limit")
    once, twice = (gradients(images, scaling, 4000) for scaling in (1 / 255, 1 / 255**2))
    ratios = [np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(once, twice, strict=True)]
    assert min(ratios[0], ratios[2]) > 200
    assert max(ratios[1], ratios[3]) < 20


@pytest.mark.claims
@pytest.mark.parametrize("seed", [5, 6])
def test_a_smaller_rate_lets_the_loss_fall_at_once_with_other_seeds(images, seed):
    says("08", "schedules-meaning", "when the rate drops to a tenth, the loss falls at once")
    keras.utils.set_random_seed(seed)
    model, optimizer = network(), keras.optimizers.Adam(0.003)
    step = new_step(model, optimizer, LOSS)
    epoch = new_epoch(step, *(tf.constant(part[:56_000]) for part in images))

    def held_out():
        return float(LOSS(images[1][56_000:], model(images[0][56_000:])))

    for _ in range(3):
        epoch(shuffled(56_000, 112))
    state = [v.numpy() for v in [*optimizer.variables, *model.variables]]
    before, after = held_out(), {}
    for rate in (0.003, 0.0003):
        for variable, value in zip([*optimizer.variables, *model.variables], state, strict=True):
            variable.assign(value)
        optimizer.learning_rate.assign(rate)
        epoch(shuffled(56_000, 112))
        after[rate] = held_out()
    assert after[0.0003] < min(before, after[0.003])


# --- At work --------------------------------------------------------------------------------------


def test_a_penalty_in_the_loss_is_divided_by_the_root_of_s_too():
    says("08", "at-work", "An L2 penalty in the loss is not the same under Adam")
    steps = {}
    for size in (1.0, 100.0):  # of the weight: its penalty's gradient grows, its step does not
        w = keras.Variable([size])
        optimizer = keras.optimizers.Adam(0.01)
        optimizer.build([w])
        optimizer.apply([tf.constant([0.004 * size])], [w])
        steps[size] = size - w.numpy().item()
    assert steps[100.0] == pytest.approx(steps[1.0], rel=0.01)
    w = keras.Variable([100.0])
    optimizer = keras.optimizers.AdamW(0.01, weight_decay=0.004)
    optimizer.build([w])
    optimizer.apply([tf.constant([0.0])], [w])
    assert 100 - w.numpy().item() == pytest.approx(0.01 * 0.004 * 100, rel=0.1)


def test_the_names_at_work():
    says("08", "at-work", "`PiecewiseConstantDecay` (our `dropping`), `ExponentialDecay`")
    says("08", "at-work", "`LearningRateScheduler`, `ReduceLROnPlateau`")
    for name in ("ExponentialDecay", "CosineDecay"):
        schedule = getattr(keras.optimizers.schedules, name)
        assert issubclass(schedule, keras.optimizers.schedules.LearningRateSchedule)
    drops = keras.optimizers.schedules.PiecewiseConstantDecay([599], [1.0, 0.1])
    assert [float(drops(step)) for step in (0, 599, 600, 999)] == pytest.approx([1, 1, 0.1, 0.1])
    for name in ("LearningRateScheduler", "ReduceLROnPlateau"):
        assert issubclass(getattr(keras.callbacks, name), keras.callbacks.Callback)
    assert keras.optimizers.Adam(amsgrad=True, global_clipnorm=1.0).amsgrad


def test_nesterov_needs_a_momentum():
    says("08", "at-work", "`SGD(momentum=0.9, nesterov=True)` looks one step ahead")

    def five_steps(**how):
        w, optimizer = keras.Variable([4.0, 1.0]), keras.optimizers.SGD(0.01, **how)
        optimizer.build([w])
        for _ in range(5):
            optimizer.apply([w * np.float32([6.0, 2.0])], [w])
        return w.numpy().tolist()

    assert five_steps(nesterov=True) == five_steps()
    assert five_steps(momentum=0.9, nesterov=True) != five_steps(momentum=0.9)


@pytest.mark.parametrize("amsgrad", [False, True])
def test_adam_can_miss_the_minimum_of_a_convex_problem(amsgrad):
    says("08", "at-work", "Adam can miss the minimum even of convex problems")
    # C x in one step of three and −x in the others, on [-1, 1]: the sum is smallest at −1
    m = s = largest = 0.0
    x, beta_2, slope = 0.0, 1 / (1 + 5.0**2), 5.0
    for t in range(3000):
        g = slope if t % 3 == 0 else -1.0
        m, s = g, beta_2 * s + (1 - beta_2) * g**2
        largest = max(largest, s)
        x = np.clip(x - 0.5 / np.sqrt(t + 1) * m / np.sqrt(largest if amsgrad else s), -1, 1)
    assert (x < -0.9) if amsgrad else (x > 0.9)


def test_an_optimizer_must_be_registered_to_be_reloaded(tmp_path):
    says(
        "08",
        "at-work",
        "Register your own optimizer, `@keras.saving.register_keras_serializable()`",
    )

    class Own(keras.optimizers.SGD):
        pass

    def reloaded(optimizer_class):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(optimizer_class(0.5), loss="mse")
        model.save(tmp_path / "model.keras")
        return keras.saving.load_model(tmp_path / "model.keras").optimizer

    with pytest.raises(TypeError, match="register_keras_serializable"):
        reloaded(Own)
    registered = keras.saving.register_keras_serializable("lesson08")(Own)
    assert isinstance(reloaded(registered), Own)
