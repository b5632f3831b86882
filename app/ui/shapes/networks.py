"""Reference networks with the weights they ended with, ready to read curves."""

from collections.abc import Callable
from dataclasses import dataclass

from app.runs.run import Run
from app.ui.session import lab
from data.dataset import Dataset
from models.layers import Dense, Layer, Recurrent
from models.weights import Array, Weights


@dataclass(frozen=True)
class Network:
    """A run with the weights it ended with.

    Attributes:
        run: which.
        step: after which step.
        weights: the weights then.
        scale: what its inputs pass through.
    """

    run: Run
    step: int
    weights: Weights
    scale: Callable[[Array], Array]


def is_mlp(run: Run) -> bool:
    """Whether a run has no recurrent layer."""
    return isinstance(run.experiment.layers[0], Dense) and not has(run, Recurrent)


def has(run: Run, kind: type[Layer]) -> bool:
    """Whether a run has a layer of this kind."""
    return any(isinstance(layer, kind) for layer in run.experiment.layers)


# 2


def reference(dataset: Dataset, kind: type[Layer]) -> Network | None:
    """The reference run with a layer of this kind; for Dense the one without a recurrent layer."""
    for run in lab().references(dataset.info.name):
        if not (is_mlp(run) if kind is Dense else has(run, kind)):
            continue
        steps = lab().snapshot_steps(run.id)
        weights = lab().weights(run.id, steps[-1]) if steps else None
        if weights is not None:
            return Network(run, steps[-1], weights, lab().scaler(run.experiment))
    return None
