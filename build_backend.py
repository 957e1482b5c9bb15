"""Builds the course's wheel with setuptools, and makes `pip install -e .` work in any folder.

Python reads the lines of a ``.pth`` file in the reader's locale, and looks for files in it: where
that is ASCII, a folder named "ein kurs ü" cannot be written there as text. So an editable install
holds the folder's name as bytes. The whole folder counts, for `tools` and `tests` are imported too.
"""

import base64
import hashlib
import os
import shutil
import zipfile
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  all other hooks are setuptools' own


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Write a wheel, without what an earlier one has left behind; return its name."""
    shutil.rmtree("build/lib", ignore_errors=True)
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Write a wheel that tells Python where this folder is; return its name."""
    name = build_meta.build_editable(wheel_directory, config_settings, metadata_directory)
    path = Path(wheel_directory, name)
    with zipfile.ZipFile(path) as wheel:
        held = {file: wheel.read(file) for file in wheel.namelist() if "dist-info/" in file}
    folder = os.fsencode(Path(__file__).resolve().parent)
    line = f"import os, sys; sys.path.append(os.fsdecode({folder!r}))\n"
    held["__editable__gradient_course.pth"] = line.encode()
    record = next(file for file in held if file.endswith("/RECORD"))
    rows = [f"{file},sha256={_sha256(held[file])}," for file in held if file != record]
    held[record] = "\n".join([*rows, f"{record},,", ""]).encode()
    with zipfile.ZipFile(path, "w") as wheel:
        for file, content in held.items():
            wheel.writestr(file, content)
    return name


def _sha256(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
