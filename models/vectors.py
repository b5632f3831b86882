"""Words with vectors: which are near, which is the odd one out.

All answers are exact and over all words asked for: one product of a matrix with a vector, and no index. The
matrix is never copied, so that 400,000 × 50 numbers can stay in the file that they are mapped from. A space
that is seen otherwise (centred, normalised, with a direction taken out) is a `VectorSpace` of its own, which
says so in `basis`, and shares the matrix with the original: nothing is ever centred silently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import BinaryIO, Literal, get_args

import numpy as np

from data.glove import load_glove
from models.rows import LONGEST, SHORTEST, Exact, Rows, unit
from models.topk import Metric, check_count, largest
from models.vector_files import read_vectors
from models.vocabulary import Ids, UnknownWordError, VectorError, Vocabulary
from models.weights import Array

__all__ = [
    "Basis", "Exact", "Metric", "Neighbour", "UnknownWordError", "VectorError", "VectorSpace", "Within",
]  # fmt: skip

Basis = Literal["raw", "centred", "normalised", "sphereized"]
"""How vectors are seen: as they are; minus the mean of all; of length 1; minus the mean, then of length 1."""

Within = int | Sequence[str] | None
"""Which words may be found: the first so many (in GloVe the most frequent ones), these, or all (None)."""

SPARE = 8
"""So many more candidates are scored again in double precision, in case rounding misplaced them."""


@dataclass(frozen=True)
class Neighbour:
    """A word that was found.

    Attributes:
        word: as it stands in the space.
        score: cosine similarity, from -1 to 1, larger is nearer; or Euclidean distance, from 0, smaller is
            nearer; or the value of 3CosMul, from 0.
    """

    word: str
    score: float


class VectorSpace:
    """Words and their vectors.

    Args:
        name: shown to learners, such as "GloVe".
        words: n different words; where frequency matters, the most frequent first.
        vectors: finite float32, shape (n, d); kept, not copied, and never written to.

    Attributes:
        name: as above.
        vocabulary: the words.
        rows: the vectors as they are seen: ``space.rows[ids]``.
        basis: how that is; a new space is "raw". Other bases: `seen_as`.
        without: names of the directions that were taken out, see `take_out`.

    Raises:
        VectorError: words and vectors do not fit, a word stands there twice, or a number is not finite
            (or beyond 10^18).
    """

    def __init__(self, name: str, words: Vocabulary | Sequence[str], vectors: Array) -> None:
        self.name = name
        self.vocabulary = words if isinstance(words, Vocabulary) else Vocabulary(words)
        if vectors.ndim != 2 or len(vectors) != len(self.vocabulary) or not vectors.shape[1]:
            shape = " × ".join(map(str, vectors.shape))
            raise VectorError(
                f"{len(self.vocabulary):,} words need a row of numbers each, not {shape} numbers."
            )
        self.rows = Rows(vectors)
        self.basis: Basis = "raw"
        self.without: tuple[str, ...] = ()
        self._root = self
        lengths = self.rows.lengths
        is_sound = (lengths == 0) | ((lengths >= SHORTEST) & (lengths <= LONGEST))  # NaN is not
        if not is_sound.all():
            word = self.vocabulary[int(is_sound.argmin())]
            raise VectorError(
                f"The vector of “{word}” has numbers that are not finite, too large or too small."
            )

    @classmethod
    @cache
    def load(cls, name: str) -> VectorSpace:
        """A space that comes with Unroll; all who ask share one.

        Args:
            name: "glove", the only one so far.

        Raises:
            VectorError: there is no space of this name.
            data.DataError: its files cannot be used.
        """
        if name != "glove":
            raise VectorError(f"There are no word vectors named “{name[:60]}”. There is: glove.")
        glove = load_glove()
        return cls("GloVe", Vocabulary(glove.words), glove.vectors)

    @classmethod
    def from_file(
        cls, name: str, file: BinaryIO | Path, labels: BinaryIO | Path | None = None
    ) -> VectorSpace:
        """A space from a text file, see `models.vector_files.read_vectors`.

        Raises:
            VectorError: the file cannot be used; the sentence names the line.
        """
        words, vectors = read_vectors(file, labels)
        return cls(name, words, vectors)

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self):,} × {self.size}>"

    @property
    def size(self) -> int:
        """Numbers in a vector."""
        return self.rows.size

    @property
    def title(self) -> str:
        """Name, basis and directions taken out: ``GloVe, centred, without man–woman``."""
        return ", ".join([self.name, self.basis, *(f"without {direction}" for direction in self.without)])

    # Other bases

    def seen_as(self, basis: Basis) -> VectorSpace:
        """The same vectors in another basis. The means and lengths are those of all words of the space.

        Args:
            basis: one of `Basis`; counted from the raw vectors, so "raw" gives the original space. Directions
                that were taken out are back.

        Raises:
            VectorError: there is no such basis.
        """
        if basis not in get_args(Basis):
            raise VectorError(f"Vectors can be {', '.join(get_args(Basis))}, but not “{basis}”.")
        return self._root._views[basis] if self._root is not self else self._views[basis]

    def take_out(self, directions: Exact, name: str) -> VectorSpace:
        """The same space with all vectors projected to where they are orthogonal to these directions.

        This is the neutralising of Bolukbasi et al. 2016 ("Man is to Computer Programmer as Woman is to
        Homemaker?", section 6): x - x_B, where x_B is the projection of x to the span of the directions. In a
        basis of unit vectors (and for the cosine in any), the result is made unit length again, as there.

        Args:
            directions: shape (d,) or (m, d), in the coordinates of this basis; not zero.
            name: what was taken out, for the title.

        Raises:
            VectorError: nothing would be left, or a direction is zero.
        """
        given = np.atleast_2d(np.asarray(directions, np.float64))
        if not (np.linalg.norm(given, axis=1) > 0).all():
            raise VectorError("A direction of length 0 cannot be taken out. Choose other words.")
        rows = self.rows.without(given)
        if len(rows.directions) == self.size:
            raise VectorError("No direction would be left. Take out fewer.")
        return self._view(self.basis, rows, (*self.without, name))

    @cached_property
    def _views(self) -> dict[Basis, VectorSpace]:
        raw, mean = self.rows.matrix, self.rows.mean()
        return {
            "raw": self,
            "centred": self._view("centred", Rows(raw, mean), ()),
            "normalised": self._view("normalised", Rows(raw, is_unit=True), ()),
            "sphereized": self._view("sphereized", Rows(raw, mean, is_unit=True), ()),
        }

    def _view(self, basis: Basis, rows: Rows, without: tuple[str, ...]) -> VectorSpace:
        view = object.__new__(VectorSpace)
        view.name, view.vocabulary, view._root = self.name, self.vocabulary, self._root
        view.basis, view.rows, view.without = basis, rows, without
        return view

    def vector(self, word: str) -> Exact:
        """The vector of a word in this basis, shape (d,); upper and lower case count as the same if need be.

        Raises:
            UnknownWordError: the space does not have it.
        """
        vector: Exact = self.rows[[self.vocabulary.look_up(word)]][0]
        return vector

    # Questions

    def neighbours(
        self,
        query: str | Exact,
        k: int = 10,
        metric: Metric = "cosine",
        *,
        within: Within = None,
        exclude: Sequence[str] = (),
    ) -> list[Neighbour]:
        """The words nearest to a word or a vector.

        Args:
            query: a word, which is left out of the answer, or a vector in the coordinates of this basis.
            k: how many, from 1 to 1,000; fewer are given if there are no more. Default: 10.
            metric: "cosine" (default; what gensim's `most_similar` does) or "euclidean".
            within: the words that may be found. Default: all.
            exclude: words not to be found.

        Returns:
            Nearest first; of equally near ones the first in the space comes first.

        Raises:
            UnknownWordError: the space does not have a word.
            VectorError: `k` is out of range, or a zero vector is asked for its direction.
        """
        vector = self.vector(query) if isinstance(query, str) else np.asarray(query, np.float64)
        own = [query] if isinstance(query, str) else []
        left_out = [self.vocabulary.look_up(word) for word in [*own, *exclude]]
        return self.best(vector, k, metric, within, left_out)

    def best(
        self, vector: Exact, k: int, metric: Metric, within: Within, left_out: Sequence[int]
    ) -> list[Neighbour]:
        """As `neighbours`, for a vector and numbers of words to leave out."""
        check_count(k)
        if not np.isfinite(vector).all():
            raise VectorError("This vector has numbers that are not finite, so nothing is near to it.")
        ids = self.select(within)
        if metric == "cosine":
            if not np.linalg.norm(vector) > 0:
                raise VectorError(
                    "A vector of length 0 has no direction. Ask for Euclidean distance instead."
                )
            closeness = self.rows.cosines(vector, ids)
        else:
            closeness = self.rows.closeness(vector, ids)
        places = largest(closeness, k + len(left_out) + SPARE)
        candidates = ids[places] if isinstance(ids, np.ndarray) else places
        candidates = candidates[~np.isin(candidates, np.asarray(left_out, np.int64))]
        if metric == "cosine":
            scores = np.clip(self.rows.units(candidates) @ (vector / np.linalg.norm(vector)), -1, 1)
        else:
            scores = -np.linalg.norm(self.rows[candidates] - vector, axis=1)
        order = np.lexsort((candidates, -scores))[:k]
        sign = 1 if metric == "cosine" else -1
        return [Neighbour(self.vocabulary[candidates[i]], float(sign * scores[i])) for i in order]

    def odd_one_out(self, words: Sequence[str]) -> list[Neighbour]:
        """Which word does not belong: the one least similar to the mean of all, as gensim's `doesnt_match`.

        Args:
            words: at least three different ones.

        Returns:
            All of them with their cosine to the mean of their unit vectors, the odd one first.

        Raises:
            UnknownWordError: the space does not have a word.
            VectorError: there are fewer than three, or their mean is zero.
        """
        ids = list(dict.fromkeys(map(self.vocabulary.look_up, words)))
        if len(ids) < 3:
            raise VectorError("The odd one is sought among at least three different words. Add some.")
        units = self.rows.units(ids)
        middle: Exact = unit(units.mean(axis=0))
        if np.linalg.norm(units.mean(axis=0)) < 1e-9:  # nothing but rounding
            raise VectorError("These words cancel each other out, so none is odd. Choose other words.")
        scores = units @ middle
        order = np.argsort(scores, kind="stable")
        return [Neighbour(self.vocabulary[ids[i]], float(scores[i])) for i in order]

    def select(self, within: Within) -> Ids | slice:
        """Numbers of the words that may be found.

        Raises:
            UnknownWordError: the space does not have one of them.
            VectorError: there are none.
        """
        if within is None:
            return slice(0, len(self))
        if isinstance(within, int):
            if within < 1:
                raise VectorError(f"The search needs at least 1 word, not {within}.")
            return slice(0, min(within, len(self)))
        if not within:
            raise VectorError("The list of words to search is empty. Add some words.")
        return np.unique([self.vocabulary.look_up(word) for word in within]).astype(np.int64)
