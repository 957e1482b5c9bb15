"""Every figure is drawn whole or not at all, on the axes it is given, in the course's one look."""

import inspect
import io
import json

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from helpers import plotting

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
IMAGES = np.arange(4 * 28 * 28, dtype=np.uint8).reshape(4, 28, 28)
NAMES = ("bag", "coat", "shirt")
CERTAIN = np.array([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.6, 0.3, 0.1]])
CURVES = {
    "loss": [0.5, 0.4],
    "val_loss": [0.6, 0.5],
    "accuracy": [0.8, 0.9],
    "val_accuracy": [0.7, 0.8],
}


def network(inputs=2, activation="sigmoid"):
    layers = [keras.Input((inputs,)), keras.layers.Dense(1, activation=activation)]
    return keras.Sequential(layers)


def square(x):
    return x**2


# For each figure arguments that draw it, then changes to them with what must be said.
FIGURES = {
    "plot_tangent": (
        {"function": square, "derivative": lambda x: 2 * x, "at": 1.0},
        [({"at": "one"}, "at: expected numbers"), ({"at": np.nan}, "at: expected finite")],
    ),
    "plot_graph": (
        {"steps": [("x", "", "1", "2"), ("y", "sum", "1", "1")], "title": "t"},
        [({"steps": [("x", "", "1", "2")]}, "steps: expected two or more")],
    ),
    "plot_walks": (
        {"walks": [[3.0, 2.0, 1.0]], "losses": [square], "titles": ["down"]},
        [
            ({"titles": []}, "expected equal lengths"),
            ({"walks": [[3.0, np.nan]]}, r"walks\[0\]: expected finite numbers, got nan"),
            ({"losses": [lambda x: "high"]}, "losses: expected numbers"),
        ],
    ),
    "plot_with_slope": (
        {"function": square, "derivative": abs, "between": (0.0, 1.0), "titles": ("a", "b")},
        [
            ({"between": (1.0, 0.0)}, "between: expected a first x"),
            ({"titles": ("a",)}, "titles: expected 2 texts"),
            ({"function": lambda x: np.nan}, "function: expected finite numbers, got nan"),
        ],
    ),
    "plot_convergence": (
        {"series": {"guess": [1.5, 1.4]}, "goals": [1.41], "title": "t"},
        [
            ({"goals": [1.0, 2.0]}, "expected equal lengths"),
            ({"goals": [1.5]}, r"series\['guess'\]: expected values other than the goal"),
        ],
    ),
    "plot_kinks": (
        {"functions": {"abs(x)": abs}, "slopes": [0.0]},
        [({"slopes": [0.0, 1.0]}, "expected equal lengths")],
    ),
    "plot_derivatives": (
        {"x": [0, 1], "curves": {"y": [0, 1]}, "titles": ["t"], "marks": [0.5]},
        [
            ({"curves": {"y": [0, 1, 2]}}, "expected equal lengths, but x has 2, y has 3"),
            ({"titles": []}, "expected equal lengths"),
        ],
    ),
    "plot_taylor": (
        {"x": [0, 1, 2], "truth": [0, 1, 2], "polynomials": {1: [0, 1, 3]}},
        [
            ({"polynomials": {}}, "polynomials: expected 1 to 4, got 0"),
            ({"truth": [0, 1]}, "expected equal lengths"),
        ],
    ),
    "plot_descent_paths": (
        {"loss": lambda x, y: x**2 + y**2, "paths": {"a": [[2.0, 1.0], [0.0, 0.5]]}},
        [
            ({"paths": {}}, "paths: expected 1 to 4, got 0"),
            ({"paths": {"a": [[1.0, 2.0, 3.0]]}}, r"paths\['a'\]: expected shape \(n, 2\)"),
            ({"xlim": (1.0, 0.0)}, "xlim: expected a lower and an upper edge"),
            ({"loss": lambda x, y: 1.0}, "loss: expected values that differ"),
        ],
    ),
    "plot_lines": (
        {"x": [1, 2], "y": [1, 2], "lines": {"fit": (1.0, 0.0)}},
        [
            ({"y": [1]}, "expected equal lengths, but x has 2, y has 1"),
            ({"lines": {"fit": 1.0}}, r"lines\['fit'\]: expected"),
        ],
    ),
    "plot_line_training": (
        {"x": [1, 2], "y": [1, 2], "lines": {"fit": (1.0, 0.0)}, "losses": [2.0, 1.0]},
        [({"losses": [1.0, 0.0]}, "losses: expected values above 0")],
    ),
    "plot_descents": (
        {
            "loss": lambda x, y: x**2 + y**2,
            "paths": {"a": [[2.0, 1.0], [0.0, 0.5]]},
            "xlim": (-3, 3),
            "ylim": (-3, 3),
        },
        [({"paths": {}}, "paths: expected at least one")],
    ),
    "plot_differences": (
        {"differences": [[0.0, 1.0], [-1.0, 0.0]]},
        [({"differences": [[1.0, 2.0]]}, "differences: expected as many columns as rows")],
    ),
    "plot_network": (
        {"model": network()},
        [
            ({"model": "a network"}, "model: expected a keras.Sequential, got str"),
            ({"model": keras.Sequential([keras.layers.Dense(1)])}, "model: it has no weights yet"),
        ],
    ),
    "plot_boundary": (
        {"model": network(), "inputs": POINTS, "labels": [0, 0, 0, 1], "title": "t"},
        [
            ({"labels": [0, 0, 0, 2]}, "labels: expected 0 or 1"),
            ({"labels": [0, 1]}, "expected equal lengths"),
            ({"inputs": POINTS[:, :1]}, r"inputs: expected shape \(n, 2\)"),
            ({"model": network(activation=None)}, "model: expected probabilities"),
        ],
    ),
    "plot_boundaries": (
        {
            "model": network(),
            "moments": {n: network().get_weights() for n in (0, 1, 2, 3)},
            "inputs": POINTS,
            "labels": [0, 0, 0, 1],
        },
        [({"moments": {}}, "moments: expected at least one")],
    ),
    "plot_layer_norms": (
        {"norms": {"a": [0.1, 1.0]}, "title": "t"},
        [
            ({"norms": {"a": [0.0, 1.0]}}, "norms: expected numbers above 0"),
            ({"norms": {}}, "norms: expected 1 to 4 networks"),
        ],
    ),
    "plot_image": (
        {"image": IMAGES[0], "title": "t"},
        [
            ({"image": IMAGES}, r"image: expected 2 dimension\(s\), got shape \(4, 28, 28\)"),
            ({"image": IMAGES[0] * 1.0}, "image: expected uint8, or floats from 0 to 1"),
        ],
    ),
    "plot_images": (
        {"images": IMAGES, "captions": list("abcd")},
        [
            ({"captions": ["a"]}, "expected equal lengths, but images has 4, captions has 1"),
            ({"images": IMAGES * np.nan}, "images: expected finite numbers"),
        ],
    ),
    "plot_learning_curves": (
        {"history": CURVES},
        [
            ({"history": {"loss": [1.0]}}, "val_loss is missing"),
            ({"history": CURVES | {"loss": [0.5]}}, "expected equal lengths"),
        ],
    ),
    "plot_prediction": (
        {"image": IMAGES[0], "probabilities": CERTAIN[0], "label": 0, "names": NAMES},
        [
            ({"names": NAMES[:2]}, "probabilities: expected one for each of 2 names, got 3"),
            ({"label": 3}, "labels: expected 0 to 2"),
            ({"probabilities": [0.5, 0.6, 0.7]}, "probabilities: expected numbers from 0 that sum"),
        ],
    ),
    "plot_predictions": (
        {"images": IMAGES, "probabilities": CERTAIN, "labels": [0, 1, 2, 2], "names": NAMES},
        [
            ({"labels": [0, 1, 2, -1]}, "labels: expected 0 to 2"),
            ({"labels": [0.0, 1.0, 2.0, 2.0]}, "labels: expected integers, got float64"),
            ({"images": IMAGES[:2]}, "expected equal lengths"),
        ],
    ),
    "plot_confusion": (
        {"matrix": [[9, 1, 0], [2, 8, 0], [0, 0, 5]], "names": NAMES},
        [
            ({"names": NAMES[:2]}, "matrix: expected"),
            ({"matrix": [[9, 1, 0], [0, 0, 0], [0, 0, 5]]}, "got none of coat"),
        ],
    ),
    "plot_reliability": (
        {"confidence": np.linspace(0.1, 1, 200), "right": np.arange(200) % 2 == 0},
        [
            ({"confidence": [2.0], "right": np.array([True])}, "confidence: expected 0 to 1"),
            ({"right": np.ones(200)}, "right: expected True and False"),
            ({"right": np.array([True])}, "expected equal lengths"),
        ],
    ),
    "plot_race": (
        {"seconds": {"fit": 2.0, "tape": 8.0}, "accuracies": {"fit": 0.8}, "floor": 0.5},
        [
            ({"seconds": {"fit": 0.0}}, "seconds, floor: expected times above 0, got 0"),
            ({"floor": np.nan}, "floor: expected finite"),
            ({"accuracies": {"XLA": 0.8}}, r"accuracies: expected some of \['fit', 'tape'\]"),
            ({"accuracies": {"fit": 80}}, "accuracies: expected 0 to 1, got 80"),
        ],
    ),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_figure_is_tested():
    public = {name for name in vars(plotting) if name.startswith("plot_")}
    assert set(FIGURES) == public


@pytest.mark.parametrize("name", FIGURES)
def test_returns_what_it_has_drawn(name):
    plot, (arguments, _) = getattr(plotting, name), FIGURES[name]
    drawn = plot(**arguments)
    figure = drawn if isinstance(drawn, Figure) else drawn.figure
    assert isinstance(drawn, (Figure, Axes)) and plt.get_fignums() == [figure.number]
    for ax in figure.axes:
        sizes = [text.get_fontsize() for text in [*ax.texts, ax.title] if text.get_text()]
        assert all(size >= 11 for size in sizes), "too small for the back row"


@pytest.mark.parametrize(
    "name", [n for n in FIGURES if "ax" in inspect.signature(getattr(plotting, n)).parameters]
)
def test_draws_on_the_axes_it_is_given(name):
    _, ax = plt.subplots()
    assert getattr(plotting, name)(**FIGURES[name][0], ax=ax) is ax
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("name", FIGURES)
def test_draws_nothing_half(name):
    plot, (arguments, mistakes) = getattr(plotting, name), FIGURES[name]
    assert mistakes
    for change, message in mistakes:
        with pytest.raises(ValueError, match=message):
            plot(**arguments | change)
        assert plt.get_fignums() == [], f"{change} left a figure behind"


@pytest.mark.parametrize("name", FIGURES)
def test_says_what_it_takes_and_returns(name):
    doc = inspect.getdoc(getattr(plotting, name))
    assert "Parameters\n---" in doc and "Returns\n---" in doc
    for parameter in inspect.signature(getattr(plotting, name)).parameters:
        assert parameter in doc


def test_a_picture_says_where_its_axes_are():
    figure = plotting.plot_learning_curves(CURVES)
    png, _ = plotting._png(figure)
    with Image.open(io.BytesIO(png)) as picture:
        boxes = np.array(json.loads(picture.text["axes"])) * (*picture.size, *picture.size)
        pixels = np.asarray(picture.convert("L"))
    assert len(boxes) == 2
    for left, top, _right, bottom in boxes.round().astype(int):
        # The axes' left spine and nothing else is a dark line from top to bottom.
        column = pixels[top + 3 : bottom - 3, left - 3 : left + 4].min(axis=1)
        assert (column < 128).all() and (pixels[bottom + 3 :, left] > 128).any()
        assert (pixels[: top - 3, left] > 128).all()
