"""A whole training in a file: the experiment and its events, as frames of `models.wire`."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from models import wire
from models.events import EpochEnd, Event, Snapshot
from models.experiment import Experiment


@dataclass(frozen=True)
class Recording:
    """What was trained, and everything that training told."""

    experiment: Experiment
    events: tuple[Event, ...]


FEWEST = 3
"""Snapshots: how a network began, how it was on the way, and how it ended."""


def thinned(recording: Recording, size: int) -> Recording:
    """The same training with fewer snapshots.

    The last, the first and those at the ends of epochs come before others; between, they are denser at the
    start, where most is learned.

    Args:
        recording: any.
        size: bytes that all snapshots together may take; but three are always kept.
    """
    snapshots = [event for event in recording.events if isinstance(event, Snapshot)]
    if not snapshots:
        return recording
    each = sum(array.nbytes for array in snapshots[-1].weights.values())
    most = max(FEWEST, size // each)
    steps = [event.step for event in snapshots]
    ends = [event.step for event in recording.events if isinstance(event, EpochEnd)]
    fixed = list(dict.fromkeys([steps[-1], steps[0], *(step for step in ends[::-1] if step in steps)]))[:most]
    places = np.geomspace(1, max(steps[-1], 1), most - len(fixed) + 2)[1:-1]
    kept = {*fixed, *(min(steps, key=lambda step: abs(step - place)) for place in places)}
    return Recording(
        recording.experiment,
        tuple(e for e in recording.events if not isinstance(e, Snapshot) or e.step in kept),
    )


def write_recording(path: Path, recording: Recording) -> None:
    """Write a file that `read_recording` reads; whole or not at all."""
    frames = BytesIO()
    wire.write_frame(frames, "", wire.Train(recording.experiment.model_dump_json()))
    for event in recording.events:
        wire.write_frame(frames, "", event)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(frames.getvalue())
    draft.replace(path)


def read_recording(path: Path) -> Recording:
    """Read a recording.

    Raises:
        ValueError: the file holds something else.
        OSError: it cannot be read.
    """
    frames = BytesIO(path.read_bytes())
    first = wire.read_frame(frames)
    if first is None or not isinstance(first[1], wire.Train):
        raise ValueError(f"{path.name} is no recording: it does not begin with an experiment.")
    events = []
    while frame := wire.read_frame(frames):
        if not isinstance(frame[1], Event):
            raise ValueError(f"{path.name} is no recording: it holds {type(frame[1]).__name__}.")
        events.append(frame[1])
    return Recording(Experiment.model_validate_json(first[1].experiment), tuple(events))
