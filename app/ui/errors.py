"""Mistakes: the confusion matrix at any moment of training, and behind each cell the very examples."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.ui.charts import Picture, without_data
from models.weights import Array

TRUTH, SAID = "truth", "said"
"""Names in the address of the two classes of the cell that was clicked."""


def confusion_chart(
    truth: Array, said: Array, classes: Sequence[str], marked: tuple[str, str] | None = None
) -> Picture:
    """How often each class was taken for each: the diagonal is right.

    Args:
        truth: (examples,) classes as they are.
        said: (examples,) classes as the network says.
        classes: their names.
        marked: the cell that is chosen when the chart is drawn first, by the names of its classes.
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
    spec = deepcopy(_confusion_spec(tuple(classes)))
    if marked is not None:
        spec["params"][0]["value"] = [dict(zip((TRUTH, SAID), marked, strict=True))]
    return Picture(spec, pd.DataFrame(rows))


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
    """Show the matrix; returns the clicked cell, which stands in the address, as (true class, said class)."""
    cell = _asked_cell(classes)
    # Known by the browser from then on; a chart that is told of each click would be drawn anew at each.
    first = f"{key}.first"
    if key not in st.session_state:
        st.session_state[first] = cell and (classes[cell[0]], classes[cell[1]])
    picture = confusion_chart(truth, said, classes, st.session_state.get(first))
    right = float((truth == said).mean())
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key=key,
        on_select=lambda: _receive(key, classes),
        selection_mode="cell",
        alt=f"Confusion matrix of {len(truth)} test examples; {right:.1%} are right.",
    )
    return cell


def _asked_cell(classes: Sequence[str]) -> tuple[int, int] | None:
    """The cell that the address names, if there is such a one."""
    truth, said = (st.query_params.get(name, "") for name in (TRUTH, SAID))
    names = list(classes)
    return (names.index(truth), names.index(said)) if truth in names and said in names else None


def _receive(key: str, classes: Sequence[str]) -> None:
    """Take a click from the browser, which may have sent anything, into the address."""
    chosen = st.session_state[key]["selection"].get("cell", [])
    first = chosen[0] if chosen and isinstance(chosen[0], Mapping) else {}
    if first.get(TRUTH) in classes and first.get(SAID) in classes:
        st.query_params.update({TRUTH: first[TRUTH], SAID: first[SAID]})
    else:
        for name in (TRUTH, SAID):
            st.query_params.pop(name, None)


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
