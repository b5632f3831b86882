"""The problem: the curves themselves."""

import numpy as np
import streamlit as st

from app.ui.address import choose_number
from app.ui.charts import curves_chart
from data.dataset import Dataset

OVERLAID = 25


def the_problem(dataset: Dataset) -> None:
    """The curves themselves: one, one of each class, many of one class."""
    classes = dataset.info.classes
    st.markdown(
        f"Each example is a curve of {dataset.info.input_shape[0]} numbers. The network is to say which of "
        f"{len(classes)} shapes it shows: {', '.join(classes[:-1])} or {classes[-1]}. "
        "You see it at a glance. Why should it be hard?"
    )
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        one_curve(dataset)
    with right, st.container(border=True):
        many_curves(dataset)
    about_the_data(dataset)


def one_curve(dataset: Dataset) -> None:
    """A curve of a chosen class and index, or one of each class."""
    st.markdown("##### One at a time")
    classes = dataset.info.classes
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.selectbox(
            "Class",
            (*classes, "one of each"),
            index=len(classes),
            key="class",
            bind="query-params",
            width=150,
        )
        members = {name: np.flatnonzero(dataset.y_train == label) for label, name in enumerate(classes)}
        shown = members if choice == "one of each" else {choice: members[choice]}
        last = min(map(len, shown.values())) - 1
        index = choose_number("Index", last, key="index")
    values = dataset.x_train[[rows[index] for rows in shown.values()]]
    picture = curves_chart(values, list(shown), classes)
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key="one-curve",
        alt=f"Training curves number {index} of {', '.join(shown)}.",
    )


def many_curves(dataset: Dataset) -> None:
    """Several curves of one class on top of each other."""
    st.markdown(f"##### {OVERLAID} of one class")
    classes = dataset.info.classes
    choice = st.segmented_control(
        "Class of the overlaid curves", classes, default=classes[0], required=True, key="overlaid",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    rows = np.flatnonzero(dataset.y_train == classes.index(choice or classes[0]))[:OVERLAID]
    picture = curves_chart(dataset.x_train[rows], [str(choice)] * len(rows), classes)
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key="many-curves",
        alt=f"{len(rows)} training curves of class {choice}, drawn over one another.",
    )
    st.caption(
        "The same shape comes at other places and in other widths: no single point tells the class. "
        "That is what makes it hard for a network that looks at each point on its own."
    )


def about_the_data(dataset: Dataset) -> None:
    """How many there are, and where they come from."""
    counts = np.bincount(dataset.y_train, minlength=len(dataset.info.classes))
    with st.container(horizontal=True, gap="medium"):
        for name, count in zip(dataset.info.classes, counts, strict=True):
            st.metric(f"Training: {name}", f"{count:,}", width=150)
        st.metric("Test curves", f"{len(dataset.y_test):,}", width=150)
    known = {row.tobytes() for row in dataset.x_train}
    twins = sum(row.tobytes() in known for row in dataset.x_test)
    st.caption(
        f":material/database: {dataset.source.sentence} {twins} of the test curves also stand among the "
        "training curves, since there are only so many places and widths: the test is easier than it looks."
    )
