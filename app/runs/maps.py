"""Maps of words that grow in processes of their own, spoken to over pipes (`models.map_worker`).

A learner has one map at a time, and a server few processes. A map that is finished stays in memory for a
while: whoever asks for the same one (a class, say) gets it at once.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import RLock, Thread
from time import monotonic
from typing import BinaryIO, Literal, cast

import numpy as np

from app.runs.process import start_process
from models.map_worker import Job, Moment, read, send_job, write

WORKER = (sys.executable, "-m", "models.map_worker")

State = Literal["starting", "running", "paused", "finished", "stopped", "failed"]

MAX_PROCESSES = 2
"""Of a server: each takes some 300 MB and as much of the processor as there is."""
MAX_KEPT = 32
"""Maps in memory; each takes less than 100 kB, of 10,000 words."""
PATIENCE = 60.0
"""Seconds after which a paused map gives its place up, if another learner wants it."""

BUSY = "Other learners are making maps on this server just now. Try again in a minute."
ENDED = "The process that makes the map ended unexpectedly. Press Play to make it anew."
NO_START = "The process that makes maps cannot be started; the server's log says why."

logger = logging.getLogger(__name__)


class BusyError(Exception):
    """No map was begun; the message says why and what to do."""


@dataclass(eq=False)
class Growing:
    """A map and how far it is. Its fields are written under the lock of `Maps`; a page may read any of them.

    Attributes:
        owner: the learner who started it.
        key: of its job.
        state: what it does.
        moment: the newest frame; None before the first.
        problem: what went wrong, a sentence.
    """

    owner: str
    key: str
    state: State = "starting"
    moment: Moment | None = None
    problem: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    since: float = field(default_factory=monotonic)

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ("finished", "stopped", "failed")


class Maps:
    """All maps of a server.

    Args:
        processes: how many may work at once.
        command: what starts one.
    """

    def __init__(self, processes: int = MAX_PROCESSES, command: tuple[str, ...] = WORKER) -> None:
        """Start nothing yet."""
        self._processes, self._command = processes, command
        self._lock = RLock()
        self._maps: OrderedDict[tuple[str, str], Growing] = OrderedDict()
        self._closed = False

    def find(self, owner: str, key: str) -> Growing | None:
        """A learner's map of this job; or another learner's, if that is finished."""
        with self._lock:
            own = self._maps.get((owner, key))
            if own is not None and own.state not in ("stopped", "failed"):
                return own
            shared = (m for m in self._maps.values() if m.key == key and m.state == "finished")
            return next(shared, own)

    def start(self, owner: str, job: Job) -> Growing:
        """Begin a map; the learner's other one ends, with what it has.

        Raises:
            BusyError: too many are being made.
        """
        with self._lock:
            for other in self._working():
                if other.owner == owner:
                    self._end(other, "stopped")
            self._make_room()
            growing = Growing(owner, job.key)
            self._maps.pop((owner, job.key), None)
            self._maps[owner, job.key] = growing
            while len(self._maps) > MAX_KEPT:
                oldest = next((name for name, kept in self._maps.items() if kept.is_over), None)
                if oldest is None:
                    break
                del self._maps[oldest]
            try:
                growing.process = start_process(self._command)
            except OSError as error:
                logger.exception("no map can be started")
                self._end(growing, "failed", NO_START)
                raise BusyError(NO_START) from error
        Thread(target=self._follow, args=(growing, job), name="map", daemon=True).start()
        return growing

    def pause(self, owner: str, key: str) -> None:
        """Do no more steps until it goes on."""
        self._tell(owner, key, "pause", "running", "paused")

    def resume(self, owner: str, key: str) -> None:
        """Go on."""
        self._tell(owner, key, "resume", "paused", "running")

    def stop(self, owner: str, key: str) -> None:
        """End it; what there is stays."""
        with self._lock:
            growing = self._maps.get((owner, key))
            if growing is not None and not growing.is_over:
                self._end(growing, "stopped")

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            for growing in self._working():
                self._end(growing, "stopped")

    def _working(self) -> list[Growing]:
        return [growing for growing in self._maps.values() if not growing.is_over]

    def _make_room(self) -> None:
        if self._closed:
            raise BusyError(NO_START)
        working = self._working()
        if len(working) < self._processes:
            return
        late = monotonic() - PATIENCE
        idle = [growing for growing in working if growing.state == "paused" and growing.since < late]
        if not idle:
            raise BusyError(BUSY)
        self._end(min(idle, key=lambda growing: growing.since), "stopped")

    def _tell(self, owner: str, key: str, command: str, before: State, after: State) -> None:
        with self._lock:
            growing = self._maps.get((owner, key))
            if growing is None or growing.state != before or growing.process is None:
                return
            growing.state, growing.since = after, monotonic()
            with contextlib.suppress(OSError):  # one that has just died is found out by its reader
                write(cast("BinaryIO", growing.process.stdin), {"command": command})

    def _end(self, growing: Growing, state: State, problem: str = "") -> None:
        growing.state, growing.problem = state, problem
        if growing.process is not None:
            growing.process.kill()

    def _follow(self, growing: Growing, job: Job) -> None:
        """Hand the job over, take frames until there are no more, and see the process end."""
        process = cast("subprocess.Popen[bytes]", growing.process)
        stream = cast("BinaryIO", process.stdout)
        try:
            with contextlib.suppress(OSError):  # it died at once: there will be no frames
                send_job(cast("BinaryIO", process.stdin), job)
            while frame := read(stream):
                self._receive(growing, *frame)
        except (ValueError, KeyError, OSError):
            logger.exception("a map's process sent something unreadable")
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                cast("BinaryIO", pipe).close()
        with self._lock:
            if growing.state == "paused":  # for so long that the process ended by itself
                growing.state = "stopped"
            elif not growing.is_over:
                growing.state, growing.problem = "failed", ENDED

    def _receive(self, growing: Growing, header: dict[str, object], arrays: dict[str, np.ndarray]) -> None:
        with self._lock:
            if growing.is_over:
                return
            if header["kind"] == "frame":
                points = np.asarray(arrays["points"], np.float32)
                growing.moment = Moment(int(str(header["step"])), int(str(header["steps"])), points)
                if growing.state == "starting":
                    growing.state = "running"
            elif header["kind"] == "finished":
                growing.state = "finished"
            else:
                growing.state, growing.problem = "failed", str(header.get("message", ENDED))
