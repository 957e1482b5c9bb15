"""Why is my gradient None? Every cause is found and named, and nothing is left changed."""

import itertools
import linecache
import math  # noqa: F401  some cases use it
import sys
from textwrap import indent

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python import pywrap_tfe
from tensorflow.python.eager import context, execute
from tensorflow.python.framework import ops

import check
from verdict import none, reasons, running

V, C, PAIR = tf.Variable(2.5), tf.constant(2.5), tf.Variable([1.0, 2.0])
N, THREE = tf.Variable(3), tf.Variable([1.0, 2.0, 4.0])
other, total = tf.Variable(2.0), tf.Variable(0.0)
PICTURE = tf.Variable(np.arange(4.0, dtype=np.float32).reshape(1, 2, 2, 1))
table = keras.layers.Embedding(5, 2)
third = keras.initializers.Constant(0.3)
tanh_of_three = keras.Sequential(
    [keras.Input((1,)), keras.layers.Dense(3, "tanh", kernel_initializer=third)]
)
numbers_of_cells = itertools.count()
ASK_Y, ASK_Z = "return tape.gradient(y, x)", "return tape.gradient(z, x)"


def taped(inside, *, before="", end=ASK_Y, tape="tf.GradientTape()"):
    """Return a function of x as a cell of a notebook would define it, with one tape."""
    body = f"{before}\nwith {tape} as tape:\n{indent(inside, '    ')}\n{end}"
    source = f"def answer(x):\n{indent(body, '    ')}\n"
    name, namespace = f"<cell {next(numbers_of_cells)}>", {}
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    exec(compile(source, name, "exec"), globals(), namespace)
    return namespace["answer"]


def helper_returns_nothing(x):
    def square(x):
        x * x

    return square(x)


def replaced_in_loop(x):
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = x * x
        slope = tape.gradient(y, x)
        x = x - 0.1 * slope
    return x


def inner_outside(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
    slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


def inner_of_a_cube(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**3
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


def inner_of_straight_line(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = 3.0 * x
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


@tf.custom_gradient
def closed(x):
    return tf.sin(x), lambda upstream: None


@tf.custom_gradient
def straight_through(x):
    return tf.round(x), lambda upstream: upstream


def side_effects(x):
    for _ in range(3):
        with tf.GradientTape() as tape:
            y = tf.round(x)
        slope = tape.gradient(y, x)
        x.assign_sub(0.1)
    return slope


def replaced_in_a_list(x):
    w = [x]
    for _ in range(2):
        with tf.GradientTape() as tape:
            y = w[0] * w[0]
        w[0] = w[0] - 0.1 * tape.gradient(y, w[0])


def other_tape(x):
    with tf.GradientTape():
        y = x * x
    with tf.GradientTape() as tape:
        z = 2.0 * y
    return tape.gradient(z, x)


def innocent_numpy(x):
    shape = np.zeros(3).shape
    with tf.GradientTape() as tape:
        y = tf.constant(np.sin(x))
        y = y * len(shape)
    return tape.gradient(y, x)


def frozen(x):
    w = keras.Variable(2.0, trainable=False)
    with tf.GradientTape() as tape:
        y = w * x
    return tape.gradient(y, w)


def left_out_in_second_round(x):
    w, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        loss = (w * x + b) ** 2
    w.assign_sub(tape.gradient(loss, w))
    with tf.GradientTape() as tape:
        loss = (w * x) ** 2
    return tape.gradient(loss, [w, b])


def descends(x):
    x.assign_sub(slope(x))
    return slope(x)


def walks_then_rounds(x):
    for _ in range(2):
        x.assign_sub(slope(x))
    return rounded(x)


def bent_picture(x):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.image.resize(x, (4, 4)) ** 3)
        slope = inner.gradient(y, x)
    return outer.gradient(slope, x)


last = None


def recorded_twice(x):
    global last
    with tf.GradientTape():
        last = x * x
    with tf.GradientTape() as tape:
        y = 2.0 * last
    return tape.gradient(y, x)


def rested(x):
    with tf.GradientTape() as outer:
        with outer.stop_recording(), tf.GradientTape() as inner:
            y = x**3
        slope = inner.gradient(y, x)
        z = slope * x
    return outer.gradient(z, x)


def counted(x):
    total.assign_add(1.0)
    with tf.GradientTape() as tape:
        y = x * total
    return tape.gradient(y, x)


ASK_PAIR = "return tape.gradient(y, [x, b])"
SLOPE_OF = """def slope_of(x):
    with tf.GradientTape() as inner:
        y = tf.reduce_sum(tf.image.resize(x, (4, 4)) ** 3) + tf.reduce_sum(x**3)
    return inner.gradient(y, x)"""
ASK_DICT, SECOND = 'return tape.gradient(y, {"x": x, "b": b})', "b = tf.Variable(1.0)"
ON_CONDITION = "y = tf.where(\n    x > 1.0,\n    tf.round(x),\n    0.0,\n)"
PAUSED = "with tape.stop_recording():\n    y = x * x\nz = y * 2.0"
TWO = "y = tf.stack([tf.round(x), tf.round(2.0 * x)])"

slope = taped("y = x**2")
rounded = taped("y = tf.round(x) * 2.0")
printed = taped("y = x**2", end="print(tape.gradient(y, x).numpy())")
paused = taped(PAUSED, end=ASK_Z)
painted = taped("y = tf.round(x)", end='return tape.gradient(y, x, unconnected_gradients="zero")')
jacobian = taped(TWO, end="return tape.jacobian(y, x)")
used_as_number = taped("y = tf.round(x)", end="return 2.0 * tape.gradient(y, x)")
no_return = taped("y = x**2", end="tape.gradient(y, x)")
exchanged = taped("y = x**2", end="return tape.gradient(x, y)")
replaced = taped("y = x * x", before="x = x + 1.0")
integer_on_the_way = taped("n = tf.cast(x, tf.int32)\ny = tf.cast(n, tf.float32) ** 2")
before_tape = taped("z = y * 2.0", before="y = x * x", end=ASK_Z)
after_tape = taped("y = x * x", end="z = 2.0 * y\n" + ASK_Z)
stopped = taped("y = tf.stop_gradient(x * x) + 1.0")
other_variable = taped("y = other * 2.0")
second_source = taped("y = x * x", before=SECOND, end=ASK_PAIR)

CASES = [
    (no_return, V, "it has no return"),
    (
        taped("y = x**2", end="if y > 1000:\n    return tape.gradient(y, x)"),
        V,
        "ended without coming to its return",
    ),
    (taped("y = x**2", end="tape.gradient(y, x)\nreturn"), V, "its return gives nothing back"),
    (printed, V, "it prints 5.0 and gives nothing back. Write return instead of print"),
    (taped("y = x**2", end="return print(tape.gradient(y, x))"), V, "Leave print out"),
    (taped("y = x**2", end="return [].append(tape.gradient(y, x))"), V, "append gives None"),
    (helper_returns_nothing, V, "square gives None: it has no return"),
    (exchanged, V, "exchanged: write tape.gradient(y, x)"),
    (taped("y = x * x"), C, "x is a constant tensor"),
    (taped("y = x * x\ntape.watch(x)"), C, 'tape.watch(x) comes too late, after the line "y = x *'),
    (taped("y = x * x", before="x = tf.constant(float(x))"), V, "x is a constant tensor"),
    (replaced, V, 'x is no longer a variable: the line "x = x + 1.0" puts a tensor'),
    (replaced_in_loop, V, 'the line "x = x - 0.1 * slope" puts a tensor'),
    (
        taped("y = x * x\nx = x + 1.0"),
        V,
        'x was made by the line "x = x + 1.0", and y was not computed from it',
    ),
    (
        taped("y = x * x", before="x = tf.cast(x, tf.float32)"),
        tf.constant(3),
        'a tensor, made by the line "x = tf.cast(x, tf.float32)"',
    ),
    # out of TensorFlow
    (
        taped("y = tf.constant(np.sqrt(x)) * 10.0"),
        V,
        'np.sqrt(x)) * 10.0" takes the number out of x, and the tape cannot follow it there. '
        "Use the TensorFlow function for sqrt",
    ),
    (
        taped("u = x * x\ny = tf.constant(np.sin(u)) * 10.0", before="x.assign_add(1.0)"),
        V,
        'np.sin(u)) * 10.0" takes the number out of x',
    ),
    (
        taped("y = tf.square(float(x))", before="print(int(x))", end="x.numpy()\n" + ASK_Y),
        V,
        "Leave float() out",
    ),
    (taped("y = tf.sin(x).numpy() * tf.constant(2.0)"), V, "Leave .numpy() out"),
    (taped("y = tf.constant(math.sin(x))"), V, "Use the TensorFlow function for sin"),
    (taped("y = tf.constant(2.0) * int(x)"), V, "cuts x to a whole number"),
    (taped("y = tf.constant(x) ** 2"), V, "Leave tf.constant() out"),
    (taped("y = tf.square(np.float32(x))"), V, "Leave np.float32() out"),
    (
        taped("y = tf.square(read())", before='read = getattr(x, "num" + "py")'),
        V,
        "Stay with TensorFlow from source to target",
    ),
    (
        taped("y = tf.constant(7.0)", before="print(float(x))"),
        V,
        "y is a constant, which was not computed from x",
    ),
    # no tensor
    (taped("y = float(x) ** 2"), V, 'the line "y = float(x) ** 2" takes the number out of x'),
    (taped("y = np.square(x)"), V, 'the line "y = np.square(x)" takes the number out of x'),
    (taped("y = lambda x: x * x"), V, "y is a function. Call it"),
    (taped("y = tf.constant(2.0) * x", before="x = 3.0"), V, "x is a Python float"),
    # whole numbers
    (taped("y = x * x"), N, "x has dtype int32, and an integer cannot grow"),
    (taped("y = x * x", before="x = tf.Variable(int(x))"), -1.5, "-1.5 was cut to -1"),
    (taped("y = x * x", before="x = tf.Variable(round(x))"), -1.5, "-1.5 was cut to -2"),
    (taped("y = tf.cast(x, tf.float32) ** 2"), N, "x has dtype int32"),
    (
        taped(
            "tape.watch(n)\ny = n * n",
            before="n = tf.cast(x, tf.int32)",
            end="return tape.gradient(y, n)",
        ),
        V,
        'int32, by the line "n = tf.cast(x, tf.int32)"',
    ),
    (
        taped("y = tf.cast(x, tf.int32) ** 2"),
        V,
        'the line "y = tf.cast(x, tf.int32) ** 2" turns what was computed from x into integers',
    ),
    # a library stops gradients inside of its functions, and the learner's line is to blame
    (
        taped("y = tf.nn.moments(x, 0)[1]\ny = tf.round(y)"),
        PAIR,
        'tf.round in the line "y = tf.round(y)" has no gradient',
    ),
    (integer_on_the_way, V, 'the line "n = tf.cast(x, tf.int32)" turns what was computed'),
    # variables
    (
        taped("v = tf.Variable(x * 2.0)\ny = v * v"),
        V,
        'the line "v = tf.Variable(x * 2.0)" makes a new variable',
    ),
    (
        taped("v.assign(x * 2.0)\ny = v * v", before="v = tf.Variable(0.0)"),
        V,
        'the line "v.assign(x * 2.0)" assigns',
    ),
    (
        taped("y = x * x", before="x = tf.Variable(x, trainable=False)"),
        V,
        "trainable=False",
    ),
    (
        taped("y = x * x", tape="tf.GradientTape(watch_accessed_variables=False)"),
        V,
        "watch_accessed_variables=False",
    ),
    # beside the tape
    (before_tape, V, 'the line "y = x * x" ran before the tape was opened'),
    (after_tape, V, 'the line "z = 2.0 * y" ran after the with block'),
    (
        taped("pass", end="y = x * x\n" + ASK_Y),
        V,
        'the line "y = x * x" ran after the with block',
    ),
    (inner_outside, V, "the first gradient was computed outside the outer tape"),
    (inner_of_straight_line, V, "slope is a slope that is the same for every x"),
    (paused, V, "inside tape.stop_recording()"),
    (taped("y = x * x\ntape.reset()"), V, "what ran does not show where the path from x to y ends"),
    (
        taped("y = x * x", end="tape.gradient(y, x)\n" + ASK_Y),
        V,
        "persistent=True",
    ),
    # operations
    (stopped, V, 'tf.stop_gradient in the line "y = tf.stop_gradient(x * x) + 1.0" ends the path'),
    (taped("y = closed(x) * 2.0"), V, "closed has its own gradient"),
    (taped("y = tf.floor(straight_through(x))"), V, "tf.floor in the line"),
    (rounded, V, 'tf.round in the line "y = tf.round(x) * 2.0" has no gradient'),
    (taped("y = tf.where(x > 1.0, 1.0, 0.0)"), V, "> in the line"),
    (taped(ON_CONDITION), V, 'tf.round in the line "tf.round(x),"'),
    (taped("y = tf.cast(tf.argmax(x), tf.float32)"), PAIR, "tf.argmax in the line"),
    (taped("y = x // 2.0"), V, "// in the line"),
    (taped("y, _ = tf.unique(x)"), PAIR, 'cannot be taken: the line "y, _ = tf.unique(x)" uses'),
    (tf.unique, PAIR, "uses Unique, an operation that TensorFlow has no gradient rule for"),
    (painted, V, 'A 0 stands for a None, by unconnected_gradients="zero": tf.round'),
    (jacobian, V, "tf.round in the line"),
    (used_as_number, V, "The gradient of y with respect to x is None: tf.round"),
    (side_effects, V, "tf.round"),
    (walks_then_rounds, V, 'tf.round in the line "y = tf.round(x) * 2.0"'),
    (
        taped("y = tf.image.hsv_to_rgb(x)"),
        tf.Variable([[0.2, 0.5, 0.5]]),
        "has no gradient for tf.i",
    ),
    (taped("y = tf.cast(tf.argsort(x), tf.float32)"), PAIR, "tf.argsort"),
    (taped("y = tf.gather(tf.ones(9), x)"), N, "x is an index, which picks values"),
    (taped("b[0].assign(x)\ny = b * b", before="b = tf.Variable([0.0])"), V, 'x)" assigns'),
    (replaced_in_a_list, V, "write w[0].assign_add(…) or w[0].assign_sub(…)"),
    (other_tape, V, 'the line "y = x * x" was recorded by a different tape'),
    (taped("y = tf.constant(np.where(x > 1, 1.0, 0.0))"), V, "TensorFlow function for where"),
    (innocent_numpy, V, 'the line "y = tf.constant(np.sin(x))" takes'),
    (frozen, tf.ones((1, 2)), "Write tape.watch(w.value) as the first line"),
    (taped("y = tf.numpy_function(np.sin, [x], tf.float32)"), V, "TensorFlow function for sin"),
    (taped("y = tf.cast(tf.searchsorted([1.0, 2.0], x), tf.float32)"), PAIR, "tf.searchsorted in"),
    (taped("y = tf.cast(tf.math.top_k(x).indices, tf.float32)"), PAIR, "tf.math.top_k in the line"),
    (taped("y = tf.reduce_sum(tf.zeros_like(x) + 1.0)"), PAIR, "its output stays the same"),
    (
        taped("y = tf.reduce_sum(table(tf.cast(x, tf.int32)))"),
        PAIR,
        "x is an index, which picks values in the line",
    ),
    (
        taped("y = tf.reduce_mean(keras.metrics.binary_accuracy([1.0, 0.0], x))"),
        PAIR,
        "keras.metrics.binary_accuracy in the line",
    ),
    (
        taped("y = z * z", before="z = tf.Variable(x)"),
        V,
        '= tf.Variable(x)" makes a new variable',
    ),
    (
        taped("m = keras.metrics.Mean()\nm.update_state(x * x)\ny = m.result()"),
        V,
        'the line "m.update_state(x * x)" assigns',
    ),
    (bent_picture, PICTURE, "has no gradient for ResizeBilinearGrad"),
    (recorded_twice, V, 'the line "last = x * x" was recorded by a different tape'),
    # nan
    (taped("y = tf.where(x > 9.0, 0.0, tf.math.log(0 * x))"), V, "computes inf or nan from finite"),
    (taped("y = tf.where(x == 2.5, 1.0, x / (x - 2.5))"), V, "with tf.where around its input"),
    (taped("y = tf.norm(x)"), tf.Variable([0.0, 0.0]), "the slope of tf.norm in the line"),
    # from something else
    (taped("y = tf.constant(4.0)"), V, "y is a constant, which was not computed from x"),
    (taped("y = tf.constant(1.0) if x > 0 else x"), V, "x was only compared"),
    (other_variable, V, "y was computed from other, not from x"),
    (taped("y = tf.ones(()) * 2.0"), V, "y was not computed from x"),
    (left_out_in_second_round, V, "loss was computed from w and x, not from b"),
    (second_source, V, "y was computed from x, not from b"),
    (taped("y = x * x", before=SECOND, end=ASK_DICT), V, "not from b"),
    (taped("y = x[0] ** 2", end="return tape.gradient(y, x[0])"), PAIR, "a new copy of a part"),
    (
        taped("y = a * b", before="a, b = x[0], x[1]", end="return tape.gradient(y, [a, b])"),
        PAIR,
        'a is a tensor, made by the line "a, b = x[0], x[1]"',
    ),
    (
        taped("y = x * x", end="x = tf.Variable(3.0)\n" + ASK_Y),
        V,
        "the name x means a different value now",
    ),
    # the formula alone
    (lambda x: x * x, V, "The gradient is not None: it is 5."),
    (lambda x: x * x, C, "not None: it is 5, if the tape is told to watch"),
    (lambda x: x * x, 3.0, "tape.watch(x)"),
    (lambda x: x * x, 3, "x has dtype int32"),
    (lambda x: np.sqrt(x), V, "Use the TensorFlow function for sqrt"),
    (lambda x: np.sum(x**2), np.array([1.0, 2.0]), "TensorFlow function for sum"),
    (lambda x: [1.0, x * x], V, "is a Python float"),
    (lambda x: tf.round(x), V, "tf.round"),
    (tf.round, V, "tf.round in a step has no gradient"),
    # there is nothing to explain
    (slope, V, "The gradient is not None: it is 5.\n"),
    (lambda x: slope(x), V, "The gradient is not None: it is 5.\n"),
    (taped("y = tf.reduce_sum(tf.gather(x, [0]))"), PAIR, "is not None: it is [1, 0]"),
    (lambda pair: pair[0] * pair[1], [V, other], "is not None: it is 2 and 2.5"),
    (lambda text: tf.constant(1.0), "x", "no number to ask for"),
    (lambda x: [tf.ones(())], object(), "no number to ask for"),
]


def said(function, *args, capsys):
    check.why_none(function, *args)
    return capsys.readouterr().out


@pytest.mark.parametrize(("function", "x", "part"), CASES, ids=[case[2][:40] for case in CASES])
@pytest.mark.parametrize("made", [lambda function: function, tf.function], ids=["plain", "graph"])
def test_cause_is_named(made, function, x, part, capsys):
    text = said(made(function), x, capsys=capsys)
    assert part in text
    assert text.count(". ") <= 1 and text.count("\n") == 1, "more than two sentences"


@tf.custom_gradient
def wrong_rule(x):
    return x**2, lambda upstream: upstream * x


WRONG = [
    (taped("y = x * tf.constant(np.sqrt(x))"), V, "np.sqrt(x))", "TensorFlow function for sqrt"),
    (taped("y = x * x.numpy()"), V, "y = x * x.numpy()", "Leave .numpy() out"),
    (taped("y = x * float(x)"), V, "y = x * float(x)", "Leave float() out"),
    (taped("y = x * tf.stop_gradient(x * x)"), V, "tf.stop_gradient", "Leave it out"),
    (
        taped("b.assign(x * x)\ny = x + 2 * b", before="b = tf.Variable(0.0)"),
        V,
        'line "b.assign(x * x)" assigns',
        "Compute with the tensor itself",
    ),
    (
        taped("y = x * tf.py_function(lambda v: np.sin(v.numpy()), [x], tf.float32)"),
        V,
        "tf.py_function",
        "TensorFlow function for sin",
    ),
    (taped("y = x * tf.numpy_function(np.sin, [x], tf.float32)"), V, "np.sin", "function for sin"),
    (taped("w = tf.Variable(x**2)\ny = 3 * w + x"), V, "tf.Variable(x**2)", "Use the tensor as it"),
    (
        taped("with tape.stop_recording():\n    s = x * x\ny = s * x"),
        V,
        'line "s = x * x" ran inside tape.stop_recording()',
        "Take it out",
    ),
    (rested, V, 'line "y = x**3" ran', "Take it out"),
    (taped("total.assign_add(x * x)\ny = x + total"), V, "total.assign_add", "the tensor itself"),
    (taped("y = x * keras.ops.stop_gradient(x)"), V, "keras.ops.stop_gradient", "Leave it out"),
    (taped("y = x * keras.ops.convert_to_numpy(x)"), V, "to_numpy(x)", "Leave convert_to_numpy()"),
    (taped("y = x + tf.constant(x) ** 2"), V, "tf.constant(x)", "Leave tf.constant() out"),
    (taped("y = x * math.exp(x)"), tf.Variable(1.0), "math.exp", "function for exp"),
    (
        taped("y = tf.linalg.trace(x) * np.linalg.det(x)"),
        tf.Variable([[2.0, 1.0], [1.0, 3.0]]),
        "np.linalg.det",
        "TensorFlow function for linalg.det",
    ),
    (
        taped("y = tf.reduce_sum(tf.map_fn(lambda v: v * np.exp(v), x))"),
        PAIR,
        "v * np.exp(v)",
        "function for exp",
    ),
    (
        taped("y = tf.scan(lambda a, v: tf.stop_gradient(a) + v, x)[-1]"),
        THREE,
        "tf.stop_gradient",
        "Leave it out",
    ),
    (
        taped(
            "row = tf.TensorArray(tf.float32, 2)\nrow = row.write(0, x).write(1, x.numpy())\n"
            "y = tf.reduce_sum(row.stack() ** 2)"
        ),
        V,
        "x.numpy()",
        "Leave .numpy() out",
    ),
    (
        taped("aim = tanh_of_three(x[None, None]).numpy()\ny = tf.reduce_sum(aim * x)"),
        V,
        "tanh_of_three(x[None, None]).numpy()",
        "Leave .numpy() out",
    ),
    (
        taped("g = tanh_of_three.predict(x[None, None], verbose=0)\ny = tf.reduce_sum(g) * x"),
        V,
        "tanh_of_three.predict",
        "call the model itself",
    ),
    (
        taped("y = tf.reduce_sum(tf.image.resize(slope_of(x), (4, 4)) ** 2)", before=SLOPE_OF),
        PICTURE,
        "TensorFlow has no gradient for",
        "Use a different function",
    ),
    (lambda x: tf.reduce_sum((x - np.mean(x)) ** 3), THREE, "np.mean", "function for mean"),
    (lambda x: x * tf.stop_gradient(x), 3.0, "tf.stop_gradient", "Leave it out"),
]


@pytest.mark.parametrize(("function", "x", "line", "repair"), WRONG, ids=[w[2] for w in WRONG])
@pytest.mark.parametrize("made", [lambda function: function, tf.function], ids=["plain", "graph"])
def test_a_gradient_that_is_silently_wrong_is_named_with_its_line(
    made, function, x, line, repair, capsys
):
    text = said(made(function), x, capsys=capsys)
    assert "and it is wrong: " in text
    assert line in text and repair in text


@tf.custom_gradient
def wrong_upstream(x):
    return x**2, lambda upstream: 2.0 * x


@pytest.mark.parametrize(
    ("rule", "x"), [("wrong_rule", 2.5), ("wrong_upstream", 2.5), ("straight_through", 2.3)]
)
def test_a_rule_of_ones_own_that_small_steps_contradict_may_be_meant(rule, x, capsys):
    text = said(taped(f"y = tf.sin(3.0 * {rule}(x))"), tf.Variable(x), capsys=capsys)
    assert "and small steps of x give" in text and f"{rule} in the line" in text
    assert "Unless the difference is meant, check what the rule returns" in text
    assert "wrong:" not in text


def test_variables_of_the_module_keep_their_values(capsys):
    total.assign(1.0)
    assert "it is 2." in said(counted, V, capsys=capsys)
    assert "it is wrong" in said(taped("total.assign(x)\ny = x + total"), V, capsys=capsys)
    assert total.numpy() == 1.0


def test_an_operation_is_called_what_the_line_calls_it():
    line = "look(lambda x: tf.image.hsv_to_rgb(x), tf.constant(1.0))"
    assert reasons.written("HSVToRGB", line) == "tf.image.hsv_to_rgb"
    assert reasons.written("ArgMax", "y = x") == "tf.argmax"


layer_of_one = keras.layers.Dense(1)
RIGHT = [
    (taped("y = tf.nn.relu(x)"), tf.Variable(0.0)),  # a kink
    (taped("y = x * tf.random.normal(())"), V),
    (taped("y = tf.exp(30.0 * x)"), V),
    (taped("y = tf.reduce_sum(tf.sin(x) * x)"), tf.Variable(np.arange(6.0).reshape(2, 3))),
    (taped("y = tf.reduce_logsumexp(100.0 * x)"), PAIR),
    (taped("y = 1e-6 * x * x"), V),
    (taped("y = x * other.numpy()"), V),
    (inner_of_a_cube, V),
    (lambda x: layer_of_one(x), tf.ones((1, 2))),
    (taped("y = tf.sin(1000.0 * x)"), V),  # it swings between the steps
    (taped("y = (x + 1e6) - 1e6 + x"), V),  # rounding is larger than the steps
    (taped("y = tf.sigmoid(200.0 * (x - 2.5))"), V),
    (taped("y = x * tf.round(x)"), V),  # a jump
    (taped("y = x * tf.cast(tf.cast(x, tf.int32), tf.float32)"), V),  # flat here, and so they say
    (taped("y = x - tf.floor(x)"), V),
    (taped("y = tf.reduce_sum(tf.linalg.cholesky(x))"), tf.Variable([[2.0, 0.5], [0.5, 3.0]])),
    (taped("y = tf.linalg.eigvalsh(x)[0]"), tf.Variable([[2.0, 0.5], [0.5, 3.0]])),
    (taped("y = tf.reduce_sum(tf.linalg.inv(x))"), tf.Variable([[2.0, 0.5], [0.1, 3.0]])),
    (taped("y = x * x * x"), tf.Variable(2.5, dtype=tf.bfloat16)),
    (taped("y = x * x"), tf.Variable(2.5, dtype=tf.float16)),
    (taped("y = 1e10 * x**3"), tf.Variable(100.0)),
    (taped("y = tf.reduce_sum(tf.image.resize(x, (8, 8)) ** 2)"), PICTURE),
    (taped("y = tf.py_function(lambda v: tf.sin(v) * v, [x], tf.float32)"), V),
    (taped("y = tf.reduce_sum(tf.sort(x) * [1.0, 2.0, 3.0])"), THREE),
    (taped("y = tf.reduce_sum(tf.abs(tf.signal.rfft(x)) ** 2)"), tf.Variable([1.0, 2.0, 4.0, 1.0])),
    (taped("y = x * tf.cast(tf.shape(x)[0], tf.float32)"), PAIR),
    (taped("y = x**2 + tf.stop_gradient(total)"), V),
    (taped("total.assign_add(1.0)\ny = x * x"), V),
    (taped("print(x.numpy())\ny = x * x"), V),
    (lambda x: tanh_of_three(x), tf.ones((1, 1))),
    (counted, V),
]


@pytest.mark.parametrize(("function", "x"), RIGHT)
def test_a_gradient_that_is_right_is_not_called_wrong(function, x, capsys):
    assert "wrong" not in said(function, x, capsys=capsys)


def test_ragged_target(capsys):
    row = "row = tf.ragged.constant([[1.0, 2.0], [3.0]])"
    ragged = taped("y = tf.ragged.map_flat_values(lambda v: v * float(x), row)", before=row)
    assert "Leave float() out" in said(ragged, V, capsys=capsys)


def test_arguments_stay_as_they_are(capsys):
    x = tf.Variable(2.0)
    text = said(descends, x, capsys=capsys)
    assert "None of the 2 gradients is None: the last one is -4." in text
    assert x.numpy() == 2.0


def test_several_arguments_of_a_formula(capsys):
    text = said(lambda w, b, x: w * x, V, tf.Variable(1.0), 2.0, capsys=capsys)
    assert "with respect to b is None: the target was computed from w and x, not from b" in text
    assert "tape.watch(…)" in said(lambda *all: all[0] * all[1], 2.0, 3.0, capsys=capsys)


def test_value_in_place_of_a_function(capsys):
    for value in (slope(V), None, 3.0):
        assert said(value, V, capsys=capsys).startswith("Give a function, without calling it")
    assert said(slope, capsys=capsys).startswith("Give a function")


def test_keras_model(capsys):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    inputs = tf.ones((4, 2))
    model(inputs)

    def outside(x):
        prediction = model(x)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(prediction**2)
        return tape.gradient(loss, model.trainable_variables)

    text = said(outside, inputs, capsys=capsys)
    assert 'the line "prediction = model(x)" ran before the tape was opened' in text


def state():
    names = ["_push_tape", "_pop_tape", "watch", "stop_recording"]
    names += ["gradient", "jacobian", "batch_jacobian"]
    return [
        *(getattr(tf.GradientTape, name) for name in names),
        ops._EagerTensorBase._numpy,
        pywrap_tfe.TFE_Py_FastPathExecute,
        pywrap_tfe.TFE_Py_TapeSetRecordOperation,
        execute.execute,
        list(context.context().op_callbacks),
        tf.config.functions_run_eagerly(),
        tf.get_logger().level,
        sys.getprofile(),
    ]


def fails(x):
    with tf.GradientTape() as tape:
        y = x * x
        raise KeyError("mine")
    return tape.gradient(y, x)


def gives_up(x):
    with tf.GradientTape():
        x * x
        raise KeyboardInterrupt


def test_everything_is_put_back(capsys):
    before = state()
    for function in (slope, rounded, paused, jacobian, tf.function(rounded)):
        said(function, V, capsys=capsys)
        assert state() == before
    assert "fails raised KeyError: 'mine', in the line \"raise KeyError" in said(
        fails, V, capsys=capsys
    )
    assert state() == before
    with pytest.raises(KeyboardInterrupt):
        check.why_none(gives_up, V)
    assert state() == before
    assert none.uses_tape(slope, V) and not none.uses_tape(fails, V)
    assert state() == before


def test_endless_function_is_stopped(monkeypatch, capsys):
    def endless(x):
        while True:
            x = x * 1.0

    monkeypatch.setattr(running, "SECONDS", 0.3)
    before = state()
    assert "still running after 0.3 seconds" in said(endless, V, capsys=capsys)
    assert state() == before


def test_verdicts_ask_the_same():
    reason = 'tf.round in the line "y = tf.round(x) * 2.0" has no gradient'
    assert none.why_none_returned(rounded, [V], "").startswith(f"answer returns None: {reason}")
    assert none.why_broken(used_as_number, [V]).startswith("tf.round in the line")
    assert none.painted_over(painted, [V]).startswith("tf.round in the line")
    assert none.painted_over(rounded, [V]) is None and none.painted_over(slope, [V]) is None
    assert "it prints 5.0" in none.why_none_returned(printed, [V], "5.0\n")


def test_none_that_is_computed_with_is_traced_to_the_function_that_gave_it():
    def square(x):
        x * x

    def twice(x):
        return 2.0 * square(x)

    def extended(x):
        numbers = [x].append(x)
        return sum(numbers)

    assert none.why_broken(twice, [V]).startswith("square gives None: it has no return")
    assert "append gives None" in none.why_broken(extended, [V])


def test_tape_is_noticed():
    def by_hand(x):
        return 2.0 * x

    assert none.uses_tape(slope, V) and none.uses_tape(tf.function(slope), V)
    assert none.uses_tape(jacobian, V) and not none.uses_tape(by_hand, V)
