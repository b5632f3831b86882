"""Word vectors in text files: those of the TensorBoard projector, of GloVe and of word2vec.

- GloVe: each line is a word and its numbers, separated by blanks.
- word2vec: the same, after a first line with the number of words and the size of the vectors.
- TensorBoard projector: two files. In the first each line is a vector, its numbers separated by tabs. The
  second, the labels, has a line for each: the word alone, or columns separated by tabs after a line with
  their names; of several columns the word is the one named word, label or name, or else the first.

Files are read line by line and refused at the first wrong line, so what a header claims or how long a line is
costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from models.rows import LONGEST, SHORTEST
from models.vocabulary import VectorError
from models.weights import Array

MAX_WORDS = 200_000
MAX_SIZE = 1024
MAX_NUMBERS = 20_000_000
"""Words times numbers of each: 80 MB."""
MAX_LINE = 32_768
"""Bytes: 1,024 numbers of 30 digits."""
MAX_WORD = 100
"""Characters of a word."""
WORD_COLUMNS = ("word", "label", "name")

_HEADER = re.compile(r"[0-9]{1,18} +[0-9]{1,18}")


class VectorFileError(VectorError):
    """A file that cannot be read; the sentence names the line, counted from 1.

    Attributes:
        line: the line, or None if it is about the whole file.
    """

    def __init__(self, line: int | None, message: str) -> None:
        self.line = line
        super().__init__(message if line is None else f"Line {line:,}: {message}")


def read_vectors(
    file: BinaryIO | Path, labels: BinaryIO | Path | None = None
) -> tuple[list[str], NDArray[np.float32]]:
    """Read words and their vectors.

    Args:
        file: GloVe or word2vec text, or the vectors of the TensorBoard projector; UTF-8.
        labels: the labels of the TensorBoard projector; then `file` has vectors only.

    Returns:
        The words in their order, and float32 of shape (words, size).

    Raises:
        VectorFileError: a file is binary, empty, too large, or a line is wrong: too few or too many numbers,
            not a number, not finite, nothing but zeros, no word, or a word that was there before.
    """
    if isinstance(file, Path):
        with file.open("rb") as stream:
            return read_vectors(stream, labels)
    if isinstance(labels, Path):
        with labels.open("rb") as stream:
            return read_vectors(file, stream)
    words = _Words()
    matrix = _Matrix()
    claimed: int | None = None
    for line, text in _lines(file):
        if labels is not None:
            matrix.add(line, text.split("\t"))
            continue
        if line == 1 and _HEADER.fullmatch(text.rstrip()):
            count, size = map(int, text.split())
            _check_claim(count, size)
            claimed, matrix.size = count, size
            continue
        if "\t" in text and not words.found:
            hint = "add the second file, with its labels" if _is_number(text.split("\t")[0]) else "use blanks"
            raise VectorFileError(line, f"this is separated by tabs; if it is the projector's, {hint}.")
        word, *numbers = text.rstrip(" ").split(" ")
        words.add(line, word)
        matrix.add(line, numbers)
    if claimed is not None and claimed != len(words.found):
        raise VectorFileError(
            1, f"the header speaks of {claimed:,} words, but the file has {len(words.found):,}."
        )
    if labels is not None:
        _read_labels(labels, words, len(matrix.rows))
    if not words.found:
        raise VectorFileError(None, "The file is empty. Choose one with a word and its vector in each line.")
    return list(words.found), np.array(matrix.rows, np.float32)


def write_projector(words: Sequence[str], vectors: Array) -> tuple[bytes, bytes]:
    """The two files of the TensorBoard projector: vectors and labels, as `read_vectors` reads them.

    Args:
        words: n words; tabs and line breaks, which such a file cannot have, become blanks.
        vectors: shape (n, size).
    """
    rows = "".join("\t".join(map(str, row.tolist())) + "\n" for row in np.asarray(vectors, np.float32))
    names = "".join(" ".join(word.split()) + "\n" for word in words)
    return rows.encode(), names.encode()


class _Words:
    """Words, each with the line where it stands."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def add(self, line: int, word: str) -> None:
        if not word:
            raise VectorFileError(
                line, "there is no word. Each line begins with one, and no blank before it."
            )
        if len(word) > MAX_WORD:
            raise VectorFileError(line, f"the word has {len(word):,} characters; {MAX_WORD} are allowed.")
        if word in self.found:
            raise VectorFileError(
                line, f"“{word}” stands in line {self.found[word]:,} already. Remove one of them."
            )
        if len(self.found) == MAX_WORDS:
            raise VectorFileError(line, f"at most {MAX_WORDS:,} words can be read. Leave out the rarest.")
        self.found[word] = line


class _Matrix:
    """Rows of equal length."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.float32]] = []
        self.size: int | None = None

    def add(self, line: int, numbers: list[str]) -> None:
        if not numbers:
            raise VectorFileError(line, "there are no numbers after the word.")
        if self.size is None:
            if len(numbers) > MAX_SIZE:
                raise VectorFileError(
                    line, f"a vector can have {MAX_SIZE:,} numbers; this one has {len(numbers):,}."
                )
            self.size = len(numbers)
        if len(numbers) != self.size:
            raise VectorFileError(
                line, f"{self.size} numbers were expected; there are {len(numbers)}. All need equally many."
            )
        if len(self.rows) == MAX_WORDS or (len(self.rows) + 1) * self.size > MAX_NUMBERS:
            raise VectorFileError(line, f"there are more than {MAX_NUMBERS:,} numbers. Leave out rare words.")
        self.rows.append(_row(line, numbers))


def _row(line: int, numbers: list[str]) -> NDArray[np.float32]:
    for text in numbers:
        if not _is_number(text):
            raise VectorFileError(line, f"“{text[:40]}” is not a number.")
    with np.errstate(over="ignore"):
        row = np.array([float(text) for text in numbers], np.float32)
    length = float(np.linalg.norm(row.astype(np.float64)))
    if not length <= LONGEST:
        raise VectorFileError(line, "a number is NaN, infinite or too large.")
    if not row.any():
        raise VectorFileError(line, "the vector is all zeros, so it has no direction. Remove the line.")
    if length < SHORTEST:
        raise VectorFileError(line, "the numbers are too small to work with. Scale all vectors up.")
    return row


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # Python's own 1_000


def _check_claim(count: int, size: int) -> None:
    if count > MAX_WORDS or size > MAX_SIZE or count * size > MAX_NUMBERS:
        raise VectorFileError(
            1,
            f"the header speaks of {count:,} words of {size:,} numbers; at most {MAX_WORDS:,} words, "
            f"{MAX_SIZE:,} numbers each and {MAX_NUMBERS:,} in all can be read.",
        )
    if not count or not size:
        raise VectorFileError(1, "the header speaks of no words or no numbers.")


def _read_labels(labels: BinaryIO, words: _Words, vectors: int) -> None:
    column: int | None = None
    header = 0
    last = 0
    for line, text in _lines(labels):
        cells = text.split("\t")
        if column is None:
            names = [cell.strip().lower() for cell in cells]
            column = next((names.index(name) for name in WORD_COLUMNS if name in names), 0)
            if len(cells) > 1:
                header = 1
                continue
            column = 0
        if column >= len(cells):
            raise VectorFileError(line, "of the labels: the word's column is missing.")
        words.add(line, cells[column].strip())
        last = line
    if len(words.found) != vectors:
        found = f"{len(words.found):,} labels" + (" after the line with the columns' names" if header else "")
        raise VectorFileError(last or None, f"there are {found}, but {vectors:,} vectors. Each needs one.")


def _lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Lines that are not empty, with their numbers from 1.

    Raises:
        VectorFileError: the file is binary, not UTF-8, or a line is too long.
    """
    number = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if b"\0" in raw:
            raise VectorFileError(number, "this is a binary file. Save the vectors as text, and choose that.")
        if len(raw) > MAX_LINE:
            raise VectorFileError(number, f"it is longer than {MAX_LINE:,} characters, so no vector's line.")
        try:
            text = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise VectorFileError(
                number, "this is not text in UTF-8. If the file is binary, save the vectors as text."
            ) from error
        if text.strip():
            yield number, text
