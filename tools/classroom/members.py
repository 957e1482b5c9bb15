"""Who is in the class, under which names, and what must hold so that its server can start.

Nothing here needs JupyterHub: `clear.py` and learners' accounts run it too.
"""

import hashlib
import os
import re
import sys
from pathlib import Path

STATE = Path("/var/lib/gradient-course")  # what the server keeps; only root can read it
PREFIX = "learner-"  # of each learner's Linux account


class Refused(Exception):
    """The class's server cannot start; says why and what to do."""


def members(file):
    """Read the names of a class.

    Parameters
    ----------
    file : pathlib.Path
        A text with a name a line, after some of them ``teacher``, in whichever Unicode an editor
        saves.

    Returns
    -------
    dict of str to bool
        For each name whether it is a teacher's.

    Raises
    ------
    Refused
        Where there is no name, or something else than one. It names the line.
    """
    if not file.exists():
        raise Refused(
            f"Write the names of the class into {file}, one a line, yours as: ada teacher"
        )
    content = file.read_bytes()
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    found = {}
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        # With `PREFIX` it is the account's name, which has at most 32 characters.
        if line and not re.fullmatch(r"[a-z][a-z0-9-]{0,22}(\s+teacher)?", line):
            raise Refused(
                f"{file.name}, line {number}: not {line!r}, but a name of a-z, 0-9 and -, and "
                "perhaps: teacher"
            )
        if line:
            name, *role = line.split()
            found[name] = bool(role)
    if not found:
        raise Refused(f"{file.name} names nobody: write the names of the class into it, one a line")
    return found


def unreadable(path):
    """Return the first file or folder, at a path or below, that this user cannot read, or None."""
    inside = os.path.isdir(path) and not os.path.islink(path)
    if not os.access(path, os.R_OK | (os.X_OK if inside else 0)):
        return None if os.path.islink(path) else os.fspath(path)
    below = os.scandir(path) if inside else ()
    return next((stuck for entry in below if (stuck := unreadable(entry.path))), None)


def hashable(password):
    """Return a password, or its digest where it has more bytes than bcrypt takes."""
    content = password.encode()
    return password if len(content) <= 72 else hashlib.sha256(content).hexdigest()


if __name__ == "__main__":  # as nobody; what follows are the paths that learners need
    sys.exit(next(filter(None, map(unreadable, sys.argv[1:])), None))
