"""How long a whole run of a preset takes."""

from functools import cache
from statistics import median

from tests.bench.measure import Bench, Row, train

REPETITIONS = 3
"""Processes of each side, taking turns: a busy spell of the machine meets both."""

WARM_RUNS = 3
"""In each of our processes, after the first one."""


@cache
def seconds(preset: str) -> tuple[float, float, float]:
    """Medians: ours the first time in a process, ours warm, and plain Keras."""
    first, warm, peer = [], [], []
    for _ in range(REPETITIONS):
        peer += train("peers", preset, [0]).seconds
        ours = train("ours", preset, [0] * (1 + WARM_RUNS)).seconds
        first.append(ours[0])
        warm += ours[1:]
    return median(first), median(warm), median(peer)


def lstm_warm(name: str) -> Row:
    _, ours, peer = seconds("shapes-lstm")
    return Row(name, ours, peer, peer / ours, at_least=6)


def lstm_first(name: str) -> Row:
    ours, _, peer = seconds("shapes-lstm")
    return Row(name, ours, peer, peer / ours, at_least=2)


def mlp_warm(name: str) -> Row:
    _, ours, peer = seconds("shapes-mlp")
    return Row(name, ours, peer, peer / ours, at_least=4)


BENCHES = [
    Bench("shapes-lstm, 10 epochs, warm (s)", lstm_warm),
    Bench("shapes-lstm, 10 epochs, compiling too (s)", lstm_first),
    Bench("shapes-mlp, 10 epochs, warm (s)", mlp_warm),
]
