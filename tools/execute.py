"""Run notebooks from a clean kernel and store their outputs: the one way outputs are written.

A notebook is written back only if every cell ran as it should; otherwise its file stays as it was.
"""

import argparse
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from nbcompare.reading import Unreadable
from tools.lessons import METADATA, lessons, read

CELL_SECONDS = 300
# What editors and other programs write into a cell's metadata for themselves.
EDITORS = {"ExecuteTime", "colab", "collapsed", "execution", "id", "lines_to_next_cell", "outputId"}
EDITORS |= {"deletable", "editable", "papermill", "pycharm", "scrolled", "slideshow", "vscode"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Stop(Exception):
    """A cell did what no stored output may show."""


def execute(path):
    """Run one notebook and write it back with its outputs.

    Parameters
    ----------
    path : Path
        The notebook. It is replaced only once all cells have run.

    Returns
    -------
    list of (float, str)
        The seconds each code cell took, with its id.

    Raises
    ------
    Stop
        If a cell fails, writes to stderr, runs for longer than `CELL_SECONDS` or kills the kernel.
        The message names the cell and holds the traceback.
    Unreadable
        If the file is no notebook whose cells have ids.
    """
    notebook = read(path)
    started, seconds = {}, []
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # its warnings are not the lesson's
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_execute=lambda cell, cell_index: started.update({cell.id: time.perf_counter()}),
        on_cell_executed=lambda cell, cell_index, execute_reply: seconds.append(
            (time.perf_counter() - started[cell.id], cell.id)
        ),
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = list(started)[-1] if started else "none"
        raise Stop(f"{path.name}, cell {cell}:\n{error}") from None
    for cell in notebook.cells:
        for key in EDITORS & cell.metadata.keys():
            del cell.metadata[key]
        if cell.metadata.get("tags") == []:
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            _tidy(path, cell)
    edition = {key: notebook.metadata[key] for key in ("edition",) if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict(METADATA | edition)
    nbformat.validate(notebook)
    partial = path.with_suffix(".partial")
    nbformat.write(notebook, partial)
    os.replace(partial, path)
    return seconds


def _tidy(path, cell):
    expected_error = "raises-exception" in cell.metadata.get("tags", [])
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            raise Stop(f"{path.name}, cell {cell.id}: wrote to stderr:\n{output.text}")
        if output.output_type == "error":
            # A traceback's paths and colours differ from machine to machine; nbval compares the
            # error's name and message only.
            output.traceback = [f"{output.ename}: {COLOURS.sub('', output.evalue)}"]
        # Without its kernel a slider is an error message in JupyterLab; its text stays.
        output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    if expected_error and not any(output.output_type == "error" for output in cell.outputs):
        raise Stop(
            f"{path.name}, cell {cell.id}: is tagged raises-exception, and nothing was raised"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all lessons")
    parser.add_argument("--slowest", type=int, default=3, help="how many cells to name (default 3)")
    arguments = parser.parse_args()
    # Without this, a kernel named python3 in the user's own folder would win over this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    for path in arguments.notebooks or lessons():
        print(f"{path.name} ... ", end="", flush=True)
        try:
            seconds = execute(path.resolve())
        except (Stop, Unreadable) as reason:
            sys.exit(f"failed; the file is as it was.\n\n{reason}")
        slowest = sorted(seconds, reverse=True)[: arguments.slowest]
        named = ", ".join(f"{name} {took:.1f} s" for took, name in slowest)
        print(
            f"{sum(took for took, _ in seconds):.0f} s, {path.stat().st_size // 1000} kB ({named})"
        )


if __name__ == "__main__":
    main()
