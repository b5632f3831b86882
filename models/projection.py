"""Principal components of all the words of a space: exact, centred, without sampling.

The covariance of d numbers is a d × d matrix, however many words there are: it is summed up in double
precision over all of them (0.2 s for 400,000 × 50), and its eigenvectors are the components. That is what
scikit-learn's PCA does with ``svd_solver="covariance_eigh"``, and a test holds it to that; here it is thirty
lines, because importing scikit-learn would cost the server 85 MB, and a copy of the matrix for each basis.

Centring, unit length and both ("sphereize") are bases of a space, see `VectorSpace.seen_as`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.rows import Exact
from models.topk import check_count, largest
from models.vectors import Neighbour, VectorError, VectorSpace, Within
from models.vocabulary import Ids


@dataclass(frozen=True, eq=False)
class PCA:
    """Principal components of a space.

    Attributes:
        mean: of all words' vectors, shape (d,).
        axes: the components, unit vectors, those of most variance first, shape (d, d). The largest number of
            each is positive, as in scikit-learn.
        variances: of all words along each component, shape (d,), divided by words - 1.
    """

    mean: Exact
    axes: Exact
    variances: Exact

    @property
    def shares(self) -> Exact:
        """How much of the whole variance each component explains, shape (d,); they sum to 1 (0 if none)."""
        total = self.variances.sum()
        return self.variances / total if total > 0 else np.zeros_like(self.variances)

    def project(self, rows: Exact, components: Sequence[int] = (0, 1, 2)) -> NDArray[np.float32]:
        """Coordinates of vectors on some components.

        Args:
            rows: shape (words, d), in the basis that was fitted.
            components: which, counted from 0; d - 1 is the last. Default: the first three.

        Returns:
            Shape (words, components).

        Raises:
            VectorError: there is no such component.
        """
        if not all(0 <= component < len(self.axes) for component in components):
            raise VectorError(f"There are components 1 to {len(self.axes)}. Choose among them.")
        return ((rows - self.mean) @ self.axes[list(components)].T).astype(np.float32)


def fit_pca(space: VectorSpace) -> PCA:
    """The principal components of all words of a space, in its basis.

    Raises:
        VectorError: there are fewer than two words.
    """
    if len(space) < 2:
        raise VectorError("Components are directions in which words differ, so at least two are needed.")
    mean = space.rows.mean()
    scatter = np.zeros((space.size, space.size))
    for chunk in space.rows.chunks():
        centred = chunk - mean
        scatter += centred.T @ centred
    values, vectors = np.linalg.eigh(scatter / (len(space) - 1))
    axes = vectors.T[::-1]
    largest_parts = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    axes = axes * np.where(largest_parts < 0, -1.0, 1.0)[:, None]
    return PCA(mean, axes, np.maximum(values[::-1], 0))


def stretching(
    space: VectorSpace,
    pca: PCA,
    component: int,
    end: Literal["low", "high"],
    k: int = 10,
    within: Within = None,
) -> list[Neighbour]:
    """The words that stretch a component: those furthest towards one of its ends, furthest first.

    Args:
        space: that was fitted, in the same basis.
        pca: of `fit_pca`.
        component: counted from 0.
        end: which.
        k: how many, from 1 to 1,000. Default: 10.
        within: the words that may be found. Default: all.

    Returns:
        Words with their coordinates on the component.

    Raises:
        VectorError: there is no such component.
    """
    check_count(k)
    if not 0 <= component < len(pca.axes):
        raise VectorError(f"There are components 1 to {len(pca.axes)}. Choose among them.")
    chosen = space.select(within)
    axis = pca.axes[component]
    coordinates = space.rows.dots(axis, chosen) - float(axis @ pca.mean)
    best: Ids = largest(coordinates if end == "high" else -coordinates, k)
    ids = chosen[best] if isinstance(chosen, np.ndarray) else best
    return [
        Neighbour(space.vocabulary[int(index)], float(coordinates[spot]))
        for index, spot in zip(ids, best, strict=True)
    ]
