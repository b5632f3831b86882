"""Messages survive the way over a pipe, and damaged ones are refused in one way only: ValueError."""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from io import BytesIO
from threading import Thread
from typing import Any, BinaryIO, get_args

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from models import events, wire
from models.weights import Array, Weights

KINDS: list[type[Any]] = [*get_args(wire.Command), wire.Idle, *events.Event.__subclasses__()]

_SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)
_FLOATS = hnp.arrays(np.float32, _SHAPES)  # NaN and infinite ones too: arrays may hold what a header may not
_FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    float | None: st.none() | st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(st.characters(exclude_categories=[])),
    NDArray[np.float32]: _FLOATS,
    NDArray[np.uint8]: hnp.arrays(np.uint8, _SHAPES),
    Weights: st.dictionaries(st.text(), _FLOATS, max_size=4),
}


def _messages(kind: type[Any]) -> st.SearchStrategy[wire.Message]:
    return st.builds(kind, **{field.name: _FIELDS[field.type] for field in fields(kind)})


MESSAGES = st.sampled_from(KINDS).flatmap(_messages)


def assert_same(one: object, other: object) -> None:
    """Equal in kind, values, array types and the order of names."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict) and isinstance(other, dict):
        assert list(one) == list(other)
        for name in one:
            assert_same(one[name], other[name])
    elif is_dataclass(one):
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    else:
        assert one == other


@settings(deadline=None)
@given(MESSAGES)
def test_every_message_survives(message: wire.Message) -> None:
    """What is decoded is what was encoded."""
    assert_same(wire.decode(wire.encode(message)), message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known(kind: type[Any]) -> None:
    """No kind of message was forgotten in the table of names."""
    assert wire._TYPES[kind.__name__] is kind


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).astype(kind).reshape(2, 3)
        for kind in ("i1", "u1", "i2", "i4", "i8", "f2", "f4", "f8", "?", "c8")
    ]
    + [
        np.arange(12.0, dtype="f4").reshape(3, 4)[:, ::2],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.zeros((0, 3), "f4"),
    ],
    ids=str,
)
def test_arrays_of_many_kinds_survive(array: Array) -> None:
    """Types of numbers, views, column order and empty arrays."""
    message = wire.decode(wire.encode(events.Snapshot(1, {"a": array})))
    assert isinstance(message, events.Snapshot)
    assert_same(message.weights["a"], array)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_know_are_refused(number: float) -> None:
    """They would be read differently by other readers of JSON."""
    with pytest.raises(ValueError, match="JSON"):
        wire.encode(events.Finished(number, 0.5))


@pytest.fixture
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The two ends of a pipe of the system: to read from, to write to."""
    out, into = os.pipe()
    with os.fdopen(out, "rb") as reader, os.fdopen(into, "wb") as writer:
        yield reader, writer


def test_frames_pass_through_a_pipe(pipe: tuple[BinaryIO, BinaryIO]) -> None:
    """In order, with their run ids, also those larger than the pipe holds; then the end is seen."""
    reader, writer = pipe
    sent: list[tuple[str, wire.Message]] = [
        ("", wire.Idle(warm=True)),
        ("ä-1", wire.Train('{"dataset": "shapes"}')),
        ("ä-1", events.Snapshot(0, {"lstm/kernel": np.ones((1000, 500), np.float32)})),
        ("ä-1", events.Finished(1.5, 0.9)),
    ]

    def send() -> None:
        for run_id, message in sent:
            wire.write_frame(writer, run_id, message)
        writer.close()

    thread = Thread(target=send)
    thread.start()
    for expected in sent:
        frame = wire.read_frame(reader)
        assert frame is not None
        assert frame[0] == expected[0]
        assert_same(frame[1], expected[1])
    assert wire.read_frame(reader) is None
    thread.join(5)


def _frame(run_id: str, message: wire.Message) -> bytes:
    stream = BytesIO()
    wire.write_frame(stream, run_id, message)
    return stream.getvalue()


def test_a_frame_cut_short_is_the_end() -> None:
    """A process that dies while it writes leaves a piece: nothing to complain about."""
    whole = _frame("run", events.Progress(2, np.ones(2, np.float32), np.ones(2, np.float32), 0.1))
    for length in range(len(whole)):
        assert wire.read_frame(BytesIO(whole[:length])) is None


def test_a_frame_that_is_too_large_is_neither_sent_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader refuses by the announced length, before it takes the memory; the writer sends nothing."""
    with pytest.raises(ValueError, match="limit"):
        wire.read_frame(BytesIO(b"\xff\xff\xff\xff"))
    monkeypatch.setattr(wire, "MAX_FRAME", 100)
    stream = BytesIO()
    with pytest.raises(ValueError, match="limit"):
        wire.write_frame(stream, "run", events.Failed("x" * 200))
    assert stream.getvalue() == b""


@pytest.mark.parametrize(
    "frame",
    [b"", b"\x00", b"\x00\x00\x00\x09ab", b"\x00\x00\x00\x02\xff\xff", b"\x00\x00\x00\x01a"],
    ids=["empty", "no length", "id too long", "id not UTF-8", "no message"],
)
def test_a_whole_frame_of_nonsense_is_refused(frame: bytes) -> None:
    """A frame of the announced length whose inside is wrong."""
    with pytest.raises(ValueError, match=r"no message|utf-8"):
        wire.read_frame(BytesIO(struct.pack(">I", len(frame)) + frame))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"1",
        b"null",
        b"[[[]]]",
        b"[" * 100_000,
        b'["Unknown",{},{}]',
        b'[["Pause"],{},{}]',
        b'["Pause",5,{}]',
        b'["Pause",{},[]]',
        b'["Pause",{"more":1},{}]',
        b'["Finished",{"seconds":1.0},{}]',
        b'["Snapshot",{"step":1},{"weights":["missing"]}]',
        b'["Snapshot",{"step":1},{"weights":[[1]]}]',
        b'["Stopped",{"message":' + b"9" * 5000 + b"},{}]",
    ],
    ids=lambda header: header[:40].decode(),
)
def test_a_header_that_fits_no_message_is_refused(header: bytes) -> None:
    """Whatever JSON can hold: no other exception than ValueError."""
    with pytest.raises(ValueError, match="no message"):
        wire.decode(struct.pack(">I", len(header)) + header)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
@example(b"\x00\x00\x00\x00")
def test_random_bytes_are_refused(data: bytes) -> None:
    """Nobody is surprised by another exception."""
    with pytest.raises(ValueError, match="no message"):
        wire.decode(data)
    with suppress(ValueError):
        assert wire.read_frame(BytesIO(data)) is None


@settings(deadline=None, max_examples=500)
@given(MESSAGES, st.data())
def test_a_damaged_frame_is_read_or_refused(message: wire.Message, data: st.DataObject) -> None:
    """A few bytes replaced, removed or put in: still a message by chance, or ValueError, or the end."""
    frame = bytearray(_frame("run", message))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(frame)))
        removed, put_in = data.draw(st.integers(0, 4)), data.draw(st.binary(max_size=4))
        frame[at : at + removed] = put_in
    with suppress(ValueError):
        wire.read_frame(BytesIO(frame))
