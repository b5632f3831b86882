"""Settings of the server, from environment variables that start with UNROLL_."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".unroll"


class Settings(BaseSettings):
    """How this server runs.

    Attributes:
        database: where runs are kept, as a SQLAlchemy URL.
        workers: processes that train, each one run at a time.
        home: folder for the default database and the workers' logs.
    """

    model_config = SettingsConfigDict(env_prefix="UNROLL_", extra="ignore")

    database: str = f"sqlite:///{HOME / 'unroll.db'}"
    workers: Annotated[int, Field(ge=1, le=64)] = max(1, (os.cpu_count() or 1) // 2)
    home: Path = HOME
