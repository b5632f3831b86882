"""The projector: word vectors as points in space."""

import streamlit as st

from app.ui.parts import show_parts
from app.ui.projector.beside import side_by_side
from app.ui.projector.explore import explore
from app.ui.projector.finds import questions
from models.vectors import VectorSpace

st.title("Where do words live?")
show_parts({
    "Map": explore,
    "Side by side": side_by_side,
    "Two questions": lambda: questions(VectorSpace.load("glove")),
})  # fmt: skip
