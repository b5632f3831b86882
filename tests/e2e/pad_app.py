"""A page with nothing but a pad, and what Python holds of it; run by `page_server.py`."""

import streamlit as st

from app.ui.curve_pad import draw_a_curve, preset_curve


def count(name: str) -> None:
    """Show how often this has run."""
    st.session_state[name] = st.session_state.get(name, 0) + 1
    st.html(f'<p data-testid="{name}">{st.session_state[name]}</p>')


@st.fragment
def pad() -> None:
    """As a page of the lab would have it: a stroke runs the fragment, not the page."""
    values = draw_a_curve("curve", preset_curve("square"))
    st.html(f'<p data-testid="heights">{" ".join(f"{height:.3f}" for height in values)}</p>')
    count("fragment")


st.title("Pad")
if not st.checkbox("Away"):
    pad()
count("page")
