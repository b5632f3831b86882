"""Look inside: a test curve, or one's own, in any run at any moment of its training."""

import streamlit as st

from app.rooms import SHAPES
from app.runs.run import Run
from app.ui.address import choose_number, choose_one
from app.ui.curve_pad import draw_a_curve
from app.ui.focus import choose_run
from app.ui.inside import inside_panel
from app.ui.session import lab
from app.ui.timeline import timeline
from data.dataset import Dataset
from models.weights import Array

DRAWN, TEST = "drawn", "test"
SOURCES = {TEST: "A test curve", DRAWN: "My own curve"}


def look_inside(dataset: Dataset) -> None:
    """Choose a network and a curve; see every state at every time step."""
    st.markdown(
        "A recurrent network reads the curve point by point and carries a state along. "
        "Here is every number of it, at any moment of training."
    )
    left, right = st.columns([1, 2], gap="large")
    with left:
        run = choose_run(SHAPES, "run", default="LSTM", uploads=True)
        if run is not None:
            dataset = lab().dataset(run.experiment.dataset)
        x = choose_curve(dataset)
    if run is not None:
        with right:
            st.fragment(_moments)(run, x, dataset)


def _moments(run: Run, x: Array, dataset: Dataset) -> None:
    """What moves with the timeline."""
    moment = timeline(run, accuracy=True)
    if moment is not None:
        with st.container(key="inside-panel"):
            inside_panel(moment, x, dataset.info.classes, lab().scaler(run.experiment))


def choose_curve(dataset: Dataset) -> Array:
    """A curve of the test set or one that is drawn; (points,)."""
    if choose_one("Curve", SOURCES, "from", key="curve-from") == DRAWN:
        return draw_a_curve("own-curve", lab().dataset(SHAPES.datasets[0]).x_test[0])
    last = len(dataset.x_test) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = choose_number("Number", last, key="curve")
    label = dataset.info.classes[dataset.y_test[index]]
    curve: Array = dataset.x_test[index]
    st.markdown(f"Test curve {index}, of class **{label}**.")
    return curve
