"""How long training will take, estimated before anything is trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.experiment import Experiment
from models.layers import Conv2D, LayerSummary, Recurrent

# Fitted once to measured steps of the presets on a 2-core machine; `calibration` corrects for this one.
STEP = 30e-6
"""Seconds of a step beside its arithmetic."""
TIME_STEP = 3.6e-6
"""Seconds of a time step beside its arithmetic: time steps wait for one another."""
MULTIPLICATION = 0.16e-9
CONVOLUTION = 0.08e-9
"""Seconds of a multiplication, forwards and backwards, in a matrix product and in a convolution."""
COMPILING = 0.5
COMPILING_RECURRENT = 0.8
"""Seconds of compiling a network, and more for each recurrent layer."""


@dataclass(frozen=True)
class Estimate:
    """Seconds of training, and of compiling if the architecture is new to the worker."""

    training: float
    compiling: float


def estimate(
    experiment: Experiment, rows: Sequence[LayerSummary], available: int, calibration: float = 1.0
) -> Estimate:
    """Estimate the time of a run.

    Args:
        experiment: what would be trained.
        rows: the summary of its layers.
        available: training examples of the dataset.
        calibration: measured over estimated seconds of earlier runs on this machine.
    """
    step = STEP
    for row in rows:
        rate = CONVOLUTION if isinstance(row.layer, Conv2D) else MULTIPLICATION
        step += rate * experiment.batch_size * row.layer.multiply_adds(row.input_shape)
        if isinstance(row.layer, Recurrent):
            step += TIME_STEP * row.layer.sequential_steps(row.input_shape)
    recurrent = sum(1 + row.layer.bidirectional for row in rows if isinstance(row.layer, Recurrent))
    steps = experiment.epochs * experiment.steps_per_epoch(available)
    return Estimate(steps * step * calibration, COMPILING + COMPILING_RECURRENT * recurrent)
