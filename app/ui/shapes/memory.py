"""How far back does each network remember? Zeros between the shape and the end tell."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.ui.charts import DASHES, Picture, legend, without_data
from app.ui.shapes.asking import ask, choose, said, show
from app.ui.shapes.networks import Network, reference
from app.ui.words import verdict_line
from data.dataset import Dataset
from models.drawing import gap
from models.layers import GRU, LSTM, Layer, SimpleRNN
from models.questions import HOW_FAR_BACK, MAX_ZEROS, remembered, shape_end, zeros_after
from models.weights import Array

KINDS: tuple[type[Layer], ...] = (SimpleRNN, GRU, LSTM)
ONE, ALL = "One test curve", "Mean of all test curves"
LATE = 51
"""Zeros from which on a gap counts as long: longer than any in training."""


@st.fragment
@said
def how_far_back(dataset: Dataset) -> None:
    """Question 5: three networks on the same curve, with more and more zeros after it."""
    ask(5, HOW_FAR_BACK)
    networks = {kind.__name__: network for kind in KINDS if (network := reference(dataset, kind))}
    if not networks:
        st.info("There are no reference runs here to measure this on.")
        show("memory", HOW_FAR_BACK)
        return
    names = {name: f"{name}, {network.run.test_accuracy:.1%} right" for name, network in networks.items()}
    left, right = st.columns([1, 2], gap="large")
    with left:
        mode = st.segmented_control("Curves", (ONE, ALL), default=ONE, required=True, key="questions-curves")
        index = 0
        if mode != ALL:
            index = st.slider("Test curve", 0, len(dataset.x_test) - 1, key="questions-index")
        zeros = st.slider("Zeros between shape and end", 0, MAX_ZEROS, 50, key="questions-zeros")
        if mode == ALL:
            lines = {name: _on_all(network, dataset) for name, network in networks.items()}
            for name, line in lines.items():
                st.markdown(f"**{name}**: {line[zeros]:.0%} sure of the right class on average")
        else:
            lines = _on_one(networks, dataset, index, zeros)
    with right:
        low, high = zeros_after(dataset.x_train)
        picture = _memory_picture({names[name]: line for name, line in lines.items()}, zeros, low, high)
        st.vega_lite_chart(
            picture.frame,
            picture.spec,
            key="questions-memory",
            alt="Probability of the right class by the number of zeros, a line for each network. The gap "
            "that is chosen is written out beside it.",
        )
        st.caption(
            f"A line that stays up has kept the shape; one that falls or swings has lost it to the zeros. In "
            f"training there were only {low} to {high} zeros after a shape, beyond that nothing is promised. "
            "Each line is one reference run; in the legend, how much of the test it gets right."
        )
    choose(
        "longest",
        "Which of these keeps the shape longest?",
        list(networks),
        lambda chosen: _longest(chosen, networks, dataset),
    )
    show("memory", HOW_FAR_BACK)


def _on_one(networks: dict[str, Network], dataset: Dataset, index: int, zeros: int) -> dict[str, Array]:
    """What each network says of one curve after this gap; returns the lines of the right class."""
    classes, truth = dataset.info.classes, int(dataset.y_test[index])
    st.caption(f"Test curve {index}: {classes[truth]}")
    lines = {}
    for name, network in networks.items():
        said = _after_zeros(network.run.id, network.step, index, network, dataset)
        st.markdown(f"**{name}**: {verdict_line(said[zeros], classes)}")
        lines[name] = said[:, truth]
    return lines


def _longest(chosen: str, networks: dict[str, Network], dataset: Dataset) -> tuple[bool, str]:
    late = {name: float(_on_all(network, dataset)[LATE:].mean()) for name, network in networks.items()}
    figures = ", ".join(f"{name} {value:.0%}" for name, value in late.items())
    return late[chosen] == max(late.values()), (
        f"Measured on all {len(dataset.x_test)} test curves, mean probability of the right class after "
        f"{LATE} to {MAX_ZEROS} zeros: {figures}. One run of each: another seed may order them otherwise."
    )


@st.cache_data(max_entries=2_000, show_spinner=False)
def _after_zeros(run_id: str, step: int, index: int, _network: Network, _dataset: Dataset) -> Array:
    """What a network says of a test curve after 0, 1, ... zeros: (zeros, classes)."""
    said: Array = _read(_network, _dataset.x_test[[index]])[0]
    return said


def _on_all(network: Network, dataset: Dataset) -> Array:
    """The probability of the right class after 0, 1, ... zeros, mean of all test curves."""
    return _mean_after_zeros(network.run.id, network.step, network, dataset)


@st.cache_data(max_entries=64, show_spinner=False)
def _mean_after_zeros(run_id: str, step: int, _network: Network, _dataset: Dataset) -> Array:
    said = _read(_network, _dataset.x_test)
    right: Array = said[np.arange(len(said)), :, _dataset.y_test]
    mean: Array = right.mean(axis=0)
    return mean


def _read(network: Network, curves: Array) -> Array:
    longer = np.stack([gap(x, MAX_ZEROS) for x in curves])
    ends = [shape_end(x) for x in curves]
    return remembered(network.run.experiment.layers, network.weights, network.scale(longer), ends)


def _memory_picture(lines: dict[str, Array], zeros: int, low: int, high: int) -> Picture:
    """A line for each network, the gap that is looked at, and the gaps of training as a band."""
    gaps = np.arange(MAX_ZEROS + 1)
    count = len(lines)
    frame = pd.DataFrame({
        "zeros": [*np.tile(gaps, count), low],
        "until": [*np.tile(gaps, count), high],
        "value": [*np.concatenate(list(lines.values())), 1.0],
        "network": [*np.repeat(list(lines), len(gaps)), None],
        "each": [*["line"] * (count * len(gaps)), "band"],
        "now": [*np.tile(gaps == zeros, count), False],
    })  # fmt: skip
    return Picture(deepcopy(_memory_spec(tuple(lines))), frame)


@lru_cache(maxsize=16)
def _memory_spec(names: tuple[str, ...]) -> dict[str, Any]:
    x = alt.X(
        "zeros:Q",
        title="zeros between shape and end",
        scale=alt.Scale(domain=[0, MAX_ZEROS], nice=False),
    )
    y = alt.Y(
        "value:Q",
        title="probability of the right class",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1]),
    )
    key = legend(columns=1)
    key.symbolType, key.symbolSize, key.rowPadding = "stroke", 300, 2  # lines, though there are points too
    color = alt.Color("network:N", scale=alt.Scale(domain=list(names)), legend=key)
    dashes = alt.Scale(domain=list(names), range=list(DASHES[: len(names)]))
    base = alt.Chart()
    band = base.transform_filter("datum.each == 'band'")
    line = base.transform_filter("datum.each == 'line'")
    now = line.transform_filter("datum.now")
    layers = [
        band.mark_rect(color="gray", opacity=0.15).encode(x=x, x2="until:Q"),
        band.mark_text(text="as in training", align="left", baseline="top", dx=5, dy=5, color="gray").encode(
            x, y
        ),
        line.mark_line(strokeWidth=2.5).encode(
            x, y, color, strokeDash=alt.StrokeDash("network:N", scale=dashes, legend=key)
        ),
        now.mark_rule(color="gray", strokeWidth=1.2).encode(x),
        now.mark_point(filled=True, size=80).encode(
            x, y, color, tooltip=["network:N", "zeros:Q", alt.Tooltip("value:Q", format=".1%")]
        ),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("memory")).properties(height=360))


# What they share
