"""What questions share: an answer to type or choose, a check, and our own answer on demand."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from app.ui.session import StoreError
from data.dataset import Dataset
from models.questions import Question


def said(part: Callable[[Dataset], None]) -> Callable[[Dataset], None]:
    """Have a question say it when the store fails, also when it is drawn alone, as a fragment."""

    @wraps(part)
    def drawn(dataset: Dataset) -> None:
        with st.container(border=True):
            try:
                part(dataset)
            except StoreError as error:
                st.warning(str(error), icon=":material/database_off:")

    return drawn


# 1


def ask(number: int, question: Question) -> None:
    """The question as a heading and its text."""
    st.markdown(f"##### {number}. {question.title}")
    st.markdown(question.text)


def show(name: str, question: Question) -> bool:
    """A button that shows our answer, or hides it; whether it is shown."""
    shown = bool(kept().get(f"{name}-shown"))
    st.button(
        "Hide our answer" if shown else "Show our answer",
        icon=":material/visibility_off:" if shown else ":material/visibility:",
        key=f"questions-{name}-show",
        on_click=keep,
        args=(f"{name}-shown", not shown),
    )
    if shown:
        st.info(question.answer)
    return shown


def choose(name: str, label: str, options: list[str], check: Callable[[str], tuple[bool, str]]) -> None:
    """One of several answers, and a button that checks it; the reply goes when another one is chosen."""
    chosen = st.radio(label, options, index=None, key=recall(name, None))
    keep(name, chosen)
    if st.button("Check", key=f"questions-{name}-check"):
        keep(f"{name}-checked", chosen or "")
    checked = kept().get(f"{name}-checked")
    if chosen is not None and chosen == checked:
        judge(*check(chosen))
    elif chosen is None and checked == "":
        st.caption("Choose an answer first.")


def judge(right: bool, sentence: str) -> None:
    """Say whether an answer is right, with the sentence that explains it."""
    if right:
        st.success(sentence, icon=":material/check:")
    else:
        st.warning(sentence, icon=":material/lightbulb:")


def kept() -> dict[str, Any]:
    """Answers of this session. Streamlit forgets widgets that are not drawn, such as in another part."""
    kept: dict[str, Any] = st.session_state.setdefault("questions", {})
    return kept


def keep(name: str, value: object) -> None:
    """Remember an answer under its name."""
    kept()[name] = value


def recall(name: str, default: object) -> str:
    """The key of a widget, filled with what was answered before."""
    key = f"questions-{name}"
    st.session_state.setdefault(key, kept().get(name, default))
    return key
