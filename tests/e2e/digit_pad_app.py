"""A page with nothing but a pad for digits, and what Python holds of it; run by `page_server.py`."""

import json

import streamlit as st

from app.ui.digit_pad import MAX_STROKES, Strokes, clear, digit_pad, put_strokes

ONE: Strokes = (((0.5, 0.2), (0.5, 0.8)),)
NEARLY_FULL: Strokes = tuple(((x / 64, 0.1), (x / 64, 0.2)) for x in range(MAX_STROKES - 1))


def count(name: str) -> None:
    """Show how often this has run."""
    st.session_state[name] = st.session_state.get(name, 0) + 1
    st.html(f'<p data-testid="{name}">{st.session_state[name]}</p>')


@st.fragment
def pad() -> None:
    """As a page of the lab would have it: a stroke runs the fragment, not the page."""
    strokes = digit_pad("digit", "Your digit")
    st.html(f'<p data-testid="strokes">{json.dumps(strokes)}</p>')
    count("fragment")
    with st.container(horizontal=True):
        st.button("One", on_click=put_strokes, args=("digit", ONE))
        st.button("Nearly full", on_click=put_strokes, args=("digit", NEARLY_FULL))
        st.button("Empty", on_click=clear, args=("digit",))


st.title("Digit pad")
if not st.checkbox("Away"):
    pad()
count("page")
