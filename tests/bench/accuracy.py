"""Whether fast training is also good training."""

from statistics import mean

from tests.bench.measure import Bench, Row, train

SEEDS = range(10)


def lstm(name: str) -> Row:
    ours, peer = (mean(train(side, "shapes-lstm", SEEDS).accuracies) for side in ("ours", "peers"))
    return Row(name, ours, peer, ours / peer, at_least=0.94)


BENCHES = [Bench("shapes-lstm, test accuracy, mean of 10 seeds", lstm, is_accuracy=True)]
