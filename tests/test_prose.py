"""What the lessons say in numbers is what they show: in sentences, and by planted faults."""

import re

import nbformat
import nbformat.v4 as nbf
import pytest

from nbcompare.prose import unshown_numbers
from tools.lessons import lessons


def named(sentence):
    """Return the lesson that a sentence names: what it says may be shown there."""
    number = re.search(r"\blessons? (\d\d)", sentence)
    paths = [path for path in lessons() if number and path.name.startswith(number[1])]
    return nbformat.read(paths[0], as_version=4) if paths else None


@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_a_number_in_a_sentence_is_one_that_the_lesson_shows(lesson):
    unshown = unshown_numbers(nbformat.read(lesson, as_version=4), named)
    assert not unshown, "\n".join(map(str, unshown))


CODE = nbf.new_code_cell(
    "rate = 0.25\nprint(share, steps)",
    id="run",
    metadata={"tags": ["numbers-close"], "tolerance": {"absolute": 0.01, "relative": 0.0}},
    outputs=[nbf.new_output("stream", name="stdout", text="0.847 of 54,000: 1678 steps\n")],
)
SENTENCES = {
    "At a rate of 0.25, 0.85 are right.": [],
    "At a rate of 0.35, 0.85 are right.": ["0.35"],
    "84.7 % are right, 15.3 percent are not.": ["15.3%"],
    "About 1,700 steps, 1,678 of them good.": [],
    "About 1,800 steps, 1,698 of them good.": ["1,800", "1,698"],
    "Within the tolerance, 0.855 are right. 0.86 are not.": ["0.86"],
    "Since 1986, 12 people and `7777` or $5\\,000$ times.": [],
    "$6{,}000$ steps are 6,000 steps; [this](x_4567.html) is a link.": [],
    "Of 54000 images 64,000 are new.": ["64,000"],
    "In the table: | 1,678 | 1,778 |": ["1,778"],
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_false_number_is_named(sentence):
    notebook = nbf.new_notebook(cells=[nbf.new_markdown_cell(f"## A\n\n{sentence}", id="a"), CODE])
    assert [it.number for it in unshown_numbers(notebook)] == SENTENCES[sentence]


def test_a_rounded_number_stands_in_the_section_that_shows_it():
    later = nbf.new_markdown_cell("## B\n\nSo 0.85 are right, more precisely 0.847.", id="b")
    notebook = nbf.new_notebook(cells=[nbf.new_markdown_cell("## A", id="a"), CODE, later])
    (unshown,) = unshown_numbers(notebook)
    assert str(unshown) == "b: nothing shows 0.85 of “So 0.85 are right, more precisely 0.847.”"
    later.metadata["elsewhere"] = {"0.85": "rounded on purpose"}
    assert not unshown_numbers(notebook)


def test_a_number_may_be_shown_by_the_lesson_that_is_named():
    text = "In lesson 01 it was 0.85, and in lesson 02 it was 0.85."
    there = nbf.new_notebook(cells=[nbf.new_markdown_cell("## A", id="a"), CODE])
    notebook = nbf.new_notebook(cells=[nbf.new_markdown_cell(text, id="a")])
    assert unshown_numbers(notebook, lambda sentence: None)
    assert not unshown_numbers(notebook, lambda sentence: there)
