"""A CNN by a few numbers, above the list of its layers."""

import streamlit as st
from pydantic import ValidationError

from app.ui.controls import Controls
from app.ui.fields import field_widget
from app.ui.session import lab
from models.stacks import CNN, cnn_of


def cnn_controls(controls: Controls) -> None:
    """Kernel size, filters, convolutions, pooling and activation; each change makes the layers anew."""
    info = lab().dataset(controls.experiment.dataset).info
    cnn = cnn_of(controls.experiment.layers, info.input_shape, len(info.classes))
    with st.container(border=True, key="cnn"):
        st.markdown("##### A CNN by a few numbers")
        if cnn is None:
            st.caption("The layers below are of another kind; a change here replaces them.")
        cnn = cnn or CNN()
        for names in (("kernel_size", "filters"), ("convolutions", "activation"), ("pooling",)):
            for column, name in zip(st.columns(2), names, strict=False):
                key = f"cnn.{name}"
                st.session_state[key] = getattr(cnn, name)
                with column:
                    field_widget(CNN, name, key, _change, (controls, name, key))


def _change(controls: Controls, name: str, key: str) -> None:
    """Make the layers of the changed numbers; what a browser sends is checked by the model."""
    if key not in st.session_state:
        return
    info = lab().dataset(controls.experiment.dataset).info
    cnn = cnn_of(controls.experiment.layers, info.input_shape, len(info.classes)) or CNN()
    try:
        changed = CNN(**(dict(cnn) | {name: st.session_state[key]}))
    except ValidationError:
        return  # the widget goes back to what was
    controls.take_layers(changed.layers(info.input_shape, len(info.classes)))
