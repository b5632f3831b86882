import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import data
from app import export
from app.export import BUSY, FAILED, ExportError, keras_file
from app.runs.run import Run
from data.dataset import DatasetInfo
from models.code import PADDED_EMBEDDING
from models.experiment import Experiment, ExperimentError
from models.export import keras_bytes, read_request
from models.forward import predict
from models.layers import LSTM, Dense, Embedding, Reshape
from models.presets import PRESETS
from models.weights import Array, to_bytes
from tests.models.strategies import inputs_for, weights_for

# Keras asks NumPy in an old way when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CURVES = PRESETS["shapes-lstm"]
WEIGHTS = weights_for(CURVES.layers, (55,), seed=1)
RUN = Run(owner="someone", experiment=CURVES, parameters=4451, steps=600, steps_per_epoch=60)

SENTENCES = DatasetInfo("sentences", "Sentences", (6,), ("no", "yes"), 10, 10, 9)
WORDS = Experiment(
    dataset="sentences",
    layers=(
        Embedding(vocabulary_size=9, units=4, pad_id=5),
        LSTM(units=3, bidirectional=True),
        Dense(units=2, activation="softmax"),
    ),
)

LOAD = f"""
import sys

import keras
import numpy as np
from keras import layers

{PADDED_EMBEDDING}


model = keras.saving.load_model(sys.argv[1])
np.save(sys.argv[3], model.predict(np.load(sys.argv[2]), verbose=0))
print(model.optimizer.name, float(model.optimizer.learning_rate))
"""


def loaded_elsewhere(file: bytes, x: Array, folder: Path) -> tuple[Array, str]:
    """What a process that knows nothing of Unroll predicts with a file, and what it prints."""
    (folder / "model.keras").write_bytes(file)
    np.save(folder / "x.npy", x)
    # A warning would worry a learner; those of old ways of asking NumPy nobody sees.
    command = [sys.executable, "-W", "error::UserWarning", "-c", LOAD, "model.keras", "x.npy", "y.npy"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return np.load(folder / "y.npy"), done.stdout


@pytest.mark.slow
def test_the_file_of_a_run_predicts_elsewhere_what_we_predict(tmp_path: Path) -> None:
    x = data.load("shapes").x_test[:50]
    theirs, said = loaded_elsewhere(keras_file(RUN, WEIGHTS), x, tmp_path)
    np.testing.assert_allclose(theirs, predict(CURVES.layers, WEIGHTS, x), atol=1e-5)
    assert said.startswith("adam 0.001")


@pytest.mark.slow
def test_padding_is_skipped_elsewhere_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "describe", lambda _: SENTENCES)
    weights = weights_for(WORDS.layers, (6,), seed=2)
    x = inputs_for(WORDS.layers, (6,), seed=3)
    assert (x == 5).any()
    theirs, _ = loaded_elsewhere(keras_bytes(WORDS, weights), x, tmp_path)
    np.testing.assert_allclose(theirs, predict(WORDS.layers, weights, x), atol=1e-5)


def test_a_request_is_read_as_it_was_meant() -> None:
    request = CURVES.model_dump_json().encode() + b"\n" + to_bytes(WEIGHTS)
    experiment, weights = read_request(request)
    assert experiment == CURVES
    assert weights.keys() == WEIGHTS.keys()
    for name, array in WEIGHTS.items():
        np.testing.assert_array_equal(weights[name], array)


@pytest.mark.parametrize(
    "request_", [b"", b"\n", b"{}\n", b"import os", CURVES.model_dump_json().encode() + b"\nx"]
)
def test_what_is_no_request_is_refused(request_: bytes) -> None:
    with pytest.raises(ValueError, match=r"Invalid JSON|Field required|stored weights"):
        read_request(request_)


def test_weights_of_another_network_and_illegal_experiments_are_refused() -> None:
    with pytest.raises(ValueError, match="lstm/kernel"):
        keras_bytes(PRESETS["shapes-mlp"], WEIGHTS)
    huge = Dense(units=1024)
    layers = (Reshape(target_shape=(55,)), huge, huge, huge, Dense(units=3, activation="softmax"))
    with pytest.raises(ExperimentError, match="parameters"):
        keras_bytes(Experiment(dataset="shapes", layers=layers), WEIGHTS)


# What a learner is told


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@pytest.mark.parametrize(
    "command", [python("raise SystemExit(1)"), python("pass"), ("/no/such/program",)], ids=str
)
def test_a_failure_is_told_in_a_sentence(command: tuple[str, ...]) -> None:
    with pytest.raises(ExportError, match=FAILED):
        keras_file(RUN, WEIGHTS, command=command)


def test_what_takes_too_long_is_given_up_and_the_next_can_go_on() -> None:
    with pytest.raises(ExportError, match="longer than"):
        keras_file(RUN, WEIGHTS, seconds=0.6, command=python("import time; time.sleep(60)"))
    echo = python("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())")
    sent = keras_file(RUN, WEIGHTS, command=echo)
    assert read_request(sent)[0] == CURVES


def test_one_file_is_made_at_a_time() -> None:
    with export._TURN, pytest.raises(ExportError, match=BUSY):
        keras_file(RUN, WEIGHTS, seconds=0.05, command=python("pass"))
