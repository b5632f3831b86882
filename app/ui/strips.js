const DASHES = ["", "7 3", "2 2", "9 3 2 3"] // as in the charts

// Milliseconds after which Python's answer to a choice is waited for no longer: the connection was lost.
const PATIENCE = 2000

// Milliseconds from one column to the next while a slider plays.
const PACE = 150

// Tells all strips of a page which column is chosen in one of them; 0: a choice is about to be made, or all are
// answered.
const CHOSEN = "strips-chosen"

// Milliseconds without a choice after which a film is asked for: while it is made, choices would have to wait.
const REST = 100

const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

const number = (value) => (value === null ? "not a number" : value.toFixed(3).replace("-", "−"))

function element(name, attributes = {}, ...children) {
  const isDrawn = ["svg", "path"].includes(name)
  const made = isDrawn
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

// Some numbers from 1 to `count` that stand well beside one another.
function ticks(count, most) {
  const each = [1, 2, 5, 10, 20, 50, 100, 200].find((step) => count / step <= most) ?? count
  return Array.from({ length: Math.floor(count / each) }, (_, i) => (i + 1) * each)
}

function label(kind, text, style) {
  const made = element("span", { class: kind }, text)
  Object.assign(made.style, style)
  return made
}

// What stands below a strip for its columns: nothing if they have no name or the next strip has the same.
function below(part, next, column, labels) {
  if (!column || next?.columns === part.columns) return []
  const left = (at) => ({ left: `${((at - 0.5) / part.columns) * 100}%` })
  if (labels.length === part.columns) return labels.map((text, i) => label("word", text, left(i + 1)))
  const numbers = ticks(part.columns, 12).map((at) => label("x", at, left(at)))
  return next ? numbers : [...numbers, label("title x", column, {})]
}

// How far below the upper edge a value is, as a share of the whole.
const depth = (part, value) => (part.high - value) / (part.high - part.low)

// A line through the values of a series; where one is not a number, it is interrupted.
function path(part, series, close) {
  let draws = ""
  let open = false
  series.forEach((value, i) => {
    if (value !== null) draws += `${open ? "L" : "M"}${i + 0.5} ${depth(part, value).toFixed(4)}`
    open = value !== null
  })
  if (!close || series.includes(null)) return draws
  const ground = depth(part, clamp(0, part.low, part.high)).toFixed(4)
  return `${draws}L${series.length - 0.5} ${ground}L0.5 ${ground}Z`
}

const LINES = {
  build(part) {
    const svg = element("svg", { viewBox: `0 0 ${part.columns} 1`, preserveAspectRatio: "none" })
    const grid = part.ticks.map(([place]) => `M0 ${1 - place}H${part.columns}`).join("")
    svg.append(element("path", { class: "grid", d: grid }))
    if (part.filled) svg.append(element("path", { class: "area" }))
    for (const dash of part.series.map((_, i) => DASHES[i % DASHES.length])) {
      svg.append(element("path", { class: "series", "stroke-dasharray": dash }))
    }
    const heights = part.ticks.map(([place, text]) => label("y", text, { top: `${(1 - place) * 100}%` }))
    const names = part.names.map((name, i) => {
      const line = element("path", { d: "M0 5H28", "stroke-dasharray": DASHES[i % DASHES.length] })
      return element("span", {}, element("svg", { viewBox: "0 0 28 10" }, line), name, element("b"))
    })
    return { picture: svg, axis: heights, key: names }
  },

  // Colours are set each time: a page may have become dark since.
  draw(part, strip, colors) {
    const { sides, marked } = part
    const color = (i) =>
      sides ? "gray" : part.names.length ? colors[i % colors.length] : "var(--st-primary-color)"
    strip.querySelectorAll(".key path").forEach((line, i) => (line.style.stroke = color(i)))
    strip.querySelectorAll(".series").forEach((line, i) => {
      line.setAttribute("d", path(part, part.series[i]))
      line.style.stroke = color(i)
    })
    const area = strip.querySelector(".area")
    area?.setAttribute("d", path(part, part.series[0], true))
    if (area) area.style.fill = color(0)
    const dots = part.series.flatMap((series, i) =>
      series.flatMap((value, place) => {
        if (value === null || (!sides && place !== marked - 1)) return []
        const dot = element("b")
        dot.style.left = `${((place + 0.5) / part.columns) * 100}%`
        dot.style.top = `${depth(part, value) * 100}%`
        dot.style.background = sides ? (value >= sides.at ? sides.above : sides.below) : color(i)
        return [dot]
      }),
    )
    strip.querySelector(".dots").replaceChildren(...dots)
  },

  // What the readout says of a place. Where series have names, their values are written beside those instead.
  tell(part, at, strip) {
    const column = at.column || part.marked
    const share = (value) => (value === null ? "–" : `${(value * 100).toFixed(0)}%`)
    const said = part.percent ? share : number
    const values = part.series.map((series) => (column ? said(series[column - 1]) : ""))
    strip.querySelectorAll(".key b").forEach((value, i) => (value.textContent = values[i]))
    if (part.names.length || !column) return ""
    return /_t$/.test(part.title) // such as x_t
      ? `${part.title.slice(0, -1)}${column} = ${values[0]}`
      : `${part.title}: ${values[0]}`
  },
}

const CELLS = {
  build(part) {
    const units = ticks(part.rows, 12).map((row) =>
      label("y", row, { top: `${((row - 0.5) / part.rows) * 100}%` }),
    )
    const key = [element("span", { class: "low" }), element("i"), element("span", { class: "high" })]
    return { picture: element("img", { alt: "", draggable: "false" }), axis: units, key }
  },

  draw(part, strip) {
    const picture = strip.querySelector("img")
    if (picture.src !== part.picture) picture.src = part.picture
    strip.querySelector(".key i").style.background = `linear-gradient(to right, ${part.colors.join(",")})`
    strip.querySelector(".low").textContent = part.low
    strip.querySelector(".high").textContent = part.high
  },

  tell(part, at, strip, name) {
    if (!at.column || !at.row) return ""
    const value = part.values?.[(at.row - 1) * part.columns + at.column - 1]
    return value === undefined ? "" : `${name(at.column)}, unit ${at.row}: ${number(value)}`
  },
}

const KINDS = { lines: LINES, cells: CELLS }

// Fill a strip with what changes seldom.
function build(strip, part, next, column, labels) {
  const { picture, axis, key } = KINDS[part.kind].build(part)
  const plot = element("div", { class: "plot marks", "aria-hidden": "true" }, picture)
  plot.append(...["pointed", "marked", "dots", "cell"].map((name) => element("div", { class: name })))
  plot.style.height = `${part.height}px`
  const names = below(part, next, column, labels)
  plot.append(element("div", { class: "axes" }, ...axis, ...names, label("title y", part.title, {})))
  const readout = element("div", { class: "readout" })
  const head = element("div", { class: "head" }, element("div", { class: "key" }, ...key), readout)
  const isMap = part.kind === "cells"
  const room = names[0]?.className === "word" ? "worded" : next ? "numbered" : "titled"
  strip.className = `strip ${part.kind} ${names.length ? room : ""}`
  strip.setAttribute("role", isMap ? "application" : "img")
  if (isMap) {
    strip.tabIndex = 0
    strip.setAttribute("aria-roledescription", "heat map")
    readout.setAttribute("aria-live", "polite")
  }
  strip.replaceChildren(head, plot)
}

// A slider whose thumb stands over the column that it chooses.
function buildSlider(box, slider, count, isAlone) {
  const range = element("input", { type: "range", min: 1, max: count, "aria-label": slider.label })
  if (slider.help) range.setAttribute("aria-description", slider.help)
  const said = element("span", { "aria-hidden": "true", title: slider.help }, slider.label, element("b"))
  const head = element("div", {}, said)
  if (slider.plays) head.append(element("button", { type: "button" }, "Play"))
  box.style.setProperty("--count", count)
  box.classList.toggle("alone", isAlone)
  box.replaceChildren(head, range)
}

// From now on the slider is drawn along, until it is let go, wherever that is.
function hold(root) {
  root.isHeld = true
  const release = () => {
    root.isHeld = false
    root.rest()
  }
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, { once: true })
}

// Hear of choices in other strips as long as these are on the page.
function hear(root) {
  const listener = ({ detail }) => {
    if (root.isConnected) root.follow(detail)
    else document.removeEventListener(CHOSEN, listener)
  }
  document.addEventListener(CHOSEN, listener)
}

// Runs again whenever Python sends something or the theme changes.
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".slider")
  const root = parentElement.querySelector(".strips")
  const at = (root.at ??= { column: 0, row: 0 })
  // What was chosen and Python has not answered yet: `told` it knows of, `wanted` is shown.
  const choice = (root.choice ??= { wanted: 0, told: 0, number: Date.now(), since: 0, isMoving: false })
  // What these strips look like at each choice of another slider; `column` is what is chosen there.
  const film = (root.film ??= { subject: "", frames: null, asked: -PATIENCE, column: 0 })
  const { column, labels, slider } = data
  const parts = data.parts.map((part) => ({ ...part }))
  parts.forEach((part, i) => {
    const { kind, columns, rows, names, ticks, title } = part
    const next = parts[i + 1]
    const form = JSON.stringify([kind, columns, rows, names, ticks, title, next?.columns, column, labels])
    const old = root.children[i]
    if (old?.form === form) return // drawn on, not anew
    const strip = old?.kind === kind ? old : element("div")
    Object.assign(strip, { form, kind })
    if (!old) root.append(strip)
    else if (old !== strip) old.replaceWith(strip)
    at.column = at.row = 0
    build(strip, part, next, column, labels)
  })
  while (root.children.length > parts.length) root.lastChild.remove()
  const form = slider && JSON.stringify([slider.label, slider.help, data.count, parts.length > 0])
  if (box.form !== form) {
    if (slider) buildSlider(box, slider, data.count, !parts.length)
    else box.replaceChildren()
    box.form = form
  }
  const strips = [...root.children]
  strips.forEach((strip, i) => {
    strip.setAttribute("aria-label", parts[i].alt)
    listen(strip, parts[i])
  })
  const range = box.querySelector("input")
  const button = box.querySelector("button")
  if (range) {
    range.oninput = () => {
      halt()
      choose(range.valueAsNumber)
    }
    range.onpointerdown = () => hold(root)
    range.onfocus = box.onpointerenter = () => announce(0)
  }
  if (button) button.onclick = () => (root.playing ? halt() : play())
  Object.assign(root, { tick, rest })
  if (data.received === choice.number) {
    if (choice.wanted === choice.told && (!choice.isMoving || isMoving())) {
      choice.wanted = 0
      announce(0)
    }
    choice.told = 0
  }
  if (data.film) watch()
  let shown = parts
  draw()
  if (choice.wanted) tell()

  function draw() {
    const colors = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",")
    const now = marked()
    const frame = film.frames?.[film.column - 1]
    shown = frame ? parts.map((part, i) => ({ ...part, values: null, ...frame[i] })) : parts
    strips.forEach((strip, i) => {
      const part = shown[i]
      part.marked = parts[i].marked = part.shared ? now : 0
      KINDS[part.kind].draw(part, strip, colors)
      place(strip.querySelector(".marked"), part, part.marked)
    })
    if (range) {
      const said = slider.texts[now - 1] ?? String(now)
      range.value = now
      range.style.setProperty("--filled", (now - 1) / Math.max(1, data.count - 1))
      range.setAttribute("aria-valuetext", said)
      box.querySelector("b").textContent = said
    }
    show()
  }

  // It is marked at once; Python is told of one column at a time, and of the next when it has answered, so
  // that pictures follow the pointer as fast as they can be made.
  function choose(column) {
    choice.wanted = column
    draw()
    choice.isSeen = announce(column)
    tell()
  }

  // Returns whether a film shows it already.
  function announce(column) {
    const detail = { key: data.key, column, isSeen: false }
    document.dispatchEvent(new CustomEvent(CHOSEN, { detail }))
    return detail.isSeen
  }

  // From the present column to the last, or from the first if that is the last.
  function play() {
    announce(0)
    if (marked() === data.count) choose(1)
    root.playing = setInterval(() => (root.isConnected ? root.tick() : clearInterval(root.playing)), PACE)
    button.textContent = "Pause"
  }

  // Where no film shows a column at once, the next one waits for Python's answer.
  function tick() {
    if (choice.told && !choice.isSeen && performance.now() - choice.since < PATIENCE) return
    if (marked() === data.count) halt()
    else choose(marked() + 1)
  }

  function halt() {
    clearInterval(root.playing)
    root.playing = 0
    if (button) button.textContent = "Play"
    rest()
  }

  // Python puts a choice into the address when the slider rests: one Back undoes the whole way.
  function isMoving() {
    return Boolean(root.playing || root.isHeld)
  }

  function rest() {
    if (!choice.isMoving || isMoving() || choice.told) return
    choice.wanted = marked()
    tell()
  }

  function marked() {
    return choice.wanted || data.marked
  }

  // Follow another slider with the frames of a film, until Python has sent what it shows there.
  function watch() {
    const { follows, subject, frames } = data.film
    if (film.subject !== subject) Object.assign(film, { subject, frames: null, asked: -PATIENCE, column: 0 })
    film.frames = frames ?? film.frames
    if (film.column === data.film.column) film.column = 0
    if (!root.follow) hear(root)
    root.follow = (chosen) => {
      const { key, column } = chosen
      if (key !== follows) return
      film.column = column
      clearTimeout(film.timer)
      if (!film.frames && !column) film.timer = setTimeout(ask, REST)
      if (!film.frames || !column) return
      draw()
      chosen.isSeen = true
    }
  }

  function ask() {
    if (film.frames || !root.isConnected || performance.now() - film.asked < PATIENCE) return
    film.asked = performance.now()
    setTriggerValue("film", film.asked)
  }

  function tell() {
    if (choice.told && performance.now() - choice.since < PATIENCE) return
    choice.told = choice.wanted
    choice.since = performance.now()
    choice.number += 1
    choice.isMoving = isMoving()
    setTriggerValue("picked", { column: choice.told, number: choice.number, isMoving: choice.isMoving })
  }

  function name(place) {
    return labels.length ? labels[place - 1] : `${column} ${place}`
  }

  function place(box, part, place) {
    box.style.left = `${((place - 1) / part.columns) * 100}%`
    box.style.width = `${100 / part.columns}%`
    box.style.visibility = place > 0 ? "visible" : "hidden"
  }

  // What is pointed at in one strip is pointed at in all that have the same columns.
  function show() {
    strips.forEach((strip, i) => {
      const part = shown[i]
      const here = part.columns === at.columns ? at : { column: 0, row: 0 }
      place(strip.querySelector(".pointed"), part, part.kind === "lines" ? here.column : 0)
      const cell = strip.querySelector(".cell")
      place(cell, part, part.rows && here.row ? here.column : 0)
      if (part.rows && here.row) {
        cell.style.top = `${((here.row - 1) / part.rows) * 100}%`
        cell.style.height = `${100 / part.rows}%`
      }
      strip.querySelector(".readout").textContent = KINDS[part.kind].tell(part, here, strip, name)
    })
  }

  function point(part, column, row) {
    at.columns = part.columns
    at.column = clamp(column, 1, part.columns)
    at.row = part.rows ? clamp(row, 1, part.rows) : 0
    show()
  }

  function leave() {
    at.column = at.row = 0
    show()
  }

  function listen(strip, part) {
    const plot = strip.querySelector(".plot")
    const takesClicks = data.takesClicks && part.shared
    plot.classList.toggle("clickable", takesClicks)
    const follow = (event) => {
      const box = plot.getBoundingClientRect()
      point(
        part,
        Math.floor(((event.clientX - box.left) / box.width) * part.columns) + 1,
        Math.floor(((event.clientY - box.top) / box.height) * (part.rows ?? 1)) + 1,
      )
    }
    const pick = () => {
      if (takesClicks && at.column && at.columns === part.columns) choose(at.column)
    }
    plot.onpointermove = follow
    plot.onpointerleave = (event) => {
      if (event.pointerType === "mouse") leave() // what a finger has chosen stays
    }
    plot.onclick = (event) => {
      follow(event)
      pick()
    }
    if (part.kind !== "cells") return
    strip.onkeydown = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
      if (event.key === "Enter") pick()
      else if (event.key in moves) {
        const [right, down] = at.column ? moves[event.key] : [0, 0]
        point(part, (at.column || part.marked || 1) + right, (at.row || 1) + down)
      } else return
      event.preventDefault()
    }
    strip.onblur = leave
  }
}
