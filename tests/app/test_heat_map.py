"""What a heat map takes from a browser, which may send anything."""

import pytest
import streamlit as st

from app.ui.heat_map import _receive


@pytest.mark.parametrize(
    ("sent", "picked"),
    [
        ({"picked": 1}, [1]),
        ({"picked": 55.0}, [55]),
        ({"picked": 0}, []),
        ({"picked": 56}, []),
        ({"picked": -1}, []),
        ({"picked": 1.5}, []),
        ({"picked": float("nan")}, []),
        ({"picked": float("inf")}, []),
        ({"picked": "7"}, []),
        ({"picked": [7]}, []),
        ({"picked": {"column": 7}}, []),
        ({"picked": None}, []),
        ({}, []),
        (None, []),
        ("picked", []),
    ],
)
def test_only_a_column_that_is_there_is_picked(
    monkeypatch: pytest.MonkeyPatch, sent: object, picked: list[int]
) -> None:
    monkeypatch.setattr(st, "session_state", {"map": sent})
    found: list[int] = []
    _receive("map", 55, found.append)
    assert found == picked
