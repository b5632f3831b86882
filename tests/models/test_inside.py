"""The inside of a network is the forward pass, arranged for drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.forward import forward, predict
from models.inside import fitted_to, look_inside, state_names
from models.layers import GRU, LSTM, AnyLayer, Dense, Dropout, Reshape, SimpleRNN, summary
from models.step_by_hand import by_hand
from models.weights import Array, Weights
from tests.models.strategies import REPEATABLE

Kind = type[SimpleRNN] | type[GRU] | type[LSTM]
KINDS: tuple[Kind, ...] = (SimpleRNN, GRU, LSTM)
OUTPUT = Dense(units=3, activation="softmax")


def network(*layers: AnyLayer, points: int = 9, seed: int = 0) -> tuple[list[AnyLayer], Weights]:
    stack: list[AnyLayer] = [Reshape(target_shape=(points, 1)), *layers, OUTPUT]
    random = np.random.default_rng(seed)
    weights = {
        f"{row.name}/{name}": random.normal(0, 0.6, shape).astype(np.float32)
        for row in summary(stack, (points,))
        for name, shape in row.weights.items()
    }
    return stack, weights


def curve(points: int = 9, seed: int = 1) -> Array:
    return np.random.default_rng(seed).random(points, np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_after_each_step_are_those_of_the_curve_cut_there(kind: Kind) -> None:
    layers, weights = network(kind(units=5), Dropout(rate=0.3), Dense(units=4))
    x = curve()
    said = look_inside(layers, weights, x).recurrent[0].probabilities
    assert said is not None
    for t in range(1, len(x) + 1):
        cut = predict(fitted_to(layers, t), weights, x[np.newaxis, :t])
        np.testing.assert_allclose(said[t - 1], cut[0], atol=1e-5)


def test_all_recurrent_layers_are_shown_and_only_the_last_can_speak() -> None:
    layers, weights = network(LSTM(units=4, return_sequences=True), GRU(units=3))
    first, second = look_inside(layers, weights, curve()).recurrent
    assert first.probabilities is None
    assert second.probabilities is not None
    assert second.inputs.shape == (9, 4)


def test_a_layer_that_reads_both_ways_cannot_speak_before_the_end() -> None:
    layers, weights = network(LSTM(units=4, bidirectional=True))
    (inside,) = look_inside(layers, weights, curve()).recurrent
    assert inside.probabilities is None
    assert set(inside.states) == set(state_names(layers[1]))


def test_states_are_those_of_the_forward_pass() -> None:
    layers, weights = network(LSTM(units=4))
    x = curve()
    inside = look_inside(layers, weights, x)
    trace = forward(layers, weights, x[np.newaxis])
    for name, values in trace.steps[1].states.items():
        np.testing.assert_array_equal(inside.recurrent[0].states[name], values[0])
    np.testing.assert_array_equal(inside.probabilities, trace.output[0])


@given(points=st.integers(1, 200))
@REPEATABLE
def test_a_recurrent_network_reads_curves_of_any_length(points: int) -> None:
    layers, weights = network(LSTM(units=3))
    inside = look_inside(layers, weights, curve(points))
    assert inside.recurrent[0].states["hidden"].shape == (points, 3)
    assert inside.probabilities.sum() == pytest.approx(1, abs=1e-5)


def test_an_mlp_refuses_another_length() -> None:
    weights = {
        "dense/kernel": np.zeros((9, 3), np.float32),
        "dense/bias": np.zeros(3, np.float32),
    }
    assert look_inside([OUTPUT], weights, curve(9)).dense is not None
    with pytest.raises(ValueError, match="each of 9 points, and there are 10"):
        look_inside([OUTPUT], weights, curve(10))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("t", [1, 2, 9])
def test_a_step_by_hand_gives_the_states_of_the_forward_pass(kind: Kind, t: int) -> None:
    layers, weights = network(kind(units=5))
    (inside,) = look_inside(layers, weights, curve()).recurrent
    lines = by_hand(inside, weights, t, unit=2)
    assert lines[-1].name == "hidden state"
    assert lines[-1].value == pytest.approx(float(inside.states["hidden"][t - 1, 1]), abs=1e-6)
    for line in lines:
        assert _computed(line.numbers) == pytest.approx(line.value, abs=5e-3), line


def _computed(numbers: str) -> float:
    """What a learner gets who types the numbers of a line into a calculator; they have three decimals."""
    text = numbers.replace("−", "-").replace("·", "*")
    names = {"σ": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh}
    total, rest = _sum(text.replace(" ", ""), names)
    assert rest == ""
    return total


def _sum(text: str, names: dict[str, object]) -> tuple[float, str]:
    value, text = _product(text, names)
    while text.startswith("+"):
        more, text = _product(text[1:], names)
        value += more
    return value, text


def _product(text: str, names: dict[str, object]) -> tuple[float, str]:
    value, text = _factor(text, names)
    while text.startswith("*"):
        more, text = _factor(text[1:], names)
        value *= more
    return value, text


def _factor(text: str, names: dict[str, object]) -> tuple[float, str]:
    for name, function in names.items():
        if text.startswith(name + "("):
            value, rest = _sum(text[len(name) + 1 :], names)
            assert callable(function)
            return float(function(value)), rest.removeprefix(")")
    if text.startswith("("):
        value, rest = _sum(text[1:], names)
        return value, rest.removeprefix(")")
    end = next((i for i, c in enumerate(text) if i and c not in "0123456789."), len(text))
    return float(text[:end]), text[end:]
