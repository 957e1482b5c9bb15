"""Which wrong answers are derived from the right one, and what is said of them.

NumPy is all that it needs.
"""

import linecache
import re

import numpy as np
import pytest

from verdict import slips

NUMPY = vars(np) | {"np": np, "solve": np.linalg.solve}
X, Y = np.array([-2.3, 0.4, 1.7, -0.6, 0.9]), np.array([1.2, -0.7, 1.7, 0.3, 3.1])
MATRIX = np.array([[3.0, 1.0], [0.5, 2.0]])
#: What a, b and c may be. Each rule is tried with all that make sense in it.
SAMPLES = [
    (X, Y, 1.5),
    (abs(X), abs(Y), 1.5),
    (3 * X, -2.0, 1.0),
    (MATRIX, MATRIX[::-1] ** 2, 1.0),
    (MATRIX @ MATRIX.T, np.array([1.0, 4.0]), 1.0),
    (X > 0, Y > 1, 0.0),
    (X > 0, Y, X),
]
RULES = [
    *((pattern, new, text) for pattern, row in slips.SLIPS.items() for new, text in row.items()),
    *(("expm1(a)", f"expm1({new})", text) for new, text in slips.ANYWHERE.items()),
]


def formula_of(pattern):
    """Return a pattern as a function whose source can be read, and its letters."""
    letters = [letter for letter in "abc" if re.search(rf"\b{letter}\b", pattern)]
    source, name = f"formula = lambda {', '.join(letters)}: {pattern}\n", f"<pattern {pattern}>"
    linecache.cache[name] = (len(source), None, [source], name)
    names = dict(NUMPY)
    exec(compile(source, name, "exec"), names)
    return names["formula"], letters


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("pattern", "new", "text"), RULES, ids=lambda part: part)
def test_every_rule_of_slips_names_what_it_leads_to(pattern, new, text):
    formula, letters = formula_of(pattern)
    derived, said = list(slips.mutants(formula)), []
    for sample in SAMPLES:
        given = dict(zip("abc", sample, strict=True))
        point = [given[letter] for letter in letters]
        try:
            wrong = np.asarray(eval(new, NUMPY | given), float)
            truth = np.asarray(formula(*point), float)
        except (TypeError, ValueError):  # this makes no sense of such numbers
            continue
        if np.isfinite(wrong).all() and not slips.close(wrong, truth):
            said.append(list(slips.fitting([wrong], [point], derived)))
    words = text.format(a="a", b="b", c="c")
    assert all(said), "what it leads to is not named"
    assert any(words in texts[0] for texts in said), "another rule is always named before it"


def test_every_change_of_a_result_is_named():
    rng = np.random.default_rng(0)
    truths = [rng.uniform(0.3, 3, 5) for _ in range(3)]
    for formula, text in slips.DONE.items():
        done = [np.asarray(eval(formula, NUMPY | {"t": truth})) for truth in truths]
        assert slips.slip(done, truths) == text.format(size=5), formula
    flipped = [truth[::-1] for truth in truths]
    assert slips.slip(flipped, truths) == "has the right numbers in the wrong places"
    assert slips.slip([truth + 0.123 for truth in truths], truths) is None
    tables = [rng.uniform(0.3, 3, (2, 3)) for _ in range(2)]
    assert slips.slip([table.T for table in tables], tables) == "is transposed"
