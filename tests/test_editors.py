"""What other programs do to a lesson's file: it is compared as strictly as before, or refused.

Each habit is applied to a small lesson in which one stored number is false. `pytest --nbval` must
find that number, and nothing else, or say in a sentence what is wrong with the file; and so must
whatever else reads a lesson.
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import nbformat
import pytest
from nbformat import v3, v4

from nbcompare.reading import Unreadable
from tests.test_notebooks import ALL_RULES
from tools import execute, lessons, nblint, student
from tools.book.faults import faults

ROOT = Path(__file__).resolve().parents[1]
CELLS = [
    v4.new_markdown_cell("# 01 Lesson\n\nText.", id="opening"),
    v4.new_code_cell("x = 48.0", id="imports"),
    v4.new_code_cell("slope = ...", id="slope", metadata={"tags": ["exercise"]}),
    v4.new_code_cell(
        "slope = 12.0",
        id="slope-solution",
        metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}},
    ),
    v4.new_code_cell("print(x)", id="false"),
    v4.new_code_cell("x / 2", id="half", metadata={"tags": ["numbers-close"]}),
    v4.new_markdown_cell("## Recap", id="recap"),
]
FULL = {"name": "python", "version": "3.12.1", "mimetype": "text/x-python"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return the lesson as tools/execute.py wrote it, as JSON."""
    path = tmp_path_factory.mktemp("lesson") / "01_lesson.ipynb"
    nbformat.write(v4.new_notebook(cells=CELLS), path)
    execute.execute(path)
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def lesson(written):
    """Return a copy of the lesson, free to be changed."""
    return copy.deepcopy(written)


# --- Habits: each changes the lesson in place, or returns the file's content ----------------------


def code(lesson):
    return [cell for cell in lesson["cells"] if cell["cell_type"] == "code"]


def jupyterlab(lesson):
    lesson["metadata"]["language_info"] = FULL
    for cell in code(lesson):
        cell["metadata"]["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}


def notebook_seven(lesson):
    lesson["metadata"] |= {"language_info": FULL, "widgets": {}}
    for cell in lesson["cells"]:
        cell["metadata"] |= {"editable": True, "slideshow": {"slide_type": ""}}


def vs_code(lesson):
    lesson["metadata"] |= {"language_info": FULL}
    lesson["metadata"]["kernelspec"]["display_name"] = ".venv (3.12.1)"
    code(lesson)[0]["metadata"]["vscode"] = {"languageId": "python"}


def colab(lesson):
    lesson["nbformat_minor"] = 0
    lesson["metadata"]["colab"] = {"provenance": []}
    for cell in lesson["cells"]:
        cell["metadata"] |= {"id": cell.pop("id"), "outputId": "70d6b1c5"}


def without_ids(lesson):
    lesson["nbformat_minor"] = 4
    for cell in lesson["cells"]:
        del cell["id"]


def ids_lost(lesson):
    for cell in lesson["cells"]:
        del cell["id"]


def ids_of_a_later_format(lesson):
    lesson["nbformat_minor"] = 4


def ids_numbered(lesson):
    for number, cell in enumerate(lesson["cells"]):
        cell["id"] = str(number)


def ids_twice(lesson):
    lesson["cells"][2]["id"] = lesson["cells"][1]["id"]


def papermill(lesson):
    lesson["metadata"]["papermill"] = {"duration": 1.5, "parameters": {}}
    for cell in code(lesson):
        cell["metadata"] |= {"papermill": {"status": "completed"}}
        cell["metadata"].setdefault("tags", [])


def papermill_with_parameters(lesson):
    papermill(lesson)
    injected = v4.new_code_cell("# Parameters\nx = 1", execution_count=1)
    injected.metadata["tags"] = ["injected-parameters"]
    lesson["cells"].insert(0, injected)


def jupytext(lesson):
    lesson["metadata"]["jupytext"] = {"formats": "ipynb,py:percent"}
    code(lesson)[0]["metadata"]["lines_to_next_cell"] = 2


def windows(lesson):
    return json.dumps(lesson, indent=1).replace("\n", "\r\n").encode()


def windows_in_cells(lesson):
    for cell in lesson["cells"]:
        cell["source"] = [line.replace("\n", "\r\n") for line in cell["source"]]


def bom(lesson):
    return b"\xef\xbb\xbf" + json.dumps(lesson).encode()


def utf_sixteen(lesson):
    return json.dumps(lesson).encode("utf-16")


def one_line(lesson):
    return json.dumps(lesson).encode()


def indented_by_four(lesson):
    return json.dumps(lesson, indent=4, ensure_ascii=True, sort_keys=True).encode() + b"\n\n"


def sources_of_one_string(lesson):
    for cell in lesson["cells"]:
        cell["source"] = "".join(cell["source"])


def trailing_newlines(lesson):
    for cell in lesson["cells"]:
        cell["source"] = ["".join(cell["source"]) + "\n\n"]


def streams_in_pieces(lesson):
    (whole,) = code(lesson)[3]["outputs"]
    parts = [["4"], ["7.0\n"]]
    code(lesson)[3]["outputs"] = [whole | {"text": part} for part in parts]


def stripped(lesson):
    for cell in code(lesson):
        cell |= {"outputs": [], "execution_count": None}


def cleared_in_jupyterlab(lesson):
    stripped(lesson)
    jupyterlab(lesson)


def one_cell_stripped(lesson):
    code(lesson)[4] |= {"outputs": [], "execution_count": None}


def no_counts(lesson):
    for cell in code(lesson):
        del cell["execution_count"]


def conflict(lesson):
    text = json.dumps(lesson, indent=1)
    ours, theirs = '    "x / 2"\n', '    "x / 3"\n'
    both = f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> theirs\n"
    return text.replace(ours, both).encode()


def empty(lesson):
    return b""


def cut_short(lesson):
    return json.dumps(lesson, indent=1).encode()[:700]


def no_notebook(lesson):
    return b'{"paragraphs": []}'


def format_three(lesson):
    sheet = v3.new_worksheet(cells=[v3.new_code_cell("print(1)")])
    return v3.writes_json(v3.new_notebook(worksheets=[sheet])).encode()


def format_five(lesson):
    lesson["nbformat"] = 5


def timed(lesson):
    code(lesson)[0]["source"] = ["%%time\n", "x = 48.0"]


def timed_exercise(lesson):
    code(lesson)[1]["source"].insert(0, "%%time\n")


def timed_solution(lesson):
    code(lesson)[2]["source"].insert(0, "%%time\n")


def captured(lesson):
    code(lesson)[0]["source"].insert(0, "%%capture said\n")


def of_the_shell(lesson):
    code(lesson)[0]["source"].insert(0, "!echo installed > installed.txt\n%matplotlib inline\n")


STRIPPED = "no outputs.*: they were cleared, or a git filter such as nbstripout took them out"
NO_IDS = r"was saved without cell ids \(notebook format 4\.\d\), by which its cells are named"

# What `pytest --nbval` says beside the false number; a text that goes on after the file's name
# stands for a file that is refused. And what those programs say that need a whole lesson:
# tools/execute.py, tools/student.py, tools/nblint.py and the book.
HABITS = {
    jupyterlab: ("", ""),
    notebook_seven: ("", ""),
    vs_code: ("", ""),
    colab: ("", NO_IDS),
    without_ids: ("", NO_IDS),
    ids_lost: ("", NO_IDS),
    ids_of_a_later_format: (".ipynb is not a valid notebook: .*'id' was unexpected", "'id' was un"),
    ids_numbered: ("", ""),
    ids_twice: ("", "has two cells with the id 'imports'"),
    papermill: ("", ""),
    papermill_with_parameters: (".ipynb, cell .*: unknown tag 'injected-parameters'", ""),
    jupytext: ("", ""),
    windows: ("", ""),
    windows_in_cells: ("", ""),
    bom: (".ipynb begins with a byte order mark", "begins with a byte order mark"),
    utf_sixteen: (".ipynb is not UTF-8 text", "is not UTF-8 text"),
    one_line: ("", ""),
    indented_by_four: ("", ""),
    sources_of_one_string: ("", ""),
    trailing_newlines: ("", ""),
    streams_in_pieces: ("", ""),
    stripped: (f".ipynb holds {STRIPPED}", ""),
    cleared_in_jupyterlab: ("", ""),
    one_cell_stripped: ("output was deleted or never stored", ""),
    no_counts: (".ipynb is not a valid notebook: 'execution_count' is", "'execution_count' is a"),
    conflict: (".ipynb holds a merge conflict, in line .*: <<<<<<< HEAD", "a merge conflict"),
    empty: (".ipynb is empty", "is empty"),
    cut_short: (".ipynb is not a notebook: .* in line", "is not a notebook"),
    no_notebook: (".ipynb is JSON, but not a notebook", "is JSON, but not a notebook"),
    format_three: (".ipynb has notebook format 3, and 4 is needed", "has notebook format 3"),
    format_five: (".ipynb has notebook format 5, and 4 is needed", "has notebook format 5"),
    timed: ("stdout: 0 stored, 1 now\\s+now: +CPU times", ""),
    timed_exercise: ("stdout: 0 stored, 1 now\\s+now: +CPU times", ""),
    timed_solution: ("stdout: 0 stored, 1 now\\s+now: +CPU times", ""),
    captured: ("", ""),
    of_the_shell: ("", ""),
}
NAMES = {habit.__name__: habit for habit in HABITS}
WRITTEN = [name for name, habit in NAMES.items() if not HABITS[habit][1]]
REFUSED = [name for name, habit in NAMES.items() if HABITS[habit][1]]
# What execution does not take back: it leaves the cells' sources and ids alone.
KEPT = {ids_numbered, papermill_with_parameters, windows_in_cells, trailing_newlines}
KEPT |= {timed, timed_exercise, timed_solution, captured, of_the_shell}
# What keeps a lesson that can be executed out of the book.
UNREAD = {
    stripped: f"holds {STRIPPED}",
    cleared_in_jupyterlab: f"holds {STRIPPED}",
    one_cell_stripped: f"holds {STRIPPED.replace('.*', ' of the cells half')}",
    papermill_with_parameters: "does not begin with its title",
}


def saved(folder, name, lesson):
    """Write the lesson as a program with this habit saves it, one number in it false."""
    lesson = copy.deepcopy(lesson)
    code(lesson)[3]["outputs"][0]["text"] = ["47.0\n"]
    path = folder / f"01_{name}.ipynb"
    written = NAMES[name](lesson)
    path.write_bytes(json.dumps(lesson, indent=1).encode() if written is None else written)
    return path


CONFTEST = """
import functools
import nbval.plugin
from nbcompare import compare, plugin

pytest_plugins = ["nbcompare.plugin", "tools.readers"]
compare.TAGS |= {"exercise", "solution"}

def pytest_sessionstart():  # one kernel for all lessons, emptied after each
    plugin.WatchedKernel.stop = lambda kernel: kernel.execute_cell_input("%reset -f")
    nbval.plugin.RunningKernel = functools.cache(plugin.WatchedKernel)
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory, written):
    """Run `pytest --nbval` on a course with a lesson of each habit; return what fails, by lesson.

    A failure is a cell's place and its text; None stands for what was left out.
    """
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(lessons.NOTEBOOKS.parent / "tools", course / "tools")
    (course / "notebooks").mkdir()
    (course / "conftest.py").write_text(CONFTEST)
    for name in NAMES:
        saved(course / "notebooks", name, written)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q"]
    command += ["-p", "no:warnings", "-p", "nbcompare._quick", "--junitxml=report.xml", "notebooks"]
    environment = {"CI": "", "PYTHONPATH": f"{course}{os.pathsep}{ROOT}"}
    said = subprocess.run(
        command, cwd=course, env=os.environ | environment, capture_output=True, encoding="utf-8"
    )
    assert "INTERNALERROR" not in said.stdout + said.stderr
    found = {name: {} for name in NAMES}
    for case in ElementTree.parse(course / "report.xml").iter("testcase"):
        name = re.search(r"01_([a-z_]+)", case.get("classname"))[1]
        for child in case:
            if child.tag in ("failure", "error", "skipped"):
                found[name][case.get("name")] = None if child.tag == "skipped" else child.text
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_is_compared_as_strictly_as_before_or_refused_in_a_sentence(name, compared):
    failures, (says, _) = compared[name], HABITS[NAMES[name]]
    if name == "cleared_in_jupyterlab":  # by a reader, in whose lesson nothing is false
        assert failures == {"notebook": None}
    elif says.startswith(".ipynb"):
        assert re.match(f"01_{name}{says}", failures.pop("notebook"))
        assert not failures
    else:
        assert "47.0 is now 48.0" in failures.pop("Cell 3")
        assert len(failures) == bool(says)
        assert all(re.search(says, text) for text in failures.values())


@pytest.fixture
def spared(monkeypatch, written):
    """Start no kernel for the very cells of the lesson: they give what they gave before."""
    before = nbformat.reads(json.dumps(written), as_version=4).cells
    run = execute.NotebookClient.execute

    def answer(client):
        if [cell.source for cell in client.nb.cells] != [cell.source for cell in before]:
            return run(client)
        for cell, known in zip(client.nb.cells, before, strict=True):
            cell.update({key: known[key] for key in known.keys() & {"outputs", "execution_count"}})

    monkeypatch.setattr(execute.NotebookClient, "execute", answer)


@pytest.mark.parametrize("name", WRITTEN)
def test_execution_gives_the_lesson_as_it_was(name, lesson, spared, tmp_path):
    path = saved(tmp_path, name, lesson)
    execute.execute(path)
    written = json.loads(path.read_text(encoding="utf-8"))
    assert (written == lesson) != (NAMES[name] in KEPT)
    assert list(nblint.metadata(lessons.read(path), path)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_there_is_an_edition_and_a_page_of_it(name, lesson, tmp_path):
    path, says = saved(tmp_path, name, lesson), UNREAD.get(NAMES[name], "")
    assert list(student.faults(tmp_path)) == []
    assert not [c for c in student.student_notebook(lessons.read(path)).cells if c.get("outputs")]
    problems = list(faults(tmp_path))
    assert len(problems) == bool(says)
    assert all(re.match(f"{path.name} {says}", problem) for problem in problems)
    assert "readable" not in {p.rpartition(" (")[2][:-1] for p in nblint.lint(path, ALL_RULES)}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_a_sentence(name, lesson, tmp_path):
    path, (_, says) = saved(tmp_path, name, lesson), HABITS[NAMES[name]]
    before = path.read_bytes()
    with pytest.raises(Unreadable) as refused:
        execute.execute(path)
    assert path.read_bytes() == before
    sentence = str(refused.value)
    assert sentence.startswith(path.name) and re.search(says, sentence)
    assert list(student.faults(tmp_path)) == list(faults(tmp_path)) == [sentence]
    assert list(nblint.lint(path, ALL_RULES)) == [f"{path}: {sentence} (readable)"]


def test_what_is_no_python_is_named(lesson, tmp_path):
    code(lesson)[2]["source"] = ["slope = = 12.0"]
    path = tmp_path / "01_lesson.ipynb"
    path.write_text(json.dumps(lesson), encoding="utf-8")
    says = "cell slope-solution is no Python: invalid syntax"
    assert list(faults(tmp_path)) == [f"01_lesson.ipynb, {says}"]
    (problem,) = nblint.lint(path, ALL_RULES)
    assert "slope-solution: no Python, invalid syntax in line 1 (readable)" in problem


@pytest.mark.parametrize("program", ["execute", "student"])
def test_the_program_ends_without_a_traceback(program, tmp_path):
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/01_lesson.ipynb").touch()
    run = subprocess.run(
        [sys.executable, f"tools/{program}.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr and "01_lesson.ipynb is empty" in run.stderr
