"""Clear the class, so that its names can be used again: pack the files, remove all else.

For each name, or for those given, the learner's files go into a .tar.gz in the folder `cleared`
beside class.txt; the account, its files and its password are removed. The service must be stopped.
Usage, as root: python tools/classroom/clear.py [NAME …]
"""

import dbm
import pwd
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from tools.classroom.members import PREFIX, STATE

SERVICE = "gradient-course"


def pack(home, archive):
    """Write a folder into a .tar.gz, whole or not at all."""
    part = archive.with_name(f"{archive.name}.part")
    with tarfile.open(part, "w:gz") as packed:
        packed.add(home, arcname=home.name)
    part.replace(archive)


def clear(account, state, run=subprocess.run):
    """Pack what an account holds, end its server, and remove it; return the archive."""
    name = account.pw_name.removeprefix(PREFIX)
    run(["systemctl", "stop", f"jupyter-{name}-singleuser.service"], stderr=subprocess.DEVNULL)
    folder = state / "cleared"
    folder.mkdir(mode=0o700, exist_ok=True)
    archive = folder / f"{name}-{time.strftime('%Y-%m-%d-%H%M%S')}.tar.gz"
    pack(Path(account.pw_dir), archive)
    run(["userdel", "--remove", account.pw_name], check=True, stderr=subprocess.DEVNULL)
    return archive


def forget(names, state):
    """Remove the passwords of these names."""
    if any(state.glob("passwords.dbm*")):
        with dbm.open(str(state / "passwords.dbm"), "w") as passwords:
            for name in names:
                if name.encode() in passwords:
                    del passwords[name]


def main(names):
    if not subprocess.run(["systemctl", "is-active", "--quiet", SERVICE]).returncode:
        sys.exit(f"Stop the class's server before: systemctl stop {SERVICE}")
    accounts = {
        a.pw_name.removeprefix(PREFIX): a for a in pwd.getpwall() if a.pw_name.startswith(PREFIX)
    }
    if unknown := [name for name in names if name not in accounts]:
        sys.exit(f"No learner has the name {unknown[0]}. There are: {', '.join(sorted(accounts))}")
    for name in names or sorted(accounts):
        print(clear(accounts[name], STATE))
    forget(names or accounts, STATE)


if __name__ == "__main__":
    main(sys.argv[1:])
