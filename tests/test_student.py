"""The student edition: everything a learner needs, and nothing of a solution."""

import json
import re
import zipfile

import nbformat
import pytest

from tools import student

LESSONS = sorted((student.ROOT / "notebooks").glob("*.ipynb"))


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
        for target in re.findall(r"\]\(([^)\s#]+)", path.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (path.parent / target).is_file(), f"{path.name} links to {target}"


def test_zip_holds_the_same(edition):
    folder, archive = edition
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    files = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    assert {"README.md", "LICENSE", "requirements.txt", "helpers/__init__.py"} < files.keys()
    with zipfile.ZipFile(archive) as zipped:
        held = {name: zipped.read(name) for name in zipped.namelist()}
    assert held == {f"{student.NAME}/{name}": content for name, content in files.items()}


def test_rebuilding_leaves_nothing_stale(tmp_path):
    folder, archive = student.write_student_edition(tmp_path)
    first = archive.read_bytes()
    (folder / "notebooks/renamed.ipynb").write_text("{}")
    student.write_student_edition(tmp_path)
    assert archive.read_bytes() == first
    assert not (folder / "notebooks/renamed.ipynb").exists()
