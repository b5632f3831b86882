"""A trained network as a `.keras` file, made by a process of its own: the server must not import Keras."""

import logging
import subprocess
import sys
from pathlib import Path
from threading import Lock

from app.runs.run import Run
from models.weights import Weights, to_bytes

ROOT = Path(__file__).resolve().parents[1]
EXPORTER = (sys.executable, "-m", "models.export")

BUSY = "Other learners are saving their models just now. Try again in a minute."
FAILED = "The model could not be saved. The server's log says why. The script makes it anew."
SLOW = "Saving the model took longer than {seconds:g} seconds, so it was given up. Try again later."

logger = logging.getLogger(__name__)

_TURN = Lock()
"""TensorFlow takes some 500 MB: a class that asks at once must not fill the memory."""


class ExportError(Exception):
    """There is no file; the message is a sentence for the learner."""


def keras_file(
    run: Run, weights: Weights, seconds: float = 60.0, command: tuple[str, ...] = EXPORTER
) -> bytes:
    """The bytes of a `.keras` file.

    Args:
        run: whose network it is.
        weights: of one of its snapshots.
        seconds: how long it may take; the same again to wait for one's turn.
        command: what starts the program that makes it.

    Raises:
        ExportError: it could not be made in this time, or at all.
    """
    request = run.experiment.model_dump_json().encode() + b"\n" + to_bytes(weights)
    if not _TURN.acquire(timeout=seconds):
        raise ExportError(BUSY)
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            command, cwd=ROOT, input=request, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ExportError(SLOW.format(seconds=seconds)) from error
    except OSError as error:
        logger.exception("the exporter cannot be started")
        raise ExportError(FAILED) from error
    finally:
        _TURN.release()
    if done.returncode or not done.stdout:
        logger.error(
            "the exporter ended with code %s: %s", done.returncode, done.stderr.decode(errors="replace")
        )
        raise ExportError(FAILED)
    return done.stdout
