"""Neighbours, bases and odd ones: laws on random vectors, and what was seen on GloVe."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rows import unit
from models.topk import Metric, largest, nearest
from models.vectors import Basis, UnknownWordError, VectorError, VectorSpace
from models.weights import Array
from tests.models.spaces import random_space, random_vectors

quick = settings(derandomize=True, deadline=None)

BASES: list[Basis] = ["raw", "centred", "normalised", "sphereized"]
METRICS: list[Metric] = ["cosine", "euclidean"]
bases = pytest.mark.parametrize("basis", BASES)
metrics = pytest.mark.parametrize("metric", METRICS)


def plain(vectors: Array, basis: Basis) -> Array:
    """The rows of a basis, as its definition says."""
    rows = vectors.astype(np.float64)
    if basis in ("centred", "sphereized"):
        rows = rows - rows.mean(axis=0)
    return unit(rows) if basis in ("normalised", "sphereized") else rows


@pytest.fixture(scope="module")
def glove() -> VectorSpace:
    return VectorSpace.load("glove")


# The largest, the nearest


@quick
@given(st.lists(st.integers(-5, 5), max_size=900), st.integers(1, 20))
def test_the_largest_are_those_of_a_stable_sort(values: list[int], k: int) -> None:
    scores = np.array(values, np.float32)
    assert largest(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


@metrics
@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_nearest_points_are_the_nearest(metric: Metric, shift: float) -> None:
    points = random_vectors(600, 3) + shift
    if metric == "euclidean":
        distances = np.linalg.norm(points[:, None].astype(float) - points[None], axis=2)
    else:
        distances = 1 - unit(points.astype(float)) @ unit(points.astype(float)).T
    np.fill_diagonal(distances, np.inf)
    found = nearest(points, 7, metric)
    ours = np.sort(np.take_along_axis(distances, found.astype(np.int64), axis=1), axis=1)
    assert ours == pytest.approx(np.sort(distances, axis=1)[:, :7], abs=1e-6 * max(1, shift))


def test_a_point_has_no_more_neighbours_than_there_are_others() -> None:
    with pytest.raises(ValueError, match="1 to 4 neighbours"):
        nearest(random_vectors(5, 2), 5)


# Bases


@bases
def test_a_basis_is_what_its_name_says(basis: Basis) -> None:
    space = random_space()
    seen, rows = space.seen_as(basis), plain(random_vectors(), basis)
    assert seen.basis == basis
    assert seen.title == f"random, {basis}"
    assert seen.rows[:] == pytest.approx(rows)
    assert seen.vector("w7") == pytest.approx(rows[7])
    assert np.vstack(list(seen.rows.chunks())) == pytest.approx(rows)
    assert seen.rows.mean() == pytest.approx(rows.mean(axis=0))
    query = np.arange(8.0)
    assert seen.rows.dots(query) == pytest.approx(rows @ query, abs=1e-4)
    assert seen.rows.cosines(query) == pytest.approx(unit(rows) @ unit(query), abs=1e-6)
    assert seen.rows.cosines(np.eye(8)) == pytest.approx(unit(rows).T, abs=1e-6)
    assert seen.seen_as("raw") is space
    assert seen.rows.matrix is space.rows.matrix


@bases
def test_a_direction_that_is_taken_out_is_gone(basis: Basis) -> None:
    space = random_space().seen_as(basis)
    direction = space.vector("w1") - space.vector("w2")
    without = space.take_out(direction, "w1–w2")
    assert without.rows.dots(direction) == pytest.approx(0, abs=1e-5)
    assert without.rows[:] @ direction == pytest.approx(0, abs=1e-12)
    across = np.arange(8.0) - np.arange(8.0) @ unit(direction) * unit(direction)
    expected = unit(space.rows[:] - np.outer(space.rows[:] @ unit(direction), unit(direction)))
    assert without.rows.cosines(across) == pytest.approx(expected @ unit(across), abs=1e-6)
    if without.rows.is_unit:
        assert np.linalg.norm(without.rows[:], axis=1) == pytest.approx(1)
    assert without.title.endswith(f"{basis}, without w1–w2")
    both = without.take_out(np.eye(8)[:2], "two")
    assert both.rows[:] @ np.vstack([direction, np.eye(8)[:2]]).T == pytest.approx(0, abs=1e-12)
    assert space.rows[:] @ direction != pytest.approx(0, abs=0.1)


def test_not_all_directions_can_be_taken_out() -> None:
    with pytest.raises(VectorError, match="length 0"):
        random_space().take_out(np.zeros(8), "nothing")
    with pytest.raises(VectorError, match="No direction would be left"):
        random_space().take_out(np.eye(8), "all")


# Neighbours


@bases
@metrics
def test_neighbours_are_the_nearest(basis: Basis, metric: Metric) -> None:
    space, rows = random_space().seen_as(basis), plain(random_vectors(), basis)
    for word in range(20):
        if metric == "cosine":
            scores = unit(rows) @ unit(rows[word])
            order = np.argsort(-scores, kind="stable")
        else:
            scores = np.linalg.norm(rows - rows[word], axis=1)
            order = np.argsort(scores, kind="stable")
        found = space.neighbours(f"w{word}", 5, metric)
        expected = [number for number in order if number != word][:5]
        assert [neighbour.word for neighbour in found] == [f"w{number}" for number in expected]
        assert [neighbour.score for neighbour in found] == pytest.approx(scores[expected])


@metrics
def test_a_vector_is_nearest_to_its_own_word(metric: Metric) -> None:
    space = random_space()
    assert space.neighbours(space.vector("w9"), 3, metric)[0].word == "w9"


@metrics
def test_only_some_words_can_be_sought(metric: Metric) -> None:
    space = random_space()
    every = [neighbour.word for neighbour in space.neighbours("w3", 200, metric)]
    assert len(every) == 199
    first = space.neighbours("w3", 200, metric, within=50)
    assert [neighbour.word for neighbour in first] == [word for word in every if int(word[1:]) < 50]
    some = ["w150", "w3", "w7", "W7", "w20"]
    chosen = space.neighbours("w3", 200, metric, within=some, exclude=["w20"])
    assert [neighbour.word for neighbour in chosen] == [word for word in every if word in ("w150", "w7")]


def test_zero_vectors_do_no_harm() -> None:
    vectors = random_vectors(9, 3)
    vectors[4] = 0
    space = VectorSpace("with zero", [f"w{number}" for number in range(9)], vectors)
    scores = {neighbour.word: neighbour.score for neighbour in space.neighbours("w0", 8)}
    assert scores["w4"] == 0
    assert np.isfinite(list(scores.values())).all()
    assert len(space.neighbours("w4", 8, "euclidean")) == 8
    with pytest.raises(VectorError, match="no direction"):
        space.neighbours("w4")


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_other_counts_are_refused(k: int) -> None:
    with pytest.raises(VectorError, match="1 to 1,000 words"):
        random_space().neighbours("w0", k)


def test_what_cannot_be_asked_is_said() -> None:
    space = random_space()
    with pytest.raises(UnknownWordError, match="“nothing” is not among the 200 words"):
        space.neighbours("nothing")
    with pytest.raises(VectorError, match="not finite"):
        space.neighbours(np.full(8, np.nan))
    with pytest.raises(VectorError, match="at least 1 word"):
        space.neighbours("w0", within=0)
    with pytest.raises(VectorError, match="list of words to search is empty"):
        space.neighbours("w0", within=[])
    with pytest.raises(VectorError, match="three different words"):
        space.odd_one_out(["w0", "w1", "w0", "W1"])
    with pytest.raises(VectorError, match="raw, centred, normalised, sphereized"):
        space.seen_as("other")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(VectorError, match="no word vectors named “other”"):
        VectorSpace.load("other")


@pytest.mark.parametrize("shape", [(3,), (2, 4), (3, 0), (3, 2, 2)])
def test_words_and_vectors_must_fit(shape: tuple[int, ...]) -> None:
    with pytest.raises(VectorError, match="3 words need a row"):
        VectorSpace("x", ["a", "b", "c"], np.ones(shape, np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e19, 1e-19])
def test_numbers_must_be_finite(value: float) -> None:
    vectors = random_vectors(3, 2)
    vectors[1] = value
    with pytest.raises(VectorError, match="“b” has numbers that are not finite, too large or too small"):
        VectorSpace("x", ["a", "b", "c"], vectors)


@metrics
@pytest.mark.parametrize("factor", [1e-17, 1e17])
def test_large_and_small_numbers_do_no_harm(metric: Metric, factor: float) -> None:
    words = [f"w{number}" for number in range(50)]
    scaled = VectorSpace("x", words, random_vectors(50) * np.float32(factor))
    plain = VectorSpace("x", words, random_vectors(50))
    for one, other in zip(scaled.neighbours("w3", 9, metric), plain.neighbours("w3", 9, metric), strict=True):
        assert one.word == other.word


# GloVe


def test_apple_is_a_company(glove: VectorSpace) -> None:
    found = [neighbour.word for neighbour in glove.neighbours("Apple", 5)]
    assert found == ["blackberry", "chips", "iphone", "microsoft", "ipad"]


def test_smith_is_among_surnames(glove: VectorSpace) -> None:
    found = {neighbour.word for neighbour in glove.neighbours("smith", 10)}
    assert found >= {"walker", "anderson", "campbell", "johnson", "collins"}


def test_a_meal_among_grain(glove: VectorSpace) -> None:
    assert glove.odd_one_out(["breakfast", "cereal", "dinner", "lunch"])[0].word == "cereal"


def test_taking_out_gender_makes_nurses_doctors(glove: VectorSpace) -> None:
    assert "pregnant" in [neighbour.word for neighbour in glove.neighbours("nurse")]
    without = glove.take_out(glove.vector("he") - glove.vector("she"), "he–she")
    assert "pregnant" not in [neighbour.word for neighbour in without.neighbours("nurse")]


def test_glove_is_shared_and_never_copied(glove: VectorSpace) -> None:
    assert VectorSpace.load("glove") is glove
    assert isinstance(glove.rows.matrix.base, np.memmap) or isinstance(glove.rows.matrix, np.memmap)
