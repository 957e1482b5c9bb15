"""What the lessons import: the data set, figures, and a TensorFlow that starts quietly.

``import helpers`` imports TensorFlow with its start-up log left out, and Keras on it, both with
the settings that the lessons were written with, whatever the reader's own are: in a notebook, in
a script and under pytest alike. The reader's files stay as they are.
"""

import importlib.util
import logging
import os
import subprocess
import sys
from pathlib import Path

# Keras reads these when it is imported: another backend, fewer epochs.
for _name in {name for name in os.environ if name.startswith("KERAS_")} - {"KERAS_HOME"}:
    del os.environ[_name]
os.environ["KERAS_BACKEND"] = "tensorflow"
# TensorFlow's compiler ends the process at a flag that it does not know.
for _name in ("XLA_FLAGS", "TF_XLA_FLAGS"):
    os.environ.pop(_name, None)
# Silences what TensorFlow logs after its start, such as the search for a GPU.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# NumPy reads these when it is imported (OpenBLAS, Apple's Accelerate). The threads of a matrix
# product wait for each other and for TensorFlow's: on a busy machine, many times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("VECLIB_MAXIMUM_THREADS", "1")

# Lines written before that level counts: "I0000 00:00:1795… cudart_stub.cc:31] Could not find…".
_START_UP_LOG = r"WARNING: All log messages before absl::|[IWE]0000 00:00:"


def _import_tensorflow():
    """Import TensorFlow; pass on to stderr what it wrote there, less its start-up log.

    The log comes from C++ and goes to file descriptor 2 itself, so that is what is redirected, to
    a process that outlives this one. If the import fails or crashes, everything is passed on.
    """
    try:
        stderr = os.dup(2)
    except OSError:  # closed: the next file to be opened would get this number, and the log
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        stderr = os.dup(2)
    try:
        terminal = sys.stderr.fileno()  # in a notebook, not descriptor 2
    except (AttributeError, OSError):
        terminal = stderr
    with subprocess.Popen(
        [sys.executable, "-I", "-S", Path(__file__).with_name("_start_up_log.py"), _START_UP_LOG],
        stdin=subprocess.PIPE,
        stdout=stderr,
        stderr=terminal,
    ) as reader:
        os.dup2(reader.stdin.fileno(), 2)
        ending = b"\0all\n"
        try:
            import tensorflow  # noqa: F401

            ending = b"\0quiet\n"
        finally:
            if sys.stderr:
                sys.stderr.flush()
            os.write(2, ending)
            os.dup2(stderr, 2)
            os.close(stderr)


def _refuse_namesakes():
    """Name a file, such as a keras.py of the reader's, that takes a package's place."""
    for name in ("keras", "matplotlib", "numpy", "tensorflow"):
        found = importlib.util.find_spec(name)
        if found and not found.submodule_search_locations:
            raise ImportError(
                f"{found.origin} is imported in place of {name}: rename this file, and restart the "
                "kernel"
            )


def _set_up():
    """Give Keras the lessons' settings, in place of keras.json, and silence one warning."""
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")
    # To run an exercise several times defines its functions anew, and TensorFlow counts that.
    logging.getLogger("tensorflow").addFilter(lambda it: "retracing" not in it.getMessage())


_refuse_namesakes()
if "keras" in sys.modules and (_other := sys.modules["keras"].config.backend()) != "tensorflow":
    raise ImportError(
        f"Keras runs on {_other} here already, and the course on TensorFlow: restart the kernel, "
        "and import helpers before keras"
    )
# Keras imports Matplotlib, which says so in the first cell if it has no cache of its fonts yet.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
_import_tensorflow()
_set_up()
logging.getLogger("matplotlib").setLevel(logging.NOTSET)
