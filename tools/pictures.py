"""Take the README's pictures from the figures that the lessons' cells have stored.

A lesson's picture is the figure of its cell tagged ``picture``; those tagged ``strip`` too stand
side by side at the top. Each remembers the figures it was made from, so that a test can say when it
is stale.
"""

import base64
import hashlib
import io
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tools.lessons import lessons, read, tags

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "pictures"
HEIGHT = 480  # pixels: at least twice the height at which the README shows them


def tagged(tag):
    """Return the stored figures of the cells with a tag, as PNG, by the lessons' names."""
    return {
        path.stem: base64.b64decode(output.data["image/png"])
        for path in lessons()
        for cell in read(path).cells
        if tag in tags(cell)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    }


def shown():
    """Return the figures that each picture shows, as a list of PNG, by the pictures' names."""
    return {name: [png] for name, png in tagged("picture").items()} | {
        "strip": list(tagged("strip").values())
    }


def checksum(figures):
    """Return what a picture remembers of the figures it shows."""
    return hashlib.sha256(b"".join(figures)).hexdigest()


def take(name, figures):
    """Draw figures side by side, and write the picture with their checksum."""
    images = [Image.open(io.BytesIO(figure)).convert("RGB") for figure in figures]
    images = [image.resize((image.width * HEIGHT // image.height, HEIGHT)) for image in images]
    picture = Image.new("RGB", (sum(image.width for image in images), HEIGHT), "white")
    left = 0
    for image in images:
        picture.paste(image, (left, 0))
        left += image.width
    about = PngInfo()
    about.add_text("source", checksum(figures))
    # 256 colours, chosen so that small coloured marks keep theirs, make half the size.
    picture = picture.quantize(method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True, pnginfo=about)


if __name__ == "__main__":
    for name, figures in shown().items():
        take(name, figures)
        print(f"pictures/{name}.png")
