"""The start page: what is here and where to start."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from app.rooms import MNIST, SHAPES, Room, room_of
from app.ui.mnist.thumbnail import thumbnail as mnist_thumbnail
from app.ui.session import lab, learner
from app.ui.shapes.thumbnail import thumbnail as shapes_thumbnail
from app.ui.words import run_line
from data import DataError
from data.dataset import Dataset

PAGES = Path(__file__).parent
RECENT = 3


def welcome() -> None:
    """What this is, in one breath."""
    st.title("Watch a network learn")
    st.markdown(
        "Unroll is a lab for neural networks. You change a setting, press **Train**, and a real network "
        "learns from real data before your eyes, in seconds. No account and no code."
    )


def card(
    room: Room,
    title: str,
    text: str,
    picture: Callable[[Dataset], None],
    first: str,
    links: Sequence[tuple[str, str, str]],
) -> None:
    """A lab: a reference run at work, what it is about, and ways in.

    Args:
        room: the lab.
        title: its name.
        text: its question.
        picture: draws the lab in small.
        first: what the button says that leads to "Train".
        links: further ways in: words, part of the page, icon.
    """
    page = PAGES / room.page
    with st.container(border=True, height="stretch"):
        try:
            picture(lab().dataset(room.datasets[0]))
        except DataError as error:
            st.warning(str(error), icon=":material/cloud_off:")
        st.subheader(title)
        st.markdown(text)
        with st.container(horizontal=True, gap="small"):
            if st.button(first, type="primary", icon=":material/play_arrow:"):
                st.switch_page(page, query_params={"part": "Train"})
            for label, part, icon in links:
                if st.button(label, type="tertiary", icon=f":material/{icon}:", key=f"{room.name}-{part}"):
                    st.switch_page(page, query_params={"part": part})


def curves_card() -> None:
    """The shape-curve lab."""
    text = (
        "Curves of 3 shapes, each at another place and of another width. Can a network that sees all points "
        "at once tell them apart? And one that reads them one by one?"
    )
    links = (
        ("Look at the curves", "The problem", "show_chart"),
        ("Look inside one that has learned", "Look inside", "grid_on"),
    )
    card(SHAPES, "Curves", text, shapes_thumbnail, "Train an LSTM", links)


def digits_card() -> None:
    """The digits lab."""
    text = (
        "Handwritten digits, and kernels that slide over them. What does a kernel of 3×3 pixels see that one "
        "of 1×1 cannot, and why is one of 28×28 no better?"
    )
    links = (("Draw a digit", "Draw", "draw"), ("Three kernels, one question", "Three kernels", "help"))
    card(MNIST, "Digits", text, mnist_thumbnail, "Train a CNN", links)


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
left, right = st.columns(2, gap="medium")
with left:
    curves_card()
with right:
    digits_card()
how_it_works()
recent_runs()
