"""The words of a map and their numbers as files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np

from app.ui.projector.points import Cloud
from models.vector_files import write_projector
from models.vectors import Neighbour


def coordinates_csv(shown: Cloud) -> bytes:
    """Word, number in the list, coordinates."""
    names = ("x", "y", "z")[: shown.places.shape[1]]
    words = shown.space.vocabulary.array[shown.ids].tolist()
    places = shown.places.astype(np.float64).round(4).tolist()
    rows = (
        (word, number + 1, *at) for word, number, at in zip(words, shown.ids.tolist(), places, strict=True)
    )
    return table(("word", "number", *names), rows)


def neighbours_csv(found: Sequence[Neighbour], measure: str) -> bytes:
    """The neighbours of the selected word and how near they are."""
    return table(("rank", "word", measure), ((i, one.word, one.score) for i, one in enumerate(found, 1)))


def selection_csv(shown: Cloud, numbers: Sequence[int]) -> bytes:
    """The words that stand out, with all numbers of their vectors."""
    vocabulary, rows = shown.space.vocabulary, shown.space.rows
    names = [f"d{i}" for i in range(1, shown.space.size + 1)]
    vectors = rows[list(numbers)].astype(np.float32).tolist() if numbers else []
    return table(
        ("word", *names), ((vocabulary[n], *vector) for n, vector in zip(numbers, vectors, strict=True))
    )


def projector_zip(shown: Cloud) -> bytes:
    """The words shown, as the two files of the TensorBoard projector."""
    words = shown.space.vocabulary.array[shown.ids].tolist()
    vectors, labels = write_projector(words, shown.space.rows[shown.ids])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.tsv", vectors)
        archive.writestr("metadata.tsv", labels)
    return stream.getvalue()


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode()
