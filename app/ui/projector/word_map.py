"""The map on the page, in three dimensions or two: a component of its own (`word_map.js`).

It is what one waits for, and a library for maps takes a browser longer to load, and without a graphics card
to draw, than everything else on the page. The points of the base go to the browser as a file of their own,
which it fetches once: a click that does not change their colours then brings only what stands out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime

from app.ui.component import component, last_received, receive
from app.ui.projector.camera import Camera, asked_camera, keep_camera
from app.ui.projector.colours import FOUND, INK, LIT, MARK, PAPER, Colours
from app.ui.projector.points import Cloud, Places
from app.ui.theme import Theme
from models.vectors import VectorSpace
from models.vocabulary import Ids

DOT, MANY_DOT = 3.4, 2.4
"""Radius of a point in pixels, and where there are thousands."""
MANY = 4_000
PALE = 0.45
"""Opacity of the rest while some points are lit."""
MOST_FOUND = 200
"""Hits of a search that are lit."""
MOST_NAMED = 60
"""Hits of a search that may get a label."""

_HTML = """
<div class="frame">
  <div class="map" tabindex="0" role="application" aria-roledescription="map of points">
    <canvas></canvas><div class="tip" hidden></div><div class="wait" role="status">Placing the words …</div>
  </div>
  <div class="tools">
    <button data-do="larger" aria-label="Zoom in">+</button>
    <button data-do="smaller" aria-label="Zoom out">−</button>
    <button data-do="reset">Reset view</button>
    <button data-do="save">Save picture</button>
  </div>
</div>
"""
CHANGE = "change"
"""Of the camera: the number that the browser gives it."""
_MAP = component("word_map", _HTML)


@dataclass(frozen=True)
class Lit:
    """What stands out on a map.

    Attributes:
        word: number of the selected word, or None.
        near: numbers of its neighbours.
        found: numbers of what a search has found.
    """

    word: int | None = None
    near: tuple[int, ...] = ()
    found: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing does."""
        return self.word is None and not self.near and not self.found


@dataclass(frozen=True)
class Stage:
    """Where a map is drawn.

    Attributes:
        key: of the map in the session; clicks come under it.
        theme: of the page.
        title: stands below a saved picture.
        height: in pixels.
        place: called with the word that was clicked on, in a callback.
    """

    key: str
    theme: Theme
    title: str
    height: int
    place: Callable[[str], None] = field(compare=False)


def show_map(shown: Cloud, colours: Colours, lit: Lit, stage: Stage, alt: str) -> None:
    """Draw a map; its camera is that of the address.

    Args:
        shown: the map.
        colours: of its points.
        lit: what stands out.
        stage: where.
        alt: what one sees, in words.
    """
    address = _address(points_json(shown.space, shown.base, shown.base_places, colours.base), stage.key)
    data = drawn(shown, colours, lit, stage.theme) | {
        "address": address,
        "camera": asked_camera().told(),
        "first": Camera().told(),
        "change": last_received(stage.key, CHANGE),
        "title": stage.title,
        "height": stage.height,
        "alt": alt,
    }
    _MAP(
        key=stage.key,
        data=data,
        on_picked_change=lambda: _clicked(stage),
        on_camera_change=lambda: _turned(stage),
    )


def drawn(shown: Cloud, colours: Colours, lit: Lit, theme: Theme) -> dict[str, object]:
    """What is drawn beside the points of the base. Points are told by number: the base, then extras."""
    words = shown.space.vocabulary.array[shown.extra].tolist()
    near = [number for number in lit.near if number != lit.word]
    own = () if lit.word is None else (lit.word,)
    groups = (
        (lit.found[:MOST_FOUND], FOUND, DOT + 1),
        (near, LIT, DOT + 1.4),
        (own, MARK, DOT + 4),
    )
    return {
        "extra": _columns(words, shown.extra_places, colours.extra),
        "radius": MANY_DOT if len(shown.base) > MANY else DOT,
        "opacity": 1.0 if lit.is_empty else PALE,
        "groups": [
            {"points": _points(shown, numbers), "color": tones[theme], "radius": radius}
            for numbers, tones, radius in groups
        ],
        "named": None if lit.is_empty else _points(shown, (*own, *near, *lit.found[:MOST_NAMED])),
        "ink": INK[theme],
        "paper": PAPER[theme],
    }


def _points(shown: Cloud, numbers: Sequence[int]) -> list[int]:
    found = (shown.find(number) for number in dict.fromkeys(numbers))
    return [point for point in found if point is not None]


def _columns(words: list[str], places: Places, colours: NDArray[np.uint8]) -> dict[str, object]:
    return {
        "words": words,
        "places": places.astype(np.float64).round(2).ravel().tolist(),
        "dimensions": places.shape[1],
        "colors": colours.ravel().tolist(),
    }


def points_json(space: VectorSpace, ids: Ids, places: Places, colours: NDArray[np.uint8]) -> bytes:
    """The points of the base as the browser fetches them: built once for the same points."""
    return _points_json(space, ids.tobytes(), places.tobytes(), places.shape[1], colours.tobytes())


@lru_cache(maxsize=12)
def _points_json(space: VectorSpace, ids: bytes, places: bytes, size: int, colours: bytes) -> bytes:
    words = space.vocabulary.array[np.frombuffer(ids, np.int64)].tolist()
    at = np.frombuffer(places, np.float32).reshape(-1, size)
    columns = _columns(words, at, np.frombuffer(colours, np.uint8))
    return json.dumps(columns, separators=(",", ":")).encode()


def _address(content: bytes, key: str) -> str:
    """Where the browser finds a file, which Streamlit serves as it serves what one takes along.

    It is kept for one run of a page more than a picture: a browser may still be on its way to the file when
    that run has made another.
    """
    manager = runtime.get_instance().media_file_mgr
    return manager.add(content, "application/json", f"{key}.points", is_for_static_download=True)


def _clicked(stage: Stage) -> None:
    """Take the word of a click. It comes from the browser, so it may be anything."""
    word = st.session_state[stage.key].get("picked")
    if isinstance(word, str) and word and is_text(word):
        stage.place(word)


def is_text(word: str) -> bool:
    """Whether it can stand in an address: a browser can send halves of characters."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _turned(stage: Stage) -> None:
    """Take a new view, which may be anything too."""
    keep_camera(receive(stage.key, "camera", CHANGE).get("numbers"))
