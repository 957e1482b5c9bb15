"""Every cell of a lesson can be run again: after others, after all, after the stop button.

tests/test_exercises.py does it with the quick cells of every lesson; this does it with all.
"""

import time

import nbformat
import pytest

from tests.again import Kernel, halfway
from tools.lessons import lessons, tags


def test_a_cell_is_interrupted_halfway():
    namespace = {"ran": []}

    def run(source, namespace):
        exec(compile(source, "<cell>", "exec"), namespace)

    halfway(run, "ran.append(1)\nran.append(2)\nran.append(3)\nran.append(4)", namespace)
    assert namespace["ran"] == [1, 2, 3, 4, 1]


@pytest.mark.environments
@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_every_cell_can_be_run_again(lesson, subtests):
    cells = nbformat.read(lesson, as_version=4).cells
    cells = [cell for cell in cells if cell.cell_type == "code"]
    seconds = {}
    with Kernel(lesson.parent) as kernel:

        def expect(cell, errors, run):
            with subtests.test(cell=cell.id, run=run):
                assert bool(errors) == ("raises-exception" in tags(cell)), errors

        for time_ in ("first", "second"):
            for cell in cells:
                start = time.perf_counter()
                expect(cell, kernel.run(cell.source), f"the {time_} time")
                seconds[cell.id] = time.perf_counter() - start
        for cell in reversed(cells):
            kernel.run(cell.source, stop_after=seconds[cell.id] / 2)
            expect(cell, kernel.run(cell.source), "after the stop button")
