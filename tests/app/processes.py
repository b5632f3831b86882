"""What tests ask of processes, which give no sign of their own."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event as Signal
from time import monotonic

PATIENCE = 120.0
"""Seconds; only a failing test waits so long."""


def eventually(happened: Callable[[], object]) -> None:
    """Wait for what no event tells of."""
    deadline = monotonic() + PATIENCE
    while not happened():
        assert monotonic() < deadline, "it never happened"
        Signal().wait(0.01)


def read_pids(path: Path) -> list[int]:
    """Ids of the processes that have written themselves down in a file, the oldest first."""
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def is_alive(pid: int) -> bool:
    """Whether a process has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
