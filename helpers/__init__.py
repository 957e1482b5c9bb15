"""What the lessons import: the data set, figures, checks, and a TensorFlow that starts quietly.

``import helpers`` imports TensorFlow with its start-up log left out, so that a later
``import tensorflow`` prints nothing: in a notebook, in a script and under pytest alike.
"""

import os
import re
import sys
import tempfile

# Silences what TensorFlow logs after its start, such as the search for a GPU.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Lines written before that level counts: "I0000 00:00:1795… cudart_stub.cc:31] Could not find…".
_START_UP_LOG = re.compile(rb"WARNING: All log messages before absl::|[IWE]0000 00:00:")


def _import_tensorflow():
    """Import TensorFlow; pass on to stderr what it wrote there, less its start-up log.

    The log comes from C++ and goes to file descriptor 2 itself, so that is what is redirected.
    If the import fails, everything is passed on.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        wanted = re.compile(rb"")
        try:
            import tensorflow  # noqa: F401

            wanted = re.compile(rb"(?!%s)" % _START_UP_LOG.pattern)
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            written.seek(0)
            for line in written:
                if wanted.match(line):
                    os.write(2, line)


_import_tensorflow()
