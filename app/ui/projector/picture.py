"""The map as a PNG picture, drawn on the server as it is seen at first; its words and numbers as files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app.ui.projector.camera import Camera
from app.ui.projector.colours import FOUND, INK, LIT, MARK, PAPER, Colours
from app.ui.projector.deck import PALE_SEEN, Lit
from app.ui.projector.labels import short, spread, telling
from app.ui.projector.points import Cloud
from models.vector_files import write_projector
from models.vectors import Neighbour

WIDTH, HEIGHT = 1600, 1120
TIMES = 2
"""Pixels of the picture to one of the page."""


def png(shown: Cloud, colours: Colours, lit: Lit, camera: Camera, theme: str, title: str) -> bytes:
    """The map as it is seen at first.

    Args:
        shown: the map.
        colours: of its points.
        lit: what stands out.
        camera: the first view.
        theme: "light" or "dark".
        title: stands below it.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER[theme])
    pen = ImageDraw.Draw(image)
    seen = camera.screen(shown.places)
    at = np.stack([WIDTH / 2 + TIMES * seen[:, 0], HEIGHT / 2 - TIMES * seen[:, 1]], 1)
    colour = np.concatenate([colours.base, colours.extra])
    if not lit.is_empty:
        paper = np.array(PAPER[theme], np.float64)
        colour = (paper + PALE_SEEN * (colour - paper)).round().astype(np.uint8)
    for point in np.argsort(seen[:, 2], kind="stable").tolist():  # the nearest last
        _dot(pen, at[point], 4, tuple(colour[point].tolist()))
    words = shown.space.vocabulary.array[shown.ids].tolist()
    bright = [(lit.found[:200], FOUND, 6), (lit.near, LIT, 7), ((lit.word,), MARK, 11)]
    for numbers, tones, radius in bright:
        for number in numbers:
            if number is not None and (found := shown.find(number)) is not None:
                _dot(pen, at[found], radius, tones[theme])
    wanted = [number for number in (lit.word, *lit.near, *lit.found[:60]) if number is not None]
    points = [found for number in wanted if (found := shown.find(number)) is not None]
    font = ImageFont.load_default(14 * TIMES)
    for label in spread(shown.places, words, points or telling(words), camera):
        x, y = at[label.point] + np.array([TIMES * label.right, TIMES * label.down])
        pen.text(
            (x, y), short(words[label.point]), INK[theme], font, anchor="mm", stroke_width=3,
            stroke_fill=PAPER[theme],
        )  # fmt: skip
    pen.text((24, HEIGHT - 44), title, INK[theme], ImageFont.load_default(22))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _dot(
    pen: ImageDraw.ImageDraw,
    at: np.ndarray[tuple[int], np.dtype[np.float64]],
    radius: int,
    colour: tuple[int, ...],
) -> None:
    x, y = at.tolist()
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


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
