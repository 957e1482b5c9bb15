"""Take the README's pictures from the figures that the lessons' cells have stored.

Each picture remembers the figures it was made from, so that a test can say when it is stale.
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

# For each lesson the cell whose figure stands for it.
CELLS = {
    "01_gradient_tape": "derivative-figure",
    "02_control_flow": "tax-figure",
    "03_higher_order_gradients": "descent-figure",
    "04_linear_regression": "rates-figure",
    "05_sequential_mlp": "moons-figure",
    "06_fashion_mnist": "prediction-grid-figure",
    "07_training_loop": "race-figure",
}
# For each picture the lessons whose figures it shows, side by side.
SHOWS = {lesson: [lesson] for lesson in CELLS} | {
    "strip": [
        "01_gradient_tape",
        "03_higher_order_gradients",
        "05_sequential_mlp",
        "06_fashion_mnist",
    ]
}
HEIGHT = 480  # pixels: at least twice the height at which the README shows them


def figure(lesson):
    """Return the PNG, as bytes, of the figure that stands for a lesson.

    Raises
    ------
    LookupError
        If its cell is not there, or has stored no figure.
    """
    notebook = nbformat.read(ROOT / "notebooks" / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if cell.id == CELLS[lesson] else []:
            if "image/png" in output.get("data", {}):
                return base64.b64decode(output.data["image/png"])
    raise LookupError(f"{lesson}: no stored figure in a cell {CELLS[lesson]}")


def source(name):
    """Return a checksum of the figures that a picture, given by its name, is to show."""
    return hashlib.sha256(b"".join(figure(lesson) for lesson in SHOWS[name])).hexdigest()


def take(name):
    """Draw the figures of a picture side by side, and write it with their checksum."""
    figures = [Image.open(io.BytesIO(figure(lesson))).convert("RGB") for lesson in SHOWS[name]]
    figures = [image.resize((image.width * HEIGHT // image.height, HEIGHT)) for image in figures]
    picture = Image.new("RGB", (sum(image.width for image in figures), HEIGHT), "white")
    left = 0
    for image in figures:
        picture.paste(image, (left, 0))
        left += image.width
    about = PngInfo()
    about.add_text("source", source(name))
    # 256 colours, chosen so that small coloured marks keep theirs, make half the size.
    picture = picture.quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True, pnginfo=about)


def taken_from(name):
    """Return the checksum that a written picture remembers."""
    with Image.open(PICTURES / f"{name}.png") as picture:
        return picture.text["source"]


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name in SHOWS:
        take(name)
        print(f"pictures/{name}.png")
