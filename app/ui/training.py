"""The training panel, which every lab uses: train, watch the curves grow, pause, stop, repeat.

The run that it shows is named by the address (``?run=…``), so that a reload, or another browser, finds it.
"""

from collections.abc import Sequence
from time import sleep

import streamlit as st

import data
from app.lab import Lab, StoreError, Wait
from app.rooms import Room
from app.runs.curve import Curve
from app.runs.run import Run
from app.ui.address import went_back
from app.ui.charts import comparison_chart, training_chart
from app.ui.live import live
from app.ui.session import lab, learner
from app.ui.steering import CURVES, STARTED, buttons, mode, steered
from app.ui.words import duration, network_name, percent, plain, run_line, spread, state_badge, whose
from data import own
from models.experiment import Experiment
from models.layers import LayerSummary

TICKS = {"waiting": 0.2, "compiling": 0.6, "active": 0.2, "paused": 0.5}
"""Seconds between two looks at a run that is not over, where looking costs little."""

FIRST_LOOK = 0.4
"""Seconds that a click on Train waits for the first point at most: an idle worker has it by then."""

DRAWING = 0.25
"""Seconds that a browser takes to draw the first point: what it is sent earlier, it would draw first."""

LEFT = "training.left-"
"""Begins the keys in the session of the run that each lab has shown last."""

LINE_TICK = 2.0
"""Seconds between two looks at how many runs would be before the next."""


def training_panel(experiment: Experiment, room: Room) -> Run | None:
    """Everything from the buttons to the curves of the run and the summary of the layers.

    Args:
        experiment: what Train will start.
        room: whose runs may be shown.

    Returns:
        The run that is shown, or None.
    """
    the_lab = lab()
    runs = _shown_runs(the_lab, room)
    run = next((one for one in runs if not one.is_over), runs[0] if runs else None)
    mine = run is None or run.owner == learner()
    rows = _checked(the_lab, experiment)
    with st.container(key="training-panel"):
        buttons(experiment, run, runs if mine else [], possible=rows is not None)
        if rows is not None:
            parameters = sum(row.parameters for row in rows)
            waits = the_lab.wait_of_next(learner()) is not None
            live(_estimate, LINE_TICK if waits else None)(experiment, parameters)
        if run is not None and not mine:
            st.info(
                f"You are looking at {whose(run)}. Press Train to start your own.",
                icon=":material/visibility:",
            )
        # A link shows this run, and no other of its owner's.
        ghost = the_lab.before(run) if run and mine else None
        live(_watch, TICKS.get(mode(run, runs)), key=CURVES)(run or experiment, ghost, runs)
        if len(runs) > 1:
            unfinished = any(not one.is_over for one in runs)
            live(_seeds, 1.0 if unfinished else None)(runs)
        if rows is not None:
            _summary_table(rows)
    return run


def _shown_runs(the_lab: Lab, room: Room) -> list[Run]:
    """The run that the address names, or else the one that one comes back to, and those started with it."""
    run_id = st.query_params.get("run")
    if not run_id:
        back = _left(the_lab, room)
        if back is None:
            return []
        st.query_params["run"] = back.id
        return _together(the_lab, back)
    run = the_lab.run(run_id[:64])
    if run is None:
        st.warning(
            "There is no run under this address; it may have been deleted.", icon=":material/link_off:"
        )
        return []
    if run.experiment.dataset not in room.datasets:
        st.warning("The run of this address belongs to another lab.", icon=":material/link_off:")
        return []
    st.session_state[f"{LEFT}{room.name}"] = run.id
    return _together(the_lab, run)


def _left(the_lab: Lab, room: Room) -> Run | None:
    """The run that was shown when the learner left the lab, or one of the learner's that still goes on."""
    key = f"{LEFT}{room.name}"
    if went_back():  # to before it was started
        st.session_state.pop(key, None)
        return None
    shown = the_lab.run(st.session_state.get(key, ""))
    if shown is not None and not own.is_deleted(shown.experiment.dataset):
        return shown
    mine = (run for run in the_lab.runs(learner()) if run.experiment.dataset in room.datasets)
    return next((run for run in mine if not run.is_over), None)


def _together(the_lab: Lab, run: Run) -> list[Run]:
    """A run, and then those that were started together with it."""
    return [run, *(other for other in the_lab.group(run) if other.id != run.id)]


def _checked(the_lab: Lab, experiment: Experiment) -> list[LayerSummary] | None:
    try:
        return the_lab.check(experiment)
    except ValueError as error:
        st.error(str(error), icon=":material/construction:")
        return None


def _estimate(experiment: Experiment, parameters: int) -> None:
    """What Train will take, and who comes first; run again every tick while others do."""
    the_lab = lab()
    try:
        guess = the_lab.estimate(experiment)
        wait = the_lab.wait_of_next(learner())
    except StoreError as error:
        st.warning(str(error), icon=":material/database_off:")
        return
    st.caption(
        f"{parameters:,} parameters · about {duration(guess.training)} of training (an estimate), "
        f"plus {duration(guess.compiling)} of compiling the first time this architecture is used"
        + (f" · {_line(wait)}" if wait else "")
    )


def _line(wait: Wait) -> str:
    """The line before a run in words."""
    runs = "1 run is" if wait.before == 1 else f"{wait.before} runs are"
    return f"{runs} before yours, about {duration(wait.seconds)}"


def _watch(shown: Run | Experiment, ghost: Run | None, together: Sequence[Run]) -> None:
    """State, figures and curves of a run; run again every tick while it trains.

    A click on Train runs this alone; all else follows when the browser has drawn the first point.
    """
    the_lab = lab()
    started = st.session_state.pop(STARTED, None)
    is_other = False
    try:
        if started:
            shown, ghost, together = started[0], the_lab.before(started[0]), started
            the_lab.await_point(started[0].id, FIRST_LOOK)
        is_other = _draw(the_lab, shown, ghost, together)
    except StoreError as error:
        st.warning(str(error), icon=":material/database_off:")
    if started:
        sleep(DRAWING)
    if started or is_other:
        st.rerun()


def _draw(the_lab: Lab, shown: Run | Experiment, ghost: Run | None, together: Sequence[Run]) -> bool:
    """Draw it; returns whether the buttons should be others by now."""
    if problem := the_lab.problem:
        st.warning(problem, icon=":material/error:")
    if isinstance(shown, Experiment):
        st.markdown(f"{state_badge('ready')} press **Train** and watch the curves grow")
        st.progress(0.0)
        _figures(None, shown)
        planned = shown.steps_per_epoch(data.describe(shown.dataset).train_size) * shown.epochs
        _charts(shown, Curve.empty(), None, planned)
        return False
    run = the_lab.run(shown.id)
    if run is None:
        return True
    _status(the_lab, run)
    _figures(run, run.experiment)
    before = the_lab.curve(ghost.id) if ghost else None
    _charts(run.experiment, the_lab.curve(run.id), before, run.steps)
    return _differ(run, _together(the_lab, run), shown, together)


def _differ(now: Run, together: Sequence[Run], shown: Run, then: Sequence[Run]) -> bool:
    """Whether the buttons are no longer those for a run and those that were started with it."""
    active, before = steered(together), steered(then)
    if (active and active.id) != (before and before.id):
        return True
    return mode(now, together) != mode(shown, then)


def _status(the_lab: Lab, run: Run) -> None:
    st.markdown(f"{state_badge(run.state)} **{plain(network_name(run))}** · {_situation(the_lab, run)}")
    st.progress(run.step / run.steps if run.steps else 0.0)


def _situation(the_lab: Lab, run: Run) -> str:
    """The state of a run in one sentence."""
    match run.state:
        case "waiting":
            wait = the_lab.wait(run)
            if not the_lab.capacity().ready:
                return "the training process is starting, which takes some seconds"
            if wait is None:
                return "about to start"
            if wait.is_held:
                return "your paused run comes first: resume or stop it, under “My runs”"
            place = "next in line" if wait.place == 1 else f"place {wait.place} in line"
            return f"{place}, about {duration(wait.seconds)} to go (an estimate)"
        case "preparing" if run.compiling:
            return "compiling this architecture, which takes seconds the first time"
        case "preparing":
            return "setting the initial weights"
        case "running" | "paused":
            left = run.seconds / run.step * (run.steps - run.step) if run.step else 0.0
            pace = run.step / run.seconds if run.seconds else 0.0
            return f"{pace:,.0f} steps a second, about {duration(left)} left"
        case "finished":
            return f"{run.steps:,} steps in {duration(run.seconds)} of training"
        case _:
            return run.message or f"after step {run.step:,} of {run.steps:,}"


def _figures(run: Run | None, experiment: Experiment) -> None:
    figures = (
        ("Epoch", f"{run.epoch if run else 0} of {experiment.epochs}"),
        ("Step", f"{run.step:,}" if run else "0"),
        ("Training accuracy", percent(run.train_accuracy if run else None)),
        ("Test accuracy", percent(run.test_accuracy if run else None)),
    )
    with st.container(horizontal=True, gap="small"):
        for label, value in figures:
            st.metric(label, value, width=122)  # in one row also on a beamer of 1,024 pixels


def _charts(experiment: Experiment, curve: Curve, ghost: Curve | None, steps: int) -> None:
    classes = len(data.describe(experiment.dataset).classes)
    left, right = st.columns(2)
    for column, metric, chance in ((left, "loss", None), (right, "accuracy", 1 / classes)):
        picture = training_chart(metric, curve, ghost, steps, chance, validates=experiment.validation > 0)
        # Always the same words: Streamlit writes them into the chart, which is drawn anew when it changes.
        alt = f"Chart of {metric} by step; the figures above say how it ended."
        column.vega_lite_chart(picture.frame, picture.spec, key=f"chart-{metric}", alt=alt)
    st.caption(
        "Thin: each step's batch, from a dot before the first step, when the network only guesses. "
        "Thick: each epoch, on training examples and on test examples, which the network never trains on."
        + (" Dotted: on training examples held out for validation." if experiment.validation else "")
        + (" Pale: your run before." if ghost else "")
        + (" Upright: the learning rate was changed." if curve.rates else "")
    )
    if best := curve.best:
        st.caption(
            f"**Best epoch by validation: {best.epoch}**, with a loss of {best.validation_loss:.3f} and "
            f"{percent(best.validation_accuracy)} right on the training examples held out; on the test "
            f"examples {percent(best.test_accuracy)}. Settings and epochs are chosen by validation examples, "
            "so that the test stays a fair one."
        )


def _seeds(started: Sequence[Run]) -> None:
    """All runs that were started together, in one picture."""
    the_lab = lab()
    runs = sorted(the_lab.group(started[0]), key=lambda run: run.experiment.seed)
    differ = len({run.experiment.layers for run in runs}) > 1
    if differ:
        st.markdown("##### Started together")
    else:
        st.markdown("##### The same network from different random starts")
        if done := spread(runs):
            st.caption(f"{done} Only the seed differs: how much of a result is luck?")
    names = [run_line(run) if differ else f"seed {run.experiment.seed}" for run in runs]
    curves = {name: the_lab.curve(run.id) for name, run in zip(names, runs, strict=True)}
    picture = comparison_chart("accuracy", curves)
    st.vega_lite_chart(
        picture.frame,
        picture.spec,
        key="chart-seeds",
        alt=f"Test accuracy by epoch, a line for each {'run' if differ else 'seed'}.",
    )


def _summary_table(rows: Sequence[LayerSummary]) -> None:
    st.markdown("##### What Train will start")
    table = [
        {
            "Layer": str(row.layer),
            "Output shape": " × ".join(map(str, row.output_shape)),
            "Parameters": row.formula,
        }
        for row in rows
    ]
    total = sum(row.parameters for row in rows)
    st.table([*table, {"Layer": "All together", "Output shape": "", "Parameters": f"{total:,}"}])
