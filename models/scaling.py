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
            return Scaler(0.0, 1.0 / (float(np.abs(x_train).max()) or 1.0))
        case "standard":
            return Scaler(float(np.mean(x_train)), 1.0 / (float(np.std(x_train)) or 1.0))
        case _:
            return Scaler()
