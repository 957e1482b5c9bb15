"""Verdicts of lesson 10, convolutions."""

import functools
import time

import numpy as np

from helpers.data import load_fashion_mnist
from verdict import (
    Wrong,
    answered,
    call,
    choices,
    classifies,
    close,
    exercise,
    needs_function,
    number,
    numbers,
    parameters,
    scores,
    show,
    slip,
    trained,
    where,
)

HELD_OUT = 56_000


@exercise
def recall_10(a, b, c):
    """Judge the slope by a weight used three times, a layer's parameters, a count of traces."""
    return {
        "a": lambda: number(
            a,
            5.0,
            mistakes={
                "6 is the value of y at w = 1. Its slope was asked": 6.0,
                "7 lacks the third use: the slope of -w² at 1 is -2": 7.0,
                "the slope of w² is 2w, and here it has a minus": 9.0,
                "the slopes of the uses are added, not multiplied": -20.0,
                "2 is the slope of the first use alone": 2.0,
                "-2 is the slope of the last use alone; the others add to it": -2.0,
            },
            look="Each of the three uses has a slope: 2, 5 and -2w. What becomes of them?",
        ),
        "b": lambda: parameters(b, 400, 10),
        "c": lambda: number(
            c,
            2,
            mistakes={
                "3 counts the calls. A trace is kept, and used again for the same shape": 3,
                "1 would hold if all three had one shape": 1,
                "0: the first call always traces": 0,
            },
            look="A tensor counts by its dtype and its shape: how many different ones are there?",
        ),
    }


# --- Filters --------------------------------------------------------------------------------------


@exercise
def filters(blur, edge):
    """Judge a blur, which is the only one, and a horizontal edge filter, by what it says."""
    return {"blur": lambda: _blur(blur), "edge": lambda: _edge(edge)}


def _square(answer):
    """Read a filter; refuse one that is no square of 3 × 3."""
    given = numbers(answer)
    if given.size == 9 and given.shape != (3, 3) and given.ndim == 4:
        given = given.reshape(3, 3)  # as tf.nn.conv2d takes it
    if given.shape != (3, 3):
        raise Wrong(f"the shape is {given.shape}, and (3, 3) was expected: three rows of three")
    return given


def _blur(answer):
    w = _square(answer)
    if close(w, np.full((3, 3), 1 / 9)):
        return "an even area stays as dark as it is"
    total = w.sum()
    if np.ptp(w) < 1e-6:
        raise Wrong(
            f"nine weights of {w[0, 0]:.4g} sum to {total:.4g}. A mean leaves an even area as dark "
            "as it is, so they must sum to 1"
        )
    if abs(total - 1) < 1e-3:
        raise Wrong("the weights sum to 1, but a plain mean counts each of the nine pixels alike")
    raise Wrong("the weights differ. In a mean, each of the nine pixels counts alike")


#: Patches of three rows that each filter is shown: what begins where.
_BEGINS = {
    "ink begins in the lowest row": np.repeat([[0.0], [0.0], [1.0]], 3, axis=1),
    "ink begins in the middle row": np.repeat([[0.0], [1.0], [1.0]], 3, axis=1),
}


def _edge(answer):
    w = _square(answer)
    if not w.any():
        raise Wrong("all weights are 0, so it finds nothing at all")
    says = {what: float(np.sum(w * patch)) for what, patch in _BEGINS.items()}
    columns = w.sum(axis=0)
    if np.allclose(columns, 0, atol=1e-6):
        if min(says.values()) >= -1e-6 and max(says.values()) > 1e-6:
            first = max(says, key=says.get)
            return f"0 where rows are alike, and {says[first]:.4g} where {first}"
        worst = min(says, key=says.get)
        if max(says.values()) <= 1e-6:
            raise Wrong(
                f"where {worst} it says {says[worst]:.4g}, so it is positive where ink ends on the "
                "way down. Turn its rows round"
            )
        raise Wrong(
            f"it says {says[worst]:.4g} where {worst}. Positive was asked for where it begins"
        )
    if abs(w.sum()) > 1e-6:
        raise Wrong(
            f"its weights sum to {w.sum():.4g}, which is what it says on an even area of 1. There "
            "rows are alike, and 0 was asked for"
        )
    column = int(np.abs(columns).argmax())
    row = ", ".join("1" if place == column else "0" for place in range(3))
    said = f"On three rows that are alike, ({row}) each, it says {columns[column]:.4g} and not 0"
    if np.allclose(w.sum(axis=1), 0, atol=1e-6):
        raise Wrong(f"it subtracts columns, and so finds vertical edges. {said}")
    raise Wrong(f"it answers to more than horizontal edges. {said}: each column must cancel")


# --- The way back ---------------------------------------------------------------------------------


def _matrix(w, shape):
    """Return a convolution as a matrix, from all pixels to all places of the response."""
    rows, columns = shape
    matrix = np.zeros((rows, columns, rows + 2, columns + 2))
    for (a, b), weight in np.ndenumerate(w):
        for i, j in np.ndindex(rows, columns):
            matrix[i, j, i + a, j + b] = weight
    return matrix.reshape(rows * columns, -1)


def _back(slopes, w):
    """Return the truth: the transposed matrix times the slopes."""
    n, m = slopes.shape
    return (_matrix(w, slopes.shape).T @ slopes.ravel()).reshape(n + 2, m + 2)


def _overwritten(slopes, w):
    image = np.zeros(np.add(slopes.shape, 2))
    for i, j in np.ndindex(slopes.shape):
        image[i : i + 3, j : j + 3] = slopes[i, j] * w
    return image


def _counted(slopes, w):
    """Return how many places each pixel has a part in."""
    return _back(np.ones_like(slopes), np.ones_like(w))


_SPREADS = {
    "where squares overlap, the last one stands alone. Each place must add to what is there": (
        _overwritten
    ),
    "the filter is turned round by 180 degrees. Place (i, j) sends slope · w[a, b] to the pixel "
    "(i + a, j + b)": lambda slopes, w: _back(slopes, w[::-1, ::-1]),
    "the filter is transposed: rows and columns of w are exchanged": lambda slopes, w: _back(
        slopes, w.T
    ),
    "each place sends its slope to all nine pixels alike. The weight that met the pixel is "
    "missing": lambda slopes, w: _back(slopes, np.ones_like(w)),
    "the slopes are left out: these are the slopes of the sum of the response": (
        lambda slopes, w: _back(np.ones_like(slopes), w)
    ),
    "the sum is divided by the number of places. A pixel gets the sum": (
        lambda slopes, w: _back(slopes, w) / _counted(slopes, w)
    ),
}


@exercise
def spread(spread):
    """Judge the slopes by an image, given those by its response, at three sizes."""
    needs_function(spread)
    random = np.random.default_rng(10)
    cases = [
        (random.normal(size=shape).astype(np.float32), random.normal(size=(3, 3)).astype("float32"))
        for shape in ((26, 26), (4, 6), (1, 1))
    ]
    truths = [_back(slopes.astype(np.float64), w.astype(np.float64)) for slopes, w in cases]
    found = []
    for (slopes, w), truth in zip(cases, truths, strict=True):
        given = numbers(call(spread, slopes, w))
        given = given.reshape(given.shape[1:-1]) if given.ndim == 4 else given
        if given.shape != truth.shape:
            raise Wrong(_other_shape(given.shape, slopes.shape))
        found.append(given)
    if all(map(close, found, truths)):
        return "the image gets its slopes, at all 3 sizes tried"
    for message, mistake in _SPREADS.items():
        wrong = [mistake(slopes.astype(np.float64), w) for slopes, w in cases]
        if all(map(close, found, wrong)):
            raise Wrong(message)
    look = "Write down which places a corner pixel has a part in, and with which weight"
    if fits := slip(found, truths):
        raise Wrong(f"each number of the answer {fits}. {look}")
    if not any(given.any() for given in found):
        raise Wrong("every number of the answer is 0. Does the loop add to what is returned?")
    given, truth = next(p for p in zip(found, truths, strict=True) if not close(*p))
    shape = tuple(side - 2 for side in truth.shape)
    raise Wrong(f"for slopes of shape {shape}, {where(given, truth)}. {look}")


def _other_shape(given, slopes):
    said = f"slopes of shape {slopes} give an answer of shape {given}, and the image has "
    wanted = tuple(int(n) + 2 for n in slopes)
    if given == slopes:
        return f"{said}{wanted}. Its border has slopes as well: no padding of the answer by SAME"
    if given == tuple(max(n - 2, 0) for n in slopes):
        return f"{said}{wanted}. This is a step forward, and the way back was asked for"
    return f"{said}{wanted}"


# --- Shapes ---------------------------------------------------------------------------------------


@exercise
def shapes(a, b, c, d):
    """Judge a shape, two counts of parameters and what Flatten hands on."""
    return {
        "a": lambda: _shape(a),
        "b": lambda: number(
            b,
            5 * 5 * 3 * 6 + 6,
            mistakes={
                "450 leaves out the biases, one for each filter": 450,
                "156 has filters of one channel; three colours come in": 156,
                "150 has filters of one channel and no biases": 150,
                "453 has a bias for each colour; there is one for each filter": 453,
                "451 has a single bias; there is one for each filter": 451,
                "168 is for filters of 3 × 3; these are of 5 × 5": 168,
                "76 is one filter with its bias. There are six": 76,
                "75 is one filter without its bias. There are six": 75,
                "468 has a bias for each filter and colour; there is one for each filter": 468,
                "each place of the output uses the same weights. Count them once": 456 * 28 * 28,
            },
            look="One filter has 5 · 5 weights for each of the three colours, and a bias",
        ),
        "c": lambda: number(
            c,
            3 * 3 * 6 * 10 + 10,
            mistakes={
                "540 leaves out the biases, one for each filter": 540,
                "100 has filters of one channel; six come in": 100,
                "90 has filters of one channel and no biases": 90,
                "546 has a bias for each channel that comes in; there is one for each filter": 546,
                "280 takes the three colours; six channels come in from the layer before": 280,
                "1,510 is for filters of 5 × 5; the second layer has 3 × 3": 1510,
                "55 is one filter with its bias. There are ten": 55,
                "910 has ten channels coming in; these are its own, and six come in": 910,
            },
            look="Its input has as many channels as the first layer has filters",
        ),
        "d": lambda: number(
            numbers(d, ()),
            12 * 12 * 10,
            mistakes={
                "1,960 is with padding: without it, filters of 3 fit into 14 places in 12 ways": (
                    14 * 14 * 10
                ),
                "144 counts one channel; there are ten": 144,
                "1,000 is for filters of 5; the second layer has 3 × 3": 10 * 10 * 10,
                "6,760 leaves out the pooling": 26 * 26 * 10,
                "864 has the six channels of the first layer; the second has ten filters": (
                    12 * 12 * 6
                ),
                "360 pools once more than the network does": 360,
                "1,690 takes 13 places a row. 28 is halved to 14, and a filter of 3 leaves 12": (
                    13 * 13 * 10
                ),
                "4 is what the last layer hands on": 4,
            },
            look="28 places a row are halved by pooling, and a filter of 3 loses two more",
        ),
    }


def _shape(answer):
    answered(answer)
    if isinstance(answer, str):
        raise Wrong(f"{show(answer)} is a text. Write the tuple without quotes")
    if hasattr(answer, "as_list"):
        answer = answer.as_list()
    if isinstance(answer, (tuple, list)) and answer and answer[0] is None:
        answer = answer[1:]
    given = tuple(numbers(answer).ravel().tolist())
    known = {
        (
            32,
            32,
            6,
        ): "that is with padding. Without it, a filter of 5 fits into 32 places in 28 ways",
        (28, 28, 3): "the channels of the output are the filters, and there are six",
        (28, 28, 18): "each filter adds up over the three colours, so there are six channels",
        (28, 28): "the channels are missing: six filters, six channels",
        (27, 27, 6): "32 - 5 is the number of steps. The place where it begins counts too",
        (30, 30, 6): "that is for filters of 3. These are of 5",
        (14, 14, 6): "that is after the pooling",
        (6, 28, 28): "in TensorFlow the channels come last",
        (5, 5, 6): "that is the shape of the filters. The output's was asked for",
        (5, 5, 3, 6): "that is the shape of the filters. The output's was asked for",
        (26, 26, 6): "a filter of 5 loses two places on each side, so four in all",
    }
    if given == (28, 28, 6):
        return "(28, 28, 6)"
    if given in known:
        raise Wrong(known[given])
    if len(given) != 3:
        raise Wrong(f"{show(answer)} came. Three numbers were expected: rows, columns, channels")
    raise Wrong(
        f"it is not {show(answer)}. Count in how many ways 5 places fit into 32, and the filters"
    )


# --- Above 0.90 -----------------------------------------------------------------------------------


@functools.cache
def _images(part):
    """Return scaled images with a channel, and labels: "training", "held out" or "test"."""
    (images, labels), test = load_fashion_mnist()
    slices = {"training": slice(HELD_OUT), "held out": slice(HELD_OUT, None)}
    images, labels = test if part == "test" else (images[slices[part]], labels[slices[part]])
    return images[..., np.newaxis].astype(np.float32) / 255, labels.astype(int)


@exercise
def ninety(train_ninety):
    """Judge a trained network by the images held out, and the time that it took."""
    needs_function(train_ninety)
    images, labels = _images.__wrapped__("training")  # large, so not kept
    start = time.process_time()
    model = trained(train_ninety, images, labels, seconds=300, seed=2, uses=(0, 1))
    seconds = time.process_time() - start
    right = classifies(model, *_images("held out"), 3601, classes=10)
    tested, test_labels = _images("test")
    last = np.mean(choices(scores(model, tested, 10)) == test_labels)
    share = right / 4000
    said = f"{share:.1%} of the images held out are right and {last:.1%} of the test images"
    if last > share + 0.006:
        raise Wrong(
            f"{said}, which are a little harder: was it trained on them? Train on what is given"
        )
    if share > last + 0.03:
        raise Wrong(f"{said}: was it trained on those held out? Train on what is given")
    if seconds > 240:
        raise Wrong(
            f"{share:.1%} are right, but it took {seconds:.0f} seconds of the processor. "
            "Fewer filters, or fewer epochs"
        )
    return (
        f"{share:.1%} of the images held out are right. "
        f"The last word: {last:.1%} of the test images"
    )
