"""Vectors from files: what is read, and that hostile files are refused in a sentence and at once."""

from collections.abc import Iterator
from io import BytesIO, RawIOBase
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models import vector_files
from models.vector_files import VectorFileError, read_vectors, write_projector
from models.vectors import VectorError, VectorSpace
from models.weights import Array

quick = settings(derandomize=True, deadline=None)

EXPECTED = np.array([[1, -2.5], [0.001, 3]], np.float32)


@pytest.mark.parametrize(
    "text",
    [
        "king 1 -2.5\nqueen 1e-3 3\n",
        "2 2\nking 1 -2.5\nqueen 1e-3 3",
        "\ufeffking 1 -2.5\r\nqueen 1e-3 3\r\n\r\n",
        "2 2\nking 1 -2.5 \nqueen 1e-3 3 \n",
    ],
)
def test_glove_and_word2vec_text(text: str) -> None:
    words, vectors = read_vectors(BytesIO(text.encode()))
    assert words == ["king", "queen"]
    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, EXPECTED)


@pytest.mark.parametrize(
    "labels",
    [
        "king\nqueen\n",
        "word\tcount\nking\t5\nqueen\t6\n",
        "count\tWord\n5\tking\n6\tqueen\n",
        "thing\tcount\nking\t5\nqueen\t6\n",
    ],
)
def test_the_projectors_pair(labels: str) -> None:
    words, vectors = read_vectors(BytesIO(b"1\t-2.5\n0.001\t3\n"), BytesIO(labels.encode()))
    assert words == ["king", "queen"]
    assert np.array_equal(vectors, EXPECTED)


def test_files_by_path(tmp_path: Path) -> None:
    (tmp_path / "v.tsv").write_text("1\t-2.5\n0.001\t3\n")
    (tmp_path / "m.tsv").write_text("king\nqueen\n")
    space = VectorSpace.from_file("mine", tmp_path / "v.tsv", tmp_path / "m.tsv")
    assert list(space.vocabulary) == ["king", "queen"]
    assert space.title == "mine, raw"


@quick
@given(
    st.data(),
    st.lists(
        st.text(st.sampled_from("abcé'-.,\""), min_size=1, max_size=9), min_size=1, max_size=9, unique=True
    ),
)
def test_what_is_written_for_the_projector_is_read_again(data: st.DataObject, words: list[str]) -> None:
    numbers = st.floats(-1e6, 1e6, width=32).filter(lambda number: abs(number) > 1e-9)
    vectors: Array = data.draw(arrays(np.float32, (len(words), 3), elements=numbers))
    written, labels = write_projector(words, vectors)
    again, same = read_vectors(BytesIO(written), BytesIO(labels))
    assert again == words
    assert np.array_equal(same, vectors)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", None, "The file is empty"),
        ("\n\n  \n", None, "The file is empty"),
        ("king 1 2\nqueen 1\n", 2, "2 numbers were expected; there are 1"),
        ("king 1 2\n\nqueen 1 2 3\n", 3, "2 numbers were expected; there are 3"),
        ("king\n", 1, "no numbers after the word"),
        ("king 1 nan\n", 1, "NaN, infinite or too large"),
        ("king 1 -inf\n", 1, "NaN, infinite or too large"),
        ("king 1 1e39\n", 1, "NaN, infinite or too large"),
        ("king 1 1e999\n", 1, "NaN, infinite or too large"),
        ("king 3e38 3e38\n", 1, "NaN, infinite or too large"),
        ("king 1 two\n", 1, "“two” is not a number"),
        ("king 1 1_000\n", 1, "“1_000” is not a number"),
        ("king 1 0x1\n", 1, "“0x1” is not a number"),
        ("king 1,5 2\n", 1, "“1,5” is not a number"),
        ("king 1  2\n", 1, "“” is not a number"),
        ("king 1 2\nqueen 0 -0\n", 2, "all zeros"),
        ("king 1 2\nqueen 2 3\nking 4 5\n", 3, "“king” stands in line 1 already"),
        (" 1 2\n", 1, "there is no word"),
        (f"{'x' * 101} 1 2\n", 1, "the word has 101 characters"),
        ("king\t1\t2\n", 1, "use blanks"),
        ("1\t2\n3\t4\n", 1, "add the second file"),
        ("1000000000 300\nking 1 2\n", 1, "speaks of 1,000,000,000 words of 300 numbers"),
        ("9" * 18 + " 1\n", 1, "the header speaks of"),
        ("9" * 9000 + " 1\n", 1, "the word has 9,000 characters"),
        ("king 1e-30 1e-30\n", 1, "too small"),
        ("100000 1000\nking 1 2\n", 1, "20,000,000 in all"),
        ("0 0\n", 1, "no words or no numbers"),
        ("3 2\nking 1 2\n", 1, "speaks of 3 words, but the file has 1"),
        ("2 3\nking 1 2\n", 2, "3 numbers were expected; there are 2"),
        ("king " + "1 " * 1025 + "\n", 1, "a vector can have 1,024 numbers; this one has 1,025"),
        ("king " + "1" * 40_000 + "\n", 1, "longer than 32,768"),
    ],
)
def test_wrong_files_are_refused_with_the_line(text: str, line: int | None, sentence: str) -> None:
    with pytest.raises(VectorFileError, match=sentence) as error:
        read_vectors(BytesIO(text.encode()))
    assert error.value.line == line
    assert str(error.value).startswith("" if line is None else f"Line {line}: ")


@pytest.mark.parametrize(
    ("vectors", "labels", "line", "sentence"),
    [
        ("1\t2\n3\t4\n", "king\n", 1, "1 labels, but 2 vectors"),
        ("1\t2\n", "king\nqueen\n", 2, "2 labels, but 1 vectors"),
        ("1\t2\n3\t4\n", "word\tn\nking\t1\n", 2, "1 labels after the line with the columns' names"),
        ("1\t2\n3\t4\n", "king\nking\n", 2, "“king” stands in line 1 already"),
        ("1\t2\n3\t4\n", "n\tword\n1\tking\n2\n", 3, "the word's column is missing"),
        ("1\t2\n3\n", "king\nqueen\n", 2, "2 numbers were expected; there are 1"),
        ("1 2\n", "king\n", 1, "“1 2” is not a number"),
        ("1\t2\n", "", None, "0 labels"),
        ("", "", None, "The file is empty"),
        ("1\t2\n", "\0", 1, "binary"),
    ],
)
def test_wrong_pairs_are_refused(vectors: str, labels: str, line: int | None, sentence: str) -> None:
    with pytest.raises(VectorFileError, match=sentence) as error:
        read_vectors(BytesIO(vectors.encode()), BytesIO(labels.encode()))
    assert error.value.line == line


@pytest.mark.parametrize(
    "content",
    [
        b"2 3\nking " + np.ones(3, np.float32).tobytes(),  # word2vec's binary format
        b"\x93NUMPY\x01\x00v\x00",
        b"PK\x03\x04\x14\x00\x00",
        b"\x1f\x8b\x08\x00abc",
        b"\xff\xfeking 1 2",
        "naïve 1 2".encode("latin-1"),
    ],
)
def test_binary_files_are_refused(content: bytes) -> None:
    with pytest.raises(VectorFileError, match=r"binary"):
        read_vectors(BytesIO(content))


class Endless(RawIOBase):
    """An upload that never ends, made of these lines in turn."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines = lines
        self.given = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        line = next(self.lines)
        self.given += len(line)
        return line[:size]


def numbered() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield b"w%d %s\n" % (number, b"1 " * 500)


def test_a_file_without_end_is_refused_when_it_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "MAX_NUMBERS", 50_000)
    endless = Endless(numbered())
    with pytest.raises(VectorFileError, match="Line 101: there are more than 50,000 numbers"):
        read_vectors(endless)  # type: ignore[arg-type]  # all that is asked of it is readline
    assert endless.given < 200_000


def test_a_line_without_end_is_refused() -> None:
    endless = Endless(iter([b"x" * 100_000_000]))
    with pytest.raises(VectorFileError, match="longer than 32,768"):
        read_vectors(endless)  # type: ignore[arg-type]  # all that is asked of it is readline


def test_too_many_words_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_files, "MAX_WORDS", 3)
    with pytest.raises(VectorFileError, match="Line 4: at most 3 words"):
        read_vectors(BytesIO(b"".join(b"w%d 1 2\n" % number for number in range(9))))


@quick
@given(st.binary(max_size=60) | st.text(st.sampled_from("ab 12.e-\n\t"), max_size=60).map(str.encode))
@example(b"\xef\xbb\xbf")
@example(b"1 1\n1 1")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for labels in (None, BytesIO(content)):
        try:
            words, vectors = read_vectors(BytesIO(content), labels)
        except VectorError:
            continue
        assert len(VectorSpace("any", words, vectors)) == len(words)
        assert np.isfinite(vectors).all()
        assert np.linalg.norm(vectors, axis=1).all()
