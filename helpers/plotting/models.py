"""What is computed: recorded steps, networks, and the borders that they draw."""

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, GRADIENT, MODEL, QUIET, SERIES, WIDTH, WRONG, tint


def plot_graph(steps, title) -> Figure:
    """Draw a recorded computation: values forward, gradients back.

    Each step is four texts, from the source to the target: the value's name, the operation that
    made it, the value, and the gradient of the target with respect to it.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 3.2))
    ax.set(xlim=(-0.6, len(steps) - 0.4), ylim=(-0.95, 0.95), title=title)
    ax.axis("off")
    target = steps[-1][0]
    middle = {"ha": "center", "va": "center"}
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": DATA, "linewidth": 2}
    arrow = {"arrowstyle": "-|>", "linewidth": 2}
    for place, (name, operation, value, slope) in enumerate(steps):
        ax.text(place, 0.35, f"{name} = {value}", bbox=box, color=DATA, **middle)
        ax.text(place, -0.35, f"d{target}/d{name} = {slope}", color=GRADIENT, **middle)
        if place:
            there, back = arrow | {"color": DATA}, arrow | {"color": GRADIENT, "linestyle": "--"}
            ax.annotate("", (place - 0.3, 0.35), (place - 0.66, 0.35), arrowprops=there)
            ax.text(place - 0.5, 0.52, operation, ha="center", color=DATA)
            ax.annotate("", (place - 0.64, -0.35), (place - 0.36, -0.35), arrowprops=back)
    ax.text(-0.55, 0.75, "forward: the tape records", color=DATA, weight="bold")
    ax.text(-0.55, -0.9, "backward: gradient() reads it in reverse", color=GRADIENT, weight="bold")
    return figure


def plot_network(model) -> Figure:
    """Draw a built keras.Sequential, a row for each layer: units, output shape, parameter count.

    A layer whose output is a vector is drawn as a row of units, those in the middle left out if
    there are many; any other output as a grid.
    """
    rows = [("input", "", model.input_shape, "")]
    for layer in model.layers:
        kind, activation = type(layer).__name__, getattr(layer, "activation", None)
        if activation not in (None, keras.activations.linear):
            kind += f", {activation.__name__}"
        rows.append((layer.name, kind, layer.output.shape, f"{layer.count_params():,}"))

    figure, ax = plt.subplots(figsize=(WIDTH, 1.1 + 0.85 * len(rows)))
    ax.set(xlim=(-2.3, 6.4), ylim=(len(rows) - 0.55, -0.95))
    ax.axis("off")
    heading = {"va": "center", "color": QUIET}
    ax.text(2.2, -0.65, "layer", **heading)
    ax.text(5.1, -0.65, "output shape", ha="right", **heading)
    ax.text(6.4, -0.65, "parameters", ha="right", **heading)
    above = None
    for row, (name, kind, shape, count) in enumerate(rows):
        units = _draw_units(ax, row, shape, DATA if row == 0 else MODEL)
        if kind.startswith("Dense") and above is not None:
            for start in above:
                ends = np.broadcast_to(start, units.shape), units
                ax.plot(ends, (row - 1, row), color=QUIET, linewidth=0.7, zorder=1)
        elif row:
            arrow = {"arrowstyle": "-|>", "linewidth": 2, "color": QUIET}
            ax.annotate("", (0, row - 0.32), (0, row - 0.68), arrowprops=arrow)
        above = units
        ax.text(2.2, row, name, va="bottom" if kind else "center", weight="bold")
        ax.text(2.2, row + 0.04, kind, va="top")
        ax.text(5.1, row, str(shape), ha="right", va="center")
        ax.text(6.4, row, count, ha="right", va="center")
    ax.set_title(f"{len(model.layers)} layers, {model.count_params():,} parameters")
    return figure


def _draw_units(ax, row, shape, color):
    """Draw a layer's output; return where its units are, or None if it is no vector."""
    look = {"markerfacecolor": "white", "markeredgecolor": color, "markeredgewidth": 2, "zorder": 2}
    if len(shape) != 2:
        half = np.linspace(-0.28, 0.28, 5)
        ax.vlines(half, row - 0.28, row + 0.28, color=color, linewidth=1.5)
        ax.hlines(row + half, -0.28, 0.28, color=color, linewidth=1.5)
        return None
    if shape[-1] <= 10:
        units = 0.42 * (np.arange(shape[-1]) - (shape[-1] - 1) / 2)
    else:
        units = 0.42 * np.array([-4, -3, -2, -1, 1, 2, 3, 4])
        ax.text(0, row, "…", ha="center", va="center", color=color, weight="bold", zorder=3)
    ax.plot(units, np.full(units.shape, row), "o", markersize=14, **look)
    return units


def plot_cost(z, probabilities, costs) -> Figure:
    """Draw the probability that sigmoid makes of a number, and what each probability costs."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.6))
    left.plot(z, probabilities, color=MODEL)
    left.set(title="z becomes a probability", xlabel="z", ylabel="p = sigmoid(z)")
    right.plot(probabilities, costs, color=MODEL)
    right.set(
        title="Confident and wrong costs most", xlabel="p, of the right class", ylabel="−ln p"
    )
    return figure


def plot_boundary(model, inputs, labels, title) -> Figure:
    """Draw the border that a classifier draws between two classes, and the points it gets wrong."""
    figure, ax = plt.subplots(figsize=(WIDTH, 5.0))
    _draw_boundary(ax, model, inputs, labels, title, size=5.5)
    ax.set(xlabel="first input", ylabel="second input")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=4, handletextpad=0.3)
    return figure


def plot_boundaries(model, moments, inputs, labels) -> Figure:
    """Draw a classifier's border at four moments of its training: weights, by their epoch."""
    figure, axes = plt.subplots(2, 2, sharex=True, sharey=True, figsize=(WIDTH, 5.9))
    now = model.get_weights()
    for ax, (epoch, weights) in zip(axes.flat, moments.items(), strict=True):
        model.set_weights(weights)
        _draw_boundary(ax, model, inputs, labels, f"Epoch {epoch}", size=4.0)
        ax.set(xlabel="first input", ylabel="second input")
        ax.label_outer()
    model.set_weights(now)
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4, handletextpad=0.3)
    return figure


def _draw_boundary(ax, model, inputs, labels, title, size):
    chosen = np.asarray(model(inputs))[:, 0] > 0.5
    low, high = inputs.min(axis=0) - 0.25, inputs.max(axis=0) + 0.25
    across, up = (np.linspace(*edges, 121) for edges in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(across, up), axis=-1).astype(np.float32)
    heights = np.asarray(model(grid.reshape(-1, 2))).reshape(grid.shape[:2])
    tints = [tint(look["color"]) for look in SERIES[:2]]
    ax.grid(False)
    ax.contourf(across, up, heights, levels=[0, 0.5, 1], colors=tints)
    ax.contour(across, up, heights, levels=[0.5], colors=MODEL, linewidths=2, zorder=1)
    dots = {"markersize": size, "markeredgewidth": 0}
    for number, (look, label) in enumerate(zip(SERIES, ("class 0", "class 1"), strict=False)):
        points = inputs[(labels == number) & (chosen == labels)].T
        ax.plot(*points, look["marker"], color=look["color"], label=label, **dots)
    crosses = {"color": WRONG, "markersize": 1.6 * size, "markeredgewidth": 0.35 * size}
    ax.plot(*inputs[chosen != labels].T, "x", **crosses, label="on the wrong side")
    ax.plot([], [], color=MODEL, label="border: probability 0.5")
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    accuracy = np.mean(chosen == labels, dtype=np.float32)  # as Keras computes it, to round alike
    ax.set_title(f"{title}: accuracy {accuracy:.3f}")
