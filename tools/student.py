"""Write the student edition into build/: a folder that works on its own, and the same as a zip.

Its lessons have no solutions and no outputs. Answers typed into the lessons, and notebooks that are
none of the course, are refused by name before anything is written. Usage: python tools/student.py
"""

import copy
import shutil
import sys
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

from nbcompare.reading import Unreadable
from tools.lessons import NOTEBOOKS, answered, lessons, read

ROOT = Path(__file__).resolve().parents[1]
NAME = "gradient-course-student"

# What the lessons and their installation need, copied as it is.
COPIED = [
    "helpers",
    "check",
    "verdict",
    "nbcompare",
    "data",
    "lab.py",
    "requirements.txt",
    "constraints.txt",
    "pyproject.toml",
    "build_backend.py",
    "LICENSE",
]


class Refused(Exception):
    """What stands in the lessons' folder is not for students; says what and where."""


def faults(notebooks):
    """Yield what in the lessons' folder must not reach a student."""
    numbers = Counter(path.name[:2] for path in lessons(notebooks))
    for path in sorted(notebooks.glob("*.ipynb")):
        if path not in lessons(notebooks):
            yield f"{path.name} is no lesson of the course: move it elsewhere"
        elif numbers[path.name[:2]] > 1:
            yield f"{path.name} is not the only lesson {path.name[:2]}: move the other elsewhere"
        else:
            try:
                lesson = read(path)
            except Unreadable as reason:
                yield str(reason)
                continue
            for cell in answered(lesson):
                yield f"{path.name}, cell {cell.id} holds an answer: put back the starter, with ..."


def student_notebook(notebook):
    """Return the student edition of a lesson.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The complete edition; it is left as it is.

    Returns
    -------
    nbformat.NotebookNode
        Without the cells tagged ``solution`` and without outputs, with ``"edition": "student"``
        in its metadata.
    """
    student = copy.deepcopy(notebook)  # the preprocessors change what they are given
    TagRemovePreprocessor(remove_cell_tags={"solution"}).preprocess(student, {})
    ClearOutputPreprocessor().preprocess(student, {})
    student.metadata["edition"] = "student"
    return student


def write_student_edition(build, notebooks=NOTEBOOKS):
    """Write ``build/student/`` and ``build/gradient-course-student.zip`` anew.

    The same course gives the same zip, byte for byte.

    Parameters
    ----------
    build : pathlib.Path
        Made if missing. Only the folder and the zip named above are replaced in it.
    notebooks : pathlib.Path
        The lessons' folder.

    Returns
    -------
    folder, archive : pathlib.Path
        What was written.

    Raises
    ------
    Refused
        With every one of the `faults`, before anything is written.
    """
    if found := list(faults(notebooks)):
        raise Refused("\n".join(found))
    folder, archive = build / "student", build / f"{NAME}.zip"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)

    for path in lessons(notebooks):
        nbformat.write(student_notebook(read(path)), folder / "notebooks" / path.name)
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    shutil.copy(ROOT / "tools/student_README.md", folder / "README.md")

    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                # A ZipInfo made by hand carries no time of day.
                entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(folder).as_posix()}")
                zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return folder, archive


if __name__ == "__main__":
    try:
        for written in write_student_edition(ROOT / "build"):
            print(written.relative_to(ROOT))
    except Refused as reason:
        sys.exit(f"Nothing was written:\n{reason}")
