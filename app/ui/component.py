"""Parts of a page that Streamlit has not: their looks and what they do stand in files beside this one."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def component(name: str, html: str) -> ComponentRenderer:
    """A component with the style sheet ``name.css`` and the script ``name.js`` of this folder.

    All of them have the style sheet ``component.css`` too. A script may have parts, such as
    ``name.drawing.js``, which come before it: a browser gets them as one.

    Args:
        name: what it is called; unique.
        html: what is in it before the script runs.
    """
    css, js = source(name)
    return st.components.v2.component(name, html=html, css=css, js=js)


def component_key(text: str) -> str:
    """A key that Streamlit lets a component have: it refuses "__", which the id of a run may hold.

    Args:
        text: tells the component from others.
    """
    return text.replace("__", "_-")


@cache
def source(name: str) -> tuple[str, str]:
    """Style sheet and script of a component."""
    parts = sorted(HERE.glob(f"{name}.*.js"))
    css, js = (HERE / "component.css", HERE / f"{name}.css"), (*parts, HERE / f"{name}.js")
    return _together(css), _together(js)


def _together(files: Sequence[Path]) -> str:
    return "\n".join(file.read_text("utf-8") for file in files)


def receive(key: str, state: str, number: str) -> Mapping[str, object]:
    """Take what a component has sent, which may be anything: in its callback.

    Args:
        key: of the component.
        state: name of what it sends.
        number: name in it of the number by which the browser knows it again, see `last_received`.

    Returns:
        What was sent, empty if that is no mapping.
    """
    held = st.session_state[key]
    sent = held.get(state) if isinstance(held, Mapping) else None
    sent = sent if isinstance(sent, Mapping) else {}
    told = sent.get(number)
    st.session_state[f"{key}.{number}"] = told if isinstance(told, int) else None
    return sent


def last_received(key: str, number: str) -> int | None:
    """The number of what was taken last: until it comes back, the browser shows what the learner sees."""
    told: int | None = st.session_state.get(f"{key}.{number}")
    return told
