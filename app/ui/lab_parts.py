"""Parts that every lab has: the way to training, training itself, and the code of a run."""

import streamlit as st

from app.rooms import Room
from app.ui.code import code_panel
from app.ui.controls import Controls, Shortcut
from app.ui.focus import choose_run
from app.ui.parts import open_part
from app.ui.training import training_panel


def way_to_training() -> None:
    """A button that leads from the examples to "Train"."""
    st.button(
        "Train a network on them",
        type="primary",
        icon=":material/arrow_forward:",
        on_click=open_part,
        args=("Train",),
    )


def train(room: Room, shortcut: Shortcut | None = None) -> None:
    """Controls on the left, the training panel on the right.

    Args:
        room: the lab.
        shortcut: draws other controls of the layers above them.
    """
    left, right = st.columns([1, 2], gap="large")
    with left:
        experiment = Controls(room).show(shortcut)
    with right:
        training_panel(experiment, room)


def code(room: Room, default: str = "") -> None:
    """The script of a run, and the run to take along.

    Args:
        room: the lab.
        default: how the architecture of the first run should begin.
    """
    run = choose_run(room, "run", default=default, uploads=True)
    if run is not None:
        code_panel(run)
