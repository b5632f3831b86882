"""The digits lab in small: what the first layer of a reference run makes of a digit."""

import numpy as np
import streamlit as st

from app.ui.pictures import colored, data_address, drawing_html, ink
from app.ui.session import lab
from data.dataset import Dataset
from models.convolution import look_through
from models.presets import PRESETS

DIGIT = 4
"""Test digit that is read."""

WIDTH, SIDE, GAP = 550, 356, 6
COLUMNS, ROWS = 3, 6


def thumbnail(dataset: Dataset) -> None:
    """A digit and feature maps of it; the digit alone if there is no reference run."""
    image = dataset.x_test[DIGIT]
    pictures = [_image(data_address(ink(image)), 0, 0, SIDE)]
    alt, said = f"A handwritten {dataset.y_test[DIGIT]}.", ""
    course = PRESETS["mnist-3x3"]
    run = next((run for run in lab().references(course.dataset) if run.experiment == course), None)
    weights = lab().weights(run.id, run.step) if run else None
    if run is not None and weights is not None:
        stages = look_through(run.experiment.layers, weights, lab().scaler(run.experiment)(image))
        maps = next(stage.y for stage in stages if stage.has_maps)
        limit = float(np.abs(maps).max()) or 1.0
        liveliest = np.argsort(-maps.sum(axis=(0, 1)), kind="stable")[: COLUMNS * ROWS]
        side = (SIDE - (ROWS - 1) * GAP) / ROWS
        for place, index in enumerate(liveliest):
            column, row = place % COLUMNS, place // COLUMNS
            address = data_address(colored(maps[:, :, index], -limit, limit))
            x, y = SIDE + 2 * GAP + column * (side + GAP), row * (side + GAP)
            pictures.append(_image(address, x, y, side))
        alt += f" Beside it {len(liveliest)} feature maps, which show where strokes of some kind are."
        best = int(stages[-1].y.argmax())
        said = f"A reference run reads this digit: {maps.shape[2]} kernels find strokes. It says **{best}**."
    svg = f'<svg viewBox="0 0 {WIDTH} {SIDE}" xmlns="http://www.w3.org/2000/svg">{"".join(pictures)}</svg>'
    st.html(drawing_html(svg, alt))
    if said:
        st.caption(said)


def _image(address: str, x: float, y: float, side: float) -> str:
    return (
        f'<image href="{address}" x="{x:.1f}" y="{y:.1f}" width="{side:.1f}" height="{side:.1f}" '
        'style="image-rendering: pixelated"/>'
    )
