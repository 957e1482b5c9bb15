"""A wrong answer beside the right one, small, below its verdict."""

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.figure import Figure

from .look import DATA, RIGHT, WRONG, sample

SIZE = (5.6, 2.8)
EXPECTED = {"color": RIGHT, "label": "expected", "linewidth": 4, "alpha": 0.5}
YOURS = {"color": WRONG, "label": "yours", "linestyle": "--", "linewidth": 1.8}


def show_answer(yours, expected, **where) -> None:
    """Show what `plot_answer` draws, and keep nothing of it."""
    figure = plot_answer(yours, expected, **where)
    display(figure)
    plt.close(figure)


def plot_answer(yours, expected, x=None, of=None) -> Figure:
    """Draw an answer and what was expected in its place, two float64 arrays of one shape.

    With `of`, a function of a number, both are its slope at the number x, and tangents are drawn.
    With x, an array of their shape, they are values at x. Else an array of two columns is a path,
    any other table an image, and a row of numbers a curve.
    """
    if of is not None:
        return _plot_tangents(of, x, yours, expected)
    if x is None and yours.ndim == 2 and yours.shape[1] > 2:
        return _plot_images(yours, expected)
    figure, ax = plt.subplots(figsize=SIZE)
    if x is None and yours.ndim == 2:
        lines = [part.T for part in (expected, yours)]
        ax.set(xlabel="first column", ylabel="second column")
    else:
        ax.set_xlabel("index" if x is None else "x")
        x = np.arange(len(yours)) if x is None else x
        order = np.argsort(x)
        lines = [(x[order], part[order]) for part in (expected, yours)]
    for line, look in zip(lines, (EXPECTED, YOURS), strict=True):
        # Between a few points nothing was tried, and among many a marker would tell nothing.
        few = {"linestyle": "", "marker": "o" if look is EXPECTED else "x", "markersize": 9}
        ax.plot(*line, **look | (few if len(line[0]) <= 8 else {}))
    _name_both(figure, ax)
    return figure


def _plot_tangents(of, x, yours, expected):
    figure, ax = plt.subplots(figsize=SIZE)
    near = 0.3 * max(1.0, abs(x)) * np.linspace(-1, 1, 101)
    curve, value = sample(of, x + near), float(of(x))
    ax.plot(x + near, curve, color=DATA, label="the function")
    for slope, look in ((expected, EXPECTED), (yours, YOURS)):
        ax.plot(x + near, value + slope * near, **look)
    ax.plot(x, value, "o", color=DATA)
    # A slope that is far too large leaves the picture; the function and its own slope stay.
    steep = max(abs(expected), min(abs(yours), 3 * abs(expected)))
    height = 1.1 * max(steep * near[-1], np.nanmax(np.abs(curve - value)), 1e-6)
    ax.set(xlabel="x", ylim=(value - height, value + height))
    ax.set_title(f"At x = {x:g}: yours {yours:.4g}, expected {expected:.4g}")
    _name_both(figure, ax)
    return figure


def _plot_images(yours, expected):
    figure, axes = plt.subplots(1, 2, figsize=SIZE)
    shades = {"cmap": "gray_r", "vmin": expected.min(), "vmax": expected.max()}
    for ax, image, title in zip(axes, (yours, expected), ("yours", "expected"), strict=True):
        ax.imshow(image, **shades)
        ax.set(title=title, xticks=[], yticks=[])
        ax.grid(False)
    return figure


def _name_both(figure, ax):
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3)
