"""Numbers in a notebook's sentences, compared with what its code, outputs and formulas show.

A number that is written into a sentence by hand stays as it is when the code beside it changes.
Looked at are decimals, percentages, and whole numbers from 100 on; years are left out.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from .compare import NUMBER, tolerance_of, value

# What is code or a formula in a text, and shows numbers; what is neither, and shows none.
SHOWN = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
HIDDEN = re.compile(r"\]\([^)]*\)|<[^>]*>|https?://\S+")
SENTENCE = re.compile(r"(?<=[.!?:])\s+(?=[A-Z*<\[“\"])|\n\s*\n|\n(?=[-*|])|\|")
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass
class Unshown:
    """A number in a sentence that nothing in the notebook shows."""

    cell: str  # its id
    sentence: str
    number: str

    def __str__(self):
        return f"{self.cell}: nothing shows {self.number} of “{self.sentence}”"


def unshown_numbers(
    notebook: NotebookNode, others: Callable[[str], NotebookNode | None] | None = None
) -> list[Unshown]:
    """List the numbers in a notebook's sentences that nothing in it shows.

    A number may be rounded where it stands in the section of the cell that shows it, and within
    that cell's tolerance; farther away it must stand as it was shown. A percentage may be shown as
    a fraction. Numbers from elsewhere are listed in the cell's metadata under ``"elsewhere"``, each
    with its source: ``{"1,500": "the speed of sound in water, m/s"}``.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        With its outputs.
    others : callable, optional
        Gives the notebook that a sentence names, or None: numbers of such a sentence may be shown
        there.
    """
    found, section, here = [], 0, dict[str, int]()
    for cell in notebook.cells:
        section += cell.cell_type == "markdown" and bool(re.search(r"^##? ", cell.source, re.M))
        here[cell.id] = section
    shown = [(here[cell.id], *pair) for cell in notebook.cells for pair in _shown(cell)]
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        near = [(number, moved) for place, number, moved in shown if place == here[cell.id]]
        far = {number for _, number, _ in shown}
        for sentence, number, unit in _said(cell.source):
            other = others(sentence) if others else None
            beside = [pair for part in other.cells for pair in _shown(part)] if other else []
            if number in cell.metadata.get("elsewhere", {}) or _stands(number, unit, far):
                continue
            if not any(_fits(number, unit, *pair) for pair in [*near, *beside]):
                found.append(Unshown(cell.id, sentence, number + unit))
    return found


def _said(text):
    """Yield (sentence, number, unit) of the numbers that a text claims; unit is "%" or ""."""
    text = HIDDEN.sub(" ", SHOWN.sub(" … ", text))
    for sentence in SENTENCE.split(text):
        for match in NUMBER.finditer(sentence):
            number, rest = match[1], sentence[match.end() :]
            unit = "%" if re.match(r"\s?%|\s?per ?cent|\spercent", rest) else ""
            counts = "." in number or unit or abs(value(number)) >= 100
            if counts and math.isfinite(value(number)) and not YEAR.fullmatch(number):
                yield " ".join(sentence.split()), number, unit


def _shown(cell):
    """Yield each number that a cell shows, as text, and how far it may move, a function of it."""
    texts = [cell.source] if cell.cell_type == "code" else SHOWN.findall(cell.source)
    tolerance = tolerance_of(cell, "numbers-close") or {"absolute": 0.0, "relative": 0.0}
    for text in texts:
        for number in _numbers(text):
            yield number, 0.0
    for output in cell.get("outputs", []):
        data = output.get("data", {}).get("text/plain", "")
        for number in _numbers(f"{output.get('text', '')} {data} {output.get('evalue', '')}"):
            size = abs(value(number))
            yield number, max(tolerance["absolute"], tolerance["relative"] * size)


def _numbers(text):
    """Return the numbers of code, of an output or of a formula."""
    text = re.sub(r"(?<=\d)(?:\{,\}|_)(?=\d{3})", ",", text).replace(r"\%", "%")
    text = re.sub(r"[a-zA-Z]\w*", " ", re.sub(r"(?<=\d)[eE](?=[-+]?\d)", "e", text))
    return [number for number in NUMBER.findall(text) if math.isfinite(value(number))]


def _stands(number, unit, shown):
    """Whether a number is shown as it is, or a percentage as a fraction."""
    wanted = {abs(value(number)), abs(value(number)) / 100 if unit else math.nan}
    return any(math.isclose(abs(value(other)), w) for other in shown for w in wanted)


def _fits(number, unit, shown, moved):
    """Whether a number is one that is shown, rounded."""
    said, decimals = abs(value(number)), len(number.partition(".")[2])
    zeros = len(number.replace(",", "")) - len(number.replace(",", "").rstrip("0"))
    last = 10.0**-decimals if "." in number else min(10.0**zeros, 0.04 * said)
    for factor in (1, 100) if unit else (1,):
        if abs(factor * abs(value(shown)) - said) <= max(last / 2, factor * moved) * (1 + 1e-9):
            return True
    return False
