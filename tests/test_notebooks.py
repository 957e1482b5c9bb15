"""How the lessons are written: every rule of nblint and of the course, for every lesson.

Below the course's rules a lesson without faults is made and broken, once or more for each of them,
to see that it is noticed.
"""

import ast
import functools
import io
import re
import symtable
import tokenize
from pathlib import Path

import nbformat.v4 as nbf
import pytest

from tests.test_nblint import update, write
from tools import nblint
from tools.lessons import METADATA, lessons, minutes_needed, read, tags
from tools.nblint import code, tree

ROOT = Path(__file__).resolve().parent.parent

TRAINING_COMMENTS = ("forward", "loss", "gradient", "update")
UPDATES = {"assign_sub", "apply", "apply_gradients"}
# A right answer's verdict shows the value, so it is folded too.
FOLDED = {"outputs_hidden": True, "source_hidden": True}


def opening(nb, path):
    """Open with what the lesson teaches, how long it takes and where the others are."""
    first = nb.cells[0]
    if first.cell_type != "markdown":
        yield "the first cell is not prose"
        return
    number = path.name[:2]
    wanted = {
        f"the title: # {number} …": rf"\A# {number} \w",
        "**You will be able to** and a list of three to five": (
            r"\*\*You will be able to\*\*\n+(- .*\n){3,5}(?!- )"
        ),
        "**Time:** … minutes": r"\*\*Time:\*\* \d+ minutes",
        "a link to the README": r"\]\(\.\./README\.md\)",
    }
    lessons = sorted(path.parent.glob("[0-9]*.ipynb"))
    here = lessons.index(path)
    for neighbour in lessons[max(0, here - 1) : here] + lessons[here + 1 : here + 2]:
        wanted[f"a link to {neighbour.name}"] = rf"\]\({re.escape(neighbour.name)}\)"
    for what, pattern in wanted.items():
        if not re.search(pattern, first.source):
            yield f"the opening lacks {what}"


def minutes(nb, path):
    """State in the opening how long the lesson takes, by the formula, rounded up to five."""
    stated = re.search(r"\*\*Time:\*\* (\d+) minutes", nb.cells[0].source)
    if stated and int(stated[1]) != minutes_needed(nb):
        yield f"{stated[1]} minutes are stated, and the formula gives {minutes_needed(nb)}"


def recap(nb, path):
    """End in a recap: a table."""
    last = "\n\n".join(cell.source for cell in nb.cells[-2:])
    if not re.search(r"^## Recap\n(.|\n)*^\|(\s*:?-+:?\s*\|)+$", last, re.MULTILINE):
        yield "the last two cells hold no ## Recap with a table"


def training_comments(nb, path):
    """Put the same four comments into every training loop, in their order."""
    for cell in code(nb):
        for node in ast.walk(tree(cell)):
            if not isinstance(node, ast.For | ast.While | ast.FunctionDef):
                continue
            called = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
            if "GradientTape" not in called or not UPDATES & called:
                continue
            words = []
            for token in tokenize.generate_tokens(io.StringIO(cell.source).readline):
                inside = node.lineno <= token.start[0] <= node.end_lineno
                if inside and token.type == tokenize.COMMENT:
                    words += re.findall(r"\w+", token.string)
            found = [word for word in dict.fromkeys(words) if word in TRAINING_COMMENTS]
            if found != list(TRAINING_COMMENTS):
                yield f"{cell.id}: the training loop's comments are {found}"


def ignored_outputs(nb, path):
    """Have no output ignored: where it is a time, its words and its size are compared."""
    for cell in nb.cells:
        if "nbval-ignore-output" in tags(cell):
            yield f"{cell.id}: its output is ignored. Times are compared with the tag times-close"


def exercises(nb, path):
    """Follow each exercise by its solution, folded with its output; leave all else open."""
    unsolved = 0
    for cell in nb.cells:
        solution = "solution" in tags(cell)
        if cell.metadata.get("jupyter", {}) != (FOLDED if solution else {}):
            yield f"{cell.id}: folded and not tagged solution, or the other way round"
        if "exercise" in tags(cell) and "..." not in cell.source:
            yield f"{cell.id}: no ... to fill in"
        unsolved += ("exercise" in tags(cell)) - solution
        if unsolved < 0:
            yield f"{cell.id}: no exercise before this solution"
            unsolved = 0
    if unsolved:
        yield f"{unsolved} exercises without a solution"
    recalls = [cell for cell in nb.cells if "recall" in tags(cell)]
    if path.name > "02" and len(recalls) != 1:
        yield f"{len(recalls)} cells tagged recall"


def guesses(nb, path):
    """Give each guess a name of its own, so that cells can be run again in any order."""
    names = []
    for cell in code(nb):
        if "predict" in tags(cell):
            found = re.fullmatch(r"(guess_\w+) = \.\.\.", cell.source.partition("  #")[0].strip())
            names.append(found[1] if found else cell.id)
            if not found:
                yield f"{cell.id}: no guess_… = ..."
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name}: the name of two guesses"


def meanings(nb, path):
    """Let each name keep its meaning, so that a cell shows the same whenever it is run again.

    A function may be defined anew, and a table be added to: a lesson may build one step by step.
    """
    known, reads = set(), {}
    for cell in code(nb):
        if {"exercise", "solution"} & set(tags(cell)):
            continue
        top, *inner = scopes(symtable.symtable(ast.unparse(tree(cell)), cell.id, "exec"))
        names = {name.get_name(): name for name in top.get_symbols()}
        asked = {name for name, found in names.items() if found.is_referenced()}
        asked |= {n.get_name() for scope in inner for n in scope.get_symbols() if n.is_global()}
        grown = {name for name, found in names.items() if found.is_namespace()}
        changed = [n for n in ast.walk(tree(cell)) if isinstance(n, ast.AugAssign)]
        grown |= {ast.unparse(node.target) for node in changed}
        new = {name for name, found in names.items() if found.is_assigned()}
        for name in sorted((new & reads.keys()) - grown):
            yield f"{cell.id}: {name} gets another meaning, and {reads[name]} reads it"
        reads |= dict.fromkeys(asked & known - new, cell.id)
        known |= new


def scopes(table):
    """Yield a cell's table of symbols, and those of the functions in it."""
    yield table
    for child in table.get_children():
        yield from scopes(child)


def verdicts(nb, path):
    """Ask for a verdict in one line at the end of an exercise, which gives no answer away."""
    asked = {}
    for cell in code(nb):
        if not {"exercise", "solution"} & set(tags(cell)):
            continue
        last = cell.source.rstrip().splitlines()[-1]
        found = re.fullmatch(r"check\.(\w+)\([\w, ]*\)", last)
        if not found or len(re.findall(r"\bcheck\.", cell.source)) != 1:
            yield f"{cell.id}: no single last line check.…(names)"
        elif "exercise" in tags(cell):
            asked[found[1]] = cell.id
    module = path.parent.parent / "check" / f"lesson_{path.name[:2]}.py"
    functions = ast.parse(module.read_text(encoding="utf-8")).body if module.exists() else []
    offered = [
        node.name
        for node in functions
        if isinstance(node, ast.FunctionDef) and "exercise" in map(ast.unparse, node.decorator_list)
    ]
    if offered != list(asked):
        yield f"the exercises are {', '.join(asked)}; check offers {', '.join(offered)}"
    shown = f'check.progress("{path.name[:2]}")'
    if [cell.source for cell in code(nb)][-1] != shown:
        yield f"the last code cell is not {shown}"


RULES = {
    "opening": opening,
    "minutes": minutes,
    "recap": recap,
    "training-comments": training_comments,
    "ignored-outputs": ignored_outputs,
    "exercises": exercises,
    "guesses": guesses,
    "meanings": meanings,
    "verdicts": verdicts,
}
ALL_RULES = (
    RULES
    | nblint.RULES
    | {
        "lengths": functools.partial(nblint.lengths, tagged={"exercise": 15, "solution": 15}),
        "outputs": functools.partial(
            nblint.outputs, draws=r"plotting\.plot_|plt\.show", undrawn={"exercise"}
        ),
    }
)


@functools.cache
def notebook(path):
    return read(path)


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", ALL_RULES)
def test_lesson(rule, path):
    problems = list(ALL_RULES[rule](notebook(path), path))
    assert not problems, "\n".join(problems)


def test_links_of_the_readme():
    readme = ROOT / "README.md"
    assert not list(nblint.broken_links(readme.read_text(encoding="utf-8"), readme))


@pytest.fixture
def lesson(tmp_path):
    """Make a lesson without faults, the second of three; return it and its path."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text("# Course\n\n## How to teach\n", encoding="utf-8")
    (tmp_path / "check").mkdir(parents=True)
    module = "@exercise\ndef question(answer):\n    return number(answer, 42)\n"
    (tmp_path / "check/lesson_02.py").write_text(module, encoding="utf-8")
    for name in ("01_a", "02_b", "03_c"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    cells = [
        nbf.new_markdown_cell(
            "# 02 Lesson\n\nText.\n\n**You will be able to**\n\n- see,\n- hear,\n- speak.\n\n"
            "**Time:** 10 minutes\n\n[Before](01_a.ipynb) · [next](03_c.ipynb) · "
            "[README](../README.md) · [teaching](../README.md#how-to-teach)",
            id="opening",
        ),
        nbf.new_code_cell("from helpers import plotting", id="imports", execution_count=1),
        nbf.new_markdown_cell("## 1 Walk `on`\n\n### Your turn\n\n![steps](x.png)", id="walk"),
        nbf.new_code_cell(
            "for _ in range(3):\n    with tf.GradientTape() as tape:\n"
            "        loss = f(w)  # forward, loss\n    slope = tape.gradient(loss, w)  # gradient\n"
            "    w.assign_sub(slope)  # update\nprint(w)",
            id="walk-loop",
            execution_count=2,
            outputs=[nbf.new_output("stream", name="stdout", text="4.0\n")],
        ),
        nbf.new_code_cell(
            "plotting.plot_walks(slope);",
            id="walk-figure",
            execution_count=3,
            outputs=[nbf.new_output("display_data", {"image/png": "iVBORw0KGgo="})],
        ),
        nbf.new_code_cell(
            "answer = ...\n\ncheck.question(answer)",
            id="question",
            execution_count=4,
            metadata={"tags": ["recall", "exercise"]},
        ),
        nbf.new_code_cell(
            "answer = 42\n\ncheck.question(answer)",
            id="question-solution",
            execution_count=5,
            metadata={"tags": ["solution"], "jupyter": FOLDED},
        ),
        nbf.new_code_cell(
            "guess_42 = ...", id="guess", execution_count=6, metadata={"tags": ["predict"]}
        ),
        nbf.new_code_cell(
            "1 / 0",
            id="zero",
            execution_count=7,
            metadata={"tags": ["raises-exception"]},
            outputs=[nbf.new_output("error", ename="ZeroDivisionError", evalue="by zero")],
        ),
        nbf.new_code_cell('check.progress("02")', id="progress", execution_count=8),
        nbf.new_markdown_cell(
            "## Recap\n\n| Learned | Code |\n|:--|:--|\n| a | [walk](#1-Walk-on) |", id="recap"
        ),
    ]
    (tmp_path / "notebooks/x.png").touch()
    return nbf.new_notebook(cells=cells, metadata=METADATA), tmp_path / "notebooks/02_b.ipynb"


@pytest.mark.parametrize("rule", ALL_RULES)
def test_lesson_without_faults(rule, lesson):
    assert list(ALL_RULES[rule](*lesson)) == []


FAULTS = [
    ("opening", write("opening", "# 02", "# 03"), "the title: # 02"),
    ("opening", write("opening", "10 min", "some min"), "minutes"),
    ("minutes", write("opening", "10 min", "15 min"), "15 minutes are stated, and the formula"),
    ("minutes", write("walk", "Your", "Your " * 1000), "10 minutes are stated, and the formula"),
    ("guesses", write("guess", "...", "42"), "guess: no guess_"),
    ("guesses", write("guess", "guess_42", "guess"), "guess: no guess_"),
    ("guesses", update("zero", source="guess_42 = ...", metadata={"tags": ["predict"]}), "of two"),
    ("meanings", update("zero", source="slope = 1 / 0"), "zero: slope gets another meaning"),
    (
        "verdicts",
        write("question", "check.question(answer)", "check.question(answer, of=3)"),
        "names",
    ),
    ("verdicts", write("question", "...", "...\ncheck.question(answer)"), "no single last line"),
    ("verdicts", write("question-solution", "\n\ncheck.question(answer)", ""), "question-solution"),
    ("verdicts", write("question", "check.question", "check.answer"), "offers question"),
    ("verdicts", write("progress", "02", "03"), 'is not check.progress("02")'),
    ("opening", write("opening", "- see,\n- hear,\n", ""), "list of three to five"),
    ("opening", write("opening", "](01_a", "](03_c"), "a link to 01_a.ipynb"),
    ("opening", write("opening", "](03_c", "](01_a"), "a link to 03_c.ipynb"),
    ("opening", write("opening", "README.md)", "README)"), "a link to the README"),
    ("opening", update("opening", cell_type="code"), "not prose"),
    ("recap", write("recap", "## Recap", "## End"), "## Recap"),
    ("recap", write("recap", "|:--|:--|", ""), "table"),
    ("training-comments", write("walk-loop", "# update", ""), "'gradient']"),
    (
        "training-comments",
        write("walk-loop", "# forward, loss", "# loss, forward"),
        "'forward'",
    ),
    ("ignored-outputs", update("zero", metadata={"tags": ["nbval-ignore-output"]}), "is ignored"),
    ("exercises", update("question-solution", metadata={"tags": ["solution"]}), "folded"),
    ("exercises", update("question-solution", metadata={}), "1 exercises without a solution"),
    ("exercises", update("question", metadata={"tags": ["recall"]}), "no exercise before this"),
    ("exercises", update("question", metadata={"tags": ["exercise"]}), "0 cells tagged recall"),
    ("exercises", write("question", "...", "42"), "question: no ... to fill in"),
    ("lengths", write("question", "answer =", "x = 1\n" * 14 + "answer ="), "16 lines, 15"),
    ("outputs", update("walk-figure", outputs=[]), "draws, and no figure is stored"),
]


@pytest.mark.parametrize(("rule", "plant", "says"), FAULTS)
def test_fault_is_noticed(rule, plant, says, lesson):
    nb, path = lesson
    plant({cell.id: cell for cell in nb.cells})
    assert says in "\n".join(ALL_RULES[rule](nb, path))


def test_every_rule_can_fail():
    assert {rule for rule, _, _ in FAULTS} >= set(RULES)
