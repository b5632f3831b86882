"""Parts of a page that Streamlit has not: their looks and what they do stand in files beside this one."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def component(name: str, html: str) -> ComponentRenderer:
    """A component with the style sheet ``name.css`` and the script ``name.js`` of this folder.

    Args:
        name: what it is called; unique.
        html: what is in it before the script runs.
    """
    css, js = ((HERE / f"{name}.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component(name, html=html, css=css, js=js)
