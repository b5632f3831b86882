"""Parts of a page that Streamlit has not: their looks and what they do stand in files beside this one."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def component(name: str, html: str) -> ComponentRenderer:
    """A component with the style sheet ``name.css`` and the script ``name.js`` of this folder.

    All of them have the style sheet ``component.css`` too.

    Args:
        name: what it is called; unique.
        html: what is in it before the script runs.
    """
    shared, css, js = (
        (HERE / file).read_text("utf-8") for file in ("component.css", f"{name}.css", f"{name}.js")
    )
    return st.components.v2.component(name, html=html, css=shared + css, js=js)
