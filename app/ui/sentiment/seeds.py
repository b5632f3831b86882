"""The same network from several random starts: how much of its success is luck."""

from collections.abc import Sequence

import streamlit as st

from app.runs.run import Run
from app.ui.charts import comparison_chart
from app.ui.live import live
from app.ui.refusals import say_if_fewer, say_what_fails, what_failed
from app.ui.session import lab, learner
from app.ui.steering import SEEDS
from app.ui.words import percent, spread, state_badge
from models.presets import PRESETS


def repeat_with_seeds(preset: str) -> None:
    """A preset's network from four random starts, side by side.

    Args:
        preset: its name.
    """
    st.markdown("##### How much is luck?")
    runs = _started(preset)
    going = any(not run.is_over for run in runs)
    st.button(
        f"Repeat the course's network with {SEEDS} seeds",
        type="primary",
        icon=":material/casino:",
        key="padding-train",
        disabled=going,
        on_click=_train,
        args=(preset,),
    )
    what_failed()
    if runs:
        live(_watch, 0.5 if going else None)(runs)


def _train(preset: str) -> None:
    def start() -> None:
        runs = lab().train(learner(), *PRESETS[preset].with_seeds(range(SEEDS)))
        st.query_params["seeds"] = runs[0].id
        say_if_fewer(len(runs), SEEDS)

    say_what_fails(start)


def _started(preset: str) -> list[Run]:
    """The runs that the address names, by seed; none if it names no such runs."""
    asked = st.query_params.get("seeds", "")[:64]
    first = lab().run(asked) if asked else None
    if first is None or first.experiment.layers != PRESETS[preset].layers:
        return []
    return sorted(lab().group(first), key=lambda run: run.experiment.seed)


def _watch(started: Sequence[Run]) -> None:
    runs = [lab().run(run.id) or run for run in started]
    for run, column in zip(runs, st.columns(len(runs)), strict=True):
        with column, st.container(border=True):
            st.metric(f"Seed {run.experiment.seed}", percent(run.test_accuracy), help="Test accuracy so far")
            st.markdown(state_badge(run.state))
    if done := spread(runs):
        st.caption(
            f"{done} Only the seed differs. Above, in the list of networks that read the padding, they can "
            "be looked at: compare the best with the worst."
        )
    curves = {f"seed {run.experiment.seed}": lab().curve(run.id) for run in runs}
    picture = comparison_chart("accuracy", curves, height=280)
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key="padding-seeds",
        alt="Test accuracy by epoch, a line for each seed; the figures above say how they ended.",
    )
    if all(run.is_over for run in runs) and any(not run.is_over for run in started):
        st.rerun()  # the button, and the list of networks
