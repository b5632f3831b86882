"""Mistakes: which curves a run gets wrong."""

from collections.abc import Callable

import streamlit as st

from app.rooms import SHAPES
from app.ui.charts import curves_chart
from app.ui.mistakes import mistakes_panel
from data.dataset import Dataset


def mistakes(open_inside: Callable[[int], None]) -> None:
    """The mistakes panel for curves.

    Args:
        open_inside: opens "Look inside" with a test curve.
    """
    mistakes_panel(SHAPES, "Which shapes are taken for which?", _stamp, open_inside, default="LSTM")


def _stamp(dataset: Dataset, index: int, said: str) -> None:
    """One test curve, small, and what the network says of it."""
    label = dataset.info.classes[dataset.y_test[index]]
    picture = curves_chart(dataset.x_test[[index]], [label], dataset.info.classes, height=90, bare=True)
    st.vega_lite_chart(picture.frame, picture.spec, alt=f"Test curve {index}, of class {label}.")
    st.caption(said)
