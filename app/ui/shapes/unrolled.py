"""The picture of an unrolled LSTM, with numbered places; drawn from constants alone."""

from functools import lru_cache

from models.questions import PLACES

_CELLS = ((64, "1"), (186, "2"), (308, "t−1"), (430, "t"))
"""Left side of each cell, and its step."""

_SPOTS = ((34, 137), (156, 137), (216, 222), (400, 137), (460, 222), (460, 84))
"""Where the numbered places are."""

_GIVEN = ((94, 222, "x_1"), (338, 222, "x_(t−1)"))


@lru_cache(maxsize=2)
def unrolled(answered: bool) -> str:
    """The unrolled network as SVG. All text stands on filled shapes, so that it reads on any background.

    Args:
        answered: labels in the numbered places instead of numbers.
    """
    paths = ["M4 137H58", "M124 137H180", "M246 137H258", "M290 137H302", "M368 137H424"]  # states
    paths += [f"M{left + 30} 208V172" for left, _ in _CELLS]  # inputs
    paths += ["M460 106V54", "M412 30H368"]  # output
    parts = [f'<path d="{path}" class="arrow"/>' for path in paths]
    parts += [f'<circle cx="{x}" cy="137" r="2.5" fill="#8a95a1"/>' for x in (266, 274, 282)]
    for left, step in _CELLS:
        parts.append(_box(left, 108, 60, 58, "#1f6fc4"))
        parts.append(f'<text x="{left + 30}" y="133">LSTM</text>')
        parts.append(f'<text x="{left + 30}" y="153" class="small">step {step}</text>')
    parts.append(_box(414, 10, 76, 38, "#1f6fc4") + '<text x="452" y="35">Dense</text>')
    parts.append(
        _box(250, 10, 112, 38, "#5b6875") + '<text x="306" y="34" class="small">probabilities</text>'
    )
    parts += [_pill(x, y, label, "#5b6875") for x, y, label in _GIVEN]
    for number, ((x, y), label) in enumerate(zip(_SPOTS, PLACES, strict=True), 1):
        if answered:
            parts.append(_pill(x, y, label, "#b34700"))
        else:
            parts.append(f'<circle cx="{x}" cy="{y}" r="15" fill="#b34700"/>')
            parts.append(f'<text x="{x}" y="{y + 6}">{number}</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 244" width="1000" height="488">'
        "<style>text {font: bold 18px sans-serif; fill: #fff; text-anchor: middle} "
        ".small {font-size: 15px; font-weight: normal} tspan {font-size: 14px} "
        ".arrow {fill: none; stroke: #8a95a1; stroke-width: 2.5; marker-end: url(#head)}</style>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="5" refY="4" markerWidth="4" markerHeight="4" '
        'orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a95a1"/></marker></defs>' + "".join(parts) + "</svg>"
    )


def _box(x: int, y: int, width: int, height: int, fill: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{fill}"/>'


def _pill(x: int, y: int, label: str, fill: str) -> str:
    """A label with its index lowered: h_(t−1)."""
    letter, _, index = label.partition("_")
    index = index.strip("()")
    width = 30 + 5 * len(index)
    text = f'<text x="{x}" y="{y + 5}">{letter}<tspan dy="4">{index}</tspan></text>'
    return _box(x - width // 2, y - 15, width, 30, fill) + text


# 4
