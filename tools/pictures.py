"""Take the README's pictures from the figures that the lessons' cells have stored.

Each picture remembers the figure it was made from, so that a test can say when it is stale.
"""

import base64
import hashlib
import io
from pathlib import Path

import nbformat
from PIL import Image
from PIL.PngImagePlugin import PngInfo

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "pictures"
WIDTH = 640  # pixels: twice the width at which the README shows them

# For each lesson the cell whose figure stands for it.
CELLS = {
    "01_gradient_tape": "derivative-figure",
}


def figure(lesson, cell_id):
    """Return the PNG, as bytes, that a cell of a lesson has stored.

    Raises
    ------
    LookupError
        If there is no such cell, or it has stored no figure.
    """
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if cell.id == cell_id else []:
            if "image/png" in output.get("data", {}):
                return base64.b64decode(output.data["image/png"])
    raise LookupError(f"{lesson}: no stored figure in a cell {cell_id}")


def source_of(picture):
    """Return the SHA-256 of the figure that a picture, given by its path, was made from."""
    with Image.open(picture) as image:
        return image.text["source"]


def main():
    PICTURES.mkdir(exist_ok=True)
    for lesson, cell_id in CELLS.items():
        png = figure(lesson, cell_id)
        about = PngInfo()
        about.add_text("source", hashlib.sha256(png).hexdigest())
        with Image.open(io.BytesIO(png)) as image:
            image = image.convert("RGB")
            image.thumbnail((WIDTH, WIDTH), Image.Resampling.LANCZOS)
            # 64 colours are enough for a diagram, and a third of the size.
            image = image.quantize(64, dither=Image.Dither.NONE)
            image.save(PICTURES / f"{lesson}.png", optimize=True, pnginfo=about)
        print(f"{lesson}.png from cell {cell_id}")


if __name__ == "__main__":
    main()
