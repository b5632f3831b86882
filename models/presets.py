"""The experiments that the labs start from."""

from models.experiment import Experiment
from models.layers import GRU, LSTM, AnyLayer, Dense, Reshape, SimpleRNN


def _shapes(*layers: AnyLayer) -> Experiment:
    """The course's settings for curves: Adam with Keras defaults, 10 epochs, batches of 20."""
    output = Dense(units=3, activation="softmax")
    return Experiment(dataset="shapes", layers=(*layers, output), epochs=10, batch_size=20)


_AS_SEQUENCE = Reshape(target_shape=(55, 1))

PRESETS: dict[str, Experiment] = {
    "shapes-mlp": _shapes(Dense(units=64, activation="relu")),
    "shapes-rnn": _shapes(_AS_SEQUENCE, SimpleRNN(units=32)),
    "shapes-gru": _shapes(_AS_SEQUENCE, GRU(units=32)),
    "shapes-lstm": _shapes(_AS_SEQUENCE, LSTM(units=32)),
}

TITLES: dict[str, tuple[str, str]] = {
    "shapes-mlp": (
        "MLP with 64 units",
        "Weighs each position on its own. A shape at another place is a new problem to it.",
    ),
    "shapes-rnn": (
        "SimpleRNN with 32 units",
        "Reads point by point, with a state that is written anew at each step. It forgets fast.",
    ),
    "shapes-gru": (
        "GRU with 32 units",
        "Reads point by point. Two gates decide how much of the state is kept.",
    ),
    "shapes-lstm": (
        "LSTM with 32 units",
        "Reads point by point. Three gates guard a memory, so the place of a shape hardly matters.",
    ),
}
"""A name for each preset, and what to expect of it."""
