"""What a run said of the test reviews."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.text import TextDataset
from models.weights import Array


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Test reviews, and what a run said of them.

    Attributes:
        dataset: of the reviews.
        said: (reviews,) classes as the network says.
        confidence: (reviews,) probability of what it says, 0 to 1.
    """

    dataset: TextDataset
    said: Array
    confidence: Array

    @property
    def truth(self) -> Array:
        """(reviews,) classes as they are."""
        return self.dataset.y_test[: len(self.said)]

    @property
    def right(self) -> Array:
        """(reviews,) whether the network is right."""
        return np.asarray(self.said == self.truth)

    @property
    def rows(self) -> Array:
        """(reviews, length) ids."""
        return self.dataset.x_test[: len(self.said)]

    @property
    def words(self) -> Array:
        """(reviews,) number of words."""
        return np.asarray((self.rows != self.dataset.vocabulary.pad_id).sum(axis=1))

    def have(self, words: Sequence[str]) -> Array:
        """(reviews,) whether all of these words stand in them."""
        ids = self.dataset.vocabulary.word2id
        found = [(self.rows == ids.get(word, -1)).any(axis=1) for word in words]
        return np.all(found, axis=0) if found else np.ones(len(self.said), np.bool_)

    def sentence(self, index: int) -> str:
        """A review as text."""
        return " ".join(self.dataset.tokens(self.rows[index]))
