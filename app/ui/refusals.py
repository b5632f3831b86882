"""What could not be done for the learner: kept in the session by a callback, said once on the page."""

from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError

from app.lab import NotYoursError, RefusedError, StoreError
from models.layers import first_problem

_SAID = "what-failed"


def say_what_fails(act: Callable[[], None]) -> None:
    """Do something for the learner: in a callback. What cannot be done is said by `what_failed`."""
    try:
        act()
    except ValidationError as error:
        say(f"That was not done. {first_problem(error)}")
    except (RefusedError, NotYoursError, StoreError, ValueError) as error:
        say(str(error))


def say(text: str) -> None:
    """Have a sentence said by `what_failed`: in a callback."""
    st.session_state[_SAID] = text


def say_if_fewer(taken: int, wanted: int) -> None:
    """Say so if fewer runs were taken than were to be started together: in a callback."""
    if taken < wanted:
        say(f"{taken} of {wanted} runs were taken: you have others that are not over yet.")


def what_failed() -> bool:
    """Say what could not be done, once; whether there was anything to say."""
    said = st.session_state.pop(_SAID, None)
    if said:
        st.warning(said, icon=":material/hourglass_top:")
    return bool(said)
