"""The projector in small: some frequent words on a flat map."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from app.ui.pictures import drawing_html
from app.ui.projector.points import Components, fit, place
from models.vectors import VectorSpace

WORDS = 450
LABELLED = (
    "king", "queen", "paris", "germany", "music", "water", "monday", "computer", "football", "smith", "apple",
    "doctor", "three", "walked",
)  # fmt: skip
WIDTH, HEIGHT = 550, 356
COMPONENTS = Components((0, 1))

ALT = "A map of some hundred frequent words as points; words of like meaning lie near each other."


def thumbnail() -> None:
    """A flat map of frequent words, some with their names.

    Raises:
        data.DataError: the vectors cannot be had.
    """
    st.html(drawing_html(_drawing(), ALT))
    st.caption(f"{WORDS} frequent words of GloVe on its first two components.")


@lru_cache(maxsize=1)
def _drawing() -> str:
    space = VectorSpace.load("glove")
    words = [word for word in space.vocabulary.array[:3000].tolist() if word.isalpha() and len(word) > 3]
    ids = [space.vocabulary.look_up(word) for word in dict.fromkeys((*words[:WORDS], *LABELLED))]
    fitted, _, _ = fit(place(space, COMPONENTS, np.array(ids, np.int64)))
    x = WIDTH / 2 + fitted[:, 0] * (WIDTH / 2 - 50) / 90
    y = HEIGHT / 2 - fitted[:, 1] * (HEIGHT / 2 - 20) / 90
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.4"/>' for a, b in zip(x.tolist(), y.tolist(), strict=True)
    )
    names = ""
    for number, word in enumerate(ids):
        name = space.vocabulary[word]
        if name in LABELLED:
            names += (
                f'<circle cx="{x[number]:.1f}" cy="{y[number]:.1f}" r="5" fill="#d55e00" fill-opacity="1"/>'
                f'<text x="{x[number]:.1f}" y="{y[number] - 9:.1f}">{escape(name)}</text>'
            )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f'<g fill="#5a93c4" fill-opacity="0.6">{dots}</g>'
        '<g fill="#808a94" font-family="sans-serif" font-size="16" font-weight="600" text-anchor="middle">'
        f"{names}</g></svg>"
    )
