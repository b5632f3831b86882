"""Maps of words that grow while one looks on, carried out by the same runner as training.

They have workers of their own (`models.map_worker`), which start when a map is asked for, so that training
waits for no map. A learner has one map at a time. One that is finished stays in memory for a while: whoever
asks for the same one (a class, say) gets it at once.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Literal

from app.runs.local import LocalRunner, Patience, Wording
from app.runs.run import new_id
from app.runs.runner import RefusedError
from models import wire
from models.events import Event, Failed, MapFinished, MapMoment, Stopped
from models.map_worker import MAX_SECONDS

WORKER = (sys.executable, "-m", "models.map_worker")

State = Literal["starting", "running", "paused", "finished", "stopped", "failed"]

MAX_PROCESSES = 2
"""Of a server: each takes some 300 MB and as much of the processor as there is."""
MAX_KEPT = 32
"""Maps in memory; each takes at most 120 kB, of 10,000 words, once it is over."""
PATIENCE = Patience(silence=MAX_SECONDS + 60, stop=2, pause=60)
"""UMAP says nothing until it is done."""
WORDING = Wording("The process that makes maps", "Press Play to make the map anew.")


@lru_cache(maxsize=6)
def key_of(wanted: wire.MakeMap) -> str:
    """The same for the same map. What pages ask for now is remembered, and so its vectors are."""
    settings = [
        *(wanted.method, wanted.perplexity, wanted.seed, wanted.steps, wanted.dimensions),
        wanted.vectors.shape,
    ]
    return sha256(json.dumps(settings).encode() + wanted.vectors.tobytes()).hexdigest()


@dataclass(eq=False)
class Growing:
    """A map and how far it is. Its fields are written under the lock of `Maps`; a page may read any of them.

    Attributes:
        owner: the learner who started it.
        command: what to make; without the vectors once it is over.
        id: its name for the runner.
        state: what it does; "starting" also while it waits for its turn.
        moment: the newest; None before the first.
        message: why it failed, was stopped or has fewer steps than asked for, a sentence.
    """

    owner: str
    command: wire.MakeMap
    id: str = field(default_factory=new_id)
    state: State = "starting"
    moment: MapMoment | None = None
    message: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ("finished", "stopped", "failed")

    def end(self, state: State, message: str = "") -> None:
        """Change no more. No worker is told what to make from now on, so the vectors, 2 MB, are let go."""
        self.state, self.message = state, message
        self.command = replace(self.command, vectors=self.command.vectors[:0].copy())


class Maps:
    """All maps of a server.

    Args:
        log: file for what the workers print; thrown away if left out.
        workers: how many maps may grow at once.
        patience: how long to wait before stepping in.
        command: what starts a worker.
    """

    def __init__(
        self,
        log: Path | None = None,
        workers: int = MAX_PROCESSES,
        patience: Patience = PATIENCE,
        command: tuple[str, ...] = WORKER,
    ) -> None:
        """Start nothing yet."""
        self._lock = RLock()
        self._maps: OrderedDict[tuple[str, str], Growing] = OrderedDict()
        self._runner = LocalRunner(
            self._record, workers, log, patience, command, on_demand=True, wording=WORDING
        )

    @property
    def problem(self) -> str:
        """Why no map can be made now, a sentence; empty when all is well."""
        return self._runner.capacity().problem

    def find(self, owner: str, wanted: wire.MakeMap) -> Growing | None:
        """A learner's map; or another learner's of the same, if that is finished."""
        key = key_of(wanted)
        with self._lock:
            own = self._maps.get((owner, key))
            if own is not None and own.state not in ("stopped", "failed"):
                return own
            others = (m for (_, other), m in self._maps.items() if other == key and m.state == "finished")
            return next(others, own)

    def start(self, owner: str, wanted: wire.MakeMap) -> Growing:
        """Begin a map, at once or when its turn comes; the learner's other one ends, with what it has."""
        growing, key = Growing(owner, wanted), key_of(wanted)
        with self._lock:
            others = [other for other in self._maps.values() if other.owner == owner and not other.is_over]
            self._maps.pop((owner, key), None)
            self._maps[owner, key] = growing
            while len(self._maps) > MAX_KEPT:
                oldest = next((name for name, kept in self._maps.items() if kept.is_over), None)
                if oldest is None:
                    break
                del self._maps[oldest]
        # Not under our lock: the runner holds its own when it tells what happens.
        for other in others:
            self._runner.stop(other.id)
        try:
            self._runner.submit(growing)
        except RefusedError as error:  # of many at the same moment
            self._record(growing.id, Failed(str(error)))
        return growing

    def ahead(self, growing: Growing) -> int | None:
        """How many maps are made before this one; None if it does not wait."""
        others = self._runner.ahead(growing.id)
        return None if others is None else len(others)

    def pause(self, owner: str, wanted: wire.MakeMap) -> None:
        """Do no more steps until it goes on."""
        if growing := self._turn(owner, wanted, "running", "paused"):
            self._runner.pause(growing.id)

    def resume(self, owner: str, wanted: wire.MakeMap) -> None:
        """Go on."""
        if growing := self._turn(owner, wanted, "paused", "running"):
            self._runner.resume(growing.id)

    def stop(self, owner: str, wanted: wire.MakeMap) -> None:
        """End it; what there is stays."""
        with self._lock:
            growing = self._maps.get((owner, key_of(wanted)))
        if growing is not None:
            self._runner.stop(growing.id)

    def close(self) -> None:
        """End all workers; nothing grows any more."""
        self._runner.close()

    def _turn(self, owner: str, wanted: wire.MakeMap, before: State, after: State) -> Growing | None:
        """A learner's map, if it was in this state, in the next: the page shows it without waiting."""
        with self._lock:
            growing = self._maps.get((owner, key_of(wanted)))
            if growing is None or growing.state != before:
                return None
            growing.state = after
            return growing

    def _record(self, run_id: str, event: Event) -> None:
        with self._lock:
            growing = next((one for one in self._maps.values() if one.id == run_id), None)
            if growing is None or growing.is_over:
                return
            match event:
                case MapMoment():
                    growing.moment = event
                    if growing.state == "starting":
                        growing.state = "running"
                case MapFinished(message):
                    growing.end("finished", message)
                case Stopped(message):
                    growing.end("stopped", message)
                case Failed(message):
                    growing.end("failed", message)
