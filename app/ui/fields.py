"""One widget for one declared field: kind, range, help text and default come from the declaration."""

from collections.abc import Callable
from math import floor, log10
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import annotated_types
import streamlit as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

LABELS = {
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "examples": "Examples",
    "validation": "Validation, %",
    "scaling": "Input scaling",
    "kernel_size": "Kernel size",
    "pool_size": "Pool size",
    "target_shape": "Shape",
    "return_sequences": "Return sequences",
    "vocabulary_size": "Words",
    "pad_id": "Padding id",
}


def label_of(name: str) -> str:
    """A field's name for the page."""
    return LABELS.get(name, name.capitalize())


def bounds(field: FieldInfo) -> tuple[Any, Any]:
    """Smallest and largest legal value of a number; None where there is no bound."""
    low = next((rule.ge for rule in field.metadata if isinstance(rule, annotated_types.Ge)), None)
    high = next((rule.le for rule in field.metadata if isinstance(rule, annotated_types.Le)), None)
    return low, high


def field_widget(
    model: type[BaseModel],
    name: str,
    key: str,
    on_change: Callable[..., None],
    args: tuple[Any, ...],
    label: str = "",
    *,
    disabled: bool = False,
) -> None:
    """Show the widget of a field; its value lives in the session under `key`, set beforehand.

    The value is the widget's default too: what the session sets is told with the run that sets it, and never
    if the next run follows before that is sent. The browser would then show the field's own default.

    What the widget holds is to be checked by the model like any other input: a browser may send anything.

    Args:
        model: the class that declares the field.
        name: of the field.
        key: of the widget.
        on_change: called when the learner has changed it, with `args`.
        args: arguments of the callback.
        label: what stands above the widget; the field's name if left out.
        disabled: whether it is only to be seen.
    """
    field = model.model_fields[name]
    label, help_ = label or label_of(name), _sentence(field.description)
    kind = next(kind for kind in (*get_args(field.annotation), field.annotation) if kind is not NoneType)
    low, high = bounds(field)
    value = st.session_state.get(key)
    if get_origin(field.annotation) is Literal:
        options = get_args(field.annotation)
        st.selectbox(
            label,
            options,
            options.index(value) if value in options else 0,
            key=key,
            help=help_,
            on_change=on_change,
            args=args,
            disabled=disabled,
        )
    elif kind is bool:
        st.toggle(
            label,
            value is True,
            key=key,
            help=help_,
            on_change=on_change,
            args=args,
            disabled=disabled,
        )
    elif kind in (int, float):
        may_be_empty = NoneType in get_args(field.annotation)
        placeholder = "all" if may_be_empty else ""
        st.number_input(
            label,
            low,
            high,
            value=None if may_be_empty else _between(value, low, high, kind),
            step=1 if kind is int else _fine_step(key),
            format=None if kind is int else "%g",
            key=key,
            help=help_,
            placeholder=placeholder,
            on_change=on_change,
            args=args,
            disabled=disabled,
        )
    else:
        st.text_input(
            label,
            value if isinstance(value, str) else "",
            key=key,
            max_chars=40,
            help=help_,
            on_change=on_change,
            args=args,
            disabled=disabled,
        )


def _between(
    value: object, low: float | None, high: float | None, kind: type[float]
) -> float | Literal["min"]:
    """A number input's default: the value, if it is a legal number."""
    if not isinstance(value, int | float):
        return "min"
    is_legal = (low is None or low <= value) and (high is None or value <= high)
    return kind(value) if is_legal else "min"


def _fine_step(key: str) -> float:
    """A power of ten below the value: a learning rate is turned in proportion, not by fixed amounts."""
    value = st.session_state.get(key)
    return 10.0 ** floor(log10(value) - 0.01) if isinstance(value, int | float) and value > 0 else 0.001


def _sentence(description: str | None) -> str | None:
    return description and description[0].upper() + description[1:] + "."
