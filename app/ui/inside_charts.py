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


def state_range(name: str, values: Array) -> tuple[float, float]:
    """From where to where a state is coloured: the same at all moments of training, so that they compare.

    Only the cell state, which has no bounds, takes its own largest magnitude.

    Args:
        name: of the state, as in `models.forward.STATES`, perhaps with a direction before it.
        values: (steps, units).
    """
    largest = float(np.ceil(np.abs(np.nan_to_num(values)).max() * 2) / 2) or 0.5
    return RANGES.get(name.removeprefix("forward_").removeprefix("backward_"), (-largest, largest))


def weight_range(kernel: Array) -> tuple[float, float]:
    """From where to where weights are coloured: as far to both sides of 0 as the largest of them.

    Args:
        kernel: of any shape.
    """
    top = float(np.ceil(np.abs(np.nan_to_num(kernel)).max() * 5) / 5) or 0.2
    return -top, top


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


def _marker(x: alt.X) -> list[alt.Chart]:
    """A line at the time step that is being looked at."""
    rule: alt.Chart = (
        alt.Chart().transform_filter("datum.now").mark_rule(strokeWidth=1.5, color="gray").encode(x)
    )
    return [rule]
