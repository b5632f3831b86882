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
