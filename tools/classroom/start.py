"""Start a learner's server: hand out the lessons, then become Jupyter. It runs as the learner."""

import itertools
import os
import sys
from pathlib import Path

EDITION = Path(__file__).resolve().parents[2] / "build/student"


def replace(path, content):
    """Write a file such that at any time it is whole, the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def hand_out(edition, work, given):
    """Copy the lessons and the README to a learner, and no file over one the learner has changed.

    What is missing comes back. Where the edition has a new version, a lesson as it was handed out
    is replaced; one that the learner has worked in stays, and the new version is put beside it
    under a name with a number.

    Parameters
    ----------
    edition, work : pathlib.Path
        The student edition, and the learner's folder.
    given : pathlib.Path
        A folder that keeps each file as it was last handed out.

    Returns
    -------
    list of pathlib.Path
        What was written into `work`.
    """
    for folder in (work, given):
        (folder / "notebooks").mkdir(parents=True, exist_ok=True)
    written = []
    for path in [edition / "README.md", *sorted(edition.glob("notebooks/*.ipynb"))]:
        name = path.relative_to(edition)
        new, mine, last = path.read_bytes(), work / name, given / name
        old = last.read_bytes() if last.exists() else None
        if mine.exists() and new != old and mine.read_bytes() not in (old, new):
            names = (mine.with_stem(f"{mine.stem}_{n}") for n in itertools.count(2))
            mine = next(path for path in names if not path.exists())
        elif mine.exists() and new == old:
            continue
        replace(mine, new)
        replace(last, new)
        written.append(mine)
    return written


if __name__ == "__main__":
    home = Path.home()
    try:
        hand_out(EDITION, home / "gradient-course", home / ".local/share/gradient-course")
    except OSError as error:  # a full disk: the learner must get at the files all the same
        print(f"The lessons were not handed out: {error}", file=sys.stderr)
    os.execv(sys.executable, [sys.executable, "-m", "jupyterhub.singleuser", *sys.argv[1:]])
