"""Many workers: how a ring adds up, what a step costs, what larger batches do."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter

from .look import DATA, GRADIENT, MODEL, QUIET, SERIES, WIDTH, write


def plot_ring(history, moves) -> Figure:
    """Draw a ring all-reduce of ones, so that each number says how many gradients a part holds.

    `history` holds, before the first step and after each, a row for each worker and a column for
    each part; `moves` the (worker, part) that are sent in each step, here framed where they arrive.
    """
    history = np.asarray(history)
    workers = history.shape[1]
    columns = workers
    rows = -(-len(history) // columns)
    shades = LinearSegmentedColormap.from_list("sum", ["white", DATA])
    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, 2.45 * rows + 0.6))
    for ax in axes.flat[len(history) :]:
        ax.set_axis_off()
    for step, (ax, held) in enumerate(zip(axes.flat, history)):  # noqa: B905  some axes stay empty
        ax.imshow(held, cmap=shades, vmin=0.4, vmax=1.35 * workers)
        for (rank, part), count in np.ndenumerate(held):
            full = count == workers
            look = {"weight": "bold" if full else "normal", "color": MODEL}
            ax.text(part, rank, f"{count:.0f}", ha="center", va="center", fontsize=13, **look)
        for rank, part in moves[step - 1] if step else []:
            place = (part - 0.44, (rank + 1) % workers - 0.44)
            frame = {"fill": False, "edgecolor": GRADIENT, "linewidth": 2.5}
            ax.add_patch(plt.Rectangle(place, 0.88, 0.88, **frame))
        ax.set_title(f"after step {step}" if step else "at first", fontsize=12, weight="normal")
        ax.set(xticks=range(workers), yticks=range(workers))
        ax.grid(False)
        ax.tick_params(length=0)
        ax.label_outer()
    for ax in axes[-1]:
        ax.set_xlabel("part")
    for ax in axes[:, 0]:
        ax.set_ylabel("worker")
    figure.suptitle(
        f"After {len(moves)} steps each of {workers} workers holds the sum of all {workers}"
    )
    return figure


def plot_step_cost(workers, costs) -> Figure:
    """Draw the time of a step against the number of workers, for several batches, a panel each.

    `costs` holds, by the size of the batch, the seconds of arithmetic and of traffic. A star marks
    the shortest step.
    """
    figure, axes = plt.subplots(1, len(costs), figsize=(WIDTH, 4.6), sharey=True)
    for ax, (batch, (arithmetic, traffic)) in zip(axes, costs.items(), strict=True):
        parts = {"arithmetic": arithmetic, "communication": traffic}
        for (name, seconds), look in zip(parts.items(), SERIES, strict=False):
            shown = np.where(np.asarray(seconds) > 0, 1000 * np.asarray(seconds), np.nan)
            ax.loglog(workers, shown, **{**look, "marker": ""}, label=name)
        step = 1000 * (np.asarray(arithmetic) + np.asarray(traffic))
        ax.loglog(workers, step, color=MODEL, linewidth=2.6, label="the whole step")
        best = int(step.argmin())
        ax.plot(workers[best], step[best], "*", color=MODEL, markersize=16, zorder=4)
        times = step[0] / step[best]
        many = f"workers: {workers[best]}, speed-up: {times:.1f}"
        ax.set(title=f"a batch of {batch:,}, predicted best:\n{many}", xlabel="workers")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,g}"))
            axis.set_minor_locator(NullLocator())
    axes[0].set_ylabel("milliseconds a step")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


def plot_batch_sizes(accuracies, chance, title) -> Figure:
    """Draw how well networks do against the size of the batch, for several rules for the rate.

    `accuracies` holds `{rule: {batch: accuracy}}`; the dotted line is what guessing would reach.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 4.4))
    ax.axhline(chance, color=QUIET, linestyle=":", linewidth=1.5)
    batches = sorted({batch for by_batch in accuracies.values() for batch in by_batch})
    for (name, by_batch), look in zip(accuracies.items(), SERIES, strict=False):
        ax.semilogx(list(by_batch), list(by_batch.values()), label=name, **look)
    write(ax, "guessing", (batches[0], chance), (0, 6), ha="left", color=QUIET)
    ax.set(title=title, xlabel="images in a batch, at the same number of epochs")
    ax.set(ylabel="held-out accuracy", ylim=(0, 1), xticks=batches)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.14))
    return figure


def plot_shared_step(workers, arithmetic, traffic, alone, most=40) -> Figure:
    """Draw how each of so many workers spends a step, a lane for each; one alone takes `alone`.

    `arithmetic` and `traffic` are seconds; white lines part the messages.
    """
    figure, ax = plt.subplots(figsize=(WIDTH, 4.6))
    lanes, computed = np.arange(1, workers + 1), arithmetic / alone
    step = (arithmetic + traffic) / alone
    ax.barh(lanes, computed, height=0.8, color=DATA, label="arithmetic")
    ax.barh(lanes, step - computed, 0.8, computed, color=GRADIENT, label="communication")
    messages = np.linspace(computed, step, 2 * workers - 1)
    width = min(0.6, 60 * (step - computed) / len(messages))  # not to hide what they part
    ax.vlines(messages, 0.5, workers + 0.5, color="white", linewidth=width)
    ax.axvline(1, color=MODEL, linestyle="--")
    write(ax, "one alone", (1, most), (6, 4), ha="left", color=MODEL)
    fast = f"{1 / step:.2g} times as fast as one" if workers > 1 else "nothing to send"
    ax.set(title=f"workers: {workers}, arithmetic: {computed / step:.0%}, {fast}")
    ax.set(xlabel="time, in steps of one worker alone", ylabel="worker")
    ax.set(xlim=(0, 1.5), ylim=(most + 1, 0), yticks=[1, *range(10, most + 1, 10)])
    figure.legend(loc="outside lower center", ncols=2)
    return figure
