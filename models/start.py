"""Weights that do not start at random: vectors of words that were learned elsewhere."""

import numpy as np

from data.dataset import DataError, Dataset
from data.text import TextDataset
from models.experiment import Experiment
from models.layers import Embedding
from models.weights import Array


def start_vectors(experiment: Experiment, dataset: Dataset) -> Array | None:
    """The vectors with which an experiment's Embedding begins, or None if they are random.

    Args:
        experiment: its first layer says which.
        dataset: its vocabulary says which word each row is for.

    Returns:
        (vocabulary_size, units); not a number in rows of words that GloVe does not know, which begin at
        random.

    Raises:
        DataError: the vectors are missing, or the dataset has no words.
    """
    first = experiment.layers[0]
    if not isinstance(first, Embedding) or first.start == "random":
        return None
    if not isinstance(dataset, TextDataset):
        raise DataError("GloVe has vectors of words, but these data are no words.")
    # It brings 60 MB of libraries along, which other runs do not need.
    from models.vectors import VectorSpace  # noqa: PLC0415

    space = VectorSpace.load("glove")
    start = np.full((first.vocabulary_size, first.units), np.nan, np.float32)
    for row, word in enumerate(dataset.vocabulary.id2word):
        place = space.vocabulary.find(word)
        if place is not None:
            start[row] = space.rows[np.array([place])][0]
    return start
