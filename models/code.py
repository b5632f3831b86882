"""An experiment as a Keras script, or notebook, that repeats it: as a teacher would write it by hand.

Only numbers, and words from fixed lists, become code. Free text becomes comments.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from data.dataset import DatasetInfo
from models.code_for_data import GLOVE_CODE, GLOVE_TEXT, reading_code
from models.code_for_training import training_code
from models.experiment import Experiment, Optimizer, Scaling
from models.layers import (
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    Layer,
    MaxPool2D,
    Recurrent,
    Reshape,
    Shape,
    gains_from_xla,
)

LINE = 88
"""Characters of a line, the default of today's formatters."""

PADDED_EMBEDDING = '''\
@keras.saving.register_keras_serializable(package="unroll")
class PaddedEmbedding(layers.Embedding):
    """An Embedding whose padding may have any id; Keras skips only the id 0."""

    def __init__(self, input_dim, output_dim, *, pad_id, **settings):
        super().__init__(input_dim, output_dim, **settings)
        self.pad_id = pad_id
        self.supports_masking = True

    def compute_mask(self, inputs, mask=None):
        return keras.ops.not_equal(inputs, self.pad_id)

    def get_config(self):
        return {**super().get_config(), "pad_id": self.pad_id}'''
"""`models.build.PaddedEmbedding` for a script; a `.keras` file with such a layer needs it to be loaded."""

_IMPORTS = """\
import os

# As in Unroll: numbers that are rounded otherwise can end in another network.
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=1"

import keras
import numpy as np
import pandas as pd
from keras import layers"""

_OPTIMIZERS: dict[Optimizer, str] = {"adam": "Adam", "sgd": "SGD", "rmsprop": "RMSprop"}

_SCALING: dict[Scaling, str] = {
    "unit": """\
factor = 1 / np.abs(x_train).max()
x_train, x_test = x_train * factor, x_test * factor""",
    "standard": """\
mean = float(x_train.mean(dtype="float64"))
factor = 1 / float(x_train.std(dtype="float64"))
x_train, x_test = (x_train - mean) * factor, (x_test - mean) * factor""",
}

_EVALUATION = """\
loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy: {accuracy:.4f}")"""


@dataclass(frozen=True)
class Part:
    """A cell of the notebook, or a paragraph of the script, with what is said before it."""

    title: str
    text: str
    code: str


def script(
    experiment: Experiment, info: DatasetInfo, remarks: Sequence[str] = (), *, saved: bool = False
) -> str:
    """The Python script that trains and tests the network of an experiment.

    It starts from the weights of our own run with this seed, meets the examples in the same order and rounds
    in the same way: on the same data and the same kind of computer it repeats that run, figure for figure.
    The last line of its output is like ``test accuracy: 0.9867``.

    Args:
        experiment: a checked one.
        info: the dataset it names.
        remarks: sentences for the head of the script, for instance where the data of a run came from.
        saved: read the examples from the file of `models.code_for_data.data_file`.

    Raises:
        ValueError: there is no code that reads this dataset.
    """
    head = [_title(experiment, info), *map(_one_line, remarks)]
    data, *rest = (
        f"{_comment(f'{part.title}: {part.text}')}\n{part.code}"
        for part in _parts(experiment, info, saved=saved)
    )
    first = "\n\n".join(["\n".join(map(_comment, head)), _IMPORTS, data])
    return "\n\n\n".join([first, *rest]) + "\n"


def notebook(
    experiment: Experiment, info: DatasetInfo, remarks: Sequence[str] = (), *, saved: bool = False
) -> str:
    """The same code as the text of a Jupyter notebook (format 4.5): a cell for each part, and words between.

    Arguments and errors are those of `script`.
    """
    head = [f"# {_title(experiment, info)}", *map(_one_line, remarks)]
    cells = [_cell("head", "markdown", "\n\n".join(head)), _cell("imports", "code", _IMPORTS)]
    for part in _parts(experiment, info, saved=saved):
        name = part.title.lower()
        cells.append(_cell(f"about-{name}", "markdown", f"## {part.title}\n\n{part.text}"))
        cells.append(_cell(name, "code", part.code))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1) + "\n"


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    """A cell; cells of code also say that they have not run yet."""
    not_run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source} | not_run


def keras_call(layer: Layer) -> str:
    """The Keras layer as an expression: its sizes, and what differs from Keras's own defaults."""
    match layer:
        case Reshape():
            return _call("Reshape", layer.target_shape)
        case Conv2D():
            defaults = {"strides": 1, "padding": "valid", "activation": "linear"}
            return _call("Conv2D", layer.filters, layer.kernel_size, **_changed(layer, defaults))
        case MaxPool2D():
            return _call("MaxPooling2D", layer.pool_size)
        case Flatten() | GlobalAveragePooling1D():
            return _call(layer.kind)
        case Dense():
            return _call("Dense", layer.units, **_changed(layer, {"activation": "linear"}))
        case Dropout():
            return _call("Dropout", layer.rate)
        case Embedding(pad_id=None):
            return _call("Embedding", layer.vocabulary_size, layer.units)
        case Embedding():
            size = f"{layer.vocabulary_size}, {layer.units}"
            return f"PaddedEmbedding({size}, pad_id={layer.pad_id})"
        case Recurrent():
            one = _call(layer.kind, layer.units, **_changed(layer, {"return_sequences": False}))
            return f"layers.Bidirectional({one})" if layer.bidirectional else one
    raise TypeError(f"no Keras code for {layer.kind}")


def _parts(experiment: Experiment, info: DatasetInfo, *, saved: bool) -> list[Part]:
    """The parts in the order in which they run."""
    first = experiment.layers[0]
    text, code = reading_code(info, saved=saved)
    parts = [Part("Data", text, code)]
    if experiment.scaling != "none":
        text = "The training examples set the scale, the test examples follow it."
        parts.append(Part("Scaling", text, _SCALING[experiment.scaling]))
    if any(isinstance(layer, Embedding) and layer.pad_id is not None for layer in experiment.layers):
        parts.append(Part("Padding", "Later layers shall skip it.", PADDED_EMBEDDING))
    parts.append(_network(experiment, info.input_shape))
    if isinstance(first, Embedding) and first.start == "glove":
        parts.append(Part("Vectors", GLOVE_TEXT, GLOVE_CODE))
    parts.append(Part("Training", *training_code(experiment, info)))
    parts.append(Part("Evaluation", "What share of the test examples does it get right?", _EVALUATION))
    return parts


def _network(experiment: Experiment, input_shape: Shape) -> Part:
    calls = [f"keras.Input({_literal(input_shape)})", *map(keras_call, experiment.layers)]
    lines = "\n".join(f"        {call}," for call in calls)
    optimizer = _OPTIMIZERS[experiment.optimizer]
    code = f"""\
SEED = {_literal(experiment.seed)}
keras.utils.set_random_seed(SEED)
model = keras.Sequential(
    [
{lines}
    ]
)
model.compile(
    optimizer=keras.optimizers.{optimizer}(learning_rate={_literal(experiment.learning_rate)}),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile={_literal(gains_from_xla(experiment.layers, input_shape))},
)
model.summary()"""
    return Part("Network", "The seed decides the weights that it starts from.", code)


def _changed(layer: Layer, defaults: dict[str, object]) -> dict[str, object]:
    """The fields that differ from what Keras takes when they are left out."""
    values = {name: getattr(layer, name) for name in defaults}
    return {name: value for name, value in values.items() if value != defaults[name]}


def _call(name: str, *sizes: object, **options: object) -> str:
    arguments = [*map(_literal, sizes), *(f"{key}={_literal(value)}" for key, value in options.items())]
    return f"layers.{name}({', '.join(arguments)})"


def _literal(value: object) -> str:
    """A value as Python source, as formatters write it; no field of an experiment becomes code otherwise."""
    match value:
        case bool() | int() | float():
            return repr(value)
        case str():
            return json.dumps(value)
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case tuple():
            return f"({', '.join(map(_literal, value))}{',' * (len(value) == 1)})"
    raise TypeError(f"no literal for {type(value).__name__}")


def _title(experiment: Experiment, info: DatasetInfo) -> str:
    return f"{info.title}: a network of Unroll in Keras, seed {experiment.seed}"


def _one_line(text: str) -> str:
    """Text without line breaks and other invisible signs, which could end a comment."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _comment(text: str) -> str:
    return fill(text, LINE, initial_indent="# ", subsequent_indent="# ")
