"""The recorder loses nothing and keeps nobody waiting, whatever the store does."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runs import recorder as module
from app.runs.database import StoreError
from app.runs.recorder import Recorder, joined
from app.runs.run import Run, after
from app.runs.store import RunStore
from models import events
from models.presets import PRESETS

Batch = Sequence[tuple[str, events.Event]]

FINISHED = events.Finished(2.5, 0.9)


def progress(step: int) -> events.Progress:
    """One step, whose loss is its number."""
    return events.Progress(step, np.full(1, step, np.float32), np.ones(1, np.float32), step / 100)


def losses(told: Sequence[events.Event]) -> list[float]:
    """The loss of every step, in order."""
    return [loss for event in told if isinstance(event, events.Progress) for loss in event.losses.tolist()]


class ScriptedStore(RunStore):
    """A store in which something happens before each batch is written.

    Attributes:
        before: is called with the batch; what it raises is raised.
        batches: size of each batch that was tried.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.before: Callable[[Batch], None] = lambda _: None
        self.batches: list[int] = []

    def record(self, batch: Batch) -> None:
        self.batches.append(len(batch))
        self.before(batch)
        super().record(batch)

    def told(self, run: Run) -> list[events.Event]:
        """All that is stored of a run."""
        return [event for _, event in self.events(run.id, tuple(events.Event.__subclasses__()))]

    def found(self, run: Run) -> Run:
        """The run as it is stored."""
        found = self.get(run.id)
        assert found is not None
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ScriptedStore]:
    """In a file of its own."""
    store = ScriptedStore(f"sqlite:///{tmp_path / 'unroll.db'}")
    yield store
    store.close()


@pytest.fixture
def recorder(store: ScriptedStore) -> Iterator[Recorder]:
    """One that tries again soon."""
    recorder = Recorder(store, retry_seconds=0.01)
    yield recorder
    recorder.close()


@pytest.fixture
def run(store: ScriptedStore) -> Run:
    """A run that the store knows."""
    return add_run(store)


def add_run(store: RunStore) -> Run:
    """One more."""
    run = Run(owner="me", experiment=PRESETS["shapes-mlp"], parameters=3_779, steps=600, steps_per_epoch=60)
    store.add(run)
    return run


def test_what_piles_up_is_one_batch(store: ScriptedStore, recorder: Recorder, run: Run) -> None:
    """While the store is at work nobody waits; afterwards everything is written at once, in order."""
    at_work, go_on = Event(), Event()

    def wait(_: Batch) -> None:
        at_work.set()
        assert go_on.wait(10)

    store.before = wait
    recorder.record(run.id, progress(0))
    assert at_work.wait(10)
    for step in range(1, 1000):
        recorder.record(run.id, progress(step))
    assert not recorder.flush(0.01)
    go_on.set()
    assert recorder.flush()
    assert store.batches == [1, 999]
    assert losses(store.told(run)) == list(range(1000))
    assert recorder.flush(0)


def test_many_threads_record_at_once(store: ScriptedStore, recorder: Recorder) -> None:
    """Each worker has a thread; each run's events stay in order."""
    runs = [add_run(store) for _ in range(4)]

    def work(run: Run) -> None:
        for step in range(200):
            recorder.record(run.id, progress(step))
        recorder.record(run.id, FINISHED)

    threads = [Thread(target=work, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert recorder.flush()
    for run in runs:
        assert losses(store.told(run)) == list(range(200))
        assert store.found(run).state == "finished"


def test_while_the_store_fails_events_wait(store: ScriptedStore, recorder: Recorder, run: Run) -> None:
    """They are tried again and again, more may come, and none is lost, doubled or out of order."""
    tried = [Event() for _ in range(4)]

    def fail(_: Batch) -> None:
        tried[min(len(store.batches), len(tried)) - 1].set()
        raise StoreError("The disk is full.")

    store.before = fail
    recorder.record(run.id, progress(0))
    assert tried[1].wait(10)
    assert recorder.problem == "The disk is full."
    recorder.record(run.id, progress(1))
    recorder.record(run.id, FINISHED)
    assert tried[3].wait(10)
    store.before = lambda _: None
    assert recorder.flush()
    assert recorder.problem == ""
    assert losses(store.told(run)) == [0, 1]
    assert store.found(run).state == "finished"


def test_a_long_outage_takes_little_memory(
    store: ScriptedStore, recorder: Recorder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is joined, no step of it is lost; all else stays as it is."""
    monkeypatch.setattr(module, "MAX_BACKLOG", 50)
    small = Event()
    told: list[events.Event] = [progress(step) for step in range(300)]
    told.insert(100, events.Snapshot(100, {}))
    told.append(FINISHED)

    def fail(batch: Batch) -> None:
        if any(event is FINISHED for _, event in batch) and len(batch) < 50:
            small.set()
        raise StoreError("The disk is full.")

    store.before = fail
    for event in told:
        recorder.record(run.id, event)
    assert small.wait(10)
    store.before = lambda _: None
    assert recorder.flush()
    assert losses(store.told(run)) == list(range(300))
    assert store.snapshot_steps(run.id) == [100]
    found = store.found(run)
    assert (found.step, found.state) == (299, "finished")


def test_one_bad_event_keeps_no_other_away(
    store: ScriptedStore, recorder: Recorder, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged; a run whose end cannot be stored ends as failed, since else it would seem to go on."""
    bad = add_run(store)
    nan = float("nan")
    go_on = Event()

    def wait(_: Batch) -> None:
        assert go_on.wait(10)

    store.before = wait
    for run_id, event in [
        (run.id, progress(0)),
        (bad.id, events.LearningRate(1, nan)),
        (run.id, progress(1)),
        (bad.id, events.Finished(nan, nan)),
        (run.id, FINISHED),
    ]:
        recorder.record(run_id, event)
    go_on.set()
    assert recorder.flush()
    assert recorder.problem == ""
    assert losses(store.told(run)) == [0, 1]
    assert store.found(run).state == "finished"
    assert (store.found(bad).state, store.found(bad).message[:16]) == ("failed", "The run is over,")
    assert "LearningRate" in caplog.text
    recorder.record(run.id, progress(2))
    assert recorder.flush()


def test_a_bad_event_while_the_store_fails_in_between(
    store: ScriptedStore, recorder: Recorder, run: Run
) -> None:
    """Events that were written one by one before the failure are not written again."""
    failures = iter([StoreError("The database is busy.")])
    go_on = Event()

    def fail_once(batch: Batch) -> None:
        assert go_on.wait(10)
        if len(batch) == 1 and losses([batch[0][1]]) == [2]:
            for failure in failures:
                raise failure

    store.before = fail_once
    recorder.record(run.id, events.LearningRate(0, float("nan")))
    for step in range(4):
        recorder.record(run.id, progress(step))
    recorder.record(run.id, events.LearningRate(3, float("nan")))
    go_on.set()
    assert recorder.flush()
    assert losses(store.told(run)) == [0, 1, 2, 3]


def test_close_writes_what_is_left(store: ScriptedStore, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """What comes later is refused aloud."""
    recorder = Recorder(store)
    for step in range(100):
        recorder.record(run.id, progress(step))
    assert recorder.close()
    assert losses(store.told(run)) == list(range(100))
    recorder.record(run.id, FINISHED)
    assert "after the recorder was closed" in caplog.text
    assert recorder.close()


def test_close_does_not_wait_for_the_next_attempt(
    store: ScriptedStore, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """It makes a last one itself, which may succeed; what still cannot be written is said in the log."""
    failed = Event()

    def fail(_: Batch) -> None:
        failed.set()
        raise StoreError("The disk is full.")

    for heals in (True, False):
        failed.clear()
        store.before = fail
        recorder = Recorder(store, retry_seconds=3_600)
        recorder.record(run.id, progress(int(heals)))
        assert failed.wait(10)
        assert not recorder.flush(0.05)
        if heals:
            store.before = lambda _: None
        assert recorder.close(1) is heals
    assert losses(store.told(run)) == [1]
    assert "1 events are lost" in caplog.text


_OTHERS = st.sampled_from([events.Paused(), events.Resumed(), events.Snapshot(1, {}), FINISHED])
_BATCHES = st.lists(
    st.tuples(st.sampled_from("ab"), st.one_of(st.integers(1, 99).map(progress), _OTHERS)), max_size=30
)


@given(_BATCHES)
def test_joining_changes_nothing_that_is_seen(batch: list[tuple[str, events.Event]]) -> None:
    """Of each run: the same losses between the same other events, and the same run in the end."""
    short = joined(batch)
    assert len(short) <= len(batch)
    for name in "ab":
        was = [event for run_id, event in batch if run_id == name]
        now = [event for run_id, event in short if run_id == name]
        assert _seen(was) == _seen(now)
        kinds = [type(event) for event in now]
        assert (events.Progress, events.Progress) not in pairwise(kinds)
        run = Run(
            owner="me", experiment=PRESETS["shapes-mlp"], parameters=1, steps=1, steps_per_epoch=1, id=name
        )
        ends = [reduce(after, told, run) for told in (was, now)]
        assert ends[0].step == ends[1].step
        assert ends[0].seconds == ends[1].seconds
        assert ends[0].state == ends[1].state


def _seen(told: Sequence[events.Event]) -> list[float | events.Event]:
    """Losses and other events in the order in which a chart draws them."""
    seen: list[float | events.Event] = []
    for event in told:
        seen += losses([event]) or [event]
    return seen
