"""The questions of the lab: answer, check, and see our answer."""

from collections.abc import Callable
from copy import deepcopy
from functools import lru_cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from app.links import FIELDS
from app.runs.run import Run
from app.ui.charts import Picture, without_data
from app.ui.parts import open_part
from app.ui.session import lab, learner
from app.ui.shapes.asking import ask, choose, judge, keep, kept, recall, said, show
from app.ui.shapes.memory import how_far_back
from app.ui.shapes.networks import has, is_mlp, reference
from app.ui.shapes.unrolled import unrolled
from app.ui.words import network_name, run_line, verdict_line
from data.dataset import Dataset
from models.inside import look_inside
from models.layers import LSTM, Dense, Layer
from models.questions import (
    ANY_LENGTH,
    LABELS,
    LENGTH_OPTIONS,
    MAX_ANSWER,
    MLP_SUITED,
    NINETY,
    PLACES,
    WHERE_IS_WHAT,
    Attempt,
    check_ninety,
    check_places,
    of_length,
)
from models.weights import Array

SHORTEST, LONGEST, AT_FIRST = 30, 120, 80
"""Points of the curves of question 2."""


def questions(dataset: Dataset) -> None:
    """All questions, one below the other.

    Args:
        dataset: the curves.
    """
    st.markdown(
        "Five questions to try yourself on. Answer first, then look at ours. Your answers last as long as "
        "this page is open; nothing is stored."
    )
    for part in (_mlp_suited, _any_length, _where_is_what, _ninety, how_far_back):
        part(dataset)


@said
def _mlp_suited(dataset: Dataset) -> None:
    ask(1, MLP_SUITED)
    key = recall("suited", "")
    typed = st.text_area(
        "Your answer",
        key=key,
        max_chars=MAX_ANSWER,
        placeholder="Type your answer",
        on_change=_cut,
        args=(key,),
    )
    keep("suited", typed)
    st.caption("No machine can grade this one: compare your answer with ours.")
    if show("suited", MLP_SUITED):
        runs = (_latest(dataset, is_mlp), _latest(dataset, lambda run: has(run, LSTM)))
        for column, name, run in zip(st.columns(2), ("MLP", "LSTM"), runs, strict=True):
            if run is None:
                column.caption(f"There is no finished {name} run to compare with.")
            else:
                column.metric(f"{name}, test accuracy", f"{run.test_accuracy:.1%}")
                column.caption(run_line(run))
        st.button(
            "See both on one curve: MLP or LSTM?",
            icon=":material/arrow_forward:",
            key="questions-duel",
            on_click=open_part,
            args=("MLP or LSTM?",),
        )


def _cut(key: str) -> None:
    """The browser's limit is a courtesy; this one holds."""
    st.session_state[key] = st.session_state[key][:MAX_ANSWER]


def _latest(dataset: Dataset, fits: Callable[[Run], bool]) -> Run | None:
    """The learner's latest finished run that fits, else a reference run."""
    runs = [*lab().runs(learner()), *lab().references(dataset.info.name)]
    return next(
        (
            run
            for run in runs
            if run.experiment.dataset == dataset.info.name
            and run.state == "finished"
            and run.test_accuracy is not None
            and fits(run)
        ),
        None,
    )


@st.fragment
@said
def _any_length(dataset: Dataset) -> None:
    ask(2, ANY_LENGTH)
    classes = dataset.info.classes
    left, right = st.columns([1, 2], gap="large")
    with left:
        points = st.slider("Points", SHORTEST, LONGEST, AT_FIRST, key="questions-points")
        shape = st.segmented_control(
            "Shape", classes, default=classes[0], required=True, key="questions-shape"
        )
    label = classes.index(shape or classes[0])
    x = of_length(dataset.x_test[int(np.argmax(dataset.y_test == label))], points)
    with left:
        for kind in (LSTM, Dense):
            st.markdown(f"**{'LSTM' if kind is LSTM else 'MLP'}**: {_verdict(dataset, kind, x)}")
    with right:
        picture = _curve_picture(x, LONGEST)
        st.vega_lite_chart(
            # Always the same words: a chart is drawn anew when they change.
            picture.frame,
            picture.spec,
            key="questions-curve",
            alt="The curve that both networks read.",
        )
        known = dataset.info.input_shape[0]
        st.caption(
            f"The first {points} points of the curve: its end is cut off."
            if points < known
            else f"As in training: {known} points."
            if points == known
            else f"{points} points: {points - known} zeros were put after the {known}."
        )
    choose("why", "Why can the LSTM?", [option.text for option in LENGTH_OPTIONS], _why)
    show("length", ANY_LENGTH)


def _verdict(dataset: Dataset, kind: type[Layer], x: Array) -> str:
    """What a reference network says of a curve, or its refusal."""
    network = reference(dataset, kind)
    if network is None:
        return "there is no reference run of it here."
    try:
        inside = look_inside(network.run.experiment.layers, network.weights, network.scale(x))
    except ValueError as error:
        return f"it refuses. {error}"
    return verdict_line(inside.probabilities, dataset.info.classes)


def _why(chosen: str) -> tuple[bool, str]:
    option = next(option for option in LENGTH_OPTIONS if option.text == chosen)
    return option.right, option.reply


def _curve_picture(x: Array, longest: int) -> Picture:
    frame = pd.DataFrame({"point": np.arange(1, len(x) + 1, dtype=float), "height": x})
    return Picture(deepcopy(_curve_spec(longest)), frame)


@lru_cache(maxsize=4)
def _curve_spec(longest: int) -> dict[str, Any]:
    """A curve in a frame that does not change with its length."""
    x = alt.X("point:Q", title="point", scale=alt.Scale(domain=[1, longest], nice=False))
    y = alt.Y("height:Q", title="height", scale=alt.Scale(domain=[0, 1.1]), axis=alt.Axis(values=[0, 0.5, 1]))
    base = alt.Chart()
    layers = [
        base.mark_area(opacity=0.2, line=False).encode(x, y),
        base.mark_line(strokeWidth=2.5).encode(x, y),
    ]
    return without_data(alt.layer(*layers, data=alt.NamedData("curve")).properties(height=210))


# 3


@st.fragment
@said
def _where_is_what(_: Dataset) -> None:
    ask(3, WHERE_IS_WHAT)
    picture = st.container()
    chosen: list[str | None] = []
    with st.container(horizontal=True):
        for number in range(1, len(PLACES) + 1):
            name = f"place-{number}"
            label = st.selectbox(
                f"Place {number}", LABELS, index=None, placeholder="?", key=recall(name, None), width=120
            )
            keep(name, label)
            chosen.append(label)
    if st.button("Check", key="questions-places-check"):
        keep("places-checked", chosen)
    if chosen == kept().get("places-checked"):
        judge(*check_places(chosen))
    shown = show("places", WHERE_IS_WHAT)
    if shown:
        st.markdown(" · ".join(f"**{number}** {label}" for number, label in enumerate(PLACES, 1)))
    labels = ", ".join(f"{number}: {label}" for number, label in enumerate(PLACES, 1))
    picture.image(unrolled(shown), width=560, alt=_IN_WORDS + (f" Answers: {labels}." if shown else ""))


_IN_WORDS = (
    "An LSTM unrolled in time: cells of step 1, step 2, step t−1 and step t side by side, arrows from each "
    "to the next, an input from below each, and from the last an arrow to Dense. Place 1: into step 1 from "
    "the left. 2: from step 1 to step 2. 3: below step 2. 4: from step t−1 to step t. 5: below step t. "
    "6: from step t to Dense."
)


@said
def _ninety(dataset: Dataset) -> None:
    ask(4, NINETY)
    attempts = [
        Attempt(
            network_name(run),
            run.experiment,
            run.state == "finished",
            run.test_accuracy,
        )
        for run in lab().runs(learner())
        if run.experiment.dataset == dataset.info.name
    ]
    done, sentence = check_ninety(attempts)
    if done:
        st.success(sentence, icon=":material/check:")
    else:  # nothing is wrong before one has tried
        st.markdown(f":material/hourglass_empty: {sentence}")
    with st.container(horizontal=True):
        st.button("Open it", icon=":material/arrow_forward:", key="questions-open", on_click=_open_mlp)
        st.button("Check", key="questions-ninety-check")  # a click draws the page anew, which checks
    show("ninety", NINETY)


def _open_mlp() -> None:
    for name in FIELDS:  # what an address changes of another preset would be changed of this one too
        st.query_params.pop(name, None)
    st.query_params["preset"] = "shapes-mlp"
    open_part("Train")


# 5
