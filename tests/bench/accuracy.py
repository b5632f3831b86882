"""Whether fast training is also good training."""

from statistics import mean

from tests.bench.measure import Bench, Row, train

SEEDS = range(10)

POINTS = 0.05
"""By how much our mean accuracy may be below the peer's."""


def lstm(name: str) -> Row:
    ours, peer = (mean(train(side, "shapes-lstm", SEEDS).accuracies) for side in ("ours", "peers"))
    return Row(name, ours, peer, ours / peer, at_least=(peer - POINTS) / peer)


BENCHES = [Bench("shapes-lstm, test accuracy, mean of 10 seeds", lstm, is_accuracy=True)]
