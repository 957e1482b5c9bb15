"""Reads what TensorFlow writes to stderr while it is imported, and lives on if that process dies.

A zero byte ends it and says how the import went: "quiet" leaves the log out, the lines that match
the pattern in the first argument. Without one the process has died, and these are its last words:
they go to the terminal (stderr), since nobody is left to show in a notebook what comes to stdout.
"""

import re
import signal
import sys

signal.signal(signal.SIGINT, signal.SIG_IGN)
lines, ending = [], b""
for line in sys.stdin.buffer:
    line, _, ending = line.partition(b"\0")
    lines.append(line)
    if ending:
        break
log = re.compile(sys.argv[1].encode() if ending == b"quiet\n" else b"(?!)")
shown = sys.stdout if ending else sys.stderr
shown.buffer.writelines(line for line in lines if not log.match(line))
