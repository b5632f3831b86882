"""Vectors that do not start at random."""

import models.backend  # noqa: F401, I001  # must come before Keras
from typing import cast

import numpy as np
import pytest
from pydantic import ValidationError

import data
from data.dataset import DataError
from data.text import TextDataset
from models.build import initial_weights
from models.events import Snapshot
from models.layers import Embedding
from models.presets import PRESETS
from models.start import start_vectors
from models.train import train
from models.vectors import VectorSpace
from tests.models.examples import curves

GLOVE = PRESETS["sst2-glove"]


def test_known_words_start_with_their_vectors_and_others_at_random() -> None:
    dataset = cast(TextDataset, data.load("sst2"))
    vectors = start_vectors(GLOVE, dataset)
    assert vectors is not None
    great = dataset.vocabulary.word2id["great"]
    np.testing.assert_allclose(vectors[great], VectorSpace.load("glove").vector("great"), rtol=1e-6)
    assert np.isnan(vectors[dataset.vocabulary.oov_id]).all()
    known = ~np.isnan(vectors).any(axis=1)
    assert known.mean() > 0.9
    small = GLOVE.model_copy(update={"examples": 50, "epochs": 1})
    first = next(event for event in train(small, dataset) if isinstance(event, Snapshot))
    started = first.weights["embedding/embeddings"]
    np.testing.assert_array_equal(started[known], vectors[known])
    random = initial_weights(GLOVE.layers, (55,), small.seed)["embedding/embeddings"]
    np.testing.assert_array_equal(started[~known], random[~known])


def test_other_experiments_start_at_random() -> None:
    assert start_vectors(PRESETS["sst2-lstm"], data.load("sst2")) is None


def test_what_is_no_text_has_no_vectors() -> None:
    with pytest.raises(DataError, match="no words"):
        start_vectors(GLOVE, curves())


def test_glove_decides_the_size() -> None:
    with pytest.raises(ValidationError, match="set units to 50"):
        Embedding(vocabulary_size=10, units=32, start="glove")
