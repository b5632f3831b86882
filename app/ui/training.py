"""The training panel, which every lab uses: train, watch the curves grow, pause, stop, repeat, compare.

The run that it shows is named by the address (``?run=…``), so that a reload, or another browser, finds it.
"""

import streamlit as st

from app.lab import Lab, NotYoursError, RefusedError, StoreError
from app.runs.curve import Curve
from app.runs.run import Run
from app.ui.charts import comparison_chart, describe_curve, training_chart
from app.ui.session import lab, learner
from app.ui.words import duration, state_badge
from models.experiment import Experiment
from models.layers import LayerSummary

TICK = 0.2
"""Seconds between two looks at a run that is being trained."""

SEEDS = 4
"""Runs of "Repeat": as many as a learner may have at once."""


def training_panel(experiment: Experiment) -> Run | None:
    """Everything from the summary of the layers to the curves of the run.

    Args:
        experiment: what Train will start.

    Returns:
        The run that is shown, or None.
    """
    the_lab = lab()
    run, mine = _shown_run(the_lab, experiment.dataset)
    rows = _checked(the_lab, experiment)
    _buttons(run if mine else None, experiment, possible=rows is not None)
    if rows is not None:
        _estimate(the_lab, experiment, rows)
    if run is not None and not mine:
        st.info(
            "You are looking at another learner's run. Press Train to start your own.",
            icon=":material/visibility:",
        )
    live = run is not None and not run.is_over
    st.fragment(_watch, run_every=TICK if live else None)(run.id if run else None, _mode(run), experiment)
    if run is not None and run.group:
        _seeds(the_lab, run)
    if rows is not None:
        _summary_table(rows)
    return run


def _shown_run(the_lab: Lab, dataset: str) -> tuple[Run | None, bool]:
    """The run that the address names, and whether it is the learner's own."""
    run_id = st.query_params.get("run")
    if not run_id:
        return None, True
    run = the_lab.run(run_id[:64])
    if run is None:
        st.warning(
            "There is no run under this address; it may have been deleted.", icon=":material/link_off:"
        )
        return None, True
    if run.experiment.dataset != dataset:
        st.warning("The run of this address belongs to another lab.", icon=":material/link_off:")
        return None, True
    return run, run.owner == learner()


def _checked(the_lab: Lab, experiment: Experiment) -> list[LayerSummary] | None:
    try:
        return the_lab.check(experiment)
    except ValueError as error:
        st.error(str(error), icon=":material/construction:")
        return None


def _mode(run: Run | None) -> str:
    """What decides which buttons there are."""
    if run is None or run.is_over:
        return "over"
    return "paused" if run.state == "paused" else "active"


def _buttons(run: Run | None, experiment: Experiment, *, possible: bool) -> None:
    mode = _mode(run)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="training-buttons"):
        st.button(
            "Train",
            icon=":material/play_arrow:",
            type="primary",
            key="train",
            disabled=not possible,
            on_click=_train,
            args=(experiment,),
        )
        run_id = run.id if run else ""
        if mode == "paused":
            st.button(
                "Resume", icon=":material/resume:", key="resume", on_click=_command, args=("resume", run_id)
            )
        else:
            st.button(
                "Pause",
                icon=":material/pause:",
                key="pause",
                disabled=mode == "over",
                on_click=_command,
                args=("pause", run_id),
            )
        st.button(
            "Stop",
            icon=":material/stop:",
            key="stop",
            disabled=mode == "over",
            on_click=_command,
            args=("stop", run_id),
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
    if refused := st.session_state.pop("refused", None):
        st.warning(refused, icon=":material/hourglass_top:")


def _train(experiment: Experiment, seeds: int = 0) -> None:
    try:
        others = range(experiment.seed, experiment.seed + seeds)
        st.query_params["run"] = lab().train(learner(), experiment, others).id
    except (RefusedError, StoreError, ValueError) as error:
        st.session_state.refused = str(error)


def _command(name: str, run_id: str) -> None:
    try:
        getattr(lab(), name)(learner(), run_id)
    except (NotYoursError, StoreError) as error:
        st.session_state.refused = str(error)


def _estimate(the_lab: Lab, experiment: Experiment, rows: list[LayerSummary]) -> None:
    guess = the_lab.estimate(experiment)
    count = sum(row.parameters for row in rows)
    st.caption(
        f"{count:,} parameters · about {duration(guess.training)} of training (an estimate), "
        f"plus {duration(guess.compiling)} of compiling the first time this architecture is used"
    )


def _watch(run_id: str | None, mode: str, experiment: Experiment) -> None:
    """State, figures and curves of a run; run again every tick while it trains."""
    the_lab = lab()
    run = the_lab.run(run_id) if run_id else None
    if run is None:
        st.info("Press **Train** and watch the curves grow here.", icon=":material/arrow_upward:")
        _charts(the_lab, experiment, Curve.empty(), None, 0)
        return
    _status(the_lab, run)
    _figures(run)
    before = the_lab.before(run)
    _charts(
        the_lab,
        run.experiment,
        the_lab.curve(run.id),
        the_lab.curve(before.id) if before else None,
        run.steps,
    )
    if _mode(run) != mode:
        st.rerun()


def _charts(the_lab: Lab, experiment: Experiment, curve: Curve, ghost: Curve | None, steps: int) -> None:
    classes = len(the_lab.dataset(experiment.dataset).info.classes)
    left, right = st.columns(2)
    for column, metric, chance in ((left, "loss", None), (right, "accuracy", 1 / classes)):
        chart = training_chart(metric, curve, ghost, steps, chance)
        column.altair_chart(chart, key=f"chart-{metric}", alt=describe_curve(metric, curve))
    st.caption(
        "Thin: each step's batch. Thick: each epoch, on training examples and on test examples, "
        "which the network never trains on." + (" Pale: your run before." if ghost else "")
    )


def _status(the_lab: Lab, run: Run) -> None:
    badge = state_badge(run.state)
    with st.container(key="training-status"):
        match run.state:
            case "waiting":
                wait = the_lab.wait(run)
                if wait is None:
                    st.markdown(f"{badge} about to start")
                elif not the_lab.capacity().ready:
                    st.markdown(f"{badge} the training process is starting, which takes some seconds")
                else:
                    place = "next in line" if wait.place == 1 else f"place {wait.place} in line"
                    st.markdown(f"{badge} {place}, about {duration(wait.seconds)} to go (an estimate)")
            case "preparing" if run.compiling:
                st.markdown(f"{badge} compiling this architecture, which takes seconds the first time")
            case "preparing":
                st.markdown(f"{badge} setting the weights")
            case "running" | "paused":
                left = run.seconds / run.step * (run.steps - run.step) if run.step else 0.0
                pace = run.step / run.seconds if run.seconds else 0.0
                st.markdown(f"{badge} {pace:,.0f} steps a second, about {duration(left)} left")
            case "finished":
                st.markdown(f"{badge} {run.steps:,} steps in {duration(run.seconds)} of training")
            case _:
                st.markdown(f"{badge} {run.message or f'after step {run.step:,} of {run.steps:,}'}")
        st.progress(run.step / run.steps if run.steps else 0.0)


def _figures(run: Run) -> None:
    def percent(value: float | None) -> str:
        return "–" if value is None else f"{value:.1%}"

    epoch, train, test, step = st.columns(4)
    epoch.metric("Epoch", f"{run.epoch} of {run.experiment.epochs}")
    step.metric("Step", f"{run.step:,} of {run.steps:,}")
    train.metric("Training accuracy", percent(run.train_accuracy), help="Mean over the last whole epoch.")
    test.metric(
        "Test accuracy",
        percent(run.test_accuracy),
        help="On examples never trained on, after the last epoch.",
    )


@st.fragment(run_every=1.0)
def _seeds(the_lab: Lab, run: Run) -> None:
    """All runs of a repetition in one picture."""
    runs = the_lab.group(run)
    curves = {f"seed {one.experiment.seed}": the_lab.curve(one.id) for one in runs}
    done = [one.test_accuracy for one in runs if one.state == "finished" and one.test_accuracy is not None]
    st.markdown("##### The same network from different random starts")
    if done:
        st.caption(
            f"{len(done)} of {len(runs)} are done: test accuracy from {min(done):.1%} to {max(done):.1%}, "
            f"mean {sum(done) / len(done):.1%}. Only the seed differs."
        )
    chart = comparison_chart("accuracy", curves, height=260)
    st.altair_chart(chart, key="chart-seeds", alt="Test accuracy by epoch, a line for each seed.")


def _summary_table(rows: list[LayerSummary]) -> None:
    st.markdown("##### What will be trained")
    st.table(
        [
            {
                "Layer": str(row.layer),
                "Output shape": " × ".join(map(str, row.output_shape)),
                "Parameters": f"{row.parameters:,}",
                "Where they come from": row.formula,
            }
            for row in rows
        ]
    )
