"""The selected word: its neighbours in the original space, and how true its place on the map is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st

from app.ui.algebra.bars import Bar, bars_html
from app.ui.projector.address import deselect, select
from app.ui.projector.look import BASES
from app.ui.projector.points import Cloud, Places, kept_neighbours, neighbours_of
from app.ui.words import plain
from models.faithfulness import Faithfulness, compare, true_neighbours
from models.topk import Metric
from models.vectors import Neighbour, VectorError, VectorSpace

METRICS: dict[Metric, str] = {"cosine": "Cosine", "euclidean": "Distance"}
TRUE = 10
"""Neighbours that the meter compares."""
GO_ON = 6


def neighbour_controls() -> tuple[int, Metric, bool]:
    """How many neighbours, by which measure, and whether only they are shown."""
    k = st.slider("Neighbours", 5, 50, 10, 5, key="k", bind="query-params")
    with st.container(horizontal=True, vertical_alignment="center"):
        metric = st.segmented_control(
            "Measure", list(METRICS), default="cosine", required=True, format_func=METRICS.__getitem__,
            key="metric", bind="query-params", label_visibility="collapsed", width="content",
        )  # fmt: skip
        alone = st.toggle(
            "Only these", key="only", bind="query-params", help="Isolate the word with its neighbours."
        )
    return int(k), metric if metric in METRICS else "cosine", bool(alone)


def neighbours(space: VectorSpace, word: str, k: int, metric: Metric) -> tuple[Neighbour, ...]:
    """The neighbours of a word; a sentence and none if it has none."""
    try:
        return neighbours_of(space, word, min(k, max(len(space) - 1, 1)), metric)
    except VectorError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return ()


def tell_neighbours(space: VectorSpace, word: str, found: Sequence[Neighbour], metric: Metric) -> None:
    """The neighbours with their numbers, and ways on."""
    if found:
        measure = "cosine" if metric == "cosine" else "distance"
        high = 1.0 if metric == "cosine" else max(neighbour.score for neighbour in found) or 1.0
        low = min([0.0, *(neighbour.score for neighbour in found)])
        bars = [Bar(neighbour.word, neighbour.score) for neighbour in found]
        st.html(bars_html(bars, f"Nearest to “{word}”, by {measure}", low=low, high=high))
        basis = BASES[space.basis].lower()
        st.caption(
            f"In the original space: all {space.size} numbers of {plain(space.name)}, {basis}; "
            f"sought among all {len(space):,} words."
        )
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.caption("Go on to:", width="content")
            for place, neighbour in enumerate(found[:GO_ON]):
                st.button(
                    plain(neighbour.word), key=f"go-{place}", type="tertiary", on_click=select,
                    args=(neighbour.word,),
                )  # fmt: skip
    st.button("Deselect", icon=":material/close:", key="deselect", on_click=deselect)


def tell_faithfulness(shown: Cloud, word: str | None) -> None:
    """How true the map is: for the word, and over all."""
    if len(shown.base) < 3:
        return
    k = min(TRUE, len(shown.base) - 1)
    with st.container(horizontal=True, gap="medium", key="faithfulness"):
        if word is not None and (number := shown.space.vocabulary.find(word)) is not None:
            kept = kept_neighbours(shown, number, TRUE) if shown.find(number) is not None else None
            if kept is not None and kept.k:
                st.metric(
                    f"True neighbours of “{plain(word)}” kept", f"{kept.count} of {kept.k}", width="content",
                    help=f"Of its {kept.k} nearest words among the points, so many are among its {kept.k} "
                    "nearest on the map.",
                )  # fmt: skip
        overall = faithfulness(shown.space, shown.base.tobytes(), shown.base_places, k)
        st.metric(
            "Faithfulness of the whole map", f"{overall.overall:.0%}", width="content",
            help=f"How many of a point's {k} true neighbours (by cosine, among the points) are its "
            f"neighbours on the map, on average. Points thrown at random would reach {overall.chance:.1%}.",
        )  # fmt: skip
        st.caption(
            f"of the {k} nearest by cosine among the points; by chance {overall.chance:.1%}", width="content"
        )


def faithfulness(space: VectorSpace, base: bytes, places: Places, k: int) -> Faithfulness:
    """The faithfulness of a map; the same map is not measured twice."""
    return _faithfulness(space, base, places.tobytes(), places.shape[1], k)


@lru_cache(maxsize=24)
def _faithfulness(space: VectorSpace, base: bytes, places: bytes, size: int, k: int) -> Faithfulness:
    return compare(_true(space, base, k), np.frombuffer(places, np.float32).reshape(-1, size))


@lru_cache(maxsize=6)
def _true(space: VectorSpace, base: bytes, k: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return true_neighbours(space.rows[np.frombuffer(base, np.int64)], k)
