"""What the pads on which a learner draws have in common: a stroke's way from the browser, and the hint."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from app.ui.component import last_received, receive
from models.drawing import DrawingError

T = TypeVar("T")

STROKE = "stroke"


def last_stroke(key: str) -> int | None:
    """The stroke of a pad that was taken last, by which the browser knows it again."""
    return last_received(key, STROKE)


def forget_problem(key: str) -> None:
    """Something else is on a pad now: in a callback, or before the pad is drawn."""
    st.session_state[f"{key}.problem"] = ""


def show_hint(key: str, hint: str, keys: str) -> None:
    """How one draws on a pad, or, in its place, so that nothing jumps, why the last stroke was not taken.

    Args:
        key: of the pad.
        hint: what to do.
        keys: how to do it without a pointer.
    """
    if problem := st.session_state.get(f"{key}.problem"):
        st.warning(f"That was not drawn. {problem}", icon=":material/block:")
    else:
        st.caption(hint, help=keys)


def take_stroke(
    key: str, state: str, content: str, check: Callable[[object], T], on_draw: Callable[[T], None]
) -> None:
    """Take a stroke from the browser, which may have sent anything: in the callback of the pad.

    Args:
        key: of the pad.
        state: name of what the pad sends.
        content: name in it of what is drawn.
        check: makes it legal, or raises a DrawingError.
        on_draw: called with what `check` has made of it.
    """
    sent = receive(key, state, STROKE)
    try:
        drawn = check(sent.get(content))
    except DrawingError as error:
        st.session_state[f"{key}.problem"] = str(error)
    else:
        forget_problem(key)
        on_draw(drawn)
