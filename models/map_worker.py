"""A process that makes one map of words and tells how it grows: ``python -m models.map_worker``.

The first frame on standard input is a `Job`; later ones pause it and let it go on. Frames of the map go to
standard output. The process ends when the map is made, when its input closes, or when it has been paused for
too long, so none outlives its server. A frame is the length of what follows (4 bytes, big-endian), the length
of a JSON header (4 bytes), the header, and a safetensors block with the arrays. No pickle.

The server imports this module for the messages, so openTSNE and UMAP are imported only where they are used.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import struct
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import Any, BinaryIO, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.weights import Array, from_bytes, to_bytes

Method = Literal["tsne", "umap"]

MAX_FRAME = 64 * 1024 * 1024
MAX_SECONDS = 300.0
"""Of work; pauses do not count."""
MAX_PAUSE = 600.0
"""Seconds; then the map stays as it is."""

OUT_OF_TIME = f"The map reached the limit of {MAX_SECONDS:.0f} seconds and stays as it is. Map fewer words."
OUT_OF_MEMORY = "There was not enough memory for this map. Map fewer words."
NO_JOB = "This map cannot be made: its settings are not what they should be."

_LENGTH = struct.Struct(">I")

Header = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Job:
    """A map to make.

    Attributes:
        vectors: float32, shape (words, d).
        method: how.
        perplexity: about how many neighbours count; for UMAP the number of neighbours.
        seed: of what is drawn at random.
        steps: how many, for t-SNE.
    """

    vectors: NDArray[np.float32]
    method: Method = "tsne"
    perplexity: float = 30.0
    seed: int = 0
    steps: int = 1000

    @property
    def key(self) -> str:
        """The same for the same map."""
        settings = json.dumps([self.method, self.perplexity, self.seed, self.steps, self.vectors.shape])
        return sha256(settings.encode() + self.vectors.tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class Moment:
    """The map after some steps, as the process tells it.

    Attributes:
        step: steps done.
        steps: in all.
        points: float32, shape (words, 2).
    """

    step: int
    steps: int
    points: NDArray[np.float32]


def has_umap() -> bool:
    """Whether UMAP is installed, which is optional; nothing is imported to find out."""
    return find_spec("umap") is not None


def write(stream: BinaryIO, header: Header, arrays: Mapping[str, Array] | None = None) -> None:
    """Send a frame.

    Raises:
        ValueError: it is too large, or the header holds what JSON cannot.
        OSError: nobody reads it.
    """
    head = json.dumps(header, allow_nan=False).encode()
    body = _LENGTH.pack(len(head)) + head + (to_bytes(arrays) if arrays else b"")
    if len(body) > MAX_FRAME:
        raise ValueError(f"A frame of {len(body):,} bytes is larger than the limit of {MAX_FRAME:,}.")
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def read(stream: BinaryIO) -> tuple[Header, dict[str, Array]] | None:
    """Receive a frame; None at the end of the stream.

    Raises:
        ValueError: the stream holds something else.
    """
    size = stream.read(_LENGTH.size)
    if len(size) < _LENGTH.size:
        return None
    length = int.from_bytes(size)
    if not _LENGTH.size <= length <= MAX_FRAME:
        raise ValueError(f"A frame cannot have {length:,} bytes.")
    body = stream.read(length)
    if len(body) < length:
        return None
    end = _LENGTH.size + int.from_bytes(body[: _LENGTH.size])
    header = json.loads(body[_LENGTH.size : end])
    if not isinstance(header, dict):
        raise ValueError("The header of a frame is not an object.")
    return header, from_bytes(body[end:]) if len(body) > end else {}


def send_job(stream: BinaryIO, job: Job) -> None:
    """Tell the process what to do."""
    header = {"method": job.method, "perplexity": job.perplexity, "seed": job.seed, "steps": job.steps}
    write(stream, header, {"vectors": job.vectors})


def moments(job: Job) -> Iterator[Moment]:
    """The map as it grows.

    Raises:
        ValueError: it cannot be made; the sentence says why.
    """
    if job.method == "umap":
        yield from _umap(job)
        return
    tsne = importlib.import_module("models.tsne")
    for frame in tsne.frames(job.vectors, job.perplexity, job.seed, job.steps):
        yield Moment(frame.step, frame.steps, frame.points)


def _umap(job: Job) -> Iterator[Moment]:
    """UMAP (McInnes, Healy and Melville 2018). It does not tell how it grows, so there is one frame."""
    if not has_umap():
        raise ValueError("UMAP is not installed on this server. Choose t-SNE.")
    umap = importlib.import_module("umap")
    neighbours = max(2, min(round(job.perplexity), len(job.vectors) - 1))
    reducer = umap.UMAP(n_neighbors=neighbours, n_components=2, metric="euclidean", random_state=job.seed)
    yield Moment(1, 1, np.asarray(reducer.fit_transform(job.vectors), np.float32))


class Ended(Exception):  # noqa: N818  # not an error
    """The map stays as it is, since nobody has gone on with it."""


def serve(commands: Queue[str], frames: BinaryIO, job: Job) -> None:
    """Make the map, and tell how it grows."""
    worked, begin = 0.0, monotonic()
    try:
        for moment in moments(job):
            header = {"kind": "frame", "step": moment.step, "steps": moment.steps}
            write(frames, header, {"points": moment.points})
            worked += monotonic() - begin
            if worked > MAX_SECONDS:
                raise ValueError(OUT_OF_TIME)
            _obey(commands)
            begin = monotonic()
        write(frames, {"kind": "finished"})
    except Ended:
        pass
    except ValueError as error:
        write(frames, {"kind": "failed", "message": str(error)})
    except MemoryError:
        write(frames, {"kind": "failed", "message": OUT_OF_MEMORY})


def _obey(commands: Queue[str]) -> None:
    """Follow the commands that have come, and wait here while the map is paused."""
    paused = False
    while paused or not commands.empty():
        try:
            paused = commands.get(timeout=MAX_PAUSE) == "pause"
        except Empty:
            raise Ended from None


def _job(header: Header, arrays: dict[str, Array]) -> Job:
    try:
        job = Job(
            np.asarray(arrays["vectors"], np.float32),
            header["method"],
            float(header["perplexity"]),
            int(header["seed"]),
            int(header["steps"]),
        )
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(NO_JOB) from error
    if job.method not in get_args(Method) or job.vectors.ndim != 2:
        raise ValueError(NO_JOB)
    return job


def _listen(stream: BinaryIO, commands: Queue[str]) -> None:
    """Put commands into the line; end the process when the server is gone."""
    with contextlib.suppress(ValueError, OSError):
        while frame := read(stream):
            commands.put(str(frame[0].get("command", "")))
    os._exit(0)  # the main thread may be inside a long step, which nothing else interrupts


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the input
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever libraries print goes to standard error
    try:
        first = read(sys.stdin.buffer)
        if first is None:
            return
        job = _job(*first)
    except ValueError as error:
        write(frames, {"kind": "failed", "message": str(error)})
        return
    commands: Queue[str] = Queue()
    Thread(target=_listen, args=(sys.stdin.buffer, commands), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        serve(commands, frames, job)
    os._exit(0)  # no waiting for threads of libraries


if __name__ == "__main__":
    main()
