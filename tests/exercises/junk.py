"""What nobody would call an answer: each exercise must say so, and never raise."""

import keras
import numpy as np
import tensorflow as tf


class Unprintable:
    def __repr__(self):
        raise RuntimeError("no picture of me")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no numbers in me")


def raises_deep_inside(*args):
    return tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))


JUNK = {
    "None": None,
    "text": "forty-eight",
    "empty list": [],
    "list with dots": [1.0, ...],
    "list with None": [None, 1.0],
    "ragged list": [[1.0], [1.0, 2.0]],
    "dict": {"w": 1.0},
    "set": {1.0},
    "bool": True,
    "complex": 1 + 2j,
    "huge": 10**400,
    "nan": float("nan"),
    "inf": tf.constant(float("inf")),
    "shape": np.zeros((3, 4, 5)),
    "empty array": np.zeros((0,)),
    "strings": tf.constant(["a", "b"]),
    "ragged tensor": tf.ragged.constant([[1.0], [1.0, 2.0]]),
    "sparse": tf.sparse.from_dense([[1.0]]),
    "symbolic": keras.Input((3,)),
    "module": np,
    "class": float,
    "unprintable": Unprintable(),
    "model without weights": keras.Sequential(),
    "object array": np.array([None, 1.0], dtype=object),
    "variable": tf.Variable([1.0, 2.0, 3.0]),
    "tape": tf.GradientTape(),
    "exception": ValueError("an exception, not raised"),
    "returns dots": lambda *args: ...,
    "returns None": lambda *args: None,
    "returns text": lambda *args: "x",
    "returns a shape": lambda *args: tf.zeros((7, 7)),
    "returns nan": lambda *args: tf.constant(float("nan")),
    "returns a float": lambda *args: 1.5,
    "returns a function": lambda *args: raises_deep_inside,
    "raises": raises_deep_inside,
    "raises quietly": lambda *args: {}["missing"],
    "recurses": lambda *args: JUNK["recurses"](*args),
    "takes no argument": lambda: 1.0,
    "divides by zero": lambda *args: 1 / 0,
}
