"""The start page: what is here and where to start."""

from pathlib import Path

import streamlit as st

from app.rooms import room_of
from app.ui.session import lab, learner
from app.ui.shapes.thumbnail import thumbnail
from app.ui.words import run_line

PAGES = Path(__file__).parent
RECENT = 3
LINKS = (
    ("Look at the curves first", "The problem", "show_chart"),
    ("Look inside one that has learned", "Look inside", "grid_on"),
)


def welcome() -> None:
    """What this is, in one breath."""
    st.title("Watch a network learn")
    st.markdown(
        "Unroll is a lab for recurrent networks. You change a setting, press **Train**, and a real network "
        "learns from real data before your eyes, in seconds. No account and no code."
    )


def curves_card() -> None:
    """The shape-curve lab, with a reference run at work."""
    dataset = lab().dataset("shapes")
    with st.container(border=True):
        picture, text = st.columns([1.3, 1], gap="large", vertical_alignment="center")
        with picture:
            thumbnail(dataset)
        with text:
            st.subheader("Curves")
            st.markdown(
                f"{len(dataset.y_train):,} curves of {len(dataset.info.classes)} shapes, each at another "
                "place and of another width. Can a network that sees all points at once tell them apart? "
                "And one that reads them one by one?"
            )
            if st.button("Train an LSTM", type="primary", icon=":material/play_arrow:"):
                st.switch_page(PAGES / "shapes.py", query_params={"part": "Train"})
            for label, part, icon in LINKS:
                if st.button(label, type="tertiary", icon=f":material/{icon}:"):
                    st.switch_page(PAGES / "shapes.py", query_params={"part": part})


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
        st.page_link(
            PAGES / room_of(run.experiment.dataset).page,
            label=run_line(run),
            query_params={"part": "Train", "run": run.id},
        )
    st.page_link(PAGES / "runs.py", label="All my runs", icon=":material/history:")


welcome()
curves_card()
how_it_works()
recent_runs()
