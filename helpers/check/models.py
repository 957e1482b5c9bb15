"""What several lessons ask of models: how many parameters, and how well a trained one classifies.

A model is anything with a ``predict`` that returns a row of scores for each input, such as any kind
of Keras model, or an ensemble of them.
"""

import contextlib
import dis
import functools
import itertools
import math
import random
import re

import keras
import numpy as np

from .engine import Wrong, call, close, needs_function, numbers
from .none import source_code
from .running import is_function, name_of, show

# --- Counting -------------------------------------------------------------------------------------


def parameters(answer, *widths):
    """Judge a count of the parameters of dense layers: widths of the input and of each layer."""
    pairs = list(itertools.pairwise(widths))
    kernels, biases = [a * b for a, b in pairs], list(widths[1:])
    truth = sum(kernels) + sum(biases)
    given = float(numbers(answer, ()))
    if given == truth:
        return f"{truth:,} parameters"
    shown = f"{given:,.6g}" if given % 1 else f"{given:,.0f}"
    kinds = {
        "leaves out the biases, one for each unit of each layer": sum(kernels),
        "counts units. Each of them has a weight for every input, and a bias": sum(biases),
        "counts the inputs": widths[0],
        "adds inputs and units; each unit has a weight for every input": sum(widths),
        "multiplies all the widths. Each layer has a kernel of its own, and they are added": (
            math.prod(widths)
        ),
        "counts arrays. Count the numbers in them": 2 * len(pairs),
        "counts every bias twice": truth + sum(biases),
        "has a bias for each input. There is one a unit": sum(kernels) + sum(widths[:-1]),
        "has too few biases: one for each unit, and not one for each layer": (
            sum(kernels) + len(pairs)
        ),
        "gives the last layer the inputs of the first. Its inputs are the units before it": (
            truth + (widths[0] - widths[-2]) * widths[-1]
        ),
        "is one too few": truth - 1,
        "is one too many": truth + 1,
        "has a point where Python expects an underscore, 101_770, or nothing": truth / 1000,
        "counts bytes, four for each number": 4 * truth,
    }
    for layer, (kernel, bias) in enumerate(zip(kernels, biases, strict=True), start=1):
        sizes = {"kernel": kernel, "biases": bias, "kernel and biases": kernel + bias}
        for part, size in sizes.items():
            kinds[f"leaves out the {part} of layer {layer}, {size:,} numbers"] = truth - size
            kinds[f"counts the {part} of layer {layer} twice, {size:,} numbers"] = truth + size
    for text, number in kinds.items():
        if given == number:
            raise Wrong(f"{shown} {text}")
    raise Wrong(
        f"it is not {shown}. Go layer by layer: inputs × units, and one bias a unit; layer 1 has "
        f"{widths[0]:,} inputs and {widths[1]:,} units"
    )


# --- Training -------------------------------------------------------------------------------------


@contextlib.contextmanager
def seeded(seed):
    """Begin with a seed, so that the same answer gets the same verdict whenever it is checked.

    TensorFlow's own state cannot be put back: the lessons set a seed wherever randomness begins.
    """
    states = random.getstate(), np.random.get_state()  # noqa: NPY002  a learner may use it
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002


def trained(train, *args, seconds, seed, uses=()):
    """Return the model that a learner's function trains and returns, called with `args`.

    It may take some seconds, and begins with a seed. It must use those parameters whose places are
    in `uses`, a tuple.
    """
    needs_function(train)

    @functools.wraps(train)
    def run(*given):
        return {"model": train(*given)}  # alone, a None would be trained once more to explain it

    with seeded(seed):
        model = call(run, *args, seconds=seconds)["model"]
    if model is None:
        lines = re.findall(r"^\s*(return .*)", source_code(train), re.M)
        why = f'the line "{lines[-1]}" hands on what has no value' if lines else "it has no return"
        raise Wrong(f"{name_of(train)} returns None: {why}. Let it return the model itself")
    _refuse_no_model(model)
    if untrained := _untrained(model):
        raise Wrong(untrained)
    for place in uses:
        _refuse_ignored(train, place)
    return model


def _refuse_ignored(function, place):
    """Refuse a function that never reads a parameter, or puts something else in its place."""
    code = getattr(function, "__code__", None)
    if code is None or place >= code.co_argcount or code.co_varnames[place] in code.co_cellvars:
        return  # it cannot be told, or an inner function reads it
    name = code.co_varnames[place]
    steps = [it.opname for it in dis.get_instructions(code) if it.argval == name]
    steps = [step for step in steps if "FAST" in step]
    if not steps:
        raise Wrong(
            f"{function.__name__} never uses {name}, which it is given. "
            f"Train on its own parameters: {', '.join(code.co_varnames[: code.co_argcount])}"
        )
    if steps[0].startswith("STORE"):
        raise Wrong(
            f"{function.__name__} puts something else in the place of {name} before it reads it. "
            "Train on what it is given"
        )


def _refuse_no_model(model):
    """Refuse what came in place of a model, and say what it is."""
    if callable(getattr(model, "predict", None)) and not isinstance(model, type):
        return
    kind, array = type(model).__name__, isinstance(model, np.ndarray) or keras.ops.is_tensor(model)
    if isinstance(model, keras.callbacks.History):
        text = "fit returns a History, the record of a training. Return the model itself"
    elif isinstance(model, type):
        text = f"{model.__name__} is a class. Train the model that it makes, and return that"
    elif is_function(model):
        text = f"{name_of(model)} is a function that was not called. A trained model was expected"
    elif isinstance(model, (list, tuple)) and any(hasattr(part, "predict") for part in model):
        text = (
            f"{len(model)} things came, in a {kind}. Return one model; several that vote need an "
            "object with a predict of its own"
        )
    elif isinstance(model, (list, tuple)):
        text = f"a {kind} came. Return the model itself, and no part of it"
    elif isinstance(model, (bool, int, float, np.number)) or (array and not np.ndim(model)):
        text = f"{show(model)} came, a number. Return the model: its accuracy is measured here"
    elif array:
        text = f"{show(model)} came. Are these its predictions? Return the model itself"
    else:
        text = f"{show(model)} came, and a model was expected, with a predict"
    raise Wrong(text)


# --- What a model says ----------------------------------------------------------------------------


def scores(model, inputs, classes):
    """Return what a model predicts: scores of shape (n, classes), or (n,) probabilities of class 1.

    The second is for two classes, of which one output tells both.
    """

    def predict(given):
        return model.predict(given, **({"verbose": 0} if isinstance(model, keras.Model) else {}))

    wanted, takes = inputs.shape[1:], getattr(model, "input_shape", None)
    try:
        found = np.asarray(call(predict, inputs, seconds=60), np.float64)
    except (TypeError, ValueError):
        raise Wrong("predict returns something that is no array of numbers") from None
    except Wrong:
        if not isinstance(takes, tuple) or takes[1:] == wanted:
            raise
        end_to_end = takes[1:] == (math.prod(wanted),)
        look = ". Let it lay them end to end itself: keras.layers.Flatten" if end_to_end else ""
        raise Wrong(
            f"the model takes inputs of shape {takes[1:]}, and gets {wanted}{look}"
        ) from None
    if not np.isfinite(found).all():
        raise Wrong(f"the model predicts nan: training made its weights too large.{_rate(model)}")
    expected = "one probability each" if classes == 2 else f"({len(inputs)}, {classes})"
    if found.ndim == 0 or len(found) != len(inputs) or found.ndim > 2:
        look = f"and {expected} was expected"
        if found.ndim > 2 and found.shape[1] == wanted[0]:
            look = "one row of scores for each row of pixels. Is Flatten missing?"
        raise Wrong(f"for {len(inputs)} inputs the model's output has shape {found.shape}, {look}")
    if found.ndim == 1 or found.shape[1] == 1:
        found = found.reshape(len(found))
        if classes > 2:
            whole = len(np.unique(found)) > 1 and not np.any(found % 1)
            look = "Leave the argmax out" if whole else "Look at the model's last layer"
            raise Wrong(
                f"one number came for each input, and {classes} scores were expected, one for each "
                f"class. {look}"
            )
        return _as_probabilities(model, found)
    if found.shape[1] < classes:
        raise Wrong(
            f"the model's output has {found.shape[1]} scores, and there are {classes} classes. "
            "Look at its last layer"
        )
    return found


def _as_probabilities(model, found):
    """Refuse single outputs that are no probabilities."""
    if getattr(getattr(model, "loss", None), "from_logits", False):
        return 1 / (1 + np.exp(-np.clip(found, -50, 50)))
    if found.min() < -1e-6 or found.max() > 1 + 1e-6:
        raise Wrong(
            f"its outputs go from {found.min():.3g} to {found.max():.3g}, and probabilities were "
            "expected, from 0 to 1. The activation of the last layer sees to that: sigmoid"
        )
    if np.ptp(found) == 0 and found[0] == 1:
        raise Wrong(
            "every output is 1. Softmax divides by the sum, and of one number that is itself. "
            "One unit takes sigmoid"
        )
    return found


def choices(found):
    """Return the classes that scores choose."""
    return (found > 0.5).astype(int) if found.ndim == 1 else found.argmax(axis=1)


def classifies(model, inputs, labels, at_least, *, classes):
    """Return how many of some inputs a model gets right; refuse it if they are too few.

    The inputs are an array of shape (n, ...), and their labels integers of shape (n,).
    """
    found = scores(model, inputs, classes)
    chosen = choices(found)
    right = int(np.sum(chosen == labels))
    if right >= at_least:
        return right
    count, updates, rate = len(labels), _updates(model), _rate(model)
    said = f"{right:,} of {count:,} are right ({right / count:.1%})"
    reason = (
        _shifted(chosen, labels, classes)
        or _other_scale(model, inputs, labels, right, classes)
        or _by_batch(model, inputs, found, classes)
        or _straight(inputs, found)
        or (None if rate else _sure(found, right / count))
        or (_undecided(found) if updates > 50 and not rate else None)
    )
    if reason:
        raise Wrong(f"{said}. {reason}")
    if len(np.unique(chosen)) == 1:
        said = f"{right:,} of {count:,} are right: it gives every input the same class, {chosen[0]}"
    else:
        said += f", and {at_least:,} were asked for"
    if updates:
        said += f". It has made {updates:,} update{'s' * (updates > 1)}"
    raise Wrong(f"{said}.{rate or ' Is that enough? Does the loss still fall?'}")


def _updates(model):
    optimizer = getattr(model, "optimizer", None)
    return int(optimizer.iterations.numpy()) if optimizer is not None else 0


def _rate(model):
    """Say so if a model's learning rate is far from the usual."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return ""
    rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
    usual = 0.01 if isinstance(optimizer, keras.optimizers.SGD) else 0.001
    if rate > 150 * usual:
        return f" Its rate of {rate:g} is large: {type(optimizer).__name__} begins with {usual}"
    if rate < usual / 20:
        return f" Its rate of {rate:g} is small: {type(optimizer).__name__} begins with {usual}"
    return ""


def _untrained(model):
    """Tell a Keras model whose biases have never moved from the zeros they begin with."""
    if not isinstance(model, keras.Model) or _updates(model):
        return None
    if isinstance(model, keras.Sequential) and not model.built:
        return "the model has never been trained, it has no weights yet: it needs compile and fit"
    biases = [weight for weight in model.weights if weight.name == "bias"]
    if not biases or any(np.any(bias) for bias in biases):
        return None
    repair = "fit is missing" if model.compiled else "it needs compile and fit"
    return f"the model has never been trained, its biases are all still 0: {repair}"


def _shifted(chosen, labels, classes):
    """Tell classes that are exchanged, or answers that are off by the same number."""
    for shift in range(1, classes):
        if np.mean((chosen - shift) % classes == labels) > 0.85:
            if classes == 2:
                return "Nearly all are wrong, so the two classes are exchanged"
            return (
                f"Nearly all answers are {shift} above the label, counted round the "
                f"{classes} classes: were the labels shifted for the training?"
            )
    return None


def _other_scale(model, inputs, labels, right, classes):
    """Tell a model of images that was trained on numbers of another size."""
    if classes == 2:
        return None
    for text, changed in (
        ("from 0 to 255. It is given 0 to 1, so leave the scaling out", 255 * inputs),
        ("divided by 255 once more. They go from 0 to 1 already", inputs / 255),
        ("turned round, 1 − x", 1 - inputs),
    ):
        better = np.sum(choices(scores(model, changed, classes)) == labels)
        if better > right + 0.15 * len(labels):
            return f"It gets {better:,} right of inputs {text}"
    return None


def _by_batch(model, inputs, found, classes):
    """Tell a model whose answer on an input depends on what else is in the batch."""
    if found.ndim == 1:
        return None
    alone = scores(model, inputs[:1], classes)
    if close(alone[0], found[0], 0.01):
        return None
    return (
        "What it says of an input depends on the other inputs of the batch. Does an axis=0 stand "
        "in a layer, where the classes are the last axis?"
    )


def _straight(inputs, found):
    """Tell a border between two classes that is a straight line."""
    if found.ndim != 1:
        return None
    sure = np.clip(found, 1e-6, 1 - 1e-6)
    inner = (found > 1e-4) & (found < 1 - 1e-4)
    if inner.sum() < 10:
        return None
    z = np.log(sure / (1 - sure))[inner]
    rows = np.column_stack([inputs[inner].reshape(len(z), -1), np.ones(len(z))])
    rest = z - rows @ np.linalg.lstsq(rows, z, rcond=None)[0]
    if np.abs(rest).max() > 0.01 * max(np.ptp(z), 1e-9):
        return None
    return (
        "Its border is a straight line: nothing bends between its layers. Look for the activation"
    )


def _undecided(found):
    """Tell outputs that hardly differ from one input to the next."""
    first = found if found.ndim == 1 else found[:, 0]
    if np.ptp(found, axis=0).max() > 0.25:
        return None
    return (
        "What it says hardly depends on the input: its first output is always between "
        f"{first.min():.2f} and {first.max():.2f}. Do the inputs and the labels of its training "
        "belong together?"
    )


def _sure(found, share):
    """Tell a model that has learned well, and other labels than those of the inputs."""
    if found.ndim == 1 or not np.allclose(found.sum(axis=1), 1, atol=0.01) or found.min() < 0:
        return None
    sure = found.max(axis=1).mean()
    if sure < 0.6 or share > 0.3 or len(np.unique(found.argmax(axis=1))) < 3:
        return None
    return (
        f"It has learned something, and is {sure:.0%} sure on average: do the labels that it was "
        "trained on belong to their images?"
    )
