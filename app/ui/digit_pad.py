"""A pad on which a learner draws a digit, line by line."""

from functools import partial

import streamlit as st

from app.ui.component import component
from app.ui.pad import forget_problem, last_stroke, show_hint, take_stroke
from models.drawing import DrawingError
from models.strokes import MAX_POINTS, SIDE, check_strokes

Strokes = tuple[tuple[tuple[float, float], ...], ...]
"""Lines of points (x, y), each 0 to 1 from edge to edge of the pad, y downwards; can be cached by."""

MAX_STROKES = 64

HINT = "Draw with mouse, pen or finger, or focus the pad and use the keys."
KEYS = (
    f"The arrow keys move a cursor over a grid of {SIDE}×{SIDE} squares; Home, Page Up, End and Page Down "
    "move it aslant. Space or Enter puts the pen down and lifts it. Backspace takes the last line back, "
    "Escape clears the pad; Backspace after that brings the drawing back."
)

_HTML = f"""
<div class="pad" role="group">
  <div class="plot" role="application" aria-roledescription="pad" aria-describedby="keys" tabindex="0">
    <div class="empty" aria-hidden="true">Draw a digit</div>
    <svg viewBox="0 0 1 1" aria-hidden="true"><g class="ink"></g></svg>
    <div class="cursor"></div>
  </div>
  <div class="buttons">
    <button type="button" class="undo">Undo</button>
    <button type="button" class="clear">Clear</button>
    <span class="note" aria-hidden="true"></span>
  </div>
  <div id="keys" hidden>{KEYS}</div>
  <div class="spoken" aria-live="polite"></div>
</div>
"""

_PAD = component("digit_pad", _HTML)


def digit_pad(key: str, label: str) -> Strokes:
    """Let the learner draw a digit.

    A finished line runs the fragment, or the page, that the pad is in; so do Undo and Clear.

    Args:
        key: of the pad; no other widget may have it.
        label: what it is, for those who cannot see it.

    Returns:
        What is drawn; empty at first.
    """
    strokes: Strokes = st.session_state.get(f"{key}.strokes", ())
    _PAD(
        key=key,
        data={
            "strokes": strokes,
            "stroke": last_stroke(key),
            "label": label,
            "side": SIDE,
            "maxStrokes": MAX_STROKES,
            "maxPoints": MAX_POINTS,
        },
        on_drawing_change=lambda: _receive(key),
    )
    show_hint(key, HINT, KEYS)
    return strokes


def put_strokes(key: str, strokes: Strokes) -> None:
    """Put a drawing on a pad: in a callback, or before the pad is drawn.

    Args:
        key: of `digit_pad`.
        strokes: what it shall show.
    """
    st.session_state[f"{key}.strokes"] = strokes
    forget_problem(key)


def clear(key: str) -> None:
    """Take everything off a pad: in a callback, or before the pad is drawn.

    Args:
        key: of `digit_pad`.
    """
    put_strokes(key, ())


def check_drawing(strokes: object) -> Strokes:
    """Make a drawing of whatever a browser has sent.

    Args:
        strokes: should be a list of at most 64 lists of pairs of finite numbers, of at most 5,000 pairs in
            all. Points beyond the pad are moved to its edge.

    Returns:
        The drawing; empty if none of the lists has a point.

    Raises:
        DrawingError: it is no such list.
    """
    if not isinstance(strokes, list | tuple):
        raise DrawingError("A drawing is a list of strokes.")
    if len(strokes) > MAX_STROKES:
        raise DrawingError(f"A drawing has at most {MAX_STROKES} strokes, not {len(strokes):,}.")
    if all(isinstance(stroke, list | tuple) and not stroke for stroke in strokes):
        return ()
    return tuple(
        tuple((round(x, 3), round(y, 3)) for x, y in points.tolist()) for points in check_strokes(strokes)
    )


def _receive(key: str) -> None:
    take_stroke(key, "drawing", "strokes", check_drawing, partial(put_strokes, key))
