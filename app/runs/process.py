"""Starting a process that computes for learners, spoken to over pipes."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.environment import SERVER_VARIABLES

ROOT = Path(__file__).resolve().parents[2]

NICENESS = 5
"""How much further back than the server: pages answer at once, yet training does not starve."""


def start_process(command: tuple[str, ...], log: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
    """Start a process of ours in the project's folder, with pipes for its input and output.

    Args:
        command: program and arguments; no shell reads them.
        log: where its standard error goes. Default: to that of the server.

    Raises:
        OSError: it cannot be started.
    """
    variables = dict(os.environ.items() - SERVER_VARIABLES.items())  # what the operator has set stays
    process = subprocess.Popen(  # noqa: S603  # our own modules, no shell
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
    )
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it has ended already
            own = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, min(own + NICENESS, 19))
    return process
