"""How often a page looks at what is under way."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.ui import live as module
from app.ui.live import SHARE, SLOWEST, Pace


def after(*looks: float) -> Pace:
    pace = Pace()
    for seconds in looks:
        pace.looked(seconds)
    return pace


def test_cheap_looks_are_as_often_as_wanted() -> None:
    assert Pace().tick(0.2) == 0.2
    assert after(*[0.03] * 100).tick(0.2) == 0.2


def test_costly_looks_keep_to_their_share() -> None:
    tick = after(*[0.1] * 100).tick(0.2)
    assert 0.1 / tick == pytest.approx(SHARE, rel=0.01)


def test_however_costly_one_looks_now_and_then() -> None:
    assert after(*[30.0] * 100).tick(0.2) == pytest.approx(SLOWEST, rel=0.01)
    assert after(*[30.0] * 100).tick(2 * SLOWEST) == 2 * SLOWEST


def test_one_long_look_changes_little_and_is_forgotten() -> None:
    assert after(30.0).tick(0.2) == pytest.approx(0.2)
    assert after(*[0.1] * 50, 30.0, *[0.03] * 50).tick(0.2) == 0.2


def page() -> None:
    import streamlit as st  # noqa: PLC0415  # AppTest runs this function alone

    from app.ui.live import live  # noqa: PLC0415

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    live(st.session_state["look"], st.session_state.get("tick"))("seen")


def watched(look: Any, tick: float | None) -> AppTest:  # noqa: ANN401  # any function
    test = AppTest.from_function(page)
    test.session_state["look"], test.session_state["tick"] = look, tick
    return test.run()


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> Pace:
    """A server that nobody has looked at yet."""
    pace = Pace()
    monkeypatch.setattr(module, "PACE", pace)
    return pace


@pytest.mark.usefixtures("pace")
@pytest.mark.parametrize("tick", [None, 0.2])
def test_what_is_drawn_is_seen_once(tick: float | None) -> None:
    test = watched(st.markdown, tick)
    assert [one.value for one in test.markdown] == ["seen"]
    assert test.session_state["runs"] == 1


def test_the_page_runs_again_where_another_tick_is_due(pace: Pace) -> None:
    def look(_words: str) -> None:
        if st.session_state["runs"] == 1:  # meanwhile, others have looked
            for _look in range(100):
                pace.looked(0.2)

    test = watched(look, 0.2)
    assert not test.exception
    assert test.session_state["runs"] == 2
