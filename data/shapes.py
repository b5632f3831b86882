"""The curves: squares, triangles and ellipses of different widths at different places in a row of 55 numbers.

What was measured on the course's 1,500 curves, and what `curve` and `generate` therefore do:

- A curve stands somewhere in the steps 5 to 48; the 5 steps before and the 6 after are always 0.
- It covers `width` steps, 10 to 39, and every width is equally likely. Its first step is 5 to `49 - width`,
  and every place at which it fits is equally likely. (Triangles begin with a 0, and so do ellipses of even
  width: they show one step less, so the visible widths are 9 to 39.)
- With `i` counting the steps from 0 to `width - 1`, the values are

      square      1
      triangle    2 i / width  rising while i < width // 2, then  2 (width - i) / width  falling
      ellipse     sqrt(1 - (2 (i - width // 2) / width)²)

  so the height is 1, except for the triangles of odd width, whose peak is (width + 1) / width: at most 1.09.
- The classes are equally frequent: 400 each for training, 100 each for testing, in random order.

These formulas give back every one of the 1,500 rows exactly (a test does it). There are only 1,845
different curves, 615 a class, so about half of the course's test curves (156 of 300) also stand among its
training curves.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.dataset import GENERATED, DataError, Dataset, DatasetInfo, Source
from data.sources import File, Found, Places, course_source, fetch, find

LENGTH = 55
FIRST = 5
LAST = 48
MIN_WIDTH = 10
MAX_WIDTH = 39

TRAIN = File(
    "shape_classification_train.csv", "f11eb861a681f0267b44ff2de0e420da9f7fb8797166fead355f780ebf49bd5d"
)
TEST = File(
    "shape_classification_test.csv", "d7808c4daeccb341758114ac8b4f9f46857ad45b8fff4c5f9294a04d9fba5a78"
)

INFO = DatasetInfo(
    name="shapes",
    title="Curves",
    input_shape=(LENGTH,),
    classes=(
        "square",
        "triangle",
        "ellipse",
    ),  # the file's names, in the order in which they first appear in it
    train_size=1200,
    test_size=300,
)


def load_dataset(places: Places) -> Dataset:
    """Load the course's curves, or as many generated ones when the course's files are not on this computer.

    Args:
        places: where to look for the files; the network is not asked.

    Returns:
        1,200 training and 300 test curves.
    """
    found = find((TRAIN, TEST), places)
    if found.missing:
        x_train, y_train = generate(INFO.train_size, seed=0)
        x_test, y_test = generate(INFO.test_size, seed=1)
    else:
        x_train, y_train = read(found.paths[TRAIN.name])
        x_test, y_test = read(found.paths[TEST.name])
    return Dataset(INFO, x_train, y_train, x_test, y_test, _source(found, places))


def fetch_dataset(places: Places, *, retry: bool = False) -> Source:
    """Download the course's files unless they are on this computer.

    Args:
        places: where to look and from where to download.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        The source that `load_dataset` will use from now on.
    """
    return _source(fetch((TRAIN, TEST), places, retry=retry), places)


def read(path: Path) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Read one of the course's files.

    Args:
        path: a CSV file with the columns `class`, `0`, …, `54`.

    Returns:
        The curves, float32 of shape (rows, 55), and their labels, int32 of shape (rows,): indices into
        `INFO.classes`.

    Raises:
        DataError: the file cannot be read as curves.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        if header != ["class", *map(str, range(LENGTH))]:
            raise ValueError("the columns should be class, 0, …, 54")
        y = np.array([INFO.classes.index(row[0]) for row in rows], dtype=np.int32)
        x = np.array([row[1:] for row in rows], dtype=np.float64).astype(np.float32).reshape(-1, LENGTH)
        if len(x) != len(y) or not np.isfinite(x).all():
            raise ValueError("a value is missing")
    except (OSError, ValueError, IndexError) as error:
        raise DataError(f"{path.name} cannot be read as curves: {error}.") from error
    return x, y


def curve(shape: str, width: int, first: int) -> NDArray[np.float32]:
    """Draw one curve.

    Args:
        shape: "square", "triangle" or "ellipse".
        width: number of steps that it covers, 10 to 39.
        first: the first of these steps, 5 to `49 - width`.

    Returns:
        Its values, float32 of shape (55,): 0 outside the shape, height 1 (triangles of odd width up to 1.09).

    Raises:
        ValueError: for another shape, or for a width or place outside these ranges.
    """
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        raise ValueError(f"A curve is {MIN_WIDTH} to {MAX_WIDTH} steps wide; got {width}.")
    if not FIRST <= first <= LAST + 1 - width:
        raise ValueError(
            f"A curve {width} steps wide starts at step {FIRST} to {LAST + 1 - width}; got {first}."
        )
    i = np.arange(width)
    if shape == "square":
        values = np.ones(width)
    elif shape == "triangle":
        values = np.where(i < width // 2, 2 * i, 2 * (width - i)) / width
    elif shape == "ellipse":
        values = np.sqrt(1 - (2 * (i - width // 2) / width) ** 2)
    else:
        raise ValueError(f"A curve is one of {', '.join(INFO.classes)}; got {shape!r}.")
    x = np.zeros(LENGTH, dtype=np.float32)
    x[first : first + width] = values
    return x


def generate(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Draw curves at random, distributed like the course's.

    Args:
        count: how many, 0 or more.
        seed: 0 or more; the same seed gives the same curves.

    Returns:
        The curves, float32 of shape (count, 55), and their labels, int32 of shape (count,): indices into
        `INFO.classes`. The classes are equally frequent (up to one, if `count` is not a multiple of 3) and
        come in random order.
    """
    random = np.random.default_rng(seed)
    y = random.permutation(np.arange(count, dtype=np.int32) % len(INFO.classes))
    x = np.zeros((count, LENGTH), dtype=np.float32)
    for row, label in enumerate(y):
        width = int(random.integers(MIN_WIDTH, MAX_WIDTH + 1))
        first = int(random.integers(FIRST, LAST + 2 - width))
        x[row] = curve(INFO.classes[label], width, first)
    return x, y


def _source(found: Found, places: Places) -> Source:
    if not found.missing:
        return course_source(found, places)
    reasons = found.remarks or ["The course's own files are not on this computer."]
    ours = f"These curves come from {GENERATED}, which follows the same distribution."
    return Source("generator", " ".join([*reasons, ours]))
