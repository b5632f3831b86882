"""The rows of a matrix, seen in another basis without being copied.

Centring, taking out a direction and scaling to unit length are linear steps, so instead of changing 400,000
rows one can change the vector that they are multiplied with, and divide by their lengths afterwards:

    row_i = s_i (x_i - o) P,  so  row_i · v = s_i (x_i · Pv - o · Pv)

with the offset o, P = I - GᵀG that takes out the directions G, and s_i = 1 or 1 / |(x_i - o) P|.
The matrix itself can so stay in the file that it is mapped from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.vocabulary import Ids
from models.weights import Array

Exact = NDArray[np.float64]
"""Vectors in double precision."""

Which = Ids | Sequence[int] | slice
"""Numbers of rows, from 0 to n - 1, or a range of them."""

SHORTEST, LONGEST = 1e-18, 1e18
"""Lengths of vectors (but for 0) between which squares and inverses are finite in single precision."""

CHUNK = 16_384
"""Rows that are worked on at once in double precision: 6.5 MB of 50 numbers each."""


class Rows:
    """The rows of a matrix in some basis.

    Args:
        matrix: float32, shape (n, d), in any memory layout; kept, not copied, and never written to.
        offset: what is subtracted from each row, shape (d,). Default: nothing.
        directions: what is then projected out, orthonormal rows, shape (m, d). Default: nothing.
        is_unit: whether each row is then divided by its length; zero rows stay zero. Default: no.
    """

    def __init__(
        self,
        matrix: Array,
        offset: Exact | None = None,
        directions: Exact | None = None,
        *,
        is_unit: bool = False,
    ) -> None:
        self.matrix: NDArray[np.float32] = np.asarray(matrix, np.float32)
        self.size = int(self.matrix.shape[1])
        self.offset: Exact = np.zeros(self.size) if offset is None else offset
        self.directions: Exact = np.zeros((0, self.size)) if directions is None else directions
        self.is_unit = is_unit

    def __len__(self) -> int:
        return len(self.matrix)

    def __getitem__(self, which: Which) -> Exact:
        """The rows asked for, shape (rows, d)."""
        rows = self._unscaled(which)
        return unit(rows) if self.is_unit else rows

    def units(self, which: Which) -> Exact:
        """The rows asked for, divided by their lengths; zero rows stay zero. Shape (rows, d)."""
        return unit(self._unscaled(which))

    def chunks(self) -> Iterator[Exact]:
        """All rows, some thousands at a time, in order."""
        for start in range(0, len(self), CHUNK):
            yield self[start : start + CHUNK]

    def mean(self) -> Exact:
        """The mean of all rows, shape (d,)."""
        total = np.zeros(self.size)
        for chunk in self.chunks():
            total += chunk.sum(axis=0)
        return total / len(self)

    def without(self, directions: Exact) -> Rows:
        """The rows projected to where they are orthogonal to these directions also.

        Args:
            directions: shape (m, d), not zero, not necessarily orthogonal.
        """
        spanned = np.linalg.svd(np.vstack([self.directions, directions]), full_matrices=False)
        basis = spanned.Vh[spanned.S / spanned.S[0] > 1e-9]
        return Rows(self.matrix, self.offset, basis, is_unit=self.is_unit)

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """Euclidean length of each row, before it is made unit length if it is. Shape (n,)."""
        lengths = np.empty(len(self), np.float32)
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            lengths[part] = np.linalg.norm(self._unscaled(part), axis=1)
        return lengths

    def dots(self, vector: Exact, which: Ids | slice = slice(None)) -> NDArray[np.float32]:
        """Scalar products of rows with one vector, to single precision.

        Args:
            vector: shape (d,).
            which: the rows; all by default.

        Returns:
            Shape (rows,).
        """
        products = self._products(vector, which)
        if self.is_unit:
            products *= self._inverse_lengths[which]
        return products

    def cosines(self, vectors: Exact, which: Ids | slice = slice(None)) -> NDArray[np.float32]:
        """Cosines between rows and one vector or several, to single precision; 0 for zero rows.

        Args:
            vectors: shape (d,) or (m, d), not zero.
            which: the rows; all by default.

        Returns:
            Shape (rows,) or (m, rows), from -1 to 1 but for rounding.
        """
        products = self._products(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), which)
        products *= self._inverse_lengths[which]
        return products

    def closeness(self, vector: Exact, which: Ids | slice = slice(None)) -> NDArray[np.float32]:
        """A number that is the larger the smaller the Euclidean distance between row and vector.

        It is x·v - |x|²/2, which is (|v|² - |x - v|²) / 2.

        Args:
            vector: shape (d,).
            which: the rows; all by default.

        Returns:
            Shape (rows,).
        """
        lengths = self.lengths[which]
        squares = (lengths > 0).astype(np.float32) if self.is_unit else lengths**2
        return self.dots(vector, which) - squares / np.float32(2)

    @cached_property
    def _inverse_lengths(self) -> NDArray[np.float32]:
        return np.divide(1, self.lengths, out=np.zeros_like(self.lengths), where=self.lengths > 0)

    def _unscaled(self, which: Which) -> Exact:
        rows = self.matrix[which].astype(np.float64) - self.offset
        if len(self.directions):
            rows -= rows @ self.directions.T @ self.directions
        return rows

    def _products(self, vectors: Exact, which: Ids | slice) -> NDArray[np.float32]:
        across = vectors - vectors @ self.directions.T @ self.directions
        products: NDArray[np.float32] = across.astype(np.float32) @ self.matrix[which].T
        if self.offset.any():
            products -= (across @ self.offset).astype(np.float32)[..., None]
        return products


def unit(rows: Exact) -> Exact:
    """Rows divided by their lengths; those of length 0 stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    units: Exact = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return units
