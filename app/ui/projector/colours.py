"""Colours of points and what they mean. Light and dark differ: the end that matters stands out on both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.ui.pictures import colored
from app.ui.projector.points import Cloud
from app.ui.theme import Theme
from data.text import TextDataset

Colouring = Literal["frequency", "similarity", "sentiment", "none"]

RISING = {
    "light": "9fc6dc 6fafd4 3d8fc4 1c63a3 0a3a6e",
    "dark": "33475c 3f6f9c 5b9fd0 93cbea e4f4ff",
}
"""From what matters little to what matters most: one hue, told apart by lightness."""

DIVERGING = {
    "light": "0a4f8f 2f78b3 8f9aa6 c5690d 9c3f00",
    "dark": "3d9be9 5da2cb 77818c e8932f ffb35c",
}
"""Blue for negative, orange for positive."""

PALE = {"light": (200, 207, 214), "dark": (58, 68, 79)}
"""Points of which nothing is known."""
PLAIN = {"light": (45, 110, 170), "dark": (120, 180, 230)}

INK = {"light": (27, 36, 48), "dark": (232, 238, 245)}
PAPER = {"light": (255, 255, 255), "dark": (16, 22, 29)}
MARK = {"light": (213, 94, 0), "dark": (240, 136, 62)}
"""The selected word."""
LIT = {"light": (176, 74, 0), "dark": (255, 190, 120)}
"""Its neighbours."""
FOUND = {"light": (0, 122, 90), "dark": (46, 196, 160)}
"""What a search has found."""

RARE = 10
"""Reviews in which a word must stand, so that its share says something."""


@dataclass(frozen=True, eq=False)
class Colours:
    """Colours of all points of a map.

    Attributes:
        base: red, green and blue of the base, shape (base, 3).
        extra: those of the extras.
        legend: what they mean, as HTML; may be empty.
    """

    base: NDArray[np.uint8]
    extra: NDArray[np.uint8]
    legend: str


def by_frequency(shown: Cloud, count: int, theme: Theme, what: str) -> Colours:
    """By place in the list of words: in GloVe the most frequent stand first.

    Args:
        shown: the map.
        count: words of the whole base, at least 1: the scale is theirs, whatever words come and go.
        theme: of the page.
        what: what the first words of the list are.
    """
    top = float(np.log1p(max(count - 1, 1)))
    # The first words are few: the scale begins at the twentieth, so that most of its range is used.
    start = min(float(np.log1p(20)), 0.5 * top)
    colours = colored(-np.log1p(shown.ids.astype(np.float64)), -top, -start, RISING[theme])
    base = len(shown.base)
    legend = bar_html(RISING[theme], f"from word {count:,} of the list on", f"{what} first")
    return Colours(colours[:base], colours[base:], legend)


def by_similarity(shown: Cloud, word: str, theme: Theme) -> Colours:
    """By the cosine with a word."""
    vector = shown.space.vector(word)
    if not np.linalg.norm(vector) > 0:
        return plainly(shown, theme)
    cosines = shown.space.rows.cosines(vector, shown.ids)
    top = float(np.quantile(cosines, 0.995)) if len(cosines) > 20 else 1.0
    low = min(0.0, float(np.quantile(cosines, 0.02)))
    scheme = RISING[theme]
    colours = colored(cosines, low, max(top, low + 1e-6), scheme)
    count = len(shown.base)
    legend = bar_html(scheme, f"cosine {low:.2f}", f"{max(top, low):.2f} with “{word}”")
    return Colours(colours[:count], colours[count:], legend)


def by_sentiment(shown: Cloud, shares: dict[str, float], theme: Theme) -> Colours:
    """By the share of positive reviews among those that have the word."""
    vocabulary = shown.space.vocabulary
    values = np.array([shares.get(word, np.nan) for word in vocabulary.array[shown.ids].tolist()])
    scheme = DIVERGING[theme]
    colours = colored(values, 0.2, 0.8, scheme)
    colours[np.isnan(values)] = PALE[theme]
    count = len(shown.base)
    legend = bar_html(scheme, "in negative reviews (20% positive)", "in positive ones (80%)")
    return Colours(colours[:count], colours[count:], legend)


def plainly(shown: Cloud, theme: Theme) -> Colours:
    """All alike."""
    base = np.tile(np.array(PLAIN[theme], np.uint8), (len(shown.base), 1))
    return Colours(base, np.tile(np.array(PLAIN[theme], np.uint8), (len(shown.extra), 1)), "")


@lru_cache(maxsize=2)
def positive_shares(reviews: TextDataset) -> dict[str, float]:
    """For each word that is not rare, the share of positive ones among the training reviews that have it."""
    counts: Counter[int] = Counter()
    positive: Counter[int] = Counter()
    for row, label in zip(reviews.x_train.tolist(), reviews.y_train.tolist(), strict=True):
        present = set(row)
        counts.update(present)
        if label == 1:
            positive.update(present)
    words = reviews.vocabulary.id2word
    return {words[number]: positive[number] / count for number, count in counts.items() if count >= RARE}


def bar_html(scheme: str, low: str, high: str) -> str:
    """A bar of colours with words at its ends."""
    stops = ", ".join(f"#{colour}" for colour in scheme.split())
    return (
        '<div style="display: flex; align-items: center; gap: 8px; flex-wrap: wrap; font-size: 0.85rem">'
        f'<span style="opacity: 0.85">{escape(low)}</span>'
        '<span aria-hidden="true" style="display: inline-block; width: 120px; height: 10px; '
        f'border-radius: 5px; background: linear-gradient(90deg, {stops})"></span>'
        f'<span style="opacity: 0.85">{escape(high)}</span></div>'
    )
