"""From sentences to word ids and back, the way the course prepared its movie reviews.

A sentence is cut into tokens, each token is looked up in a vocabulary, and the ids stand in a row of fixed
length, padded at its end. What was seen in the course's 8,741 reviews, and what `tokenize` therefore does:

- All is in lower case, but for the two special tokens `PAD` and `OOV` (out of vocabulary).
- Punctuation stands apart, the apostrophe too: `it ' s`, `. . .`. All quotation marks have become `'`.
- Hyphens and slashes inside a word are part of it: `hip-hop`, `and/or`; between spaces they are tokens.
- `--` and `***` are single tokens, and so is `#9`.

A row's tokens, joined by spaces and cut again, give back the row (a test does it with all reviews). The
vocabulary has its words in order of first appearance in the training reviews, row by row, padding included.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from data.dataset import Dataset

PAD = "PAD"
OOV = "OOV"

LENGTH = 55
"""Tokens of a row, as in the course's files."""

MAX_SUGGESTED = 40
"""Characters of the longest word for which known spellings are sought."""

_NORMALIZED = 100  # Python composes accents in time quadratic in their number, so long tokens are left alone

_SPELLINGS = str.maketrans(
    dict.fromkeys('"`´“”„‟‘’‚‛«»', "'") | dict.fromkeys("‐‑−", "-") | {"—": "--", "…": "..."}
)

# Over the classes of `_class_of`: a word, `#9`, `--`, `***`, or any single sign with the marks upon it.
_TOKEN = re.compile(r"#?wm*(?:[wm]|[-/](?=w))*|--|\*+|[^ ]m*")


def tokenize(text: str) -> list[str]:
    """Cut a sentence into tokens.

    Args:
        text: any text at all. Control characters count as spaces, and characters that show nothing (such as
            marks of the writing direction) are left out. Time and memory grow linearly with its length.

    Returns:
        The tokens, none of them empty or with a space in it. Only `OOV`, typed just so, stays in upper case.
    """
    text = text.translate(_SPELLINGS)
    seen = set(text)
    text = text.translate({ord(c): None for c in seen if unicodedata.category(c) == "Cf" and c != "\u200b"})
    classes = text.translate({ord(c): _class_of(c) for c in seen})
    return [_spelled(text[match.start() : match.end()]) for match in _TOKEN.finditer(classes)]


def _class_of(character: str) -> str:
    """One letter for what a character is to the tokenizer: w(ord), m(ark), a space, itself, or any other."""
    if character in "-/#*":
        return character
    if character.isalnum():
        return "w"
    category = unicodedata.category(character)
    if category[0] == "M":
        return "m"
    if character.isspace() or category in ("Cc", "Cf", "Cs"):
        return " "
    return "."


def _spelled(token: str) -> str:
    """The token as the vocabulary would spell it."""
    if token == OOV:
        return token
    token = token.lower()
    if token.isascii() or len(token) > _NORMALIZED:
        return token
    return unicodedata.normalize("NFC", token)


@dataclass(frozen=True)
class Encoded:
    """A sentence on its way into a network.

    Attributes:
        tokens: those that fit the row.
        ids: of these tokens, one each.
        unknown: the positions, from 0, of the tokens that are not in the vocabulary.
        cut: the tokens that did not fit.
        row: what the network gets, int32 of shape (length,): `ids`, then padding; read-only.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    unknown: tuple[int, ...]
    cut: tuple[str, ...]
    row: NDArray[np.int32] = field(compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """Words and their ids.

    Attributes:
        id2word: the words; the word with the id `i` is `id2word[i]`. `PAD` and `OOV` are among them.

    Raises:
        ValueError: a word stands there twice, or one of the two is missing.
    """

    id2word: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.word2id) != len(self.id2word):
            raise ValueError("A word stands in the vocabulary twice.")
        if not {PAD, OOV} <= self.word2id.keys():
            raise ValueError(f"A vocabulary needs the words {PAD} and {OOV}.")

    @classmethod
    def of(cls, rows: Iterable[Iterable[str]]) -> Vocabulary:
        """Give ids to words in order of first appearance.

        Args:
            rows: rows of tokens. `PAD` and `OOV`, if they are in no row, get the last ids.
        """
        words = dict.fromkeys(chain.from_iterable(rows))
        return cls(tuple(words | dict.fromkeys((PAD, OOV))))

    @cached_property
    def word2id(self) -> Mapping[str, int]:
        """The id of each word."""
        return {word: i for i, word in enumerate(self.id2word)}

    @property
    def pad_id(self) -> int:
        """The id of the padding."""
        return self.word2id[PAD]

    @property
    def oov_id(self) -> int:
        """The id of all words that are not in the vocabulary."""
        return self.word2id[OOV]

    @cached_property
    def fingerprint(self) -> str:
        """16 hexadecimal digits, equal for equal vocabularies: weights trained with one fit only that."""
        return hashlib.sha256("\n".join(self.id2word).encode()).hexdigest()[:16]

    def __len__(self) -> int:
        """Number of words, the two special ones included."""
        return len(self.id2word)

    def encode(self, sentence: str | Sequence[str], length: int = LENGTH) -> Encoded:
        """Turn a sentence into a row of ids.

        Args:
            sentence: text, which is cut by `tokenize`, or tokens.
            length: of the row.
        """
        every = tokenize(sentence) if isinstance(sentence, str) else list(sentence)
        tokens = tuple(every[:length])
        ids = tuple(self.word2id.get(token, self.oov_id) for token in tokens)
        unknown = tuple(i for i, word_id in enumerate(ids) if word_id == self.oov_id)
        row = np.full(length, self.pad_id, np.int32)
        row[: len(ids)] = ids
        row.setflags(write=False)
        return Encoded(tokens, ids, unknown, tuple(every[length:]), row)

    def rows(self, reviews: Sequence[Sequence[str]], length: int = LENGTH) -> NDArray[np.int32]:
        """The rows of many tokenized reviews, int32 of shape (reviews, length); see `encode`."""
        find, unknown = self.word2id.get, self.oov_id
        table = [[find(word, unknown) for word in review[:length]] for review in reviews]
        rows = np.full((len(table), length), self.pad_id, np.int32)
        for row, ids in zip(rows, table, strict=True):
            row[: len(ids)] = ids
        return rows

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Turn ids into words; the padding at the end is left out.

        Raises:
            ValueError: a number is no id of this vocabulary.
        """
        words: list[str] = []
        for word_id in map(int, ids):
            if not 0 <= word_id < len(self):
                raise ValueError(
                    f"There is no word with the id {word_id}: ids go from 0 to {len(self) - 1:,}."
                )
            words.append(self.id2word[word_id])
        while words and words[-1] == PAD:
            words.pop()
        return words

    def nearest(self, word: str, limit: int = 3) -> list[str]:
        """Known words that are spelled like an unknown one.

        Args:
            word: a single token.
            limit: at most so many.

        Returns:
            The nearest first; among equals, the one that appeared first. About one letter in three may
            differ, counted in the insertions, deletions, replacements and swaps of neighbours that lead from
            one word to the other (optimal string alignment distance). None for words of a single letter, or
            of more than `MAX_SUGGESTED`.
        """
        word = _spelled(word)
        if not 2 <= len(word) <= MAX_SUGGESTED:
            return []
        near = process.extract(
            word, self._spellings, scorer=OSA.distance, limit=limit + 1, score_cutoff=max(1, len(word) // 3)
        )
        return [other for other, _, _ in near if other != word][:limit]

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        """The words that can be misspelled: those with a letter in them."""
        special = {PAD, OOV}
        return tuple(w for w in self.id2word if w not in special and any(map(str.isalpha, w)))


def read_ids(text: str) -> list[int]:
    """Read ids as a learner types them: whole numbers with spaces or commas between them, brackets allowed.

    Raises:
        ValueError: something else stands among them; the sentence names it.
    """
    ids: list[int] = []
    for part in re.split(r"[\s,;()\[\]]+", text):
        if not part:
            continue
        if not re.fullmatch(r"[0-9]{1,9}", part):
            raise ValueError(f"“{part[:20]}” is no id. Type whole numbers, such as: 7 8 9.")
        ids.append(int(part))
    return ids


@dataclass(frozen=True, eq=False)
class TextDataset(Dataset):
    """Sentences as rows of word ids: `x_train` and `x_test` hold int32 of shape (sentences, length).

    Attributes:
        vocabulary: what the ids mean; `info.vocabulary_size` is its length.
    """

    vocabulary: Vocabulary

    def tokens(self, row: NDArray[np.int32]) -> list[str]:
        """The words of one row, without its padding."""
        return self.vocabulary.decode(row)
