"""What all tests of pages share."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import app.lab
from app.runs import references
from app.runs.local import LocalRunner
from app.runs.store import RunStore
from app.ui.session import lab


@pytest.fixture(scope="session")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a server that has just been started, to be copied."""
    path = tmp_path_factory.mktemp("store") / "unroll.db"
    store = RunStore(f"sqlite:///{path}")
    references.add_references(store)
    store.close()
    return path


@pytest.fixture(autouse=True)
def own_lab(
    tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch, quick_app_tests: None
) -> Iterator[None]:
    """A lab in which nobody has trained yet, of which nothing is left."""
    shutil.copy(fresh_store, tmp_path / "unroll.db")
    monkeypatch.setattr(references, "add_references", lambda _: None)  # they are in it
    monkeypatch.setenv("UNROLL_DATABASE", f"sqlite:///{tmp_path / 'unroll.db'}")
    monkeypatch.setenv("UNROLL_HOME", str(tmp_path))
    monkeypatch.setenv("UNROLL_WORKERS", "1")
    # Most tests of pages need no worker: one starts with the first run.
    monkeypatch.setattr(app.lab, "LocalRunner", partial(LocalRunner, on_demand=True))
    lab.clear()
    yield
    lab().close()
    lab.clear()
