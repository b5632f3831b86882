"""Figures and states in words."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np

import data
from app.rooms import room_of
from app.runs import references
from app.runs.run import Run, State, architecture
from models.weights import Array

_BADGES: dict[State | Literal["ready"], tuple[str, str, str]] = {
    "ready": ("gray", "radio_button_unchecked", "Ready"),
    "waiting": ("gray", "hourglass_top", "Waiting"),
    "preparing": ("blue", "build", "Preparing"),
    "running": ("blue", "play_arrow", "Training"),
    "paused": ("orange", "pause", "Paused"),
    "finished": ("green", "check", "Finished"),
    "stopped": ("gray", "stop", "Stopped"),
    "failed": ("red", "error", "Failed"),
    "interrupted": ("orange", "power_off", "Interrupted"),
}


def state_badge(state: State | Literal["ready"]) -> str:
    """A state as Markdown; `ready`: there is no run yet."""
    color, icon, word = _BADGES[state]
    return f":{color}-badge[:material/{icon}: {word}]"


def plain(text: str) -> str:
    """Text in which nothing is Markdown: it may repeat what a stranger wrote, such as a picture elsewhere."""
    unlinked = re.sub(r"(?i)(https?:|www|@)", "\\1\u2060", text)  # addresses become links even when escaped
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", unlinked)


def duration(seconds: float) -> str:
    """Seconds for a reader: ``0.4 s``, ``12 s``, ``3 min``."""
    if seconds < 10:
        return f"{max(seconds, 0.1):.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"


def percent(value: float | None) -> str:
    """A share for a reader: ``93.1%``; a dash where there is none yet."""
    return "–" if value is None else f"{value:.1%}"


def whose(run: Run) -> str:
    """Whose a run is that is not the learner's own."""
    return (
        "a reference run, which comes with Unroll"
        if run.owner == references.OWNER
        else "another learner's run"
    )


def network_name(run: Run) -> str:
    """What a run trains: ``LSTM 32, seed 0``."""
    return f"{architecture(run.experiment)}, seed {run.experiment.seed}"


def run_line(run: Run) -> str:
    """A run in one short line, for links and lists."""
    parts = [network_name(run)]
    dataset = run.experiment.dataset
    if dataset != room_of(dataset).datasets[0]:
        try:
            parts.append(data.describe(dataset).title)
        except data.DataError:
            parts.append("its data are gone")
    if run.test_accuracy is not None:
        parts.append(f"{run.test_accuracy:.1%} right")
    if run.state != "finished":
        parts.append(run.state)
    if run.owner == references.OWNER:
        parts.append("reference")
    return " · ".join(parts)


def spread(runs: Sequence[Run]) -> str:
    """How far apart the runs of a repetition have ended, for a sentence; empty while none is done."""
    done = [run.test_accuracy for run in runs if run.state == "finished" and run.test_accuracy is not None]
    if not done:
        return ""
    return (
        f"{len(done)} of {len(runs)} are done: test accuracy from {min(done):.1%} to {max(done):.1%}, "
        f"mean {sum(done) / len(done):.1%}."
    )


def verdict_line(probabilities: Array, classes: Sequence[str]) -> str:
    """What the network says of the whole input, in a line of Markdown."""
    best = int(np.argmax(probabilities))
    others = ", ".join(
        f"{name} {value:.0%}"
        for index, (name, value) in enumerate(zip(classes, probabilities, strict=True))
        if index != best
    )
    return f"**{classes[best]}**, {probabilities[best]:.0%} sure ({others})"
