"""Word algebra: what can be added and subtracted in meaning?"""

import streamlit as st

from app.ui.algebra.bias import bias_lab
from app.ui.algebra.formula import algebra
from app.ui.algebra.hop import hop_game
from app.ui.algebra.odd import odd_one_out
from app.ui.algebra.score import analogy_score
from app.ui.algebra.vectors import over_vectors
from app.ui.parts import show_parts

st.title("Can words be added?")
show_parts({
    "Algebra": over_vectors(algebra),
    "Analogy score": over_vectors(analogy_score),
    "Bias lab": over_vectors(bias_lab),
    "Odd one out": over_vectors(odd_one_out),
    "Hop game": over_vectors(hop_game),
})  # fmt: skip
