"""The shape-curve lab: is this curve a square, a triangle or an ellipse?"""

import streamlit as st

from app.rooms import SHAPES
from app.ui.lab_parts import code, train, way_to_training
from app.ui.parts import open_part, show_parts
from app.ui.session import lab
from app.ui.shapes.duel import duel
from app.ui.shapes.first_picture import PART as INSIDE
from app.ui.shapes.first_picture import TITLE
from app.ui.shapes.inside import TEST, look_inside
from app.ui.shapes.mistakes import mistakes
from app.ui.shapes.problem import the_problem
from app.ui.shapes.questions import questions
from data.dataset import Dataset


def problem(dataset: Dataset) -> None:
    """The curves, and the way on."""
    the_problem(dataset)
    way_to_training()


def open_inside(index: int) -> None:
    """Look at a test curve from inside."""
    st.session_state["curve"] = index
    st.session_state["curve-from"] = TEST
    open_part(INSIDE)


st.title(TITLE)
dataset = lab().dataset("shapes")
show_parts({
    "The problem": lambda: problem(dataset),
    "Train": lambda: train(SHAPES),
    INSIDE: lambda: look_inside(dataset),
    "Mistakes": lambda: mistakes(open_inside),
    "MLP or LSTM?": lambda: duel(dataset),
    "Code": lambda: code(SHAPES, default="LSTM"),
    "Questions": lambda: questions(dataset),
})  # fmt: skip
