"""t-SNE frame by frame."""

from itertools import islice

import numpy as np
import pytest
from sklearn.manifold import TSNE, trustworthiness  # type: ignore[import-untyped]  # no type information

from models.faithfulness import compare, true_neighbours
from models.tsne import EARLY_STEPS, Frame, MapError, frames, largest_perplexity
from models.vectors import VectorSpace
from models.weights import Array
from tests.models.spaces import random_vectors


def clusters(words: int = 90) -> Array:
    """Three clouds far from each other."""
    return random_vectors(words, 6) + 30 * np.eye(6, dtype=np.float32)[np.arange(words) % 3]


def test_frames_come_one_by_one() -> None:
    made = list(frames(clusters(), perplexity=10, steps=EARLY_STEPS + 15, every=100))
    assert [frame.step for frame in made] == [0, 100, 200, 250, 265]
    assert all(frame.steps == 265 for frame in made)
    assert all(frame.points.shape == (90, 2) and frame.points.dtype == np.float32 for frame in made)
    assert all(np.isfinite(frame.points).all() for frame in made)
    assert made[0].divergence is None
    assert not np.array_equal(made[1].points, made[2].points)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_clusters_end_apart(dimensions: int) -> None:
    last: Frame = list(frames(clusters(), perplexity=10, steps=350, every=50, dimensions=dimensions))[-1]
    assert last.points.shape == (90, dimensions)
    found = compare(
        true_neighbours(np.eye(3)[np.arange(90) % 3] + random_vectors(90, 3) / 99, 29), last.points
    )
    assert found.overall > 0.95


def test_a_seed_gives_the_same_frames_again() -> None:
    first, again = (list(islice(frames(clusters(), 10, seed=3, every=20), 4)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.points, other.points)


def test_pausing_and_going_on_changes_nothing() -> None:
    """Momentum and gains are kept from frame to frame: many short pieces give what a few long ones give."""
    fine = {frame.step: frame.points for frame in frames(clusters(30), 5, steps=40, every=5)}
    coarse = {frame.step: frame.points for frame in frames(clusters(30), 5, steps=40, every=20)}
    assert fine[20] == pytest.approx(coarse[20], rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("words", [5, 6, 7, 20])
def test_few_words_are_mapped_too(words: int) -> None:
    made = list(frames(random_vectors(words, 4), largest_perplexity(words), steps=20, every=20))
    assert np.isfinite(made[-1].points).all()


@pytest.mark.parametrize(
    ("vectors", "arguments", "sentence"),
    [
        (random_vectors(4, 3), {}, "5 to 10,000 words, not 4"),
        (np.zeros((10_001, 2)), {}, "not 10,001"),
        (np.full((20, 3), np.nan), {}, "not finite"),
        (random_vectors(31, 3), {"perplexity": 10.1}, "2 to 10, not 10.1"),
        (random_vectors(31, 3), {"perplexity": 1.0}, "2 to 10, not 1"),
        (random_vectors(31, 3), {"perplexity": float("nan")}, "2 to 10, not nan"),
        (random_vectors(31, 3), {"perplexity": 5, "seed": -1}, "The seed"),
        (random_vectors(31, 3), {"perplexity": 5, "steps": 0}, "1 to 5,000 steps"),
        (random_vectors(31, 3), {"perplexity": 5, "every": 0}, "1 or more"),
        (random_vectors(31, 5), {"perplexity": 5, "dimensions": 4}, "2 or 3 dimensions, not 4"),
        (random_vectors(31, 2), {"perplexity": 5, "dimensions": 3}, "Vectors of 2 numbers make no map of 3"),
    ],
)
def test_what_cannot_be_mapped_is_said(vectors: Array, arguments: dict[str, float], sentence: str) -> None:
    with pytest.raises(MapError, match=sentence):
        next(frames(vectors, **arguments))  # type: ignore[arg-type]  # of each its own


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_as_trustworthy_as_scikit_learn() -> None:
    """On the first 2,000 words of GloVe, with the same perplexity and number of steps."""
    rows = VectorSpace.load("glove").seen_as("normalised").rows[:2000]
    *_, last = frames(rows, perplexity=30, steps=1000, every=250)
    theirs = TSNE(perplexity=30, max_iter=1000, random_state=0).fit_transform(rows)
    assert trustworthiness(rows, last.points, n_neighbors=10) >= trustworthiness(rows, theirs, n_neighbors=10)
