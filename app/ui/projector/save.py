"""Taking the map along: its address, its numbers, its picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.ui.projector.colours import Colours
from app.ui.projector.deck import Lit
from app.ui.projector.inspector import METRICS
from app.ui.projector.look import Look
from app.ui.projector.picture import coordinates_csv, neighbours_csv, png, projector_zip, selection_csv
from app.ui.projector.points import Cloud
from models.topk import Metric
from models.vectors import Neighbour


def save(
    shown: Cloud,
    found: Sequence[Neighbour],
    metric: Metric,
    chosen: Sequence[int],
    lit: Lit,
    colours: Colours,
    look: Look,
) -> None:
    """Buttons for files, made when they are pressed.

    Args:
        shown: the map.
        found: neighbours of the selected word.
        metric: what their scores are.
        chosen: numbers of the words that stand out.
        lit: what is drawn so.
        colours: of the points.
        look: how it is shown.
    """
    theme = "dark" if st.context.theme.type == "dark" else "light"
    title = f"{shown.space.title}: {len(shown.ids):,} words, {look.kind}"
    picture = partial(png, shown, colours, lit, look.camera, theme, title)
    near = partial(neighbours_csv, found, METRICS[metric].lower())
    files = (
        ("Picture", "map.png", "image/png", picture, True),
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
            "word. A turn by hand is not in it (use the sliders of “Vectors and view”), nor is a file of "
            "your own. The picture, too, is seen from where those sliders stand, however you turn the map."
        )
