"""Finding words by their spelling."""

from __future__ import annotations

from functools import lru_cache
from typing import get_args

import streamlit as st

from app.ui.projector.address import select
from app.ui.words import plain
from models.vectors import VectorSpace
from models.vocabulary import Vocabulary
from models.word_search import MAX_PATTERN, Found, How, SearchError, search

HOWS: dict[How, str] = {
    "prefix": "Beginning",
    "exact": "Whole",
    "substring": "Part",
    "regex": "Regex",
}
OFFERED = 12
"""Hits as buttons."""
ADDED = 25
"""Hits that are put on the map if they are not there."""


def search_box(space: VectorSpace) -> tuple[int, ...]:
    """Ask for words; the hits, as numbers, the most frequent first."""
    pattern = st.text_input(
        "Find a word", key="find", bind="query-params", placeholder="apple", max_chars=MAX_PATTERN,
        live="250ms", icon=":material/search:",
    )  # fmt: skip
    how = st.segmented_control(
        "by its", list(HOWS), default="prefix", required=True, format_func=HOWS.__getitem__, key="by",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    if not pattern:
        return ()
    try:
        found = hits(space.vocabulary, pattern, how if how in get_args(How) else "prefix")
    except SearchError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return ()
    ids = [int(number) for number in found.ids[:1000]]
    if how != "regex" and (exact := space.vocabulary.find(pattern)) is not None:
        ids = [exact, *(number for number in ids if number != exact)]
    _tell(space, pattern, found)
    with st.container(horizontal=True, gap="xsmall"):
        for place, number in enumerate(ids[:OFFERED]):
            word = space.vocabulary[number]
            st.button(plain(word), key=f"hit-{place}", type="tertiary", on_click=select, args=(word,))
    return tuple(ids)


class _EndedError(Exception):
    """A search whose time ran out: raised so that what it has found is not kept."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


def hits(vocabulary: Vocabulary, pattern: str, how: How) -> Found:
    """What a search finds; the same search is not done twice, unless it was ended before all was searched."""
    try:
        return _all_hits(vocabulary, pattern, how)
    except _EndedError as ended:
        return ended.found


@lru_cache(maxsize=64)
def _all_hits(vocabulary: Vocabulary, pattern: str, how: How) -> Found:
    found = search(vocabulary, pattern, how)
    if not found.is_complete:
        raise _EndedError(found)
    return found


def _tell(space: VectorSpace, pattern: str, found: Found) -> None:
    count = len(found.ids)
    if not found.is_complete:
        st.warning(
            f"The search took too long and was ended: {count:,} words were found until then.",
            icon=":material/timer_off:",
        )
    elif count:
        words = "1 word" if count == 1 else f"{count:,} words"
        st.caption(f"{words} of {len(space):,}. Click on one to select it.")
    else:
        meant = space.vocabulary.suggest(pattern)
        st.caption(f"No word of {len(space):,} is like that." + (" Did you mean:" if meant else ""))
        with st.container(horizontal=True, gap="xsmall"):
            for place, word in enumerate(meant):
                st.button(plain(word), key=f"meant-{place}", type="tertiary", on_click=select, args=(word,))
