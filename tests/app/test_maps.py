"""Maps that grow in processes of their own: begun, paused, ended, refused, failed."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO, cast

import numpy as np
import pytest

from app.runs import maps as module
from app.runs.maps import ENDED, WORKER, BusyError, Growing, Maps
from models.map_worker import NO_JOB, Job, has_umap, read, send_job, write
from models.weights import Array

ROOT = Path(__file__).resolve().parents[2]
ANNA, BEN, CLEO = "a" * 22, "b" * 22, "c" * 22
PATIENCE = 60.0


def job(words: int = 60, seed: int = 0, steps: int = 1000, perplexity: float = 5.0) -> Job:
    vectors = np.random.default_rng(seed).normal(size=(words, 8)).astype(np.float32)
    return Job(vectors, perplexity=perplexity, seed=seed, steps=steps)


LONG = {"words": 1500, "steps": 5000, "perplexity": 30.0}


def wait(condition: Callable[[], object]) -> None:
    """Processes give no sign that could be waited for."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "it does not happen"
        sleep(0.01)


def lives(growing: Growing) -> bool:
    return growing.process is not None and growing.process.poll() is None


def state(growing: Growing) -> str:
    return growing.state


def step(growing: Growing) -> int:
    return growing.moment.step if growing.moment else 0


def stands_still(growing: Growing) -> int:
    """Wait until a map has not grown for two seconds: what was under way is told then. Returns its step."""
    seen, since, end = step(growing), monotonic(), monotonic() + PATIENCE
    while monotonic() < since + 2:
        assert monotonic() < end, "it goes on and on"
        sleep(0.01)
        if step(growing) != seen:
            seen, since = step(growing), monotonic()
    return seen


@pytest.fixture
def maps() -> Iterator[Maps]:
    made = Maps()
    yield made
    made.close()


def test_a_map_grows_to_its_end(maps: Maps) -> None:
    asked = job(steps=120)
    growing = maps.start(ANNA, asked)
    wait(lambda: growing.is_over)
    assert state(growing) == "finished"
    assert growing.moment is not None
    assert (growing.moment.step, growing.moment.steps) == (120, 120)
    assert growing.moment.points.shape == (60, 2)
    assert np.isfinite(growing.moment.points).all()
    wait(lambda: not lives(growing))
    assert maps.find(ANNA, asked.key) is growing
    assert maps.find(BEN, asked.key) is growing  # who asks for the same one has it at once


def test_pause_and_go_on(maps: Maps) -> None:
    asked = job(**LONG)  # type: ignore[arg-type]
    growing = maps.start(ANNA, asked)
    assert maps.find(BEN, asked.key) is None  # not while it grows
    wait(lambda: step(growing) > 0)
    maps.pause(BEN, asked.key)  # somebody else's
    assert state(growing) == "running"
    maps.pause(ANNA, asked.key)
    assert state(growing) == "paused"
    before = stands_still(growing)
    maps.resume(ANNA, asked.key)
    wait(lambda: step(growing) > before)
    maps.stop(ANNA, asked.key)
    assert state(growing) == "stopped"
    assert growing.moment is not None  # what there is stays
    wait(lambda: not lives(growing))
    maps.pause(ANNA, asked.key)
    maps.resume(ANNA, asked.key)
    assert state(growing) == "stopped"


def test_a_learner_has_one_map_and_a_server_two(maps: Maps, monkeypatch: pytest.MonkeyPatch) -> None:
    first = maps.start(ANNA, job(seed=1, **LONG))  # type: ignore[arg-type]
    second = maps.start(ANNA, job(seed=2, **LONG))  # type: ignore[arg-type]
    assert first.state == "stopped"
    third = maps.start(BEN, job(seed=3, **LONG))  # type: ignore[arg-type]
    with pytest.raises(BusyError, match="Other learners"):
        maps.start(CLEO, job(seed=4, **LONG))  # type: ignore[arg-type]
    assert maps.find(CLEO, job(seed=4, **LONG).key) is None  # type: ignore[arg-type]
    wait(lambda: step(second) > 0 and step(third) > 0)
    maps.pause(BEN, job(seed=3, **LONG).key)  # type: ignore[arg-type]
    with pytest.raises(BusyError):  # it may go on in a moment
        maps.start(CLEO, job(seed=4, **LONG))  # type: ignore[arg-type]
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    sleep(0.05)
    fourth = maps.start(CLEO, job(seed=4, **LONG))  # type: ignore[arg-type]
    assert third.state == "stopped"
    assert not fourth.is_over
    maps.close()
    for growing in (first, second, third, fourth):
        wait(lambda growing=growing: not lives(growing))  # type: ignore[misc]
    with pytest.raises(BusyError):
        maps.start(ANNA, job())


def test_a_map_that_cannot_be_made(maps: Maps) -> None:
    growing = maps.start(ANNA, job(words=3))
    wait(lambda: growing.is_over)
    assert state(growing) == "failed"
    assert growing.problem.startswith("A map can have 5 to 10,000 words")
    again = maps.start(ANNA, job(words=3))  # what failed can be tried again
    assert again is not growing


def test_umap_where_it_is_not_installed(maps: Maps) -> None:
    if has_umap():
        pytest.skip("UMAP is installed here")
    asked = job()
    growing = maps.start(ANNA, Job(asked.vectors, "umap"))
    wait(lambda: growing.is_over)
    assert growing.problem == "UMAP is not installed on this server. Choose t-SNE."


def test_umap_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maps: Maps) -> None:
    """With a module in its place: the real one is optional, and large."""
    (tmp_path / "umap.py").write_text(
        "class UMAP:\n"
        "    def __init__(self, n_neighbors, **more): self.n = n_neighbors\n"
        "    def fit_transform(self, x): return x[:, :2] * 0 + self.n\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    growing = maps.start(ANNA, Job(job().vectors, "umap", perplexity=7))
    wait(lambda: growing.is_over)
    assert state(growing) == "finished"
    assert growing.moment is not None
    assert growing.moment.points.tolist() == [[7, 7]] * 60


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("pass", ENDED),
        ("import sys; sys.stdin.buffer.read(9); sys.stdout.write('x' * 900)", ENDED),
        ("import os; os.abort()", ENDED),
    ],
)
def test_a_process_that_dies(program: str, sentence: str) -> None:
    maps = Maps(command=(sys.executable, "-c", program))
    growing = maps.start(ANNA, job())
    wait(lambda: growing.is_over)
    assert (growing.state, growing.problem) == ("failed", sentence)
    maps.close()


def test_a_process_that_cannot_be_started(tmp_path: Path) -> None:
    maps = Maps(command=(str(tmp_path / "nothing"),))
    with pytest.raises(BusyError, match="cannot be started"):
        maps.start(ANNA, job())


def test_few_maps_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    maps = Maps(command=(sys.executable, "-c", "pass"))
    for seed in range(4):
        growing = maps.start(ANNA, job(seed=seed))
        wait(lambda growing=growing: growing.is_over)  # type: ignore[misc]
    assert maps.find(ANNA, job(seed=0).key) is None
    assert maps.find(ANNA, job(seed=3).key) is not None


def run_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(WORKER, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_process_ends_with_its_input() -> None:
    with run_worker() as process:
        stdin, stdout = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        send_job(stdin, job(**LONG))  # type: ignore[arg-type]
        assert read(stdout)
        stdin.close()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("header", "arrays"),
    [
        ({}, {}),
        ({"method": "tsne", "perplexity": "x", "seed": 0, "steps": 1}, {"vectors": np.zeros((9, 2))}),
        ({"method": "rm", "perplexity": 5, "seed": 0, "steps": 1}, {"vectors": np.zeros((9, 2))}),
        ({"method": "tsne", "perplexity": 5, "seed": 0, "steps": 1}, {"vectors": np.zeros(9)}),
    ],
)
def test_a_job_that_is_none(header: dict[str, object], arrays: dict[str, Array]) -> None:
    with run_worker() as process:
        stdin, stdout = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        write(stdin, header, arrays)
        answer = read(stdout)
        assert answer is not None
        assert answer[0]["kind"] == "failed"
        assert answer[0]["message"] == NO_JOB or "could not convert" in answer[0]["message"]
        stdin.close()
        process.wait(PATIENCE)


@pytest.mark.parametrize(
    "stream",
    [b"\0\0\0\1x", b"\xff\xff\xff\xff", b"\0\0\0\6\0\0\0\2[]", b"\0\0\0\6\0\0\0\2xx", b"\0\0\0\7\0\0\0\2{}x"],
)
def test_frames_that_are_none(stream: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(io.BytesIO(stream))


@pytest.mark.parametrize("stream", [b"", b"\0\0", b"\0\0\0\6\0\0"])
def test_the_end_of_the_stream(stream: bytes) -> None:
    assert read(io.BytesIO(stream)) is None


def test_the_server_stays_without_the_libraries() -> None:
    program = (
        "import sys, app.ui.projector.live; "
        "sys.exit(bool({'openTSNE', 'umap', 'models.tsne', 'sklearn', 'tensorflow'} & sys.modules.keys()))"
    )
    assert subprocess.run((sys.executable, "-c", program), cwd=ROOT, check=False).returncode == 0
