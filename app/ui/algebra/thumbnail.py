"""Word algebra in small: the course's formula. Its answer is for the page: to open GloVe takes a second."""

import streamlit as st

from app.ui.algebra.bars import BLUE, ORANGE
from app.ui.pictures import drawing_html

WIDTH, HEIGHT = 550, 356
INK = "#7b8794"
"""Seen on light and on dark."""

POINTS = {"air": (70, 230), "water": (225, 70), "bird": (325, 275)}
"""Where the words stand in the drawing, which shows the idea and no measurement."""


def thumbnail() -> None:
    """The parallelogram whose fourth corner is asked for."""
    st.html(drawing_html(_svg(), "A parallelogram: from air to water as from bird to which word?"))
    st.caption("From **air** to **water** it is this way. Where does the same way lead from **bird**?")


def _svg() -> str:
    air, water, bird = POINTS.values()
    asked = (water[0] + bird[0] - air[0], water[1] + bird[1] - air[1])
    names = "".join(_name(word, at, BLUE if word != "air" else ORANGE) for word, at in POINTS.items())
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">'
        f"{_line(air, bird, INK, '4 6')}{_line(water, asked, INK, '4 6')}"
        f"{_line(air, water, BLUE, '')}{_line(bird, asked, BLUE, '10 6')}{names}"
        f"{_name('?', asked, INK)}</svg>"
    )


def _line(start: tuple[int, int], end: tuple[int, int], color: str, dashes: str) -> str:
    return (
        f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" stroke="{color}" '
        f'stroke-width="3" stroke-dasharray="{dashes}"/>'
    )


def _name(word: str, at: tuple[int, int], color: str) -> str:
    x, y = at
    below = y > HEIGHT / 2  # the lines go upwards
    return (
        f'<circle cx="{x}" cy="{y}" r="8" fill="{color}"/>'
        f'<text x="{x}" y="{y + 44 if below else y - 18}" font-size="34" font-weight="600" '
        f'text-anchor="middle" fill="{color}">{word}</text>'
    )
