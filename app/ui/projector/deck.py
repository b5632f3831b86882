"""The map on the page: deck.gl by way of `st.pydeck_chart`, in three dimensions or two.

The points of the base go to the browser as a file of their own, which it fetches once: a click that does not
change their colours then brings only some labels, however many points there are. Above the drawn points lies
an invisible layer of the same points that takes the clicks. Its name changes with each click, whereupon
Streamlit's chart forgets that something was selected: else it would grey out all the rest, labels too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pydeck  # type: ignore[import-untyped]  # no type information
import streamlit as st
from numpy.typing import NDArray
from pydeck.types import String  # type: ignore[import-untyped]
from streamlit import runtime

from app.ui.projector.camera import Camera
from app.ui.projector.colours import FOUND, INK, LIT, MARK, PAPER, Colours
from app.ui.projector.labels import SIZE, Label, short, spread, telling
from app.ui.projector.points import Cloud, Places
from models.vectors import VectorSpace
from models.vocabulary import Ids

DOT, MANY_DOT = 3.4, 2.4
"""Radius of a point in pixels, and where there are thousands."""
MANY = 4_000
TARGET = 6.0
"""Radius in which a point takes a click."""
PALE = 0.3
"""Opacity of the rest while some points are lit."""
PALE_SEEN = PALE ** (1 / 2.2)
"""The share of its own colour in what one sees of such a point: deck.gl raises each opacity to this power."""
FLAT_LIGHT = {"ambient": 1.0, "diffuse": 0.0, "shininess": 1, "specularColor": [0, 0, 0]}
"""Colours mean something, so light and shade must not change them."""
CONTROLLER = {"doubleClickZoom": False}
"""A click that may become a double click is told 0.3 s later."""
MOST_FOUND = 200
"""Hits of a search that are lit."""

Row = dict[str, Any]


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
        key: of the chart in the session; clicks come under it.
        camera: the first view.
        theme: "light" or "dark".
        place: called with the word that was clicked on, in a callback.
    """

    key: str
    camera: Camera
    theme: str
    place: Callable[[str], None] = field(compare=False)


def show_map(shown: Cloud, colours: Colours, lit: Lit, stage: Stage, alt: str) -> None:
    """Draw a map."""
    deck = pydeck.Deck(
        layers=layers(shown, colours, lit, stage),
        views=[_view(shown)],
        initial_view_state=_view_state(shown, stage.camera),
        map_provider=None,
        tooltip={"text": "{w}", "style": {"fontFamily": "sans-serif", "fontSize": "14px"}},
    )
    st.pydeck_chart(
        deck,
        height=stage.camera.height,
        on_select=lambda: _clicked(stage),
        selection_mode="single-object",
        key=stage.key,
        alt=alt,
    )


def layers(shown: Cloud, colours: Colours, lit: Lit, stage: Stage) -> list[pydeck.Layer]:
    """What is drawn, from below to above."""
    clicks = st.session_state.get(f"{stage.key}.clicks", 0)
    names = shown.space.vocabulary
    address = _address(points_json(shown.space, shown.base, shown.base_places, colours.base), stage.key)
    size = MANY_DOT if len(shown.base) > MANY else DOT
    bright = 1.0 if lit.is_empty else PALE
    found = [
        _points("points", address, size, opacity=bright, get_color="c"),
        _points(f"base-{clicks}", address, TARGET, opacity=0, pickable=True),
    ]
    if clicks:
        # For the next click: it is there already when it is needed, while a new one would have to be filled.
        # Whoever has not clicked yet waits for the first picture, which comes sooner without it.
        found.append(_points(f"base-{clicks + 1}", address, TARGET, opacity=0, pickable=False, visible=False))
    if len(shown.extra):
        rows = _rows(shown.extra_places, [names[int(number)] for number in shown.extra], colours.extra)
        found.append(_points("extra", rows, DOT, opacity=bright, get_color="c"))
        found.append(_points(f"extra-{clicks}", rows, TARGET, opacity=0, pickable=True))
    above = {"depthCompare": "always", "depthWriteEnabled": False}
    near = [number for number in lit.near if number != lit.word]
    groups = (
        ("found", lit.found[:MOST_FOUND], FOUND, DOT + 1),
        ("near", near, LIT, DOT + 1.4),
        ("word", () if lit.word is None else (lit.word,), MARK, DOT + 4),
    )
    for name, numbers, tones, radius in groups:
        if some := _some(shown, numbers):
            found.append(_points(name, some, radius, get_color=list(tones[stage.theme]), parameters=above))
    return [*found, *_labels(shown, lit, stage)]


def _labels(shown: Cloud, lit: Lit, stage: Stage) -> list[pydeck.Layer]:
    places, ids = shown.places, shown.ids
    words = shown.space.vocabulary.array[ids].tolist()
    if lit.is_empty:
        order = telling(words)
        chosen, colour = spread(places, words, order, stage.camera), INK[stage.theme]
    else:
        wanted = [number for number in (lit.word, *lit.near, *lit.found[:60]) if number is not None]
        points = [point for number in dict.fromkeys(wanted) if (point := shown.find(number)) is not None]
        chosen, colour = spread(places, words, points, stage.camera, most=60), INK[stage.theme]
        if lit.word is not None and points and points[0] not in [label.point for label in chosen]:
            chosen = [Label(points[0], 0, -SIZE), *chosen]  # out of the picture at first
    rows = [
        {
            "p": _numbers(places[label.point]),
            "t": harmless(short(words[label.point])),
            "o": [label.right, label.down],
        }
        for label in chosen
    ]
    if not rows:
        return []
    return [
        pydeck.Layer(
            "TextLayer",
            id="labels",
            data=rows,
            get_position="p",
            get_text="t",
            get_size=SIZE,
            get_color=list(colour),
            get_pixel_offset="o",
            character_set=String("auto"),
            font_family=String("Source Sans, sans-serif"),
            font_weight=600,
            font_settings={"sdf": True, "radius": 10, "cutoff": 0.2},
            outline_width=3,
            outline_color=[*PAPER[stage.theme], 255],
            parameters={"depthCompare": "always", "depthWriteEnabled": False},
        )
    ]


def _points(name: str, data: str | list[Row], radius: float, **more: Any) -> pydeck.Layer:  # noqa: ANN401  # whatever deck.gl takes
    more |= {"get_position": "p", "point_size": radius, "material": FLAT_LIGHT}
    return pydeck.Layer("PointCloudLayer", id=name, data=data, **more)


def _some(shown: Cloud, numbers: Sequence[int]) -> list[Row]:
    points = [point for number in numbers if (point := shown.find(number)) is not None]
    return [{"p": _numbers(shown.places[point])} for point in points]


def _rows(places: Places, words: Sequence[str], colours: NDArray[np.uint8]) -> list[Row]:
    return [
        {"p": _numbers(at), "c": colour, "w": harmless(word)}
        for at, word, colour in zip(places, words, colours.tolist(), strict=True)
    ]


def _numbers(at: Places) -> list[float]:
    return [round(float(number), 2) for number in at]


def harmless(word: str) -> str:
    """A word that deck.gl does not take for an expression of its own language, which begins with @@."""
    return f"\u2060{word}" if word.startswith("@@") else word


def points_json(space: VectorSpace, ids: Ids, places: Places, colours: NDArray[np.uint8]) -> bytes:
    """The points of the base as the browser fetches them: built once for the same points."""
    return _points_json(space, ids.tobytes(), places.tobytes(), places.shape[1], colours.tobytes())


@lru_cache(maxsize=12)
def _points_json(space: VectorSpace, ids: bytes, places: bytes, size: int, colours: bytes) -> bytes:
    words = space.vocabulary.array[np.frombuffer(ids, np.int64)].tolist()
    at = np.frombuffer(places, np.float32).reshape(-1, size).astype(np.float64).round(2).tolist()
    colour = np.frombuffer(colours, np.uint8).reshape(-1, 3).tolist()
    rows = [{"p": p, "c": c, "w": w} for p, c, w in zip(at, colour, words, strict=True)]
    return json.dumps(rows, separators=(",", ":")).encode()


def _address(content: bytes, key: str) -> str:
    """Where the browser finds a file, which Streamlit serves as it serves pictures."""
    return runtime.get_instance().media_file_mgr.add(content, "application/json", f"{key}.points")


def _view(shown: Cloud) -> pydeck.View:
    if shown.is_flat:
        return pydeck.View("OrthographicView", controller=CONTROLLER, flip_y=False)
    return pydeck.View("OrbitView", controller=CONTROLLER, orbit_axis="Y")


def _view_state(shown: Cloud, camera: Camera) -> pydeck.ViewState:
    if shown.is_flat:
        return pydeck.ViewState(target=[0, 0, 0], zoom=camera.zoom)
    return pydeck.ViewState(
        target=[0, 0, 0], zoom=camera.zoom, rotation_x=camera.tilt, rotation_orbit=camera.turn
    )


def _clicked(stage: Stage) -> None:
    """Take the word of a click. It comes from the browser, so it may be anything."""
    state = st.session_state.get(stage.key)
    selection = getattr(state, "selection", None)
    objects = selection.get("objects") if isinstance(selection, dict) else None
    for rows in objects.values() if isinstance(objects, dict) else ():
        for row in rows if isinstance(rows, list) else ():
            word = row.get("w") if isinstance(row, dict) else None
            if isinstance(word, str):
                st.session_state[f"{stage.key}.clicks"] = st.session_state.get(f"{stage.key}.clicks", 0) + 1
                stage.place(word.removeprefix("\u2060"))
                return
