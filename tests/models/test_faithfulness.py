"""How faithful a map is."""

import numpy as np
import pytest

from models.faithfulness import compare, true_neighbours
from models.projection import fit_pca
from models.vectors import VectorSpace
from tests.models.spaces import random_vectors


def test_a_map_that_keeps_everything_is_wholly_faithful() -> None:
    points = random_vectors(300, 3)
    found = compare(true_neighbours(points, 10, "euclidean"), points * 5 + 1000)
    assert found.overall == 1
    assert (found.points == 1).all()
    assert found.k == 10


def test_random_places_reach_chance() -> None:
    found = compare(true_neighbours(random_vectors(1000, 20), 20), random_vectors(1000, 2, seed=1))
    assert found.chance == pytest.approx(20 / 999)
    assert found.overall == pytest.approx(found.chance, abs=0.005)


def test_shares_are_counted_point_by_point() -> None:
    points, screen = random_vectors(150, 6), random_vectors(150, 2, seed=1)
    true = true_neighbours(points, 7)
    found = compare(true, screen)
    distances = np.linalg.norm(screen[:, None].astype(float) - screen[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    seen = np.argsort(distances, axis=1)[:, :7]
    expected = [len(set(a.tolist()) & set(b.tolist())) / 7 for a, b in zip(true, seen, strict=True)]
    assert found.points == pytest.approx(expected)
    assert found.overall == pytest.approx(np.mean(expected))


def test_three_dimensions_show_more_of_glove_than_two() -> None:
    glove = VectorSpace.load("glove").seen_as("normalised")
    pca, rows = fit_pca(glove), glove.rows[:1000]
    true = true_neighbours(rows)
    flat, deep, whole = (compare(true, pca.project(rows, range(n))) for n in (2, 3, 50))
    assert flat.chance < flat.overall < deep.overall < whole.overall
    assert whole.overall > 0.999


def test_points_that_coincide_do_no_harm() -> None:
    found = compare(true_neighbours(np.zeros((20, 4)), 5), np.zeros((20, 2)))
    assert 0 <= found.overall <= 1


def test_counts_must_fit() -> None:
    with pytest.raises(ValueError, match="1 to 4 neighbours"):
        true_neighbours(random_vectors(5, 3), 5)
    with pytest.raises(ValueError, match="5 points but 4 places"):
        compare(true_neighbours(random_vectors(5, 3), 2), np.zeros((4, 2)))
