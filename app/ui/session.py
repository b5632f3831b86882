"""What a page needs to know of the server and of who is looking."""

import streamlit as st

from app.lab import Lab, StoreError
from app.learner import COOKIE, is_learner, new_learner
from app.once import OneOfServer
from app.settings import Settings

__all__ = ["StoreError", "lab", "learner"]


@OneOfServer
def lab() -> Lab:
    """The one lab of this server."""
    return Lab.from_settings(Settings())


def learner() -> str:
    """The id of the learner in front of this page."""
    if "learner" not in st.session_state:
        cookie = st.context.cookies.get(COOKIE, "")
        # Without cookies a learner is known as long as the page stays open.
        st.session_state.learner = cookie if is_learner(cookie) else new_learner()
    return str(st.session_state.learner)
