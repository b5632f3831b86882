"""From a run's weights to a `.keras` file: ``python -m models.export < request > model.keras``.

It is a process of its own, started for one file, since the server must not import Keras. A request is the
experiment as JSON in one line, and after it the weights as safetensors.
"""

import models.backend  # noqa: F401, I001  # must come before Keras
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import data
from models.build import build, set_weights
from models.experiment import Experiment, check
from models.program import OPTIMIZERS
from models.weights import Array, from_bytes


def read_request(request: bytes) -> tuple[Experiment, dict[str, Array]]:
    """The experiment and the weights of a request.

    Raises:
        ValueError: the bytes are no request.
    """
    experiment, _, weights = request.partition(b"\n")
    return Experiment.model_validate_json(experiment), from_bytes(weights)


def keras_bytes(experiment: Experiment, weights: Mapping[str, Array]) -> bytes:
    """The `.keras` file of a network, compiled, so that it can be tested and trained on where it is loaded.

    Args:
        experiment: the layers, and the dataset whose examples are the input.
        weights: named as in the summary of the layers.

    Raises:
        ValueError: the experiment is not legal, or the weights belong to another network.
    """
    info = data.describe(experiment.dataset)
    check(experiment, info)
    model = build(experiment.layers, info.input_shape)
    set_weights(model, weights)
    model.compile(
        optimizer=OPTIMIZERS[experiment.optimizer](learning_rate=experiment.learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)  # else Keras warns when the file is loaded
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def main() -> None:
    """Answer the request on standard input."""
    with os.fdopen(os.dup(1), "wb") as answer:
        os.dup2(2, 1)  # whatever libraries print must not get into the file
        answer.write(keras_bytes(*read_request(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
