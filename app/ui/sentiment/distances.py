"""How far the hidden states of two sentences are apart, step by step."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.ui.charts import Picture, legend, without_data
from app.ui.session import lab
from app.ui.timeline import Moment
from data.text import LENGTH, TextDataset
from models.forward import forward
from models.layers import AnyLayer
from models.weights import Array, Weights

PAIRS = 100
SHORT = 20
"""Words of the longest review of a pair: from the step after it, both are padding."""

SAME = 0.01
"""Two states that are nearer to one another count as the same: numbers of a state go from -1 to 1."""


def hidden(layers: Sequence[AnyLayer], weights: Weights, rows: Array) -> Array:
    """The hidden state of a network's one recurrent layer after each step: (sentences, steps, units)."""
    states: Array = next(
        step.states["hidden"] for step in forward(layers, weights, rows).steps if step.states
    )
    return states


def show_distances(moments: Mapping[str, Moment], dataset: TextDataset, rows: Array) -> None:
    """How far the states of two sentences are apart: of the typed ones, and of many."""
    left, right = st.columns(2, gap="large")
    ends = [int(end) for end in (rows != dataset.vocabulary.pad_id).sum(axis=1)]
    with left:
        st.markdown("##### Do the two sentences still differ?")
        lines = {
            name: distance(hidden(moment.run.experiment.layers, moment.weights, rows)[:, np.newaxis])[0]
            for name, moment in moments.items()
        }
        _draw(lines, max(ends), "padding-pair", "Distance of the states of the two sentences")
        st.caption("After the last step: " + _after(lines) + ".")
    with right:
        st.markdown(f"##### And {PAIRS} pairs of test reviews?")
        many = {name: _of_pairs(moment.run.id, moment.step, moment) for name, moment in moments.items()}
        means: dict[str, Array] = {name: values.mean(axis=0) for name, values in many.items()}
        _draw(means, SHORT, "padding-pairs", f"Mean distance of the states of {PAIRS} pairs of reviews")
        same = ", ".join(
            f"{int((values[:, -1] < SAME).sum())} of {len(values)} with the one that {name}"
            for name, values in many.items()
        )
        st.caption(
            f"One positive and one negative review of at most {SHORT} words each. Pairs that end in the same "
            f"state (nearer than {SAME:g}), so that no verdict can tell them apart: {same}."
        )


def _after(lines: Mapping[str, Array]) -> str:
    return ", ".join(f"{line[-1]:.3f} in the network that {name}" for name, line in lines.items())


def distance(states: Array) -> Array:
    """Euclidean distance of the states of two sentences: (2, pairs, steps, units) to (pairs, steps)."""
    apart: Array = np.linalg.norm(states[0] - states[1], axis=-1)
    return apart


@st.cache_data(max_entries=64, show_spinner=False)
def _of_pairs(run_id: str, step: int, _moment: Moment) -> Array:  # the moment's names are what it is kept by
    """(pairs, steps) distances of short test reviews, a negative and a positive one in each pair."""
    dataset = lab().dataset(_moment.run.experiment.dataset)
    if not isinstance(dataset, TextDataset):
        raise TypeError(f"{dataset.info.name} is no text")
    short = (dataset.x_test != dataset.vocabulary.pad_id).sum(axis=1) <= SHORT
    kinds = [np.flatnonzero(short & (dataset.y_test == label))[:PAIRS] for label in (0, 1)]
    count = min(map(len, kinds))
    states = [
        hidden(_moment.run.experiment.layers, _moment.weights, dataset.x_test[kind[:count]]) for kind in kinds
    ]
    return distance(np.stack(states))


def _draw(lines: Mapping[str, Array], end: int, key: str, what: str) -> None:
    picture = distance_chart(lines, end)
    st.vega_lite_chart(
        picture.frame, picture.spec, key=key, alt=f"{what}, step by step, a line for each network."
    )


def distance_chart(lines: Mapping[str, Array], end: int) -> Picture:
    """Distances of states over the steps.

    Args:
        lines: (steps,) for each network.
        end: the step of the last word.
    """
    steps = np.arange(1, LENGTH + 1, dtype=float)
    parts = [
        pd.DataFrame({"step": steps, "value": line, "network": name, "each": "step"})
        for name, line in lines.items()
    ]
    band = pd.DataFrame({"step": [end + 0.5], "until": [LENGTH + 0.5], "each": ["band"]})
    return Picture(deepcopy(_distance_spec(tuple(lines))), pd.concat([*parts, band], ignore_index=True))


@lru_cache(maxsize=8)
def _distance_spec(names: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X("step:Q", title="step", scale=alt.Scale(domain=[0.5, LENGTH + 0.5], nice=False))
    y = alt.Y("value:Q", title="distance of the states", scale=alt.Scale(domainMin=0))
    color = alt.Color("network:N", scale=alt.Scale(domain=list(names)), legend=legend())
    dashes = alt.Scale(domain=list(names), range=[[1, 0], [6, 3]][: len(names)])
    band = alt.Chart().transform_filter("datum.each == 'band'")
    base = alt.Chart().transform_filter("datum.each == 'step'")
    layers = [
        band.mark_rect(color="gray", opacity=0.15).encode(x=x, x2="until:Q"),
        band.mark_text(text="only padding", align="left", baseline="top", dx=5, dy=5, color="gray").encode(
            x=x, y=alt.value(0)
        ),
        base.mark_line(strokeWidth=2.5).encode(
            x,
            y,
            color,
            strokeDash=alt.StrokeDash("network:N", scale=dashes, legend=legend()),
            tooltip=["network:N", "step:Q", alt.Tooltip("value:Q", format=".3f")],
        ),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("distances")).properties(height=260))
