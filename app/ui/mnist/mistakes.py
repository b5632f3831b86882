"""Mistakes: which digits a run misreads."""

from collections.abc import Callable

import streamlit as st

from app.rooms import MNIST
from app.ui.mistakes import mistakes_panel
from app.ui.pictures import Tile, gallery_html, ink
from data.dataset import Dataset


def mistakes(open_inside: Callable[[int], None]) -> None:
    """The mistakes panel for digits.

    Args:
        open_inside: opens "Look inside" with a test digit.
    """
    mistakes_panel(MNIST, "Which digits are taken for which?", _stamp, open_inside, default="Conv2D")


def _stamp(dataset: Dataset, index: int, said: str) -> None:
    """One test digit, and what the network says of it."""
    label = dataset.info.classes[dataset.y_test[index]]
    st.html(gallery_html([Tile(ink(dataset.x_test[index]), f"Test digit {index}, a {label}.")], 96))
    st.caption(f"A {label}. {said}")
