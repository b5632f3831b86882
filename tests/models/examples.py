"""Small datasets, made in a moment, for tests that train."""

import numpy as np

from data.dataset import Dataset, DatasetInfo, Source
from data.shapes import INFO, generate
from models.weights import Array

MADE_HERE = Source("generator", "Made for a test.")

VOCABULARY = 20
PAD = 3
"""The id of the padding; not 0, which Keras would mask by itself."""


def _dataset(info: DatasetInfo, x: Array, y: Array) -> Dataset:
    """The first `train_size` examples for training, the rest for testing."""
    n = info.train_size
    x, y = x.astype(np.float32), y.astype(np.int32)
    return Dataset(info, x[:n], y[:n], x[n:], y[n:], MADE_HERE)


def curves(train: int = 250, test: int = 60) -> Dataset:
    """Curves as in the course; with batches of 20 the last one of an epoch is smaller."""
    info = DatasetInfo(f"curves-{train}", "Curves", INFO.input_shape, INFO.classes, train, test)
    return _dataset(info, *generate(train + test, seed=7))


def images(train: int = 250, test: int = 60) -> Dataset:
    """Images of 12×12 with one bright square; the class says whether it stands on the left."""
    random = np.random.default_rng(0)
    x = random.uniform(0, 0.3, (train + test, 12, 12, 1))
    rows, columns = random.integers(0, 9, (2, train + test))
    for image, row, column in zip(x, rows, columns, strict=True):
        image[row : row + 3, column : column + 3] += 0.7
    info = DatasetInfo("images", "Images", (12, 12, 1), ("right", "left"), train, test)
    return _dataset(info, x, columns < 5)


def sentences(train: int = 250, test: int = 60) -> Dataset:
    """Word ids with padding behind them; the class says whether the word 5 occurs."""
    random = np.random.default_rng(0)
    x = random.integers(4, VOCABULARY, (train + test, 10))
    x[np.arange(10) >= random.integers(3, 11, train + test)[:, None]] = PAD
    info = DatasetInfo("sentences", "Sentences", (10,), ("no", "yes"), train, test, VOCABULARY)
    return _dataset(info, x, (x == 5).any(axis=1))
