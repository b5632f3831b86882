"""Where examples come from: `load` gives a dataset, `fetch` brings its files to this computer beforehand."""

from __future__ import annotations

from functools import cache
from threading import RLock
from typing import Protocol

from data import mnist, mnist_shuffled, own, shapes, sst2
from data.dataset import DataError, Dataset, DatasetInfo, Source
from data.sources import Places, default_places

__all__ = ["NAMES", "DataError", "Dataset", "DatasetInfo", "Source", "describe", "fetch", "load"]


class _DatasetModule(Protocol):
    """What a module gives to be a dataset."""

    INFO: DatasetInfo

    def load_dataset(self, places: Places) -> Dataset: ...

    def fetch_dataset(self, places: Places, *, retry: bool = False) -> Source: ...


_MODULES: dict[str, _DatasetModule] = {
    "shapes": shapes,
    "mnist": mnist,
    "mnist-shuffled": mnist_shuffled,
    "sst2": sst2,
}

NAMES: tuple[str, ...] = tuple(_MODULES)
"""The datasets that all learners have; their own have names that `data.own` makes."""


def describe(name: str) -> DatasetInfo:
    """Say what a dataset is; no file is read, except of a learner's own data a small one.

    Args:
        name: one of `NAMES`, or that of a learner's own data, which may have been deleted.

    Raises:
        DataError: there is no dataset of this name.
    """
    return own.describe(name) if own.is_own(name) else _module(name).INFO


def load(name: str) -> Dataset:
    """Load a dataset from this computer; the network is not asked. It is kept for the life of the process.

    Args:
        name: one of `NAMES`, or that of a learner's own data, of which only the last few are kept.

    Raises:
        DataError: there is no dataset of this name, or its files cannot be used.
    """
    if own.is_own(name):
        return own.load(name)
    with _LOADING:
        return _load(name)


def fetch(name: str, *, retry: bool = False) -> Source:
    """Bring a dataset's files to this computer, with a progress bar, unless they are there.

    Args:
        name: one of `NAMES`.
        retry: also ask addresses that kept us waiting in vain less than a day ago. Default: False.

    Returns:
        Where `load` will take the dataset from.

    Raises:
        DataError: there is no dataset of this name, or it is not to be had.
    """
    source = _module(name).fetch_dataset(default_places(), retry=retry)
    _load.cache_clear()
    return source


_LOADING = RLock()
"""Held while a dataset is loaded: whoever asks for it meanwhile waits instead of loading it, too."""


@cache
def _load(name: str) -> Dataset:
    return _module(name).load_dataset(default_places())


def _module(name: str) -> _DatasetModule:
    if name not in _MODULES:
        raise DataError(f"There is no dataset named {name!r}. There are: {', '.join(NAMES)}.")
    return _MODULES[name]
