"""The real server for browser tests, as a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from app.environment import SERVER_VARIABLES

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds for a start or an end, on a busy machine."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Run a fresh server with its own database; afterwards no process of it may be left.

    Args:
        folder: for its database and logs.

    Yields:
        Its address.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = SERVER_VARIABLES | os.environ | {"UNROLL_HOME": str(folder), "UNROLL_WORKERS": "1"}
    command = (sys.executable, "-m", "streamlit", "run", "app/server.py", "--server.port", str(port))
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until(lambda: _healthy(url), f"{url} does not answer; see {folder}/server.log")
        yield url
        _wait_until(lambda: bool(_children(process.pid)), "the server has no worker")
        workers = _children(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
    _wait_until(lambda: not any(map(_lives, workers)), "a worker outlived its server")


@contextmanager
def serve_page(name: str) -> Iterator[str]:
    """Run a server with a single page that tests a part, such as a pad.

    Args:
        name: of the page's file, beside this one.

    Yields:
        Its address.
    """
    port = _free_port()
    command = (
        sys.executable, "-u", "-m", "streamlit", "run", "tests/e2e/page_server.py",
        "--server.port", str(port),
    )  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"UNROLL_TEST_PAGE": name}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any("URL" in line for line in process.stdout), "the server did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    """Processes give no sign that could be waited for, so they are asked again and again."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, otherwise
        sleep(0.05)


def _healthy(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _children(pid: int) -> list[int]:
    """Processes that another has started and that still run."""
    lines = _ps("-A", "-o", "pid=,ppid=,stat=").splitlines()
    rows = [line.split() for line in lines]
    return [int(child) for child, parent, state in rows if parent == str(pid) and not state.startswith("Z")]


def _lives(pid: int) -> bool:
    state = _ps("-o", "stat=", "-p", str(pid)).strip()
    return bool(state) and not state.startswith("Z")


def _ps(*arguments: str) -> str:
    command = (shutil.which("ps") or "ps", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
