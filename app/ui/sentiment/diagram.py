"""The diagram of the group exercise: embedding, steps, dense and softmax, with a sentence in it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from app.rooms import SENTIMENT
from app.ui.focus import choose_run
from app.ui.pictures import drawing_html
from app.ui.sentiment.exercise import exercise
from app.ui.sentiment.network_svg import batch_shape, diagram_svg, layer_title, shown_steps
from app.ui.session import lab
from app.ui.timeline import Moment, timeline
from app.ui.words import plain
from data.text import TextDataset
from models.explain import skips_padding
from models.forward import Trace, forward
from models.layers import Dense, LayerSummary, summary


def diagram(sentence: str) -> None:
    """The picture for a network and a sentence, the same in figures, and the exercise.

    Args:
        sentence: as typed.
    """
    run = choose_run(SENTIMENT, "run", default="Embedding 32 → LSTM", uploads=True)
    moment = timeline(run) if run is not None else None
    if moment is not None:
        _draw(moment, sentence)
    st.divider()
    exercise()


def _draw(moment: Moment, sentence: str) -> None:
    layers = moment.run.experiment.layers
    dataset = lab().dataset(moment.run.experiment.dataset)
    if not isinstance(dataset, TextDataset):
        return
    encoded = dataset.vocabulary.encode(sentence)
    try:
        trace = forward(layers, moment.weights, encoded.row[np.newaxis])
    except ValueError as error:
        st.warning(f"This network cannot read this sentence. {plain(str(error))}", icon=":material/block:")
        return
    if not np.isfinite(trace.output).all():
        st.warning("The weights of this network have grown beyond all bounds.", icon=":material/block:")
        return
    rows, classes = summary(layers, encoded.row.shape), dataset.info.classes
    pad = dataset.vocabulary.pad_id
    columns = shown_steps(len(encoded.tokens), len(encoded.row), reads_padding=not skips_padding(layers, pad))
    left, right = st.columns([1.5, 1], gap="large")
    with left, st.container(key="diagram"):
        said = ", ".join(f"{name} {value:.1%}" for name, value in zip(classes, trace.output[0], strict=True))
        alt = f"The sentence on its way through {len(rows)} layers to the verdict: {said}."
        st.html(drawing_html(diagram_svg(rows, trace, encoded, columns, classes), alt))
        st.caption(
            "Each strip is a vector, a stripe a number: blue below 0, orange above. "
            "A dotted arrow passes over steps."
        )
    with right:
        _figures(rows, trace, moment, classes)
        st.caption(f":material/database: {plain(dataset.source.sentence)}")


def _figures(rows: Sequence[LayerSummary], trace: Trace, moment: Moment, classes: Sequence[str]) -> None:
    table = [
        {"Layer": layer_title(row), "Gives": batch_shape(row.output_shape), "Parameters": row.formula}
        for row in rows
    ]
    st.table(table)
    last = rows[-1]
    if not isinstance(last.layer, Dense) or len(rows) < 2 or last.layer.activation != "softmax":
        return
    into = trace.steps[-2].output[0]
    z = into @ moment.weights[f"{last.name}/kernel"] + moment.weights[f"{last.name}/bias"]
    if z.ndim != 1:
        return
    st.markdown("##### The last layer by hand")
    st.markdown(
        f"It weighs the {len(into)} numbers that it gets: z = h W + b. Softmax makes probabilities of it: "
        "each e^z, divided by their sum."
    )
    total = float(np.exp(z - z.max()).sum())
    st.table(
        [
            {
                "class": name,
                "z": f"{value:.3f}",
                "e^z / sum": f"{float(np.exp(value - z.max())) / total:.1%}",
            }
            for name, value in zip(classes, z, strict=True)
        ]
    )
