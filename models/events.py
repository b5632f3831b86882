"""What training tells, in the order in which it happens; and what the making of a map of words tells.

A run is the sequence of its events: the worker sends them, the store keeps them, and the state of a run is
a fold over them (`app.runs.run.after`). Steps are counted from 1; step 0 is the network before training.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.weights import Weights


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""


@dataclass(frozen=True)
class Started(Event):
    """A worker has taken the run.

    Attributes:
        parameters: numbers that training changes.
        steps: of the whole run.
        steps_per_epoch: of one epoch.
        compiling: whether this architecture must be compiled first, which takes seconds.
        source: where the examples come from, a sentence.
    """

    parameters: int
    steps: int
    steps_per_epoch: int
    compiling: bool
    source: str


@dataclass(frozen=True)
class Untrained(Event):
    """The network before its first step: what a guess is worth. It comes before anything is compiled.

    Attributes:
        loss: mean cross-entropy of some training examples.
        accuracy: share of them that are right, 0 to 1.
    """

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Progress(Event):
    """Some steps were done; or none, where reading test examples takes long: the run goes on.

    Attributes:
        step: the last one done.
        losses: (steps,) mean cross-entropy of each step's batch, before the step.
        accuracies: (steps,) share of each batch that was right, 0 to 1.
        seconds: of training since the start; pauses and compiling do not count.
    """

    step: int
    losses: NDArray[np.float32]
    accuracies: NDArray[np.float32]
    seconds: float


@dataclass(frozen=True)
class EpochEnd(Event):
    """An epoch is over and the test examples were predicted.

    Attributes:
        epoch: counted from 1.
        step: the last of the epoch.
        train_loss: mean over the epoch's examples, as they were met during the epoch (as in Keras).
        train_accuracy: the same of the accuracy, 0 to 1.
        test_loss: mean cross-entropy over the test examples.
        test_accuracy: share of the test examples that are right, 0 to 1.
        predicted: (tests,) the most probable class of each test example.
        confidence: (tests,) its probability.
        validation_loss: mean cross-entropy over the examples that were held out; None if none were.
        validation_accuracy: share of those that are right, 0 to 1.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    predicted: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    validation_loss: float | None = None
    validation_accuracy: float | None = None


@dataclass(frozen=True)
class Snapshot(Event):
    """The weights after `step` steps."""

    step: int
    weights: Weights


@dataclass(frozen=True)
class LearningRate(Event):
    """The learning rate was changed after `step` steps."""

    step: int
    learning_rate: float


@dataclass(frozen=True)
class Paused(Event):
    """No steps are done until the run is resumed or stopped."""


@dataclass(frozen=True)
class Resumed(Event):
    """Steps are done again."""


@dataclass(frozen=True)
class Finished(Event):
    """All steps were done.

    Attributes:
        seconds: of training; pauses and compiling do not count.
        test_accuracy: after the last epoch, 0 to 1.
    """

    seconds: float
    test_accuracy: float


@dataclass(frozen=True)
class Stopped(Event):
    """The run was ended early; `message` says why if it was not the learner."""

    message: str = ""


@dataclass(frozen=True)
class Failed(Event):
    """The run cannot go on; `message` says why and what to change."""

    message: str


@dataclass(frozen=True)
class Interrupted(Event):
    """The server was stopped while the run was waiting or training."""


@dataclass(frozen=True, eq=False)
class MapMoment(Event):
    """A map of words after some steps.

    Attributes:
        step: steps done.
        steps: in all.
        points: (words, 2) or (words, 3) where each word is.
    """

    step: int
    steps: int
    points: NDArray[np.float32]


@dataclass(frozen=True)
class MapFinished(Event):
    """A map stays as it is.

    Attributes:
        message: why not all of its steps were done, a sentence; empty if they were.
    """

    message: str = ""


LAST: tuple[type[Event], ...] = (Finished, MapFinished, Stopped, Failed, Interrupted)
"""Events after which nothing comes."""
