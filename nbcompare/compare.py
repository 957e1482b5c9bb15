"""How far two texts or two figures are apart, and what a cell's metadata says about it."""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from nbformat import NotebookNode
from PIL import ImageFilter
from PIL.Image import Image as Picture

Tolerance = dict[str, Any]  # the keys of a tag in `TOLERANCE`

#: For each tag how far what it names may move, where the cell's metadata does not say.
TOLERANCE: dict[str, Tolerance] = {
    "numbers-close": {
        "relative": 0.01,
        "absolute": 0.0,  # the larger of both holds
        "integers": False,  # whether shapes, counts and classes may move too
        "after": {},  # for some words how far a number that follows them may move
    },
    "times-close": {"factor": 10.0},  # by which times may be longer or shorter
    "figures-close": {
        "figure": 0.1,  # the change of a place's colour: 1 from black to white
        "shift": 0.02,  # how far lines may move, as a share of the width
        "data": 0.02,  # how far points may move, as a share of their axes' width or height
        "colors": 0.05,  # from any colour of one figure to the nearest of the other
        "labels": False,  # whether what stands beside the axes may move too
        "areas": True,  # whether areas may move, such as the squares of a heat map
    },
}
#: The change of a place's colour in figures that may not move, and in their labels.
STRICT = 0.1
#: How far points may move, as a share of their axes, in figures that may not.
STRICT_DATA = 0.005
#: Known tags of cells. The plugin adds those of nbval, a course its own.
TAGS: set[str] = set(TOLERANCE)
#: The folder for the figures of cells that failed; None for a new one among the temporary files.
FIGURES: Path | None = None

NUMBER = re.compile(
    r"""(?<![\w.])                        # neither the 2 of x2 nor the 3 of 1.2.3
    ( [-+−]?
      (?: (?:\d{1,3}(?:,\d{3})+|\d+)      # 60,000 or 60000
          (?: \.\d+ | \.(?=[^][]*\]) )?   # 1.5; 1. only in an array: "step 5." ends a sentence
          (?:[eE][-+]?\d+)?
        | \.\d+ (?:[eE][-+]?\d+)?
        | (?i:nan|inf)(?!\w) )
    ) (?!\.?\d)                           # no part of a version such as 2.21.0
    """,
    re.VERBOSE,
)


def tolerance_of(cell: NotebookNode, tag: str) -> Tolerance | None:
    """Return a cell's tolerance, with the keys of ``TOLERANCE[tag]``; None without the tag."""
    if tag in cell.metadata.get("tags", []):
        return TOLERANCE[tag] | cell.metadata.get("tolerance", {})
    return None


def metadata_mistakes(cell: NotebookNode) -> Iterator[str]:
    """Yield what is wrong with a cell's tags and tolerance, which would else be ignored."""
    tags = cell.metadata.get("tags", [])
    for tag in tags:
        if tag not in TAGS:
            yield f"unknown tag {tag!r}; known are {', '.join(sorted(TAGS))}"
    keys = {key: (tag, default) for tag, row in TOLERANCE.items() for key, default in row.items()}
    for key, moved in cell.metadata.get("tolerance", {}).items():
        if key not in keys:
            yield f"unknown tolerance {key!r}; known are {', '.join(keys)}"
            continue
        tag, default = keys[key]
        if tag not in tags:
            yield f"tolerance {key!r} without the tag {tag!r} does nothing"
        amounts = moved.values() if isinstance(moved, dict) else [moved]
        kinds = (bool,) if isinstance(default, bool) else (int, float)
        fits = isinstance(moved, dict) == isinstance(default, dict)
        if not fits or not all(type(amount) in kinds for amount in amounts):
            yield f"tolerance {key!r} cannot be {moved!r}"
        elif key == "after":
            outputs = cell.get("outputs", [])
            texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
            places = [words for text in texts for words in NUMBER.split(text)[:-1:2]]
            for words in moved:
                if not any(ends_with(place, words) for place in places):
                    yield f"tolerance after {words!r}: no number follows these words"


def ends_with(text: str, words: str) -> bool:
    """Whether a text ends with these words."""
    return re.search(rf"(?<!\w){re.escape(words)}\s*$", text) is not None


def number_pairs(stored: str, fresh: str) -> list[tuple[str, str, str]] | None:
    """Pair the numbers of two texts that are equal but for them.

    White space counts only as far as it parts words, so that an array may wrap differently.

    Returns
    -------
    list of (str, str, str) or None
        The words before each number, the number stored and the number now. None if the texts'
        words differ, or a number stands where the other text has none.
    """
    # Splitting by a pattern with one group gives words, number, words, number, …, words.
    old, new = NUMBER.split(stored), NUMBER.split(fresh)
    if [part.split() for part in old[::2]] != [part.split() for part in new[::2]]:
        return None
    return list(zip(old[:-1:2], old[1::2], new[1::2], strict=True))


def tolerance_used(words: str, stored: str, fresh: str, tolerance: Tolerance) -> float:
    """Say how much of the tolerance the way from one number to the other takes.

    Numbers are given as printed, with the words before them.

    Returns
    -------
    float
        0 for equal numbers, at most 1 for close ones, inf for those that may not differ.
    """
    if "factor" in tolerance:
        small, large = sorted(abs(value(number)) for number in (stored, fresh))
        return large / max(small, 0.05) / tolerance["factor"] if large > 0.05 else 0.0
    named = [after for after in tolerance["after"] if ends_with(words, after)]
    if named:
        amount = tolerance["after"][max(named, key=len)]
        tolerance = {"absolute": amount, "relative": 0.0, "integers": True}
    whole = {re.fullmatch(r"[-+−]?[\d,]+", number) is not None for number in (stored, fresh)}
    a, b = value(stored), value(fresh)
    if stored == fresh or (a == b and len(whole) == 1) or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if len(whole) > 1 or (True in whole and not tolerance["integers"]):
        return math.inf
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    allowed = max(tolerance["absolute"], tolerance["relative"] * max(abs(a), abs(b)))
    return round(abs(a - b) / allowed, 9) if allowed else math.inf  # 0.87 to 0.86 is 0.01


def value(number: str) -> float:
    """Turn a number as `NUMBER` finds it into a float."""
    return float(number.replace(",", "").replace("−", "-"))


def compare_numbers(
    stored: str, fresh: str, tolerance: Tolerance | None
) -> tuple[str | None, dict[str, float]]:
    """Compare two texts by their numbers; `tolerance` is None where every letter counts.

    Returns
    -------
    (str or None, dict)
        What differs by more than the tolerance, and how far the numbers went at most:
        ``relative``, ``absolute`` and, within a tolerance, ``numbers_used``.
    """
    pairs = number_pairs(stored, fresh)
    if pairs is None:
        return "the words differ", {}
    ways = [(abs(value(a) - value(b)), max(abs(value(a)), abs(value(b)))) for _, a, b in pairs]
    ways = [(way, size) for way, size in ways if way and math.isfinite(way)]
    went = {
        "relative": max((way / size for way, size in ways), default=0.0),
        "absolute": max((way for way, _ in ways), default=0.0),
    }
    if tolerance is None:
        moved = [f"{a} is now {b}" for _, a, b in pairs if a != b]
        return f"{', '.join(moved) or 'the white space differs'} (every letter counts here)", went
    used = [tolerance_used(*pair, tolerance) for pair in pairs]
    went["numbers_used"] = max(used, default=0.0)
    moved = [f"{a} is now {b}" for (_, a, b), part in zip(pairs, used, strict=True) if part > 1]
    known = {*TOLERANCE["numbers-close"], *TOLERANCE["times-close"]}
    allowed = ", ".join(f"{key} {amount}" for key, amount in tolerance.items() if key in known)
    return (f"{', '.join(moved)} (tolerance: {allowed})" if moved else None), went


def figure_difference(stored: Picture, fresh: Picture, shift: float = 0.0) -> np.ndarray:
    """Measure by how much the colours of two figures of one size differ, place by place.

    Both are averaged over squares of a few pixels and blurred a little, so that an edge drawn a
    quarter of a pixel further does not count. A square's difference is that of its red, green or
    blue, whichever differs most. With a `shift`, a square must only lie within the range of
    colours that the other figure shows near it: a line may have moved, but not be missing.

    Returns
    -------
    numpy.ndarray, 2-D, float
        The difference of each square: 0 for the same colour, 1 for black against white.
    """
    side = 4 if shift else 2  # of a square, in pixels
    steps = round(shift * stored.width / side)

    def beyond(figure, other):
        lowest = highest = other
        for _ in range(steps):
            lowest = lowest.filter(ImageFilter.MinFilter(3))
            highest = highest.filter(ImageFilter.MaxFilter(3))
        figure, lowest, highest = (np.int16(picture) for picture in (figure, lowest, highest))
        return np.maximum(lowest - figure, figure - highest).max(axis=2)

    blur = ImageFilter.GaussianBlur(1)
    stored, fresh = (figure.reduce(side).filter(blur) for figure in (stored, fresh))
    return np.maximum(beyond(stored, fresh), beyond(fresh, stored)).clip(min=0) / 255


def beside_axes(figure: Picture, shape: tuple[int, int]) -> np.ndarray:
    """Tell which of so many squares are titles, labels and ticks: a few pixels beside the axes.

    Where those are says the PNG's text ``axes``: for each left, top, right and bottom, as shares
    of the figure. Without it, nothing counts as beside.
    """
    height, width = shape
    margin = 3  # squares
    beside = np.ones(shape, bool)
    for left, top, right, bottom in json.loads(figure.info.get("axes", "[[0, 0, 1, 1]]")):
        rows = slice(max(0, int(top * height) - margin), int(bottom * height) + margin + 1)
        columns = slice(max(0, int(left * width) - margin), int(right * width) + margin + 1)
        beside[rows, columns] = False
    return beside


def _codes(figure):
    """Give each colour of a figure a number."""
    return np.int32(figure) @ (1 << 16, 1 << 8, 1)


def _colors(codes):
    """Turn numbers of colours into red, green and blue from 0 to 1."""
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1) / 255


def color_difference(stored: Picture, fresh: Picture, often: int = 50) -> np.ndarray:
    """Measure how far each pixel's colour is from all colours of the other figure.

    This notices a mark in another shade wherever it stands, however thin it is. Colours of fewer
    than `often` pixels, such as those between a letter and its ground, do not count.
    """

    def foreign(figure, other):
        codes, places, counts = np.unique(_codes(figure), return_inverse=True, return_counts=True)
        others, other_counts = np.unique(_codes(other), return_counts=True)
        there = _colors(others[other_counts >= often / 4])  # about as frequent is enough
        far = [abs(there - color).max(axis=1).min() for color in _colors(codes[counts >= often])]
        nearest = np.zeros(len(codes))
        nearest[counts >= often] = far
        return nearest[places].reshape(figure.height, figure.width)

    return np.maximum(foreign(stored, fresh), foreign(fresh, stored))


def area_difference(stored: Picture, fresh: Picture, side: int = 16) -> np.ndarray:
    """Measure by how much areas of one colour differ, at their places.

    Of each square of so many pixels the colour of most of them counts, so that a letter on it
    or a line through it does not; a square without such a colour is no part of an area.
    """

    def areas(figure):
        rows, columns = figure.height // side, figure.width // side
        codes = _codes(figure)[: rows * side, : columns * side].reshape(rows, side, columns, side)
        codes = np.sort(codes.swapaxes(1, 2).reshape(rows, columns, -1), axis=2)
        middle = codes[:, :, side * side // 2]  # if most pixels have one colour, it is this
        return _colors(middle), (codes == middle[..., None]).mean(axis=2) > 0.5

    (old, old_is_area), (new, new_is_area) = areas(stored), areas(fresh)
    return abs(old - new).max(axis=2) * (old_is_area & new_is_area)


#: How far a number may move that is written in a figure which training draws.
_WORDS = {"relative": 0.05, "absolute": 0.05, "integers": True, "after": {}}


def compare_content(stored: Picture, fresh: Picture, tolerance: Tolerance | None) -> str | None:
    """Compare what is written in two figures, and how their lines look; None if they agree.

    Each PNG tells it by its text ``content``, a JSON list of lines such as ``title: Loss falls``
    or ``line: #33689e - 1.5 o``; where one has none, nothing is said. Within a tolerance numbers in
    words may move a little; words and styles may not.
    """
    if not {"content"} <= stored.info.keys() & fresh.info.keys():
        return None
    old, new = (json.loads(figure.info["content"]) for figure in (stored, fresh))
    if tolerance and tolerance.get("labels"):
        moving = ("title: ", "x: ", "y: ", "text: ")
        old, new = ([line for line in part if not line.startswith(moving)] for part in (old, new))
    if len(old) != len(new):
        other = "; ".join(sorted({*old} ^ {*new}))
        return f"{len(old)} texts and lines are stored, {len(new)} are drawn: {other[:200]}"
    allowed = tolerance if tolerance and "factor" in tolerance else _WORDS
    for before, now in zip(old, new, strict=True):
        style = before.startswith(("line: ", "legend: "))
        moved = tolerance and not style and not compare_numbers(before, now, allowed)[0]
        if before != now and not moved:
            return f"“{before}” is now “{now}”"
    return None


def compare_data(
    stored: Picture, fresh: Picture, tolerance: Tolerance | None
) -> tuple[str | None, float]:
    """Compare where the points of lines, bars and markers are.

    Each PNG tells it by its text ``data``, a JSON list with an entry for each axes: ``limits``, the
    numbers at their left, right, lower and upper end, and ``points``, for each line, group of bars
    or of markers its points, as shares of the axes. Where one has none, nothing is said.

    Returns
    -------
    (str or None, float)
        What differs by more than the tolerance, and the longest way.
    """
    if not {"data"} <= stored.info.keys() & fresh.info.keys():
        return None, 0.0
    old, new = (json.loads(figure.info["data"]) for figure in (stored, fresh))
    allowed = tolerance["data"] if tolerance else STRICT_DATA
    counts = [[[len(shape) for shape in axes["points"]] for axes in part] for part in (old, new)]
    if counts[0] != counts[1]:
        return f"the points of its lines, bars or markers were {counts[0]}, now {counts[1]}", 0.0
    ways = [(0.0, "")]
    for before, now in zip(old, new, strict=True):
        for low in (0, 2):  # of the width, of the height
            size = abs(before["limits"][low + 1] - before["limits"][low]) or 1.0
            for end in (low, low + 1):
                a, b = before["limits"][end], now["limits"][end]
                ways.append((abs(a - b) / size, f"an axis ended at {a:g} and now ends at {b:g}"))
        for shape, moved in zip(before["points"], now["points"], strict=True):
            for a, b in zip(shape, moved, strict=True):
                way = max(abs(a[0] - b[0]), abs(a[1] - b[1]))
                ways.append((way, f"a point at {a} of its axes is now at {b}"))
    longest, what = max(ways)
    problem = f"{what} (it may move by {allowed:g})"
    return (problem if longest > allowed else None), longest


def compare_figures(
    stored: Picture, fresh: Picture, tolerance: Tolerance | None
) -> Iterator[tuple[str, np.ndarray, float]]:
    """Compare two figures of one size; `tolerance` is None where nothing may move.

    Yields
    ------
    (str, numpy.ndarray, float)
        What was compared, the difference of each square, and the difference allowed.
    """
    difference = figure_difference(stored, fresh)
    if tolerance is None:
        yield "figure", difference, STRICT
        return
    yield "colors", color_difference(stored, fresh), tolerance["colors"]
    if not tolerance["areas"]:
        yield "areas", area_difference(stored, fresh), tolerance["colors"]
    if not tolerance["labels"]:
        yield "labels", difference * beside_axes(stored, difference.shape), STRICT
    if difference.max() > min(tolerance["figure"], STRICT):
        difference = figure_difference(stored, fresh, tolerance["shift"])
    yield "figure", difference, tolerance["figure"]
