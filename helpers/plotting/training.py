"""What training does: walks downhill, lines that learn, the loss, gradients, the time it takes."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from .look import DATA, GRADIENT, MODEL, QUIET, RIGHT, SERIES, WIDTH, sample, write


def plot_walks(walks, losses, titles) -> Figure:
    """Draw walks downhill, each on the curve of its loss, one panel each."""
    low, high = np.min(np.concatenate(walks)), np.max(np.concatenate(walks))
    margin = 0.2 * (high - low)
    x = np.linspace(low - margin, high + margin, 201)
    figure, axes = plt.subplots(1, len(walks))
    for ax, walk, loss, title in zip(axes, walks, losses, titles, strict=True):
        height = sample(loss, walk)
        ax.plot(x, sample(loss, x), color=QUIET)
        ax.plot(walk, height, "--", color=GRADIENT, linewidth=1.2)
        ax.plot(walk, height, "o", color=GRADIENT)
        _number_steps(ax, walk, height)
        ax.set(title=title, xlabel="x", xlim=(x[0], x[-1]))
    axes[0].set_ylabel("loss")
    return figure


def _number_steps(ax, x, y):
    """Write the number of each step beside its point, and those of one point together."""
    span = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    places = []
    for step, point in enumerate(zip(x, y, strict=True)):
        for place, steps in places:
            if np.all(np.abs(np.subtract(point, place)) < np.multiply(0.06, span)):
                steps.append(step)
                break
        else:
            places.append((point, [step]))
    for point, steps in places:
        text = ", ".join(map(str, steps)) if len(steps) < 4 else f"{steps[0]}-{steps[-1]}"
        write(ax, text, point, offset=(-9, 5), ha="right")


def plot_convergence(series, goals, title) -> Figure:
    """Draw how far sequences are from their goals, step by step, on a logarithmic axis."""
    figure, ax = plt.subplots()
    for (name, values), goal, look in zip(series.items(), goals, SERIES, strict=False):
        gap = np.abs(np.asarray(values, np.float64) - goal)
        ax.semilogy(np.arange(1, len(gap) + 1), gap, label=name, **look)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(title=title, xlabel="steps", ylabel="distance from the goal")
    ax.legend()
    return figure


def plot_descent_paths(loss, paths, minimum, title) -> Figure:
    """Draw paths downhill on one map of a loss of x and y, the darker the lower."""
    reach = np.concatenate([*paths.values(), [minimum]])
    low, high = reach.min(axis=0), reach.max(axis=0)
    margin = 0.1 * (high - low)
    xlim, ylim = zip(low - margin, high + margin, strict=True)
    figure, ax = plt.subplots(figsize=(WIDTH, 5.0))
    _draw_map(ax, loss, paths, minimum, xlim, ylim)
    ax.set(xlabel="x", ylabel="y", title=title)
    ax.legend(loc="best", frameon=True, framealpha=0.9)
    return figure


def plot_descents(loss, paths, minimum, xlim, ylim, axis_labels) -> Figure:
    """Draw paths downhill, each on a map of its own, below its title."""
    look = {"figsize": (WIDTH, 4.6), "sharey": True, "squeeze": False}
    figure, axes = plt.subplots(1, len(paths), **look)
    for ax, (title, path) in zip(axes[0], paths.items(), strict=True):
        _draw_map(ax, loss, {title: path}, minimum, xlim, ylim)
        ax.set(xlabel=axis_labels[0], ylabel=axis_labels[1], title=title)
        ax.label_outer()
    return figure


def plot_section(loss, minimum, angle, curvature, reach=0.5) -> Figure:
    """Draw a line through a minimum on a map, and the loss along it with its parabola.

    The angle is in degrees from the x axis; the parabola has the given curvature, and the line
    ends `reach` from the minimum.
    """
    along = np.linspace(-reach, reach, 101)
    line = minimum + along[:, np.newaxis] * [np.cos(np.radians(angle)), np.sin(np.radians(angle))]
    (left, right), (low, high) = np.outer([-1.3, 1.3], [reach, reach]).T + np.c_[minimum]
    figure, (map_, section) = plt.subplots(1, 2, figsize=(WIDTH, 4.2))
    _draw_map(map_, loss, {}, minimum, (left, right), (low, high))
    map_.plot(*line.T, color=DATA)
    map_.set(xlabel="x", ylabel="y", title=f"A direction of {angle:g}°", aspect="equal")
    section.plot(along, [loss(*point) for point in line], color=DATA, label="loss")
    section.plot(
        along, curvature / 2 * along**2, "--", color=GRADIENT, label="parabola of this curvature"
    )
    section.set(xlabel="distance from the minimum", ylim=(0, 20), xlim=(-reach, reach))
    section.set_title(f"The curvature is {curvature:.1f}")
    figure.legend(*section.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def _draw_valley(ax, loss, xlim, ylim):
    """Draw a map. From shade to shade the loss above its smallest grows by one factor."""
    across, up = np.linspace(*xlim, 101), np.linspace(*ylim, 101)
    heights = np.array([sample(lambda x, y=y: loss(x, y), across) for y in up])
    low, high = heights.min(), heights.max()
    levels = np.concatenate([[low], low + np.geomspace(1e-3, 1, 8) * (high - low)])
    shades = LinearSegmentedColormap.from_list("valley", ["#a8a8a8", "white"])
    ax.grid(False)
    # No lines between the shades: antialiased, they would double the size of the picture.
    ax.contourf(across, up, heights, levels=levels, colors=shades(np.linspace(0, 1, 8)))
    ax.set(xlim=xlim, ylim=ylim)


def _draw_map(ax, loss, paths, minimum, xlim, ylim):
    """Draw paths on a map."""
    _draw_valley(ax, loss, xlim, ylim)
    for (name, path), look in zip(paths.items(), SERIES, strict=False):
        path = np.asarray(path, np.float64)
        # Many points would run together into a band: their line tells enough.
        look = look if len(path) <= 60 else {**look, "marker": ""}
        ax.plot(*path.T, **look, label=name, linewidth=1.6, markersize=5)
        ax.plot(*path[0], "o", color="white", markeredgecolor=MODEL, markeredgewidth=2, zorder=3)
    ax.plot(*minimum, "*", color=MODEL, markersize=15, zorder=4, linestyle="", label="minimum")


def plot_lines(x, y, lines, axis_labels, title) -> Figure:
    """Draw points and straight lines (w, b) through them, from x = 0 or the smallest x on."""
    figure, ax = plt.subplots()
    _draw_lines(ax, x, y, lines)
    ax.set(xlabel=axis_labels[0], ylabel=axis_labels[1], title=title)
    return figure


def plot_line_training(x, y, lines, losses, axis_labels, titles) -> Figure:
    """Draw a line on its way to the data, and its loss, step by step, on a log axis."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 4.2))
    _draw_lines(left, x, y, lines)
    left.set(xlabel=axis_labels[0], ylabel=axis_labels[1], title=titles[0])
    right.semilogy(losses, color=GRADIENT)
    right.set(title=titles[1], xlabel="step", ylabel="loss (log scale)")
    return figure


def _draw_lines(ax, x, y, lines):
    ends = np.array([min(0.0, np.min(x)), np.max(x)])
    ax.plot(x, y, "o", color=MODEL, markersize=7 if len(x) <= 30 else 4, label="data", zorder=3)
    for (name, (w, b)), look in zip(lines.items(), SERIES, strict=False):
        ax.plot(ends, w * ends + b, **{**look, "marker": ""}, label=name)
    ax.legend()


def plot_learning_curves(history) -> Figure:
    """Draw loss and accuracy after each epoch, on the training and on the validation images."""
    ahead = np.subtract(history["accuracy"], history["val_accuracy"])
    titles = {
        "loss": "The loss falls" if np.argmin(history["val_loss"]) else "The loss does not fall",
        "accuracy": "Training pulls ahead" if ahead[-1] > max(ahead[0], 0) else "Both keep pace",
    }
    figure, axes = plt.subplots(1, 2)
    epochs = np.arange(1, len(ahead) + 1)
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        training, validation = history[key], history[f"val_{key}"]
        ax.plot(epochs, training, label="training", **SERIES[0])
        ax.plot(epochs, validation, label="validation", **SERIES[1])
        lowest = np.floor(20 * min(*training, *validation)) / 20
        highest = np.ceil(20 * max(*training, *validation)) / 20
        ax.set(title=title, xlabel="epoch", ylabel=key, xticks=epochs, ylim=(lowest, highest))
        ax.legend()
    return figure


def plot_layer_norms(norms, title) -> Figure:
    """Draw the norm of each layer's gradient, for each network, on a log axis."""
    layers = np.arange(1, len(next(iter(norms.values()))) + 1)
    width = 0.8 / len(norms)
    figure, ax = plt.subplots()
    for place, ((name, values), look) in enumerate(zip(norms.items(), SERIES, strict=False)):
        shift = (place - (len(norms) - 1) / 2) * width
        hatch = ("", "///", "...", "xxx")[place]
        bars = {"color": look["color"], "edgecolor": "white", "hatch": hatch, "label": name}
        ax.bar(layers + shift, values, width, **bars)
    ax.set(xlabel="layer, from the input to the output", ylabel="norm of the gradient", title=title)
    ax.set_xticks(layers)
    ax.set_yscale("log")
    ax.set_ylim(bottom=10 ** np.floor(np.log10(float(min(map(min, norms.values()))))))
    ax.grid(False, axis="x")
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def plot_race(seconds, accuracies, floor) -> Figure:
    """Draw how long training loops take, the floor below them, and their accuracies beside them.

    The axis of times is logarithmic: twice as long is as far, wherever it is on the axis.
    """
    names, times = list(seconds), np.array(list(seconds.values()))
    shares = np.array(list(accuracies.values()))
    size = {"figsize": (WIDTH, 1.5 + 0.5 * len(names)), "width_ratios": (3, 1)}
    figure, (left, right) = plt.subplots(1, 2, sharey=True, **size)
    rows = np.arange(len(names))
    left.barh(rows, times, height=0.6, color=DATA)
    for row, time in enumerate(times):
        write(left, _two_digits(time) + " s", (time, row), (6, 0), ha="left", va="center")
    left.axvline(floor, color=MODEL, linestyle="--")
    below = {"ha": "left", "va": "bottom", "color": MODEL}
    write(left, f"floor {_two_digits(floor)} s", (floor, -0.45), (6, 0), **below)
    ratio = _two_digits(times[0] / times.min())
    left.set(
        title=f"{names[times.argmin()]}: {ratio} times as fast as {names[0]}",
        xlabel="seconds an epoch (each line: twice as long)",
        xscale="log",
        xlim=(0.8 * min(floor, times.min()), 2.2 * times.max()),
        yticks=rows,
        yticklabels=names,
        ylim=(len(names) - 0.5, -0.95),
    )
    left.xaxis.set_major_locator(LogLocator(base=2, numticks=99))  # each power of two
    left.xaxis.set_major_formatter("{x:g}")
    left.xaxis.set_minor_locator(NullLocator())
    left.grid(axis="y", visible=False)
    margin = max(0.05, 2 * np.ptp(shares))
    right.plot(shares, [names.index(name) for name in accuracies], "o", color=RIGHT)
    for name, share in accuracies.items():
        write(right, f"{share:.1%}", (share, names.index(name)), (8, 0), ha="left", va="center")
    right.set(
        title="and as good" if np.ptp(shares) <= 0.02 else "but not as good",
        xlabel="accuracy",
        xlim=(shares.min() - margin, shares.max() + 2.4 * margin),
        xticks=[],  # the dots have their numbers beside them
    )
    right.grid(axis="y", visible=False)
    return figure


def _two_digits(number):
    """Return a number with two digits that count: 0.21, 2.0, 210."""
    rounded = f"{number:.1e}"
    decimals = max(0, 1 - int(rounded.partition("e")[2]))
    return f"{float(rounded):.{decimals}f}"
