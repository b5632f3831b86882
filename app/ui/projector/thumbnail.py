"""The projector in small: the vectors of words as a reference run has learned them."""

from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from app.ui.pictures import drawing_html
from app.ui.projector.points import Components, fit, place
from app.ui.session import lab
from app.ui.spaces import space_of_run
from models.presets import PRESETS
from models.vectors import VectorSpace

WORDS = 500
"""Those that training has moved farthest."""

NAMED = 12

WIDTH, HEIGHT = 550, 356
LINE = 20
"""Height of a name: two names are not drawn nearer than that."""

COMPONENTS = Components((0, 1))


def thumbnail() -> None:
    """A flat map of words, some with their names; nothing if there is no reference run.

    Raises:
        data.DataError: the words cannot be had.
    """
    preset = PRESETS["sst2-lstm"]
    run = next((run for run in lab().references(preset.dataset) if run.experiment == preset), None)
    if run is None:
        return
    drawing, names = _drawing(space_of_run(run, run.step))
    alt = f"A map of {WORDS} words as points, among them {', '.join(names)}."
    st.html(drawing_html(drawing, alt))
    st.caption(
        f"{WORDS} words on the first two components of the vectors that a reference run has learned from "
        "movie reviews."
    )


@lru_cache(maxsize=2)
def _drawing(space: VectorSpace) -> tuple[str, tuple[str, ...]]:
    """The map, and the words that are named on it."""
    ids = np.argsort(-space.rows.lengths, kind="stable")[:WORDS]
    fitted, _, _ = fit(place(space, COMPONENTS, ids))
    reach = np.abs(fitted).max(axis=0)
    x = WIDTH / 2 + fitted[:, 0] / reach[0] * (WIDTH / 2 - 50)
    y = HEIGHT / 2 - fitted[:, 1] / reach[1] * (HEIGHT / 2 - 24)
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.4"/>' for a, b in zip(x.tolist(), y.tolist(), strict=True)
    )
    marks, named = "", dict[str, tuple[float, float]]()
    for number, index in enumerate(ids.tolist()):
        word, at = space.vocabulary[index], (float(x[number]), float(y[number]))
        crowded = any(abs(at[1] - b) < LINE and abs(at[0] - a) < 5 * LINE for a, b in named.values())
        if len(named) < NAMED and word.isalpha() and not word.isupper() and not crowded:
            named[word] = at
            marks += (
                f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="5" fill="#d55e00"/>'
                f'<text x="{at[0]:.1f}" y="{at[1] - 9:.1f}">{escape(word)}</text>'
            )
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg">'
        f'<g fill="#5a93c4" fill-opacity="0.6">{dots}</g>'
        '<g fill="#808a94" font-family="sans-serif" font-size="16" font-weight="600" text-anchor="middle">'
        f"{marks}</g></svg>"
    )
    return svg, tuple(named)
