"""Files that can be uploaded as they are, to see what own data look like."""

import csv
import io
from collections.abc import Iterator

import numpy as np

from data.text import LENGTH


def example(what: str) -> bytes:
    """A file that can be uploaded as it is."""
    stream = io.StringIO()
    csv.writer(stream).writerows(_example_curves() if what == "Curves" else _example_texts())
    return stream.getvalue().encode()


def _example_texts() -> Iterator[list[str]]:
    yield ["text", "label"]
    judged = {
        "positive": ("wonderful", "moving", "funny", "clever"),
        "negative": ("dull", "boring", "silly", "tired"),
    }
    for label, words in judged.items():
        for word in words:
            for thing in ("story", "cast", "film", "ending", "score"):
                yield [f"What a {word} {thing}, and so {words[len(thing) % len(words)]}!", label]


def _example_curves() -> Iterator[list[str]]:
    yield ["class", *map(str, range(1, LENGTH + 1))]
    x = np.linspace(0, 1, LENGTH)
    for i in range(20):
        yield ["wave", *(f"{value:.3f}" for value in 0.5 + 0.5 * np.sin(2 * np.pi * (3 * x + i / 20)))]
        yield ["step", *(f"{value:.3f}" for value in (x > (i + 4) / 28).astype(float))]
