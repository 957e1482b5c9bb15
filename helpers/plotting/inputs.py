"""Gradients of the input: maps of slopes, images made to fool, and what an attack leaves right."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from .images import _per_cent, _show
from .look import RIGHT, SERIES, WIDTH, WRONG


def _show_slopes(ax, slopes, reach=0.8):
    """Draw slopes in two colours, the deeper the steeper; 0 is white."""
    reach *= np.abs(slopes).max() or 1
    ax.imshow(slopes, cmap="PuOr", vmin=-reach, vmax=reach, interpolation="nearest")


def _legend_of_slopes(figure, up, down):
    """Say below a figure what the two colours of slopes mean."""
    colors = plt.get_cmap("PuOr")
    look = {"marker": "s", "linestyle": "", "markersize": 11}
    marks = [Line2D([], [], color=colors(place), **look) for place in (0.9, 0.15)]
    figure.legend(marks, [up, down], loc="outside lower center", ncols=2, handletextpad=0.2)


def plot_slope_maps(images, maps, captions, title) -> Figure:
    """Draw images in a row and, below each, its maps of slopes: one row for each kind of map."""
    rows = 1 + len(maps)
    figure, axes = plt.subplots(rows, len(images), figsize=(WIDTH, 1.45 * rows + 0.9))
    for ax, image, caption in zip(axes[0], images, captions, strict=True):
        _show(ax, image)
        ax.set_title(caption, fontsize=12, weight="normal")
    for row, (name, slopes) in zip(axes[1:], maps.items(), strict=True):
        for ax, part in zip(row, slopes, strict=True):
            _show_slopes(ax, np.asarray(part))
        row[0].set_ylabel(name)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    figure.suptitle(title)
    _legend_of_slopes(figure, "for the class", "against it")
    return figure


def plot_attacks(images, attacked, before, after, labels, class_names) -> Figure:
    """Draw images, what an attack changes in them, and the results, with the answers to both.

    `before` and `after` hold the probabilities of all classes, a row for each image.
    """
    figure, axes = plt.subplots(3, len(images), figsize=(WIDTH, 6.9))
    change = np.asarray(attacked) - np.asarray(images)
    for column, ax in zip(range(len(images)), axes.T, strict=True):
        _show(ax[0], images[column])
        _show_slopes(ax[1], change[column], reach=1.3)
        _show(ax[2], attacked[column])
        for place, probabilities in ((0, before[column]), (2, after[column])):
            choice = int(np.argmax(probabilities))
            right = choice == labels[column]
            mark, sure = "✓" if right else "✗", _per_cent(probabilities[choice])
            look = {"fontsize": 12, "weight": "normal", "color": RIGHT if right else WRONG}
            ax[place].set_title(f"{mark} {class_names[choice]}\n{sure}", **look)
    for ax, name in zip(axes[:, 0], ("photograph", "change", "attacked"), strict=True):
        ax.set_ylabel(name)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    fooled = np.sum(np.argmax(after, axis=1) != labels)
    title = f"No pixel moves by more than {np.abs(change).max():.2f}"
    figure.suptitle(f"{title}, and {fooled} of {len(images)} answers are wrong")
    _legend_of_slopes(figure, "more ink", "less ink")
    return figure


def plot_attacked_loss(epsilons, losses, title) -> Figure:
    """Draw how the loss grows with the size of a push, for several kinds of push."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    for (name, values), look in zip(losses.items(), SERIES):  # noqa: B905  as many as kinds
        ax.plot(epsilons, values, label=name, **look)
    ax.set(title=title, xlabel="ε, how far each pixel is pushed", ylabel="mean loss")
    ax.set_ylim(bottom=0)
    ax.legend()
    return figure


def plot_attacked_accuracy(epsilons, accuracies, title) -> Figure:
    """Draw how many test images networks get right, by the size of the attack on each network."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    for (name, shares), look in zip(accuracies.items(), SERIES):  # noqa: B905  as many as networks
        ax.plot(epsilons, shares, label=name, **look)
    ax.set(title=title, xlabel="ε, how far each pixel may be pushed", ylabel="test images right")
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.legend(loc="lower left")
    return figure


def plot_dreams(dreams, class_names, title) -> Figure:
    """Draw the images that networks were walked up to: a row for each walk, a column a class."""
    size = {"figsize": (WIDTH, 1.36 * len(dreams) + 0.7)}
    figure, axes = plt.subplots(len(dreams), len(class_names), **size)
    for row, (name, images) in zip(axes, dreams.items(), strict=True):
        for ax, image in zip(row, images, strict=True):
            _show(ax, np.asarray(image))
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        row[0].set_ylabel(name)
    for ax, name in zip(axes[0], class_names, strict=True):
        ax.set_title(name, fontsize=12, weight="normal")
    figure.suptitle(title)
    return figure
