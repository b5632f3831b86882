"""The axes of the map: components with what they explain, or words at both ends; and who stretches them."""

from __future__ import annotations

import streamlit as st

from app.ui.projector.points import Components, WordAxes, axes_of, pca_of
from app.ui.words import plain
from models.axes import extremes
from models.projection import stretching
from models.vectors import Neighbour, VectorSpace

NAMES = ("x", "y", "z")
POLES = (("man", "woman"), ("bad", "good"), ("small", "big"))
"""Words at the ends of each axis, at first."""
STRETCHING = 4
"""Words named at each end."""
MOST_WORDS = 10
"""Of an end."""

HINT = "Each axis runs from a word to another. Several words at an end are averaged: put blanks between them."


def choose_components(space: VectorSpace, dimensions: int) -> Components:
    """A list of components for each axis."""
    pca = pca_of(space)
    shares = pca.shares
    numbers = []
    options = [str(number + 1) for number in range(space.size)]
    for first, name in enumerate(NAMES[:dimensions]):
        key = f"pc-{name}"
        chosen = st.selectbox(
            f"Component on {name}",
            options,
            index=min(first, space.size - 1),
            format_func=lambda number: f"{number}: {shares[int(number) - 1]:.1%} of the variance",
            key=key,
            bind="query-params",
        )
        numbers.append(options.index(chosen) if chosen in options else first)
    whole = sum(shares[number] for number in set(numbers))
    st.caption(
        f"Together they show {whole:.1%} of the variance of all {len(space):,} words; "
        f"{space.size} components show all of it."
    )
    return Components(tuple(numbers))


def choose_poles(dimensions: int) -> WordAxes:
    """Words at both ends of each axis."""
    poles = []
    for column, name, words in zip(st.columns(dimensions), NAMES[:dimensions], POLES, strict=False):
        with column, st.container(horizontal=True, gap="small"):
            low, high = (_end(name, end, word) for end, word in zip(("from", "to"), words, strict=True))
        poles.append((low, high))
    st.caption(HINT)
    return WordAxes(tuple(poles))


def _end(name: str, end: str, word: str) -> tuple[str, ...]:
    key = f"axis-{name}-{end}"
    text = st.text_input(f"{name}: {end}", word, key=key, bind="query-params", max_chars=200)
    return tuple((text or "")[:200].replace(",", " ").split()[:MOST_WORDS])


def tell_components(space: VectorSpace, components: Components, within: int) -> None:
    """The words that stretch each component, among those shown."""
    pca = pca_of(space)
    for column, name, number in zip(
        st.columns(len(components.numbers)), NAMES, components.numbers, strict=False
    ):
        low, high = (stretching(space, pca, number, end, STRETCHING, within) for end in ("low", "high"))
        _tell(column, name, low, high)


def tell_axes(space: VectorSpace, axes: WordAxes, within: int) -> None:
    """The words furthest along each axis of words, among those shown."""
    for column, name, axis in zip(st.columns(len(axes.poles)), NAMES, axes_of(space, axes), strict=False):
        low, high = (extremes(space, axis, end, STRETCHING, within) for end in ("low", "high"))
        _tell(column, name, low, high)


def _tell(
    column: st.delta_generator.DeltaGenerator, name: str, low: list[Neighbour], high: list[Neighbour]
) -> None:
    ends = [", ".join(plain(found.word) for found in end) for end in (low, high)]
    column.caption(f"**{name}** stretches from {ends[0]} … to {ends[1]}.")
