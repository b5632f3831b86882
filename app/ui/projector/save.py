"""Taking the map along: its address and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.projector.files import coordinates_csv, neighbours_csv, projector_zip, selection_csv
from app.ui.projector.inspector import METRICS
from app.ui.projector.points import Cloud
from models.topk import Metric
from models.vectors import Neighbour


def save(
    shown: Cloud,
    found: Sequence[Neighbour],
    metric: Metric,
    chosen: Sequence[int],
) -> None:
    """Buttons for files, made when they are pressed.

    Args:
        shown: the map.
        found: neighbours of the selected word.
        metric: what their scores are.
        chosen: numbers of the words that stand out.
    """
    near = partial(neighbours_csv, found, METRICS[metric].lower())
    files = (
        ("Coordinates", "coordinates.csv", "text/csv", partial(coordinates_csv, shown), True),
        ("Neighbours", "neighbours.csv", "text/csv", near, bool(found)),
        ("Selection", "selection.csv", "text/csv", partial(selection_csv, shown, chosen), bool(chosen)),
        ("TSV for TensorBoard", "projector.zip", "application/zip", partial(projector_zip, shown), True),
    )  # fmt: skip
    with st.expander("Save and share", icon=":material/download:"):
        with st.container(horizontal=True, gap="small"):
            for label, name, kind, make, is_there in files:
                st.download_button(
                    label, make, name, kind, key=f"save-{name}", on_click="ignore", disabled=not is_there
                )
        st.caption(
            "The address of this page holds the view: whoever opens it sees these vectors, this map and this "
            "word from the same side. A file of your own is not in it. “Save picture”, below the map, saves "
            "what you see."
        )
