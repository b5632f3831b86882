"""Where runs are kept: an SQL database, SQLite or any other that SQLAlchemy knows.

Two tables. `events` only grows: what training told, as bytes. `runs` is the state of each run, the fold of
`app.runs.run.after` over its events, kept beside them so that a list of runs need not read them all.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    Table,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy import exc as sql
from sqlalchemy.dialects import mysql

from app.runs.database import MYSQL, AnyText, explained, is_taken, open_engine
from app.runs.run import ENDED, Run, after
from models import wire
from models.events import Event, Interrupted, Snapshot
from models.experiment import Experiment
from models.weights import Weights

logger = logging.getLogger(__name__)

KEY = 190
"""Characters of what is sought by an index; all columns of one together may have 3,000 bytes in MySQL."""

_metadata = MetaData()

_runs = Table(
    "runs",
    _metadata,
    Column("id", AnyText(KEY), primary_key=True),
    Column("owner", AnyText(KEY), nullable=False),
    Column("group", AnyText(KEY), nullable=False, index=True),
    # ISO 8601 in UTC with microseconds: sorts by time, and is the same on every database.
    Column("created", AnyText(KEY), nullable=False),
    Column("ended", AnyText(KEY)),
    Column("state", AnyText(KEY), nullable=False, index=True),
    Column("parameters", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("steps_per_epoch", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("learning_rate", Double, nullable=False),
    Column("compiling", Boolean, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("train_loss", Double),
    Column("train_accuracy", Double),
    Column("test_loss", Double),
    Column("test_accuracy", Double),
    Column("message", AnyText, nullable=False),
    Column("experiment", AnyText, nullable=False),  # JSON
    Index("runs_of_owner", "owner", "created"),
)

_events = Table(
    "events",
    _metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("run_id", AnyText(KEY), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("kind", AnyText(KEY), nullable=False),
    Column("step", Integer),
    # models.wire.encode
    Column("payload", LargeBinary().with_variant(mysql.LONGBLOB(), *MYSQL), nullable=False),
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
            if not is_taken(error):
                raise explained(error) from error
            # Another process made them between our look and our making: now they are there.
            with self._transaction() as connection:
                _metadata.create_all(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self.engine.connect() as connection:
                yield connection
        except sql.SQLAlchemyError as error:
            raise explained(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """All or nothing is written."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except sql.SQLAlchemyError as error:
            raise explained(error) from error
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
