"""What all benches share: a row of the table, and runs in processes of their own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes:
        name: what was measured.
        ours, peer: seconds or accuracy, the same for both.
        ratio: how many times better ours is.
        at_least: the ratio to reach.
    """

    name: str
    ours: float
    peer: float
    ratio: float
    at_least: float


@dataclass(frozen=True)
class Bench:
    """A row that can be measured: `run` takes the name."""

    name: str
    run: Callable[[str], Row]
    is_accuracy: bool = False


@dataclass(frozen=True)
class Trained:
    """Runs of one preset, one after another in a fresh process: what each took and how good it became."""

    seconds: list[float]
    accuracies: list[float]


def train(module: str, preset: str, seeds: Sequence[int]) -> Trained:
    """Train in a fresh process of ``tests.bench.ours`` or ``tests.bench.peers``."""
    command = [sys.executable, "-m", f"tests.bench.{module}", preset, *map(str, seeds)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Trained(**json.loads(done.stdout.splitlines()[-1]))


def tell(runs: Iterable[tuple[float, float]]) -> None:
    """The answer of such a process: (seconds, accuracy) of each run."""
    seconds, accuracies = zip(*runs, strict=True)
    print(json.dumps({"seconds": seconds, "accuracies": accuracies}))
