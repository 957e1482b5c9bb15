"""Verdicts of lesson 13, build your own tape."""

import functools
import inspect
import itertools

import numpy as np
import tensorflow as tf

from verdict.engine import call, exercise, needs_function, numbers
from verdict.judges import function, gradient_of, number, refuse
from verdict.models import parameters
from verdict.running import Unanswered, Wrong, show
from verdict.slips import close, mutants

# --- Recall ---------------------------------------------------------------------------------------


@exercise
def recall_13(a, b, c):
    """Judge a gradient past the tape, the shape of a row minus a column, a count of parameters."""
    return {
        "a": functools.partial(_half_recorded, a),
        "b": functools.partial(_shape, b),
        "c": functools.partial(parameters, c, 784, 128, 10),
    }


def _half_recorded(answer):
    if answer is None:
        raise Wrong("None means that nothing is recorded. The product of x and an array is")
    return number(
        answer,
        9.0,
        mistakes={
            "27 is the slope of x³. TensorFlow's tape records only the product, and in it np.square"
            "(x) is a constant": 27,
            "that is the slope of np.square(x), which the tape does not record": 6,
            "18 is what the tape does not record, x times 2x. What is left?": 18,
            "the tape does not record np.square, but it records the product": 0,
        },
        look="Which of the two steps does TensorFlow's tape record, and what is the other to it?",
    )


def _shape(answer):
    if isinstance(answer, str):
        raise Wrong(f"{show(answer)} is text. The two shapes fit together. Write a tuple")
    if getattr(answer, "shape", None) == (50, 50):
        raise Wrong("that is an array of the right shape. Write its shape, a tuple")
    return number(
        answer,
        (50, 50),
        mistakes={
            "the row is not kept: each of its numbers meets each number of the column": (50,),
            "each number of the column meets the whole row, not one number of it": (50, 1),
            "the column has 50 rows, and each of them meets the whole row": (1, 50),
            "that is how many numbers the result has. Which shape?": 2500,
        },
        look="How many rows has the result, and how many columns?",
    )


# --- An engine without a list ---------------------------------------------------------------------


class Node:
    """A number and how it came about, as in the lesson."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.slope = value, parents, 0.0

    def __add__(self, other):
        return Node(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Node(self.value * other.value, [(self, other.value), (other, self.value)])


_FORMULAS = "a*b", "a*b + a", "a*a + b", "a + b*b*a", "(s:=a*b)*s + s"
_PLACES = (4.0, 5.0), (-1.5, 0.5), (3.0, 3.0)  # two nodes may have the same value


def _visit(node, slope):
    """Keep what arrives at a node, and return what is sent on to which parent."""
    node.slope = node.slope + slope
    return [(parent, slope * local) for parent, local in node.parents]


def _visit_parents(node, slope):
    for parent, local in node.parents:
        parent.slope += slope * local
    return [(parent, slope * local) for parent, local in node.parents]


_VISITS = {
    "all slopes are still 0 when it is done. It should leave each in its node's slope": (
        lambda node, slope: []
    ),
    "the result gets its slope, and nothing is sent on to its parents": (
        lambda node, slope: _visit(node, slope)[:0]
    ),
    "only the first parent of each node is visited. Is there a return inside the loop?": (
        lambda node, slope: _visit(node, slope)[:1]
    ),
    "only the result's own slope is missing. It is 1": _visit_parents,
    "every slope but the result's is added twice: for the parent, and again in its own visit": (
        lambda node, slope: _visit(node, slope) and _visit_parents(node, slope)
    ),
    "everything that has arrived so far is sent on, so the first slope is sent on again together "
    "with the second. Send on only what arrives now": (
        lambda node, slope: (
            _visit(node, slope) and [(parent, node.slope * local) for parent, local in node.parents]
        )
    ),
}


def _slopes(walk, formula, at):
    """Return the slopes that a walk back leaves: in a, in b, and from the result on."""
    a, b = map(Node, at)
    nodes = [a, b, result := eval(formula, {"a": a, "b": b})]
    returned = walk(result)
    if returned is ... or inspect.isgenerator(returned):
        return returned
    for node in nodes[2:]:
        nodes.extend(parent for parent, _ in node.parents if parent not in nodes)
    return np.array([numbers(node.slope, ()) for node in nodes])


def _played(visit):
    """Return what `_slopes` finds for a visit, which goes on to the parents."""

    def walk(node, slope=1.0):
        for parent, sent in visit(node, slope):
            walk(parent, sent)

    return functools.partial(_slopes, walk)


@exercise
def recursion(repaired_back):
    """Judge a walk back through nodes, in graphs of the check's own."""
    needs_function(repaired_back)
    code = getattr(repaired_back, "__code__", None)
    if code and code.co_code == (lambda: None).__code__.co_code:
        raise Unanswered("put your answer in place of the ...")
    if "broken_back" in getattr(code, "co_names", ()):
        raise Wrong("it calls broken_back, which overwrites. Let it call itself, repaired_back")
    walked = functools.wraps(repaired_back)(functools.partial(_slopes, repaired_back))
    cases = [(formula, at) for formula in _FORMULAS for at in _PLACES]
    refuse(
        repaired_back,
        [call(walked, *case) for case in cases],
        [_played(_visit)(*case) for case in cases],
        cases,
        mistakes={text: _played(visit) for text, visit in _VISITS.items()},
        derived=((text, _played(visit)) for text, visit in mutants(_visit)),
        look="These are the slopes of a, of b, of the result and of what is between. Along each "
        "path from the result the slopes are multiplied, and the paths are added",
    )
    return f"the slopes are right in all {len(_FORMULAS)} formulas tried"


# --- Stretched arrays -----------------------------------------------------------------------------


@exercise
def column_row(column_slope, row_slope):
    """Judge the two slopes of a column times a row."""
    random = np.random.default_rng(5)
    at = [
        (random.normal(size=(n, m)), random.normal(size=(n, 1)), random.normal(size=m))
        for n, m in ((9, 10), (10, 10), (12, 9))  # too long to be shown
    ]
    return {
        "column": function(
            column_slope,
            lambda g, column, row: np.sum(g * row, axis=1, keepdims=True),
            at,
            given=np.array,
            look="Multiply g by the row, then sum along the axis of the row",
        ),
        "row": function(
            row_slope,
            lambda g, column, row: np.sum(g * column, axis=0),
            at,
            given=np.array,
            look="Multiply g by the column, then sum along the axis of the column",
        ),
    }


# --- An operation of one's own --------------------------------------------------------------------


def logistic(a):
    """Return the sigmoid, under the learner's name for it."""
    return 1 / (1 + np.exp(-a))


@exercise
def sigmoid(operation, rule):
    """Judge a new operation and its rule, each by itself."""
    random = np.random.default_rng(6)
    at = [(random.normal(size=shape), random.normal(size=shape)) for shape in ((), (3,), (2, 3))]
    judged = function(
        operation,
        lambda a: 1 / (1 + np.exp(-a)),
        [(a,) for _, a in at],
        given=np.array,
        look="Compare it with 1 / (1 + np.exp(-a)), bracket by bracket",
    )
    rule_judged = function(
        rule,
        lambda g, a: g * (logistic(a) * (1 - logistic(a))),
        at,
        given=np.array,
        mistakes={
            "a (1 - a) would be right if a were the output. The rule gets the input": (
                lambda g, a: g * a * (1 - a)
            ),
            "1 - σ² has the form of the slope of tanh. The slope of σ is σ (1 - σ)": (
                lambda g, a: g * (1 - logistic(a) ** 2)
            ),
        },
        look="Multiply g by the slope σ(a) (1 - σ(a)) at the input a",
    )
    return {
        "function": lambda: _in_numpy(judged(), operation, 0.5),
        "rule": lambda: _in_numpy(rule_judged(), rule, 2.0, 0.5),
    }


def _in_numpy(right, answer, *args):
    if tf.is_tensor(answer(*map(np.array, args))):
        raise Wrong("the numbers are right, but apply takes NumPy arrays, and this is a tensor")
    return right


# --- A tape around a tape -------------------------------------------------------------------------

_FUNCTIONS = {
    "x**3": (lambda x: x**3, 4.0),
    "sin(x)*exp(x)": (lambda x: np.sin(x) * np.exp(x), 0.7),
    "x*x*x": (lambda x: x * x * x, 1.5),
    "sum((A @ x)**3)": (
        lambda x: np.sum(np.matmul(np.array([[1.0, -2.0], [0.5, 3.0]]), x) ** 3),
        [[0.5, 1.0, -1.0], [2.0, 0.3, 0.7]],
    ),
    "sum(sum(exp(x)/x, axis=1)**2)": (
        lambda x: np.sum(np.sum(np.exp(x) / x, axis=1) ** 2),
        [[0.5, 1.0, 1.5], [2.0, 0.8, 0.7]],
    ),
}


_HINTS = {
    1: "the first derivative of {} is {}, and {} was expected. Each record has its turn, the last "
    "one first, and its rules take the slope that arrived at its output and its inputs",
    2: "the first derivative of {} is right, and the second is {}, where {} was expected. Do the "
    "slope that arrives and the inputs both go into the rule as Values?",
}


@exercise
def differentiate_twice(deep_gradient, tape_class, value_class):
    """Judge a gradient whose own steps a tape records: its first and second derivatives."""
    needs_function(deep_gradient)
    if Ellipsis in getattr(getattr(deep_gradient, "__code__", None), "co_consts", ()):
        raise Unanswered("there is still a ... in deep_gradient")

    @functools.wraps(deep_gradient)
    def maybe(*args):
        return {"slope": deep_gradient(*args)}  # which may be None

    def derivative(of, point, order):
        x = value_class(np.array(point))
        with tape_class() as outer:
            with tape_class() as inner:
                y = of(x)
            # The first function has one record: of it, None can only be a missing return.
            ask = deep_gradient if (of, order) == (_FUNCTIONS["x**3"][0], 1) else maybe
            found = call(ask, inner, y, x)
            found = found["slope"] if ask is maybe else found
        if order == 2:
            found = call(maybe, outer, found, x)["slope"]
        found = found.data if isinstance(found, value_class) else found
        return None if np.array_equal(found, None) else numbers(found)

    for order, (name, (of, point)) in itertools.product(_HINTS, _FUNCTIONS.items()):
        first = functools.partial(gradient_of, of)
        truth = first(point) if order == 1 else gradient_of(lambda p, f=first: f(p).sum(), point)
        try:
            found = derivative(of, point, order)
        except Wrong:
            if "axis" not in name:
                raise
            raise Wrong("only a sum along an axis goes wrong. Pass the options on") from None
        if found is None or not close(found, truth, 1e-2):
            raise Wrong(_HINTS[order].format(name, show(found), show(truth)))
    return "48 and 24 for x**3 at 4, and right for all functions tried"
