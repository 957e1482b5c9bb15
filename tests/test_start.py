"""``import helpers`` starts TensorFlow without its start-up log, and hides nothing else."""

import os
import signal
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import v4

LOG = """
import os
os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called...\\n")
os.write(2, b"I0000 00:00:1.0 1 cudart_stub.cc:31] Could not find cuda drivers\\n")
os.write(2, b"a word from elsewhere\\n")
"""
KERAS = """
import types
NAMES = "floatx", "dtype_policy", "epsilon", "image_data_format"
config = types.SimpleNamespace(
    backend=lambda: "tensorflow",
    **{f"set_{name}": print for name in NAMES},
)
"""


def run(code, path=None, **environment):
    """Run code in a Python of its own; return the finished process, with its output as text."""
    code = f"import sys; sys.path.insert(0, {str(path)!r})\n{code}" if path else code
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=os.environ | environment,
    )


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that writes modules to be imported in TensorFlow's and Keras's place."""

    def write(tensorflow, keras=KERAS):
        for name, code in {"tensorflow": tensorflow, "keras": keras}.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text(code, encoding="utf-8")
        return tmp_path

    return write


def test_only_the_start_up_log_is_left_out(stand_in):
    assert run("import helpers", stand_in(LOG)).stderr == "a word from elsewhere\n"


def test_a_python_warning_is_still_seen(stand_in):
    path = stand_in("import warnings; warnings.warn('look here')")
    assert "UserWarning: look here" in run("import helpers", path).stderr


def test_an_error_is_seen_whole(stand_in):
    stderr = run("import helpers", stand_in(LOG + "raise ImportError('no such library')")).stderr
    assert "Could not find cuda drivers" in stderr
    assert "Traceback (most recent call last)" in stderr
    assert "ImportError: no such library" in stderr


def test_what_is_written_after_the_import_is_seen(stand_in):
    process = run("import helpers, os; os.write(2, b'I0000 00:00: later')", stand_in("pass"))
    assert process.stderr == "I0000 00:00: later"


def test_the_last_words_of_a_crash_are_seen_whole(stand_in):
    crash = LOG + "os.write(2, b'The library was compiled to use AVX'); os.abort()"
    process = run("import helpers", stand_in(crash))
    assert process.returncode == -signal.SIGABRT or (sys.platform == "win32" and process.returncode)
    assert "Could not find cuda drivers" in process.stderr
    assert "The library was compiled to use AVX" in process.stderr


def test_in_a_notebook_last_words_reach_the_terminal(stand_in, monkeypatch, capfd):
    path = stand_in(LOG + "os.write(2, b'The library was compiled to use AVX'); os.abort()")
    monkeypatch.setenv("PYTHONPATH", str(path))
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # there, ipykernel leaves descriptor 2 alone
    notebook = v4.new_notebook(cells=[v4.new_code_cell("import helpers")])
    with pytest.raises(DeadKernelError):
        NotebookClient(notebook, kernel_name="python3").execute()
    assert "The library was compiled to use AVX" in capfd.readouterr().err


def test_a_closed_stderr_stays_closed_to_the_log(stand_in, tmp_path):
    code = f"""
import os, sys
os.close(2)
sys.stderr = None  # as where there is no terminal, pythonw on Windows
import helpers
with open({str(tmp_path / "written")!r}, "w") as file:
    print(file.fileno() > 2)
"""
    process = run(code, stand_in(LOG))
    assert process.stdout.endswith("True\n"), process.stderr


def test_settings_stand_before_anything_is_imported(stand_in):
    shown = """
import os, sys
NAMES = "KERAS_", "OPENBLAS_", "TF_CPP_", "TF_XLA_", "XLA_"
print({n: v for n, v in os.environ.items() if n.startswith(NAMES)})
print("numpy" in sys.modules)
"""
    hostile = {"KERAS_BACKEND": "jax", "KERAS_MAX_EPOCHS": "1", "TF_CPP_MIN_LOG_LEVEL": "0"}
    hostile |= {"XLA_FLAGS": "--xla_no_such_flag", "TF_XLA_FLAGS": "--no_such_flag"}
    kept = {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_HOME": "here"}
    process = run("import helpers", stand_in(shown), **hostile, KERAS_HOME="here")
    environment, numpy, *settings = process.stdout.splitlines()
    assert eval(environment) == kept | {"KERAS_BACKEND": "tensorflow"}
    assert numpy == "False"
    assert settings == ["float32", "float32", "1e-07", "channels_last"]


def test_keras_on_another_backend_is_named_in_one_sentence(stand_in):
    path = stand_in("raise SystemExit('too late')", KERAS.replace('"tensorflow"', '"jax"'))
    stderr = run("import keras, helpers", path).stderr
    assert stderr.splitlines()[-1].startswith("ImportError: Keras runs on jax here already, and")


@pytest.mark.parametrize("name", ["keras", "numpy", "tensorflow"])
def test_a_file_in_the_place_of_a_package_is_named_in_one_sentence(name, tmp_path):
    (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    last = run("import helpers", tmp_path).stderr.splitlines()[-1]
    assert f"{name}.py is imported in place of {name}: rename this file" in last
