"""Formulas to try: some that work, some that do not, and what each teaches."""

from collections.abc import Callable, Mapping
from random import choice

import streamlit as st

from app.ui.words import plain
from models.analogies import RELATIONS
from models.vectors import VectorSpace

FIRST = "water + bird - air"
"""The course's own."""

GALLERY: Mapping[str, Mapping[str, str]] = {
    "Meaning": {
        FIRST: "Something like a bird, of the water and not of the air: animals, fish.",
        "king - man + woman": "The famous one: queen. Switch the exclusion off, and 3CosAdd puts king first.",
        "actor : actress :: waiter : ?": "The same question, written as an analogy.",
        "einstein - physics + painting": "Who is to painting what Einstein is to physics?",
        "pasta - italy + japan": "What one eats there instead: noodles, tempura, sushi.",
        "apple - fruit + software": "“apple” is fruit and company in one vector; this leaves the company.",
    },
    "Places": {
        "paris - france + italy": "Rome: the step from country to capital is alike for many countries.",
        "germany : berlin :: japan : ?": "The same step, asked as an analogy.",
        "beer - germany + france": "Not wine but champagne: the vectors know stereotypes, not statistics.",
    },
    "Grammar": {
        "walking - walk + swim": "A form of a verb as a step in space.",
        "kitten - cat + dog": "The young of an animal. Without the exclusion, “kitten” stays first.",
        "went - go + see": "Came comes before saw: frequent verbs lie close together.",
    },
    "Failures": {
        "bigger - big + small": "Larger, and only then smaller: all words of size are near each other.",
        "hot - cold + big": "Opposites stand in the same sentences: no step leads from one to the other.",
        "mouse - mice + feet": "Not foot: in newspapers, feet measure length.",
        "sushi - japan + italy": "The way back from pasta fails: tapas are Spain's, and pasta is only fifth.",
        "tokyo - japan + germany": "Frankfurt before Berlin: 3CosMul makes the same mistake.",
        "doctor - man + woman": "Nurse: what the texts say of men and women is in the vectors. See Bias lab.",
    },
}
"""Formulas by group, each with a line on what to see in GloVe as it is, among all its words."""

NOTES = {formula: note for group in GALLERY.values() for formula, note in group.items()}

PROMPT = (
    "**Find others.** A learner found `books + computers - magazine`. Think of two things that differ in one "
    "way, and of a third that could differ so too. Does the answer say so? What if the formula's own words "
    "are not left out?"
)


def note_on(formula: str, space: VectorSpace, within: int | None) -> str | None:
    """What to see in a formula of the gallery; None where the answers are not those that it speaks of."""
    return NOTES.get(formula.strip()) if space.title == "GloVe, raw" and within is None else None


def gallery(put: Callable[[str], None]) -> None:
    """A button for each formula, and one that makes up a new one.

    Args:
        put: called with the chosen formula, in a callback.
    """
    st.markdown("##### Try these")
    for group, formulas in GALLERY.items():
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{group}**", width=80)
            for formula in formulas:
                st.button(plain(formula), key=f"try-{formula}", on_click=put, args=(formula,))
    st.markdown(PROMPT)
    st.button("Make one up", icon=":material/casino:", key="surprise", on_click=_surprise, args=(put,))


def _surprise(put: Callable[[str], None]) -> None:
    """Two pairs of one relation, by chance."""
    pairs = list(RELATIONS[choice(list(RELATIONS))])  # noqa: S311  # nothing depends on it
    a, b = pairs.pop(choice(range(len(pairs))))  # noqa: S311
    c, _ = choice(pairs)  # noqa: S311
    put(f"{b} - {a} + {c}")
