"""Which examples meet in each step, and after which steps the weights are kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.experiment import Experiment
from models.layers import Dense
from models.schedule import (
    EARLY,
    MAX_SNAPSHOT_BYTES,
    MAX_SNAPSHOTS,
    batches,
    epoch_order,
    held_out,
    snapshot_steps,
)

quick = settings(derandomize=True, deadline=None)
available = st.integers(1, 500)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    return Experiment(
        dataset="anything",
        layers=(Dense(units=2, activation="softmax"),),
        batch_size=draw(st.integers(1, 100)),
        examples=draw(st.none() | st.integers(1, 600)),
        validation=draw(st.integers(0, 50)),
        seed=draw(st.integers(0, 2**31 - 1)),
    )


@quick
@given(experiments(), available, st.integers(1, 50))
def test_an_epoch_meets_each_used_example_once(experiment: Experiment, available: int, epoch: int) -> None:
    met = list(batches(experiment, available, epoch))
    together = np.concatenate(met)
    assert len(set(together)) == len(together) == experiment.training_examples(available)
    assert together.min() >= 0
    assert together.max() < available
    assert len(met) == experiment.steps_per_epoch(available)
    assert all(len(batch) == experiment.batch_size for batch in met[:-1])
    assert 1 <= len(met[-1]) <= experiment.batch_size
    assert np.array_equal(together, epoch_order(experiment, available, epoch))


@quick
@given(experiments(), available, st.integers(1, 50), st.integers(1, 100), st.integers(1, 50))
def test_the_order_depends_on_seed_and_epoch_alone(
    experiment: Experiment, available: int, epoch: int, other_size: int, other_epochs: int
) -> None:
    other = experiment.model_copy(update={"batch_size": other_size, "epochs": other_epochs})
    assert np.array_equal(epoch_order(experiment, available, epoch), epoch_order(other, available, epoch))


@quick
@given(experiments(), available, st.integers(2, 50))
def test_every_epoch_meets_the_same_examples(experiment: Experiment, available: int, epoch: int) -> None:
    first, later = (epoch_order(experiment, available, e) for e in (1, epoch))
    assert set(first) == set(later)


@quick
@given(experiments(), available, st.integers(1, 50))
def test_what_is_held_out_is_never_learned_from(experiment: Experiment, available: int, epoch: int) -> None:
    used = experiment.model_copy(update={"validation": 0})
    held = held_out(experiment, available)
    learned = epoch_order(experiment, available, epoch)
    assert len(held) == experiment.validation_examples(available)
    assert abs(len(held) - experiment.validation / 100 * (len(held) + len(learned))) <= 0.5
    assert sorted([*learned, *held]) == sorted(epoch_order(used, available, epoch))


@quick
@given(experiments(), available, st.integers(1, 600))
def test_fewer_examples_are_a_part_of_more(experiment: Experiment, available: int, fewer: int) -> None:
    experiment = experiment.model_copy(update={"validation": 0})
    less = experiment.model_copy(update={"examples": min(fewer, experiment.training_examples(available))})
    assert set(epoch_order(less, available, 1)) <= set(epoch_order(experiment, available, 1))


def test_seeds_and_epochs_differ() -> None:
    experiment = Experiment(dataset="anything", layers=(Dense(units=2),), examples=200)
    orders = {
        tuple(epoch_order(experiment.model_copy(update={"seed": seed}), 500, epoch))
        for seed in range(3)
        for epoch in (1, 2, 3)
    }
    subsets = {frozenset(order) for order in orders}
    assert len(orders) == 9
    assert len(subsets) == 3


epochs = st.integers(1, 50)
steps_per_epoch = st.integers(1, 6_000)
sizes = st.integers(4, 8_000_000)


@quick
@given(epochs, steps_per_epoch, sizes)
def test_snapshots_rise_and_stay_within_the_limits(epochs: int, steps_per_epoch: int, size: int) -> None:
    steps = epochs * steps_per_epoch
    kept = snapshot_steps(steps, steps_per_epoch, size)
    assert kept == sorted(set(kept))
    assert kept[-1] == steps
    assert kept[0] >= 0
    assert len(kept) <= MAX_SNAPSHOTS == 40
    assert len(kept) * size <= MAX_SNAPSHOT_BYTES == 10_000_000 or kept == [steps]
    room = MAX_SNAPSHOT_BYTES // size
    if room >= 2:
        assert kept[0] == 0


@quick
@given(epochs, steps_per_epoch, sizes)
def test_snapshots_hold_the_ends_of_the_epochs_where_there_is_room(
    epochs: int, steps_per_epoch: int, size: int
) -> None:
    ends = set(range(steps_per_epoch, epochs * steps_per_epoch + 1, steps_per_epoch))
    kept = set(snapshot_steps(epochs * steps_per_epoch, steps_per_epoch, size))
    limit = min(MAX_SNAPSHOTS, MAX_SNAPSHOT_BYTES // size)
    room = limit - 2  # the start and the end are always kept
    if len(ends) - 1 <= room:
        assert ends <= kept
    else:  # the first epoch, where most is learned, gets its part of the room
        assert len(kept & ends) >= max(room - limit // EARLY + 1, 1)


@pytest.mark.parametrize("epochs", [40, 50])
def test_a_long_run_too_keeps_steps_of_its_first_epoch(epochs: int) -> None:
    kept = snapshot_steps(60 * epochs, 60, 4 * 4_451)
    assert sum(0 < step < 60 for step in kept) >= 4


@quick
@given(epochs, steps_per_epoch, st.integers(4, 250_000))
def test_snapshots_are_denser_at_the_start_and_leave_no_gap(
    epochs: int, steps_per_epoch: int, size: int
) -> None:
    steps = epochs * steps_per_epoch
    kept = snapshot_steps(steps, steps_per_epoch, size)
    early = sum(step <= steps / 2 for step in kept)
    assert early >= len(kept) - early
    assert max(np.diff(kept)) <= max(steps / 4, 1)


@quick
@given(st.integers(1, 39))
def test_a_short_run_keeps_every_step(steps: int) -> None:
    assert snapshot_steps(steps, steps, 4) == list(range(steps + 1))


def test_the_first_steps_of_the_course_runs_are_kept() -> None:
    kept = snapshot_steps(600, 60, 4 * 4_451)
    assert set(range(6)) <= set(kept)
    assert set(range(60, 601, 60)) <= set(kept)
    assert len(kept) * 4 * 4_451 < 1_000_000


def test_a_network_too_large_for_two_snapshots_keeps_the_last() -> None:
    assert snapshot_steps(600, 60, 5_000_001) == [600]
    assert snapshot_steps(600, 60, 50_000_000) == [600]
