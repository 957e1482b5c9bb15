"""The course shows the same in every environment that readers have been seen in.

A small lesson is run as it is and under the settings of a table: all of them at once in
`make test`, each by itself, to know the culprit, in `make test-environments`.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import v4

from tools.lessons import lessons

ROOT = Path(__file__).resolve().parent.parent

LESSON = [
    "from helpers import plotting\nimport check",
    "import keras, matplotlib.pyplot as plt, numpy as np, tensorflow as tf",
    """
figure, ax = plt.subplots()
ax.plot([1, 2, 3], marker="o", label="a label")
ax.set(title="A title", xlabel="x", ylabel="y")
ax.legend();
""",
    """
config = keras.config
print(config.backend(), config.floatx(), config.epsilon(), config.image_data_format())
layer = keras.layers.Conv2D(2, 3)
print(layer(np.ones((1, 5, 4, 3))).shape, layer.dtype_policy.name)
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
print(len(model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0).history["loss"]))
print(tf.function(lambda x: 2.0 * x, jit_compile=True)(3.0).numpy())
""",
    """
for x in range(12):  # TensorFlow warns of so many traces
    tf.function(lambda x: x + 1.0)(tf.constant(1.0))
""",
]
# In Python's development mode, the kernel's event loop says how long a cell kept it waiting: below
# the next cell, if that has begun, else nowhere. It is not the course's, and not always there.
SLOW = re.compile(r"Executing <.*> took [\d.]+ seconds\n")


def shown(home, environment):
    """Run the lesson in a kernel of its own; return what stands below its cells."""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in LESSON])
    client = NotebookClient(notebook, kernel_name="python3", timeout=120, coalesce_streams=True)
    client.execute(cwd=home, env=os.environ | environment)
    for cell in notebook.cells:
        for output in cell.outputs:
            if output.get("name") == "stderr":
                output.text = SLOW.sub("", output.text)
        cell.outputs = [output for output in cell.outputs if output.get("text") != ""]
    keep = ("name", "text", "data")
    return [[{k: o[k] for k in keep if k in o} for o in cell.outputs] for cell in notebook.cells]


def file(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return str(path.parent)


def keras_json(home):
    strange = {"floatx": "float64", "image_data_format": "channels_first", "epsilon": 0.1}
    content = json.dumps(strange | {"backend": "jax"})
    return {"KERAS_HOME": file(home / "keras/keras.json", content)}


def matplotlibrc(home):
    dark = "figure.facecolor: black\naxes.titlecolor: white\nfont.size: 20\nbackend: svg\n"
    return {"MPLCONFIGDIR": file(home / "matplotlib/matplotlibrc", dark)}  # without a font cache


def start_up_file(home):
    dark = "import matplotlib.pyplot as plt\nplt.style.use('dark_background')\nplt.ion()\n"
    file(home / "ipython/profile_default/startup/00-dark.py", dark)
    return {"IPYTHONDIR": str(home / "ipython")}


def mixed_precision(home):
    half = "import keras\nkeras.config.set_dtype_policy('mixed_float16')\n"
    file(home / "ipython/profile_default/startup/00-half.py", half)
    return {"IPYTHONDIR": str(home / "ipython")}


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SETTINGS = {
    "a keras.json of one's own": keras_json,
    "another backend of Keras": {"KERAS_BACKEND": "jax"},
    "fewer epochs and steps": {"KERAS_MAX_EPOCHS": "1", "KERAS_MAX_STEPS_PER_EPOCH": "1"},
    "the Keras of old": {"TF_USE_LEGACY_KERAS": "1"},
    "all of TensorFlow's log": {"TF_CPP_MIN_LOG_LEVEL": "0"},
    "a flag of XLA that is not there": {"XLA_FLAGS": "--xla_no_such_flag"},
    "a flag of TensorFlow's XLA that is not there": {"TF_XLA_FLAGS": "--no_such_flag"},
    "a GPU that is not there": {"CUDA_VISIBLE_DEVICES": "3"},
    "a dark matplotlibrc and no font cache": matplotlibrc,
    "a dark start-up file": start_up_file,
    "another backend of Matplotlib": {"MPLBACKEND": "Agg"},
    "warnings as errors": {"PYTHONWARNINGS": "error"},
    "Python's development mode": {"PYTHONDEVMODE": "1"},
    "no assert": {"PYTHONOPTIMIZE": "1"},
    "a safe path": {"PYTHONSAFEPATH": "1"},
    "an ASCII locale": ASCII,
    "more threads than cores": {"OMP_NUM_THREADS": "8", "TF_NUM_INTRAOP_THREADS": "8"},
}
if not sys.prefix.isascii():  # TensorFlow itself cannot be imported from such a folder then
    del SETTINGS["an ASCII locale"]
ALONE = {
    "mixed precision in a start-up file": mixed_precision,
    "no home": {"HOME": os.devnull, "USERPROFILE": os.devnull},
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    outputs = shown(tmp_path_factory.mktemp("home"), {})
    assert "image/png" in outputs[2][0]["data"]
    assert outputs[3][0]["text"].startswith("tensorflow float32 1e-07 channels_last\n(1, 3, 2, 2)")
    return outputs


def set_up(setting, home):
    return setting(home) if callable(setting) else setting


def contents(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_all_settings_at_once_change_nothing(reference, tmp_path):
    environment = {}
    for setting in SETTINGS.values():
        environment |= set_up(setting, tmp_path)
    before = contents(tmp_path)
    assert shown(tmp_path, environment) == reference
    assert before.items() <= contents(tmp_path).items()  # the reader's files are left alone


@pytest.mark.environments
@pytest.mark.parametrize("name", SETTINGS | ALONE)
def test_a_setting_changes_nothing(reference, tmp_path, name):
    assert shown(tmp_path, set_up((SETTINGS | ALONE)[name], tmp_path)) == reference


# --- A lesson where the course is not -------------------------------------------------------------


@pytest.mark.parametrize("other", ["none", "helpers.py", "helpers/other.py"])
@pytest.mark.parametrize("lesson", lessons(), ids=lambda path: path.stem)
def test_a_lesson_without_its_helpers_says_what_to_do(lesson, other, tmp_path):
    if other != "none":
        file(tmp_path / other, "def check_mail(): ...\n")
    cells = nbformat.read(lesson, as_version=4).cells
    (imports,) = (cell.source for cell in cells if cell.id == "imports")
    alone = subprocess.run(
        [sys.executable, "-S", "-c", imports],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={n: v for n, v in os.environ.items() if n != "PYTHONPATH"},
    )
    *_, last = alone.stderr.splitlines()
    assert "README.md" in last and "helpers" in last


# --- Tools ----------------------------------------------------------------------------------------


def imported(path):
    """Return the packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_nothing_imports_both_pytorch_and_tensorflow():
    files = [
        p
        for folder in ("helpers", "check", "verdict", "nbcompare", "tools", "tests")
        for p in (ROOT / folder).rglob("*.py")
    ]
    with_torch = [path for path in files if "torch" in set(imported(path))]
    assert [path.name for path in with_torch] == ["benchmark_torch.py"]
    assert set(imported(with_torch[0])) == {"pickle", "sys", "torch"}


def test_notebooks_are_executed_where_text_is_ascii(tmp_path):
    path = tmp_path / "lesson.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("print('x³')")]), path)
    process = subprocess.run(
        [sys.executable, ROOT / "tools/execute.py", path],
        env=os.environ | ASCII | {"PYTHONOPTIMIZE": "2"},
        capture_output=True,
        encoding="ascii",
    )
    assert process.returncode == 0, process.stderr
    assert nbformat.read(path, as_version=4).cells[0].outputs[0].text == "x³\n"


@pytest.mark.environments
def test_a_course_in_a_folder_with_a_strange_name_and_nothing_to_write(tmp_path):
    course = tmp_path / "Mein Kurs é 数"
    for name in ("helpers", "check", "verdict", "data"):
        shutil.copytree(ROOT / name, course / name)
    for path in [*course.rglob("*"), course]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = "import check; from helpers import data, plotting; print(len(data.load_fashion_mnist()))"
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(course)},
        capture_output=True,
        encoding="utf-8",
    )
    assert (process.stdout, process.stderr) == ("2\n", "")
