"""What optimizers do: their ways through one valley, rates that change, rates that suit."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from .look import MODEL, QUIET, SERIES, WIDTH, write
from .training import _draw_valley


def plot_optimizer_paths(loss, paths, minimum, goal, marks, axis_labels) -> Figure:
    """Draw ways through one valley, each on a map of its own, and below them how the loss falls.

    A dot is a step; the steps in `marks` have their number beside them. From shade to shade the
    loss grows by one factor. Each way ends where the loss is below the goal, the dashed line, for
    good.
    """
    falls = {name: [float(loss(*place)) for place in path] for name, path in paths.items()}
    steps = {
        name: int(np.flatnonzero(~(np.array(fall) < goal))[-1]) + 1 for name, fall in falls.items()
    }
    slow, fast = max(steps, key=steps.get), min(steps, key=steps.get)
    reach = np.concatenate([*paths.values(), [minimum]])
    low, high = reach.min(axis=0), reach.max(axis=0)
    limits = list(zip(low - 0.1 * (high - low), high + 0.1 * (high - low), strict=True))
    size = {"figsize": (WIDTH, 7.6), "height_ratios": (2, 1)}
    figure, axes = plt.subplot_mosaic([list(paths), ["fall"] * len(paths)], **size)
    below = axes["fall"]
    below.axhline(goal, color=MODEL, linestyle="--", linewidth=1.2)
    for (name, path), look in zip(paths.items(), SERIES, strict=False):
        end, color = steps[name], look["color"]
        _draw_way(axes[name], loss, path[: end + 1], minimum, marks, limits, color)
        axes[name].set(title=f"{name}: {end:,} steps", xlabel=axis_labels[0])
        below.semilogy(falls[name][: end + 1], color="white", linewidth=3)
        below.semilogy(falls[name][: end + 1], color=color, linewidth=1.6)
        below.plot(end, falls[name][end], look["marker"], color=color, zorder=3)
        beside = {"offset": (0, 14), "ha": "right"} if name == slow else {"offset": (8, 6)}
        if name == fast:
            beside["offset"] = (8, -10)
        beside = {"ha": "left", "color": color, "weight": "bold", **beside}
        write(below, name, (end, falls[name][end]), **beside)
    first, *others = (axes[name] for name in paths)
    first.set_ylabel(axis_labels[1])
    for ax in others:
        ax.tick_params(labelleft=False)
    below.set(xlabel="steps", ylabel="loss", xlim=(0, None), ylim=(goal / 100, None))
    figure.suptitle(f"{slow} takes {steps[slow] / steps[fast]:.1f} times as many steps as {fast}")
    return figure


def _draw_way(ax, loss, path, minimum, marks, limits, color):
    _draw_valley(ax, loss, *limits)
    # In white first: the line stands out, and its edge blends with one colour, not with eight.
    ax.plot(*path.T, "-o", color="white", linewidth=3.6, markersize=5.5, markeredgewidth=0)
    ax.plot(*path.T, color=color, linewidth=1.4)
    ax.plot(*path.T, "o", color=color, markersize=3.5, markeredgewidth=0)
    for step in (step for step in marks if step < len(path)):
        ax.plot(*path[step], "o", color=color, markersize=8, markeredgecolor="white", zorder=4)
        # beside the dot, on the side on which the way does not go on
        left = path[step][0] < path[step - 1][0] or abs(path[step] - path[step - 1]).sum() < 1
        place = {"offset": (-7, -4), "ha": "right"} if left else {"offset": (7, -4), "ha": "left"}
        write(ax, str(step), path[step], **place, size=11, color=color, zorder=5)
    ax.plot(*path[0], "o", color="white", markeredgecolor=MODEL, markeredgewidth=2, zorder=4)
    ax.plot(*minimum, "*", color=MODEL, markersize=15, zorder=4)


def plot_schedules(rates, losses, title) -> Figure:
    """Draw rates that change while a network is trained, and how its loss falls with each."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 4.2))
    for (name, values), look in zip(rates.items(), SERIES, strict=False):
        left.plot(np.linspace(0, 1, len(values)), values, **{**look, "marker": ""}, label=name)
        right.plot(np.arange(1, len(losses[name]) + 1), losses[name], **look, label=name)
    left.set(title="The rate", xlabel="fraction of the training", ylabel="learning rate")
    right.set(title=title, xlabel="epoch", ylabel="loss on held-out images")
    right.xaxis.get_major_locator().set_params(integer=True)
    # By steps of 0.05, so that the ticks stay where they are if a loss moves a little.
    twentieths = 20 * np.array([*losses.values()])
    right.set_ylim(np.floor(twentieths.min()) / 20, np.ceil(twentieths.max()) / 20)
    right.legend()
    return figure


def plot_rates(panels, chance) -> Figure:
    """Draw how well networks do against the learning rate, a line for each optimizer.

    `panels` holds, by title, `{optimizer: {rate: accuracy}}`. A ring marks each one's best rate,
    and the dotted line what guessing would reach.
    """
    names = list(dict.fromkeys(name for scores in panels.values() for name in scores))
    looks = dict(zip(names, SERIES, strict=False))
    size = {"figsize": (WIDTH, 4.4), "sharex": True, "sharey": True}
    figure, axes = plt.subplots(1, len(panels), **size)
    for ax, (title, scores) in zip(axes, panels.items(), strict=True):
        ax.axhline(chance, color=QUIET, linestyle=":", linewidth=1.5)
        bests = []
        for name, by_rate in scores.items():
            rates, shares = np.array([*by_rate.items()]).T
            ax.semilogx(rates, shares, **looks[name], label=name)
            best = int(shares.argmax())
            bests.append(shares[best])
            ring = {"markersize": 14, "markerfacecolor": "none", "markeredgewidth": 2}
            ax.plot(rates[best], shares[best], "o", color=looks[name]["color"], **ring)
        apart = 100 * np.ptp(bests)
        ax.set(title=f"{title}: {apart:.0f} points apart", xlabel="learning rate", ylim=(0, 1))
        ax.xaxis.set_major_locator(LogLocator(numticks=99))
        ax.xaxis.set_minor_locator(NullLocator())
    axes[0].set_ylabel("held-out accuracy")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure
