"""Verdicts on the exercises: whether an answer is right and, if not, which mistake it shows.

Each exercise has a check of its own, such as ``check.wave(wave_slope)`` in lesson 01, written in
``lesson_01.py``; `prediction`, `progress` and `why_none` serve every lesson.

Each module stands on those before it: `running` runs a learner's code, and `errors` says what an
error of it means; `listening` hears what it does, and `none` says, in the words of `reasons`, why a
gradient is None; `engine` makes a verdict; `judges` and `models` hold what several lessons ask for.
"""

import importlib
import pkgutil

from .engine import CHECKS, prediction, progress
from .none import why_none

for _module in pkgutil.iter_modules(__path__):
    if _module.name.startswith("lesson_"):
        importlib.import_module(f"{__name__}.{_module.name}")
globals().update(CHECKS)

__all__ = ["prediction", "progress", "why_none", *CHECKS]
