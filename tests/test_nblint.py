"""Every rule of nblint says nothing of a notebook without faults, and names a fault in it."""

import nbformat
import nbformat.v4 as nbf
import pytest

from tools import nblint
from tools.lessons import METADATA


@pytest.fixture
def notebook(tmp_path):
    """Return a notebook without faults, and its path."""
    (tmp_path / "README.md").write_text("# Walks\n\n## How to walk\n", encoding="utf-8")
    (tmp_path / "x.png").touch()
    cells = [
        nbf.new_markdown_cell("# Walks\n\n[How](README.md#how-to-walk)", id="opening"),
        nbf.new_code_cell("import walks", id="imports", execution_count=1),
        nbf.new_markdown_cell("## 1 Walk `on`\n\n### Your turn\n\n![steps](x.png)", id="walk"),
        nbf.new_code_cell(
            "print(walks.far())",
            id="walk-far",
            execution_count=2,
            outputs=[nbf.new_output("stream", name="stdout", text="4.0\n")],
        ),
        nbf.new_code_cell(
            "plt.show()",
            id="walk-figure",
            execution_count=3,
            outputs=[nbf.new_output("display_data", {"image/png": "iVBORw0KGgo="})],
        ),
        nbf.new_code_cell(
            "1 / 0",
            id="zero",
            execution_count=4,
            metadata={"tags": ["raises-exception"]},
            outputs=[nbf.new_output("error", ename="ZeroDivisionError", evalue="by zero")],
        ),
        nbf.new_markdown_cell("## Recap\n\n[walk](#1-Walk-on)", id="recap"),
    ]
    return nbf.new_notebook(cells=cells, metadata=METADATA), tmp_path / "walks.ipynb"


@pytest.mark.parametrize("rule", nblint.RULES)
def test_a_notebook_without_faults(rule, notebook):
    assert list(nblint.RULES[rule](*notebook)) == []


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
    """Return a fault: another output of the cell walk-far."""
    return update("walk-far", outputs=[nbf.new_output("stream", name=name, text=text)])


def drawn(png):
    """Return a fault: another figure of the cell walk-figure."""
    return update("walk-figure", outputs=[nbf.new_output("display_data", {"image/png": png})])


FAULTS = [
    ("readable", write("imports", "import", "import import"), "imports: no Python, invalid"),
    (
        "heading-levels",
        write("walk", "### Your", "#### Your"),
        "Your turn below one of level 2",
    ),
    ("heading-levels", write("walk", "## 1", "# 1"), "# 1 Walk"),
    ("links", write("opening", "README.md", "READ.md"), "no file for the link READ.md"),
    ("links", write("opening", "#how", "#who"), "no heading for the link README.md#who"),
    ("links", write("recap", "#1-Walk-on", "#1-walk-on"), "no heading for the link #1-walk-on"),
    ("alternative-texts", write("walk", "![steps]", "![]"), "walk: a picture"),
    ("alternative-texts", write("walk", "![steps](x.png)", '<img src="x.png">'), "a picture"),
    ("lengths", write("imports", "import", "x = 1\n" * 12 + "import"), "imports: 13 lines, 12"),
    ("lengths", write("zero", "1", "def f():\n" + "    x = 1\n" * 19 + "\n1"), "21 lines, 20"),
    ("known-tags", update("zero", metadata={"tags": ["raise-exception"]}), "tag 'raise-exception'"),
    ("known-tags", write("zero", "1", "# NBVAL_SKIP\n1"), "not in a comment"),
    ("identifiers", update("zero", id="recap"), "recap: used more than once"),
    ("identifiers", update("zero", id="10a3fc1e"), "10a3fc1e: not a readable name"),
    ("identifiers", update("zero", id="Zero_1"), "Zero_1: not a readable name"),
    ("executed", update("zero", execution_count=9), "3, 9]"),
    ("executed", update("zero", execution_count=None), "None"),
    ("outputs", update("walk-far", outputs=[]), "prints, and no text is stored"),
    ("outputs", update("walk-figure", outputs=[]), "draws, and no figure is stored"),
    ("outputs", printed("4.0", "stderr"), "output on stderr"),
    ("outputs", update("zero", outputs=[]), "or the tag and no error"),
    ("outputs", update("zero", metadata={}), "an error and no tag"),
    ("private", printed("saved in /home/ada/model"), "an absolute path, '/home/ada/model'"),
    ("private", printed(r"saved in C:\Users"), "an absolute path"),
    ("private", printed("<function f at 0x7f1e5a3b>"), "an address in memory"),
    ("private", printed("ada@example.org"), "an address on the network"),
    ("private", printed("serving 127.0.0.1"), "an address on the network"),
    ("private", printed("done at 17:05:30"), "a time of day"),
    ("private", printed("2026-01-31"), "a date"),
    ("private", write("imports", "import", "open('/tmp/x')\nimport"), "an absolute path"),
    ("sizes", drawn("A" * 200_000), "walk-figure: a figure of 150,000 bytes"),
    (
        "axes-known",
        update("walk-figure", metadata={"tags": ["figures-close"]}),
        "where its axes",
    ),
    (
        "axes-known",
        update("walk-figure", metadata={"tags": ["figures-close"]}),
        "where its points",
    ),
    ("sizes", printed("4" * 1_000_000), "bytes, fewer than 1,000,000 allowed"),
    ("metadata", update("zero", metadata={"tags": [], "collapsed": True}), "zero: metadata"),
    ("metadata", update("zero", outputs=[{"output_type": "text"}]), "invalid"),
    (
        "styling",
        write("imports", "import", "plt.rcParams['font.size'] = 9\nimport"),
        "rcParams styles",
    ),
    ("styling", write("imports", "import", "plt.style.use('ggplot')\nimport"), "plt.style styles"),
    (
        "styling",
        write("imports", "import", "ax.plot(color='red')\nimport"),
        "ax.plot with color",
    ),
    ("styling", write("imports", "import", "%config A.b = 1\nimport"), "styles figures"),
    (
        "styling",
        write("imports", "import", "plt.plot(x)\n" * 4 + "import"),
        "4 lines of",
    ),
]


@pytest.mark.parametrize(("rule", "plant", "says"), FAULTS)
def test_a_fault_is_noticed(rule, plant, says, notebook):
    nb, path = notebook
    plant({cell.id: cell for cell in nb.cells})
    assert says in "\n".join(nblint.RULES[rule](nb, path))


def test_metadata_of_the_notebook_is_looked_at(notebook):
    nb, path = notebook
    nb.metadata["language_info"]["version"] = "3.11.7"
    assert "3.11.7" in "\n".join(nblint.metadata(nb, path))


def test_every_rule_can_fail():
    assert {rule for rule, _, _ in FAULTS} == set(nblint.RULES)


def test_a_file_is_looked_at_by_every_rule(notebook):
    nb, path = notebook
    nb.cells[0].source += "\n\n[Where](nowhere.md)"
    nb.cells[1].execution_count = None
    nbformat.write(nb, path)
    assert [problem.rpartition(" ")[2] for problem in nblint.lint(path)] == [
        "(links)",
        "(executed)",
    ]
