"""What all tests of pages share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import app.lab
from app.runs import references
from app.runs.local import LocalRunner
from app.runs.run import Run
from app.runs.runner import Capacity, Runner
from app.runs.store import RunStore
from app.ui.session import lab
from models.events import Event


class LateRunner:
    """A runner whose worker starts with the first run: most tests of pages need none."""

    def __init__(self, record: Callable[[str, Event], None], workers: int, log: Path) -> None:
        self._start: Callable[[], Runner] = lambda: LocalRunner(record, workers, log)
        self._runner: Runner | None = None

    def submit(self, run: Run) -> None:
        self._runner = self._runner or self._start()
        self._runner.submit(run)

    def ahead(self, run_id: str) -> list[str] | None:
        return self._runner.ahead(run_id) if self._runner else None

    def capacity(self) -> Capacity:
        return self._runner.capacity() if self._runner else Capacity(workers=1, ready=1, warm=1)

    def pause(self, run_id: str) -> None:
        if self._runner:
            self._runner.pause(run_id)

    def resume(self, run_id: str) -> None:
        if self._runner:
            self._runner.resume(run_id)

    def stop(self, run_id: str) -> None:
        if self._runner:
            self._runner.stop(run_id)

    def set_learning_rate(self, run_id: str, learning_rate: float) -> None:
        if self._runner:
            self._runner.set_learning_rate(run_id, learning_rate)

    def close(self) -> None:
        if self._runner:
            self._runner.close()


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
    tmp_path: Path, fresh_store: Path, monkeypatch: pytest.MonkeyPatch, packages_read_once: None
) -> Iterator[None]:
    """A lab in which nobody has trained yet, of which nothing is left."""
    shutil.copy(fresh_store, tmp_path / "unroll.db")
    monkeypatch.setenv("UNROLL_DATABASE", f"sqlite:///{tmp_path / 'unroll.db'}")
    monkeypatch.setenv("UNROLL_HOME", str(tmp_path))
    monkeypatch.setenv("UNROLL_WORKERS", "1")
    monkeypatch.setattr(app.lab, "LocalRunner", LateRunner)
    lab.clear()
    yield
    lab().close()
    lab.clear()
