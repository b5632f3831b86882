"""What strips send to a browser, and what they take from a browser, which may send anything."""

import json
import re
from typing import Any

import numpy as np
import pytest
import streamlit as st

from app.ui import strips as module
from app.ui.component import last_received, source
from app.ui.inside_strips import input_strip
from app.ui.strips import Cells, Lines, Sides, Slider, _receive, is_moving, strips


@pytest.mark.parametrize(
    ("column", "picked"),
    [
        (1, [1]),
        (55.0, [55]),
        (0, []),
        (56, []),
        (-1, []),
        (1.5, []),
        (float("nan"), []),
        (float("inf"), []),
        ("7", []),
        ([7], []),
        ({"column": 7}, []),
        (None, []),
    ],
)
def test_only_a_column_that_is_there_is_picked(
    monkeypatch: pytest.MonkeyPatch, column: object, picked: list[int]
) -> None:
    monkeypatch.setattr(st, "session_state", {"map": {"picked": {"column": column, "number": 3}}})
    found: list[int] = []
    _receive("map", 55, found.append)
    assert found == picked
    assert last_received("map", "number") == 3  # or the browser would wait for its answer


@pytest.mark.parametrize(
    "sent", [{}, None, "picked", {"picked": None}, {"picked": 7}, {"picked": [7]}, {"picked": "7"}]
)
def test_what_is_no_choice_is_ignored(monkeypatch: pytest.MonkeyPatch, sent: object) -> None:
    monkeypatch.setattr(st, "session_state", {"map": sent})
    found: list[int] = []
    _receive("map", 55, found.append)
    assert found == []


@pytest.mark.parametrize(
    ("sent", "moves"), [(True, True), (False, False), (None, False), ("yes", False), ([1], False)]
)
def test_while_a_slider_moves_what_it_chooses_will_not_stay(
    monkeypatch: pytest.MonkeyPatch, sent: object, moves: bool
) -> None:
    monkeypatch.setattr(st, "session_state", {"map": {"picked": {"column": 7, "isMoving": sent}}})
    assert not is_moving("map")
    _receive("map", 55, lambda _: None)
    assert is_moving("map") == moves
    st.session_state["map"] = {"picked": None}
    _receive("map", 55, lambda _: None)
    assert not is_moving("map")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The data of each component that was shown, as the browser reads them."""
    shown: list[dict[str, Any]] = []

    def mount(*, key: str, data: dict[str, Any], **callbacks: object) -> None:
        shown.append(json.loads(json.dumps(data, allow_nan=False)))

    monkeypatch.setattr(module, "_STRIPS", mount)
    return shown


def test_lines_and_cells_of_the_same_columns_are_marked_and_clicked_together(
    sent: list[dict[str, Any]],
) -> None:
    states = np.linspace(-1, 1, 11 * 4, dtype=np.float32).reshape(11, 4)
    x = np.linspace(0, 1, 55, dtype=np.float32)
    said = Lines(np.full((3, 11), 1 / 3, np.float32), "probability", "Said.", ("a", "b", "c"), percent=True)
    strips([input_strip(x), Cells(states, -1, 1, "States."), said], key="k", marked=7, on_pick=print)
    above, cells, below = sent[0]["parts"]
    assert [(part["columns"], part["shared"]) for part in (above, cells, below)] == [
        (55, False),  # 55 points are read as 11 steps of 5: a point is no step
        (11, True),
        (11, True),
    ]
    assert (sent[0]["count"], sent[0]["marked"], sent[0]["takesClicks"]) == (11, 7, True)
    assert cells["rows"] == 4
    assert cells["values"][:2] == [-1.0, pytest.approx(states[1, 0], abs=1e-4)]  # unit by unit
    assert below["ticks"] == [[0.0, "0%"], [0.5, "50%"], [1.0, "100%"]]


def test_what_is_not_a_number_is_sent_as_nothing(sent: list[dict[str, Any]]) -> None:
    values = np.array([[0.25, np.nan], [np.inf, -np.inf]], np.float32)
    strips([Lines(values, "x", "Lines.", ("a", "b")), Cells(values, 0, 1, "Cells.")], key="k")
    lines, cells = sent[0]["parts"]
    assert lines["series"] == [[0.25, None], [None, None]]
    assert cells["values"] == [0.25, None, None, None]
    assert not sent[0]["takesClicks"]


def test_a_slider_has_the_columns_of_the_pictures_or_of_its_texts(sent: list[dict[str, Any]]) -> None:
    strips([Lines(np.zeros((1, 5)), "x", "Lines.")], key="k", slider=Slider("t"), on_pick=print)
    strips([], key="k", marked=2, slider=Slider("Moment", ["before", "after"]), on_pick=print)
    assert [data["count"] for data in sent] == [5, 2]
    assert not any(data["film"] for data in sent)
    assert sent[1]["slider"] == {"label": "Moment", "texts": ["before", "after"], "help": "", "plays": False}


@pytest.mark.parametrize("x", [[0, 0], [0, 1.05], [-3, 200], [5, 5], [-2, -1], [0, 0.01]])
def test_an_input_of_any_height_lies_within_its_strip(sent: list[dict[str, Any]], x: list[float]) -> None:
    strips([input_strip(np.array(x, np.float32))], key="k")
    (part,) = sent[0]["parts"]
    assert part["low"] <= min(x) <= max(x) <= part["high"]
    assert all(0 <= place <= 1 for place, _ in part["ticks"])


def test_words_are_sent_as_they_are_and_dots_have_a_side(sent: list[dict[str, Any]]) -> None:
    words = ["good", "and", "good", "<b>", "שלום", "'+alert(1)+'"]
    after = Lines(np.zeros((1, 6), np.float32), "so far", "After.", sides=Sides(0.5, "#d55e00", "#0072b2"))
    strips([after], key="k", column="word", labels=words)
    (part,) = sent[0]["parts"]
    assert sent[0]["labels"] == words  # the browser makes text of them
    assert part["sides"] == {"at": 0.5, "above": "#d55e00", "below": "#0072b2"}
    assert not part["filled"]


def test_the_browser_makes_no_html_of_what_it_is_sent() -> None:
    _, script = source("strips")
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
