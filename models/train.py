"""Training is an iterator over events.

``for event in train(experiment, dataset)``: pausing is not asking for the next event, stopping is closing
the iterator, a test is ``list(train(...))``. There are no callbacks and no threads here.

Headless: ``python -m models.train shapes-lstm --seed 1`` prints each event as a line of JSON.
"""

import argparse
import json
import sys
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

import data
from data.dataset import Dataset
from models.build import fresh_start
from models.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    LearningRate,
    Progress,
    Snapshot,
    Started,
    Untrained,
)
from models.experiment import Experiment, check
from models.forward import predict
from models.layers import parameters
from models.presets import PRESETS
from models.program import MAX_STEPS, TEST_BATCH, Program, Programs
from models.recording import Recording, write_recording
from models.scaling import Scaler, fit_scaler
from models.schedule import batches, held_out, snapshot_steps
from models.start import start_vectors
from models.weights import Array, Weights

CALL_SECONDS = 0.1
"""A call of the compiled loop should take about this long, so that charts move and a stop is obeyed."""

TELL_SECONDS = 1.0
"""How long reading test examples may go on without a word: whoever listens takes long silence for the end."""

FIRST_GUESSES = 32
"""Examples from which one sees what the untrained network is worth: at most, and of the first batch."""

DIVERGED = (
    "The loss is no longer a number: the weights have grown beyond all bounds after step {step}. "
    "Try a learning rate ten times smaller, or scale the inputs."
)


@dataclass
class Knobs:
    """What may be turned while training; read before each call."""

    learning_rate: float

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use another one from the next call on."""
        self.learning_rate = learning_rate


def train(
    experiment: Experiment,
    dataset: Dataset,
    programs: Programs | None = None,
    knobs: Knobs | None = None,
) -> Iterator[Event]:
    """Train a network and tell what happens.

    Args:
        experiment: what to train; checked here.
        dataset: the examples it names.
        programs: compiled programs to use and to add to.
        knobs: settings that the caller may change between events.

    Yields:
        `Started`, `Untrained`, then `Snapshot`, `Progress`, `LearningRate` and `EpochEnd` as they happen,
        and `Finished` or `Failed` at the end.

    Raises:
        StackError, ExperimentError: the experiment does not fit its dataset.
    """
    check(experiment, dataset.info)
    programs = programs if programs is not None else Programs()
    knobs = knobs or Knobs(experiment.learning_rate)
    available = len(dataset.x_train)
    count = parameters(experiment.layers, dataset.info.input_shape)
    steps_per_epoch = experiment.steps_per_epoch(available)
    steps = steps_per_epoch * experiment.epochs
    yield Started(
        parameters=count,
        steps=steps,
        steps_per_epoch=steps_per_epoch,
        compiling=(experiment, dataset.x_train) not in programs,
        source=dataset.source.sentence,
    )
    shape = dataset.info.input_shape
    begun = fresh_start(experiment.layers, shape, experiment.seed, start_vectors(experiment, dataset))
    weights = begun.weights
    scaler = fit_scaler(experiment.scaling, dataset.x_train)
    if untrained := _untrained(experiment, dataset, weights, scaler):
        yield untrained
    snapshots = set(snapshot_steps(steps, steps_per_epoch, 4 * count))
    if 0 in snapshots:
        yield Snapshot(0, weights)
    program = programs.get(experiment, dataset.x_train, dataset.y_train)
    program.reset(begun)

    held = np.sort(held_out(experiment, available))
    x_held, y_held = dataset.x_train[held], dataset.y_train[held]
    step, seconds, per_call = 0, 0.0, 1
    learning_rate = experiment.learning_rate
    program.set_learning_rate(learning_rate)
    accuracy_at_end = 0.0
    for epoch in range(1, experiment.epochs + 1):
        queue = batches(experiment, available, epoch, program.lengths, program.cuts)
        sizes: list[int] = []
        losses = np.empty(0, np.float32)
        accuracies = np.empty(0, np.float32)
        while step < epoch * steps_per_epoch:
            if knobs.learning_rate != learning_rate:
                learning_rate = knobs.learning_rate
                program.set_learning_rate(learning_rate)
                yield LearningRate(step, learning_rate)
            pause = min((s for s in snapshots if s > step), default=steps)
            chunk = list(islice(queue, min(per_call, pause - step, epoch * steps_per_epoch - step)))
            begin = perf_counter()
            loss, accuracy = program.run(chunk, scaler)
            taken = perf_counter() - begin
            seconds += taken
            per_call = int(np.clip(CALL_SECONDS * len(chunk) / taken, 1, min(2 * per_call, MAX_STEPS)))
            if not np.isfinite(loss).all():
                good = int(np.isfinite(loss).argmin())
                if good:
                    yield Progress(step + good, loss[:good], accuracy[:good], seconds)
                yield Failed(DIVERGED.format(step=step + good))
                return
            step += len(chunk)
            sizes += map(len, chunk)
            losses, accuracies = np.append(losses, loss), np.append(accuracies, accuracy)
            yield Progress(step, loss, accuracy, seconds)
            if step in snapshots:
                weights = program.weights()
                if not all(np.isfinite(array).all() for array in weights.values()):
                    yield Failed(DIVERGED.format(step=step))
                    return
                yield Snapshot(step, weights)
        probabilities, seconds = yield from _read(program, dataset.x_test, scaler, step, seconds)
        validation: tuple[float, float] | tuple[None, None] = None, None
        if len(y_held):
            guesses, seconds = yield from _read(program, x_held, scaler, step, seconds)
            validation = _figures(guesses, y_held)
        if not np.isfinite(probabilities).all():  # the epoch's losses were taken before its last step
            yield Failed(DIVERGED.format(step=step))
            return
        end = EpochEnd(
            epoch,
            step,
            float(np.average(losses, weights=sizes)),
            float(np.average(accuracies, weights=sizes)),
            *_figures(probabilities, dataset.y_test),
            probabilities.argmax(axis=1).astype(np.uint8),
            probabilities.max(axis=1).astype(np.float32),
            *validation,
        )
        accuracy_at_end = end.test_accuracy
        yield end
    yield Finished(seconds, accuracy_at_end)


def _read(
    program: Program, x: Array, scaler: Scaler, step: int, seconds: float
) -> Generator[Progress, None, tuple[NDArray[np.float32], float]]:
    """(examples, classes) probabilities, and the seconds of training by then.

    Ten thousand examples may take a large network minutes: now and then `Progress` of no step tells that the
    run goes on, so that it can be paused or stopped.
    """
    parts, told, nothing = [], seconds, np.empty(0, np.float32)
    for start in range(0, len(x), TEST_BATCH):
        if seconds - told > TELL_SECONDS:
            told = seconds
            yield Progress(step, nothing, nothing, seconds)
        begin = perf_counter()
        parts.append(program.predict(x[start : start + TEST_BATCH], scaler))
        seconds += perf_counter() - begin
    return np.concatenate(parts), seconds


def _untrained(
    experiment: Experiment, dataset: Dataset, weights: Weights, scaler: Scaler
) -> Untrained | None:
    """What the network is worth before its first step; None where it gives no numbers."""
    few = next(batches(experiment, len(dataset.x_train), 1))[:FIRST_GUESSES]
    guesses = predict(experiment.layers, weights, scaler(dataset.x_train[few]))
    return Untrained(*_figures(guesses, dataset.y_train[few])) if np.isfinite(guesses).all() else None


def _figures(probabilities: NDArray[np.float32], targets: NDArray[np.int32]) -> tuple[float, float]:
    """Mean cross-entropy, and the share that is right."""
    right = probabilities[np.arange(len(targets)), targets]
    loss = -np.log(np.maximum(right, np.finfo(np.float32).tiny)).mean()
    return float(loss), float((probabilities.argmax(axis=1) == targets).mean())


def _printable(value: object) -> object:
    """Arrays as lists; weights as their shapes."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: list(array.shape) for name, array in value.items()}
    return value


def main(arguments: list[str] | None = None) -> int:
    """Train a preset and print its events; the last line is the result."""
    parser = argparse.ArgumentParser(
        prog="python -m models.train", description="Train a preset and print its events as lines of JSON."
    )
    parser.add_argument("preset", choices=PRESETS)
    parser.add_argument("--seed", type=int, default=0, help="start of all randomness (default 0)")
    parser.add_argument(
        "--epochs", type=int, help="passes over the training examples (default: the preset's)"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="also keep the events in this file")
    given = parser.parse_args(arguments)
    changes = {"seed": given.seed} | ({"epochs": given.epochs} if given.epochs is not None else {})
    try:
        experiment = Experiment(**(PRESETS[given.preset].model_dump() | changes))
        dataset = data.load(experiment.dataset)
    except ValueError as error:
        parser.error(str(error))
    event: Event = Event()
    recorded = []
    for event in train(experiment, dataset):
        recorded.append(event)
        values = {name: _printable(value) for name, value in asdict(event).items()}
        print(json.dumps({"event": type(event).__name__} | values), flush=True)
    if not isinstance(event, Finished):
        return 1
    if given.record:
        write_recording(given.record, Recording(experiment, tuple(recorded)))
    result = {
        "preset": given.preset,
        "parameters": parameters(experiment.layers, dataset.info.input_shape),
        "seconds": round(event.seconds, 3),
        "test_accuracy": event.test_accuracy,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
