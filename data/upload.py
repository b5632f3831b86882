"""A learner's own data: a CSV file of texts or curves, checked row by row. Nothing in it is ever evaluated.

Row numbers in messages are those of a spreadsheet: the column names are row 1, and a cell with line breaks in
it is still one row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from data.dataset import DataError, Dataset, DatasetInfo, Source
from data.text import LENGTH, OOV, PAD, TextDataset, Vocabulary, tokenize

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MIN_ROWS = 10
MAX_CLASSES = 20
MAX_LABEL = 40
"""Characters of a label."""
MAX_NUMBER = 1e6
"""Magnitude of the numbers of a curve; training does not survive much larger ones."""
MAX_WORDS = 10_000
"""Words of a vocabulary; the most common ones are kept."""

TEST_SHARE = 0.2
NAMED_ROWS = 5
"""Rows that a message names; the others are counted."""

TEXT_COLUMNS = ("text", "sentence", "review")
LABEL_COLUMNS = ("label", "class", "sentiment")

_NO_CSV = (
    "This is no CSV file. In your spreadsheet program choose “Save as” and “CSV UTF-8”, then upload that."
)


def read_texts(content: bytes, file_name: str) -> TextDataset:
    """Read texts with labels.

    Args:
        content: a CSV file in UTF-8 (or UTF-16 with a byte order mark), at most 5 MB and 20,000 rows, with a
            comma, semicolon or tab between the columns. The first row names them: `text` (or `sentence` or
            `review`) and `label` (or `class` or `sentiment`), in any order and case. Others are ignored.
        file_name: shown to the learner.

    Returns:
        int32 ids of shape (rows, 55); longer texts are cut, and `source` says how many. A fifth of each class
        is for testing, drawn at random, the same each time. Labels that differ only in case or spaces are one
        class. Words that stand in the training rows only once are `OOV`. `info.name` tells contents apart.

    Raises:
        DataError: the file cannot be used; the sentences say which rows are wrong and what to do.
    """
    table = _read_table(content, TEXT_COLUMNS, LABEL_COLUMNS)
    text, label = table.places
    tokens = [tokenize(row[text]) for row in table.rows]
    table.refuse([not words for words in tokens], "no text", "Fill it in, or delete them.")
    classes, y = _classes(table, label)
    test = _test_rows(y)
    vocabulary = _vocabulary([words[:LENGTH] for words, left in zip(tokens, test, strict=True) if not left])
    x = vocabulary.rows(tokens)
    info = _info(content, file_name, classes, test, len(vocabulary))
    said = f"Your own file {info.title}."
    if cut := sum(len(words) > LENGTH for words in tokens):
        said += f" {counted(cut, 'text')} had more than {LENGTH} words, and the rest was left out."
    return TextDataset(info, x[~test], y[~test], x[test], y[test], Source("upload", said), vocabulary)


def read_curves(content: bytes, file_name: str) -> Dataset:
    """Read curves with classes.

    Args:
        content: a CSV file as for `read_texts`. The first row names the columns: one is `class` (or `label`),
            the other 55 are the points of a curve, in order, whatever their names. Each point is a number
            with a decimal point, at most a million in magnitude.
        file_name: shown to the learner.

    Returns:
        float32 curves of shape (rows, 55), split as by `read_texts`.

    Raises:
        DataError: the file cannot be used; the sentences say which rows are wrong and what to do.
    """
    table = _read_table(content, LABEL_COLUMNS)
    (label,) = table.places
    if table.width != LENGTH + 1:
        points = counted(table.width - 1, "column")
        raise DataError(f"Curves need {LENGTH} columns of numbers beside the class; this file has {points}.")
    numbers = [[_number(cell) for cell in row[:label] + row[label + 1 :]] for row in table.rows]
    missing = [any(number is None for number in row) for row in numbers]
    table.refuse(missing, "a point that is missing or no number", "Write numbers such as 0.5.")
    x = np.array(numbers, dtype=np.float64)
    far = [bool(row.max() > MAX_NUMBER) for row in np.abs(x)]
    table.refuse(far, "a point beyond a million", "Divide all points by the same number.")
    classes, y = _classes(table, label)
    test = _test_rows(y)
    info = _info(content, file_name, classes, test, None)
    x32, source = x.astype(np.float32), Source("upload", f"Your own file {info.title}.")
    return Dataset(info, x32[~test], y[~test], x32[test], y[test], source)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 row", "20,000 rows"."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


@dataclass(frozen=True)
class _Table:
    """A CSV file.

    Attributes:
        places: of the columns that were asked for.
        width: number of columns.
        rows: the cells of each row that is not blank; some rows may be shorter or longer while reading.
        numbers: of these rows.
    """

    places: list[int]
    width: int
    rows: list[list[str]]
    numbers: list[int]

    def refuse(self, wrong: Sequence[bool], has: str, remedy: str) -> None:
        """Raise a DataError that names the rows that are wrong, if any is."""
        numbers = [number for number, is_wrong in zip(self.numbers, wrong, strict=True) if is_wrong]
        if not numbers:
            return
        *named, last = map(str, numbers[:NAMED_ROWS])
        if len(numbers) > NAMED_ROWS:
            named, last = [*named, last], f"{len(numbers) - NAMED_ROWS:,} more"
        who = f"Rows {', '.join(named)} and {last} have" if named else f"Row {last} has"
        raise DataError(f"{who} {has}. {remedy}")


def _read_table(content: bytes, *columns: tuple[str, ...]) -> _Table:
    """Read a CSV file that has these columns, each of which may have one of several names."""
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.1f} MB; at most {MAX_BYTES // 10**6} MB"
        raise DataError(f"The file has {size} are possible. Remove some rows.")
    text = _decode(content)
    if not text.strip():
        raise DataError("The file is empty. Its first row should name the columns, the others hold the data.")
    first_line = text.splitlines()[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first_line.count), strict=True
    )
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        raise DataError(
            f"Row {len(records) + 1} cannot be read. A quotation mark at the start of a cell needs one at "
            "the end; between the two, write quotation marks twice. Cells must not be overlong."
        ) from error
    header, *rows = records
    kept = [(number, row) for number, row in enumerate(rows, 2) if any(map(str.strip, row))]
    places = _places(header, columns)
    table = _Table(places, len(header), [row for _, row in kept], [number for number, _ in kept])
    if len(kept) > MAX_ROWS:
        raise DataError(f"The file has {len(kept):,} rows; at most {MAX_ROWS:,} are possible. Remove some.")
    ragged = [len(row) != len(header) for row in table.rows]
    table.refuse(
        ragged,
        f"more or fewer cells than the first row ({len(header)})",
        "Put texts that contain the separator between quotation marks.",
    )
    if len(kept) < MIN_ROWS:
        raise DataError(f"The file has {counted(len(kept), 'row')} of data. Add some: {MIN_ROWS} are needed.")
    return table


def _decode(content: bytes) -> str:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and (content.startswith(b"PK\x03\x04") or b"\0" in content):  # of some other program
        raise DataError(_NO_CSV)
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        if utf16:
            raise DataError(_NO_CSV) from error
        before = content[: error.start].decode("utf-8-sig") + "?"
        row = sum(1 for _ in csv.reader(io.StringIO(before, newline="")))
        raise DataError(
            f"Row {row} has a character that is not UTF-8. Save the file as “CSV UTF-8” and upload it again."
        ) from error


def _places(header: Sequence[str], columns: Sequence[Sequence[str]]) -> list[int]:
    """Where the columns stand."""
    found = [[i for i, cell in enumerate(header) if cell.strip().lower() in names] for names in columns]
    if any(len(places) != 1 for places in found):
        wanted = " and ".join(f"“{names[0]}”" for names in columns)
        raise DataError(f"The first row should name the columns, {wanted} among them once. Change or add it.")
    return [place for (place,) in found]


def _number(cell: str) -> float | None:
    """The number in a cell, or None; Python's own extras (1_000, nan, infinity) are no numbers here."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if np.isfinite(number) and "_" not in cell else None


def _classes(table: _Table, column: int) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The names of the classes, and the class of each row."""
    labels = [_label(row[column]) for row in table.rows]
    table.refuse([not label for label in labels], "no label", "Fill it in, or delete them.")
    long = [len(label) > MAX_LABEL for label in labels]
    table.refuse(
        long, f"a label of more than {MAX_LABEL} characters", "Is that the right column? Shorten it."
    )
    keys = [label.casefold() for label in labels]
    counts = Counter(keys)
    if len(counts) > MAX_CLASSES:
        raise DataError(
            f"There are {len(counts):,} different labels; at most {MAX_CLASSES} are possible. "
            "Is that the right column? Merge some."
        )
    if len(counts) < 2:
        raise DataError(f"All rows have the label “{labels[0]}”. Add rows of at least one other class.")
    lonely = [counts[key] == 1 for key in keys]
    table.refuse(lonely, "a label that no other row has", "Each class needs at least two rows.")
    spelled = dict(reversed(list(zip(keys, labels, strict=True))))  # as where it first appears
    order = sorted(spelled, key=_class_order)
    y = np.array([order.index(key) for key in keys], dtype=np.int32)
    return tuple(spelled[key] for key in order), y


def _label(cell: str) -> str:
    """A label without what cannot be seen, and with single spaces."""
    return " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in cell).split())


def _class_order(label: str) -> tuple[float, str]:
    """Numbers by their size, then words by the alphabet."""
    number = _number(label)
    return (np.inf if number is None else number), label


def _test_rows(y: NDArray[np.int32]) -> NDArray[np.bool_]:
    """True for the rows that are for testing: a fifth of each class, but at least one and never all."""
    test = np.zeros(len(y), np.bool_)
    random = np.random.default_rng(0)
    for label in range(int(y.max()) + 1):
        rows = random.permutation(np.flatnonzero(y == label))
        test[rows[: max(1, round(TEST_SHARE * len(rows)))]] = True
    return test


def _vocabulary(reviews: Sequence[Sequence[str]]) -> Vocabulary:
    """The words that stand there more than once, the most common of them, in order of first appearance."""
    counts = Counter(word for review in reviews for word in review)
    kept = {word for word, count in counts.most_common(MAX_WORDS) if count > 1}
    rows = ([word if word in kept else OOV for word in review] for review in reviews)
    return Vocabulary.of(row + [PAD] * (LENGTH - len(row)) for row in rows)


def _info(
    content: bytes, file_name: str, classes: tuple[str, ...], test: NDArray[np.bool_], words: int | None
) -> DatasetInfo:
    shown = "".join(c for c in PurePath(file_name).name if unicodedata.category(c)[0] != "C")
    digest = hashlib.sha256(content).hexdigest()[:16]
    tests = int(test.sum())
    return DatasetInfo(
        name=f"own-{'curves' if words is None else 'texts'}-{digest}",
        title=shown[:60] or "data.csv",
        input_shape=(LENGTH,),
        classes=classes,
        train_size=len(test) - tests,
        test_size=tests,
        vocabulary_size=words,
    )
