"""Drawn curves: what a browser may send, and moving, stretching and lengthening."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from data.shapes import FIRST, LAST, MAX_WIDTH, MIN_WIDTH, curve
from models.drawing import (
    LENGTH,
    MAX_HEIGHT,
    MAX_LENGTH,
    MAX_STRETCH,
    MIN_STRETCH,
    DrawingError,
    Heights,
    check_curve,
    gap,
    shift,
    stretch,
)

quick = settings(derandomize=True, deadline=None)

heights = st.floats(0, float(np.float32(MAX_HEIGHT)), width=32)
curves = arrays(np.float32, st.integers(1, MAX_LENGTH), elements=heights)
factors = st.floats(MIN_STRETCH, MAX_STRETCH)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=LENGTH) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=LENGTH,
)


@st.composite
def course_curves(draw: st.DrawFn) -> Heights:
    """Any curve of the course."""
    width = draw(st.integers(MIN_WIDTH, MAX_WIDTH))
    first = draw(st.integers(FIRST, LAST + 1 - width))
    return curve(draw(st.sampled_from(["square", "triangle", "ellipse"])), width, first)


def support(values: Heights) -> tuple[int, int]:
    """First and last point that is not zero."""
    points = np.flatnonzero(values)
    return int(points[0]), int(points[-1])


# What a browser sends


@quick
@given(st.lists(st.floats(-1e30, 1e30) | st.integers(), min_size=LENGTH, max_size=LENGTH))
def test_numbers_become_a_curve_of_legal_heights(values: list[float]) -> None:
    checked = check_curve(values)
    assert checked.shape == (LENGTH,)
    assert checked.dtype == np.float32
    assert checked.min() >= 0
    assert checked.max() <= np.float32(MAX_HEIGHT)


@quick
@given(arrays(np.float32, LENGTH, elements=heights))
def test_legal_heights_are_kept(values: Heights) -> None:
    assert np.array_equal(check_curve(values.tolist()), values)


def test_whole_numbers_beyond_all_floats_are_clipped() -> None:
    checked = check_curve([10**400, -(10**400), *[0] * (LENGTH - 2)])
    assert checked[:2].tolist() == [np.float32(MAX_HEIGHT), 0]


@pytest.mark.parametrize("length", [1, 80, MAX_LENGTH])
def test_other_lengths_where_they_are_wanted(length: int) -> None:
    assert check_curve([0.5] * length, length=None).shape == (length,)
    assert check_curve([0.5] * length, length=length).shape == (length,)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (None, "list of numbers"),
        ("0.5" * LENGTH, "list of numbers"),
        ({"0": 0.5}, "list of numbers"),
        (0.5, "list of numbers"),
        ([], "1 to 200 points, not 0"),
        ([0.5] * 10_000, "1 to 200 points, not 10,000"),
        ([0.5] * (LENGTH - 1), "55 points, not 54"),
        ([0.5] * (LENGTH + 1), "55 points, not 56"),
        ([0.5] * 11 + [float("nan")] + [0.5] * 43, "Point 12 .* finite"),
        ([float("inf")] * LENGTH, "Point 1 .* finite"),
        ([-float("inf")] * LENGTH, "Point 1 .* finite"),
        (["0.5"] * LENGTH, "Point 1 .* not a number"),
        ([True] * LENGTH, "Point 1 .* not a number"),
        ([[0.5]] * LENGTH, "Point 1 .* not a number"),
        ([[0.5] * LENGTH], "55 points, not 1"),
        ([None] * LENGTH, "Point 1 .* not a number"),
        ([{}] * LENGTH, "Point 1 .* not a number"),
        ([0.5 + 1j] * LENGTH, "Point 1 .* not a number"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(values: object, sentence: str) -> None:
    with pytest.raises(DrawingError, match=sentence):
        check_curve(values)


@settings(quick, max_examples=40)
@given(json | st.lists(json, min_size=LENGTH, max_size=LENGTH))
def test_hostile_input_is_refused_or_made_legal(values: Any) -> None:  # noqa: ANN401  # whatever JSON holds
    try:
        checked = check_curve(values)
    except DrawingError:
        return
    assert np.isfinite(checked).all()


# Moving


@quick
@given(curves, st.integers(-300, 300))
def test_a_moved_curve_keeps_its_length_and_gets_zeros(values: Heights, by: int) -> None:
    moved = shift(values, by)
    assert moved.shape == values.shape
    assert moved.dtype == np.float32
    for point, height in enumerate(moved):
        source = point - by
        assert height == (values[source] if 0 <= source < len(values) else 0)


@quick
@given(curves)
def test_shift_by_nothing_is_the_identity(values: Heights) -> None:
    assert np.array_equal(shift(values, 0), values)
    assert shift(values, 0) is not values


@quick
@given(course_curves(), st.data())
def test_there_and_back_again(values: Heights, data: st.DataObject) -> None:
    first, last = support(values)
    by = data.draw(st.integers(-first, LENGTH - 1 - last))
    assert np.array_equal(shift(shift(values, by), -by), values)


# Stretching


@quick
@given(curves, factors)
def test_a_stretched_curve_keeps_its_length_and_gets_no_higher(values: Heights, factor: float) -> None:
    stretched = stretch(values, factor)
    assert stretched.shape == values.shape
    assert stretched.dtype == np.float32
    assert stretched.min() >= 0
    assert stretched.max() <= values.max()


@quick
@given(curves)
def test_stretch_by_one_is_the_identity(values: Heights) -> None:
    assert np.array_equal(stretch(values, 1), values)
    assert stretch(values, 1) is not values


@quick
@given(course_curves(), factors)
def test_the_area_grows_with_the_factor_and_the_middle_stays(values: Heights, factor: float) -> None:
    first, last = support(values)
    width = last + 1 - first
    assume(width * factor <= 2 * min(first, LENGTH - 1 - last) + width)  # it still fits
    stretched = stretch(values, factor)
    assert stretched.sum() == pytest.approx(values.sum() * factor, rel=0.05, abs=1)
    new_first, new_last = support(stretched)
    assert abs(new_first + new_last - first - last) <= 2


@quick
@given(st.integers(MIN_WIDTH, MAX_WIDTH), factors)
def test_a_square_stays_a_square(width: int, factor: float) -> None:
    stretched = stretch(curve("square", width, FIRST), factor)
    first, last = support(stretched)
    assert (stretched[first : last + 1] == 1).all()


@quick
@given(st.integers(0, LENGTH - 1), factors)
def test_a_single_point_does_not_vanish(point: int, factor: float) -> None:
    values = np.zeros(LENGTH, np.float32)
    values[point] = 1
    assert stretch(values, factor)[point] == 1


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.39, 2.51, float("nan"), float("inf")])
def test_other_factors_are_refused(factor: float) -> None:
    with pytest.raises(DrawingError, match=r"0\.4 to 2\.5"):
        stretch(np.ones(LENGTH, np.float32), factor)


# Lengthening


@quick
@given(curves, st.data())
def test_a_gap_is_zeros_at_the_end(values: Heights, data: st.DataObject) -> None:
    points = data.draw(st.integers(0, MAX_LENGTH - len(values)))
    longer = gap(values, points)
    assert longer.shape == (len(values) + points,)
    assert longer.dtype == np.float32
    assert np.array_equal(longer[: len(values)], values)
    assert not longer[len(values) :].any()


@pytest.mark.parametrize("points", [-1, MAX_LENGTH - LENGTH + 1, 10**9])
def test_other_gaps_are_refused(points: int) -> None:
    with pytest.raises(DrawingError, match="0 to 145 more"):
        gap(np.ones(LENGTH, np.float32), points)
