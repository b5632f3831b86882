"""Whose vectors are shown: GloVe, a network's, or a learner's own file."""

from __future__ import annotations

import io

import streamlit as st

from app.ui.spaces import choose_space
from app.ui.words import plain
from models.vectors import VectorError, VectorSpace

OURS, OWN = "GloVe or a network", "My own file"
KEPT = "projector.own"
"""The space of the learner's file, as long as the page stays open."""
LOADED = "projector.file"

NO_FILE = (
    "A file stays with whoever chose it: it is never kept on the server, and no link shows it to others. "
    "Choose yours above."
)
FORMATS = (
    "Text: a word and its numbers in each line, separated by blanks (GloVe, word2vec); or the two files of "
    "the TensorBoard projector, vectors and labels separated by tabs. At most 5 MB each."
)


def choose_source(key: str, *, is_narrow: bool = False) -> VectorSpace | None:
    """Choose word vectors; the choice goes into the address, a file does not.

    Args:
        key: name in the address.
        is_narrow: whether the controls stand below each other.
    """
    left, right = (st.container(), st.container()) if is_narrow else st.columns([1, 3], gap="medium")
    whose = left.segmented_control(
        "From", (OURS, OWN), default=OURS, required=True, key=f"{key}-from", bind="query-params"
    )
    with right:
        return choose_space(key) if whose != OWN else _own(key)


def _own(key: str) -> VectorSpace | None:
    with st.container(horizontal=True):
        vectors = st.file_uploader("Vectors", ("txt", "vec", "tsv"), key=f"{key}-vectors", help=FORMATS)
        labels = st.file_uploader("Labels, if the file has none", ("tsv", "txt"), key=f"{key}-labels")
    if vectors is not None:
        loaded = (vectors.file_id, labels.file_id if labels else "")
        if st.session_state.get(LOADED) != loaded:
            try:
                with st.spinner("Reading …"):
                    st.session_state[KEPT] = VectorSpace.from_file(
                        vectors.name[:60] or "own file",
                        io.BytesIO(vectors.getvalue()),
                        io.BytesIO(labels.getvalue()) if labels else None,
                    )
                st.session_state[LOADED] = loaded
            except VectorError as error:
                st.session_state.pop(KEPT, None)
                st.session_state.pop(LOADED, None)
                st.error(plain(str(error)), icon=":material/error:")
                return None
    space = st.session_state.get(KEPT)
    if not isinstance(space, VectorSpace):
        st.info(NO_FILE, icon=":material/upload_file:")
        return None
    return space
