"""Loads what `pytest --nbval` compares with, and names the course's own tags of cells."""

from nbcompare import compare

pytest_plugins = ["nbcompare.plugin", "tools.readers"]

compare.TAGS |= {"exercise", "predict", "recall", "solution"}
