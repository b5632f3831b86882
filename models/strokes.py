"""Digits that a learner draws, made into images as MNIST's were made.

There, digits written on paper were scaled to fit a box of 20×20 pixels, keeping their proportions, with grey
pixels along the edges, and then put into 28×28 pixels so that the centre of their mass is in the middle
(LeCun, Cortes, Burges, "The MNIST database of handwritten digits"). A network that learned from such images
reads a drawing only if it comes in the same way. So it makes no difference where on the pad it was drawn, how
large, and with how wide a pen: the lines are scaled first and get their width afterwards.

Seen in the 60,000 training digits, and followed here: the centre of mass is on average at (14.5, 14.5) if the
image is counted from 0 to 28, so in the middle of pixel 14; the longer side is 20 pixels; the ink adds up to
102 full pixels on average, and to 312 at most.
"""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from models.drawing import DrawingError

Image = NDArray[np.uint8]
"""(28, 28), from 0, paper, to 255, ink."""

Points = NDArray[np.float64]
"""(points, 2): x from left to right and y from top to bottom, each 0 to 1 from edge to edge of the pad."""

SIDE = 28
BOX = 20
PEN = 2.7
"""Width of the lines in pixels of the image. With it, drawings have as much ink as MNIST has."""

CENTRE = 14.5
MARGIN = (SIDE - BOX) / 2
"""As far a digit can be moved without being cut off."""

SMALLEST = 0.02
"""A drawing smaller than this share of the pad is a dot, and is not blown up to a digit."""

MAX_POINTS = 5_000
MOST_INK = 320.0
"""In full pixels; with more, a drawing is a blot and no digit."""


def rasterise(strokes: object) -> Image:
    """Make an image of whatever a drawing pad has sent.

    Args:
        strokes: should be a list of strokes, each a list of points ``[x, y]``, from 0 to 1 from edge to
            edge of the pad, y downwards. A stroke of one point is a dot.

    Returns:
        The image, uint8 of shape (28, 28).

    Raises:
        DrawingError: it is no such list, there is nothing drawn, or the pad is full.
    """
    lines = [np.stack([stroke[:-1], stroke[1:]], axis=1) for stroke in check_strokes(strokes)]
    return _digit(np.concatenate(lines))


def rasterise_grid(painted: object) -> Image:
    """Make an image of squares painted one by one, as with a keyboard.

    Neighbouring squares are joined by lines, which are then treated as if they had been drawn.

    Args:
        painted: should be a list of 28 rows of 28 numbers; squares above 0 are painted.

    Returns:
        The image, uint8 of shape (28, 28).

    Raises:
        DrawingError: it is no such list, nothing is painted, or everything.
    """
    try:
        squares = np.asarray(painted, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise DrawingError("The painted squares should be numbers.") from error
    if squares.shape != (SIDE, SIDE):
        raise DrawingError(f"The grid should have {SIDE} rows of {SIDE} squares.")
    if not np.isfinite(squares).all():
        raise DrawingError("A painted square is not a finite number.")
    on = squares > 0
    if not on.any():
        raise DrawingError("Nothing is painted yet. Paint a digit.")
    below, beside = on[:-1] & on[1:], on[:, :-1] & on[:, 1:]
    # A diagonal joins only squares that nothing else joins; else a corner would be cut.
    falling = on[:-1, :-1] & on[1:, 1:] & ~on[:-1, 1:] & ~on[1:, :-1]
    rising = on[1:, :-1] & on[:-1, 1:] & ~on[:-1, :-1] & ~on[1:, 1:]
    lines = []
    for joined, start, step in (
        (on, (0, 0), (0, 0)),  # each square is a dot at least
        (below, (0, 0), (1, 0)),
        (beside, (0, 0), (0, 1)),
        (falling, (0, 0), (1, 1)),
        (rising, (1, 0), (-1, 1)),
    ):
        first = np.argwhere(joined) + start  # (lines, 2): row, column
        lines.append(np.stack([first, first + step], axis=1)[..., ::-1])  # as x, y
    return _digit((np.concatenate(lines) + 0.5) / SIDE)


def check_strokes(strokes: object, max_points: int = MAX_POINTS) -> list[Points]:
    """Make strokes of whatever a browser has sent.

    Args:
        strokes: should be a list of lists of pairs of finite numbers.
        max_points: how many points there may be in all.

    Returns:
        One array a stroke, each of at least two points: the one of a dot is doubled. Points beyond the pad
        are moved to its edge; empty strokes are left out.

    Raises:
        DrawingError: it is no such list, or there is no point in it.
    """
    if not isinstance(strokes, list | tuple) or not all(isinstance(one, list | tuple) for one in strokes):
        raise DrawingError("A drawing is a list of strokes, and each stroke a list of points.")
    count = sum(map(len, strokes))
    if count == 0:
        raise DrawingError("Nothing is drawn yet. Draw a digit.")
    if count > max_points:
        raise DrawingError(
            f"This drawing has {count:,} points; the limit is {max_points:,}. "
            "Clear it and draw with fewer lines."
        )
    checked = []
    for number, stroke in enumerate(strokes, 1):
        if stroke:
            points = [_check_point(point, number) for point in stroke]
            checked.append(np.array(points if len(points) > 1 else points * 2, dtype=np.float64))
    return checked


def _check_point(point: object, stroke: int) -> tuple[float, float]:
    if not isinstance(point, list | tuple) or len(point) != 2:
        raise DrawingError(f"A point of stroke {stroke} is not a pair of numbers.")
    for value in point:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DrawingError(f"A point of stroke {stroke} is not a pair of numbers.")
        if isinstance(value, float) and not isfinite(value):
            raise DrawingError(f"A point of stroke {stroke} is not finite.")
    x, y = point
    # Clipped as they are, since Python's whole numbers may be larger than any float.
    return float(min(max(x, 0), 1)), float(min(max(y, 0), 1))


def _digit(lines: NDArray[np.float64]) -> Image:
    """Scale lines into the box, draw them, and put their mass into the middle.

    Args:
        lines: (lines, 2, 2) from point to point, each x, y on the pad.
    """
    low, high = lines.min(axis=(0, 1)), lines.max(axis=(0, 1))
    # The box holds the lines with their width and the grey pixel around them.
    scale = (BOX - PEN - 1) / max(float((high - low).max()), SMALLEST)
    lines = (lines - (low + high) / 2) * scale + SIDE / 2
    ink = _ink(lines)
    if ink.sum() > MOST_INK:
        raise DrawingError("The pad is nearly full. Clear it and draw one digit with single lines.")
    pixels = np.arange(SIDE) + 0.5
    mass = np.array([ink.sum(axis=0) @ pixels, ink.sum(axis=1) @ pixels]) / ink.sum()  # x, y
    moved = lines + np.clip(CENTRE - mass, -MARGIN, MARGIN)
    return np.rint(255 * _ink(moved)).astype(np.uint8)


def _ink(lines: NDArray[np.float64], at_once: int = 256) -> NDArray[np.float64]:
    """How much of each pixel the lines cover, (28, 28) from 0 to 1.

    A pixel is covered as far as the distance d of its centre to the nearest line says: fully up to half a
    pixel inside the edge of the pen, not at all from half a pixel outside of it.

    Args:
        lines: (lines, 2, 2) in pixels of the image.
        at_once: for how many lines to compute at a time, so that the memory stays small.
    """
    centres = np.arange(SIDE) + 0.5
    x, y = centres[:, None], centres[:, None, None]
    nearest = np.full((SIDE, SIDE), np.inf)  # squared distance
    for first in range(0, len(lines), at_once):
        (x0, y0), (x1, y1) = np.moveaxis(lines[first : first + at_once], 0, 2)
        dx, dy = x1 - x0, y1 - y0
        length = np.maximum(dx**2 + dy**2, 1e-12)  # squared; a dot has none
        # The nearest point of each line, as a share of the way from its start to its end.
        share = np.clip(((x - x0) * dx + (y - y0) * dy) / length, 0, 1)  # (28, 28, lines)
        squared = (x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2
        nearest = np.minimum(nearest, squared.min(axis=-1))
    covered: NDArray[np.float64] = np.clip(PEN / 2 + 0.5 - np.sqrt(nearest), 0, 1)
    return covered
