"""The web server around the pages: workers start and end with it, headers and the learner's cookie.

Started by ``python3 app``, or directly by ``python -m streamlit run app/server.py``.
"""

import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from sqlite3 import Connection
from threading import Event, Thread

import streamlit as st
from pydantic import ValidationError
from starlette.middleware import Middleware

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app import no_delay  # noqa: E402  # needs the path above
from app.head_start import HeadStart  # noqa: E402
from app.headers import LearnerAndSafety  # noqa: E402
from app.only_server import OtherServerError, hold  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.ui import outbox  # noqa: E402
from models.importing import importing  # noqa: E402

logger = logging.getLogger(__name__)
opened = Event()
"""Whether the lab is open."""


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Open the lab, with its workers, for the first visitor; close it with the server."""
    only_one = _hold_or_end()
    Thread(target=_open_lab, name="lab", daemon=True).start()
    yield
    from app.ui.session import StoreError, lab  # noqa: PLC0415  # as in `_open_lab`

    try:
        lab().close()
    except StoreError:
        logger.exception("closing")
    only_one.close()


def _hold_or_end() -> Connection:
    """Keep other servers away; what is set wrongly is said now too, and not on each page."""
    try:
        return hold(Settings().home)
    except ValidationError as error:
        wrong = [(one["loc"][0], one["msg"].removeprefix("Value error, ")) for one in error.errors()]
        told = "; ".join(f"UNROLL_{str(name).upper()}: {message}" for name, message in wrong)
        problem = f"Unroll cannot start with these settings. {told.rstrip('.')}."
    except (OtherServerError, OSError) as error:
        problem = str(error)
    sys.stderr.write(f"{problem}\n")
    sys.stderr.flush()
    os._exit(1)  # nothing is open yet; an exception would end in a traceback of the web server's


def _open_lab() -> None:
    """Import, open and prepare it while the first browser loads its scripts: both take a second or two."""
    with importing():
        from app.ui.session import StoreError, lab  # noqa: PLC0415  # not before the server answers

        try:
            lab().prepare()
            opened.set()
        except StoreError as error:
            logger.error("%s", error)  # the pages say it too; a traceback would not help


def _picture(path: str, query: str) -> str:
    """What is seen of a page before it is there; a page can do without, so nothing waits for the lab."""
    if not opened.is_set() or "run=" not in query:
        return ""  # it is of no other page, and to import it takes a while
    from app.ui.session import StoreError, lab  # noqa: PLC0415  # as in `_open_lab`
    from app.ui.shapes.first_picture import first_picture  # noqa: PLC0415
    from data import DataError  # noqa: PLC0415

    try:
        return first_picture(lab(), path, query)
    except (StoreError, DataError):
        return ""  # the page says it


no_delay.install()
outbox.install()
app = st.App(
    ROOT / "app" / "streamlit_app.py",
    lifespan=lifespan,
    middleware=[Middleware(LearnerAndSafety), Middleware(HeadStart, picture=_picture)],
)
