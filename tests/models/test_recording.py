"""A recording gives back what was trained and told."""

from pathlib import Path

import numpy as np
import pytest

from models.events import Finished, Progress, Snapshot, Started
from models.presets import PRESETS
from models.recording import Recording, read_recording, write_recording

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
