"""The parts of a lab: one is shown at a time, and its name stands in the address."""

from collections.abc import Callable, Mapping

import streamlit as st

from data import DataError


def show_parts(parts: Mapping[str, Callable[[], None]]) -> None:
    """Show the names of the parts, and the chosen one; the first at first.

    Args:
        parts: what draws each part, by its name.
    """
    first = next(iter(parts))
    if st.session_state.get("part", first) not in parts:
        del st.session_state["part"]  # of the page that one comes from
    name = st.segmented_control(
        "Part",
        parts,
        default=first,
        required=True,
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
    name = name if name in parts else first
    with st.container(key=f"shown-{name}"):
        try:
            parts[name]()
        except DataError as error:
            st.error(str(error), icon=":material/cloud_off:")
    # Nothing new, but said once more: what the run before said of the address may have come after this click.
    st.query_params.update()


def open_part(name: str) -> None:
    """Switch to another part of the page: in a callback."""
    st.session_state["part"] = name
