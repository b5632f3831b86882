"""The map, and what one does with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.ui.live import live
from app.ui.projector import colours as paint
from app.ui.projector.address import asked_for, deselect, select, selected
from app.ui.projector.axes import choose_components, choose_poles, tell_axes, tell_components
from app.ui.projector.colours import Colours
from app.ui.projector.inspector import (
    neighbour_controls,
    neighbours,
    tell_faithfulness,
    tell_neighbours,
)
from app.ui.projector.live import (
    TICK,
    choose_perplexity,
    growing_map,
    is_moving,
    kinds,
    live_buttons,
    live_cloud,
    tell_progress,
)
from app.ui.projector.look import AXES, PCA, Look, choose_look
from app.ui.projector.points import Cloud, Components, Projection, WordAxes, cloud, numbers_of, only
from app.ui.projector.save import save
from app.ui.projector.search import ADDED, search_box
from app.ui.projector.source import choose_source
from app.ui.projector.word_map import Lit, Stage, show_map
from app.ui.session import lab
from app.ui.theme import theme
from app.ui.words import plain
from data import DataError
from data.text import TextDataset
from models.vectors import UnknownWordError, VectorError, VectorSpace

REVIEWS = "sst2"
HEIGHT = 560
HOW = (
    "Click on a point, or find a word: its nearest words light up. Drag to turn the map, with Shift to move "
    "it; scroll, or pinch, to zoom."
)
WITH_REVIEWS = "Colours by sentiment need the movie reviews: "


@dataclass(frozen=True)
class Asked:
    """What the learner has chosen for the map.

    Attributes:
        space: in its basis.
        look: how it is shown.
        projection: by components or word axes; None for maps that a process makes.
        perplexity: for those.
    """

    space: VectorSpace
    look: Look
    projection: Projection | None
    perplexity: float


def explore() -> None:
    """The part of the page with the map."""
    with st.container():  # so that the map keeps its place on the page, whatever comes and goes above it
        asked, moves = _ask()
    if asked is not None:
        # Only while a map moves does the page look for news by itself.
        live(_room, TICK if moves else None)(asked, moves)


def _ask() -> tuple[Asked | None, bool]:
    """All controls above the map: what was chosen (None: there is nothing to show), and whether it moves."""
    chosen = choose_source("space")
    if chosen is None:
        return None, False
    space, look, row = choose_look(chosen, (PCA, AXES, *kinds()))
    projection: Projection | None = None
    perplexity = 30.0
    try:
        if look.kind == PCA:
            with row, st.popover("Axes", icon=":material/3d_rotation:"):
                projection = choose_components(space, look.dimensions)
        elif look.kind == AXES:
            projection = choose_poles(look.dimensions)
        else:
            perplexity = choose_perplexity(look, space)
        moves = False
        if projection is None:
            wanted, growing = growing_map(space, look, perplexity)
            live_buttons(wanted, growing)
            moves = is_moving(growing)
    except VectorError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None, False
    return Asked(space, look, projection, perplexity), moves


def _room(asked: Asked, was_moving: bool) -> None:
    """What changes with a click; a fragment of the page, which no error leaves."""
    try:
        _map_and_word(asked, was_moving)
    except VectorError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _map_and_word(asked: Asked, was_moving: bool) -> None:
    """The map beside the search and the selected word."""
    space, look = asked.space, asked.look
    wanted, growing = growing_map(space, look, asked.perplexity) if asked.projection is None else (None, None)
    with st.container():  # as in `explore`
        if wanted is not None:
            if is_moving(growing) != was_moving:
                st.rerun()  # to have other buttons, and to end looking for news
            tell_progress(wanted, growing, look.kind)
    with st.container(key="map-and-word"):  # which comes first on a phone: see `app/streamlit_app.py`
        left, right = st.columns([2.3, 1], gap="large")
    with right:
        hits = search_box(space)
        word = _selected(space)
        k, metric, alone = neighbour_controls() if word is not None else (10, "cosine", False)
        found = neighbours(space, word, k, metric) if word is not None else ()
        if word is not None:
            tell_neighbours(space, word, found, metric)
    near = tuple(numbers_of(space, [neighbour.word for neighbour in found]))
    number = space.vocabulary.find(word) if word is not None else None
    own = () if number is None else (number,)
    words = (*numbers_of(space, asked_for()), *own, *near, *hits[:ADDED])
    if wanted is not None:
        whole = live_cloud(space, wanted, growing, words)
    elif asked.projection is not None:
        whole = cloud(space, look.count, asked.projection, words)
    shown = only(whole, (*own, *near)) if alone and own else whole
    with left:
        painted = paint_points(shown, look, word)
        lit = Lit(number, near, () if alone else hits)
        stage = Stage("projector-map", theme(), title_of(shown, look), HEIGHT, select)
        show_map(shown, painted, lit, stage, alt_of(shown, word))
        if painted.legend:
            st.html(painted.legend)
    tell_axes_of(asked)
    if not is_moving(growing):
        tell_faithfulness(whole, word)
    save(shown, found, metric, (*own, *near) or hits)


def _selected(space: VectorSpace) -> str | None:
    """The selected word, or what is said in its place."""
    try:
        word = selected(space)
    except UnknownWordError as error:
        st.warning(plain(str(error)), icon=":material/search_off:")
        with st.container(horizontal=True, gap="xsmall"):
            for place, meant in enumerate(error.suggestions):
                st.button(
                    plain(meant), key=f"instead-{place}", type="tertiary", on_click=select, args=(meant,)
                )
            st.button("Deselect", icon=":material/close:", key="deselect", on_click=deselect)
        return None
    if word is None:
        st.caption(HOW)
    return word


def tell_axes_of(asked: Asked) -> None:
    """Who stretches the axes."""
    within = min(asked.look.count, len(asked.space))
    if isinstance(asked.projection, Components):
        tell_components(asked.space, asked.projection, within)
    elif isinstance(asked.projection, WordAxes):
        tell_axes(asked.space, asked.projection, within)


def paint_points(shown: Cloud, look: Look, word: str | None) -> Colours:
    """The colours that were asked for, if they can be had."""
    now = theme()
    if look.colouring == "similarity" and word is not None:
        return paint.by_similarity(shown, word, now)
    if look.colouring == "sentiment":
        try:
            reviews = lab().dataset(REVIEWS)
        except DataError as error:
            st.info(WITH_REVIEWS + plain(str(error)), icon=":material/cloud_off:")
            return paint.plainly(shown, now)
        if isinstance(reviews, TextDataset):
            return paint.by_sentiment(shown, paint.positive_shares(reviews), now)
    if look.colouring == "similarity":
        st.caption("Select a word: the others are coloured by their similarity to it.")
    if look.colouring == "frequency":
        what = "most frequent" if shown.space.name == "GloVe" else "first"
        return paint.by_frequency(shown, min(look.count, len(shown.space)), now, what)
    return paint.plainly(shown, now)


def title_of(shown: Cloud, look: Look) -> str:
    """What stands below a picture of the map."""
    return f"{shown.space.title}: {len(shown.ids):,} words, {look.kind}"


def alt_of(shown: Cloud, word: str | None) -> str:
    """What one sees, in words."""
    about = f", with “{word}” and its nearest words lit" if word else ""
    dimensions = "two" if shown.is_flat else "three"
    return f"A map of {len(shown.ids):,} words as points in {dimensions} dimensions{about}."
