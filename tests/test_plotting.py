"""What the stored figures cannot show: titles for other data, and where a picture's axes are."""

import io
import json

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from helpers import plotting
from helpers.plotting import look

RISING, SURE = [0.5, 0.6, 0.7], np.full(100, 0.9)
CURVES = {"loss": [3, 2, 1], "val_loss": [3, 2, 2], "accuracy": RISING, "val_accuracy": RISING}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_titles_say_what_the_data_say():
    def titles(figure):
        return [ax.get_title() for ax in figure.axes]

    curves = plotting.plot_learning_curves
    assert titles(curves(CURVES)) == ["The loss falls", "Both keep pace"]
    over = CURVES | {"val_loss": [2, 3, 4], "val_accuracy": [0.5, 0.5, 0.5]}
    assert titles(curves(over)) == ["The loss does not fall", "Training pulls ahead"]

    for right, title in ((9, "honest"), (7, "too sure"), (10, "too modest")):
        figure = plotting.plot_reliability(SURE, np.arange(100) % 10 < right)
        assert titles(figure)[0].endswith(title)

    race = plotting.plot_race({"fit": 2.0, "tape": 8.0}, {"fit": 0.9, "tape": 0.8}, floor=0.5)
    assert titles(race) == ["fit: 1.0 times as fast as fit", "but not as good"]


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
