"""Strips: a network's inside over the time steps or words of one input, a picture below the other.

They are a component of their own, not charts, since they are what one waits for: a chart library takes a
browser longer to load, and to draw 2,000 cells, than everything else on the page. And what is pointed at in
one of them is pointed at in all.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from app.ui.component import component, last_received, receive
from app.ui.pictures import DIVERGING, VIRIDIS, colored, data_address
from models.weights import Array

HTML = '<div class="slider"></div><div class="strips"></div>'
_STRIPS = component("strips", HTML)

CHOICE = "number"
"""Name of the number of a choice, by which the browser knows the answer to it."""


@dataclass(frozen=True)
class Sides:
    """Two colours for the values of a line.

    Attributes:
        at: the value from which on `above` holds.
        above: a CSS colour.
        below: another.
    """

    at: float
    above: str
    below: str


@dataclass(frozen=True, eq=False)
class Lines:
    """Series of numbers as lines.

    Attributes:
        values: (series, columns); a line is interrupted where a value is not finite.
        title: of the axis.
        alt: what one sees, in words.
        names: of the series, for the legend; none: there is one series, and the area below it is tinted.
        low: value at the lower edge.
        high: value at the upper edge; larger than `low`.
        ticks: values with a line across and a number beside it.
        percent: whether values are shares, shown in percent.
        height: in CSS pixels.
        sides: draws each value as a dot, in a colour that tells its side.
    """

    values: Array
    title: str
    alt: str
    names: Sequence[str] = ()
    low: float = 0.0
    high: float = 1.0
    ticks: Sequence[float] = (0.0, 0.5, 1.0)
    percent: bool = False
    height: int = 120
    sides: Sides | None = None


@dataclass(frozen=True, eq=False)
class Cells:
    """Numbers as colours: a heat map, which is read out by pointer or arrow keys.

    Attributes:
        values: (columns, units), such as a state after each step; the first unit is drawn on top.
        low: the first colour's value; below 0, colours diverge from 0 between `low` and `high`.
        high: the last colour's value; larger than `low`.
        alt: what one sees, in words.
    """

    values: Array
    low: float
    high: float
    alt: str


@dataclass(frozen=True)
class Slider:
    """A slider over the columns, by which the marked one is chosen too.

    It moves at once, and while it is drawn along the page follows as fast as it can: a slider of Streamlit's
    waits until it is let go, and for the page.

    Attributes:
        label: what it chooses.
        texts: what is said of each column; none: its number.
        help: more about it.
        plays: whether it has a button that goes through the columns by itself.
    """

    label: str
    texts: Sequence[str] = ()
    help: str = ""
    plays: bool = False


@dataclass(frozen=True)
class Film:
    """Strips at each choice of a slider elsewhere on the page, so that they follow it at once.

    The browser asks for it when somebody is about to move that slider, and draws from it until the server,
    which is told of each choice as ever, has sent all that it changes.

    Attributes:
        follows: key of the strips that the slider belongs to.
        column: its choice that is shown now, from 1.
        subject: what is shown beside that choice; a film of another subject is forgotten.
        frames: makes the parts for each choice, of the same form as those that are shown.
    """

    follows: str
    column: int
    subject: str
    frames: Callable[[], Sequence[Sequence[Lines | Cells]]]


def strips(
    parts: Sequence[Lines | Cells],
    *,
    key: str,
    column: str = "time step",
    labels: Sequence[str] = (),
    marked: int = 0,
    slider: Slider | None = None,
    on_pick: Callable[[int], None] | None = None,
    film: Film | None = None,
) -> None:
    """Show pictures of the same width below one another.

    Args:
        parts: the pictures, from the top. Those with as many columns as the heat map (or, without one, the
            first) share its columns; others only their left and right edge. There may be none if there is a
            slider with texts.
        key: of the whole; no other widget may have it.
        column: what a column is called. Empty: nothing stands below for the columns.
        labels: names of the columns, such as words. Default: they are numbered.
        marked: a column that is marked, from 1. Default: none.
        slider: moves the mark; needs `on_pick`. Default: none.
        on_pick: called before the script runs again, with the column that was chosen by a click or by the
            slider, from 1.
        film: the same parts at other choices of another slider. Default: none.
    """
    sent = strips_data(parts, column, labels, marked, slider)
    count, pick = sent["count"], on_pick or _ignore
    now = {
        "key": key,
        "takesClicks": on_pick is not None,
        "received": last_received(key, CHOICE),
        "isMoving": is_moving(key),
        "film": None if film is None else _film(film, key),
    }
    _STRIPS(
        key=key,
        data=sent | now,
        on_picked_change=lambda: _receive(key, count, pick),
        on_film_change=lambda: st.session_state.update({_film_key(key): True}),
    )


def is_moving(key: str) -> bool:
    """Whether the slider of these strips is being drawn along, or plays: what it chooses will not stay.

    Args:
        key: of the strips.
    """
    return bool(st.session_state.get(f"{key}.moving", False))


def strips_data(
    parts: Sequence[Lines | Cells],
    column: str = "time step",
    labels: Sequence[str] = (),
    marked: int = 0,
    slider: Slider | None = None,
) -> dict[str, Any]:
    """What the script in the browser draws strips from; the arguments are those of `strips`."""
    heat_map_first = sorted(parts, key=lambda part: not isinstance(part, Cells))
    count = _columns(heat_map_first[0]) if parts else len(slider.texts) if slider else 0
    return {
        "parts": [_part(part) | {"shared": _columns(part) == count} for part in parts],
        "column": column,
        "labels": list(labels),
        "count": count,
        "marked": marked,
        "slider": None if slider is None else asdict(slider),
    }


def _film(film: Film, key: str) -> dict[str, object]:
    """What the browser needs of a film; the frames themselves once, when it has asked for them."""
    is_asked = st.session_state.pop(_film_key(key), False)
    return {
        "follows": film.follows,
        "column": film.column,
        "subject": film.subject,
        "frames": [[_look(part) for part in parts] for parts in film.frames()] if is_asked else None,
    }


def _film_key(key: str) -> str:
    return f"{key}.film"


def _columns(part: Lines | Cells) -> int:
    return len(part.values if isinstance(part, Cells) else part.values.T)


def _part(part: Lines | Cells) -> dict[str, object]:
    """What the browser needs of a picture."""
    columns = _columns(part)
    if isinstance(part, Lines):
        return {
            "kind": "lines",
            "columns": columns,
            **_look(part),
            "title": part.title,
            "alt": part.alt,
            "names": list(part.names),
            "low": part.low,
            "high": part.high,
            "ticks": _ticks(part),
            "percent": part.percent,
            "filled": not part.names and part.sides is None,
            "sides": None if part.sides is None else asdict(part.sides),
            "height": part.height,
        }
    rows = part.values.shape[1]
    return {
        "kind": "cells",
        "columns": columns,
        "rows": rows,
        **_look(part),
        "values": _numbers(part.values.T.ravel()),
        "title": "unit",
        "alt": part.alt,
        "colors": [f"#{color}" for color in _scheme(part).split()],
        "height": max(140, min(320, 9 * rows)),
    }


def _look(part: Lines | Cells) -> dict[str, object]:
    """What its values look like: all that differs from one frame of a film to the next."""
    if isinstance(part, Lines):
        return {"series": [_numbers(series) for series in part.values]}
    return {
        "picture": data_address(colored(part.values.T, part.low, part.high, _scheme(part))),
        "low": f"{part.low:g}".replace("-", "−"),
        "high": f"{part.high:g}",
    }


def _scheme(part: Cells) -> str:
    return DIVERGING if part.low < 0 else VIRIDIS


def _numbers(values: Array) -> list[float | None]:
    rounded = values.astype(float).round(4).astype(object)
    rounded[~np.isfinite(values)] = None
    numbers: list[float | None] = rounded.tolist()
    return numbers


def _ticks(part: Lines) -> list[tuple[float, str]]:
    """Heights, as shares of the whole, and what stands beside them."""
    form = "{:.0%}" if part.percent else "{:.3g}"
    span = part.high - part.low
    return [((tick - part.low) / span, form.format(tick).replace("-", "−")) for tick in part.ticks]


def _receive(key: str, columns: int, pick: Callable[[int], None]) -> None:
    """Take a choice from the browser, which may have sent anything."""
    sent = receive(key, "picked", CHOICE)
    st.session_state[f"{key}.moving"] = sent.get("isMoving") is True
    picked = sent.get("column")
    if isinstance(picked, int | float) and picked in range(1, columns + 1):
        pick(int(picked))


def _ignore(column: int) -> None:
    """A click on a picture that only shows."""
