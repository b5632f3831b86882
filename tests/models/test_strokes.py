"""Drawings become images as MNIST's are, wherever and however large they were drawn."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.drawing import DrawingError
from models.strokes import BOX, CENTRE, MAX_POINTS, SIDE, Image, check_strokes, rasterise, rasterise_grid
from tests.models.digits import DIGITS, HANDS, Strokes
from tests.models.strategies import REPEATABLE, SEEDS

ONE_LINE: Strokes = [[(0.5, 0.1), (0.5, 0.9)]]

coordinates = st.floats(0, 1)
drawings = st.lists(
    st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=8), min_size=1, max_size=4
)


def extent(strokes: Strokes) -> float:
    points = np.array([point for stroke in strokes for point in stroke])
    return float(np.ptp(points, axis=0).max())


def side_of(image: Image) -> int:
    """The longer side of the ink, in pixels."""
    return max(int(np.ptp(np.flatnonzero(image.any(axis=axis)))) + 1 for axis in (0, 1))


def centre_of(image: Image) -> tuple[float, float]:
    ink = image / image.sum()
    pixels = np.arange(SIDE) + 0.5
    return float(ink.sum(axis=0) @ pixels), float(ink.sum(axis=1) @ pixels)


def grid_of(strokes: Strokes) -> NDArray[np.int64]:
    """The squares of a 28×28 grid that the strokes pass through."""
    grid = np.zeros((SIDE, SIDE), np.int64)
    for stroke in strokes:
        for (x0, y0), (x1, y1) in pairwise(stroke):
            x, y = np.linspace((x0, y0), (x1, y1), 100).T
            grid[(y * SIDE).astype(int).clip(0, 27), (x * SIDE).astype(int).clip(0, 27)] = 1
    return grid


# Any drawing


@REPEATABLE
@given(drawings)
def test_ink_fills_the_box_and_stays_in_the_image(strokes: Strokes) -> None:
    image = rasterise(strokes)
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert image.max() > 200
    side = side_of(image)
    # Moved by part of a pixel, 20 pixels touch 21.
    assert side <= BOX + 1
    if extent(strokes) > 0.02:
        assert side >= BOX - 1


@REPEATABLE
@given(drawings)
def test_the_centre_of_mass_is_in_the_middle_unless_ink_would_be_cut_off(strokes: Strokes) -> None:
    image = rasterise(strokes)
    columns, rows = (np.flatnonzero(image.any(axis=axis)) for axis in (0, 1))
    for centre, ink in zip(centre_of(image), (columns, rows), strict=True):
        at_the_edge = ink[0] <= 1 or ink[-1] >= SIDE - 2
        # As exact as MNIST: there, the centres of the digits deviate by 0.29 pixels.
        assert centre == pytest.approx(CENTRE, abs=0.29) or at_the_edge


@REPEATABLE
@given(drawings, st.floats(0.3, 1), st.floats(0, 1), st.floats(0, 1))
def test_place_and_size_on_the_pad_make_no_difference(
    strokes: Strokes, size: float, right: float, down: float
) -> None:
    if extent(strokes) < 0.1:  # dots stay dots
        return
    moved = [
        [(size * x + right * (1 - size), size * y + down * (1 - size)) for x, y in stroke]
        for stroke in strokes
    ]
    difference = rasterise(strokes).astype(int) - rasterise(moved)
    assert np.abs(difference).max() <= 1


@REPEATABLE
@given(drawings, SEEDS)
def test_order_and_direction_of_the_strokes_make_no_difference(strokes: Strokes, seed: int) -> None:
    random = np.random.default_rng(seed)
    others = [strokes[i][:: random.choice([-1, 1])] for i in random.permutation(len(strokes))]
    assert np.abs(rasterise(strokes).astype(int) - rasterise(others)).max() <= 1


@REPEATABLE
@given(drawings)
def test_a_mirrored_drawing_gives_the_mirrored_image_but_for_a_shift(strokes: Strokes) -> None:
    mirrored = rasterise([[(1 - x, y) for x, y in stroke] for stroke in strokes])[:, ::-1]
    image = rasterise(strokes)
    # Pixel 14, where the centre of mass goes, is one to the right of its own mirror image.
    shifted = np.roll(mirrored, 1, axis=1)
    cut_off = image[:, :2].any() or image[:, -2:].any() or mirrored[:, :2].any() or mirrored[:, -2:].any()
    assert cut_off or np.abs(image.astype(int) - shifted).max() <= 2


@REPEATABLE
@given(drawings)
def test_points_along_a_line_make_no_difference(strokes: Strokes) -> None:
    finer = [
        [
            *(
                ((1 - share) * x0 + share * x1, (1 - share) * y0 + share * y1)
                for (x0, y0), (x1, y1) in pairwise(stroke)
                for share in (0, 0.25, 0.5, 0.75)
            ),
            stroke[-1],
        ]
        for stroke in strokes
    ]
    assert np.abs(rasterise(strokes).astype(int) - rasterise(finer)).max() <= 1


# Particular drawings


def test_a_line_has_its_width_grey_edges_and_round_ends() -> None:
    image = rasterise(ONE_LINE)
    assert side_of(image) in (19, 20, 21)
    middle = image[14].astype(float) / 255
    assert middle.sum() == pytest.approx(2.7, abs=0.02)
    # Pixel 14 is in the middle; the line covers it and its neighbours, and a bit less of those.
    assert middle[14] == 1
    assert middle[13] == middle[15] == pytest.approx(0.85, abs=0.01)
    first = image[image.any(axis=1)][0].astype(float) / 255
    assert first.sum() < middle.sum()


@pytest.mark.parametrize("point", [(0.5, 0.5), (0.0, 0.0), (1.0, 0.3)])
def test_a_dot_stays_a_dot_in_the_middle(point: tuple[float, float]) -> None:
    for strokes in ([[point]], [[point, point]], [[point], [point]], [[point], []]):
        image = rasterise(strokes)
        assert side_of(image) <= 5
        assert centre_of(image) == pytest.approx((CENTRE, CENTRE), abs=0.05)


def test_the_ink_is_that_of_mnist() -> None:
    ink = [rasterise(strokes).sum() / 255 for _, strokes in DIGITS]
    assert np.mean(ink) == pytest.approx(102, abs=8)  # its mean over the 60,000 training digits


def test_every_hand_draws_every_digit_and_no_two_are_alike() -> None:
    assert len(DIGITS) >= 30
    assert all(sorted(hand) == list(range(10)) for hand in HANDS.values())
    images = {rasterise(strokes).tobytes() for _, strokes in DIGITS}
    assert len(images) == len(DIGITS)


def test_the_largest_drawing_becomes_an_image_too() -> None:
    x, y = np.cumsum(np.random.default_rng(0).normal(size=(2, MAX_POINTS)), axis=1)
    strokes = [np.column_stack([x / np.ptp(x) + 0.5, y / np.ptp(y) / 9 + 0.5]).tolist()]
    check_strokes(strokes)
    assert rasterise(strokes).any()


# Painted squares


@pytest.mark.parametrize("number", range(len(DIGITS)))
def test_a_painted_digit_looks_as_the_drawn_one(number: int) -> None:
    _, strokes = DIGITS[number]
    painted, drawn = rasterise_grid(grid_of(strokes).tolist()), rasterise(strokes)
    # How much of the ink is in the same place, after the squares have moved each line by up to half of one.
    common = np.minimum(painted, drawn).sum() / drawn.sum()
    assert common > 0.75
    assert 0.8 < painted.sum() / drawn.sum() < 1.35


def test_painted_squares_are_joined_beside_above_and_across() -> None:
    steps = {"beside": (0, 1), "above": (1, 0), "falling": (1, 1), "rising": (-1, 1)}
    for row, column in steps.values():
        grid = np.zeros((28, 28))
        for i in range(6):
            grid[14 + row * i, 14 + column * i] = 1
        line: Strokes = [
            [(14.5 / 28, 14.5 / 28), ((14.5 + column * 5) / 28, (14.5 + row * 5) / 28)],
        ]
        assert np.abs(rasterise_grid(grid.tolist()).astype(int) - rasterise(line)).max() <= 1


def test_a_painted_corner_is_not_cut() -> None:
    grid = np.zeros((28, 28))
    grid[5:21, 5] = grid[20, 5:21] = 1
    corner: Strokes = [[(5.5 / 28, 5.5 / 28), (5.5 / 28, 20.5 / 28), (20.5 / 28, 20.5 / 28)]]
    assert np.abs(rasterise_grid(grid).astype(int) - rasterise(corner)).max() <= 1


# What is no drawing


@pytest.mark.parametrize("strokes", [[], [[]], [[], []], (), ((),)])
def test_an_empty_drawing_is_refused(strokes: object) -> None:
    with pytest.raises(DrawingError, match=r"Nothing is drawn yet\. Draw a digit\."):
        rasterise(strokes)


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        (None, "a list of strokes"),
        ("0.5,0.5", "a list of strokes"),
        ({"x": 1}, "a list of strokes"),
        ([0.5, 0.5], "a list of strokes"),
        (["ab"], "a list of strokes"),
        ([[0.5, 0.5]], "point of stroke 1 is not a pair"),
        ([[[0.5, 0.5]], [[0.5]]], "point of stroke 2 is not a pair"),
        ([[[0.5, 0.5, 0.5]]], "not a pair of numbers"),
        ([[["0.5", 0.5]]], "not a pair of numbers"),
        ([[[True, 0.5]]], "not a pair of numbers"),
        ([[[None, 0.5]]], "not a pair of numbers"),
        ([[[float("nan"), 0.5]]], "point of stroke 1 is not finite"),
        ([[[0.5, float("-inf")]]], "point of stroke 1 is not finite"),
        ([[[0.5, 0.5]] * (MAX_POINTS + 1)], "has 5,001 points; the limit is 5,000"),
        ([[[0.5, 0.5]]] * (MAX_POINTS + 1), "has 5,001 points; the limit is 5,000"),
    ],
)
def test_what_is_no_drawing_is_refused(strokes: object, sentence: str) -> None:
    with pytest.raises(DrawingError, match=sentence):
        rasterise(strokes)


def test_points_beyond_the_pad_are_moved_to_its_edge() -> None:
    (stroke,) = check_strokes([[[-3, 0.5], [10**400, 7.5]]])
    assert stroke.tolist() == [[0, 0.5], [1, 1]]


def full_pad() -> Image:
    return rasterise([[(x, y) for y in np.linspace(0, 1, 20).tolist() for x in (0.0, 1.0)]])


def full_grid() -> Image:
    return rasterise_grid([[1] * 28] * 28)


@pytest.mark.parametrize("fill", [full_pad, full_grid])
def test_a_full_pad_is_refused(fill: Callable[[], Image]) -> None:
    with pytest.raises(DrawingError, match=r"The pad is nearly full\. Clear it and draw one digit"):
        fill()


@pytest.mark.parametrize(
    ("grid", "sentence"),
    [
        (np.zeros((28, 28)), "Nothing is painted yet"),
        (np.full((28, 28), -1), "Nothing is painted yet"),
        (np.ones((27, 28)), "28 rows of 28 squares"),
        ([], "28 rows of 28 squares"),
        (None, "28 rows of 28 squares"),
        ([[0] * 28] * 27 + [[0] * 27], "should be numbers"),
        ([["x"] * 28] * 28, "should be numbers"),
        ([[10**400] * 28] * 28, "should be numbers"),
        (np.full((28, 28), np.nan), "not a finite number"),
        (np.full((28, 28), np.inf), "not a finite number"),
    ],
)
def test_what_is_no_grid_is_refused(grid: object, sentence: str) -> None:
    with pytest.raises(DrawingError, match=sentence):
        rasterise_grid(grid)
