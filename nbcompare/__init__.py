"""What `pytest --nbval` compares beyond text: numbers within a tolerance, and figures.

nbval runs a notebook's cells and compares what they print with the stored output, letter by
letter, and no pictures. `nbcompare.plugin`, loaded by ``pytest --nbval -p nbcompare.plugin`` or by
``pytest_plugins = ["nbcompare.plugin"]`` in a conftest.py, adds three tags of cells, whose defaults
`compare.TOLERANCE` holds and a cell's metadata may change:

- ``numbers-close``: numbers may differ a little from the stored ones, those after some words by
  an amount of their own (absolute; 0 for exact):
  ``"tolerance": {"absolute": 0.05, "after": {"sum": 0.001, "accuracy": 0.01}}``;
- ``times-close``: numbers are times, which may be up to ten times as long or as short; of figures
  what is written in them is compared;
- ``figures-close``: lines may have moved, but no colour may have come or gone and nothing beside
  the axes may differ: ``"tolerance": {"shift": 0.03, "areas": false}``. Where a PNG tells it by its
  text ``data``, the points of lines, bars and markers may have moved by a share of their axes:
  ``"tolerance": {"data": 0.05}``.

Figures of other cells may not move at all. A misspelt tag, a tolerance without effect, a notebook
that cannot be read, a cell whose output was deleted and a kernel that died fail, and say so.
`compare.TAGS` holds the known tags; a course that has tags of its own adds them there.

Where a figure differs, the stored one, the new one and their difference are saved in a temporary
folder, which the failure names; `compare.FIGURES` may name another.
"""
