"""``import helpers`` starts TensorFlow without its start-up log, and hides nothing else."""

import subprocess
import sys

import pytest


def run(code, path=None):
    """Run code in a Python of its own; return what it wrote to stdout and stderr."""
    code = f"import sys; sys.path.insert(0, {str(path)!r})\n{code}" if path else code
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=120
    )
    return process.stdout, process.stderr


def test_tensorflow_starts_without_a_word():
    code = """
import helpers, tensorflow as tf, keras
print(tf.function(lambda x: x * 2.0, jit_compile=True)(tf.constant(2.0)).numpy())
"""
    assert run(code) == ("4.0\n", "")


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that writes a module to be imported in TensorFlow's place."""

    def write(code):
        (tmp_path / "tensorflow.py").write_text(code, encoding="utf-8")
        return tmp_path

    return write


LOG = """
import os
os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called...\\n")
os.write(2, b"I0000 00:00:1.0 1 cudart_stub.cc:31] Could not find cuda drivers\\n")
os.write(2, b"a word from elsewhere\\n")
"""


def test_only_the_start_up_log_is_left_out(stand_in):
    _, stderr = run("import helpers", path=stand_in(LOG))
    assert stderr == "a word from elsewhere\n"


def test_a_python_warning_is_still_seen(stand_in):
    _, stderr = run("import helpers", path=stand_in("import warnings; warnings.warn('look here')"))
    assert "UserWarning: look here" in stderr


def test_an_error_is_seen_whole(stand_in):
    _, stderr = run("import helpers", path=stand_in(LOG + "raise ImportError('no such library')"))
    assert "Could not find cuda drivers" in stderr
    assert "Traceback (most recent call last)" in stderr
    assert "ImportError: no such library" in stderr


def test_what_is_written_after_the_import_is_seen(stand_in):
    _, stderr = run("import helpers, os; os.write(2, b'I0000 00:00: later')", path=stand_in("pass"))
    assert stderr == "I0000 00:00: later"
