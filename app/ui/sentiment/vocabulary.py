"""The vocabulary: how it grows word by word, and how a word or an id is looked up in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from app.ui.sentiment.charts import growth_chart
from app.ui.sentiment.pushes import short
from app.ui.sentiment.sentence_view import QUIET, chips_html
from app.ui.words import plain
from data.text import OOV, PAD, TextDataset, Vocabulary, tokenize
from models.weights import Array

BUILT = 60
"""Words that can be read one by one while the vocabulary is built."""

FOUND = 12
"""Words that a search lists."""


@dataclass(frozen=True)
class Read:
    """A word while the vocabulary is built.

    Attributes:
        review: which review it stands in, from 0.
        word: the word; all the padding of a row counts as one.
        id: its id.
        new: whether it had none before.
        times: how often it stands there.
    """

    review: int
    word: str
    id: int
    new: bool
    times: int = 1


def first_words(dataset: TextDataset, count: int) -> list[Read]:
    """The first words of the training reviews, in the order in which they get their ids."""
    read: list[Read] = []
    known: set[int] = set()
    for number, row in enumerate(dataset.x_train):
        words = dataset.tokens(row)
        ids = [int(word_id) for word_id in row[: len(words)]]
        padding = len(row) - len(words)
        steps = [(word, word_id, 1) for word, word_id in zip(words, ids, strict=True)]
        steps += [(PAD, dataset.vocabulary.pad_id, padding)] if padding else []
        for word, word_id, times in steps:
            read.append(Read(number, word, word_id, word_id not in known, times))
            known.add(word_id)
            if len(read) == count:
                return read
    return read


def id_chip(word: str, word_id: int, *, framed: bool = False, faint: bool = False) -> str:
    """A word over its id, as a list item."""
    border = "2px solid #d55e00" if framed else "1px solid rgba(128, 138, 148, 0.4)"
    return (
        '<li style="display: flex; flex-direction: column; align-items: center; min-width: 2.4rem; '
        f'padding: 0.1rem 0.4rem; border-radius: 0.35rem; border: {border}{"; opacity: 0.55" * faint}">'
        f"<bdi>{escape(short(word))}</bdi>"
        f'<span style="{QUIET}">{word_id}</span></li>'
    )


def id_chips(words: Iterable[tuple[str, int]]) -> str:
    """Words over their ids; the unknown and the padding are faint."""
    return chips_html([id_chip(word, word_id, faint=word in (OOV, PAD)) for word, word_id in words])


def building(dataset: TextDataset) -> None:
    """The vocabulary, built step by step in the order in which the words come."""
    st.markdown("##### The vocabulary is built")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.slider("Words read", 1, BUILT, st.session_state.get("built", 11), key="built")
        st.button("Next word", icon=":material/skip_next:", key="next-word", on_click=_next_word)
    read = first_words(dataset, count)
    for review in sorted({one.review for one in read}):
        here = [one for one in read if one.review == review]
        chips = [
            id_chip(one.word + (f" ×{one.times}" if one.times > 1 else ""), one.id, framed=one is read[-1],
                    faint=not one.new)
            for one in here
        ]  # fmt: skip
        st.caption(f"Review {review}")
        st.html(chips_html(chips))
    now = read[-1]
    said = "is new: it gets the next id," if now.new else "is known already:"
    st.markdown(f"**{plain(now.word)}** {said} **{now.id}**. {sum(one.new for one in read)} words are known.")
    st.caption("Framed: the word just read. Faint: it had its id before.")


def _next_word() -> None:
    st.session_state["built"] = min(st.session_state.get("built", 0) + 1, BUILT)


def growth(dataset: TextDataset) -> None:
    """How many words are known after so many reviews."""
    st.markdown("##### Ever fewer new words")
    sizes = _sizes(dataset)
    picture = growth_chart(sizes)
    alt = "Words known by the number of reviews read: ever fewer are new."
    st.vega_lite_chart(picture.frame, picture.spec, key="growth", alt=alt)
    st.caption(f"After all {len(sizes):,} training reviews: {sizes[-1]:,} words.")


@lru_cache(maxsize=2)
def _sizes(dataset: TextDataset) -> Array:
    """(reviews,) words known after each training review."""
    return np.maximum.accumulate(dataset.x_train.max(axis=1)) + 1


def searching(vocabulary: Vocabulary) -> None:
    """From a word to its id, and from an id to its word."""
    st.markdown("##### Look it up")
    left, right = st.columns(2, gap="medium")
    with left:
        wanted = st.text_input("Word → id", "great", key="word", live="150ms", placeholder="great")
        _show_word(vocabulary, (wanted or "").strip()[:200])
    with right:
        last = len(vocabulary) - 1
        st.session_state["id"] = min(st.session_state.get("id", vocabulary.pad_id), last)
        number = int(st.number_input("Id → word", 0, last, key="id"))
        near = range(max(0, number - 2), min(last, number + 2) + 1)
        chips = [id_chip(vocabulary.id2word[i], i, framed=i == number) for i in near]
        st.html(chips_html(chips))
        st.caption("Its neighbours only came before or after it; they have nothing else in common.")


def _show_word(vocabulary: Vocabulary, wanted: str) -> None:
    word = wanted if wanted in vocabulary.word2id else next(iter(tokenize(wanted)), "")
    if not word:
        return
    if word in vocabulary.word2id:
        st.html(chips_html([id_chip(word, vocabulary.word2id[word], framed=True)]))
    else:
        st.markdown(f"**{plain(short(word))}** is not in the vocabulary: {OOV}, {vocabulary.oov_id}.")
        if near := vocabulary.nearest(word):
            st.caption("Spelled like it:")
            st.html(id_chips((other, vocabulary.word2id[other]) for other in near))
    others = [other for other in vocabulary.id2word if word in other and other != word]
    if others and len(word) > 1:
        st.caption(
            f"It is part of {len(others):,} others" + (f"; {FOUND} of them:" if len(others) > FOUND else ":")
        )
        st.html(id_chips((other, vocabulary.word2id[other]) for other in others[:FOUND]))
