"""What the address holds that no widget does: the selected word, and words that were asked for."""

from __future__ import annotations

import streamlit as st

from models.vectors import UnknownWordError, VectorSpace

WORD, ALSO = "word", "also"
MOST = 30
"""Words that are kept beside those shown anyway."""
LONGEST = 100


def select(word: str) -> None:
    """Select a word: in a callback. It stays on the map when another is selected."""
    word = word[:LONGEST]
    others = [other for other in asked_for() if other != word]
    st.query_params[WORD] = word
    st.query_params[ALSO] = [*others, word][-MOST:]


def deselect() -> None:
    """Select nothing, and show no other words than at first: in a callback."""
    for name in (WORD, ALSO):
        st.query_params.pop(name, None)


def asked_for() -> list[str]:
    """Words that were asked for, the latest last."""
    words = [word[:LONGEST] for word in st.query_params.get_all(ALSO) if word]
    return list(dict.fromkeys(words))[-MOST:]


def selected(space: VectorSpace) -> str | None:
    """The selected word as it stands in the space; None if none is.

    Raises:
        UnknownWordError: the space does not have it.
    """
    asked = st.query_params.get(WORD, "")
    if not asked:
        return None
    if len(asked) > LONGEST:
        raise UnknownWordError(asked, (), len(space))
    return space.vocabulary[space.vocabulary.look_up(asked)]
