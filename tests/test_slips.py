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


def defined(source):
    """Return the function that a source defines under the name f, which can be read again."""
    name, names = f"<source {source}>", dict(NUMPY)
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    exec(compile(source, name, "exec"), names)
    return names["f"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("pattern", "new", "text"), RULES, ids=lambda part: part)
def test_every_rule_of_slips_names_what_it_leads_to(pattern, new, text):
    letters = [letter for letter in "abc" if re.search(rf"\b{letter}\b", pattern)]
    formula = defined(f"f = lambda {', '.join(letters)}: {pattern}")
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


SUM = """
def f(t):
    '''Return the sum that a loop makes.'''
    total = 1.0
    for n in (1, 2):
        total += n * t
    return total
"""
#: A right answer, another one, and what is said of it. No rule of the tables leads to it.
OTHERS = [
    ("t: 3 * t + 5", "t: 5 * t + 5", "that is 5t + 5: 5 is there instead of 3"),
    ("t: 3 * t + 5", "t: 4 * t + 5", "4 is there instead of 3"),
    ("t: 3 * t + 5", "t: 2 * t + 5", "2 is there instead of 3"),
    ("t: 3 * t + 5", "t: 6 * t + 5", "6 is there instead of 3"),
    ("t: 3 * t + 5", "t: 1.5 * t + 5", "1.5 is there instead of 3"),
    ("t: 3 * t + 5", "t: -3 * t + 5", "−3 is there instead of 3"),
    ("t: 3 * t + 5", "t: t * t + 5", "t is there instead of 3"),
    ("t: sum(t, keepdims=True)", "t: sum(t)", "False is there instead of True"),
    ("t, u: t * u**2 + sin(u)", "t, u: t * u**2 + sin(t)", "t is there instead of u"),
    ("t, u: sin(t - u)", "t, u: sin(u - t)", "t and u are exchanged"),
    ("t, u: u * t**2", "t, u: t * u**2", "t and u are exchanged"),
    ("t, u: exp(t) + u", "t, u: u * exp(t) + u", "exp t is multiplied by u"),
    ("t, u: exp(t) + u", "t, u: exp(t) + abs(u)", "the sign of u is lost"),
    ("t: sum(t, keepdims=True)", "t: mean(t, keepdims=True)", "that is the mean"),
    (SUM, SUM.replace("1.0", "2.0"), "total = 2: 2 is there instead of 1"),
    (SUM, SUM.replace("+=", "="), "= replaces what is in total before. += adds to it"),
    (SUM, SUM.replace("(1, 2)", "(1, 4)"), "4 is there instead of 2"),
]


@pytest.mark.parametrize(("right", "wrong", "words"), OTHERS)
def test_a_slip_that_is_in_no_table_is_named(right, wrong, words):
    right, wrong = (
        defined(source if "def" in source else f"f = lambda {source}") for source in (right, wrong)
    )
    points = [(X, Y), (X[:3] ** 2, Y[:3]), (X + 1, -Y)]
    points = [point[: wrong.__code__.co_argcount] for point in points]
    said = slips.fitting([wrong(*point) for point in points], points, slips.mutants(right))
    found = next(said)
    assert words in found and "that is total" not in found


def test_a_line_may_be_missing_or_come_too_early():
    right = "def f(t):\n    {}\n    u = t + 1\n    t = u * t\n    return u - t\n"
    said = dict(slips.mutants(defined(right.format("'''What it gives.'''"))))
    assert not any("What it gives" in words for words in said)
    early = said["t = u · t comes before u = t + 1, and belongs after it"]
    with pytest.raises(UnboundLocalError):
        early(X)
    assert np.allclose(said["t = u · t is missing"](X), np.ones(5))


def test_of_several_lambdas_in_a_line_the_right_one_is_read():
    first = defined("f, g = lambda t: 3 * t, lambda t: 5 * t")
    assert "that is 4t: 4 is there instead of 3" in dict(slips.mutants(first))
    assert not any("instead of 5" in words for words, _ in slips.mutants(first))


def test_what_cannot_be_read_has_no_mutants():
    assert list(slips.mutants(None)) == list(slips.mutants(np.sin)) == []
    assert list(slips.mutants(eval("lambda t: 2 * t"))) == []


def test_the_right_numbers_in_another_shape_are_named():
    truths = [X.reshape(5, 1) + n for n in range(3)]
    assert slips.slip([truth[:, 0] for truth in truths], truths) == (
        "has the right numbers, and its shape should be (5, 1)"
    )
    truths = [X.reshape(5, 1) * [1.0, 2.0]]
    reverse = [truths[0].ravel()[::-1]]
    assert slips.slip(reverse, truths) == "has the right numbers in the wrong places"
    assert slips.slip([X * 0], [X * 0]) is None
    assert slips.slip([np.array([4.0])], [np.array([4.3])]) == (
        "is cut to whole numbers, and decimals were expected"
    )
    assert slips.slip([np.array([123.45])], [np.array([123.4567])]) is None
    assert slips.slip([np.array([0.0])], [np.array([0.3])]) is None


def test_what_is_close_is_so_relative_to_its_size_or_to_1():
    assert slips.close(1.0009, 1.0) and not slips.close(1.0011, 1.0)
    assert slips.close(0.0009, 0.0) and not slips.close(0.0011, 0.0)
    assert slips.close([2001.9], [2000.0]) and not slips.close([2002.1], [2000.0])
    assert not slips.close([1.0], 1.0) and not slips.close(np.inf, np.inf)


def test_functions_of_a_family_are_taken_for_each_other():
    assert slips.SLIPS["min(a)"]["max(a)"] == "that is the largest, and the smallest is meant"
    assert slips.SLIPS["sin(a)"]["cos(a)"] == "a cosine is there instead of a sine"


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
