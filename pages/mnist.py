"""The digits lab: what does a convolution's kernel see?"""

import streamlit as st

from app.rooms import MNIST
from app.ui.lab_parts import code, train, way_to_training
from app.ui.mnist.digits import the_digits
from app.ui.mnist.drawing import draw
from app.ui.mnist.inside import look_inside
from app.ui.mnist.mistakes import mistakes
from app.ui.mnist.network import cnn_controls
from app.ui.mnist.subject import TEST
from app.ui.mnist.three import three_kernels
from app.ui.parts import open_part, show_parts
from app.ui.session import lab


def data() -> None:
    """The digits, and the way on."""
    the_digits(lab().dataset("mnist"))
    way_to_training()


def open_inside(index: int) -> None:
    """Look at a test digit from inside."""
    st.session_state["digit"] = index
    st.session_state["digit-from"] = TEST
    open_part("Look inside")


st.title("What does a kernel see?")
show_parts({
    "The digits": data,
    "Train": lambda: train(MNIST, cnn_controls),
    "Three kernels": lambda: three_kernels(lab().dataset("mnist")),
    "Look inside": look_inside,
    "Draw": draw,
    "Mistakes": lambda: mistakes(open_inside),
    "Code": lambda: code(MNIST, default="Conv2D"),
})  # fmt: skip
