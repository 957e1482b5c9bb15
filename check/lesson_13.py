"""Verdicts of lesson 13, build your own tape."""

import functools

import numpy as np

from verdict import (
    Unanswered,
    Wrong,
    answered,
    call,
    close,
    exercise,
    function,
    gradient_of,
    needs_function,
    number,
    numbers,
    show,
)


@exercise
def recall_13(a, b, c):
    """Judge a gradient past the tape, the shape of a row minus a column, a count of parameters."""
    return {
        "a": lambda: _half_heard(a),
        "b": lambda: _shape(b),
        "c": lambda: number(
            c,
            784 * 128 + 128 + 128 * 10 + 10,
            mistakes={
                "those are the weights; each unit has a bias too": 784 * 128 + 128 * 10,
                "that is the hidden layer; the last layer has some too": 784 * 128 + 128,
                "those are the weights of the hidden layer alone": 784 * 128,
                "the biases of the hidden layer are missing": 784 * 128 + 128 * 10 + 10,
                "the biases of the last layer are missing": 784 * 128 + 128 + 128 * 10,
                "the inputs have no bias. Only units have one": 785 * 128 + 129 * 10 + 784,
                "the last layer has a bias for each of its ten outputs": 784 * 128 + 128 * 10 + 256,
                "those are the inputs and the units, and not what joins them": 784 + 128 + 10,
                "those are the units. Count what joins them": 128 + 10,
                "that multiplies the layers. Add what each layer has": 784 * 128 * 10,
            },
            look="Count inputs times units plus units, for each of the two layers",
            within=0,
        ),
    }


def _half_heard(answer):
    if answer is None:
        raise Wrong("None means that nothing is heard. Is the product of x and an array?")
    return number(
        answer,
        9.0,
        mistakes={
            "27 takes np.square to be on the tape. TensorFlow's tape hears the product alone, and "
            "in it 9 is a constant": 27.0,
            "that is the slope of np.square(x). The tape hears the other step": 6.0,
            "18 is what the tape does not hear, x times 2x. What is left?": 18.0,
            "a tape says 0 only if nothing changes. The product does, and it is heard": 0.0,
            "that is x itself. What is x multiplied by?": 3.0,
        },
        look="Which of the two steps does TensorFlow's tape hear, and what is the other to it?",
    )


def _shape(answer):
    answered(answer)
    if isinstance(answer, str) and not any(letter.isdigit() for letter in answer):
        raise Wrong(f"{show(answer)} is a text. Both shapes fit together, and the result has one")
    if isinstance(answer, str):
        raise Wrong(f"{show(answer)} is a text. Write the tuple without quotes")
    given = tuple(numbers(answer).ravel().tolist())
    if given == (50, 50):
        return "(50, 50)"
    known = {
        (50,): "the row does not stay a row: each of its numbers meets each of the column",
        (50, 1): "the column does not stay a column: each of its numbers meets each of the row",
        (1, 50): "the column has 50 rows, and each of them meets the whole row",
        (2500,): "that is how many numbers the table has. Which shape has it?",
        (100,): "nothing is appended. Each number of the one meets each of the other",
    }
    look = f"it is not {show(answer)}. A row and a column of 50 make a table: how high, how wide?"
    raise Wrong(known.get(given, look))


# --- An engine without a list ---------------------------------------------------------------------


class Node:
    """A number and how it came about, as in the lesson."""

    def __init__(self, value, *parents):
        self.value, self.parents, self.slope = value, parents, 0.0


def _sum(a, b):
    return Node(a.value + b.value, (a, 1.0), (b, 1.0))


def _product(a, b):
    return Node(a.value * b.value, (a, b.value), (b, a.value))


def _square_and_itself(s):
    return _sum(_product(s, s), s)


# Formulas of a and b, from one that no engine gets wrong to one of many paths: how it is built, and
# its slopes.
_FORMULAS = {
    "a * b": (_product, lambda a, b: (b, a)),
    "a * b + a": (lambda a, b: _sum(_product(a, b), a), lambda a, b: (b + 1, a)),
    "a * a + b": (lambda a, b: _sum(_product(a, a), b), lambda a, b: (2 * a, 1)),
    "s * s + s with s = a * b": (
        lambda a, b: _square_and_itself(_product(a, b)),
        lambda a, b: (2 * a * b**2 + b, 2 * a**2 * b + a),
    ),
}
_PLACES = ((4.0, 5.0), (-1.5, 0.5))


def _walk(arrived, sent):
    """Return a walk back that differs from the right one in what is kept and what is sent on."""

    def walk(node, slope=1.0):
        node.slope = arrived(node.slope, slope)
        for parent, local in node.parents:
            walk(parent, sent(node.slope, slope, local))

    return walk


def _add(old, new):
    return old + new


_WALKS = {
    "what arrives still overwrites what arrived before": _walk(
        lambda old, new: new, lambda all_, new, local: new * local
    ),
    "what arrives is added, but all that has arrived so far is sent on, so that the first slope is "
    "sent on again with the second. Send on what arrives now": _walk(
        _add, lambda all_, new, local: all_ * local
    ),
    "the slope is sent on as it came. On its way to a parent it is multiplied by local": _walk(
        _add, lambda all_, new, local: new
    ),
    "only local is sent on. The chain rule multiplies it by the slope that arrived": _walk(
        _add, lambda all_, new, local: local
    ),
    "slope and local are added on the way, and the chain rule multiplies them": _walk(
        _add, lambda all_, new, local: new + local
    ),
    "only the largest of the slopes that arrive is kept, and all of them count": _walk(
        max, lambda all_, new, local: new * local
    ),
    "only the first slope that arrives is kept, and all of them count": _walk(
        lambda old, new: old or new, lambda all_, new, local: new * local
    ),
}


def _slopes(walk, build, at):
    """Return the slopes that a walk back leaves in the nodes a and b, and in the result."""
    nodes = [Node(value) for value in at]
    nodes.append(build(*nodes))
    walk(nodes[-1])
    return np.array([numbers(node.slope, ()) for node in nodes])


@exercise
def recursion(repaired_back):
    """Judge a walk back through nodes, in graphs of the check's own."""
    needs_function(repaired_back)
    cases = [(name, at) for name in _FORMULAS for at in _PLACES]

    @functools.wraps(repaired_back)
    def walked(build, at):
        returned = []
        slopes = _slopes(lambda node: returned.append(repaired_back(node)), build, at)
        return ... if returned[0] is ... else slopes

    given = [call(walked, _FORMULAS[name][0], at) for name, at in cases]
    at_end, given = [slopes[2] for slopes in given], [slopes[:2] for slopes in given]
    truths = [np.array(_FORMULAS[name][1](*at), np.float64) for name, at in cases]
    if all(map(close, given, truths)):
        return f"the slopes are right in all {len(_FORMULAS)} formulas tried"
    if "broken_back" in getattr(getattr(repaired_back, "__code__", None), "co_names", ()):
        raise Wrong("it calls broken_back, which overwrites. Let it call itself, repaired_back")
    if np.any(at_end) and not any(map(np.any, given)):
        raise Wrong("the result gets its slope, and nothing is sent on to its parents")
    if all(close(slopes, -truth) for slopes, truth in zip(given, truths, strict=True)):
        raise Wrong("all slopes have the wrong sign. What arrives is added, and here is subtracted")
    if not any(map(np.any, given)):
        raise Wrong("all slopes are still 0 when it is done. It should leave them in node.slope")
    for message, walk in _WALKS.items():
        wrong = [_slopes(walk, _FORMULAS[name][0], at)[:2] for name, at in cases]
        if all(map(close, given, wrong)):
            raise Wrong(message)
    place = next(i for i in range(len(cases)) if not close(given[i], truths[i]))
    (name, (a, b)), came, truth = cases[place], given[place], truths[place]
    letter = int(np.argmax(~np.isclose(came, truth)))
    raise Wrong(
        f"{name} at a = {a:g}, b = {b:g}: the slope of {'ab'[letter]} is {truth[letter]:g}, and it "
        f"leaves {came[letter]:g}. Follow each way from {'ab'[letter]} to the end: along a way the "
        "slopes are multiplied, and the ways are added"
    )


# --- Stretched arrays -----------------------------------------------------------------------------


@exercise
def column_row(column_slope, row_slope):
    """Judge the two slopes of a column times a row."""
    random = np.random.default_rng(5)
    at = [
        (random.normal(size=(n, m)), random.normal(size=(n, 1)), random.normal(size=(m,)))
        for n, m in ((4, 3), (3, 3), (2, 5))
    ]
    no_sum = "that is a table still. Which axis was the {} stretched along? Sum along it"
    all_sum = "that sums everything. Sum along the one axis in which the {} was stretched"
    no_rule = "g is summed, and not multiplied. The slope of a product is g times the other factor"
    own = "g is multiplied by the {0} itself. The slope along the {0} is g times the other factor"
    mean = "that is a mean over the axis, and what arrives several times is added"
    no_g = "g is not used: it is the slope that arrives, and it multiplies all"
    other = "that is the slope of the other factor"
    all_factors = "g is multiplied by both factors, and only by the other one it should be"
    no_slope = "the table itself is summed. g, the slope that arrives at it, is not used"
    plus = "g and the other factor are added. The slope of a product multiplies them"
    largest = "that is the largest along the axis, and what arrives several times is added"
    return {
        "column": lambda: function(
            column_slope,
            like=lambda g, c, r: np.einsum("ij,j->i", g, r)[:, None],
            at=at,
            given=np.array,
            mistakes={
                "the numbers are right, and the shape is (n,). The column has shape (n, 1): keep "
                "the axis, with length 1": lambda g, c, r: g @ r,
                "the numbers are right, and lie in a row. The column has shape (n, 1)": (
                    lambda g, c, r: (g @ r)[None]
                ),
                no_sum.format("column"): lambda g, c, r: g * r,
                all_sum.format("column"): lambda g, c, r: np.sum(g * r),
                "that is summed along axis 0, down the rows. The column was stretched along the "
                "other axis": lambda g, c, r: np.sum(g * r, axis=0),
                "that is summed along axis 0. The column was stretched along the other axis": (
                    lambda g, c, r: np.sum(g * r, axis=0, keepdims=True)
                ),
                no_rule: lambda g, c, r: np.sum(g, axis=1, keepdims=True),
                own.format("column"): lambda g, c, r: np.sum(g * c, axis=1, keepdims=True),
                mean: lambda g, c, r: np.mean(g * r, axis=1, keepdims=True),
                no_g: lambda g, c, r: np.sum(0 * g + r, axis=1, keepdims=True),
                all_factors: lambda g, c, r: np.sum(g * c * r, axis=1, keepdims=True),
                no_slope: lambda g, c, r: c * np.sum(r),
                plus: lambda g, c, r: np.sum(g + r, axis=1, keepdims=True),
                largest: lambda g, c, r: np.max(g * r, axis=1, keepdims=True),
                "that is the row itself, and g is not used": lambda g, c, r: r,
                "all is summed, down to one number. Give np.sum the axis of the row": (
                    lambda g, c, r: np.sum(g * r, keepdims=True)
                ),
                other: lambda g, c, r: np.sum(g * c, axis=0),
                f"{other}, as a column": lambda g, c, r: np.sum(g * c, axis=0)[:, None],
            },
            look="Multiply g by the row, then sum along the axis of the row",
        ),
        "row": lambda: function(
            row_slope,
            like=lambda g, c, r: np.einsum("ij,i->j", g, c[:, 0]),
            at=at,
            given=np.array,
            mistakes={
                "the numbers are right, and the shape is (1, m). The row has shape (m,): let the "
                "axis go": lambda g, c, r: np.sum(g * c, axis=0, keepdims=True),
                "the numbers are right, and stand in a column. The row has shape (m,)": (
                    lambda g, c, r: np.sum(g * c, axis=0)[:, None]
                ),
                no_sum.format("row"): lambda g, c, r: g * c,
                all_sum.format("row"): lambda g, c, r: np.sum(g * c),
                "that is summed along axis 1. The row was stretched along the other axis": (
                    lambda g, c, r: np.sum(g * c, axis=1)
                ),
                no_rule: lambda g, c, r: np.sum(g, axis=0),
                own.format("row"): lambda g, c, r: np.sum(g * r, axis=0),
                mean: lambda g, c, r: np.mean(g * c, axis=0),
                no_g: lambda g, c, r: np.sum(0 * g + c, axis=0),
                all_factors: lambda g, c, r: np.sum(g * c * r, axis=0),
                no_slope: lambda g, c, r: r * np.sum(c),
                plus: lambda g, c, r: np.sum(g + c, axis=0),
                largest: lambda g, c, r: np.max(g * c, axis=0),
                "that is the column itself, and g is not used": lambda g, c, r: c,
                other: lambda g, c, r: np.sum(g * r, axis=1, keepdims=True),
            },
            look="Multiply g by the column, then sum along the axis of the column",
        ),
    }


# --- An operation of one's own --------------------------------------------------------------------


def _sigmoid(a):
    return (1 + np.tanh(a / 2)) / 2


@exercise
def sigmoid(logistic, logistic_rule):
    """Judge a new operation and its rule, each by itself."""
    random = np.random.default_rng(6)
    shapes = ((), (3,), (2, 3))
    at = [(random.normal(size=shape), random.normal(size=shape)) for shape in shapes]
    return {
        "function": lambda: function(
            logistic,
            like=_sigmoid,
            at=[(a,) for _, a in at],
            given=np.array,
            mistakes={
                "that is the sigmoid of -a. The exponent has a minus": lambda a: _sigmoid(-a),
                "that is 1 plus the exponential. In 1 / 1 + …, the sum needs brackets": (
                    lambda a: 1 + np.exp(-a)
                ),
                "in 1 / 1 + … the sum needs brackets, and the exponent a minus": (
                    lambda a: 1 + np.exp(a)
                ),
                "without brackets it divides before it adds": lambda a: 2 * np.exp(a),
                "1 - stands where 1 + is meant": lambda a: 1 / (1 - np.exp(-a)),
                "a stands where 1 is meant": lambda a: 1 / (a + np.exp(-a)),
                "1 + is missing below the line": np.exp,
                "that is the relu": lambda a: np.maximum(a, 0),
                "that is the slope of the sigmoid, which belongs into the rule": (
                    lambda a: _sigmoid(a) * (1 - _sigmoid(a))
                ),
                "that is the exponential alone": lambda a: np.exp(-a),
                "that is tanh": np.tanh,
                "that is the logarithm of 1 plus the exponential": lambda a: np.log1p(np.exp(a)),
                "that sums over the array. The sigmoid works number by number": (
                    lambda a: np.sum(_sigmoid(a))
                ),
            },
            look="Compare it with 1 / (1 + np.exp(-a)), bracket by bracket",
        ),
        "rule": lambda: function(
            logistic_rule,
            like=lambda g, a: g / (4 * np.cosh(a / 2) ** 2),
            at=at,
            given=np.array,
            mistakes={
                "the slope of the sigmoid is right, and g is missing: the slope that arrives "
                "multiplies it": lambda g, a: 1 / (4 * np.cosh(a / 2) ** 2),
                "a (1 - a) would be right if a were the output. The rule gets the input": (
                    lambda g, a: g * a * (1 - a)
                ),
                "a (1 - a) would be right if a were the output, and g is missing": (
                    lambda g, a: a * (1 - a)
                ),
                "here g takes the place of the sigmoid's value. g is the slope that arrives": (
                    lambda g, a: g * (1 - g)
                ),
                "g and a are exchanged: g comes first, the slope that arrives": (
                    lambda g, a: a * _sigmoid(g) * (1 - _sigmoid(g))
                ),
                "the factor 1 - σ(a) is missing": lambda g, a: g * _sigmoid(a),
                "the factor σ(a) is missing": lambda g, a: g * (1 - _sigmoid(a)),
                "1 + σ(a) stands where 1 - σ(a) is meant": (
                    lambda g, a: g * _sigmoid(a) * (1 + _sigmoid(a))
                ),
                "g is added, and the chain rule multiplies": (
                    lambda g, a: g + _sigmoid(a) * (1 - _sigmoid(a))
                ),
                "that is the slope of tanh": lambda g, a: g / np.cosh(a) ** 2,
                "g goes by without the slope of the sigmoid": lambda g, a: g,
                "1 - a stands where 1 - σ(a) is meant": lambda g, a: g * _sigmoid(a) * (1 - a),
                "the sigmoid is taken of g, and it belongs to the input a": (
                    lambda g, a: g * _sigmoid(g) * (1 - _sigmoid(g))
                ),
                "the sigmoid is taken of g times a. Its slope at a, times g, was asked for": (
                    lambda g, a: _sigmoid(g * a)
                ),
                "1 - σ(a) needs brackets": lambda g, a: g * _sigmoid(a) - _sigmoid(a),
                "σ(a) is squared. One of the two factors is 1 - σ(a)": (
                    lambda g, a: g * _sigmoid(a) ** 2
                ),
                "it returns a tuple. Is there a comma at the end?": (
                    lambda g, a: (g * _sigmoid(a) * (1 - _sigmoid(a)))[None]
                ),
                "that sums over the array. Each number has a slope of its own": (
                    lambda g, a: np.sum(g * _sigmoid(a) * (1 - _sigmoid(a)))
                ),
            },
            look="Multiply g by the slope σ(a) (1 - σ(a)) at the input a",
        ),
    }


# --- A tape around a tape -------------------------------------------------------------------------


def _mixed(x):
    return np.sin(x) * np.exp(x)


def _along_rows(x):
    return np.sum(np.sum(np.exp(x) / x, axis=1) ** 2)


def _of_matrices(x):
    return np.sum(np.matmul(np.array([[1.0, -2.0], [0.5, 3.0]]), x) ** 3)


_TWICE = {
    "x**3": (lambda x: x**3, np.array(4.0)),
    "sin(x) * exp(x)": (_mixed, np.array(0.7)),
    "(x * x) * x": (lambda x: x * x * x, np.array(1.5)),
    "the sum of (A @ x)**3": (_of_matrices, np.array([[0.5, 1.0, -1.0], [2.0, 0.3, 0.7]])),
    "a sum along axis 1, squared": (_along_rows, np.array([[0.5, 1.0, 1.5], [2.0, 0.8, 0.7]])),
}


def _derived(gradient, engine, of, x, order):
    """Return the derivative of an order by tapes around tapes; None where one says None."""
    tape_class, value_class = engine
    x = value_class(np.array(x))

    def nested(order):
        if order == 0:
            return of(x)
        with tape_class() as tape:
            y = nested(order - 1)
        return None if y is None else gradient(tape, y, x)

    result = nested(order)
    return getattr(result, "data", result) if isinstance(result, value_class) else result


@exercise
def differentiate_twice(deep_gradient, tape_class, value_class):
    """Judge a gradient whose own steps a tape hears: its first, second and third derivatives."""
    needs_function(deep_gradient)
    if Ellipsis in getattr(getattr(deep_gradient, "__code__", None), "co_consts", ()):
        raise Unanswered("there is still a ... in deep_gradient")

    @functools.wraps(deep_gradient)
    def derived(of, x, order):
        try:
            value = _derived(deep_gradient, (tape_class, value_class), of, x, order)
            return {"value": value}  # which may be None
        except KeyError as error:
            if isinstance(error.args[0], int):
                raise Wrong(
                    "slopes is asked for a value that no slope has arrived at. The slope that goes "
                    "into the rule is that of the output"
                ) from None
            raise Wrong(
                "the tape holds an operation without a rule: call the rule itself, with no apply "
                "around it"
            ) from None
        except TypeError as error:
            for said, reason in _ARGUMENTS.items():
                if said in str(error):
                    raise Wrong(reason) from None
            raise

    def derivative(of, x, order):
        return call(derived, of, x, order)["value"]

    for name, (of, point) in _TWICE.items():
        truth = gradient_of(of, point)
        try:
            first = derivative(of, point, 1)
        except Wrong:
            if "axis" in name:
                raise Wrong(_OPTIONS) from None
            raise
        if first is None:
            raise Wrong(f"the first derivative of {name} is None. Does the rule's slope arrive?")
        first = numbers(first)
        if not close(first, truth):
            if "axis" in name:
                raise Wrong(_OPTIONS)
            raise Wrong(_first(name, point, first, truth))
    for name, (of, point) in _TWICE.items():
        truth = gradient_of(lambda p, of=of: gradient_of(of, p).sum(), point)
        second = derivative(of, point, 2)
        if second is None:
            raise Wrong(
                f"the first derivative of {name} is right and the second is None: the outer tape "
                "heard nothing that leads back to x. Do the inputs go into the rule as Values?"
            )
        if not close(numbers(second), truth, 1e-2):
            raise Wrong(
                f"the first derivative of {name} is right, and the second is {show(second)} where "
                f"{show(truth)} was expected: a part of the way is not on the outer tape. Do the "
                "slope that arrives and the inputs both go into the rule as Values?"
            )
    third = derivative(lambda x: x**4, 2.0, 3)
    if third is None or not close(numbers(third), 48.0):
        raise Wrong(
            f"the second derivatives are right, and the third of x**4 at 2 is {show(third)}"
        )
    return "48 and 24 for x**3 at 4, and right for all functions tried, up to the third derivative"


# What Python says of a rule's arguments, and what it means.
_ARGUMENTS = {
    "missing 1 required positional": "the rule gets one value too few: it takes the slope that "
    "arrives, and then each of the inputs by itself, *inputs",
    "positional arguments but": "the rule gets one value too many: it takes the slope that arrives "
    "and each of the inputs; the options go by name, **options",
    "unhashable type": "slopes are kept under id(output), and not under the output itself",
    "argument 0 of type Value": "a Value is wrapped a second time. The inputs are Values already",
    "operand type(s) for *: 'dict'": "the rule gets all slopes. The one that arrives is that of "
    "the output, slopes[id(output)]",
}
_OPTIONS = (
    "a sum along an axis goes wrong, and all else is right: its rule needs the axis too. Pass the "
    "options on"
)


def _first(name, point, came, truth):
    if close(came, np.ones_like(came)) or close(came, 1.0):
        return (
            f"the first derivative of {name} is {show(came)} already: the slope goes by without a "
            "rule. Let the rule make it"
        )
    return (
        f"the first derivative of {name} is {show(came)} already, and {show(truth)} was expected. "
        "Compare the line with that of gradient"
    )
