"""A process that makes maps of words and tells how they grow: ``python -m models.map_worker``.

It is spoken to as the one that trains (`models.conversation`), and ends by itself when nobody has asked for
a map for a while. The server imports this module to know what there is, so openTSNE and UMAP are imported
only where they are used.
"""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from time import monotonic
from types import ModuleType
from typing import Literal, get_args

import numpy as np

from models.conversation import Conversation
from models.events import Event, Failed, MapFinished, MapMoment
from models.importing import importing
from models.wire import Idle, MakeMap

Method = Literal["tsne", "umap"]

MAX_SECONDS = 300.0
"""Of work on a map; pauses do not count."""
UNASKED = 120.0
"""Seconds without a map to make, after which the process ends: it may hold 300 MB, after UMAP a gigabyte."""

EVERY, EVERY_DEEP = 10, 3
"""Steps from one moment to the next of a flat map, and of one in three dimensions: those take longer."""

OUT_OF_TIME = f"The map reached the limit of {MAX_SECONDS:.0f} seconds and stays as it is. Map fewer words."
OUT_OF_MEMORY = "There was not enough memory for this map. Map fewer words."
NO_MAP = "This map cannot be made: its settings are not what they should be."


def has_umap() -> bool:
    """Whether UMAP is installed, which is optional; nothing is imported to find out."""
    return find_spec("umap") is not None


def moments(wanted: MakeMap) -> Iterator[MapMoment]:
    """The map as it grows.

    Raises:
        ValueError: it cannot be made; the sentence says why.
    """
    if wanted.method not in get_args(Method) or wanted.vectors.ndim != 2 or wanted.dimensions not in (2, 3):
        raise ValueError(NO_MAP)
    if wanted.method == "umap":
        yield from _umap(wanted)
        return
    tsne = _library("models.tsne")
    every = EVERY if wanted.dimensions == 2 else EVERY_DEEP
    for frame in tsne.frames(
        wanted.vectors, wanted.perplexity, wanted.seed, wanted.steps, every, wanted.dimensions
    ):
        yield MapMoment(frame.step, frame.steps, frame.points)


@cache
def _library(name: str) -> ModuleType:
    """What makes maps; scikit-learn, on which it stands, takes pandas along wherever it finds it.

    Its threads shall leave the processor to others while they have nothing to do, instead of asking in a loop
    whether there is something: beside a training on two cores, a small map took three times as long, and
    four times the work.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when OpenMP is loaded
    with importing(without=("pandas",)):
        return importlib.import_module(name)


def _umap(wanted: MakeMap) -> Iterator[MapMoment]:
    """UMAP (McInnes, Healy and Melville 2018). It does not tell how it grows, so there is one moment."""
    if not has_umap():
        raise ValueError("UMAP is not installed on this server. Choose t-SNE.")
    umap = _library("umap")
    neighbours = max(2, min(round(wanted.perplexity), len(wanted.vectors) - 1))
    reducer = umap.UMAP(
        n_neighbors=neighbours,
        n_components=wanted.dimensions,
        metric="euclidean",
        random_state=wanted.seed,
    )
    yield MapMoment(1, 1, np.asarray(reducer.fit_transform(wanted.vectors), np.float32))


def serve(server: Conversation) -> None:
    """Make one map after another, until nobody asks for one."""
    server.tell("", Idle(warm=True))
    while heard := server.next(UNASKED):
        run_id, command = heard
        if isinstance(command, MakeMap):
            server.tell(run_id, _make(server, run_id, command))
            server.tell("", Idle(warm=True))


def _make(server: Conversation, run_id: str, wanted: MakeMap) -> Event:
    """Make a map and tell how it grows; gives the last event."""
    worked, begin = 0.0, monotonic()
    try:
        for moment in moments(wanted):
            server.tell(run_id, moment)
            worked += monotonic() - begin
            if worked > MAX_SECONDS:
                return MapFinished(OUT_OF_TIME)
            if ending := server.obey(run_id):
                return ending
            begin = monotonic()
    except ValueError as error:
        return Failed(str(error))
    except TypeError:
        logging.exception("a map cannot be made")
        return Failed(NO_MAP)
    except MemoryError:
        return Failed(OUT_OF_MEMORY)
    return MapFinished()


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    with suppress(BrokenPipeError):
        serve(Conversation.begin())
    os._exit(0)  # no waiting for threads of libraries


if __name__ == "__main__":
    main()
