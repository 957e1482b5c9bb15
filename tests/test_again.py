"""Every cell of a lesson can be run again: at once, after all, after the stop button, in any order.

tests/test_exercises.py does some of it with the quick cells of every lesson; this does it with all.
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

        def expect(cell, run):
            start = time.perf_counter()
            errors = kernel.run(cell.source)
            seconds[cell.id] = time.perf_counter() - start
            with subtests.test(cell=cell.id, run=run):
                assert bool(errors) == ("raises-exception" in tags(cell)), errors

        for cell in cells:
            expect(cell, "the first time")
            expect(cell, "twice in a row")
        for cell in cells:
            # Nobody presses it sooner; tests/test_exercises.py interrupts what is quicker.
            kernel.run(cell.source, stop_after=max(0.1, seconds[cell.id] / 2))
            expect(cell, "the lesson again, and after the stop button")
        for cell in reversed(cells):
            expect(cell, "from the last to the first")
