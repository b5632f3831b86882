"""The same answers as gensim's, whose definitions of similarity and analogies are the field's."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.algebra import solve
from models.formula import Sum, Weighted, Word
from models.vectors import Neighbour, VectorSpace
from tests.models.spaces import first_of_glove, in_gensim

QUERIES = 500
PARTS = 5
"""So that each test ends long before the time limit, on a slow computer too."""

parts = pytest.mark.parametrize("part", range(PARTS))


@pytest.fixture(scope="module")
def space() -> VectorSpace:
    """All 400,000 words."""
    return VectorSpace.load("glove")


@pytest.fixture(scope="module")
def few() -> VectorSpace:
    """Few enough words for what does not depend on how many there are."""
    return first_of_glove(20_000)


def draws(space: VectorSpace, part: int, count: int) -> list[list[str]]:
    """Different random words for each query, the same in each run."""
    random = np.random.default_rng(part)
    return [
        [space.vocabulary[int(number)] for number in random.choice(len(space), count, replace=False)]
        for _ in range(QUERIES // PARTS)
    ]


def assert_same(ours: Sequence[Neighbour], theirs: Sequence[tuple[str, float]], room: float) -> None:
    """The same words in the same order; words whose scores differ by rounding only may change places."""
    assert len(ours) == len(theirs)
    for our, (word, score) in zip(ours, theirs, strict=True):
        assert our.score == pytest.approx(score, abs=room)
        if our.word != word:
            equals = [other for other, value in theirs if abs(value - our.score) < room]
            # The last place may go to one of two equals, of which gensim's list shows only one.
            assert our.word in equals or abs(theirs[-1][1] - our.score) < room


@parts
def test_neighbours(space: VectorSpace, part: int) -> None:
    for (word,) in draws(space, part, 1):
        assert_same(space.neighbours(word, 10), in_gensim(space).most_similar(word, topn=10), 2e-6)


@parts
def test_3cosadd(space: VectorSpace, part: int) -> None:
    for a, b, c in draws(space, part, 3):
        formula = Sum((Word(a), Weighted(-1, Word(b)), Word(c)))
        theirs = in_gensim(space).most_similar(positive=[a, c], negative=[b], topn=10)
        assert_same(solve(formula, space).answers, theirs, 2e-6)


def assert_same_products(space: VectorSpace, part: int) -> None:
    """3CosMul of one part of the queries."""
    for a, b, c in draws(space, part, 3):
        formula = Sum((Word(a), Weighted(-1, Word(b)), Word(c)))
        theirs = in_gensim(space).most_similar_cosmul(positive=[a, c], negative=[b], topn=10)
        assert_same(solve(formula, space, method="3CosMul").answers, theirs, 2e-5)


@pytest.mark.filterwarnings("ignore:Call to deprecated")  # gensim's, of itself
@parts
def test_3cosmul(few: VectorSpace, part: int) -> None:
    """A word's product does not depend on the others; over all of them a query takes both more than 0.1 s."""
    assert_same_products(few, part)


@pytest.mark.filterwarnings("ignore:Call to deprecated")
def test_3cosmul_over_all_words(space: VectorSpace) -> None:
    assert_same_products(space, part=0)


@parts
def test_weights(few: VectorSpace, part: int) -> None:
    random = np.random.default_rng(part)
    for a, b, c in draws(few, part, 3):
        x, y, z = random.uniform(-2, 2, 3).round(2).tolist()
        formula = Sum((Weighted(x, Word(a)), Weighted(y, Word(b)), Weighted(z, Word(c))))
        theirs = in_gensim(few).most_similar(positive=[(a, x), (b, y), (c, z)], topn=10)
        assert_same(solve(formula, few).answers, theirs, 2e-6)


def test_restricted_to_the_most_frequent(few: VectorSpace) -> None:
    for (word,) in draws(few, 0, 1):
        theirs = in_gensim(few).most_similar(word, topn=10, restrict_vocab=500)
        assert_same(few.neighbours(word, 10, within=500), theirs, 2e-6)


@parts
def test_odd_one_out(few: VectorSpace, part: int) -> None:
    for words in draws(few, part, 4):
        ours = few.odd_one_out(words)
        theirs = in_gensim(few).rank_by_centrality(words)
        assert ours[0].word == in_gensim(few).doesnt_match(words)
        assert_same(ours[::-1], [(word, float(score)) for score, word in theirs], 2e-6)
