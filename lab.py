"""Start JupyterLab on README.md: as a page, and without a question about news.

These are defaults only, in helpers/jupyter: the reader's own settings count more. Options are
JupyterLab's own, such as ``--no-browser``.
"""

import os
import sys
from pathlib import Path

from jupyterlab.labapp import main

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    os.chdir(HERE)
    paths = [str(HERE / "helpers" / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    sys.argv[1:1] = ["--LabApp.default_url=/lab/tree/README.md"]
    main()
