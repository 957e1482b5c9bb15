"""Fashion-MNIST as the checks use it, read once, and apart from the arrays of the learner."""

import functools

import numpy as np

from helpers.data import load_fashion_mnist

read = functools.cache(load_fashion_mnist)


def training_images(start=0, stop=60_000):
    """Return training images, float32 from 0 to 1 of shape (n, 28, 28), and int64 labels."""
    return _scaled(*read()[0], slice(start, stop))


def test_images(stop=10_000):
    """Return the first test images and their labels, as `training_images` does."""
    return _scaled(*read()[1], slice(stop))


def _scaled(images, labels, place):
    # A copy each time, of what is asked for alone: all of them would fill 190 MB.
    return images[place] / np.float32(255), labels[place].astype(int)
