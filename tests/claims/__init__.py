"""What the lessons say of TensorFlow, Keras and NumPy, or of causes, and no cell of theirs shows.

Each test quotes a sentence and its cell, and runs what would come out differently were it false.
Those that take longer than a second are marked `claims`: `make test-claims` runs them.
"""

import functools
import linecache
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@functools.cache
def cells_of(lesson):
    """Return the sources of a lesson's cells by their ids, and its file's name."""
    (path,) = NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    return {c.id: c.source for c in nbformat.read(path, as_version=4).cells}, path.name


def says(lesson, cell, sentence):
    """Fail unless a cell of a lesson, such as "05", says a sentence; line breaks do not count."""
    sources, name = cells_of(lesson)
    said = " ".join(sources.get(cell, "").split())
    assert " ".join(sentence.split()) in said, f"{name}, {cell} no longer says: {sentence}"


def run(lesson, *cells, **names):
    """Run cells of a lesson, by their ids, with these names at hand; return the namespace."""
    sources, _ = cells_of(lesson)
    for cell in cells:
        source, name = sources[cell], f"<{lesson} {cell}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)  # for AutoGraph
        exec(compile(source, name, "exec"), names)
    return names
