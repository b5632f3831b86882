"""A heat map of a network's inside: a picture made in Python, and a little script for pointer and keys.

It is a component of its own, not a chart, since it is what one waits for: a chart library takes a browser
longer to load and to draw 2,000 cells than everything else on the page.
"""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from app.ui.pictures import DIVERGING, VIRIDIS, colored, data_address
from models.weights import Array

_HTML = """
<div class="heat-map" role="application" aria-roledescription="heat map" tabindex="0">
  <div class="scale" aria-hidden="true"><span class="low"></span><i></i><span class="high"></span></div>
  <div class="readout" aria-live="polite"></div>
  <div class="plot marks" aria-hidden="true">
    <img alt="" draggable="false">
    <div class="marked"></div>
    <div class="cell"></div>
  </div>
  <div class="axes" aria-hidden="true"></div>
</div>
"""

# The plot begins and ends where those of the charts above and below do: time steps stand below one another.
_CSS = """
.heat-map {
  position: relative;
  padding: 2rem 0 1.5rem 79px;
  color: var(--st-text-color);
  font-family: var(--st-font);
  font-size: 0.8125rem;
  line-height: 1;
  border-radius: var(--st-base-radius);
  user-select: none;
  -webkit-user-select: none;
}
.heat-map:focus {
  outline: none;
}
.heat-map:focus-visible {
  outline: 3px solid var(--st-primary-color);
}
.scale, .readout {
  position: absolute;
  top: 0.5rem;
}
.scale {
  left: 79px;
  display: flex;
  align-items: center;
  gap: 0.5rem;
}
.scale i {
  width: 8rem;
  height: 0.625rem;
}
.readout {
  right: 0;
  font-weight: 600;
}
.plot {
  position: relative;
}
.plot.picks {
  cursor: pointer;
}
img {
  display: block;
  width: 100%;
  height: 100%;
  image-rendering: pixelated;
}
.marked, .cell {
  position: absolute;
  box-sizing: border-box;
  border: 2px solid #1b2430; /* dark within light: to be seen on all colours, by day and by night */
  outline: 2px solid #ffffff;
  pointer-events: none;
  visibility: hidden;
}
.marked {
  top: -4px;
  bottom: -4px;
}
.axes span {
  position: absolute;
  opacity: 0.7;
}
.axes .x {
  bottom: 0.25rem;
  transform: translateX(-50%);
}
.axes .y {
  right: calc(100% - 71px);
  transform: translateY(-50%);
}
.axes .title {
  top: calc(50% + 0.25rem);
  left: 9px;
  font-size: 0.875rem;
  transform: translate(-50%, -50%) rotate(-90deg);
}
"""

_JS = """
const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

// Some numbers from 1 to `count` that stand well beside one another.
function ticks(count, most) {
  const each = [1, 2, 5, 10, 20, 50, 100, 200].find((step) => count / step <= most) ?? count
  return Array.from({ length: Math.floor(count / each) }, (_, i) => (i + 1) * each)
}

// Runs again whenever Python sends something or the theme changes.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".heat-map")
  const find = (selector) => root.querySelector(selector)
  const { columns, rows, values } = data
  const plot = find(".plot")
  const at = (root.at ??= { column: 1, row: 1 })

  root.setAttribute("aria-label", data.label)
  find("img").src = data.picture
  plot.style.height = `${data.height}px`
  plot.classList.toggle("picks", data.picks)
  find(".scale i").style.background = `linear-gradient(to right, ${data.colors.join(",")})`
  find(".low").textContent = data.low
  find(".high").textContent = data.high
  place(find(".marked"), data.marked, data.marked > 0)

  const size = [columns, rows].join()
  if (root.size !== size) {
    root.size = size
    leave()
    const axes = find(".axes")
    axes.replaceChildren()
    for (const column of ticks(columns, 12)) {
      const left = `calc(79px + (100% - 79px) * ${(column - 0.5) / columns})`
      axes.append(label("x", column, { left }))
    }
    for (const row of ticks(rows, 12)) {
      axes.append(label("y", row, { top: `calc(2rem + ${(data.height * (row - 0.5)) / rows}px)` }))
    }
    axes.append(label("title", "unit", {}))
  } else if (find(".readout").textContent) {
    show()
  }

  function label(kind, text, style) {
    const span = document.createElement("span")
    span.className = kind
    span.textContent = text
    Object.assign(span.style, style)
    return span
  }

  function place(box, column, shown) {
    box.style.left = `${((column - 1) / columns) * 100}%`
    box.style.width = `${100 / columns}%`
    box.style.visibility = shown ? "visible" : "hidden"
  }

  function show() {
    at.column = clamp(at.column, 1, columns)
    at.row = clamp(at.row, 1, rows)
    const cell = find(".cell")
    place(cell, at.column, true)
    cell.style.top = `${((at.row - 1) / rows) * 100}%`
    cell.style.height = `${100 / rows}%`
    const value = values[(at.row - 1) * columns + at.column - 1]
    const number = value === null ? "not a number" : value.toFixed(3).replace("-", "−")
    find(".readout").textContent = `${data.column} ${at.column}, unit ${at.row}: ${number}`
  }

  function leave() {
    find(".cell").style.visibility = "hidden"
    find(".readout").textContent = ""
  }

  function pick() {
    if (data.picks) setTriggerValue("picked", at.column)
  }

  function follow(event) {
    const box = plot.getBoundingClientRect()
    at.column = Math.floor(((event.clientX - box.left) / box.width) * columns) + 1
    at.row = Math.floor(((event.clientY - box.top) / box.height) * rows) + 1
    show()
  }

  plot.onpointermove = follow
  plot.onpointerleave = (event) => {
    if (event.pointerType === "mouse") leave() // what a finger has chosen stays
  }
  plot.onclick = (event) => {
    follow(event)
    pick()
  }
  root.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    if (event.key === "Enter") pick()
    else if (event.key in moves) {
      at.column += moves[event.key][0]
      at.row += moves[event.key][1]
      show()
    } else return
    event.preventDefault()
  }
  root.onblur = leave
}
"""

_MAP = st.components.v2.component("heat_map", html=_HTML, css=_CSS, js=_JS)


def heat_map(
    values: Array,
    low: float,
    high: float,
    *,
    key: str,
    alt: str,
    column: str = "time step",
    marked: int = 0,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Show numbers as colours; pointer or arrow keys read them out.

    Args:
        values: (columns, units), such as a state after each step; the first unit is drawn on top.
        low: the first colour's value; below 0, colours diverge from 0 between `low` and `high`.
        high: the last colour's value; larger than `low`.
        key: of the map; no other widget may have it.
        alt: what one sees, in words.
        column: what a column is called.
        marked: a column that is framed, from 1. Default: none.
        on_pick: called before the script runs again, with the column that was clicked on, from 1.
    """
    columns, rows = values.shape
    scheme = DIVERGING if low < 0 else VIRIDIS
    across = values.T
    data = {
        "picture": data_address(colored(across, low, high, scheme)),
        "values": [round(float(x), 3) if np.isfinite(x) else None for x in across.ravel()],
        "columns": columns,
        "rows": rows,
        "column": column,
        "height": max(140, min(320, 9 * rows)),
        "low": f"{low:g}".replace("-", "−"),
        "high": f"{high:g}",
        "colors": [f"#{color}" for color in scheme.split()],
        "marked": marked,
        "picks": on_pick is not None,
        "label": alt,
    }
    pick = on_pick or _ignore
    _MAP(key=key, data=data, on_picked_change=lambda: _receive(key, columns, pick))


def _receive(key: str, columns: int, pick: Callable[[int], None]) -> None:
    """Take a click from the browser, which may have sent anything."""
    state = st.session_state[key]
    picked = state.get("picked") if isinstance(state, Mapping) else None
    if isinstance(picked, int | float) and picked in range(1, columns + 1):
        pick(int(picked))


def _ignore(column: int) -> None:
    """A click on a map that only shows."""
