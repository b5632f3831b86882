"""Among how many words the answers are sought: all, or the first ones."""

from collections.abc import Mapping

import streamlit as st

from models.vectors import VectorSpace

ALL = "All"
CHOICES: Mapping[str, int | None] = {ALL: None, "The first 50,000": 50_000, "The first 10,000": 10_000}
"""How many words may be answers."""

HELP = (
    "The first words of the list: in GloVe, the most frequent ones. Rare names and misprints are then not "
    "among the answers."
)


def choices(space: VectorSpace) -> list[str]:
    """Those that leave out some word of a space, and all words."""
    return [name for name, count in CHOICES.items() if count is None or count < len(space)]


def choose_within(space: VectorSpace, key: str) -> int | None:
    """A list of what there is to choose, if there is a choice; what was chosen goes into the address.

    Args:
        space: whose words may be answers.
        key: in the session and in the address.

    Returns:
        So many words, the first ones, may be answers; None for all.
    """
    names = choices(space)
    if len(names) == 1:
        return None
    name = st.selectbox(
        "Answers from", names, key=key, bind="query-params", persist_state="session",
        format_func=lambda name: f"{name} words", help=HELP, width=210,
    )  # fmt: skip
    return CHOICES.get(name or ALL)
