"""One suite for every database: SQLite, and a PostgreSQL that is started here if it is installed."""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from app.runs.database import StoreError
from app.runs.recorder import Recorder
from app.runs.run import Run, after
from app.runs.store import RunStore, _metadata
from models import events
from models.presets import PRESETS

STARTED = events.Started(4_451, 600, 60, compiling=True, source="The course's curves.")
FINISHED = events.Finished(2.5, 0.9)


def a_run(owner: str = "me", group: str = "") -> Run:
    """A run that waits."""
    return Run(owner, PRESETS["shapes-lstm"], parameters=4_451, steps=600, steps_per_epoch=60, group=group)


def progress(step: int) -> events.Progress:
    """One more step."""
    return events.Progress(step, np.full(1, step, np.float32), np.ones(1, np.float32), step / 100)


def snapshot(step: int, size: int = 3) -> events.Snapshot:
    """Weights of some size whose values tell the step."""
    return events.Snapshot(
        step, {"lstm/kernel": np.full(size, step, np.float32), "b": np.zeros(1, np.float32)}
    )


# The databases


@dataclass(frozen=True)
class Database:
    """A fresh database, and ways to trouble it.

    Attributes:
        url: as SQLAlchemy writes it.
        locked: while it lasts, nobody else can write.
        full: while it lasts, this store finds no room for new events.
        run: executes SQL behind the store's back.
    """

    url: str
    locked: Callable[[], AbstractContextManager[None]]
    full: Callable[[RunStore], AbstractContextManager[None]]
    run: Callable[[str], None]


def sqlite(folder: Path) -> Database:
    """A database in a file."""
    path = folder / "deep" / "er" / "unroll.db"

    @contextmanager
    def locked() -> Iterator[None]:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")
        connection.close()

    limit = {"pages": 2**30}

    def limit_pages(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")

    @contextmanager
    def full(store: RunStore) -> Iterator[None]:
        listen(store.engine, "checkout", limit_pages)
        limit["pages"] = 1  # SQLite takes it for "not larger than it is now"
        yield
        limit["pages"] = 2**30

    def run(statement: str) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(statement)
        connection.close()

    return Database(f"sqlite:///{path}", locked, full, run)


def postgresql(server: str, name: str) -> Database:
    """A new database on a running server."""
    outside = create_engine(server, isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    outside.dispose()
    url = make_url(server).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def locked() -> Iterator[None]:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE runs, events IN EXCLUSIVE MODE"))
            yield
        engine.dispose()

    @contextmanager
    def full(_: RunStore) -> Iterator[None]:
        run(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        run("CREATE TRIGGER no_room BEFORE INSERT ON events EXECUTE FUNCTION no_room()")
        yield
        run("DROP TRIGGER no_room ON events")

    def run(statement: str) -> None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return Database(url, locked, full, run)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, reached by a socket in its own folder: no port is taken."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + ([Path(found).parent] if found else [])
    if not folders:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    programs = folders[-1]
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = None
    if os.geteuid() == 0:  # as root PostgreSQL refuses to run
        user = "postgres"
        try:
            shutil.chown(folder, user)
        except LookupError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", folder / "data", *arguments],
            user=user, cwd=folder, check=True, timeout=60, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    try:
        call("initdb", "-U", "unroll", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        call("pg_ctl", "start", "--wait", "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql+psycopg://unroll@/postgres?host={folder}"
        finally:
            call("pg_ctl", "stop", "--wait", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_numbers = count()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        return sqlite(tmp_path)
    return postgresql(request.getfixturevalue("postgresql_server"), f"test_{next(_numbers)}")


@pytest.fixture
def store(database: Database) -> Iterator[RunStore]:
    """A store that does not wait long."""
    store = RunStore(database.url, busy_seconds=0.05)
    yield store
    store.close()


@pytest.mark.parametrize("name", ["mysql", "oracle", "mssql"])
def test_other_databases_know_how_long_what_they_index_is(name: str) -> None:
    """Without a length MySQL and Oracle can make no column, SQL Server no index."""
    dialect = make_url(f"{name}://").get_dialect()()
    made = {table.name: str(CreateTable(table).compile(dialect=dialect)) for table in _metadata.sorted_tables}
    assert re.search(r"\bid N?VARCHAR2?\(\d+", made["runs"])
    if name == "mysql":
        assert "payload LONGBLOB" in made["events"]  # a BLOB has room for 64 kB


# What is kept


def test_every_field_survives(store: RunStore) -> None:
    """A run in which no field has its default; and one in which all have."""
    whole = replace(
        a_run(),
        group="five seeds",
        id="some-id",
        created=datetime(2024, 2, 29, 23, 59, 59, 123456, timezone(timedelta(hours=5))),
        ended=datetime(2024, 3, 1, tzinfo=UTC),
        state="failed",
        step=7,
        epoch=3,
        seconds=0.1 + 0.2,
        learning_rate=1e-5,
        compiling=True,
        source="Curves of the course’s site.",
        train_loss=1 / 3,
        train_accuracy=0.25,
        test_loss=1e300,
        test_accuracy=1.0,
        message="Loss is no number. 学 🙂",
    )
    for field in fields(Run)[5:]:
        assert getattr(whole, field.name) != getattr(a_run(), field.name)
    for run in (whole, a_run()):
        store.add(run)
        found = store.get(run.id)
        assert found == run
        assert found.created.utcoffset() == timedelta(0)


def test_an_id_is_taken_once(store: RunStore) -> None:
    """A second run with the same id is refused, and the first stays."""
    run = a_run()
    store.add(run)
    with pytest.raises(ValueError, match="cannot be stored"):
        store.add(replace(run, owner="another"))
    assert store.get(run.id) == run


def test_runs_come_with_what_has_happened_to_them_or_not_at_all(store: RunStore) -> None:
    first, second, third = a_run(), a_run(), a_run()
    end = events.Finished(1.5, 0.9)
    store.add(
        first,
        second,
        happened=[(first.id, progress(7)), (second.id, events.Stopped("")), (first.id, end)],
    )
    states = [(run.state, run.step) for run in map(store.get, (first.id, second.id)) if run]
    assert states == [("finished", 7), ("stopped", 0)]
    assert [event for _, event in store.events(first.id, (events.Finished,))] == [end]
    with pytest.raises(ValueError, match="cannot be stored"):
        store.add(third, first, happened=[(third.id, end)])
    assert store.get(third.id) is None


def test_lists_of_runs(store: RunStore) -> None:
    """A learner's newest first, a group's oldest first, and no others."""
    start = datetime(2024, 1, 1, tzinfo=UTC)  # the first has no fraction of a second, the others have
    mine = [replace(a_run(group="g"), created=start + timedelta(milliseconds=300 * n)) for n in (0, 3, 1, 2)]
    for run in [*mine, a_run("another"), a_run("another", group="h")]:
        store.add(run)
    by_age = sorted(mine, key=lambda run: run.created)
    assert store.of_owner("me") == by_age[::-1]
    assert store.of_owner("me", limit=2) == by_age[:1:-1]
    assert store.of_group("g") == by_age
    assert store.of_owner("nobody") == store.of_group("none") == []


def test_the_latest_finished_runs(store: RunStore) -> None:
    """Of all learners but one, who does not use up the places of the others."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    owners = ("a", "b", "a", "c", "c")
    runs = [replace(a_run(owner), created=start + timedelta(days=n)) for n, owner in enumerate(owners)]
    for run in runs:
        store.add(run)
    store.record([(run.id, FINISHED) for run in runs])
    store.add(a_run("d"))
    found = store.finished(limit=2, but_of="c")
    assert [run.id for run in found] == [runs[2].id, runs[1].id]


def test_of_many_runs_none_vanishes(store: RunStore) -> None:
    """Older ones are listed, and can be deleted, however many came later."""
    for _ in range(250):
        store.add(a_run())
    assert len(store.of_owner("me")) == 250


@pytest.mark.parametrize("odd", ["", "\0", "a\0b", "\ud800", "'; DROP TABLE runs; --", "x" * 10_000_000])
def test_odd_text_from_a_link_finds_nothing(store: RunStore, odd: str) -> None:
    """Links and cookies can hold anything."""
    store.add(a_run())
    assert store.get(odd) is None
    assert store.snapshot(odd, 0) is None
    found = [store.events(odd, (events.Progress,)), store.snapshot_steps(odd), store.of_owner(odd)]
    assert found == [[], [], []]
    assert not store.delete(odd, odd)
    assert len(store.of_owner("me")) == 1


def test_odd_text_in_a_run_is_stored_readably(store: RunStore) -> None:
    """A message that no database takes as it is must not keep a run from ending."""
    run = a_run()
    store.add(run)
    store.record([(run.id, events.Failed("bad \0 text \ud800"))])
    found = store.get(run.id)
    assert found is not None
    assert (found.state, found.message) == ("failed", "bad � text ?")


# Events

_STEPS = st.integers(0, 2**31 - 1)
_REALS = st.floats(allow_nan=False, allow_infinity=False)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
_ANY_EVENT = st.one_of(
    st.builds(events.Started, _STEPS, _STEPS, _STEPS, st.booleans(), _TEXTS),
    st.builds(progress, _STEPS),
    st.builds(
        events.EpochEnd, _STEPS, _STEPS, _REALS, _REALS, _REALS, _REALS,
        st.just(np.zeros(3, np.uint8)), st.just(np.zeros(3, np.float32)),
    ),
    st.builds(snapshot, _STEPS),
    st.builds(events.LearningRate, _STEPS, _REALS),
    st.just(events.Paused()),
    st.just(events.Resumed()),
)  # fmt: skip
_END = st.sampled_from([FINISHED, events.Stopped("x"), events.Failed("y"), events.Interrupted()])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_ANY_EVENT, max_size=8), st.lists(_END, max_size=1), st.lists(_ANY_EVENT, max_size=2), st.data()
)
def test_the_stored_run_is_the_fold_of_its_events(
    store: RunStore,
    life: list[events.Event],
    end: list[events.Event],
    late: list[events.Event],
    data: st.DataObject,
) -> None:
    """However the events are cut into batches, and nothing of what comes after the end is kept."""
    run, told = a_run(), [*life, *end, *late]
    store.add(run)
    cut = data.draw(st.integers(0, len(told)))
    for batch in (told[:cut], told[cut:]):
        store.record([(run.id, event) for event in batch])
    expected = reduce(after, told, run)
    found = store.get(run.id)
    assert found is not None
    assert (found.ended is None) == (expected.ended is None)
    assert replace(found, ended=None) == replace(expected, ended=None)
    kept = life + end if end else told
    every = store.events(run.id, tuple(events.Event.__subclasses__()))
    assert [type(event) for _, event in every] == [type(event) for event in kept]
    numbers = [number for number, _ in every]
    assert numbers == sorted(set(numbers))


def test_asking_for_what_is_new(store: RunStore) -> None:
    """A page that hands back the last number gets each event once, of the wanted kinds and its own run."""
    run, other = a_run(), a_run()
    store.add(run)
    store.add(other)
    seen: list[float] = []
    last = 0
    for step in range(0, 20, 4):
        batch = [(run_id, progress(step + n)) for n in range(4) for run_id in (run.id, other.id)]
        store.record([*batch, (run.id, snapshot(step))])
        new = store.events(run.id, (events.Progress, events.EpochEnd), last)
        last = new[-1][0]
        for _, event in new:
            assert isinstance(event, events.Progress)
            seen += event.losses.tolist()
        assert store.events(run.id, (events.Progress,), last) == []
    assert seen == list(range(20))


def test_snapshots(store: RunStore) -> None:
    """The exact step, names in their order, and none for other steps."""
    run = a_run()
    store.add(run)
    store.record([(run.id, snapshot(step)) for step in (0, 2, 10)] + [(run.id, progress(11))])
    assert store.snapshot_steps(run.id) == [0, 2, 10]
    weights = store.snapshot(run.id, 2)
    assert weights is not None
    assert list(weights) == ["lstm/kernel", "b"]
    np.testing.assert_array_equal(weights["lstm/kernel"], np.full(3, 2, np.float32))
    everywhere = store.snapshots(run.id)
    assert list(everywhere) == [0, 2, 10]
    assert list(everywhere[2]) == list(weights)
    np.testing.assert_array_equal(everywhere[2]["lstm/kernel"], weights["lstm/kernel"])
    for step in (1, 11, -1, 10**30):
        assert store.snapshot(run.id, step) is None


def test_unknown_runs_are_passed_over(store: RunStore) -> None:
    """A run may be deleted while its last events are on their way."""
    run = a_run()
    store.add(run)
    store.record([("deleted", progress(1)), (run.id, progress(1)), ("deleted", FINISHED)])
    store.record([])
    found = store.get(run.id)
    assert found is not None
    assert found.step == 1
    assert store.events("deleted", (events.Progress,)) == []


def test_an_event_that_cannot_be_stored_takes_its_batch_with_it(store: RunStore) -> None:
    """All or nothing, and another exception than for a database in trouble."""
    run = a_run()
    store.add(run)
    with pytest.raises(ValueError, match="JSON"):
        store.record([(run.id, progress(1)), (run.id, events.Finished(float("nan"), 0.5))])
    with pytest.raises(ValueError, match="cannot be stored"):
        store.record([(run.id, progress(1)), (run.id, progress(2**70))])
    nonsense: Any = {"a": 1}
    for event in (
        replace(progress(2), step=nonsense),
        replace(progress(2), seconds=nonsense),
        replace(STARTED, compiling=nonsense),
        events.Failed(nonsense),
    ):
        with pytest.raises(ValueError, match="should be a valid"):
            store.record([(run.id, progress(1)), (run.id, event)])
    with pytest.raises(ValueError, match="cannot be stored"):
        store.record([(run.id, progress(1)), (run.id, events.Snapshot(nonsense, {}))])
    assert store.get(run.id) == run
    assert store.events(run.id, (events.Progress,)) == []


def test_only_the_owner_deletes(store: RunStore) -> None:
    """A run goes with its events, and their numbers are not given again."""
    run, other = a_run(), a_run("another")
    store.add(run)
    store.add(other)
    store.record([(other.id, progress(1)), (run.id, progress(1)), (run.id, snapshot(1))])
    last = store.events(run.id, (events.Snapshot,))[0][0]
    assert not store.delete(run.id, "another")
    assert store.get(run.id) is not None
    assert store.delete(run.id, "me")
    assert not store.delete(run.id, "me")
    assert store.get(run.id) is None
    assert store.snapshot(run.id, 1) is None
    assert store.events(run.id, (events.Progress,)) == []
    store.record([(other.id, progress(2))])
    assert [number > last for number, _ in store.events(other.id, (events.Progress,))] == [False, True]


# Restarts and several at once


def test_a_restart_loses_nothing_and_interrupts_what_ran(database: Database, store: RunStore) -> None:
    """The next server finds all runs; those that were cut off say so."""
    waiting, running, done = runs = [a_run(), a_run(), a_run()]
    for run in runs:
        store.add(run)
    store.record([(running.id, STARTED), (running.id, snapshot(5)), (running.id, progress(5))])
    store.record([(done.id, STARTED), (done.id, FINISHED)])
    store.close()

    again = RunStore(database.url)
    assert {run.id for run in again.unfinished()} == {waiting.id, running.id}
    assert again.interrupt_unfinished() == 2
    assert again.interrupt_unfinished() == 0
    assert again.unfinished() == []
    states = {run.id: run.state for run in again.of_owner("me")}
    assert states == {waiting.id: "interrupted", running.id: "interrupted", done.id: "finished"}
    found = again.get(running.id)
    assert found is not None
    assert (found.step, again.snapshot_steps(running.id)) == (5, [5])
    assert len(again.events(running.id, (events.Interrupted,))) == 1
    again.close()


def test_several_servers_start_at_once(database: Database) -> None:
    """On a database in which nothing is yet: all find the tables, whoever made them."""
    gate = Barrier(6)
    stores: list[RunStore] = []

    def start() -> None:
        gate.wait(10)
        stores.append(RunStore(database.url))

    at_once([start] * 6)
    for store in stores:
        store.add(a_run())
    assert [len(store.of_owner("me")) for store in stores] == [6] * 6
    for store in stores:
        store.close()


def test_two_threads_record_at_once(database: Database) -> None:
    """Into the same two runs, in opposite order: nothing is lost, doubled or out of order."""
    store = RunStore(database.url)
    runs = [a_run(), a_run()]
    for run in runs:
        store.add(run)

    def record(order: Sequence[Run], first: int) -> None:
        for step in range(first, first + 40):
            store.record([(run.id, progress(step)) for run in order])

    at_once([lambda: record(runs, 100), lambda: record(runs[::-1], 200)])
    for run in runs:
        told = store.events(run.id, (events.Progress,))
        steps = [event.step for _, event in told if isinstance(event, events.Progress)]
        assert sorted(steps) == [*range(100, 140), *range(200, 240)]
        assert [step for step in steps if step >= 200] == [*range(200, 240)]
        found = store.get(run.id)
        assert found is not None
        assert found.step == steps[-1]
    store.close()


def test_sqlite_opens_while_it_cannot_be_switched_to_wal(tmp_path: Path) -> None:
    """Two servers that start at once are in each other's way for a moment; a later connection does it."""
    database = sqlite(tmp_path)
    store = RunStore(database.url)
    store.add(a_run())
    store.close()
    database.run("PRAGMA journal_mode = DELETE")
    reader = sqlite3.connect(str(make_url(database.url).database), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM runs").fetchall()

    def stop_reading(_: object) -> None:
        reader.close()

    listen(Engine, "begin", stop_reading)  # comes after the attempt to switch
    try:
        store = RunStore(database.url, busy_seconds=0.05)
    finally:
        remove(Engine, "begin", stop_reading)
    assert len(store.of_owner("me")) == 1
    store.close()
    store = RunStore(database.url)
    with store.engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    store.close()


def test_a_run_has_one_writer_at_a_time(database: Database, store: RunStore) -> None:
    """Or else a poll could be given event 8 before event 7 is there, and never ask for 7 again."""
    run = a_run()
    store.add(run)
    slow = RunStore(database.url)
    refused: list[StoreError] = []

    def meanwhile(*arguments: object) -> None:
        if str(arguments[2]).startswith("INSERT INTO events"):
            with pytest.raises(StoreError, match="busy") as caught:
                store.record([(run.id, progress(2))])
            refused.append(caught.value)

    listen(slow.engine, "before_cursor_execute", meanwhile)
    slow.record([(run.id, progress(1))])
    assert len(refused) == 1
    assert len(store.events(run.id, (events.Progress,))) == 1
    slow.close()


def at_once(tasks: Sequence[Callable[[], None]]) -> None:
    """Run tasks in threads; the first error of any is raised."""
    errors: list[BaseException] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 (raised below, in the test's own thread)
            errors.append(error)

    threads = [Thread(target=guarded, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]


# Trouble


def test_a_locked_database_is_told_and_forgotten(database: Database, store: RunStore) -> None:
    """A sentence while it lasts, nothing half-written, and all is well when it is over. Reading goes on."""
    run = a_run()
    store.add(run)
    with database.locked():
        for write in (
            lambda: store.record([(run.id, progress(1))]),
            lambda: store.add(a_run()),
            lambda: store.delete(run.id, "me"),
            store.interrupt_unfinished,
        ):
            with pytest.raises(StoreError, match="The database is busy") as caught:
                write()
            assert isinstance(caught.value.__cause__, SQLAlchemyError)
        assert store.of_owner("me") == [run]
    store.record([(run.id, progress(1))])
    assert len(store.events(run.id, (events.Progress,))) == 1


def test_a_full_disk_is_told_and_nothing_is_half_written(database: Database, store: RunStore) -> None:
    """The whole batch is undone, also the part that would have found room."""
    run = a_run()
    store.add(run)
    with database.full(store):
        with pytest.raises(StoreError, match="The disk is full") as caught:
            store.record([(run.id, STARTED), (run.id, snapshot(1, 100_000)), (run.id, FINISHED)])
        assert isinstance(caught.value.__cause__, SQLAlchemyError)
        assert store.get(run.id) == run
        assert store.events(run.id, (events.Started,)) == []
    store.record([(run.id, snapshot(1, 100_000)), (run.id, FINISHED)])
    assert store.snapshot_steps(run.id) == [1]


class WatchedStore(RunStore):
    """Lets a test wait until the recorder has met trouble."""

    def __init__(self, url: str) -> None:
        super().__init__(url, busy_seconds=0.05)
        self.failed = Event()

    def record(self, batch: Sequence[tuple[str, events.Event]]) -> None:
        try:
            super().record(batch)
        except StoreError:
            self.failed.set()
            raise


@pytest.mark.parametrize("trouble", ["locked", "full"])
def test_the_recorder_keeps_a_finished_run_until_it_can_be_written(database: Database, trouble: str) -> None:
    """Nothing is lost, and the page can say why it has to wait."""
    store = WatchedStore(database.url)
    run = a_run()
    store.add(run)
    recorder = Recorder(store, retry_seconds=0.05)
    with database.locked() if trouble == "locked" else database.full(store):
        for event in (STARTED, snapshot(1, 100_000), progress(1), FINISHED):
            recorder.record(run.id, event)
        assert store.failed.wait(10)
        assert not recorder.flush(0.1)
        assert recorder.problem.startswith(
            "The database is busy" if trouble == "locked" else "The disk is full"
        )
        assert store.get(run.id) == run
    assert recorder.flush(10)
    assert recorder.problem == ""
    found = store.get(run.id)
    assert found is not None
    assert (found.state, found.step, store.snapshot_steps(run.id)) == ("finished", 1, [1])
    assert recorder.close()
    store.close()


def test_lost_connections_are_made_anew(postgresql_server: str) -> None:
    """PostgreSQL was restarted: the page sees no error."""
    database = postgresql(postgresql_server, f"test_{next(_numbers)}")
    store = RunStore(database.url)
    store.add(a_run())
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert len(store.of_owner("me")) == 1
    store.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////dev/null/unroll.db", "sqlite:////dev", "postgresql+psycopg://a:b@127.0.0.1:1/none"]
)
def test_a_database_that_cannot_be_reached(url: str) -> None:
    """One sentence, for the page or for whoever starts the server."""
    with pytest.raises(StoreError, match="The database cannot be reached"):
        RunStore(url)


@pytest.mark.parametrize("url", ["", "nonsense", "unknown://x", "sqlite://", "sqlite:///:memory:"])
def test_an_url_of_no_use_is_refused(url: str) -> None:
    """Whoever starts the server is told, without an error of SQLAlchemy."""
    with pytest.raises(ValueError, match=r"no URL of a database|in memory"):
        RunStore(url)


@pytest.mark.parametrize(
    "damage",
    [
        "experiment = 'no JSON'",
        "experiment = '{}'",
        """experiment = '{"dataset": "shapes", "layers": [{"kind": "OfAnOlderVersion"}]}'""",
        "state = 'dreaming'",
        "created = 'yesterday'",
    ],
)
def test_a_damaged_run_is_left_out(
    database: Database, store: RunStore, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """The list of the others is shown, and the log says what is missing."""
    good, bad = a_run(group="g"), a_run(group="g")
    for run in (good, bad):
        store.add(run)
    database.run(f"UPDATE runs SET {damage} WHERE id = '{bad.id}'")  # noqa: S608 (the id is ours)
    assert store.of_owner("me") == store.of_group("g") == [good]
    assert store.get(bad.id) is None
    assert bad.id in caplog.text
    store.record([(bad.id, progress(1)), (good.id, FINISHED)])
    assert [run.state for run in store.of_owner("me")] == ["finished"]
    store.interrupt_unfinished()
    assert store.delete(bad.id, "me")


def test_a_damaged_event_is_left_out(
    database: Database, store: RunStore, caplog: pytest.LogCaptureFixture
) -> None:
    """The others of the run are found."""
    run = a_run()
    store.add(run)
    store.record([(run.id, progress(1)), (run.id, snapshot(1)), (run.id, progress(2))])
    first = store.events(run.id, (events.Progress,))[0][0]
    database.run(f"UPDATE events SET payload = 'damaged' WHERE number = {first} OR kind = 'Snapshot'")  # noqa: S608
    told = [
        event.step
        for _, event in store.events(run.id, (events.Progress,))
        if isinstance(event, events.Progress)
    ]
    assert told == [2]
    assert store.snapshot(run.id, 1) is None
    assert "left out" in caplog.text
