// How a map of words is drawn; what it does stands in word_map.js.

// Units of the map that fit into the shorter side of the picture at first, and between the eye and the middle.
const SPAN = 220
const EYE = 260

const STILL = 5 // pixels that a pointer may move in a click
const NEAR = { mouse: 9, pen: 12, touch: 18 } // pixels in which a point is hit
const FLIGHT = 350 // milliseconds in which points move to new places
const LABELS = { size: 14, most: 40, longest: 24, lookedAt: 1200 }

const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

// ---------------------------------------------------------------------------- points

// The base and the extras, as arrays of numbers; places always have three, the third of a flat map is 0.
function together(file, extra) {
  const words = [...file.words, ...extra.words]
  const places = new Float32Array(3 * words.length)
  const all = [...file.places, ...extra.places]
  const d = file.dimensions
  for (let i = 0; i < words.length; i++) for (let k = 0; k < d; k++) places[3 * i + k] = all[d * i + k]
  const colors = Uint8Array.from([...file.colors, ...extra.colors])
  return { words, places, colors, isFlat: d === 2, count: file.words.length, telling: telling(words) }
}

// Words whose labels say something to begin with: the first of a list are mostly punctuation and "the", "of".
function telling(words) {
  const some = words.slice(0, LABELS.lookedAt).map((_, i) => i)
  const says = (i) => words[i].length > 3 && /^\p{L}+$/u.test(words[i])
  return [...some.filter(says), ...some.filter((i) => !says(i))]
}

// ---------------------------------------------------------------------------- the eye

// Where each point is seen: pixels to the right and downwards, and by how much nearness enlarges it.
function look({ words, places, isFlat }, [turn, tilt, zoom, right, up], width, height) {
  const scale = (zoom * Math.min(width, height)) / SPAN
  const angle = (degrees) => (degrees / 180) * Math.PI
  const [cosTurn, sinTurn] = [Math.cos(angle(turn)), Math.sin(angle(turn))]
  const [cosTilt, sinTilt] = [Math.cos(angle(tilt)), Math.sin(angle(tilt))]
  const seen = new Float32Array(3 * words.length)
  for (let i = 0; i < seen.length; i += 3) {
    let [x, y, larger] = [places[i], places[i + 1], 1]
    if (!isFlat) {
      const away = places[i + 2] * cosTurn - x * sinTurn
      x = x * cosTurn + places[i + 2] * sinTurn
      larger = EYE / Math.max(EYE - y * sinTilt - away * cosTilt, EYE / 5)
      y = y * cosTilt - away * sinTilt
    }
    seen[i] = width / 2 + (x * larger - right) * scale
    seen[i + 1] = height / 2 - (y * larger - up) * scale
    seen[i + 2] = larger
  }
  return seen
}

// The number of the point at a place; of several the one in front.
function pointAt(seen, x, y, reach) {
  let found = -1
  let best = Infinity
  for (let i = 0; i < seen.length; i += 3) {
    const distance = Math.hypot(seen[i] - x, seen[i + 1] - y)
    if (distance > reach) continue
    const rank = distance - 4 * seen[i + 2]
    if (rank < best) [best, found] = [rank, i / 3]
  }
  return found
}

// ---------------------------------------------------------------------------- the picture

// Which pixels a round dot covers, and how much of each: of a radius and a place in quarters of a pixel.
const dots = new Map()
function dot(radius, right, down) {
  const key = (radius * 4 + right) * 4 + down
  if (dots.has(key)) return dots.get(key)
  const reach = Math.ceil(radius / 4 + 1)
  const covered = []
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const share = clamp(radius / 4 + 0.5 - Math.hypot(x - right / 4, y - down / 4), 0, 1)
      if (share > 0) covered.push(x, y, share)
    }
  }
  dots.set(key, covered)
  return covered
}

// Written pixel by pixel: without a graphics card, 10,000 paths would take a browser ten times as long.
// `colors` are one for each point, or a single one for all.
function drawDots(image, seen, order, colors, radius, opacity, ratio) {
  const step = colors.length > 3 ? 3 : 0
  const { width, height, data } = image
  for (const point of order) {
    const x = Math.round(seen[3 * point] * ratio * 4)
    const y = Math.round(seen[3 * point + 1] * ratio * 4)
    if (!(x > -200 && y > -200 && x < 4 * width + 200 && y < 4 * height + 200)) continue
    const covered = dot(Math.round(4 * radius * ratio * Math.min(seen[3 * point + 2], 2.5)), x & 3, y & 3)
    const [red, green, blue] = [colors[step * point], colors[step * point + 1], colors[step * point + 2]]
    for (let i = 0; i < covered.length; i += 3) {
      const across = (x >> 2) + covered[i]
      const down = (y >> 2) + covered[i + 1]
      if (across < 0 || down < 0 || across >= width || down >= height) continue
      const at = 4 * (down * width + across)
      const share = covered[i + 2] * opacity
      data[at] += (red - data[at]) * share
      data[at + 1] += (green - data[at + 1]) * share
      data[at + 2] += (blue - data[at + 2]) * share
    }
  }
}

function paperOf(width, height, [red, green, blue]) {
  const image = new ImageData(width, height)
  new Uint32Array(image.data.buffer).fill(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0)
  return image
}

// Labels of the first points in an order that have room for one, on any side of them.
function drawLabels(context, points, seen, order, data, width, height) {
  const taken = []
  const half = LABELS.size / 2
  for (const point of order) {
    if (taken.length >= (data.named ? data.named.length : LABELS.most)) break
    const [x, y] = [seen[3 * point], seen[3 * point + 1]]
    if (!points.words[point].trim() || x < 0 || x > width || y < 0 || y > height) continue
    const word = shortened(points.words[point])
    const wide = context.measureText(word).width / 2
    const aside = wide + 10
    const free = [
      [x, y - LABELS.size],
      [x, y + LABELS.size],
      [x + aside, y],
      [x - aside, y],
    ].find(([across, down]) => {
      const box = [across - wide - 4, down - half - 2, across + wide + 4, down + half + 2]
      if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height) return false
      const isFree = taken.every((b) => box[0] > b[2] || box[2] < b[0] || box[1] > b[3] || box[3] < b[1])
      if (isFree) taken.push(box)
      return isFree
    })
    if (!free) continue
    context.strokeText(word, ...free)
    context.fillText(word, ...free)
  }
}

function shortened(word) {
  const letters = [...word]
  return letters.length > LABELS.longest ? `${letters.slice(0, LABELS.longest - 1).join("")}…` : word
}

const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`

// Draw a map. `ratio` is how many pixels of the canvas make one of the page. Returns where the points are seen.
function paint(canvas, points, camera, data, ratio, font) {
  const [width, height] = [canvas.width / ratio, canvas.height / ratio]
  const seen = look(points, camera, width, height)
  const order = Uint32Array.from(points.words, (_, i) => i)
  if (!points.isFlat) order.sort((a, b) => seen[3 * a + 2] - seen[3 * b + 2]) // the nearest last
  const image = paperOf(canvas.width, canvas.height, data.paper)
  drawDots(image, seen, order, points.colors, data.radius, data.opacity, ratio)
  for (const { points, color, radius } of data.groups) drawDots(image, seen, points, color, radius, 1, ratio)
  const context = canvas.getContext("2d")
  context.putImageData(image, 0, 0)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  Object.assign(context, { font: `600 ${LABELS.size}px ${font}`, textAlign: "center", textBaseline: "middle" })
  Object.assign(context, { fillStyle: css(data.ink), strokeStyle: css(data.paper), lineWidth: 3, lineJoin: "round" })
  drawLabels(context, points, seen, data.named ?? points.telling, data, width, height)
  return seen
}

// Save what is seen, twice as fine, with the title below it.
function save(own, data) {
  const canvas = document.createElement("canvas")
  canvas.width = own.width * 2
  canvas.height = own.height * 2
  paint(canvas, own.points, own.camera, data, 2, own.font)
  const context = canvas.getContext("2d")
  context.font = `11px ${own.font}`
  context.textAlign = "left"
  context.strokeText(data.title, 10, own.height - 12)
  context.fillText(data.title, 10, own.height - 12)
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: "map.png" })
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  })
}
