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

LULL = 0.25
"""Seconds after a run in which the next one may come: what is compiled meanwhile would keep it waiting."""

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
        self._presets = iter(presets_to_warm(os.environ.get("UNROLL_WARM", "")))
        self._warm = False

    def serve(self) -> None:
        """Take one run after another, until the process has grown too large."""
        lull = 0.0
        self._server.tell("", wire.Idle(self._warm))
        while memory_mb() < MAX_MEMORY_MB:
            heard = self._server.next(lull)
            lull = 0.0
            if heard is None and self._prepare():
                continue
            run_id, command = heard or self._server.next() or ("", None)
            if isinstance(command, wire.Train):
                self._run(run_id, command)
                self._server.tell("", wire.Idle(self._warm))
                lull = LULL

    def _prepare(self) -> bool:
        """Compile something beforehand; False if there is nothing more to do."""
        has_room = memory_mb() < WARM_MB
        if self._warm:
            return has_room and self._programs.refine_next()
        preset = next(self._presets, None) if has_room else None
        if preset is None:
            self._warm = True
            self._server.tell("", wire.Idle(self._warm))
        else:
            self._compile(preset)
        return True

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
