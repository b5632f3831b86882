"""A pad on which a learner draws a curve, and the sliders that move it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from app.ui.component import component
from app.ui.pad import forget_problem, last_stroke, show_hint, take_stroke
from data.shapes import FIRST, INFO, LAST, curve
from models.drawing import (
    LENGTH,
    MAX_STRETCH,
    MIN_STRETCH,
    Heights,
    check_curve,
    shift,
    stretch,
)

MAX_SHIFT = 30
PRESET_WIDTH = 25
ICONS = {"square": "square", "triangle": "change_history", "ellipse": "circle"}

HINT = "Draw with mouse or finger, or focus the pad and use the arrow keys."
KEYS = (
    "Left and right choose a point, up and down change its height. Shift with left or right draws along "
    "at the same height. Page up and Page down go to the top and to 0, Home and End to the first and "
    "last point, Delete sets 0."
)

# The drawing is stretched to any width, hence its labels are no part of it.
_X_LABELS = "".join(
    f'<span class="x" style="left: {(point - 1) / (LENGTH - 1):.2%}">{point}</span>'
    for point in range(10, LENGTH, 10)
)
_Y_LABELS = "".join(
    f'<span class="y" style="bottom: {height / 1.1:.2%}">{height:g}</span>' for height in (0, 0.5, 1)
)
_HTML = f"""
<div class="pad">
  <div class="plot" role="application" aria-roledescription="pad" aria-describedby="keys" tabindex="0">
    <svg viewBox="0 0 {LENGTH - 1} 1.1" preserveAspectRatio="none" aria-hidden="true">
      <g transform="matrix(1 0 0 -1 0 1.1)">
        <path class="grid" d="M0 0H{LENGTH - 1}M0 .5H{LENGTH - 1}M0 1H{LENGTH - 1}"/>
        <polygon class="area"/>
        <polyline class="line"/>
      </g>
    </svg>
    <div class="cursor"></div>
  </div>
  <div class="axes" aria-hidden="true">
    {_X_LABELS}
    {_Y_LABELS}
    <span class="title x">point</span>
    <span class="title y">height</span>
    <span class="readout"></span>
  </div>
  <div id="keys" hidden>{KEYS}</div>
  <div class="spoken" aria-live="polite"></div>
</div>
"""

_PAD = component("curve_pad", _HTML)


def curve_pad(key: str, values: Heights, label: str, on_draw: Callable[[Heights], None]) -> None:
    """Show a curve on which the learner can draw.

    Args:
        key: of the pad; no other widget may have it.
        values: (55,) heights: what it shows.
        label: what it is, for those who cannot see it.
        on_draw: called before the script runs again, with what the learner has drawn. To keep it, pass it
            as `values` from then on.
    """
    _PAD(
        key=key,
        data={
            "heights": [round(float(height), 4) for height in values],
            "stroke": last_stroke(key),
            "label": label,
        },
        on_curve_change=lambda: _receive(key, on_draw),
    )
    show_hint(key, HINT, KEYS)


def _receive(key: str, on_draw: Callable[[Heights], None]) -> None:
    take_stroke(key, "curve", "heights", check_curve, on_draw)


def draw_a_curve(key: str, start: Heights, label: str = "Your curve") -> Heights:
    """Let the learner draw a curve, or take one of the course's shapes, and shift and stretch it.

    Args:
        key: of the whole; it begins the keys of its widgets.
        start: (55,) heights: what is there at first.
        label: what it is, for those who cannot see it.

    Returns:
        (55,) heights, as the pad shows them.
    """
    if f"{key}.drawn" not in st.session_state:
        put_curve(key, start)
    with st.container(horizontal=True, gap="xsmall"):
        for shape in INFO.classes:
            st.button(
                shape.capitalize(),
                icon=f":material/{ICONS[shape]}:",
                key=f"{key}-{shape}",
                on_click=put_curve,
                args=(key, preset_curve(shape)),
            )
        st.button(
            "Clear",
            type="tertiary",
            key=f"{key}-clear",
            on_click=put_curve,
            args=(key, np.zeros(LENGTH, np.float32)),
        )
    pad = st.container()  # the sliders stand below it, but decide what it shows
    left, right = st.columns(2, gap="medium")
    by = left.slider(
        "Shift",
        -MAX_SHIFT,
        MAX_SHIFT,
        key=f"{key}-shift",
        format="%d points",
        persist_state="session",
    )
    factor = right.slider(
        "Stretch",
        MIN_STRETCH,
        MAX_STRETCH,
        step=0.1,
        key=f"{key}-stretch",
        format="× %.1f",
        persist_state="session",
    )
    shown = shift(stretch(st.session_state[f"{key}.drawn"], factor), by)
    with pad:
        # A stroke is drawn on what the pad shows: that is the curve from now on, and the sliders start anew.
        curve_pad(f"{key}-pad", shown, label, lambda drawn: put_curve(key, drawn))
    return shown


def put_curve(key: str, values: Heights) -> None:
    """Put a curve on the pad of `draw_a_curve`: in a callback, or before the pad is drawn.

    Args:
        key: of `draw_a_curve`.
        values: (55,) heights.
    """
    st.session_state[f"{key}.drawn"] = values
    st.session_state[f"{key}-shift"] = 0
    st.session_state[f"{key}-stretch"] = 1.0
    forget_problem(f"{key}-pad")


def preset_curve(shape: str) -> Heights:
    """One of the course's shapes, of middling width in the middle of its places."""
    return curve(shape, PRESET_WIDTH, (FIRST + LAST + 1 - PRESET_WIDTH) // 2)
