"""Loads what `pytest --nbval` compares with, and names the course's own tags of cells."""

from nbcompare import compare

pytest_plugins = ["nbcompare.plugin", "tools.readers"]

# picture, strip: the figure that stands for the lesson in README.md, and at its top.
compare.TAGS |= {"exercise", "picture", "predict", "recall", "solution", "strip"}
