"""Axes made of words: from "man" to "woman", from "small" to "big", from pairs of such words.

A word's place on an axis is the scalar product of its unit vector with the axis' unit direction: its cosine
with the direction, from -1 (towards the low pole) to 1 (towards the high one). That is the measure of
Bolukbasi et al. 2016 (arXiv:1607.06520, section 5). A direction is taken out of a space with
`VectorSpace.take_out`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.rows import Exact, unit
from models.topk import check_count, largest
from models.vectors import Neighbour, VectorError, VectorSpace, Within
from models.vocabulary import Ids

NOTHING = 1e-9
"""A difference of unit vectors shorter than this is nothing but rounding."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A direction with a name.

    Attributes:
        name: ``low–high``, after the first words of its poles.
        direction: unit vector, shape (d,), in the coordinates of the space that it was made for.
        share: of the variance of the pairs' differences, how much lies along it, from 0 to 1; 1 for an axis
            from poles. A low share says that the pairs do not agree on one direction.
    """

    name: str
    direction: Exact
    share: float = 1.0


def pole_axis(space: VectorSpace, low: Sequence[str], high: Sequence[str]) -> Axis:
    """The axis from the mean of some words' unit vectors to the mean of others'.

    Args:
        space: where the words have vectors.
        low: one or more words at the negative end.
        high: one or more words at the positive end.

    Raises:
        UnknownWordError: the space does not have a word.
        VectorError: a pole has no words, or the poles are at the same place.
    """
    if not low or not high:
        raise VectorError("An axis needs a word at each end. Add one.")
    lower, upper = (_units(space, words).mean(axis=0) for words in (low, high))
    return Axis(_name(low[0], high[0]), _direction(upper - lower, low[0], high[0]))


def pair_axis(space: VectorSpace, pairs: Sequence[tuple[str, str]]) -> Axis:
    """The direction that pairs such as (man, woman), (he, she) have in common.

    It is the first principal component of the unit vectors' differences from their pair's mean (Bolukbasi et
    al. 2016, section 5.1), turned so that most second words are at its positive end. Of one pair it is the
    difference itself.

    Args:
        space: where the words have vectors.
        pairs: the low word and the high one of each.

    Raises:
        UnknownWordError: the space does not have a word.
        VectorError: there are no pairs, or their words are at the same places.
    """
    if not pairs:
        raise VectorError("An axis needs a pair of words, such as man and woman. Add one.")
    lows, highs = zip(*pairs, strict=True)
    differences = _units(space, highs) - _units(space, lows)
    decomposed = np.linalg.svd(differences, full_matrices=False)
    first = decomposed.Vh[0]
    if (differences @ first).sum() < 0:
        first = -first
    direction = _direction(first * decomposed.S[0], lows[0], highs[0])
    squares = decomposed.S**2
    return Axis(_name(lows[0], highs[0]), direction, float(squares[0] / squares.sum()))


def places(space: VectorSpace, axes: Sequence[Axis], words: Sequence[str] | Ids) -> Exact:
    """Where words stand on each axis.

    Args:
        space: for which the axes were made.
        axes: one or more.
        words: words, or their numbers.

    Returns:
        Shape (words, axes), from -1 to 1.

    Raises:
        UnknownWordError: the space does not have a word.
    """
    ids = words if isinstance(words, np.ndarray) else [space.vocabulary.look_up(word) for word in words]
    directions = np.array([axis.direction for axis in axes])
    found: Exact = np.clip(space.rows.units(ids) @ directions.T, -1, 1)
    return found


def extremes(
    space: VectorSpace, axis: Axis, end: Literal["low", "high"], k: int = 10, within: Within = None
) -> list[Neighbour]:
    """The words furthest towards one end of an axis, with their places on it, furthest first.

    Args:
        space: for which the axis was made.
        axis: on which they are sought.
        end: which end.
        k: how many, from 1 to 1,000. Default: 10.
        within: the words that may be found. Default: all.
    """
    check_count(k)
    ids = space.select(within)
    sign = 1 if end == "high" else -1
    found = space.rows.cosines(axis.direction, ids)
    best = largest(sign * found, k)
    numbers = ids[best] if isinstance(ids, np.ndarray) else best
    return [
        Neighbour(space.vocabulary[int(index)], float(found[spot]))
        for index, spot in zip(numbers, best, strict=True)
    ]


def _units(space: VectorSpace, words: Sequence[str]) -> Exact:
    return space.rows.units([space.vocabulary.look_up(word) for word in words])


def _direction(difference: Exact, low: str, high: str) -> Exact:
    if not np.linalg.norm(difference) > NOTHING:
        raise VectorError(
            f"“{low}” and “{high}” are at the same place here, so there is no axis between them."
        )
    return unit(difference)


def _name(low: str, high: str) -> str:
    return f"{low}–{high}"
