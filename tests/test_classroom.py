"""Tests for tools/classroom/start.py: how learners get lessons, and keep what they changed."""

import itertools

import pytest

from tools.classroom import start


@pytest.fixture
def folders(tmp_path):
    edition = tmp_path / "edition"
    (edition / "notebooks").mkdir(parents=True)
    (edition / "README.md").write_text("how to start")
    write(edition, 1)
    return edition, tmp_path / "work", tmp_path / "given"


def write(edition, number):
    for name in ("01", "02"):
        (edition / f"notebooks/{name}.ipynb").write_text(f"{name} of edition {number}")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_at_first_all_lessons_are_copied(folders):
    edition, work, _ = folders
    assert len(start.hand_out(*folders)) == 3
    assert contents(work) == contents(edition)


def test_later_nothing_is_written_where_nothing_is_new(folders):
    _, work, _ = folders
    start.hand_out(*folders)
    (work / "notebooks/01.ipynb").write_text("my answer")
    assert start.hand_out(*folders) == []
    assert contents(work)["notebooks/01.ipynb"] == "my answer"


def test_a_new_edition_replaces_what_is_untouched_and_stands_beside_what_is_not(folders):
    edition, work, _ = folders
    start.hand_out(*folders)
    for n in (2, 3):
        (work / "notebooks/01.ipynb").write_text("my answer")
        write(edition, n)
        beside = work / f"notebooks/01_{n}.ipynb"
        assert start.hand_out(*folders) == [beside, work / "notebooks/02.ipynb"]
    assert contents(work) == {
        "README.md": "how to start",
        "notebooks/01.ipynb": "my answer",
        "notebooks/01_2.ipynb": "01 of edition 2",
        "notebooks/01_3.ipynb": "01 of edition 3",
        "notebooks/02.ipynb": "02 of edition 3",
    }


def test_a_lesson_that_was_deleted_or_renamed_comes_back(folders):
    edition, work, _ = folders
    start.hand_out(*folders)
    (work / "notebooks/01.ipynb").unlink()
    (work / "notebooks/02.ipynb").rename(work / "mine.ipynb")
    start.hand_out(*folders)
    assert contents(work) == contents(edition) | {"mine.ipynb": "02 of edition 1"}


@pytest.mark.parametrize("written", range(4))
def test_what_is_cut_short_at_any_moment_loses_nothing(folders, monkeypatch, written):
    edition, work, _ = folders
    start.hand_out(*folders)
    (work / "notebooks/01.ipynb").write_text("my answer")
    write(edition, 2)
    whole, left = start.replace, itertools.count(written, -1)

    def full_disk(path, content):
        if next(left) == 0:
            path.with_name(f".{path.name}.part").write_bytes(content[:5])
            raise OSError("no space left on device")
        whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(start, "replace", full_disk)
        with pytest.raises(OSError, match="no space"):
            start.hand_out(*folders)
    start.hand_out(*folders)
    assert contents(work)["notebooks/01.ipynb"] == "my answer"
    assert contents(work)["notebooks/02.ipynb"] == "02 of edition 2"
    assert contents(work)["notebooks/01_2.ipynb"] == "01 of edition 2"
