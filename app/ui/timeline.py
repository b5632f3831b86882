"""The timeline: any moment of a run's training, as the steps after which its weights were kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from app.runs.run import Run
from app.ui.address import keep, went_back, whole_number
from app.ui.component import component_key
from app.ui.session import lab
from app.ui.strips import Cells, Film, Lines, Slider, is_moving, strips
from models.weights import Array, Weights

HELP = "Everything below is shown as it was after that many steps."
ON_LINES = " A click on the lines goes to a moment too."


@dataclass(frozen=True)
class Moment:
    """A run at one moment of its training.

    Attributes:
        run: which run.
        step: steps done; 0 is before training.
        weights: the weights then.
        steps: all moments that can be chosen, rising.
        slider: key of the strips in which they are chosen.
    """

    run: Run
    step: int
    weights: Weights
    steps: tuple[int, ...] = ()
    slider: str = ""


def timeline(run: Run, key: str = "moment", *, accuracy: bool = False) -> Moment | None:
    """A slider through a run's snapshots, the last one at first; None if there is none yet.

    Args:
        run: whose snapshots.
        key: name of the step in the address.
        accuracy: whether the accuracy at all of them is drawn below it; a click there goes to a moment too.
    """
    steps = lab().snapshot_steps(run.id)
    if not steps:
        st.info("No weights are kept yet: wait until the run trains.", icon=":material/hourglass_top:")
        return None
    chosen = f"{key}-{run.id}"
    slider = component_key(f"{chosen}-slider")
    asked = st.query_params.get(key, "")
    step = nearest(asked if went_back() else str(st.session_state.get(chosen, asked)), steps)
    st.session_state[chosen] = step
    if len(steps) > 1:
        strips(
            [_accuracy(run, steps)] if accuracy else [],
            key=slider,
            column="",  # the slider says which moments there are
            marked=steps.index(step) + 1,
            slider=Slider(
                "Moment of training",
                [moment_name(run, step) for step in steps],
                HELP + (ON_LINES if accuracy else ""),
                plays=True,
            ),
            on_pick=lambda moment: st.session_state.update({chosen: steps[moment - 1]}),
        )
    if not is_moving(slider):
        keep(key, str(step))
    weights = lab().weights(run.id, step)
    return None if weights is None else Moment(run, step, weights, tuple(steps), slider)


def film(
    moment: Moment, subject: str, x: Array, at: Callable[[Weights], Sequence[Lines | Cells]]
) -> Film | None:
    """What lets strips follow the timeline at once: a frame for each of its moments; None if there is one.

    Args:
        moment: that is shown now.
        subject: which of the network's numbers are shown.
        x: the input, for which they are shown.
        at: makes the strips from the weights of any moment.
    """

    def frames() -> list[Sequence[Lines | Cells]]:
        weights = lab().all_weights(moment.run.id)
        known = all(step in weights for step in moment.steps)  # unless the run has been deleted since
        return [at(weights[step]) for step in moment.steps] if known else []

    if len(moment.steps) < 2:
        return None
    named = f"{moment.run.id} {len(moment.steps)} {subject} {hash(x.tobytes())}"
    return Film(moment.slider, moment.steps.index(moment.step) + 1, named, frames)


def _accuracy(run: Run, steps: list[int]) -> Lines:
    """How good the network was at the moments of the slider."""
    alt = (
        "Accuracy at each moment of the slider: of the training batches since the moment before, and of the "
        "test examples at the end of the last epoch. The moment that is shown is marked."
    )
    names = "training batches", "test, last epoch"
    values = lab().curve(run.id).accuracy_at(steps)
    return Lines(values, "accuracy", alt, names, percent=True, height=64)


def nearest(asked: str, steps: list[int]) -> int:
    """The kept step next to the one that an address asks for; the last if it asks for none.

    Args:
        asked: what stands in the address, which may be anything.
        steps: those after which weights were kept, rising; at least one.
    """
    number = whole_number(asked)
    return steps[-1] if number is None else min(steps, key=lambda step: abs(step - number))


def moment_name(run: Run, step: int) -> str:
    """How a moment is called: its step, and the epoch if there are epochs."""
    if step == 0:
        return "before training"
    epochs = f", epoch {-(-step // run.steps_per_epoch)}" if run.steps_per_epoch else ""
    return f"step {step:,}{epochs}"
