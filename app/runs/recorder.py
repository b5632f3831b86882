"""Brings events to the store without making anybody wait for the database."""

import logging
from collections.abc import Sequence
from threading import Condition, Thread

import numpy as np

from app.runs.database import StoreError
from app.runs.store import RunStore
from models.events import LAST, Event, Failed, Progress

logger = logging.getLogger(__name__)

MAX_BACKLOG = 5_000
"""Events; beyond them neighbouring Progress is joined, so that a long outage costs little memory."""


class Recorder:
    """One thread that writes what has piled up, a batch at a time.

    While the store fails, events wait in memory and are tried again: none is dropped. At most 40 snapshots
    and 10 MB a run make what waits bounded by the number of runs.

    Attributes:
        problem: why events cannot be written now, a sentence for the page; empty when all is well.

    Args:
        store: where they go.
        retry_seconds: between two attempts while the store fails.
    """

    def __init__(self, store: RunStore, retry_seconds: float = 0.5) -> None:
        """Start the thread."""
        self.problem = ""
        self._store = store
        self._retry_seconds = retry_seconds
        self._changed = Condition()  # guards all below; told at every change of them
        self._arrived: list[tuple[str, Event]] = []
        self._recorded = 0  # how often `record` was called
        self._written = 0  # how many of those are done with
        self._closing = False
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, run_id: str, event: Event) -> None:
        """Keep an event, soon. Never waits for the database; may be called from any thread."""
        with self._changed:
            if self._closing:
                logger.error("%s of run %s came after the recorder was closed.", type(event).__name__, run_id)
                return
            self._arrived.append((run_id, event))
            self._recorded += 1
            self._changed.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything recorded so far is in the store.

        Args:
            timeout: seconds.

        Returns:
            Whether it is; False if the time was over first.
        """
        with self._changed:
            goal = self._recorded
            return self._changed.wait_for(lambda: self._written >= goal, timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left and end the thread.

        Args:
            timeout: seconds; as long again if a last attempt is under way by then.

        Returns:
            Whether everything was written. What could not be is lost, and logged.
        """
        self.flush(timeout)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        with self._changed:
            return self._written == self._recorded

    def _run(self) -> None:
        backlog: list[tuple[str, Event]] = []
        closing = False
        while not closing:
            with self._changed:
                # After a failure new events do not hasten the next attempt: they come many times a second.
                self._changed.wait_for(
                    lambda: self._closing or (self._arrived and not self.problem),
                    timeout=self._retry_seconds if self.problem else None,
                )
                backlog += self._arrived
                self._arrived.clear()
                taken, closing = self._recorded, self._closing
            try:
                self._write(backlog)
                problem = ""
            except StoreError as error:
                problem = str(error)
                if len(backlog) > MAX_BACKLOG:
                    backlog = joined(backlog)
            with self._changed:
                self.problem = problem
                if not problem:
                    self._written = taken
                self._changed.notify_all()
        if backlog:
            logger.error("%d events are lost, the recorder was closed: %s", len(backlog), self.problem)

    def _write(self, backlog: list[tuple[str, Event]]) -> None:
        """Write events and take them off the list; those that no store can take are logged.

        Raises:
            StoreError: the events still on the list were not written.
        """
        try:
            self._store.record(backlog)
            backlog.clear()
        except StoreError:
            raise
        except Exception:
            # Whatever is wrong with one event must not keep the others away.
            logger.warning("A batch cannot be stored as a whole; now one by one.", exc_info=True)
            while backlog:
                self._write_alone(*backlog[0])
                del backlog[0]

    def _write_alone(self, run_id: str, event: Event) -> None:
        try:
            self._store.record([(run_id, event)])
        except StoreError:
            raise
        except Exception:
            logger.exception("%s of run %s cannot be stored.", type(event).__name__, run_id)
            if isinstance(event, LAST):  # else the run would seem to go on for ever
                message = "The run is over, but its result could not be stored. Train it again."
                self._store.record([(run_id, Failed(message))])


def joined(batch: Sequence[tuple[str, Event]]) -> list[tuple[str, Event]]:
    """The same events with each run's neighbouring Progress as one; only their times are lost."""
    result: list[tuple[str, list[Event]]] = []
    latest: dict[str, list[Event]] = {}
    for run_id, event in batch:
        group = latest.get(run_id)
        if group is not None and isinstance(event, Progress) and isinstance(group[0], Progress):
            group.append(event)
        else:
            latest[run_id] = group = [event]
            result.append((run_id, group))
    return [(run_id, group[0] if len(group) == 1 else _join(group)) for run_id, group in result]


def _join(group: Sequence[Event]) -> Progress:
    parts = [event for event in group if isinstance(event, Progress)]
    return Progress(
        parts[-1].step,
        np.concatenate([np.ravel(part.losses) for part in parts]),
        np.concatenate([np.ravel(part.accuracies) for part in parts]),
        parts[-1].seconds,
    )
