"""What lesson 13 says and no cell of it shows."""

import warnings

import nbformat
import numpy as np
import pytest
import tensorflow as tf

import helpers  # noqa: F401  starts TensorFlow quietly
from tests.claims import NOTEBOOKS, says

ENGINE = ["tape-class", "value-class", "apply", "rules-first", "deliver", "gradient"]
ENGINE += ["unstretched", "rules-more", "rules-arrays", "spread"]


@pytest.fixture(scope="module")
def source():
    (path,) = NOTEBOOKS.glob("13_*.ipynb")
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    return lambda *names: "\n".join(cells[name] for name in names)


@pytest.fixture
def engine(source):
    """Return the engine of the lesson, as its cells make it."""
    namespace = {}
    exec(
        "import numpy as np\nfrom numpy.lib.mixins import NDArrayOperatorsMixin\n"
        + source(*ENGINE),
        namespace,
    )
    return namespace


def slope(engine, function, *points):
    values = [engine["Value"](np.array(point)) for point in points]
    with engine["Tape"]() as tape:
        y = function(*values)
    return tape.gradient(y, values)


def test_the_engine_has_fewer_than_eighty_lines(source):
    says("13", "opening", "an engine of fewer than eighty lines")
    says("13", "train-race", "fewer than eighty lines and some 35 more")
    once = [name for name in ENGINE if name != "deliver"]  # it is defined again, stretched or not
    lines = [line for line in source(*once).splitlines() if line.strip()]
    assert 70 <= len(lines) < 80
    rest = source("train-network-function", "train-loss-function", "train-epoch-function")
    assert 24 <= len([line for line in rest.splitlines() if line.strip()]) <= 40


def test_numpy_asks_before_it_computes():
    says("13", "record", "before it computes with something that is not an array, it looks for a")

    class Silent:
        def __array_ufunc__(self, function, method, *inputs):
            return "asked"

    class Plain:
        def sin(self):  # what NumPy tries where nothing answers
            return "not asked"

    assert np.sin(Silent()) == "asked"
    assert np.sin(Plain()) == "not asked"
    assert np.add(np.ones(3), Silent()) == "asked"  # an array on the left does not keep it away
    with pytest.raises(TypeError):
        np.add(np.ones(3), Plain())


def test_a_slope_that_is_complete_is_sent_on_once(engine, source):
    says("13", "arrivals-meaning", "once, because it sends a slope on only when it is complete")
    x, visits = engine["Value"](1.0), []
    with engine["Tape"]() as tape:
        y = x
        for _ in range(10):
            y = y + y
    deliver = engine["deliver"]
    engine["deliver"] = lambda *given: (visits.append(given[1]), deliver(*given))
    assert tape.gradient(y, x) == 1024
    assert len(visits) == 2 * 10  # each record has two inputs

    at_once = {}
    exec(source("recursion-node"), at_once)
    x = y = at_once["Node"](1.0)
    for _ in range(10):
        y = y + y
    visits.clear()

    def back(node, slope=1.0):
        node.slope += slope
        visits.append(node)
        for parent, local in node.parents:
            back(parent, slope * local)

    back(y)
    assert x.slope == 1024
    assert sum(node is x for node in visits) == 1024


def test_what_the_engine_lacks(engine):
    says("13", "more-list", "`np.square` and `np.mean` end in a `KeyError`")
    says("13", "more-list", "`y += x` and `np.concatenate` in a `RecursionError`")
    says("13", "more-list", "`x[0]`, `x.sum()` and `x.T` do not exist")
    says("13", "more-list", "the rule of `np.matmul` fails for vectors")

    def added(x):
        y = x * 2
        y += x
        return y

    for function, error in {
        np.square: KeyError,
        lambda x: np.mean(x): KeyError,
        added: RecursionError,
        lambda x: np.concatenate([x, x]): RecursionError,
        lambda x: x[0]: TypeError,
        lambda x: x.sum(): AttributeError,
        lambda x: x.T: AttributeError,
    }.items():
        with pytest.raises(error):
            slope(engine, function, [1.0, 2.0])
    with pytest.raises((ValueError, np.exceptions.AxisError)):
        slope(engine, lambda a, b: np.matmul(a, b), np.ones((2, 3)), np.ones(3))


def test_a_missing_rule_is_a_lookup_error_in_both(engine):
    says("13", "agree-missing", "If a rule is missing, TensorFlow raises a `LookupError`.")
    with pytest.raises(LookupError):
        slope(engine, np.arctan, 0.5)
    x = tf.constant([0.5])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.raw_ops.RandomGammaGrad(alpha=x, sample=x)
    with pytest.raises(LookupError):
        tape.gradient(y, x)


def test_a_tie_goes_to_the_first(engine):
    says("13", "rules", "At a tie, `np.maximum` gives the slope to the first, as TensorFlow does")
    assert slope(engine, np.maximum, 2.0, 2.0) == [1.0, 0.0]
    a, b = tf.Variable(2.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = tf.maximum(a, b)
    assert [float(g) for g in tape.gradient(y, [a, b])] == [1.0, 0.0]


def test_constants_get_no_gradient(engine):
    says("13", "train-network", "your tape computes no gradient for pixels")
    asked, matmul = [], engine["RULES"][np.matmul]
    engine["RULES"][np.matmul] = tuple(
        lambda *args, side=side, rule=rule: asked.append(side) or rule(*args)
        for side, rule in zip("ab", matmul, strict=True)
    )
    weights = engine["Value"](np.ones((3, 2)))
    with engine["Tape"]() as tape:
        y = np.sum(np.ones((4, 3)) @ weights)
    tape.gradient(y, weights)
    assert asked == ["b"]


def test_hundreds_of_tensorflows_operations_have_a_rule():
    says("13", "more-list", "hundreds of them with a rule")
    from tensorflow.python.framework import ops

    def has_rule(name):
        try:
            return ops.gradient_registry.lookup(name) is not None
        except LookupError:
            return False

    names = [name for name in dir(tf.raw_ops) if name[0].isupper()]
    assert 200 < sum(map(has_rule, names)) < len(names) / 2


def test_a_product_of_matrices_goes_forward_by_two_products():
    says("13", "modes-jacobian", r"another one forward: $\dot A B + A \dot B$")
    random = tf.random.Generator.from_seed(13)
    A, A_dot = random.normal((2, 2, 3))
    B, B_dot = random.normal((2, 3, 4))
    with tf.autodiff.ForwardAccumulator([A, B], [A_dot, B_dot]) as accumulator:
        Z = A @ B
    np.testing.assert_allclose(accumulator.jvp(Z), A_dot @ B + A @ B_dot, rtol=1e-4, atol=1e-5)


def test_the_sigmoid_overflows_harmlessly(source):
    says("13", "sigmoid-solution", "overflows at -1,000, harmlessly but with a warning")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert 1 / (1 + np.exp(-np.array(-1000.0))) == 0.0
    assert any("overflow" in str(warning.message) for warning in caught)


def test_subtracting_the_largest_keeps_the_loss_finite():
    says("13", "train-loss", "Subtracting the largest $z$ from all changes nothing")
    z = np.array([1.0, 3.0, 2.0])

    def loss(z):
        return np.log(np.sum(np.exp(z))) - z[1]

    assert loss(z) == pytest.approx(loss(z - 3.0))
    with np.errstate(over="ignore"):
        assert not np.isfinite(loss(1000 * z))
    assert np.isfinite(loss(1000 * (z - 3.0)))


def test_the_names_of_at_work():
    says("13", "at-work", "`tf.test.compute_gradient` test a rule by differences")
    (ours,), (numerical,) = tf.test.compute_gradient(tf.sin, [tf.constant([0.5])])
    np.testing.assert_allclose(ours, numerical, rtol=1e-2)
    runs = []

    @tf.recompute_grad
    def wave(x):
        runs.append(1)
        return tf.sin(x)

    says("13", "at-work", "`tf.recompute_grad` and `jax.checkpoint` compute values again")
    x = tf.Variable(0.5)
    with tf.GradientTape() as tape:
        y = wave(x)
    forward = len(runs)
    tape.gradient(y, x)
    assert len(runs) > forward
