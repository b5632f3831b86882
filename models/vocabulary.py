"""The words of a vector space: finding one by name, by its beginning, or by what was meant.

The 400,000 words of GloVe would take 60 MB as Python strings with a dictionary. Here they stand in one NumPy
array of variable-length strings (16 bytes each) beside their alphabetical order (4 bytes each): 8 MB, in
which a word is found by bisection within some microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

Words = np.ndarray[tuple[int], np.dtypes.StringDType]
"""Words in one array, shape (words,)."""

Ids = NDArray[np.int64]
"""Numbers of words: word i is row i of the matrix."""

SPELLING_WORDS = 100_000
"""Suggestions are taken from the first so many words: what is meant is seldom rarer, and it takes 15 ms."""
MAX_SPELLING = 60
"""Characters; nothing is suggested for longer words."""


class VectorError(ValueError):
    """Word vectors cannot answer this; the message is one plain sentence that can be shown to a learner."""


class UnknownWordError(VectorError):
    """A word that the space does not have.

    Attributes:
        word: as it was asked for.
        suggestions: words of the space that may have been meant, likeliest first; may be empty.
    """

    def __init__(self, word: str, suggestions: Sequence[str], size: int) -> None:
        self.word = word
        self.suggestions = tuple(suggestions)
        hint = f" Did you mean {_either(self.suggestions[:3])}?" if suggestions else " Try another word."
        super().__init__(f"“{word[:60]}” is not among the {size:,} words.{hint}")


class Vocabulary:
    """Different words in a fixed order, in which frequent words should stand first: suggestions prefer them.

    Args:
        words: the words, as an array of `Words` (kept, not copied) or as strings.

    Raises:
        VectorError: a word stands there twice, or there is none.
    """

    def __init__(self, words: Words | Sequence[str]) -> None:
        self.array: Words = words if isinstance(words, np.ndarray) else to_words(words)
        if not len(self.array):
            raise VectorError("There are no words. Give at least one.")
        self._order = _alphabetical(self.array)
        ordered = self.array[self._order]
        twice = np.flatnonzero(ordered[1:] == ordered[:-1])
        if len(twice):
            word = ordered[twice[0]]
            raise VectorError(f"The word “{word}” stands there twice; each word may appear only once.")

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index: int) -> str:
        return str(self.array[index])

    def __iter__(self) -> Iterator[str]:
        # A thousand words at a time: Python strings for all of them would be the 30 MB that are saved.
        for start in range(0, len(self), 1000):
            yield from self.array[start : start + 1000].tolist()

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.find(word) is not None

    @cached_property
    def folded(self) -> Words:
        """The words in lower case; the very same array if they are so already, as GloVe's are."""
        folded: Words = np.strings.lower(self.array)
        return self.array if bool((folded == self.array).all()) else folded

    @cached_property
    def _folded_order(self) -> NDArray[np.int32]:
        return self._order if self.folded is self.array else _alphabetical(self.folded)

    def find(self, word: str) -> int | None:
        """The number of exactly this word, or None."""
        place = bisect_left(self._order, word, key=self.__getitem__)
        if place < len(self) and self[index := int(self._order[place])] == word:
            return index
        return None

    def look_up(self, word: str) -> int:
        """The number of this word; if it is not there, of the first one that differs in case only.

        Raises:
            UnknownWordError: there is neither; it carries suggestions.
        """
        found = self.find(word)
        if found is None:
            order, lower = self._folded_order, word.lower()
            start, end = (cut(order, lower, key=self._lower) for cut in (bisect_left, bisect_right))
            if start == end:
                raise UnknownWordError(word, self.suggest(word), len(self))
            found = int(order[start:end].min())
        return found

    def complete(self, prefix: str, k: int = 10) -> list[str]:
        """The first `k` words, in the order of the space, that begin with `prefix`; case is ignored."""
        return [self[index] for index in self.beginning_with(prefix)[:k]]

    def beginning_with(self, prefix: str) -> Ids:
        """Numbers, ascending, of all words that begin with `prefix`; case is ignored."""
        order, lower = self._folded_order, prefix.lower()

        def beginning(index: int) -> str:
            return self._lower(index)[: len(lower)]

        start, end = (cut(order, lower, key=beginning) for cut in (bisect_left, bisect_right))
        return np.sort(order[start:end]).astype(np.int64)

    def suggest(self, word: str, k: int = 5) -> list[str]:
        """Words spelt like this one, nearest first and among those the more frequent first.

        The distance is the optimal string alignment: letters changed, left out, put in, or swapped with their
        neighbour (Damerau 1964); at most 1 for up to 4 letters, 2 for more. Words that continue this one
        follow.

        Args:
            word: what was asked for, in any case.
            k: how many at most. Default: 5.
        """
        word = word.lower()
        if not word or len(word) > MAX_SPELLING:
            return []
        frequent = self.folded[:SPELLING_WORDS].tolist()
        furthest = 1 if len(word) <= 4 else 2
        near = process.extract(word, frequent, scorer=OSA.distance, score_cutoff=furthest, limit=None)
        near.sort(key=lambda found: (found[1], found[2]))
        words = [self[index] for _, _, index in near[:k]]
        if len(word) >= 3 and len(words) < k:
            words += [longer for longer in self.complete(word, k) if longer not in words]
        return words[:k]

    def _lower(self, index: int) -> str:
        return str(self.folded[index])


def to_words(words: Sequence[str]) -> Words:
    """Strings as one array."""
    array: Words = np.empty(len(words), np.dtypes.StringDType())
    array[:] = words
    return array


def _alphabetical(words: Words) -> NDArray[np.int32]:
    return np.argsort(words, kind="stable").astype(np.int32)


def _either(words: Sequence[str]) -> str:
    *first, last = [f"“{word}”" for word in words]
    return f"{', '.join(first)} or {last}" if first else last
