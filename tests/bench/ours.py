"""Unroll's own training: ``python -m tests.bench.ours PRESET SEED...``.

Timed from asking for the first event to the last one, with all snapshots and with the test examples predicted
after every epoch. The first run of the process compiles; those after it are warm, as in a worker.
"""

import sys
from time import perf_counter

import data
from models.events import Finished
from models.presets import PRESETS
from models.program import Programs
from models.train import train
from tests.bench.measure import tell

PROGRAMS = Programs()


def run(preset: str, seed: int) -> tuple[float, float]:
    """Seconds and test accuracy."""
    experiment = PRESETS[preset].model_copy(update={"seed": seed})
    dataset = data.load(experiment.dataset)
    PROGRAMS.refine_next()  # as an idle worker does after its first run
    begin = perf_counter()
    *_, last = train(experiment, dataset, PROGRAMS)
    seconds = perf_counter() - begin
    assert isinstance(last, Finished)
    return seconds, last.test_accuracy


if __name__ == "__main__":
    tell(run(sys.argv[1], int(seed)) for seed in sys.argv[2:])
