"""What `pytest --nbval` compares beyond text: numbers within a tolerance, and figures.

nbval runs a notebook's cells and compares what they print with the stored output, letter by
letter, and no pictures. Here subclasses of its notebook, cell and kernel add:

- a cell tagged ``numbers-close`` may print numbers a little different from the stored ones;
- every figure is compared with the stored one; tagged ``figures-close``, lines may have moved,
  but what is written beside the axes may not;
- how far both may move stands in the cell's metadata, `TOLERANCE` holds the defaults:
  ``"tolerance": {"absolute": 0.005, "integers": true, "shift": 0.03}``;
- a misspelt tag, a cell whose output was deleted and a kernel that died fail, and say so.

nbval's own options and tags keep their meaning. tests/test_conftest.py plants one fault after
another and looks at what is said about each.
"""

import base64
import io
import json
import math
import re
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from queue import Empty

import nbval.plugin
import numpy as np
import pytest
from PIL import Image, ImageFilter, ImageOps

#: How far tagged cells may move, where their metadata does not say. In figures ``shift`` is the
#: way that things may move, as a share of the width, and ``figure`` the change of their colours;
#: ``labels`` lets that hold for what is written beside the axes as well.
TOLERANCE = {
    "relative": 0.01,
    "absolute": 0.0,
    "integers": False,
    "figure": 0.1,
    "shift": 0.02,
    "labels": False,
}
#: How far the figures of all other cells may move.
STRICT = {"figure": 0.1, "shift": 0.0, "labels": False}

COURSE_TAGS = {"exercise", "solution", "predict", "recall", "numbers-close", "figures-close"}
KNOWN_TAGS = COURSE_TAGS | set(nbval.plugin.metadata_tags)

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


def number_pairs(stored, fresh):
    """Pair the numbers of two texts that are equal but for them.

    White space counts only as far as it parts words, so that an array may wrap differently.

    Parameters
    ----------
    stored, fresh : str

    Returns
    -------
    list of (str, str) or None
        None if the texts' words differ, or a number stands where the other text has none.
    """
    # Splitting by a pattern with one group gives words, number, words, number, …, words.
    stored, fresh = NUMBER.split(stored), NUMBER.split(fresh)
    if [part.split() for part in stored[::2]] != [part.split() for part in fresh[::2]]:
        return None
    return list(zip(stored[1::2], fresh[1::2], strict=True))


def is_integer(number):
    """Whether a number was printed as an integer, such as a shape, a count or a class."""
    return re.fullmatch(r"[-+−]?[\d,]+", number) is not None


def tolerance_used(stored, fresh, tolerance):
    """Say how much of the tolerance the way from one number to the other takes.

    Parameters
    ----------
    stored, fresh : str
        As printed: ``"0.87"``, ``"-1.5e-3"``, ``"60,000"``, ``"nan"``.
    tolerance : dict
        With the keys of `TOLERANCE`. The numbers may be ``absolute`` apart, or ``relative``
        times the larger of them, whichever is more.

    Returns
    -------
    float
        0 for equal numbers, at most 1 for close ones, inf for those that may not differ.
    """
    if stored == fresh:
        return 0.0
    if is_integer(stored) != is_integer(fresh):
        return math.inf
    if is_integer(stored) and not tolerance["integers"]:
        return math.inf
    a, b = value(stored), value(fresh)
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.inf
    allowed = max(tolerance["absolute"], tolerance["relative"] * max(abs(a), abs(b)))
    return abs(a - b) / allowed if allowed else math.inf


def value(number):
    """Turn a number as `NUMBER` finds it into a float."""
    return float(number.replace(",", "").replace("−", "-"))


def figure_difference(stored, fresh, shift=0.0):
    """Measure by how much the colours of two figures differ, place by place.

    Both are averaged over squares of a few pixels and blurred a little, so that an edge drawn a
    quarter of a pixel further does not count. A square's difference is that of its red, green or
    blue, whichever differs most. With a `shift`, a square must only lie within the range of
    colours that the other figure shows near it: a line may have moved, but not be missing.

    Parameters
    ----------
    stored, fresh : PIL.Image.Image
        Of the same size, in mode RGB.
    shift : float
        How far things may have moved, as a share of the figure's width.

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


def beside_axes(figure, shape):
    """Tell where titles, labels and ticks are: all that lies a few pixels beside a figure's axes.

    Parameters
    ----------
    figure : PIL.Image.Image
        A PNG in which helpers/plotting.py has written where its axes are. Of others, nothing
        counts as beside.
    shape : (int, int)
        How many squares the figure was divided into, downwards and across.

    Returns
    -------
    numpy.ndarray of that shape, bool
    """
    height, width = shape
    margin = 3  # squares
    beside = np.ones(shape, bool)
    for left, top, right, bottom in json.loads(figure.info.get("axes", "[[0, 0, 1, 1]]")):
        rows = slice(max(0, int(top * height) - margin), int(bottom * height) + margin + 1)
        columns = slice(max(0, int(left * width) - margin), int(right * width) + margin + 1)
        beside[rows, columns] = False
    return beside


def figure_checks(stored, fresh, tolerance):
    """Compare two figures of the same size, all of them and what is written beside their axes.

    Yields
    ------
    (str, numpy.ndarray, dict)
        "figure" or "labels", the difference of each square, and the tolerance that holds there.
    """
    difference = figure_difference(stored, fresh)
    if not tolerance["shift"] or difference.max() <= min(tolerance["figure"], STRICT["figure"]):
        yield "figure", difference, tolerance
        return
    if not tolerance["labels"]:
        yield "labels", difference * beside_axes(stored, difference.shape), STRICT
    yield "figure", figure_difference(stored, fresh, tolerance["shift"]), tolerance


def metadata_mistakes(cell):
    """List what is wrong with a cell's tags and tolerance, which would else be ignored."""
    tags = cell.metadata.get("tags", [])
    for tag in tags:
        if tag not in KNOWN_TAGS:
            yield f"unknown tag {tag!r}; known are {', '.join(sorted(KNOWN_TAGS))}"
    for key, moved in cell.metadata.get("tolerance", {}).items():
        if key not in TOLERANCE:
            yield f"unknown tolerance {key!r}; known are {', '.join(TOLERANCE)}"
            continue
        tag = "figures-close" if key in STRICT else "numbers-close"
        if tag not in tags:
            yield f"tolerance {key!r} without the tag {tag!r} does nothing"
        allowed = (bool,) if key in ("integers", "labels") else (int, float)
        if type(moved) not in allowed:
            yield f"tolerance {key!r} cannot be {moved!r}"


class KernelDied(Exception):
    """The process that runs the notebook is gone."""


class WatchedKernel(nbval.plugin.RunningKernel):
    """A kernel whose death is noticed within seconds, not at the end of the time limit."""

    def execute_cell_input(self, cell_input, allow_stdin=None):
        """Run a cell as JupyterLab does, with history: IPython looks there for a closing ``;``."""
        return self.kc.execute(
            cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
        )

    def get_message(self, stream, timeout=None):
        """Wait for a message for at most `timeout` seconds; raise `queue.Empty` after them."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        dead = False
        while True:
            try:
                return super().get_message(stream, timeout=min(1, max(0, end - time.monotonic())))
            except Empty:
                if dead:
                    raise KernelDied from None
                dead = not self.is_alive()  # then once more, for what it said before
                if not dead and time.monotonic() >= end:
                    raise


class Notebook(nbval.plugin.IPyNbFile):
    """A notebook, refused as a whole if a tag or a tolerance in it would be ignored."""

    def collect(self):
        """Return the code cells."""
        cells = [
            Cell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )
            for cell in super().collect()
        ]
        mistakes = [
            f"{self.path.name}, cell {cell.get('id', number)}: {mistake}"
            for number, cell in enumerate(self.nb.cells)
            for mistake in metadata_mistakes(cell)
        ]
        if mistakes:
            raise self.CollectError("\n".join(mistakes))
        return cells


class Cell(nbval.plugin.IPyNbCell):
    """A code cell, compared by its numbers and figures as well as by its text."""

    @property
    def label(self):
        """The cell's name in the notebook; old formats have none."""
        return self.cell.get("id", self.name)

    def runtest(self):
        """Run the cell and compare its outputs."""
        self.user_properties.append(("cell", self.label))  # for tools/processors.py
        try:
            super().runtest()
        except KernelDied:
            self.raise_cell_error(
                "The kernel died while it ran this cell (a crash, os._exit or too little memory); "
                "the cells after it cannot run"
            )
        # nbval compares nothing if a cell has no execution count. Only the student edition may
        # come without outputs.
        unrun = self.cell.execution_count is None
        if unrun and self.options["check"] and self.parent.nb.metadata.get("edition") != "student":
            self.raise_cell_error(
                "This cell's output was deleted or never stored: there is nothing to compare with. "
                "Execute the notebook anew"
            )

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare the outputs `test` of this run with the stored ones, `ref`.

        Returns
        -------
        bool
            If False, ``self.comparison_traceback`` says what differs.
        """
        tags = self.cell.metadata.get("tags", [])
        tolerance = TOLERANCE | self.cell.metadata.get("tolerance", {})
        stored, fresh = self.by_kind(ref), self.by_kind(test)
        problems = self.compare_figures(
            stored.pop("image/png", []),
            fresh.pop("image/png", []),
            tolerance if "figures-close" in tags else STRICT,
        )
        close = tolerance if "numbers-close" in tags else None
        for kind in sorted(stored.keys() | fresh.keys()):
            problems += self.compare_texts(kind, stored[kind], fresh[kind], close)
        if problems:
            problems.insert(0, f"In {self.parent.path.name}, cell {self.label}:")
        self.comparison_traceback = problems
        return not problems

    def by_kind(self, outputs):
        """Sort outputs by kind: stdout, stderr, exception or a media type such as text/html."""
        kinds = defaultdict(list)
        for output in outputs:
            if output.output_type == "stream":
                kinds[output.name].append(self.sanitize(output.text))
            elif output.output_type == "error":
                kinds["exception"].append(self.sanitize(f"{output.ename}: {output.evalue}"))
            else:
                for media_type, data in output.data.items():
                    # A widget's view is named by a random number.
                    if media_type != "application/vnd.jupyter.widget-view+json":
                        kinds[media_type].append(self.sanitize(data))
        return kinds

    def compare_texts(self, kind, stored, fresh, tolerance):
        """List how texts of one kind differ; `tolerance` is None where every letter counts."""
        if len(stored) != len(fresh):
            return [
                f"{kind}: {len(stored)} stored, {len(fresh)} now",
                *(f"  stored: {text}" for text in stored),
                *(f"  now:    {text}" for text in fresh),
            ]
        problems = []
        for old, new in zip(stored, fresh, strict=True):
            if old == new:
                continue
            problem = self.compare_numbers(number_pairs(str(old), str(new)), tolerance)
            if problem:
                problems += [f"{kind}: {problem}", f"  stored: {old}", f"  now:    {new}"]
        return problems

    def compare_numbers(self, pairs, tolerance):
        """Say which of the paired numbers, if any, differ by more than the tolerance."""
        if pairs is None:
            return "the words differ"
        furthest = {"relative": 0.0, "absolute": 0.0}
        for a, b in (map(value, pair) for pair in pairs):
            if math.isfinite(a) and math.isfinite(b) and a != b:
                furthest["relative"] = max(furthest["relative"], abs(a - b) / max(abs(a), abs(b)))
                furthest["absolute"] = max(furthest["absolute"], abs(a - b))
        self.user_properties += furthest.items()
        if tolerance is None:
            moved = [f"{a} is now {b}" for a, b in pairs if a != b]
            return f"{', '.join(moved) or 'the white space differs'} (every letter counts here)"
        used = [tolerance_used(a, b, tolerance) for a, b in pairs]
        self.user_properties.append(("numbers_used", max(used, default=0.0)))
        moved = [f"{a} is now {b}" for (a, b), part in zip(pairs, used, strict=True) if part > 1]
        if not moved:
            return None
        return (
            f"{', '.join(moved)} (tolerance: relative {tolerance['relative']:g}, absolute "
            f"{tolerance['absolute']:g}, integers {'alike' if tolerance['integers'] else 'exact'})"
        )

    def compare_figures(self, stored, fresh, tolerance):
        """List how PNG figures, base64-coded, differ by more than the tolerance."""
        if stored == fresh:
            return []
        stored, fresh = ([decode(figure) for figure in figures] for figures in (stored, fresh))
        pictures = {f"expected-{n}": figure for n, figure in enumerate(stored, start=1)}
        pictures |= {f"actual-{n}": figure for n, figure in enumerate(fresh, start=1)}
        problems = []
        if len(stored) != len(fresh):
            problems.append(f"figures: {len(stored)} stored, {len(fresh)} drawn")
        for n, (old, new) in enumerate(zip(stored, fresh, strict=False), start=1):
            if old.size != new.size:
                sizes = [f"{figure.width} × {figure.height}" for figure in (old, new)]
                problems.append(f"figure {n}: {sizes[0]} pixels stored, {sizes[1]} drawn")
                continue
            for part, difference, allowed in figure_checks(old, new, tolerance):
                worst, limit = float(difference.max()), allowed["figure"]
                self.user_properties += [("figure", worst), ("figure_used", worst / limit)]
                if worst > limit:
                    where, name = "", "difference"
                    if part == "labels":
                        where, name = " beside its axes", "labels-difference"
                    problems.append(
                        f"figure {n} differs{where} from the stored one by {worst:.3f} "
                        f"(tolerance: figure {limit:g}, shift {allowed['shift']:g})"
                    )
                    shown = ImageOps.invert(Image.fromarray(np.uint8(255 * difference / worst)))
                    pictures[f"{name}-{n}"] = shown.resize(old.size)
        if problems:
            folder = self.figure_folder()
            for name, picture in pictures.items():
                picture.save(folder / f"{name}.png")
            problems.append(f"Compare {', '.join(pictures)} in {folder}")
        return problems

    def figure_folder(self):
        """Make the folder for the figures of a cell that failed."""
        folder = self.config.rootpath / "build/figures" / self.parent.path.stem / self.label
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:  # a checkout that may only be read
            folder = Path(tempfile.mkdtemp(prefix="figures-"))
        return folder


def decode(png):
    """Turn a base64-coded PNG, as a notebook stores it, into a picture."""
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def pytest_configure(config):
    """Watch the kernels, and keep a notebook's cells together."""
    nbval.plugin.RunningKernel = WatchedKernel
    # The cells of a notebook share a kernel: pytest-xdist must not deal them out one by one.
    if getattr(config.option, "dist", "no") in ("load", "worksteal", "loadgroup"):
        config.option.dist = "loadfile"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    """Collect as `Notebook` what nbval collects."""
    collectors = yield
    return [
        Notebook.from_parent(parent, path=file_path)
        if isinstance(collector, nbval.plugin.IPyNbFile)
        else collector
        for collector in collectors
    ]
