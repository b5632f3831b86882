"""Input scaling, fitted on the training examples and applied wherever an input meets the network."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.experiment import Scaling
from models.weights import Array


@dataclass(frozen=True)
class Scaler:
    """``(x - offset) * factor``; the same two numbers for every position."""

    offset: float = 0.0
    factor: float = 1.0

    def __call__(self, x: Array) -> NDArray[np.float32]:
        """Scale an array of any shape."""
        return (np.asarray(x, np.float32) - np.float32(self.offset)) * np.float32(self.factor)


def fit_scaler(scaling: Scaling, x_train: Array) -> Scaler:
    """The scaler of these training examples.

    Args:
        scaling: ``none`` leaves inputs as they are; ``unit`` divides by the largest magnitude;
            ``standard`` gives mean 0 and standard deviation 1 over all numbers.
        x_train: (examples, ...) inputs. Constant inputs are only shifted.
    """
    match scaling:
        case "unit":
            largest = max(abs(float(x_train.min())), abs(float(x_train.max())))
            return Scaler(0.0, 1.0 / (largest or 1.0))
        case "standard":
            mean, deviation = _moments(x_train)
            return Scaler(mean, 1.0 / (deviation or 1.0))
        case _:
            return Scaler()


ROWS = 4096
"""Examples that are looked at together: NumPy's own deviation of all digits at once takes 750 MB."""


def _moments(x: Array) -> tuple[float, float]:
    """Mean and standard deviation over all numbers."""
    parts = [x[start : start + ROWS] for start in range(0, len(x), ROWS)]
    mean = sum(float(part.sum(dtype=np.float64)) for part in parts) / x.size
    variance = sum(float(((part.astype(np.float64) - mean) ** 2).sum()) for part in parts) / x.size
    return mean, variance**0.5
