"""The sentiment lab in small: what each word of a sentence does to the verdict of a reference run."""

from html import escape

import numpy as np
import streamlit as st

from app.ui.pictures import drawing_html
from app.ui.sentiment.pushes import AWAY, TOWARDS, short, signed
from app.ui.sentiment.reading import NothingSaidError, Reading, read
from app.ui.sentiment.typed import FIRST
from app.ui.session import lab
from app.ui.words import plain
from data.dataset import Dataset
from models.presets import PRESETS
from models.weights import Array

WIDTH, HEIGHT = 550, 356
TOP, BARS = 28, 262
"""Where the highest bar ends, and from there to the end of the lowest."""

GREY = "#808a94"
"""Legible on light and on dark."""


def thumbnail(dataset: Dataset) -> None:
    """A bar for each word, up where it pushes towards positive; only words if there is no reference run."""
    reading = _reading(dataset)
    if reading is None:
        words = FIRST.split()
        st.html(_picture(words, np.zeros(len(words)), f"A sentence of {len(words)} words: {FIRST}."))
        return
    words = list(reading.encoded.tokens)
    pushes = ", ".join(f"{word} {signed(push)}" for word, push in zip(words, reading.push, strict=True))
    alt = f"A bar for each word of a sentence, by how it changes the probability of positive: {pushes}."
    st.html(_picture(words, reading.push, alt))
    said = reading.explanation.probabilities.max()
    st.caption(
        f"A reference run reads this: **{plain(reading.verdict)}**, {said:.0%} sure. "
        "Orange speaks for positive."
    )


def _reading(dataset: Dataset) -> Reading | None:
    wanted = PRESETS["sst2-lstm"]
    runs = (run for run in lab().references(dataset.info.name) if run.experiment == wanted)
    run = next(runs, None)
    try:
        return read(run, FIRST) if run else None
    except NothingSaidError:
        return None


def _picture(words: list[str], push: Array, alt: str) -> str:
    """The drawing.

    Args:
        words: from left to right.
        push: (words,) -1 to 1.
        alt: what one sees, in words.
    """
    step = WIDTH / max(len(words), 1)
    up, down = max(0.0, float(push.max(initial=0))), max(0.0, float(-push.min(initial=0)))
    scale = BARS / max(up + down, 0.05)
    middle = TOP + up * scale
    marks = []
    for place, (word, value) in enumerate(zip(words, map(float, push), strict=True)):
        x, length = (place + 0.5) * step, abs(value) * scale
        top = middle - length if value > 0 else middle
        end = top - 8 if value > 0 else top + length + 20
        color = TOWARDS if value > 0 else AWAY
        marks.append(
            f'<rect x="{x - 0.3 * step:.1f}" y="{top:.1f}" width="{0.6 * step:.1f}" height="{length:.1f}" '
            f'rx="3" fill="{color}"/>'
            f'<text x="{x:.1f}" y="{end:.1f}" font-size="14">{signed(value)}</text>'
            f'<text x="{x:.1f}" y="{HEIGHT - 14}" font-size="18" font-weight="600">'
            f"{escape(short(word))}</text>"
        )
    svg = (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" xmlns="http://www.w3.org/2000/svg" text-anchor="middle" '
        f'font-family="sans-serif" fill="{GREY}"><path d="M0,{middle:.1f}h{WIDTH}" stroke="{GREY}"/>'
        f"{''.join(marks)}</svg>"
    )
    return drawing_html(svg, alt)
