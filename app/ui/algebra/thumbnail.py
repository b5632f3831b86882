"""Word algebra in small: the course's formula and its first answers."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

import streamlit as st

from app.ui.algebra.bars import BLUE, ORANGE
from app.ui.algebra.gallery import FIRST
from app.ui.pictures import drawing_html
from models.algebra import solve
from models.formula import parse
from models.vectors import Neighbour, VectorSpace

AMONG = 20_000
"""Most frequent words that may be answers: to open all 400,000 is for the page itself."""

WIDTH, HEIGHT = 550, 356
LEFT, TOP, STEP, BAR = 130, 118, 46, 24
INK = "#7b8794"
"""Seen on light and on dark."""


def thumbnail() -> None:
    """The formula as coloured words, and below it a bar an answer.

    Raises:
        data.DataError: the vectors cannot be had.
    """
    answers = _answers()
    said = ", ".join(f"{answer.word} {answer.score:.2f}" for answer in answers)
    st.html(drawing_html(_svg(answers), f"{FIRST}: {said}."))
    first, second, *_ = (answer.word for answer in answers)
    st.caption(
        f"Of the {AMONG:,} most frequent words the nearest to **water + bird − air**: **{first}**, then "
        f"**{second}**."
    )


@lru_cache(maxsize=1)
def _answers() -> tuple[Neighbour, ...]:
    return tuple(solve(parse(FIRST), VectorSpace.load("glove"), k=5, within=AMONG).answers)


def _svg(answers: Sequence[Neighbour]) -> str:
    words = (("water", BLUE), ("+", INK), ("bird", BLUE), ("−", INK), ("air", ORANGE), ("≈ ?", INK))
    spans = "".join(f'<tspan fill="{color}" dx="12">{word}</tspan>' for word, color in words)
    room = WIDTH - LEFT - 70
    rows = "".join(_row(TOP + STEP * i, one.word, one.score, room) for i, one in enumerate(answers))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">'
        f'<text x="6" y="62" font-size="46" font-weight="600">{spans}</text>{rows}</svg>'
    )


def _row(y: float, word: str, score: float, room: float) -> str:
    middle = y + BAR - 5
    return (
        f'<text x="{LEFT - 14}" y="{middle}" font-size="24" text-anchor="end" fill="{INK}">'
        f"{escape(word)}</text>"
        f'<rect x="{LEFT}" y="{y}" width="{room * score:.0f}" height="{BAR}" rx="3" fill="{BLUE}"/>'
        f'<text x="{LEFT + room * score + 10:.0f}" y="{middle}" font-size="22" fill="{INK}">'
        f"{score:.2f}</text>"
    )
