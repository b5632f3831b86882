"""From words to ids: the reviews, a vocabulary that grows word by word, and the row that a network gets."""

from html import escape

import streamlit as st

from app.rooms import SENTIMENT
from app.ui.address import choose_number
from app.ui.focus import own_data
from app.ui.sentiment.exercises import exercises
from app.ui.sentiment.pushes import short
from app.ui.sentiment.sentence_view import about_tokens, chips_html
from app.ui.sentiment.typed import sentence_box
from app.ui.sentiment.vocabulary import building, growth, id_chips, searching
from app.ui.sentiment.workbench import open_sentence
from app.ui.session import lab
from app.ui.words import plain
from data import describe
from data.dataset import Dataset
from data.text import OOV, PAD, TextDataset


def words_to_ids() -> None:
    """All of the part."""
    dataset = _choose_data()
    if not isinstance(dataset, TextDataset):
        return
    st.markdown(
        "A network computes with numbers, so each word gets one: its **id**. Rare words share "
        f"the id of `{OOV}`, out of vocabulary. Each review becomes a row of {dataset.info.input_shape[0]} "
        f"ids; what is left of the row is filled with `{PAD}`."
    )
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        _reviews(dataset)  # no fragment: it leads to another part
    with left, st.container(border=True):
        st.fragment(building)(dataset)
    with right, st.container(border=True):
        st.fragment(searching)(dataset.vocabulary)
    with right, st.container(border=True):
        st.fragment(exercises)(dataset)
    with right, st.container(border=True):
        growth(dataset)
    with st.container(border=True):
        st.fragment(_typed_row)(dataset)
    st.caption(f":material/database: {plain(dataset.source.sentence)}")


def _choose_data() -> Dataset:
    """The reviews, or texts that the learner has brought."""
    names = [SENTIMENT.datasets[0], *(name for name in own_data() if name in SENTIMENT.datasets)]
    if len(names) == 1:
        return lab().dataset(names[0])
    if st.session_state.get("words-of") not in names:
        st.session_state["words-of"] = names[0]
    titles = {name: describe(name).title for name in names}
    name = st.selectbox("Texts", names, format_func=lambda name: titles.get(name, ""), key="words-of")
    return lab().dataset(name)


def _reviews(dataset: TextDataset) -> None:
    st.markdown("##### The reviews")
    last = len(dataset.x_train) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = choose_number("Training review", last, key="review")
    row = dataset.x_train[index]
    words = dataset.tokens(row)
    label = dataset.info.classes[dataset.y_train[index]]
    st.html(id_chips(zip(words, map(int, row), strict=False)))
    st.markdown(f"**{label}**, {len(words)} tokens and {len(row) - len(words)} × {PAD}.")
    st.button(
        "Let a network read it",
        icon=":material/arrow_forward:",
        key="try-review",
        type="tertiary",
        on_click=open_sentence,
        args=(" ".join(words),),
    )


def _typed_row(dataset: TextDataset) -> None:
    """A typed sentence, token by token, to the row of ids."""
    st.markdown("##### Your sentence on its way into a network")
    encoded = dataset.vocabulary.encode(sentence_box(), dataset.info.input_shape[0])
    about_tokens(encoded)
    st.markdown(f"**1. Tokens**, {len(encoded.tokens)}: lower case, punctuation apart.")
    st.html(chips_html([_token(token) for token in encoded.tokens]))
    unknown = f"; {len(encoded.unknown)} unknown, so {OOV}" if encoded.unknown else ""
    st.markdown(f"**2. Ids**: each is looked up{unknown}.")
    words = [dataset.vocabulary.id2word[word_id] for word_id in encoded.ids]
    st.html(id_chips(zip(words, encoded.ids, strict=True)))
    padding = len(encoded.row) - len(encoded.ids)
    st.markdown(
        f"**3. A row of {len(encoded.row)}**, {padding} of them {PAD}. This is all that the network gets."
    )
    cells = [_cell(int(i), faint=place >= len(encoded.ids)) for place, i in enumerate(encoded.row)]
    st.html(chips_html(cells))


def _token(token: str) -> str:
    return (
        '<li style="padding: 0.1rem 0.4rem; border-radius: 0.35rem; '
        'border: 1px solid rgba(128, 138, 148, 0.4)">'
        f"<bdi>{escape(short(token, 40))}</bdi></li>"
    )


def _cell(word_id: int, *, faint: bool) -> str:
    return (
        '<li style="min-width: 2.4rem; text-align: center; border-radius: 0.2rem; font-variant-numeric: '
        f"tabular-nums; background: rgba(128, 138, 148, {0.08 if faint else 0.28})"
        f'{"; opacity: 0.6" * faint}">{word_id}</li>'
    )
