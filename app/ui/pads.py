"""Pads to draw on."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from data.shapes import FIRST, INFO, LAST, curve
from models.drawing import (
    LENGTH,
    MAX_STRETCH,
    MIN_STRETCH,
    DrawingError,
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

_CSS = """
.pad {
  position: relative;
  height: 15rem;
  color: var(--st-text-color);
  font-family: var(--st-font);
  font-size: 0.875rem;
  border-radius: var(--st-base-radius);
  -webkit-user-select: none;
  user-select: none;
}
.plot, .axes {
  position: absolute;
  inset: 0.75rem 0.75rem 2.75rem 3.5rem;
}
.axes {
  pointer-events: none;
}
.plot {
  touch-action: none; /* a finger draws and does not scroll */
  cursor: crosshair;
  -webkit-tap-highlight-color: transparent;
}
.plot::before { /* the first and the last point, and 0, are reached from outside too */
  content: "";
  position: absolute;
  inset: -0.5rem -0.75rem;
}
.plot:focus {
  outline: none;
}
.pad:has(.plot:focus-visible) {
  outline: 3px solid var(--st-primary-color);
}
svg {
  position: absolute;
  width: 100%;
  height: 100%;
  overflow: visible;
}
.grid, .line {
  fill: none;
  vector-effect: non-scaling-stroke;
}
.grid {
  stroke: var(--st-border-color);
}
.line {
  stroke: var(--st-primary-color);
  stroke-width: 3;
  stroke-linejoin: round;
  stroke-linecap: round;
}
.area {
  fill: var(--st-primary-color);
  opacity: 0.15;
}
.cursor {
  display: none;
  position: absolute;
  width: 1rem;
  height: 1rem;
  margin: 0 0 -0.5rem -0.5rem;
  box-sizing: border-box;
  border: 3px solid var(--st-primary-color);
  border-radius: 50%;
  background: var(--st-background-color);
}
.readout { /* in the place of the title */
  display: none;
  font-weight: 600;
  white-space: nowrap;
}
.plot:focus-visible .cursor, .plot:is(:focus-visible, .drawing) ~ .axes .readout {
  display: block;
}
.plot:is(:focus-visible, .drawing) ~ .axes .title.x {
  display: none;
}
.axes span {
  position: absolute;
}
.x, .y {
  opacity: 0.75;
}
.x {
  top: calc(100% + 0.375rem);
  transform: translateX(-50%);
}
.y {
  right: calc(100% + 0.625rem);
  transform: translateY(50%);
}
.title.x, .readout {
  top: calc(100% + 1.5rem);
  left: 50%;
  transform: translateX(-50%);
}
.title.y {
  right: auto;
  bottom: 50%;
  left: -2.75rem;
  transform: translate(-50%, 50%) rotate(-90deg);
}
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
"""

_JS = """
// The frame ends at 1.1, like that of the charts. Drawing ends at 1, so that a flat top is easy to draw.
const TOP = 1.1
const STEP = 0.05
const NEARLY_0 = 0.03

const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

// Runs again whenever Python sends something or the theme changes.
export default function ({ data, parentElement, setStateValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const plot = find(".plot")
  const own = (plot.own ??= { point: Math.floor(data.heights.length / 2), busy: false, awaited: null })
  const last = data.heights.length - 1

  // Python names the stroke that it has seen last. While a newer one is on its way, or being drawn, what
  // comes from Python is older than what the learner sees.
  if (data.stroke === own.awaited) own.awaited = null
  if (!own.busy && own.awaited === null) own.heights = [...data.heights]
  plot.setAttribute("aria-label", data.label)
  show()

  function show() {
    const points = own.heights.map((height, point) => `${point},${height}`).join(" ")
    find(".line").setAttribute("points", points)
    find(".area").setAttribute("points", `0,0 ${points} ${last},0`)
    const cursor = find(".cursor")
    cursor.style.left = `${(own.point / last) * 100}%`
    cursor.style.bottom = `${(own.heights[own.point] / TOP) * 100}%`
    find(".readout").textContent = inWords()
  }

  function inWords() {
    return `point ${own.point + 1}, height ${Math.round(own.heights[own.point] * 100) / 100}`
  }

  function speak() {
    find(".spoken").textContent = inWords()
  }

  function change(point, height) {
    own.heights[point] = Math.round(height * 1000) / 1000
    own.busy = true
  }

  // At the end of a stroke, not at every move: each time Python computes everything anew.
  function commit() {
    if (!own.busy) return
    own.busy = false
    own.awaited = Date.now()
    setStateValue("curve", { heights: [...own.heights], stroke: own.awaited })
  }

  plot.onpointerdown = (event) => {
    if (event.button !== 0 || own.pointer !== undefined) return
    own.pointer = event.pointerId
    own.before = undefined
    plot.setPointerCapture(event.pointerId)
    plot.classList.add("drawing")
    draw(event)
  }

  // Else the browser takes a quick stroke for a fling, and swallows a tap on a button that follows.
  plot.ontouchstart = (event) => event.preventDefault()

  plot.onpointermove = (event) => {
    if (event.pointerId === own.pointer) draw(event)
  }

  plot.onlostpointercapture = (event) => {
    if (event.pointerId !== own.pointer) return
    own.pointer = undefined
    plot.classList.remove("drawing")
    commit()
  }

  function draw(event) {
    const box = plot.getBoundingClientRect()
    const point = clamp(Math.round(((event.clientX - box.left) / box.width) * last), 0, last)
    let height = clamp((TOP * (box.bottom - event.clientY)) / box.height, 0, 1)
    if (height < NEARLY_0) height = 0
    // A fast stroke leaves out points: they lie on a line from the one before.
    const from = own.before ?? { point, height }
    const direction = Math.sign(point - from.point)
    const count = Math.abs(point - from.point)
    for (let i = 1; i < count; i++) {
      change(from.point + direction * i, from.height + ((height - from.height) * i) / count)
    }
    change(point, height)
    own.before = { point, height }
    own.point = point
    show()
  }

  plot.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const point = own.point
    const height = own.heights[point]
    const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last }
    const rises = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: 1, PageDown: -1, Delete: -TOP, Backspace: -TOP }
    if (event.key in moves) {
      own.point = clamp(point + moves[event.key], 0, last)
      if (event.shiftKey) {
        for (let i = Math.min(point, own.point); i <= Math.max(point, own.point); i++) change(i, height)
      }
    } else if (event.key in rises) {
      change(point, clamp(height + rises[event.key], 0, 1))
    } else {
      return
    }
    event.preventDefault()
    show()
    speak()
  }

  plot.onkeyup = commit
  plot.onblur = commit
  plot.onfocus = speak
}
"""

_PAD = st.components.v2.component("curve_pad", html=_HTML, css=_CSS, js=_JS)


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
            "stroke": st.session_state.get(f"{key}.stroke"),
            "label": label,
        },
        on_curve_change=lambda: _receive(key, on_draw),
    )
    # In the hint's place, so that nothing jumps.
    if problem := st.session_state.get(f"{key}.problem"):
        st.warning(f"That was not drawn. {problem}", icon=":material/block:")
    else:
        st.caption(HINT, help=KEYS)


def _receive(key: str, on_draw: Callable[[Heights], None]) -> None:
    """Take a stroke from the browser, which may have sent anything."""
    sent = st.session_state[key].get("curve")
    sent = sent if isinstance(sent, Mapping) else {}
    stroke = sent.get("stroke")
    st.session_state[f"{key}.stroke"] = stroke if isinstance(stroke, int) else None
    try:
        drawn = check_curve(sent.get("heights"))
    except DrawingError as error:
        st.session_state[f"{key}.problem"] = str(error)
    else:
        st.session_state[f"{key}.problem"] = ""
        on_draw(drawn)


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
    st.session_state[f"{key}-pad.problem"] = ""


def preset_curve(shape: str) -> Heights:
    """One of the course's shapes, of middling width in the middle of its places."""
    return curve(shape, PRESET_WIDTH, (FIRST + LAST + 1 - PRESET_WIDTH) // 2)
