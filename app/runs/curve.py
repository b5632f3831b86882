"""The learning curves of a run, gathered from its events."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.events import EpochEnd, Event, LearningRate, Progress, Untrained


@dataclass(frozen=True)
class EpochPoint:
    """The figures of one epoch's end; see `models.events.EpochEnd`."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    validation_loss: float | None = None
    validation_accuracy: float | None = None


@dataclass(frozen=True)
class Curve:
    """What training told so far.

    Attributes:
        losses: (steps,) loss of each step's batch; the first is that of step 1.
        accuracies: (steps,) accuracy of each step's batch.
        epochs: figures of each epoch's end.
        untrained: before the first step, where that is known.
        rates: each change of the learning rate, if there was any.
    """

    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]
    epochs: tuple[EpochPoint, ...] = ()
    untrained: Untrained | None = None
    rates: tuple[LearningRate, ...] = ()

    @classmethod
    def empty(cls) -> "Curve":
        """Before the first step."""
        nothing = np.empty(0, np.float32)
        return cls(nothing, nothing)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return self.untrained is None and not len(self.losses)

    @property
    def best(self) -> EpochPoint | None:
        """The epoch with the lowest loss on the examples that were held out; None if none were."""
        judged = [(one.validation_loss, one) for one in self.epochs if one.validation_loss is not None]
        return min(judged, key=lambda pair: pair[0])[1] if judged else None

    def accuracy_at(self, steps: Sequence[int]) -> NDArray[np.float64]:
        """What was known of the accuracy at some moments of training; nan where nothing was.

        Args:
            steps: done by each moment, rising.

        Returns:
            (2, moments): the mean of the training batches since the moment before, and that of the test
            examples at the end of the last epoch.
        """
        batches = [self.accuracies[start:end] for start, end in pairwise((0, *steps))]
        ends = [[point.test_accuracy for point in self.epochs if point.step <= step] for step in steps]
        return np.array([
            [part.mean(dtype=np.float64) if len(part) else np.nan for part in batches],
            [known[-1] if known else np.nan for known in ends],
        ])  # fmt: skip

    def extended(self, events: Sequence[Event]) -> "Curve":
        """The curve with what these later events tell."""
        steps = [event for event in events if isinstance(event, Progress)]
        ends = [event for event in events if isinstance(event, EpochEnd)]
        starts = [event for event in events if isinstance(event, Untrained)]
        return Curve(
            np.concatenate([self.losses, *(event.losses for event in steps)]),
            np.concatenate([self.accuracies, *(event.accuracies for event in steps)]),
            self.epochs + tuple(_point(event) for event in ends),
            starts[-1] if starts else self.untrained,
            self.rates + tuple(event for event in events if isinstance(event, LearningRate)),
        )


def _point(event: EpochEnd) -> EpochPoint:
    return EpochPoint(**{field.name: getattr(event, field.name) for field in fields(EpochPoint)})


def thin(values: NDArray[np.float32], size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average a long series into bins of equal length, for drawing.

    Args:
        values: (steps,) one value a step; the first is that of step 1.
        size: steps of a bin; the last may be shorter.

    Returns:
        (bins,) the last step of each bin, and (bins,) the mean of each.
    """
    count = len(values)
    edges = np.arange(0, count, size)
    ends = np.minimum(edges + size, count)
    sums = np.add.reduceat(values, edges, dtype=np.float64) if count else np.empty(0)
    return ends.astype(np.float64), sums / np.maximum(ends - edges, 1)
