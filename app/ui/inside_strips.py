"""A network's inside as strips over its time steps."""

from collections.abc import Sequence

import numpy as np

from app.ui.strips import Cells, Lines
from models.inside import RANGES, RecurrentInside
from models.weights import Array

SYMBOLS = {
    "hidden": "h_t · hidden state",
    "cell": "c_t · cell state",
    "input_gate": "i · input gate",
    "forget_gate": "f · forget gate",
    "output_gate": "o · output gate",
    "update_gate": "z · update gate",
    "reset_gate": "r · reset gate",
    "candidate": "g · candidate",
}


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


def symbol(state: str) -> str:
    """How a state is written, and called.

    Args:
        state: as in `models.forward.STATES`, perhaps with a direction before it.
    """
    plain = state.removeprefix("forward_").removeprefix("backward_")
    way = f", {state.partition('_')[0]}" if plain != state else ""
    return SYMBOLS[plain] + way


def recurrent_strips(
    x: Array, layer: RecurrentInside, state: str, classes: Sequence[str]
) -> list[Lines | Cells]:
    """The input, a state of a recurrent layer after each step, and what the network would say then.

    Args:
        x: (points,) the input as the network got it.
        layer: while it reads that.
        state: name of one of its states.
        classes: names of the classes.
    """
    values = layer.states[state]
    alt = f"Heat map of {symbol(state)}, units by time steps."
    parts: list[Lines | Cells] = [input_strip(x), Cells(values, *state_range(state, values), alt)]
    if layer.probabilities is not None:
        parts.append(said_strip(layer.probabilities, classes))
    return parts


def dense_strips(x: Array, kernel: Array) -> list[Lines | Cells]:
    """The input, and the weights of the hidden units over its points.

    Args:
        x: (points,) the input.
        kernel: (points, units) of the layer that sees all points at once.
    """
    alt = "Heat map of the weights of each unit over the points of the input."
    return [input_strip(x), Cells(kernel, *weight_range(kernel), alt)]
