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

TITLES: dict[str, str] = {
    "shapes-mlp": "MLP: 64 units see all points at once",
    "shapes-rnn": "SimpleRNN: 32 units, one point at a time",
    "shapes-gru": "GRU: 32 units with two gates",
    "shapes-lstm": "LSTM: 32 units with three gates",
}
