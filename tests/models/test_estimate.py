"""The estimate of training time: it need not be exact, but must move the way the time does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from models.estimate import Estimate, estimate
from models.experiment import Experiment, check
from models.layers import LSTM, Dense, Reshape
from models.presets import PRESETS

INFO = data.describe("shapes")


def of(experiment: Experiment, calibration: float = 1.0) -> Estimate:
    return estimate(experiment, check(experiment, INFO), INFO.train_size, calibration)


def lstm(units: int = 32, layers: int = 1, bidirectional: bool = False) -> Experiment:
    inner = [LSTM(units=units, bidirectional=bidirectional, return_sequences=True) for _ in range(layers - 1)]
    last = LSTM(units=units, bidirectional=bidirectional)
    output = Dense(units=3, activation="softmax")
    return Experiment(dataset="shapes", layers=(Reshape(target_shape=(55, 1)), *inner, last, output))


@pytest.mark.parametrize(("name", "least", "most"), [("shapes-mlp", 0.01, 0.5), ("shapes-lstm", 0.3, 3.0)])
def test_presets_take_about_what_was_measured(name: str, least: float, most: float) -> None:
    assert least < of(PRESETS[name]).training < most


def test_a_larger_experiment_takes_longer() -> None:
    base = lstm()
    assert of(base).training < of(lstm(units=128)).training
    assert of(base).training < of(lstm(layers=2)).training
    assert of(base).training < of(lstm(bidirectional=True)).training
    assert of(base).compiling < of(lstm(layers=2)).compiling
    assert of(PRESETS["shapes-mlp"]).compiling < of(base).compiling


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 50), st.integers(1, 512), st.integers(1, 1_200))
def test_time_is_in_proportion_to_the_epochs(epochs: int, batch_size: int, examples: int) -> None:
    changes = {"batch_size": batch_size, "examples": examples, "epochs": 1}
    one = lstm().model_copy(update=changes)
    many = one.model_copy(update={"epochs": epochs})
    assert of(many).training == pytest.approx(epochs * of(one).training)
    assert of(many).compiling == of(one).compiling
    assert of(one).training > 0


def test_fewer_examples_and_larger_batches_take_less_time() -> None:
    base = lstm()
    assert of(base.model_copy(update={"examples": 600})).training == pytest.approx(of(base).training / 2)
    assert of(base.model_copy(update={"batch_size": 100})).training < of(base).training


def test_calibration_scales_the_training_alone() -> None:
    plain, slow = of(lstm()), of(lstm(), calibration=3.0)
    assert slow.training == pytest.approx(3 * plain.training)
    assert slow.compiling == plain.compiling
