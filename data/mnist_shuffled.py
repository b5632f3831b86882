"""The digits with their pixels shuffled: one fixed permutation, the same for every digit.

Nothing is lost: each pixel is still there, at another place. But neighbours no longer belong together, so a
small kernel finds nothing to look for, while a network that weighs all pixels at once learns as before.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data import mnist
from data.arrays import Examples, Part, Store
from data.dataset import Dataset, Source
from data.mnist import PIXELS, SIDE
from data.sources import Places

SEED = 28

# The numbers of a bit generator are the same in all versions of NumPy; those of `permutation` need not be.
PERMUTATION: NDArray[np.intp] = np.argsort(np.random.PCG64(SEED).random_raw(PIXELS), kind="stable")
"""Where each pixel comes from: pixel i (counted row by row) shows what was at `PERMUTATION[i]`."""
PERMUTATION.setflags(write=False)

INFO = replace(mnist.INFO, name="mnist-shuffled", title="Digits, pixels shuffled")

PARTS = (
    Part(
        "train",
        INFO.train_size,
        (SIDE, SIDE),
        "79f088235c86e0d51622057c5b656f15e7e889bb01d6295739733624cff6c749",
    ),
    Part(
        "test",
        INFO.test_size,
        (SIDE, SIDE),
        "667cb58ee8de81f054ff302f67957471b1a02c71256914e5489e8507d3573a6b",
    ),
)

SENTENCE = f"Their pixels are shuffled by Unroll, with the seed {SEED}."


def load_dataset(places: Places) -> Dataset:
    """Load the shuffled digits from this computer; the network is not asked.

    Args:
        places: where to look, as for `data.mnist.load_dataset`.

    Returns:
        60,000 training and 10,000 test digits, uint8 of shape (n, 28, 28), mapped into memory.

    Raises:
        DataError: the digits are not on this computer, or what is there is broken.
    """
    digits = mnist.load_dataset(places)
    store = Store(places.cache, INFO.name, PARTS)
    kept = store.load() or _made(digits, store)
    (x_train, y_train), (x_test, y_test) = kept[1]
    return Dataset(INFO, x_train, y_train, x_test, y_test, _source(digits.source))


def fetch_dataset(places: Places, *, retry: bool = False) -> Source:
    """Bring the digits to this computer and shuffle them, unless that is done.

    Args:
        places: as for `data.mnist.fetch_dataset`.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        The source that `load_dataset` will use from now on.

    Raises:
        DataError: the digits are not to be had.
    """
    source = mnist.fetch_dataset(places, retry=retry)
    store = Store(places.cache, INFO.name, PARTS)
    if store.load() is None:
        _made(mnist.load_dataset(places), store)
    return _source(source)


def shuffle(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shuffle the pixels of any images as those of this dataset.

    Args:
        images: (n, 28, 28).

    Returns:
        The same numbers at other places, (n, 28, 28).
    """
    return images.reshape(len(images), PIXELS)[:, PERMUTATION].reshape(images.shape)


def unshuffle(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put the pixels of shuffled images back: the inverse of `shuffle`, shapes as there."""
    return images.reshape(len(images), PIXELS)[:, np.argsort(PERMUTATION)].reshape(images.shape)


def _made(digits: Dataset, store: Store) -> tuple[str, tuple[Examples, ...]]:
    """Shuffle the digits and keep them; in memory only if the cache cannot be written."""
    examples = tuple(
        (shuffle(x.astype(np.uint8, copy=False)), y)
        for x, y in ((digits.x_train, digits.y_train), (digits.x_test, digits.y_test))
    )
    store.save(digits.source.kind, examples)
    return store.load() or (digits.source.kind, examples)


def _source(source: Source) -> Source:
    return Source(source.kind, f"{source.sentence} {SENTENCE}")
