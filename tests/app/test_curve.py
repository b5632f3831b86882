"""Learning curves: gathered from events, thinned for drawing."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from app.runs.curve import Curve, EpochPoint, thin
from models.events import EpochEnd, Event, Finished, Paused, Progress, Snapshot
from tests.models.strategies import REPEATABLE

SERIES = hnp.arrays(np.float32, st.integers(0, 2_000), elements=st.floats(0, 100, width=32))


@REPEATABLE
@given(SERIES, st.integers(1, 300))
def test_thinning_keeps_the_frame_and_the_mean(values: NDArray[np.float32], size: int) -> None:
    steps, means = thin(values, size)
    assert len(steps) == len(means) == -(-len(values) // size)
    assert np.all(np.diff(steps) > 0)
    if not len(values):
        assert not len(steps)
        return
    assert steps[-1] == len(values)
    assert values.min() - 1e-3 <= means.min() <= means.max() <= values.max() + 1e-3
    sizes = np.diff(np.concatenate([[0], steps]))
    assert len(set(sizes[:-1])) <= 1, "bins are of equal length, except the last"
    assert sizes[-1] <= sizes[0]
    np.testing.assert_allclose((means * sizes).sum(), values.sum(dtype=np.float64), rtol=1e-6, atol=1e-6)


@REPEATABLE
@given(SERIES)
def test_what_is_short_is_left_alone(values: NDArray[np.float32]) -> None:
    steps, means = thin(values, 1)
    np.testing.assert_array_equal(steps, np.arange(1, len(values) + 1))
    np.testing.assert_array_equal(means, values)


def test_thinning_by_hand() -> None:
    steps, means = thin(np.array([1, 3, 5, 7, 10], np.float32), 2)
    assert steps.tolist() == [2, 4, 5]
    assert means.tolist() == [2, 6, 10]


def test_a_nan_spoils_only_its_own_bin() -> None:
    """A loss that has become no number is drawn as a gap, at its place."""
    _, means = thin(np.array([1, 1, np.nan, 1, 1, 1], np.float32), 2)
    assert np.isnan(means).tolist() == [False, True, False]


def progress(first: int, last: int) -> Progress:
    """Steps whose loss is their number."""
    steps = np.arange(first, last + 1, dtype=np.float32)
    return Progress(last, steps, steps / np.float32(100), last / 10)


def epoch(number: int, step: int) -> EpochEnd:
    """An epoch's end."""
    nothing = np.zeros(3)
    return EpochEnd(number, step, 1.0, 0.5, 0.9, 0.6, nothing.astype(np.uint8), nothing.astype(np.float32))


EVENTS: list[Event] = [
    Snapshot(0, {}),
    progress(1, 4),
    Paused(),
    progress(5, 6),
    epoch(1, 6),
    progress(7, 12),
    epoch(2, 12),
    Finished(1.2, 0.6),
]


def test_a_curve_from_events() -> None:
    curve = Curve.empty().extended(EVENTS)
    assert curve.losses.tolist() == list(range(1, 13))
    assert curve.accuracies.dtype == np.float32
    assert curve.epochs == (EpochPoint(1, 6, 1.0, 0.5, 0.9, 0.6), EpochPoint(2, 12, 1.0, 0.5, 0.9, 0.6))


@REPEATABLE
@given(st.integers(0, len(EVENTS)))
def test_a_curve_in_two_parts_equals_the_whole(cut: int) -> None:
    whole = Curve.empty().extended(EVENTS)
    parts = Curve.empty().extended(EVENTS[:cut]).extended(EVENTS[cut:])
    np.testing.assert_array_equal(parts.losses, whole.losses)
    np.testing.assert_array_equal(parts.accuracies, whole.accuracies)
    assert parts.epochs == whole.epochs


def test_the_best_epoch_is_that_with_the_lowest_loss_on_what_was_held_out() -> None:
    ends = [
        replace(epoch(number, 6 * number), validation_loss=loss, validation_accuracy=0.5)
        for number, loss in enumerate((0.7, 0.4, 0.4, 0.6), 1)
    ]
    best = Curve.empty().extended(ends).best
    assert best is not None
    assert (best.epoch, best.validation_loss) == (2, 0.4)
    assert Curve.empty().extended(EVENTS).best is None


def test_extending_leaves_the_old_curve_as_it_was() -> None:
    """Another page may be drawing it."""
    old = Curve.empty().extended(EVENTS[:2])
    old.extended(EVENTS[2:])
    assert len(old.losses) == 4
    assert old.epochs == ()


def test_accuracy_at_moments() -> None:
    accuracies = np.array([0, 1, 0, 1, 1, 1], np.float32)
    ends = tuple(EpochPoint(n, 3 * n, 0, 0, 0, test_accuracy=n / 10) for n in (1, 2))
    batches, test = Curve(accuracies, accuracies, ends).accuracy_at([0, 2, 3, 6, 9])
    np.testing.assert_array_equal(batches, [np.nan, 0.5, 0, 1, np.nan])
    np.testing.assert_array_equal(test, [np.nan, np.nan, 0.1, 0.2, 0.2])
    assert not Curve.empty().accuracy_at([]).size
