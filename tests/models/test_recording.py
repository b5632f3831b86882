"""A recording gives back what was trained and told."""

from pathlib import Path

import numpy as np
import pytest

from models.events import EpochEnd, Finished, Progress, Snapshot, Started
from models.presets import PRESETS
from models.recording import Recording, read_recording, thinned, write_recording

EVENTS = (
    Started(parameters=3, steps=2, steps_per_epoch=2, compiling=True, source="made up"),
    Snapshot(0, {"dense/kernel": np.arange(3, dtype=np.float32)}),
    Progress(2, np.ones(2, np.float32), np.zeros(2, np.float32), 0.5),
    Finished(0.5, 1.0),
)


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    write_recording(path, Recording(PRESETS["shapes-mlp"], EVENTS))
    found = read_recording(path)
    assert found.experiment == PRESETS["shapes-mlp"]
    assert [type(event) for event in found.events] == [type(event) for event in EVENTS]
    assert found.events[0] == EVENTS[0]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"nonsense that is no frame", b"\0\0\0\x05abcde"])
def test_another_file_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.run"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r".{10}"):
        read_recording(path)


def trained(snapshots: list[int], ends: list[int]) -> Recording:
    weights = {"dense/kernel": np.zeros(25, np.float32)}  # 100 bytes
    nothing = np.zeros(0, np.uint8), np.zeros(0, np.float32)
    events = [Snapshot(step, weights) for step in snapshots]
    epochs = [EpochEnd(number, step, 0, 0, 0, 0, *nothing) for number, step in enumerate(ends, 1)]
    return Recording(PRESETS["shapes-mlp"], (*events, *epochs, Finished(0.5, 1.0)))


@pytest.mark.parametrize("room", [3, 4, 5, 9, 40])
def test_thinned_keeps_the_end_the_start_and_the_ends_of_epochs(room: int) -> None:
    steps = [*range(20), 50, 100, 200, 400, 600]
    whole = trained(steps, ends=[200, 400, 600])
    thin = thinned(whole, 100 * room)
    kept = [event.step for event in thin.events if isinstance(event, Snapshot)]
    assert len(kept) <= room
    assert kept == [step for step in steps if step in kept]
    for step, needs in ((600, 1), (0, 2), (400, 3), (200, 4)):
        assert (step in kept) == (room >= needs)
    assert [e for e in thin.events if not isinstance(e, Snapshot)] == list(whole.events[len(steps) :])


def test_thinned_leaves_a_small_one_as_it_is() -> None:
    whole = trained([0, 1, 2], ends=[2])
    assert thinned(whole, 10_000) == whole
    assert thinned(whole, 1) == whole
    assert thinned(Recording(whole.experiment, EVENTS[-1:]), 10) == Recording(whole.experiment, EVENTS[-1:])
