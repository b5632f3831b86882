// How strips are drawn; what they do stands in strips.js.

const DASHES = ["", "7 3", "2 2", "9 3 2 3"] // as in the charts

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
