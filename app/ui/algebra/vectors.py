"""Over which vectors the page computes: chosen above every part, and said in words."""

from collections.abc import Callable

import streamlit as st

from app.ui.spaces import choose_basis, choose_space
from app.ui.words import plain
from models.vectors import VectorError, VectorSpace

VECTORS, SEEN = "vectors", "seen"
"""Names in the address."""


def over_vectors(part: Callable[[VectorSpace], None]) -> Callable[[], None]:
    """A part of the page below the choice of its vectors."""

    def show() -> None:
        left, right = st.columns([2, 1], gap="medium", vertical_alignment="top")
        with left:
            chosen = choose_space(VECTORS)
        if chosen is None:
            return
        with right:
            space = choose_basis(chosen, SEEN)
        st.caption(about(space))
        try:
            part(space)
        except VectorError as error:  # such as a space with too few words
            st.error(plain(str(error)), icon=":material/error:")

    return show


def about(space: VectorSpace) -> str:
    """Which vectors these are, in a line of Markdown."""
    seen = "as they are (raw)" if space.basis == "raw" else "centred: minus the mean of all words"
    return (
        f":material/database: {plain(space.name)}: {len(space):,} words, {space.size} numbers for each, "
        f"{seen}. Cosines are taken over all {space.size} numbers and all words that may be answers: exact, "
        "no sampling."
    )
