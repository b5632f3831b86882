"""Examples kept in the cache as NumPy arrays: mapped into memory, so that opening them takes no time.

A file is mapped only while it is the one that was checked: its size and its time of change stand in a note
beside it. If they differ, the contents are checked again, by SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Examples = tuple[NDArray[np.uint8], NDArray[np.int32]]
"""Inputs, (n, axes of one input...), and their labels, (n,), from 0 to 255."""

KINDS = ("folder", "course", "mirror", "generator")


@dataclass(frozen=True)
class Part:
    """What one part of a dataset must contain.

    Attributes:
        name: "train" or "test".
        size: number of examples.
        shape: of one input.
        sha256: of the bytes of all inputs, then of all labels, one byte each.
    """

    name: str
    size: int
    shape: tuple[int, ...]
    sha256: str

    def holds(self, examples: Examples) -> bool:
        """Whether these are its examples, to the last bit."""
        x, y = examples
        if x.shape != (self.size, *self.shape) or x.dtype != np.uint8:
            return False
        if y.shape != (self.size,) or y.dtype != np.int32 or y.min() < 0 or y.max() > 255:
            return False
        digest = hashlib.sha256(np.ascontiguousarray(x).data)
        digest.update(y.astype(np.uint8).data)
        return digest.hexdigest() == self.sha256


@dataclass(frozen=True)
class Store:
    """The arrays of one dataset in the cache.

    Attributes:
        folder: the cache.
        name: of the dataset; the files' names begin with it.
        parts: what must be in them.
    """

    folder: Path
    name: str
    parts: tuple[Part, ...]

    def is_there(self) -> bool:
        """Whether something was kept, sound or not."""
        return self._note.exists()

    def load(self) -> tuple[str, tuple[Examples, ...]] | None:
        """Map the arrays into memory.

        Returns:
            The kind of their source, one of `KINDS`, and the examples of each part; None if they are not
            there or broken.
        """
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            kind, checked = str(note["kind"]), note["checked"]
            stamps = self._stamps()
            examples = tuple(self._map(part) for part in self.parts)
            if kind not in KINDS:
                return None
            if checked != stamps and not all(map(Part.holds, self.parts, examples)):
                return None
        except (OSError, ValueError, EOFError, KeyError, TypeError):
            return None
        if checked != stamps:
            with suppress(OSError):  # without a new note the next process checks again: slower, not wrong
                self._write_note(kind, stamps)
        return kind, examples

    def save(self, kind: str, examples: tuple[Examples, ...]) -> str | None:
        """Keep arrays; each file is there in full or not at all.

        Args:
            kind: of their source, one of `KINDS`.
            examples: of each part, which must hold them.

        Returns:
            None, or a sentence that says why they cannot be kept.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._note.unlink(missing_ok=True)
            for part, (x, y) in zip(self.parts, examples, strict=True):
                inputs, labels = self._paths(part)
                _write(inputs, x)
                _write(labels, y)
            self._write_note(kind, self._stamps())
        except OSError as error:
            reason = error.strerror or "no permission"
            return f"Downloads cannot be kept in the folder {self.folder} ({reason})."
        return None

    @property
    def _note(self) -> Path:
        return self.folder / f"{self.name}.json"

    def _paths(self, part: Part) -> tuple[Path, Path]:
        return (
            self.folder / f"{self.name}_{part.name}_x.npy",
            self.folder / f"{self.name}_{part.name}_y.npy",
        )

    def _stamps(self) -> list[list[int]]:
        """Size in bytes and time of change in nanoseconds of each file."""
        files = [path.stat() for part in self.parts for path in self._paths(part)]
        return [[file.st_size, file.st_mtime_ns] for file in files]

    def _map(self, part: Part) -> Examples:
        """Open one part's files.

        Raises:
            ValueError: they hold arrays of another shape or type.
        """
        inputs, labels = self._paths(part)
        x: NDArray[Any] = np.load(inputs, mmap_mode="r", allow_pickle=False)
        y: NDArray[Any] = np.load(labels, allow_pickle=False)
        if x.shape != (part.size, *part.shape) or x.dtype != np.uint8 or not x.flags.c_contiguous:
            raise ValueError(f"{inputs.name} holds other arrays")
        if y.shape != (part.size,) or y.dtype != np.int32:
            raise ValueError(f"{labels.name} holds other arrays")
        return x, y

    def _write_note(self, kind: str, stamps: list[list[int]]) -> None:
        temporary = self._note.with_suffix(f".{os.getpid()}")
        temporary.write_text(json.dumps({"kind": kind, "checked": stamps}), encoding="utf-8")
        temporary.replace(self._note)


def _write(path: Path, array: NDArray[Any]) -> None:
    """Write under another name first: a file is there in full or not at all."""
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            np.save(stream, array, allow_pickle=False)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
