"""Maps of words made by workers that start when asked: begun, paused, ended, in line, failed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from app.runs import maps as module
from app.runs.local import Patience
from app.runs.maps import PATIENCE, Growing, Maps
from models.map_worker import NO_MAP, OUT_OF_TIME, has_umap
from models.wire import MakeMap
from tests.app.processes import PATIENCE as SECONDS
from tests.app.processes import eventually, is_alive, read_pids

ROOT = Path(__file__).resolve().parents[2]
ANNA, BEN, CLEO = "a" * 22, "b" * 22, "c" * 22
WORKER = """
import os, sys
import models.map_worker
models.map_worker.UNASKED, models.map_worker.MAX_SECONDS = map(float, sys.argv[2:])
with open(sys.argv[1], "a") as pids:
    pids.write(f"{os.getpid()}\\n")
models.map_worker.main()
"""


def wanted(words: int = 60, seed: int = 0, steps: int = 1000, perplexity: float = 5.0) -> MakeMap:
    vectors = np.random.default_rng(seed).normal(size=(words, 8)).astype(np.float32)
    return MakeMap(vectors, "tsne", perplexity, seed, steps)


def long(seed: int = 0) -> MakeMap:
    """A map that outlasts any test: it is stopped in the end."""
    return wanted(1500, seed, 5000, 30.0)


def state(growing: Growing) -> str:
    return growing.state


def step(growing: Growing) -> int:
    return growing.moment.step if growing.moment else 0


def stands_still(growing: Growing) -> int:
    """Wait until a map has not grown for two seconds: what was under way is told then. Returns its step."""
    seen, since, end = step(growing), monotonic(), monotonic() + SECONDS
    while monotonic() < since + 2:
        assert monotonic() < end, "it goes on and on"
        sleep(0.01)
        if step(growing) != seen:
            seen, since = step(growing), monotonic()
    return seen


class Place:
    """A server's maps, and the processes that were started for them."""

    def __init__(
        self, folder: Path, patience: Patience = PATIENCE, unasked: float = 60.0, limit: float = 300.0
    ) -> None:
        self._pids = folder / "pids"
        command = (sys.executable, "-c", WORKER, str(self._pids), str(unasked), str(limit))
        self.maps = Maps(folder / "maps.log", patience=patience, command=command)

    def pids(self) -> list[int]:
        return read_pids(self._pids)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server for all tests that use maps of their own; its processes stay from test to test."""
    made = Place(tmp_path_factory.mktemp("maps"))
    assert made.pids() == []
    yield made
    made.maps.close()
    assert not any(map(is_alive, made.pids()))


def test_a_map_grows_to_its_end(place: Place) -> None:
    asked = wanted(steps=120)
    growing = place.maps.start(ANNA, asked)
    eventually(lambda: growing.is_over)
    assert state(growing) == "finished"
    assert growing.moment is not None
    assert (growing.moment.step, growing.moment.steps) == (120, 120)
    assert growing.moment.points.shape == (60, 2)
    assert np.isfinite(growing.moment.points).all()
    assert place.maps.find(ANNA, asked) is growing
    assert place.maps.find(BEN, asked) is growing  # who asks for the same one has it at once
    assert place.maps.find(BEN, wanted(steps=120)) is growing  # the same by its numbers
    assert growing.command.vectors.shape == (0, 8)  # and what it was made of is let go
    assert growing.command.steps == 120


def test_a_map_that_takes_too_long_stays_as_it_is_for_everybody(tmp_path: Path) -> None:
    place = Place(tmp_path, limit=0.0)
    asked = wanted(steps=120)
    growing = place.maps.start(ANNA, asked)
    eventually(lambda: growing.is_over)
    assert (state(growing), growing.message) == ("finished", OUT_OF_TIME)
    assert step(growing) < 120
    assert growing.moment is not None
    assert place.maps.find(BEN, asked) is growing
    place.maps.close()


def test_a_worker_makes_one_map_after_another_and_ends_when_nobody_asks(tmp_path: Path) -> None:
    place = Place(tmp_path, unasked=8.0)  # longer than a busy computer takes from one to the next
    for seed in (1, 2):
        growing = place.maps.start(ANNA, wanted(seed=seed, steps=20))
        eventually(lambda growing=growing: growing.is_over)  # type: ignore[misc]
    (pid,) = place.pids()
    eventually(lambda: not is_alive(pid))
    again = place.maps.start(ANNA, wanted(seed=3, steps=20))
    eventually(lambda: again.is_over)
    assert state(again) == "finished"
    assert len(place.pids()) == 2
    place.maps.close()


def test_pause_and_go_on(place: Place) -> None:
    asked = long()
    growing = place.maps.start(ANNA, asked)
    assert place.maps.find(BEN, asked) is None  # not while it grows
    eventually(lambda: step(growing) > 0)
    place.maps.pause(BEN, asked)  # somebody else's
    assert state(growing) == "running"
    place.maps.pause(ANNA, asked)
    assert state(growing) == "paused"
    before = stands_still(growing)
    place.maps.resume(ANNA, asked)
    eventually(lambda: step(growing) > before)
    place.maps.stop(ANNA, asked)
    assert state(growing) == "stopped"
    assert growing.moment is not None  # what there is stays
    place.maps.pause(ANNA, asked)
    place.maps.resume(ANNA, asked)
    assert state(growing) == "stopped"


def test_a_learner_has_one_map_and_others_wait_in_line(tmp_path: Path) -> None:
    place = Place(tmp_path, Patience(silence=SECONDS, stop=2, pause=0.5))
    maps = place.maps
    first = maps.start(ANNA, long(1))
    second = maps.start(ANNA, long(2))
    assert state(first) == "stopped"
    third = maps.start(BEN, long(3))
    eventually(lambda: step(second) > 0 and step(third) > 0)
    fourth = maps.start(CLEO, long(4))
    assert (maps.ahead(second), maps.ahead(fourth)) == (None, 2)
    assert state(fourth) == "starting"
    maps.pause(BEN, long(3))  # and so gives its place up, since another waits
    eventually(lambda: step(fourth) > 0)
    assert state(third) == "stopped"
    assert third.message == "It was paused while others waited for their turn."
    assert maps.ahead(fourth) is None
    assert len(place.pids()) <= 3  # one more only where a stopped one did not come back in time
    maps.close()
    assert not any(map(is_alive, place.pids()))


def test_a_map_that_cannot_be_made(place: Place) -> None:
    growing = place.maps.start(ANNA, wanted(words=3))
    eventually(lambda: growing.is_over)
    assert state(growing) == "failed"
    assert growing.message.startswith("A map can have 5 to 10,000 words")
    again = place.maps.start(ANNA, wanted(words=3))  # what failed can be tried again
    assert again is not growing


@pytest.mark.parametrize(
    "strange",
    [
        MakeMap(np.zeros((9, 2), np.float32), perplexity="x"),  # type: ignore[arg-type]  # that is the point
        MakeMap(np.zeros((9, 2), np.float32), "rm"),
        MakeMap(np.zeros(9, np.float32)),
        MakeMap(np.zeros((9, 5), np.float32), dimensions=4),
    ],
    ids=["perplexity", "method", "vectors", "dimensions"],
)
def test_settings_that_are_none(place: Place, strange: MakeMap) -> None:
    growing = place.maps.start(ANNA, strange)
    eventually(lambda: growing.is_over)
    assert (growing.state, growing.message) == ("failed", NO_MAP)
    following = place.maps.start(ANNA, wanted(steps=10))
    eventually(lambda: following.is_over)
    assert state(following) == "finished"
    assert all(map(is_alive, place.pids()))


def test_umap_where_it_is_not_installed(place: Place) -> None:
    if has_umap():
        pytest.skip("UMAP is installed here")
    growing = place.maps.start(ANNA, MakeMap(wanted().vectors, "umap"))
    eventually(lambda: growing.is_over)
    assert growing.message == "UMAP is not installed on this server. Choose t-SNE."


def test_umap_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a module in its place: the real one is optional, and large."""
    (tmp_path / "umap.py").write_text(
        "class UMAP:\n"
        "    def __init__(self, n_neighbors, n_components, **more):\n"
        "        self.n, self.d = n_neighbors, n_components\n"
        "    def fit_transform(self, x): return x[:, :self.d] * 0 + self.n\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    place = Place(tmp_path)
    growing = place.maps.start(ANNA, MakeMap(wanted().vectors, "umap", perplexity=7, dimensions=3))
    eventually(lambda: growing.is_over)
    assert state(growing) == "finished"
    assert growing.moment is not None
    assert growing.moment.points.tolist() == [[7, 7, 7]] * 60
    place.maps.close()


def test_a_process_that_is_killed(tmp_path: Path) -> None:
    place = Place(tmp_path)
    growing = place.maps.start(ANNA, long())
    eventually(lambda: step(growing) > 0)
    (pid,) = place.pids()
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: growing.is_over)
    assert growing.message == (
        "The process that makes maps ended unexpectedly. Press Play to make the map anew."
    )
    assert state(growing) == "failed"
    assert growing.moment is not None
    place.maps.close()


def test_a_process_that_does_not_start(tmp_path: Path) -> None:
    maps = Maps(command=(str(tmp_path / "nothing"),))
    growing = maps.start(ANNA, wanted())
    eventually(lambda: maps.problem)
    assert maps.problem == "The process that makes maps does not start; its log says why."
    assert state(growing) == "starting"
    maps.stop(ANNA, wanted())
    assert state(growing) == "stopped"
    maps.close()


def test_few_maps_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 2)
    maps = Maps(workers=0)
    for seed in range(4):
        maps.start(ANNA, wanted(seed=seed))
    assert maps.find(ANNA, wanted(seed=0)) is None
    assert maps.find(ANNA, wanted(seed=3)) is not None
    maps.close()


def test_what_stopped_maps_were_made_of_is_let_go() -> None:
    maps = Maps(workers=0)
    first, second = (maps.start(ANNA, wanted(seed=seed)) for seed in (0, 1))
    assert first.command.vectors.base is None
    assert (len(first.command.vectors), len(second.command.vectors)) == (0, 60)
    assert maps.find(ANNA, wanted(seed=0)) is first
    maps.close()


def test_to_find_a_map_no_other_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    maps = Maps(workers=0)
    for seed in range(20):
        maps.start(ANNA, wanted(seed=seed))
    read: list[MakeMap] = []
    key_of = module.key_of

    def counted(asked: MakeMap) -> str:
        read.append(asked)
        return key_of(asked)

    monkeypatch.setattr(module, "key_of", counted)
    assert maps.find(BEN, wanted(seed=7)) is None
    assert len(read) == 1
    maps.close()


def test_the_server_stays_without_the_libraries() -> None:
    program = (
        "import sys, app.ui.projector.live; "
        "sys.exit(bool({'openTSNE', 'umap', 'models.tsne', 'sklearn', 'tensorflow'} & sys.modules.keys()))"
    )
    assert subprocess.run((sys.executable, "-c", program), cwd=ROOT, check=False).returncode == 0
