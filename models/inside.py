"""What a network thinks on the way: pictures of its inside as plain arrays, for one input."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.forward import STATES, State, Trace, forward, predict
from models.layers import AnyLayer, Dense, Layer, LayerSummary, Recurrent, Reshape, summary
from models.weights import Array

RANGES: dict[str, tuple[float, float]] = {
    "input_gate": (0, 1),
    "forget_gate": (0, 1),
    "output_gate": (0, 1),
    "update_gate": (0, 1),
    "reset_gate": (0, 1),
    "candidate": (-1, 1),
    "hidden": (-1, 1),
}
"""Where the numbers of a state can lie; the cell state has no bounds."""


@dataclass(frozen=True)
class RecurrentInside:
    """One recurrent layer while it reads one input.

    Attributes:
        row: the layer.
        inputs: (steps, size) what it reads.
        states: each (steps, units), by name, as in `models.forward.STATES`.
        probabilities: (steps, classes): what the network would say if the input ended after each step; None
            where that cannot be asked: the layer is not the last recurrent one, or reads both ways.
    """

    row: LayerSummary
    inputs: Array
    states: State
    probabilities: Array | None


@dataclass(frozen=True)
class DenseInside:
    """The first layer of a network that sees all points at once.

    Attributes:
        row: the layer.
        kernel: (points, units) weights.
        output: (units,) after the activation.
    """

    row: LayerSummary
    kernel: Array
    output: Array


@dataclass(frozen=True)
class Inside:
    """A network with one input in it.

    Attributes:
        x: (points,) the input as the network got it, scaled.
        probabilities: (classes,) of the whole input.
        recurrent: its recurrent layers.
        dense: its first layer, if that is Dense.
    """

    x: Array
    probabilities: Array
    recurrent: tuple[RecurrentInside, ...]
    dense: DenseInside | None


def look_inside(layers: Sequence[AnyLayer], weights: Mapping[str, Array], x: Array) -> Inside:
    """Run one input through a network and gather what can be drawn.

    Args:
        layers: from input to output.
        weights: by name, as for `models.forward.forward`.
        x: (points,) one input, scaled. Recurrent networks take any number of points.

    Raises:
        ValueError: the network cannot take this input.
    """
    layers = fitted_to(layers, len(x))
    rows = summary(layers, x.shape)
    _check_length(rows[0], weights, len(x))
    trace = forward(layers, weights, x[np.newaxis])
    recurrent = tuple(
        RecurrentInside(
            row,
            (trace.steps[index - 1].output if index else x[np.newaxis])[0],
            {name: values[0] for name, values in step.states.items()},
            _after_each_step(rows, index, weights, trace),
        )
        for index, (row, step) in enumerate(zip(rows, trace.steps, strict=True))
        if isinstance(row.layer, Recurrent)
    )
    dense = None
    if isinstance(rows[0].layer, Dense):
        kernel = weights[f"{rows[0].name}/kernel"]
        dense = DenseInside(rows[0], kernel, trace.steps[0].output[0])
    return Inside(x, trace.output[0], recurrent, dense)


def _check_length(first: LayerSummary, weights: Mapping[str, Array], points: int) -> None:
    """A Dense layer has learned a weight for each point of its input, and can take no other number."""
    kernel = weights.get(f"{first.name}/kernel")
    if isinstance(first.layer, Dense) and kernel is not None and len(kernel) != points:
        raise ValueError(
            f"Its units have a weight for each of {len(kernel)} points, and there are {points}. "
            "A recurrent layer would take any number of them."
        )


def fitted_to(layers: Sequence[AnyLayer], length: int) -> tuple[AnyLayer, ...]:
    """The same network for inputs of another length, where its weights allow it.

    A recurrent layer applies one cell again and again, so only the Reshape before it names a length.
    """
    first = layers[0]
    if isinstance(first, Reshape) and first.target_shape[1:] == (1,):
        return (Reshape(target_shape=(length, 1)), *layers[1:])
    return tuple(layers)


def _after_each_step(
    rows: Sequence[LayerSummary], index: int, weights: Mapping[str, Array], trace: Trace
) -> Array | None:
    """Feed each hidden state to the layers that follow, as if the sequence had ended there."""
    layer = rows[index].layer
    rest = rows[index + 1 :]
    if not isinstance(layer, Recurrent) or layer.return_sequences or layer.bidirectional or not rest:
        return None
    names = {row.name: f"{_plain_name(rest, row)}" for row in rest}
    own = {f"{names[row.name]}/{name}": weights[f"{row.name}/{name}"] for row in rest for name in row.weights}
    hidden = trace.steps[index].states["hidden"][0]  # (steps, units): time steps stand in for a batch
    return predict([row.layer for row in rest], own, hidden)


def _plain_name(rest: Sequence[LayerSummary], row: LayerSummary) -> str:
    """The name a layer has in a network that starts after the recurrent one."""
    alone = summary([other.layer for other in rest], rest[0].input_shape)
    return alone[rest.index(row)].name


def state_names(layer: Layer) -> tuple[str, ...]:
    """The states of a recurrent layer as they are worth looking at: h_t and c_t, then the gates."""
    *gates, _ = (name for name in STATES[type(layer)] if name != "cell")
    names = ("hidden", *(("cell",) if "cell" in STATES[type(layer)] else ()), *gates)
    if not (isinstance(layer, Recurrent) and layer.bidirectional):
        return names
    return tuple(f"{way}_{name}" for way in ("forward", "backward") for name in names)
