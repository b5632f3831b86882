"""Input scaling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.experiment import Scaling
from models.scaling import Scaler, fit_scaler
from models.weights import Array

inputs = arrays(np.float32, (7, 5), elements=st.floats(-1000, 1000, width=32))
quick = settings(derandomize=True, deadline=None)


@quick
@given(inputs)
def test_none_leaves_inputs_as_they_are(x: Array) -> None:
    assert np.array_equal(fit_scaler("none", x)(x), x)


@quick
@given(inputs)
def test_unit_keeps_inputs_between_minus_one_and_one(x: Array) -> None:
    scaled = fit_scaler("unit", x)(x)
    assert np.isfinite(scaled).all()
    assert np.abs(scaled).max() == pytest.approx(1.0 if x.any() else 0.0, abs=1e-6)


@quick
@given(inputs.filter(lambda x: x.std() > 0.01))
def test_standard_gives_mean_zero_and_deviation_one(x: Array) -> None:
    scaled = fit_scaler("standard", x)(x)
    room = 1e-4 * float(1 + np.abs(x).max() / x.std())  # for what float32 rounds away
    assert scaled.mean() == pytest.approx(0.0, abs=room)
    assert scaled.std() == pytest.approx(1.0, abs=room)


@pytest.mark.parametrize("value", [0.0, 3.0, -255.0])
@pytest.mark.parametrize("scaling", ["unit", "standard"])
def test_constant_inputs_stay_finite(scaling: Scaling, value: float) -> None:
    scaled = fit_scaler(scaling, np.full((4, 3), value, np.float32))(np.full(3, value))
    assert np.isfinite(scaled).all()


def test_the_training_examples_decide_for_all_others() -> None:
    scaler = fit_scaler("unit", np.array([[0.0, 255.0]]))
    assert scaler == Scaler(0.0, 1 / 255)
    assert scaler(np.array([51.0, 510.0])) == pytest.approx([0.2, 2.0])
    assert scaler(np.zeros((2, 28, 28))).dtype == np.float32
