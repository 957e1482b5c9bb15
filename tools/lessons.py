"""Which notebooks are lessons, and what a reader has done to one."""

import ast
import math
import re
from itertools import dropwhile
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

import nbcompare.reading

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

# What a notebook says of itself; editors add more, which would change from machine to machine.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STARTERS = {"exercise", "recall", "predict"}
VERDICT = re.compile(r"\b(Correct|Wrong): ")


def lessons(folder=NOTEBOOKS):
    """List the lessons of a folder in order, ``01_name.ipynb``; other notebooks are a reader's."""
    return sorted(p for p in folder.glob("*.ipynb") if re.fullmatch(r"\d\d_[a-z_]+", p.stem))


def read(path):
    """Read a lesson, whose cells are named by ids; raise `Unreadable` where that cannot be."""
    return nbcompare.reading.read(path, ids=True)


def tree(source):
    """Parse a cell's code, magics included; what is timed by ``%%time`` or the like counts."""
    first, _, rest = source.lstrip().partition("\n")
    if re.match(r"%%(capture|prun|time|timeit)\b", first):
        source = rest
    return ast.parse(TransformerManager().transform_cell(source))


def tags(cell):
    """Return the set of a cell's tags."""
    return set(cell.metadata.get("tags", []))


def minutes_needed(notebook):
    """Return how long a learner needs who types every guess and does every exercise.

    140 words a minute, five minutes an exercise, one and a half a guess, code read at ten lines a
    minute; nobody reads imports. The rates are fitted to how long learners took for the lessons of
    part two, 79 to 95 minutes each: the formula was off by 5 on average.
    """
    words = sum(len(cell.source.split()) for cell in notebook.cells if cell.cell_type == "markdown")
    exercises = sum("exercise" in tags(cell) for cell in notebook.cells)
    guesses = sum("predict" in tags(cell) for cell in notebook.cells)
    typed = {"exercise", "solution", "predict"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id != "imports"]
    read = [cell.source for cell in code if not typed & tags(cell)]
    lines = sum(bool(line.strip()) for source in read for line in source.splitlines())
    return 5 * math.ceil((words / 140 + 5 * exercises + 1.5 * guesses + lines / 10) / 5)


def answered(notebook):
    """List the starters that no longer wait for an answer, as cells.

    In a starter, what defines a name of the solution must hold ``...``, line by line, or stand in
    the solution too; and no verdict on an answer may stand below it.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        cell
        for number, cell in enumerate(code)
        if tags(cell) & STARTERS
        and (not _is_open(cell, next(_solutions(code[number:]), None)) or _shows_verdict(cell))
    ]


def is_as_written(notebook):
    """Whether a lesson is as tools/execute.py wrote it: neither answered nor saved by an editor."""
    return notebook.metadata == METADATA and not answered(notebook)


def _solutions(cells):
    return dropwhile(lambda cell: "solution" not in tags(cell), cells)


def _is_open(starter, solution):
    given = _definitions(starter)
    if given is None:  # half a line is an answer too
        return False
    wanted = _definitions(solution) if solution and "exercise" in tags(starter) else None
    wanted = wanted or {}
    own = {line for name in given.keys() & wanted.keys() for line in given[name]}
    theirs = {line for lines in wanted.values() for line in lines}
    return any("..." in line for lines in given.values() for line in lines) and all(
        "..." in line for line in own - theirs
    )


def _definitions(cell):
    """Map the names that a cell gives a value to the lines that do so, one a statement.

    None if the cell is no Python.
    """
    names = {}
    try:
        statements = tree(cell.source).body
    except SyntaxError:
        return None
    for node in statements:
        lines = [ast.unparse(n) for n in ast.walk(node) if _is_line(n)]
        if isinstance(node, ast.Assign):
            names.update((ast.unparse(target), lines) for target in node.targets)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = lines
    return names


def _is_line(node):
    return isinstance(node, ast.stmt) and not hasattr(node, "body")


def _shows_verdict(cell):
    return any(VERDICT.search(str(output.get("text", ""))) for output in cell.outputs)
