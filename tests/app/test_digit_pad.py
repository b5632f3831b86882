"""What the pad for digits takes from a browser, which may send anything."""

import json
import math
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.ui import digit_pad
from app.ui.digit_pad import MAX_STROKES, Strokes, check_drawing, clear, put_strokes
from models.drawing import DrawingError
from models.strokes import MAX_POINTS, rasterise

pytestmark = pytest.mark.usefixtures("quick_app_tests")

BEFORE: Strokes = (((0.5, 0.2), (0.5, 0.8)),)


def nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


NO_DRAWINGS: dict[str, object] = {
    "nothing": None,
    "a number": 7,
    "text": "<script>alert(1)</script>",
    "a mapping": {"0": [[0.1, 0.2]]},
    "true": True,
    "numbers": [0.1, 0.2],
    "a list and text": [[], "x"],
    "points without strokes": [[0.1, 0.2], [0.3, 0.4]],
    "text in a point": [[["0.1", "0.2"]]],
    "null in a point": [[[None, 0.2]]],
    "true in a point": [[[True, False]]],
    "three numbers": [[[0.1, 0.2, 0.3]]],
    "one number": [[[0.1]]],
    "a point of mappings": [[[{}, {}]]],
    "NaN": [[[math.nan, 0.2]]],
    "infinity": [[[0.1, math.inf]]],
    "NaN at the end": [[[0.1, 0.2]] * 100, [[0.1, math.nan]]],
    "deeply nested": nested(500),
    "too many points": [[[0.5, 0.5]] * (MAX_POINTS + 1)],
    "a million points": [[[0.5, 0.5]] * 1_000_000],
    "a million strokes": [[[0.5, 0.5]]] * 1_000_000,
    "a million empty strokes": [[]] * 1_000_000,
    "one stroke too many": [[[0.5, 0.5]]] * (MAX_STROKES + 1),
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for the session's state, in which a drawing and an earlier stroke are."""
    state: dict[str, Any] = {"pad.strokes": BEFORE, "pad.stroke": 1, "pad.problem": ""}
    monkeypatch.setattr(st, "session_state", state)
    return state


def receive(session: dict[str, Any], sent: object) -> None:
    session["pad"] = {"drawing": sent}
    digit_pad._receive("pad")


@pytest.mark.parametrize("strokes", NO_DRAWINGS.values(), ids=NO_DRAWINGS)
def test_what_is_no_drawing_is_refused_in_a_sentence(session: dict[str, Any], strokes: object) -> None:
    receive(session, {"strokes": strokes, "stroke": 2})
    problem = session["pad.problem"]
    assert problem.endswith(".")
    assert len(problem) < 150
    assert "<" not in problem
    assert session["pad.strokes"] == BEFORE
    assert session["pad.stroke"] == 2  # the browser need not wait any longer, and shows what was there


@pytest.mark.parametrize(
    "sent", [None, 7, "x", [], [1], {}, {"strokes": None}, {"stroke": [2]}, {"stroke": math.nan}]
)
def test_what_is_no_message_is_refused(session: dict[str, Any], sent: object) -> None:
    receive(session, sent)
    assert session["pad.problem"]
    assert session["pad.strokes"] == BEFORE
    assert session["pad.stroke"] is None


def test_the_sentence_names_the_limit() -> None:
    with pytest.raises(DrawingError, match="at most 64 strokes, not 1,000,000"):
        check_drawing([[]] * 1_000_000)
    with pytest.raises(DrawingError, match="1,000,000 points; the limit is 5,000"):
        check_drawing([[[0, 0]] * 1_000_000])


def test_a_drawing_is_taken(session: dict[str, Any]) -> None:
    session["pad.problem"] = "Something was wrong."
    receive(session, {"strokes": [[[0.1, 0.2], [0.3004, 1]], [[0, 0.5]]], "stroke": 2})
    assert session["pad.strokes"] == (((0.1, 0.2), (0.3, 1.0)), ((0.0, 0.5), (0.0, 0.5)))
    assert session["pad.problem"] == ""
    assert session["pad.stroke"] == 2


def test_points_beyond_the_pad_move_to_its_edge() -> None:
    assert check_drawing([[[-3, 0.5], [10**400, -(10**400)]]]) == (((0.0, 0.5), (1.0, 0.0)),)


@pytest.mark.parametrize("nothing", [[], [[]], [[], []]])
def test_nothing_drawn_is_a_drawing(session: dict[str, Any], nothing: object) -> None:
    receive(session, {"strokes": nothing, "stroke": 2})
    assert session["pad.strokes"] == ()
    assert session["pad.problem"] == ""


def test_the_limits_can_be_reached() -> None:
    drawing = [[[0.25, 0.5]] * 100] * 50
    assert sum(map(len, check_drawing(drawing))) == MAX_POINTS
    assert len(check_drawing([[[0.5, 0.5]]] * MAX_STROKES)) == MAX_STROKES


def test_a_drawing_can_be_a_key_be_sent_and_be_rasterised() -> None:
    drawing = check_drawing([[[0.4, 0.1], [0.5, 0.9]]])
    assert hash(drawing) == hash(check_drawing(json.loads(json.dumps(drawing))))
    assert rasterise(drawing).shape == (28, 28)


def test_put_and_clear(session: dict[str, Any]) -> None:
    session["pad.problem"] = "Something was wrong."
    put_strokes("pad", BEFORE * 2)
    assert session["pad.strokes"] == BEFORE * 2
    assert session["pad.problem"] == ""
    clear("pad")
    assert session["pad.strokes"] == ()


def _page() -> None:
    import streamlit as st  # noqa: PLC0415  # the page is a script of its own

    from app.ui.digit_pad import digit_pad  # noqa: PLC0415

    st.write(f"{digit_pad('pad', 'Your digit')}")


def test_on_a_page() -> None:
    page = AppTest.from_function(_page, default_timeout=20).run()
    assert not page.exception
    assert page.markdown[0].value == "()"
    page.session_state["pad.strokes"] = BEFORE
    page.session_state["pad.problem"] = "That is no digit."
    page.run()
    assert page.markdown[0].value == f"{BEFORE}"
    assert "That is no digit." in page.warning[0].value
