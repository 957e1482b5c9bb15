"""Every figure of the lessons, in one look.

Data first, options by keyword. A figure of one panel takes ``ax=None``, draws on that axes or on a
new one, and returns it; a figure of several panels returns the ``Figure``. What cannot be drawn
whole raises ``ValueError`` before anything is drawn.

The colours are from the palettes of Paul Tol and of Okabe and Ito, which colour-blind readers can
tell apart; each has one role throughout the course.
"""

import contextlib
import io
import json

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import retina_figure
from matplotlib import patheffects
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator
from matplotlib_inline.backend_inline import set_matplotlib_formats
from PIL import Image
from PIL.PngImagePlugin import PngInfo

DATA = "#33689e"
MODEL = "#222222"
GRADIENT = "#aa3377"
RIGHT = "#009e73"
WRONG = "#d55e00"
QUIET = "#8a8a8a"

# For several things of one kind: told apart by line style and marker as well as by colour.
SERIES = (
    {"color": DATA, "linestyle": "-", "marker": "o"},
    {"color": GRADIENT, "linestyle": "--", "marker": "s"},
    {"color": RIGHT, "linestyle": "-.", "marker": "^"},
    {"color": WRONG, "linestyle": ":", "marker": "D"},
)

WIDTH = 8.0  # inches, at 100 dots an inch: as wide as a notebook's column on a laptop

plt.rcParams.update(
    {
        "figure.dpi": 100,
        "figure.figsize": (WIDTH, 4.0),
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.h_pad": 0.1,
        "figure.constrained_layout.w_pad": 0.1,
        "figure.facecolor": "white",  # its own background, so that it can be read on a dark page
        "savefig.facecolor": "white",
        "font.size": 12,
        "axes.titlesize": 13,
        "axes.titleweight": "bold",
        "axes.labelsize": 12,
        "axes.prop_cycle": plt.cycler(color=[series["color"] for series in SERIES]),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#e4e4e4",
        "legend.frameon": False,
        "legend.fontsize": 12,
        "lines.linewidth": 2.2,
        "lines.markersize": 7,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
    }
)


def _png(figure):
    """Return a figure as PNG and its size on the page.

    Twice the dots for high-density screens; the size as asked for, whatever the text in it; and at
    most 256 colours, which nobody sees and which makes the file less than half as large. Where the
    axes are goes along as a text, ``axes``: for each its left, top, right and bottom, as shares of
    the figure. `pytest --nbval` compares what is beside them more strictly than what is inside.
    """
    png, size = retina_figure(figure, bbox_inches=None)
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(method=Image.Quantize.MAXCOVERAGE)
    about = PngInfo()
    places = [ax.get_position() for ax in figure.axes]
    boxes = [np.round((p.x0, 1 - p.y1, p.x1, 1 - p.y0), 4).tolist() for p in places]
    about.add_text("axes", json.dumps(boxes))
    small = io.BytesIO()
    picture.save(small, "PNG", optimize=True, pnginfo=about)
    return small.getvalue(), size


if get_ipython() is not None:
    set_matplotlib_formats("png")  # done now, or the first figure would do it and undo what follows
    get_ipython().display_formatter.formatters["image/png"].for_type(Figure, _png)


# --- What all figures share -----------------------------------------------------------------------


def _axes(ax, **size):
    return plt.subplots(**size)[1] if ax is None else ax


def _numbers(name, values, ndim=None, finite=True):
    """Return the values as a float64 array, or raise `ValueError` naming the argument."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected numbers, got {type(values).__name__}") from None
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name}: expected {ndim} dimension(s), got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one value, got shape {array.shape}")
    if finite and not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got {_first_odd(array)}")
    return array


def _first_odd(array):
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
    return f"{array[index]} at position {index[0] if len(index) == 1 else index}"


def _same_length(**named):
    """Raise `ValueError` unless all have the same length."""
    lengths = {name: len(values) for name, values in named.items()}
    if len(set(lengths.values())) > 1:
        got = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"{' and '.join(lengths)}: expected equal lengths, but {got}")


def _write(ax, text, point, offset=(0, 9), **look):
    """Write a text near a point, its outline white, so that it can be read across a line."""
    outline = [patheffects.withStroke(linewidth=4, foreground="white")]
    look = {"ha": "center", "path_effects": outline, **look}
    ax.annotate(text, point, xytext=offset, textcoords="offset points", **look)


def _sample(name, function, x):
    """Return the function's values at each x, as float64; TensorFlow functions are welcome."""
    return _numbers(name, [np.asarray(function(value)) for value in x], ndim=1)


# --- Lesson 01: the gradient tape -----------------------------------------------------------------


def plot_tangent(function, derivative, at, span=2.0):
    """Draw a function with its tangent at a point, and its derivative below.

    Parameters
    ----------
    function, derivative : callable
        Take one number, return one number.
    at : float
        Where the tangent touches.
    span : float
        How far to draw to the left and right of `at`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    at = float(_numbers("at", at, ndim=0))
    x = np.linspace(at - span, at + span, 201)
    y, slopes = _sample("function", function, x), _sample("derivative", derivative, x)
    value, slope = float(function(at)), float(derivative(at))
    near = np.abs(x - at) <= span / 2
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(WIDTH, 6.0))
    above.plot(x, y, color=DATA, label="the function")
    above.plot(x[near], value + slope * (x[near] - at), "--", color=GRADIENT, label="its tangent")
    above.plot(at, value, "o", color=GRADIENT, markersize=9)
    above.set(title=f"At x = {at:g} the curve climbs {slope:g} for each step of 1", ylabel="y")
    above.legend(loc="upper left")
    below.plot(x, slopes, color=GRADIENT)
    below.plot(at, slope, "o", color=GRADIENT, markersize=9)
    _write(below, f"dy/dx = {slope:g}", (at, slope), offset=(-14, 12), ha="right", color=GRADIENT)
    below.set(title="The derivative: that climb, at every x", xlabel="x", ylabel="dy/dx")
    return figure


def plot_graph(steps, title):
    """Draw a recorded computation: values forward, gradients back.

    Parameters
    ----------
    steps : list of (str, str, str, str)
        For each value, from the source to the target: its name, the operation that made it (empty
        for the source), its value, and the gradient of the target with respect to it.
    title : str
        What the reader should see.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if len(steps) < 2 or any(len(step) != 4 for step in steps):
        raise ValueError(f"steps: expected two or more tuples of four texts, got {steps!r}")
    ax = _axes(None, figsize=(WIDTH, 3.2))
    ax.set(xlim=(-0.6, len(steps) - 0.4), ylim=(-0.95, 0.95))
    ax.axis("off")
    for place, (name, operation, value, slope) in enumerate(steps):
        box = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": DATA, "linewidth": 2}
        ax.text(place, 0.35, f"{name} = {value}", ha="center", va="center", bbox=box, color=DATA)
        target = steps[-1][0]
        ax.text(
            place,
            -0.35,
            f"d{target}/d{name} = {slope}",
            ha="center",
            va="center",
            color=GRADIENT,
        )
        if place:
            ends = ((place - 0.66, 0.35), (place - 0.3, 0.35))
            arrow = {"arrowstyle": "-|>", "linewidth": 2, "color": DATA}
            ax.annotate("", ends[1], ends[0], arrowprops=arrow)
            ax.text(place - 0.5, 0.52, operation, ha="center", color=DATA)
            back = {"arrowstyle": "-|>", "linewidth": 2, "color": GRADIENT, "linestyle": "--"}
            ax.annotate("", (place - 0.64, -0.35), (place - 0.36, -0.35), arrowprops=back)
    ax.text(-0.55, 0.75, "forward: the tape records", color=DATA, weight="bold")
    ax.text(-0.55, -0.9, "backward: gradient() reads it in reverse", color=GRADIENT, weight="bold")
    ax.set_title(title)
    return ax


def plot_walks(walks, losses, titles):
    """Draw walks downhill, each on the curve of its loss, one panel each.

    Parameters
    ----------
    walks : list of sequences of float
        The x after each step, the start included.
    losses : list of callable
        For each walk its loss, from a number to a number.
    titles : list of str
        For each walk what it shows.

    Returns
    -------
    matplotlib.figure.Figure
    """
    _same_length(walks=walks, losses=losses, titles=titles)
    walks = [_numbers(f"walks[{i}]", walk, ndim=1) for i, walk in enumerate(walks)]
    low, high = min(walk.min() for walk in walks), max(walk.max() for walk in walks)
    margin = 0.2 * (high - low)
    x = np.linspace(low - margin, high + margin, 201)
    heights = [_sample("losses", loss, walk) for loss, walk in zip(losses, walks, strict=True)]
    curves = [_sample("losses", loss, x) for loss in losses]
    figure, axes = plt.subplots(1, len(walks), figsize=(WIDTH, 4.0), squeeze=False)
    panels = zip(axes[0], walks, heights, curves, titles, strict=True)
    for ax, walk, height, curve, title in panels:
        ax.plot(x, curve, color=QUIET)
        ax.plot(walk, height, "--", color=GRADIENT, linewidth=1.2)
        ax.plot(walk, height, "o", color=GRADIENT)
        _number_steps(ax, walk, height)
        ax.set(title=title, xlabel="x", xlim=(x[0], x[-1]))
    axes[0, 0].set_ylabel("loss")
    return figure


def _number_steps(ax, x, y):
    """Write the number of each step beside its point, and those of one point together."""
    span = np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())
    places = []
    for step, point in enumerate(zip(x, y, strict=True)):
        for place in places:
            if all(abs(a - b) < 0.06 * s for a, b, s in zip(point, place[0], span, strict=True)):
                place[1].append(step)
                break
        else:
            places.append((point, [step]))
    for point, steps in places:
        text = ", ".join(map(str, steps)) if len(steps) < 4 else f"{steps[0]}-{steps[-1]}"
        _write(ax, text, point, offset=(-9, 5), ha="right")


# --- Lesson 02: control flow ----------------------------------------------------------------------


def plot_with_slope(function, derivative, between, titles, labels=("x", "y", "dy/dx")):
    """Draw a function of straight pieces, and its slope below; both break where they jump.

    Parameters
    ----------
    function, derivative : callable
        Take one number, return one number.
    between : (float, float)
        The first and the last x to draw.
    titles : (str, str)
        What the function shows, and what its slope shows.
    labels : (str, str, str)
        Of the x-axis, of the function's and of the slope's y-axis, with their units.

    Returns
    -------
    matplotlib.figure.Figure
    """
    ends = _numbers("between", between, ndim=1)
    if ends.shape != (2,) or not ends[0] < ends[1]:
        raise ValueError(f"between: expected a first x and a larger last one, got {between!r}")
    for name, texts, count in (("titles", titles, 2), ("labels", labels, 3)):
        if len(texts) != count:
            raise ValueError(f"{name}: expected {count} texts, got {texts!r}")
    x = np.linspace(*ends, 201)
    y, slopes = _sample("function", function, x), _sample("derivative", derivative, x)
    reach = np.abs(slopes).max() * (x[1] - x[0])  # further than this, y can only have jumped
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(WIDTH, 6.0))
    above.plot(*_broken(x, y, np.abs(np.diff(y)) > 1.5 * reach), color=DATA)
    below.plot(*_broken(x, slopes, np.diff(slopes) != 0), color=GRADIENT, linewidth=4)
    above.set(title=titles[0], ylabel=labels[1])
    below.set(title=titles[1], xlabel=labels[0], ylabel=labels[2])
    for axis in (above.xaxis, above.yaxis, below.yaxis):
        axis.set_major_formatter("{x:,g}")
    for line in (*above.lines, *below.lines):
        line.set_solid_capstyle("butt")  # ends where the piece ends
    for ax in (above, below):
        ax.update_datalim([(ends[0], 0.0)])  # heights are compared: show the 0
        ax.autoscale_view()
    figure.align_ylabels()
    return figure


def _broken(x, y, jumps):
    """Return x and y with a gap after each place where `jumps` is true."""
    gaps = np.flatnonzero(jumps) + 1
    return np.insert(x, gaps, np.nan), np.insert(y, gaps, np.nan)


def plot_convergence(series, goals, title, ax=None):
    """Draw how far sequences are from their goals, step by step, on a logarithmic axis.

    Parameters
    ----------
    series : dict of str to sequence of float
        At most four: the values after step 1, 2, …; none may equal its goal, for log 0 cannot be
        drawn.
    goals : sequence of float
        For each sequence where it should arrive.
    title : str
        What the reader should see.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if len(series) > len(SERIES):
        raise ValueError(f"series: expected at most {len(SERIES)}, got {len(series)}")
    _same_length(series=series, goals=goals)
    goals = _numbers("goals", goals, ndim=1)
    gaps = {}
    for (name, values), goal in zip(series.items(), goals, strict=True):
        gaps[name] = np.abs(_numbers(f"series[{name!r}]", values, ndim=1) - goal)
        if not gaps[name].all():
            raise ValueError(f"series[{name!r}]: expected values other than the goal, {goal}")
    ax = _axes(ax)
    for (name, gap), look in zip(gaps.items(), SERIES, strict=False):
        ax.semilogy(np.arange(1, len(gap) + 1), gap, label=name, **look)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(title=title, xlabel="steps", ylabel="distance from the goal")
    ax.legend()
    return ax


def plot_kinks(functions, slopes):
    """Draw functions with a kink at 0, the slopes that would fit there, and the one chosen.

    A slope fits if it lies between the slopes on both sides of the kink (a subgradient).

    Parameters
    ----------
    functions : dict of str to callable
        From a number to a number, each of two straight pieces that meet at 0; the names become the
        titles.
    slopes : sequence of float
        For each function the slope that was chosen.

    Returns
    -------
    matplotlib.figure.Figure
    """
    _same_length(functions=functions, slopes=slopes)
    slopes = _numbers("slopes", slopes, ndim=1)
    x = np.array([-1.0, 0.0, 1.0])
    rows = -(-len(functions) // 2)
    figure, axes = plt.subplots(
        rows, 2, figsize=(WIDTH, 2.8 * rows + 0.4), sharex=True, sharey=True, squeeze=False
    )
    for ax in axes.flat[len(functions) :]:
        ax.remove()
    for ax, (name, function), chosen in zip(axes.flat, functions.items(), slopes, strict=False):
        y = _sample("functions", function, x)
        left, right = y[1] - y[0], y[2] - y[1]
        fits = {"color": QUIET, "alpha": 0.25, "linewidth": 0, "label": "slopes that fit"}
        ax.fill_between(x, y[1] + left * x, y[1] + right * x, **fits)
        ax.plot(x, y, color=DATA, label="the function")
        look = {"color": GRADIENT, "linestyle": "--", "linewidth": 3}
        ax.plot(x, y[1] + chosen * x, label="the slope at 0", **look)
        ax.plot(0.0, y[1], "o", color=GRADIENT, markersize=9)
        ax.set(title=f"{name}: slope {chosen:g}", xlim=(-1, 1), ylim=(-1.05, 1.05))
    for ax in axes[-1]:
        ax.set_xlabel("x")
    for ax in axes[:, 0]:
        ax.set_ylabel("y")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


# --- Lesson 03: higher-order gradients ------------------------------------------------------------


def plot_derivatives(x, curves, titles, marks=()):
    """Draw a function and its derivatives, one below the other.

    Parameters
    ----------
    x : array of shape (n,)
        Where they were computed.
    curves : dict of str to array of shape (n,)
        The function first, then its derivatives, each by the name at its axis.
    titles : list of str
        For each curve what it shows.
    marks : sequence of float
        The x that a dotted line through all panels marks.

    Returns
    -------
    matplotlib.figure.Figure
    """
    x, marks = _numbers("x", x, ndim=1), [float(_numbers("marks", mark, ndim=0)) for mark in marks]
    curves = {name: _numbers(f"curves[{name!r}]", y, ndim=1) for name, y in curves.items()}
    _same_length(curves=curves, titles=titles)
    _same_length(x=x, **curves)
    height = 0.8 + 1.9 * len(curves)
    figure, axes = plt.subplots(len(curves), sharex=True, figsize=(WIDTH, height), squeeze=False)
    for ax, (name, y), title in zip(axes[:, 0], curves.items(), titles, strict=True):
        color = DATA if ax is axes[0, 0] else GRADIENT
        ax.axhline(0, color=QUIET, linewidth=1)
        for mark in marks:
            ax.axvline(mark, color=QUIET, linestyle=":", linewidth=1.5)
        ax.plot(x, y, color=color)
        ax.margins(y=0.25)
        ax.set(title=title, ylabel=name)
        for mark, value in zip(marks, np.interp(marks, x, y), strict=True):
            ax.plot(mark, value, "o", color=color, markersize=9)
            text = f"{round(value, 2) + 0.0:g}".replace("-", "−")
            _write(ax, text, (mark, value), offset=(0, 10), color=color, weight="bold")
    figure.align_ylabels()
    axes[-1, 0].set_xlabel("x")
    return figure


def plot_taylor(x, truth, polynomials, *, within=0.1, title="", ax=None):
    """Draw a function and polynomials that follow it, each with the place where it leaves.

    Parameters
    ----------
    x, truth : array of shape (n,)
        The function; the polynomials were made at the middle of `x`.
    polynomials : dict of int to array of shape (n,)
        The polynomials' values, by their order. At most four.
    within : float
        A polynomial has left where it is farther than this from the function.
    title : str
        What the reader should see.
    ax : matplotlib.axes.Axes, optional
        Where to draw; on new axes if not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not 1 <= len(polynomials) <= len(SERIES):
        raise ValueError(f"polynomials: expected 1 to {len(SERIES)}, got {len(polynomials)}")
    x, truth = _numbers("x", x, ndim=1), _numbers("truth", truth, ndim=1)
    polynomials = {
        order: _numbers(f"polynomials[{order}]", y, ndim=1) for order, y in polynomials.items()
    }
    _same_length(x=x, truth=truth, **{f"polynomials[{k}]": y for k, y in polynomials.items()})
    ax = _axes(ax, figsize=(WIDTH, 4.5))
    ax.plot(x, truth, color="#cccccc", linewidth=8, label="function")
    for (order, y), look in zip(polynomials.items(), SERIES, strict=False):
        gone = np.flatnonzero((np.abs(y - truth) > within) & (x >= x.mean()))
        ax.plot(x, y, **look, label=f"order {order}", markevery=gone[:1].tolist(), markersize=10)
    margin = 0.5 * np.ptp(truth)
    ax.set(title=title, xlabel="x", ylabel="y", xlim=(x[0], x[-1]))
    ax.set_ylim(truth.min() - margin, truth.max() + margin)
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.14)}
    ax.legend(ncols=len(polynomials) + 1, columnspacing=1.2, handlelength=2.8, **below)
    return ax


# --- Lessons 03 and 04: paths downhill on a map of the loss ---------------------------------------


def plot_descent_paths(
    loss, paths, *, minimum=None, xlim=None, ylim=None, names=("x", "y"), title="", ax=None
):
    """Draw paths downhill on a map of a loss of two parameters, the darker the lower.

    From one shade to the next the loss, counted from its smallest value on the map, grows by the
    same factor, so that a narrow valley keeps its shape. A path may leave the map.

    Parameters
    ----------
    loss : callable
        Takes two numbers, returns one number.
    paths : dict of str to array of shape (n, 2)
        For each path, by the name in the legend, its points from the start on. At most four.
    minimum : (float, float), optional
        Where to draw a star.
    xlim, ylim : (float, float), optional
        The edges of the map; as far as the paths reach if not given.
    names : (str, str)
        The names of the two parameters.
    title : str
        What the reader should see.
    ax : matplotlib.axes.Axes, optional
        Where to draw; on new axes if not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not 1 <= len(paths) <= len(SERIES):
        raise ValueError(f"paths: expected 1 to {len(SERIES)}, got {len(paths)}")
    paths = {name: _numbers(f"paths[{name!r}]", path, ndim=2) for name, path in paths.items()}
    for name, path in paths.items():
        if path.shape[1] != 2:
            raise ValueError(f"paths[{name!r}]: expected shape (n, 2), got {path.shape}")
    reach = np.concatenate(list(paths.values()) + ([] if minimum is None else [[minimum]]))
    edges = []
    for name, given, values in (("xlim", xlim, reach[:, 0]), ("ylim", ylim, reach[:, 1])):
        if given is None:
            margin = 0.1 * np.ptp(values) or 1.0
            given = (values.min() - margin, values.max() + margin)
        given = _numbers(name, given, ndim=1)
        if given.shape != (2,) or given[0] >= given[1]:
            raise ValueError(f"{name}: expected a lower and an upper edge, got {given.tolist()}")
        edges.append(given)
    across, up = (np.linspace(low, high, 101) for low, high in edges)
    heights = np.array([_sample("loss", lambda x, y=y: loss(x, y), across) for y in up])
    low, high = heights.min(), heights.max()
    if low == high:
        raise ValueError(f"loss: expected values that differ on the map, got {low:g} everywhere")
    levels = np.concatenate([[low], low + np.geomspace(1e-3, 1, 8) * (high - low)])
    shades = LinearSegmentedColormap.from_list("valley", ["#a8a8a8", "white"])

    ax = _axes(ax, figsize=(WIDTH, 5.0))
    ax.grid(False)
    # No lines between the shades: antialiased, they would double the size of the picture.
    ax.contourf(across, up, heights, levels=levels, colors=shades(np.linspace(0, 1, 8)))
    for (name, path), look in zip(paths.items(), SERIES, strict=False):
        # Many points would run together into a band: their line tells enough.
        look = look if len(path) <= 60 else {**look, "marker": ""}
        ax.plot(*path.T, **look, label=name, linewidth=1.6, markersize=5)
        ax.plot(*path[0], "o", color="white", markeredgecolor=MODEL, markeredgewidth=2, zorder=3)
    if minimum is not None:
        ax.plot(*minimum, "*", color=MODEL, markersize=15, zorder=4, linestyle="", label="minimum")
    ax.set(xlim=edges[0], ylim=edges[1], xlabel=names[0], ylabel=names[1], title=title)
    ax.legend(loc="best", frameon=True, framealpha=0.9)
    return ax


# --- Lesson 04: linear regression -----------------------------------------------------------------


@contextlib.contextmanager
def _row_of(count, **look):
    """Make a figure with panels side by side; close it if one of them cannot be drawn."""
    figure, axes = plt.subplots(1, count, squeeze=False, **look)
    try:
        yield figure, axes[0]
    except ValueError:
        plt.close(figure)
        raise


def plot_lines(x, y, lines, *, names=("x", "y"), title="", ax=None):
    """Draw points and straight lines through them, from x = 0 or the smallest x on.

    Parameters
    ----------
    x, y : array of shape (n,)
        The points.
    lines : dict of str to (float, float)
        For each line, by the name in the legend, its slope w and its value b at x = 0. At most
        four.
    names : (str, str)
        Of the axes, with their units.
    title : str
        What the reader should see.
    ax : matplotlib.axes.Axes, optional
        Where to draw; on new axes if not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    x, y = _numbers("x", x, ndim=1), _numbers("y", y, ndim=1)
    _same_length(x=x, y=y)
    if len(lines) > len(SERIES):
        raise ValueError(f"lines: expected at most {len(SERIES)}, got {len(lines)}")
    lines = {name: _numbers(f"lines[{name!r}]", line, ndim=1) for name, line in lines.items()}
    for name, line in lines.items():
        if line.shape != (2,):
            raise ValueError(f"lines[{name!r}]: expected w and b, got shape {line.shape}")
    ends = np.array([min(0.0, x.min()), x.max()])
    ax = _axes(ax)
    ax.plot(x, y, "o", color=MODEL, markersize=7 if len(x) <= 30 else 4, label="data", zorder=3)
    for (name, (w, b)), look in zip(lines.items(), SERIES, strict=False):
        ax.plot(ends, w * ends + b, **{**look, "marker": ""}, label=name)
    ax.set(xlabel=names[0], ylabel=names[1], title=title)
    ax.legend()
    return ax


def plot_line_training(x, y, lines, losses, *, names=("x", "y"), titles=("", "")):
    """Draw a line on its way to the data, and its loss, step by step, on a log axis.

    Parameters
    ----------
    x, y, lines, names
        As for `plot_lines`.
    losses : array of shape (steps,)
        The loss of each step, above 0.
    titles : (str, str)
        What the lines show, and what the loss shows.

    Returns
    -------
    matplotlib.figure.Figure
    """
    losses = _numbers("losses", losses, ndim=1)
    if losses.min() <= 0:
        raise ValueError(f"losses: expected values above 0, got {losses.min():g}")
    with _row_of(2, figsize=(WIDTH, 4.2)) as (figure, (left, right)):
        plot_lines(x, y, lines, names=names, title=titles[0], ax=left)
    right.semilogy(losses, color=GRADIENT)
    right.set(title=titles[1], xlabel="step", ylabel="loss (log scale)")
    return figure


def plot_descents(loss, paths, *, xlim, ylim, minimum=None, names=("x", "y")):
    """Draw paths downhill, each on a map of its own.

    Parameters
    ----------
    loss, xlim, ylim, minimum, names
        As for `plot_descent_paths`.
    paths : dict of str to array of shape (n, 2)
        For each path, by the title of its map, its points from the start on.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if not paths:
        raise ValueError("paths: expected at least one, got none")
    look = {"xlim": xlim, "ylim": ylim, "minimum": minimum, "names": names}
    with _row_of(len(paths), figsize=(WIDTH, 4.6), sharey=True) as (figure, axes):
        for ax, (title, path) in zip(axes, paths.items(), strict=True):
            plot_descent_paths(loss, {title: path}, title=title, ax=ax, **look)
            ax.get_legend().remove()
            ax.label_outer()
    return figure


def plot_differences(differences, *, names=("column", "row"), title="", ax=None):
    """Draw the differences of every number of one array and every number of another.

    The diagonal, where the two belong together, is framed.

    Parameters
    ----------
    differences : array of shape (n, n)
    names : (str, str)
        What the columns are, and what the rows are.
    title : str
        What the reader should see.
    ax : matplotlib.axes.Axes, optional
        Where to draw; on new axes if not given.

    Returns
    -------
    matplotlib.axes.Axes
    """
    differences = _numbers("differences", differences, ndim=2)
    count = len(differences)
    if differences.shape != (count, count):
        raise ValueError(f"differences: expected as many columns as rows, got {differences.shape}")
    reach = np.abs(differences).max() or 1.0
    ax = _axes(ax, figsize=(WIDTH, 4.4))
    ax.grid(False)
    ax.imshow(differences, cmap="PuOr", vmin=-2 * reach, vmax=2 * reach)
    text = {"ha": "center", "va": "center", "fontsize": 14}
    for row, column in np.ndindex(differences.shape):
        ax.text(column, row, f"{differences[row, column]:.0f}", **text)
    frame = {"fill": False, "edgecolor": MODEL, "linewidth": 2.5, "clip_on": False}
    for place in range(count):
        ax.add_patch(plt.Rectangle((place - 0.5, place - 0.5), 1, 1, **frame))
    places = np.arange(count)
    ax.set(xlabel=names[0], ylabel=names[1], title=title)
    ax.set_xticks(places, places + 1)
    ax.set_yticks(places, places + 1)
    return ax


# --- Lesson 05: sequential models -----------------------------------------------------------------


def plot_network(model, ax=None):
    """Draw a network, one row a layer: units, output shape and parameter count.

    Parameters
    ----------
    model : keras.Sequential
        With its weights built. A layer whose output is a vector is drawn as a row of units, those
        in the middle left out if there are many; any other output as a grid.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not isinstance(model, keras.Sequential):
        raise ValueError(f"model: expected a keras.Sequential, got {type(model).__name__}")
    if not model.built:
        raise ValueError(
            "model: it has no weights yet; call it on data, or let it begin with keras.Input"
        )
    rows = [("input", "", model.input_shape, "")]
    for layer in model.layers:
        kind, activation = type(layer).__name__, getattr(layer, "activation", None)
        if activation is not None and activation is not keras.activations.linear:
            kind += f", {getattr(activation, '__name__', type(activation).__name__)}"
        rows.append((layer.name, kind, layer.output.shape, f"{layer.count_params():,}"))

    ax = _axes(ax, figsize=(WIDTH, 1.1 + 0.85 * len(rows)))
    ax.set(xlim=(-2.3, 6.4), ylim=(len(rows) - 0.55, -0.95))
    ax.axis("off")
    for place, text, side in ((2.2, "layer", "left"), (5.1, "output shape", "right")):
        ax.text(place, -0.65, text, ha=side, va="center", color=QUIET)
    ax.text(6.4, -0.65, "parameters", ha="right", va="center", color=QUIET)
    above = None
    for row, (name, kind, shape, count) in enumerate(rows):
        units = _draw_units(ax, row, shape, DATA if row == 0 else MODEL)
        if kind.startswith("Dense") and above is not None and units is not None:
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
    layers = f"{len(model.layers)} layer{'s' * (len(model.layers) != 1)}"
    ax.set_title(f"{layers}, {model.count_params():,} parameters")
    return ax


def _draw_units(ax, row, shape, color):
    """Draw a layer's output; return where its units are, or None if it is no vector."""
    look = {"markerfacecolor": "white", "markeredgecolor": color, "markeredgewidth": 2, "zorder": 2}
    if len(shape) != 2:
        half = np.linspace(-0.28, 0.28, 5)
        grid = np.abs(half).max()
        ax.vlines(half, row - grid, row + grid, color=color, linewidth=1.5)
        ax.hlines(row + half, -grid, grid, color=color, linewidth=1.5)
        return None
    if shape[-1] <= 10:
        units = 0.42 * (np.arange(shape[-1]) - (shape[-1] - 1) / 2)
    else:
        units = 0.42 * np.array([-4, -3, -2, -1, 1, 2, 3, 4])
        ax.text(0, row, "…", ha="center", va="center", color=color, weight="bold", zorder=3)
    ax.plot(units, np.full(units.shape, row), "o", markersize=14, **look)
    return units


def plot_boundary(model, inputs, labels, title, ax=None):
    """Draw the border that a classifier draws between two classes, and the points it gets wrong.

    Parameters
    ----------
    model : callable
        Takes a float32 array of shape (n, 2), returns the probability of class 1, of shape (n, 1).
    inputs : array of shape (n, 2)
    labels : int array of shape (n,)
        0 or 1.
    title : str
        What the reader should see; the share of right answers is written after it.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    inputs, labels = _two_classes(inputs, labels)
    chosen = _probability_of_one(model, inputs) > 0.5
    low, high = inputs.min(axis=0) - 0.25, inputs.max(axis=0) + 0.25
    across, up = (np.linspace(*edges, 121) for edges in zip(low, high, strict=True))
    grid = np.stack(np.meshgrid(across, up), axis=-1)
    heights = _probability_of_one(model, grid.reshape(-1, 2)).reshape(grid.shape[:2])

    alone = ax is None
    size = 5.5 if alone else 4.0
    dots = {"markersize": size, "markeredgewidth": 0}
    ax = _axes(ax, figsize=(WIDTH, 5.0))
    ax.grid(False)
    ax.contourf(across, up, heights, levels=[0, 0.5, 1], colors=["#dbe5f0", "#f3e0eb"])
    ax.contour(across, up, heights, levels=[0.5], colors=MODEL, linewidths=2, zorder=1)
    for number, (look, label) in enumerate(zip(SERIES, ("class 0", "class 1"), strict=False)):
        points = inputs[(labels == number) & (chosen == labels)].T
        ax.plot(*points, look["marker"], color=look["color"], label=label, **dots)
    wrong = inputs[chosen != labels].T
    crosses = {"color": WRONG, "markersize": 1.6 * size, "markeredgewidth": 0.35 * size}
    ax.plot(*wrong, "x", **crosses, label="on the wrong side")
    ax.plot([], [], color=MODEL, label="border: probability 0.5")
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.set_title(f"{title}: {np.mean(chosen == labels):.1%} right")
    if alone:
        ax.set(xlabel="first input", ylabel="second input")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=4, handletextpad=0.3)
    return ax


def plot_boundaries(model, moments, inputs, labels):
    """Draw a classifier's border at several moments of its training.

    Parameters
    ----------
    model : keras.Model
        Its weights are the same afterwards.
    moments : dict of int to list of arrays
        The epoch, and the model's weights after it, as ``model.get_weights()`` returns them.
    inputs, labels : array of shape (n, 2), int array of shape (n,)
        As in `plot_boundary`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    inputs, labels = _two_classes(inputs, labels)
    if not moments:
        raise ValueError("moments: expected at least one, got none")
    rows = (len(moments) + 1) // 2
    size = {"figsize": (WIDTH, 0.5 + 2.7 * rows), "squeeze": False}
    figure, axes = plt.subplots(rows, 2, sharex=True, sharey=True, **size)
    now = model.get_weights()
    try:
        for ax, (epoch, weights) in zip(axes.flat, moments.items(), strict=False):
            model.set_weights(weights)
            plot_boundary(model, inputs, labels, title=f"Epoch {epoch}", ax=ax)
    except ValueError:
        plt.close(figure)
        raise
    finally:
        model.set_weights(now)
    for ax in axes.flat[len(moments) :]:
        ax.axis("off")
    for ax in axes[-1]:
        ax.set_xlabel("first input")
    for ax in axes[:, 0]:
        ax.set_ylabel("second input")
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=4, handletextpad=0.3)
    return figure


def _two_classes(inputs, labels):
    """Return points of the plane as float32 and their classes, 0 or 1, or raise `ValueError`."""
    inputs, labels = _numbers("inputs", inputs, ndim=2), _numbers("labels", labels, ndim=1)
    if inputs.shape[1] != 2:
        raise ValueError(f"inputs: expected shape (n, 2), got {inputs.shape}")
    _same_length(inputs=inputs, labels=labels)
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"labels: expected 0 or 1, got {np.unique(labels).tolist()}")
    return inputs.astype(np.float32), labels.astype(int)


def _probability_of_one(model, inputs):
    found = _numbers("model", model(inputs.astype(np.float32)))
    if found.shape != (len(inputs), 1):
        raise ValueError(f"model: expected output of shape ({len(inputs)}, 1), got {found.shape}")
    if found.min() < 0 or found.max() > 1:
        raise ValueError(f"model: expected probabilities, got {found.min():g} to {found.max():g}")
    return found[:, 0]


def plot_layer_norms(norms, title):
    """Draw the norm of each layer's gradient, for one or several networks, on a log axis.

    Parameters
    ----------
    norms : dict of str to sequence of float
        For each network its name and its layers' norms, from the first layer to the last, all
        above 0.
    title : str
        What the reader should see.

    Returns
    -------
    matplotlib.axes.Axes
    """
    if not 1 <= len(norms) <= len(SERIES):
        raise ValueError(f"norms: expected 1 to {len(SERIES)} networks, got {len(norms)}")
    norms = {name: _numbers(f"norms[{name!r}]", values, ndim=1) for name, values in norms.items()}
    _same_length(**norms)
    smallest = min(values.min() for values in norms.values())
    if smallest <= 0:
        raise ValueError("norms: expected numbers above 0, since the axis is logarithmic")
    layers = np.arange(1, len(next(iter(norms.values()))) + 1)
    width = 0.8 / len(norms)
    ax = _axes(None, figsize=(WIDTH, 4.0))
    for place, ((name, values), look) in enumerate(zip(norms.items(), SERIES, strict=False)):
        shift = (place - (len(norms) - 1) / 2) * width
        hatch = ("", "///", "...", "xxx")[place]
        bars = {"color": look["color"], "edgecolor": "white", "hatch": hatch, "label": name}
        ax.bar(layers + shift, values, width, **bars)
    ax.set(xlabel="layer, from the input to the output", ylabel="norm of the gradient", title=title)
    ax.set_xticks(layers)
    ax.set_yscale("log")
    ax.set_ylim(bottom=10 ** np.floor(np.log10(smallest)))
    ax.grid(False, axis="x")
    if len(norms) > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


# --- Lesson 06: images, and what a classifier makes of them ---------------------------------------

# Ink on paper: 0 is the background.
_GREY = {"cmap": "binary", "vmin": 0, "interpolation": "nearest"}


def plot_image(image, title, ax=None):
    """Draw one image with the numbers of its rows and columns, and a bar for its grey values.

    Parameters
    ----------
    image : array of shape (height, width)
        ``uint8`` from 0 to 255, or floats from 0 to 1.
    title : str
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    image, brightest = _images("image", image, ndim=2)
    ax = _axes(ax, figsize=(WIDTH * 0.7, 4.4))
    drawn = ax.imshow(image, vmax=brightest, **_GREY)
    ax.grid(False)
    ax.set(title=title, xlabel="column", ylabel="row")
    bar = ax.figure.colorbar(drawn, ax=ax, ticks=np.linspace(0, brightest, 6))
    bar.set_label("grey value")
    return ax


def plot_images(images, captions, title=None, columns=5):
    """Draw images side by side, each below its caption.

    Parameters
    ----------
    images : array of shape (n, height, width)
        ``uint8`` from 0 to 255, or floats from 0 to 1.
    captions : sequence of n str
    title : str, optional
        What all of them show.
    columns : int

    Returns
    -------
    matplotlib.figure.Figure
    """
    images, brightest = _images("images", images, ndim=3)
    _same_length(images=images, captions=captions)
    rows, lines = -(-len(images) // columns), max(caption.count("\n") for caption in captions)
    height = rows * (1.65 + 0.2 * lines) + (0.4 if title else 0.0)
    figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, caption in zip(axes.flat, images, captions, strict=False):
        ax.imshow(image, vmax=brightest, **_GREY)
        ax.set_title(caption, fontsize=12, weight="normal")
    if title:
        figure.suptitle(title, weight="bold", fontsize=13)
    return figure


def plot_learning_curves(history):
    """Draw loss and accuracy after each epoch, on the training and on the validation images.

    Parameters
    ----------
    history : dict of str to sequence of float
        With the keys ``loss``, ``accuracy``, ``val_loss`` and ``val_accuracy``: the attribute
        `history` of what ``fit`` returns.

    Returns
    -------
    matplotlib.figure.Figure
    """
    keys = ("loss", "val_loss", "accuracy", "val_accuracy")
    if missing := [key for key in keys if key not in history]:
        raise ValueError(f"history: expected the keys {', '.join(keys)}; {missing[0]} is missing")
    curves = {key: _numbers(f"history[{key!r}]", history[key], ndim=1) for key in keys}
    _same_length(**curves)
    ahead = curves["accuracy"] - curves["val_accuracy"]
    titles = {
        "loss": "The loss falls" if curves["val_loss"].argmin() else "The loss does not fall",
        "accuracy": "Training pulls ahead" if ahead[-1] > max(ahead[0], 0) else "Both keep pace",
    }
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 4.0))
    epochs = np.arange(1, len(ahead) + 1)
    for ax, (key, title) in zip(axes, titles.items(), strict=True):
        ax.plot(epochs, curves[key], label="training", **SERIES[0])
        ax.plot(epochs, curves[f"val_{key}"], label="validation", **SERIES[1])
        lowest = np.floor(20 * min(map(min, (curves[key], curves[f"val_{key}"])))) / 20
        highest = np.ceil(20 * max(map(max, (curves[key], curves[f"val_{key}"])))) / 20
        ax.set(title=title, xlabel="epoch", ylabel=key, xticks=epochs, ylim=(lowest, highest))
        ax.legend()
    return figure


def plot_prediction(image, probabilities, label, names):
    """Draw an image beside the probability that a classifier gives to each class.

    Parameters
    ----------
    image : array of shape (height, width)
        ``uint8`` from 0 to 255, or floats from 0 to 1.
    probabilities : array of shape (classes,)
    label : int
        The image's class.
    names : sequence of str
        For each class its name.

    Returns
    -------
    matplotlib.figure.Figure
        The bar of the class it chose tells by colour, hatch and title whether that is right.
    """
    image, brightest = _images("image", image, ndim=2)
    probabilities, label = _probabilities([probabilities], [label], names)
    chosen, label = int(probabilities[0].argmax()), int(label[0])
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 4.0))
    left.imshow(image, vmax=brightest, **_GREY)
    left.axis("off")
    left.set_title(f"The label: {names[label]}")
    bars = right.barh(range(len(names)), probabilities[0], color=QUIET)
    _mark_verdict(bars[chosen], chosen == label)
    right.set(xlim=(0, 1), yticks=range(len(names)), yticklabels=names, xlabel="probability")
    right.invert_yaxis()
    right.grid(visible=False, axis="y")
    right.get_yticklabels()[label].set_weight("bold")
    right.set_title(f"{'✓ right' if chosen == label else '✗ wrong'}: {names[chosen]}")
    return figure


def plot_predictions(images, probabilities, labels, names, columns=3):
    """Draw images in a grid, each beside small bars for the probability of each class.

    Parameters
    ----------
    images : array of shape (n, height, width)
        ``uint8`` from 0 to 255, or floats from 0 to 1.
    probabilities : array of shape (n, classes)
    labels : int array of shape (n,)
    names : sequence of str
        For each class its name.
    columns : int

    Returns
    -------
    matplotlib.figure.Figure
        Above each image its label; above the bars a mark for right or wrong, the class it was
        mistaken for, and the probability of the choice in per cent.
    """
    images, brightest = _images("images", images, ndim=3)
    probabilities, labels = _probabilities(probabilities, labels, names)
    _same_length(images=images, probabilities=probabilities)
    chosen = probabilities.argmax(axis=1)
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows,
        2 * columns,
        figsize=(WIDTH, 1.45 * rows + 0.4),
        width_ratios=(1, 1.3) * columns,
        squeeze=False,
    )
    for ax in axes.flat:
        ax.axis("off")
    pairs = axes.reshape(-1, 2)
    shown = zip(pairs, images, probabilities, chosen, labels, strict=False)
    for (left, right), image, row, choice, label in shown:
        left.imshow(image, vmax=brightest, **_GREY)
        left.set_title(names[label], fontsize=11, weight="normal")
        right.axis("on")
        bars = right.bar(range(len(names)), row, color=QUIET)
        _mark_verdict(bars[choice], choice == label)
        right.set(ylim=(0, 1), xticks=sorted({choice, label}), yticks=[])
        right.grid(visible=False)
        mark, color = ("✓", RIGHT) if choice == label else (f"✗ {names[choice]}", WRONG)
        text = f"{mark} {_per_cent(row[choice])}"
        look = {"loc": "right", "fontsize": 11, "weight": "normal", "color": color}
        right.set_title(text, **look).set_in_layout(False)
    figure.suptitle(
        f"{np.sum(chosen == labels)} of {len(labels)} are right", weight="bold", fontsize=13
    )
    return figure


def plot_confusion(matrix, names):
    """Draw a confusion matrix, in per cent of each row; what rounds to 0 or 1 is left blank.

    Parameters
    ----------
    matrix : int array of shape (classes, classes)
        In row i and column j the number of images of class i that were called j.
    names : sequence of str
        For each class its name.

    Returns
    -------
    matplotlib.axes.Axes
        Its title names the class that is right least often, and what it is mistaken for most.
    """
    matrix = _numbers("matrix", matrix, ndim=2)
    if matrix.shape != (len(names), len(names)) or matrix.min() < 0:
        raise ValueError(
            f"matrix: expected counts for {len(names)} names in each direction, "
            f"got shape {matrix.shape}"
        )
    if not (matrix.sum(axis=1) > 0).all():
        empty = int(np.argmin(matrix.sum(axis=1)))
        raise ValueError(f"matrix: expected images of every class, got none of {names[empty]}")
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    worst = int(shares.diagonal().argmin())
    mistaken = int((shares - np.diag(shares.diagonal()))[worst].argmax())
    ax = _axes(None, figsize=(WIDTH, 6.4))
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.grid(False)
    for (row, column), share in np.ndenumerate(shares):
        if round(100 * share) > 1:  # pale while few, so that one image more or less changes little
            ink = "white" if share > 0.5 else MODEL
            look = {"color": ink, "alpha": np.interp(share, (0.015, 0.05), (0.35, 1.0))}
            ax.text(column, row, f"{100 * share:.0f}", ha="center", va="center", **look)
    places = range(len(names))
    ax.set(xticks=places, yticks=places, xlabel="the network's choice")
    ax.set_xticklabels(names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticklabels(names)
    ax.set_ylabel("the label (each row is 100 %)")
    ax.set_title(f"{names[worst]} is mistaken for {names[mistaken]} more than for anything else")
    return ax


def plot_reliability(confidence, right, bins=10, few=30):
    """Draw how often a classifier is right where it is 10 %, 20 %, … sure.

    Parameters
    ----------
    confidence : array of shape (n,)
        The probability of the class that was chosen, from 0 to 1.
    right : bool array of shape (n,)
        Whether that class was the label.
    bins : int
        How many intervals of equal width the confidence is sorted into.
    few : int
        An interval with fewer images than this is counted below, and left out above.

    Returns
    -------
    matplotlib.figure.Figure
        Above, the share that was right in each interval, and how far chance alone may move it (two
        standard errors); below, how many images fell into it.

    Source
    ------
    DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician 32
    (1983); Guo et al., "On calibration of modern neural networks", ICML 2017.
    """
    confidence, right = _numbers("confidence", confidence, ndim=1), np.asarray(right)
    if confidence.min() < 0 or confidence.max() > 1:
        raise ValueError(f"confidence: expected 0 to 1, got {_range(confidence)}")
    if right.dtype != bool:
        raise ValueError(f"right: expected True and False, got {right.dtype}")
    _same_length(confidence=confidence, right=right)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    held = count >= few
    sure = np.bincount(place, confidence, bins)[held] / count[held]
    share = np.bincount(place, right, bins)[held] / count[held]
    error = 2 * np.sqrt(sure * (1 - sure) / count[held])
    gap = confidence.mean() - right.mean()
    title = "On the whole, the confidence is honest"
    if abs(gap) > 0.02:
        title = f"On the whole, it is too {'sure' if gap > 0 else 'modest'}"
    figure, (above, below) = plt.subplots(
        2, sharex=True, figsize=(WIDTH, 5.6), height_ratios=(2.4, 1)
    )
    above.plot((0, 1), (0, 1), "--", color=QUIET, label="honest")
    look = {"ecolor": QUIET, "elinewidth": 1.5, "capsize": 4}
    above.errorbar(sure, share, error, color=DATA, marker="o", label="the network", **look)
    above.set(title=title, ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    above.legend(loc="lower right")
    below.bar((np.arange(bins) + 0.5) / bins, count, width=0.9 / bins, color=DATA)
    below.set(xlabel="confidence", ylabel="images", xticks=np.linspace(0, 1, bins + 1))
    below.set_ylim(0, 1000 * np.ceil(count.max() / 1000))  # one image more moves no tick
    return figure


def _mark_verdict(bar, right):
    """Colour the bar of the class that was chosen; hatch it if that is wrong."""
    bar.set_facecolor(RIGHT if right else WRONG)
    bar.set(hatch=None if right else "//", hatchcolor="white")


def _per_cent(probability):
    """Return a probability as text, and never call it certain."""
    return ">99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def _range(values):
    return f"{values.min():g} to {values.max():g}"


def _images(name, images, ndim):
    """Return the images and their brightest value, or raise `ValueError` naming the argument."""
    images = np.asarray(images)
    brightest = 255 if images.dtype == np.uint8 else 1
    values = _numbers(name, images, ndim=ndim)
    if values.min() < 0 or values.max() > brightest:
        raise ValueError(
            f"{name}: expected uint8, or floats from 0 to 1, got {images.dtype}, {_range(values)}"
        )
    return values, brightest


def _probabilities(probabilities, labels, names):
    """Return both as arrays, or raise `ValueError` unless they fit each other and the names."""
    probabilities, labels = _numbers("probabilities", probabilities, ndim=2), np.asarray(labels)
    if probabilities.shape[1] != len(names):
        raise ValueError(
            f"probabilities: expected one for each of {len(names)} names, "
            f"got {probabilities.shape[1]}"
        )
    if probabilities.min() < 0 or not np.allclose(probabilities.sum(axis=1), 1, atol=1e-3):
        raise ValueError("probabilities: expected numbers from 0 that sum to 1 in each row")
    if labels.dtype.kind not in "iu" or labels.ndim != 1:
        raise ValueError(f"labels: expected integers, got {labels.dtype}, shape {labels.shape}")
    if labels.min() < 0 or labels.max() >= len(names):
        raise ValueError(f"labels: expected 0 to {len(names) - 1}, got {_range(labels)}")
    _same_length(probabilities=probabilities, labels=labels)
    return probabilities, labels


# --- Lesson 07: your own training loop ------------------------------------------------------------


def plot_race(seconds, accuracies, floor, title=None):
    """Draw how long training loops take, as bars from a floor, with their accuracies beside them.

    The axis of times is logarithmic: twice as long is as far, wherever it is on the axis.

    Parameters
    ----------
    seconds : dict of str to float
        For each loop its name and the seconds an epoch takes.
    accuracies : dict of str to float
        For each loop that trained to the end its share of right answers, from 0 to 1.
    floor : float
        In seconds; what no loop can do without.
    title : str, optional
        What the reader should see; default: how the fastest compares with the first.

    Returns
    -------
    matplotlib.figure.Figure
    """
    names = list(seconds)
    times = _numbers("seconds", list(seconds.values()), ndim=1)
    floor = float(_numbers("floor", floor, ndim=0))
    if floor <= 0 or times.min() <= 0:
        raise ValueError(f"seconds, floor: expected times above 0, got {min(floor, times.min())}")
    if not accuracies or not set(accuracies) <= set(names):
        raise ValueError(f"accuracies: expected some of {names}, got {list(accuracies)}")
    shares = _numbers("accuracies", list(accuracies.values()), ndim=1)
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(f"accuracies: expected 0 to 1, got {shares.min():g} to {shares.max():g}")
    if title is None:
        ratio = times[0] / times.min()
        title = f"{names[times.argmin()]}: {_two_digits(ratio)} times as fast as {names[0]}"
    figure, (left, right) = plt.subplots(
        1, 2, sharey=True, figsize=(WIDTH, 1.5 + 0.5 * len(names)), width_ratios=(3, 1)
    )
    rows = np.arange(len(names))
    left.barh(rows, times - floor, left=floor, height=0.6, color=DATA)
    for row, time in enumerate(times):
        end = (max(time, floor), row)
        _write(left, _two_digits(time) + " s", end, (6, 0), ha="left", va="center")
    left.axvline(floor, color=MODEL, linestyle="--")
    below = {"ha": "left", "va": "bottom", "color": MODEL}
    _write(left, f"floor {_two_digits(floor)} s", (floor, -0.45), (6, 0), **below)
    left.set(
        title=title,
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
        _write(right, f"{share:.1%}", (share, names.index(name)), (8, 0), ha="left", va="center")
    right.set(
        title="and as good" if np.ptp(shares) <= 0.02 else "but not as good",
        xlabel="test accuracy",
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
