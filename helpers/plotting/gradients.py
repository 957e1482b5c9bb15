"""Gradients under suspicion: what tiny steps say of them, where numbers end, what is kept."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, GRADIENT, SERIES, WIDTH, tint, write


def plot_step_errors(steps, errors) -> Figure:
    """Draw how far central differences miss a slope, by their step, each at its best marked."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.6))
    best = {}
    for (name, values), look in zip(errors.items(), SERIES):  # noqa: B905  as many as names
        place = int(np.argmin(values))
        best[name] = steps[place]
        ax.loglog(steps, values, label=name, markevery=[place], markersize=11, **look)
        text = f"{values[place]:.0e}"
        write(ax, text, (steps[place], values[place]), (0, -22), color=look["color"])
    ax.invert_xaxis()
    ax.margins(y=0.14)
    ax.set(xlabel="step, ever smaller", ylabel="mean error of the slope")
    found = " and ".join(f"1e{np.log10(step):.0f} in {name}" for name, step in best.items())
    ax.set_title(f"The best step is about {found}")
    ax.legend(loc="lower left")
    return figure


def plot_overflow(x, curves) -> Figure:
    """Draw two ways to compute a function, the right one first, and below, the slopes of both.

    `curves` holds a pair for each name: values and slopes. A curve ends where it is inf or nan.
    """
    (_, right), (values, slopes) = curves.values()
    lost = float(x[np.argmax(~(np.abs(slopes - right) < 0.5))])
    ended = float(x[np.argmax(~np.isfinite(values))])
    title = f"The slope is lost from {lost:.1f} on, the value from {ended:.1f}"
    figure, axes = plt.subplots(2, sharex=True, figsize=(WIDTH, 5.6))
    wide = ({"linewidth": 8, "alpha": 0.35}, {"linewidth": 2.6})
    for (name, pair), look, width in zip(curves.items(), SERIES, wide):  # noqa: B905
        for ax, numbers in zip(axes, pair, strict=True):
            numbers = np.where(np.isfinite(numbers), numbers, np.nan)
            ax.plot(x, numbers, label=name, **(look | {"marker": "", "linestyle": "-"} | width))
            (last,) = np.flatnonzero(np.isfinite(numbers))[-1:]
            if last < len(x) - 1:
                ax.plot(x[last], numbers[last], color=look["color"], marker="X", markersize=11)
                text, up = ("inf", -16) if ax is axes[0] else ("nan", 6)
                end = {"ha": "left", "color": look["color"]}
                write(ax, f"{text} from here on", (x[last], numbers[last]), (14, up), **end)
    axes[0].set(title=title, ylabel="value")
    axes[1].set(xlabel="x", ylabel="slope", ylim=(-0.15, 1.25))
    axes[0].legend(loc="upper left")
    figure.align_ylabels()
    return figure


def plot_weights(rows, title) -> Figure:
    """Draw the weights that lead into some hidden units as images: a row for each network."""
    units = len(next(iter(rows.values())))
    figure, axes = plt.subplots(len(rows), units, figsize=(WIDTH, 1.2 * len(rows) + 0.6))
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for ax, image in zip(line, images, strict=True):
            reach = 1.4 * np.quantile(np.abs(image), 0.95)
            ax.imshow(image, cmap="PuOr", vmin=-reach, vmax=reach, interpolation="nearest")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        line[0].set_ylabel(name)
    figure.suptitle(title)
    return figure


def plot_kept(sizes, kept, peak, everything) -> Figure:
    """Draw what is held in memory at the most, by the size of the blocks that are computed again.

    The lower part of each bar is what the tape keeps, the upper what a block needs on top of that;
    the dashed line is what a tape holds without any blocks.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 4.2))
    x, kept, peak = np.arange(len(sizes)), np.array(kept), np.array(peak)
    edge = {"edgecolor": "white", "linewidth": 1.5, "width": 0.6}
    ax.bar(x, kept, color=DATA, label="kept by the tape", **edge)
    extra = {"color": tint(GRADIENT, 0.55), "hatch": "//", "label": "on top, while going back"}
    ax.bar(x, peak - kept, bottom=kept, **extra, **edge)
    for place, most in zip(x, peak, strict=True):
        write(ax, str(most), (place, most), (0, 5), weight="bold")
    ax.axhline(everything, color="#222222", linestyle="--", label="all layers kept")
    ax.set(xlabel="layers in a block", ylabel="arrays held", xticks=x, xticklabels=sizes)
    ax.set_ylim(0, 1.42 * max(peak))
    ax.grid(visible=False, axis="x")
    ax.legend(ncols=3, loc="upper center", columnspacing=1.2)
    best = int(np.argmin(peak))
    ax.set_title(f"Blocks of {sizes[best]} need the least: {peak[best]} of {everything}")
    return figure
