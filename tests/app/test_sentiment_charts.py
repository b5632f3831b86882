"""Charts and lists along the words of a sentence: legal, and with nothing of a stranger's in their code."""

import json

import altair as alt
import numpy as np
import pytest

from app.ui.charts import Picture
from app.ui.sentiment.charts import color_range, growth_chart
from app.ui.sentiment.pushes import short, signed
from app.ui.sentiment.vectors import nearest, scale_html
from app.ui.sentiment.vocabulary import id_chips

WORDS = ["good", "and", "good", "<b>", "1 film", "x" * 5_000, "שלום", "'+alert(1)+'"]


def check(picture: Picture) -> None:
    """Legal Vega-Lite, in which only the data have words of the sentence."""
    alt.Chart.from_dict(picture.spec | {"data": {"name": "any"}})
    text = json.dumps(picture.spec)
    assert "alert" not in text
    assert "<b>" not in text


def test_a_long_word_is_cut() -> None:
    assert short("film") == "film"
    assert short("x" * 5_000, 5) == "xxxx…"


@pytest.mark.parametrize(
    ("name", "values", "wanted"),
    [
        ("forget_gate", [0.4], (0, 1)),
        ("backward_input_gate", [0.4], (0, 1)),
        ("hidden", [-0.32, 0.1], (-0.4, 0.4)),
        ("cell", [7.01], (-7.1, 7.1)),
        ("cell", [float("nan"), float("inf")], (-0.1, 0.1)),
        ("candidate", [], (-0.1, 0.1)),
    ],
)
def test_colours_go_as_far_as_the_values(name: str, values: list[float], wanted: tuple[float, float]) -> None:
    assert color_range(name, [np.array(values)]) == pytest.approx(wanted)


def test_readings_side_by_side_share_their_colours() -> None:
    assert color_range("hidden", [np.array([0.1]), np.array([-0.55])]) == pytest.approx((-0.6, 0.6))


def test_growth() -> None:
    picture = growth_chart(np.arange(1, 6_921))
    check(picture)
    assert picture.frame.iloc[-1].tolist() == [6920, 6920]
    assert len(picture.frame) <= 250


@pytest.mark.parametrize(
    ("value", "text"), [(0.314, "+0.31"), (-0.02, "−0.02"), (0.004, "0.00"), (-0.001, "0.00")]
)
def test_signs(value: float, text: str) -> None:
    assert signed(value) == text


def test_words_are_escaped() -> None:
    html = id_chips([("<script>alert(1)</script>", 3), ("a&b", 4)])
    assert "<script" not in html
    assert "a&amp;b" in html
    assert "&lt;b&gt;" in scale_html(-1, 1, "<b>")


def test_nearest_by_cosine() -> None:
    matrix = np.array([[1, 0], [2, 0.1], [0, 5], [-3, 0], [0, 0]], np.float32)
    found = nearest(matrix, 0, 4)
    assert [index for index, _ in found] == [1, 2, 4, 3]
    assert found[0][1] == pytest.approx(0.99875, abs=1e-4)
    assert found[-1][1] == pytest.approx(-1)


def test_nearest_in_a_matrix_that_has_diverged() -> None:
    matrix = np.full((3, 2), np.nan, np.float32)
    assert len(nearest(matrix, 0, 5)) == 2
