"""The shape-curve lab: is this curve a square, a triangle or an ellipse?"""

import streamlit as st

from app.rooms import SHAPES
from app.ui.code import code_panel
from app.ui.controls import Controls
from app.ui.focus import choose_run
from app.ui.parts import open_part, show_parts
from app.ui.session import lab
from app.ui.shapes.duel import duel
from app.ui.shapes.inside import TEST, look_inside
from app.ui.shapes.mistakes import mistakes
from app.ui.shapes.problem import the_problem
from app.ui.shapes.questions import questions
from app.ui.training import training_panel
from data.dataset import Dataset


def problem(dataset: Dataset) -> None:
    """The curves, and the way on."""
    the_problem(dataset)
    st.button(
        "Train a network on them",
        type="primary",
        icon=":material/arrow_forward:",
        on_click=open_part,
        args=("Train",),
    )


def train() -> None:
    """Controls on the left, the training panel on the right."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        experiment = Controls(SHAPES).show()
    with right:
        training_panel(experiment, SHAPES)


def code() -> None:
    """The script of a run, and the run to take along."""
    run = choose_run(SHAPES, "run", default="LSTM")
    if run is not None:
        code_panel(run)


def open_inside(index: int) -> None:
    """Look at a test curve from inside."""
    st.session_state["curve"] = index
    st.session_state["curve-from"] = TEST
    open_part("Look inside")


st.title("Which shape is this curve?")
dataset = lab().dataset("shapes")
show_parts({
    "The problem": lambda: problem(dataset),
    "Train": train,
    "Look inside": lambda: look_inside(dataset),
    "Mistakes": lambda: mistakes(open_inside),
    "MLP or LSTM?": lambda: duel(dataset),
    "Code": code,
    "Questions": lambda: questions(dataset),
})  # fmt: skip
