"""Convolutions: filters beside what they answer, and accuracy when images are moved."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from .images import _show
from .inputs import _legend_of_slopes, _show_slopes
from .look import MODEL, QUIET, SERIES, WIDTH

ACROSS = 4  # filters side by side, at most


def plot_filters(image, filters, responses, names, title) -> Figure:
    """Draw an image and, up to four a row, named filters (3, 3) above their responses to it.

    Positive numbers are violet and negative ones orange, the deeper the larger; few filters have
    their numbers written on them.
    """
    rows, across = -(-len(filters) // ACROSS), min(ACROSS, len(filters))
    size = {"figsize": (WIDTH, 2.55 * rows + 0.9), "height_ratios": (0.6, 1) * rows}
    figure, axes = plt.subplots(2 * rows, across + 1, **size)
    for ax in axes.flat:
        ax.axis("off")
    _show(axes[1, 0], np.asarray(image))
    axes[1, 0].set_title("image", fontsize=12, weight="normal")
    for number, (weights, response, name) in enumerate(zip(filters, responses, names, strict=True)):
        row, column = 2 * (number // ACROSS), number % ACROSS + 1
        weights = np.asarray(weights)
        _show_slopes(axes[row, column], weights, reach=1.6 if rows == 1 else 1.0)
        _show_slopes(axes[row + 1, column], np.asarray(response))
        axes[row, column].set_title(name, fontsize=12, weight="normal")
        for (i, j), weight in np.ndenumerate(weights) if rows == 1 else ():
            axes[row, column].text(j, i, f"{weight:.2g}", ha="center", va="center", fontsize=11)
    figure.suptitle(title)
    _legend_of_slopes(figure, "positive", "negative")
    return figure


def plot_shift_accuracy(shifts, accuracies, title) -> Figure:
    """Draw how many images networks get right, by how far the images are moved to the right."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    ax.axhline(0.1, color=QUIET, linestyle="--", linewidth=1.2)
    ax.text(shifts[0], 0.085, "guessing", ha="left", va="top", color=MODEL)
    for (name, shares), look in zip(accuracies.items(), SERIES):  # noqa: B905  as many as networks
        ax.plot(shifts, shares, label=name, **look)
    ax.set(title=title, xlabel="columns to the right (negative: to the left)", xticks=shifts)
    ax.set(ylabel="held-out images right", ylim=(0, 1))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 0.14))
    return figure
