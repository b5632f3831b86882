"""The code panel, which every lab uses: the Keras script of a run, and all of the run to take along."""

import re
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import partial

import pandas as pd
import streamlit as st

import data
from app.export import ExportError, keras_file
from app.lab import Lab
from app.runs.curve import EpochPoint
from app.runs.run import Run, architecture
from app.ui.session import lab
from app.ui.words import plain
from data import own
from models.code import notebook, script
from models.code_for_data import data_file, data_file_name
from models.events import LearningRate
from models.layers import Embedding

MAX_NAME = 80
"""Characters of a file's name, without its ending."""

MANY = 5
"""Changes of the learning rate that are told one by one."""

Problems = dict[str, str]
"""Why a run's model could not be saved, by the id of the run."""


def code_panel(run: Run) -> None:
    """The script of a run's experiment, and the script, notebook, model and figures as downloads.

    Args:
        run: in any state; there is a model once weights have been kept.
    """
    info = data.describe(run.experiment.dataset)
    takes_data_along = needs_its_data(lab(), run)
    told = remarks(run, lab().curve(run.id).rates, takes_data_along=takes_data_along)
    python = script(run.experiment, info, told, saved=takes_data_along)
    st.markdown(
        "This Python script trains the same network again, without Unroll: from the same first weights, "
        "with the examples in the same order. It needs Keras with TensorFlow, and pandas."
    )
    for remark in told:
        st.caption(plain(remark))
    with st.container(horizontal=True, gap="small"):
        cells = notebook(run.experiment, info, told, saved=takes_data_along)
        _download("Script", python, run, "py", "text/x-python")
        _download("Notebook", cells, run, "ipynb", "application/x-ipynb+json")
        model_step = _model_button(run)
        _figures_button(run)
        if takes_data_along:
            _data_button(run)
    if model_step is not None:
        _about_the_model(run, model_step)
    st.code(python, language="python", line_numbers=True)


def needs_its_data(the_lab: Lab, run: Run) -> bool:
    """Whether the script of a run reads examples that are saved beside it: those at hand, not the course's.

    That is so for a learner's own data, and where substitutes are in use, since the course cannot be reached.
    """
    if own.is_own(run.experiment.dataset):
        return True
    try:
        source = the_lab.dataset(run.experiment.dataset).source
    except data.DataError:
        return False
    return source.kind in ("mirror", "generator") and run.source in ("", source.sentence)


def remarks(run: Run, rates: Sequence[LearningRate], *, takes_data_along: bool) -> list[str]:
    """What a reader of the script must know of the run: its data, and where it differs from the script.

    Args:
        run: in any state.
        rates: changes of its learning rate.
        takes_data_along: whether its data are saved beside the script.
    """
    told = []
    if run.source and not own.is_own(run.experiment.dataset):
        other = "The script reads the course's own files; with other data its accuracy differs."
        told.append(f"The run's data: {run.source} {'' if takes_data_along else other}".strip())
    if rates:
        changes = ", ".join(f"to {rate.learning_rate:g} after step {rate.step:,}" for rate in rates[:MANY])
        more = f", and {len(rates) - MANY} times more" if len(rates) > MANY else ""
        told.append(
            f"The learning rate was changed during the run: {changes}{more}. "
            f"The script keeps to {run.experiment.learning_rate:g}, so its accuracy will differ."
        )
    if run.is_over and run.step < run.steps:
        told.append(f"The run ended after {run.step:,} of {run.steps:,} steps. The script does them all.")
    return told


def file_name(run: Run, ending: str) -> str:
    """``unroll-lstm-32-seed-0.py``."""
    network = re.sub(r"[^a-z0-9]+", "-", architecture(run.experiment).lower())[:MAX_NAME].strip("-")
    return f"unroll-{network}-seed-{run.experiment.seed}.{ending}"


def figures(the_lab: Lab, run_id: str) -> bytes:
    """The figures of each epoch as CSV."""
    names = [field.name for field in fields(EpochPoint)]
    rows = [asdict(point) for point in the_lab.curve(run_id).epochs]
    return pd.DataFrame(rows, columns=names).to_csv(index=False).encode()


def model(the_lab: Lab, run: Run, step: int, problems: Problems) -> bytes:
    """The `.keras` file of a run's weights after `step` steps.

    It is called outside of any page, and Streamlit tells the learner only that it failed: so the reason is
    left in `problems`, for the page to show.
    """
    problems.pop(run.id, None)
    try:
        weights = the_lab.weights(run.id, step)
        if weights is None:
            raise ExportError("The weights of this run are no longer here; it may have been deleted.")
        return keras_file(run, weights)
    except ExportError as error:
        problems[run.id] = str(error)
        raise


def _download(label: str, content: str, run: Run, ending: str, mime: str) -> None:
    st.download_button(
        label,
        content,
        file_name(run, ending),
        mime,
        key=f"download-{ending}",
        icon=":material/download:",
        on_click="ignore",
    )


def _model_button(run: Run) -> int | None:
    """The button; returns after how many steps the weights were that it saves, None if there are none."""
    problems: Problems = st.session_state.setdefault("model-problems", {})
    if problem := problems.get(run.id):
        st.warning(problem, icon=":material/save:")
    steps = lab().snapshot_steps(run.id)
    st.download_button(
        "Keras model",
        partial(model, lab(), run, steps[-1], problems) if steps else b"",
        file_name(run, "keras"),
        "application/zip",
        key="download-keras",
        help="The trained network as a .keras file. It takes some seconds to make.",
        icon=":material/download:",
        on_click="ignore",
        disabled=not steps,
    )
    return steps[-1] if steps else None


def _figures_button(run: Run) -> None:
    st.download_button(
        "Figures",
        partial(figures, lab(), run.id),
        file_name(run, "csv"),
        "text/csv",
        key="download-csv",
        help="Loss and accuracy after each epoch, as a CSV file.",
        icon=":material/download:",
        on_click="ignore",
        disabled=run.epoch == 0,
    )


def _data_button(run: Run) -> None:
    dataset = lab().dataset(run.experiment.dataset)
    st.download_button(
        "Data",
        partial(data_file, dataset),
        data_file_name(dataset.info),
        "application/zip",
        key="download-npz",
        help="The examples, divided into training and test examples as in Unroll: the script reads them.",
        icon=":material/download:",
        on_click="ignore",
    )


def _about_the_model(run: Run, step: int) -> None:
    """What one must know to use the file."""
    sentences = [
        f"The model has the weights after step {step:,}. "
        f'Load it with `keras.saving.load_model("{file_name(run, "keras")}")`.'
    ]
    if run.experiment.scaling != "none":
        sentences.append("Scale its inputs as the script does.")
    if any(isinstance(layer, Embedding) and layer.pad_id is not None for layer in run.experiment.layers):
        sentences.append("Define the script's class `PaddedEmbedding` first.")
    st.caption(" ".join(sentences))
