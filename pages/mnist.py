"""The digits lab: what does a convolution's kernel see?"""

import streamlit as st

from app.rooms import MNIST
from app.ui.code import code_panel
from app.ui.controls import Controls
from app.ui.focus import choose_run
from app.ui.mnist.digits import the_digits
from app.ui.mnist.drawing import draw
from app.ui.mnist.inside import look_inside
from app.ui.mnist.mistakes import mistakes
from app.ui.mnist.network import cnn_controls
from app.ui.mnist.subject import TEST
from app.ui.mnist.three import three_kernels
from app.ui.parts import open_part, show_parts
from app.ui.session import lab
from app.ui.training import training_panel


def data() -> None:
    """The digits, and the way on."""
    the_digits(lab().dataset("mnist"))
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
        controls = Controls(MNIST)
        experiment = controls.show(cnn_controls)
    with right:
        training_panel(experiment, MNIST)


def code() -> None:
    """The script of a run, and the run to take along."""
    run = choose_run(MNIST, "run", default="Conv2D")
    if run is not None:
        code_panel(run)


def open_inside(index: int) -> None:
    """Look at a test digit from inside."""
    st.session_state["digit"] = index
    st.session_state["digit-from"] = TEST
    open_part("Look inside")


st.title("What does a kernel see?")
show_parts({
    "The digits": data,
    "Train": train,
    "Three kernels": lambda: three_kernels(lab().dataset("mnist")),
    "Look inside": look_inside,
    "Draw": draw,
    "Mistakes": lambda: mistakes(open_inside),
    "Code": code,
})  # fmt: skip
