"""Draw a digit, and see what up to three networks say of it, line by line."""

import streamlit as st

import data
from app.rooms import MNIST
from app.runs.run import Run
from app.ui.focus import offered_runs
from app.ui.mnist.charts import class_chart
from app.ui.mnist.subject import drawn_digit
from app.ui.pictures import Tile, gallery_html, ink
from app.ui.session import lab
from app.ui.words import run_line
from data.mnist_shuffled import INFO as SHUFFLED
from data.mnist_shuffled import shuffle
from models.forward import predict
from models.scaling import Scaler
from models.weights import Array

MOST = 3


def draw() -> None:
    """A pad, and up to three finished runs that read it."""
    st.markdown("Draw a digit. The networks read it after every line.")
    offered = {run.id: run for run in offered_runs(MNIST) if run.state == "finished"}
    asked = [name for name in st.query_params.get("readers", "")[:200].split(",") if name in offered]
    chosen = st.multiselect(
        "Networks that read it",
        list(offered),
        default=(asked or _different(list(offered.values())))[:MOST],
        max_selections=MOST,
        format_func=lambda run_id: run_line(offered[run_id]),
        key="readers",
    )
    st.query_params["readers"] = ",".join(chosen)
    readers = [(offered[run_id], lab().scaler(offered[run_id].experiment)) for run_id in chosen]
    st.fragment(_read)(readers)


def _different(runs: list[Run]) -> list[str]:
    """The newest run of each architecture."""
    first: dict[object, str] = {}
    for run in runs:
        first.setdefault((run.experiment.dataset, run.experiment.layers), run.id)
    return list(first.values())


def _read(readers: list[tuple[Run, Scaler]]) -> None:
    """What runs again at every line."""
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        image = drawn_digit()
        if image is not None:
            st.html(gallery_html([Tile(ink(image), "The drawing as the networks get it.")], 112))
            st.caption(
                "What the networks get: fitted into 20×20 pixels and centred by its mass in 28×28, as the "
                "digits of MNIST were."
            )
    with right:
        if image is None:
            st.info("Nothing drawn yet. Try a 7 with and without a bar.", icon=":material/draw:")
            return
        if not readers:
            st.info("Choose a network above.", icon=":material/arrow_upward:")
            return
        columns = st.columns(len(readers), gap="medium")
        for column, (run, scaler) in zip(columns, readers, strict=True):
            with column:
                _verdict(run, scaler, image)


def _verdict(run: Run, scaler: Scaler, image: Array) -> None:
    """What one run says."""
    weights = lab().weights(run.id, run.step)
    if weights is None:
        st.warning("The weights of this run are no longer here.", icon=":material/block:")
        return
    seen = shuffle(image[None])[0] if run.experiment.dataset == SHUFFLED.name else image
    probabilities = predict(run.experiment.layers, weights, scaler(seen)[None])[0]
    classes = data.describe(run.experiment.dataset).classes
    st.markdown(f"**{classes[int(probabilities.argmax())]}**, {probabilities.max():.0%} sure")
    picture = class_chart(probabilities, classes)
    st.vega_lite_chart(
        picture.frame, picture.spec, key=f"reads-{run.id}", alt="Probability of each digit for this network."
    )
    st.caption(run_line(run))
