"""A warm process that trains one run after another: ``python -m models.worker``.

Commands come as frames on standard input, events go as frames to standard output (`models.wire`). The
process ends when its input closes, so no worker outlives its server. While idle it compiles the presets,
unless the environment variable UNROLL_WARM is 0.
"""

import ctypes
import logging
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import BinaryIO

import tensorflow as tf
from pydantic import ValidationError

import data
from models import wire
from models.events import LAST, Event, Failed, Paused, Progress, Resumed, Stopped
from models.experiment import Experiment
from models.layers import first_problem
from models.presets import PRESETS
from models.program import Programs
from models.train import Knobs, train

MAX_SECONDS = 300.0
"""Of training a run; pauses and compiling do not count."""

WARM_MB = 1_000
"""Resident memory beyond which nothing more is compiled beforehand."""

MAX_MEMORY_MB = 1_500
"""A worker that has grown beyond this ends itself between two runs, and its server starts a fresh one."""

TIME_LIMIT = f"This run reached the limit of {MAX_SECONDS:.0f} seconds. What it has learned is kept."

OUT_OF_MEMORY = "TensorFlow could not train this network. Make it, or the batch, smaller."

Inbox = Queue[tuple[str, wire.Message]]


def _own_stdout() -> BinaryIO:
    """Keep standard output for frames; whatever libraries print goes to standard error."""
    frames = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return frames


def _listen(stream: BinaryIO, inbox: Inbox) -> None:
    """Put commands into the inbox; end the process when the server is gone."""
    with suppress(ValueError, OSError):
        while frame := wire.read_frame(stream):
            inbox.put(frame)
    os._exit(0)  # the main thread may be inside a compiled loop, which nothing else interrupts


def memory_mb() -> float:
    """Resident memory now, or where the system does not tell, the largest so far.

    Linux counts the memory of the process that started this one into the largest so far.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return pages * resource.getpagesize() / 1024**2


def give_back_memory() -> None:
    """Return to the system what compiling has used and freed: up to 250 MB, which the C library keeps."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library than GNU's
            ctypes.CDLL("libc.so.6").malloc_trim(0)


class Worker:
    """Trains the runs it is told to."""

    def __init__(self, inbox: Inbox, frames: BinaryIO) -> None:
        """Start with nothing compiled."""
        self._inbox, self._frames = inbox, frames
        self._programs = Programs()

    def serve(self) -> None:
        """Take one run after another, until the process has grown too large."""
        presets = iter(PRESETS.values() if os.environ.get("UNROLL_WARM", "1") != "0" else ())
        warm = False
        self._send("", wire.Idle(warm))
        while memory_mb() < MAX_MEMORY_MB:
            if warm and self._inbox.empty() and memory_mb() < WARM_MB and self._programs.refine_next():
                continue
            if not warm and self._inbox.empty():
                if memory_mb() < WARM_MB and (preset := next(presets, None)):
                    self._compile(preset)
                else:
                    warm = True
                    self._send("", wire.Idle(warm))
                continue
            run_id, command = self._inbox.get()
            if isinstance(command, wire.Train):
                self._run(run_id, command)
                self._send("", wire.Idle(warm))

    def _compile(self, preset: Experiment) -> None:
        try:
            dataset = data.load(preset.dataset)
        except data.DataError:
            return  # its examples are not here; who wants to train on them is told
        self._programs.get(preset, dataset.x_train, dataset.y_train).refine()
        give_back_memory()

    def _send(self, run_id: str, message: wire.Message) -> None:
        wire.write_frame(self._frames, run_id, message)

    def _run(self, run_id: str, command: wire.Train) -> None:
        try:
            experiment = Experiment.model_validate_json(command.experiment)
            knobs = Knobs(experiment.learning_rate)
            for event in train(experiment, data.load(experiment.dataset), self._programs, knobs):
                self._send(run_id, event)
                if isinstance(event, LAST):
                    return
                if ending := self._obey(run_id, knobs) or _over_time(event):
                    self._send(run_id, ending)
                    return
        except (ValueError, MemoryError, tf.errors.OpError) as error:
            logging.exception("run failed")
            self._send(run_id, Failed(_sentence(error)))

    def _obey(self, run_id: str, knobs: Knobs) -> Stopped | None:
        """Follow the commands that have come, and wait here while the run is paused."""
        paused = False
        while paused or not self._inbox.empty():
            addressee, command = self._inbox.get()
            if addressee != run_id:
                continue  # for a run that was over before its command came
            match command:
                case wire.Stop():
                    return Stopped()
                case wire.SetLearningRate(learning_rate):
                    knobs.learning_rate = learning_rate
                case wire.Pause() if not paused:
                    paused = True
                    self._send(run_id, Paused())
                case wire.Resume() if paused:
                    paused = False
                    self._send(run_id, Resumed())
        return None


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return first_problem(error)
    return str(error) if isinstance(error, ValueError) else OUT_OF_MEMORY


def _over_time(event: Event) -> Stopped | None:
    late = isinstance(event, Progress) and event.seconds > MAX_SECONDS
    return Stopped(TIME_LIMIT) if late else None


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the input
    frames = _own_stdout()
    inbox: Inbox = Queue()
    Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()
    Worker(inbox, frames).serve()


if __name__ == "__main__":
    main()
