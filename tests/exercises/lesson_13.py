"""Answers to the exercises of lesson 13 and what the checks say: see tests/test_exercises.py."""


def walk(*lines):
    body = "".join(f"    {line}\n" for line in lines)
    return {
        "def repaired_back(node, slope=1.0):\n    return ...\n": f"def repaired_back(node, slope=1.0):\n{body}"
    }


BACK = ("for parent, local in node.parents:", "    repaired_back(parent, slope * local)")


def column(answer):
    return {
        "def column_slope(g, column, row):\n    return ...": f"def column_slope(g, column, row):\n    return {answer}"
    }


def row(answer):
    return {
        "def row_slope(g, column, row):\n    return ...": f"def row_slope(g, column, row):\n    return {answer}"
    }


def logistic(answer):
    return {"def logistic(a):\n    return ...": f"def logistic(a):\n    return {answer}"}


def rule(answer):
    return {
        "def logistic_rule(g, a):\n    return ...": f"def logistic_rule(g, a):\n    return {answer}"
    }


def deep(line):
    return {"slope = rule(..., **options)": line}


TOPOLOGICAL = (
    "order, seen = [], set()",
    "def visit(node):",
    "    if id(node) not in seen:",
    "        seen.add(id(node))",
    "        for parent, _ in node.parents:",
    "            visit(parent)",
    "        order.append(node)",
    "visit(node)",
    "node.slope = slope",
    "for node in reversed(order):",
    "    for parent, local in node.parents:",
    "        parent.slope += node.slope * local",
)

ROWS = [
    ("recall-answers", {"a = ...": "a = 27.0"}, "Wrong: (a) 27 takes np.square to be on the tape"),
    ("recall-answers", {"a = ...": "a = None"}, "Wrong: (a) None means that nothing is heard"),
    ("recall-answers", {"a = ...": "a = 6"}, "Wrong: (a) that is the slope of np.square(x)"),
    ("recall-answers", {"a = ...": "a = 4.0"}, "Wrong: (a) it is not 4. Which of the two steps"),
    ("recall-answers", {"a = ...": "a = np.square(3)"}, "Correct: (a) 9"),
    ("recall-answers", {"b = ...": "b = (50,)"}, "Wrong: (b) the row does not stay a row"),
    ("recall-answers", {"b = ...": "b = (50, 1)"}, "Wrong: (b) the column does not stay a column"),
    (
        "recall-answers",
        {"b = ...": "b = 2500"},
        "Wrong: (b) that is how many numbers the table has",
    ),
    ("recall-answers", {"b = ...": 'b = "(50, 50)"'}, "Write the tuple without quotes"),
    ("recall-answers", {"b = ...": "b = [50, 50]"}, "Correct: (b)"),
    ("recall-answers", {"c = ...": "c = 784 * 128 + 128 * 10"}, "each unit has a bias too"),
    ("recall-answers", {"c = ...": "c = 101_760"}, "the biases of the last layer are missing"),
    ("recall-answers", {"c = ...": "c = 785 * 128 + 129 * 10"}, "Correct: (c)"),
    ("recursion", walk("node.slope = slope", *BACK), "what arrives still overwrites"),
    (
        "recursion",
        walk("node.slope += slope", BACK[0], "    repaired_back(parent, node.slope * local)"),
        "all that has arrived so far is sent on",
    ),
    (
        "recursion",
        walk("node.slope += slope", BACK[0], "    broken_back(parent, slope * local)"),
        "it calls broken_back, which overwrites",
    ),
    (
        "recursion",
        walk("node.slope += slope", BACK[0], "    repaired_back(parent, slope)"),
        "the slope is sent on as it came",
    ),
    (
        "recursion",
        walk("node.slope += slope", BACK[0], "    repaired_back(parent, local)"),
        "only local is sent on",
    ),
    ("recursion", walk("return slope"), "all slopes are still 0"),
    ("recursion", walk("node.slope += slope"), "the result gets its slope, and nothing is sent on"),
    (
        "recursion",
        walk("node.slope += slope", "repaired_back(node, slope)"),
        "calls itself without end",
    ),
    ("recursion", walk("node.slope = node.slope + slope", *BACK, "return node.slope"), "Correct"),
    ("recursion", walk(*TOPOLOGICAL), "Correct: the slopes are right in all 4 formulas"),
    (
        "column-row",
        column("np.sum(g * row, axis=1)"),
        "(column) the numbers are right, and the shape is (n,)",
    ),
    (
        "column-row",
        column("np.sum(g * row, axis=0, keepdims=True)"),
        "(column) that is summed along axis 0",
    ),
    ("column-row", column("g * row"), "(column) that is a table still"),
    (
        "column-row",
        column("np.sum(g, axis=1, keepdims=True)"),
        "(column) g is summed, and not multiplied",
    ),
    ("column-row", column("np.mean(g * row, 1, keepdims=True)"), "(column) that is a mean"),
    ("column-row", column("g @ row[:, None]"), "Correct: (column)"),
    ("column-row", row("np.sum(g * column)"), "(row) that sums everything"),
    (
        "column-row",
        row("np.sum(g * column, axis=0, keepdims=True)"),
        "(row) the numbers are right, and the shape is (1, m)",
    ),
    ("column-row", row("np.sum(g * row, axis=0)"), "(row) g is multiplied by the row itself"),
    ("column-row", row("sum(g * column)"), "Correct: (row)"),
    ("sigmoid", logistic("1 / (1 + np.exp(a))"), "(function) that is the sigmoid of -a"),
    (
        "sigmoid",
        logistic("1 / 1 + np.exp(-a)"),
        "(function) that is 1 plus the exponential. In 1 / 1 + …",
    ),
    ("sigmoid", logistic("np.exp(a) / (1 + np.exp(a))"), "Correct: (function)"),
    (
        "sigmoid",
        logistic("1 / (1 + np.exp(-a))") | rule("logistic(a) * (1 - logistic(a))"),
        "(rule) the slope of the sigmoid is right, and g is missing",
    ),
    ("sigmoid", rule("g * a * (1 - a)"), "(rule) a (1 - a) would be right if a were the output"),
    (
        "sigmoid",
        logistic("1 / (1 + np.exp(-a))") | rule("g * logistic(a)"),
        "(rule) the factor 1 - σ(a) is missing",
    ),
    ("sigmoid", rule("g * np.exp(-a) / (1 + np.exp(-a)) ** 2"), "Correct: (rule)"),
    (
        "differentiate-twice",
        deep("slope = rule(slopes[id(output)], *map(data, inputs), **options)"),
        "the second is None: the outer tape heard nothing",
    ),
    (
        "differentiate-twice",
        deep("slope = rule(data(slopes[id(output)]), *inputs, **options)"),
        "a part of the way is not on the outer tape",
    ),
    (
        "differentiate-twice",
        deep("slope = rule(slopes[id(x)], *inputs, **options)"),
        "slopes is asked for a value that no slope has arrived at",
    ),
    (
        "differentiate-twice",
        deep("slope = rule(slopes[id(output)], *inputs)"),
        "Pass the options on",
    ),
    ("differentiate-twice", deep("slope = slopes[id(output)]"), "the slope goes by without a rule"),
    ("differentiate-twice", deep("slope = rule(g, *inputs, **options)"), "name 'g' is not defined"),
    (
        "differentiate-twice",
        deep("g = slopes[id(output)]\n                    slope = rule(g, *inputs, **options)"),
        "Correct: 48 and 24",
    ),
]

# Trainings and times, which no exercise needs.
LEFT_OUT = ["modes-figure", "train-five", "train-fit", "train-figure"]
