"""The mistakes panel, which every lab uses: what a run gets wrong, at any moment of its training."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.rooms import Room
from app.runs.run import Run
from app.ui.charts import Picture, without_data
from app.ui.errors import confusion_matrix, worst_first
from app.ui.focus import choose_run
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from data.dataset import Dataset
from models.forward import predict
from models.weights import Array

SHOWN = 12
"""Examples that are listed at first, and how many more at each click."""

COLUMNS = 4

SAMPLE = 1000
"""Test examples that are read again between the ends of epochs, where nothing was kept of them."""

BATCH = 100

OTHER_EXAMPLES = (
    "This network has learned from other examples than those on this computer, which it reads now for the "
    "first time."
)

LINE_BREAK = " · "
"""Where the names of bars go on in a second line."""

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
    run = choose_run(room, "run", default=default, uploads=True)
    if run is not None:
        _at_a_moment(run, stamp, open_inside)


def said_by(moment: Moment, dataset: Dataset) -> tuple[Array, Array]:
    """What a run said of the test examples at a moment of its training.

    Returns:
        (examples,) class and (examples,) its probability. Where an epoch ended, that of all test examples, as
        it was measured in training; elsewhere, and for other examples than those of the training, of the
        first `SAMPLE`, computed now.
    """
    if not lab().knows_other_examples(moment.run):
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
    moment = timeline(run, accuracy=True)
    if moment is None:
        return
    classes = dataset.info.classes
    said, confidence = said_by(moment, dataset)
    truth = dataset.y_test[: len(said)]
    left, right = st.columns([1, 1.6], gap="large")
    with left:
        st.metric("Test accuracy at this moment", f"{(said == truth).mean():.1%}")
        if lab().knows_other_examples(run):
            st.caption(f"{OTHER_EXAMPLES} {dataset.source.sentence}")
        elif len(said) < len(dataset.y_test):
            st.caption(
                f"Of the first {len(said):,} test examples: all {len(dataset.y_test):,} are read only at the "
                "end of an epoch."
            )
        cell = confusion_matrix(truth, said, classes, key="confusion")
    with right:
        indices = worst_first(truth, said, confidence, cell)
        st.markdown(f"##### {cell_name(cell, classes)}: {len(indices):,}")
        if not indices:
            st.success("None.", icon=":material/check:")
            return
        key = "all" if cell is None else f"{cell[0]}-{cell[1]}"  # each cell has a list of its own
        listed = indices[: how_many(key, SHOWN)]
        few = f"; {len(listed)} of them." if len(listed) < len(indices) else "."
        st.caption("The most confident first" + few)
        for start in range(0, len(listed), COLUMNS):
            for column, index in zip(st.columns(COLUMNS), listed[start : start + COLUMNS], strict=False):
                with column, st.container(border=True, gap="xsmall"):
                    stamp(dataset, index, f"{classes[said[index]]}? {confidence[index]:.0%} sure")
                    st.button(
                        "Look inside",
                        key=f"open-{index}",
                        on_click=open_inside,
                        args=(index,),
                        type="tertiary",
                    )
        more_button(key, len(indices) - len(listed), SHOWN)


def how_many(key: str, at_first: int) -> int:
    """How many examples of a list are shown, until the learner asks for more with `more_button`.

    Args:
        key: of the list.
        at_first: how many before any click.
    """
    return int(st.session_state.setdefault(f"mistakes-{key}-shown", at_first))


def more_button(key: str, left: int, more: int) -> None:
    """A button below a list that shows more of it, if any are left.

    Args:
        key: of the list.
        left: examples that are not shown yet.
        more: how many of them a click shows.
    """
    if left > 0:
        st.button(
            f"Show more: {left:,} are left",
            key=f"mistakes-{key}-more",
            on_click=_show_more,
            args=(f"mistakes-{key}-shown", more),
        )


def _show_more(key: str, more: int) -> None:
    st.session_state[key] += more


def cell_name(cell: tuple[int, int] | None, classes: Sequence[str]) -> str:
    """A cell of the confusion matrix, (true class, said class), in words; None: all that is wrong."""
    if cell is None:
        return "All mistakes"
    true, said = (classes[label] for label in cell)
    return f"{true}, right" if true == said else f"{true}, taken for {said}"


def shares_chart(groups: Mapping[str, Array]) -> Picture:
    """The accuracy of some groups of examples as bars, each with the interval in which it lies.

    Args:
        groups: for each its name, and (examples,) whether each is right; empty groups are left out.
    """
    rows = []
    for name, right in groups.items():
        if len(right):
            share, (low, high) = float(right.mean()), interval(int(right.sum()), len(right))
            label = f"{name}{LINE_BREAK}{share:.1%} of {len(right):,}"
            rows.append({"group": label, "value": share, "low": low, "high": high})
    frame = pd.DataFrame(rows, columns=["group", "value", "low", "high"])
    return Picture(_shares_spec(list(frame["group"])), frame)


def _shares_spec(names: Sequence[str]) -> dict[str, Any]:
    base = alt.Chart()
    lines = alt.Axis(
        labelExpr=f"split(datum.label, '{LINE_BREAK}')", labelFontSize=13, labelLimit=200, labelPadding=8
    )
    y = alt.Y("group:N", title=None, sort=list(names), axis=lines)
    x = alt.X("value:Q", title="accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%"))
    percent = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("value", "low", "high")]
    layers = [
        base.mark_bar(height=24, opacity=0.75).encode(y, x, tooltip=percent),
        base.mark_rule(color="gray", strokeWidth=2.5).encode(y, x=alt.X("low:Q"), x2="high:Q"),
    ]
    height = 70 + 44 * len(names)
    return without_data(alt.layer(*layers, data=alt.NamedData("shares")).properties(height=height))


def interval(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Where a share lies that was seen as `right` of `count`: Wilson's interval (1927), 95 % by default."""
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count**2)) ** 0.5
    return max(middle - half, 0.0), min(middle + half, 1.0)
