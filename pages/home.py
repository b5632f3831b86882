"""The start page: what is here and where to start."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from app.rooms import MNIST, SENTIMENT, SHAPES, room_of
from app.ui.algebra.thumbnail import thumbnail as algebra_thumbnail
from app.ui.mnist.thumbnail import thumbnail as mnist_thumbnail
from app.ui.projector.thumbnail import thumbnail as projector_thumbnail
from app.ui.sentiment.thumbnail import thumbnail as sentiment_thumbnail
from app.ui.session import lab, learner
from app.ui.shapes.thumbnail import thumbnail as shapes_thumbnail
from app.ui.words import run_line
from data import DataError

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
    page: str,
    title: str,
    text: str,
    picture: Callable[[], None],
    first: tuple[str, str, str],
    *links: tuple[str, str, str],
) -> None:
    """A lab: a reference run at work, what it is about, and ways in.

    Args:
        page: the lab's file.
        title: its name.
        text: its question.
        picture: draws the lab in small.
        first: the main way in: words, part of the page, icon.
        links: further ways in.
    """
    with st.container(border=True, height="stretch"):
        try:
            picture()
        except DataError as error:
            st.warning(str(error), icon=":material/cloud_off:")
        st.subheader(title)
        st.markdown(text)
        with st.container(horizontal=True, gap="small"):
            for label, part, icon in (first, *links):
                kind: Literal["primary", "tertiary"] = "primary" if part == first[1] else "tertiary"
                if st.button(label, type=kind, icon=f":material/{icon}:", key=f"{page}-{part}"):
                    st.switch_page(PAGES / page, query_params={"part": part})


def curves() -> None:
    """The shape-curve lab."""
    card(
        SHAPES.page,
        "Curves",
        "Curves of 3 shapes, each at another place and of another width. Can a network that sees all points "
        "at once tell them apart? And one that reads them one by one?",
        lambda: shapes_thumbnail(lab().dataset("shapes")),
        ("Train an LSTM", "Train", "play_arrow"),
        ("Look at the curves", "The problem", "show_chart"),
        ("Look inside one that has learned", "Look inside", "grid_on"),
    )


def digits() -> None:
    """The digits lab."""
    card(
        MNIST.page,
        "Digits",
        "Handwritten digits, and kernels that slide over them. What does a kernel of 3×3 pixels see that one "
        "of 1×1 cannot, and why is one of 28×28 no better?",
        lambda: mnist_thumbnail(lab().dataset("mnist")),
        ("Train a CNN", "Train", "play_arrow"),
        ("Draw a digit", "Draw", "draw"),
        ("Three kernels, one question", "Three kernels", "help"),
    )


def sentiment() -> None:
    """The sentiment lab."""
    card(
        SENTIMENT.page,
        "Sentiment",
        "Is this review positive? Type any sentence, and see after each word what the network thinks so far, "
        "and which words it relies on.",
        lambda: sentiment_thumbnail(lab().dataset("sst2")),
        ("Try a sentence", "Try a sentence", "edit"),
        ("Train a network", "Train", "play_arrow"),
        ("From words to ids", "Words to ids", "pin"),
    )


def projector() -> None:
    """The embedding projector."""
    card(
        "projector.py",
        "Projector",
        "Words as points in space: what lies near what? Turn the map, click a word and see its neighbours.",
        projector_thumbnail,
        ("Open the map", "", "scatter_plot"),
    )


def algebra() -> None:
    """Word algebra."""
    card(
        "algebra.py",
        "Word algebra",
        "Words can be added and subtracted. What is water + bird − air, how often does it go wrong, and what "
        "prejudice do the numbers hold?",
        algebra_thumbnail,
        ("Try a formula", "Algebra", "calculate"),
        ("Bias lab", "Bias lab", "balance"),
        ("Hop game", "Hop game", "sports_esports"),
    )


def how_it_works() -> None:
    """Three things to try, in the place of a sixth card."""
    ideas = (
        (
            "tune",
            "Change something",
            "A layer, its units, the learning rate, the seed. Shapes and parameters follow at once.",
        ),
        (
            "play_arrow",
            "Train",
            "Loss and accuracy of every step, as it happens. Close the browser if you like: it goes on.",
        ),
        (
            "stacked_line_chart",
            "Compare",
            "Your run before stays as a pale line. My runs puts any of them together.",
        ),
        (
            "link",
            "Share",
            "What you choose stands in the address: copy it, and others see it too. Drawings stay with you.",
        ),
    )
    for icon, title, text in ideas:
        st.markdown(f"##### :material/{icon}: {title}\n{text}")


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
for row in ((curves, digits), (sentiment, algebra), (projector, how_it_works)):
    for column, show in zip(st.columns(2, gap="medium"), row, strict=False):
        with column:
            show()
recent_runs()
