"""Figures and states in words."""

import re
from typing import Literal

from app.runs.compare import architecture
from app.runs.run import Run, State

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
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII)


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


def run_line(run: Run) -> str:
    """A run in one line, as the label of a link."""
    accuracy = "" if run.test_accuracy is None else f", test accuracy {run.test_accuracy:.1%}"
    return f"{architecture(run.experiment)}, seed {run.experiment.seed}: {run.state}{accuracy}"
