"""Serves the page that the variable UNROLL_TEST_PAGE names with the headers of the real server."""

import os
import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.headers import LearnerAndSafety  # needs the path above

page = Path(__file__).with_name(os.environ["UNROLL_TEST_PAGE"]).resolve()
app = st.App(page, middleware=[Middleware(LearnerAndSafety)])
