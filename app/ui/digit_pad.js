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
