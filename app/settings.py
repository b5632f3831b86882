"""Settings of the server, from environment variables that start with UNROLL_."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".unroll"


class Settings(BaseSettings):
    """How this server runs.

    Attributes:
        home: folder of uploads, logs and the default database.
        database: where runs are kept, as a SQLAlchemy URL.
        workers: processes that train, each one run at a time.
        warm: what they compile beforehand, see `models.presets.presets_to_warm`; they read it themselves.
    """

    model_config = SettingsConfigDict(env_prefix="UNROLL_", extra="ignore")

    home: Path = HOME
    database: str = Field(
        default_factory=lambda data: f"sqlite:///{data['home'] / 'unroll.db'}", validate_default=False
    )
    workers: Annotated[int, Field(ge=1, le=64)] = max(1, (os.cpu_count() or 1) // 2)
    warm: str = ""

    @field_validator("database")
    @classmethod
    def _can_be_used(cls, url: str) -> str:
        """Whoever has set it is told at the start of the server, not by each page."""
        from app.runs.database import StoreError, open_engine  # noqa: PLC0415  # seldom needed here

        try:
            open_engine(url).dispose()
        except StoreError as error:
            raise ValueError(str(error)) from error
        return url

    @field_validator("warm")
    @classmethod
    def _are_presets(cls, names: str) -> str:
        from models.presets import presets_to_warm  # noqa: PLC0415  # as above

        presets_to_warm(names)
        return names
