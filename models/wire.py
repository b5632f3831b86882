"""Messages as bytes: between server and worker, and in the store. No pickle.

A message is a frozen dataclass of plain fields and NumPy arrays. Its bytes are the length of a JSON header
(4 bytes, big-endian), the header with the plain fields, and a safetensors block with the arrays.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from models import events
from models.weights import Array, from_bytes, to_bytes

MAX_FRAME = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_MALFORMED = (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading bytes that are no message can raise, from the header's JSON to the arrays."""


@dataclass(frozen=True)
class Train:
    """Command: train this experiment (JSON), and answer with events under this run's id."""

    experiment: str


@dataclass(frozen=True, eq=False)
class MakeMap:
    """Command: make this map of words, and answer with events under this run's id.

    Attributes:
        vectors: float32, shape (words, d).
        method: "tsne" or "umap".
        perplexity: about how many neighbours count; for UMAP the number of neighbours.
        seed: of what is drawn at random.
        steps: how many, for t-SNE.
        dimensions: of the map, 2 or 3.
    """

    vectors: NDArray[np.float32]
    method: str = "tsne"
    perplexity: float = 30.0
    seed: int = 0
    steps: int = 1000
    dimensions: int = 2


@dataclass(frozen=True)
class Pause:
    """Command: do no steps until `Resume` or `Stop`."""


@dataclass(frozen=True)
class Resume:
    """Command: go on."""


@dataclass(frozen=True)
class Stop:
    """Command: end the run; what was learned is kept."""


@dataclass(frozen=True)
class SetLearningRate:
    """Command: use this learning rate from the next step on."""

    learning_rate: float


@dataclass(frozen=True)
class Idle:
    """Answer: the worker waits for a run. `warm`: the presets are compiled."""

    warm: bool


Command = Train | MakeMap | Pause | Resume | Stop | SetLearningRate
Message = Command | Idle | events.Event

_TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Train, MakeMap, Pause, Resume, Stop, SetLearningRate, Idle,
        events.Started, events.Untrained, events.Progress, events.EpochEnd, events.Snapshot,
        events.LearningRate, events.Paused, events.Resumed, events.Finished, events.Stopped, events.Failed,
        events.Interrupted,
        events.MapMoment, events.MapFinished,
    )
}  # fmt: skip


def encode(message: Message) -> bytes:
    """The bytes of a message; its arrays have at least one axis.

    Raises:
        ValueError: a plain field is NaN or infinite.
        TypeError: a plain field is not what JSON knows, for instance a NumPy number.
    """
    plain: dict[str, Any] = {}
    arrays: dict[str, Array] = {}
    order: dict[str, list[str]] = {}
    for field in fields(message):
        value = getattr(message, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
        elif isinstance(value, Mapping):
            order[field.name] = list(value)
            arrays |= {f"{field.name}.{name}": array for name, array in value.items()}
        else:
            plain[field.name] = value
    header = json.dumps([type(message).__name__, plain, order], allow_nan=False).encode()
    return _LENGTH.pack(len(header)) + header + (to_bytes(arrays) if arrays else b"")


def decode(data: bytes) -> Message:
    """The message of these bytes.

    Raises:
        ValueError: the bytes are not a message of a known kind.
    """
    try:
        (length,) = _LENGTH.unpack_from(data)
        kind, plain, order = json.loads(data[_LENGTH.size : _LENGTH.size + length])
        block = data[_LENGTH.size + length :]
        arrays = from_bytes(block) if block else {}
        maps = {
            field: {name: arrays.pop(f"{field}.{name}") for name in names} for field, names in order.items()
        }
        message: Message = _TYPES[kind](**plain, **arrays, **maps)
    except _MALFORMED as error:
        raise ValueError(f"These bytes are no message: {error!r}.") from error
    return message


def write_frame(stream: BinaryIO, run_id: str, message: Message) -> None:
    """Send a message that belongs to a run (or to none: an empty id).

    Raises:
        ValueError: the message is too large or holds what JSON cannot; nothing is sent.
    """
    name, body = run_id.encode(), encode(message)
    length = _LENGTH.size + len(name) + len(body)
    _check(length)
    stream.write(_LENGTH.pack(length) + _LENGTH.pack(len(name)) + name + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[str, Message] | None:
    """Receive one message with its run's id; None at the end of the stream.

    Raises:
        ValueError: the stream holds something else.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    _check(length)
    frame = stream.read(length)
    if len(frame) < length:
        return None
    start = _LENGTH.size + int.from_bytes(frame[: _LENGTH.size])
    return frame[_LENGTH.size : start].decode(), decode(frame[start:])


def _check(length: int) -> None:
    if length > MAX_FRAME:
        raise ValueError(f"A frame of {length:,} bytes is larger than the limit of {MAX_FRAME:,}.")
