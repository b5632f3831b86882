"""MLP against LSTM: two runs on the same curve, while it is shifted and stretched."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.rooms import SHAPES
from app.runs.run import Run
from app.ui.address import choose_one
from app.ui.charts import legend, without_data
from app.ui.curve_pad import draw_a_curve, preset_curve
from app.ui.focus import choose_run
from app.ui.session import lab
from app.ui.words import run_line, verdict_line
from data.dataset import Dataset
from data.shapes import FIRST, LAST
from models.drawing import shift
from models.forward import predict
from models.weights import Array


def duel(dataset: Dataset) -> None:
    """The same curve at other places: one network notices, the other does not."""
    st.markdown(
        "Both networks see the same curve. Shift it: what is still the same shape to you is a new problem "
        "to the MLP, which has other weights for every point."
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        one = choose_run(SHAPES, "left", default="Dense", label="First network", finished=True)
        other = choose_run(SHAPES, "right", default="LSTM", label="Second network", finished=True)
        x = draw_a_curve("duel-curve", preset_curve(dataset.info.classes[1]))
    with right:
        runs = [run for run in (one, other) if run is not None]
        for column, run in zip(st.columns(2), runs, strict=False):
            with column, st.container(border=True):
                _verdict(run, x, dataset)
        _sweep(runs, x, dataset)


def whole_shifts(x: Array) -> list[int]:
    """By how many points a curve can be shifted, left to right, within the places where shapes are found."""
    support = np.flatnonzero(x)
    if not len(support):
        return [0]
    return list(range(FIRST - int(support[0]), LAST - int(support[-1]) + 1)) or [0]


def _verdict(run: Run, x: Array, dataset: Dataset) -> None:
    st.markdown(f"**{run_line(run)}**")
    probabilities = _predict(run, x[np.newaxis], dataset)
    if probabilities is not None:
        st.markdown(verdict_line(probabilities[0], dataset.info.classes))


def _sweep(runs: list[Run], x: Array, dataset: Dataset) -> None:
    classes = dataset.info.classes
    wanted = choose_one(
        "How sure of", {name: name for name in classes}, "of", key="sure-of", default=classes[1]
    )
    shifts = whole_shifts(x)
    if len(shifts) < 2:
        st.caption("There is nowhere to shift this curve without leaving the places of the training curves.")
        return
    moved = np.stack([shift(x, by) for by in shifts])
    frames = []
    for name, run in zip(("first", "second"), runs, strict=False):
        probabilities = _predict(run, moved, dataset)
        if probabilities is not None:
            column = probabilities[:, classes.index(wanted)]
            frames.append(pd.DataFrame({"shift": list(shifts), "value": column, "network": name}))
    if frames:
        st.vega_lite_chart(
            pd.concat(frames, ignore_index=True),
            deepcopy(_sweep_spec(wanted, shifts[0], shifts[-1])),
            key="sweep",
            alt=f"Probability of {wanted} for each place of the curve, a line for each network.",
        )
        st.caption("A network that knows the shape draws a flat line near 100 %, wherever the curve stands.")


@lru_cache(maxsize=64)
def _sweep_spec(wanted: str, first: int, last: int) -> dict[str, Any]:
    names = ["first", "second"]
    dashes = alt.Scale(domain=names, range=[[1, 0], [7, 3]])
    x = alt.X("shift:Q", title="shift, in points", scale=alt.Scale(domain=[first, last], nice=False))
    percent, unit = alt.Axis(format="%"), alt.Scale(domain=[0, 1])
    chart = (
        alt.Chart(alt.NamedData("sweep"), height=300)
        .mark_line(strokeWidth=2.5)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=f"probability of {wanted}", axis=percent, scale=unit),
            color=alt.Color("network:N", scale=alt.Scale(domain=names), legend=legend()),
            strokeDash=alt.StrokeDash("network:N", scale=dashes, legend=legend()),
        )
    )
    return without_data(chart)


def _predict(run: Run, x: Array, dataset: Dataset) -> Array | None:
    """Probabilities of a run's last weights; None and a sentence if there are none."""
    steps = lab().snapshot_steps(run.id)
    weights = lab().weights(run.id, steps[-1]) if steps else None
    if weights is None:
        st.info("This run has not kept any weights yet.")
        return None
    return predict(run.experiment.layers, weights, lab().scaler(run.experiment)(x))
