"""Small vector spaces for tests, and GloVe in gensim's hands."""

from functools import cache

import numpy as np
from gensim.models import KeyedVectors  # type: ignore[import-untyped]  # no type information

from models.vectors import VectorSpace
from models.vocabulary import Vocabulary
from models.weights import Array


def random_vectors(words: int = 200, size: int = 8, seed: int = 0) -> Array:
    """Float32, shape (words, size); around a mean that is not zero, as real ones are."""
    return np.random.default_rng(seed).normal(0.3, 1, (words, size)).astype(np.float32)


def random_space(words: int = 200, size: int = 8, seed: int = 0) -> VectorSpace:
    """Words named w0, w1, ... with random vectors."""
    return VectorSpace("random", [f"w{number}" for number in range(words)], random_vectors(words, size, seed))


def first_of_glove(words: int) -> VectorSpace:
    """The most frequent words of GloVe as a space of their own."""
    glove = VectorSpace.load("glove")
    return VectorSpace(
        f"GloVe {words:,}", Vocabulary(glove.vocabulary.array[:words].copy()), glove.rows.matrix[:words]
    )


@cache
def in_gensim(space: VectorSpace) -> KeyedVectors:
    """The same words and vectors."""
    vectors = KeyedVectors(space.size)
    vectors.add_vectors(list(space.vocabulary), np.ascontiguousarray(space.rows.matrix))
    vectors.fill_norms()
    return vectors
