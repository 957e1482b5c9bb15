"""How well a network does on images it has not seen: curves, spreads, cures, thresholds."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, GRADIENT, MODEL, QUIET, SERIES, WIDTH, tint, write

TRAINING, HELD_OUT = SERIES[:2]


def plot_overfitting(history) -> Figure:
    """Draw a training's losses, with the lowest held-out one marked, and its held-out accuracy."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 4.2), width_ratios=(3, 2))
    best = _draw_losses(left, history)
    lowest, last = history["held-out loss"][best - 1], history["held-out loss"][-1]
    left.plot(best, lowest, "*", color=MODEL, markersize=15, linestyle="", zorder=4)
    write(left, f"lowest: {lowest:.2f}", (best, lowest), (0, -20))
    left.set_title(f"Lowest at epoch {best}, then up by {last / lowest - 1:.0%}")
    left.legend(loc="upper left", bbox_to_anchor=(0.3, 0.98))
    right.plot(_epochs(history), history["held-out accuracy"], **_line(HELD_OUT))
    right.axvline(best, color=MODEL, linestyle=":", linewidth=1.5)
    right.set(title="Its accuracy", xlabel="epoch", ylabel="held-out accuracy", ylim=(0.7, 0.9))
    return figure


def plot_four_trainings(histories) -> Figure:
    """Draw the losses of four trainings, each below its name."""
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 5.6), sharex=True, sharey=True)
    for ax, (name, history) in zip(axes.flat, histories.items(), strict=True):
        _draw_losses(ax, history)
        ax.set(title=name, ylim=(0, 2))
        ax.label_outer()
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2)
    return figure


def _epochs(history):
    return np.arange(1, len(history["held-out loss"]) + 1)


def _line(look):
    return {**look, "marker": ""}


def _draw_losses(ax, history):
    """Draw both losses; return the epoch after which the held-out one is lowest."""
    epochs, held_out = _epochs(history), history["held-out loss"]
    ax.plot(epochs, history["loss"], label="training", **_line(TRAINING))
    ax.plot(epochs, held_out, label="held out", **_line(HELD_OUT))
    ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    return int(np.argmin(held_out)) + 1


def plot_chances(chances, sure) -> Figure:
    """Draw how often each probability came with dropout on, and the one without as a line."""
    figure, ax = plt.subplots(figsize=(WIDTH, 3.6))
    ax.hist(chances, bins=np.linspace(0, 1, 21), color=tint(DATA, 0.55), edgecolor="white")
    ax.axvline(sure, color=MODEL, linestyle="--", label=f"dropout off: {sure:.2f}, each time")
    ax.set(
        title=f"One image, dropout on: from {np.min(chances):.2f} to {np.max(chances):.2f}",
        xlabel="probability of its class",
        ylabel=f"how many of {len(chances)}",
        xlim=(0, 1),
    )
    ax.yaxis.get_major_locator().set_params(integer=True)
    ax.legend(loc="upper left")
    return figure


def plot_held_out(runs) -> Figure:
    """Draw held-out losses, epoch by epoch, for several cures: the mean of the seeds, and all."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    for (name, histories), look in zip(runs.items(), SERIES, strict=False):
        losses = np.array([history["held-out loss"] for history in histories])
        epochs = np.arange(1, losses.shape[1] + 1)
        reach = losses.min(axis=0), losses.max(axis=0)
        ax.fill_between(epochs, *reach, facecolor=look["color"], alpha=0.25, edgecolor="none")
        ax.plot(epochs, losses.mean(axis=0), label=name, **_line(look))
    ax.set(
        title=f"Held-out loss: mean and reach of {len(losses)} seeds",
        xlabel="epoch",
        ylabel="held-out loss",
    )
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def plot_cures(runs) -> Figure:
    """Draw the lowest held-out loss of each seed, and its accuracy there, for each cure."""
    names, rows = list(runs), np.arange(len(runs))
    figure, axes = plt.subplots(1, 2, sharey=True, figsize=(WIDTH, 1.7 + 0.5 * len(names)))
    for ax, key in zip(axes, ("held-out loss", "held-out accuracy"), strict=True):
        for row, histories in enumerate(runs.values()):
            values = [
                history[key][int(np.argmin(history["held-out loss"]))] for history in histories
            ]
            ax.plot(values, [row] * len(values), "o", color=DATA, alpha=0.7)
            ax.plot(np.mean(values), row, "|", color=MODEL, markersize=22, markeredgewidth=3)
        ax.set(xlabel=key, yticks=rows, yticklabels=names, ylim=(len(names) - 0.5, -0.5))
        ax.grid(axis="x", visible=True)
    lowest = {n: np.mean([min(h["held-out loss"]) for h in hs]) for n, hs in runs.items()}
    axes[0].set_title(f"Lowest loss: {min(lowest, key=lowest.get)}")
    axes[1].set_title("Accuracy at that epoch")
    return figure


def plot_threshold(thresholds, precision, recall, title) -> Figure:
    """Draw the precision and the recall of one class against the threshold of its probability."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.0))
    ax.plot(thresholds, precision, label="precision", **_line(SERIES[0]))
    ax.plot(thresholds, recall, label="recall", **_line(SERIES[1]))
    ax.axvline(0.5, color=QUIET, linestyle=":", linewidth=1.5)
    ax.set(title=title, xlabel="threshold", ylabel="share", xlim=(0, 1), ylim=(0, 1.02))
    ax.legend(loc="lower left")
    return figure


def plot_seeds(accuracies, images) -> Figure:
    """Draw accuracies of networks that differ by their seed only, on sets of so many images.

    Below each, a bar says how far the choice of the images alone may move the mean: two standard
    errors of a share.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 2.9))
    for row, (name, count) in enumerate(zip(accuracies, images, strict=True)):
        values = accuracies[name]
        mean = np.mean(values)
        chance = np.sqrt(mean * (1 - mean) / count)
        ax.errorbar(mean, row + 0.25, xerr=2 * chance, color=GRADIENT, capsize=5)
        ax.plot(values, [row] * len(values), "o", color=DATA, alpha=0.7)
        ax.plot(mean, row, "|", color=MODEL, markersize=20, markeredgewidth=3)
    ax.set(
        title=f"{len(values)} seeds: from {np.min(values):.3f} to {np.max(values):.3f} ({name})",
        xlabel="accuracy (bar: two standard errors, from the choice of images)",
        yticks=range(len(accuracies)),
        yticklabels=list(accuracies),
        ylim=(len(accuracies) - 0.4, -0.5),
    )
    return figure
