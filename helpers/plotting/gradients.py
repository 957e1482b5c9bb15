"""Gradients under suspicion: what tiny steps say of them, and where floats end."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import SERIES, WIDTH, write


def plot_step_errors(steps, errors) -> Figure:
    """Draw how far central differences miss a slope, by their step, each at its best marked."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.6))
    best = {}
    for (name, values), look in zip(errors.items(), SERIES):  # noqa: B905  as many as names
        place = int(np.argmin(values))
        best[name] = steps[place]
        ax.loglog(steps, values, label=name, markevery=[place], markersize=11, **look)
        text = f"error {values[place]:.0e}"
        write(ax, text, (steps[place], values[place]), (-50, -24), color=look["color"])
    ax.invert_xaxis()
    ax.margins(y=0.14)
    ax.set(xlabel="step h, from large to small", ylabel="mean error of the slope")
    found = " and ".join(f"{step:.0e} in {name}" for name, step in best.items())
    found = found.replace("e-0", "e-")
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
