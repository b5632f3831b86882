"""The sentiment lab: from words to ids to vectors to a verdict."""

import streamlit as st

from app.rooms import SENTIMENT
from app.ui.code import code_panel
from app.ui.controls import Controls
from app.ui.focus import choose_run
from app.ui.parts import show_parts
from app.ui.sentiment.diagram import diagram
from app.ui.sentiment.mistakes import mistakes
from app.ui.sentiment.own_data import own_data
from app.ui.sentiment.padding import padding_lesson
from app.ui.sentiment.typed import sentence_box
from app.ui.sentiment.vectors import ids_to_vectors
from app.ui.sentiment.words import words_to_ids
from app.ui.sentiment.workbench import open_sentence, try_a_sentence
from app.ui.training import training_panel


def train() -> None:
    """Controls on the left, the training panel on the right."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        experiment = Controls(SENTIMENT).show()
    with right:
        training_panel(experiment, SENTIMENT)


def code() -> None:
    """The script of a run, and the run to take along."""
    run = choose_run(SENTIMENT, "run")
    if run is not None:
        code_panel(run)


st.title("What makes a review positive?")
show_parts({
    "Try a sentence": try_a_sentence,
    "Words to ids": words_to_ids,
    "Ids to vectors": ids_to_vectors,
    "Train": train,
    "Padding": padding_lesson,
    "Mistakes": lambda: mistakes(open_sentence),
    "Diagram": lambda: diagram(sentence_box()),
    "Own data": own_data,
    "Code": code,
})  # fmt: skip
