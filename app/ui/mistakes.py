"""The mistakes panel, which every lab uses: what a run gets wrong, at any moment of its training."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from app.rooms import Room
from app.runs.run import Run
from app.ui.errors import confusion_matrix, worst_first
from app.ui.focus import choose_run
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from data.dataset import Dataset
from models.forward import predict
from models.weights import Array

SHOWN = 12
COLUMNS = 4

SAMPLE = 1000
"""Test examples that are read again between the ends of epochs, where nothing was kept of them."""

BATCH = 100

Stamp = Callable[[Dataset, int, str], None]
"""Draws a test example, given by its index, small, with what the network says of it."""


def mistakes_panel(
    room: Room, question: str, stamp: Stamp, open_inside: Callable[[int], None], default: str = ""
) -> None:
    """Confusion matrix and, behind each cell, the very examples.

    Args:
        room: whose runs.
        question: what is asked here, a sentence.
        stamp: draws an example.
        open_inside: opens "Look inside" with a test example.
        default: how the architecture of the first run should begin.
    """
    st.markdown(f"{question} Click a cell to see the very examples.")
    run = choose_run(room, "run", default=default)
    if run is not None:
        _at_a_moment(run, stamp, open_inside)


def said_by(moment: Moment, dataset: Dataset) -> tuple[Array, Array]:
    """What a run said of the test examples at a moment of its training.

    Returns:
        (examples,) class and (examples,) its probability. Where an epoch ended, that of all test examples, as
        it was measured in training; elsewhere of the first `SAMPLE`, computed now.
    """
    kept = lab().outcome(moment.run.id, moment.step)
    if kept is not None and len(kept[0]) == len(dataset.y_test):
        return kept
    experiment = moment.run.experiment
    x = lab().scaler(experiment)(dataset.x_test[:SAMPLE])
    parts = [x[start : start + BATCH] for start in range(0, len(x), BATCH)]
    probabilities = np.concatenate([predict(experiment.layers, moment.weights, part) for part in parts])
    return probabilities.argmax(axis=1), probabilities.max(axis=1)


def _at_a_moment(run: Run, stamp: Stamp, open_inside: Callable[[int], None]) -> None:
    dataset = lab().dataset(run.experiment.dataset)
    moment = timeline(run)
    if moment is None:
        return
    classes = dataset.info.classes
    said, confidence = said_by(moment, dataset)
    truth = dataset.y_test[: len(said)]
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        st.metric("Test accuracy at this moment", f"{(said == truth).mean():.1%}")
        if len(said) < len(dataset.y_test):
            st.caption(
                f"Of the first {len(said):,} test examples: all {len(dataset.y_test):,} are read only at the "
                "end of an epoch."
            )
        cell = confusion_matrix(truth, said, classes, key="confusion")
    with right:
        indices = worst_first(truth, said, confidence, cell)
        st.markdown(f"##### {_name(cell, classes)}: {len(indices):,}")
        if not indices:
            st.success("None.", icon=":material/check:")
            return
        st.caption("The most confident first" + (f"; {SHOWN} of them." if len(indices) > SHOWN else "."))
        for start in range(0, min(len(indices), SHOWN), COLUMNS):
            for column, index in zip(st.columns(COLUMNS), indices[start : start + COLUMNS], strict=False):
                with column, st.container(border=True, gap="xsmall"):
                    stamp(dataset, index, f"{classes[said[index]]}? {confidence[index]:.0%} sure")
                    st.button(
                        "Look inside",
                        key=f"open-{index}",
                        on_click=open_inside,
                        args=(index,),
                        type="tertiary",
                    )


def _name(cell: tuple[int, int] | None, classes: Sequence[str]) -> str:
    if cell is None:
        return "All mistakes"
    true, said = (classes[label] for label in cell)
    return f"{true}, right" if true == said else f"{true}, taken for {said}"
