"""From where a map is seen. It stands in the address, so whoever opens that sees the same."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

import streamlit as st

from app.ui.address import keep

NAME = "camera"
"""In the address."""


@dataclass(frozen=True)
class Camera:
    """A view of a map. Numbers are rounded to two digits.

    Attributes:
        turn: around the upright axis, in degrees, from 0 up to 360; flat maps have none.
        tilt: up or down, in degrees, from -90 to 90.
        zoom: times as large as at first, from 0.25 to 64.
        right: of the middle of the picture, from that of the map, in units of the map, from -500 to 500.
        up: the same, upwards.
    """

    turn: float = 30.0
    tilt: float = 20.0
    zoom: float = 1.0
    right: float = 0.0
    up: float = 0.0

    @classmethod
    def of(cls, numbers: object) -> Camera | None:
        """The camera of five numbers that a browser or an address tells; None if there is no such camera."""
        if not isinstance(numbers, list) or len(numbers) != len(fields(cls)):
            return None
        if not all(isinstance(one, int | float) for one in numbers):
            return None
        try:
            turn, tilt, zoom, right, up = map(float, numbers)
        except OverflowError:
            return None
        if not all(map(math.isfinite, (turn, tilt, zoom, right, up))):
            return None
        return cls(
            round(turn, 2) % 360,
            round(min(max(tilt, -90.0), 90.0), 2),
            round(min(max(zoom, 0.25), 64.0), 2),
            round(min(max(right, -500.0), 500.0), 2),
            round(min(max(up, -500.0), 500.0), 2),
        )

    def told(self) -> list[float]:
        """Its five numbers."""
        return list(astuple(self))


def asked_camera() -> Camera:
    """The camera of the address; the first view if it holds none."""
    text = st.query_params.get(NAME, "")
    try:
        numbers = [float(part) for part in text.split("_")] if len(text) < 100 else []
    except ValueError:
        numbers = []
    return Camera.of(numbers) or Camera()


def keep_camera(numbers: object) -> None:
    """Keep in the address the camera of what a browser has sent, if it is one: in a callback."""
    camera = Camera.of(numbers)
    if camera is not None:
        keep(NAME, _text(camera), _text(Camera()))


def _text(camera: Camera) -> str:
    return "_".join(f"{number:g}" for number in camera.told())
