"""A network's inside as strips over its time steps."""

from collections.abc import Sequence

import numpy as np

from app.ui.strips import Lines
from models.inside import RANGES
from models.weights import Array


def input_strip(x: Array, alt: str = "The input, point by point.") -> Lines:
    """The input that is read.

    Args:
        x: (points,) heights.
        alt: what it is, in words.
    """
    low, high = float(min(x.min(initial=0), 0)), float(x.max(initial=0))
    if low == 0 and (high == 0 or 0.1 < high <= 1.1):  # as in the course; own data may have any height
        return Lines(x[np.newaxis], "x_t", alt, high=1.1)
    high = max(high, low + 1.0)
    return Lines(x[np.newaxis], "x_t", alt, low=low, high=high, ticks=(low, (low + high) / 2, high))


def said_strip(probabilities: Array, classes: Sequence[str]) -> Lines:
    """What the network would say after each time step.

    Args:
        probabilities: (steps, classes).
        classes: their names.
    """
    alt = "Probabilities of the classes after each time step."
    return Lines(probabilities.T, "probability", alt, classes, percent=True, height=180)


def state_range(name: str, values: Array) -> tuple[float, float]:
    """From where to where a state is coloured: the same at all moments of training, so that they compare.

    Only the cell state, which has no bounds, takes its own largest magnitude.

    Args:
        name: of the state, as in `models.forward.STATES`, perhaps with a direction before it.
        values: (steps, units).
    """
    largest = float(np.ceil(np.abs(np.nan_to_num(values)).max() * 2) / 2) or 0.5
    return RANGES.get(name.removeprefix("forward_").removeprefix("backward_"), (-largest, largest))


def weight_range(kernel: Array) -> tuple[float, float]:
    """From where to where weights are coloured: as far to both sides of 0 as the largest of them.

    Args:
        kernel: of any shape.
    """
    top = float(np.ceil(np.abs(np.nan_to_num(kernel)).max() * 5) / 5) or 0.2
    return -top, top
