"""The contract of `Runner`, kept by each implementation, and what only the one for this machine must do."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from time import monotonic
from typing import TypeVar

import pytest

from app.runs.local import LocalRunner, Patience
from app.runs.run import Run, after
from app.runs.runner import MAX_LINE, RefusedError, Runner
from models.events import (
    LAST,
    Event,
    Failed,
    Finished,
    LearningRate,
    Paused,
    Progress,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)
from models.experiment import Experiment
from models.layers import GRU, Dense, Reshape
from models.presets import PRESETS
from tests.app.processes import PATIENCE, eventually, is_alive, read_pids

OBEYED = 0.3
"""Seconds within which a stop must be seen."""

SHORT = PRESETS["shapes-mlp"].model_copy(update={"epochs": 2})
LONG = PRESETS["shapes-lstm"].model_copy(update={"epochs": 50})
NEVER_COMPILED = LONG.model_copy(
    update={"layers": (Reshape(target_shape=(55, 1)), GRU(units=7), Dense(units=3, activation="softmax"))}
)

E = TypeVar("E", bound=Event)


def run_of(owner: str, experiment: Experiment = SHORT) -> Run:
    return Run(owner=owner, experiment=experiment, parameters=1, steps=1, steps_per_epoch=1)


class Log:
    """Takes the events of a runner, and waits for them."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []
        self._changed = Condition()

    def record(self, run_id: str, event: Event) -> None:
        with self._changed:
            self.events.append((run_id, event))
            self._changed.notify_all()

    def of(self, run: Run) -> list[Event]:
        return [event for run_id, event in self.events if run_id == run.id]

    def comes(self, happened: Callable[[], object], timeout: float = PATIENCE) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(happened, timeout))

    def wait(self, run: Run, kind: type[E], past: int = 0) -> E:
        """The run's first event of this kind, or the next one after so many events of the run."""

        def found() -> list[E]:
            return [event for event in self.of(run)[past:] if isinstance(event, kind)]

        assert self.comes(found), f"no {kind.__name__}, only {self.of(run)}"
        return found()[0]

    def last(self, run: Run) -> Event:
        assert self.comes(lambda: any(isinstance(event, LAST) for event in self.of(run)))
        return self.of(run)[-1]

    def state(self, run: Run) -> Run:
        for event in self.of(run):
            run = after(run, event)
        return run

    def order(self) -> list[str]:
        """Ids of the runs in the order in which they were started."""
        return [run_id for run_id, event in self.events if isinstance(event, Started)]

    def holds(self) -> None:
        """Every run that is over has told so once, and nothing after it."""
        for run_id in {run_id for run_id, _ in self.events}:
            events = [event for other, event in self.events if other == run_id]
            last = [i for i, event in enumerate(events) if isinstance(event, LAST)]
            assert last in ([], [len(events) - 1])


@dataclass
class Lab:
    """A runner under test."""

    runner: Runner
    log: Log
    pids: Callable[[], list[int]]
    """Of the workers started so far; the last one lives."""
    runs: list[Run] = field(default_factory=list)

    def submit(self, run: Run) -> Run:
        self.runner.submit(run)
        self.runs.append(run)
        return run

    def clear(self) -> None:
        """Stop what still runs, as every test does at its end."""
        for run in self.runs:
            self.runner.stop(run.id)
            assert isinstance(self.log.of(run)[-1], LAST)
        self.log.holds()
        self.runs.clear()
        self.log.events.clear()


REAL_WORKER = """
import os, sys
with open(sys.argv[1], "a") as pids:
    pids.write(f"{os.getpid()}\\n")
from models.worker import main
main()
"""


def local(folder: Path) -> Lab:
    log, pids = Log(), folder / "pids"
    command = (sys.executable, "-c", REAL_WORKER, str(pids))
    return Lab(LocalRunner(log.record, workers=1, command=command), log, lambda: read_pids(pids))


IMPLEMENTATIONS = {"local": local}
"""Each makes a lab with one worker in an empty folder."""


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
def warm_lab(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = IMPLEMENTATIONS[request.param](tmp_path_factory.mktemp("runner"))
    eventually(lambda: lab.runner.capacity().warm == 1)
    yield lab
    lab.runner.close()


@pytest.fixture
def lab(warm_lab: Lab) -> Iterator[Lab]:
    yield warm_lab
    warm_lab.clear()


# ------------------------------------------------------------------------------------------ the contract


def test_a_run_from_submit_to_finished(lab: Lab) -> None:
    run = lab.submit(run_of("ada"))
    assert isinstance(lab.log.last(run), Finished)
    assert isinstance(lab.log.of(run)[0], Started)
    over = lab.log.state(run)
    assert over.state == "finished"
    assert (over.epoch, over.step, over.parameters) == (2, 120, 3_779)


def test_capacity(lab: Lab) -> None:
    capacity = lab.runner.capacity()
    assert (capacity.workers, capacity.ready, capacity.warm, capacity.problem) == (1, 1, 1, "")


def test_pause_and_resume(lab: Lab) -> None:
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    lab.runner.pause(run.id)
    lab.log.wait(run, Paused)
    told = len(lab.log.of(run))
    assert not lab.log.comes(lambda: len(lab.log.of(run)) > told, timeout=OBEYED), "it is paused"
    assert lab.log.state(run).state == "paused"
    lab.runner.resume(run.id)
    lab.log.wait(run, Progress, past=told)
    assert isinstance(lab.log.of(run)[told], Resumed)
    assert lab.log.state(run).state == "running"


@pytest.mark.parametrize("state", ["waiting", "preparing", "running", "paused"])
def test_stop(lab: Lab, state: str) -> None:
    other = lab.submit(run_of("ben", LONG)) if state == "waiting" else None
    run = lab.submit(run_of("ada", NEVER_COMPILED if state == "preparing" else LONG))
    if state == "preparing":
        lab.log.wait(run, Started)
    elif state != "waiting":
        lab.log.wait(run, Progress)
    if state == "paused":
        lab.runner.pause(run.id)
        lab.log.wait(run, Paused)
    assert lab.log.state(run).state == state

    begin = monotonic()
    lab.runner.stop(run.id)
    lab.log.wait(run, Stopped)
    assert monotonic() - begin < OBEYED
    if other:
        assert not lab.log.state(other).is_over
        lab.runner.stop(other.id)

    next_one = lab.submit(run_of("cyd"))
    assert isinstance(lab.log.last(next_one), Finished), "the worker is free again"
    assert isinstance(lab.log.last(run), Stopped)
    lab.log.holds()


def test_a_stopped_run_frees_its_worker_soon(lab: Lab) -> None:
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    waiting = lab.submit(run_of("ben", LONG))
    begin = monotonic()
    lab.runner.stop(run.id)
    lab.log.wait(waiting, Started)
    assert monotonic() - begin < 2 * OBEYED


def test_the_learning_rate(lab: Lab) -> None:
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    lab.runner.set_learning_rate(run.id, 0.25)
    assert lab.log.wait(run, LearningRate).learning_rate == 0.25
    assert lab.log.state(run).learning_rate == 0.25


def test_commands_for_unknown_runs_and_runs_that_are_over_do_nothing(lab: Lab) -> None:
    over = lab.submit(run_of("ada"))
    lab.log.last(over)
    for run_id in (over.id, "unknown", ""):
        lab.runner.pause(run_id)
        lab.runner.resume(run_id)
        lab.runner.stop(run_id)
        lab.runner.set_learning_rate(run_id, 0.5)
        assert lab.runner.ahead(run_id) is None
    following = lab.submit(run_of("ada"))
    assert isinstance(lab.log.last(following), Finished)
    assert {run_id for run_id, _ in lab.log.events} == {over.id, following.id}


def test_one_learner_may_have_four_runs(lab: Lab) -> None:
    first, *_, fourth = [lab.submit(run_of("ada", LONG)) for _ in range(4)]
    with pytest.raises(RefusedError, match="1 run in training and 3 waiting already"):
        lab.runner.submit(run_of("ada"))
    lab.submit(run_of("ben", LONG))
    lab.runner.stop(fourth.id)
    lab.submit(run_of("ada", LONG))
    with pytest.raises(RefusedError):
        lab.runner.submit(run_of("ada"))
    lab.log.wait(first, Started)
    assert lab.log.order() == [first.id]


def test_the_line_of_all_learners_has_an_end(lab: Lab) -> None:
    lab.log.wait(lab.submit(run_of("ada", LONG)), Started)
    waiting = [lab.submit(run_of(f"learner {number}")) for number in range(MAX_LINE)]
    with pytest.raises(RefusedError, match=f"{MAX_LINE} runs are waiting on this server already"):
        lab.runner.submit(run_of("ben"))
    lab.runner.stop(waiting[0].id)
    lab.submit(run_of("ben"))


def test_a_stopped_run_makes_room_at_once(lab: Lab) -> None:
    first, *_ = [lab.submit(run_of("ada", LONG)) for _ in range(4)]
    lab.log.wait(first, Progress)
    lab.runner.stop(first.id)
    lab.submit(run_of("ada", LONG))


def test_learners_take_turns_and_see_who_is_before_them(lab: Lab) -> None:
    first = lab.submit(run_of("ada", LONG))
    lab.log.wait(first, Progress)
    second, third = lab.submit(run_of("ada")), lab.submit(run_of("ada"))
    guest = lab.submit(run_of("ben"))
    assert lab.runner.ahead(first.id) is None
    assert lab.runner.ahead(second.id) == [first.id]
    assert lab.runner.ahead(guest.id) == [first.id, second.id]
    assert lab.runner.ahead(third.id) == [first.id, second.id, guest.id]
    assert lab.runner.ahead_of_next("cyd") == [first.id, second.id, guest.id]
    assert lab.runner.ahead_of_next("ada") == [first.id, second.id, guest.id, third.id]

    lab.runner.stop(first.id)
    for run in (second, third, guest):
        assert isinstance(lab.log.last(run), Finished)
    assert lab.log.order() == [run.id for run in (first, second, guest, third)]


def test_a_killed_worker_costs_the_run_it_trains_and_nothing_else(lab: Lab) -> None:
    run = lab.submit(run_of("ada", LONG))
    waiting = [lab.submit(run_of("ben")), lab.submit(run_of("ada"))]
    lab.log.wait(run, Snapshot)
    lab.log.wait(run, Progress)
    os.kill(lab.pids()[-1], signal.SIGKILL)

    failed = lab.log.last(run)
    assert isinstance(failed, Failed)
    assert "What was learned until then is kept. Train again." in failed.message
    for other in waiting:
        assert isinstance(lab.log.last(other), Finished)
    kinds = [type(event) for event in lab.log.of(run)]
    assert kinds.count(Failed) == 1
    assert Snapshot in kinds
    assert lab.runner.capacity().problem == ""


# ------------------------------------------------------- what the runner for this machine must do besides


@dataclass
class Hands:
    """Makes local runners whose workers train nothing, and closes them."""

    folder: Path
    labs: list[Lab] = field(default_factory=list)

    def __call__(
        self,
        patience: Patience | None = None,
        workers: int = 1,
        manner: str = "",
        command: Sequence[str] | None = None,
    ) -> Lab:
        log, pids = Log(), self.folder / "pids"
        fake = (sys.executable, "-m", "tests.app.fake_worker", str(pids), manner)
        runner = LocalRunner(
            log.record,
            workers=workers,
            patience=patience,
            command=tuple(command) if command else fake,
            log=self.folder / "workers.log",
        )
        self.labs.append(Lab(runner, log, lambda: read_pids(pids)))
        return self.labs[-1]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Hands]:
    hands = Hands(tmp_path)
    yield hands
    for lab in hands.labs:
        lab.runner.close()
        lab.log.holds()


def ready(lab: Lab, workers: int = 1) -> Lab:
    eventually(lambda: lab.runner.capacity().ready == workers)
    return lab


def test_a_run_that_its_killed_worker_never_began_is_carried_out_by_the_next(make: Hands) -> None:
    lab = ready(make())
    (pid,) = lab.pids()
    os.kill(pid, signal.SIGSTOP)  # so that it cannot read what comes
    run = lab.submit(run_of("ada"))
    os.kill(pid, signal.SIGKILL)
    assert isinstance(lab.log.last(run), Finished)
    assert len(lab.pids()) == 2


def test_a_run_that_kills_every_worker_fails(make: Hands) -> None:
    lab = ready(make(manner="crash"))
    run = lab.submit(run_of("ada"))
    failed = lab.log.last(run)
    assert isinstance(failed, Failed)
    assert "ended unexpectedly" in failed.message
    eventually(lambda: len(lab.pids()) == 3)


def test_a_hung_worker_is_killed(make: Hands) -> None:
    lab = ready(make(Patience(silence=0.5)))
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    (pid,) = lab.pids()
    os.kill(pid, signal.SIGSTOP)
    failed = lab.log.last(run)
    assert isinstance(failed, Failed)
    assert "did not answer" in failed.message
    following = lab.submit(run_of("ada"))
    assert isinstance(lab.log.last(following), Finished)
    assert not is_alive(pid)


def test_a_stop_is_obeyed_though_the_worker_hangs(make: Hands) -> None:
    lab = ready(make(Patience(stop=0.5)))
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    os.kill(lab.pids()[0], signal.SIGSTOP)
    begin = monotonic()
    lab.runner.stop(run.id)
    assert isinstance(lab.log.last(run), Stopped)
    assert monotonic() - begin < OBEYED
    following = lab.submit(run_of("ben"))
    assert isinstance(lab.log.last(following), Finished)


def test_a_run_that_was_paused_and_hangs_when_resumed_is_not_kept_for_ever(make: Hands) -> None:
    lab = ready(make(Patience(silence=0.5)))
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Progress)
    lab.runner.pause(run.id)
    lab.log.wait(run, Paused)
    os.kill(lab.pids()[0], signal.SIGSTOP)
    lab.runner.resume(run.id)
    assert isinstance(lab.log.last(run), Failed)


def test_a_paused_run_gives_way_when_others_wait(make: Hands) -> None:
    lab = ready(make(Patience(pause=0.2, silence=0.2)))
    run = lab.submit(run_of("ada", LONG))
    lab.runner.pause(run.id)
    lab.log.wait(run, Paused)
    told = len(lab.log.of(run))
    assert not lab.log.comes(lambda: len(lab.log.of(run)) > told, timeout=1.2), "nobody waits yet"
    waiting = lab.submit(run_of("ben"))
    stopped = lab.log.last(run)
    assert isinstance(stopped, Stopped)
    assert stopped.message == "It was paused while others waited for their turn."
    assert isinstance(lab.log.last(waiting), Finished)


def test_a_paused_run_does_not_give_way_to_ones_own(make: Hands) -> None:
    lab = ready(make(Patience(pause=0.2)))
    run, _ = lab.submit(run_of("ada", LONG)), lab.submit(run_of("ada"))
    lab.runner.pause(run.id)
    lab.log.wait(run, Paused)
    told = len(lab.log.of(run))
    assert not lab.log.comes(lambda: len(lab.log.of(run)) > told, timeout=1.2), "nobody else waits"
    waiting = lab.submit(run_of("ben"))
    assert isinstance(lab.log.last(run), Stopped)
    assert isinstance(lab.log.last(waiting), Finished)


def test_a_paused_run_gives_way_to_nobody_who_could_not_begin(make: Hands) -> None:
    """Ben's second run waits for his first, whatever Ada does."""
    lab = ready(make(Patience(pause=0.2), workers=2), workers=2)
    run = lab.submit(run_of("ada", LONG))
    lab.log.wait(run, Started)
    for _ in range(2):
        lab.submit(run_of("ben", LONG))
    lab.runner.pause(run.id)
    lab.log.wait(run, Paused)
    told = len(lab.log.of(run))
    assert not lab.log.comes(lambda: len(lab.log.of(run)) > told, timeout=1.2)


def test_two_workers_serve_two_learners_at_once_but_none_twice(make: Hands) -> None:
    lab = ready(make(workers=2), workers=2)
    first, second = lab.submit(run_of("ada", LONG)), lab.submit(run_of("ada", LONG))
    guest = lab.submit(run_of("ben", LONG))
    lab.log.wait(first, Progress)
    lab.log.wait(guest, Progress)
    assert lab.log.of(second) == []
    assert set(lab.runner.ahead(second.id) or ()) == {first.id, guest.id}
    lab.runner.stop(first.id)
    lab.log.wait(second, Started)


@pytest.mark.parametrize("way", ["stopped", "killed"])
def test_an_idle_worker_does_not_wait_for_a_hung_one(make: Hands, way: str) -> None:
    """Ada's next run begins as soon as her first is over, wherever there is room."""
    lab = ready(make(Patience(restart=PATIENCE), workers=2), workers=2)
    first = lab.submit(run_of("ada", LONG))
    pid = int(lab.log.wait(first, Started).source)
    second = lab.submit(run_of("ada"))
    os.kill(pid, signal.SIGSTOP)
    if way == "stopped":
        lab.runner.stop(first.id)
    else:
        os.kill(pid, signal.SIGKILL)
    other = int(lab.log.wait(second, Started).source)
    assert other in lab.pids()[:2]
    assert other != pid


IDLE_ONCE = """
import sys
from models import wire
wire.write_frame(sys.stdout.buffer, "", wire.Idle(False))
sys.exit(3)
"""


def test_workers_that_end_before_their_first_run_are_told_and_not_started_without_pause(make: Hands) -> None:
    lab = make(Patience(restart=0.2), command=[sys.executable, "-c", IDLE_ONCE])
    eventually(lambda: lab.runner.capacity().problem)
    assert lab.runner.capacity().problem == "The training process ends again and again; its log says why."


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "-c", "raise SystemExit(3)"],
        [sys.executable, "-c", "print('this is no frame' * 100)"],
        ["/no/such/program"],
    ],
    ids=["exits", "babbles", "missing"],
)
def test_a_worker_that_does_not_start_is_told(make: Hands, command: list[str]) -> None:
    lab = make(command=command)
    eventually(lambda: lab.runner.capacity().problem)
    assert lab.runner.capacity().problem == "The training process does not start; its log says why."
    assert lab.runner.capacity().ready == 0
    run = lab.submit(run_of("ada"))
    assert lab.runner.ahead(run.id) == []
    lab.runner.stop(run.id)
    assert isinstance(lab.log.last(run), Stopped)


def test_closing_leaves_no_process_and_tells_no_more(make: Hands) -> None:
    lab = ready(make(workers=2), workers=2)
    runs = [lab.submit(run_of(owner, LONG)) for owner in ("ada", "ben")]
    for run in runs:
        lab.log.wait(run, Progress)
    lab.runner.close()
    told = len(lab.log.events)
    assert not any(is_alive(pid) for pid in lab.pids())
    assert len(lab.pids()) == 2
    assert not lab.log.comes(lambda: len(lab.log.events) > told, timeout=0.2)
    assert not any(isinstance(event, LAST) for _, event in lab.log.events), "the store marks them interrupted"


def test_closing_at_once_leaves_no_process_either(make: Hands) -> None:
    lab = make(workers=3)
    lab.runner.close()
    assert not lab.log.comes(lambda: lab.runner.capacity().ready, timeout=1.0)
    assert not any(is_alive(pid) for pid in lab.pids())
