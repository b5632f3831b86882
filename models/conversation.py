"""What every process that computes for a server needs: to hear its commands and to tell it what happens.

Commands come as frames on standard input, events go as frames to standard output (`models.wire`). The
process ends when its input closes, so none outlives its server.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO, Self

from models import wire
from models.events import Paused, Resumed, Stopped

Inbox = Queue[tuple[str, wire.Message]]


class Conversation:
    """A process's side of the talk with its server.

    Args:
        inbox: commands that have come, each with the id of its run.
        frames: where events go.
    """

    def __init__(self, inbox: Inbox, frames: BinaryIO) -> None:
        """Say nothing yet."""
        self._inbox, self._frames = inbox, frames

    @classmethod
    def begin(cls) -> Self:
        """Listen to standard input, and keep standard output for frames: what libraries print is moved."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the input
        frames = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # whatever libraries print goes to standard error
        inbox: Inbox = Queue()
        Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()
        return cls(inbox, frames)

    @property
    def has_heard(self) -> bool:
        """Whether a command waits."""
        return not self._inbox.empty()

    def tell(self, run_id: str, message: wire.Message) -> None:
        """Send something that belongs to a run, or to none: an empty id."""
        wire.write_frame(self._frames, run_id, message)

    def next(self, seconds: float | None = None) -> tuple[str, wire.Message] | None:
        """Wait for a command; None if none comes within so many seconds (default: wait for ever)."""
        try:
            return self._inbox.get(timeout=seconds)
        except Empty:
            return None

    def obey(self, run_id: str, set_learning_rate: Callable[[float], None] | None = None) -> Stopped | None:
        """Follow the commands that have come for a run, and wait here while it is paused.

        Args:
            run_id: the run; commands for others are for runs that were over before they came.
            set_learning_rate: how a new learning rate is taken; None if the run has none.

        Returns:
            The event to end the run with, if that was asked for.
        """
        paused = False
        while paused or self.has_heard:
            addressee, command = self._inbox.get()
            if addressee != run_id:
                continue
            match command:
                case wire.Stop():
                    return Stopped()
                case wire.SetLearningRate(learning_rate) if set_learning_rate:
                    set_learning_rate(learning_rate)
                case wire.Pause() if not paused:
                    paused = True
                    self.tell(run_id, Paused())
                case wire.Resume() if paused:
                    paused = False
                    self.tell(run_id, Resumed())
        return None


def _listen(stream: BinaryIO, inbox: Inbox) -> None:
    """Put commands into the inbox; end the process when the server is gone."""
    with suppress(ValueError, OSError):
        while frame := wire.read_frame(stream):
            inbox.put(frame)
    os._exit(0)  # the main thread may be inside a compiled loop, which nothing else interrupts
