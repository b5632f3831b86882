"""Which run a part of a lab looks at: the one in the address, or the learner's latest, or a reference run."""

from collections.abc import Sequence

import streamlit as st

from app.rooms import Room
from app.runs.run import Run, architecture
from app.ui.session import lab, learner
from app.ui.words import run_line
from data import DataError, own
from data.text import TextDataset
from models.presets import PRESETS

GONE = "There is no such run under this address; it may have been deleted. Another one is shown."

PRIVATE = (
    "The network of this address was trained on another learner's own data, and only who knows the data's "
    "name may look at them: ask for a link that holds it."
)
DELETED = (
    "The network of this address was trained on a learner's own data, which have been deleted. "
    "Another one is shown."
)
OTHER_REVIEWS = (
    "The network of this address was trained on other reviews than those on this computer, and the same id "
    "is another word there. Another one is shown."
)
UNFINISHED = "The network of this address has not finished its training. Another one is shown."
ELSEWHERE = "This part cannot show networks that were trained on one's own data. Another one is shown."

NO_NETWORK = "No network has learned from these examples yet. Open “Train” and press Train."
OTHER_WORDS = (
    " The networks that come with Unroll do not fit: they learned from the course's reviews, and the same id "
    "is another word there."
)

DATA = "data"
"""Name in the address of one's own data: who gives such a link away gives the data away."""

RECENT = 20
"""Runs offered, of the learner's own."""


def choose_run(
    room: Room,
    key: str,
    default: str = "",
    label: str = "Network",
    *,
    uploads: bool = False,
    finished: bool = False,
) -> Run | None:
    """A list of runs to choose from; the choice goes into the address.

    Args:
        room: whose runs.
        key: name in the address; ``run`` is the one that the training panel shows too.
        default: how the architecture of the first choice should begin, such as ``LSTM``.
        label: of the list.
        uploads: whether this part can show runs on learners' own data too: it must take the examples, the
            classes and the words from the run's own dataset.
        finished: whether only runs that were trained to their end are offered.

    Returns:
        The chosen run, or None if there is none at all.
    """
    runs = offered_runs(room, uploads=uploads, finished=finished)
    offered = {run.id: run for run in runs}
    asked, problem = st.query_params.get(key, "")[:64], GONE
    if asked and asked not in offered:
        linked = lab().run(asked)
        if linked is not None and linked.experiment.dataset in room.datasets and linked.step:
            if own.is_deleted(linked.experiment.dataset):
                problem = DELETED
            elif not may_see(linked):
                problem = PRIVATE
            elif own.is_own(linked.experiment.dataset) and not uploads:
                problem = ELSEWHERE
            elif _reads_other_words(linked):
                problem = OTHER_REVIEWS
            elif finished and linked.state != "finished":
                problem = UNFINISHED
            else:
                offered = {linked.id: linked, **offered}
    if not offered:
        say_there_is_none(room)
        return None
    if asked and asked not in offered:
        st.warning(problem, icon=":material/link_off:")
    widget = f"choose-{key}"
    if asked in offered:
        st.session_state[widget] = asked
    elif st.session_state.get(widget) not in offered:
        # A browser chooses by the words of a line, and those of a run that trains change all the time.
        before = st.session_state.get(f"{widget}-before")
        fitting = (i for i, run in offered.items() if architecture(run.experiment).startswith(default))
        st.session_state[widget] = before if before in offered else next(fitting, next(iter(offered)))
    chosen = st.selectbox(
        label,
        list(offered),
        format_func=lambda run_id: run_line(offered[run_id]),
        key=widget,
        on_change=_choose,
        args=(key, widget, list(offered)),
    )
    st.session_state[f"{widget}-before"] = chosen
    return offered[chosen]


def _choose(key: str, widget: str, offered: Sequence[str]) -> None:
    if st.session_state[widget] in offered:
        st.query_params[key] = st.session_state[widget]


def say_there_is_none(room: Room) -> None:
    """Say that there is no network to look at; and why not, where reference runs are left out."""
    fit = any(lab().references(dataset) for dataset in room.datasets)
    st.info(NO_NETWORK + ("" if fit else OTHER_WORDS), icon=":material/model_training:")


def offered_runs(room: Room, *, uploads: bool = False, finished: bool = False) -> list[Run]:
    """The learner's latest runs of a lab, then the reference runs in the order of its presets.

    Args:
        room: the lab.
        uploads: runs on one's own data too, unless the data have been deleted.
        finished: only runs that were trained to their end.
    """
    mine = [run for run in lab().runs(learner()) if run.experiment.dataset in room.datasets and run.step]
    hidden = own.is_deleted if uploads else own.is_own
    mine = [run for run in mine if not hidden(run.experiment.dataset) and not _reads_other_words(run)]
    if finished:
        mine = [run for run in mine if run.state == "finished"]
    references = [run for dataset in room.datasets for run in lab().references(dataset)]
    order = [PRESETS[preset] for preset in room.presets]
    known = [run for run in references if run.experiment in order]
    return [*mine[:RECENT], *sorted(known, key=lambda run: order.index(run.experiment))]


def _reads_other_words(run: Run) -> bool:
    """Whether the ids that a run has learned are other words here."""
    try:
        is_text = isinstance(lab().dataset(run.experiment.dataset), TextDataset)
        return is_text and lab().knows_other_examples(run)
    except DataError:
        return False


def may_see(run: Run) -> bool:
    """Whether the learner may look at the data of a run: all but another learner's own, or deleted ones."""
    dataset = run.experiment.dataset
    if not own.is_own(dataset):
        return True
    return not own.is_deleted(dataset) and (run.owner == learner() or dataset in own_data())


def own_data() -> list[str]:
    """Names of own data that the learner may look at: the learner's, and those that an address has named."""
    named: list[str] = st.session_state.setdefault("own.named", [])
    asked = st.query_params.get(DATA, "")[:64]
    if own.is_own(asked) and asked not in named:
        named.append(asked)
    mine = [upload.name for upload in own.of_owner(learner())]
    return [*mine, *(name for name in named if name not in mine and not own.is_deleted(name))]
