"""A network drawn from top to bottom, with a sentence on its way through it."""

from collections.abc import Sequence
from html import escape

import numpy as np

from app.ui.pictures import colored, data_address
from data.text import Encoded
from models.forward import Trace
from models.layers import Dense, Dropout, LayerSummary, Recurrent, Shape
from models.weights import Array

WIDTH = 420
"""Of the drawing, so that its letters are legible on a phone; on a wide screen it is enlarged."""

BLUE, GRAY, LINE, ORANGE = "#1f6fc4", "#5b6875", "#8a95a1", "#b34700"
"""Fills on which white letters can be read, whatever is behind the drawing, and the colour of lines."""

STRIP = 14
"""Height of a vector."""


def shown_steps(words: int, steps: int, *, reads_padding: bool) -> list[int]:
    """The steps that there is room to draw: the first two words, the last, and the last of the padding.

    Args:
        words: of the sentence.
        steps: of the row.
        reads_padding: whether the network reads on after the last word.

    Returns:
        At most four steps, counted from 0, rising.
    """
    last = [steps - 1] if reads_padding and words < steps else []
    chosen = {*range(min(words, 2)), max(words - 1, 0), *last}
    return sorted(chosen)


def diagram_svg(
    rows: Sequence[LayerSummary],
    trace: Trace,
    encoded: Encoded,
    columns: Sequence[int],
    classes: Sequence[str],
) -> str:
    """The network with a sentence in it, from top to bottom, as SVG.

    Args:
        rows: the summary of its layers.
        trace: what they made of the sentence.
        encoded: the sentence.
        columns: the steps to draw, rising.
        classes: names of the classes.
    """
    parts: list[str] = []
    places = [WIDTH * (2 * i + 1) / (2 * len(columns)) for i in range(len(columns))]
    y = _head(parts, 0, "Words and their ids", (len(encoded.row),), GRAY)
    for step, x in zip(columns, places, strict=True):
        word = encoded.tokens[step] if step < len(encoded.tokens) else "PAD"
        _pill(parts, x, y + 18, f"{word[:9]}…" if len(word) > 10 else word, GRAY, bold=True)
        _pill(parts, x, y + 44, f"id {int(encoded.row[step]):,}", GRAY)
    _dots(parts, columns, places, y + 18)
    y += 66
    several = True  # whether what comes is a vector for each step, or a single one
    for number, (row, made) in enumerate(zip(rows, trace.steps, strict=True), 1):
        last = number == len(rows)
        _arrows(parts, places if several else [WIDTH / 2], y)
        y = _head(parts, y + 16, f"{number} {layer_title(row)}", row.output_shape, BLUE)
        output = made.output[0]
        limit = float(np.abs(output).max()) or 1.0
        if isinstance(row.layer, Recurrent):
            limit = float(np.abs(_hidden(made.states)[list(columns)]).max()) or 1.0
            y = _steps(parts, y, made.states, columns, places, limit)
        if several and output.ndim == 1:
            y = _gather(parts, y, places[-1:] if isinstance(row.layer, Recurrent) else places)
        several = output.ndim == 2
        if last and output.shape == (len(classes),):
            y = _bars(parts, y, output, classes)
        elif isinstance(row.layer, Dropout):
            y += 4
        elif several:
            for place, x in zip(columns, places, strict=True):
                _vector(parts, x, y + 8, output[place], limit, WIDTH / len(columns) - 14)
            y += STRIP + 40
        elif output.ndim == 1:
            _vector(parts, WIDTH / 2, y + 8, output, limit, WIDTH * 0.6)
            y += STRIP + 40
    height = round(y + 6)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{2 * WIDTH}" height="{2 * height}">'
        "<style>text {font: 14px sans-serif; fill: #fff} .bold {font-weight: bold} "
        ".mid {text-anchor: middle} "
        ".end {text-anchor: end} .arrow {stroke: #8a95a1; stroke-width: 2; fill: none; "
        "marker-end: url(#head)}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="5" markerHeight="5" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>{"".join(parts)}</svg>'
    )


def layer_title(row: LayerSummary) -> str:
    """``LSTM 32``; of a Dense layer the activation too."""
    if isinstance(row.layer, Dropout):
        return f"Dropout {row.layer.rate:g}, in training only"
    units = getattr(row.layer, "units", "")
    activation = f", {row.layer.activation}" if isinstance(row.layer, Dense) else ""
    return f"{row.layer.kind} {units}{activation}".strip()


def _head(parts: list[str], y: float, title: str, shape: Shape, fill: str) -> float:
    """A bar with the name of a stage and the shape of what it gives; returns where it ends."""
    parts.append(f'<rect x="0" y="{y}" width="{WIDTH}" height="26" rx="5" fill="{fill}"/>')
    parts.append(f'<text x="10" y="{y + 18}" class="bold">{escape(title)}</text>')
    parts.append(f'<text x="{WIDTH - 10}" y="{y + 18}" class="end">{batch_shape(shape)}</text>')
    return y + 30


def batch_shape(shape: Shape) -> str:
    """The shape for a batch of one sentence, as in the course: ``(1, 55, 32)``."""
    return f"({', '.join(map(str, (1, *shape)))})"


def _pill(parts: list[str], x: float, y: float, text: str, fill: str, *, bold: bool = False) -> None:
    width = min(max(8.2 * len(text) + 14, 40), WIDTH)
    parts.append(
        f'<rect x="{x - width / 2}" y="{y - 11}" width="{width}" height="22" rx="5" fill="{fill}"/>'
        f'<text x="{x}" y="{y + 5}" class="mid{" bold" if bold else ""}">{escape(text)}</text>'
    )


def _dots(parts: list[str], columns: Sequence[int], places: Sequence[float], y: float) -> None:
    """Between steps that are no neighbours."""
    for i in range(1, len(columns)):
        if columns[i] > columns[i - 1] + 1:
            middle = (places[i - 1] + places[i]) / 2
            parts += [f'<circle cx="{middle + shift}" cy="{y}" r="2" fill="{LINE}"/>' for shift in (-6, 0, 6)]


def _arrows(parts: list[str], places: Sequence[float], y: float) -> None:
    parts += [f'<path d="M{x} {y - 4}V{y + 11}" class="arrow"/>' for x in places]


def _steps(
    parts: list[str],
    y: float,
    states: dict[str, Array],
    columns: Sequence[int],
    places: Sequence[float],
    limit: float,
) -> float:
    """The cell at each of the drawn steps, what goes from one to the next, and its hidden state."""
    hidden = _hidden(states)
    for i, (step, x) in enumerate(zip(columns, places, strict=True)):
        _pill(parts, x, y + 18, f"step {step + 1}", BLUE, bold=True)
        if i:
            skipped = ' stroke-dasharray="3 5"' if step > columns[i - 1] + 1 else ""
            parts.append(f'<path d="M{places[i - 1] + 34} {y + 18}H{x - 38}" class="arrow"{skipped}/>')
        parts.append(f'<path d="M{x} {y + 30}V{y + 40}" class="arrow"/>')
        _vector(parts, x, y + 46, hidden[step], limit, WIDTH / len(columns) - 14)
    return y + STRIP + 74


def _gather(parts: list[str], y: float, places: Sequence[float]) -> float:
    """From the steps that count to the one vector that goes on."""
    parts += [f'<path d="M{x} {y}V{y + 8}H{WIDTH / 2}V{y + 20}" class="arrow"/>' for x in places]
    return y + 16


def _hidden(states: dict[str, Array]) -> Array:
    """(steps, units) hidden states; of a layer that reads both ways those of reading forwards."""
    found: Array = states["hidden" if "hidden" in states else "forward_hidden"][0]
    return found


def _vector(parts: list[str], x: float, y: float, values: Array, limit: float, width: float) -> None:
    """A vector as stripes, and its first numbers below."""
    address = data_address(colored(values[np.newaxis], -limit, limit))
    left = x - width / 2
    parts.append(
        f'<image href="{address}" x="{left}" y="{y}" width="{width}" height="{STRIP}" '
        'preserveAspectRatio="none" style="image-rendering: pixelated"/>'
        f'<rect x="{left}" y="{y}" width="{width}" height="{STRIP}" fill="none" stroke="{LINE}"/>'
    )
    room = 4 if width > 200 else 2 if width > 120 else 1
    numbers = "  ".join(_number(float(value)) for value in values[:room])
    _pill(parts, x, y + STRIP + 16, f"{numbers} …" if len(values) > room else numbers, GRAY)


def _number(value: float) -> str:
    """Two digits, with a real minus sign, and none before zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _bars(parts: list[str], y: float, output: Array, classes: Sequence[str]) -> float:
    """The probabilities of the classes: of two, the second is orange and the first blue, as everywhere."""
    fills = [ORANGE if value == output.max() else GRAY for value in output]
    if len(classes) == 2:
        fills = [BLUE, ORANGE]
    for name, value, fill in zip(classes, output, fills, strict=True):
        label = name if len(name) <= 14 else f"{name[:13]}…"
        parts.append(
            f'<rect x="0" y="{y + 4}" width="{WIDTH}" height="24" rx="5" fill="{LINE}" opacity="0.25"/>'
            f'<rect x="130" y="{y + 4}" width="{max((WIDTH - 200) * float(value), 1):.1f}" height="24" '
            f'fill="{fill}"/><rect x="0" y="{y + 4}" width="126" height="24" rx="5" fill="{fill}"/>'
            f'<text x="10" y="{y + 21}" class="bold">{escape(label)}</text>'
            f'<rect x="{WIDTH - 66}" y="{y + 4}" width="66" height="24" rx="5" fill="{fill}"/>'
            f'<text x="{WIDTH - 10}" y="{y + 21}" class="end bold">{float(value):.1%}</text>'
        )
        y += 30
    return y
