"""Mistakes: which examples stand behind a cell of the confusion matrix, and the matrix itself."""

import json
from itertools import pairwise

import altair as alt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.charts import Picture
from app.ui.errors import confusion_chart, worst_first
from tests.models.strategies import REPEATABLE

DIGITS = tuple("0123456789")

TRUTH = np.array([3, 3, 3, 8, 8, 5, 3])
SAID = np.array([3, 8, 8, 3, 8, 5, 8])
SURE = np.array([0.9, 0.6, 0.8, 0.7, 0.99, 0.5, 0.8])

labels = st.integers(0, 9)
outcomes = st.lists(st.tuples(labels, labels, st.floats(0, 1)), max_size=60)
cells = st.none() | st.tuples(labels, labels)


@pytest.mark.parametrize(
    ("cell", "indices"),
    [
        (None, [2, 6, 3, 1]),  # 2 and 6 are as sure as one another: in their order
        ((3, 8), [2, 6, 1]),
        ((8, 3), [3]),
        ((3, 3), [0]),
        ((5, 5), [5]),
        ((0, 0), []),
    ],
)
def test_the_most_confident_first(cell: tuple[int, int] | None, indices: list[int]) -> None:
    assert worst_first(TRUTH, SAID, SURE, cell) == indices


@REPEATABLE
@given(outcomes, cells)
def test_all_of_a_cell_and_nothing_else(
    outcome: list[tuple[int, int, float]], cell: tuple[int, int] | None
) -> None:
    truth, said = np.array([pair[:2] for pair in outcome], int).reshape(-1, 2).T
    sure = np.array([confidence for *_, confidence in outcome])
    indices = worst_first(truth, said, sure, cell)
    wanted = {i for i, (t, s, _) in enumerate(outcome) if ((t, s) == cell if cell else t != s)}
    assert set(indices) == wanted
    assert len(indices) == len(wanted)
    assert all(sure[a] >= sure[b] for a, b in pairwise(indices))
    assert all(type(index) is int for index in indices)  # they become parts of widgets' keys


def test_without_mistakes_there_is_nothing_to_list() -> None:
    assert worst_first(TRUTH, TRUTH, SURE, None) == []


# The matrix


def digits_chart() -> Picture:
    return confusion_chart(TRUTH, SAID, DIGITS)


def test_each_of_100_cells_has_its_count() -> None:
    frame = digits_chart().frame
    assert len(frame) == 100
    assert frame["count"].sum() == len(TRUTH)
    seen = frame[frame["count"] > 0]
    counts = dict(zip(zip(seen["truth"], seen["said"], strict=True), seen["count"], strict=True))
    assert counts == {("3", "3"): 1, ("3", "8"): 3, ("8", "3"): 1, ("8", "8"): 1, ("5", "5"): 1}


def test_shares_are_of_what_it_is() -> None:
    frame = digits_chart().frame.set_index(["truth", "said"])["share"]
    assert frame["3", "8"] == pytest.approx(0.75)
    assert frame["8", "3"] == pytest.approx(0.5)
    sums = frame.groupby("truth").sum()
    assert sums[["3", "5", "8"]].to_numpy() == pytest.approx(1)
    assert sums.drop(["3", "5", "8"]).eq(0).all()  # there are none of them: no share is NaN


def test_it_is_legal_and_names_ten_classes_in_their_order() -> None:
    spec = digits_chart().spec
    alt.LayerChart.from_dict(spec | {"data": {"name": "any"}})
    text = json.dumps(spec, allow_nan=False)
    assert text.count(json.dumps(list(DIGITS))) >= 2  # both axes
    assert '"name": "cell"' in text


def test_the_picture_of_ten_classes_fits_a_screen() -> None:
    assert digits_chart().spec["height"] <= 600


def test_whoever_changes_a_picture_changes_no_other() -> None:
    first = digits_chart()
    first.spec["height"] = 1
    first.frame.loc[0, "count"] = 99
    assert digits_chart().spec["height"] > 1
    assert digits_chart().frame.loc[0, "count"] == 0
