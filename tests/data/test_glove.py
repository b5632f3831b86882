"""GloVe from its package, and what is said when the package is broken."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.dataset import DataError
from data.glove import MATRIX_FILE, SIZE, WORDS, WORDS_FILE, load_glove, read_glove


def write(folder: Path, words: list[str], vectors: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    np.save(folder / MATRIX_FILE, vectors)
    pd.DataFrame({"index": words}).to_parquet(folder / WORDS_FILE)


def test_all_words_are_there() -> None:
    glove = load_glove()
    assert glove.words.shape == (WORDS,)
    assert glove.vectors.shape == (WORDS, SIZE)
    assert glove.words[:8].tolist() == ["the", ",", ".", "of", "to", "and", "in", "a"]
    assert load_glove() is glove


def test_vectors_stay_in_their_file() -> None:
    vectors = load_glove().vectors
    assert isinstance(vectors, np.memmap)
    assert vectors.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        vectors[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        load_glove().words[0] = "a"


def test_a_vector_is_the_published_one() -> None:
    king = load_glove().words.tolist().index("king")
    assert load_glove().vectors[king, :4] == pytest.approx([0.50451, 0.68607, -0.59517, -0.022801])


def test_small_files_are_read(tmp_path: Path) -> None:
    vectors = np.arange(6, dtype=np.float32).reshape(3, 2)
    write(tmp_path, ["a", "ö", "c" * 100], vectors)
    glove = read_glove(tmp_path, words=3, size=2)
    assert glove.words.tolist() == ["a", "ö", "c" * 100]
    assert np.array_equal(glove.vectors, vectors)


@pytest.mark.parametrize(("words", "size"), [(3, 2), (2, 3), (4, 2), (3, 1)])
def test_other_shapes_are_refused(tmp_path: Path, words: int, size: int) -> None:
    write(tmp_path, ["a", "b"], np.ones((3, 2), np.float32))
    with pytest.raises(DataError, match=r"word vectors .* Install them again with: pip"):
        read_glove(tmp_path, words, size)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read: .*Install them again"):
        read_glove(tmp_path)


@pytest.mark.parametrize("broken", [MATRIX_FILE, WORDS_FILE])
@pytest.mark.parametrize("content", [b"", b"PAR1", b"\x93NUMPY\x01\x00", b"x" * 1000])
def test_broken_files_are_refused(tmp_path: Path, broken: str, content: bytes) -> None:
    write(tmp_path, ["a", "b"], np.ones((2, 2), np.float32))
    (tmp_path / broken).write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        read_glove(tmp_path, 2, 2)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    write(tmp_path, ["a", "b"], np.ones((2, 2), np.float32))
    np.save(tmp_path / MATRIX_FILE, np.array([[{}], [{}]], object), allow_pickle=True)
    with pytest.raises(DataError, match="cannot be read"):
        read_glove(tmp_path, 2, 1)
