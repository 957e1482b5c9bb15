"""Images, what a classifier makes of them, and matrices of numbers as pictures.

Images are uint8 from 0 to 255, or floats from 0 to 1.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, MODEL, QUIET, RIGHT, WIDTH, WRONG


def _show(ax, image):
    """Draw an image as ink on paper: 0 is the background."""
    brightest = 255 if image.dtype == np.uint8 else 1
    return ax.imshow(image, cmap="binary", vmin=0, vmax=brightest, interpolation="nearest")


def plot_image(image, title) -> Figure:
    """Draw one image with the numbers of its rows and columns, and a bar for its grey values."""
    figure, ax = plt.subplots(figsize=(WIDTH * 0.7, 4.4))
    ax.grid(False)
    ax.set(title=title, xlabel="column", ylabel="row")
    bar = figure.colorbar(_show(ax, image), ax=ax, ticks=np.linspace(0, 255, 6))
    bar.set_label("grey value")
    return figure


def plot_images(images, captions, title, framed=False) -> Figure:
    """Draw images side by side, five a row, each below its caption; a frame shows the edges."""
    rows, lines = -(-len(images) // 5), max(caption.count("\n") for caption in captions)
    figure, axes = plt.subplots(rows, 5, figsize=(WIDTH, rows * (1.65 + 0.2 * lines) + 0.4))
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, caption in zip(axes.flat, images, captions, strict=False):
        _show(ax, image)
        ax.set_title(caption, fontsize=12, weight="normal")
        if framed:
            ax.axis("on")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(True)
    figure.suptitle(title)
    return figure


def plot_prediction(image, probabilities, label, class_names) -> Figure:
    """Draw an image beside the probability that a classifier gives to each class.

    The bar of the class it chose tells by colour, hatch and title whether that is right.
    """
    chosen = int(probabilities.argmax())
    figure, (left, right) = plt.subplots(1, 2)
    _show(left, image)
    left.axis("off")
    left.set_title(f"The label: {class_names[label]}")
    bars = right.barh(class_names, probabilities, color=QUIET)
    _mark_verdict(bars[chosen], chosen == label)
    right.set(xlim=(0, 1), xlabel="probability")
    right.invert_yaxis()
    right.grid(visible=False, axis="y")
    right.get_yticklabels()[label].set_weight("bold")
    right.set_title(f"{'✓ right' if chosen == label else '✗ wrong'}: {class_names[chosen]}")
    return figure


def plot_predictions(images, probabilities, labels, class_names) -> Figure:
    """Draw images three a row, each beside small bars for the probability of each class.

    Above each image its label; above the bars a mark for right or wrong, the class it was mistaken
    for, and the probability of the choice in percent.
    """
    chosen = probabilities.argmax(axis=1)
    rows = -(-len(images) // 3)
    size = {"figsize": (WIDTH, 1.45 * rows + 0.4), "width_ratios": (1, 1.3) * 3}
    figure, axes = plt.subplots(rows, 6, **size)
    for ax in axes.flat:
        ax.axis("off")
    shown = zip(axes.reshape(-1, 2), images, probabilities, chosen, labels, strict=False)
    for (left, right), image, row, choice, label in shown:
        _show(left, image)
        right.axis("on")
        left.set_title(class_names[label], fontsize=11, weight="normal")
        bars = right.bar(range(len(class_names)), row, color=QUIET)
        _mark_verdict(bars[choice], choice == label)
        right.set(ylim=(0, 1), xticks=sorted({choice, label}), yticks=[])
        right.grid(visible=False)
        mark, color = ("✓", RIGHT) if choice == label else (f"✗ {class_names[choice]}", WRONG)
        text = f"{mark} {_per_cent(row[choice])}"
        look = {"loc": "right", "fontsize": 11, "weight": "normal", "color": color}
        right.set_title(text, **look).set_in_layout(False)
    figure.suptitle(f"{np.sum(chosen == labels)} of {len(labels)} are right")
    return figure


def _mark_verdict(bar, right):
    """Colour the bar of the class that was chosen; hatch it if that is wrong."""
    bar.set_facecolor(RIGHT if right else WRONG)
    bar.set(hatch=None if right else "//", hatchcolor="white")


def _per_cent(probability):
    """Return a probability as text, and never call it certain."""
    return ">99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def plot_differences(differences, axis_labels, title) -> Figure:
    """Draw the differences of two arrays' numbers; the diagonal, where they match, is framed."""
    reach = 2 * np.abs(differences).max()
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    ax.grid(False)
    ax.imshow(differences, cmap="PuOr", vmin=-reach, vmax=reach)
    for (row, column), difference in np.ndenumerate(differences):
        ax.text(column, row, f"{difference:.0f}", ha="center", va="center", fontsize=14)
    frame = {"fill": False, "edgecolor": MODEL, "linewidth": 2.5, "clip_on": False}
    places = np.arange(len(differences))
    for place in places:
        ax.add_patch(plt.Rectangle((place - 0.5, place - 0.5), 1, 1, **frame))
    ax.set(xlabel=axis_labels[0], ylabel=axis_labels[1], title=title)
    ax.set_xticks(places, places + 1)
    ax.set_yticks(places, places + 1)
    return figure


def plot_confusion(matrix, class_names) -> Figure:
    """Draw a confusion matrix, in percent of each row; its title names the largest confusion."""
    shares = matrix / np.sum(matrix, axis=1, keepdims=True)
    wrong = shares - np.diag(shares.diagonal())
    largest = sorted(np.unravel_index(wrong.argmax(), wrong.shape))
    figure, ax = plt.subplots(figsize=(WIDTH, 6.4))
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.grid(False)
    for (row, column), share in np.ndenumerate(shares):
        ink = "white" if share > 0.5 else MODEL
        pale = np.interp(share, (0.0, 0.05), (0.2, 1.0))  # one image more or less changes little
        look = {"ha": "center", "va": "center", "color": ink, "alpha": pale}
        ax.text(column, row, f"{100 * share:.0f}", **look)
    places = range(len(class_names))
    ax.set_xticks(places, class_names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(places, class_names)
    ax.set(xlabel="the network's choice", ylabel="the label (percent of its row, rounded)")
    ax.set_title(f"Mixed up most: {' and '.join(class_names[place] for place in largest)}")
    return figure


def plot_reliability(confidence, right) -> Figure:
    """Draw how often a classifier is right where it is 10 %, 20 %, … sure.

    Above, the share that was right in each tenth, and how far chance alone may move it (two
    standard errors), where there are 30 images; below, how many images fell into it.

    Source: DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician
    32 (1983); Guo et al., "On calibration of modern neural networks", ICML 2017.
    """
    place = np.minimum((confidence * 10).astype(int), 9)
    count = np.bincount(place, minlength=10)
    held = count >= 30
    sure = np.bincount(place, confidence, 10)[held] / count[held]
    share = np.bincount(place, right, 10)[held] / count[held]
    error = 2 * np.sqrt(sure * (1 - sure) / count[held])
    gap = confidence.mean() - right.mean()
    title = "On the whole, the confidence is honest"
    if abs(gap) > 0.02:
        title = f"On the whole, it is {'over' if gap > 0 else 'under'}confident"
    size = {"figsize": (WIDTH, 5.6), "height_ratios": (2.4, 1)}
    figure, (above, below) = plt.subplots(2, sharex=True, **size)
    above.plot((0, 1), (0, 1), "--", color=QUIET, label="honest")
    look = {"ecolor": QUIET, "elinewidth": 1.5, "capsize": 4}
    above.errorbar(sure, share, error, color=DATA, marker="o", label="the network", **look)
    above.set(title=title, ylabel="fraction right", xlim=(0, 1), ylim=(0, 1))
    above.legend(loc="lower right")
    below.bar((np.arange(10) + 0.5) / 10, count, width=0.09, color=DATA)
    below.set(xlabel="confidence", ylabel="images", xticks=np.linspace(0, 1, 11))
    below.set_ylim(0, 1000 * np.ceil(count.max() / 1000))  # one image more moves no tick
    return figure
