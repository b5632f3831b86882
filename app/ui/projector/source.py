"""Whose vectors are shown: GloVe, a network's, or a learner's own file."""

from __future__ import annotations

import io

import streamlit as st

from app.ui.spaces import choose_space
from app.ui.words import plain
from models.vectors import VectorError, VectorSpace

OURS, OWN = "GloVe or a network", "My own file"
KEPT = "projector.own"
"""With the key of the uploader: the space of the learner's file, as long as the page stays open."""
LOADED = "projector.file"

NO_FILE = (
    "A file stays with whoever chose it: it is never written to the server's disk, and no link shows it to "
    "others. Choose yours above."
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
    kept, loaded = f"{KEPT}.{key}", f"{LOADED}.{key}"
    with st.container(horizontal=True):
        vectors = st.file_uploader(
            "Vectors", ("txt", "vec", "tsv"), key=f"{key}-vectors", help=FORMATS, on_change=_forget,
            args=(key,),
        )  # fmt: skip
        labels = st.file_uploader("Labels, if the file has none", ("tsv", "txt"), key=f"{key}-labels")
    if vectors is not None:
        files = (vectors.file_id, labels.file_id if labels else "")
        if st.session_state.get(loaded) != files:
            try:
                with st.spinner("Reading …"):
                    st.session_state[kept] = VectorSpace.from_file(
                        vectors.name[:60] or "own file",
                        io.BytesIO(vectors.getvalue()),
                        io.BytesIO(labels.getvalue()) if labels else None,
                    )
                st.session_state[loaded] = files
            except VectorError as error:
                _forget(key)
                st.error(plain(str(error)), icon=":material/error:")
                return None
    space = st.session_state.get(kept)
    if not isinstance(space, VectorSpace):
        st.info(NO_FILE, icon=":material/upload_file:")
        return None
    if vectors is None:  # the uploader is new, since the learner was elsewhere meanwhile
        st.caption(f"Still shown: {plain(space.name)}.")
    return space


def _forget(key: str) -> None:
    """Another file was chosen, or the file was taken away."""
    for name in (KEPT, LOADED):
        st.session_state.pop(f"{name}.{key}", None)
