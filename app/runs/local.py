"""Runs on this machine: warm worker processes, spoken to over pipes. No ports, no broker."""

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, RLock, Thread
from threading import Event as Signal
from time import monotonic
from typing import IO, BinaryIO, cast

from app.runs.process import start_process
from app.runs.queue import FairQueue
from app.runs.runner import MAX_LINE, MAX_RUNNING, MAX_WAITING, Capacity, Job, RefusedError
from models import events, wire

WORKER = (sys.executable, "-m", "models.worker")

MANY = 3
"""Workers that end before their first run, one after the other, are no accident."""

Record = Callable[[str, events.Event], None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, before stepping in.

    Attributes:
        silence: a worker that trains but says nothing for so long is killed.
        stop: a worker that does not come back from a stopped run is killed.
        pause: a paused run gives its place up after so long, if others wait.
        restart: before the next start, where workers do not start, or end before their first run.
    """

    silence: float = 60.0
    stop: float = 10.0
    pause: float = 120.0
    restart: float = 5.0


@dataclass(frozen=True)
class Wording:
    """How learners are told of what went wrong.

    Attributes:
        process: what a worker is called.
        kept: what stays of a run that was cut off, and what to do.
    """

    process: str = "The training process"
    kept: str = "What was learned until then is kept. Train again."


class Worker:
    """One worker process as the runner sees it. Its fields are guarded by the runner's lock."""

    def __init__(self, command: tuple[str, ...], log: IO[bytes] | int) -> None:
        """Start the process."""
        self.process = start_process(command, log)
        self.run: Job | None = None
        self.begun = False
        """Whether the worker has begun with its run: a run that it has not begun can go to another."""
        self.over = False
        """Whether the run is over for the learner, though the worker may not be back yet."""
        self.paused = False
        self.ready = False
        self.served = False
        """Whether it has ever begun with a run."""
        self.warm = False
        self.heard = monotonic()
        self.killed_because = ""

    @property
    def idle(self) -> bool:
        """Whether it can take a run now."""
        return self.ready and self.run is None

    def send(self, run_id: str, message: wire.Message) -> None:
        """Send a frame; a worker that has just died is found out by its reader."""
        try:
            wire.write_frame(cast("BinaryIO", self.process.stdin), run_id, message)
        except OSError:
            logger.info("worker %s takes no more commands", self.process.pid)

    def kill(self, because: str) -> None:
        """End the process at once; `because` goes to the learner whose run this costs."""
        self.killed_because = because
        self.process.kill()


class LocalRunner:
    """The `Runner` for one machine.

    Args:
        record: takes the events of all runs; must not block.
        workers: processes, each training one run at a time.
        log: file for what workers print; thrown away if left out.
        patience: see `Patience`.
        command: what starts a worker.
        on_demand: start a worker only when a run waits for one; such workers end by themselves.
        wording: see `Wording`.
    """

    def __init__(
        self,
        record: Record,
        workers: int = 1,
        log: Path | None = None,
        patience: Patience | None = None,
        command: tuple[str, ...] = WORKER,
        *,
        on_demand: bool = False,
        wording: Wording | None = None,
    ) -> None:
        """Start the workers; runs may be submitted at once."""
        self._record = record
        self._patience = patience or Patience()
        self._command = command
        if log:
            log.parent.mkdir(parents=True, exist_ok=True)
        self._log: IO[bytes] | int = log.open("ab") if log else subprocess.DEVNULL
        self._on_demand = on_demand
        self._wording = wording or Wording()
        self._lock = RLock()
        self._wanted = Condition(self._lock)
        """Told when runs wait that no worker can take."""
        self._queue = FairQueue()
        self._retried: set[str] = set()
        self._problem = ""
        self._ended_early = 0
        """Workers in a row that ended before their first run."""
        self._closing = Signal()
        self._workers: list[Worker] = []
        for number in range(workers):
            Thread(target=self._keep_alive, name=f"worker-{number}", daemon=True).start()
        self._size = workers
        Thread(target=self._watch, name="worker-watch", daemon=True).start()

    # What learners ask for

    def submit(self, run: Job) -> None:
        """Put a run into the line."""
        with self._lock:
            running = sum(1 for w in self._workers if w.run and w.run.owner == run.owner and not w.over)
            if self._queue.waiting(run.owner) + min(running, MAX_RUNNING) >= MAX_WAITING + MAX_RUNNING:
                raise RefusedError(
                    f"You have {MAX_RUNNING} run in training and {MAX_WAITING} waiting already. "
                    "Stop one, or wait until one is over."
                )
            if len(self._queue) >= MAX_LINE:
                raise RefusedError(f"{MAX_LINE} runs are waiting on this server already. Try again later.")
            self._queue.add(run)
            self._dispatch()

    def pause(self, run_id: str) -> None:
        """Do no more steps until the run is resumed."""
        self._tell(run_id, wire.Pause())

    def resume(self, run_id: str) -> None:
        """Go on."""
        with self._lock:
            if worker := self._worker_of(run_id):
                worker.paused = False  # from now on it must not be silent
                worker.heard = monotonic()
                worker.send(run_id, wire.Resume())

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        """Use another learning rate from the next step on."""
        self._tell(run_id, wire.SetLearningRate(learning_rate))

    def stop(self, run_id: str, message: str = "") -> None:
        """End the run; for its learner it is over at once, even if the worker is inside a long step."""
        with self._lock:
            if self._queue.remove(run_id):
                self._record(run_id, events.Stopped(message))
            elif worker := self._worker_of(run_id):
                worker.send(run_id, wire.Stop())
                worker.over = True
                worker.heard = monotonic()
                self._record(run_id, events.Stopped(message))
                self._dispatch()  # another worker may be free for the learner's next run

    def ahead(self, run_id: str) -> list[str] | None:
        """Ids of the runs before this one."""
        with self._lock:
            line = [run.id for run in self._queue]
            if run_id not in line:
                return None
            return [run.id for run in self._training()] + line[: line.index(run_id)]

    def ahead_of_next(self, owner: str) -> list[str]:
        """Ids of the runs before one that would be submitted now."""
        with self._lock:
            training = self._training()
            if len(training) < self._size:
                return []
            return [run.id for run in (*training, *self._queue.before_next(owner))]

    def capacity(self) -> Capacity:
        """How many workers there are and how they are doing."""
        with self._lock:
            ready = sum(worker.ready for worker in self._workers)
            warm = sum(worker.warm for worker in self._workers)
            return Capacity(self._size, ready, warm, self._problem)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._closing.set()
            self._wanted.notify_all()
            workers = list(self._workers)
        for worker in workers:
            worker.kill("")
            worker.process.wait()

    # What happens

    def _tell(self, run_id: str, command: wire.Command) -> None:
        with self._lock:
            if worker := self._worker_of(run_id):
                worker.send(run_id, command)

    def _worker_of(self, run_id: str) -> Worker | None:
        """The worker that has this run, unless the run is over."""
        return next((w for w in self._workers if w.run and w.run.id == run_id and not w.over), None)

    def _dispatch(self) -> None:
        """Give waiting runs to idle workers."""
        for worker in self._workers:
            if not worker.idle:
                continue
            run = self._queue.take(self._busy())
            if run is None:
                return
            worker.run, worker.begun, worker.over, worker.paused = run, False, False, False
            worker.heard = monotonic()
            worker.send(run.id, run.command)
        self._wanted.notify_all()

    def _busy(self) -> set[str]:
        """Learners who have a run in training: their next one waits for it, not for others."""
        return {run.owner for run in self._training()}

    def _training(self) -> list[Job]:
        return [worker.run for worker in self._workers if worker.run and not worker.over]

    def _is_wanted(self) -> bool:
        """Whether a further worker is."""
        starting = sum(not worker.ready for worker in self._workers)
        return not self._on_demand or len(self._queue) > starting or self._closing.is_set()

    def _keep_alive(self) -> None:
        """Run one worker process after another until the runner is closed."""
        while not self._closing.is_set():
            if worker := self._start():
                try:
                    while frame := wire.read_frame(cast("BinaryIO", worker.process.stdout)):
                        self._receive(worker, *frame)
                except (ValueError, OSError):
                    logger.exception("worker %s sent something unreadable", worker.process.pid)
                    worker.kill("")
                code = worker.process.wait()
                self._bury(worker, code)
            if not (worker and worker.ready) or self._ended_early > 1:
                self._closing.wait(self._patience.restart)

    def _start(self) -> Worker | None:
        """Start a worker process once it is wanted; None if it cannot be started or the runner is closed."""
        with self._wanted:  # whose lock is held to the end, else `close` might miss it
            self._wanted.wait_for(self._is_wanted)
            if self._closing.is_set():
                return None
            try:
                self._workers.append(Worker(self._command, self._log))
            except OSError:
                logger.exception("no worker can be started")
                self._problem = self._does_not_start
                return None
            return self._workers[-1]

    @property
    def _does_not_start(self) -> str:
        return f"{self._wording.process} does not start; its log says why."

    def _receive(self, worker: Worker, run_id: str, message: wire.Message) -> None:
        with self._lock:
            if self._closing.is_set():
                return
            worker.heard = monotonic()
            if isinstance(message, wire.Idle):
                worker.ready, worker.warm = True, message.warm
                if worker.warm or worker.served or self._ended_early < MANY:
                    self._problem = ""
                if worker.over:  # else it was sent before the worker read its next command
                    worker.run = None
                self._dispatch()
            elif isinstance(message, events.Event) and worker.run and worker.run.id == run_id:
                if worker.over:
                    return
                worker.begun = worker.served = True
                self._ended_early = 0
                worker.over = isinstance(message, events.LAST)
                worker.paused = isinstance(message, events.Paused) or (
                    worker.paused and not isinstance(message, events.Resumed)
                )
                self._record(run_id, message)

    def _bury(self, worker: Worker, code: int) -> None:
        """Account for the run of a worker that has ended."""
        with self._lock:
            self._workers.remove(worker)
            if self._closing.is_set():
                return
            if code != 0 or not self._on_demand:
                logger.warning("worker %s ended with code %s", worker.process.pid, code)
            if code != 0 and not worker.served:
                self._ended_early += 1
            if not worker.ready:
                self._problem = self._does_not_start
            elif self._ended_early >= MANY:
                self._problem = f"{self._wording.process} ends again and again; its log says why."
            if worker.run is None or worker.over:
                return
            run = worker.run
            if not worker.begun and run.id not in self._retried:
                self._retried.add(run.id)
                self._queue.put_back(run)
                self._dispatch()
                return
            because = worker.killed_because or f"{self._wording.process} ended unexpectedly."
            self._record(run.id, events.Failed(f"{because} {self._wording.kept}"))
            self._dispatch()  # another worker may be free for the learner's next run

    def _watch(self) -> None:
        """Step in where a worker hangs, or a paused run keeps others waiting."""
        while not self._closing.wait(0.5):
            with self._lock:
                busy = self._busy()
                others_wait = any(run.owner not in busy for run in self._queue)
                for worker in self._workers:
                    if worker.run is None:
                        continue
                    silent = monotonic() - worker.heard
                    if worker.over and silent > self._patience.stop:
                        worker.kill("")
                    elif worker.paused and others_wait and silent > self._patience.pause:
                        self.stop(worker.run.id, "It was paused while others waited for their turn.")
                    elif not worker.paused and not worker.over and silent > self._patience.silence:
                        patience = f"{self._patience.silence:.0f} seconds"
                        worker.kill(f"{self._wording.process} did not answer for {patience}.")
