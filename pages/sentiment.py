"""The sentiment lab: from words to ids to vectors to a verdict."""

import streamlit as st

from app.rooms import SENTIMENT
from app.ui.lab_parts import code, train
from app.ui.parts import show_parts
from app.ui.sentiment.diagram import diagram
from app.ui.sentiment.mistakes import mistakes
from app.ui.sentiment.own_data import own_data
from app.ui.sentiment.padding import padding_lesson
from app.ui.sentiment.typed import sentence_box
from app.ui.sentiment.vectors import ids_to_vectors
from app.ui.sentiment.words import words_to_ids
from app.ui.sentiment.workbench import open_sentence, try_a_sentence

st.title("What makes a review positive?")
show_parts({
    "Try a sentence": try_a_sentence,
    "Words to ids": words_to_ids,
    "Ids to vectors": ids_to_vectors,
    "Train": lambda: train(SENTIMENT),
    "Padding": padding_lesson,
    "Mistakes": lambda: mistakes(open_sentence),
    "Diagram": lambda: diagram(sentence_box()),
    "Own data": own_data,
    "Code": lambda: code(SENTIMENT),
})  # fmt: skip
