"""Colours and curves of the sentiment lab."""

from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from app.ui.charts import Picture, without_data
from models.inside import RANGES
from models.weights import Array


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
