"""A reader's answers are no faults: what pytest leaves out of lessons that a reader has worked in.

How a lesson is written is tested only as long as it is as tools/execute.py wrote it. Once a reader
has saved it, its cells are still run and compared with what is stored, but for those whose output
is the reader's own: starters, verdicts, cells added, and errors. Notebooks in the lessons' folder
that are no lessons are left alone. In CI, or with ``CI=1 make test``, everything counts.
"""

import functools
import os
from pathlib import Path

import pytest

from nbcompare.reading import Unreadable, read
from tools.lessons import NOTEBOOKS, STARTERS, is_as_written, lessons, tags


@functools.cache
def worked_in():
    """Map the lessons that a reader has worked in to the cells of code that are the reader's.

    Cells are given by their place, since some editors leave out ids.
    """
    found = {}
    for path in lessons() if not os.environ.get("CI") else []:
        try:
            notebook = read(path)
        except Unreadable:
            found[path] = set()  # whoever runs it says what is wrong with it, once
            continue
        if not is_as_written(notebook):
            code = [cell for cell in notebook.cells if cell.cell_type == "code"]
            found[path] = {place for place, cell in enumerate(code) if _is_readers(cell)}
    return found


def _is_readers(cell):
    failed = any(output.output_type == "error" for output in cell.outputs)
    return (
        bool(tags(cell) & STARTERS)
        or "check." in cell.source
        or cell.execution_count is None
        or (failed and "raises-exception" not in tags(cell))
    )


def _is_stray(path):
    return (
        not os.environ.get("CI")
        and isinstance(path, Path)
        and (path.parent, path.suffix) == (NOTEBOOKS, ".ipynb")
        and path not in lessons()
    )


def pytest_ignore_collect(collection_path):
    """Leave alone what else lies in the lessons' folder."""
    return True if _is_stray(collection_path) else None


def pytest_report_header():
    """Name the lessons of which a part is left out."""
    names = ", ".join(path.name for path in worked_in())
    return f"with work of your own, which is run and not judged: {names}" if names else None


def pytest_collection_modifyitems(items):
    """Skip tests of how these lessons are written; run their reader's cells without comparing."""
    for item in items:
        if hasattr(item, "cell"):
            if item.cell_num in worked_in().get(item.path, ()):
                item.options.update(check=False, check_exception=True)
            continue
        if getattr(item, "no_outputs", False) and item.path in worked_in():
            item.add_marker(pytest.mark.skip(reason=f"{item.path.name} holds no outputs"))
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        of = [value for value in parameters if isinstance(value, Path)]
        if not of and item.get_closest_marker("writing"):
            of = worked_in()
        for path in of:
            if path in worked_in() or _is_stray(path):
                item.add_marker(pytest.mark.skip(reason=f"{path.name} holds work of your own"))
