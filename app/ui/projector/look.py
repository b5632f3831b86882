"""How the points are shown: how many, by which map, in which colours. All of it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui.projector.colours import Colouring
from app.ui.projector.points import SIZES
from models.vectors import Basis, VectorSpace

PCA, AXES, TSNE, UMAP = "PCA", "Word axes", "t-SNE", "UMAP"
DEEP, FLAT = "3-D", "2-D"

SLOW = "In three dimensions each step takes several times as long; begin with 1,000 words."

COLOURINGS: dict[Colouring, str] = {
    "frequency": "Frequency",
    "similarity": "Similarity to the word",
    "sentiment": "Sentiment in reviews",
    "none": "One colour",
}
BASES: dict[Basis, str] = {
    "raw": "As they are",
    "centred": "Centred",
    "normalised": "Normalised",
    "sphereized": "Sphereized",
}
BASIS_HELP = (
    "**Centred**: minus the mean of all words. **Normalised**: each of length 1. **Sphereized**: both. "
    "Neighbours are sought among the vectors as they are seen here: what is chosen is named below them. "
    "(PCA always subtracts the mean by itself.)"
)


@dataclass(frozen=True)
class Look:
    """How the points are shown.

    Attributes:
        count: words of the base.
        kind: of map.
        is_flat: whether it has two dimensions.
        colouring: of the points.
    """

    count: int
    kind: str
    is_flat: bool
    colouring: Colouring

    @property
    def dimensions(self) -> int:
        """Two or three."""
        return 2 if self.is_flat else 3


def choose_look(space: VectorSpace, kinds: tuple[str, ...]) -> tuple[VectorSpace, Look, DeltaGenerator]:
    """The controls above the map.

    Args:
        space: as it was chosen.
        kinds: of maps that can be had.

    Returns:
        The space in its basis, the look, and the row of controls, to which others can be added.
    """
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with row:
        count = st.segmented_control(
            "First words", SIZES, default=5_000, required=True, format_func=lambda size: f"{size:,}",
            key="many", bind="query-params", width="content",
        )  # fmt: skip
        kind = st.segmented_control(
            "Map", kinds, default=PCA, required=True, key="map", bind="query-params", width="content"
        )
        is_live = kind in (TSNE, UMAP)
        # What a process makes is flat at first: in three dimensions each step takes several times as long.
        view = st.segmented_control(
            "View", (DEEP, FLAT), default=FLAT if is_live else DEEP, required=True,
            key="live-view" if is_live else "view", bind="query-params", width="content",
            help=SLOW if kind == TSNE else None,
        )  # fmt: skip
        colouring = st.selectbox(
            "Colour", list(COLOURINGS), format_func=COLOURINGS.__getitem__, key="colour",
            bind="query-params", width=210,
        )  # fmt: skip
        with st.popover("Vectors", icon=":material/tune:"):
            basis = st.segmented_control(
                "Vectors", list(BASES), default="raw", required=True, format_func=BASES.__getitem__,
                key="basis", bind="query-params", help=BASIS_HELP,
            )  # fmt: skip
    is_flat = view == FLAT or space.size < 3
    look = Look(
        count if count in SIZES else 5_000,
        kind if kind in kinds else PCA,
        is_flat,
        colouring if colouring in COLOURINGS else "frequency",
    )
    return space.seen_as(basis if basis in BASES else "raw"), look, row
