// Milliseconds after which Python's answer to a choice is waited for no longer: the connection was lost.
const PATIENCE = 2000

// Milliseconds from one column to the next while a slider plays.
const PACE = 150

// Tells all strips of a page which column is chosen in one of them; 0: a choice is about to be made, or all are
// answered.
const CHOSEN = "strips-chosen"

// Milliseconds without a choice after which a film is asked for: while it is made, choices would have to wait.
const REST = 100

// A slider whose thumb stands over the column that it chooses.
function buildSlider(box, slider, count, isAlone) {
  const range = element("input", { type: "range", min: 1, max: count, "aria-label": slider.label })
  if (slider.help) range.setAttribute("aria-description", slider.help)
  const said = element("span", { "aria-hidden": "true", title: slider.help }, slider.label, element("b"))
  const head = element("div", {}, said)
  if (slider.plays) head.append(element("button", { type: "button" }))
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
  if (button) {
    button.textContent = root.playing ? "Pause" : "Play"
    button.onclick = () => (root.playing ? halt() : play())
  }
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
  rest()

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
  function announce(column, isUrgent = false) {
    const detail = { key: data.key, column, isUrgent, isSeen: false }
    document.dispatchEvent(new CustomEvent(CHOSEN, { detail }))
    return detail.isSeen
  }

  // From the present column to the last, or from the first if that is the last.
  function play() {
    announce(0, true)
    root.playing = setInterval(() => (root.isConnected ? root.tick() : clearInterval(root.playing)), PACE)
    button.textContent = "Pause"
    if (marked() === data.count) choose(1)
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
    const isUntold = choice.isMoving || data.isMoving // the page may have been left while it moved
    if (!isUntold || isMoving() || choice.told) return
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
      const { key, column, isUrgent } = chosen
      if (key !== follows) return
      film.column = column
      clearTimeout(film.timer)
      if (isUrgent) ask()
      else if (!column) film.timer = setTimeout(ask, REST)
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
