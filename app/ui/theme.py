"""The theme in which a page is seen: light or dark."""

from typing import Literal

import streamlit as st

Theme = Literal["light", "dark"]


def theme() -> Theme:
    """The one that the learner's browser shows now; light where it has not said so."""
    return "dark" if st.context.theme.type == "dark" else "light"
