"""Numbers that a page keeps in its address, also when a button and not the learner sets them."""

import streamlit as st


def number_in_address(label: str, last: int, key: str) -> int:
    """A number input from 0 to `last`, kept in the address under its key.

    Streamlit's own binding writes only what the learner types, not what a callback sets.
    """
    if key not in st.session_state:
        text = st.query_params.get(key, "")
        st.session_state[key] = int(text) if text.isdecimal() and len(text) < 10 else 0
    st.session_state[key] = min(st.session_state[key], last)
    number = int(st.number_input(label, 0, last, key=key, width=140))
    st.query_params[key] = str(number)
    return number
