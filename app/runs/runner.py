"""What carries out runs, whichever machine they run on."""

from dataclasses import dataclass
from typing import Protocol

from models import wire

MAX_RUNNING = 1
MAX_WAITING = 3
"""Limits of one learner."""

MAX_LINE = 300
"""Runs that may wait on a server, of all learners: whoever has no cookie yet is a new learner."""


class RefusedError(Exception):
    """A run was not taken; the message says why and what to do."""


class Job(Protocol):
    """What a worker can carry out: a `Run`, or a map of words."""

    @property
    def id(self) -> str:
        """Its events come under this name."""

    @property
    def owner(self) -> str:
        """The learner who asked for it."""

    @property
    def command(self) -> wire.Command:
        """What tells a worker to carry it out."""


@dataclass(frozen=True)
class Capacity:
    """How the runner is doing.

    Attributes:
        workers: processes or machines that train.
        ready: how many of them have started.
        warm: how many of them have compiled the presets.
        problem: what is wrong, a sentence; empty when all is well.
    """

    workers: int
    ready: int
    warm: int
    problem: str = ""


class Runner(Protocol):
    """Carries out runs, or other jobs, one after another and reports their events.

    Events of all runs go to the callable that the runner was made with. Every run that was taken gets
    exactly one of `models.events.LAST` at its end, and nothing after it. Commands for runs that are over
    or unknown do nothing. All methods may be called from any thread and return at once.
    """

    def submit(self, run: Job) -> None:
        """Put a run into the line.

        Raises:
            RefusedError: its owner has too many runs already, or the line is full.
        """

    def pause(self, run_id: str) -> None:
        """Do no more steps until the run is resumed."""

    def resume(self, run_id: str) -> None:
        """Go on."""

    def stop(self, run_id: str) -> None:
        """End the run, waiting or not; what it has learned is kept."""

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        """Use another learning rate from the next step on."""

    def ahead(self, run_id: str) -> list[str] | None:
        """Ids of the runs before this one: in training, then in line; None if the run does not wait."""

    def ahead_of_next(self, owner: str) -> list[str]:
        """Ids of those before one that a learner would ask for now; none if a worker is free."""

    def capacity(self) -> Capacity:
        """How many workers there are and how they are doing."""

    def close(self) -> None:
        """End all workers; runs in training get no more events."""
