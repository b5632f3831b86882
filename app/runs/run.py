"""A run: one execution of an experiment, as a value; and what each event makes of it."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from models import events, wire
from models.experiment import Experiment

State = Literal["waiting", "preparing", "running", "paused", "finished", "stopped", "failed", "interrupted"]
"""`preparing`: a worker has the run, but no step is done yet, for instance while it compiles."""

ENDED: frozenset[State] = frozenset({"finished", "stopped", "failed", "interrupted"})


def new_id() -> str:
    """An id nobody can guess: a link to a run is what lets others see it."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True)
class Run:
    """One execution of an experiment.

    Attributes:
        owner: the learner's id; a secret of the learner's browser, never shown.
        experiment: what is trained.
        parameters: numbers that training changes.
        steps: of the whole run.
        steps_per_epoch: of one epoch.
        group: id shared by runs that were started together, to repeat an experiment over seeds.
        id: the run's name in links.
        created: when it was asked for (UTC).
        ended: when the last event came (UTC).
        state: see `State`.
        step: steps done.
        epoch: epochs done.
        seconds: of training; pauses, waiting and compiling do not count.
        learning_rate: the one in use; it may be changed while training.
        compiling: whether the architecture had to be compiled first.
        source: where the examples came from, a sentence.
        train_loss, train_accuracy, test_loss, test_accuracy: after the last whole epoch.
        message: why it failed or was stopped.
    """

    owner: str
    experiment: Experiment
    parameters: int
    steps: int
    steps_per_epoch: int
    group: str = ""
    id: str = field(default_factory=new_id)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    state: State = "waiting"
    step: int = 0
    epoch: int = 0
    seconds: float = 0.0
    learning_rate: float = 0.0
    compiling: bool = False
    source: str = ""
    train_loss: float | None = None
    train_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    message: str = ""

    @property
    def is_over(self) -> bool:
        """Whether no more events will come."""
        return self.state in ENDED

    @property
    def command(self) -> wire.Command:
        """What tells a worker to carry it out."""
        return wire.Train(self.experiment.model_dump_json())


def after(run: Run, event: events.Event) -> Run:
    """The run as it is after one more event. A run that is over stays as it is."""
    if run.is_over:
        return run
    match event:
        case events.Started():
            return replace(
                run,
                state="preparing",
                parameters=event.parameters,
                steps=event.steps,
                steps_per_epoch=event.steps_per_epoch,
                compiling=event.compiling,
                source=event.source,
                learning_rate=run.experiment.learning_rate,
            )
        case events.Progress():
            state: State = "paused" if run.state == "paused" else "running"
            return replace(run, state=state, step=event.step, seconds=event.seconds)
        case events.EpochEnd():
            return replace(
                run,
                epoch=event.epoch,
                train_loss=event.train_loss,
                train_accuracy=event.train_accuracy,
                test_loss=event.test_loss,
                test_accuracy=event.test_accuracy,
            )
        case events.LearningRate():
            return replace(run, learning_rate=event.learning_rate)
        case events.Paused():
            return replace(run, state="paused")
        case events.Resumed():
            return replace(run, state="running" if run.step else "preparing")
        case events.Finished():
            return replace(run, state="finished", seconds=event.seconds, ended=datetime.now(UTC))
        case events.Stopped():
            return replace(run, state="stopped", message=event.message, ended=datetime.now(UTC))
        case events.Failed():
            return replace(run, state="failed", message=event.message, ended=datetime.now(UTC))
        case events.Interrupted():
            message = "The server was stopped before this run was over."
            return replace(run, state="interrupted", message=message, ended=datetime.now(UTC))
    return run


def architecture(experiment: Experiment) -> str:
    """The layers in short: ``LSTM 32``; reshaping, pooling and the output layer are left out."""
    parts = []
    for layer in experiment.layers[:-1]:
        if layer.kind in ("Reshape", "Flatten", "MaxPool2D"):
            continue
        values = dict(layer)
        size = next((values[name] for name in ("units", "filters", "rate") if name in values), "")
        kernel = f" ({values['kernel_size']}×{values['kernel_size']})" if "kernel_size" in values else ""
        parts.append(f"{layer.kind} {size}{kernel}".strip())
    return " → ".join(parts) or str(experiment.layers[-1])
