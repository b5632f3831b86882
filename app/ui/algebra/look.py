"""A solved formula to look at: its figure in the plane that fits best, and its vectors as strips."""

import streamlit as st

from app.ui.algebra.drawing import DARK, Paper, figure_alt, figure_svg
from app.ui.algebra.strips import strips_html
from app.ui.pictures import drawing_html
from app.ui.theme import theme
from app.ui.words import plain
from models.algebra import Solution
from models.algebra_figure import Figure, draw
from models.vectors import VectorSpace

PARALLELOGRAM, SUM = "Parallelogram", "Step by step"
HOW = "figure"


def the_numbers(solution: Solution, space: VectorSpace) -> None:
    """The vectors of the words, their sum and the answer as strips."""
    st.markdown("##### The numbers")
    st.html(strips_html(solution, space))
    st.caption(
        f"A strip is a word's vector, made as long as all others and multiplied by its weight: {space.size} "
        "numbers as colours, blue below 0, orange above, pale near 0. They add up to the sum."
    )


def the_figure(solution: Solution, space: VectorSpace) -> None:
    """The formula in the plane that fits best; nothing if it has no answer.

    Args:
        solution: of the formula, by 3CosAdd.
        space: in which it was solved.
    """
    figure = draw(solution, space)
    if figure is not None:
        _figure(figure, space)


def _figure(figure: Figure, space: VectorSpace) -> None:
    as_sum = figure.parallelogram is None
    if not as_sum:
        how = st.segmented_control(
            "How it is drawn",
            (PARALLELOGRAM, SUM),
            default=PARALLELOGRAM,
            required=True,
            key=HOW,
            bind="query-params",
            label_visibility="collapsed",
        )
        as_sum = how == SUM
    svg = figure_svg(figure, paper(), as_sum=as_sum)
    st.html(drawing_html(svg, figure_alt(figure, as_sum=as_sum)))
    st.caption(
        "Of all planes, this one shows most of how these words and the computed point lie apart: "
        f"{figure.share:.0%}. "
        f"The gap between the computed point (ring) and **{plain(figure.answer_word)}** (square) is "
        f"{figure.gap:.2f} in all {space.size} dimensions, {figure.gap_here:.2f} of it in this plane. "
        f"3CosAdd looks at directions only: their cosine is {figure.cosine:.3f}."
    )


def paper() -> Paper:
    """The colours of the page as it is seen now."""
    return DARK if theme() == "dark" else Paper()
