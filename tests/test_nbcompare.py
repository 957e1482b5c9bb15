"""What nbcompare adds to `pytest --nbval`: each fault is planted, and looked at what is said."""

import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import matplotlib.figure
import nbclient
import nbformat.v4 as nbf
import numpy as np
import pytest
from PIL import Image

from nbcompare import compare, plugin

ROOT = Path(__file__).parents[1]
CLOSE = {tag: [tag] for tag in compare.TOLERANCE}
INTEGERS = {"integers": True, "relative": 0.1}
AFTER = {"absolute": 0.05, "after": {"sum": 0.001, "accuracy": 0.01, "test accuracy": 0, "at": 2}}


def cell_of(tag, **tolerance):
    return nbf.new_code_cell(metadata={"tags": [tag], "tolerance": tolerance})


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "fresh", "used"),
    [
        ("0.5", "0.5", 0),
        ("100.0", "100.5", 0.5),
        ("1.000e+02", "1.005e+02", 0.5),
        ("step 100.", "step 100.5", None),  # the first ends a sentence
        ("step 100.", "step 101.", np.inf),
        ("[100.]", "[100.5]", 0.5),
        ("60,000.0", "60,300.0", 0.5),
        ("88.00%", "88.44 %", 0.5),
        ("-0.25", "0.25", 200),
        ("−1.0", "-1.0", 0),
        ("1e-9", "-1e-9", 0.001),
        ("7", "8", np.inf),
        ("7", "7.0", np.inf),
        ("shape (60, 28) 0.5", "shape (61, 28) 0.5", np.inf),
        ("nan", "NaN", 0),
        ("nan", "1.0", np.inf),
        ("inf", "-inf", np.inf),
        ("-inf", "1e30", np.inf),
        ("infinite", "inf", None),
        ("x2 = 1.0", "x3 = 1.0", None),
        ("2.21.0", "2.21.1", None),
        ("float32", "float64", None),
        ("Trouser 0.9", "Trousers 0.9", None),
        ("1.0", "", None),
        ("[1.0, 2.0]", "[1.0, 2.0, 3.0]", None),
        ("[[1.  2.5]\n [3.  4. ]]", "[[1. 2.5] [3.\n 4.]]", 0),
        ("array([0.1       , 0.25])", "array([0.1, 0.25])", 0),
        ("a b", "ab", None),
    ],
)
def test_numbers(stored, fresh, used):
    """The tolerance is 1 % or 0.000002; None stands for texts with other words."""
    tolerance = compare.tolerance_of(cell_of("numbers-close", absolute=2e-6), "numbers-close")
    problem, went = compare.compare_numbers(stored, fresh, tolerance)
    assert went.get("numbers_used") == (used if used is None else pytest.approx(used, rel=0.01))
    assert (problem is None) == (used is not None and used <= 1)


@pytest.mark.parametrize(
    ("tolerance", "stored", "fresh", "moved"),
    [
        (INTEGERS, "60,000", "61,000", ""),
        (INTEGERS, "60,000", "70,000", "60,000 is now 70,000"),
        (AFTER, "[0.02 0.95]\nsum 1.000", "[0.05 0.93]\nsum 1.001", ""),
        (AFTER, "[0.02 0.95]\nsum 1.031", "[0.05 0.93]\nsum 1.000", "1.031 is now 1.000"),
        (AFTER, "[0.02 0.95]\nsum 1.000", "[0.09 0.95]\nsum 1.000", "0.02 is now 0.09"),
        (AFTER, "loss 0.50, accuracy 0.87", "loss 0.54, accuracy 0.86", ""),
        (AFTER, "loss 0.50, accuracy 0.87", "loss 0.54, accuracy 0.85", "0.87 is now 0.85"),
        (AFTER, "test accuracy 0.872", "test accuracy 0.873", "0.872 is now 0.873"),
        (AFTER, "at 7 of 9", "at 9 of 9", ""),
        (AFTER, "at 7 of 9", "at 7 of 8", "9 is now 8"),
        (AFTER, "flat 7", "flat 8", "7 is now 8"),
    ],
)
def test_some_numbers_may_move_and_their_neighbours_not(tolerance, stored, fresh, moved):
    tolerance = compare.tolerance_of(cell_of("numbers-close", **tolerance), "numbers-close")
    problem = compare.compare_numbers(stored, fresh, tolerance)[0] or ""
    assert problem.partition(" (tolerance: ")[0] == moved


# --- Figures --------------------------------------------------------------------------------------

AXES = "[[0.125, 0.12, 0.9, 0.89]]"  # as the course's figures say where their axes are
NAMES = ["blue", "orange", "green"]
ORANGE = "#d55e00"
SHARES = np.array([[0.80, 0.02, 0.18], [0.12, 0.78, 0.10], [0.07, 0.01, 0.92]])


def picture(draw):
    """Return a figure as it comes out of a notebook."""
    figure = matplotlib.figure.Figure(figsize=(4, 3))
    draw(figure.add_axes((0.125, 0.11, 0.775, 0.77)))
    png = io.BytesIO()
    figure.savefig(png, dpi=200, metadata={"axes": AXES})
    return Image.open(png).convert("RGB")


def curve(x=(1, 2, 5), y=(5, 2, 1), title="Loss falls", color="tab:blue"):
    def draw(ax):
        ax.plot(x, y, color=color)
        ax.set(xlim=(0, 6), ylim=(0, 6), title=title)

    return draw


def verdicts(right="tab:blue", wrong="tab:red"):
    colors = np.where(np.arange(5) == 3, wrong, right)
    return lambda ax: ax.scatter(range(5), [1, 4, 2, 2, 3], c=colors)


def prediction(bar=ORANGE, name=ORANGE, height=0.66):
    def draw(ax):
        ax.bar(["Shirt", "Bag"], [height, 1 - height], color=[bar, "grey"])
        ax.set_ylim(0, 1)
        ax.set_title("✗ Shirt", color=name, fontsize=11, loc="right")

    return draw


def heat_map(shares=SHARES):
    def draw(ax):
        ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            ink = "white" if share > 0.5 else "black"
            ax.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=ink)

    return draw


EXACT, MOVING, FLEXIBLE = None, {}, {"labels": True, "figure": 0.2}
HEAT = {"areas": False, "figure": 0.3}


@pytest.mark.parametrize(
    ("tolerance", "stored", "fresh", "differs"),
    [
        (EXACT, curve(), curve(), ""),
        (EXACT, curve(), curve((1, 2, 5.002), (5, 2.002, 1)), ""),
        (EXACT, curve(), curve([], []), "figure"),
        (EXACT, curve((1, 3, 5), (2, 2, 3)), curve((2, 2, 3), (1, 3, 5)), "figure"),
        (EXACT, curve(), curve((5, 4, 1)), "figure"),
        (EXACT, curve(), curve(color="tab:orange"), "figure"),
        (EXACT, curve(), curve(title="Lass falls"), "figure"),
        (EXACT, verdicts(), verdicts("tab:red", "tab:blue"), "figure"),
        (EXACT, verdicts(), verdicts(wrong="tab:blue"), "figure"),
        (MOVING, curve(), curve(y=(5, 2.1, 1.1)), ""),
        (MOVING, curve(), curve(y=(5, 3, 2)), "figure"),
        (MOVING, curve(), curve([], []), "figure"),
        (MOVING, curve((1, 3, 5), (2, 2, 3)), curve((2, 2, 3), (1, 3, 5)), "figure"),
        (MOVING, verdicts(), verdicts("tab:red", "tab:blue"), "figure"),
        (MOVING, curve(), curve(title="Lass falls"), "labels"),
        (FLEXIBLE, curve(), curve(title="Lass falls"), ""),
        (FLEXIBLE, prediction(), prediction(height=0.68), ""),
        *[
            (FLEXIBLE, prediction(), prediction(**{part: color}), "colors")
            for part in ("bar", "name")
            for color in ("tab:red", "tab:orange", "orangered", "#c44e52")
        ],
        (FLEXIBLE | {"colors": 0.3}, prediction(), prediction(name="tab:orange"), ""),
        (HEAT, heat_map(), heat_map(np.round(SHARES + 0.01, 2)), ""),
        (HEAT, heat_map(), heat_map(SHARES.T), "areas"),
        (HEAT, heat_map(), heat_map(SHARES / SHARES.sum(axis=0)), "areas"),
        (MOVING, heat_map(), heat_map(SHARES.T), "figure"),
    ],
)
def test_figures(tolerance, stored, fresh, differs):
    cell = cell_of("figures-close" if tolerance is not None else "exact", **(tolerance or {}))
    tolerance = compare.tolerance_of(cell, "figures-close")
    checks = compare.compare_figures(picture(stored), picture(fresh), tolerance)
    found = [part for part, difference, limit in checks if difference.max() > limit]
    assert differs in found if differs else not found


LOOKS = ["title: 0.85 are right", "line: #33689e - 1.5 o", "legend: #33689e - 1.5 o plain"]


def written(*lines):
    """Return a picture that tells what is written in it."""
    figure = Image.new("RGB", (4, 4))
    figure.info["content"] = json.dumps(lines)
    return figure


@pytest.mark.parametrize(
    ("tag", "line", "now", "says"),
    [
        ("exact", 0, "title: 0.85 are right", ""),
        ("exact", 0, "title: 0.86 are right", "is now “title: 0.86 are right”"),
        ("figures-close", 0, "title: 0.86 are right", ""),
        ("figures-close", 0, "title: 0.95 are right", "is now “title: 0.95"),
        ("figures-close", 0, "title: 0.85 are wrong", "is now “title: 0.85 are wrong”"),
        ("figures-close", 1, "line: #33689e -- 1.5 o", "is now “line: #33689e -- 1.5 o”"),
        ("figures-close", 1, "line: #33689e - 1.4 o", "is now “line: #33689e - 1.4 o”"),
        ("figures-close", 2, "legend: #33689e - 1.5 o momentum", "is now “legend: "),
        ("times-close", 0, "title: 0.25 are right", ""),
        ("times-close", 0, "title: 9.85 are right", "is now “title: 9.85"),
        ("times-close", 0, "title: 0.85 are wrong", "is now “title: 0.85 are wrong”"),
    ],
)
def test_what_is_written_in_a_figure_is_compared(tag, line, now, says):
    fresh = [*LOOKS[:line], now, *LOOKS[line + 1 :]]
    tolerance = compare.tolerance_of(cell_of(tag), tag) if tag != "exact" else None
    problem = compare.compare_content(written(*LOOKS), written(*fresh), tolerance) or ""
    assert says in problem if says else not problem


def test_a_text_that_came_or_went_is_named():
    problem = compare.compare_content(written(*LOOKS), written(*LOOKS[:2]), None)
    assert problem == f"3 texts and lines are stored, 2 are drawn: {LOOKS[2]}"
    assert not compare.compare_content(written(*LOOKS), Image.new("RGB", (4, 4)), None)


def pointing(*points, limits=(0.0, 1.0, 0.0, 4.0)):
    """Return a picture that tells where the points of its only shape are."""
    figure = Image.new("RGB", (4, 4))
    figure.info["data"] = json.dumps([{"limits": limits, "points": [points]}])
    return figure


BARS = ([0.25, 0.8], [0.75, 0.4])


@pytest.mark.parametrize(
    ("tag", "fresh", "says"),
    [
        ("exact", pointing(*BARS), ""),
        ("exact", pointing([0.25, 0.803], [0.75, 0.4]), ""),
        ("exact", pointing([0.25, 0.848], [0.75, 0.4]), r"\[0.25, 0.8\] .* now at \[0.25, 0.848\]"),
        ("exact", pointing([0.25, 0.8], [0.75, 0.424]), "by 0.005"),
        ("exact", pointing(*BARS, limits=(0.0, 1.0, 0.0, 4.24)), "ended at 4 and now ends at 4.24"),
        ("exact", pointing([0.25, 0.8]), "were .*2.*, now .*1"),
        ("figures-close", pointing([0.25, 0.81], [0.76, 0.4]), ""),
        ("figures-close", pointing([0.25, 0.848], [0.75, 0.4]), "it may move by 0.02"),
        ("figures-close", pointing([0.25, 0.8], [0.75, 0.424]), "it may move by 0.02"),
        ("figures-close", pointing(*BARS, limits=(0.0, 1.0, 0.0, 4.24)), "ends at 4.24"),
    ],
)
def test_a_bar_that_is_six_per_cent_higher_is_noticed(tag, fresh, says):
    tolerance = compare.tolerance_of(cell_of(tag), tag) if tag != "exact" else None
    problem, way = compare.compare_data(pointing(*BARS), fresh, tolerance)
    assert re.search(says, problem) if says else problem is None
    assert round(way, 6) <= 0.01 or says


def test_training_may_move_points_as_far_as_a_cell_says():
    tolerance = compare.tolerance_of(cell_of("figures-close", data=0.1), "figures-close")
    moved = pointing([0.25, 0.72], [0.75, 0.48])
    assert compare.compare_data(pointing(*BARS), moved, tolerance) == (None, pytest.approx(0.08))
    assert compare.compare_data(pointing(*BARS), Image.new("RGB", (4, 4)), None) == (None, 0.0)


# --- Tags and tolerances --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"tags": ["number-close"]}, "unknown tag 'number-close'; known are .*numbers-close"),
        ({"tolerance": {"absolut": 1}}, "unknown tolerance 'absolut'; known are relative, abs"),
        ({"tolerance": {"relative": 0.1}}, "'relative' without the tag 'numbers-close'"),
        ({"tags": ["numbers-close"], "tolerance": {"figure": 0.1}}, "tag 'figures-close'"),
        ({"tags": ["numbers-close"], "tolerance": {"relative": "1 %"}}, "cannot be '1 %'"),
        ({"tags": ["numbers-close"], "tolerance": {"absolute": True}}, "cannot be True"),
        ({"tags": ["numbers-close"], "tolerance": {"integers": 1}}, "cannot be 1"),
        ({"tags": ["figures-close"], "tolerance": {"labels": 0.1}}, "cannot be 0.1"),
        ({"tags": ["numbers-close"], "tolerance": {"after": 0.1}}, "'after' cannot be 0.1"),
        (
            {"tags": ["numbers-close"], "tolerance": {"after": {"sum": "1"}}},
            "'after' cannot be .'sum': '1'",
        ),
        ({"tags": ["numbers-close"], "tolerance": {"after": {"um": 1}}}, "'um': no number follows"),
    ],
)
def test_metadata_that_would_be_ignored_is_a_mistake(metadata, says):
    output = nbf.new_output("stream", text="sum 1.0")
    (mistake,) = compare.metadata_mistakes(nbf.new_code_cell(metadata=metadata, outputs=[output]))
    assert re.search(says, mistake)


# --- Runs -----------------------------------------------------------------------------------------

SPENT = 'raise RuntimeError("A non-persistent tape can be used once")'
SPENT_OUTPUT = nbf.new_output(
    "error", ename="RuntimeError", evalue="A non-persistent tape can be used once"
)
DRAW = f"""
%config InlineBackend.print_figure_kwargs = dict(bbox_inches=None, metadata=dict(axes="{AXES}"))
import matplotlib.pyplot as plt
def draw(*ys, size=(2, 1)):
    for y in ys:
        plt.figure(figsize=size)
        plt.plot([1, y])
        plt.show()
draw(2, 0)"""
RAISES, LATER = ["raises-exception"], ["nbval-ignore-output"]

# For each cell its tags, its source, its stored outputs (a str is stdout), and what a failure says.
PLANTED = [
    ([], DRAW, "as it draws", ""),
    ([], "print(1)", "1\n", ""),
    (
        [],
        "2 * 16.0",
        [nbf.new_output("execute_result", {"text/plain": "48.0"})],
        r"48\.0 is now 32",
    ),
    ([], "print(0.25, end='')", "0.250", r"0\.250 is now 0\.25 \(every letter counts"),
    (CLOSE["numbers-close"], "print(0.5, 3)", "0.504 3\n", ""),
    (
        CLOSE["numbers-close"],
        "print(0.5, 3)",
        "0.93 3\n",
        r"stdout: 0\.93 is now 0\.5 \(tolerance: relative 0\.01, [\s\S]*stored: 0\.93 3\s+now: ",
    ),
    (RAISES, SPENT, [SPENT_OUTPUT], ""),
    (RAISES, "x = 1", [SPENT_OUTPUT], "exception: 1 stored, 0 now\\s+stored: RuntimeError: A non-"),
    (
        RAISES,
        SPENT.replace("once", "twice"),
        [SPENT_OUTPUT],
        "words differ\\s+stored: .* once\\s+now",
    ),
    (RAISES, SPENT.replace("Runtime", "Value"), [SPENT_OUTPUT], "now: +ValueError"),
    ([], "1 / 0", [], "caused an exception"),
    ([], "print(48.0)", [], "stdout: 0 stored, 1 now\\s+now: +48.0"),
    ([], "print(48.0)", None, "output was deleted or never stored"),
    ([], "import sys; print('old', file=sys.stderr)", [], "stderr: 0 stored, 1 now"),
    (LATER, "print('1.5 s')", "0.25 s\n", ""),
    (CLOSE["times-close"], "print('1.5 s')", "0.25 s\n", ""),
    (CLOSE["times-close"], "print('0.01 s')", "0.04 s\n", ""),
    (CLOSE["times-close"], "print('1.5 s')", "999.99 s\n", r"999\.99 is now 1\.5 \(tolerance: fac"),
    (CLOSE["times-close"], "print('1.5 s')", "1.5 m\n", "the words differ"),
    (CLOSE["times-close"], "draw(2, 8)", "as above", ""),
    (CLOSE["times-close"], "draw(2)", "as above", "figures: 2 stored, 1 drawn"),
    ([], "draw(2, 0)", "as above", ""),
    ([], "draw(0, 2)", "as above", r"figure 1 differs in its figure by 0\.[\s\S]*figure 2 differs"),
    (CLOSE["figures-close"], "draw(2, 8)", "as above", "figure 2 differs in its labels by"),
    ([], "draw(2)", "as above", "figures: 2 stored, 1 drawn"),
    ([], "draw(2, 0, 0)", "as above", "figures: 2 stored, 3 drawn"),
    ([], "draw(2, 0, size=(2, 2))", "as above", r"figure 1: (\d+) × \d+ pixels stored, \1 × \d+"),
]


def notebook(*sources):
    """Make a notebook of code cells, each executed in name only."""
    cells = [nbf.new_code_cell(source, execution_count=1) for source in sources]
    return nbf.new_notebook(cells=cells)


def planted():
    """Make the notebook of all rows."""
    drawn = nbclient.NotebookClient(notebook(DRAW)).execute().cells[0].outputs
    nb = notebook(*(source for _, source, _, _ in PLANTED))
    for cell, (tags, _, outputs, _) in zip(nb.cells, PLANTED, strict=True):
        cell.metadata["tags"] = tags
        if outputs is None:
            cell.execution_count = None
        elif isinstance(outputs, str):
            text = nbf.new_output("stream", name="stdout", text=outputs)
            cell.outputs = drawn if outputs.startswith("as") else [text]
        else:
            cell.outputs = outputs
    return nb


def course_in(folder, **files):
    """Make a course with this one's settings, of notebooks and other files."""
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (folder / "conftest.py").write_text('pytest_plugins = ["nbcompare.plugin"]')
    for name, content in files.items():
        text = content if isinstance(content, str) else nbf.writes(content)
        (folder / name.replace("_ipynb", ".ipynb").replace("_py", ".py")).write_text(text)
    return folder


def run(folder, *arguments):
    """Run pytest in a folder, in a process of its own.

    Returns what it prints, and for each test, such as ``"dead: Cell 1"``, its failure's text.
    """
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "--junitxml=report.xml", "-o", "testpaths=.", *arguments],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if "PYTEST" not in name}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    report, failures = folder / "report.xml", {}
    for case in ElementTree.parse(report).iter("testcase") if report.exists() else []:
        file = re.search(r"(\w+)(\.ipynb)?$", case.get("classname"))[1]
        failures[f"{file}: {case.get('name')}"] = "".join(
            child.text for child in case if child.tag in ("failure", "error")
        )
    return process.stdout + process.stderr, failures


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    lax = notebook("32.0", "32.0")
    for cell in lax.cells:
        cell.outputs = [nbf.new_output("execute_result", {"text/plain": "48.0"})]
    lax.cells[1].metadata["tags"] = ["nbval-check-output"]
    misspelt = notebook("1")
    misspelt.cells[0].metadata["tags"] = ["nbval-ingore-output"]
    return course_in(
        tmp_path_factory.mktemp("course"),
        planted_ipynb=planted(),
        lax_ipynb=lax,
        dead_ipynb=notebook("x = 1", "import os\nos.abort()", "x = 2"),
        misspelt_ipynb=misspelt,
        merged_ipynb='{\n "cells": [\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n ]\n}',
    )


@pytest.fixture(scope="module")
def failures(course):
    """Run the notebooks on two processes, without a word on how to share them."""
    return run(course, "--nbval", "-n", "2")[1]


@pytest.mark.parametrize("number", range(len(PLANTED)))
def test_fault_is_reported(number, failures):
    failure, says = failures[f"planted: Cell {number}"], PLANTED[number][-1]
    assert re.search(says, failure) if says else not failure, failure


def test_refused_notebooks_are_named_and_the_others_run(failures):
    assert "misspelt.ipynb, cell" in failures["misspelt: notebook"]
    assert "unknown tag 'nbval-ingore-output'" in failures["misspelt: notebook"]
    assert "merged.ipynb holds a merge conflict, in line 3: <<<<<" in failures["merged: notebook"]


def test_a_cell_that_does_not_end_is_reported(tmp_path):
    course_in(tmp_path, hung_ipynb=notebook("import time\ntime.sleep(600)", "x = 1"))
    failures = run(tmp_path, "--nbval", "--nbval-cell-timeout=2")[1]
    assert "Timeout of 2 seconds exceeded" in failures["hung: Cell 0"]


def test_a_dead_kernel_is_reported(failures):
    assert not failures["dead: Cell 0"]
    assert "The kernel died while it ran this cell" in failures["dead: Cell 1"]
    assert "Kernel dead" in failures["dead: Cell 2"]


def test_differing_figures_are_saved(course, failures):
    number = next(n for n, row in enumerate(PLANTED) if "labels" in row[-1])
    names, folder = re.search(r"Compare (.*) in (.*)", failures[f"planted: Cell {number}"]).groups()
    assert not Path(folder).is_relative_to(course)  # nobody has asked for that
    assert {"expected-1", "actual-2", "labels-2"} <= set(names.split(", "))
    for name in names.split(", "):
        Image.open(Path(folder, f"{name}.png")).verify()


@pytest.mark.parametrize("where", ["as asked", "temporary", "nowhere"])
def test_figures_are_saved_where_a_course_asks_for_it_if_that_can_be(where, tmp_path, monkeypatch):
    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compare, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(plugin, "_temporary", lambda: tmp_path / "temporary")
    if where != "as asked":
        (tmp_path / "figures").touch()  # so that no folder of this name can be made
    if where == "nowhere":
        monkeypatch.setattr(Image.Image, "save", no_space)
    cell = SimpleNamespace(parent=SimpleNamespace(path=Path("lesson.ipynb")), label="line")
    says = plugin.Cell.save(cell, {"actual-1": Image.new("RGB", (1, 1))})
    assert ("could not be saved: [Errno 28]" in says) == (where == "nowhere")
    saved = [path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("actual-1.png")]
    assert saved == {"as asked": ["figures"], "temporary": ["temporary"]}.get(where, [])


def test_lax_run_compares_cells_that_ask_for_it(course):
    failures = run(course, "--nbval-lax", "lax.ipynb")[1]
    assert not failures["lax: Cell 0"]
    assert "48.0 is now 32.0" in failures["lax: Cell 1"]


def test_cells_keep_their_order_and_run_after_those_before(tmp_path):
    nb = notebook("x = 1", "x += 1", "x += 1; print(x)", "x / 0")
    nb.cells[2].outputs = [nbf.new_output("stream", name="stdout", text="3\n")]
    hook = "def pytest_collection_modifyitems(items):"
    hook += " items.sort(key=lambda cell: cell.name, reverse=True)"
    course_in(tmp_path, a_ipynb=nb, b_ipynb=nb, shuffle_py=hook)
    failures = run(tmp_path, "--nbval", "-p", "shuffle")[1]
    first = next(iter(failures))[0]
    assert list(failures) == sorted(failures, key=lambda name: (name[0] != first, name))
    assert {name[3:] for name, failure in failures.items() if failure} == {"Cell 3"}
    failures = run(tmp_path, "--nbval", "--lf", "a.ipynb")[1]
    assert list(failures) == ["a: Cell 3"]
    assert "division by zero" in failures["a: Cell 3"]  # so that x was there


# The first process that takes a lost one's place has collected while the second still does.
REPLACED = """
import os, pathlib, time
name, third = os.environ.get("PYTEST_XDIST_WORKER"), pathlib.Path("third")
if name == "gw3":
    third.touch()
    time.sleep(1)
while name == "gw2" and not third.exists():
    time.sleep(0.1)
"""


@pytest.mark.parametrize(
    "bad", ["os.abort()", pytest.param("time.sleep(600)", marks=pytest.mark.environments)]
)
def test_a_lost_process_is_one_lost_test(bad, tmp_path):
    """Also the last one, when all that is left has been dealt out already."""
    files = {}
    for name, lost in (("a", 1), ("b", 4)):
        tests = [f"def test_{n}(): {bad if n == lost else 'time.sleep(0.1)'}" for n in range(5)]
        files[f"test_{name}_py"] = "\n".join([REPLACED, *tests])
    course_in(tmp_path, lesson_ipynb=notebook("1;", "2;"), **files)
    limits = ["-o", "faulthandler_timeout=20", "-o", "deal_singly=test_a.py"]
    printed, failures = run(tmp_path, "--nbval", "-n", "2", *limits)
    assert len(failures) == 12, printed
    failed = {name for name, failure in failures.items() if failure}
    assert failed == {"test_a: test_1", "test_b: test_4"}
    assert "were not run" not in printed


@pytest.mark.environments
def test_a_process_lost_while_it_collects_is_replaced_and_the_others_work(tmp_path):
    slow = """
import os, time
try:
    os.mkdir("first")
except OSError:
    os.makedirs("second", exist_ok=True)
else:
    while not os.path.exists("second"):
        time.sleep(0.1)
    os.abort()
def test_a(): time.sleep(2)
"""
    course_in(tmp_path, test_a_py=slow, test_b_py="def test_b(): ...")
    printed, failures = run(tmp_path, "-n", "2", "-v")
    assert failures == {"test_a: test_a": "", "test_b: test_b": ""}, printed
    assert len(set(re.findall(r"\[gw(\d)\] \[", printed))) == 2, printed


def test_a_run_that_ends_early_says_how_many_tests_were_not_run(tmp_path):
    tests = "\n".join(f"def test_{n}(): assert False" for n in range(40))
    course_in(tmp_path, test_it_py=tests)
    assert re.search("39 of 40 tests were not run", run(tmp_path, "-x")[0])


@pytest.mark.environments
def test_a_process_that_never_starts_ends_the_run(tmp_path):
    course_in(tmp_path, test_it_py="import time\ntime.sleep(600)\ndef test(): ...")
    printed, _ = run(tmp_path, "-n", "2", "-o", "faulthandler_timeout=10")
    assert "Nothing was heard for 15 s after the start: the run ends" in printed
