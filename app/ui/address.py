"""Numbers that a page keeps in its address, also when a button and not the learner sets them."""

import numpy as np
import streamlit as st


def choose_number(label: str, last: int, key: str) -> int:
    """A number input from 0 to `last`, kept in the address under its key, and a button that draws lots.

    Args:
        label: of the input.
        last: largest number, 0 or more.
        key: in the session and in the address.
    """
    if key not in st.session_state:
        text = st.query_params.get(key, "")
        st.session_state[key] = int(text) if text.isdecimal() and len(text) < 10 else 0
    st.session_state[key] = min(st.session_state[key], last)
    number = int(st.number_input(label, 0, last, key=key, width=140))
    st.query_params[key] = str(number)
    st.button(
        "Another one",
        icon=":material/shuffle:",
        key=f"another-{key}",
        on_click=_draw_lots,
        args=(key, last),
    )
    return number


def _draw_lots(key: str, last: int) -> None:
    st.session_state[key] = int(np.random.default_rng().integers(last + 1))
