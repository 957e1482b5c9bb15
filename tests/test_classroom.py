"""The class's server: how learners get lessons, who they are, and how a class is cleared."""

import dbm
import itertools
import os
import tarfile
from types import SimpleNamespace

import pytest

from tools.classroom import clear, members, start


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


# --- Who is in the class --------------------------------------------------------------------------

CLASSES = {
    "as TEACHING.md says": b"ada\nalan\n\ngrace teacher\n",
    "with a tab": b"ada \nalan\ngrace\tteacher",
    "with Windows' line ends": b"ada\r\nalan\r\ngrace  teacher\r\n",
    "in UTF-8 with a mark": "\ufeffada\nalan\ngrace teacher".encode(),
    "in UTF-16": "ada\nalan\ngrace teacher".encode("utf-16"),
    "in UTF-16, the other way": "\ufeffada\nalan\ngrace teacher".encode("utf-16-be"),
}
NO_CLASSES = {
    b"ada\nj\xfcrgen\n": "class.txt, line 2: not 'j\ufffdrgen', but a name of a-z, 0-9 and -",
    b"ada\nmax m teacher": "class.txt, line 2: not 'max m teacher'",
    b"Ada": "class.txt, line 1: not 'Ada'",
    b"ada boss": "class.txt, line 1: not 'ada boss'",
    "ada\ngrace".encode("utf-16-le"): "class.txt, line 1: not ",
    b"a" * 24: "class.txt, line 1",
    b"": "class.txt names nobody",
    b"\n \n": "class.txt names nobody",
}


@pytest.mark.parametrize("content", CLASSES.values(), ids=CLASSES)
def test_the_class_is_read_however_it_was_saved(content, tmp_path):
    (tmp_path / "class.txt").write_bytes(content)
    found = members.members(tmp_path / "class.txt")
    assert found == {"ada": False, "alan": False, "grace": True}


@pytest.mark.parametrize(("content", "says"), NO_CLASSES.items())
def test_what_is_no_name_is_refused_in_a_sentence(content, says, tmp_path):
    (tmp_path / "class.txt").write_bytes(content)
    with pytest.raises(members.Refused) as refused:
        members.members(tmp_path / "class.txt")
    assert str(refused.value).startswith(says)


def test_a_class_that_is_not_written_yet_is_asked_for(tmp_path):
    with pytest.raises(members.Refused, match="Write the names of the class into"):
        members.members(tmp_path / "class.txt")


def test_a_password_of_any_length_can_be_hashed():
    assert members.hashable("x" * 72) == "x" * 72
    long = ["пароль" * 7, "пароль" * 7 + "!", "x" * 73]
    hashed = [members.hashable(password) for password in long]
    assert len(set(hashed)) == 3
    assert all(len(password.encode()) <= 72 for password in hashed)


@pytest.mark.parametrize("closed", ["folder", "folder/inner", "folder/inner/file"])
def test_what_learners_cannot_read_is_named(closed, tmp_path, monkeypatch):
    (tmp_path / "folder/inner").mkdir(parents=True)
    (tmp_path / "folder/inner/file").touch()
    (tmp_path / "folder/nowhere").symlink_to("nothing")
    assert members.unreadable(tmp_path / "folder") is None

    def access(path, mode):  # whoever runs this may be root, who can read everything
        return os.fspath(path) != os.fspath(tmp_path / closed) and os.path.exists(path)

    monkeypatch.setattr(os, "access", access)
    assert members.unreadable(tmp_path / "folder") == os.fspath(tmp_path / closed)


# --- A new class ----------------------------------------------------------------------------------


@pytest.fixture
def last_year(tmp_path):
    """Return an account of last year, its files, and what the hub keeps."""
    home, state = tmp_path / "learner-ada", tmp_path / "state"
    (home / "gradient-course").mkdir(parents=True)
    (home / "gradient-course/mine.txt").write_text("my answer")
    state.mkdir()
    with dbm.open(str(state / "passwords.dbm"), "c") as passwords:
        passwords["ada"] = passwords["alan"] = "hash"  # not every kind has update
    return SimpleNamespace(pw_name="learner-ada", pw_dir=str(home)), state


def test_a_cleared_learner_has_files_in_an_archive_and_no_account(last_year):
    account, state = last_year
    commands = []
    archive = clear.clear(account, state, lambda command, **_: commands.append(command))
    assert [command[0] for command in commands] == ["systemctl", "userdel"]
    assert commands[1] == ["userdel", "--remove", "learner-ada"]
    with tarfile.open(archive) as packed:
        name = "learner-ada/gradient-course/mine.txt"
        assert packed.extractfile(name).read() == b"my answer"
    clear.forget(["ada", "eve"], state)
    with dbm.open(str(state / "passwords.dbm")) as passwords:
        assert passwords.keys() == [b"alan"]


def test_nothing_is_removed_that_could_not_be_packed(last_year, monkeypatch):
    def full_disk(*_, **__):
        raise OSError("no space left on device")

    account, state = last_year
    monkeypatch.setattr(tarfile.TarFile, "add", full_disk)
    commands = []
    with pytest.raises(OSError, match="no space"):
        clear.clear(account, state, lambda command, **_: commands.append(command))
    assert [command[0] for command in commands] == ["systemctl"]
    assert not list(state.glob("cleared/*.gz"))
