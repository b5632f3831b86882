"""How long questions to 400,000 word vectors take: beside gensim in the same run, and beside the targets."""

from collections.abc import Callable
from functools import cache
from statistics import median
from timeit import repeat

import numpy as np
from gensim.models import KeyedVectors  # type: ignore[import-untyped]  # no type information

from models.faithfulness import compare, true_neighbours
from models.projection import fit_pca
from models.vectors import VectorSpace
from tests.bench.measure import Bench, Row

QUERY = 0.025
ALL_COMPONENTS = 1.0
FAITHFULNESS = 1.0
"""Targets, seconds."""

QUERIES = 100
"""Different words, of which each side is asked in turn: a busy spell of the machine meets both."""


@cache
def glove() -> VectorSpace:
    return VectorSpace.load("glove")


@cache
def peer() -> KeyedVectors:
    vectors = KeyedVectors(glove().size)
    vectors.add_vectors(list(glove().vocabulary), np.ascontiguousarray(glove().rows.matrix))
    vectors.fill_norms()
    return vectors


@cache
def words() -> list[str]:
    numbers = np.random.default_rng(0).integers(0, len(glove()), QUERIES)
    return [glove().vocabulary[int(number)] for number in numbers]


def once(action: Callable[[], object]) -> float:
    return repeat(action, number=1, repeat=1)[0]


@cache
def queries() -> tuple[float, float]:
    """Medians for one query: ours and gensim's."""
    glove().neighbours("king")
    peer().most_similar("king")
    ours, theirs = [], []
    for word in words():
        theirs.append(once(lambda word=word: peer().most_similar(word, topn=10)))  # type: ignore[misc]
        ours.append(once(lambda word=word: glove().neighbours(word, 10)))  # type: ignore[misc]
    return median(ours), median(theirs)


def query(name: str) -> Row:
    ours, _ = queries()
    return Row(name, ours, QUERY, QUERY / ours, at_least=1)


def query_beside_gensim(name: str) -> Row:
    ours, theirs = queries()
    return Row(name, ours, theirs, theirs / ours, at_least=1)


def components(name: str) -> Row:
    glove().neighbours("king")
    ours = median(repeat(lambda: fit_pca(glove()), number=1, repeat=5))
    return Row(name, ours, ALL_COMPONENTS, ALL_COMPONENTS / ours, at_least=1)


def faithfulness(name: str) -> Row:
    rows = glove().rows[:10_000]
    screen = fit_pca(glove()).project(rows)
    true = true_neighbours(rows)
    ours = median(repeat(lambda: compare(true, screen), number=1, repeat=5))
    return Row(name, ours, FAITHFULNESS, FAITHFULNESS / ours, at_least=1)


BENCHES = [
    Bench("vectors: neighbours, target / ours (s)", query),
    Bench("vectors: neighbours, gensim / ours (s)", query_beside_gensim),
    Bench("vectors: PCA of 400,000, target / ours (s)", components),
    Bench("vectors: map of 10,000, target / ours (s)", faithfulness),
]
