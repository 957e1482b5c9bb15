"""Write the course as a web book into build/book/, from the lessons as they are stored.

The lessons, README.md and what it links to are laid side by side in build/book-source/, together
with pages gathered from the lessons: all recaps, the terms in bold, and why a gradient is None.
Sphinx makes the book of these, and of the packages' docstrings. No lesson is run.
Usage: python tools/book/write.py
"""

import ast
import re
import shutil
import sys
from itertools import chain
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from sphinx.cmd.build import main as sphinx

from tools.book.faults import faults
from tools.lessons import lessons, read, tags, tree

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
SOURCE = BUILD / "book-source"

DOCUMENTS = {
    "README.md": "index.md",
    "TEACHING.md": "TEACHING.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
}
FILES = ["LICENSE", "data/fashion-mnist/LICENSE", "pictures"]
WHY_NONE = "Why is my gradient None?"

HEADING = re.compile(r"(?P<marks>#+) (?P<text>(?:\d+ )?(?P<words>.*))", re.M)
BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
CODE_OR_MATHS = re.compile(r"`[^`]*`|(\$\$?)[^$]*\1")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=\W{0,2}[A-Z0-9$`])")
# A sentence that begins so leans on the one before.
LEANS = re.compile(r"\W*(It|Its|This|That|These|They|Their|Such|Both|So|What is|Each)\b")


def anchor(heading):
    """Return the anchor that JupyterLab gives a heading, which the lessons link to."""
    return heading.replace("`", "").replace(" ", "-")


def link(lesson, text, heading=""):
    """Return a Markdown link to a lesson, or to one of its headings."""
    return f"[{text}](<{lesson.name}{heading and '#' + anchor(heading)}>)"


def relinked(markdown):
    """Return Markdown whose links lead to where things lie in the book."""
    markdown = re.sub(r"\]\((?:\.\./|notebooks/)", "](", markdown)
    return re.sub(r"\]\(README\.md", "](index.md", markdown)


def is_text(cell):
    return cell.cell_type == "markdown"


def title(lesson):
    """Return the first heading of a lesson."""
    return read(lesson).cells[0].source.splitlines()[0].removeprefix("# ")


def headed(notebook):
    """Yield each cell of a lesson with the heading that it stands below."""
    heading = ""
    for cell in notebook.cells:
        if is_text(cell) and (found := HEADING.search(cell.source)):
            heading = found["text"]
        yield heading, cell


# Words for figures


def drawn():
    """Map the name of each function that draws to what its docstring says it draws."""
    return {
        node.name: re.sub(r"\s+", " ", ast.get_docstring(node).split("\n\n")[0])
        .removeprefix("Draw ")
        .replace("`", "")
        for path in sorted((ROOT / "helpers/plotting").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("plot_")
    }


def words_for_figure(heading, source, drawn):
    """Say what a cell's figure shows: its section, what is drawn, and titles the cell gives it."""
    calls = [node for node in ast.walk(tree(source)) if isinstance(node, ast.Call)]
    said = [drawn[call.func.attr] for call in calls if getattr(call.func, "attr", None) in drawn]
    titles = [
        text.value
        for call in calls
        for keyword in call.keywords
        if keyword.arg in ("title", "titles")
        for text in ast.walk(keyword.value)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]
    return " ".join([f"{heading.replace('`', '')}:", *said, *(f"“{text}”" for text in titles)])


# Pages


def lesson_page(lesson, drawn):
    """Return a lesson as the book shows it."""
    notebook, cells = read(lesson), []
    for heading, cell in headed(notebook):
        if is_text(cell):
            cell.source = relinked(cell.source)
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                words = words_for_figure(heading, cell.source, drawn)
                cell.metadata["mystnb"] = {"image": {"alt": words}}
                if width := output.metadata.get("image/png", {}).get("width"):
                    # Given a width, Sphinx makes the figure a link to its file, for a closer look.
                    cell.metadata["mystnb"]["image"]["width"] = f"{width}px"
        solution = "solution" in tags(cell)
        cells += [new_markdown_cell("<details><summary>Solution</summary>")] * solution
        cells += [cell]
        cells += [new_markdown_cell("</details>")] * solution
    first_line, _, rest = cells[0].source.partition("\n")
    download = f"{{download}}`Download this notebook <notebooks/{lesson.name}>`"
    cells[0].source = f"{first_line}\n\n{download}\n{rest}"
    return new_notebook(cells=cells, metadata=notebook.metadata)


def recaps():
    """Yield the page of all recaps: the table of each lesson."""
    yield "# All recaps"
    for lesson in lessons():
        source = read(lesson).cells[-1].source
        table = "\n".join(line for line in source.splitlines() if line.startswith("|"))
        yield f"## {link(lesson, title(lesson))}"
        yield relinked(table).replace("](#", f"]({lesson.name}#")


def terms():
    """Yield term, sentence, lesson and heading for each term in bold, in the lessons' order.

    Bold are also labels: one letter, or words that end in a full stop or a colon. What a lesson's
    opening and recap say is taught elsewhere.
    """
    for lesson in lessons():
        for heading, cell in list(headed(read(lesson)))[1:-1]:
            for paragraph in paragraphs(cell.source) if is_text(cell) else ():
                sentences = SENTENCE_END.split(paragraph)
                for last, sentence in enumerate(sentences):
                    # Stars may also stand in code and mean a power.
                    words = CODE_OR_MATHS.sub(lambda code: "_" * len(code[0]), sentence)
                    for bold in BOLD.finditer(words):
                        term = sentence[bold.start(1) : bold.end(1)]
                        if len(term) == 1 or term[-1] in ".:?":
                            continue
                        first = last
                        while first and LEANS.match(sentences[first]):
                            first -= 1
                        said = " ".join(sentences[first : last + 1])
                        yield term, re.sub(":$", ".", said), lesson, heading


def paragraphs(markdown):
    """List the paragraphs of running text: no lists, tables, folded hints or questions."""
    found, depth = [], 0
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for token, before in zip(tokens[1:], tokens, strict=False):
        if before.type == "html_block":
            depth += before.content.count("<details") - before.content.count("</details")
        if (before.type, before.level, depth) == ("paragraph_open", 0, 0):
            text = token.content.replace("\n", " ")
            if text[0].islower():  # it goes on after a formula
                text = f"{found.pop()} {text}"
            found.append(text)
    return [text for text in found if not text.startswith("**Predict.**")]


def glossary():
    """Yield the page of all terms: each with the sentence that prints it in bold, and the place."""
    entries = {}
    for term, sentence, lesson, heading in terms():
        entries.setdefault(term.lower().removesuffix("s"), []).append(
            (term, sentence, lesson, heading)
        )
    yield "# Glossary"
    yield "Each term that a lesson prints in bold, in the lesson's own words."
    yield "```{glossary}"
    for _, places in sorted(entries.items()):
        term, sentence, *_ = places[0]
        where = " · ".join(
            link(lesson, f"{lesson.name[:2]}, {heading}", heading)
            for _, _, lesson, heading in places
        )
        # A displayed formula needs lines of its own.
        sentence = re.sub(r"\s*(\$\$.*?\$\$)\s*", r"\n\n  \1\n\n  ", relinked(sentence))
        yield f"{term}\n  {sentence} ({where})"
    yield "```"


def why_none(pages):
    """Return the page of what the lessons say about gradients of None, the tables first.

    It is made of the sections that name it where they begin; what is asked there is left out.
    """
    parts, belongs = [], False
    for lesson, page in pages.items():
        for cell in page.cells:
            # A cell of text may hold several headings; each begins a part.
            pieces = re.split("^(?=#)", cell.source, flags=re.M) if is_text(cell) else [cell.source]
            for number, piece in enumerate(filter(None, pieces)):
                heading = HEADING.match(piece) if is_text(cell) else None
                source = ""
                if heading and len(heading["marks"]) < 3:
                    belongs = WHY_NONE in piece
                    place = link(lesson, heading["text"], heading["text"])
                    source = f"\n\nFrom lesson {lesson.name[:2]}, {place}."
                if belongs and heading:
                    parts.append([])
                    piece = f"## {heading['words']}{source}{piece[heading.end() :]}"
                if belongs:
                    parts[-1].append(NotebookNode(cell, id=f"{cell.id}-{number}", source=piece))
    parts = [part for part in parts if not part[0].source.startswith("## Your turn")]
    opening, *parts = parts
    opening[0].source = opening[0].source.removeprefix("#")
    parts.sort(key=lambda part: "| What you find |" not in part[0].source)
    return new_notebook(cells=[*opening, *chain(*parts)], metadata=page.metadata)


def reference():
    """Yield the page of what the packages offer, in reStructuredText, for autodoc to fill in."""
    yield "Reference\n========="
    yield "What the lessons import, and what a course of your own can use."
    for package in ("helpers", "helpers.plotting", "verdict", "nbcompare"):
        yield f"{package}\n{'-' * len(package)}\n\n.. automodule:: {package}"
        for path in sorted(Path(ROOT, *package.split(".")).glob("[a-z]*.py")):
            if path.stem != "plugin":  # pytest alone calls it
                yield f".. automodule:: {package}.{path.stem}\n   :members:"


def toctree(caption, pages):
    """Return the Markdown that puts pages beside the text, in the order of Previous and Next."""
    return "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])


def gather():
    """Write all that Sphinx reads into `SOURCE`."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    (SOURCE / "notebooks").mkdir(parents=True)
    for name in FILES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, SOURCE / name)
    pages = {
        target: relinked((ROOT / name).read_text(encoding="utf-8"))
        for name, target in DOCUMENTS.items()
    }
    pages["recaps.md"] = "\n\n".join(recaps())
    pages["glossary.md"] = "\n\n".join(glossary())
    pages["reference.rst"] = "\n\n".join(reference())
    words = drawn()
    notebooks = {lesson: lesson_page(lesson, words) for lesson in lessons()}
    for lesson, page in notebooks.items():
        shutil.copy(lesson, SOURCE / "notebooks")
        nbformat.write(page, SOURCE / lesson.name)
    nbformat.write(why_none(notebooks), SOURCE / "why_none.ipynb")
    pages["index.md"] += "\n\n".join(
        [
            "",
            toctree("Lessons", [lesson.stem for lesson in lessons()]),
            toctree("To look up", ["why_none", "recaps", "glossary", "reference"]),
            toctree("To teach and to change", ["TEACHING", "CONTRIBUTING", "CHANGELOG"]),
        ]
    )
    for name, text in pages.items():
        (SOURCE / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    if found := list(faults()):
        sys.exit("The book was not written:\n" + "\n".join(found))
    gather()
    shutil.rmtree(BUILD / "book", ignore_errors=True)
    folders = ["-c", Path(__file__).parent, "-d", BUILD / "book-doctrees", SOURCE, BUILD / "book"]
    sys.exit(sphinx(["-W", "--keep-going", "-q", *map(str, folders)]))
