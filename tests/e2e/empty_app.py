"""A page with only a title, as a measure of Streamlit itself; run by `page_server.py`."""

import streamlit as st

st.title("Empty")
