"""Principal components: those of scikit-learn, exact over all words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import (  # type: ignore[import-untyped]  # no type information
    PCA as ScikitPCA,  # noqa: N811  # an acronym
)

from models.projection import fit_pca, stretching
from models.vectors import Basis, VectorError, VectorSpace
from tests.models.spaces import random_space

quick = settings(derandomize=True, deadline=None, max_examples=30)
bases = pytest.mark.parametrize("basis", ["raw", "centred", "normalised", "sphereized"])


def assert_same(space: VectorSpace) -> None:
    ours = fit_pca(space)
    rows = space.rows[:]
    theirs = ScikitPCA(svd_solver="full").fit(rows)
    size = len(theirs.components_)
    assert ours.mean == pytest.approx(theirs.mean_, abs=1e-9)
    assert ours.variances[:size] == pytest.approx(theirs.explained_variance_, rel=1e-6, abs=1e-9)
    assert ours.shares[:size] == pytest.approx(theirs.explained_variance_ratio_, rel=1e-6, abs=1e-9)
    assert ours.axes == pytest.approx(theirs.components_, abs=1e-5)
    assert ours.project(rows[:100], range(size)) == pytest.approx(theirs.transform(rows[:100]), abs=1e-4)


@bases
def test_components_are_scikit_learns(basis: Basis) -> None:
    assert_same(random_space(500).seen_as(basis))


@pytest.mark.slow
def test_components_of_all_of_glove_are_scikit_learns() -> None:
    assert_same(VectorSpace.load("glove"))


@quick
@given(st.integers(2, 60), st.integers(1, 9), st.integers(0, 1000))
def test_laws(words: int, size: int, seed: int) -> None:
    space = random_space(words, size, seed)
    pca = fit_pca(space)
    assert pca.axes @ pca.axes.T == pytest.approx(np.eye(size), abs=1e-9)
    assert (np.diff(pca.variances) <= 1e-9).all()
    assert pca.shares.sum() == pytest.approx(1)
    coordinates = pca.project(space.rows[:], range(size))
    assert coordinates.mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert coordinates.var(axis=0, ddof=1) == pytest.approx(pca.variances, rel=1e-4, abs=1e-5)


def test_what_was_taken_out_has_no_variance() -> None:
    space = random_space().take_out(np.eye(8)[0], "first")
    assert fit_pca(space).variances[-1] == pytest.approx(0, abs=1e-12)


@bases
def test_words_that_stretch_a_component_are_at_its_ends(basis: Basis) -> None:
    space = random_space().seen_as(basis)
    pca = fit_pca(space)
    coordinates = pca.project(space.rows[:], [1])[:, 0]
    order = np.argsort(coordinates)
    low, high = stretching(space, pca, 1, "low", 3), stretching(space, pca, 1, "high", 3)
    assert [found.word for found in low] == [f"w{number}" for number in order[:3]]
    assert [found.word for found in high] == [f"w{number}" for number in order[:-4:-1]]
    assert [found.score for found in low] == pytest.approx(coordinates[order[:3]], abs=1e-5)
    some = stretching(space, pca, 1, "low", 9, within=["w4", "w8"])
    assert {found.word for found in some} == {"w4", "w8"}


def test_one_word_has_no_components() -> None:
    with pytest.raises(VectorError, match="at least two"):
        fit_pca(random_space(1))


@pytest.mark.parametrize("component", [-1, 8])
def test_there_are_no_more_components_than_numbers(component: int) -> None:
    space = random_space()
    pca = fit_pca(space)
    with pytest.raises(VectorError, match="components 1 to 8"):
        pca.project(space.rows[:5], [component])
    with pytest.raises(VectorError, match="components 1 to 8"):
        stretching(space, pca, component, "low")
