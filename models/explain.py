"""Why a network says what it says of a sentence: by asking it about parts of the sentence.

All questions are of one kind, so that they mean the same for every architecture: what would the network say
if the sentence were another? Leaving a word out gives the sentence without it: the words behind it move up,
and the row is filled with padding at its end. A sentence that ends after a word is likewise the row of its
first words, and padding. So a network that does not skip padding reads it here too, as it does in training.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from models.forward import predict
from models.layers import Dense, Dropout, Embedding, GlobalAveragePooling1D, Layer, Recurrent
from models.weights import Array

Ids = NDArray[np.int32]
"""Word ids of one sentence, padded at the end: (length,)."""

BUDGET = 5_000
"""Sentences that the search for a flip may ask about: 0.2 s for 55 words and an LSTM of 32 units."""

BLOCK = 64
"""Sentences of one forward pass. The products of larger ones are shared out to threads, which on a busy
machine wait for one another at each time step: ten times as slow."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What the words of a sentence do to the verdict.

    Attributes:
        probabilities: (classes,) of the whole sentence.
        verdict: the most probable class.
        after: (words + 1, classes): what the network would say if the sentence ended after each word; first
            of all, what it says of no word.
        importance: (words,) probability of the verdict, minus what is left of it without the word: from -1 to
            1, above 0 for words that speak for the verdict.
    """

    probabilities: Array
    verdict: int
    after: Array
    importance: Array


@dataclass(frozen=True, eq=False)
class Flip:
    """Words whose deletion changes the verdict.

    Attributes:
        words: their positions, rising, from 0; none if no such words were found.
        probabilities: (classes,) of the sentence without them.
        proven: no smaller set does it, for all were tried; and if there are no words, none at all does it.
        asked: about how many sentences the network was asked.
    """

    words: tuple[int, ...]
    probabilities: Array
    proven: bool
    asked: int


def skips_padding(layers: Sequence[Layer], pad_id: int) -> bool:
    """Whether padding changes nothing, so that it may as well be cut off.

    Args:
        layers: from input to output.
        pad_id: id of the padding.

    Returns:
        True if an Embedding masks the padding, and the mask reaches a layer that sums the sequence up.
    """
    if not (isinstance(layers[0], Embedding) and layers[0].pad_id == pad_id):
        return False
    for layer in layers[1:]:
        if isinstance(layer, GlobalAveragePooling1D) or (
            isinstance(layer, Recurrent) and not layer.return_sequences
        ):
            return True
        if not isinstance(layer, Dense | Dropout | Recurrent):
            return False  # it loses the mask, or wants a certain length
    return False


def words_in(row: Ids, pad_id: int) -> int:
    """How many words a row has: all up to its last that is no padding."""
    places = np.flatnonzero(row != pad_id)
    return int(places[-1]) + 1 if len(places) else 0


def without(row: Ids, pad_id: int, deleted: Iterable[Iterable[int]]) -> Ids:
    """The sentence without some of its words, for many choices of words.

    Args:
        row: (length,) ids.
        pad_id: id of the padding.
        deleted: positions of the words left out, for each new sentence.

    Returns:
        (sentences, length) ids.
    """
    choices = [list(words) for words in deleted]
    gone = np.zeros((len(choices), len(row)), np.bool_)
    for sentence, words in zip(gone, choices, strict=True):
        sentence[words] = True
    order = np.argsort(gone, axis=1, kind="stable")  # what stays first, in its order; then what goes
    return np.where(np.take_along_axis(gone, order, axis=1), np.int32(pad_id), row[order])


def explain(layers: Sequence[Layer], weights: Mapping[str, Array], row: Ids, pad_id: int) -> Explanation:
    """Ask a network about the beginnings of a sentence, and about the sentence without each of its words.

    Args:
        layers: from an Embedding to the class probabilities.
        weights: by name, as for `models.forward.forward`.
        row: (length,) word ids, padded at the end.
        pad_id: id of the padding, whether or not the network skips it.

    Raises:
        ValueError: the network cannot take this row, or an id is not in its vocabulary.
    """
    network = _Network(layers, weights, row, pad_id)
    words = network.words
    beginnings = np.where(np.arange(len(row)) < np.arange(words + 1)[:, None], row, np.int32(pad_id))
    said = network.ask(np.concatenate([beginnings, without(row, pad_id, ([i] for i in range(words)))]))
    after, left_out = said[: words + 1], said[words + 1 :]
    verdict = int(after[-1].argmax())
    return Explanation(after[-1], verdict, after, after[-1, verdict] - left_out[:, verdict])


def flip(
    layers: Sequence[Layer],
    weights: Mapping[str, Array],
    row: Ids,
    pad_id: int,
    budget: int = BUDGET,
) -> Flip:
    """Find the fewest words whose deletion changes the verdict; at least one word always stays.

    All sets of one word are tried, then all of two, and so on while the budget lasts. Among equally small
    ones the one is taken that changes the verdict most clearly. When the next size would be too many, words
    are deleted greedily, always the one that hurts the verdict most, and then those put back that are not
    needed.

    Args:
        layers: from an Embedding to the class probabilities.
        weights: by name.
        row: (length,) word ids, padded at the end.
        pad_id: id of the padding.
        budget: sentences that the exhaustive search may ask about. The greedy one asks at most about as many
            more as there are words, squared.

    Raises:
        ValueError: the network cannot take this row, or an id is not in its vocabulary.
    """
    network = _Network(layers, weights, row, pad_id)
    words = network.words
    whole = network.ask(row[np.newaxis])[0]
    verdict = int(whole.argmax())

    def leads(choices: Sequence[tuple[int, ...]]) -> tuple[Array, Array]:
        """By how much the verdict still leads without these words; the probabilities."""
        said = network.ask(without(row, pad_id, choices))
        return said[:, verdict] - np.delete(said, verdict, axis=1).max(axis=1), said

    size = 1
    while size < words and network.asked + comb(words, size) <= budget:
        choices = list(combinations(range(words), size))
        lead, said = leads(choices)
        if lead.min() < 0:
            best = int(lead.argmin())
            return Flip(choices[best], said[best], proven=True, asked=network.asked)
        size += 1
    if size >= words:
        return Flip((), whole, proven=True, asked=network.asked)

    gone: tuple[int, ...] = ()
    now, changed = whole, False
    while not changed and len(gone) < words - 1:
        choices = [(*gone, i) for i in range(words) if i not in gone]
        lead, said = leads(choices)
        best = int(lead.argmin())
        gone, now, changed = choices[best], said[best], bool(lead[best] < 0)
    if not changed:
        return Flip((), whole, proven=False, asked=network.asked)
    while changed and len(gone) > size:
        choices = list(combinations(gone, len(gone) - 1))
        lead, said = leads(choices)
        best = int(lead.argmin())
        changed = bool(lead[best] < 0)
        if changed:
            gone, now = choices[best], said[best]
    return Flip(tuple(sorted(gone)), now, proven=len(gone) == size, asked=network.asked)


class _Network:
    """A network that is asked about many variants of one sentence."""

    def __init__(self, layers: Sequence[Layer], weights: Mapping[str, Array], row: Ids, pad_id: int) -> None:
        self.words = words_in(row, pad_id)
        self.asked = 0
        self._layers = layers
        self._weights = weights
        # One step stays even of a sentence without words: no network reads a row of no length.
        self._length = max(self.words, 1) if skips_padding(layers, pad_id) else len(row)

    def ask(self, rows: Ids) -> Array:
        """(sentences, classes) probabilities of rows that are no longer than the sentence."""
        self.asked += len(rows)
        rows = rows[:, : self._length]
        blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
        return np.concatenate([predict(self._layers, self._weights, block) for block in blocks])
