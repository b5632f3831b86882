"""The buttons of the training panel: train, pause, stop, repeat, and turn the learning rate."""

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from app.runs.run import Run
from app.ui.fields import field_widget
from app.ui.refusals import say_if_fewer, say_what_fails, what_failed
from app.ui.session import lab, learner
from models.experiment import Experiment

CURVES = "training-curves"
"""Key of the fragment with the state, the figures and the curves of a run."""

STARTED = "training.started"
"""Key in the session of the runs that a click has started and that the page does not show yet."""

SEEDS = 4
"""Runs of a repetition: as many as a learner may have at once."""


def steered(runs: Sequence[Run]) -> Run | None:
    """The run that can be paused: the first that neither waits nor is over."""
    return next((one for one in runs if one.state != "waiting" and not one.is_over), None)


def mode(run: Run | None, runs: Sequence[Run]) -> str:
    """What decides which buttons there are, and how often one looks, at a run and those started with it."""
    if run is None or run.is_over:
        return "over"
    active = steered(runs)
    if active is None:
        return "waiting"
    if active.state == "preparing" and active.compiling:
        return "compiling"
    return "paused" if active.state == "paused" else "active"


def buttons(experiment: Experiment, run: Run | None, own: Sequence[Run], *, possible: bool) -> None:
    """Train and Repeat, and what steers the learner's `own` runs that are not over."""
    going = [one.id for one in own if not one.is_over]
    active = steered(own)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.button(
            "Train",
            icon=":material/play_arrow:",
            type="primary",
            key="train",
            disabled=not possible,
            on_click=_train,
            args=(experiment,),
        )
        name, icon = ("Resume", "resume") if mode(run, own) == "paused" else ("Pause", "pause")
        st.button(
            name,
            icon=f":material/{icon}:",
            key="pause",  # and the same width, or Stop would slip away from under the pointer
            disabled=active is None,
            on_click=_command,
            args=(name.lower(), [active.id] if active else []),
            width=110,
        )
        st.button(
            "Stop all" if len(going) > 1 else "Stop",
            icon=":material/stop:",
            key="stop",
            disabled=not going,
            on_click=_command,
            args=("stop", going[::-1]),  # the last first, or the next would start in between
        )
        st.button(
            f"Repeat with {SEEDS} seeds",
            icon=":material/casino:",
            key="repeat",
            disabled=not possible,
            on_click=_train,
            args=(experiment, SEEDS),
            help="Trains the same network from other random starts: one run alone says little.",
        )
        if run is None or own:
            _learning_rate(active, experiment)
    what_failed()


def _learning_rate(run: Run | None, experiment: Experiment) -> None:
    """Turn the learning rate of a run in training; it is there all the time, so that no button moves."""
    key = f"learning-rate-now-{run.id if run else ''}"
    if run is None:
        st.session_state[key] = experiment.learning_rate
    else:
        st.session_state.setdefault(key, run.learning_rate or run.experiment.learning_rate)
    args = (run.id if run else "", key)
    with st.container(width=190, key="learning-rate-now"):
        field_widget(
            Experiment,
            "learning_rate",
            key,
            _set_learning_rate,
            args,
            label="Learning rate now",
            disabled=run is None,
        )


def _set_learning_rate(run_id: str, key: str) -> None:
    say_what_fails(lambda: lab().set_learning_rate(learner(), run_id, st.session_state[key]))


def _train(experiment: Experiment, seeds: int = 1) -> None:
    def start() -> None:
        variants = experiment.with_seeds(range(experiment.seed, experiment.seed + seeds))
        runs = lab().train(learner(), *variants)
        st.query_params["run"] = runs[0].id
        st.session_state[STARTED] = runs
        say_if_fewer(len(runs), seeds)

    say_what_fails(start)
    if STARTED in st.session_state:
        with suppress(StreamlitAPIException):  # the page was not yet drawn as far as the curves
            st.rerun(CURVES)


def _command(name: str, run_ids: Sequence[str]) -> None:
    for run_id in run_ids:
        say_what_fails(lambda run_id=run_id: getattr(lab(), name)(learner(), run_id))  # type: ignore[misc]
