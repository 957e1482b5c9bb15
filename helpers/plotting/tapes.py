"""Tapes: what one has recorded, how slopes leave a stretched array, what forward mode costs."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .look import DATA, GRADIENT, WIDTH, tint, write


def plot_recording(records, nodes, names, slopes, step=None) -> Figure:
    """Draw the records of a tape in their order: values go to the right, slopes to the left.

    A record is (output, operation, inputs, options). The nodes are a source and all outputs, each
    with its number in ``data``, a name and the slope of the last one, or None.

    `step` counts what has happened: the records one by one, the slope of the last node, and the
    records in reverse. Without it all of that has.
    """
    count = len(records)
    step = 2 * count + 1 if step is None else step
    back = step - count - 1  # records that had their turn on the way back
    places = {id(node): place for place, node in enumerate(nodes)}
    figure, ax = plt.subplots(figsize=(WIDTH, 4.2))
    ax.set(xlim=(-0.5, len(nodes) - 0.5), ylim=(-2.0, 2.0))
    ax.axis("off")
    box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": DATA, "linewidth": 2}
    known = list(zip(nodes, names, slopes, strict=True))[: step + 1]
    for place, (node, name, slope) in enumerate(known):
        text = {"ha": "center", "va": "center"}
        ax.text(place, 0.0, f"{name} = {node.data:.4g}", bbox=box, color=DATA, **text)
        text = {"va": "center", "color": GRADIENT, "zorder": 5}
        if slope is not None:
            write(ax, f"slope {slope:.4g}", (place, -0.55), (0, 0), **text)
    arrivals = {place: 0 for place in places.values()}
    for place, (output, operation, inputs, _) in enumerate(records[:step]):
        end = places[id(output)]
        write(ax, operation.__name__, (end, 0.42), (0, 0), va="center", color=DATA, zorder=5)
        for start in (places[id(x)] for x in inputs if id(x) in places):
            bend = 0.32
            foot = (start + 0.06, 0.58) if start else (start, 0.36)  # a source has no operation
            _draw_arc(ax, foot, (end - 0.06, 0.58), -bend, DATA, "-")
            if place >= count - back:
                _draw_arc(ax, (end - 0.06, -0.74), (start + 0.05, -0.74), -bend, GRADIENT, "--")
                arrivals[start] += 1
    ax.text(-0.45, 1.8, "forward: recorded from left to right", color=DATA, weight="bold")
    ax.text(-0.45, -1.95, "backward: read in reverse", color=GRADIENT, weight="bold")
    arrived = arrivals[0]
    title = f"{names[0]} is used in {arrived} places: {arrived} slopes arrive and are added"
    if step <= count:
        title = f"Forward: {step} of {count} records"
    elif back < count:
        title = f"Backward: {back} of {count} records, slopes arrived at {names[0]}: {arrived}"
    ax.set_title(title)
    return figure


def _draw_arc(ax, start, end, bend, color, linestyle):
    look = {"arrowstyle": "-|>", "linewidth": 1.8, "color": color, "linestyle": linestyle}
    look["connectionstyle"] = f"arc3,rad={bend}"
    ax.annotate("", end, start, arrowprops=look)


def plot_stretching(row, slopes) -> Figure:
    """Draw a row copied to all rows of a table, and the slopes of the table summed back to it."""
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.9))
    columns, count = len(row), len(slopes)
    for ax in axes:
        ax.set(xlim=(-0.1, columns + 0.1), ylim=(count + 2.0, -0.1))
        ax.axis("off")
    _draw_row(axes[0], 0, row, DATA, strong=True)
    for below in range(count):
        _draw_row(axes[0], below + 1.9, row, DATA, strong=False)
        _draw_row(axes[1], below, slopes[below], GRADIENT, strong=False)
    _draw_row(axes[1], count + 0.9, np.sum(slopes, axis=0), GRADIENT, strong=True)
    for ax, top, color in ((axes[0], 1.0, DATA), (axes[1], count, GRADIENT)):
        for column in range(columns):
            arrow = {"arrowstyle": "-|>", "linewidth": 2, "color": color}
            ax.annotate(
                "", (column + 0.5, top + 0.85), (column + 0.5, top + 0.05), arrowprops=arrow
            )
    axes[0].set_title(f"Forward: the row is copied {count} times")
    axes[1].set_title(f"Backward: {count} slopes are summed")
    return figure


def _draw_row(ax, y, numbers, color, strong):
    look = {"facecolor": tint(color, 0.3 if strong else 0.08), "edgecolor": color}
    for x, number in enumerate(numbers):
        ax.add_patch(plt.Rectangle((x, y), 1, 1, linewidth=2 if strong else 1, **look))
        text = {"ha": "center", "va": "center", "weight": "bold" if strong else "normal"}
        ax.text(x + 0.5, y + 0.5, f"{number:g}", color=color, **text)
