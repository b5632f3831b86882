"""t-SNE as an iterator of frames (van der Maaten and Hinton 2008), for a worker process.

Pausing is not asking for the next frame. Importing openTSNE takes a second and 170 MB, so the server never
imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import openTSNE  # type: ignore[import-untyped]  # no type information
from numpy.typing import NDArray
from openTSNE import affinity, initialization

from models.weights import Array

MIN_WORDS = 5
MAX_WORDS = 10_000
MIN_PERPLEXITY = 2.0
MAX_PERPLEXITY = 100.0

EARLY_STEPS = 250
"""Steps in which attraction is exaggerated, so that clusters find each other (van der Maaten 2014)."""
EXAGGERATION = 12.0
"""How much, as in scikit-learn and openTSNE."""
SLOWEST = 50.0
"""The least learning rate. It is words / exaggeration / 4, as in scikit-learn (after Belkina et al. 2019):
openTSNE's own, four times as large, left maps of 2,000 words less trustworthy (0.936 instead of 0.945)."""
FFT_WORDS = 4000
"""From so many on, forces are interpolated on a grid (Linderman et al. 2019) instead of summed in a tree.

In three dimensions there is no grid, so steps take several times as long.
"""


class MapError(ValueError):
    """No map can be made; the message is one plain sentence."""


@dataclass(frozen=True, eq=False)
class Frame:
    """The map after some steps.

    Attributes:
        step: steps done, from 0 (the first principal components, small).
        steps: how many there will be.
        points: float32, shape (words, dimensions).
        divergence: the Kullback-Leibler divergence that is made small; None at step 0. It rises when
            exaggeration ends, since it then is that of the true affinities.
    """

    step: int
    steps: int
    points: NDArray[np.float32]
    divergence: float | None


def largest_perplexity(words: int) -> float:
    """The largest perplexity for so many words: three times as many neighbours are looked at."""
    return min(MAX_PERPLEXITY, (words - 1) / 3)


def frames(
    vectors: Array,
    perplexity: float = 30.0,
    seed: int = 0,
    steps: int = 1000,
    every: int = 10,
    dimensions: int = 2,
) -> Iterator[Frame]:
    """Map vectors to the plane, or to space, a frame every some steps. The same input gives the same frames.

    Distances are Euclidean; for cosine, give unit vectors, whose squared distance is 2 - 2 cos.

    Args:
        vectors: shape (words, d), finite, d at least `dimensions`; 5 to 10,000 words.
        perplexity: how many neighbours count, about; from 2 to `largest_perplexity`. Default: 30.
        seed: of what is drawn at random, from 0. Default: 0.
        steps: in all, `EARLY_STEPS` of them with exaggeration; 1 to 5,000. Default: 1,000.
        every: steps from one frame to the next, from 1. Default: 10.
        dimensions: of the map, 2 or 3. Default: 2.

    Yields:
        The start, then the map after each `every` steps, and at last after all of them.

    Raises:
        MapError: an argument is out of range.
    """
    points = np.asarray(vectors, np.float64)
    _check(points, perplexity, seed, steps, every)
    _check_dimensions(points, dimensions)
    # Exact neighbours: approximate ones would need another library, and these take seconds at most.
    affinities = affinity.PerplexityBasedNN(
        points, perplexity=perplexity, method="exact", metric="euclidean", random_state=seed, n_jobs=-1
    )
    start = initialization.pca(points, n_components=dimensions, random_state=seed)
    embedding = openTSNE.TSNEEmbedding(
        start,
        affinities,
        negative_gradient_method="fft" if dimensions == 2 and len(points) >= FFT_WORDS else "bh",
        learning_rate=max(len(points) / EXAGGERATION / 4, SLOWEST),
        random_state=seed,
        n_jobs=-1,
    )
    yield Frame(0, steps, np.array(embedding, np.float32), None)
    done = 0
    while done < steps:
        is_early = done < EARLY_STEPS
        some = min(every, (EARLY_STEPS if is_early else steps) - done, steps - done)
        embedding.optimize(
            some,
            exaggeration=EXAGGERATION if is_early else None,
            momentum=0.5 if is_early else 0.8,
            inplace=True,
        )
        done += some
        yield Frame(done, steps, np.array(embedding, np.float32), float(embedding.kl_divergence))


def _check(points: Array, perplexity: float, seed: int, steps: int, every: int) -> None:
    words = len(points)
    if points.ndim != 2 or not MIN_WORDS <= words <= MAX_WORDS:
        raise MapError(f"A map can have {MIN_WORDS} to {MAX_WORDS:,} words, not {words:,}. Choose others.")
    if not np.isfinite(points).all():
        raise MapError("A vector has a number that is not finite, so there is no place for it on a map.")
    # Below 7 words even the smallest perplexity is too large; they then get what is possible.
    smallest, most = min(MIN_PERPLEXITY, largest_perplexity(words)), largest_perplexity(words)
    if not smallest <= perplexity <= most:
        raise MapError(
            f"For {words:,} words, perplexity can be {smallest:g} to {most:g}, not {perplexity:g}."
        )
    if not 0 <= seed < 2**32:
        raise MapError("The seed is a whole number from 0 to 4,294,967,295.")
    if not 1 <= steps <= 5000 or every < 1:
        raise MapError("A map takes 1 to 5,000 steps, with 1 or more from frame to frame.")


def _check_dimensions(points: Array, dimensions: int) -> None:
    if dimensions not in (2, 3):
        raise MapError(f"A map has 2 or 3 dimensions, not {dimensions}.")
    if points.shape[1] < dimensions:
        raise MapError(f"Vectors of {points.shape[1]} numbers make no map of {dimensions} dimensions.")
