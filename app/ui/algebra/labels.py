"""Where to write the names of points so that they do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

Point = tuple[float, float]

SIZE = 15
LETTER = 0.58
"""Mean width of a letter, in sizes of the font."""
DOT = 7

_AWAY = DOT + 4
_SHARES = [i / 30 for i in range(31)]
"""Where lines are looked at."""


@dataclass(frozen=True)
class Label:
    """A text and where it begins.

    Attributes:
        x, y: left end of its baseline.
        text: what it says.
    """

    x: float
    y: float
    text: str


def place_labels(
    points: Sequence[Point],
    texts: Sequence[str],
    lines: Sequence[tuple[Point, Point]],
    width: float,
    height: float,
) -> list[Label]:
    """Write beside each point, on the side where least is in the way.

    Args:
        points: in a picture, y downwards.
        texts: as many.
        lines: what else is drawn, from point to point.
        width: of the picture.
        height: of the picture.
    """
    taken = [_around(x, y, DOT) for x, y in points]
    taken += [
        _around(x1 + share * (x2 - x1), y1 + share * (y2 - y1), 2)
        for (x1, y1), (x2, y2) in lines
        for share in _SHARES
    ]
    labels = []
    for (x, y), text in zip(points, texts, strict=True):
        long = LETTER * SIZE * len(text)
        corners = [
            (x + _AWAY, y - SIZE / 2),
            (x - _AWAY - long, y - SIZE / 2),
            (x - long / 2, y - _AWAY - SIZE),
            (x - long / 2, y + _AWAY),
            (x + _AWAY / 2, y - _AWAY - SIZE),
            (x - long - _AWAY / 2, y - _AWAY - SIZE),
            (x + _AWAY / 2, y + _AWAY),
            (x - long - _AWAY / 2, y + _AWAY),
        ]
        boxes = [(left, top, left + long, top + SIZE) for left, top in corners]
        best = min(boxes, key=lambda box: _trouble(box, taken, width, height))
        # A long word at the edge is moved into the picture.
        left = min(max(best[0], 2.0), max(width - long - 2, 2.0))
        taken.append((left, best[1], left + long, best[3]))
        labels.append(Label(left, best[1] + 0.8 * SIZE, text))
    return labels


def _around(x: float, y: float, reach: float) -> Box:
    return x - reach, y - reach, x + reach, y + reach


def _trouble(box: Box, taken: Sequence[Box], width: float, height: float) -> float:
    """The area that lies on something else, or outside of the picture."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return area - _common(box, (0, 0, width, height)) + sum(_common(box, other) for other in taken)


def _common(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)
