"""Answers to the exercises of lesson 13 and what the checks say: see tests/test_exercises.py."""

SLOW = ["agree-elementwise", "train-data"]

BACK = "node.slope += slope\nfor parent, local in node.parents:\n    "
ON = "repaired_back(parent, slope * local)"
TOPOLOGICAL = """order, seen = [], set()
def visit(node):
    if id(node) not in seen:
        seen.add(id(node))
        for parent, _ in node.parents:
            visit(parent)
        order.append(node)
visit(node)
node.slope = slope
for node in reversed(order):
    for parent, local in node.parents:
        parent.slope += node.slope * local"""
STACK = """todo = [(node, slope)]
while todo:
    node, slope = todo.pop()
    node.slope += slope
    todo += [(parent, slope * local) for parent, local in node.parents]"""


def returned(head, answer):
    return {f"{head}:\n    return ...": f"{head}:\n    return {answer}"}


def column(answer):
    return returned("def column_slope(g, column, row)", answer)


def row(answer):
    return returned("def row_slope(g, column, row)", answer)


def logistic(answer):
    return returned("def logistic(a)", answer)


def rule(answer):
    return logistic("1 / (1 + np.exp(-a))") | returned("def logistic_rule(g, a)", answer)


def deep(*arguments):
    return {"rule(..., **options)": f"rule({', '.join(arguments)})"}


ROWS = [
    ("recall-answers", "a = 27.0", "Wrong: (a) 27 is the slope of x³"),
    ("recall-answers", "a = None", "Wrong: (a) None means that nothing is recorded"),
    ("recall-answers", "a = 6", "Wrong: (a) that is the slope of np.square(x)"),
    ("recall-answers", "a = 18", "Wrong: (a) 18 is what the tape does not record"),
    ("recall-answers", "a = 0", "it records the product"),
    ("recall-answers", "a = 4.0", "Wrong: (a) it is not 4. Which of the two steps"),
    ("recall-answers", "a = np.square(3)", "Correct: (a) 9"),
    ("recall-answers", "b = (50,)", "Wrong: (b) the row is not kept"),
    ("recall-answers", "b = (50, 1)", "meets the whole row, not one number"),
    ("recall-answers", "b = (1, 50)", "Wrong: (b) the column has 50 rows"),
    ("recall-answers", "b = 2500", "Wrong: (b) that is how many numbers the result has"),
    ("recall-answers", "b = (50, 100)", "How many rows has the result"),
    ("recall-answers", 'b = "error"', "The two shapes fit together. Write a tuple"),
    ("recall-answers", "b = np.ones((50, 50))", "an array of the right shape"),
    ("recall-answers", "b = [50, 50]", "Correct: (b)"),
    ("recall-answers", "c = 784 * 128 + 128 * 10", "leaves out the biases"),
    ("recall-answers", "c = 101_780", "counts the biases of layer 2 twice"),
    ("recall-answers", "c = 785 * 128 + 129 * 10", "Correct: (c)"),
    (
        "recursion",
        BACK.replace("+=", "=") + ON,
        "node.slope = slope: node.slope is missing",
    ),
    ("recursion", BACK + "repaired_back(parent, node.slope * local)", "is sent on again together"),
    ("recursion", BACK + "broken_back(parent, slope * local)", "it calls broken_back"),
    ("recursion", BACK + "repaired_back(parent, slope)", "the factor local is missing"),
    ("recursion", BACK + "repaired_back(parent, local)", "the factor slope is missing"),
    ("recursion", BACK + "parent.slope += slope * local\n    " + ON, "is added twice"),
    ("recursion", BACK + f"return {ON}", "only the first parent of each node is visited"),
    ("recursion", BACK + "parent.slope += slope * local", "at 'a*b + a', [4, 5]: it gives"),
    (
        "recursion",
        BACK.partition("\n")[2] + f"parent.slope += slope * local\n    {ON}",
        "only the result's own slope is missing",
    ),
    ("recursion", "found = {node.value: slope}\nreturn found", "all slopes are still 0"),
    ("recursion", "node.slope += slope", "nothing is sent on to its parents"),
    ("recursion", BACK + "repaired_back(node, slope)", "calls itself without end"),
    ("recursion", BACK + ON + "\nreturn node.slope", "Correct: the slopes are right in all 5"),
    ("recursion", TOPOLOGICAL, "Correct"),
    ("recursion", STACK, "Correct"),
    ("column-row", column("np.sum(g * row, axis=1)"), "its shape should be (9, 1)"),
    ("column-row", column("np.sum(g * row, 0, keepdims=True)"), "0 is there instead of 1"),
    ("column-row", column("g * row"), "(column) that is g · row: it is not summed"),
    ("column-row", column("np.sum(g, axis=1, keepdims=True)"), "never uses row"),
    ("column-row", column("np.mean(g * row, 1, keepdims=True)"), "(column) that is mean("),
    ("column-row", column("g @ row[:, None]"), "Correct: (column)"),
    ("column-row", row("np.sum(g * column)"), "(row) 10.0701 is the sum of the numbers asked for"),
    ("column-row", row("np.sum(g * column, axis=0, keepdims=True)"), "its shape should be (10,)"),
    ("column-row", row("np.sum(g * row, axis=0)"), "(row) row_slope never uses column"),
    ("column-row", row("np.cumsum(g * column, axis=0)[0]"), "Multiply g by the column, then sum"),
    ("column-row", row("sum(g * column)"), "Correct: (row)"),
    ("sigmoid", logistic("1 / (1 + np.exp(a))"), "(function) that is 1 / (1 + exp(−−a))"),
    ("sigmoid", logistic("1 / 1 + np.exp(-a)"), "one over what it should be. Compare it with"),
    ("sigmoid", logistic("tf.sigmoid(a)"), "apply takes NumPy arrays, and this is a tensor"),
    ("sigmoid", logistic("np.exp(a) / (1 + np.exp(a))"), "Correct: (function)"),
    ("sigmoid", rule("logistic(a) * (1 - logistic(a))"), "never uses g"),
    ("sigmoid", rule("g * a * (1 - a)"), "(rule) a (1 - a) would be right if a were the output"),
    ("sigmoid", rule("g * logistic(a)"), "(rule) that is g · logistic(a): the factor 1 − logistic"),
    ("sigmoid", rule("g * (1 - logistic(a) ** 2)"), "(rule) 1 - σ² has the form of the slope of"),
    ("sigmoid", rule("g * np.exp(-a) / (1 + np.exp(-a)) ** 2"), "Correct: (rule)"),
    (
        "differentiate-twice",
        deep("slopes[id(output)]", "*map(data, inputs)", "**options"),
        "the second is None",
    ),
    ("differentiate-twice", deep("1.0", "*inputs", "**options"), "is 2.77859, and 2.8375 was"),
    ("differentiate-twice", deep("slopes[id(x)]", "*inputs"), "nothing under this id"),
    ("differentiate-twice", deep("slopes[id(output)]", "*inputs"), "Pass the options on"),
    ("differentiate-twice", deep("g", "*inputs", "**options"), "name 'g' is not defined"),
    (
        "differentiate-twice",
        {"return slopes.get(id(source))": "slopes.get(id(source))", "...": "slopes[id(output)], 2"},
        "Wrong: deep_gradient",
    ),
    (
        "differentiate-twice",
        deep("*(slopes[id(output)], *inputs)", "**options"),
        "Correct: 48 and 24",
    ),
]

# Trainings and times, which no exercise needs.
LEFT_OUT = ["modes-figure", "train-cost", "train-five", "train-control"]
