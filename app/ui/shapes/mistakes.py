"""Mistakes: which curves a run gets wrong, at any moment of its training."""

from collections.abc import Callable

import streamlit as st

from app.runs.run import Run
from app.ui.charts import curves_chart
from app.ui.errors import confusion_matrix, worst_first
from app.ui.focus import choose_run
from app.ui.timeline import timeline
from data.dataset import Dataset
from models.forward import predict
from models.scaling import fit_scaler
from models.weights import Array

SHOWN = 12
COLUMNS = 4


def mistakes(dataset: Dataset, open_inside: Callable[[int], None]) -> None:
    """Confusion matrix and, behind each cell, the very curves.

    Args:
        dataset: the curves.
        open_inside: opens "Look inside" with a test curve.
    """
    st.markdown("Which shapes are taken for which? Click a cell to see the very curves.")
    run = choose_run(dataset.info.name, "run", default="LSTM")
    if run is not None:
        _at_a_moment(run, dataset, open_inside)


def _at_a_moment(run: Run, dataset: Dataset, open_inside: Callable[[int], None]) -> None:
    moment = timeline(run)
    if moment is None:
        return
    scaler = fit_scaler(run.experiment.scaling, dataset.x_train)
    probabilities = predict(run.experiment.layers, moment.weights, scaler(dataset.x_test))
    classes, truth = dataset.info.classes, dataset.y_test
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        said = probabilities.argmax(axis=1)
        st.metric("Test accuracy at this moment", f"{(said == truth).mean():.1%}")
        cell = confusion_matrix(truth, said, classes, key="confusion")
    with right:
        indices = worst_first(truth, probabilities, cell)
        name = "All mistakes"
        if cell:
            true, said_class = (classes[label] for label in cell)
            name = f"{true}, right" if true == said_class else f"{true}, taken for {said_class}"
        st.markdown(f"##### {name}: {len(indices)}")
        if not indices:
            st.success("None.", icon=":material/check:")
            return
        st.caption("The most confident first" + (f"; {SHOWN} of them." if len(indices) > SHOWN else "."))
        for start in range(0, min(len(indices), SHOWN), COLUMNS):
            for column, index in zip(st.columns(COLUMNS), indices[start : start + COLUMNS], strict=False):
                with column, st.container(border=True, gap="xsmall"):
                    _stamp(index, probabilities[index], dataset, open_inside)


def _stamp(index: int, probabilities: Array, dataset: Dataset, open_inside: Callable[[int], None]) -> None:
    """One test curve, small, and what the network says of it."""
    classes = dataset.info.classes
    label, best = classes[dataset.y_test[index]], int(probabilities.argmax())
    st.altair_chart(
        curves_chart(dataset.x_test[[index]], [label], classes, height=90, bare=True),
        alt=f"Test curve {index}, a {label}.",
    )
    st.caption(f"{classes[best]}? {probabilities[best]:.0%} sure")
    st.button("Look inside", key=f"open-{index}", on_click=open_inside, args=(index,), type="tertiary")
