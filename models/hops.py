"""The neighbour-hop game: get from one word to another, each step going to one of the nearest neighbours.

Being among the k nearest is not mutual: a rare word's neighbours are often common words that have nearer
ones themselves. So the way back may be longer, or there may be none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.vectors import Neighbour, VectorError, VectorSpace
from models.vocabulary import Ids

MAX_NEIGHBOURS = 50
MAX_WORDS = 50_000
"""Words that can take part: at 20,000 a search takes a second at most, at 50,000 some."""
BATCH = 128
"""Words whose neighbours are sought at once: 128 × 20,000 cosines are 10 MB."""


@dataclass(frozen=True)
class Game:
    """The rules of one game.

    Attributes:
        space: whose neighbours count, by cosine.
        k: to how many of the nearest one may hop, from 1 to 50. Default: 10.
        first: how many of the space's first words take part, from 2 to 50,000. Default: 20,000.

    Raises:
        VectorError: a number is out of range.
    """

    space: VectorSpace
    k: int = 10
    first: int = 20_000

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_NEIGHBOURS:
            raise VectorError(f"One can hop to 1 to {MAX_NEIGHBOURS} neighbours, not {self.k}.")
        if not 2 <= self.first <= MAX_WORDS:
            raise VectorError(f"2 to {MAX_WORDS:,} words can take part, not {self.first:,}.")

    @property
    def size(self) -> int:
        """How many words take part."""
        return min(self.first, len(self.space))

    def number(self, word: str) -> int:
        """The number of a word that takes part.

        Raises:
            UnknownWordError: the space does not have it.
            VectorError: it does not take part.
        """
        found = self.space.vocabulary.look_up(word)
        if found >= self.size:
            raise VectorError(f"“{word}” does not take part: only the first {self.size:,} words do.")
        return found

    def choices(self, word: str) -> list[Neighbour]:
        """Where one may hop from a word, nearest first."""
        self.number(word)
        return self.space.neighbours(word, self.k, within=self.size)

    def is_hop(self, start: str, end: str) -> bool:
        """Whether one may hop from one word to another."""
        goal = self.space.vocabulary[self.number(end)]
        return any(choice.word == goal for choice in self.choices(start))

    def check_path(self, words: Sequence[str]) -> None:
        """Refuse a path with a hop that is not allowed.

        Raises:
            VectorError: a hop is not allowed; the sentence names the first.
            UnknownWordError: the space does not have a word.
        """
        for start, end in pairwise(words):
            if not self.is_hop(start, end):
                raise VectorError(f"“{end}” is not among the {self.k} nearest neighbours of “{start}”.")

    def shortest_path(self, start: str, end: str, max_hops: int = 12) -> list[str] | None:
        """A path with the fewest hops, for a par: breadth-first search over the neighbour lists.

        Args:
            start: where it begins.
            end: where it ends.
            max_hops: the longest path that is looked for. Default: 12.

        Returns:
            The words from start to end, both included; None if there is no path so short. Of several, the one
            whose words come first in the lists.
        """
        source, goal = self.number(start), self.number(end)
        units = self.space.rows.units(slice(0, self.size)).astype(np.float32)
        came_from = {source: source}
        layer = [source]
        for _ in range(max_hops):
            if goal in came_from:
                break
            following: list[int] = []
            for begin in range(0, len(layer), BATCH):
                some = layer[begin : begin + BATCH]
                for word, lists in zip(some, _lists(units, some, self.k).tolist(), strict=True):
                    for neighbour in lists:
                        if neighbour not in came_from:
                            came_from[neighbour] = word
                            following.append(neighbour)
                if goal in came_from:
                    break
            layer = following
        if goal not in came_from:
            return None
        path = [goal]
        while path[-1] != source:
            path.append(came_from[path[-1]])
        return [self.space.vocabulary[number] for number in reversed(path)]


def _lists(units: NDArray[np.float32], ids: Sequence[int], k: int) -> Ids:
    """Numbers of some words' neighbours, nearest first, shape (words, k), or fewer if there are no more."""
    count = len(units)
    k = min(k, count - 1)
    own = np.asarray(ids)
    cosines = units[own] @ units.T
    cosines[np.arange(len(own)), own] = -np.inf
    near = np.argpartition(cosines, count - k, axis=1)[:, count - k :]
    order = np.argsort(-np.take_along_axis(cosines, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)
