"""Read a notebook, whichever program saved it, or say in a sentence what is wrong with its file."""

import json
import re
import warnings
from pathlib import Path

import nbformat
from nbformat import NotebookNode


class Unreadable(Exception):
    """A file holds no notebook that can be compared; says which file, why, and what to do."""


def read(path: Path, ids: bool = False) -> NotebookNode:
    """Read a notebook of format 4.

    Parameters
    ----------
    path : pathlib.Path
    ids : bool
        Whether each cell must have an id of its own, which came with format 4.5.

    Raises
    ------
    Unreadable
        If the file is no such notebook.
    """
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unreadable(
            f"{path.name} is not UTF-8 text: save it as UTF-8, or restore it"
        ) from None
    if not text.strip():
        raise Unreadable(f"{path.name} is empty: restore it, such as with git checkout")
    if text.startswith("\ufeff"):
        raise Unreadable(
            f"{path.name} begins with a byte order mark, at which JupyterLab fails too: save it as "
            "UTF-8 without one"
        )
    if conflict := re.search("^<<<<<<< .*", text, re.MULTILINE):
        line = text.count("\n", 0, conflict.start()) + 1
        raise Unreadable(
            f"{path.name} holds a merge conflict, in line {line}: {conflict[0].strip()}. Choose "
            "one side, such as with git checkout --ours or --theirs"
        )
    return _notebook(path.name, text, ids)


def _notebook(name, text, ids):
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1].strip()[:60]
        raise Unreadable(
            f"{name} is not a notebook: {error.msg} in line {error.lineno}, {line!r}. Restore it"
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise Unreadable(f"{name} is JSON, but not a notebook: restore it")
    if content["nbformat"] != 4:
        raise Unreadable(
            f"{name} has notebook format {content['nbformat']}, and 4 is needed: open it in "
            "JupyterLab, and save it"
        )
    if ids and (lacking := _ids_wrong(content)):
        raise Unreadable(
            f"{name} {lacking}, by which its cells are named: restore it, and make the change in "
            "JupyterLab or another program that keeps ids"
        )
    try:
        with warnings.catch_warnings(action="ignore"):  # missing ids are made up here
            nbformat.validate(content)
            notebook = nbformat.reads(text, as_version=4)
    except nbformat.ValidationError as error:
        place = next((part for part in error.absolute_path if isinstance(part, int)), None)
        where = "" if place is None else f" (cell {place})"
        reason = (
            error.message if len(error.message) < 150 else "its parts are not as they should be"
        )
        raise Unreadable(
            f"{name} is not a valid notebook: {reason}{where}. Open it in JupyterLab, and save it"
        ) from None
    return notebook


def _ids_wrong(content):
    ids = [cell.get("id") for cell in content.get("cells", []) if isinstance(cell, dict)]
    if None in ids:
        version = f"{content['nbformat']}.{content.get('nbformat_minor', 0)}"
        return f"was saved without cell ids (notebook format {version})"
    twice = next((name for name in ids if ids.count(name) > 1), None)
    return twice and f"has two cells with the id {twice!r}"


def without_outputs(notebook: NotebookNode) -> bool:
    """Whether none of a notebook's cells of code has an output or a count, as if it never ran."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return bool(code) and not any(cell.outputs or cell.execution_count for cell in code)
