"""What a run does when: which examples meet in each step, and after which steps the weights are kept."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.experiment import Experiment
from models.trimming import similar_together

MAX_SNAPSHOTS = 40
MAX_SNAPSHOT_BYTES = 10_000_000

EARLY = 5
"""One snapshot in this many is for steps between, where the ends of the epochs would fill all the room."""


def epoch_order(
    experiment: Experiment,
    available: int,
    epoch: int,
    lengths: NDArray[np.int32] | None = None,
    cuts: Sequence[int] = (),
) -> NDArray[np.int32]:
    """The order in which one epoch meets its training examples.

    Args:
        experiment: gives the seed and how many examples are used.
        available: training examples of the dataset.
        epoch: counted from 1.
        lengths: (available,) of each example without its padding; None where that makes no difference.
        cuts: lengths to which batches are cut; see `models.trimming.similar_together`.

    Returns:
        (examples,) indices; each example once. Which examples are used depends on the seed alone.
    """
    used = _shuffled(experiment, available)[: experiment.training_examples(available)]
    order = np.random.default_rng([experiment.seed, epoch]).permutation(used).astype(np.int32)
    if lengths is None:
        return order
    mixing = np.random.default_rng([experiment.seed, epoch, 1])
    return similar_together(order, lengths, cuts, experiment.batch_size, mixing)


def held_out(experiment: Experiment, available: int) -> NDArray[np.int32]:
    """The training examples that are for validation: (examples,) indices, none of them in `epoch_order`."""
    start = experiment.training_examples(available)
    return _shuffled(experiment, available)[start : start + experiment.validation_examples(available)]


def _shuffled(experiment: Experiment, available: int) -> NDArray[np.int32]:
    """All training examples; the first are learned from, the next held out, the rest left alone."""
    return np.random.default_rng([experiment.seed, 0]).permutation(available).astype(np.int32)


def batches(
    experiment: Experiment,
    available: int,
    epoch: int,
    lengths: NDArray[np.int32] | None = None,
    cuts: Sequence[int] = (),
) -> Iterator[NDArray[np.int32]]:
    """The batches of one epoch, (batch,) indices each; the last may be smaller, as in Keras.

    Arguments are those of `epoch_order`.
    """
    order = epoch_order(experiment, available, epoch, lengths, cuts)
    for start in range(0, len(order), experiment.batch_size):
        yield order[start : start + experiment.batch_size]


def snapshot_steps(steps: int, steps_per_epoch: int, size: int) -> list[int]:
    """After which steps the weights are kept.

    The end comes first, then the start, the ends of the epochs, and steps between, denser at the start,
    where most is learned.

    Args:
        steps: of the whole run.
        steps_per_epoch: of one epoch.
        size: bytes of one snapshot.

    Returns:
        Rising steps from 0 to `steps`: at most `MAX_SNAPSHOTS`, and `MAX_SNAPSHOT_BYTES` in all. The last
        step is always among them.
    """
    limit = max(1, min(MAX_SNAPSHOTS, MAX_SNAPSHOT_BYTES // max(size, 1)))
    if limit == 1:
        return [steps]
    chosen = {0, steps}
    ends = range(steps_per_epoch, steps, steps_per_epoch)
    room = limit - len(chosen)
    room = len(ends) if len(ends) <= room else room - limit // EARLY
    chosen.update(ends[round((i + 1) * (len(ends) + 1) / (room + 1)) - 1] for i in range(room))
    for count in range(4 * MAX_SNAPSHOTS, 1, -1):  # as many as fit over the whole length of the run
        between = set(np.geomspace(1, steps, count).astype(int).tolist())
        if len(chosen | between) <= limit:
            return sorted(chosen | between)
    return sorted(chosen)
