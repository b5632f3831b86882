"""Two checked exercises: from a sentence to its ids, and back."""

import numpy as np
import streamlit as st

from app.ui.words import plain
from data.text import OOV, TextDataset, read_ids, tokenize

WANTED = "a great cast"
"""The first exercise, where its words are known; else a short review."""

SHORTEST, LONGEST = 3, 5
"""Words of an exercise."""


def exercises(dataset: TextDataset) -> None:
    """Both, side by side, and others of their kind."""
    st.markdown("##### Your turn")
    turn = int(st.session_state.get("exercise", 0))
    there, back = exercise(dataset, 2 * turn), exercise(dataset, 2 * turn + 1)
    vocabulary = dataset.vocabulary
    ids = [vocabulary.word2id[word] for word in there]
    st.markdown(f"Which ids are **{plain(' '.join(there))}**?")
    answer = st.text_input(
        "Its ids",
        key=f"ids-{turn}",
        live="400ms",
        placeholder="whole numbers with blanks between them",
        max_chars=200,
    )
    _mark_ids(answer or "", ids)
    shown = " ".join(str(vocabulary.word2id[word]) for word in back)
    st.markdown(f"Which words are **{shown}**?")
    answer = st.text_input("Its words", key=f"words-{turn}", live="400ms", max_chars=200)
    _mark_words(answer or "", back)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Two others", icon=":material/shuffle:", key="another-exercise", on_click=_another)
        st.caption("Look up what you need: word → id and id → word.")


def exercise(dataset: TextDataset, number: int) -> list[str]:
    """The words of an exercise: the same for the same number, all of them known.

    Args:
        dataset: gives the words.
        number: 0 for the course's own.
    """
    if number == 0 and all(word in dataset.vocabulary.word2id for word in WANTED.split()):
        return WANTED.split()
    lengths = (dataset.x_test != dataset.vocabulary.pad_id).sum(axis=1)
    unknown = (dataset.x_test == dataset.vocabulary.oov_id).any(axis=1)
    fitting = np.flatnonzero((lengths >= SHORTEST) & (lengths <= LONGEST) & ~unknown)
    if not len(fitting):
        return [word for word in dataset.vocabulary.id2word if word.isalpha() and word != OOV][:SHORTEST]
    return dataset.tokens(dataset.x_test[fitting[number % len(fitting)]])


def _another() -> None:
    st.session_state["exercise"] = int(st.session_state.get("exercise", 0)) + 1


def _mark_ids(answer: str, wanted: list[int]) -> None:
    if not answer.strip():
        return
    try:
        given = read_ids(answer)
    except ValueError as error:
        st.warning(plain(str(error)), icon=":material/edit:")
        return
    _mark(list(map(str, given)), list(map(str, wanted)), "ids")


def _mark_words(answer: str, wanted: list[str]) -> None:
    if given := tokenize(answer):
        _mark(given, wanted, "words")


def _mark(given: list[str], wanted: list[str], name: str) -> None:
    if given == wanted:
        st.success("Right.", icon=":material/check:")
        return
    right = sum(one == other for one, other in zip(given, wanted, strict=False))
    st.info(
        f"Not yet: {right} of {len(wanted)} are right"
        + (f", and you gave {len(given)} {name}." if len(given) != len(wanted) else "."),
        icon=":material/edit:",
    )
