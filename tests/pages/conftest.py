"""What all tests of pages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ui.session import lab


@pytest.fixture(autouse=True)
def own_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A lab with an empty store, of which nothing is left."""
    monkeypatch.setenv("UNROLL_DATABASE", f"sqlite:///{tmp_path / 'unroll.db'}")
    monkeypatch.setenv("UNROLL_HOME", str(tmp_path))
    monkeypatch.setenv("UNROLL_WORKERS", "1")
    lab.clear()
    yield
    lab().close()
    lab.clear()
