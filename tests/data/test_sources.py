"""Files are taken from the first place that has them sound, and never from a broken download."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import data
from data import shapes, sources
from data.sources import File, Places, fetch, find

CONTENT = b"class,0,1\nsquare,1,1\n" * 1000
FILE = File("some.csv", hashlib.sha256(CONTENT).hexdigest())
OTHER = File("other.csv", hashlib.sha256(b"other").hexdigest())


class CourseSite(ThreadingHTTPServer):
    """Serves `files`; a file in `truncated` ends halfway. Remembers what it was asked for."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.files = {FILE.name: CONTENT}
        self.truncated: set[str] = set()
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: CourseSite

    def do_GET(self) -> None:
        name = self.path.lstrip("/")
        self.server.asked.append(name)
        content = self.server.files.get(name)
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if name in self.server.truncated else content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@contextmanager
def serving(port: int = 0) -> Iterator[CourseSite]:
    with CourseSite(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site() -> Iterator[CourseSite]:
    with serving() as server:
        yield server


@pytest.fixture
def places(site: CourseSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("NO_PROXY", "*")
    return Places(folder=None, cache=tmp_path / "cache", addresses=(site.address,))


@pytest.fixture
def dead_address() -> str:
    with socket.socket() as closed_at_once:
        closed_at_once.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed_at_once.getsockname()[1]}/"


def in_cache(places: Places) -> list[str]:
    return sorted(path.name for path in places.cache.iterdir()) if places.cache.is_dir() else []


def test_a_missing_file_is_downloaded_once(places: Places, site: CourseSite) -> None:
    assert find((FILE,), places).missing == [FILE]

    found = fetch((FILE,), places)
    assert found.paths[FILE.name].read_bytes() == CONTENT
    assert not found.missing
    assert not found.remarks
    assert sources.course_source(found, places).kind == "course"

    assert find((FILE,), places).paths == found.paths
    fetch((FILE,), places)
    assert site.asked == [FILE.name]


def test_the_folder_comes_first(places: Places, site: CourseSite, tmp_path: Path) -> None:
    fetch((FILE,), places)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / FILE.name).write_bytes(CONTENT)
    with_folder = Places(folder, places.cache, places.addresses)

    found = fetch((FILE,), with_folder)
    assert found.paths[FILE.name] == folder / FILE.name
    assert sources.course_source(found, with_folder).kind == "folder"
    assert len(site.asked) == 1


def test_a_broken_file_in_the_folder_is_named_and_skipped(places: Places, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / FILE.name).write_bytes(CONTENT[:-1])
    with_folder = Places(folder, places.cache, places.addresses)

    found = fetch((FILE,), with_folder)
    assert found.paths[FILE.name] == places.cache / FILE.name
    source = sources.course_source(found, with_folder)
    assert source.kind == "course"
    assert "some.csv in the folder UNROLL_DATA was skipped" in source.sentence
    assert (folder / FILE.name).read_bytes() == CONTENT[:-1]


def test_a_folder_that_is_none_is_named(places: Places, tmp_path: Path) -> None:
    found = find((FILE,), Places(tmp_path / "nowhere", places.cache))
    assert found.missing == [FILE]
    assert "nowhere, which is not a folder" in found.remarks[0]


def test_a_file_with_other_contents_is_not_used(places: Places, site: CourseSite) -> None:
    site.files[FILE.name] = b"<html>Please sign in to the network</html>"
    found = fetch((FILE,), places)
    assert found.missing == [FILE]
    assert found.remarks == [
        "The course's site sent a some.csv that is broken or has changed; it was not used."
    ]
    assert in_cache(places) == []


def test_a_download_that_ends_halfway_is_not_used(places: Places, site: CourseSite) -> None:
    site.truncated.add(FILE.name)
    found = fetch((FILE,), places)
    assert found.missing == [FILE]
    assert found.remarks
    assert in_cache(places) == []

    site.truncated.clear()
    assert not fetch((FILE,), places).missing


@pytest.mark.parametrize("broken", [b"", CONTENT[:-1], CONTENT + b"\n"])
def test_a_broken_file_in_the_cache_is_fetched_again(places: Places, site: CourseSite, broken: bytes) -> None:
    places.cache.mkdir()
    (places.cache / FILE.name).write_bytes(broken)
    assert find((FILE,), places).missing == [FILE]
    assert fetch((FILE,), places).paths[FILE.name].read_bytes() == CONTENT
    assert site.asked == [FILE.name]


def test_the_second_address_is_asked_when_the_first_is_dead(
    places: Places, site: CourseSite, dead_address: str
) -> None:
    two = Places(None, places.cache, (dead_address, site.address))
    assert fetch((FILE,), two).paths[FILE.name].read_bytes() == CONTENT


def test_an_unreachable_site_is_a_remark(places: Places, dead_address: str) -> None:
    found = fetch((FILE, OTHER), Places(None, places.cache, (dead_address,)))
    assert found.missing == [FILE, OTHER]
    assert found.remarks == ["The course's site could not be reached."]


def test_a_site_without_the_file_is_a_remark(places: Places) -> None:
    found = fetch((FILE, OTHER), places)
    assert found.missing == [OTHER]
    assert found.remarks == ["The course's site did not give other.csv (HTTP 404)."]


def test_an_address_that_kept_us_waiting_is_left_alone_for_a_day(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SLOW_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and never answers
        port: int = silent.getsockname()[1]
        slow = Places(None, places.cache, (f"http://127.0.0.1:{port}/",), timeouts=(1.0, 0.1))
        assert fetch((FILE,), slow).remarks == ["The course's site could not be reached."]

    with serving(port) as site:
        found = fetch((FILE,), slow)
        assert found.remarks == ["The course's site could not be reached (last tried less than a day ago)."]
        assert not site.asked
        assert not fetch((FILE,), slow, retry=True).missing


def test_a_clock_that_was_ahead_keeps_nothing_away(places: Places) -> None:
    places.cache.mkdir()
    noted = {address: time.time() + 1e8 for address in places.addresses}
    (places.cache / sources.SLOW_ADDRESSES).write_text(json.dumps(noted))
    assert not fetch((FILE,), places).missing


def test_a_note_of_slow_addresses_that_cannot_be_read_is_as_none(places: Places) -> None:
    places.cache.mkdir()
    for text in ("", "[]", '{"a": null}', "{"):
        (places.cache / sources.SLOW_ADDRESSES).write_text(text)
        (places.cache / FILE.name).unlink(missing_ok=True)
        assert not fetch((FILE,), places).missing


def test_a_cache_that_cannot_be_written_is_a_remark(places: Places, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, so no folder can be made below it")
    found = fetch((FILE,), Places(None, tmp_path / "file" / "cache", places.addresses))
    assert found.missing == [FILE]
    assert "Downloads cannot be kept in the folder" in found.remarks[0]


def test_without_any_file_the_curves_are_generated_and_say_why(places: Places, dead_address: str) -> None:
    nowhere = Places(None, places.cache, (dead_address,))
    source = shapes.fetch_dataset(nowhere)
    assert source.kind == "generator"
    assert source.sentence == (
        "The course's site could not be reached. "
        "These curves come from Unroll's own generator, which follows the same distribution."
    )
    assert shapes.load_dataset(nowhere).source.kind == "generator"


def test_default_places_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNROLL_DATA", f" {tmp_path} ")
    assert sources.default_places().folder == tmp_path
    monkeypatch.setenv("UNROLL_DATA", "")
    assert sources.default_places().folder is None


def test_an_unknown_dataset_is_refused_with_the_known_names() -> None:
    for ask in (data.describe, data.load, data.fetch):
        with pytest.raises(data.DataError, match=r"no dataset named 'shape'. There are: shapes"):
            ask("shape")


def test_a_dataset_is_loaded_once_and_cannot_be_changed() -> None:
    dataset = data.load("shapes")
    assert data.load("shapes") is dataset
    assert dataset.info == data.describe("shapes")
    with pytest.raises(ValueError, match="read-only"):
        dataset.x_train[0, 0] = 1
    assert not any(a.flags.writeable for a in (dataset.y_train, dataset.x_test, dataset.y_test))
