"""Learners' own data: what `data.upload` has checked, in files from which every process can load it.

The name of such a dataset has 128 random bits and stands in no list that others see: who knows it may look at
the data. Of deleted data only a note stays, with none of the learner's words in it, so that runs on them can
still be shown.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal
from zipfile import BadZipFile

import numpy as np
from pydantic import BaseModel

from data.dataset import DataError, Dataset, DatasetInfo, Source
from data.text import LENGTH, TextDataset, Vocabulary

Kind = Literal["texts", "curves"]

MAX_UPLOADS = 5
"""Of one learner."""
MAX_KEPT = 500
"""Of all learners: some 2 GB at most."""

GONE = "These are a learner's own data, and they have been deleted."
TOO_MANY = f"You have {MAX_UPLOADS} files here already, which is the limit. Delete one first."
FULL = f"This server keeps at most {MAX_KEPT} files of all learners together. Ask who runs it to make room."
NO_ROOM = "The file could not be kept: this server's disk cannot be written to."
BROKEN = "These data cannot be read any more. Delete them and upload the file again."
NOT_YOURS = "These data belong to someone else."

ARRAYS = ("x_train", "y_train", "x_test", "y_test")

_NAME = re.compile(r"own-([tc])-[0-9a-f]{32}")
_KINDS: dict[str, Kind] = {"t": "texts", "c": "curves"}
_HOME = Path(__file__).resolve().parents[1] / ".unroll"
_LOCK = Lock()
"""Two tabs of a learner must not both take the last place."""

_LOOK_ALIKES = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼", "$": "＄", '"': "”"})
_JOINER = "\u2060"
"""Cannot be seen. Behind or before a sign it keeps Markdown from taking that for more than text."""


@dataclass(frozen=True)
class Upload:
    """A learner's file, as it stands in a list.

    Attributes:
        name: of the dataset.
        created: when it came (UTC).
        info: what is known of it.
        source: said of it on pages.
        is_gone: whether it has been deleted.
    """

    name: str
    created: datetime
    info: DatasetInfo
    source: Source
    is_gone: bool


class _Note(BaseModel):
    """What stands beside the examples of an upload; when they are deleted, it stays without words."""

    owner: str
    created: datetime
    title: str
    classes: list[str]
    train_size: int
    test_size: int
    vocabulary_size: int | None
    source: str
    is_gone: bool = False


def is_own(name: str) -> bool:
    """Whether a dataset of this name is a learner's own, there or not."""
    return _NAME.fullmatch(name) is not None


def kind_of(name: str) -> Kind | None:
    """What a learner's own data are; None for other names."""
    match = _NAME.fullmatch(name)
    return _KINDS[match[1]] if match else None


def save(owner: str, dataset: Dataset) -> str:
    """Keep a learner's data.

    Args:
        owner: the learner.
        dataset: as `data.upload` has read it.

    Returns:
        The name under which `load` finds it.

    Raises:
        DataError: there is no room for it.
    """
    words = dataset.vocabulary.id2word if isinstance(dataset, TextDataset) else ()
    name = f"own-{'t' if words else 'c'}-{secrets.token_hex(16)}"
    info = dataset.info
    note = _Note(
        owner=_digest(owner),
        created=datetime.now(UTC),
        title=harmless(info.title),
        classes=_different([harmless(label) for label in info.classes]),
        train_size=info.train_size,
        test_size=info.test_size,
        vocabulary_size=info.vocabulary_size,
        source=harmless(dataset.source.sentence),
    )
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        x_train=dataset.x_train,
        y_train=dataset.y_train,
        x_test=dataset.x_test,
        y_test=dataset.y_test,
        # As JSON: an array of strings is as wide as the longest of them.
        words=np.frombuffer(json.dumps(words).encode(), np.uint8),
    )
    with _LOCK:
        if len(of_owner(owner)) >= MAX_UPLOADS:
            raise DataError(TOO_MANY)
        if sum(not upload.is_gone for upload, _ in _uploads()) >= MAX_KEPT:
            raise DataError(FULL)
        try:
            _write(_path(name, "npz"), stream.getvalue())
            _write_note(name, note)
        except OSError as error:
            with suppress(OSError):
                _path(name, "npz").unlink(missing_ok=True)
            raise DataError(NO_ROOM) from error
    return name


def load(name: str) -> Dataset:
    """Load a learner's data; the last few are kept in memory.

    Raises:
        DataError: there are none of this name, or no longer.
    """
    path = _path(name, "npz")
    try:
        stamp = path.stat().st_mtime_ns  # also what is in memory must not outlive the file
    except OSError as error:
        raise DataError(GONE) from error
    return _load(name, path, stamp)


def describe(name: str) -> DatasetInfo:
    """Say what a learner's data are, or were.

    Raises:
        DataError: there were never any of this name here.
    """
    return _upload(name, _read_note(name)).info


def of_owner(owner: str) -> list[Upload]:
    """A learner's data, newest first, without what is deleted."""
    mine = [upload for upload, digest in _uploads() if digest == _digest(owner) and not upload.is_gone]
    return sorted(mine, key=lambda upload: upload.created, reverse=True)


def belongs_to(name: str, owner: str) -> bool:
    """Whether these are the learner's data, there or deleted."""
    try:
        return is_own(name) and _read_note(name).owner == _digest(owner)
    except DataError:
        return False


def is_deleted(name: str) -> bool:
    """Whether this names a learner's own data that are not here, or no longer."""
    return is_own(name) and not _path(name, "npz").exists()


def delete(owner: str, name: str) -> None:
    """Delete a learner's own data; there is no way back.

    Raises:
        DataError: they are another learner's, or the disk cannot be written to.
    """
    if not belongs_to(name, owner):
        raise DataError(NOT_YOURS)
    note = _read_note(name)
    classes = [f"class {number}" for number in range(1, len(note.classes) + 1)]
    emptied = {"is_gone": True, "title": "deleted data", "classes": classes, "source": GONE}
    try:
        _write_note(name, note.model_copy(update=emptied))
        _path(name, "npz").unlink(missing_ok=True)
    except OSError as error:
        raise DataError(NO_ROOM) from error
    _load.cache_clear()


def harmless(text: str) -> str:
    """Text that reads the same, but in which Markdown finds no link, picture, formula, emphasis or list.

    Labels and names of files are shown in many places, also to whoever follows a link, and in some of them
    escapes would be seen.
    """
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", "ˍ", text.translate(_LOOK_ALIKES))
    text = re.sub(r"(?i)([\]<&:\\@]|www(?=\.))", rf"\1{_JOINER}", text)
    return re.sub(r"^(?=\W|\d+[.)])", _JOINER, text)


def _different(labels: list[str]) -> list[str]:
    """Labels that have become equal get numbers."""
    return [label if label not in labels[:i] else f"{label} ({i + 1})" for i, label in enumerate(labels)]


def _digest(owner: str) -> str:
    """A learner's id is a secret, so it is not written down."""
    return hashlib.sha256(owner.encode()).hexdigest()


def _folder() -> Path:
    """In the server's home folder: workers have the same environment, so they find it too."""
    return Path(os.environ.get("UNROLL_HOME") or _HOME) / "own"


def _path(name: str, ending: str) -> Path:
    if not is_own(name):
        raise DataError("There are no such data.")
    return _folder() / f"{name}.{ending}"


def _write(path: Path, content: bytes) -> None:
    """Write under another name first: a file is there in full or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_note(name: str, note: _Note) -> None:
    _write(_path(name, "json"), note.model_dump_json().encode())
    _all_notes.cache_clear()


def _read_note(name: str) -> _Note:
    try:
        return _Note.model_validate_json(_path(name, "json").read_bytes())
    except (OSError, ValueError) as error:
        raise DataError(GONE) from error


def _uploads() -> list[tuple[Upload, str]]:
    """All data of all learners, with the digest of whose they are."""
    try:
        stamp = _folder().stat().st_mtime_ns
    except OSError:
        return []
    return _all_notes(_folder(), stamp)


@lru_cache(maxsize=1)
def _all_notes(folder: Path, stamp: int) -> list[tuple[Upload, str]]:
    found = []
    for path in folder.glob("own-*.json"):
        with suppress(DataError):  # a broken one is nobody's
            note = _read_note(path.stem)
            found.append((_upload(path.stem, note), note.owner))
    return found


def _upload(name: str, note: _Note) -> Upload:
    sizes = note.train_size, note.test_size, note.vocabulary_size
    info = DatasetInfo(name, note.title, (LENGTH,), tuple(note.classes), *sizes)
    return Upload(name, note.created, info, Source("upload", note.source), note.is_gone)


@lru_cache(maxsize=8)
def _load(name: str, path: Path, stamp: int) -> Dataset:
    upload = _upload(name, _read_note(name))
    try:
        with np.load(path, allow_pickle=False) as file:
            x_train, y_train, x_test, y_test = (file[part] for part in ARRAYS)
            words = json.loads(file["words"].tobytes())
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise DataError(BROKEN) from error
    if words:
        vocabulary = Vocabulary(tuple(words))
        return TextDataset(upload.info, x_train, y_train, x_test, y_test, upload.source, vocabulary)
    return Dataset(upload.info, x_train, y_train, x_test, y_test, upload.source)
