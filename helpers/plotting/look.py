"""The one look of all figures: colours by role, how a figure becomes a picture, text on lines."""

import io
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import retina_figure
from matplotlib import patheffects
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib_inline.backend_inline import set_matplotlib_formats
from PIL import Image
from PIL.PngImagePlugin import PngInfo

# From the palettes of Paul Tol and of Okabe and Ito, which colour-blind readers can tell apart;
# each colour has one role throughout the course.
DATA = "#33689e"
MODEL = "#222222"
GRADIENT = "#aa3377"
RIGHT = "#009e73"
WRONG = "#d55e00"
QUIET = "#8a8a8a"

# For several things of one kind: told apart by line style and marker as well as by colour, none of
# which is near to right or wrong, to any eye (tests/test_plotting.py).
SERIES = (
    {"color": DATA, "linestyle": "-", "marker": "o"},
    {"color": GRADIENT, "linestyle": "--", "marker": "s"},
    {"color": "#664422", "linestyle": "-.", "marker": "^"},
    {"color": "#9966ff", "linestyle": ":", "marker": "D"},
)

WIDTH = 8.0  # inches, at 100 dots an inch: as wide as a notebook's column on a laptop


def png(figure):
    """Return a figure as PNG and its size on the page.

    Twice the dots for high-density screens; the size as asked for, whatever the text in it; and at
    most 256 colours, which nobody sees and which makes the file less than half as large. Texts go
    along, for `pytest --nbval`: ``axes``, where the axes are, for each its left, top, right and
    bottom as shares of the figure; ``content``, the `content` of the figure; and ``data``, its
    `data`.
    """
    dots, size = retina_figure(figure, bbox_inches=None)
    picture = Image.open(io.BytesIO(dots)).convert("RGB")
    picture = picture.quantize(method=Image.Quantize.MAXCOVERAGE)
    places = [ax.get_position() for ax in figure.axes]
    boxes = [np.round((p.x0, 1 - p.y1, p.x1, 1 - p.y0), 4).tolist() for p in places]
    about = PngInfo()
    about.add_text("axes", json.dumps(boxes))
    about.add_itxt("content", json.dumps(content(figure)))
    about.add_text("data", json.dumps(data(figure)))
    small = io.BytesIO()
    picture.save(small, "PNG", optimize=True, pnginfo=about)
    return small.getvalue(), size


def content(figure: Figure) -> list[str]:
    """List what is written in a figure, and how its lines and legends look."""
    found = [f"text: {text.get_text()}" for text in figure.texts]
    for ax in figure.axes:
        found += [f"title: {ax.get_title()}", f"x: {ax.get_xlabel()}", f"y: {ax.get_ylabel()}"]
        found += [f"text: {text.get_text()}" for text in ax.texts]
        found += [f"line: {_look(line)}" for line in ax.lines]
        legend = ax.get_legend()
        named = zip(legend.legend_handles, legend.texts, strict=True) if legend else ()
        found += [f"legend: {_look(handle)} {text.get_text()}" for handle, text in named]
    return [" ".join(line.split()) for line in found if not line.endswith(": ")]


def data(figure: Figure) -> list[dict[str, Any]]:
    """List for each axes where the points of its lines, bars and markers are.

    The unit is the axes' width or height, and the lower left corner is (0, 0). Of a long line some
    points stand for the rest. ``limits`` says which numbers are at the corners.
    """
    found = []
    for ax in figure.axes:
        limits = [float(f"{limit:.4g}") for limit in (*ax.get_xlim(), *ax.get_ylim())]
        shapes = [line.get_transform().transform(line.get_xydata()) for line in ax.lines]
        bars = [box for box in ax.containers if isinstance(box, BarContainer)]
        shapes += [np.array([bar.get_window_extent().max for bar in box]) for box in bars]
        markers = [part for part in ax.collections if isinstance(part, PathCollection)]
        shapes += [m.get_offset_transform().transform(np.asarray(m.get_offsets())) for m in markers]
        places = [_some(ax.transAxes.inverted().transform(shape)) for shape in shapes if len(shape)]
        found.append({"limits": limits, "points": places})
    return found


def _some(points: np.ndarray) -> list[list[float]]:
    """Choose at most 24 points, the first and the last among them, rounded; nan becomes -1."""
    chosen = np.linspace(0, len(points) - 1, min(len(points), 24)).round().astype(int)
    return np.nan_to_num(points[chosen], nan=-1.0).clip(-1, 2).round(4).tolist()


def _look(handle: Any) -> str:
    """Return a line's style and colour, or the colour of an area."""
    if isinstance(handle, Line2D):
        style = (handle.get_linestyle(), handle.get_linewidth(), handle.get_marker())
        return f"{to_hex(handle.get_color())} {' '.join(map(str, style))}"
    colors = np.atleast_2d(handle.get_facecolor())
    return to_hex(colors[0]) if colors.size else "none"


# Whatever the reader's matplotlibrc, MPLBACKEND or IPython start-up file says: in a notebook, a
# figure stands below its cell, as a PNG; elsewhere it is drawn for a file.
shell = get_ipython()
if shell is None:
    plt.switch_backend("agg")
else:
    shell.enable_matplotlib("inline")
    set_matplotlib_formats("png")
    shell.display_formatter.formatters["image/png"].for_type(Figure, png)
plt.rcdefaults()
plt.style.use(Path(__file__).with_name("course.mplstyle"))


def tint(color, share=0.16):
    """Return a colour thinned with white, for an area with something on it."""
    return tuple(1 - share * (1 - part) for part in to_rgb(color))


def write(ax, text, point, offset=(0, 9), **look):
    """Write a text near a point, its outline white, so that it can be read across a line."""
    outline = [patheffects.withStroke(linewidth=4, foreground="white")]
    look = {"ha": "center", "path_effects": outline, **look}
    ax.annotate(text, point, xytext=offset, textcoords="offset points", **look)


def sample(function, x):
    """Return the function's values at each x, as float64; TensorFlow functions are welcome."""
    return np.array([np.asarray(function(value), np.float64) for value in x])
