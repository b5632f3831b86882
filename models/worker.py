"""A warm process that trains one run after another: ``python -m models.worker``.

Commands come as frames on standard input, events go as frames to standard output (`models.wire`). The
process ends when its input closes, so no worker outlives its server. While idle it compiles the presets; the
environment variable UNROLL_WARM says which.
"""

import models.backend  # noqa: F401, I001  # must come before TensorFlow
import ctypes
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import tensorflow as tf
from pydantic import ValidationError

import data
from models import wire
from models.build import fresh_start
from models.conversation import Conversation
from models.events import LAST, Event, Failed, Progress, Stopped
from models.experiment import Experiment
from models.layers import first_problem
from models.presets import presets_to_warm
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


def memory_mb() -> float:
    """Resident memory now, or where the system does not tell, the largest so far; on Windows 0, not known.

    Linux counts the memory of the process that started this one into the largest so far.
    """
    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415  # Windows has none

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

    def __init__(self, server: Conversation) -> None:
        """Start with nothing compiled."""
        self._server = server
        self._programs = Programs()

    def serve(self) -> None:
        """Take one run after another, until the process has grown too large."""
        presets = iter(presets_to_warm(os.environ.get("UNROLL_WARM", "")))
        warm = False
        self._server.tell("", wire.Idle(warm))
        while memory_mb() < MAX_MEMORY_MB:
            has_time = not self._server.has_heard
            if warm and has_time and memory_mb() < WARM_MB and self._programs.refine_next():
                continue
            if not warm and has_time:
                if memory_mb() < WARM_MB and (preset := next(presets, None)):
                    self._compile(preset)
                else:
                    warm = True
                    self._server.tell("", wire.Idle(warm))
                continue
            heard = self._server.next()
            if heard and isinstance(heard[1], wire.Train):
                self._run(heard[0], heard[1])
                self._server.tell("", wire.Idle(warm))

    def _compile(self, preset: Experiment) -> None:
        try:
            dataset = data.load(preset.dataset)
        except data.DataError:
            return  # its examples are not here; who wants to train on them is told
        self._programs.get(preset, dataset.x_train, dataset.y_train).refine()
        fresh_start(preset.layers, dataset.info.input_shape, preset.seed)
        give_back_memory()

    def _run(self, run_id: str, command: wire.Train) -> None:
        try:
            experiment = Experiment.model_validate_json(command.experiment)
            knobs = Knobs(experiment.learning_rate)
            for event in train(experiment, data.load(experiment.dataset), self._programs, knobs):
                self._server.tell(run_id, event)
                if isinstance(event, LAST):
                    return
                if ending := self._server.obey(run_id, knobs.set_learning_rate) or _over_time(event):
                    self._server.tell(run_id, ending)
                    return
        except (ValueError, MemoryError, tf.errors.OpError) as error:
            logging.exception("run failed")
            self._server.tell(run_id, Failed(_sentence(error)))


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return first_problem(error)
    return str(error) if isinstance(error, ValueError) else OUT_OF_MEMORY


def _over_time(event: Event) -> Stopped | None:
    late = isinstance(event, Progress) and event.seconds > MAX_SECONDS
    return Stopped(TIME_LIMIT) if late else None


def main() -> None:
    """Serve the process at the other end of standard input and output."""
    Worker(Conversation.begin()).serve()


if __name__ == "__main__":
    main()
