"""Reference runs: trained beforehand with the headless command, so that a first visit shows something.

They are made anew by ``python -m app.runs.references``, which trains the presets of all labs, or those
that it is given, and writes the files beside this module. A server puts them into its store like any other
run; their owner is nobody.
"""

import hashlib
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.rooms import ROOMS
from app.runs.recorder import joined
from app.runs.run import Run
from app.runs.store import RunStore
from models.recording import read_recording, thinned, write_recording

OWNER = "reference"
"""No browser has this id: a learner's has 22 characters."""

FOLDER = Path(__file__).with_name("reference")

PRESETS = tuple(preset for room in ROOMS for preset in room.presets)
"""All with seed 0, whatever comes of it."""

MADE = datetime(2026, 11, 1, tzinfo=UTC)
"""Older than any learner's, and the same on each server."""

SNAPSHOT_BYTES = 1_200_000
"""Of one reference run: Unroll is to stay small."""

logger = logging.getLogger(__name__)


def add_references(store: RunStore) -> None:
    """Put the reference runs into a store, and take those of other versions out."""
    stored = store.of_owner(OWNER)
    known = {run.id for run in stored}
    wanted = {}
    for path in sorted(FOLDER.glob("*.run")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        wanted[f"{OWNER}-{path.stem}-{content}"] = path
    whole = {run.id for run in stored if run.state == "finished"} & wanted.keys()
    for run_id in known - whole:
        store.delete(run_id, OWNER)
    runs, happened = [], []
    for run_id in sorted(wanted.keys() - whole):
        try:
            recording = read_recording(wanted[run_id])
        except ValueError:
            logger.exception("%s is left out", wanted[run_id].name)
            continue
        experiment = recording.experiment
        runs.append(Run(OWNER, experiment, parameters=0, steps=0, steps_per_epoch=0, id=run_id, created=MADE))
        happened += joined([(run_id, event) for event in recording.events])
    if runs:
        store.add(*runs, happened=happened)


def main(presets: Sequence[str]) -> None:
    """Train them all, or some."""
    FOLDER.mkdir(exist_ok=True)
    for preset in presets or PRESETS:
        command = [sys.executable, "-m", "models.train", preset, "--seed", "0"]
        path = FOLDER / f"{preset}.run"
        subprocess.run([*command, "--record", str(path)], check=True)  # noqa: S603
        recording = thinned(read_recording(path), SNAPSHOT_BYTES)
        # Nobody asks when each of its steps was done, and what is joined is read in a tenth of the time.
        events = tuple(event for _, event in joined([("", event) for event in recording.events]))
        write_recording(path, replace(recording, events=events))


if __name__ == "__main__":
    main(sys.argv[1:])
