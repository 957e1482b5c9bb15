"""The data of the lessons: Fashion-MNIST, read from the bundled files, and two moons."""

import hashlib
import struct
import zlib
from pathlib import Path

import numpy as np

DIRECTORY = Path(__file__).resolve().parent.parent / "data" / "fashion-mnist"

Arrays = tuple[np.ndarray, np.ndarray]  # inputs and labels

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

_RESTORE = (
    'restore it with "git checkout -- data/fashion-mnist" in the course folder, '
    "or copy the folder data/fashion-mnist from a fresh copy of the course"
)


def load_fashion_mnist(directory: str | Path = DIRECTORY) -> tuple[Arrays, Arrays]:
    """Read Fashion-MNIST from the files bundled with the course.

    Parameters
    ----------
    directory : path-like
        The folder of the four IDX gzip files and of ``SHA256SUMS``.

    Returns
    -------
    (train_images, train_labels), (test_images, test_labels)
        As ``keras.datasets.fashion_mnist.load_data()`` returns them, all ``uint8``:
        images of shape (60000, 28, 28) and (10000, 28, 28), grey values 0 (background) to 255;
        labels of shape (60000,) and (10000,), the positions of the classes in `CLASS_NAMES`.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not, byte for byte, the one its SHA-256 in ``SHA256SUMS`` describes.

    Source
    ------
    Zalando Research, https://github.com/zalandoresearch/fashion-mnist, MIT licence.
    """
    directory = Path(directory)
    listed = _read(directory / "SHA256SUMS").decode("ascii", errors="replace").split()
    checksums = dict(zip(listed[1::2], listed[0::2], strict=False))

    def read(part):
        names = (f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz")
        return tuple(_read_idx(directory / name, checksums) for name in names)

    return read("train"), read("t10k")


def two_moons(points: int = 400, noise: float = 0.1, seed: int = 0) -> Arrays:
    """Make two half circles of points that reach into each other, in random order.

    Parameters
    ----------
    points : int
        How many points; half of them (or one more) belong to class 0, the upper moon.
    noise : float
        Standard deviation of the normal noise added to both coordinates; the moons' radius is 1.
    seed : int
        The same seed gives the same points.

    Returns
    -------
    inputs, labels : (points, 2) float32 array, (points,) int32 array
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(points) % 2)
    angles = rng.uniform(0, np.pi, points)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lower = np.stack([1 - np.cos(angles), 0.5 - np.sin(angles)], axis=1)
    inputs = np.where(labels[:, np.newaxis] == 0, upper, lower)
    inputs += rng.normal(scale=noise, size=inputs.shape)
    return inputs.astype(np.float32), labels.astype(np.int32)


def _read(path):
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing, a file of the data set; {_RESTORE}")
    return path.read_bytes()


def _read_idx(path, checksums):
    """Return the array of a gzip file in IDX format, once its checksum agrees."""
    packed = _read(path)
    expected, found = checksums.get(path.name), hashlib.sha256(packed).hexdigest()
    if found != expected:
        raise ValueError(
            f"{path} is not the published file: expected SHA-256 {expected}, "
            f"found {found} ({len(packed):,} bytes); {_RESTORE}"
        )
    content = bytearray(zlib.decompress(packed, wbits=31))  # 31: a gzip header and its CRC
    dimensions = content[3]
    shape = struct.unpack_from(f">{dimensions}I", content, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
