"""Strips: a network's inside over the time steps or words of one input, a picture below the other.

They are a component of their own, not charts, since they are what one waits for: a chart library takes a
browser longer to load, and to draw 2,000 cells, than everything else on the page. And what is pointed at in
one of them is pointed at in all.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

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
    """

    label: str
    texts: Sequence[str] = ()
    help: str = ""


def strips(
    parts: Sequence[Lines | Cells],
    *,
    key: str,
    column: str = "time step",
    labels: Sequence[str] = (),
    marked: int = 0,
    slider: Slider | None = None,
    on_pick: Callable[[int], None] | None = None,
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
    """
    sent = strips_data(parts, column, labels, marked, slider)
    count, pick = sent["count"], on_pick or _ignore
    _STRIPS(
        key=key,
        data=sent | {"takesClicks": on_pick is not None, "received": last_received(key, CHOICE)},
        on_picked_change=lambda: _receive(key, count, pick),
    )


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


def _columns(part: Lines | Cells) -> int:
    return len(part.values if isinstance(part, Cells) else part.values.T)


def _part(part: Lines | Cells) -> dict[str, object]:
    """What the browser needs of a picture."""
    columns = _columns(part)
    if isinstance(part, Lines):
        return {
            "kind": "lines",
            "columns": columns,
            "series": [_numbers(series) for series in part.values],
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
    scheme = DIVERGING if part.low < 0 else VIRIDIS
    return {
        "kind": "cells",
        "columns": columns,
        "rows": rows,
        "picture": data_address(colored(part.values.T, part.low, part.high, scheme)),
        "values": _numbers(part.values.T.ravel()),
        "title": "unit",
        "alt": part.alt,
        "low": f"{part.low:g}".replace("-", "−"),
        "high": f"{part.high:g}",
        "colors": [f"#{color}" for color in scheme.split()],
        "height": max(140, min(320, 9 * rows)),
    }


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
    picked = receive(key, "picked", CHOICE).get("column")
    if isinstance(picked, int | float) and picked in range(1, columns + 1):
        pick(int(picked))


def _ignore(column: int) -> None:
    """A click on a picture that only shows."""
