"""Curves that a learner draws: checked, moved, stretched and lengthened."""

from math import floor, isfinite

import numpy as np
from numpy.typing import NDArray

Heights = NDArray[np.float32]

LENGTH = 55
MAX_LENGTH = 200
MAX_HEIGHT = 1.2
"""A little above the course's highest curve, 1.09."""

MIN_STRETCH = 0.4
MAX_STRETCH = 2.5


class DrawingError(ValueError):
    """A drawn curve cannot be used; the message says why, to a learner."""


def check_curve(values: object, length: int | None = LENGTH, max_length: int = MAX_LENGTH) -> Heights:
    """Make a curve of whatever a browser has sent.

    Args:
        values: should be a list of finite numbers.
        length: how many there must be; None: any number from 1 to `max_length`.
        max_length: the most that is looked at.

    Returns:
        The heights, float32 of shape (points,). Those below 0 or above `MAX_HEIGHT` are clipped.

    Raises:
        DrawingError: it is no such list.
    """
    if not isinstance(values, list | tuple):
        raise DrawingError("A curve is a list of numbers.")
    count = len(values)
    if not 1 <= count <= max_length:
        raise DrawingError(f"A curve has 1 to {max_length} points, not {count:,}.")
    if length is not None and count != length:
        raise DrawingError(f"This curve should have {length} points, not {count}.")
    for point, value in enumerate(values, 1):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DrawingError(f"Point {point} of the curve is not a number.")
        if isinstance(value, float) and not isfinite(value):
            raise DrawingError(f"Point {point} of the curve is not a finite number.")
    # Clipped one by one, since Python's whole numbers may be larger than any float.
    return np.array([min(max(value, 0.0), MAX_HEIGHT) for value in values], dtype=np.float32)


def shift(values: Heights, by: int) -> Heights:
    """Move a curve along the points. What leaves is lost, and zeros come in.

    Args:
        values: (points,) heights.
        by: points to the right, or to the left if negative.

    Returns:
        The moved curve, as long as before.
    """
    moved = np.zeros_like(values)
    count = max(len(values) - abs(by), 0)
    source, target = max(-by, 0), max(by, 0)
    moved[target : target + count] = values[source : source + count]
    return moved


def stretch(values: Heights, factor: float) -> Heights:
    """Make a curve wider or narrower, about the middle of the part that is not zero.

    Only that part is interpolated, so that the upright sides of a square stay upright.

    Args:
        values: (points,) heights.
        factor: 0.4 to 2.5.

    Returns:
        The stretched curve, as long as before; what no longer fits is lost.

    Raises:
        DrawingError: the factor is outside of this range.
    """
    if not MIN_STRETCH <= factor <= MAX_STRETCH:  # also refuses NaN
        raise DrawingError(f"A curve can be stretched by {MIN_STRETCH} to {MAX_STRETCH}.")
    stretched = np.zeros_like(values)
    support = np.flatnonzero(values)
    if not len(support):
        return stretched
    first, last = int(support[0]), int(support[-1])
    width = last + 1 - first
    new_width = max(round(width * factor), 1)
    # Each point is a cell one wide: the new cells' centres, seen from the old ones.
    centres = (np.arange(new_width) + 0.5) * (width / new_width) - 0.5
    part = np.interp(centres, np.arange(width), values[first : last + 1])
    start = floor((first + last + 1 - new_width) / 2)
    inside = slice(max(-start, 0), len(values) - start)
    part = part[inside]
    start = max(start, 0)
    stretched[start : start + len(part)] = part
    return stretched


def gap(values: Heights, points: int) -> Heights:
    """Put zeros after a curve: a network that reads it has to remember the shape for longer.

    Args:
        values: (points,) heights.
        points: how many zeros, 0 or more.

    Returns:
        The longer curve.

    Raises:
        DrawingError: the curve would get shorter, or longer than `MAX_LENGTH`.
    """
    room = MAX_LENGTH - len(values)
    if not 0 <= points <= room:
        raise DrawingError(f"There is room for 0 to {room} more points.")
    return np.pad(values, (0, points))
