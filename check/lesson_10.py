"""Verdicts of lesson 10, convolutions."""

import functools
import time

import keras
import numpy as np

from check.images import test_images, training_images
from verdict.engine import exercise, needs_function, numbers
from verdict.judges import function, number
from verdict.models import choices, classifies, parameters, scores, trained
from verdict.running import Wrong
from verdict.slips import close


@exercise
def recall_10(a, b, c):
    """Judge the slope of a weight used three times, a layer's parameters, a count of traces."""
    return {
        "a": number(
            a,
            lambda: 2 + 5 - 2 * 1,
            within=1e-6,
            mistakes={
                "6 is the value of y at w = 1. Its slope was asked": 6,
                "the slopes of the uses are added, not multiplied": 2 * 5 * -2,
                "those are the slopes of the three uses. Add them": (2, 5, -2),
            },
            look="Each of the three uses has a slope: 2, 5 and -2w. What happens to them?",
        ),
        "b": functools.partial(parameters, b, 400, 10),
        "c": number(
            c,
            2,
            mistakes={
                "3 counts the calls. A trace is kept, and used again for the same shape": 3,
                "1 would hold if all three had one shape": 1,
            },
            look="A tensor counts by its dtype and its shape: how many different ones are there?",
        ),
    }


# --- Filters --------------------------------------------------------------------------------------


@exercise
def filters(blur, edge):
    """Judge a blur, which is the only one, and a horizontal edge filter, by what it says."""
    return {"blur": functools.partial(_blur, blur), "edge": functools.partial(_edge, edge)}


def _square(answer):
    """Read a filter, also in four axes, as tf.nn.conv2d takes it."""
    given = numbers(answer)
    return numbers(given.reshape(3, 3) if given.shape == (3, 3, 1, 1) else given, (3, 3))


def _blur(answer):
    w = _square(answer)
    if close(w, np.full((3, 3), 1 / 9), 1e-4):
        return "a uniform area stays as dark as it is"
    if np.ptp(w) > 1e-6:
        raise Wrong("the weights differ. In a mean, each of the nine pixels counts alike")
    raise Wrong(
        f"nine weights of {w[0, 0]:.4g} sum to {w.sum():.4g}. A mean leaves a uniform area as dark "
        "as it is, so they must sum to 1"
    )


def _edge(answer):
    w = _square(answer)
    columns, says = w.sum(axis=0), np.cumsum(w[::-1], axis=0)[:2].round(6)
    if np.abs(columns).max() > 1e-6:
        which = int(np.abs(columns).argmax())
        row = ", ".join("1" if place == which else "0" for place in range(3))
        kind = ""
        if np.abs(w.sum(axis=1)).max() < 1e-6:
            kind = "it subtracts columns from each other, so it finds vertical edges. "
        raise Wrong(
            f"{kind}where each of the three rows is ({row}), nothing changes from row to row, and "
            f"it gives {columns[which]:.4g}, not 0. Each column of weights must sum to 0"
        )
    if not w.any():
        raise Wrong("all weights are 0, so it finds nothing at all")
    if says.min() < 0:
        row, column = np.unravel_index(says.argmin(), says.shape)
        turn = ". Exchange its rows" if says.max() <= 0 else ""
        raise Wrong(
            f"where ink begins in row {3 - row}, in column {column + 1} alone, it gives "
            f"{says.min():.4g}, and a negative answer is for ink that ends{turn}"
        )
    return f"0 where rows are equal, and up to {says.sum(axis=1).max():.4g} where ink begins"


# --- Backward, to the pixels ----------------------------------------------------------------------


def _spread(slopes, w):
    image = np.zeros(np.add(slopes.shape, 2))
    for i, j in np.ndindex(slopes.shape):
        row, column = i, j
        image[row : row + 3, column : column + 3] += slopes[i, j] * w
    return image


def _respond(image, w):
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return np.sum(windows * w, axis=(2, 3))


def _inside(slopes):
    return np.pad(slopes[:-1, :-1], ((0, 1), (0, 1)))


@exercise
def spread(answer):
    """Judge the gradient of an image, given that of its response, at three sizes."""
    random = np.random.default_rng(10)

    @functools.wraps(answer)
    def flat(slopes, w):
        result = answer(slopes, w)
        four = getattr(result, "ndim", 0) == 4  # as TensorFlow has it
        return result[0, ..., 0] if four else result

    return function(
        flat if callable(answer) else answer,
        _spread,
        [(random.normal(size=n), random.normal(size=(3, 3))) for n in ((6, 9), (4, 7), (3, 5))],
        mistakes={
            "the filter is turned round by 180 degrees. Position (i, j) sends its gradient times "
            "w[a, b] to the pixel (i + a, j + b)": lambda s, w: _spread(s, w[::-1, ::-1]),
            "the filter is upside down": lambda s, w: _spread(s, w[::-1]),
            "the filter is reversed from left to right": lambda s, w: _spread(s, w[:, ::-1]),
            "rows and columns of w are exchanged": lambda s, w: _spread(s, w.T),
            "slopes is left out: this is the gradient of the sum of the response": (
                lambda s, w: _spread(1 + 0 * s, w)
            ),
            "each position sends the same to all nine pixels. The weight that met the pixel is "
            "missing": lambda s, w: _spread(s, 1 + 0 * w),
            "the last row and the last column of slopes are left out. range(n) ends at n − 1": (
                lambda s, w: _spread(_inside(s), w)
            ),
            "the border is cut off. Its pixels have a gradient as well": (
                lambda s, w: _spread(s, w)[1:-1, 1:-1]
            ),
            "that is a step forward, to a response. Go back to the pixels": _respond,
            "each value is a ninth of what it should be. A pixel gets the sum": (
                lambda s, w: _spread(s, w) / 9
            ),
            "each position changes one pixel, and it belongs to a square of nine": (
                lambda s, w: np.pad(s * w.sum(), 1)
            ),
        },
        look="Write down which positions a corner pixel is part of, and with which weight",
    )


# --- Shapes ---------------------------------------------------------------------------------------


def _first_shape():
    side = 32 - 5 + 1
    return side, side, 6


def _handed_on():
    side = 32 - 5 + 1
    pooled = side / 2
    side = pooled - 3 + 1
    return side**2 * 10


@exercise
def shapes(a, b, c, d):
    """Judge a shape, two counts of parameters and how many values Flatten hands on."""
    one_bias = "it has a single bias; there is one for each filter"
    return {
        "a": number(
            a[1:] if isinstance(a, tuple) and a[:1] == (None,) else a,
            _first_shape,
            within=1e-9,
            mistakes={
                "that is with padding. Without it, a filter of 5 loses four": (32, 32, 6),
                "32 - 5 is how many steps it makes. Count where it begins, too": (27, 27, 6),
                "the channels of the output are the filters, and there are six": (28, 28, 3),
                "each filter adds up over the colours, so there are six channels": (28, 28, 18),
                "the channels are missing: six filters, six channels": (28, 28),
                "that is after the pooling": (14, 14, 6),
                "that is the shape of the filters. The output's was asked for": (5, 5, 3, 6),
                "that is how many values it holds. Write the shape, a tuple": 28 * 28 * 6,
            },
            look="Count in how many ways 5 pixels fit into 32, and the filters",
        ),
        "b": number(
            b,
            lambda: 5**2 * 3 * 6 + 6,
            mistakes={
                "that is one filter with its bias. There are six": 76,
                one_bias: 451,
                "each position uses the same weights. Count them once": 456 * 28 * 28,
            },
            look="One filter has 5 · 5 weights for each of the three colours, and a bias",
        ),
        "c": number(
            c,
            lambda: 3**2 * 6 * 10 + 10,
            mistakes={
                "280 takes the three colours; six channels come in from the layer before": 280,
                "that is one filter with its bias. There are ten": 55,
                one_bias: 541,
            },
            look="Its input has as many channels as the first layer has filters",
        ),
        "d": number(
            d,
            _handed_on,
            within=1e-9,
            mistakes={
                "that is with padding: without it, a filter of 3 loses two": 14 * 14 * 10,
                "that leaves out the pooling": 26 * 26 * 10,
                "those are the channels of the first layer; the second has ten": 12 * 12 * 6,
                "that is what the second convolution gets": 14 * 14 * 6,
                "that is the shape. How many values does it hold?": (12, 12, 10),
                "that is for one channel. There are ten": 144,
                "that pools once more than the network does": 360,
                "4 is what the last layer hands on": 4,
            },
            look="Pooling halves the 28 pixels of a row, and a filter of 3 loses two more",
        ),
    }


# --- Above 0.90 -----------------------------------------------------------------------------------

_RENUMBERED = np.array([5, 4, 7, 9, 1, 0, 8, 2, 6, 3])  # pairs of unlike classes are exchanged
_EPOCHS = 12  # of the lesson's network, on the same machine: how long the training may take


def _renumbered(images, labels):
    """Return images with a channel, and their labels under other numbers."""
    return images[..., np.newaxis], _RENUMBERED[labels]


@functools.cache
def _epoch():
    """Return the seconds of computing that an epoch of the lesson's network takes, by 40 batches.

    Seconds of computing, of all cores together, are the same on a busy machine.
    """
    images, labels = _renumbered(*test_images(2560))
    first, second = (keras.layers.Conv2D(n, 3, padding="same", activation="relu") for n in (8, 16))
    pools = keras.layers.MaxPooling2D(2), keras.layers.MaxPooling2D(2)
    last = keras.layers.Flatten(), keras.layers.Dense(10, "softmax")
    model = keras.Sequential([keras.Input((28, 28, 1)), first, pools[0], second, pools[1], *last])
    model.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=20)
    options = {"batch_size": 64, "verbose": 0}
    model.fit(images[:1280], labels[:1280], **options)  # traces
    start = time.process_time()
    model.fit(images, labels, **options)
    return (time.process_time() - start) * 56_000 / 2560


@exercise
def ninety(train):
    """Judge a trained network by the images held out, and the time that it took."""
    needs_function(train)
    given = _renumbered(*training_images(0, 56_000))
    start, stop = time.process_time(), int(60 + 5 * _EPOCHS * _epoch())
    model = trained(train, *given, seconds=stop, seed=2, uses=(0, 1))
    epochs = (time.process_time() - start) / _epoch()
    if epochs > _EPOCHS:
        raise Wrong(
            f"the training took as long as {epochs:.0f} epochs of the lesson's network, and "
            f"{_EPOCHS} are allowed. Fewer filters, or fewer epochs"
        )
    images, labels = _renumbered(*training_images(56_000))
    order = np.argsort(-scores(model, images, 10), axis=1)
    first, second = np.mean(order[:, :2] == _RENUMBERED[labels][:, None], axis=0)
    if first > 0.5:
        raise Wrong(
            "its answers are the lesson's labels, and the check numbers the classes differently. "
            "Train on the labels that are handed over"
        )
    if second > 0.4:  # where the paired class is unlike, so that honest networks say 0.1
        raise Wrong(
            f"for {second:.0%} of the images its second answer is the lesson's own label, which no "
            "image it was given has: it has seen other images. Train on what is given"
        )
    try:
        right = classifies(model, images, labels, 3601, classes=10, own=given)
    except Wrong as reason:
        time_taken = f"in {epochs / _EPOCHS:.0%} of the time allowed"
        raise Wrong(f"{time_taken}, {reason}") from None
    tested, truth = _renumbered(*test_images())
    last = np.mean(choices(scores(model, tested, 10)) == truth)
    return f"{right / 4000:.1%} of the images held out are right, and {last:.1%} of the test images"
