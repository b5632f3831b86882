"""Finding and fetching the files that datasets are read from.

A file is looked for in the folder that UNROLL_DATA names, then in the cache, then at the course's
addresses. It counts only if its SHA-256 is the expected one: a broken or half-written file is skipped or
fetched again, never used. What to do when a file is nowhere to be had (a mirror, a generator) is for each
dataset to decide.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import platformdirs

from data.dataset import Source

COURSE_ADDRESSES = (
    "https://srush.github.io/BT-AI/notebooks/",
    "https://raw.githubusercontent.com/srush/BT-AI/HEAD/notebooks/",
)

T = TypeVar("T")

# Some firewalls drop packets without an answer, and every start would wait for the time-out again. An address
# that kept us waiting this long before it failed is left alone for a day.
SLOW_SECONDS = 2.0
REST_SECONDS = 24 * 3600.0
SLOW_ADDRESSES = "slow_addresses.json"


@dataclass(frozen=True)
class File:
    """A file that a dataset is read from: its name, and the SHA-256 (hexadecimal) of what it must contain."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Places:
    """Where files are looked for.

    Attributes:
        folder: the folder that UNROLL_DATA names, or None.
        cache: the folder in which downloads are kept; made when first needed.
        addresses: the addresses to which a file's name is appended, tried in order; each ends in "/".
        timeouts: seconds to wait for a connection, and for the next bytes.
    """

    folder: Path | None
    cache: Path
    addresses: tuple[str, ...] = COURSE_ADDRESSES
    timeouts: tuple[float, float] = (5.0, 30.0)


@dataclass
class Found:
    """What a search brought.

    Attributes:
        paths: the path of each file that is there and sound, by name.
        missing: the files that are not.
        remarks: what was wrong on the way; plain sentences.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    missing: list[File] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def default_places() -> Places:
    """The places for this process: UNROLL_DATA from the environment, and the user's own cache folder."""
    folder = os.environ.get("UNROLL_DATA", "").strip()
    return Places(
        folder=Path(folder).expanduser() if folder else None,
        cache=platformdirs.user_cache_path("unroll", appauthor=False),
    )


def find(files: tuple[File, ...], places: Places) -> Found:
    """Look for files on this computer, without the network.

    Args:
        files: the files wanted.
        places: where to look: `folder` first, then `cache`.

    Returns:
        The sound files, the missing ones, and a remark for each file in `folder` that is not as expected.
    """
    found = Found()
    if places.folder is not None and not places.folder.is_dir():
        found.remarks.append(f"UNROLL_DATA names {places.folder}, which is not a folder; it was skipped.")
    for file in files:
        if places.folder is not None and (path := places.folder / file.name).is_file():
            if _is_sound(path, file):
                found.paths[file.name] = path
                continue
            found.remarks.append(
                f"{file.name} in the folder UNROLL_DATA was skipped: it is broken, or not the course's file."
            )
        cached = places.cache / file.name
        if _is_sound(cached, file):
            found.paths[file.name] = cached
        else:
            found.missing.append(file)
    return found


def fetch(files: tuple[File, ...], places: Places, *, retry: bool = False) -> Found:
    """Look for files on this computer, and download missing ones into the cache with a progress bar.

    Args:
        files: the files wanted.
        places: where to look and from where to download.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        As `find`; a file that could not be had stays in `missing`, and `remarks` says why.
    """
    found = find(files, places)
    for file in list(found.missing):
        path, problems = download(file.name, places, places.cache, Path, sha256=file.sha256, retry=retry)
        if path is None:
            found.remarks.extend(problems)
            # A dataset is of no use in part, so the other files need not be waited for.
            break
        found.paths[file.name] = path
        found.missing.remove(file)
    return found


def course_source(found: Found, places: Places) -> Source:
    """Say where a complete set of the course's files was found."""
    in_folder = all(path.parent == places.folder for path in found.paths.values())
    if in_folder:
        return Source("folder", "The course's own files, from the folder UNROLL_DATA.")
    return Source("course", " ".join(["The course's own files, downloaded from its site.", *found.remarks]))


def _is_sound(path: Path, file: File) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def download(
    name: str,
    places: Places,
    folder: Path,
    read: Callable[[Path], T],
    *,
    sha256: str | None = None,
    retry: bool = False,
) -> tuple[T | None, list[str]]:
    """Ask one address after another for a file, with a progress bar.

    Args:
        name: of the file.
        places: gives the addresses, and how long to wait.
        folder: where it is put.
        read: makes something of the file; a ValueError says that it is not the right one.
        sha256: of what it must contain; None if only `read` can tell.
        retry: also ask addresses that kept us waiting in vain less than a day ago.

    Returns:
        What `read` gave, or None; and the reasons why no address gave it.
    """
    # They take longer to load than everything else here, and mostly nothing is to be downloaded.
    import pooch  # noqa: PLC0415
    import requests  # noqa: PLC0415

    pooch.get_logger().setLevel("ERROR")
    problems: list[str] = []
    for address in places.addresses:
        if not retry and rests(address, places):
            problems.append("The course's site could not be reached (last tried less than a day ago).")
            continue
        print(f"Downloading {address}{name}", flush=True)
        started = time.monotonic()
        try:
            # pooch downloads under a temporary name, checks the SHA-256, then renames: never half a file.
            path = pooch.retrieve(
                address + name,
                known_hash=f"sha256:{sha256}" if sha256 else None,
                fname=name,
                path=folder,
                downloader=pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=places.timeouts),
            )
            return read(Path(path)), []
        except requests.RequestException as error:
            if error.response is not None:
                problems.append(f"The course's site did not give {name} (HTTP {error.response.status_code}).")
                continue
            problems.append("The course's site could not be reached.")
            if time.monotonic() - started >= SLOW_SECONDS:
                remember_slow(address, places)
        except ValueError:
            if sha256 is None:  # or pooch would take it for what the next address gives
                (folder / name).unlink(missing_ok=True)
            problems.append(
                f"The course's site sent a {name} that is broken or has changed; it was not used."
            )
        except OSError as error:
            reason = error.strerror or "no permission"
            return None, [f"Downloads cannot be kept in the folder {folder} ({reason})."]
    return None, list(dict.fromkeys(problems))


def rests(address: str, places: Places) -> bool:
    """Whether an address kept us waiting in vain less than a day ago; a time to come does not count."""
    return 0 <= time.time() - slow_addresses(places).get(address, 0.0) < REST_SECONDS


def slow_addresses(places: Places) -> dict[str, float]:
    """When each slow address was last tried, in seconds since the epoch."""
    try:
        noted = json.loads((places.cache / SLOW_ADDRESSES).read_text(encoding="utf-8"))
        return {str(address): float(when) for address, when in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # no note, or one that cannot be read: then we simply ask again


def remember_slow(address: str, places: Places) -> None:
    """Note that an address kept us waiting in vain."""
    note = places.cache / SLOW_ADDRESSES
    text = json.dumps({**slow_addresses(places), address: time.time()})
    try:
        places.cache.mkdir(parents=True, exist_ok=True)
        temporary = note.with_suffix(f".{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(note)
    except OSError:
        pass  # without the note the next start waits again: slower, not wrong
