"""The generator follows the course's curves, and the course's files are read as they are."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import DataError, shapes
from data.shapes import INFO, LENGTH, curve, generate, read

COURSE_FOLDERS = [
    Path(os.environ.get("UNROLL_DATA") or "nowhere"),
    Path(__file__).parents[3] / "shared" / "data",
]
COURSE = next((folder for folder in COURSE_FOLDERS if (folder / shapes.TRAIN.name).is_file()), None)
needs_course = pytest.mark.skipif(COURSE is None, reason="the course's files are not on this computer")

widths = st.integers(10, 39)


def visible(x: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[int, int]:
    """The first and the last step that is not 0."""
    steps = np.flatnonzero(x)
    return int(steps[0]), int(steps[-1])


@given(shape=st.sampled_from(INFO.classes), width=widths, place=st.floats(0, 1))
def test_every_curve_has_its_height_width_and_margins(shape: str, width: int, place: float) -> None:
    start = 5 + round(place * (44 - width))
    x = curve(shape, width, start)
    assert x.shape == (LENGTH,)
    assert x.dtype == np.float32
    assert not x[:5].any()
    assert not x[49:].any()

    peak = (width + 1) / width if shape == "triangle" and width % 2 else 1.0
    assert x.max() == np.float32(peak)
    assert x.min() == 0

    first, last = visible(x)
    hidden = shape == "triangle" or (shape == "ellipse" and width % 2 == 0)
    assert (first, last) == (start + hidden, start + width - 1)
    assert x[first : last + 1].all()


def test_literal_curves() -> None:
    assert curve("square", 10, 5)[4:16].tolist() == [0, *[1] * 10, 0]
    eighths = [0.125 * i for i in range(8)]
    assert curve("triangle", 16, 23)[23:40].tolist() == [*eighths, 1, *eighths[::-1]]
    half = [0, 0.6, 0.8, 0.91652, 0.97980, 1]
    assert curve("ellipse", 10, 20)[20:31] == pytest.approx([*half, *half[-2::-1]], abs=1e-5)


@pytest.mark.parametrize(
    ("shape", "width", "first", "reason"),
    [
        ("square", 9, 5, "10 to 39 steps wide; got 9"),
        ("square", 40, 5, "10 to 39 steps wide; got 40"),
        ("square", 39, 4, "starts at step 5 to 10; got 4"),
        ("square", 39, 11, "starts at step 5 to 10; got 11"),
        ("circle", 20, 5, "one of square, triangle, ellipse; got 'circle'"),
    ],
)
def test_an_impossible_curve_is_refused(shape: str, width: int, first: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        curve(shape, width, first)


@given(count=st.integers(0, 100), seed=st.integers(0, 2**32))
def test_generated_curves_are_balanced_and_follow_the_seed(count: int, seed: int) -> None:
    x, y = generate(count, seed)
    assert x.shape == (count, LENGTH)
    assert x.dtype == np.float32
    assert y.shape == (count,)
    assert y.dtype == np.int32

    frequencies = np.bincount(y, minlength=3)
    assert len(frequencies) == 3
    assert frequencies.max() - frequencies.min() <= 1
    for row in x:
        first, last = visible(row)
        assert 5 <= first <= last <= 48
        assert 9 <= last - first + 1 <= 39

    again = generate(count, seed)
    np.testing.assert_array_equal(again[0], x)
    np.testing.assert_array_equal(again[1], y)


def test_other_seeds_give_other_curves() -> None:
    assert not np.array_equal(generate(100, 0)[0], generate(100, 1)[0])


def test_widths_and_places_are_evenly_spread() -> None:
    x, y = generate(9000, 0)
    squares = np.array([visible(row) for row in x[y == 0]])
    width = squares[:, 1] - squares[:, 0] + 1
    # 3,000 draws of 30 widths: 100 each, with a standard deviation of 10.
    assert np.bincount(width, minlength=40)[10:].min() > 60
    # Where within its room a square stands: evenly, so a tenth in each tenth, give or take some.
    room = 45 - width
    place = (squares[:, 0] - 5 + 0.5) / room
    assert place.mean() == pytest.approx(0.5, abs=0.03)
    assert {(5, 43), (10, 48)} <= {(a, b) for a, b in squares[width == 39]}


@needs_course
def test_the_course_files_have_their_rows_and_classes() -> None:
    assert COURSE is not None
    for file, size in ((shapes.TRAIN, INFO.train_size), (shapes.TEST, INFO.test_size)):
        x, y = read(COURSE / file.name)
        assert x.shape == (size, LENGTH)
        assert x.dtype == np.float32
        assert y.dtype == np.int32
        assert np.bincount(y).tolist() == [size // 3] * 3
    assert y[0] == INFO.classes.index((COURSE / shapes.TEST.name).read_text().split("\n")[1].split(",")[0])


@needs_course
def test_the_formula_gives_back_every_curve_of_the_course() -> None:
    assert COURSE is not None
    ours = {
        (label, curve(shape, width, first).tobytes())
        for label, shape in enumerate(INFO.classes)
        for width in range(10, 40)
        for first in range(5, 50 - width)
    }
    assert len(ours) == 1845
    for file in (shapes.TRAIN, shapes.TEST):
        x, y = read(COURSE / file.name)
        theirs = {(int(label), row.tobytes()) for row, label in zip(x, y, strict=True)}
        assert theirs <= ours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class,0,1\nsquare,0,1\n",
        "class," + ",".join(map(str, range(55))) + "\ncircle" + ",0" * 55 + "\n",
        "class," + ",".join(map(str, range(55))) + "\nsquare" + ",0" * 54 + "\n",
        "class," + ",".join(map(str, range(55))) + "\nsquare" + ",0" * 54 + ",nan\n",
        "class," + ",".join(map(str, range(55))) + "\nsquare" + ",0" * 54 + ",one\n",
    ],
    ids=["empty", "too few columns", "unknown class", "value missing", "not a number", "a word"],
)
def test_a_file_that_is_no_table_of_curves_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "curves.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"curves\.csv cannot be read as curves"):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read as curves"):
        read(tmp_path / "nowhere.csv")
