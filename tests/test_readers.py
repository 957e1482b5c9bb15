"""What a reader did to a lesson is no fault, and what the course did is one."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from tools import lessons

ROOT = lessons.NOTEBOOKS.parent

WRITING = """
from pathlib import Path
import pytest

LESSONS = sorted((Path(__file__).parent / "notebooks").glob("*.ipynb"))

@pytest.mark.writing
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_lesson(lesson):
    assert "guess = ..." in lesson.read_text(encoding="utf-8")

@pytest.mark.writing
def test_course():
    assert "guess = ..." in LESSONS[0].read_text(encoding="utf-8")

def test_helpers():
    pass
"""


def cell(source, printed="", *tags, count=1):
    outputs = [v4.new_output("stream", text=printed)] if printed else []
    made = v4.new_code_cell(source, outputs=outputs, execution_count=count)
    made.metadata["tags"] = list(tags)
    return made


@pytest.fixture
def course(tmp_path):
    """Return a folder that holds a course of one small lesson, as it was written."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tools.readers"]')
    (tmp_path / "test_writing.py").write_text(WRITING)
    (tmp_path / "check.py").write_text("def value(guess): print('you said', guess)")
    cells = [
        cell("import check"),
        cell("guess = ...", "", "predict"),
        cell("check.value(guess)", "you said Ellipsis\n"),
        cell("print(1 + 1)", "2\n"),
    ]
    write(tmp_path, v4.new_notebook(cells=cells, metadata=lessons.METADATA))
    return tmp_path


def read(course):
    return nbformat.read(course / "notebooks/01_lesson.ipynb", as_version=4)


def write(course, notebook, name="01_lesson"):
    nbformat.write(notebook, course / f"notebooks/{name}.ipynb")


def outcomes(course, **environment):
    """Run pytest as `make test` does; return what it counted, and all that it said."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-rs"]
    command += ["-p", "no:warnings", "-p", "nbcompare._quick"]
    environment = {"CI": "", "PYTHONPATH": f"{course}{os.pathsep}{ROOT}"} | environment
    said = subprocess.run(
        command, cwd=course, env=os.environ | environment, capture_output=True, encoding="utf-8"
    ).stdout
    return said.splitlines()[-1].partition(" in ")[0], said


def test_nothing_is_left_out_of_the_course_as_it_was_written(course):
    assert outcomes(course)[0] == "7 passed"


def test_answers_and_errors_of_a_reader_are_no_faults(course):
    notebook = read(course)
    notebook.metadata.language_info.version = "3.11.7"
    notebook.cells[1].source = "guess = 7"  # and what is printed below is stale
    notebook.cells.insert(3, cell("1 / 0"))
    notebook.cells[3].outputs = [v4.new_output("error", ename="ZeroDivisionError", evalue="")]
    notebook.cells.append(cell("undefined", count=None))
    write(course, notebook)
    write(course, v4.new_notebook(cells=[cell("undefined")]), name="Untitled")
    counted, said = outcomes(course)
    assert counted == "7 passed, 3 skipped"
    assert "01_lesson.ipynb holds work of your own" in said

    assert "failed" in outcomes(course, CI="true")[0]


def test_what_a_lesson_shows_is_still_compared(course):
    notebook = read(course)
    notebook.cells[1].source = "guess = 7"
    notebook.cells[3].outputs[0].text = "3\n"
    write(course, notebook)
    assert outcomes(course)[0].startswith("1 failed, ")
