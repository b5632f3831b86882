"""What a person does on a map of words."""

from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from app.ui.projector.camera import Camera
from app.ui.projector.points import Places
from tests.e2e.steps import see

SPAN, EYE = 220, 260
"""Units of the map in the shorter side of the picture, and between the eye and the middle."""


def the_map(page: Page, number: int = 0) -> Locator:
    """A map whose points are drawn."""
    found = page.locator(".map[data-points]").nth(number)
    see(found)
    return found


def middle(page: Page, number: int = 0) -> tuple[float, float]:
    """Where the origin stands at first, on the screen."""
    box = the_map(page, number).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen(page: Page, places: Places, camera: Camera) -> NDArray[np.float64]:
    """Where points are to be seen.

    Args:
        page: with a map.
        places: of its points, shape (points, 2) or (points, 3).
        camera: from where they are seen.

    Returns:
        Shape (points, 2): pixels to the right and downwards of the middle of the map.
    """
    box = the_map(page).bounding_box()
    assert box is not None
    scale = camera.zoom * min(box["width"], box["height"]) / SPAN
    x, y, *rest = np.asarray(places, np.float64).T
    if rest:
        turn, tilt = radians(camera.turn), radians(camera.tilt)
        # Turned around the upright axis, then tilted towards the eye.
        around = np.array([[cos(turn), 0, sin(turn)], [0, 1, 0], [-sin(turn), 0, cos(turn)]])
        towards = np.array([[1, 0, 0], [0, cos(tilt), -sin(tilt)], [0, sin(tilt), cos(tilt)]])
        x, y, near = towards @ around @ np.stack([x, y, rest[0]])
        larger = EYE / (EYE - near)
        x, y = x * larger, y * larger
    return np.stack([(x - camera.right) * scale, (camera.up - y) * scale], 1)


def hover(page: Page, place: tuple[float, float]) -> str:
    """What stands at a place; empty if nothing does."""
    page.mouse.move(*place)
    tip = page.locator(".tip").locator("visible=true").first
    return tip.inner_text() if tip.count() else ""


def expect_word(page: Page, place: tuple[float, float], word: str) -> None:
    """The point of a word stands at a place, or comes to stand there: the tip below the mouse names it."""
    page.mouse.move(*place)
    expect(page.locator(".tip").locator("visible=true").first).to_have_text(word)


def nearest(page: Page, word: str) -> Locator:
    """The table of a word's neighbours."""
    return page.get_by_role("table").filter(has_text=f"Nearest to “{word}”")


def click(page: Page, place: tuple[float, float], word: str) -> None:
    """Click on the point of a word, which is selected."""
    page.mouse.click(*place)
    see(nearest(page, word))
