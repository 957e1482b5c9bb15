"""The README's pictures show the lessons' figures as they are now."""

import pytest

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
    assert {path.stem for path in pictures.PICTURES.iterdir()} == set(pictures.SHOWS)
