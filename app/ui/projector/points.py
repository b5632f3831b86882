"""Which words are shown, and where: pure functions from a space to places.

The map has two kinds of points. The base are the first so many words of the space: they stay the same while
one clicks about, so all that is slow is done once for them. Extras are words that were asked for and that the
base does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.axes import Axis, places, pole_axis
from models.projection import PCA, fit_pca
from models.topk import Metric, largest
from models.vectors import Neighbour, VectorError, VectorSpace
from models.vocabulary import Ids

Places = NDArray[np.float32]
"""Where points are, shape (points, 2) or (points, 3)."""

SIZES = (1_000, 5_000, 10_000)
"""How many words can be shown at first."""

BETWEEN = 5
"""Nearest words between which a word stands that a map was not made of."""

REACH = 85.0
"""Nearly all points are so near to the middle, in units of the picture."""


@dataclass(frozen=True)
class Components:
    """A map by principal components.

    Attributes:
        numbers: which, counted from 0: two or three.
    """

    numbers: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True)
class WordAxes:
    """A map whose axes are made of words.

    Attributes:
        poles: for each axis the words at its low and at its high end: two or three axes.
    """

    poles: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


Projection = Components | WordAxes


@dataclass(frozen=True, eq=False)
class Cloud:
    """The points of a map.

    Attributes:
        space: of the words, in its basis.
        base: numbers of the words of the base.
        base_places: where they are, fitted to the picture.
        extra: numbers of the other words.
        extra_places: where those are.
    """

    space: VectorSpace
    base: Ids
    base_places: Places
    extra: Ids
    extra_places: Places

    @property
    def ids(self) -> Ids:
        """Numbers of all words shown."""
        return np.concatenate([self.base, self.extra])

    @property
    def places(self) -> Places:
        """Where all of them are."""
        return np.concatenate([self.base_places, self.extra_places])

    @property
    def is_flat(self) -> bool:
        """Whether it is a map of two dimensions."""
        return bool(self.base_places.shape[1] == 2)

    def find(self, word: int) -> int | None:
        """The number of the point of a word, or None if it is not shown."""
        found = np.flatnonzero(self.ids == word)
        return int(found[0]) if len(found) else None


def first_components(space: VectorSpace, dimensions: int) -> Components:
    """The first two or three; a space of one number shows that one twice."""
    return Components(tuple(min(number, space.size - 1) for number in range(dimensions)))


@lru_cache(maxsize=8)
def pca_of(space: VectorSpace) -> PCA:
    """The components of a space in its basis; spaces are compared by identity."""
    return fit_pca(space)


@lru_cache(maxsize=64)
def axes_of(space: VectorSpace, axes: WordAxes) -> tuple[Axis, ...]:
    """The directions of word axes.

    Raises:
        UnknownWordError: the space does not have a word.
        VectorError: an end has no word, or both are at the same place.
    """
    return tuple(pole_axis(space, low, high) for low, high in axes.poles)


def place(space: VectorSpace, projection: Projection, ids: Ids) -> Places:
    """Coordinates of words, not yet fitted to the picture.

    Raises:
        VectorError: the space has no such components or axes.
    """
    if isinstance(projection, Components):
        return pca_of(space).project(space.rows[ids], projection.numbers)
    return places(space, axes_of(space, projection), ids).astype(np.float32)


@lru_cache(maxsize=12)
def _base(space: VectorSpace, count: int, projection: Projection) -> tuple[Places, Places, float]:
    found = place(space, projection, np.arange(count))
    return fit(found)


def fit(found: Places) -> tuple[Places, Places, float]:
    """Move and scale places to the picture.

    Returns:
        Fitted places, the middle that was subtracted, and the factor of the scale.
    """
    found = np.nan_to_num(found).astype(np.float32)
    middle: Places = found.mean(axis=0)
    distances = np.linalg.norm(found - middle, axis=1)
    reach = float(np.quantile(distances, 0.98))
    factor = REACH / reach if reach > 1e-12 else 1.0
    return (found - middle) * np.float32(factor), middle, factor


def cloud(space: VectorSpace, count: int, projection: Projection, words: Sequence[int]) -> Cloud:
    """The points of a map by components or by word axes.

    Args:
        space: whose words.
        count: how many words the base has, at most.
        projection: where they are.
        words: numbers of further words.

    Raises:
        VectorError: as `place`.
    """
    count = min(count, len(space))
    fitted, middle, factor = _base(space, count, projection)
    extra = np.array(sorted({word for word in words if word >= count}), np.int64)
    beyond = np.zeros((0, fitted.shape[1]), np.float32)
    if len(extra):
        beyond = (place(space, projection, extra) - middle) * np.float32(factor)
    return Cloud(space, np.arange(count), fitted, extra, beyond)


def cloud_of_map(space: VectorSpace, count: int, found: Places, words: Sequence[int]) -> Cloud:
    """The points of a map that a process has made of the base, such as t-SNE.

    Further words have no place of their own there: each stands in the middle (the median, as where openTSNE's
    `transform` begins) of its nearest words on the map, by cosine.
    """
    fitted, _, _ = fit(found)
    extra = np.array(sorted({word for word in words if word >= count}), np.int64)
    beyond = np.zeros((len(extra), fitted.shape[1]), np.float32)
    units = space.rows.units(slice(0, count)) if len(extra) else None
    for row, word in enumerate(extra):
        cosines = units @ space.rows.units([int(word)])[0]
        beyond[row] = np.median(fitted[largest(cosines, BETWEEN)], axis=0)
    return Cloud(space, np.arange(count), fitted, extra, beyond)


def only(whole: Cloud, words: Sequence[int]) -> Cloud:
    """The same map of some of its words alone, as large as the picture."""
    chosen = np.flatnonzero(np.isin(whole.ids, np.array(words, np.int64)))
    if not len(chosen):
        return whole
    fitted, _, _ = fit(whole.places[chosen])
    nothing = np.zeros(0, np.int64)
    return Cloud(whole.space, whole.ids[chosen], fitted, nothing, np.zeros((0, fitted.shape[1]), np.float32))


def numbers_of(space: VectorSpace, words: Sequence[str]) -> list[int]:
    """Numbers of those words that the space has, in their order, each once."""
    found = (space.vocabulary.find(word) for word in words)
    return list(dict.fromkeys(number for number in found if number is not None))


@lru_cache(maxsize=256)
def neighbours_of(space: VectorSpace, word: str, k: int, metric: Metric) -> tuple[Neighbour, ...]:
    """The neighbours of a word in the whole space: all numbers of all words, exact.

    Raises:
        VectorError: see `VectorSpace.neighbours`.
    """
    return tuple(space.neighbours(word, k, metric))


@dataclass(frozen=True)
class Kept:
    """How many of a point's true neighbours among the points are its neighbours on the map.

    Attributes:
        count: so many,
        k: of so many.
        words: numbers of those words.
    """

    count: int
    k: int
    words: tuple[int, ...]


def kept_neighbours(shown: Cloud, word: int, k: int) -> Kept:
    """The faithfulness of one point: compares its neighbours by cosine among the base with those on the map.

    Args:
        shown: the map.
        word: the number of a word on it.
        k: how many neighbours, at most.

    Raises:
        VectorError: the word is not on the map.
    """
    point = shown.find(word)
    if point is None:
        raise VectorError("This word is not on the map.")
    others = np.flatnonzero(shown.base != word)
    k = min(k, len(others))
    if not k:
        return Kept(0, 0, ())
    ids = shown.base[others]
    vector = shown.space.rows[[word]][0]
    length = float(np.linalg.norm(vector))
    cosines = shown.space.rows.cosines(vector, ids) if length > 0 else np.zeros(len(ids), np.float32)
    distances = ((shown.base_places[others] - shown.places[point]) ** 2).sum(axis=1)
    true = set(ids[np.argpartition(-cosines, k - 1)[:k]].tolist())
    seen = set(ids[np.argpartition(distances, k - 1)[:k]].tolist())
    both = tuple(sorted(true & seen))
    return Kept(len(both), k, both)
