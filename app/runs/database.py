"""The databases that runs can be kept in: how each is opened, and what its errors mean to a learner."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    String,
    Text,
    TypeDecorator,
    create_engine,
    make_url,
)
from sqlalchemy import exc as sql
from sqlalchemy.dialects import mysql
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listens_for
from sqlalchemy.types import TypeEngine

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

MYSQL = ("mysql", "mariadb")
"""What SQLAlchemy calls them."""


class StoreError(Exception):
    """The database cannot do its work now; the message is for the learner. Nothing was half-written."""


class AnyText(TypeDecorator[str]):
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
        if dialect.name in MYSQL:
            bytewise = {"charset": "utf8mb4", "collation": "utf8mb4_bin"}
            kind = mysql.VARCHAR(self.length, **bytewise) if self.length else mysql.LONGTEXT(**bytewise)
            return dialect.type_descriptor(kind)
        if dialect.name in ("sqlite", "postgresql"):
            return dialect.type_descriptor(String())
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace by `?` or `�` what cannot be stored, in values and in searches alike."""
        return value and value.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def open_engine(url: str, busy_seconds: float = 5.0) -> Engine:
    """Get ready for a database; no connection is made yet.

    Args:
        url: as SQLAlchemy writes it: ``sqlite:///folder/file.db``,
            ``postgresql+psycopg://user:password@host/name``.
        busy_seconds: how long to wait while another connection writes.

    Raises:
        StoreError: the folder of a file cannot be made.
        ValueError: the URL is not one of a database that all threads can share.
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
            locks = ("innodb_lock_wait_timeout", "lock_wait_timeout") if backend in MYSQL else ()
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


def explained(error: sql.SQLAlchemyError) -> Exception:
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


def is_taken(error: sql.SQLAlchemyError) -> bool:
    """Whether a table could not be made because there is one of that name."""
    exists = "1050"  # in MySQL and MariaDB
    return isinstance(error, sql.IntegrityError | sql.ProgrammingError) or (
        _number(getattr(error, "orig", None)) == exists
    )


def _number(cause: object) -> str:
    """The error code of a driver of MySQL or MariaDB: the first of the exception's arguments."""
    first = next(iter(getattr(cause, "args", ())), None)
    return str(first) if isinstance(first, int) else ""
