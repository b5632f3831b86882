"""One server for a folder: a second one would take the first one's runs for left unfinished, and end them."""

import sqlite3
from pathlib import Path

NAME = "server.lock"


class OtherServerError(Exception):
    """Another server works with this folder; the message says what to do."""


def hold(home: Path) -> sqlite3.Connection:
    """Keep other servers away from a folder.

    An open transaction of SQLite does that on all systems, and ends with the process, however that ends.

    Args:
        home: the folder; it is made if it is missing.

    Returns:
        What holds it until it is closed.

    Raises:
        OtherServerError: another process holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(home / NAME, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise OtherServerError(
            f"Unroll runs already with the runs in {home}: use that one or stop it. Or give this one a "
            "folder of its own by the variable UNROLL_HOME, and its own database if UNROLL_DATABASE is set."
        ) from error
    return lock
