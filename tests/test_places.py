"""A lesson has a place wherever lessons are listed; each that is missing is named."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tools import pictures
from tools.lessons import lessons, minutes_needed

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.writing


@pytest.fixture(scope="module")
def pictured():
    """Return the lessons that have stored the figure of a cell tagged picture."""
    return pictures.tagged("picture").keys()


def missing_places(lesson, pictured):
    """Yield where a lesson is not listed yet, or not as it is."""
    number, notebook = lesson.name[:2], nbformat.read(lesson, as_version=4)
    title = re.match(r"# (.*)", notebook.cells[0].source)[1]
    minutes = minutes_needed(notebook)
    readme, teaching = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "TEACHING.md")
    )
    rows = [line for line in readme.splitlines() if line.startswith("|")]
    row = next((r for r in rows if f"(notebooks/{lesson.name})" in r), "")
    if not row:
        yield f"README.md has no row for {number}"
    elif f"[{title}]" not in row or f"pictures/{lesson.stem}.png" not in row:
        yield f"README.md's row for {number} lacks its title, {title}, or its picture"
    elif not row.endswith(f"| {minutes} |"):
        yield f"README.md's row for {number} does not end in its {minutes} minutes"
    if f"## {title} · {minutes} minutes\n" not in teaching:
        yield f"TEACHING.md has no section ## {title} · {minutes} minutes"
    for place in (f"check/lesson_{number}.py", f"tests/exercises/lesson_{number}.py"):
        if not (ROOT / place).exists():
            yield f"{place} is missing"
    if lesson.stem not in pictured:
        yield f"no cell of {lesson.name} is tagged picture and has stored a figure"


@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_every_place_lists_the_lesson(lesson, pictured):
    missing = list(missing_places(lesson, pictured))
    assert not missing, "\n".join(missing)


def test_pictures_show_what_the_lessons_show():
    shown = pictures.shown()
    for name, figures in shown.items():
        with Image.open(pictures.PICTURES / f"{name}.png") as picture:
            fresh = picture.text["source"] == pictures.checksum(figures)
        assert fresh, f"pictures/{name}.png shows what a lesson no longer shows: make pictures"
    files = {path.name for path in pictures.PICTURES.iterdir()}
    assert files == {f"{name}.png" for name in shown} | {
        "benchmark.png",
        "benchmark.json",
    }


def test_the_readme_says_what_the_benchmark_measured():
    measured = json.loads((pictures.PICTURES / "benchmark.json").read_text(encoding="utf-8"))
    median = {name: loop["median"] for name, loop in measured["batch_sizes"]["32"].items()}
    with Image.open(pictures.PICTURES / "benchmark.png") as picture:
        assert json.loads(picture.text["seconds"]) == median
    own = median["XLA epoch"]
    readme = (pictures.ROOT / "README.md").read_text(encoding="utf-8")
    for claim in (
        f"{median['fit'] / own:.0f} times as fast as `fit`",
        f"{median['PyTorch'] / own:.1f} times as fast as PyTorch's eager loop "
        f"({median['PyTorch, fused Adam'] / own:.1f} with its fused Adam; not compiled)",
        f"{own / median['floor']:.1f} times as long as the matrix products",
    ):
        assert claim in readme, claim
