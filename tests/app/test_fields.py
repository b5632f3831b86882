"""Widgets made from declared fields."""

from types import NoneType
from typing import Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element

from app.ui.fields import bounds, label_of
from models.experiment import Experiment
from models.layers import KINDS, Dense, Embedding

pytestmark = pytest.mark.usefixtures("quick_app_tests")

MODELS: dict[str, type[BaseModel]] = {"Experiment": Experiment, **KINDS}
EXTRA = {"dataset", "layers", "kind"}
"""Fields that have no widget."""

DEFAULTS: dict[str, object] = {"target_shape": "55x1", "vocabulary_size": 10}
NAMES = {kind: [name for name in model.model_fields if name not in EXTRA] for kind, model in MODELS.items()}


def script(kind: str, values: dict[str, object]) -> None:
    """A page with the widgets of some fields; each has its field's name as key."""
    import streamlit as st  # noqa: PLC0415  # this function is run as a script of its own

    from app.ui.fields import field_widget  # noqa: PLC0415
    from models.experiment import Experiment  # noqa: PLC0415
    from models.layers import KINDS  # noqa: PLC0415

    def note(key: str) -> None:
        st.session_state["noted"] = (key, st.session_state[key])

    model = Experiment if kind == "Experiment" else KINDS[kind]
    for name, value in values.items():
        st.session_state.setdefault(name, value)
        field_widget(model, name, name, note, (name,))


def show(kind: str, **values: object) -> AppTest:
    """The page for some fields of a class; for all, at their defaults, if none is given."""
    fields = MODELS[kind].model_fields
    values = values or {name: DEFAULTS.get(name, fields[name].default) for name in NAMES[kind]}
    app = AppTest.from_function(script, kwargs={"kind": kind, "values": values})
    app.run(timeout=30)
    assert not app.exception
    return app


def by_key(app: AppTest, key: str) -> Element:
    """A widget."""
    element = app.get_by_key(key)
    assert isinstance(element, Element)
    return element


@pytest.mark.parametrize("kind", [kind for kind, names in NAMES.items() if names])
def test_every_field_has_a_widget_with_its_range_and_default(kind: str) -> None:
    app = show(kind)
    for name in NAMES[kind]:
        field = MODELS[kind].model_fields[name]
        types = get_args(field.annotation) or (field.annotation,)
        widget = by_key(app, name)
        assert widget.label == label_of(name)
        assert str(widget.help).endswith(".")
        if get_origin(field.annotation) is Literal:
            assert widget.type == "selectbox"
            assert widget.options == list(types)
        elif bool in types:
            assert widget.type == "toggle"
        elif int in types or float in types:
            assert widget.type == "number_input"
            assert (widget.min, widget.max) == bounds(field)
        else:
            assert widget.type == "text_input"
        assert widget.value == DEFAULTS.get(name, field.default)


def test_a_change_is_told_when_it_is_in_the_session() -> None:
    app = show("Experiment")
    by_key(app, "epochs").set_value(7).run()
    assert app.session_state["noted"] == ("epochs", 7)


@pytest.mark.parametrize(("kind", "name"), [("Experiment", "examples"), ("Embedding", "pad_id")])
def test_what_may_be_left_out_may_be_empty(kind: str, name: str) -> None:
    assert NoneType in get_args(MODELS[kind].model_fields[name].annotation)
    app = show(kind)
    assert by_key(app, name).value is None
    by_key(app, name).set_value(5).run()
    by_key(app, name).set_value(None).run()
    assert not app.exception
    assert app.session_state["noted"] == (name, None)


@pytest.mark.parametrize(("rate", "step"), [(0.001, 0.0001), (0.0015, 0.001), (0.05, 0.01), (1.0, 0.1)])
def test_a_learning_rate_is_turned_in_proportion(rate: float, step: float) -> None:
    app = show("Experiment", learning_rate=rate)
    assert by_key(app, "learning_rate").step == pytest.approx(step)


def test_bounds() -> None:
    assert bounds(Experiment.model_fields["epochs"]) == (1, 50)
    assert bounds(Dense.model_fields["activation"]) == (None, None)
    low, high = bounds(Embedding.model_fields["pad_id"])
    assert (low, high) == (0, 49_999)


def test_labels() -> None:
    assert label_of("epochs") == "Epochs"
    assert label_of("return_sequences") == "Return sequences"
