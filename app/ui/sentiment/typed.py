"""The sentence that a learner types: the same in every part of the lab, and in the address."""

import streamlit as st

from app.ui.live import AT_ONCE

SENTENCE = "sentence"
"""Its key in the session and its name in the address."""

FIRST = "a great cast , wasted on a dull story"
"""What stands there at first."""

MOST = 5_000
"""Characters that are kept: a network reads 55 words."""

_TOO_LONG = "sentence.too-long"


def sentence_box() -> str:
    """Let the learner type; each key runs the fragment, or the page, that the box is in.

    Returns:
        What stands there, of at most `MOST` characters.
    """
    st.session_state.setdefault(SENTENCE, FIRST)
    text = st.text_input(
        "Your sentence",
        key=SENTENCE,
        bind="query-params",
        live=AT_ONCE,
        placeholder="Type a sentence of a movie review",
        autocomplete="off",
        on_change=_cut,
    )
    kept = text[:MOST]
    if st.session_state.get(_TOO_LONG) or len(text) > MOST:
        st.warning(f"Only the first {MOST:,} characters are kept.", icon=":material/content_cut:")
    return kept


def the_sentence() -> str:
    """What the learner typed last, also where there is no box."""
    text = st.session_state.get(SENTENCE, FIRST)
    return text[:MOST] if isinstance(text, str) else FIRST


def put_sentence(text: str) -> None:
    """Put a sentence into the box: in a callback."""
    st.session_state[SENTENCE] = text[:MOST]
    st.session_state[_TOO_LONG] = False


def _cut() -> None:
    """Take only as much from the browser as is wanted."""
    text = str(st.session_state.get(SENTENCE) or "")
    if len(text) > MOST:
        kept = text[:MOST]
        # Streamlit mends the address only if it seems to hold something else, and it looks at the one before.
        st.session_state[SENTENCE] = kept[:-1] if kept == st.query_params.get(SENTENCE) else kept
    st.session_state[_TOO_LONG] = len(text) > MOST
