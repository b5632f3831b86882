"""Where runs are kept: an SQL database, SQLite or any other that SQLAlchemy knows.

Two tables. `events` only grows: what training told, as bytes. `runs` is the state of each run, the fold of
`app.runs.run.after` over its events, kept beside them so that a list of runs need not read them all.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import UTC
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Double,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    TypeDecorator,
    create_engine,
    delete,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy import exc as sql
from sqlalchemy.dialects import mysql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listens_for
from sqlalchemy.types import TypeEngine

from app.runs.run import ENDED, Run, after
from models import wire
from models.events import Event, Interrupted, Snapshot
from models.experiment import Experiment
from models.weights import Weights

logger = logging.getLogger(__name__)

FULL = "The disk is full, so nothing new can be saved. Ask whoever runs this server to make room."
BUSY = "The database is busy, so this has to wait. Try again in a moment."
AWAY = "The database cannot be reached, so nothing can be saved or found. Ask whoever runs this server."

_SENTENCES = {
    "SQLITE_FULL": FULL,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "53100": FULL,  # PostgreSQL: disk full
    "53300": BUSY,  # too many connections
    "55P03": BUSY,  # a lock was not to be had in time
    "40P01": BUSY,  # deadlock
    "40001": BUSY,  # another transaction came first
    "1021": FULL,  # MySQL and MariaDB
    "1114": FULL,
    "1040": BUSY,  # too many connections
    "1205": BUSY,  # a lock was not to be had in time
    "1213": BUSY,  # deadlock
}
"""What a driver's error code means to a learner; `AWAY` stands for all others."""


_DRIVERS = {
    "psycopg": '"psycopg[binary]"',
    "psycopg2": "psycopg2-binary",
    "pymysql": '"pymysql[rsa]"',
    "mysqldb": "mysqlclient",
    "mysqlconnector": "mysql-connector-python",
}
"""Packages of drivers that are called otherwise."""


class StoreError(Exception):
    """The database cannot do its work now; the message is for the learner. Nothing was half-written."""


_MYSQL = ("mysql", "mariadb")


class _Text(TypeDecorator[str]):
    """Text from anywhere: PostgreSQL knows no NUL character, and UTF-8 no lone surrogate.

    Where a length is given, there is an index: only SQLite and PostgreSQL do without a length then.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        """Text of up to so many characters."""
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of any length where the database can have it; capitals are other letters everywhere."""
        if dialect.name in _MYSQL:
            bytewise = {"charset": "utf8mb4", "collation": "utf8mb4_bin"}
            kind = mysql.VARCHAR(self.length, **bytewise) if self.length else mysql.LONGTEXT(**bytewise)
            return dialect.type_descriptor(kind)
        if dialect.name in ("sqlite", "postgresql"):
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace by `?` or `�` what cannot be stored, in values and in searches alike."""
        return value and value.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


KEY = 190
"""Characters of what is sought by an index; all columns of one together may have 3,000 bytes in MySQL."""

_metadata = MetaData()

_runs = Table(
    "runs",
    _metadata,
    Column("id", _Text(KEY), primary_key=True),
    Column("owner", _Text(KEY), nullable=False),
    Column("group", _Text(KEY), nullable=False, index=True),
    # ISO 8601 in UTC with microseconds: sorts by time, and is the same on every database.
    Column("created", _Text(KEY), nullable=False),
    Column("ended", _Text(KEY)),
    Column("state", _Text(KEY), nullable=False, index=True),
    Column("parameters", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("steps_per_epoch", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("learning_rate", Double, nullable=False),
    Column("compiling", Boolean, nullable=False),
    Column("source", _Text, nullable=False),
    Column("train_loss", Double),
    Column("train_accuracy", Double),
    Column("test_loss", Double),
    Column("test_accuracy", Double),
    Column("message", _Text, nullable=False),
    Column("experiment", _Text, nullable=False),  # JSON
    Index("runs_of_owner", "owner", "created"),
)

_events = Table(
    "events",
    _metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("run_id", _Text(KEY), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", _Text(KEY), nullable=False),
    Column("step", Integer),
    # models.wire.encode
    Column("payload", LargeBinary().with_variant(mysql.LONGBLOB(), *_MYSQL), nullable=False),
    # A page asks for what is new in a run; the rest of the index finds snapshots without reading payloads.
    Index("events_of_run", "run_id", "number", "kind", "step"),
    sqlite_autoincrement=True,  # the number of a deleted event is not given again
)

_RUN = TypeAdapter(Run)


class RunStore:
    """Keeps runs and their events.

    Every method is one transaction and may be called from any thread. Each raises `StoreError` if the
    database is busy, full or away, and ValueError for a value that no database takes.

    Args:
        url: of the database, as SQLAlchemy writes it: ``sqlite:///folder/file.db``,
            ``postgresql+psycopg://user:password@host/name``. Tables are made if they are missing.
        busy_seconds: how long to wait while another connection writes.

    Raises:
        StoreError: the database cannot be opened.
        ValueError: the URL is not one of a database that all threads can share.
    """

    def __init__(self, url: str, busy_seconds: float = 5.0) -> None:
        """Open the database, and make what is missing."""
        self.engine = open_engine(url, busy_seconds)
        self._writer = self.engine.execution_options(writes=True)
        try:
            self._create_tables()
        except BaseException:
            self.close()
            raise

    def add(self, *runs: Run, happened: Sequence[tuple[str, Event]] = ()) -> None:
        """Keep new runs and what has happened to them already; all of it or, after an error, nothing.

        Args:
            runs: at least one.
            happened: as for `record`.

        Raises:
            ValueError: an id is taken, or something cannot be stored.
        """
        with self._transaction() as connection:
            connection.execute(insert(_runs), [_columns(run) for run in runs])
            if happened:
                _append(connection, happened)

    def get(self, run_id: str) -> Run | None:
        """The run of this id, if there is one."""
        with self._reading() as connection:
            return next(_read(connection, select(_runs).where(_runs.c.id == run_id)), None)

    def of_owner(self, owner: str, limit: int | None = None) -> list[Run]:
        """A learner's runs, newest first; the latest of them if there is a limit."""
        newest = _runs.c.created.desc(), _runs.c.id
        with self._reading() as connection:
            query = select(_runs).where(_runs.c.owner == owner).order_by(*newest).limit(limit)
            return list(_read(connection, query))

    def of_group(self, group: str) -> list[Run]:
        """The runs that were started together, in order of creation."""
        oldest = _runs.c.created, _runs.c.id
        with self._reading() as connection:
            return list(_read(connection, select(_runs).where(_runs.c.group == group).order_by(*oldest)))

    def finished(self, limit: int, but_of: str) -> list[Run]:
        """The latest finished runs, of all learners but one, newest first."""
        wanted = (_runs.c.state == "finished") & (_runs.c.owner != but_of)
        with self._reading() as connection:
            query = select(_runs).where(wanted).order_by(_runs.c.created.desc())
            return list(_read(connection, query.limit(limit)))

    def unfinished(self) -> list[Run]:
        """Runs that are waiting or training, of all learners, in order of creation."""
        with self._reading() as connection:
            return list(_read(connection, _unfinished()))

    def interrupt_unfinished(self) -> int:
        """End all runs that are not over, with `Interrupted`. For the start of the server.

        Returns:
            How many there were.
        """
        with self._transaction() as connection:
            cut_off = [(run.id, Interrupted()) for run in _read(connection, _unfinished())]
            _append(connection, cut_off)
        return len(cut_off)

    def record(self, batch: Sequence[tuple[str, Event]]) -> None:
        """Keep events, and what they make of their runs; all of them or, after an error, none.

        Args:
            batch: run ids and events in the order in which they happened. Those of unknown (deleted)
                runs and those after the end of their run are left out.

        Raises:
            ValueError: an event holds something that cannot be stored.
        """
        with self._transaction() as connection:
            _append(connection, batch)

    def events(self, run_id: str, kinds: tuple[type[Event], ...], after: int = 0) -> list[tuple[int, Event]]:
        """A run's events of some kinds in order, each with its number.

        Args:
            run_id: of the run.
            kinds: which kinds of events.
            after: only those with a larger number: a page that knows the last number it has seen asks for
                what is new.
        """
        with self._reading() as connection:
            query = select(_events.c.number, _events.c.payload).where(_of(run_id, *kinds))
            rows = connection.execute(query.where(_events.c.number > after).order_by(_events.c.number)).all()
        found = [(row.number, _event(row.number, row.payload)) for row in rows]
        return [(number, event) for number, event in found if event is not None]

    def snapshot_steps(self, run_id: str) -> list[int]:
        """The steps after which a run's weights were kept, ascending."""
        with self._reading() as connection:
            steps = connection.scalars(select(_events.c.step).where(_of(run_id, Snapshot)).distinct()).all()
        return sorted(steps)

    def snapshot(self, run_id: str, step: int) -> Weights | None:
        """A run's weights after exactly `step` steps, if they were kept."""
        if not 0 <= step < 2**31:  # asked for by a link, perhaps; no database column holds it
            return None
        query = select(_events.c.number, _events.c.payload).where(_of(run_id, Snapshot))
        with self._reading() as connection:
            row = connection.execute(
                query.where(_events.c.step == step).order_by(_events.c.number.desc())
            ).first()
        found = _event(row.number, row.payload) if row else None
        return found.weights if isinstance(found, Snapshot) else None

    def snapshots(self, run_id: str) -> dict[int, Weights]:
        """A run's weights after each number of steps after which they were kept."""
        found = self.events(run_id, (Snapshot,))
        return {event.step: event.weights for _, event in found if isinstance(event, Snapshot)}

    def delete(self, run_id: str, owner: str) -> bool:
        """Delete a run with its events.

        Returns:
            Whether it was there and belonged to `owner`; if not, nothing is deleted.
        """
        with self._transaction() as connection:
            gone = connection.execute(delete(_runs).where(_runs.c.id == run_id, _runs.c.owner == owner))
            return gone.rowcount > 0

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _create_tables(self) -> None:
        try:
            with self._writer.begin() as connection:
                _metadata.create_all(connection)
        except sql.SQLAlchemyError as error:
            if not _is_taken(error):
                raise _explained(error) from error
            # Another process made them between our look and our making: now they are there.
            with self._transaction() as connection:
                _metadata.create_all(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except sql.SQLAlchemyError as error:
            raise _explained(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """All or nothing is written."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except sql.SQLAlchemyError as error:
            raise _explained(error) from error
        except (OverflowError, TypeError) as error:  # of drivers: an integer of more than 64 bits, a dict
            raise ValueError(f"This cannot be stored: {error}.") from error


def _append(connection: Connection, batch: Sequence[tuple[str, Event]]) -> None:
    """Insert events and store what they make of their runs."""
    ids = {run_id for run_id, _ in batch}
    # The lock keeps a run's numbers in the order of their commits, so that a poll never passes one over;
    # taken in the order of the ids, two writers cannot wait for each other. SQLite has one writer anyway.
    query = select(_runs).where(_runs.c.id.in_(ids)).order_by(_runs.c.id).with_for_update()
    before = {run.id: run for run in _read(connection, query)}
    runs, rows = dict(before), []
    for run_id, happened in batch:
        run = runs.get(run_id)
        if run is None or run.is_over:
            continue
        runs[run_id] = after(run, happened)
        rows.append({
            "run_id": run_id,
            "kind": type(happened).__name__,
            "step": getattr(happened, "step", None),
            "payload": wire.encode(happened),
        })  # fmt: skip
    for run_id, run in runs.items():
        if run != before[run_id]:
            connection.execute(update(_runs).where(_runs.c.id == run_id).values(_columns(run)))
    if rows:
        connection.execute(insert(_events), rows)


def _unfinished() -> Select[Any]:
    return select(_runs).where(_runs.c.state.not_in(ENDED)).order_by(_runs.c.created, _runs.c.id)


def _of(run_id: str, *kinds: type[Event]) -> ColumnElement[bool]:
    """The events of a run that are of these kinds."""
    return (_events.c.run_id == run_id) & _events.c.kind.in_([kind.__name__ for kind in kinds])


def _columns(run: Run) -> dict[str, Any]:
    """A run as a row of its table.

    Raises:
        ValueError: a field is not of its type, as when a worker told nonsense. SQLite would store it.
    """
    run = _RUN.validate_python({field.name: getattr(run, field.name) for field in fields(run)})
    created, ended = (
        at and at.astimezone(UTC).isoformat(timespec="microseconds") for at in (run.created, run.ended)
    )
    plain = {field.name: getattr(run, field.name) for field in fields(run)}
    return plain | {"experiment": run.experiment.model_dump_json(), "created": created, "ended": ended}


def _read(connection: Connection, query: Select[Any]) -> Iterator[Run]:
    """The runs of the rows found; a row that cannot be read is logged and left out."""
    for row in connection.execute(query).mappings().all():
        run = _run(row)
        if run is not None:
            yield run


def _run(row: RowMapping) -> Run | None:
    """A row as a run; None if it was written by a version that had other experiments, or is damaged."""
    try:
        experiment = Experiment.model_validate_json(row["experiment"])
        return _RUN.validate_python({**row, "experiment": experiment})
    except ValueError as error:
        logger.warning("Run %s is left out, its row cannot be read: %s", row["id"], error)
        return None


def _event(number: int, payload: bytes) -> Event | None:
    """An event from its bytes; None if they are damaged."""
    try:
        message = wire.decode(payload)
    except ValueError as error:
        logger.warning("Event %d is left out, it cannot be read: %s", number, error)
        return None
    return message if isinstance(message, Event) else None


def _explained(error: sql.SQLAlchemyError) -> Exception:
    """What to raise for an error of the database: `StoreError` if trying again later may help."""
    if isinstance(error, sql.TimeoutError):  # all connections of the pool are in use
        return StoreError(BUSY)
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or _number(cause)
    # A driver that refuses a value by itself, on a living connection, gives no code of the database.
    refused = isinstance(error, sql.InterfaceError | sql.ProgrammingError) and not (
        code or error.connection_invalidated
    )
    if refused or isinstance(error, sql.DataError | sql.IntegrityError):
        return ValueError(f"This cannot be stored: {cause}")
    # SQLite has finer codes that begin like the coarse ones: SQLITE_BUSY_SNAPSHOT.
    return StoreError(_SENTENCES.get("_".join(code.split("_")[:2]), AWAY))


def _is_taken(error: sql.SQLAlchemyError) -> bool:
    """Whether a table could not be made because there is one of that name."""
    exists = "1050"  # in MySQL and MariaDB
    return isinstance(error, sql.IntegrityError | sql.ProgrammingError) or (
        _number(getattr(error, "orig", None)) == exists
    )


def _number(cause: object) -> str:
    """The error code of a driver of MySQL or MariaDB: the first of the exception's arguments."""
    first = next(iter(getattr(cause, "args", ())), None)
    return str(first) if isinstance(first, int) else ""


def open_engine(url: str, busy_seconds: float = 5.0) -> Engine:
    """Get ready for a database; no connection is made yet.

    Raises:
        ValueError, StoreError: as `RunStore`.
    """
    try:
        return _engine(make_url(url), busy_seconds)
    except sql.ArgumentError as error:
        raise ValueError(f"This is no URL of a database: {error}") from error
    except ImportError as error:
        driver = make_url(url).get_driver_name()
        package = _DRIVERS.get(driver, driver)
        raise ValueError(f"The driver of this database is not installed: pip install {package}") from error


def _engine(address: URL, busy_seconds: float) -> Engine:
    """Connections to a database, each told how long to wait for other writers."""
    backend = address.get_backend_name()
    if backend == "sqlite":
        _make_folder(address)
        # Transactions are begun by `_begin` below, not by the driver.
        engine = create_engine(address, connect_args={"isolation_level": None, "timeout": busy_seconds})
        settings = ["PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON"]

        @listens_for(engine, "connect")
        def _write_ahead(connection: sqlite3.Connection, _: object) -> None:
            # Readers and the writer do not wait for one another. The file remembers it. Switching fails while
            # others read, even after it has waited its turn: then a later connection does it.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")

        @listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A transaction that reads first and writes later would fail at once instead of waiting.
            writes = connection.get_execution_options().get("writes")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    else:
        if address.get_driver_name() in ("psycopg", "psycopg2"):
            address = address.set(query={"connect_timeout": "5", **address.query})
        # Asking a pooled connection whether it lives spares the page an error after a database restart.
        engine = create_engine(address, pool_pre_ping=True)
        if backend == "postgresql":
            settings = [f"SET lock_timeout = {int(busy_seconds * 1000)}"]
        else:
            locks = ("innodb_lock_wait_timeout", "lock_wait_timeout") if backend in _MYSQL else ()
            settings = [f"SET {lock} = {max(1, round(busy_seconds))}" for lock in locks]

    @listens_for(engine, "connect")
    def _set(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    return engine


def _make_folder(address: URL) -> None:
    path = address.database or ":memory:"
    if path == ":memory:":
        raise ValueError(
            "A database in memory is not shared by threads. Name a file: sqlite:///folder/file.db"
        )
    if path.startswith("file:"):  # SQLite's own kind of URL
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(AWAY) from error
