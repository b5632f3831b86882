"""Pictures of images, kernels and feature maps, pixel by pixel."""

from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app.ui.charts import Picture, legend, without_data
from app.ui.pictures import DIVERGING
from models.weights import Array

Colors = tuple[str, ...]
PAPER_AND_INK: Colors = ("#ffffff", "#10161d")
SIGNED: Colors = tuple(f"#{color}" for color in DIVERGING.split())

MARGIN = 20
"""Pixels that Streamlit leaves below a chart, and takes from its height."""

Box = tuple[int, int, int, int]
"""First row, first column, rows, columns."""


def pixel_chart(
    values: Array,
    low: float,
    high: float,
    colors: Colors,
    side: int,
    box: Box | None = None,
    *,
    name: str = "value",
    numbers: bool = False,
    clickable: bool = False,
) -> Picture:
    """An array as squares, with their values under the pointer.

    Args:
        values: (rows, columns).
        low: value of the first colour.
        high: value of the last.
        colors: linear between them.
        side: width in pixels.
        box: a rectangle to outline.
        name: what a value is.
        numbers: whether they stand in the squares.
        clickable: whether a click chooses a square; its selection is called ``pixel``.
    """
    rows, columns = values.shape
    row, column = np.divmod(np.arange(rows * columns), columns)
    frame = pd.DataFrame(
        {"row": row.astype(float), "column": column.astype(float), "value": values.ravel().astype(float)}
    )
    for edge in ("top", "left", "bottom", "right"):
        frame[edge] = np.nan
    if box is not None:
        top, left, height, width = box
        edges = [top - 0.5, left - 0.5, top + height - 0.5, left + width - 0.5]
        frame.loc[0, ["top", "left", "bottom", "right"]] = edges
    spec = _pixel_spec(rows, columns, low, high, colors, side, name, numbers, clickable)
    return Picture(deepcopy(spec), frame)


@lru_cache(maxsize=128)
def _pixel_spec(
    rows: int,
    columns: int,
    low: float,
    high: float,
    colors: Colors,
    side: int,
    name: str,
    numbers: bool,
    clickable: bool,
) -> dict[str, Any]:
    x = alt.X("left:Q", axis=None, scale=alt.Scale(domain=[-0.5, columns - 0.5], nice=False))
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[rows - 0.5, -0.5], nice=False))
    base = alt.Chart()
    squares = (
        base.transform_calculate(
            left="datum.column - 0.5",
            right="datum.column + 0.52",  # over the next one a little, or the page shines through
            top="datum.row - 0.5",
            bottom="datum.row + 0.52",
        )
        .mark_rect(cursor="pointer" if clickable else "default")
        .encode(
            x,
            y,
            x2="right:Q",
            y2="bottom:Q",
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(
                    domain=_domain(low, high, colors), range=list(colors), clamp=True, interpolate="rgb"
                ),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("row:Q"),
                alt.Tooltip("column:Q"),
                alt.Tooltip("value:Q", title=name, format=".4~g"),
            ],
        )
    )
    if clickable:
        squares = squares.add_params(alt.selection_point(name="pixel", fields=["row", "column"]))
    layers = [squares]
    if numbers:
        light = f"abs(datum.value) > {0.6 * max(abs(low), abs(high))}"
        layers.append(
            base.mark_text(fontSize=14).encode(
                alt.X("column:Q", axis=None),
                alt.Y("row:Q", axis=None),
                text=alt.Text("value:Q", format=".2~f"),
                color=alt.condition(light, alt.value("white"), alt.value("#1b2430")),
            )
        )
    layers.append(
        base.transform_filter("isValid(datum.left)")
        .mark_rect(fillOpacity=0, stroke="#d55e00", strokeWidth=3)
        .encode(x, y, x2="right:Q", y2="bottom:Q")
    )
    height = round(side * rows / columns) + MARGIN
    chart = alt.layer(*layers, data=alt.NamedData("pixels")).properties(width=side, height=height)
    return without_data(chart)


def _domain(low: float, high: float, colors: Colors) -> list[float]:
    """A value for each colour."""
    return [float(value) for value in np.linspace(low, high, len(colors))]


def class_chart(probabilities: Array, classes: Sequence[str]) -> Picture:
    """What a network says of an image, a bar a class.

    Args:
        probabilities: (classes,).
        classes: their names.
    """
    frame = pd.DataFrame({"class": list(classes), "value": np.asarray(probabilities, float)})
    frame["most"] = frame["value"] == frame["value"].max()
    return Picture(deepcopy(_class_spec(tuple(classes))), frame)


@lru_cache(maxsize=8)
def _class_spec(classes: tuple[str, ...]) -> dict[str, Any]:
    base = alt.Chart().encode(
        alt.Y("class:N", title=None, sort=list(classes), axis=alt.Axis(labelFontSize=14)),
        alt.X("value:Q", title=None, scale=alt.Scale(domain=[0, 1.15]), axis=None),
    )
    bars = base.mark_bar().encode(
        color=alt.condition("datum.most", alt.value("#d55e00"), alt.value("#7fa8c9")),
        tooltip=["class:N", alt.Tooltip("value:Q", title="probability", format=".2%")],
    )
    words = (
        base.transform_filter("datum.value >= 0.005")
        .mark_text(align="left", dx=4, fontSize=13, color="gray")
        .encode(text=alt.Text("value:Q", format=".0%"))
    )
    return without_data(
        alt.layer(bars, words, data=alt.NamedData("said")).properties(height=22 * len(classes) + 10)
    )


def bars_chart(values: Array, title: str, limit: float, height: int = 200) -> Picture:
    """Signed numbers as bars, one for each map or filter.

    Args:
        values: (n,).
        title: what they are.
        limit: largest magnitude shown.
        height: in pixels.
    """
    frame = pd.DataFrame({"filter": np.arange(len(values)), "value": np.asarray(values, float)})
    return Picture(deepcopy(_bars_spec(title, limit, height)), frame)


@lru_cache(maxsize=64)
def _bars_spec(title: str, limit: float, height: int) -> dict[str, Any]:
    chart = (
        alt.Chart(alt.NamedData("bars"))
        .mark_bar()
        .encode(
            alt.X("filter:O", title="filter", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            alt.Y("value:Q", title=title, scale=alt.Scale(domain=[-limit, limit])),
            color=alt.Color(
                "value:Q",
                scale=alt.Scale(
                    domain=_domain(-limit, limit, SIGNED), range=list(SIGNED), clamp=True, interpolate="rgb"
                ),
                legend=None,
            ),
            tooltip=["filter:O", alt.Tooltip("value:Q", format=".4f")],
        )
        .properties(height=height)
    )
    return without_data(chart)


def counts_chart(names: Sequence[str], train: Array, test: Array) -> alt.Chart:
    """How many examples each class has.

    Args:
        names: of the classes.
        train: (classes,) counts.
        test: (classes,) counts.
    """
    frame = pd.concat(
        pd.DataFrame({"class": list(names), "count": counts, "examples": which})
        for counts, which in ((train, "training"), (test, "test"))
    )
    chart: alt.Chart = (
        alt.Chart(frame, height=220)
        .mark_bar()
        .encode(
            alt.X("class:N", title=None, axis=alt.Axis(labelAngle=0)),
            alt.Y("count:Q", title="digits"),
            xOffset=alt.XOffset("examples:N", sort=["training", "test"]),
            color=alt.Color("examples:N", scale=alt.Scale(domain=["training", "test"]), legend=legend()),
            tooltip=["class:N", "examples:N", "count:Q"],
        )
    )
    return chart
