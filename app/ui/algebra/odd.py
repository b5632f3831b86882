"""Odd one out: which of some words does not belong to the others?"""

import re

import streamlit as st

from app.ui.algebra.bars import Bar, bars_html
from app.ui.live import AT_ONCE
from app.ui.words import plain
from models.vectors import UnknownWordError, VectorError, VectorSpace

WORDS = "odd"
FIRST = "breakfast cereal dinner lunch"
EXAMPLES = (
    FIRST,
    "paris rome tokyo banana",
    "violin piano guitar hammer",
    "monday friday april sunday",
    "happy sad glad joyful",
    "apple orange banana microsoft",
)
MOST = 30
"""Words that are looked at."""


@st.fragment
def odd_one_out(space: VectorSpace) -> None:
    """Type some words; the one least like their mean is the odd one."""
    st.markdown(
        "Type at least three words. Each is compared with the mean of all; the one that is least like it is "
        "the odd one out. Three of the same kind pull the mean towards themselves."
    )
    text = st.text_input(
        "Words",
        FIRST,
        key=WORDS,
        bind="query-params",
        live=AT_ONCE,
        autocomplete="off",
        persist_state="session",
    )
    words = split_words(text or "")
    with st.container(horizontal=True, gap="xsmall"):
        for example in EXAMPLES:
            st.button(example, key=f"odd-{example}", on_click=_put, args=(example,))
    try:
        found = space.odd_one_out(words)
    except UnknownWordError as error:
        st.warning(plain(str(error)), icon=":material/spellcheck:")
        with st.container(horizontal=True, gap="xsmall"):
            for i, word in enumerate(error.suggestions):
                st.button(
                    plain(word), key=f"odd-word-{i}", on_click=_put, args=(_swap(words, error.word, word),)
                )
        return
    except VectorError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return
    odd = found[0].word
    st.markdown(f"The odd one is **{plain(odd)}**.")
    bars = [
        Bar(one.word, one.score, "odd one" if i == 0 else "", marked=i == 0) for i, one in enumerate(found)
    ]
    low = min(0.0, *(one.score for one in found))
    st.html(bars_html(bars, "Cosine with the mean of all", low=low))
    st.caption(
        "Some word is always last: look at how far it is behind the next. The vectors know who stands near "
        "whom in texts. “Happy” and “sad” stand in the same places, so “joyful”, which is rarer, is odder."
    )


def split_words(text: str) -> list[str]:
    """Words with blanks or commas between them; the first `MOST`."""
    return [word for word in re.split(r"[\s,;]+", text[:1000]) if word][:MOST]


def _swap(words: list[str], wrong: str, right: str) -> str:
    return " ".join(right if word == wrong else word for word in words)


def _put(text: str) -> None:
    st.session_state[WORDS] = text
