"""From where the points are seen, as deck.gl computes it: to choose labels, and to draw the same picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin, tan

import numpy as np
from numpy.typing import NDArray

from app.ui.projector.points import Places

FOVY = 50.0
"""Of deck.gl's OrbitView, degrees."""


@dataclass(frozen=True)
class Camera:
    """The view at first; later it is the learner's.

    Attributes:
        turn: around the upright axis, degrees.
        tilt: up or down, degrees.
        zoom: binary logarithm of the pixels of a unit.
        height: of the picture, pixels.
    """

    turn: float = 30.0
    tilt: float = 20.0
    zoom: float = 1.35
    height: int = 560

    def screen(self, places: Places) -> NDArray[np.float64]:
        """Where points are seen.

        Args:
            places: shape (points, 2) or (points, 3).

        Returns:
            Shape (points, 3): pixels to the right and upwards of the middle of the picture, and how near.
        """
        scale = 2.0**self.zoom
        x, y, *rest = np.asarray(places, np.float64).T
        if not rest:
            return np.stack([x * scale, y * scale, np.zeros(len(x))], 1)
        turn, tilt = radians(self.turn), radians(self.tilt)
        across = x * cos(turn) + rest[0] * sin(turn)
        away = rest[0] * cos(turn) - x * sin(turn)
        up = y * cos(tilt) - away * sin(tilt)
        near = y * sin(tilt) + away * cos(tilt)
        distance = 0.5 / tan(radians(FOVY / 2))
        larger = distance / np.maximum(distance - near * scale / self.height, 1e-3)
        return np.stack([across * scale * larger, up * scale * larger, near], 1)
