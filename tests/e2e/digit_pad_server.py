"""Serves `digit_pad_app.py` with the headers of the real server."""

import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.headers import LearnerAndSafety  # needs the path above

app = st.App(
    Path(__file__).with_name("digit_pad_app.py").resolve(), middleware=[Middleware(LearnerAndSafety)]
)
