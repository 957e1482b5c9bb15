"""The README's pictures show the lessons' figures as they are now."""

import json

import pytest
from PIL import Image

from tools import pictures


@pytest.mark.parametrize("name", pictures.SHOWS)
def test_a_picture_is_not_stale(name):
    fresh = pictures.taken_from(name) == pictures.source(name)
    assert fresh, f"pictures/{name}.png shows what a lesson no longer shows: make pictures"


def test_every_lesson_has_a_picture_in_the_readme():
    readme = (pictures.ROOT / "README.md").read_text(encoding="utf-8")
    lessons = sorted(path.stem for path in (pictures.ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(pictures.CELLS) == lessons
    for lesson in lessons:
        assert f"pictures/{lesson}.png" in readme and f"notebooks/{lesson}.ipynb" in readme
    files = {path.name for path in pictures.PICTURES.iterdir()}
    assert files == {f"{name}.png" for name in pictures.SHOWS} | {"benchmark.png", "benchmark.json"}


def test_the_readme_says_what_the_benchmark_measured():
    measured = json.loads((pictures.PICTURES / "benchmark.json").read_text(encoding="utf-8"))
    median = {name: loop["median"] for name, loop in measured["batch_sizes"]["32"].items()}
    with Image.open(pictures.PICTURES / "benchmark.png") as picture:
        assert json.loads(picture.text["seconds"]) == median
    own = median["XLA epoch"]
    readme = (pictures.ROOT / "README.md").read_text(encoding="utf-8")
    for claim in (
        f"{median['fit'] / own:.0f} times as fast as `fit`",
        f"{median['PyTorch'] / own:.0f} times as fast as PyTorch's eager loop",
        f"{own / median['floor']:.1f} times as long as the matrix products",
    ):
        assert claim in readme, claim
