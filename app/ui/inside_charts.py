"""Pictures of a network's inside. Specifications are built once; a slider only sends new data."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app.ui.charts import DASHES, Picture, legend, without_data
from models.inside import RANGES
from models.weights import Array

MARGIN = alt.Axis(minExtent=48, maxExtent=48)
"""Room left of each chart: time steps stand below one another."""


def input_chart(x: Array, t: int) -> Picture:
    """The curve that is read, with the time step marked.

    Args:
        x: (points,) heights.
        t: time step, from 1.
    """
    frame = pd.DataFrame({"step": np.arange(1, len(x) + 1, dtype=float), "value": x, "now": False})
    frame.loc[frame["step"] == t, "now"] = True
    return Picture(deepcopy(_input_spec(len(x))), frame)


@lru_cache(maxsize=16)
def _input_spec(points: int) -> dict[str, Any]:
    x = alt.X("step:Q", title=None, scale=alt.Scale(domain=[0.5, points + 0.5], nice=False))
    y = alt.Y("value:Q", title="x_t", axis=MARGIN)
    base = alt.Chart()
    layers = [
        base.mark_area(opacity=0.2, line=False, interpolate="linear").encode(x, y),
        base.mark_line(strokeWidth=2.5).encode(x, y),
        *_marker(x),
        base.transform_filter("datum.now").mark_point(filled=True, size=110).encode(x, y),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("x")).properties(height=120))


def state_chart(name: str, values: Array, t: int) -> dict[str, Any]:
    """A heat map of a state: a row for each unit, a column for each time step.

    Colours diverge from 0 and mean the same at all moments of training, so that pictures can be compared;
    only the cell state, which has no bounds, takes its own largest magnitude.

    Args:
        name: of the state, as in `models.forward.STATES`, perhaps with a direction before it.
        values: (steps, units).
        t: time step, from 1.
    """
    steps, units = values.shape
    plain = name.removeprefix("forward_").removeprefix("backward_")
    largest = float(np.ceil(np.abs(np.nan_to_num(values)).max() * 2) / 2) or 0.5
    low, high = RANGES.get(plain, (-largest, largest))
    return _filled(_state_spec(steps, units, low, high), values, t)


def _filled(spec: dict[str, Any], values: Array, t: int) -> dict[str, Any]:
    """The step has a dataset of its own: while only it changes, the browser leaves the cells alone."""
    steps, units = values.shape
    cells = pd.DataFrame({
        "step": np.repeat(np.arange(1, steps + 1), units),
        "unit": np.tile(np.arange(1, units + 1), steps),
        "value": values.ravel(),
    })  # fmt: skip
    now = pd.DataFrame({"step": [t] if t else []}, dtype=int)
    return {**deepcopy(spec), "datasets": {"cells": cells, "now": now}}


@lru_cache(maxsize=64)
def _state_spec(steps: int, units: int, low: float, high: float) -> dict[str, Any]:
    """A place for each step and each unit, as wide as a step of the charts above and below.

    Nothing is computed in the browser: 2,000 cells would keep it busy for a tenth of a second.
    """
    scale = alt.Scale(domain=[low, high], clamp=True, scheme="blueorange" if low < 0 else "viridis")
    x = alt.X("step:O", title=None, scale=_places(steps), axis=alt.Axis(values=_ticks(steps), labelAngle=0))
    y = alt.Y("unit:O", title="unit", scale=_places(units), axis=_unit_axis(units))
    cells = (
        alt.Chart(alt.NamedData("cells"))
        .mark_rect()
        .encode(
            x,
            y,
            color=alt.Color(
                "value:Q",
                scale=scale,
                legend=alt.Legend(title=None, orient="top", gradientLength=180, gradientThickness=10),
            ),
            tooltip=[
                alt.Tooltip("step:O", title="time step"),
                alt.Tooltip("unit:O"),
                alt.Tooltip("value:Q", format=".3f"),
            ],
        )
    )
    now = alt.Chart(alt.NamedData("now"))
    marker = now.mark_rule(strokeWidth=1.5, color="gray").encode(alt.X("step:O", scale=_places(steps)))
    height = max(140, min(320, 9 * units))
    # On a canvas: a node for each of so many cells takes a browser longer than all the rest.
    canvas = {"embedOptions": {"renderer": "canvas"}}
    spec: dict[str, Any] = alt.layer(cells, marker).properties(height=height, usermeta=canvas).to_dict()
    return spec


def _places(count: int) -> alt.Scale:
    return alt.Scale(domain=list(range(1, count + 1)), padding=0)


def _ticks(count: int) -> list[int]:
    """Some numbers from 1 to `count` that stand well beside one another."""
    each = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if count / step <= 12)
    return list(range(each, count + 1, each))


def _unit_axis(units: int) -> alt.Axis:
    return alt.Axis(minExtent=48, maxExtent=48, values=_ticks(units))


def probability_chart(probabilities: Array, classes: tuple[str, ...], t: int) -> Picture:
    """What the network would say after each time step.

    Args:
        probabilities: (steps, classes).
        classes: their names.
        t: time step, from 1.
    """
    steps = len(probabilities)
    frame = pd.DataFrame({
        "step": np.repeat(np.arange(1, steps + 1, dtype=float), len(classes)),
        "class": np.tile(np.array(classes), steps),
        "value": probabilities.ravel(),
        "now": np.repeat(np.arange(1, steps + 1) == t, len(classes)),
    })  # fmt: skip
    return Picture(deepcopy(_probability_spec(steps, classes)), frame)


@lru_cache(maxsize=16)
def _probability_spec(steps: int, classes: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X("step:Q", title="time step t", scale=alt.Scale(domain=[0.5, steps + 0.5], nice=False))
    axis = alt.Axis(format="%", minExtent=48, maxExtent=48)
    y = alt.Y("value:Q", title="probability", axis=axis, scale=alt.Scale(domain=[0, 1]))
    names = alt.Scale(domain=list(classes))
    dashes = alt.Scale(domain=list(classes), range=list(DASHES[: len(classes)]))
    color = alt.Color("class:N", scale=names, legend=legend())
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=2.5)
        .encode(x, y, color, strokeDash=alt.StrokeDash("class:N", scale=dashes, legend=legend()))
    )
    points = alt.Chart().transform_filter("datum.now").mark_point(filled=True, size=80).encode(x, y, color)
    layers = [lines, *_marker(x), points]
    return without_data(alt.layer(*layers, data=alt.NamedData("said")).properties(height=210))


def kernel_chart(kernel: Array) -> dict[str, Any]:
    """The weights of a Dense layer over the positions of its input: a row for each unit.

    Args:
        kernel: (points, units).
    """
    points, units = kernel.shape
    top = float(np.ceil(np.abs(np.nan_to_num(kernel)).max() * 5) / 5) or 0.2
    return _filled(_state_spec(points, units, -top, top), kernel, t=0)


def _marker(x: alt.X) -> list[alt.Chart]:
    """A line at the time step that is being looked at."""
    rule: alt.Chart = (
        alt.Chart().transform_filter("datum.now").mark_rule(strokeWidth=1.5, color="gray").encode(x)
    )
    return [rule]
