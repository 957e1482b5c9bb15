"""Verdicts on the exercises of the lessons.

Each exercise has a check of its own, such as ``check.wave(wave_slope)`` in lesson 01, written in
``lesson_01.py`` with the judges of ``verdict``; `prediction`, `progress` and `why_none` serve every
lesson.
"""

import importlib
import pkgutil
from pathlib import Path

from IPython import get_ipython

import helpers  # first: it starts TensorFlow quietly
from helpers import plotting
from verdict import engine, running
from verdict.engine import CHECKS, prediction, progress
from verdict.none import why_none

running.LIBRARIES |= {str(Path(file).resolve().parent) for file in (__file__, helpers.__file__)}
engine.draw = plotting.show_answer if get_ipython() else None
for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
globals().update(CHECKS)

__all__ = ["prediction", "progress", "why_none", *CHECKS]
