"""List the wrong answers that a lesson's checks would accept: python tools/survivors.py 03.

They are derived from the right formulas, one slip each (`verdict.mutants`), and give the right
numbers at every point that is tried. Most are right as well, such as |x²| for x². Where one is not,
the check needs a point that tells it from the truth.
"""

import sys

import numpy as np
import pytest

from tests import test_exercises
from verdict import judges
from verdict.running import name_of
from verdict.slips import close, value_at

#: For each formula, by the words for its slips: the answers' names, and the slips accepted.
FORMULAS = {}
ask = judges.why_wrong


def why_wrong(answer, values, truths, points, mistakes=None, derived=(), *rest):
    """Look which slips lead to the truth, and answer as before."""
    within = rest[1] if len(rest) > 1 else 1e-3
    derived, pairs = list(derived), list(zip(points, truths, strict=True))
    with np.errstate(all="ignore"):
        accepted = [
            text
            for text, slip in derived
            if all(close(value_at(slip, point), truth, within) for point, truth in pairs)
        ]
    names, known = FORMULAS.setdefault(tuple(text for text, _ in derived), (set(), accepted))
    names.add(name_of(answer))
    known[:] = min(known, accepted, key=len)  # some are tried at fewer points than others
    return ask(answer, values, truths, points, mistakes, derived, *rest)


if __name__ == "__main__":
    for module in list(sys.modules.values()):
        if getattr(module, "why_wrong", None) is ask:
            module.why_wrong = why_wrong
    # The rows of wrong answers lead to each formula.
    pytest.main(["-p", "no:terminal", test_exercises.__file__, "-k", f"meant and {sys.argv[1]}_"])
    for slips, (names, accepted) in FORMULAS.items():
        who = ", ".join(sorted(names - {"the answer"})) or "an answer"
        print(f"{who}: {len(accepted)} of {len(slips)} slips are accepted", *accepted, sep="\n    ")
