"""Verdicts of lesson 01, the gradient tape."""

import numpy as np

from .engine import exercise
from .judges import derivative


@exercise
def wave(wave_slope):
    """Judge the slope of x² sin x."""
    return derivative(
        wave_slope,
        of=lambda x: x**2 * np.sin(x),
        at=[2.0, 0.7],
        mistakes={
            "that is the slope of x² + sin x. The task has a product": lambda x: 2 * x + np.cos(x),
            "that is the slope of x sin x: the square is missing": (
                lambda x: np.sin(x) + x * np.cos(x)
            ),
        },
        look="Is the formula in the tape x**2 * tf.sin(x)?",
    )
