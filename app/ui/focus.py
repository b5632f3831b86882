"""Which run a part of a lab looks at: the one in the address, or the learner's latest, or a reference run."""

import streamlit as st

from app.rooms import Room
from app.runs.run import Run, architecture
from app.ui.session import lab, learner
from app.ui.words import run_line
from models.presets import PRESETS

GONE = "There is no such run under this address; it may have been deleted. Another one is shown."

RECENT = 20
"""Runs offered, of the learner's own."""


def choose_run(room: Room, key: str, default: str = "", label: str = "Network") -> Run | None:
    """A list of runs to choose from; the choice goes into the address.

    Args:
        room: whose runs.
        key: name in the address; ``run`` is the one that the training panel shows too.
        default: how the architecture of the first choice should begin, such as ``LSTM``.
        label: of the list.

    Returns:
        The chosen run, or None if there is none at all.
    """
    offered = {run.id: run for run in offered_runs(room)}
    asked = st.query_params.get(key, "")[:64]
    if asked and asked not in offered:
        linked = lab().run(asked)
        if linked is not None and linked.experiment.dataset in room.datasets and linked.step:
            offered = {linked.id: linked, **offered}
    if not offered:
        st.info("There is no trained network yet. Train one first.", icon=":material/model_training:")
        return None
    if asked and asked not in offered:
        st.warning(GONE, icon=":material/link_off:")
    widget = f"choose-{key}"
    if asked in offered:
        st.session_state[widget] = asked
    elif st.session_state.get(widget) not in offered:
        fitting = (i for i, run in offered.items() if architecture(run.experiment).startswith(default))
        st.session_state[widget] = next(fitting, next(iter(offered)))
    chosen = st.selectbox(
        label,
        list(offered),
        format_func=lambda run_id: run_line(offered[run_id]),
        key=widget,
        on_change=_choose,
        args=(key, widget),
    )
    return offered[chosen]


def _choose(key: str, widget: str) -> None:
    st.query_params[key] = st.session_state[widget]


def offered_runs(room: Room) -> list[Run]:
    """The learner's latest runs of a lab, then the reference runs in the order of its presets."""
    own = [run for run in lab().runs(learner()) if run.experiment.dataset in room.datasets and run.step]
    references = [run for dataset in room.datasets for run in lab().references(dataset)]
    order = [PRESETS[preset] for preset in room.presets]
    known = [run for run in references if run.experiment in order]
    return [*own[:RECENT], *sorted(known, key=lambda run: order.index(run.experiment))]
