"""Mistakes: the confusion matrix at any moment of training, and behind each cell the very examples."""

from collections.abc import Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.ui.charts import Picture, without_data
from models.weights import Array


def confusion_chart(truth: Array, said: Array, classes: Sequence[str]) -> Picture:
    """How often each class was taken for each: the diagonal is right.

    Args:
        truth: (examples,) classes as they are.
        said: (examples,) classes as the network says.
        classes: their names.
    """
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (truth, said), 1)
    rows = [
        {
            "truth": name,
            "said": other,
            "count": int(counts[i, j]),
            "share": float(counts[i, j] / max(counts[i].sum(), 1)),
        }
        for i, name in enumerate(classes)
        for j, other in enumerate(classes)
    ]
    return Picture(deepcopy(_confusion_spec(tuple(classes))), pd.DataFrame(rows))


@lru_cache(maxsize=8)
def _confusion_spec(classes: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X(
        "said:N", title="the network says", sort=list(classes), axis=alt.Axis(labelAngle=0, orient="top")
    )
    y = alt.Y("truth:N", title="it is", sort=list(classes))
    cell = alt.selection_point(name="cell", fields=["truth", "said"])
    base = alt.Chart().encode(x, y)
    cells = (
        base.mark_rect(cursor="pointer", stroke="gray", strokeWidth=0.5)
        .encode(
            color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], scheme="blues"), legend=None),
            strokeWidth=alt.condition(cell, alt.value(3), alt.value(0.5), empty=False),
            tooltip=["truth:N", "said:N", "count:Q", alt.Tooltip("share:Q", format=".0%")],
        )
        .add_params(cell)
    )
    side = max(36, min(70, 420 // len(classes)))
    numbers = base.mark_text(fontSize=min(20, side // 3), fontWeight="bold").encode(
        text="count:Q", color=alt.condition("datum.share > 0.5", alt.value("white"), alt.value("#1b2430"))
    )
    return without_data(
        alt.layer(cells, numbers, data=alt.NamedData("cells")).properties(height=110 + side * len(classes))
    )


def confusion_matrix(truth: Array, said: Array, classes: Sequence[str], key: str) -> tuple[int, int] | None:
    """Show the matrix; returns the clicked cell as (true class, said class)."""
    picture = confusion_chart(truth, said, classes)
    right = float((truth == said).mean())
    event = st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key=key,
        on_select="rerun",
        selection_mode="cell",
        alt=f"Confusion matrix of {len(truth)} test examples; {right:.1%} are right.",
    )
    chosen = event["selection"].get("cell", [])
    if not chosen:
        return None
    names = list(classes)
    first = chosen[0]
    if first.get("truth") not in names or first.get("said") not in names:
        return None
    return names.index(first["truth"]), names.index(first["said"])


def worst_first(truth: Array, said: Array, confidence: Array, cell: tuple[int, int] | None) -> list[int]:
    """Indices of the examples of a cell, or of all mistakes, the most confident first.

    Args:
        truth: (examples,) classes as they are.
        said: (examples,) classes as the network says.
        confidence: (examples,) probability of what it says.
        cell: (true class, said class), or None for all mistakes.
    """
    wanted = (truth == cell[0]) & (said == cell[1]) if cell else truth != said
    indices = np.flatnonzero(wanted)
    return [int(index) for index in indices[np.argsort(-confidence[indices], kind="stable")]]
