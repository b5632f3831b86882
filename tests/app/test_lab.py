"""The lab with a runner that plays events: only the process boundary is replaced, the store is real."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from app.lab import LATEST, MAX_CURVES, Lab, NotYoursError, _has_the_words_of_references
from app.runs import references
from app.runs.curve import Curve
from app.runs.database import BUSY, StoreError
from app.runs.queue import FairQueue
from app.runs.run import Run
from app.runs.runner import Capacity, Job, RefusedError
from app.runs.store import RunStore
from app.settings import Settings
from data import sst2
from data.dataset import GENERATED, Source
from models import events, wire
from models.experiment import Experiment, ExperimentError
from models.layers import Dense, StackError
from models.presets import PRESETS
from models.schedule import snapshot_steps

LSTM = PRESETS["shapes-lstm"]
MLP = PRESETS["shapes-mlp"]
GONE = MLP.model_copy(update={"dataset": "nothing"})
SOURCE = "The course's curves."


class FakeRunner:
    """Takes runs and notes commands; tests let events happen.

    Args:
        record: takes the events.
        limit: runs taken before it refuses.
    """

    def __init__(self, record: Callable[[str, events.Event], None], limit: int = 100) -> None:
        """Nothing has been asked for."""
        self.record = record
        self.limit = limit
        self.runs: list[Run] = []
        self.commands: list[tuple[object, ...]] = []
        self.line: list[str] = []
        self.training: list[str] = []
        self.closed = False

    def submit(self, run: Job) -> None:
        """Take it, unless there are too many."""
        assert isinstance(run, Run)
        if len(self.runs) >= self.limit:
            raise RefusedError("Too many runs.")
        self.runs.append(run)

    def pause(self, run_id: str) -> None:
        """Note it."""
        self.commands.append(("pause", run_id))

    def resume(self, run_id: str) -> None:
        """Note it."""
        self.commands.append(("resume", run_id))

    def stop(self, run_id: str) -> None:
        """Note it, and end the run at once."""
        self.commands.append(("stop", run_id))
        self.record(run_id, events.Stopped())

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        """Note it."""
        self.commands.append(("rate", run_id, learning_rate))

    def ahead(self, run_id: str) -> list[str] | None:
        """Those in training and those before it in the line."""
        return self.training + self.line[: self.line.index(run_id)] if run_id in self.line else None

    def ahead_of_next(self, owner: str) -> list[str]:
        """Those in training, and those in the line that come first if learners take turns."""
        if len(self.training) < 2:
            return []
        line = FairQueue()
        for run in self.runs:
            if run.id in self.line:
                line.add(run)
        return [*self.training, *(run.id for run in line.before_next(owner))]

    def capacity(self) -> Capacity:
        """Two workers."""
        return Capacity(workers=2, ready=2, warm=2)

    def close(self) -> None:
        """Note it."""
        self.closed = True


class Room:
    """A lab, and what is behind it."""

    def __init__(self, store: RunStore) -> None:
        """A lab on this store."""
        runners: list[FakeRunner] = []

        def make(record: Callable[[str, events.Event], None]) -> FakeRunner:
            runners.append(FakeRunner(record))
            return runners[0]

        self.store = store
        self.lab = Lab(store, make)
        (self.runner,) = runners

    def play(self, run: Run, *happened: events.Event) -> None:
        """Let events of a run happen and be stored."""
        for event in happened:
            self.runner.record(run.id, event)
        assert self.lab._recorder.flush()

    def train(self, experiment: Experiment = MLP, steps: int = 5, owner: str = "me") -> Run:
        """A run of which some steps are done."""
        (run,) = self.lab.train(owner, experiment)
        self.play(run, events.Started(run.parameters, run.steps, run.steps_per_epoch, False, SOURCE))
        if steps:
            self.play(run, progress(1, steps))
        return self.now(run)

    def now(self, run: Run) -> Run:
        """A run as the lab knows it now."""
        found = self.lab.run(run.id)
        assert found is not None
        return found


def progress(first: int, last: int) -> events.Progress:
    """Steps whose loss is their number."""
    steps = np.arange(first, last + 1, dtype=np.float32)
    return events.Progress(last, steps, steps / np.float32(100), last / 100)


def epoch_end(epoch: int, step: int) -> events.EpochEnd:
    """An epoch's figures."""
    return events.EpochEnd(epoch, step, 1.0, 0.5, 0.9, 0.6, np.zeros(300, np.uint8), np.ones(300, np.float32))


def fails(*_: object) -> None:
    """What a busy database does."""
    raise StoreError(BUSY)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A lab with an empty store."""
    room = Room(RunStore(f"sqlite:///{tmp_path / 'unroll.db'}"))
    yield room
    room.lab.close()
    assert room.runner.closed


# Starting


def test_a_run_is_kept_and_submitted(room: Room) -> None:
    (run,) = room.lab.train("me", LSTM)
    assert room.runner.runs == [run]
    assert room.lab.run(run.id) == run
    assert (run.owner, run.experiment, run.state, run.group) == ("me", LSTM, "waiting", "")
    assert (run.parameters, run.steps, run.steps_per_epoch) == (4_451, 600, 60)


def test_a_refused_run_leaves_nothing(room: Room) -> None:
    room.runner.limit = 0
    with pytest.raises(RefusedError):
        room.lab.train("me", LSTM)
    assert room.lab.runs("me") == []


def test_if_not_all_can_be_kept_none_is_trained(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room.store, "add", fails)
    with pytest.raises(StoreError):
        room.lab.train("me", *LSTM.with_seeds(range(4)))
    assert room.runner.runs == []


def test_a_refused_run_that_cannot_be_deleted_now_does_not_wait_for_ever(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.runner.limit = 1
    monkeypatch.setattr(room.store, "delete", fails)
    runs = room.lab.train("me", LSTM, MLP)
    assert [run.experiment for run in runs] == [LSTM]
    assert room.lab._recorder.flush()
    assert sorted(run.state for run in room.lab.runs("me")) == ["stopped", "waiting"]


def test_a_repetition_is_one_group(room: Room) -> None:
    runs = room.lab.train("me", *LSTM.with_seeds(range(3, 7)))
    assert [run.experiment.seed for run in runs] == [3, 4, 5, 6]
    assert len({run.group for run in runs}) == 1
    assert runs[0].group
    assert {run.id for run in room.lab.group(runs[2])} == {run.id for run in runs}
    assert all(run.experiment.model_copy(update={"seed": 0}) == LSTM for run in runs)
    (other,) = room.lab.train("me", LSTM)
    assert room.lab.group(other) == [other]


def test_different_experiments_can_be_one_group(room: Room) -> None:
    runs = room.lab.train("me", LSTM, MLP)
    assert [run.experiment for run in runs] == [LSTM, MLP]
    assert [run.steps for run in runs] == [600, 600]
    assert runs[0].group == runs[1].group != ""


def test_if_one_of_several_cannot_be_trained_none_is(room: Room) -> None:
    with pytest.raises(StackError):
        room.lab.train("me", LSTM, LSTM.model_copy(update={"layers": LSTM.layers[1:]}))
    assert room.lab.runs("me") == []


def test_the_outcome_of_an_epoch_is_kept(room: Room) -> None:
    run = room.train(steps=60)
    room.play(run, epoch_end(1, 60))
    kept = room.lab.outcome(run.id, 60)
    assert kept is not None
    said, confidence = kept
    assert (said.tolist(), confidence.tolist()) == ([0] * 300, [1.0] * 300)
    assert room.lab.outcome(run.id, 59) is None
    assert room.lab.outcome("nothing", 60) is None


def test_the_snapshots_of_a_course_run_take_less_than_a_megabyte(room: Room) -> None:
    references.add_references(room.store)
    (run,) = [run for run in room.lab.references("shapes") if run.experiment == LSTM]
    assert room.lab.snapshot_steps(run.id) == snapshot_steps(run.steps, run.steps_per_epoch, 4 * 4_451)
    kept = [wire.encode(event) for _, event in room.store.events(run.id, (events.Snapshot,))]
    assert 500_000 < sum(map(len, kept)) < 1_000_000


def test_reference_runs_on_other_words_are_not_shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    references.add_references(room.store)
    _has_the_words_of_references.cache_clear()
    monkeypatch.setattr(sst2, "COURSE_VOCABULARY", "others")
    assert room.lab.references("sst2") == []
    assert room.lab.references("shapes")
    _has_the_words_of_references.cache_clear()


def test_a_repetition_that_is_refused_in_the_middle_keeps_what_was_taken(room: Room) -> None:
    room.runner.limit = 2
    runs = room.lab.train("me", *LSTM.with_seeds(range(4)))
    assert [run.experiment.seed for run in runs] == [0, 1]
    assert len(room.lab.runs("me")) == 2


def test_limits_hold_whatever_the_widgets_allowed(room: Room) -> None:
    with pytest.raises(ValidationError):
        Experiment(**(LSTM.model_dump() | {"epochs": 10**9}))
    wide = (*(Dense(units=1024) for _ in range(3)), Dense(units=3, activation="softmax"))
    illegal = MLP.model_copy(update={"layers": wide})
    with pytest.raises(ExperimentError, match="limit is 2,000,000"):
        room.lab.train("me", illegal)
    with pytest.raises(StackError, match="needs a sequence"):
        room.lab.train("me", LSTM.model_copy(update={"layers": LSTM.layers[1:]}))
    with pytest.raises(ValueError, match="no dataset"):
        room.lab.train("me", LSTM.model_copy(update={"dataset": "nothing"}))
    assert room.runner.runs == room.lab.runs("me") == []


def test_a_seed_out_of_range_is_refused(room: Room) -> None:
    """Repeat counts upwards from a seed that may be the last."""
    with pytest.raises(ValueError, match="seed"):
        room.lab.train("me", *LSTM.with_seeds([2**31 - 1, 2**31]))
    assert room.runner.runs == room.lab.runs("me") == []


# Whose it is

COMMANDS: dict[str, Callable[[Lab, str, str], None]] = {
    "pause": Lab.pause,
    "resume": Lab.resume,
    "stop": Lab.stop,
    "delete": Lab.delete,
    "rate": lambda lab, owner, run_id: lab.set_learning_rate(owner, run_id, 0.01),
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("owner", ["other", "", "me "])
def test_only_the_owner_changes_a_run(room: Room, name: str, owner: str) -> None:
    run = room.train()
    with pytest.raises(NotYoursError):
        COMMANDS[name](room.lab, owner, run.id)
    assert room.runner.commands == []
    assert room.now(run) == run


@pytest.mark.parametrize("name", COMMANDS)
def test_a_run_that_does_not_exist_cannot_be_changed(room: Room, name: str) -> None:
    with pytest.raises(NotYoursError):
        COMMANDS[name](room.lab, "me", "../../etc/passwd")
    assert room.runner.commands == []


@pytest.mark.parametrize("name", ["pause", "resume", "stop"])
def test_the_owner_may(room: Room, name: str) -> None:
    run = room.train()
    COMMANDS[name](room.lab, "me", run.id)
    assert room.runner.commands == [(name, run.id)]


def test_a_stopped_run_is_over_when_stop_returns(room: Room) -> None:
    run = room.train()
    room.lab.stop("me", run.id)
    assert room.now(run).state == "stopped"


def test_delete_stops_and_leaves_nothing(room: Room) -> None:
    run = room.train()
    assert len(room.lab.curve(run.id).losses) == 5
    room.lab.delete("me", run.id)
    assert room.runner.commands == [("stop", run.id)]
    assert room.lab.run(run.id) is None
    assert room.lab.runs("me") == []
    assert len(room.lab.curve(run.id).losses) == 0
    room.play(run, progress(6, 9))  # what was under way is late
    assert room.lab.run(run.id) is None
    assert len(room.lab.curve(run.id).losses) == 0


def test_the_learning_rate_is_checked(room: Room) -> None:
    run = room.train()
    for illegal in (0.0, -1.0, 2.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="learning_rate"):
            room.lab.set_learning_rate("me", run.id, illegal)
    assert room.runner.commands == []
    room.lab.set_learning_rate("me", run.id, 0.02)
    assert room.runner.commands == [("rate", run.id, 0.02)]


def test_learners_see_their_own_runs_newest_first(room: Room) -> None:
    mine = [room.train(), room.train()]
    theirs = room.train(owner="other")
    assert [run.id for run in room.lab.runs("me")] == [mine[1].id, mine[0].id]
    assert [run.id for run in room.lab.runs("other")] == [theirs.id]
    assert room.lab.run(theirs.id) == theirs, "a link shows anybody's run"


# The run before


def test_the_run_before_is_the_last_one_that_learned_something(room: Room) -> None:
    first = room.train(LSTM)
    waits = room.train(steps=0)
    room.train(owner="other")
    last = room.train()
    assert room.lab.before(first) is None
    assert room.lab.before(waits) == first
    assert room.lab.before(last) == first


def test_a_repetition_is_compared_with_what_was_before_it(room: Room) -> None:
    first = room.train()
    group = room.lab.train("me", *MLP.with_seeds(range(3)))
    for run in group:
        room.play(run, progress(1, 2))
    before = [room.lab.before(room.now(run)) for run in group]
    assert before == [first, first, first]


def test_of_many_runs_the_latest_are_given_or_all(room: Room) -> None:
    for number in range(LATEST + 5):
        room.store.add(Run("me", MLP, parameters=0, steps=600, steps_per_epoch=60, id=f"run-{number}"))
    assert len(room.lab.runs("me")) == LATEST
    assert len(room.lab.runs("me", limit=None)) == LATEST + 5


# Curves


def test_a_curve_grows_and_equals_a_fresh_read(room: Room) -> None:
    run = room.train(steps=0)
    assert len(room.lab.curve(run.id).losses) == 0
    for first in range(1, 60, 7):
        room.play(run, progress(first, first + 6), epoch_end(first // 7 + 1, first + 6))
        grown = room.lab.curve(run.id)
        told = room.store.events(run.id, (events.Progress, events.EpochEnd))
        fresh = Curve.empty().extended([event for _, event in told])
        np.testing.assert_array_equal(grown.losses, np.arange(1, first + 7))
        np.testing.assert_array_equal(grown.losses, fresh.losses)
        np.testing.assert_array_equal(grown.accuracies, fresh.accuracies)
        assert grown.epochs == fresh.epochs
        assert len(grown.epochs) == first // 7 + 1


def test_the_first_point_is_waited_for_but_not_in_line(room: Room) -> None:
    run = room.train(steps=0)
    assert not room.lab.await_point(run.id, 0.02)
    room.play(run, events.Untrained(1.1, 0.3))
    assert room.lab.await_point(run.id, 60)
    assert room.lab.curve(run.id).untrained == events.Untrained(1.1, 0.3)
    (waiting,) = room.lab.train("me", MLP)
    room.runner.line = [waiting.id]
    assert not room.lab.await_point(waiting.id, float("inf"))


def test_curves_that_were_forgotten_are_read_again(room: Room) -> None:
    run = room.train(steps=3)
    room.lab.curve(run.id)
    for number in range(MAX_CURVES + 5):
        room.lab.curve(f"other-{number}")
    assert len(room.lab._curves) == MAX_CURVES
    assert room.lab.curve(run.id).losses.tolist() == [1, 2, 3]


# Waiting


def test_who_is_first_in_line(room: Room) -> None:
    runs = [room.train(steps=100, owner="a")]  # a second for a sixth of its steps
    runs += [run for owner in "bc" for run in room.lab.train(owner, MLP)]
    assert room.lab.wait(runs[0]) is None
    room.runner.line = [run.id for run in runs]
    first, second = room.lab.wait(runs[1]), room.lab.wait(runs[2])
    assert first is not None
    assert second is not None
    assert (first.place, second.place) == (1, 2)
    assert first.seconds == pytest.approx(5 / 2)  # two workers share the line
    guess = room.lab.estimate(MLP).training
    assert second.seconds == pytest.approx((5 + guess) / 2)
    assert (first.before, second.before) == (1, 2)


def test_a_run_behind_ones_own_paused_run_is_told_so(room: Room) -> None:
    first, second = room.train(LSTM), room.train(LSTM, steps=0)
    room.runner.training, room.runner.line = [first.id], [second.id]
    wait = room.lab.wait(second)
    assert wait is not None
    assert not wait.is_held
    room.play(first, events.Paused())
    held = room.lab.wait(second)
    assert held is not None
    assert held.is_held


def test_who_would_be_before_the_next_run(room: Room) -> None:
    assert room.lab.wait_of_next("me") is None
    first = room.train(steps=100, owner="a")  # a second for a sixth of its steps
    assert room.lab.wait_of_next("me") is None, "the other worker is free"
    second = room.train(steps=300, owner="b")
    room.runner.training = [first.id, second.id]
    wait = room.lab.wait_of_next("me")
    assert wait is not None
    assert (wait.place, wait.before) == (1, 2)
    assert wait.seconds == pytest.approx((5 + 3) / 2)  # two workers share the line

    line = [room.lab.train(owner, MLP)[0] for owner in ("a", "c", "a")]
    room.runner.line = [run.id for run in line]
    guess = room.lab.estimate(MLP).training
    wait = room.lab.wait_of_next("me")
    assert wait is not None
    assert (wait.place, wait.before) == (3, 4), "the second of a learner comes after the first of another"
    assert wait.seconds == pytest.approx((5 + 3 + 2 * guess) / 2)
    wait = room.lab.wait_of_next("a")
    assert wait is not None
    assert wait.before == 5, "one's own come first"


def test_nobody_is_told_to_wait_for_oneself(room: Room) -> None:
    room.runner.training = [room.train(owner="me").id for _ in range(2)]
    assert room.lab.wait_of_next("me") is None
    assert room.lab.wait_of_next("you") is not None


def test_runs_whose_data_are_gone_do_not_hide_the_line(room: Room) -> None:
    gone = [Run("a", GONE, parameters=0, steps=600, steps_per_epoch=60) for _ in range(2)]
    for run in gone:
        room.store.add(run)
    room.runner.training = [run.id for run in gone]
    wait = room.lab.wait_of_next("me")
    assert wait is not None
    assert (wait.before, wait.seconds) == (2, 0.0)


def test_the_estimate_learns_from_finished_runs(room: Room) -> None:
    guess = room.lab.estimate(MLP).training
    run = room.train(steps=600)
    room.play(run, events.Finished(seconds=3 * guess, test_accuracy=0.9))
    assert room.lab.estimate(MLP).training == pytest.approx(3 * guess)
    short = LSTM.model_copy(update={"epochs": 1})
    assert room.lab.estimate(LSTM).training == pytest.approx(10 * room.lab.estimate(short).training)


def test_runs_that_were_timed_elsewhere_teach_it_nothing(room: Room) -> None:
    guess = room.lab.estimate(MLP)
    references.add_references(room.store)
    assert room.lab.estimate(MLP) == guess


# The server


def test_a_lab_that_cannot_start_leaves_nothing_behind_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "workers.log").mkdir()  # so it is no file
    settings = Settings(home=tmp_path)
    before = threading.active_count()
    with pytest.raises(StoreError, match=r"workers\.log cannot be written"):
        Lab.from_settings(settings)
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("learned", "is_other"),
    [
        ("", False),
        ("The course's own files, downloaded from its site.", False),
        (f"These curves come from {GENERATED}, which follows the same distribution.", True),
    ],
)
def test_examples_that_a_run_has_not_seen(
    room: Room, learned: str, is_other: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = room.lab.train("me", MLP)
    room.play(run, events.Started(run.parameters, run.steps, run.steps_per_epoch, False, learned))
    here = replace(room.lab.dataset("shapes"), source=Source("course", "The course's own files."))
    monkeypatch.setattr(Lab, "dataset", staticmethod(lambda _: here))
    assert room.lab.knows_other_examples(room.now(run)) is is_other


def test_a_server_that_starts_again_marks_what_was_cut_off(room: Room) -> None:
    run = room.train()
    done = room.train()
    room.play(done, events.Finished(1.0, 0.9))
    Lab(room.store, FakeRunner)
    assert room.now(run).state == "interrupted"
    assert room.now(done).state == "finished"


def test_what_is_wrong_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.lab.problem == ""
    monkeypatch.setattr(room.lab._recorder, "problem", "The disk is full.")
    assert room.lab.problem == "The disk is full."
    broken = replace(room.runner.capacity(), problem="No worker starts.")
    monkeypatch.setattr(room.runner, "capacity", lambda: broken)
    assert room.lab.problem == "No worker starts."
