"""A learner's file becomes a dataset, or a sentence that names its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.dataset import DataError
from data.text import LENGTH, OOV, TextDataset, tokenize
from data.upload import MAX_BYTES, MAX_CLASSES, MAX_ROWS, read_curves, read_texts

GOOD = [[f"A good film number {i}", "positive"] for i in range(10)]
BAD = [[f"A bad film number {i}", "negative"] for i in range(10)]
TEXTS = [["text", "label"], *GOOD, *BAD]
HEADER = ["class", *map(str, range(LENGTH))]
CURVES = [
    HEADER,
    *([name, *[value] * LENGTH] for name in ("flat", "high") for value in ("0", "0.5", "1e0") * 2),
]


def table(rows: Sequence[Sequence[str]], delimiter: str = ",") -> bytes:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode()


def texts(content: bytes) -> TextDataset:
    return read_texts(content, "films.csv")


def sentences(dataset: TextDataset) -> list[str]:
    return [" ".join(dataset.tokens(row)) for row in (*dataset.x_train, *dataset.x_test)]


def with_rows(*rows: Sequence[str], before: int = 1) -> bytes:
    """The good table with some other rows; the first of them is row `before + 1`."""
    return table([*TEXTS[:before], *rows, *TEXTS[before:]])


# What is read


def test_texts_become_a_dataset() -> None:
    dataset = texts(table(TEXTS))
    assert dataset.info.classes == ("negative", "positive")
    assert dataset.info.title == "films.csv"
    assert (dataset.info.train_size, dataset.info.test_size) == (16, 4)
    assert dataset.info.input_shape == (LENGTH,)
    assert dataset.info.vocabulary_size == len(dataset.vocabulary)
    assert dataset.x_train.shape == (16, LENGTH)
    assert dataset.x_train.dtype == dataset.y_train.dtype == np.int32
    assert np.bincount(dataset.y_train).tolist() == [8, 8]
    assert np.bincount(dataset.y_test).tolist() == [2, 2]
    assert dataset.source.kind == "upload"
    assert dataset.source.sentence == "Your own file films.csv."
    for row, label in zip(dataset.x_train, dataset.y_train, strict=True):
        assert ("good" if label else "bad") in dataset.tokens(row)


def test_words_that_stand_in_the_training_rows_once_are_unknown() -> None:
    dataset = texts(table(TEXTS))
    assert {"a", "good", "bad", "film", "number"} < set(dataset.vocabulary.id2word)
    train = [word for row in dataset.x_train for word in dataset.tokens(row)]
    assert all(train.count(word) > 1 for word in set(train) - {OOV})


def test_curves_become_a_dataset() -> None:
    dataset = read_curves(table(CURVES), "curves.csv")
    assert dataset.info.classes == ("flat", "high")
    assert dataset.info.vocabulary_size is None
    assert dataset.x_train.shape == (10, LENGTH)
    assert dataset.x_train.dtype == np.float32
    assert sorted({float(x[0]) for x in (*dataset.x_train, *dataset.x_test)}) == [0, 0.5, 1]
    last = read_curves(table([[*row[1:], row[0]] for row in CURVES]), "curves.csv")
    np.testing.assert_array_equal(last.x_train, dataset.x_train)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_byte_order_marks(delimiter: str, encode: str) -> None:
    content = table([*TEXTS, ["naïve, “odd”; 😀\tschön", "positive"]], delimiter).decode().encode(encode)
    assert len(sentences(texts(content))) == 21


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_blank_rows(ending: str) -> None:
    lines = ["label,text,remark", *(f"{label},{text}," for text, label in TEXTS[1:]), "", ",,", ""]
    dataset = texts(ending.join(lines).encode())
    assert sorted(dataset.y_train.tolist() + dataset.y_test.tolist()) == [0] * 10 + [1] * 10


def test_other_names_of_columns() -> None:
    assert texts(table([[" Review ", "SENTIMENT"], *TEXTS[1:]])).info.train_size == 16


def test_quoted_commas_quotes_and_line_breaks() -> None:
    odd = 'A good film,\nI said "good" film'
    read = sentences(texts(with_rows([odd, "positive"], [odd, "positive"], [odd, "positive"])))
    assert sum("film , i" in sentence or f", {OOV}" in sentence for sentence in read) == 3


def test_formulas_and_tags_are_only_text() -> None:
    formula = "=SUM(A1:A9) <script>alert(1)</script> __import__('os')"
    dataset = texts(with_rows(*[[formula, "positive"]] * 8))
    assert " ".join(tokenize(formula)) in sentences(dataset)


def test_labels_that_differ_in_case_or_spaces_are_one_class() -> None:
    alike = ["Very  good", " very good", "VERY\u00a0GOOD\n"]
    rows = [[text, alike[i % 3]] for i, (text, _) in enumerate(GOOD)]
    assert texts(table([["text", "label"], *rows, *BAD])).info.classes == ("negative", "Very good")


def test_numbers_as_labels_are_ordered_by_size() -> None:
    rows = [[f"film {i}", str(i % 11)] for i in range(44)]
    assert texts(table([["text", "label"], *rows])).info.classes == tuple(map(str, range(11)))


def test_long_texts_are_cut_and_it_is_said() -> None:
    dataset = texts(with_rows(["good " * 56, "positive"], ["good " * 55, "positive"]))
    assert dataset.source.sentence.endswith("1 text had more than 55 words, and the rest was left out.")


def test_names_tell_contents_and_kinds_apart() -> None:
    one, same, other = (texts(c).info.name for c in (table(TEXTS), table(TEXTS), with_rows(GOOD[0])))
    assert one == same != other
    assert read_texts(table(TEXTS), "../\x00a\u202eb.csv").info.title == "ab.csv"
    assert one.startswith("own-texts-")
    assert len(one) <= 40
    assert read_curves(table(CURVES), "").info.title == "data.csv"


labels = st.lists(st.integers(0, 3), min_size=10, max_size=60).filter(
    lambda y: len(set(y)) > 1 and min(y.count(c) for c in set(y)) > 1
)


@given(labels)
@settings(deadline=None)
def test_a_fifth_of_each_class_is_for_testing(y: list[int]) -> None:
    content = table([["text", "label"], *([f"w{i} w{i}", f"c{label}"] for i, label in enumerate(y))])
    dataset = texts(content)
    classes = sorted(set(y))
    assert dataset.info.classes == tuple(f"c{label}" for label in classes)
    for label, name in enumerate(classes):
        tests = int((dataset.y_test == label).sum())
        assert tests == max(1, round(0.2 * y.count(name)))
        assert tests + int((dataset.y_train == label).sum()) == y.count(name)
        assert tests < y.count(name)
    again = texts(content)
    np.testing.assert_array_equal(again.x_train, dataset.x_train)
    np.testing.assert_array_equal(again.y_test, dataset.y_test)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=300)
def test_any_bytes_give_a_dataset_or_a_sentence(content: bytes) -> None:
    for reader in (read_texts, read_curves):
        for start in (b"", b"text,label\n", table(CURVES[:3])):
            with pytest.raises(DataError) as raised:
                reader(start + content, "x.csv")
            assert str(raised.value).endswith(".")
            assert len(str(raised.value)) < 400


# What is refused


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"The file is empty\."),
        (b"\xef\xbb\xbf \n", r"The file is empty\."),
        (b"text,label\n", r"0 rows of data\. Add some: 10 are needed\."),
        (table(TEXTS[:2]), r"1 row of data\."),
        (table(TEXTS[1:]), r"first row should name the columns, “text” and “label” among them once"),
        (table([["text", "text", "label"]]), r"first row should name the columns"),
        (b"\n" + table(TEXTS), r"first row should name the columns"),
        (b"PK\x03\x04" + bytes(100), r"This is no CSV file"),
        (b"\x89PNG\r\n\x1a\n\0\0", r"This is no CSV file"),
        (b"\xff\xfea", r"This is no CSV file"),
        (b"a" * (MAX_BYTES + 1), r"The file has 5\.0 MB; at most 5 MB are possible"),
        (
            b"text,label\n" + b"a,b\n" * (MAX_ROWS + 1),
            r"The file has 20,001 rows; at most 20,000 are possible",
        ),
        (table([["text", "label"], *GOOD]), r"All rows have the label “positive”\. Add rows of"),
        (with_rows(["a", "neutral"]), r"^Row 2 has a label that no other row has\. Each class needs"),
        (with_rows(["", "positive"]), r"^Row 2 has no text\. Fill it in, or delete them\."),
        (with_rows(["\u200b \x00".replace("\x00", ""), "positive"]), r"^Row 2 has no text\."),
        (with_rows(["a", " "], ["b", ""], before=3), r"^Rows 4 and 5 have no label\."),
        (with_rows(*[["a", ""]] * 9), r"^Rows 2, 3, 4, 5, 6 and 4 more have no label\."),
        (with_rows(["a", "b" * 41]), r"^Row 2 has a label of more than 40 characters\."),
        (
            with_rows(["a", "b", "c"], ["a"], before=2),
            r"^Rows 3 and 4 have more or fewer cells than the first row \(2\)",
        ),
        (with_rows(["a\nb\nc", "positive"], ["", "positive"]), r"^Row 3 has no text\."),
        (b"text,label\n\n\n,positive\n" + table(TEXTS[1:]), r"^Row 4 has no text\."),
        (table(TEXTS) + b'"never closed,positive\na,b\n', r"^Row 22 cannot be read\."),
        (table(TEXTS) + b'"closed" early,positive\n', r"^Row 22 cannot be read\."),
        (
            with_rows(["caf\xe9", "positive"]).decode().encode("latin-1"),
            r"^Row 2 has a character that is not UTF-8",
        ),
        (
            table([*TEXTS, ["x\ny", "a"], ["\xe9", "a"]]).decode().encode("latin-1"),
            r"^Row 23 has a character",
        ),
        (
            table([["text", "label"], *([f"t{i}", f"l{i}"] for i in range(MAX_CLASSES + 1))]),
            r"There are 21 different labels; at most 20 are possible",
        ),
        (with_rows(["a" * 200_000, "positive"]), r"^Row 2 cannot be read\."),
    ],
)
def test_what_is_wrong_with_texts_is_said(content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        texts(content)


def curve(*points: str) -> list[str]:
    return ["flat", *points, *["0"] * (LENGTH - len(points))]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (table([HEADER, *[curve(bad) for bad in ("nan", "", "inf", "1_0", "0,5", "x")], *CURVES[1:]]),
         r"^Rows 2, 3, 4, 5, 6 and 1 more have a point that is missing or no number\."),
        (table([HEADER, curve("1e7"), *CURVES[1:]]), r"^Row 2 has a point beyond a million\."),
        (table([HEADER, curve("1e999"), *CURVES[1:]]), r"^Row 2 has a point that is missing"),
        (table([row[:-1] for row in CURVES]), r"Curves need 55 columns .* this file has 54 columns\."),
        (table([row[:1] for row in CURVES]), r"this file has 0 columns"),
        (table(CURVES[1:]), r"first row should name the columns, “label” among them once"),
        (table(TEXTS), r"this file has 1 column\."),
        (table([*CURVES, CURVES[1][:-1]]), r"^Row 14 has more or fewer cells than the first row \(56\)"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_curves_is_said(content: bytes, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        read_curves(content, "curves.csv")


def test_the_largest_file_is_read_at_once() -> None:
    rows = [[f"{'word ' * 40}{i % 997} {i % 2}", str(i % 2)] for i in range(MAX_ROWS)]
    dataset = texts(table([["text", "label"], *rows]))
    assert len(dataset.x_train) + len(dataset.x_test) == MAX_ROWS
