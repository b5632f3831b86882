"""Which image is looked at: a test digit, or one drawn by hand."""

import streamlit as st

from app.ui.address import choose_number
from app.ui.digit_pad import digit_pad
from app.ui.mnist.digits import digit_chart
from data.dataset import Dataset
from data.mnist_shuffled import INFO as SHUFFLED
from data.mnist_shuffled import shuffle
from models.drawing import DrawingError
from models.strokes import rasterise
from models.weights import Array

DRAWN, TEST = "My own digit", "A test digit"
PAD = "own-digit"


def choose_digit(dataset: Dataset) -> Array | None:
    """A digit of the test set or one that is drawn, and a picture of it.

    Args:
        dataset: of the network that is to read it: for shuffled pixels a drawn digit is shuffled too.

    Returns:
        (28, 28) from 0, paper, to 255, ink; None while nothing legible is drawn.
    """
    shown = st.session_state.get("digit-from", TEST)
    source = st.segmented_control("Digit", (TEST, DRAWN), default=shown, required=True, key="digit-from")
    if source == DRAWN:
        image = drawn_digit()
        if image is None:
            return None
        return shuffle(image[None])[0] if dataset.info.name == SHUFFLED.name else image
    last = len(dataset.x_test) - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = choose_number("Number", last, key="digit")
    label = dataset.info.classes[dataset.y_test[index]]
    digit_chart(dataset.x_test[index], "chosen-digit", f"Test digit {index}, a {label}.")
    st.caption(f"Test digit {index:,}: a **{label}**. The network has never trained on it.")
    chosen: Array = dataset.x_test[index]
    return chosen


def drawn_digit() -> Array | None:
    """The pad; returns what is drawn on it as (28, 28) ink, made as MNIST was, or None."""
    strokes = digit_pad(PAD, "Your digit")
    if not strokes:
        return None
    try:
        return rasterise(strokes)
    except DrawingError as error:
        st.warning(str(error), icon=":material/draw:")
        return None
