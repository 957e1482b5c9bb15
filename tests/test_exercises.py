"""Every exercise refuses plausible wrong answers, each with the message meant for it.

The rows stand in ``tests/exercises/lesson_NN.py``, as ``(cell id, answer, message)``: the answer is
put into the starter cell (`filled` says how), and the message is a part of what must then be
printed. Each lesson is run once, from top to bottom, without its solutions: as a class that solves
nothing runs it. The list ``LEFT_OUT`` names slow cells that no exercise needs; nbval runs those
anyway. Then each cell is interrupted and run again, in reverse order, but for those that ``SLOW``
names, which take longer than 0.2 seconds; tests/test_again.py does the same with all. Each exercise
is also tried with the answers of ``junk.py``, but for those that ``NO_JUNK`` calls good ones.
Whatever ``check/lesson_NN.py`` can say must then have been said.
"""

import ast
import contextlib
import importlib.util
import io
import linecache
import re
from pathlib import Path

import nbformat
import pytest

from helpers import plotting
from tests.again import halfway
from tests.exercises.junk import JUNK
from tools.lessons import lessons, tags
from verdict.engine import UNREADABLE

ROOT = Path(__file__).resolve().parent.parent
LESSONS = lessons()
VERDICTS = ("Not answered yet:", "Correct:", "Wrong:")


def code_cells(lesson):
    return [c for c in nbformat.read(lesson, as_version=4).cells if c.cell_type == "code"]


def answers_of(lesson):
    path = ROOT / "tests" / "exercises" / f"lesson_{lesson.name[:2]}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ROWS, *(getattr(module, name, []) for name in ("LEFT_OUT", "NO_JUNK", "SLOW"))


def run(source, namespace):
    """Run a cell's source and return what it prints."""
    printed, name = io.StringIO(), f"<cell {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)  # for AutoGraph
    with contextlib.redirect_stdout(printed):
        exec(compile(source, name, "exec"), namespace)
    return printed.getvalue()


def drawn(plot, **chosen):
    """Return what a function hands over to be drawn, as text."""
    return re.sub(r" at 0x\w+|sequential_\d+", "", repr(plot(**chosen)))


def opened(source):
    """Return the names that a starter leaves to the learner, and all else that stands in it."""
    names, rest = set(), []
    for statement in ast.parse(source).body:
        if any(isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(statement)):
            parts = [statement, *getattr(statement, "targets", [])]
            names |= {n.id for n in parts if isinstance(n, ast.Name)}
            names |= {n.name for n in parts if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        else:
            rest.append(ast.unparse(statement))
    return names, "\n".join(rest)


def filled(source, answer):
    """Return a starter with an answer in it.

    A dict says which texts of the starter to replace. A text ``name = …`` replaces ``name = ...``;
    any other replaces the one ``...`` in the starter, at its indentation.
    """
    if isinstance(answer, str):
        name = re.match(r"\w+ = ", answer)
        old = f"{name[0]}..." if name and f"{name[0]}..." in source else "..."
        line = next(line for line in source.splitlines() if old in line)
        indentation = "\n" + " " * (len(line) - len(line.lstrip()))
        answer = {old: answer.replace("\n", indentation)}
    for old, new in answer.items():
        times = source.count(old)
        assert times == 1, f"the starter holds {old!r} {times} times, not once"
        source = source.replace(old, new)
    return source


def texts(path):
    """Return what a module of checks can say, as patterns: texts of four words and more."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    asked = {id(part) for n in ast.walk(tree) if isinstance(n, ast.Compare) for part in ast.walk(n)}
    inner = {id(p) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for p in n.values}
    found = []
    for node in ast.walk(tree):
        if id(node) in docstrings | asked | inner:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else "{}" for p in node.values]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = [node.value]
        else:
            continue
        if len("".join(parts).split()) >= 4:
            pieces = re.split(r"\{[^}]*\}", "".join(parts))
            found.append(".*?".join(re.escape(piece) for piece in pieces))
    return found


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_answers_get_the_verdict_meant_for_them(lesson, monkeypatch, subtests):
    monkeypatch.chdir(lesson.parent)
    for figure in [name for name in vars(plotting) if name.startswith("plot_")]:
        # Answers do not depend on figures, and nbval has looked at those.
        monkeypatch.setattr(plotting, figure, lambda *args, **options: (args, options))
    played = []
    monkeypatch.setattr(plotting, "play", lambda plot, **c: played.append((plot, c, drawn(plot))))
    rows, left_out, no_junk, slow = answers_of(lesson)
    namespace, said, quick = {"__name__": "__main__"}, "", []
    for cell in code_cells(lesson):
        if "solution" in tags(cell) or cell.id in left_out:
            continue
        if "raises-exception" in tags(cell):
            with subtests.test(cell=cell.id), pytest.raises(Exception):  # noqa: B017
                run(cell.source, namespace)
            continue
        for _, answer, message in (row for row in rows if row[0] == cell.id):
            with subtests.test(cell=cell.id, answer=answer):
                printed = run(filled(cell.source, answer), dict(namespace))
                said += printed
                assert message in printed
        names, rest = opened(cell.source)
        for what, junk in JUNK.items() if "exercise" in tags(cell) else []:
            if (cell.id, what) in no_junk:
                continue
            with subtests.test(cell=cell.id, answer=what):
                printed = run(rest, namespace | dict.fromkeys(names, junk))
                said += printed
                assert printed.startswith(("Wrong: ", "Not answered yet: "))
                assert "Correct: " not in printed and UNREADABLE not in printed
        with subtests.test(cell=cell.id, answer="..."):
            printed = run(cell.source, namespace)
            if cell.id not in slow:
                quick.append(cell)
            if "exercise" in tags(cell):
                verdicts = printed.strip().splitlines()
                assert verdicts and all("Not answered yet: " in line for line in verdicts)
    for plot, controls, first in played:
        with subtests.test(play=plot.__name__, run="after the whole lesson"):
            assert drawn(plot) == first
            for name, (low, high, *_) in controls.items():
                assert drawn(plot, **{name: low}) != drawn(plot, **{name: high})
    for cell in reversed(quick):
        with subtests.test(cell=cell.id, run="again"):
            halfway(run, cell.source, namespace)
            run(cell.source, namespace)
    for text in texts(ROOT / "check" / f"lesson_{lesson.name[:2]}.py"):
        with subtests.test(never_said=text):
            assert re.search(text, said, re.DOTALL)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_has_rows(lesson):
    rows, left_out, _, slow = answers_of(lesson)
    assert {*left_out, *slow} <= {cell.id for cell in code_cells(lesson)}
    exercises = [cell for cell in code_cells(lesson) if "exercise" in tags(cell)]
    assert {row[0] for row in rows} == {cell.id for cell in exercises}
    for cell in exercises:
        messages = [message for name, _, message in rows if name == cell.id]
        right = [message for message in messages if "Correct" in message]
        assert len(messages) - len(right) >= 2, f"{cell.id}: fewer than two wrong answers"
        assert right, f"{cell.id}: no other right way of writing the answer"


def named(source, context):
    """Return the names that a source reads or sets, ast.Load or ast.Store; not its parameters."""
    nodes = list(ast.walk(ast.parse(source)))
    names = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
    if context is ast.Store:
        names |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    return names - {n.arg for n in nodes if isinstance(n, ast.arg)}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_no_cell_needs_a_solution(lesson):
    known, unsolved = set(), set()
    for cell in code_cells(lesson):
        if "exercise" in tags(cell):
            unsolved |= opened(cell.source)[0]
        elif "solution" in tags(cell):
            unsolved |= named(cell.source, ast.Store) - known
        else:
            own = named(cell.source, ast.Store)
            assert not (named(cell.source, ast.Load) - own) & unsolved, cell.id
            known, unsolved = known | own, unsolved - own


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_that_the_check_calls_correct(lesson):
    cells = code_cells(lesson)
    solutions = [cell for cell in cells if "solution" in tags(cell)]
    assert len(solutions) == sum("exercise" in tags(cell) for cell in cells) >= 3
    for cell in solutions:
        verdicts = "".join(output.get("text", "") for output in cell.outputs).strip().splitlines()
        verdicts = [line for line in verdicts if any(verdict in line for verdict in VERDICTS)]
        assert verdicts and all("Correct: " in line for line in verdicts), cell.id
