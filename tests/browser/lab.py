"""JupyterLab on a copy of the course, seen through a headless Chromium; all on the loopback."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.lessons import lessons

ROOT = Path(__file__).resolve().parents[2]
LESSONS = [path.name for path in lessons()]

NOT_THE_COURSE = {"build", "__pycache__"}

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What a test needs besides what lab.py sets, which is left to it.
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {
        # By default only the cells in sight are in the page; a test wants to see them all.
        "windowingMode": "none",
        "scrollPastEnd": False,
        "kernelShutdown": True,
    },
}

# Whether every Markdown cell and picture of the notebook in front has been drawn.
DRAWN = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  if (!panel?.context?.isReady || !panel.content?.widgets) return false;
  const node = panel.content.node;
  const markdown = [...node.querySelectorAll('.jp-MarkdownCell')];
  return panel.content.widgets.every(cell => cell.isAttached)
    && markdown.every(cell => cell.querySelector('.jp-MarkdownOutput')?.childElementCount)
    && [...node.querySelectorAll('img')].every(image => image.complete);
}"""

# Whether nothing has moved since the last five looks: formulas are set late and move what follows.
STILL = """() => {
  const node = window.jupyterapp.shell.currentWidget.content.node;
  const formulas = node.querySelectorAll('mjx-container').length;
  const heights = [...node.querySelectorAll('.jp-Cell')].map(cell => cell.offsetHeight);
  const layout = JSON.stringify([formulas, heights]);
  window.looks = layout === window.layout ? window.looks + 1 : 0;
  window.layout = layout;
  return window.looks >= 5;
}"""


def find_chromium():
    """Return the path of the Chromium to drive: `$CHROMIUM`, or the first one on the path.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    for name in filter(None, names):
        if path := shutil.which(name):
            return path
    raise FileNotFoundError(
        "No Chromium found. Install it (Debian: apt install chromium) "
        "or set CHROMIUM to the path of Chromium or Chrome."
    )


def course_files():
    """Yield the path of every file of the checkout that is neither hidden, built nor cached."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in NOT_THE_COURSE]
        yield from (Path(folder) / name for name in names if not name.startswith("."))


@contextlib.contextmanager
def course_copy():
    """Yield the path of a copy of the course that is deleted afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "course"
        for path in course_files():
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        yield copy


@contextlib.contextmanager
def jupyterlab(course):
    """Start JupyterLab on `course` as `make lab` does, by lab.py, and yield its address.

    It is a newcomer's, who has no settings yet.

    Parameters
    ----------
    course : pathlib.Path
        The folder to serve. The newcomer's home folder is made beside it.

    Yields
    ------
    url : str
        The server's address, ending in a slash.
    token : str
        What lets a browser in.
    """
    home = course.parent / "home"
    labconfig = home / ".jupyter" / "labconfig"
    labconfig.mkdir(parents=True)
    (labconfig / "default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    runtime = home / "runtime"
    token = secrets.token_hex()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "XDG_"))}
    environment |= {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        # The copy's helpers, not those of the editable install.
        "PYTHONPATH": str(course),
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True",
    ]
    with open(home / "server.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, course / "lab.py", *options],
            cwd=home,  # it goes to the course by itself
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 300
            while not (found := list(runtime.glob("jpserver-*.json"))):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        "JupyterLab did not start:\n" + (home / "server.log").read_text()
                    )
                time.sleep(0.1)
            yield json.loads(found[0].read_text())["url"], token
        finally:
            server.terminate()
            server.wait(timeout=30)


@contextlib.contextmanager
def chromium():
    """Yield a headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_notebook(page, server, name):
    """Open `notebooks/name` alone in JupyterLab, sidebars closed, and wait until it is drawn.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Where to open it.
    server : tuple of str
        Address and token, as `jupyterlab` yields them.
    name : str
        The notebook's file name.
    """
    url, token = server
    page.goto(f"{url}lab/tree/notebooks/{name}?reset&token={token}")
    page.wait_for_function(DRAWN)
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    settle(page)


def settle(page):
    """Wait until the notebook in front is drawn and nothing in it moves any more."""
    page.wait_for_function(DRAWN)
    page.wait_for_function(STILL, polling=100)


def use_theme(page, theme):
    """Switch JupyterLab, and every page opened later, to its "light" or "dark" theme."""
    page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {theme.title()}",
    )
    is_light = str(theme == "light").lower()
    page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", state="attached")
