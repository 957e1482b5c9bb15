"""The bundled data set is read as Keras reads it, and damage is named."""

import gzip
import hashlib
import math
import struct

import keras
import numpy as np
import pytest

from helpers import data

PUBLISHED = {  # MD5 sums from the publisher's README
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


@pytest.fixture
def small(tmp_path):
    """Return a folder of a data set like this one, 200 images and labels a file, to be damaged."""
    random, sums = np.random.default_rng(0), ""
    for name in PUBLISHED:
        shape = (200, 28, 28) if "images" in name else (200,)
        header = struct.pack(f">4B{len(shape)}I", 0, 0, 8, len(shape), *shape)
        packed = gzip.compress(header + random.bytes(math.prod(shape)))
        (tmp_path / name).write_bytes(packed)
        sums += f"{hashlib.sha256(packed).hexdigest()}  {name}\n"
    (tmp_path / "SHA256SUMS").write_text(sums)
    return tmp_path


def test_files_are_the_published_ones():
    for name, md5 in PUBLISHED.items():
        assert hashlib.md5((data.DIRECTORY / name).read_bytes()).hexdigest() == md5
    sums = (data.DIRECTORY / "MD5SUMS").read_text().split()
    assert dict(zip(sums[1::2], sums[0::2], strict=True)) == PUBLISHED


def test_arrays_are_those_of_keras(monkeypatch):
    """Keras reads the same files, and must not need a network for them."""
    monkeypatch.setattr(
        "keras.src.datasets.fashion_mnist.get_file", lambda name, **_: data.DIRECTORY / name
    )
    theirs = keras.datasets.fashion_mnist.load_data()
    for our_pair, their_pair in zip(data.load_fashion_mnist(), theirs, strict=True):
        for ours, their in zip(our_pair, their_pair, strict=True):
            assert ours.dtype == their.dtype and np.array_equal(ours, their)


def test_shapes_and_classes():
    (train_images, train_labels), (test_images, test_labels) = data.load_fashion_mnist()
    assert train_images.shape == (60000, 28, 28) and test_images.shape == (10000, 28, 28)
    assert train_images.dtype == train_labels.dtype == np.uint8
    assert np.array_equal(np.bincount(train_labels), [6000] * len(data.CLASS_NAMES))
    assert np.array_equal(np.bincount(test_labels), [1000] * len(data.CLASS_NAMES))


@pytest.mark.parametrize("name", [*PUBLISHED, "SHA256SUMS"])
def test_a_missing_file_is_named(small, name):
    (small / name).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{name} is missing.*git checkout"):
        data.load_fashion_mnist(small)


DAMAGES = {
    "truncated": lambda content: content[:-100],
    "altered": lambda content: content[:50] + bytes([content[50] ^ 1]) + content[51:],
    "foreign": lambda content: gzip.compress(b"another data set"),
    "a web page": lambda content: b"<html>404</html>",
    "empty": lambda content: b"",
    "a Git LFS pointer": lambda content: b"version https://git-lfs.github.com/spec/v1\n",
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"])
def test_damage_is_named_with_what_was_expected_and_how_to_restore_it(small, name, damage):
    path = small / name
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    damaged = DAMAGES[damage](path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(ValueError) as error:
        data.load_fashion_mnist(small)
    for part in (str(path), expected, hashlib.sha256(damaged).hexdigest(), f"{len(damaged):,}"):
        assert part in str(error.value)
    assert 'git checkout -- data/fashion-mnist"' in str(error.value)


def test_nothing_is_written(small):
    before = sorted(path.name for path in small.iterdir())
    data.load_fashion_mnist(small)
    assert sorted(path.name for path in small.iterdir()) == before


def test_two_moons_are_half_circles_of_equal_size():
    inputs, labels = data.two_moons(points=60, noise=0.0)
    assert (inputs.shape, inputs.dtype, labels.shape) == ((60, 2), np.float32, (60,))
    assert np.bincount(labels).tolist() == [30, 30]
    for label, centre, side in ((0, (0.0, 0.0), 1), (1, (1.0, 0.5), -1)):
        moon = inputs[labels == label] - centre
        np.testing.assert_allclose(np.hypot(*moon.T), 1.0, rtol=1e-6)
        assert (side * moon[:, 1] >= -1e-6).all()


def test_two_moons_follow_their_seed_and_noise():
    (same, _), (again, _), (other, _) = (data.two_moons(seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(same, again) and not np.array_equal(same, other)
    still, _ = data.two_moons(seed=1, noise=0.0)
    assert 0.09 < np.std(same - still) < 0.11
