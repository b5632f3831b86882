"""One number of a feature map, taken apart: patch, kernel, products, sum, bias, activation."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from app.ui.charts import Picture
from app.ui.mnist.charts import PAPER_AND_INK, SIGNED, bars_chart, pixel_chart
from models.convolution import Patch, Stage, patch, receptive_field, window
from models.layers import AnyLayer, Conv2D, summary
from models.weights import Array, Weights

NUMBERS_UP_TO = 7
"""Side of the largest kernel whose weights are written out."""


def one_number(layers: Sequence[AnyLayer], weights: Weights, image: Array, stage: Stage, chosen: int) -> None:
    """Pick a pixel of a feature map; see what it was made of and what of the image it can see.

    Args:
        layers: of the network.
        weights: at this moment.
        image: (28, 28) as in the dataset.
        stage: the layer with the image in it.
        chosen: which of its maps.
    """
    height, width, _ = stage.y.shape
    st.markdown(f"##### One number of map {chosen}")
    where, field = st.columns(2, gap="medium")
    with where:
        row, column = _choose(stage, chosen, height, width)
    with field:
        names = [one.name for one in summary(layers, image.shape)]
        seen = receptive_field(layers, image.shape, names.index(stage.row.name), row, column)
        _, _, rows, columns = seen.box
        _draw(
            pixel_chart(image, 0, 255, PAPER_AND_INK, 260, seen.box, name="ink"),
            "receptive-field",
            "The digit, with a frame around the pixels on which this number depends.",
        )
        st.caption(f"It depends on the {rows}×{columns} pixels in the frame: its receptive field.")
    if isinstance(stage.row.layer, Conv2D):
        layer_limit = float(np.abs(weights[f"{stage.row.name}/kernel"]).max()) or 1.0
        _take_apart(patch(stage, weights, chosen, row, column), stage.row.layer.activation, layer_limit)
    else:
        _window(stage, chosen, row, column)


def _choose(stage: Stage, chosen: int, height: int, width: int) -> tuple[int, int]:
    """Row and column, by a click on the map or by numbers."""
    key = f"pixel-{stage.row.name}-{height}x{width}"
    if f"{key}-row" not in st.session_state:
        brightest = divmod(int(np.abs(stage.y[:, :, chosen]).argmax()), width)  # there is something to see
        st.session_state[f"{key}-row"], st.session_state[f"{key}-column"] = brightest
    values = stage.y[:, :, chosen]
    limit = float(np.abs(stage.y).max()) or 1.0
    box = (st.session_state[f"{key}-row"], st.session_state[f"{key}-column"], 1, 1)
    picture = pixel_chart(values, -limit, limit, SIGNED, 260, box, clickable=True)
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key=f"{key}-map",
        width="content",
        alt=f"Feature map {chosen}; a click chooses a number of it.",
        on_select=lambda: _take_click(key, height, width),
        selection_mode="pixel",
    )
    with st.container(horizontal=True):
        row = st.number_input("Row", 0, height - 1, key=f"{key}-row", width=120)
        column = st.number_input("Column", 0, width - 1, key=f"{key}-column", width=120)
    return int(row), int(column)


def _take_click(key: str, height: int, width: int) -> None:
    """A click sets the numbers, which may be set by hand as well."""
    state: Any = st.session_state[f"{key}-map"]
    chosen = state["selection"].get("pixel", [])
    if not chosen:
        return
    row, column = chosen[0].get("row"), chosen[0].get("column")
    for value, last, name in ((row, height - 1, "row"), (column, width - 1, "column")):
        if isinstance(value, int | float) and 0 <= value <= last:
            st.session_state[f"{key}-{name}"] = int(value)


def _take_apart(made: Patch, activation: str, layer_limit: float) -> None:
    """Patch × kernel = products, for one input map; and the sum over all.

    Args:
        made: the number.
        activation: of the layer.
        layer_limit: largest magnitude of the layer's kernels, so that colours mean the same as above.
    """
    channels = made.values.shape[2]
    sums = made.products.sum(axis=(0, 1))
    channel = 0
    if channels > 1:
        picture = bars_chart(sums, "sum of products", float(np.abs(sums).max()) or 1.0, height=150)
        _draw(picture, "sums", "Sum of the products of each input map.")
        largest = int(np.abs(sums).argmax())
        channel = st.slider("Input map that is written out below", 0, channels - 1, largest, key="channel")
    parts = (
        ("Patch", made.values[:, :, channel], "what the kernel lies on"),
        ("Kernel", made.kernel[:, :, channel], "its weights"),
        ("Products", made.products[:, :, channel], "patch × kernel, number by number"),
    )
    numbers = len(made.kernel) <= NUMBERS_UP_TO
    for column, (name, values, about) in zip(st.columns(3, gap="small"), parts, strict=True):
        with column:
            limit = layer_limit if name == "Kernel" else float(np.abs(values).max()) or 1.0
            picture = pixel_chart(values, -limit, limit, SIGNED, 200, numbers=numbers)
            _draw(picture, f"apart-{name}", f"{name}: {about}, input map {channel}.")
            st.caption(f"**{name}**: {about}")
    over = f"over all {channels} input maps " if channels > 1 else ""
    st.markdown(
        f"Sum {over}`{made.total:.4g}` + bias `{made.bias:.4g}` = `{made.before:.4g}` → {activation} → "
        f"**`{made.value:.4g}`**"
    )


def _window(stage: Stage, chosen: int, row: int, column: int) -> None:
    """Which number of a window a pooling keeps."""
    found = window(stage, chosen, row, column)
    limit = float(np.abs(found.values).max()) or 1.0
    picture = pixel_chart(
        found.values,
        -limit,
        limit,
        SIGNED,
        200,
        (*found.winner, 1, 1),
        numbers=len(found.values) <= NUMBERS_UP_TO,
    )
    _draw(picture, "window", "The window, with a frame around its largest number.")
    st.markdown(f"The largest of the window goes on: **`{found.value:.4g}`**. Where it was is forgotten.")


def _draw(picture: Picture, key: str, alt: str) -> None:
    st.vega_lite_chart(picture.frame, picture.spec, key=key, alt=alt, width="content")
