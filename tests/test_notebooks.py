"""How the lessons are written: every rule, for every notebook.

A rule is a generator that looks at a lesson and yields what is wrong with it. Below the rules a
lesson without faults is made and broken, once or more for each rule, to see that it is noticed.
"""

import ast
import base64
import io
import math
import re
import tokenize
from pathlib import Path
from urllib.parse import unquote

import nbformat
import nbformat.v4 as nbf
import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nbcompare.compare import metadata_mistakes

ROOT = Path(__file__).resolve().parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# The cells whose output nobody compares, because it is a time or a progress line.
IGNORED = {
    "07_training_loop": {
        *("race-fit", "race-eager", "race-steps-compiled", "race-compiled"),
        *("race-floor-numpy", "race-figure"),
    },
    "13_build_your_own_tape": {"modes-figure", "train-fit", "train-figure"},
    "14_many_workers": {"travel-faster", "cost-constants", "cost-figure"},
}

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = {"tags", "tolerance", "jupyter"}

LINES, EXERCISE_LINES, FUNCTION_LINES = 12, 15, 20
NOTEBOOK_BYTES, FIGURE_BYTES = 1_000_000, 150_000

TRAINING_COMMENTS = ("forward", "loss", "gradient", "update")
UPDATES = {"assign_sub", "apply", "apply_gradients"}

MATPLOTLIB_LINES = 3
STYLE_NAMES = {"rcParams", "rc", "style", "set_matplotlib_formats", "run_line_magic"}
STYLE_OPTIONS = {
    *("alpha", "c", "cmap", "color", "colors", "edgecolor", "figsize", "fontsize"),
    *("linestyle", "linewidth", "ls", "lw", "marker", "markersize", "s"),
}

# What would tell where, when or by whom a notebook was run. The last two occur in code as well.
PRIVATE = {
    "an absolute path": r"(?<![\w.:/<~])/[\w.-]+/[\w./-]+|\b[A-Za-z]:\\\\?\w",
    "an address in memory": r"\b0x[0-9a-f]{6,}",
    "an address on the network": r"\b\d{1,3}(\.\d{1,3}){3}\b|\blocalhost\b|[\w.]+@\w+\.\w+",
}
PRIVATE_OUTPUT = PRIVATE | {
    "a time of day": r"(?<![\d:])([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?(?![\d:])",
    "a date": r"\b20\d\d-[01]\d-[0-3]\d\b",
}


def tags(cell):
    return cell.metadata.get("tags", [])


def code(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def prose(nb):
    """Return the cells of prose as (cell, its text without code and formulas)."""
    not_prose = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
    return [(c, not_prose.sub("", c.source)) for c in nb.cells if c.cell_type == "markdown"]


def tree(cell):
    """Parse a cell, magics included."""
    return ast.parse(TransformerManager().transform_cell(cell.source))


def calls_when_run(node):
    """Yield the calls that happen when a cell runs: not those in the functions it defines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from calls_when_run(child)


def dotted(node):
    """Return the name of what is called, such as plotting.plot_walks."""
    return ast.unparse(node.func)


def output_text(cell):
    """Return all text of a cell's outputs."""
    parts = []
    for output in cell.outputs:
        parts += [output.get(key, "") for key in ("text", "ename", "evalue")]
        parts += output.get("traceback", [])
        parts += [t for kind, t in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join(parts)


def figures(cell):
    return [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]


def headings(text):
    """Return (level, title) of every heading in a Markdown text."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"^(#+) +(.*)$", text, re.MULTILINE)]


def anchors(path, nb=None):
    """Return the anchors of a file: of a notebook as JupyterLab, of Markdown as GitHub has them."""
    if path.suffix == ".ipynb":
        nb = nb or nbformat.read(path, as_version=4)
        text = "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
        return {re.sub(r"[`*]", "", title).replace(" ", "-") for _, title in headings(text)}
    titles = [title.lower() for _, title in headings(path.read_text(encoding="utf-8"))]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def broken_links(text, path, nb=None):
    """Yield the relative links of a text, standing in the file `path`, that lead nowhere."""
    for link in re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:href|src)=\"([^\"]+)\"", text):
        link = unquote("".join(link))
        if re.match(r"https?://|mailto:", link):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if file and not target.exists():
            yield f"no file for the link {link}"
        elif anchor and anchor not in anchors(target, nb if target == path else None):
            yield f"no heading for the link {link}"


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


def lesson_minutes(nb):
    """Return how long a learner needs who types every guess and does every exercise.

    200 words a minute, four minutes an exercise, one a guess, code read at fifteen lines a minute;
    nobody reads imports.
    """
    words = sum(len(cell.source.split()) for cell in nb.cells if cell.cell_type == "markdown")
    exercises = sum("exercise" in tags(cell) for cell in nb.cells)
    guesses = sum("predict" in tags(cell) for cell in nb.cells)
    typed = {"exercise", "solution", "predict"}
    read = [c.source for c in code(nb) if c.id != "imports" and not typed & set(tags(c))]
    lines = sum(bool(line.strip()) for source in read for line in source.splitlines())
    return 5 * math.ceil((words / 200 + 4 * exercises + guesses + lines / 15) / 5)


def minutes(nb, path):
    """State in the opening how long the lesson takes, by the formula, rounded up to five."""
    stated = re.search(r"\*\*Time:\*\* (\d+) minutes", nb.cells[0].source)
    if stated and int(stated[1]) != lesson_minutes(nb):
        yield f"{stated[1]} minutes are stated, and the formula gives {lesson_minutes(nb)}"


def recap(nb, path):
    """End in a recap: a table."""
    last = "\n\n".join(cell.source for cell in nb.cells[-2:])
    if not re.search(r"^## Recap\n(.|\n)*^\|(\s*:?-+:?\s*\|)+$", last, re.MULTILINE):
        yield "the last two cells hold no ## Recap with a table"


def heading_levels(nb, path):
    """Nest headings without gaps, below a single title."""
    level = 0
    for cell in nb.cells:
        if cell.cell_type != "markdown":
            continue
        for new, title in headings(cell.source):
            if new > level + 1 or (new == 1 and level > 0):
                yield f"{cell.id}: heading {'#' * new} {title} below one of level {level}"
            level = new


def links(nb, path):
    """Let every relative link and every anchor lead somewhere."""
    for cell, text in prose(nb):
        yield from (f"{cell.id}: {problem}" for problem in broken_links(text, path, nb))


def alternative_texts(nb, path):
    """Give every picture in prose a text for who cannot see it."""
    for cell, text in prose(nb):
        if re.search(r"!\[\s*\]", text) or re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", text):
            yield f"{cell.id}: a picture without alternative text"


def lengths(nb, path):
    """Keep code cells short; empty lines do not count."""
    for cell in code(nb):
        body = tree(cell).body
        definitions = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        if {"exercise", "solution"} & set(tags(cell)):
            limit = EXERCISE_LINES
        elif len(definitions) == 1:
            limit = FUNCTION_LINES
        else:
            limit = LINES
        lines = sum(1 for line in cell.source.splitlines() if line.strip())
        if lines > limit:
            yield f"{cell.id}: {lines} lines, {limit} allowed"


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


def known_tags(nb, path):
    """Use known tags only, and none of nbval's comments, which work like tags."""
    for cell in nb.cells:
        for mistake in metadata_mistakes(cell):
            yield f"{cell.id}: {mistake}"
        if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source):
            yield f"{cell.id}: say it in a tag, not in a comment"


def ignored_outputs(nb, path):
    """Have no output ignored but of the cells listed in IGNORED."""
    ignored = {cell.id for cell in nb.cells if "nbval-ignore-output" in tags(cell)}
    for name in ignored ^ IGNORED.get(path.stem, set()):
        yield f"{name}: ignored by its tag, or listed in IGNORED, but not both"


# A right answer's verdict shows the value, so it is folded too.
FOLDED = {"outputs_hidden": True, "source_hidden": True}


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


def identifiers(nb, path):
    """Give cells readable, unique names."""
    names = [cell.id for cell in nb.cells]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"{name}: used more than once"
    for name in names:
        if re.fullmatch(r"[0-9a-f]{8}", name) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            yield f"{name}: not a readable name"


def executed(nb, path):
    """Run every code cell once, in order."""
    counts = [cell.execution_count for cell in code(nb)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}"


def outputs(nb, path):
    """Store what cells print and draw, and no errors but the expected ones."""
    for cell in code(nb):
        calls = {dotted(call) for call in calls_when_run(tree(cell))}
        names = {o.get("name") or o.output_type for o in cell.outputs}
        if "print" in calls and not names & {"stdout", "error"}:
            yield f"{cell.id}: prints, and no text is stored"
        draws = any(re.match(r"plotting\.plot_|plt\.show", call) for call in calls)
        if draws and "exercise" not in tags(cell) and not figures(cell):
            yield f"{cell.id}: draws, and no figure is stored"
        if "stderr" in names:
            yield f"{cell.id}: output on stderr"
        if ("error" in names) != ("raises-exception" in tags(cell)):
            yield f"{cell.id}: an error and no tag raises-exception, or the tag and no error"


def private(nb, path):
    """Tell nothing of where, when or by whom the notebook was run."""
    for cell in nb.cells:
        for text, patterns in (
            (cell.source, PRIVATE),
            (output_text(cell) if cell.cell_type == "code" else "", PRIVATE_OUTPUT),
        ):
            for what, pattern in patterns.items():
                found = re.search(pattern, text)
                if found:
                    yield f"{cell.id}: {what}, {found[0]!r}"


def sizes(nb, path):
    """Keep notebook and figures small enough for a slow network and for review."""
    size = len(nbformat.writes(nb).encode())
    if size >= NOTEBOOK_BYTES:
        yield f"{size:,} bytes, fewer than {NOTEBOOK_BYTES:,} allowed"
    for cell in code(nb):
        for figure in figures(cell):
            size = len(figure) * 3 // 4  # base64
            if size >= FIGURE_BYTES:
                yield f"{cell.id}: a figure of {size:,} bytes, fewer than {FIGURE_BYTES:,} allowed"


def axes_known(nb, path):
    """Let each figure that may move say where its axes are: what is beside them may not."""
    for cell in code(nb):
        for figure in figures(cell) if "figures-close" in tags(cell) else []:
            if b"tEXtaxes\0" not in base64.b64decode(figure):
                yield f"{cell.id}: a figure that does not say where its axes are: make notebooks"


def metadata(nb, path):
    """Be valid, and say no more of yourself than needed."""
    try:
        nbformat.validate(nb)
    except nbformat.ValidationError as error:
        yield f"invalid: {error.message}"
    if nb.metadata != METADATA:
        yield f"the notebook's metadata is {dict(nb.metadata)}"
    for cell in nb.cells:
        unknown = cell.metadata.keys() - CELL_METADATA
        if unknown:
            yield f"{cell.id}: metadata {dict(cell.metadata)}"


def styling(nb, path):
    """Leave the look of figures to helpers/plotting.py; hold little Matplotlib yourself."""
    of_matplotlib = re.compile(r"^(plt|ax|axes|fig|figure|matplotlib)\b")
    for cell in code(nb):
        used = set()
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Attribute | ast.Name):
                name = ast.unparse(node)
                if of_matplotlib.match(name):
                    used.add(node.lineno)
                    if name.rpartition(".")[2] in STYLE_NAMES:
                        yield f"{cell.id}: {name} styles figures"
            if isinstance(node, ast.Call):
                name = dotted(node)
                options = {keyword.arg for keyword in node.keywords} & STYLE_OPTIONS
                if of_matplotlib.match(name) and options:
                    yield f"{cell.id}: {name} with {', '.join(sorted(options))}"
                if name.endswith("set_matplotlib_formats") or (
                    name.endswith("run_line_magic")
                    and node.args[0].value in ("config", "matplotlib")
                ):
                    yield f"{cell.id}: {ast.unparse(node)} styles figures"
        if len(used) > MATPLOTLIB_LINES:
            yield f"{cell.id}: {len(used)} lines of Matplotlib, {MATPLOTLIB_LINES} allowed"


RULES = [
    *(
        opening,
        minutes,
        guesses,
        verdicts,
        recap,
        heading_levels,
        links,
        alternative_texts,
        lengths,
        training_comments,
    ),
    *(
        known_tags,
        ignored_outputs,
        exercises,
        identifiers,
        executed,
        outputs,
        private,
        sizes,
        axes_known,
    ),
    *(metadata, styling),
]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_lesson(rule, path):
    problems = list(rule(nbformat.read(path, as_version=4), path))
    assert not problems, f"{path.name}: {rule.__doc__}\n" + "\n".join(problems)


def test_links_of_the_readme():
    readme = ROOT / "README.md"
    assert not list(broken_links(readme.read_text(encoding="utf-8"), readme))


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
            "plotting.plot_walks(w);",
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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_lesson_without_faults(rule, lesson):
    assert list(rule(*lesson)) == []


def write(name, old, new):
    """Return a fault: another text in the source of the cell `name`."""

    def plant(cells):
        assert old in cells[name].source
        cells[name].source = cells[name].source.replace(old, new)

    return plant


def update(name, **fields):
    """Return a fault: other fields of the cell `name`."""
    return lambda cells: cells[name].update(nbformat.from_dict(fields))


def printed(text, name="stdout"):
    """Return a fault: another output of the cell walk-loop."""
    return update("walk-loop", outputs=[nbf.new_output("stream", name=name, text=text)])


def drawn(png):
    """Return a fault: another figure of the cell walk-figure."""
    return update("walk-figure", outputs=[nbf.new_output("display_data", {"image/png": png})])


FAULTS = [
    (opening, write("opening", "# 02", "# 03"), "the title: # 02"),
    (opening, write("opening", "10 min", "some min"), "minutes"),
    (minutes, write("opening", "10 min", "15 min"), "15 minutes are stated, and the formula"),
    (minutes, write("walk", "Your", "Your " * 1000), "10 minutes are stated, and the formula"),
    (guesses, write("guess", "...", "42"), "guess: no guess_"),
    (guesses, write("guess", "guess_42", "guess"), "guess: no guess_"),
    (guesses, update("zero", source="guess_42 = ...", metadata={"tags": ["predict"]}), "of two"),
    (
        verdicts,
        write("question", "check.question(answer)", "check.question(answer, of=3)"),
        "names",
    ),
    (verdicts, write("question", "...", "...\ncheck.question(answer)"), "no single last line"),
    (verdicts, write("question-solution", "\n\ncheck.question(answer)", ""), "question-solution"),
    (verdicts, write("question", "check.question", "check.answer"), "offers question"),
    (verdicts, write("progress", "02", "03"), 'is not check.progress("02")'),
    (opening, write("opening", "- see,\n- hear,\n", ""), "list of three to five"),
    (opening, write("opening", "](01_a", "](03_c"), "a link to 01_a.ipynb"),
    (opening, write("opening", "](03_c", "](01_a"), "a link to 03_c.ipynb"),
    (opening, write("opening", "README.md)", "README)"), "a link to the README"),
    (opening, update("opening", cell_type="code"), "not prose"),
    (recap, write("recap", "## Recap", "## End"), "## Recap"),
    (recap, write("recap", "|:--|:--|", ""), "table"),
    (heading_levels, write("walk", "### Your", "#### Your"), "#### Your turn below one of level 2"),
    (heading_levels, write("walk", "## 1", "# 1"), "# 1 Walk"),
    (links, write("opening", "01_a.ipynb", "01_b.ipynb"), "no file for the link 01_b.ipynb"),
    (links, write("opening", "#how", "#who"), "no heading for the link ../README.md#who"),
    (links, write("recap", "#1-Walk-on", "#1-walk-on"), "no heading for the link #1-walk-on"),
    (alternative_texts, write("walk", "![steps]", "![]"), "walk: a picture"),
    (alternative_texts, write("walk", "![steps](x.png)", '<img src="x.png">'), "a picture"),
    (lengths, write("imports", "from", "x = 1\n" * 12 + "from"), "imports: 13 lines, 12"),
    (lengths, write("question", "answer =", "x = 1\n" * 14 + "answer ="), "16 lines, 15"),
    (lengths, write("zero", "1", "def f():\n" + "    x = 1\n" * 19 + "\n1"), "21 lines, 20"),
    (training_comments, write("walk-loop", "# update", ""), "'gradient']"),
    (training_comments, write("walk-loop", "# forward, loss", "# loss, forward"), "'forward', 'g"),
    (known_tags, update("zero", metadata={"tags": ["raise-exception"]}), "tag 'raise-exception'"),
    (known_tags, write("zero", "1", "# NBVAL_SKIP\n1"), "not in a comment"),
    (ignored_outputs, update("zero", metadata={"tags": ["nbval-ignore-output"]}), "IGNORED"),
    (exercises, update("question-solution", metadata={"tags": ["solution"]}), "folded"),
    (exercises, update("question-solution", metadata={}), "1 exercises without a solution"),
    (exercises, update("question", metadata={"tags": ["recall"]}), "no exercise before this"),
    (exercises, update("question", metadata={"tags": ["exercise"]}), "0 cells tagged recall"),
    (exercises, write("question", "...", "42"), "question: no ... to fill in"),
    (identifiers, update("zero", id="guess"), "guess: used more than once"),
    (identifiers, update("zero", id="10a3fc1e"), "10a3fc1e: not a readable name"),
    (identifiers, update("zero", id="Zero_1"), "Zero_1: not a readable name"),
    (executed, update("zero", execution_count=9), "6, 9, 8]"),
    (executed, update("zero", execution_count=None), "None"),
    (outputs, update("walk-loop", outputs=[]), "prints, and no text is stored"),
    (outputs, update("walk-figure", outputs=[]), "draws, and no figure is stored"),
    (outputs, printed("4.0", "stderr"), "output on stderr"),
    (outputs, update("zero", outputs=[]), "or the tag and no error"),
    (outputs, update("zero", metadata={}), "an error and no tag"),
    (private, printed("saved in /home/ada/model"), "an absolute path, '/home/ada/model'"),
    (private, printed(r"saved in C:\Users"), "an absolute path"),
    (private, printed("<function f at 0x7f1e5a3b>"), "an address in memory"),
    (private, printed("ada@example.org"), "an address on the network"),
    (private, printed("serving 127.0.0.1"), "an address on the network"),
    (private, printed("done at 17:05:30"), "a time of day"),
    (private, printed("2026-01-31"), "a date"),
    (private, write("imports", "from", "open('/tmp/x')\nfrom"), "an absolute path"),
    (sizes, drawn("A" * 200_000), "walk-figure: a figure of 150,000 bytes"),
    (axes_known, update("walk-figure", metadata={"tags": ["figures-close"]}), "where its axes are"),
    (sizes, printed("4" * 1_000_000), "bytes, fewer than 1,000,000 allowed"),
    (metadata, update("zero", metadata={"tags": [], "collapsed": True}), "zero: metadata"),
    (metadata, update("zero", outputs=[{"output_type": "text"}]), "invalid"),
    (styling, write("imports", "from", "plt.rcParams['font.size'] = 9\nfrom"), "rcParams styles"),
    (styling, write("imports", "from", "plt.style.use('ggplot')\nfrom"), "plt.style styles"),
    (styling, write("imports", "from", "ax.plot(x, color='red')\nfrom"), "ax.plot with color"),
    (styling, write("imports", "from", "%config A.b = 1\nfrom"), "styles figures"),
    (styling, write("imports", "from", "plt.plot(x)\n" * 4 + "from"), "4 lines of Matplotlib"),
]


@pytest.mark.parametrize(("rule", "plant", "says"), FAULTS)
def test_fault_is_noticed(rule, plant, says, lesson):
    nb, path = lesson
    plant({cell.id: cell for cell in nb.cells})
    problems = "\n".join(rule(nb, path))
    assert says in problems


def test_metadata_of_the_notebook_is_looked_at(lesson):
    nb, path = lesson
    nb.metadata["language_info"]["version"] = "3.11.7"
    assert "3.11.7" in "\n".join(metadata(nb, path))


def test_every_rule_can_fail():
    assert {rule for rule, _, _ in FAULTS} == set(RULES)
