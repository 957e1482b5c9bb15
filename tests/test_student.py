"""The student edition: everything a learner needs, and nothing of a solution."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from tools import student
from tools.lessons import lessons

LESSONS = lessons()

pytestmark = pytest.mark.writing  # where a reader has answered, the edition is refused


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return student.write_student_edition(tmp_path_factory.mktemp("build"))


def is_solution(cell):
    return "solution" in cell.metadata.get("tags", [])


def texts(node):
    """Yield every string in a notebook's JSON, keys included, wherever it stands."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from texts(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from texts(value)


def leaks(complete, written):
    """Return the lines of `complete`'s solutions that a learner could find in `written`.

    Lines that the lesson shows outside of a solution too, such as a call of a check, are none.
    """
    shown = "\n".join(cell.source for cell in complete.cells if not is_solution(cell))
    found = "\n".join(texts(json.loads(written)))
    lines = (
        line.strip() for c in complete.cells if is_solution(c) for line in c.source.split("\n")
    )
    return [line for line in lines if line and line not in shown and line in found]


def test_every_lesson_is_there(edition):
    folder, _ = edition
    assert LESSONS
    assert [path.name for path in sorted(folder.glob("notebooks/*"))] == [p.name for p in LESSONS]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_has_no_solutions_and_no_outputs(edition, path):
    folder, _ = edition
    written = (folder / "notebooks" / path.name).read_text(encoding="utf-8")
    complete, lesson = nbformat.read(path, as_version=4), nbformat.reads(written, as_version=4)
    nbformat.validate(lesson)

    kept = [(cell.id, cell.source) for cell in complete.cells if not is_solution(cell)]
    assert [(cell.id, cell.source) for cell in lesson.cells] == kept
    assert leaks(complete, written) == []
    code = [cell for cell in lesson.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert lesson.metadata["edition"] == "student"


def test_solution_is_removed_and_a_copy_of_it_is_noticed():
    new = nbformat.v4
    complete = new.new_notebook(
        cells=[
            new.new_code_cell("slope = ...\ncheck(slope)"),
            new.new_code_cell("slope = 48.0\ncheck(slope)", metadata={"tags": ["solution"]}),
        ]
    )
    clean = student.student_notebook(complete)
    assert [cell.source for cell in clean.cells] == ["slope = ...\ncheck(slope)"]
    assert leaks(complete, nbformat.writes(clean)) == []

    clean.cells[0].metadata["note"] = "answer: slope = 48.0"
    assert leaks(complete, nbformat.writes(clean)) == ["slope = 48.0"]


def test_links_lead_to_files_of_the_edition(edition):
    folder, _ = edition
    for path in [folder / "README.md", *folder.glob("notebooks/*.ipynb")]:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            if "://" not in target:
                assert (path.parent / target).is_file(), f"{path.name} links to {target}"


def test_zip_holds_the_same(edition):
    folder, archive = edition
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    files = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    assert {
        "README.md",
        "LICENSE",
        "requirements.txt",
        "build_backend.py",
        "helpers/__init__.py",
    } < files.keys()
    with zipfile.ZipFile(archive) as zipped:
        held = {name: zipped.read(name) for name in zipped.namelist()}
    assert held == {f"{student.NAME}/{name}": content for name, content in files.items()}


def test_rebuilding_leaves_nothing_stale(edition):
    folder, archive = edition
    first = archive.read_bytes()
    (folder / "notebooks/renamed.ipynb").write_text("{}")
    student.write_student_edition(folder.parent)
    assert archive.read_bytes() == first
    assert not (folder / "notebooks/renamed.ipynb").exists()


@pytest.fixture
def notebooks(tmp_path):
    """Return a folder of two lessons, free to be changed."""
    (tmp_path / "notebooks").mkdir()
    for lesson in LESSONS[:2]:
        shutil.copy(lesson, tmp_path / "notebooks")
    return tmp_path / "notebooks"


def starter(tag, gaps=1):
    """Return the first lesson's path and the id of a starter with so many gaps in it."""
    for path in LESSONS[:2]:
        for cell in nbformat.read(path, as_version=4).cells:
            if tag in cell.metadata.get("tags", []) and cell.source.count("...") == gaps:
                return path.name, cell.id
    raise LookupError


def change(notebooks, name, cell_id, old="...", new="...", printed=None):
    notebook = nbformat.read(notebooks / name, as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    cell.source = cell.source.replace(old, new, 1)
    if printed:
        cell.outputs = [nbformat.v4.new_output("stream", text=printed)]
    nbformat.write(notebook, notebooks / name)


PLANTED = {
    "a guess": ("predict", 1, {"new": "7.5"}),
    "an answer": ("exercise", 1, {"new": "x ** 2"}),
    "one of two answers": ("exercise", 2, {"new": "12"}),
    "one of three": ("recall", 3, {"new": "4.0"}),
    "half a line": ("exercise", 1, {"new": "("}),
    "a verdict below it": ("exercise", 1, {"printed": "Correct: 6 it is.\n"}),
    "a verdict on a wrong one": ("recall", 3, {"printed": "Wrong: (a) is 6.\n"}),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_an_answer_left_in_a_lesson_is_refused_by_name(notebooks, tmp_path, planted):
    tag, gaps, answer = PLANTED[planted]
    name, cell_id = starter(tag, gaps)
    change(notebooks, name, cell_id, **answer)
    with pytest.raises(student.Refused) as refused:
        student.write_student_edition(tmp_path / "build", notebooks)
    assert str(refused.value).splitlines() == [
        f"{name}, cell {cell_id} holds an answer: put back the starter, with ..."
    ]
    assert not (tmp_path / "build").exists()


@pytest.mark.parametrize("name", ["Untitled.ipynb", "01_tape-Copy1.ipynb", "01_mine.ipynb"])
def test_a_stray_notebook_is_refused_by_name(notebooks, tmp_path, name):
    (notebooks / name).write_text(nbformat.writes(nbformat.v4.new_notebook()), encoding="utf-8")
    earlier = tmp_path / "build/student/README.md"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("as it was")
    with pytest.raises(student.Refused, match=name):
        student.write_student_edition(tmp_path / "build", notebooks)
    assert [path for path in (tmp_path / "build").rglob("*") if path.is_file()] == [earlier]
    assert earlier.read_text() == "as it was"


def test_it_is_written_where_text_is_ascii(tmp_path):
    code = (
        "import sys; from tools import student as s; s.write_student_edition(s.Path(sys.argv[1]))"
    )
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", code, tmp_path]
    subprocess.run(command, check=True, cwd=student.ROOT, env=os.environ | ascii_only)
    assert (tmp_path / f"{student.NAME}.zip").exists()
