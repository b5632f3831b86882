"""Which points get a label, so that labels do not pile up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.ui.projector.camera import Camera
from app.ui.projector.points import Places

SIZE = 14
LETTER = 0.56
"""Mean width of a letter, in sizes of the font."""
AWAY = 10
"""Pixels between a point and the label beside it."""
LONGEST = 24
"""Characters of a label."""
LOOKED_AT = 1_200
"""Points of which some get a label."""
HALF_WIDTH = 330
"""Pixels: labels further out would leave the picture."""


@dataclass(frozen=True)
class Label:
    """A label of a point.

    Attributes:
        point: its number.
        right, down: pixels from the point to the middle of the label.
    """

    point: int
    right: float
    down: float


def spread(
    places: Places, words: Sequence[str], order: Iterable[int], camera: Camera, most: int = 40
) -> list[Label]:
    """Labels of the first points in an order that have room for one, on any side of them.

    Args:
        places: of the points.
        words: their labels.
        order: numbers of points, the most important first.
        camera: from where they are seen at first.
        most: labels at most.
    """
    order = [number for number in order if words[number].strip()]
    screen = camera.screen(places[order]) if order else np.zeros((0, 3))
    taken: NDArray[np.float64] = np.zeros((0, 4))
    chosen: list[Label] = []
    for number, (x, y, _) in zip(order, screen, strict=True):
        if len(chosen) == most:
            break
        if abs(x) > HALF_WIDTH or abs(y) > camera.height / 2 - SIZE:
            continue
        half = LETTER * SIZE * min(len(words[number]), LONGEST) / 2
        for right, down in ((0.0, -SIZE), (0.0, SIZE), (half + AWAY, 0.0), (-half - AWAY, 0.0)):
            across, along = x + right, down - y
            box = np.array([across - half - 4, along - SIZE / 2 - 2, across + half + 4, along + SIZE / 2 + 2])
            aside = (box[0] > taken[:, 2]) | (box[2] < taken[:, 0])
            if (aside | (box[1] > taken[:, 3]) | (box[3] < taken[:, 1])).all():
                taken = np.vstack([taken, box])
                chosen.append(Label(number, right, down))
                break
    return chosen


def telling(words: Sequence[str]) -> list[int]:
    """Points whose labels say something to begin with, the most frequent first; then the rest.

    The first words of a list are mostly punctuation and “the”, “of”, “and”.
    """
    some = range(min(len(words), LOOKED_AT))
    return sorted(some, key=lambda number: (len(words[number]) < 4 or not words[number].isalpha(), number))


def short(word: str) -> str:
    """A word as a label."""
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"
