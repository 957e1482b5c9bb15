"""Test the lessons under the arithmetic of several processors, and say how far they move.

TensorFlow rounds differently on each kind of processor, and training makes small differences
larger. Each lesson is run under `pytest --nbval` once for every variation below; then each cell
whose numbers or figures moved is listed with the way they went. A tolerance in a cell's metadata
has its reason here. Usage: python tools/processors.py [notebooks/06_fashion_mnist.ipynb …]
"""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "processors"

ONE_CORE = ["taskset", "-c", "0"]
# For each variation the environment, and the command to start Python by.
VARIATIONS = {
    "as it is": ({}, []),
    "AVX2": ({"ONEDNN_MAX_CPU_ISA": "AVX2"}, []),
    "SSE41": ({"ONEDNN_MAX_CPU_ISA": "SSE41"}, []),
    "no oneDNN": ({"TF_ENABLE_ONEDNN_OPTS": "0"}, []),
    "one core": ({}, ONE_CORE),
}
# What nbcompare reports of a cell, and how to write it.
COLUMNS = {
    "relative": "{:.2%}",
    "absolute": "{:.2g}",
    "numbers_used": "{:.0%}",
    "figure": "{:.3f}",
    "data": "{:.3f}",
    "colors": "{:.3f}",
    "figure_used": "{:.0%}",
}


def test(name, notebooks):
    """Run notebooks under one variation.

    Parameters
    ----------
    name : str
        A key of `VARIATIONS`.
    notebooks : list of str

    Returns
    -------
    dict
        For each cell that moved or failed, (notebook, cell), what nbcompare reports of it: the
        largest value for each key of `COLUMNS`, and ``failed``.
    """
    environment, prefix = VARIATIONS[name]
    report = REPORTS / f"{name.replace(' ', '-')}.xml"
    command = [*prefix, sys.executable, "-m", "pytest", "--nbval", "-q", "--no-summary"]
    subprocess.run(
        [*command, f"--junitxml={report}", *notebooks], cwd=ROOT, env=os.environ | environment
    )
    cells = {}
    for case in ElementTree.parse(report).iter("testcase"):
        cell, moved = case.get("name"), {}
        for entry in case.iter("property"):
            if entry.get("name") == "cell":
                cell = entry.get("value")
            else:
                value = float(entry.get("value"))
                moved[entry.get("name")] = max(moved.get(entry.get("name"), 0.0), value)
        if case.find("failure") is not None or case.find("error") is not None:
            moved["failed"] = True
        if moved:
            cells[case.get("classname"), cell] = moved
    return cells


def main():
    notebooks = sys.argv[1:] or ["notebooks"]
    REPORTS.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in VARIATIONS:
        if name == "one core" and not shutil.which(ONE_CORE[0]):
            print(f"{name}: skipped, there is no {ONE_CORE[0]} here")
            continue
        print(f"{name}:", flush=True)
        for place, moved in test(name, notebooks).items():
            shown = [f.format(moved[key]) if key in moved else "" for key, f in COLUMNS.items()]
            rows.append((*place, name, *shown, "FAILED" if "failed" in moved else ""))
    for row in [("notebook", "cell", "processor", *COLUMNS, ""), *sorted(rows)]:
        print("{:38} {:24} {:10} {:>9} {:>9} {:>13} {:>7} {:>7} {:>7} {:>12} {}".format(*row))
    failed = sum(row[-1] == "FAILED" for row in rows)
    print(f"{failed} failures. The columns that end in _used say how much of the tolerance.")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
