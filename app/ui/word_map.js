const later = () => new Promise((resolve) => setTimeout(resolve, 500))

// Runs again whenever Python sends something or the theme changes.
export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const [map, canvas, tip, wait] = [".map", "canvas", ".tip", ".wait"].map(find)
  const own = (map.own ??= { pointers: new Map(), awaited: null, moved: false })
  own.data = data
  map.style.height = `min(${data.height}px, 110vw)` // a phone is narrow
  map.setAttribute("aria-label", data.alt)
  own.font = getComputedStyle(map).fontFamily

  // Python names the change of the camera that it has seen last. While a newer one is on its way, or being
  // made, what comes from Python is older than what the learner sees.
  if (data.change === own.awaited) own.awaited = null
  if (!own.moved && own.awaited === null) own.camera = [...data.camera]

  own.watch ??= new ResizeObserver(redraw)
  own.watch.observe(map)
  take()

  // The points of the base come as files. While one is on its way no other is asked for, else a map that grows
  // would never be seen to move over a slow line; what is newest then comes next.
  async function take() {
    if (own.address === data.address) place(own.file, data)
    if (own.isTaking) return
    own.isTaking = true
    while (own.address !== own.data.address) {
      const address = own.data.address
      let file = await read(address)
      if (file === null) await later()
      const isNewest = own.data.address === address
      if (file === null && isNewest) file = await read(address) // once more
      if (file !== null) {
        Object.assign(own, { file, address })
        // What stands out is told by numbers: those of another map would be other words.
        if (isNewest || file.words.length === own.points?.count) place(file, own.data)
      } else if (isNewest) {
        wait.textContent = "The words did not arrive. Reload the page."
        wait.hidden = false
        break
      }
    }
    own.isTaking = false
  }

  async function read(address) {
    try {
      // The server may live in a folder, which `address` does not name.
      const folder = window.__streamlit?.BACKEND_BASE_URL ?? `${location.origin}/`
      const answer = await fetch(new URL(address.replace(/^\//, ""), folder))
      return answer.ok ? await answer.json() : null
    } catch {
      return null
    }
  }

  function place(file, latest) {
    const before = own.points
    const points = together(file, latest.extra)
    own.flight = before ? flight(before, points) : null
    own.points = points
    own.shown = latest
    own.seen = null // until it is drawn, nobody knows where a point is seen
    wait.hidden = true
    redraw()
  }

  // The way to new places, if these are the same words in as many dimensions.
  function flight(before, points) {
    if (before.isFlat !== points.isFlat || before.words.length < points.count) return null
    for (let i = 0; i < points.count; i++) if (before.words[i] !== points.words[i]) return null
    const from = before.places.slice(0, 3 * points.count)
    if (from.every((end, i) => end === points.places[i])) return null
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches
    return isStill ? null : { from, to: points.places, start: performance.now() }
  }

  function redraw() {
    own.frame ??= requestAnimationFrame(() => {
      own.frame = null
      draw()
    })
  }

  function draw() {
    const box = map.getBoundingClientRect()
    if (!own.points || !box.width) return
    if (own.flight) fly()
    const ratio = Math.min(window.devicePixelRatio || 1, 2)
    const size = [Math.round(box.width * ratio), Math.round(box.height * ratio)]
    if (canvas.width !== size[0]) canvas.width = size[0]
    if (canvas.height !== size[1]) canvas.height = size[1]
    Object.assign(own, { width: box.width, height: box.height })
    own.seen = paint(canvas, own.points, own.camera, own.shown, ratio, own.font)
    map.dataset.points = own.points.words.length
    tell()
    if (own.flight) redraw()
  }

  function fly() {
    const { from, to, start } = own.flight
    const time = Math.min((performance.now() - start) / FLIGHT, 1)
    const done = time * (2 - time)
    own.points.places = time < 1 ? to.map((end, i) => (i < from.length ? from[i] + (end - from[i]) * done : end)) : to
    if (time === 1) own.flight = null
  }

  // ------------------------------------------------------------------ what a learner does

  const scale = () => (own.camera[2] * Math.min(own.width, own.height)) / SPAN

  function change(turn, tilt, right, up) {
    const c = own.camera
    c[0] = (((c[0] + turn) % 360) + 360) % 360
    c[1] = clamp(c[1] + tilt, -90, 90)
    c[3] = clamp(c[3] + right, -500, 500)
    c[4] = clamp(c[4] + up, -500, 500)
    own.moved = true
    redraw()
  }

  // What is at the place stays there; the place is told from the middle.
  function zoom(times, right = 0, down = 0) {
    const before = scale()
    own.camera[2] = clamp(own.camera[2] * times, 0.25, 64)
    const after = scale()
    change(0, 0, right / before - right / after, down / after - down / before)
  }

  // At the end of a movement, not at every step of it.
  function commit() {
    if (!own.moved) return
    own.moved = false
    own.awaited = Date.now()
    setStateValue("camera", { numbers: [...own.camera], change: own.awaited })
  }

  function at(event) {
    const box = map.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }

  function hit(event) {
    return own.seen ? pointAt(own.seen, ...at(event), NEAR[event.pointerType] ?? NEAR.mouse) : -1
  }

  // Name the point below the mouse; after each picture too, since points move below a mouse that rests.
  function tell() {
    const point = own.mouse && !own.pointers.size ? hit(own.mouse) : -1
    map.classList.toggle("pointing", point >= 0)
    tip.hidden = point < 0
    if (point < 0) return
    tip.textContent = own.points.words[point]
    const [x, y] = [own.seen[3 * point], own.seen[3 * point + 1]]
    tip.style.left = `${clamp(x + 10, 0, Math.max(own.width - tip.offsetWidth, 0))}px`
    tip.style.top = `${clamp(y - 34, 0, own.height)}px`
  }

  map.onpointerdown = (event) => {
    if (event.button > 2 || !own.width) return
    map.setPointerCapture(event.pointerId)
    own.pointers.set(event.pointerId, [event.clientX, event.clientY])
    own.start = own.pointers.size === 1 ? [event.clientX, event.clientY] : null
    tell()
  }

  map.onpointermove = (event) => {
    const before = own.pointers.get(event.pointerId)
    if (event.pointerType !== "touch") own.mouse = event
    if (!before) return tell()
    const now = [event.clientX, event.clientY]
    if (own.start && Math.hypot(now[0] - own.start[0], now[1] - own.start[1]) < STILL) return
    own.start = null
    map.classList.add("moving")
    const [right, down] = [now[0] - before[0], now[1] - before[1]]
    own.pointers.set(event.pointerId, now)
    if (own.pointers.size > 1) {
      const other = [...own.pointers].find(([id]) => id !== event.pointerId)[1]
      const apart = (place) => Math.max(Math.hypot(place[0] - other[0], place[1] - other[1]), 1)
      change(0, 0, -right / scale() / 2, down / scale() / 2)
      const [x, y] = at(event)
      const aside = [(other[0] - now[0]) / 2, (other[1] - now[1]) / 2] // from this finger to between both
      zoom(apart(now) / apart(before), x + aside[0] - own.width / 2, y + aside[1] - own.height / 2)
    } else if (own.points.isFlat || event.shiftKey || event.buttons & 2) {
      change(0, 0, -right / scale(), down / scale())
    } else change(right * 0.4, down * 0.4, 0, 0)
  }

  map.onpointerup = (event) => {
    const isClick = own.pointers.has(event.pointerId) && own.start && event.button === 0
    const point = isClick ? hit(event) : -1
    leave(event)
    if (point >= 0) setTriggerValue("picked", own.points.words[point])
  }

  function leave(event) {
    own.pointers.delete(event.pointerId)
    own.start = null
    if (own.pointers.size) return
    map.classList.remove("moving")
    tell()
    commit()
  }

  map.onpointercancel = leave
  map.onpointerleave = (event) => {
    if (event.pointerType === "touch") return
    own.mouse = null
    tell()
  }
  map.oncontextmenu = (event) => event.preventDefault() // the right button moves the map

  map.onwheel = (event) => {
    if (!own.width) return
    event.preventDefault()
    const [x, y] = at(event)
    // Two fingers on a touchpad are told as a wheel with Ctrl that turns little.
    const pixels = event.deltaY * [1, 16, own.height][event.deltaMode] * (event.ctrlKey ? 8 : 1)
    zoom(2 ** (-clamp(pixels, -200, 200) / 300), x - own.width / 2, y - own.height / 2)
    clearTimeout(own.pause)
    own.pause = setTimeout(() => own.commit(), 300)
  }
  own.commit = commit // this may have run again by then, and Streamlit have given another `setStateValue`

  map.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !own.width) return
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const steps = { "+": 1.25, "=": 1.25, "-": 0.8 }
    if (arrow && (own.points.isFlat || event.shiftKey)) {
      change(0, 0, (arrow[0] * 40) / scale(), (-arrow[1] * 40) / scale())
    } else if (arrow) change(arrow[0] * 10, arrow[1] * 10, 0, 0)
    else if (event.key in steps) zoom(steps[event.key])
    else if (event.key === "Home" || event.key === "0") reset()
    else return
    event.preventDefault()
  }
  map.onkeyup = commit
  map.onblur = commit

  function reset() {
    own.camera = [...data.first]
    change(0, 0, 0, 0)
  }

  const tools = {
    larger: () => zoom(1.25),
    smaller: () => zoom(0.8),
    reset,
    save: () => own.points && save(own, own.shown),
  }
  for (const button of parentElement.querySelectorAll(".tools button")) {
    button.onclick = () => {
      if (!own.width) return // nothing is drawn yet
      tools[button.dataset.do]()
      commit()
    }
  }
}
