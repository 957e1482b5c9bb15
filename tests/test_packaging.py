"""The course can be installed: in any folder, as a wheel beside other work, among other plugins."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import nbformat.v4 as nbf
import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = ["-m", "pip", "--disable-pip-version-check", "--quiet"]


def run(*command, **options):
    """Run a command; return the finished process, with its output as text."""
    return subprocess.run(command, capture_output=True, encoding="utf-8", **options)


def new_python(folder, packages=""):
    """Return a Python of its own, which may see the packages of a folder besides."""
    venv.create(folder, with_pip=True)
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    Path(paths["purelib"], "packages.pth").write_text(packages, encoding="utf-8")
    return next(Path(paths["scripts"]).glob("python*"))


@pytest.fixture
def checkout(tmp_path):
    """Return a copy of the course in a folder whose name ASCII cannot write."""
    folder = tmp_path / "ein kurs ü"
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = [name for name in build["tool"]["setuptools"]["packages"] if "." not in name]
    for name in packages:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "build_backend.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


def test_what_builds_the_course_is_among_what_it_needs():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert set(build["requires"]) <= set(pins)  # else a folder of wheels would lack it


def test_a_plugin_of_another_project_is_not_loaded(tmp_path):
    about = tmp_path / "other-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[pytest11]\nother = no_such_module\n")
    path = os.pathsep.join([str(ROOT), str(tmp_path)])
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "1", __file__]
    process = run(*command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.mark.environments
def test_an_editable_install_works_where_text_is_ascii(checkout, tmp_path):
    python = new_python(tmp_path / "venv", sysconfig.get_path("purelib"))
    installed = run(python, *PIP, "install", "--no-deps", "--editable", checkout)
    assert installed.returncode == 0, installed.stderr
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code = "import check, nbcompare, verdict.engine; print(ascii(check.__file__))"
    process = run(python, "-c", code, cwd=tmp_path, env=environment)
    assert "ein kurs" in process.stdout, process.stderr


JUDGED = """
from verdict.engine import exercise
from verdict.judges import function

@exercise
def speed(answer):
    return function(answer, lambda s, t: s / t, [(6.0, 2.0), (5.0, 4.0)], look="Look again")

def pace(s, t):
    return t / s

speed(pace)
"""


@pytest.mark.environments
def test_a_wheel_brings_what_others_can_use(checkout, tmp_path):
    stale = checkout / "build/lib/verdict/of_before.py"
    stale.parent.mkdir(parents=True)
    stale.touch()
    built = run(sys.executable, *PIP, "wheel", "--no-deps", "-w", tmp_path, checkout)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as zipped:
        held = set(zipped.namelist())
    assert {"check/lesson_14.py", "nbcompare/plugin.py", "helpers/plotting/course.mplstyle"} < held
    assert "verdict/of_before.py" not in held
    python = new_python(tmp_path / "venv")
    pins = ["-c", ROOT / "constraints.txt"]
    installed = run(python, *PIP, "install", *pins, f"{wheel}[nbcompare]")
    assert installed.returncode == 0, installed.stderr

    # A notebook of somebody else's, with a number and a picture that are not what they were.
    work = tmp_path / "work"
    work.mkdir()
    sources = [
        "import numpy as np\nfrom PIL import Image",
        "np.sqrt(2.0)",
        "Image.fromarray(np.full((40, 40, 3), 255, np.uint8))",
    ]
    stored = ["", "np.float64(1.4143)", "<PIL.Image.Image image mode=RGB size=40x40>"]
    black = (
        "iVBORw0KGgoAAAANSUhEUgAAACgAAAAoCAIAAAADnC86AAAAHElEQVR42u3BAQ0AAADCoPdPbQ43oAAAAADg3wAS"
        "6AABYkkn9QAAAABJRU5ErkJggg=="
    )
    cells = [nbf.new_code_cell(source, execution_count=1) for source in sources]
    for cell, text in zip(cells[1:], stored[1:], strict=True):
        cell.outputs = [nbf.new_output("execute_result", {"text/plain": text})]
    cells[2].outputs[0].data["image/png"] = black
    (work / "theirs.ipynb").write_text(nbf.writes(nbf.new_notebook(cells=cells)), encoding="utf-8")
    options = ["--nbval", "--nbval-current-env", "-p", "nbcompare.plugin", "-p", "no:cacheprovider"]
    environment = {n: text for n, text in os.environ.items() if not n.startswith("PYT")}
    process = run(python, "-m", "pytest", *options, "theirs.ipynb", cwd=work, env=environment)
    assert "1.4143" in process.stdout and "2 failed, 1 passed" in process.stdout, process.stdout
    folder = Path(re.search(r"Compare .* in (.*)", process.stdout)[1])
    assert list(folder.glob("*.png")) and not folder.is_relative_to(work)
    assert [path.name for path in work.iterdir()] == ["theirs.ipynb"]

    # A function of somebody else's, judged; TensorFlow is lent.
    environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    (work / "lesson_1.py").write_text(JUDGED, encoding="utf-8")
    process = run(python, "lesson_1.py", cwd=work, env=environment)
    assert re.match(r"Wrong: at 6, 2:? 0\.333333 is ", process.stdout), (
        process.stdout + process.stderr
    )
