"""The lab in small: a reference run while it reads a curve."""

import streamlit as st

from app.ui.charts import curves_chart
from app.ui.inside import verdict_line
from app.ui.inside_charts import input_chart, state_chart
from app.ui.session import lab
from data.dataset import Dataset
from models.inside import look_inside
from models.scaling import fit_scaler

CURVE = 2
"""Test curve that is read."""


def thumbnail(dataset: Dataset) -> None:
    """The states of an LSTM over one curve; just curves if there is no reference run."""
    classes = dataset.info.classes
    runs = (run for run in lab().references(dataset.info.name) if run.experiment.layers[1].kind == "LSTM")
    run = next(runs, None)
    weights = lab().weights(run.id, run.step) if run else None
    if run is None or weights is None:
        firsts = [int((dataset.y_train == label).argmax()) for label in range(len(classes))]
        chart = curves_chart(dataset.x_train[firsts], classes, classes)
        st.altair_chart(chart, key="home-curves", alt=f"One curve of each class: {', '.join(classes)}.")
        return
    x = fit_scaler(run.experiment.scaling, dataset.x_train)(dataset.x_test[CURVE])
    inside = look_inside(run.experiment.layers, weights, x)
    read = input_chart(x, t=0)
    st.vega_lite_chart(read.frame, read.spec, key="home-input", alt="A curve of 55 points.")
    states = state_chart("hidden", inside.recurrent[0].states["hidden"], t=0)
    alt = "Heat map of the hidden state of an LSTM, 32 units by 55 time steps, while it reads the curve."
    st.vega_lite_chart(states.frame, states.spec, key="home-states", alt=alt)
    said = verdict_line(inside.probabilities, classes)
    st.caption(f"A reference run reads this curve: 32 units, 55 steps. It says {said}.")
