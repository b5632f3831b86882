"""The weights of a network by name, and their bytes: safetensors, which holds arrays and nothing else."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

Array = NDArray[Any]

Weights = dict[str, NDArray[np.float32]]
"""Trained arrays by name: ``lstm/kernel``, ``dense/bias``, ..., in the order of the layers."""


def to_bytes(arrays: Mapping[str, Array]) -> bytes:
    """Pack named arrays.

    The order of the names is not kept (safetensors sorts them by size of element, then name).
    """
    return save({name: np.asarray(array, order="C") for name, array in arrays.items()})


def from_bytes(packed: bytes) -> dict[str, Array]:
    """Unpack what `to_bytes` made.

    Raises:
        ValueError: the bytes are not a safetensors file.
    """
    try:
        return load(packed)
    except SafetensorError as error:
        raise ValueError(f"These are not stored weights: {error}.") from error
