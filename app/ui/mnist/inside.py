"""Look inside a network that reads images: kernels, feature maps, and every number of them taken apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from app.rooms import MNIST
from app.runs.run import Run
from app.ui.focus import choose_run
from app.ui.mnist.charts import bars_chart, class_chart
from app.ui.mnist.one_number import one_number
from app.ui.mnist.subject import choose_digit
from app.ui.pictures import Tile, colored, gallery_html
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from data.dataset import Dataset
from models.convolution import Stage, look_through
from models.layers import Conv2D, Dense, Flatten, MaxPool2D
from models.weights import Array


@dataclass(frozen=True)
class Subject:
    """One image in one network at one moment.

    Attributes:
        moment: the run and its weights.
        image: (28, 28) as in the dataset.
        stages: each layer with the image in it.
    """

    moment: Moment
    image: Array
    stages: tuple[Stage, ...]


def look_inside() -> None:
    """Choose a network and a digit; see every kernel and every feature map."""
    st.markdown(
        "A convolution slides small kernels over the image; where the image looks like the kernel, the "
        "feature map lights up. Here is every number of it, at any moment of training."
    )
    run = choose_run(MNIST, "run", default="Conv2D")
    if run is not None:
        st.fragment(_inside)(run, lab().dataset(run.experiment.dataset))


def _inside(run: Run, dataset: Dataset) -> None:
    """The digit and the verdict on the left, the layers on the right."""
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        image = choose_digit(dataset)
    with right:
        moment = timeline(run, accuracy=True)
        if image is None:
            st.info("Draw a digit, and see what becomes of it in each layer.", icon=":material/draw:")
        if moment is None or image is None:
            return
        try:
            stages = look_through(run.experiment.layers, moment.weights, lab().scaler(run.experiment)(image))
        except ValueError as error:
            st.warning(f"This network cannot be taken apart here. {error}", icon=":material/block:")
            return
        subject = Subject(moment, image, stages)
        looked_at = [stage for stage in stages if stage.has_maps]
        if looked_at:
            _maps(subject, looked_at)
        else:
            _templates(subject)
    with left:
        _verdict(stages[-1].y, dataset.info.classes)


def _verdict(probabilities: Array, classes: Sequence[str]) -> None:
    best = int(np.argmax(probabilities))
    st.markdown(f"The network says: **{classes[best]}**, {probabilities[best]:.0%} sure.")
    picture = class_chart(probabilities, classes)
    st.vega_lite_chart(picture.frame, picture.spec, key="said", alt="Probability of each digit.")


def _maps(subject: Subject, stages: Sequence[Stage]) -> None:
    """A layer's kernels and feature maps, and one number of them."""
    names = {_title(index, stage): stage for index, stage in enumerate(stages, 1)}
    title = st.segmented_control("Layer", list(names), default=next(iter(names)), required=True, key="layer")
    stage = names.get(title or "", stages[0])
    maps = stage.y.shape[-1]
    chosen = st.slider("Filter", 0, maps - 1, key=f"filter-{maps}") if maps > 1 else 0
    if isinstance(stage.row.layer, Conv2D):
        _kernels(subject, stage, chosen)
    _feature_maps(stage, chosen)
    one_number(subject.moment.run.experiment.layers, subject.moment.weights, subject.image, stage, chosen)


def _title(index: int, stage: Stage) -> str:
    layer = stage.row.layer
    if isinstance(layer, Conv2D):
        return f"{index} Convolution {layer.kernel_size}×{layer.kernel_size}"
    return (
        f"{index} Pooling {layer.pool_size}×{layer.pool_size}" if isinstance(layer, MaxPool2D) else str(index)
    )


def _kernels(subject: Subject, stage: Stage, chosen: int) -> None:
    """Kernels large enough to be read, whatever their size; colours mean the same in the whole layer, now."""
    kernel = subject.moment.weights[f"{stage.row.name}/kernel"]  # (size, size, channels, filters)
    size, _, channels, filters = kernel.shape
    limit = float(np.abs(kernel).max()) or 1.0
    if channels == 1:
        st.markdown(f"##### The {filters} kernels")
        shown, marked = [kernel[:, :, 0, i] for i in range(filters)], chosen
        about = "Blue weights count against, orange ones for: the map lights up where ink lies on orange."
    else:
        st.markdown(f"##### Kernel of filter {chosen}, a slice for each of its {channels} input maps")
        shown, marked = [kernel[:, :, i, chosen] for i in range(channels)], -1
        about = "This kernel looks at all maps of the layer before at once: a pattern made of patterns."
    if size == 1:
        values = np.array([one[0, 0] for one in shown])
        picture = bars_chart(values, "weight", limit)
        st.vega_lite_chart(picture.frame, picture.spec, key="kernel-bars", alt="The weights as signed bars.")
        st.caption("One weight each: such a kernel sees a single pixel, never a stroke or a corner.")
        return
    word = "kernel" if channels == 1 else "slice"
    tiles = [
        Tile(colored(one, -limit, limit), f"{word} {i}, {size} by {size} weights", str(i), i == marked)
        for i, one in enumerate(shown)
    ]
    st.html(gallery_html(tiles, 112 if size > 9 else 60))
    st.caption(about)


def _feature_maps(stage: Stage, chosen: int) -> None:
    """What the layer makes of the image."""
    height, width, maps = stage.y.shape
    limit = float(np.abs(stage.y).max()) or 1.0
    if height * width == 1:
        st.markdown(f"##### What the {maps} filters give: one number each")
        picture = bars_chart(stage.y.ravel(), "output", limit)
        st.vega_lite_chart(picture.frame, picture.spec, key="maps-bars", alt="Output of each filter as bars.")
        return
    st.markdown(f"##### Its {maps} feature maps, {height}×{width}")
    tiles = [
        Tile(colored(stage.y[:, :, i], -limit, limit), f"feature map {i}", str(i), i == chosen)
        for i in range(maps)
    ]
    st.html(gallery_html(tiles, 60))


def _templates(subject: Subject) -> None:
    """The weights of a Dense layer that sees the image itself, drawn over the image's places."""
    stages = subject.stages
    dense = next((stage for stage in stages if isinstance(stage.row.layer, Dense)), None)
    before = [stage.row.layer for stage in stages[: stages.index(dense)]] if dense else []
    sees_all = dense is not None and dense.row.input_shape == (subject.image.size,)
    if dense is None or not sees_all or not all(isinstance(layer, Flatten) for layer in before):
        st.info("This network has no layer whose numbers have places on the image.")
        return
    kernel = subject.moment.weights[f"{dense.row.name}/kernel"]
    units = kernel.shape[1]
    limit = float(np.abs(kernel).max()) or 1.0
    st.markdown(f"##### The weights of its {units} units, drawn where their pixels are")
    tiles = [
        Tile(
            colored(kernel[:, unit].reshape(subject.image.shape), -limit, limit),
            f"weights of unit {unit} over the image",
            f"{unit}: {dense.y[unit]:.2g}",
        )
        for unit in range(units)
    ]
    st.html(gallery_html(tiles, 84))
    st.caption(
        "Each unit has a weight for every pixel, and must learn a stroke anew at each place. Below each "
        "stands what it gives for this digit."
    )
