"""How far a map can be trusted: whether the neighbours on the screen are the true ones.

Of a point's k true neighbours among the points shown, some are among its k neighbours on the screen: their
share is the point's faithfulness, and the mean over all points that of the map (the K-ary neighbourhood
preservation of Lee and Verleysen 2009). A map that scatters n points at random reaches k / (n - 1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topk import Metric, nearest
from models.weights import Array


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """How faithful a map is.

    Attributes:
        k: how many neighbours were compared.
        points: share of each point's true neighbours that are its neighbours on the screen, from 0 to 1,
            shape (n,).
        overall: their mean.
        chance: what a map of random places would reach on average.
    """

    k: int
    points: NDArray[np.float32]
    overall: float
    chance: float


def true_neighbours(vectors: Array, k: int = 10, metric: Metric = "cosine") -> NDArray[np.int32]:
    """The true neighbours of each point shown, for `compare`; they are the same for all maps of the points.

    Args:
        vectors: what is mapped, shape (n, d); 10,000 × 50 takes half a second.
        k: from 1 to n - 1. Default: 10.
        metric: "cosine" (default) or "euclidean".

    Returns:
        Shape (n, k).

    Raises:
        ValueError: `k` is out of range.
    """
    return nearest(vectors, k, metric)


def compare(true: NDArray[np.int32], screen: Array) -> Faithfulness:
    """How faithful a map is.

    Args:
        true: of `true_neighbours`, shape (n, k).
        screen: where the points are on the screen, shape (n, 2) or (n, 3).

    Raises:
        ValueError: there are not as many places as points.
    """
    count, k = true.shape
    if len(screen) != count:
        raise ValueError(f"There are {count:,} points but {len(screen):,} places on the screen.")
    seen = nearest(screen, k, "euclidean")
    # Numbers of pairs, so that all points are compared at once; within a point they differ, as isin needs.
    first = np.arange(count, dtype=np.int64)[:, None] * count
    shared = np.isin(true + first, seen + first, assume_unique=True).sum(axis=1)
    points = (shared / k).astype(np.float32)
    return Faithfulness(k, points, float(points.mean(dtype=np.float64)), k / (count - 1))
