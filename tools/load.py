"""Run a command beside processes that keep the machine busy: make test-load."""

import subprocess
import sys

BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(1_000_000))"


def main(count, *command):
    """Run a command beside some busy processes; return its exit code."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(int(count))]
    try:
        return subprocess.run(command).returncode
    finally:
        for process in busy:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
