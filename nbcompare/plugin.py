"""nbval's notebook, cell and kernel, extended; and what keeps a run in order and lets it end.

tests/test_nbcompare.py plants one fault after another and looks at what is said about each.
"""

import base64
import functools
import io
import math
import os
import tempfile
import threading
import time
import warnings
from collections import defaultdict
from pathlib import Path
from queue import Empty

import nbval.plugin
import numpy as np
import pytest
from nbformat.warnings import MissingIDFieldWarning
from PIL import Image, ImageOps

from . import compare
from .reading import Unreadable, read, without_outputs

compare.TAGS |= nbval.plugin.metadata_tags.keys()


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


class Refused(pytest.Item):
    """What stands for a notebook that cannot be tested, so that the others are."""

    no_outputs = False  # whether that is why

    def runtest(self):
        pytest.fail(self.reason, pytrace=False)

    def reportinfo(self):
        """Return where it is: in the notebook, as a whole."""
        return self.path, 0, self.path.name


class Notebook(nbval.plugin.IPyNbFile):
    """A notebook, refused as a whole if a tag or a tolerance in it would be ignored."""

    def collect(self):
        try:
            notebook = read(self.path)
        except Unreadable as error:
            return [self.refused(str(error))]
        if self.compare_outputs and without_outputs(notebook):
            stripped = self.refused(
                f"{self.path.name} holds no outputs: they were cleared, or a git filter such as "
                "nbstripout took them out. There is nothing to compare with: execute the notebook "
                "anew, or restore it"
            )
            stripped.no_outputs = True
            return [stripped]
        mistakes = [
            f"{self.path.name}, cell {cell.get('id', number)}: {mistake}"
            for number, cell in enumerate(notebook.cells)
            for mistake in compare.metadata_mistakes(cell)
        ]
        if mistakes:
            return [self.refused("\n".join(mistakes))]
        with warnings.catch_warnings(action="ignore", category=MissingIDFieldWarning):
            found = list(super().collect())
        self.cells = [
            Cell.from_parent(
                self, name=cell.name, cell_num=cell.cell_num, cell=cell.cell, options=cell.options
            )
            for cell in found
        ]
        return self.cells

    def refused(self, reason):
        """Return what fails in place of the notebook's cells, and why."""
        refused = Refused.from_parent(self, name="notebook")
        refused.reason = reason
        return refused

    def setup(self):
        super().setup()
        self.ran = 0  # cells, in the new kernel


class Cell(nbval.plugin.IPyNbCell):
    """A code cell, compared by its numbers and figures as well as by its text."""

    @property
    def label(self):
        return self.cell.get("id", self.name)  # old formats have no id

    def runtest(self):
        """Run the cell, after those before it, and compare its outputs."""
        self.user_properties.append(("cell", self.label))  # for tools/processors.py
        try:
            self.run_those_before()
            super().runtest()
        except KernelDied:
            self.raise_cell_error(
                "The kernel died while it ran this cell (a crash, os._exit or too little memory); "
                "the cells after it cannot run"
            )
        # nbval compares nothing if a cell has no execution count.
        if self.cell.execution_count is None and self.options["check"]:
            self.raise_cell_error(
                "This cell's output was deleted or never stored: there is nothing to compare with. "
                "Execute the notebook anew"
            )

    def run_those_before(self):
        """Run the cells before this one that were not chosen, by a name or ``--lf``, and so on."""
        notebook = self.parent
        for cell in notebook.cells[notebook.ran : self.cell_num]:
            if not cell.options["skip"]:
                message = notebook.kernel.execute_cell_input(cell.cell.source, allow_stdin=False)
                try:
                    notebook.kernel.await_reply(message, self.config.option.nbval_cell_timeout)
                except Empty:
                    self.raise_cell_error(f"Cell {cell.label}, which comes before, does not end")
        notebook.ran = self.cell_num + 1

    def compare_outputs(self, test, ref, skip_compare=None):
        """Whether this run's outputs are close; else ``comparison_traceback`` says what differs."""
        stored, fresh = self.by_kind(ref), self.by_kind(test)
        problems = self.compare_figures(stored.pop("image/png", []), fresh.pop("image/png", []))
        for kind in sorted(stored.keys() | fresh.keys()):
            problems += self.compare_texts(kind, stored[kind], fresh[kind])
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

    def tolerance(self, tag):
        """Return the cell's tolerance by a tag, or that of its times."""
        return compare.tolerance_of(self.cell, "times-close") or compare.tolerance_of(
            self.cell, tag
        )

    def compare_texts(self, kind, stored, fresh):
        """List how texts of one kind differ."""
        if len(stored) != len(fresh):
            return [
                f"{kind}: {len(stored)} stored, {len(fresh)} now",
                *(f"  stored: {text}" for text in stored),
                *(f"  now:    {text}" for text in fresh),
            ]
        problems = []
        tolerance = self.tolerance("numbers-close")
        for old, new in zip(stored, fresh, strict=True):
            if old != new:
                problem, went = compare.compare_numbers(str(old), str(new), tolerance)
                self.user_properties += went.items()
                if problem:
                    problems += [f"{kind}: {problem}", f"  stored: {old}", f"  now:    {new}"]
        return problems

    def compare_figures(self, stored, fresh):
        """List how PNG figures, base64-coded, differ by more than the tolerance."""
        if stored == fresh:
            return []
        stored, fresh = ([decode(figure) for figure in figures] for figures in (stored, fresh))
        pictures = {f"expected-{n}": figure for n, figure in enumerate(stored, start=1)}
        pictures |= {f"actual-{n}": figure for n, figure in enumerate(fresh, start=1)}
        problems = []
        if len(stored) != len(fresh):
            problems.append(f"figures: {len(stored)} stored, {len(fresh)} drawn")
        tolerance = self.tolerance("figures-close")
        for n, (old, new) in enumerate(zip(stored, fresh, strict=False), start=1):
            if old.size != new.size:
                sizes = [f"{figure.width} × {figure.height}" for figure in (old, new)]
                problems.append(f"figure {n}: {sizes[0]} pixels stored, {sizes[1]} drawn")
                continue
            if problem := compare.compare_content(old, new, tolerance):
                problems.append(f"figure {n}: {problem}")
            if tolerance and "factor" in tolerance:  # what times draw
                continue
            problem, way = compare.compare_data(old, new, tolerance)
            self.user_properties.append(("data", way))
            if problem:
                problems.append(f"figure {n}: {problem}")
            for part, difference, limit in compare.compare_figures(old, new, tolerance):
                worst = float(difference.max())
                self.user_properties += [(part, worst), ("figure_used", worst / limit)]
                if worst > limit:
                    problems.append(
                        f"figure {n} differs in its {part} by {worst:.3f}, {limit:g} is allowed"
                    )
                    seen = ImageOps.invert(Image.fromarray(np.uint8(255 * difference / worst)))
                    pictures[f"{part}-{n}"] = seen.resize(old.size)
        return [*problems, self.save(pictures)] if problems else []

    def save(self, pictures):
        """Save a failed cell's figures, and say where."""
        for root in filter(None, (compare.FIGURES, _temporary())):
            try:
                folder = Path(root, self.parent.path.stem, self.label)
                folder.mkdir(parents=True, exist_ok=True)
                for name, picture in pictures.items():
                    picture.save(folder / f"{name}.png")
                return f"Compare {', '.join(pictures)} in {folder}"
            except OSError as error:  # a checkout that may only be read, a full disk
                reason = error
        return f"The figures could not be saved: {reason}"


@functools.cache
def _temporary():
    """Return a folder among the temporary files, one for this process."""
    return tempfile.mkdtemp(prefix="nbcompare-")


def decode(png):
    """Turn a base64-coded PNG, as a notebook stores it, into a picture."""
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


class Completeness:
    """Ends a run of which nothing was heard for a while, and says how many tests were not run.

    A test that lasts too long is ended by pytest itself, with its traceback
    (``faulthandler_timeout`` and ``faulthandler_exit_on_timeout``). This ends the rest, after half
    as long again: a process lost or stuck while it starts, collects or stops.
    """

    def __init__(self, config):
        self.config = config
        self.limit = 1.5 * float(config.getini("faulthandler_timeout") or 0)
        self.timer = threading.Timer(0, print)
        self.all, self.ran = set(), set()

    def heard(self, nodeid):
        self.timer.cancel()
        if self.limit:
            self.timer = threading.Timer(self.limit, self.end, [nodeid])
            self.timer.daemon = True
            self.timer.start()

    def pytest_sessionstart(self):
        self.heard("the start")

    def pytest_collection_finish(self, session):
        self.all.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.all.update(ids)

    def pytest_runtest_logstart(self, nodeid):
        self.heard(nodeid)

    def pytest_runtest_logreport(self, report):
        self.ran.add(report.nodeid)
        self.heard(report.nodeid)

    def pytest_sessionfinish(self, session):
        if self.all - self.ran and not session.config.option.collectonly:
            session.exitstatus = session.exitstatus or pytest.ExitCode.INTERRUPTED

    def pytest_terminal_summary(self, terminalreporter):
        missing = len(self.all - self.ran)
        if missing and not self.config.option.collectonly:
            terminalreporter.write_line(
                f"{missing} of {len(self.all)} tests were not run", red=True
            )

    def pytest_unconfigure(self):
        self.timer.cancel()

    def end(self, last):
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        reporter.write_line(f"\nNothing was heard for {self.limit:g} s after {last}: the run ends")
        self.pytest_terminal_summary(reporter)
        reporter.flush()
        os._exit(1)  # the other processes notice


def pytest_addoption(parser):
    """Add the setting of `Dealing`."""
    parser.addini("deal_singly", "files whose tests share nothing", type="linelist")


def pytest_configure(config):
    """Watch the kernels and the processes."""
    nbval.plugin.RunningKernel = WatchedKernel
    if getattr(config.option, "dist", "no") == "loadgroup":  # it would rename tests
        config.option.dist = "load"
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Completeness(config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep a notebook's cells, which share a kernel, together."""
    from .dealing import Dealing  # where pytest-xdist is

    return None if config.option.dist == "each" else Dealing(config, log)


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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session):
    """Keep a notebook's cells together and in their order, whoever has shuffled them.

    Notebooks, and the tests that are dealt out one by one, come first: they take longest, so that
    no process is left with a long one at the end.
    """
    places, singly = {}, session.config.getini("deal_singly")
    for place, item in enumerate(session.items):
        places.setdefault(item.parent if isinstance(item, Cell) else item, place)

    def key(item):
        first = isinstance(item, Cell) or item.nodeid.partition("::")[0] in singly
        place = places.get(item, places.get(item.parent))
        return not first, place, getattr(item, "cell_num", 0)

    session.items.sort(key=key)
