"""The experiments that the labs start from."""

from models.experiment import Experiment
from models.layers import (
    GRU,
    LSTM,
    AnyLayer,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    MaxPool2D,
    Reshape,
    SimpleRNN,
)


def _shapes(*layers: AnyLayer) -> Experiment:
    """The course's settings for curves: Adam with Keras defaults, 10 epochs, batches of 20."""
    output = Dense(units=3, activation="softmax")
    return Experiment(dataset="shapes", layers=(*layers, output), epochs=10, batch_size=20)


_AS_SEQUENCE = Reshape(target_shape=(55, 1))


def _mnist(*layers: AnyLayer, dataset: str = "mnist") -> Experiment:
    """The course's settings for digits: Adam, 2 epochs, batches of 20, pixels from 0 to 255."""
    output = Dense(units=10, activation="softmax")
    return Experiment(dataset=dataset, layers=(*layers, Flatten(), output), epochs=2, batch_size=20)


_AS_IMAGE = Reshape(target_shape=(28, 28, 1))


def _two_convolutions(kernel_size: int) -> tuple[AnyLayer, ...]:
    """The course's CNN."""
    return (
        _AS_IMAGE,
        Conv2D(filters=32, kernel_size=kernel_size, activation="relu"),
        MaxPool2D(pool_size=2),
        Conv2D(filters=64, kernel_size=kernel_size, activation="relu"),
        MaxPool2D(pool_size=2),
    )


WORDS, PAD_ID = 4823, 6
"""Of the movie reviews: size of the vocabulary, and the id of the padding."""


def _sst2(
    *layers: AnyLayer, mask: bool = True, epochs: int, batch_size: int, validation: int = 0
) -> Experiment:
    """Movie reviews: an embedding of 32 numbers a word, and two classes."""
    embedding = Embedding(vocabulary_size=WORDS, units=32, pad_id=PAD_ID if mask else None)
    output = Dense(units=2, activation="softmax")
    return Experiment(
        dataset="sst2",
        layers=(embedding, *layers, output),
        epochs=epochs,
        batch_size=batch_size,
        validation=validation,
    )


PRESETS: dict[str, Experiment] = {
    "shapes-mlp": _shapes(Dense(units=64, activation="relu")),
    "shapes-rnn": _shapes(_AS_SEQUENCE, SimpleRNN(units=32)),
    "shapes-gru": _shapes(_AS_SEQUENCE, GRU(units=32)),
    "shapes-lstm": _shapes(_AS_SEQUENCE, LSTM(units=32)),
    "mnist-3x3": _mnist(*_two_convolutions(3)),
    "mnist-1x1": _mnist(*_two_convolutions(1)),
    "mnist-28x28": _mnist(_AS_IMAGE, Conv2D(filters=32, kernel_size=28, activation="relu")),
    "mnist-mlp": Experiment(
        dataset="mnist",
        layers=(Flatten(), Dense(units=64, activation="relu"), Dense(units=10, activation="softmax")),
        epochs=2,
        batch_size=20,
    ),
    "mnist-shuffled": _mnist(*_two_convolutions(3), dataset="mnist-shuffled"),
    "sst2-lstm": _sst2(LSTM(units=32), Dropout(rate=0.3), epochs=3, batch_size=50, validation=5),
    "sst2-lstm-course": _sst2(LSTM(units=32), mask=False, epochs=6, batch_size=150),
    "sst2-gru": _sst2(GRU(units=32), Dropout(rate=0.3), epochs=2, batch_size=50),
    "sst2-glove": Experiment(
        dataset="sst2",
        layers=(
            Embedding(vocabulary_size=WORDS, units=50, pad_id=PAD_ID, start="glove"),
            LSTM(units=32, bidirectional=True),
            Dropout(rate=0.5),
            Dense(units=2, activation="softmax"),
        ),
        epochs=2,
        batch_size=50,
        learning_rate=0.002,
    ),
    "sst2-average": _sst2(GlobalAveragePooling1D(), epochs=7, batch_size=50),
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
    "sst2-lstm": (
        "LSTM that skips the padding",
        "Reads word by word and stops at the last one. Dropout keeps it from learning reviews by heart.",
    ),
    "sst2-lstm-course": (
        "LSTM as in the course",
        "Reads the padding too: some 35 steps of nothing after the last word. How it ends depends on luck.",
    ),
    "sst2-gru": (
        "GRU that skips the padding",
        "Two gates instead of three, and about as good.",
    ),
    "sst2-glove": (
        "LSTM both ways, words from GloVe",
        "Its words start with vectors learned from 6 billion words, and it reads from both ends.",
    ),
    "sst2-average": (
        "Average of the words",
        "Adds up the words' vectors and knows nothing of their order. Hard to beat all the same.",
    ),
    "mnist-3x3": (
        "CNN with 3×3 kernels",
        "Two layers of small kernels: strokes first, then parts of digits made of strokes.",
    ),
    "mnist-1x1": (
        "CNN with 1×1 kernels",
        "The same network, but each kernel sees a single pixel: no strokes, no corners.",
    ),
    "mnist-28x28": (
        "CNN with 28×28 kernels",
        "Each kernel covers the whole image once: a template of a digit, at one place only.",
    ),
    "mnist-mlp": (
        "MLP with 64 units",
        "Weighs each pixel on its own. It does not know which pixels are neighbours.",
    ),
    "mnist-shuffled": (
        "3×3 kernels on shuffled pixels",
        "The same CNN where neighbours no longer belong together: what was its advantage?",
    ),
}
"""A name for each preset, and what to expect of it."""


def presets_to_warm(which: str) -> list[Experiment]:
    """The presets that an idle worker compiles.

    Args:
        which: their names with commas between them, in this order; 0: none; empty: all of them.

    Raises:
        ValueError: a name is not that of a preset.
    """
    names = [name.strip() for name in which.split(",") if name.strip()]
    if names == ["0"]:
        return []
    if unknown := [name for name in names if name not in PRESETS]:
        known = ", ".join(PRESETS)
        raise ValueError(f"There is no preset {unknown[0]!r}. There are: {known}; 0 is for none.")
    return [PRESETS[name] for name in names or PRESETS]
