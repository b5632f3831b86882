"""From a list of layers to the Keras model that the worker trains."""

import models.backend  # noqa: F401, I001  # must come before Keras
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import keras
import numpy as np

from models.layers import (
    GRU,
    LSTM,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Layer,
    MaxPool2D,
    Recurrent,
    Reshape,
    Shape,
    SimpleRNN,
    summary,
)
from models.weights import Array, Weights


@keras.saving.register_keras_serializable(package="unroll")
class PaddedEmbedding(keras.layers.Embedding):  # type: ignore[misc]  # Keras ships no types
    """An Embedding whose padding may have any id; Keras masks only the id 0."""

    def __init__(self, input_dim: int, output_dim: int, *, pad_id: int, **settings: object) -> None:
        """Remember the id that later layers skip."""
        super().__init__(input_dim, output_dim, **settings)
        self.pad_id = pad_id
        self.supports_masking = True  # else Keras never asks for the mask

    def compute_mask(self, inputs: keras.KerasTensor, mask: object = None) -> keras.KerasTensor:
        """True where there is a word."""
        return keras.ops.not_equal(inputs, self.pad_id)

    def get_config(self) -> dict[str, Any]:
        """For the `.keras` file."""
        return {**super().get_config(), "pad_id": self.pad_id}


RECURRENT = {SimpleRNN: keras.layers.SimpleRNN, GRU: keras.layers.GRU, LSTM: keras.layers.LSTM}


def keras_layer(layer: Layer, name: str) -> keras.Layer:
    """The Keras layer of the same settings, not yet built."""
    match layer:
        case Reshape():
            return keras.layers.Reshape(layer.target_shape, name=name)
        case Conv2D():
            return keras.layers.Conv2D(
                layer.filters,
                layer.kernel_size,
                strides=layer.strides,
                padding=layer.padding,
                activation=layer.activation,
                name=name,
            )
        case MaxPool2D():
            return keras.layers.MaxPooling2D(layer.pool_size, name=name)
        case Flatten():
            return keras.layers.Flatten(name=name)
        case Dense():
            return keras.layers.Dense(layer.units, activation=layer.activation, name=name)
        case Dropout():
            return keras.layers.Dropout(layer.rate, name=name)
        case Embedding(pad_id=int(pad_id)):
            return PaddedEmbedding(layer.vocabulary_size, layer.units, pad_id=pad_id, name=name)
        case Embedding():
            return keras.layers.Embedding(layer.vocabulary_size, layer.units, name=name)
        case GlobalAveragePooling1D():
            return keras.layers.GlobalAveragePooling1D(name=name)
        case Recurrent():
            one = RECURRENT[type(layer)](
                layer.units,
                return_sequences=layer.return_sequences,
                name=None if layer.bidirectional else name,
            )
            return keras.layers.Bidirectional(one, name=name) if layer.bidirectional else one
    raise TypeError(f"no Keras layer for {layer.kind}")


def build(layers: Sequence[Layer], input_shape: Shape, *, any_length: bool = False) -> keras.Sequential:
    """A `keras.Sequential` of these layers, named as in the summary, with fresh initial weights.

    Args:
        layers: from input to output; see `models.layers.summary` for what is legal.
        input_shape: shape of one example.
        any_length: whether examples may also be shorter or longer, where the layers allow it.
    """
    rows = summary(layers, input_shape)
    shape = (None, *input_shape[1:]) if any_length else input_shape
    return keras.Sequential(
        [keras.Input(shape), *(keras_layer(row.layer, row.name) for row in rows)],
    )


@dataclass(frozen=True)
class Start:
    """What a network begins with; not to be changed, since others may begin with the same.

    Attributes:
        weights: the trained ones, by name.
        variables: all that Keras keeps for these layers and in its order, random states among them.
    """

    weights: Weights
    variables: tuple[Array, ...]


def fresh_start(
    layers: Sequence[Layer], input_shape: Shape, seed: int, vectors: Array | None = None
) -> Start:
    """The weights and random states that Keras begins with after ``keras.utils.set_random_seed(seed)``.

    Args:
        layers: as for `build`.
        input_shape: as for `build`.
        seed: of the experiment.
        vectors: (words, units) for the Embedding; what is not a number stays random. See `models.start`.
    """
    begun = _start(tuple(layers), input_shape, seed)
    if vectors is None:
        return begun
    name, random = next(iter(begun.weights.items()))
    embeddings = np.where(np.isnan(vectors), random, vectors)
    return Start(begun.weights | {name: embeddings}, (embeddings, *begun.variables[1:]))


@lru_cache(maxsize=24)
def _start(layers: tuple[Layer, ...], input_shape: Shape, seed: int) -> Start:
    """Kept, since to build a model takes Keras longer than all else that comes before a run's first step."""
    keras.utils.set_random_seed(seed)
    model = build(layers, input_shape)
    arrays = {id(variable): variable.numpy() for variable in model.variables}
    for array in arrays.values():
        array.flags.writeable = False
    trained = (arrays[id(variable)] for variable in model.trainable_variables)
    names = _weight_names(layers, input_shape)
    return Start(dict(zip(names, trained, strict=True)), tuple(arrays.values()))


def initial_weights(layers: Sequence[Layer], input_shape: Shape, seed: int) -> Weights:
    """The weights that Keras itself would start from after ``keras.utils.set_random_seed(seed)``."""
    return fresh_start(layers, input_shape, seed).weights


def weights_of(model: keras.Model, layers: Sequence[Layer], input_shape: Shape) -> Weights:
    """Copy the model's weights out, by name."""
    names = _weight_names(layers, input_shape)
    return dict(zip(names, (w.numpy() for w in model.trainable_variables), strict=True))


def _weight_names(layers: Sequence[Layer], input_shape: Shape) -> list[str]:
    """In Keras's order."""
    return [f"{row.name}/{name}" for row in summary(layers, input_shape) for name in row.weights]


def set_weights(model: keras.Model, weights: Mapping[str, Array]) -> None:
    """Copy weights, named as by `weights_of` and in any order, into the model.

    Raises:
        ValueError: a shape differs, or arrays are missing or left over.
    """
    variables = _variables(model)
    if variables.keys() != weights.keys():
        strange = ", ".join(sorted(variables.keys() ^ weights.keys()))
        raise ValueError(f"These weights belong to another network: {strange} is in only one of the two.")
    for name, variable in variables.items():
        variable.assign(weights[name])


def _variables(model: keras.Model) -> dict[str, keras.Variable]:
    """The model's trained variables by the names of the summary."""
    named: dict[str, keras.Variable] = {}
    for layer in model.layers:
        parts = {"": layer}
        if isinstance(layer, keras.layers.Bidirectional):
            parts = {"forward_": layer.forward_layer, "backward_": layer.backward_layer}
        for way, part in parts.items():
            named |= {f"{layer.name}/{way}{v.name}": v for v in part.trainable_variables}
    return named
