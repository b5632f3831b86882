"""An experiment in an address and back; and what strangers write there."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.links import FIELDS, from_query, to_query
from models.experiment import Experiment
from models.layers import MAX_TEXT, Dense, format_layers
from models.presets import PRESETS
from tests.models.strategies import REPEATABLE, any_layer

DEFAULT = "shapes-lstm"
SHAPES = (DEFAULT, "shapes-mlp", "shapes-gru", "shapes-rnn")
PRESET_NAMES = st.sampled_from(SHAPES)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment on curves; its layers need not fit one another."""
    layers = tuple(draw(st.lists(any_layer(), min_size=1, max_size=12)))
    assume(len(format_layers(layers)) <= MAX_TEXT)
    values: dict[str, st.SearchStrategy[Any]] = {
        "epochs": st.integers(1, 50),
        "batch_size": st.integers(1, 512),
        "learning_rate": st.floats(1e-6, 1.0),
        "optimizer": st.sampled_from(["adam", "sgd", "rmsprop"]),
        "seed": st.integers(0, 2**31 - 1),
        "examples": st.none() | st.integers(1, 1_000_000),
        "scaling": st.sampled_from(["none", "unit", "standard"]),
    }
    try:
        return Experiment(
            dataset="shapes", layers=layers, **{name: draw(some) for name, some in values.items()}
        )
    except ValidationError:
        assume(False)  # an Embedding whose ids would be scaled
        raise


@REPEATABLE
@given(PRESET_NAMES, experiments())
def test_there_and_back(preset: str, experiment: Experiment) -> None:
    query = to_query(preset, experiment)
    assert from_query(query, SHAPES) == (preset, experiment, [])


@given(PRESET_NAMES)
@REPEATABLE
def test_a_preset_needs_only_its_name(preset: str) -> None:
    assert to_query(preset, PRESETS[preset]) == {"preset": preset}
    assert from_query({"preset": preset}, SHAPES) == (preset, PRESETS[preset], [])
    assert from_query({}, [preset]) == (preset, PRESETS[preset], [])


def test_an_address_written_by_hand() -> None:
    query = {
        "preset": "shapes-mlp",
        "layers": "Dense(units=8); Dense(units=3, activation=softmax)",
        "rate": "1e-2",
        "part": "Train",
        "run": "abc",
    }
    preset, experiment, problems = from_query(query, SHAPES)
    assert (preset, problems) == ("shapes-mlp", [])
    assert experiment.layers == (Dense(units=8), Dense(units=3, activation="softmax"))
    assert experiment.learning_rate == 0.01
    assert experiment.epochs == PRESETS["shapes-mlp"].epochs


GARBAGE = st.text() | st.text("0123456789.-+eE,;()= aunits", max_size=30) | st.sampled_from(
    ["nan", "-inf", "1e9", "9" * 5_000, "", "all", "None", "true", "__import__('os')", "Dense(units=9e9)"]
)  # fmt: skip


@REPEATABLE
@given(st.dictionaries(st.sampled_from(["preset", *FIELDS]) | st.text(max_size=5), GARBAGE))
def test_garbage_never_raises_and_is_said_in_sentences(query: dict[str, str]) -> None:
    preset, experiment, problems = from_query(query, SHAPES)
    assert preset in PRESETS
    assert from_query(to_query(preset, experiment), SHAPES) == (preset, experiment, [])
    assert len(problems) <= len([name for name in query if name == "preset" or name in FIELDS])
    for sentence in problems:
        assert sentence.endswith(".")
        assert len(sentence) < 500


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epochs", "0"),
        ("epochs", "1000000000"),
        ("epochs", "1e9"),
        ("epochs", ""),
        ("batch", "-3"),
        ("rate", "nan"),
        ("rate", "inf"),
        ("rate", "0"),
        ("optimizer", "Adam "),
        ("seed", "1.5"),
        ("seed", str(2**31)),
        ("examples", "0"),
        ("scaling", "double"),
        ("layers", ""),
        ("layers", "LSTM"),
        ("layers", "LSTM(units=0)"),
        ("layers", "Lambda(function=open)"),
        ("layers", "LSTM(units=1)" * 1_000),
    ],
)
def test_what_cannot_be_used_is_named_and_left_at_the_presets_value(name: str, text: str) -> None:
    query = {"preset": "shapes-gru", name: text, "seed": "7"} | {name: text}
    _, experiment, problems = from_query(query, SHAPES)
    (problem,) = problems
    assert problem.startswith(name)
    expected = PRESETS["shapes-gru"]
    assert getattr(experiment, FIELDS[name]) == getattr(expected, FIELDS[name])
    assert experiment.seed == (0 if name == "seed" else 7), "one bad field must not spoil the others"


@pytest.mark.parametrize("preset", ["nothing", "", "SHAPES-LSTM", "../shapes-lstm", "x" * 100_000])
def test_an_unknown_preset_is_said_briefly(preset: str) -> None:
    name, experiment, problems = from_query({"preset": preset, "epochs": "3"}, SHAPES)
    assert (name, experiment.epochs) == (DEFAULT, 3)
    assert len(problems) == 1
    assert len(problems[0]) < 200
