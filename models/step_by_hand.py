"""One time step of one unit, written out with its numbers, as one would do it by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.inside import RecurrentInside
from models.layers import GRU, LSTM, Layer, SimpleRNN
from models.weights import Array


@dataclass(frozen=True)
class Line:
    """One line of the computation.

    Attributes:
        name: of what is computed, in words.
        formula: in symbols.
        numbers: the same with the numbers of this step.
        value: the result.
    """

    name: str
    formula: str
    numbers: str
    value: float

    @property
    def result(self) -> str:
        """The value as it is written in the numbers of other lines."""
        return _n(self.value)


GATES: dict[type[Layer], tuple[tuple[str, str, str], ...]] = {
    LSTM: (
        ("input_gate", "i", "σ"),
        ("forget_gate", "f", "σ"),
        ("candidate", "g", "tanh"),
        ("output_gate", "o", "σ"),
    ),
    GRU: (("update_gate", "z", "σ"), ("reset_gate", "r", "σ"), ("candidate", "g", "tanh")),
    SimpleRNN: (("hidden", "h", "tanh"),),
}
"""State, symbol and activation of each block of columns, in the order of the kernels."""


def by_hand(inside: RecurrentInside, weights: Mapping[str, Array], t: int, unit: int) -> list[Line]:
    """The computation of one unit at one time step, in the order in which it is done.

    Args:
        inside: the layer with its states; one that reads in one direction.
        weights: of the whole network.
        t: time step, from 1.
        unit: from 1.

    Returns:
        Lines whose last gives h_t. Their values are those of the forward pass.
    """
    kind = type(inside.row.layer)
    W, U, b = (weights[f"{inside.row.name}/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))  # noqa: N806
    x = inside.inputs[t - 1]
    units = U.shape[0]
    states = {name: values[:, unit - 1] for name, values in inside.states.items()}
    h_before = inside.states["hidden"][t - 2] if t > 1 else np.zeros(units, np.float32)
    lines = []
    for block, (state, symbol, activation) in enumerate(GATES[kind]):
        column = block * units + unit - 1
        from_x, from_h = float(x @ W[:, column]), float(h_before @ U[:, column])
        if kind is GRU:
            bias, inner = float(b[0, column]), float(b[1, column])
            if state == "candidate":
                r = float(states["reset_gate"][t - 1])
                formula = "tanh(x W + b + r · (h U + b'))"
                numbers = f"tanh({_n(from_x)} + {_n(bias)} + {_n(r)} · ({_n(from_h)} + {_n(inner)}))"
            else:
                formula = "σ(x W + b + h U + b')"
                numbers = f"σ({_n(from_x)} + {_n(bias)} + {_n(from_h)} + {_n(inner)})"
        else:
            formula = f"{activation}(x W + h U + b)"
            numbers = f"{activation}({_n(from_x)} + {_n(from_h)} + {_n(float(b[column]))})"
        name = state.replace("_", " ") if state != "hidden" else "hidden state"
        lines.append(Line(name, f"{symbol} = {formula}", numbers, float(states[state][t - 1])))
    lines += _combined(kind, states, float(h_before[unit - 1]), t)
    return lines


def _combined(kind: type[object], states: Mapping[str, Array], h_before: float, t: int) -> list[Line]:
    """What the gates make of the states."""
    now = {name: float(values[t - 1]) for name, values in states.items()}
    if kind is LSTM:
        c_before = float(states["cell"][t - 2]) if t > 1 else 0.0
        return [
            Line(
                "cell state",
                "c_t = f · c_{t-1} + i · g",
                f"{_n(now['forget_gate'])} · {_n(c_before)}"
                f" + {_n(now['input_gate'])} · {_n(now['candidate'])}",
                now["cell"],
            ),
            Line(
                "hidden state",
                "h_t = o · tanh(c_t)",
                f"{_n(now['output_gate'])} · tanh({_n(now['cell'])})",
                now["hidden"],
            ),
        ]
    if kind is GRU:
        z = now["update_gate"]
        return [
            Line(
                "hidden state",
                "h_t = z · h_{t-1} + (1 − z) · g",
                f"{_n(z)} · {_n(h_before)} + {_n(1 - z)} · {_n(now['candidate'])}",
                now["hidden"],
            )
        ]
    return []


def _n(value: float) -> str:
    return f"{value:.3f}" if value >= 0 else f"−{-value:.3f}"
