"""Write the student edition into build/: a folder that works on its own, and the same as a zip.

Its lessons have no solutions and no outputs. Usage: python tools/student.py
"""

import copy
import shutil
import zipfile
from pathlib import Path

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

ROOT = Path(__file__).resolve().parents[1]
NAME = "gradient-course-student"

# What the lessons and their installation need, copied as it is.
COPIED = ["helpers", "data", "requirements.txt", "constraints.txt", "pyproject.toml", "LICENSE"]


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


def write_student_edition(build):
    """Write ``build/student/`` and ``build/gradient-course-student.zip`` anew.

    The same course gives the same zip, byte for byte.

    Parameters
    ----------
    build : pathlib.Path
        Made if missing. Only the folder and the zip named above are replaced in it.

    Returns
    -------
    folder, archive : pathlib.Path
        What was written.
    """
    folder, archive = build / "student", build / f"{NAME}.zip"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)

    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        lesson = nbformat.read(path, as_version=4)
        nbformat.write(student_notebook(lesson), folder / "notebooks" / path.name)
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
    for written in write_student_edition(ROOT / "build"):
        print(written.relative_to(ROOT))
