"""What conftest.py adds to `pytest --nbval`: each fault is planted, and looked at what is said.

One small notebook, written here, holds a cell for each row of the tables `FAULTS` and `FINE`.
It is executed as the row's first source says and run under `pytest --nbval` as the second one
says, so that each row shows what a maintainer would see after that change.
"""

import importlib.metadata
import inspect
import math
import operator
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import nbclient
import nbformat.v4 as nbf
import nbval.plugin
import pytest
from PIL import Image

import conftest

ROOT = Path(__file__).parents[1]

# A lesson in small: a "model" that is trained, and figures of all kinds.
SETUP = """
import matplotlib.pyplot as plt
import numpy as np

%config InlineBackend.figure_format = "retina"
AXES = "[[0.125, 0.12, 0.9, 0.89]]"  # as helpers/plotting.py writes them
%config InlineBackend.print_figure_kwargs = {"bbox_inches": None, "metadata": {"axes": AXES}}

pixels = np.random.default_rng(0).integers(0, 256, (40, 3))
labels = pixels @ [2, 1, -1] > 250
names = ["T-shirt/top", "Trouser", "Pullover"]


def train(inputs=pixels / 255, labels=labels, rate=0.5, epochs=5, loss_slope=lambda e: 2 * e):
    w, b = np.zeros(3), 0.0
    for epoch in range(epochs):
        error = inputs @ w + b - labels
        w = w - rate * inputs.T @ loss_slope(error) / len(labels)
        b = b - rate * loss_slope(error).mean()
    print(f"after {epoch + 1} epochs: loss {(error**2).mean():.4f}")


def curve(x, y, title="Loss falls", color="tab:blue"):
    _, axes = plt.subplots(figsize=(4, 3))
    axes.plot(x, y, color=color)
    axes.set(xlim=(0, 6), ylim=(0, 6), title=title)
    plt.show()


def verdicts(right, wrong, angle=0):
    _, axes = plt.subplots(figsize=(4, 3))
    colors = np.where(np.arange(5) == 3, wrong, right)
    axes.scatter(range(5), [1, 4, 2, 2, 3], c=colors)
    plt.show()
"""

TRAINED = ("numbers-close",)
DRAWN = ("figures-close",)
LINE = "curve([1, 2, 5], [5, 2, 1])"
SPENT = 'raise RuntimeError("A non-persistent tape can be used once")'


def row(stored, run, says=None, tags=(), output=None, **tolerance):
    """Fill in one row of the tables.

    Parameters
    ----------
    stored, run : str
        The cell's source when its output was stored, and when the notebook is tested.
    says : str
        What the failure must say: a regular expression.
    tags, tolerance
        The cell's metadata.
    output : callable
        Changes the stored cell by hand.
    """
    return SimpleNamespace(
        stored=stored, run=run, says=says, tags=list(tags), tolerance=tolerance, output=output
    )


def replace_output(old, new):
    """Edit the number in a stored output by hand."""

    def edit(cell):
        assert old in cell.outputs[0].text
        cell.outputs[0].text = cell.outputs[0].text.replace(old, new)

    return edit


FAULTS = {
    "a derivative's formula changed": row(
        "x = 4.0\n3 * x**2", "x = 4.0\n2 * x**2", r"48\.0 is now 32\.0 \(every letter counts"
    ),
    "a derivative's formula changed, tolerance": row(
        "x = 4.0\n3 * x**2", "x = 4.0\n2 * x**2", r"48\.0 is now 32\.0", TRAINED, relative=0.1
    ),
    "a learning rate changed by 20 %": row(
        "train(rate=0.5)", "train(rate=0.4)", r"0\.\d+ is now 0\.\d+ \(tolerance: rel", TRAINED
    ),
    "one training epoch fewer": row(
        "train(epochs=5)", "train(epochs=4)", r"stdout: 5 is now 4, 0\.\d+ is now 0\.\d+", TRAINED
    ),
    "one training epoch fewer, the count not printed": row(
        "losses = [0.51, 0.42, 0.39]\nprint(losses)",
        "losses = [0.51, 0.42, 0.39]\nprint(losses[:2])",
        "stdout: the words differ",
        TRAINED,
    ),
    "abs for square": row(
        "train()", "train(loss_slope=np.sign)", r"is now 0\.\d+ \(tolerance", TRAINED
    ),
    "a label array shuffled": row(
        "train()", "train(labels=np.roll(labels, 1))", r"is now 0\.\d+ \(tolerance", TRAINED
    ),
    "the data's scaling left out": row(
        "train()", "train(pixels)", r"is now \d+\.\d+ \(tolerance", TRAINED
    ),
    "nan for a number": row(
        "train()", "train(pixels + np.nan)", r"0\.\d+ is now nan \(tolerance", TRAINED
    ),
    "a sign lost": row("print(-0.25)", "print(0.25)", r"-0\.25 is now 0\.25 \(tol", TRAINED),
    "a shape changed": row(
        "print('shape', (60, 28), 0.5)", "print('shape', (61, 28), 0.5)", "60 is now 61", TRAINED
    ),
    "a class name misspelt": row(
        "print(names[1], 0.9)",
        "names[1] = 'Trousers'\nprint(names[1], 0.9)",
        r"stdout: the words differ\s+stored: Trouser 0\.9\s+now: +Trousers 0\.9",
        TRAINED,
    ),
    "a stored number edited by hand by 3 %": row(
        "train()",
        "train()",
        r"is now 0\.\d+ \(tolerance: relative 0\.01, absolute 0, integers exact\)\s+stored:",
        TRAINED,
        replace_output("loss 0.", "loss 0.9"),
    ),
    "an exact number edited by hand": row(
        "print(48.0)", "print(48.0)", "48.1 is now 48.0", (), replace_output("48.0", "48.1")
    ),
    "an exception no longer raised": row(
        SPENT,
        "x = 1",
        "exception: 1 stored, 0 now\\s+stored: RuntimeError: A non-persistent",
        ["raises-exception"],
    ),
    "an exception with another message": row(
        SPENT,
        SPENT.replace("once", "twice"),
        "exception: the words differ\\s+stored: .* once\\s+now: .* twice",
        ["raises-exception"],
    ),
    "an exception of another type": row(
        SPENT, SPENT.replace("Runtime", "Value"), "now: +ValueError", ["raises-exception"]
    ),
    "an exception that nobody expects": row("1 / 1", "1 / 0", "caused an exception"),
    "a cell's output deleted": row(
        "print(48.0)",
        "print(48.0)",
        "stdout: 0 stored, 1 now\\s+now: +48.0",
        output=lambda cell: cell.outputs.clear(),
    ),
    "a cell's output and execution count deleted": row(
        "print(48.0)",
        "print(48.0)",
        "output was deleted or never stored",
        output=lambda cell: cell.update(outputs=[], execution_count=None),
    ),
    "a warning on stderr": row(
        "print(1)", "import sys\nprint(1)\nprint('old', file=sys.stderr)", "stderr: 0 stored, 1 now"
    ),
    "a figure drawn blank": row(LINE, "curve([], [])", r"figure 1 differs .* by 0\.[4-9]"),
    "a figure drawn blank, tolerance": row(LINE, "curve([], [])", "figure 1 differs", DRAWN),
    "two axes swapped": row(
        "curve([1, 3, 5], [2, 2, 3])", "curve([2, 2, 3], [1, 3, 5])", "figure 1 differs"
    ),
    "two axes swapped, tolerance": row(
        "curve([1, 3, 5], [2, 2, 3])", "curve([2, 2, 3], [1, 3, 5])", "figure 1 differs", DRAWN
    ),
    "a figure mirrored": row(LINE, "curve([5, 4, 1], [5, 2, 1])", "figure 1 differs"),
    "right and wrong colours swapped": row(
        "verdicts('tab:blue', 'tab:red')", "verdicts('tab:red', 'tab:blue')", "figure 1 differs"
    ),
    "right and wrong colours swapped, tolerance": row(
        "verdicts('tab:blue', 'tab:red')",
        "verdicts('tab:red', 'tab:blue')",
        "figure 1 differs",
        DRAWN,
    ),
    "one marker recoloured": row(
        "verdicts('tab:blue', 'tab:red')", "verdicts('tab:blue', 'tab:blue')", "figure 1 differs"
    ),
    "a line recoloured": row(LINE, LINE[:-1] + ", color='tab:orange')", "figure 1 differs"),
    "one letter of a title": row(LINE, LINE[:-1] + ", 'Lass falls')", "figure 1 differs"),
    "one letter of a title, tolerance": row(
        LINE,
        LINE[:-1] + ", 'Lass falls')",
        r"figure 1 differs beside its axes .*\n[\s\S]*labels-difference-1",
        DRAWN,
    ),
    "two figures swapped": row(
        f"{LINE}\nverdicts('tab:blue', 'tab:red')",
        f"verdicts('tab:blue', 'tab:red')\n{LINE}",
        r"figure 1 differs [\s\S]*figure 2 differs",
    ),
    "a figure missing": row(f"{LINE}\n{LINE}", LINE, "figures: 2 stored, 1 drawn"),
    "a figure too many": row(LINE, f"{LINE}\n{LINE}", "figures: 1 stored, 2 drawn"),
    "a figure of another size": row(
        "plt.figure(figsize=(4, 3))\nplt.plot([1, 2])\nplt.show()",
        "plt.figure(figsize=(4, 4))\nplt.plot([1, 2])\nplt.show()",
        r"figure 1: (\d+) × \d+ pixels stored, \d+ × \d+ drawn",
    ),
}

HARMLESS = {
    "nothing changed": row("train()", "train()"),
    "numbers within the default": row(
        "print(0.5, 'of', 3)", "print(0.504, 'of', 3)", None, TRAINED
    ),
    "numbers within the cell's own": row("print(0.5)", "print(0.55)", None, TRAINED, relative=0.2),
    "a count that may move": row(
        "print(60)", "print(61)", None, TRAINED, relative=0.1, integers=True
    ),
    "an array wrapped differently": row(
        "print(np.linspace(1, 2, 9))",
        "with np.printoptions(linewidth=30):\n    print(np.linspace(1, 2, 9))",
        None,
        TRAINED,
    ),
    "nan and inf": row("print(np.nan, -np.inf)", "print(np.nan, -np.inf)", None, TRAINED),
    "the same exception": row(SPENT, SPENT, None, ["raises-exception"]),
    "a time": row("print('0.25 s')", "print('1.5 s')", None, ["nbval-ignore-output"]),
    "the same figure": row(LINE, LINE),
    "a figure that moved by less than a pixel": row(LINE, "curve([1, 2, 5.002], [5, 2.002, 1])"),
    "a curve that moved a little": row(LINE, "curve([1, 2, 5], [5, 2.1, 1.1])", None, DRAWN),
    "a title that may change": row(
        LINE, LINE[:-1] + ", 'Lass falls')", None, DRAWN, labels=True, figure=0.2
    ),
}

ROWS = FAULTS | HARMLESS


def notebook(*sources, **metadata):
    """Make a notebook of code cells, each executed in name only."""
    cells = [
        nbf.new_code_cell(source, execution_count=n) for n, source in enumerate(sources, start=1)
    ]
    return nbf.new_notebook(cells=cells, metadata=metadata)


def planted():
    """Make the notebook of all rows: outputs of the first sources, then the second sources."""
    nb = notebook(SETUP, *(row.stored for row in ROWS.values()))
    nbclient.NotebookClient(nb, allow_errors=True).execute()
    for cell, row in zip(nb.cells[1:], ROWS.values(), strict=True):
        cell.metadata = {"tags": row.tags}
        if row.tolerance:
            cell.metadata["tolerance"] = row.tolerance
        cell.source = row.run
        if row.output:
            row.output(cell)
    return nb


def run(folder, *arguments):
    """Run pytest in a folder, in a process of its own.

    Returns
    -------
    dict
        For each test, such as ``"dead.ipynb, Cell 1"``, its failure's text, "" if it passed.
    """
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    environment = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    process = subprocess.run(
        [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert report.exists(), process.stdout + process.stderr
    failures = {}
    for case in ElementTree.parse(report).iter("testcase"):
        file = re.search(r"\w+\.ipynb", case.get("classname") or case.get("name"))[0]
        failures[f"{file}, {case.get('name')}"] = "".join(
            child.text for child in case if child.tag in ("failure", "error")
        )
    return failures


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Make a course with its own conftest.py and settings, and notebooks with faults."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "notebooks").mkdir()
    misspelt = notebook("1")
    misspelt.cells[0].metadata = {"tags": ["nbval-ingore-output"], "tolerance": {"absolut": 1}}
    student = notebook("print(1)", edition="student")
    student.cells[0].execution_count = None
    lax = notebook("32.0", "32.0")
    for cell in lax.cells:
        cell.outputs = [nbf.new_output("execute_result", {"text/plain": "48.0"})]
    lax.cells[1].metadata = {"tags": ["nbval-check-output"]}
    notebooks = {
        "planted": planted(),
        "lax": lax,
        "dead": notebook("x = 1", "import os\nos._exit(1)", "x = 2"),
        "hung": notebook("import time\ntime.sleep(600)", "x = 1"),
        "misspelt": misspelt,
        "student": student,
    }
    for name, nb in notebooks.items():
        path = folder / "notebooks" / f"{name}.ipynb"
        path.write_text(nbf.writes(nb), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def failures(course):
    """Run all but the hung notebook on two processes, without a word on how to share them."""
    return run(
        course,
        *("--nbval", "-n", "2", "--continue-on-collection-errors"),
        *("--ignore=notebooks/hung.ipynb", "--ignore=notebooks/lax.ipynb"),
    )


def failure_of(name, failures):
    """Look up what the failure of a row says."""
    number = list(ROWS).index(name) + 1  # Cell 0 is SETUP
    return failures[f"planted.ipynb, Cell {number}"]


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_reported(name, failures):
    assert re.search(FAULTS[name].says, failure_of(name, failures))


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_change_passes(name, failures):
    failure = failure_of(name, failures)
    assert not failure, failure


def test_differing_figures_are_saved(course, failures):
    says = failure_of("a line recoloured", failures)
    names, folder = re.search(r"Compare (.*) in (.*)", says).groups()
    folder = Path(folder)
    assert folder.is_relative_to(course / "build" / "figures" / "planted")
    assert names == "expected-1, actual-1, difference-1"
    for name in names.split(", "):
        Image.open(folder / f"{name}.png").verify()


def test_figures_of_a_read_only_checkout_are_saved_elsewhere(tmp_path):
    (tmp_path / "build").touch()  # so that no folder of this name can be made
    cell = SimpleNamespace(
        config=SimpleNamespace(rootpath=tmp_path),
        parent=SimpleNamespace(path=Path("lesson.ipynb")),
        label="line",
    )
    folder = conftest.Cell.figure_folder(cell)
    assert folder.is_dir()
    folder.rmdir()


def test_misspelt_tag_and_tolerance_are_refused(failures):
    says = next(text for test, text in failures.items() if "misspelt" in test)
    assert "unknown tag 'nbval-ingore-output'; known are " in says
    assert "unknown tolerance 'absolut'; known are relative, absolute" in says


def test_dead_kernel_is_reported(failures):
    assert not failures["dead.ipynb, Cell 0"]
    assert "The kernel died while it ran this cell" in failures["dead.ipynb, Cell 1"]
    assert "Kernel dead" in failures["dead.ipynb, Cell 2"]


def test_lax_run_on_two_files_from_their_folder(course):
    """A cell that hangs fails at its time limit; only cells that ask for it are compared."""
    start = time.monotonic()
    failures = run(
        course / "notebooks",
        *("--nbval-lax", "--nbval-cell-timeout=2", "hung.ipynb", "lax.ipynb"),
    )
    assert time.monotonic() - start < 120  # the cell sleeps for 600 s
    assert "Timeout of 2 seconds exceeded" in failures["hung.ipynb, Cell 0"]
    assert not failures["lax.ipynb, Cell 0"]
    assert "48.0 is now 32.0" in failures["lax.ipynb, Cell 1"]


def test_student_edition_needs_no_outputs(failures):
    assert not failures["student.ipynb, Cell 0"]


@pytest.mark.parametrize(
    ("stored", "fresh", "used"),
    [
        ("0.5", "0.5", 0),
        ("100.0", "100.5", 0.5),
        ("1.000e+02", "1.005e+02", 0.5),
        ("step 100.", "step 100.5", None),  # the first ends a sentence
        ("step 100.", "step 101.", math.inf),
        ("[100.]", "[100.5]", 0.5),
        ("60,000.0", "60,300.0", 0.5),
        ("88.00%", "88.44 %", 0.5),
        ("-1.0", "1.0", 200),
        ("−1.0", "-1.0", 0),
        ("1e-9", "-1e-9", 0.001),
        ("7", "8", math.inf),
        ("7", "7.0", math.inf),
        ("60,000", "60,001", math.inf),
        ("nan", "NaN", 0),
        ("nan", "1.0", math.inf),
        ("inf", "-inf", math.inf),
        ("-inf", "1e30", math.inf),
        ("infinite", "inf", None),
        ("x2 = 1.0", "x3 = 1.0", None),
        ("2.21.0", "2.21.1", None),
        ("float32", "float64", None),
        ("1.0", "", None),
        ("[1.0, 2.0]", "[1.0, 2.0, 3.0]", None),
        ("[[1.  2.5]\n [3.  4. ]]", "[[1. 2.5] [3.\n 4.]]", 0),
        ("array([0.1       , 0.25])", "array([0.1, 0.25])", 0),
        ("a b", "ab", None),
    ],
)
def test_numbers(stored, fresh, used):
    """The tolerance is 1 % or 0.000002; None stands for texts with other words."""
    pairs = conftest.number_pairs(stored, fresh)
    tolerance = conftest.TOLERANCE | {"relative": 0.01, "absolute": 2e-6}
    if used is None:
        assert pairs is None
    else:
        parts = [conftest.tolerance_used(*pair, tolerance) for pair in pairs]
        assert max(parts) == pytest.approx(used, rel=0.01)


def test_integers_move_if_the_tolerance_says_so():
    tolerance = {"relative": 0.1, "absolute": 0.0, "integers": True}
    assert conftest.tolerance_used("60,000", "61,000", tolerance) < 1
    assert conftest.tolerance_used("60,000", "70,000", tolerance) > 1


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"tags": ["number-close"]}, "unknown tag 'number-close'; known are .*numbers-close"),
        ({"tolerance": {"relative": 0.1}}, "'relative' without the tag 'numbers-close'"),
        ({"tags": ["numbers-close"], "tolerance": {"figure": 0.1}}, "tag 'figures-close'"),
        ({"tags": ["numbers-close"], "tolerance": {"relative": "1 %"}}, "cannot be '1 %'"),
        ({"tags": ["numbers-close"], "tolerance": {"absolute": True}}, "cannot be True"),
        ({"tags": ["numbers-close"], "tolerance": {"integers": 1}}, "cannot be 1"),
        ({"tags": ["figures-close"], "tolerance": {"labels": 0.1}}, "cannot be 0.1"),
    ],
)
def test_metadata_that_would_be_ignored_is_a_mistake(metadata, says):
    (mistake,) = conftest.metadata_mistakes(nbf.new_code_cell(metadata=metadata))
    assert re.search(says, mistake)


def test_nbval_is_the_one_that_conftest_extends():
    """If this fails, nbval has changed: mend conftest.py, then its version here and there."""
    pinned = re.search(r"nbval==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"))[1]
    installed = importlib.metadata.version("nbval")
    assert installed == pinned, f"nbval {installed} is installed, requirements.txt pins {pinned}"
    needs = {
        "IPyNbFile.collect": ["self"],
        "IPyNbCell.__init__": ["self", "name", "parent", "cell_num", "cell", "options"],
        "IPyNbCell.runtest": ["self"],
        "IPyNbCell.compare_outputs": ["self", "test", "ref", "skip_compare"],
        "IPyNbCell.sanitize": ["self", "s"],
        "IPyNbCell.raise_cell_error": ["self", "message", "args", "kwargs"],
        "RunningKernel.get_message": ["self", "stream", "timeout"],
        "RunningKernel.is_alive": ["self"],
    }
    for name, parameters in needs.items():
        found = list(inspect.signature(operator.attrgetter(name)(nbval.plugin)).parameters)
        assert found == parameters, f"conftest.py needs nbval's {name} to take {parameters}"
    for name, used in {
        "IPyNbFile.setup": ["RunningKernel"],  # replaced by conftest.WatchedKernel
        "IPyNbCell.runtest": ["compare_outputs", "comparison_traceback"],
    }.items():
        source = inspect.getsource(operator.attrgetter(name)(nbval.plugin))
        assert all(word in source for word in used), f"nbval's {name} no longer uses {used}"
    assert {"raises-exception", "nbval-ignore-output"} <= nbval.plugin.metadata_tags.keys()
