"""What keeps a lesson out of the book, though it can be run."""

from nbcompare.reading import Unreadable
from tools.lessons import NOTEBOOKS, lessons, read, tree


def faults(notebooks=NOTEBOOKS):
    """Yield what is wrong with the stored lessons, one sentence for each."""
    for lesson in lessons(notebooks):
        try:
            notebook = read(lesson)
        except Unreadable as reason:
            yield str(reason)
            continue
        first = notebook.cells[0] if notebook.cells else None
        if not first or first.cell_type != "markdown" or not first.source.startswith("# "):
            yield f"{lesson.name} does not begin with its title: take out what stands above it"
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        bare = [cell.id for cell in code if cell.execution_count is None]
        if bare:
            which = "any cell" if len(bare) == len(code) else f"the cells {', '.join(bare)}"
            yield (
                f"{lesson.name} holds no outputs of {which}: they were cleared, or a git filter "
                "such as nbstripout took them out. Run make notebooks, or restore the file"
            )
        for cell in code:
            try:
                tree(cell.source)
            except SyntaxError as error:
                yield f"{lesson.name}, cell {cell.id} is no Python: {error.msg}"
