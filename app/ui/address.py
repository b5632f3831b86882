"""Numbers and choices that a page keeps in its address, also when a button and not the learner sets them."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx


def choose_number(label: str, last: int, key: str) -> int:
    """A number input from 0 to `last`, kept in the address under its key, and a button that draws lots.

    Args:
        label: of the input.
        last: largest number, 0 or more.
        key: in the session and in the address.
    """
    if key not in st.session_state or went_back():
        st.session_state[key] = whole_number(st.query_params.get(key, "")) or 0
    st.session_state[key] = min(st.session_state[key], last)
    number = int(st.number_input(label, 0, last, key=key, width=140))
    keep(key, str(number))
    st.button(
        "Another one",
        icon=":material/shuffle:",
        key=f"another-{key}",
        on_click=_draw_lots,
        args=(key, last),
    )
    return number


def choose_one(label: str, options: Mapping[str, str], name: str, key: str, default: str = "") -> str:
    """A row of options of which one is chosen; if it is not the default, it stands in the address.

    Args:
        label: of the row.
        options: what is shown of each, by what stands for it in the address.
        name: in the address.
        key: in the session.
        default: what is chosen at first: the first option, unless another one is given.

    Returns:
        What stands for the chosen one.
    """
    first = default or next(iter(options))
    if st.session_state.get(key) not in options or went_back():
        asked = st.query_params.get(name)
        st.session_state[key] = asked if asked in options else first
    chosen = st.segmented_control(
        label,
        list(options),
        default=st.session_state[key],
        required=True,
        format_func=lambda option: options.get(option, option),
        key=key,
    )
    chosen = chosen if chosen in options else first
    keep(name, chosen, first)
    return chosen


def kept_number(name: str, first: int, last: int, default: int, key: str) -> int:
    """The number that is chosen: in the session or, at first and after a way back, in the address.

    Args:
        name: in the address.
        first: smallest number, 1 or more.
        last: largest number.
        default: what is chosen if the address says nothing, or something else than such a number.
        key: in the session.
    """
    if key not in st.session_state or went_back():
        st.session_state[key] = number_in(st.query_params.get(name, ""), first, last) or default
    return int(st.session_state[key])


def number_in(text: str, first: int, last: int) -> int | None:
    """The whole number from `first` to `last` that a text is; None if it is none."""
    number = whole_number(text)
    return number if number is not None and first <= number <= last else None


def keep(name: str, value: str, default: str | None = None) -> None:
    """Keep a value in the address, where it is not what is shown without one; nothing is sent in vain.

    Args:
        name: in the address.
        value: what is shown.
        default: what is shown if the address says nothing.
    """
    if value == default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def went_back() -> bool:
    """Whether this run is a way back or forth, as the browser says: then the address outranks the session.

    Otherwise what is chosen on the page counts: the address is not told of it before the run's end.
    """
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def whole_number(text: str) -> int | None:
    """The whole number that a text is, 0 or more; None if it is none, or one of ten digits or more."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _draw_lots(key: str, last: int) -> None:
    st.session_state[key] = int(np.random.default_rng().integers(last + 1))
