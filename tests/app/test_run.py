"""What events make of a run."""

import numpy as np
import pytest

from app.runs.run import Run, State, after, new_id
from models import events
from models.presets import PRESETS

STARTED = events.Started(parameters=3_779, steps=600, steps_per_epoch=60, compiling=True, source="Course.")
EPOCH = events.EpochEnd(1, 60, 1.0, 0.5, 0.9, 0.6, np.zeros(300, np.uint8), np.ones(300, np.float32))
ENDS: list[tuple[events.Event, State]] = [
    (events.Finished(2.5, 0.9), "finished"),
    (events.Stopped(), "stopped"),
    (events.Failed("The loss is no number. Lower the learning rate."), "failed"),
    (events.Interrupted(), "interrupted"),
]


def progress(step: int, seconds: float = 0.1) -> events.Progress:
    """One more step."""
    return events.Progress(step, np.ones(1, np.float32), np.ones(1, np.float32), seconds)


def a_run() -> Run:
    """A run that nobody has begun."""
    return Run(owner="me", experiment=PRESETS["shapes-mlp"], parameters=3_779, steps=600, steps_per_epoch=60)


def test_a_whole_life() -> None:
    """Each event, the state after it, and what the run then knows."""
    run = a_run()
    assert run.state == "waiting"
    assert not run.is_over
    run = after(run, STARTED)
    assert (run.state, run.compiling, run.source, run.learning_rate) == ("preparing", True, "Course.", 0.001)
    run = after(run, events.Snapshot(0, {}))
    assert run.state == "preparing"
    run = after(run, progress(60, 0.5))
    assert (run.state, run.step, run.seconds) == ("running", 60, 0.5)
    run = after(run, EPOCH)
    assert (run.epoch, run.train_loss, run.train_accuracy) == (1, 1.0, 0.5)
    assert (run.test_loss, run.test_accuracy) == (0.9, 0.6)
    run = after(run, events.LearningRate(60, 0.01))
    assert run.learning_rate == 0.01
    run = after(run, events.Finished(2.5, 0.6))
    assert (run.state, run.seconds, run.is_over) == ("finished", 2.5, True)
    assert run.ended is not None
    assert run.ended >= run.created


def test_started_tells_the_true_size() -> None:
    """What the worker counted replaces what the page had reckoned."""
    run = after(a_run(), events.Started(10, 20, 2, compiling=False, source=""))
    assert (run.parameters, run.steps, run.steps_per_epoch) == (10, 20, 2)


def test_a_pause_lasts_until_it_is_resumed() -> None:
    """Steps that were under way when Pause was pressed arrive after it, and do not end it."""
    run = after(after(after(a_run(), STARTED), progress(1)), events.Paused())
    assert run.state == "paused"
    run = after(run, progress(2))
    assert (run.state, run.step) == ("paused", 2)
    assert after(run, events.Resumed()).state == "running"


def test_resumed_before_the_first_step_is_still_preparing() -> None:
    """Running means that steps are done."""
    run = after(after(after(a_run(), STARTED), events.Paused()), events.Resumed())
    assert run.state == "preparing"


@pytest.mark.parametrize(("end", "state"), ENDS, ids=[state for _, state in ENDS])
def test_after_the_end_nothing_changes(end: events.Event, state: State) -> None:
    """The first end counts, whatever arrives late."""
    run = after(after(a_run(), STARTED), end)
    assert (run.state, run.is_over) == (state, True)
    assert run.message == getattr(end, "message", run.message)
    for late in (STARTED, progress(5), EPOCH, events.Paused(), events.Resumed(), *(end for end, _ in ENDS)):
        assert after(run, late) is run


def test_a_run_that_never_began_can_end() -> None:
    """A learner takes it out of the queue, or the server goes down."""
    assert after(a_run(), events.Stopped()).state == "stopped"
    assert "server" in after(a_run(), events.Interrupted()).message


def test_ids_differ() -> None:
    """They are long enough not to be guessed, and fit into a link."""
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(name) == 16 and name.replace("-", "").replace("_", "").isalnum() for name in ids)
