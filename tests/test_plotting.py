"""What stored figures cannot show: titles for other data, colours to other eyes, where axes are."""

import io
import itertools
import json
from types import SimpleNamespace

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from helpers import plotting
from helpers.plotting import look, playing

RISING, SURE = [0.5, 0.6, 0.7], np.full(100, 0.9)
CURVES = {"loss": [3, 2, 1], "val_loss": [3, 2, 2], "accuracy": RISING, "val_accuracy": RISING}


def test_titles_say_what_the_data_say():
    def titles(figure):
        return [ax.get_title() for ax in figure.axes]

    curves = plotting.plot_learning_curves
    assert titles(curves(CURVES)) == ["The loss falls", "Both keep pace"]
    over = CURVES | {"val_loss": [2, 3, 4], "val_accuracy": [0.5, 0.5, 0.5]}
    assert titles(curves(over)) == ["The loss does not fall", "Training pulls ahead"]

    for right, title in ((9, "honest"), (7, "overconfident"), (10, "underconfident")):
        figure = plotting.plot_reliability(SURE, np.arange(100) % 10 < right)
        assert titles(figure)[0].endswith(title)

    # The first class is right least often; but between the others lies the largest confusion.
    mixed = plotting.plot_confusion([[70, 15, 15], [0, 80, 20], [0, 0, 100]], ["a", "b", "c"])
    assert titles(mixed) == ["Mixed up most: b and c"]

    race = plotting.plot_race({"fit": 2.0, "tape": 8.0}, {"fit": 0.9, "tape": 0.8}, floor=0.5)
    assert titles(race) == ["fit: 1.0 times as fast as fit", "but not as good"]


# From linear RGB to what an eye without one kind of cones sees of it: Machado, Oliveira and
# Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009.
EYES = np.reshape(
    [
        *(1, 0, 0, 0, 1, 0, 0, 0, 1),
        *(0.152, 1.053, -0.205, 0.115, 0.786, 0.099, -0.004, -0.048, 1.052),
        *(0.367, 0.861, -0.228, 0.280, 0.673, 0.047, -0.012, 0.043, 0.969),
        *(1.256, -0.077, -0.179, -0.078, 0.931, 0.148, 0.005, 0.691, 0.304),
    ],
    (4, 3, 3),
)
TO_XYZ = np.array([(0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)])


def seen(color):
    """Return where CIELAB puts a colour for each of the eyes."""
    part = np.array(to_rgb(color))
    linear = np.where(part > 0.04045, ((part + 0.055) / 1.055) ** 2.4, part / 12.92)
    xyz = np.clip(EYES @ linear, 0, 1) @ TO_XYZ.T / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def test_the_colours_of_series_differ_to_every_eye():
    colors = [series["color"] for series in look.SERIES] + [look.RIGHT, look.WRONG]
    for one, other in itertools.combinations(colors, 2):
        distance = np.linalg.norm(seen(one) - seen(other), axis=-1)
        assert distance.min() > 10, f"{one} and {other}"  # 2 is the least that can be noticed


def test_a_picture_says_where_its_axes_are():
    png, _ = look.png(plotting.plot_learning_curves(CURVES))
    with Image.open(io.BytesIO(png)) as picture:
        boxes = np.array(json.loads(picture.text["axes"])) * (*picture.size, *picture.size)
        pixels = np.asarray(picture.convert("L"))
    assert len(boxes) == 2
    for left, top, _right, bottom in boxes.round().astype(int):
        # The axes' left spine and nothing else is a dark line from top to bottom.
        column = pixels[top + 3 : bottom - 3, left - 3 : left + 4].min(axis=1)
        assert (column < 128).all() and (pixels[bottom + 3 :, left] > 128).any()
        assert (pixels[: top - 3, left] > 128).all()


def test_the_axes_stay_while_a_tangent_moves():
    def cube(at):
        figure = plotting.plot_tangent(lambda x: x**3, lambda x: 3 * x**2, at, between=(-3, 3))
        return figure.axes[0].get_title(), [(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes]

    titles, limits = zip(*map(cube, (-3.0, 4e-16, 2.5)), strict=True)
    assert limits[0] == limits[1] == limits[2]
    assert titles[:2] == (
        "At x = −3 the tangent climbs 27 for each step of 1",
        "At x = 0 the tangent climbs 0 for each step of 1",
    )


def test_a_picture_says_where_its_points_are():
    figure, (bars, curve) = plt.subplots(1, 2)
    bars.bar(["a", "b"], [1, 3])
    bars.set_ylim(0, 4)
    curve.plot(range(100), np.logspace(0, 3, 100))
    curve.scatter([0, 99], [1, np.nan])
    curve.set(xlim=(0, 99), ylim=(1, 1000), yscale="log")
    dots, _ = look.png(figure)
    plt.close(figure)
    told = json.loads(Image.open(io.BytesIO(dots)).info["data"])
    assert [axes["limits"][2:] for axes in told] == [[0, 4], [1, 1000]]
    ((low, high),) = told[0]["points"]
    assert (low[1], high[1]) == (0.25, 0.75)
    line, markers = told[1]["points"]
    assert len(line) == 24 and line[0] == [0, 0] and line[-1] == [1, 1]
    assert all(abs(x - y) < 1e-3 for x, y in line)
    assert markers == [[0, 0], [-1, -1]]


def test_an_answer_is_drawn_as_what_it_is():
    def axes_of(*arrays, **where):
        return plotting.plot_answer(*arrays, **where).axes

    (tangents,) = axes_of(1.0, 4.0, x=2.0, of=np.square)
    assert tangents.get_title() == "At x = 2: yours 1, expected 4"
    for line, slope in zip(tangents.lines[1:3], (4.0, 1.0), strict=True):
        assert np.polyfit(*line.get_data(), 1)[0].round(6) == slope

    five, fifty = np.arange(5.0), np.arange(50.0)
    (points,), (curve,) = axes_of(five, -five, x=five), axes_of(fifty, -fifty)
    assert [line.get_linestyle() for line in points.lines] == ["None", "None"]
    assert [line.get_linestyle() for line in curve.lines] == ["-", "--"]
    assert (points.get_xlabel(), curve.get_xlabel()) == ("x", "index")
    (path,) = axes_of(np.c_[fifty, fifty], np.c_[fifty, -fifty])
    np.testing.assert_array_equal(path.lines[1].get_xydata(), np.c_[fifty, fifty])

    left, right = axes_of(np.eye(8), 1 - np.eye(8))
    assert [left.get_title(), right.get_title()] == ["yours", "expected"]
    np.testing.assert_array_equal(left.images[0].get_array(), np.eye(8))


def test_a_figure_is_drawn_anew_as_a_slider_moves(monkeypatch):
    shown, drawn, asked, boxes = [], [], [], []

    class Box(ipywidgets.VBox):
        def __init__(self, children):
            super().__init__(children)
            boxes.append(self)

    def display(thing, **options):
        shown.append(thing)
        return SimpleNamespace(update=lambda data, **_: drawn.append(data["image/png"]))

    def plot(rate=0.5, steps=3, name="b"):
        asked.append((rate, steps, name))
        return plotting.plot_learning_curves(CURVES)

    monkeypatch.setattr(playing, "display", display)
    monkeypatch.setattr(ipywidgets, "VBox", Box)
    others = plt.get_fignums()
    plotting.play(plot, rate=(0.0, 1.0, 0.1), steps=(1, 9), name=["a", "b"])
    figure, bundle = shown
    assert figure.axes
    assert bundle["text/plain"].endswith("rate, steps and name can be moved here.")
    (box,) = boxes
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == box.model_id
    *rows, names, _ = box.children
    (rate, rate_slider), (steps, _) = (row.children for row in rows)
    assert isinstance(names, ipywidgets.RadioButtons)  # JupyterLab takes a menu's keys
    assert [field.description for field in (rate, steps)] == ["rate", "steps"]

    rate_slider.value = 8 * 0.1 - 1e-16
    assert rate.value == 0.8
    steps.value, names.value = 7, "a"
    at = rate_slider.value
    assert asked == [(0.5, 3, "b"), (at, 3, "b"), (at, 7, "b"), (at, 7, "a")]
    assert [png[:4] for png in drawn] == [b"\x89PNG"] * 3
    assert plt.get_fignums() == others  # else IPython would show each of them below


def test_a_filter_of_zeros_is_drawn_white():
    figure = plotting.plot_filters(np.eye(5), [np.zeros((3, 3))], [np.zeros((3, 3))], ["0"], "")
    for drawn in (figure.axes[1].images[0], figure.axes[3].images[0]):
        assert np.all(drawn.to_rgba(drawn.get_array())[..., :3] > 0.9)


def test_a_shared_step_says_how_fast_it_is():
    figure = plotting.plot_shared_step(4, arithmetic=0.25, traffic=0.25, alone=1.0)
    assert figure.axes[0].get_title() == "workers: 4, arithmetic: 50%, 2 times as fast as one"
    figure = plotting.plot_shared_step(1, arithmetic=1.0, traffic=0.0, alone=1.0)
    assert figure.axes[0].get_title() == "workers: 1, arithmetic: 100%, nothing to send"
