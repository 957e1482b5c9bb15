"""Functions of a number: their slopes and derivatives, and where they bend or jump."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, GRADIENT, QUIET, SERIES, WIDTH, sample, write


def plot_tangent(function, derivative, at, between=None) -> Figure:
    """Draw a function with its tangent at a point, and its derivative below.

    Both are drawn around the point, or `between` two; then the axes stay where they are as the
    point moves.
    """
    x = np.linspace(*(between or (at - 2, at + 2)), 201)
    y, slopes = sample(function, x), sample(derivative, x)
    value, slope = float(function(at)), float(derivative(at))
    place, climb = (f"{round(n, 4) + 0.0:g}".replace("-", "−") for n in (at, slope))
    near = x[np.abs(x - at) <= 1]
    dot = {"color": GRADIENT, "marker": "o", "markersize": 9}
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(WIDTH, 6.0))
    above.plot(x, y, color=DATA, label="the function")
    above.plot(near, value + slope * (near - at), "--", color=GRADIENT, label="its tangent")
    above.plot(at, value, **dot)
    above.set(title=f"At x = {place} the tangent climbs {climb} for each step of 1", ylabel="y")
    above.legend(loc="upper left")
    below.plot(x, slopes, color=GRADIENT)
    below.plot(at, slope, **dot)
    left = at < x.mean()
    beside = {"offset": (14 if left else -14, 12), "ha": "left" if left else "right"}
    write(below, f"dy/dx = {climb}", (at, slope), **beside, color=GRADIENT)
    below.set(title="The derivative: that climb, at every x", xlabel="x", ylabel="dy/dx")
    for ax, values in ((above, y), (below, slopes)) if between else ():
        margin = 0.15 * np.ptp(values)
        ax.set(xlim=between, ylim=(values.min() - margin, values.max() + margin))
    return figure


def plot_with_slope(
    function, derivative, between, titles, axis_labels=("x", "y", "dy/dx")
) -> Figure:
    """Draw a function of straight pieces, and its slope below; both break where they jump."""
    x = np.linspace(*between, 201)
    y, slopes = sample(function, x), sample(derivative, x)
    reach = np.abs(slopes).max() * (x[1] - x[0])  # further than this, y can only have jumped
    figure, axes = plt.subplots(2, sharex=True, figsize=(WIDTH, 6.0))
    axes[0].plot(*_broken(x, y, np.abs(np.diff(y)) > 1.5 * reach), color=DATA)
    axes[1].plot(*_broken(x, slopes, np.diff(slopes) != 0), color=GRADIENT, linewidth=4)
    for ax, title, label in zip(axes, titles, axis_labels[1:], strict=True):
        ax.set(title=title, ylabel=label)
        ax.lines[0].set_solid_capstyle("butt")  # ends where the piece ends
        ax.xaxis.set_major_formatter("{x:,g}")
        ax.yaxis.set_major_formatter("{x:,g}")
        ax.update_datalim([(between[0], 0.0)])  # heights are compared: show the 0
        ax.autoscale_view()
    axes[1].set_xlabel(axis_labels[0])
    figure.align_ylabels()
    return figure


def _broken(x, y, jumps):
    """Return x and y with a gap after each place where `jumps` is true."""
    gaps = np.flatnonzero(jumps) + 1
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)


def plot_kinks(functions, slopes) -> Figure:
    """Draw four functions with a kink at 0, the slopes that would fit there, and the one chosen.

    A slope fits if it lies between the slopes on both sides of the kink (a subgradient).
    """
    x = np.array([-1.0, 0.0, 1.0])
    figure, axes = plt.subplots(2, 2, figsize=(WIDTH, 6.0), sharex=True, sharey=True)
    for ax, (name, function), chosen in zip(axes.flat, functions.items(), slopes, strict=True):
        y = sample(function, x)
        left, right = y[1] - y[0], y[2] - y[1]
        fits = {"color": QUIET, "alpha": 0.25, "linewidth": 0, "label": "slopes that fit"}
        ax.fill_between(x, y[1] + left * x, y[1] + right * x, **fits)
        ax.plot(x, y, color=DATA, label="the function")
        look = {"color": GRADIENT, "linestyle": "--", "linewidth": 3}
        ax.plot(x, y[1] + chosen * x, label="the slope at 0", **look)
        ax.plot(0.0, y[1], "o", color=GRADIENT, markersize=9)
        ax.set(title=f"{name}: slope {chosen:g}", xlim=(-1, 1), ylim=(-1.05, 1.05))
        ax.set(xlabel="x", ylabel="y")
        ax.label_outer()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def plot_derivatives(x, curves, titles, marks) -> Figure:
    """Draw a function and its derivatives, one below the other, with a dotted line at each mark."""
    figure, axes = plt.subplots(len(curves), sharex=True, figsize=(WIDTH, 0.8 + 1.9 * len(curves)))
    colors = [DATA] + [GRADIENT] * (len(curves) - 1)
    for ax, (name, y), title, color in zip(axes, curves.items(), titles, colors, strict=True):
        ax.axhline(0, color=QUIET, linewidth=1)
        for mark in marks:
            ax.axvline(mark, color=QUIET, linestyle=":", linewidth=1.5)
        ax.plot(x, y, color=color)
        ax.margins(y=0.25)
        ax.set(title=title, ylabel=name)
        for mark, value in zip(marks, np.interp(marks, x, y), strict=True):
            ax.plot(mark, value, "o", color=color, markersize=9)
            text = f"{round(value, 2) + 0.0:g}".replace("-", "−")
            write(ax, text, (mark, value), offset=(0, 10), color=color, weight="bold")
    figure.align_ylabels()
    axes[-1].set_xlabel("x")
    return figure


def plot_curvatures(angles, curvatures) -> Figure:
    """Draw the curvature in each direction on a log axis, its smallest and largest marked."""
    figure, ax = plt.subplots()
    ax.semilogy(angles, curvatures, color=GRADIENT)
    for place, up in ((np.argmin(curvatures), -20), (np.argmax(curvatures), 8)):
        point = angles[place], curvatures[place]
        ax.plot(*point, "o", color=GRADIENT, markersize=9)
        write(ax, f"{point[1]:.4g} at {point[0]:.1f}°", point, (0, up), color=GRADIENT)
    ax.margins(y=0.2)
    ax.set(title="The curvature depends on where you look", ylabel="curvature")
    ax.set(xlabel="direction, in degrees from the x axis", xticks=np.arange(0, 181, 30))
    return figure


def plot_taylor(x, truth, polynomials, title) -> Figure:
    """Draw a function and polynomials by their order, each marked where it is off by 0.1."""
    figure, ax = plt.subplots(figsize=(WIDTH, 4.5))
    ax.plot(x, truth, color="#cccccc", linewidth=8, label="function")
    for (order, y), look in zip(polynomials.items(), SERIES, strict=False):
        gone = np.flatnonzero((np.abs(y - truth) > 0.1) & (x >= x.mean()))
        ax.plot(x, y, **look, label=f"order {order}", markevery=gone[:1].tolist(), markersize=10)
    margin = 0.5 * np.ptp(truth)
    ax.set(title=title, xlabel="x", ylabel="y", xlim=(x[0], x[-1]))
    ax.set_ylim(truth.min() - margin, truth.max() + margin)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.14)}
    ax.legend(ncols=len(polynomials) + 1, columnspacing=1.2, handlelength=2.8, **below)
    return figure
