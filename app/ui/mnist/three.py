"""Three kernels, one question: predict which reads best, train all three, and see why."""

import streamlit as st

from app.rooms import MNIST
from app.runs.run import Run
from app.ui.charts import race_chart
from app.ui.live import live
from app.ui.mnist.charts import PAPER_AND_INK, pixel_chart
from app.ui.refusals import say, say_what_fails, what_failed
from app.ui.session import lab, learner
from app.ui.words import duration, percent, state_badge
from data.dataset import Dataset
from models.convolution import receptive_field
from models.experiment import Experiment
from models.presets import PRESETS

KERNELS = {"3×3": "mnist-3x3", "1×1": "mnist-1x1", "28×28": "mnist-28x28"}

SPEEDS: dict[str, dict[str, int | None]] = {
    "Quick: 6,000 digits": {"examples": 6_000},
    "Full: all 60,000": {"examples": None},
}

TICK = 0.3
"""Seconds between two looks while they train."""

WHY = """\
**3×3** sees a small piece at a time, wherever it stands: a stroke, a corner, an end. The second layer puts
such pieces together, and pooling lets them stand a little elsewhere. That is how a digit can be written by
another hand and still be read.

**1×1** sees one pixel. It can say how dark it is, and no more: all that the last layer gets is *how much ink
is where*, in several shades.

**28×28** covers the whole image at once. Each filter is one template of a whole digit, and there is only one
place where it fits: no strokes are shared between digits, and a digit that is moved is another image. That is
nearly an MLP.\
"""


def three_kernels(dataset: Dataset) -> None:
    """The exercise from the prediction to the answer."""
    st.markdown(
        "Three networks, alike but for the size of their kernels. Which reads most digits right, and which "
        "the fewest? **Say what you expect first**, then train them and see."
    )
    best, worst = _prediction()
    runs = _runs()
    _start(best, worst, runs)
    if runs:
        going = any(not run.is_over for run in runs)
        live(_watch, TICK if going else None)(runs, best, worst)
    if runs and all(run.is_over for run in runs):
        _why(dataset)


def _prediction() -> tuple[str | None, str | None]:
    left, right = st.columns(2)
    with left:
        best = st.segmented_control("Most digits right", list(KERNELS), key="three-best", bind="query-params")
    with right:
        worst = st.segmented_control(
            "Fewest digits right", list(KERNELS), key="three-worst", bind="query-params"
        )
    if best and best == worst:
        st.warning("One network cannot be both. Choose two different ones.", icon=":material/lightbulb:")
    return best, worst


def _start(best: str | None, worst: str | None, runs: list[Run]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        speed = st.segmented_control(
            "How long", list(SPEEDS), default=next(iter(SPEEDS)), required=True, key="three-speed"
        )
        ready = bool(best and worst and best != worst)
        st.button(
            "Train all three" if not runs else "Train all three again",
            type="primary",
            icon=":material/play_arrow:",
            key="three-train",
            disabled=not ready or any(not run.is_over for run in runs),
            on_click=_train,
            args=(speed or next(iter(SPEEDS)),),
        )
        going = [run.id for run in runs if not run.is_over and run.owner == learner()]
        st.button(
            "Stop all",
            icon=":material/stop:",
            key="three-stop",
            disabled=not going,
            on_click=_stop,
            args=(going,),
        )
    if not what_failed() and not ready:
        st.caption("The button waits for your prediction.")


def _experiments(speed: str) -> list[Experiment]:
    changes = SPEEDS[speed]
    return [Experiment(**(dict(PRESETS[preset]) | changes)) for preset in KERNELS.values()]


def _train(speed: str) -> None:
    def start() -> None:
        runs = lab().train(learner(), *_experiments(speed))
        if len(runs) == len(KERNELS):
            st.query_params["three"] = runs[0].id
        else:
            say("You have other runs that are not over yet: wait for them, or stop them.")
            _stop([run.id for run in runs])

    say_what_fails(start)


def _stop(run_ids: list[str]) -> None:
    for run_id in reversed(run_ids):
        say_what_fails(lambda run_id=run_id: lab().stop(learner(), run_id))  # type: ignore[misc]


def _runs() -> list[Run]:
    """The three runs that the address names, by the order of `KERNELS`; none if it names no such three."""
    asked = st.query_params.get("three", "")[:64]
    first = lab().run(asked) if asked else None
    if first is None or first.experiment.dataset not in MNIST.datasets:
        return []
    together = {run.experiment.layers: run for run in lab().group(first)}
    found = [together.get(PRESETS[preset].layers) for preset in KERNELS.values()]
    return [run for run in found if run is not None] if None not in found else []


def _watch(started: list[Run], best: str | None, worst: str | None) -> None:
    """All three in one chart, and in the end the answer."""
    runs = {name: lab().run(run.id) or run for name, run in zip(KERNELS, started, strict=True)}
    for (name, run), column in zip(runs.items(), st.columns(len(runs)), strict=True):
        with column, st.container(border=True):
            st.markdown(f"**{name}** {state_badge(run.state)}")
            st.progress(run.step / run.steps if run.steps else 0.0)
            st.metric("Test accuracy", percent(run.test_accuracy))
            st.caption(f"{run.parameters:,} parameters, {duration(run.seconds)} of training")
    curves = {name: lab().curve(run.id) for name, run in runs.items()}
    picture = race_chart(curves, max(run.steps for run in runs.values()))
    alt = "Training accuracy by step, a line for each kernel size; the figures above say how it ended."
    st.vega_lite_chart(picture.frame, picture.spec, key="race", alt=alt)
    st.caption(
        "Lines: accuracy on each step's batch, averaged. Points: on the test digits, after each epoch."
    )
    if all(run.is_over for run in runs.values()):
        if any(not run.is_over for run in started):
            st.rerun()  # the buttons and the answer below wait for it
        _answer(runs, best, worst)


def _answer(runs: dict[str, Run], best: str | None, worst: str | None) -> None:
    measured = {name: run.test_accuracy for name, run in runs.items() if run.test_accuracy is not None}
    if len(measured) < len(KERNELS):
        st.info("Not all three were trained to the end of an epoch, so there is nothing to compare.")
        return
    order = sorted(measured, key=lambda name: -measured[name])
    result = ", then ".join(f"{name} with {measured[name]:.1%}" for name in order)
    if (best, worst) == (order[0], order[-1]):
        st.success(f"As you said: {result}.", icon=":material/check:")
    elif best and worst:
        st.warning(
            f"Measured: {result}. You expected {best} to be best and {worst} to be worst.",
            icon=":material/lightbulb:",
        )
    else:
        st.info(f"Measured: {result}.")


def _why(dataset: Dataset) -> None:
    """What one kernel covers on a real digit."""
    st.subheader("Why?")
    image = dataset.x_test[0]
    for column, (name, preset) in zip(st.columns(len(KERNELS)), KERNELS.items(), strict=True):
        size = int(name.partition("×")[0])
        top = (28 - size) // 2
        layers = PRESETS[preset].layers
        _, _, rows, columns = receptive_field(layers, image.shape, len(layers) - 3).box
        with column:
            picture = pixel_chart(image, 0, 255, PAPER_AND_INK, 240, (top, top, size, size), name="ink")
            st.vega_lite_chart(
                picture.frame,
                picture.spec,
                key=f"why-{preset}",
                width="content",
                alt=f"A test digit, with a frame as large as a {name} kernel.",
            )
            st.caption(
                f"What one **{name}** kernel covers. A number of the last feature maps depends on "
                f"{rows}×{columns} pixels."
            )
    st.markdown(WHY)
