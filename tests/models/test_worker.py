"""The worker process, spoken to by frames as its server does."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO, cast

import numpy as np
import pytest

import data
from models import wire
from models.conversation import Conversation
from models.events import (
    LAST,
    EpochEnd,
    Failed,
    Finished,
    LearningRate,
    Paused,
    Progress,
    Resumed,
    Snapshot,
    Started,
    Stopped,
)
from models.experiment import Experiment
from models.layers import LSTM, Dense, Dropout
from models.presets import PRESETS, presets_to_warm
from models.train import train
from models.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds; only a failing test waits so long."""

THREE = Dense(units=3, activation="softmax")
SHORT = PRESETS["shapes-mlp"].model_copy(update={"epochs": 2})
LONG = PRESETS["shapes-lstm"].model_copy(update={"epochs": 50})
DROPOUT = SHORT.model_copy(update={"layers": (Dense(units=16), Dropout(rate=0.5), THREE)})

programs = pytest.mark.parametrize("program", ["models.worker", "models.map_worker"])

NOISY = """
import os
import models.worker as worker

train = worker.train

def noisy(*arguments):
    for event in train(*arguments):
        print("printed", flush=True)
        os.write(1, b"written to standard output")
        os.system("echo said by a child")
        yield event

worker.train = noisy
worker.MAX_SECONDS = 1.0
worker.main()
"""


class Talk:
    """A worker process and what it has said."""

    def __init__(self, *command: str, stderr: int | None = None, warm: str = "0") -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | {"UNROLL_WARM": warm},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if stderr is None else stderr,
        )
        self._heard: Queue[tuple[str, wire.Message] | Exception | None] = Queue()
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while frame := wire.read_frame(cast("BinaryIO", self.process.stdout)):
                self._heard.put(frame)
            self._heard.put(None)
        except ValueError as error:
            self._heard.put(error)

    def send(self, run_id: str, message: wire.Message) -> None:
        wire.write_frame(cast("BinaryIO", self.process.stdin), run_id, message)

    def next(self, timeout: float = PATIENCE) -> tuple[str, wire.Message]:
        heard = self._heard.get(timeout=timeout)
        if isinstance(heard, Exception):
            raise heard
        assert heard is not None, "the worker has closed its output"
        return heard

    def until(self, kind: type[wire.Message]) -> list[wire.Message]:
        """All messages up to the first of this kind, which is the last of them."""
        messages: list[wire.Message] = []
        while not messages or not isinstance(messages[-1], kind):
            messages.append(self.next()[1])
        return messages

    def train(self, run_id: str, experiment: Experiment) -> None:
        self.send(run_id, wire.Train(experiment.model_dump_json()))

    def close_input(self) -> int:
        """The exit code after the server has gone."""
        cast("BinaryIO", self.process.stdin).close()
        return self.process.wait(timeout=5)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def warm() -> Iterator[Talk]:
    """One worker for all tests of this file that leave it as they found it: waiting."""
    talk = Talk("-m", "models.worker", warm="shapes-mlp,sst2-average")
    assert talk.next() == ("", wire.Idle(False))
    assert talk.next() == ("", wire.Idle(True))
    yield talk
    talk.end()


def steps_of(messages: list[wire.Message]) -> list[float]:
    return [float(loss) for event in messages if isinstance(event, Progress) for loss in event.losses]


def test_a_run_from_start_to_idle(warm: Talk) -> None:
    warm.train("run", SHORT)
    heard = [warm.next()]
    while not isinstance(heard[-1][1], LAST):
        heard.append(warm.next())
    assert {run_id for run_id, _ in heard} == {"run"}
    started, finished = heard[0][1], heard[-1][1]
    assert isinstance(started, Started)
    assert not started.compiling, "this preset was to be compiled while the worker is idle"
    assert isinstance(finished, Finished)
    assert sum(isinstance(message, EpochEnd) for _, message in heard) == 2
    assert warm.next() == ("", wire.Idle(True))


class Asks(Conversation):
    """A server that asks for the next run a moment after the one before is over."""

    def __init__(self, runs: int) -> None:
        super().__init__(Queue(), io.BytesIO())
        self.runs = self.left = runs

    def next(self, seconds: float | None = None) -> tuple[str, wire.Message] | None:
        if self.left and (self.left == self.runs or seconds != 0):
            self.left -= 1
            return "run", wire.Train("")
        if seconds is None:
            raise EOFError  # there will never be another
        return None


def test_between_two_runs_of_a_repetition_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setenv("UNROLL_WARM", "shapes-mlp,shapes-lstm")
    monkeypatch.setattr("models.worker.memory_mb", lambda: 100.0)  # and not that of all tests together
    monkeypatch.setattr(Worker, "_compile", lambda *_: done.append("compiles"))
    monkeypatch.setattr(Worker, "_run", lambda *_: done.append("runs"))
    with pytest.raises(EOFError):
        Worker(Asks(runs=3)).serve()
    assert done == ["runs", "runs", "runs", "compiles", "compiles"]


def test_which_presets_are_compiled_beforehand() -> None:
    every = list(PRESETS.values())
    assert presets_to_warm("") == presets_to_warm(" ,") == every
    assert presets_to_warm("0") == presets_to_warm(" 0 ") == []
    assert presets_to_warm("sst2-gru, shapes-mlp,") == [PRESETS["sst2-gru"], PRESETS["shapes-mlp"]]
    for wrong in ("no-preset", "shapes-mlp,1", "0,shapes-mlp"):
        with pytest.raises(ValueError, match="There is no preset"):
            presets_to_warm(wrong)


@pytest.mark.parametrize("experiment", [SHORT, DROPOUT], ids=["preset", "dropout"])
def test_another_process_gives_the_same_numbers(warm: Talk, experiment: Experiment) -> None:
    warm.train("run", experiment)
    there = warm.until(Finished)
    here = list(train(experiment, data.load("shapes")))
    assert steps_of(there) == steps_of(list(here))
    last, last_here = ([e for e in events if isinstance(e, Snapshot)][-1] for events in (there, here))
    assert list(last.weights) == list(last_here.weights)
    assert all(np.array_equal(last.weights[name], last_here.weights[name]) for name in last.weights)
    assert warm.next() == ("", wire.Idle(True))


def test_pause_and_resume(warm: Talk) -> None:
    warm.train("run", LONG)
    warm.until(Progress)
    warm.send("run", wire.Pause())
    warm.until(Paused)
    with pytest.raises(Empty):
        warm.next(timeout=0.3)
    warm.send("run", wire.Pause())  # once more changes nothing
    warm.send("run", wire.Resume())
    assert warm.next() == ("run", Resumed())
    assert sum(isinstance(message, Paused) for message in warm.until(EpochEnd)) == 0
    warm.send("run", wire.Stop())
    warm.until(wire.Idle)


def test_stop(warm: Talk) -> None:
    warm.train("run", LONG)
    warm.until(Progress)
    warm.send("run", wire.Stop())
    assert warm.until(Stopped)[-1] == Stopped()
    assert warm.next() == ("", wire.Idle(True))


def test_stop_while_paused(warm: Talk) -> None:
    warm.train("run", LONG)
    warm.send("run", wire.Pause())
    warm.until(Paused)
    warm.send("run", wire.Stop())
    assert warm.next() == ("run", Stopped())
    assert warm.next() == ("", wire.Idle(True))


def test_the_learning_rate_changes_at_once(warm: Talk) -> None:
    warm.train("run", LONG)
    warm.until(Progress)
    warm.send("run", wire.SetLearningRate(0.5))
    change = warm.until(LearningRate)[-1]
    assert isinstance(change, LearningRate)
    assert change.learning_rate == 0.5
    assert 0 < change.step < 3_000
    warm.send("run", wire.Stop())
    warm.until(wire.Idle)


def test_commands_for_other_runs_change_nothing(warm: Talk) -> None:
    for command in (wire.Stop(), wire.Pause(), wire.Resume(), wire.SetLearningRate(0.5)):
        warm.send("gone", command)
    warm.train("run", SHORT)
    warm.send("gone", wire.Stop())
    warm.send("gone", wire.Pause())
    messages = warm.until(wire.Idle)
    assert isinstance(messages[-2], Finished)
    assert not any(isinstance(message, LearningRate | Paused) for message in messages)


GOOD = SHORT.model_dump_json()


@pytest.mark.parametrize(
    ("experiment", "sentence"),
    [
        ("", ""),
        ("no json", ""),
        ("[]", ""),
        (GOOD.replace('"epochs":2', '"epochs":51'), "less than or equal to 50"),
        (GOOD.replace('"shapes"', '"no-such-data"'), "no dataset named"),
        (GOOD.replace('"units":3', '"units":4'), "there are 3 classes"),
        (GOOD.replace('"kind":"Dense"', '"kind":"Lambda"', 1), ""),
    ],
    ids=["empty", "no json", "a list", "epochs", "dataset", "classes", "kind"],
)
def test_a_bad_experiment_fails_and_harms_nothing(warm: Talk, experiment: str, sentence: str) -> None:
    warm.send("bad", wire.Train(experiment))
    run_id, failed = warm.next()
    assert run_id == "bad"
    assert isinstance(failed, Failed)
    assert sentence in failed.message
    assert failed.message
    assert warm.next() == ("", wire.Idle(True))


@programs
def test_a_worker_ends_when_its_server_does(program: str) -> None:
    talk = Talk("-m", program)
    assert isinstance(talk.next()[1], wire.Idle)
    assert talk.close_input() == 0


@programs
def test_a_worker_ends_on_garbage(program: str) -> None:
    talk = Talk("-m", program)
    stream = cast("BinaryIO", talk.process.stdin)
    stream.write(b"\xff" * 100)
    stream.flush()
    assert talk.process.wait(timeout=PATIENCE) == 0


def test_noise_of_libraries_and_the_time_limit() -> None:
    talk = Talk("-c", NOISY, stderr=subprocess.PIPE)
    try:
        drain = Thread(target=lambda: cast("BinaryIO", talk.process.stderr).read(), daemon=True)
        drain.start()
        talk.train("run", LONG)
        stopped = talk.until(Stopped)[-1]
        assert isinstance(stopped, Stopped)
        assert "limit" in stopped.message
        assert isinstance(talk.next()[1], wire.Idle)

        talk.train("again", LONG.model_copy(update={"layers": (LONG.layers[0], LSTM(units=8), THREE)}))
        talk.until(Started)
        assert talk.close_input() == 0, "even while it compiles"
    finally:
        talk.end()


def test_the_memory_of_who_starts_a_worker_is_not_counted_as_its_own() -> None:
    """Linux would count it; a worker whose server is large would then end at once."""
    ballast = np.ones(1024**3, np.uint8)
    code = "from models.worker import memory_mb; print(memory_mb())"
    command = [sys.executable, "-c", code]
    child = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(child.stdout) < len(ballast) / 1024**2
