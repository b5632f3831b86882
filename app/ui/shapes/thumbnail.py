"""The lab in small: a reference run while it reads a curve."""

import streamlit as st

from app.ui.pictures import colored, data_address, drawing_html
from app.ui.session import lab
from app.ui.words import verdict_line
from data.dataset import Dataset
from models.inside import RANGES, look_inside
from models.weights import Array

CURVE = 2
"""Test curve that is read."""

WIDTH, CURVE_HEIGHT, STATE_HEIGHT = 550, 90, 256


def thumbnail(dataset: Dataset) -> None:
    """The states of an LSTM over one curve; the curve alone if there is no reference run."""
    x = dataset.x_test[CURVE]
    runs = (run for run in lab().references(dataset.info.name) if run.experiment.layers[1].kind == "LSTM")
    run = next(runs, None)
    weights = lab().weights(run.id, run.step) if run else None
    if run is None or weights is None:
        st.html(_picture(x, None, "A curve of 55 points."))
        return
    scaler = lab().scaler(run.experiment)
    inside = look_inside(run.experiment.layers, weights, scaler(x))
    hidden = inside.recurrent[0].states["hidden"]
    steps, units = hidden.shape
    alt = (
        f"A curve of {steps} points. Below it a heat map of the hidden state of an LSTM, {units} units by "
        f"{steps} time steps, while it reads the curve."
    )
    st.html(_picture(x, hidden, alt))
    said = verdict_line(inside.probabilities, dataset.info.classes)
    st.caption(f"A reference run reads this curve: {units} units, {steps} steps. It says {said}.")


def _picture(x: Array, hidden: Array | None, alt: str) -> str:
    """One drawing of both, so that time steps stand below one another.

    Args:
        x: (steps,) heights.
        hidden: (steps, units) states.
        alt: what one sees, in words.
    """
    step = WIDTH / len(x)
    top = max(1.0, float(x.max()))
    heights = (CURVE_HEIGHT - (CURVE_HEIGHT - 4) * float(value) / top for value in x)
    points = " ".join(f"{(i + 0.5) * step:.1f},{height:.1f}" for i, height in enumerate(heights))
    states, height = "", CURVE_HEIGHT
    if hidden is not None:
        height += 10 + STATE_HEIGHT
        address = data_address(colored(hidden.T, *RANGES["hidden"]))
        states = (
            f'<image href="{address}" x="0" y="{CURVE_HEIGHT + 10}" width="{WIDTH}" height="{STATE_HEIGHT}" '
            'preserveAspectRatio="none" style="image-rendering: pixelated"/>'
        )
    drawing = (
        f'<svg viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f'<polyline points="0,{CURVE_HEIGHT} {points} {WIDTH},{CURVE_HEIGHT}" fill="#808a94" '
        f'fill-opacity="0.2" stroke="#2b7bc9" stroke-width="2.5"/>{states}</svg>'
    )
    return drawing_html(drawing, alt)
