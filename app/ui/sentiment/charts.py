"""Charts along the words of a sentence. What they draw is data alone, so that typing sends nothing else."""

from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app.ui.charts import Picture, without_data
from app.ui.sentiment.pushes import AWAY, TOWARDS, short
from models.inside import RANGES
from models.weights import Array

HEIGHTS = (150, 320)
"""Pixels of the lowest and the highest heat map, without its words."""


def word_labels(words: Sequence[str]) -> list[str]:
    """Different names for all words, the same word twice too: ``1 good``, ``2 and``, ``3 good``."""
    return [f"{number} {short(word)}" for number, word in enumerate(words, 1)]


def after_chart(words: Sequence[str], after: Array, name: str) -> Picture:
    """The probability of a class if the sentence ended after each word.

    Args:
        words: of the sentence.
        after: (words,) probabilities, 0 to 1.
        name: of the class.
    """
    frame = pd.DataFrame({"label": word_labels(words), "value": np.asarray(after, float)})
    return Picture(deepcopy(_after_spec(name)), frame)


@lru_cache(maxsize=16)
def _after_spec(name: str) -> dict[str, Any]:
    base = alt.Chart()
    axis = alt.Axis(format="%", values=[0, 0.5, 1], minExtent=52, maxExtent=52)
    y = alt.Y("value:Q", title=f"{name} so far", axis=axis, scale=alt.Scale(domain=[0, 1]))
    x = _words(labels=False)
    sides = alt.condition("datum.value >= 0.5", alt.value(TOWARDS), alt.value(AWAY))
    tooltip = [alt.Tooltip("label:N", title="after"), alt.Tooltip("value:Q", title=name, format=".1%")]
    half = base.mark_rule(strokeDash=[2, 4], color="gray").encode(y=alt.YDatum(0.5))
    line = base.mark_line(strokeWidth=2, color="gray").encode(x, y)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x, y, color=sides, tooltip=tooltip)
    return without_data(alt.layer(half, line, points, data=alt.NamedData("after")).properties(height=110))


def states_chart(values: Array, words: Sequence[str], low: float, high: float) -> Picture:
    """A heat map of a state: a row for each unit, a column for each word.

    Args:
        values: (words, units).
        words: of the sentence.
        low: value of the first colour, see `color_range`.
        high: value of the last.
    """
    steps, units = values.shape
    frame = pd.DataFrame({
        "label": np.repeat(np.array(word_labels(words), dtype=object), units),
        "unit": np.tile(np.arange(1, units + 1), steps),
        "value": np.asarray(values, float).ravel(),
    })  # fmt: skip
    return Picture(deepcopy(_states_spec(units, float(low), float(high))), frame)


def color_range(name: str, values: Sequence[Array]) -> tuple[float, float]:
    """From where to where a state is coloured, the same for all that is compared.

    Gates go from 0 to 1. All else diverges from 0, up to the largest magnitude there is: of the words of one
    sentence little would be seen on the scale of all that is possible.

    Args:
        name: of the state, as in `models.forward.STATES`, perhaps with a direction before it.
        values: of all readings, each (words, units); undefined numbers do not count.
    """
    low, high = RANGES.get(name.removeprefix("forward_").removeprefix("backward_"), (-1, 1))
    if low == 0:
        return low, high
    finite = [np.abs(np.nan_to_num(np.asarray(one, float), posinf=0, neginf=0)) for one in values]
    largest = max((float(one.max(initial=0)) for one in finite), default=0.0)
    limit = float(np.ceil(largest * 10) / 10) or 0.1  # rounded, so that it seldom changes
    return -limit, limit


@lru_cache(maxsize=64)
def _states_spec(units: int, low: float, high: float) -> dict[str, Any]:
    scale = alt.Scale(domain=[low, high], clamp=True, scheme="blueorange" if low < 0 else "viridis")
    ticks = [unit for unit in range(1, units + 1) if unit == 1 or unit % 8 == 0]
    axis = alt.Axis(minExtent=52, maxExtent=52, values=ticks, ticks=False, domain=False)
    cells = (
        alt.Chart(alt.NamedData("states"))
        .mark_rect()
        .encode(
            _words(labels=True),
            alt.Y("unit:O", title="unit", axis=axis),
            color=alt.Color("value:Q", scale=scale, legend=None),
            stroke=alt.Stroke("value:Q", scale=scale, legend=None),  # or the page shines through
            tooltip=[
                alt.Tooltip("label:N", title="word"),
                alt.Tooltip("unit:O"),
                alt.Tooltip("value:Q", format=".3f"),
            ],
        )
        .properties(height=80 + max(HEIGHTS[0], min(HEIGHTS[1], 8 * units)))
    )
    return without_data(cells)


def growth_chart(sizes: Array) -> Picture:
    """How a vocabulary grows.

    Args:
        sizes: (reviews,) words known after each review.
    """
    reviews = np.arange(1, len(sizes) + 1)
    kept = np.unique(np.linspace(0, len(sizes) - 1, 250).astype(int))
    frame = pd.DataFrame({"reviews": reviews[kept], "words": np.asarray(sizes)[kept]})
    return Picture(deepcopy(_growth_spec()), frame)


@lru_cache(maxsize=1)
def _growth_spec() -> dict[str, Any]:
    chart = (
        alt.Chart(alt.NamedData("growth"))
        .mark_line(strokeWidth=2.5)
        .encode(
            alt.X("reviews:Q", title="reviews read", axis=alt.Axis(tickCount=5)),
            alt.Y("words:Q", title="words known", axis=alt.Axis(tickCount=4)),
            tooltip=[alt.Tooltip("reviews:Q", format=","), alt.Tooltip("words:Q", format=",")],
        )
        .properties(height=200)
    )
    return without_data(chart)


def _words(*, labels: bool) -> alt.X:
    """A place for each word, from left to right; the number that tells equal words apart is not shown."""
    axis = alt.Axis(
        labels=labels,
        ticks=False,
        domain=False,
        labelAngle=-45,
        labelLimit=110,
        labelFontSize=13,
        labelOverlap=False,
        labelExpr="replace(datum.label, /^[0-9]+ /, '')",
    )
    return alt.X("label:N", title=None, sort=None, axis=axis, scale=alt.Scale(type="band", padding=0))
