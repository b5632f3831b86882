"""Learners' own data are kept apart, found by their names alone, and gone when they are deleted."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import data
from data import own
from data.dataset import DataError, Dataset
from data.text import LENGTH, TextDataset
from data.upload import read_curves, read_texts

ROOT = Path(__file__).resolve().parents[2]
ME, OTHER = "m" * 22, "o" * 22

TEXTS = [
    ["text", "label"],
    *([f"a good film number {i}", "positive"] for i in range(10)),
    *([f"a bad film number {i}", "negative"] for i in range(10)),
]
CURVES = [
    ["class", *map(str, range(LENGTH))],
    *([name, *[value] * LENGTH] for name in ("flat", "high") for value in ("0", "0.5", "1") * 2),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNROLL_HOME", str(tmp_path))
    return tmp_path / "own"


def table(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def texts(rows: list[list[str]] = TEXTS, name: str = "films.csv") -> TextDataset:
    return read_texts(table(rows), name)


def curves() -> Dataset:
    return read_curves(table(CURVES), "curves.csv")


# Keeping


def test_texts_come_back_as_they_were() -> None:
    kept = texts()
    name = own.save(ME, kept)
    back = data.load(name)
    assert isinstance(back, TextDataset)
    assert back.vocabulary.id2word == kept.vocabulary.id2word
    for part in own.ARRAYS:
        np.testing.assert_array_equal(getattr(back, part), getattr(kept, part))
        assert getattr(back, part).dtype == getattr(kept, part).dtype
    assert back.info.classes == ("negative", "positive")
    assert back.info.name == name
    assert data.describe(name) == back.info
    assert (back.info.train_size, back.info.test_size) == (len(back.x_train), len(back.x_test))
    assert back.source.kind == "upload"
    assert own.kind_of(name) == "texts"


def test_curves_come_back_as_they_were() -> None:
    kept = curves()
    name = own.save(ME, kept)
    back = data.load(name)
    assert not isinstance(back, TextDataset)
    np.testing.assert_array_equal(back.x_train, kept.x_train)
    assert back.x_train.dtype == np.float32
    assert own.kind_of(name) == "curves"
    assert data.load(name) is back


def test_names_are_long_and_random() -> None:
    names = {own.save(ME, curves()) for _ in range(own.MAX_UPLOADS)}
    assert len(names) == own.MAX_UPLOADS
    assert all(own.is_own(name) and len(name) == 38 for name in names)
    assert {len(name.rpartition("-")[2]) for name in names} == {32}


def test_a_process_of_its_own_finds_them() -> None:
    """As the worker does."""
    name = own.save(ME, curves())
    program = f"import data; print(len(data.load({name!r}).x_train))"
    done = subprocess.run(
        (sys.executable, "-c", program),
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == len(curves().x_train)


def test_a_very_long_word_does_not_fill_the_memory(home: Path) -> None:
    word = "w" * 100_000
    rows = [*TEXTS, *([f"{word} {i}", "positive"] for i in range(8))]
    back = data.load(own.save(ME, texts(rows)))
    assert isinstance(back, TextDataset)
    assert word in back.vocabulary.word2id
    assert sum(path.stat().st_size for path in home.iterdir()) < 100_000


def test_nothing_is_written_by_halves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="could not be kept"):
        own.save(ME, curves())
    assert list(home.iterdir()) == []
    assert own.of_owner(ME) == []


# Limits


def test_a_learner_has_a_few_places_only() -> None:
    names = [own.save(ME, curves()) for _ in range(own.MAX_UPLOADS)]
    with pytest.raises(DataError, match="the limit"):
        own.save(ME, curves())
    own.save(OTHER, curves())
    own.delete(ME, names[0])
    own.save(ME, curves())


def test_all_learners_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MAX_KEPT", 2)
    first = own.save(ME, curves())
    own.save(OTHER, curves())
    with pytest.raises(DataError, match="all learners"):
        own.save("t" * 22, curves())
    own.delete(ME, first)
    own.save("t" * 22, curves())


# Whose they are


def test_a_list_has_ones_own_only_newest_first() -> None:
    first, second = own.save(ME, texts()), own.save(ME, curves())
    own.save(OTHER, texts())
    assert [upload.name for upload in own.of_owner(ME)] == [second, first]
    assert own.of_owner("n" * 22) == []
    assert own.belongs_to(first, ME)
    assert not own.belongs_to(first, OTHER)


def test_only_the_owner_deletes() -> None:
    name = own.save(ME, texts())
    with pytest.raises(DataError, match="someone else"):
        own.delete(OTHER, name)
    assert not own.is_deleted(name)


def test_who_owns_them_is_not_written_down(home: Path) -> None:
    own.save(ME, texts())
    assert all(ME.encode() not in path.read_bytes() for path in home.iterdir())


# Deleting


def test_of_deleted_data_no_word_stays(home: Path) -> None:
    name = own.save(ME, texts(name="secret.csv"))
    data.load(name)
    own.delete(ME, name)
    assert own.is_deleted(name)
    with pytest.raises(DataError, match="deleted"):
        data.load(name)
    assert own.of_owner(ME) == []
    left = b"".join(path.read_bytes() for path in home.iterdir())
    assert not any(word in left for word in (b"secret", b"negative", b"film"))


def test_deleted_data_can_still_be_described() -> None:
    name = own.save(ME, texts())
    before = data.describe(name)
    own.delete(ME, name)
    after = data.describe(name)
    assert (after.train_size, after.test_size, after.vocabulary_size, len(after.classes)) == (
        before.train_size,
        before.test_size,
        before.vocabulary_size,
        2,
    )
    assert after.title == "deleted data"
    own.delete(ME, name)  # twice does no harm


# What is not there, and what is broken


@pytest.mark.parametrize(
    "name",
    [
        "own-t-" + "0" * 32,
        "own-",
        "own-t-" + "0" * 31,
        "own-x-" + "0" * 32,
        "own-t-" + "A" * 32,
        "own-t-../../../../../../../../etc/pass",
        "own-t-" + "0" * 32 + "\n",
        "own-texts-0123456789abcdef",
    ],
)
def test_other_names_give_a_sentence(name: str) -> None:
    for ask in (data.load, data.describe, data.fetch):
        with pytest.raises(DataError):
            ask(name)
    assert not own.belongs_to(name, ME)
    with pytest.raises(DataError):
        own.delete(ME, name)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x93NUMPY"])
def test_a_broken_file_gives_a_sentence(home: Path, content: bytes) -> None:
    name = own.save(ME, curves())
    (home / f"{name}.npz").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read any more"):
        data.load(name)
    own.delete(ME, name)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_broken_note_hurts_nobody(home: Path, content: bytes) -> None:
    broken, sound = own.save(ME, curves()), own.save(ME, texts())
    (home / f"{broken}.json").write_bytes(content)
    assert [upload.name for upload in own.of_owner(ME)] == [sound]
    with pytest.raises(DataError):
        data.describe(broken)
    with pytest.raises(DataError):
        data.load(broken)
    assert not own.belongs_to(broken, ME)


def test_pickles_are_not_loaded(home: Path) -> None:
    name = own.save(ME, curves())
    with (home / f"{name}.npz").open("wb") as stream:
        np.savez(stream, **dict.fromkeys(own.ARRAYS, np.array([{"a": 1}], object)))  # type: ignore[arg-type]
    with pytest.raises(DataError):
        data.load(name)


# What a learner wrote


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, 0.5% (so-so) don't", "plain words, 0.5% (so-so) don't"),
        ("very_good", "very_good"),
        ("_x_", "ˍxˍ"),
        ("a ![b](http://c.d)", "a ![b]~(http:~//c.d)"),
        ("a **bold** `code` $x$", "a ∗∗bold∗∗ ˋcodeˋ ＄x＄"),
        ("a :material/x: :red[b]", "a :~material/x:~ :~red[b]~"),
        ("<b>x</b> &lt;", "~<~b>x<~/b> &~lt;"),
        ("www.a.b me@a.b", "www~.a.b me@~a.b"),
        ("# a", "~# a"),
        ("> a", "~> a"),
        ("1. a", "~1. a"),
        ("1.5", "~1.5"),
        ("10", "10"),
    ],
)
def test_nothing_is_left_for_markdown(text: str, shown: str) -> None:
    assert own.harmless(text) == shown.replace("~", "\u2060")


def test_labels_stay_different() -> None:
    rows = [
        ["text", "label"],
        *([f"a good film {i}", "∗"] for i in range(5)),
        *([f"a bad film {i}", "*"] for i in range(5)),
    ]
    assert len(set(data.load(own.save(ME, texts(rows))).info.classes)) == 2
