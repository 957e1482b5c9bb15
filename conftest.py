"""Loads what `pytest --nbval` compares with, and tells it what is the course's own."""

from pathlib import Path

from nbcompare import compare

pytest_plugins = ["nbcompare.plugin", "tools.readers"]

# picture, strip: the figure that stands for the lesson in README.md, and at its top.
compare.TAGS |= {"exercise", "picture", "predict", "recall", "solution", "strip"}
compare.FIGURES = Path(__file__).parent / "build/figures"
