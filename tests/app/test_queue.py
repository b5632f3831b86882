"""The fair queue against a simple model of fairness."""

from collections import Counter
from copy import deepcopy

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.runs.queue import FairQueue
from app.runs.run import Run
from models.presets import PRESETS

OWNERS = ["ada", "ben", "cyd"]


def run_of(owner: str) -> Run:
    return Run(owner=owner, experiment=PRESETS["shapes-mlp"], parameters=1, steps=1, steps_per_epoch=1)


def test_learners_take_turns() -> None:
    queue = FairQueue()
    ada = [run_of("ada") for _ in range(3)]
    ben = [run_of("ben") for _ in range(2)]
    cyd = run_of("cyd")
    for run in (*ada, *ben, cyd):
        queue.add(run)
    order = [ada[0], ben[0], cyd, ada[1], ben[1], ada[2]]
    assert list(queue) == order
    assert [queue.take() for _ in range(7)] == [*order, None]


def test_a_busy_learner_keeps_the_place_but_no_one_waiting() -> None:
    queue = FairQueue()
    ada, ben, cyd = (run_of(owner) for owner in OWNERS)
    for run in (ada, ben, cyd):
        queue.add(run)
    assert queue.take(busy={"ada"}) is ben
    assert queue.take(busy={"ada", "cyd"}) is None
    assert list(queue) == [ada, cyd]


def test_a_run_put_back_is_the_very_next() -> None:
    queue = FairQueue()
    first, second, other = run_of("ada"), run_of("ada"), run_of("ben")
    for run in (first, second, other):
        queue.add(run)
    assert queue.take() is first
    queue.put_back(first)
    assert list(queue) == [first, other, second]
    assert queue.take() is first


def test_removing() -> None:
    queue = FairQueue()
    run, other = run_of("ada"), run_of("ada")
    queue.add(run)
    queue.add(other)
    assert queue.remove(run.id) is run
    assert queue.remove(run.id) is None
    assert queue.remove("unknown") is None
    assert (queue.waiting("ada"), queue.waiting("ben")) == (1, 0)
    assert queue.take() is other
    assert queue.take() is None


class Fairness(RuleBasedStateMachine):
    """Runs arrive, are taken, end, crash and are withdrawn in any order; a learner trains one at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = FairQueue()
        self.lines: dict[str, list[Run]] = {owner: [] for owner in OWNERS}
        """What each learner waits for."""
        self.training: dict[str, Run] = {}
        self.passed: dict[str, Counter[str]] = {owner: Counter() for owner in OWNERS}
        """For each learner: how many runs of each other were taken since the learner's own last turn."""

    def _forget(self, owner: str) -> None:
        self.passed[owner].clear()

    @rule(owner=st.sampled_from(OWNERS))
    def arrive(self, owner: str) -> None:
        if not self.lines[owner]:
            self._forget(owner)
        run = run_of(owner)
        self.lines[owner].append(run)
        self.queue.add(run)

    @rule()
    def take(self) -> None:
        able = [owner for owner in OWNERS if self.lines[owner] and owner not in self.training]
        expected = next((run for run in self.queue if run.owner in able), None)
        run = self.queue.take(busy=self.training)
        assert run is expected
        if run is None:
            assert not able
            return
        assert run is self.lines[run.owner].pop(0), "a learner's own runs keep their order"
        self.training[run.owner] = run
        for other in able:
            self.passed[other][run.owner] += 1
        self._forget(run.owner)

    @precondition(lambda self: bool(self.training))
    @rule(which=st.integers(0, 2))
    def end(self, which: int) -> None:
        owner = list(self.training)[which % len(self.training)]
        del self.training[owner]

    @precondition(lambda self: bool(self.training))
    @rule(which=st.integers(0, 2))
    def crash(self, which: int) -> None:
        owner = list(self.training)[which % len(self.training)]
        run = self.training.pop(owner)
        self.queue.put_back(run)
        self.lines[owner].insert(0, run)
        assert next(iter(self.queue)) is run
        for passed in self.passed.values():
            passed[owner] = max(passed[owner] - 1, 0)  # it had its turn in vain

    @precondition(lambda self: any(self.lines.values()))
    @rule(which=st.integers(0, 20))
    def withdraw(self, which: int) -> None:
        waiting = [run for line in self.lines.values() for run in line]
        run = waiting[which % len(waiting)]
        assert self.queue.remove(run.id) is run
        self.lines[run.owner].remove(run)

    @invariant()
    def nobody_waits_behind_two_runs_of_another(self) -> None:
        for owner, passed in self.passed.items():
            if self.lines[owner]:
                assert max(passed.values(), default=0) <= 1, f"{owner} was passed by {passed}"

    @invariant()
    def the_line_holds_what_waits(self) -> None:
        for owner, line in self.lines.items():
            assert [run for run in self.queue if run.owner == owner] == line
            assert self.queue.waiting(owner) == len(line)

    @invariant()
    def the_line_is_shown_in_the_order_in_which_it_is_served(self) -> None:
        shown = list(self.queue)
        copy = deepcopy(self.queue)
        served = [copy.take() for _ in shown]
        assert served == shown
        assert copy.take() is None

    @invariant()
    def who_comes_before_the_next_is_who_would(self) -> None:
        for owner in OWNERS:
            copy, run = deepcopy(self.queue), run_of(owner)
            copy.add(run)
            line = [one.id for one in copy]
            assert [one.id for one in self.queue.before_next(owner)] == line[: line.index(run.id)]


TestFairness = Fairness.TestCase
TestFairness.settings = settings(derandomize=True, deadline=None, max_examples=60, stateful_step_count=40)
