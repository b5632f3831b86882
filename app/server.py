"""The web server around the pages: workers start and end with it, headers and the learner's cookie.

Started by ``python3 app``, or directly by ``python -m streamlit run app/server.py``.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread

import streamlit as st
from starlette.middleware import Middleware

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.head_start import HeadStart  # noqa: E402  # needs the path above
from app.headers import LearnerAndSafety  # noqa: E402
from app.ui import outbox  # noqa: E402
from app.ui.session import StoreError, lab  # noqa: E402

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Start the workers before the first visitor comes, and end them with the server."""
    try:
        Thread(target=lab().prepare, name="prepare", daemon=True).start()
    except StoreError as error:
        logger.error("%s", error)  # the pages say it too; a traceback would not help
    yield
    try:
        lab().close()
    except StoreError:
        logger.exception("closing")


outbox.install()
app = st.App(
    ROOT / "app" / "streamlit_app.py",
    lifespan=lifespan,
    middleware=[Middleware(LearnerAndSafety), Middleware(HeadStart)],
)
