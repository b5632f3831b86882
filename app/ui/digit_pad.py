"""A pad on which a learner draws a digit, line by line."""

from collections.abc import Mapping

import streamlit as st

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

_CSS = """
.pad {
  width: min(18rem, 100%);
  color: var(--st-text-color);
  font-family: var(--st-font);
  font-size: 0.875rem;
  -webkit-user-select: none;
  user-select: none;
}
.plot {
  position: relative;
  aspect-ratio: 1;
  box-sizing: border-box;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 60%, var(--st-background-color));
  border-radius: var(--st-base-radius);
  background: var(--st-secondary-background-color);
  overflow: hidden;
  touch-action: none; /* a finger draws and does not scroll */
  cursor: crosshair;
  -webkit-tap-highlight-color: transparent;
}
.plot:focus {
  outline: none;
}
.plot:is(:focus-visible, .keys:focus), button:focus-visible {
  outline: 3px solid var(--st-primary-color);
  outline-offset: 2px;
}
svg, .empty {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}
.ink {
  fill: none;
  stroke: currentColor;
  stroke-width: 0.075;
  stroke-linejoin: round;
  stroke-linecap: round;
}
.empty {
  display: grid;
  place-items: center;
  opacity: 0.75;
}
.empty[hidden] {
  display: none;
}
.cursor { /* drawn on paper and on ink */
  display: none;
  position: absolute;
  width: 1rem;
  height: 1rem;
  transform: translate(-50%, -50%);
  box-sizing: border-box;
  border: 3px solid var(--st-primary-color);
  border-radius: 50%;
  background: var(--st-background-color);
  box-shadow: 0 0 0 2px var(--st-background-color);
}
.plot:is(:focus-visible, .keys:focus) .cursor {
  display: block;
}
.cursor.down {
  background: var(--st-primary-color);
}
.buttons {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem;
  margin-top: 0.5rem;
}
button {
  min-width: 4.5rem;
  min-height: 2.75rem; /* for fingers */
  padding: 0 1rem;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 60%, var(--st-background-color));
  border-radius: var(--st-button-radius, var(--st-base-radius));
  background: var(--st-background-color);
  color: inherit;
  font: inherit;
  cursor: pointer;
  touch-action: manipulation;
}
button:hover {
  background: var(--st-secondary-background-color);
}
button[aria-disabled=true] { /* focus stays on it, unlike on one that is disabled */
  opacity: 0.5;
  cursor: default;
}
.note {
  flex: 1 1 100%;
}
.note:empty {
  display: none;
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
const NEAR = 0.005
const FULL = "The pad is full. Undo or clear."

const MOVES = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1], // where they are among the digits
}

const rounded = (share) => Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 1000

// Runs again whenever Python sends something or the theme changes.
export default function ({ data, parentElement, setStateValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const pad = find(".pad")
  const plot = find(".plot")
  const middle = Math.floor(data.side / 2)
  // drawing: the last of the strokes is not at its end yet.
  const own = (pad.own ??= { strokes: [], drawing: false, awaited: null, cleared: [], x: middle, y: middle })

  // Python names the stroke that it has seen last. While a newer one is on its way, or being drawn, what
  // comes from Python is older than what the learner sees.
  if (data.stroke === own.awaited) own.awaited = null
  if (!own.drawing && own.awaited === null) {
    own.strokes = data.strokes.map((stroke) => [...stroke])
    if (own.strokes.length > 0) own.cleared = []
    if (!isFull()) own.full = false
  }
  pad.setAttribute("aria-label", data.label)
  plot.setAttribute("aria-label", data.label)
  show()

  function show() {
    const ink = find(".ink")
    while (ink.children.length > own.strokes.length) ink.lastChild.remove()
    own.strokes.forEach((stroke, i) => {
      const line = ink.children[i] ?? ink.appendChild(document.createElementNS(ink.namespaceURI, "polyline"))
      line.setAttribute("points", [stroke[0], ...stroke].join(" ")) // twice, since one point is no line
    })
    const none = own.strokes.length === 0
    find(".empty").hidden = !none
    find(".undo").setAttribute("aria-disabled", none && own.cleared.length === 0)
    find(".clear").setAttribute("aria-disabled", none)
    find(".note").textContent = own.full ? FULL : ""
    const cursor = find(".cursor")
    cursor.classList.toggle("down", own.drawing)
    cursor.style.left = `${((own.x + 0.5) / data.side) * 100}%`
    cursor.style.top = `${((own.y + 0.5) / data.side) * 100}%`
  }

  function speak(text) {
    find(".spoken").textContent = own.full ? FULL : text
  }

  function place() {
    return `column ${own.x + 1}, row ${own.y + 1}, pen ${own.drawing ? "down" : "up"}`
  }

  function lines() {
    const count = own.strokes.length
    return count === 0 ? "The pad is empty" : `${count} ${count === 1 ? "line" : "lines"}`
  }

  function isFull() {
    const points = own.strokes.reduce((sum, stroke) => sum + stroke.length, 0)
    return own.strokes.length >= data.maxStrokes || points + 2 > data.maxPoints
  }

  function begin(point) {
    own.full = isFull()
    if (own.full) return
    own.cleared = []
    own.strokes.push([point])
    own.drawing = true
  }

  function extend(point) {
    const stroke = own.strokes.at(-1)
    const [x, y] = stroke.at(-1)
    if (Math.hypot(point[0] - x, point[1] - y) < NEAR) return
    stroke.push(point)
    if (own.strokes.reduce((sum, one) => sum + one.length, 0) < data.maxPoints) return
    own.full = true
    end()
  }

  function end() {
    if (!own.drawing) return
    own.drawing = false
    const stroke = own.strokes.at(-1)
    if (stroke.length === 1) stroke.push(stroke[0])
    commit()
  }

  // At the end of a stroke, not at every move: each time Python computes everything anew.
  function commit() {
    own.awaited = Date.now()
    // A copy, since Streamlit may pass it on only after the next stroke has begun.
    setStateValue("drawing", { strokes: own.strokes.map((stroke) => [...stroke]), stroke: own.awaited })
    show()
  }

  function undo() {
    if (own.pointer !== undefined) return
    own.full = false
    own.drawing = false
    if (own.strokes.length > 0) own.strokes.pop()
    else if (own.cleared.length > 0) [own.strokes, own.cleared] = [own.cleared, []]
    else return
    commit()
    speak(lines())
  }

  function clear() {
    if (own.pointer !== undefined || own.strokes.length === 0) return
    own.full = false
    own.drawing = false
    ;[own.strokes, own.cleared] = [[], own.strokes]
    commit()
    speak(lines())
  }

  find(".undo").onclick = undo
  find(".clear").onclick = clear

  plot.onpointerdown = (event) => {
    if (event.button !== 0 || own.pointer !== undefined) return
    end() // in case the pen of the keys is down
    plot.classList.remove("keys")
    begin(at(event))
    if (own.drawing) {
      own.pointer = event.pointerId
      plot.setPointerCapture(event.pointerId)
    } else {
      speak()
    }
    show()
  }

  // Else the browser takes a quick stroke for a fling, and swallows a tap on a button that follows.
  plot.ontouchstart = (event) => event.preventDefault()

  plot.onpointermove = (event) => {
    if (event.pointerId !== own.pointer) return
    const all = event.getCoalescedEvents?.() ?? []
    for (const one of all.length > 0 ? all : [event]) {
      if (own.drawing) extend(at(one))
    }
    show()
  }

  plot.onlostpointercapture = (event) => {
    if (event.pointerId !== own.pointer) return
    own.pointer = undefined
    end()
    speak(lines())
  }

  function at(event) {
    const box = plot.getBoundingClientRect()
    const across = (event.clientX - box.left) / box.width
    const down = (event.clientY - box.top) / box.height
    const point = [rounded(across), rounded(down)]
    ;[own.x, own.y] = point.map((share) => Math.min(Math.floor(share * data.side), data.side - 1))
    return point
  }

  plot.onkeydown = (event) => {
    if (own.pointer !== undefined) return
    const takesBack = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key === "z")
    if (!takesBack && (event.ctrlKey || event.altKey || event.metaKey)) return
    if (event.key in MOVES) {
      own.x = Math.min(Math.max(own.x + MOVES[event.key][0], 0), data.side - 1)
      own.y = Math.min(Math.max(own.y + MOVES[event.key][1], 0), data.side - 1)
      if (own.drawing) extend(cell())
      speak(place())
    } else if (event.key === " " || event.key === "Enter") {
      if (!event.repeat) {
        if (own.drawing) end()
        else begin(cell())
        speak(place())
      }
    } else if (takesBack) {
      undo()
    } else if (event.key === "Escape") {
      clear()
    } else {
      return
    }
    plot.classList.add("keys") // the focus may have come by mouse
    event.preventDefault()
    event.stopPropagation()
    show()
  }

  function cell() {
    return [rounded((own.x + 0.5) / data.side), rounded((own.y + 0.5) / data.side)]
  }

  plot.onblur = () => {
    if (own.pointer === undefined) end()
  }
  plot.onfocus = () => {
    if (plot.matches(":focus-visible")) speak(place())
  }
}
"""

_PAD = st.components.v2.component("digit_pad", html=_HTML, css=_CSS, js=_JS)


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
            "stroke": st.session_state.get(f"{key}.stroke"),
            "label": label,
            "side": SIDE,
            "maxStrokes": MAX_STROKES,
            "maxPoints": MAX_POINTS,
        },
        on_drawing_change=lambda: _receive(key),
    )
    # In the hint's place, so that nothing jumps.
    if problem := st.session_state.get(f"{key}.problem"):
        st.warning(f"That was not drawn. {problem}", icon=":material/block:")
    else:
        st.caption(HINT, help=KEYS)
    return strokes


def put_strokes(key: str, strokes: Strokes) -> None:
    """Put a drawing on a pad: in a callback, or before the pad is drawn.

    Args:
        key: of `digit_pad`.
        strokes: what it shall show.
    """
    st.session_state[f"{key}.strokes"] = strokes
    st.session_state[f"{key}.problem"] = ""


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
    """Take a drawing from the browser, which may have sent anything."""
    sent = st.session_state[key].get("drawing")
    sent = sent if isinstance(sent, Mapping) else {}
    stroke = sent.get("stroke")
    st.session_state[f"{key}.stroke"] = stroke if isinstance(stroke, int) else None
    try:
        drawn = check_drawing(sent.get("strokes"))
    except DrawingError as error:
        st.session_state[f"{key}.problem"] = str(error)
    else:
        put_strokes(key, drawn)
