"""tools/execute.py stores outputs of a clean run, and leaves a failing notebook as it was."""

import nbformat
import pytest
from nbformat import v4

from tools.execute import METADATA, Stop, execute


@pytest.fixture
def notebook(tmp_path):
    """Return a function that writes a notebook of (source, tags) cells, as an editor leaves it."""

    def write(*cells):
        book = v4.new_notebook(metadata={"kernelspec": {"name": "other", "display_name": "mine"}})
        for number, (source, *tags) in enumerate(cells):
            kept = {"execution_count": 17, "metadata": {"tags": tags}, "id": f"cell-{number}"}
            book.cells.append(v4.new_code_cell(source, **kept))
        path = tmp_path / "lesson.ipynb"
        nbformat.write(book, path)
        return path

    return write


def test_stores_outputs_counts_and_nothing_else(notebook):
    path = notebook(("print(1 + 1)",), ("1 / 0", "raises-exception"), ("'three'",))
    execute(path)
    book = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in book.cells] == [1, 2, 3]
    assert [cell.id for cell in book.cells] == ["cell-0", "cell-1", "cell-2"]
    assert book.metadata == METADATA
    assert book.cells[0].outputs[0].text == "2\n"
    assert book.cells[1].outputs[0].traceback == ["ZeroDivisionError: division by zero"]
    assert book.cells[2].outputs[0].data == {"text/plain": "'three'"}
    assert [list(cell.metadata) for cell in book.cells] == [[], ["tags"], []]


def test_runs_where_the_notebook_stands(notebook):
    path = notebook(("from pathlib import Path; print(Path('lesson.ipynb').exists())",))
    execute(path)
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "True\n"


FAILURES = {
    "an error": ([("x = 1",), ("1 / 0",)], "cell-1(.|\n)*ZeroDivisionError"),
    "a word on stderr": ([("import sys; print('oh', file=sys.stderr)",)], "wrote to stderr:\noh"),
    "nothing raised": ([("print('fine')", "raises-exception")], "nothing was raised"),
    "a dead kernel": ([("import os; os._exit(1)",)], "cell-0(.|\n)*[Dd]ied"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_leaves_a_failing_notebook_as_it_was(notebook, failure):
    cells, message = FAILURES[failure]
    path = notebook(*cells)
    before = path.read_bytes()
    with pytest.raises(Stop, match=message):
        execute(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["lesson.ipynb"]
