"""The start page: what is here and where to start."""

from pathlib import Path

import streamlit as st

from app.ui.charts import curves_chart
from app.ui.session import lab, learner
from app.ui.words import run_line

PAGES = Path(__file__).parent
RECENT = 3


def welcome() -> None:
    """What this is, in one breath."""
    st.title("Watch a network learn")
    st.markdown(
        "Unroll is a lab for recurrent networks. You change a setting, press **Train**, and a real network "
        "learns from real data before your eyes, in seconds. No account and no code."
    )


def curves_card() -> None:
    """The shape-curve lab."""
    dataset = lab().dataset("shapes")
    classes = dataset.info.classes
    firsts = [int((dataset.y_train == label).argmax()) for label in range(len(classes))]
    with st.container(border=True):
        picture, text = st.columns([1.3, 1], gap="large", vertical_alignment="center")
        with picture:
            st.altair_chart(
                curves_chart(dataset.x_train[firsts], classes, classes),
                key="home-curves",
                alt=f"One curve of each class: {', '.join(classes)}.",
            )
        with text:
            st.subheader("Curves")
            st.markdown(
                f"{len(dataset.y_train):,} curves of {len(classes)} shapes, each at another place and of "
                "another width. Can a network that sees all points at once tell them apart? "
                "And one that reads them one by one?"
            )
            if st.button("Train an LSTM", type="primary", icon=":material/play_arrow:"):
                st.switch_page(PAGES / "shapes.py", query_params={"part": "Train"})
            if st.button("Look at the curves first", type="tertiary", icon=":material/show_chart:"):
                st.switch_page(PAGES / "shapes.py")


def how_it_works() -> None:
    """Three things to try."""
    ideas = (
        (
            "tune",
            "Change something",
            "A layer, its units, the learning rate, the seed. Shapes and parameters follow.",
        ),
        (
            "play_arrow",
            "Train",
            "Loss and accuracy of every step, as it happens. Pause, stop, or close the browser.",
        ),
        (
            "stacked_line_chart",
            "Compare",
            "Your run before stays as a pale line. My runs puts any of them together.",
        ),
    )
    for column, (icon, title, text) in zip(st.columns(len(ideas), gap="large"), ideas, strict=True):
        column.markdown(f"##### :material/{icon}: {title}\n{text}")


def recent_runs() -> None:
    """The learner's latest runs."""
    runs = lab().runs(learner())[:RECENT]
    if not runs:
        return
    st.subheader("Your latest runs")
    for run in runs:
        st.page_link(PAGES / "shapes.py", label=run_line(run), query_params={"part": "Train", "run": run.id})
    st.page_link(PAGES / "runs.py", label="All my runs", icon=":material/history:")


welcome()
curves_card()
how_it_works()
recent_runs()
