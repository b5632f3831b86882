"""Two spaces beside each other: before and after training, or one's own against GloVe."""

from __future__ import annotations

import streamlit as st

from app.rooms import SENTIMENT
from app.ui.algebra.bars import Bar, bars_html
from app.ui.focus import offered_runs
from app.ui.projector.address import LONGEST, WORD, asked_for, deselect, select, selected
from app.ui.projector.explore import alt_of, paint_points, title_of
from app.ui.projector.inspector import neighbours
from app.ui.projector.look import COLOURINGS, DEEP, FLAT, PCA, Look
from app.ui.projector.points import cloud, first_components, numbers_of
from app.ui.projector.source import choose_source
from app.ui.projector.word_map import Lit, Stage, show_map
from app.ui.spaces import has_vectors
from app.ui.theme import theme
from app.ui.words import plain
from models.vectors import Neighbour, UnknownWordError, VectorError, VectorSpace

SIDES = ("one", "two")
COUNT = 5_000
HEIGHT = 460
K = 10
PROMPT = (
    "Before training all vectors are random: neighbours mean nothing. What the network needs, training "
    "moves: colour by sentiment, and take a word such as “great” or “bad”. Then choose GloVe, which never "
    "saw a rating: are “good” and “bad” neighbours there?"
)


def side_by_side() -> None:
    """Choose two spaces; both are shown with the same word selected."""
    st.markdown(PROMPT)
    _first_choice()
    spaces = []
    for column, side in zip(st.columns(2, gap="large"), SIDES, strict=True):
        with column:
            spaces.append(choose_source(side, is_narrow=True))
    st.fragment(_both)(spaces)


def _both(spaces: list[VectorSpace | None]) -> None:
    """What changes with a click; a fragment of the page."""
    look = _choose_look()
    found: list[tuple[Neighbour, ...]] = []
    columns = st.columns(2, gap="large")
    for space, column, side in zip(spaces, columns, SIDES, strict=True):
        with column:
            found.append(() if space is None else _side(space, look, side))
    common = {neighbour.word for neighbour in found[0]} & {neighbour.word for neighbour in found[1]}
    if not all(found):
        return
    for neighbours_here, column in zip(found, columns, strict=True):
        bars = [
            Bar(one.word, one.score, "in both" if one.word in common else "", one.word in common)
            for one in neighbours_here
        ]
        low = min([0.0, *(one.score for one in neighbours_here)])
        column.html(bars_html(bars, f"{K} nearest words, by cosine", low=low))
    st.caption(f"{len(common)} of {K} neighbours are the same in both.")


def _choose_look() -> Look:
    """The word, and how both spaces are shown."""
    # A click on a map selects a word as well, so the box follows the address.
    st.session_state["beside-word"] = st.query_params.get(WORD, "")[:LONGEST]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.text_input("Word", max_chars=LONGEST, width=240, key="beside-word", on_change=_select)
        view = st.segmented_control(
            "View", (DEEP, FLAT), default=FLAT, required=True, key="beside-view", bind="query-params",
            width="content",
        )  # fmt: skip
        colouring = st.selectbox(
            "Colour", list(COLOURINGS), index=2, format_func=COLOURINGS.__getitem__, key="beside-colour",
            bind="query-params", width=210,
        )  # fmt: skip
    painted = colouring if colouring in COLOURINGS else "sentiment"
    return Look(COUNT, PCA, view != DEEP, painted)


def _side(space: VectorSpace, look: Look, side: str) -> tuple[Neighbour, ...]:
    """One of the maps; the neighbours of the selected word in it."""
    try:
        word = selected(space)
    except UnknownWordError as error:
        st.warning(plain(str(error)), icon=":material/search_off:")
        word = None
    found = neighbours(space, word, K, "cosine") if word is not None else ()
    near = tuple(numbers_of(space, [neighbour.word for neighbour in found]))
    own = numbers_of(space, [word] if word is not None else [])
    components = first_components(space, look.dimensions)
    try:
        shown = cloud(space, look.count, components, (*numbers_of(space, asked_for()), *own, *near))
    except VectorError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return ()
    painted = paint_points(shown, look, word)
    st.caption(f"{plain(space.name)}: {len(shown.ids):,} of {len(space):,} words")
    stage = Stage(f"beside-{side}", theme(), title_of(shown, look), HEIGHT, select)
    show_map(shown, painted, Lit(own[0] if own else None, near), stage, alt_of(shown, word))
    if painted.legend:
        st.html(painted.legend)
    return found


def _select() -> None:
    if word := str(st.session_state.get("beside-word") or "").strip():
        select(word)
    else:
        deselect()


def _first_choice() -> None:
    """At first: a reference network before and after training."""
    if any(side in st.query_params for side in SIDES):
        return
    run = next((run for run in offered_runs(SENTIMENT, uploads=True) if has_vectors(run)), None)
    if run is not None:
        st.query_params["one"], st.query_params["one-step"], st.query_params["two"] = run.id, "0", run.id
