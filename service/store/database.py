"""One database: connections for reading and for writing, transactions, bounded retry."""

import logging
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from service.domain.errors import Refusal
from service.domain.fact import instant_text
from service.store.prepared import note_rollback
from service.store.replica import Replica
from service.store.together import Together

__all__ = ["ATTEMPTS_MAX", "Connection", "Database", "sqlite_file"]

log = logging.getLogger(__name__)

T = TypeVar("T")

ATTEMPTS_MAX: Final = 12
_BACKOFF_SECONDS: Final = 0.005
_BACKOFF_SECONDS_MAX: Final = 0.2
_BUSY_TIMEOUT_MS: Final = 15_000

_NO_JIT: Final = "-c jit=off"
"""Compiling a statement takes longer than any of ours runs."""

_CONNECTING: Final = {"connect_timeout": 10, "client_encoding": "utf8"}

_PLANNED_ONCE: Final = "-c plan_cache_mode=force_generic_plan"
"""A question is planned in 3 ms and read in 0.4 ms, along the same indexes whoever it is about."""

_NO_SCAN: Final = "-c enable_seqscan=off"
_BY_INDEX: Final = f"{_NO_SCAN} -c enable_hashjoin=off -c enable_mergejoin=off"
"""What is planned once for some rows of large tables must not be planned for the few that were there on the first day:
PostgreSQL keeps such a plan until it has counted the tables again."""

_RETRIED_SQLSTATES: Final = frozenset({"40001", "40P01", "23505", "26000", "0A000"})
"""Serialization failure, deadlock, unique violation: another transaction was first, so look again. And a statement that
is no longer prepared, or for columns of another type: prepare it again."""


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite URL; None for any other database, and for one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


class Database:
    """Connections to one database. Making it opens none."""

    def __init__(self, url: str, pool_size: int = 8, read_url: str | None = None) -> None:
        """``pool_size``: connections kept for reading, as many for writing and half as many for ``record``; also for a
        standby, at ``read_url``."""
        parsed = make_url(url)
        self.dialect_name: Final = parsed.get_backend_name()
        options: dict[str, Any] = {
            "pool_size": pool_size,
            "max_overflow": pool_size,
            "hide_parameters": True,
            # The one used last, whose backend still has its things at hand: sixteen in turn cost PostgreSQL half more.
            "pool_use_lifo": True,
        }
        if self.dialect_name == "sqlite":
            file = sqlite_file(url)
            if file is None:
                raise ValueError("DATABASE_URL: SQLite needs a file, every connection has its own memory")
            file.parent.mkdir(parents=True, exist_ok=True)
        elif self.dialect_name == "postgresql":
            options["connect_args"] = {**_CONNECTING, "options": f"{_NO_JIT} {_NO_SCAN}"}
        else:
            raise ValueError("DATABASE_URL: sqlite or postgresql+psycopg")
        self.engine: Final[Engine] = create_engine(url, **options)
        if self.dialect_name == "postgresql":
            options["connect_args"] = {**_CONNECTING, "options": f"{_NO_JIT} {_PLANNED_ONCE}"}
        self.reading_engine: Final[Engine] = create_engine(url, isolation_level="AUTOCOMMIT", **options)
        self.recording_engine: Engine = self.reading_engine
        if self.dialect_name == "postgresql":
            planned = f"{_NO_JIT} {_PLANNED_ONCE} {_BY_INDEX}"
            options |= {
                "connect_args": {**_CONNECTING, "options": planned},
                "pool_size": max(1, pool_size // 2),
            }
            self.recording_engine = create_engine(url, isolation_level="AUTOCOMMIT", **options)
        self.asking_together: Final = Together[Any, Any]()
        self.registering_together: Final = Together[Any, Any]()
        self._at_hand: deque[Connection] = deque()
        self._at_hand_max: Final = pool_size // 2
        self.replica: Final = None if read_url is None else _replica(self.dialect_name, read_url, pool_size)
        if self.dialect_name == "postgresql":
            event.listen(self.engine, "rollback", note_rollback)
        else:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)
            event.listen(self.reading_engine, "connect", _prepare_sqlite_reading)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads without a transaction: each statement sees what is committed."""
        with _availability(), self.reading_engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose statements all see the database of one moment."""
        with _availability(), self.reading_engine.connect() as connection:
            if self.dialect_name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by any exception. Conflicts are the caller's."""
        with _availability(), self.engine.begin() as connection:
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` returns, done in one transaction.

        ``work`` is run again from the start when another transaction was first, so it reads all it relies on
        inside. After ATTEMPTS_MAX the last error is raised. Refusal ``unavailable``: locked, full, gone.
        """
        return self._attempt(self.engine.begin, work)

    def record(self, work: Callable[[Connection], T]) -> T:
        """As ``write``, for work that writes with one statement on PostgreSQL, its last: it commits by itself."""
        return self._attempt(self._lent if self.commits_alone else self.engine.begin, work)

    @property
    def commits_alone(self) -> bool:
        """Whether ``record`` does without a transaction."""
        return self.dialect_name == "postgresql"

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        """A connection that commits each statement, kept at hand: taking one from SQLAlchemy's pool and giving it back
        costs as much as a short statement. Not kept are more than ``_at_hand_max``."""
        try:
            connection = self._at_hand.pop()
        except IndexError:
            connection = self.recording_engine.connect()
        try:
            yield connection
        except BaseException:
            has_ended = _has_ended(connection)
            connection.close()
            if has_ended:
                # What has ended this one may have ended the others. The pool does not hear of what psycopg raises.
                self._put_back()
                self.recording_engine.dispose()
                self.reading_engine.dispose()
            raise
        if connection.in_transaction() or len(self._at_hand) >= self._at_hand_max:
            connection.close()
        else:
            self._at_hand.append(connection)

    def _put_back(self) -> None:
        while self._at_hand:
            with suppress(IndexError):  # another thread was faster
                self._at_hand.pop().close()

    def _attempt(
        self, connecting: Callable[[], AbstractContextManager[Connection]], work: Callable[[Connection], T]
    ) -> T:
        with _availability():
            for attempt in range(1, ATTEMPTS_MAX + 1):
                try:
                    with connecting() as connection:
                        return work(connection)
                except (DBAPIError, psycopg.Error) as error:
                    if attempt == ATTEMPTS_MAX or not _is_conflict(error):
                        raise
                    pause_max = min(_BACKOFF_SECONDS * 2**attempt, _BACKOFF_SECONDS_MAX)
                    time.sleep(random.uniform(0, pause_max))  # noqa: S311  # spreads, hides nothing
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Closes every idle connection."""
        self._put_back()
        for engine in (self.engine, self.reading_engine, self.recording_engine):
            engine.dispose()
        if self.replica is not None:
            self.replica.close()


def _has_ended(connection: Connection) -> bool:
    if connection.invalidated:
        return True
    raw = connection.connection.driver_connection
    return raw is None or bool(raw.closed)


def _replica(dialect_name: str, read_url: str, pool_size: int) -> Replica:
    if dialect_name != "postgresql":
        raise ValueError("DATABASE_URL_READ: a standby needs a DATABASE_URL of PostgreSQL")
    if make_url(read_url).get_backend_name() != "postgresql":
        raise ValueError("DATABASE_URL_READ: postgresql+psycopg")
    return Replica(read_url, pool_size)


def _is_conflict(error: DBAPIError | psycopg.Error) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate in _RETRIED_SQLSTATES
    return "UNIQUE constraint failed" in str(cause)


@contextmanager
def _availability() -> Iterator[None]:
    """Turns a database that cannot be worked with just now into the refusal ``unavailable``."""
    try:
        yield
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as error:
        if _is_our_mistake(error):
            raise
        log.exception("the database is not available")
        raise Refusal("unavailable") from error


def _is_our_mistake(error: DBAPIError | psycopg.Error) -> bool:
    # To SQLite's driver a faulty statement is an operational error too; its code tells.
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", None) == "SQLITE_ERROR"


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_immediate does.
    connection.isolation_level = None
    connection.create_function("microsecond_after", 1, _microsecond_after, deterministic=True)
    for pragma in (
        f"busy_timeout = {_BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # A delete that REPLACE does must meet the append-only triggers too.
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_sqlite_reading(connection: sqlite3.Connection, record: object) -> None:
    _prepare_sqlite(connection, record)
    connection.execute("PRAGMA query_only = ON")


def _microsecond_after(moment: str | None) -> str | None:
    """For SQL, which has no such function on SQLite: the next instant that ``Instant`` can tell apart."""
    return (
        None if moment is None else instant_text(datetime.fromisoformat(moment) + timedelta(microseconds=1))
    )


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock at once waits for it; upgrading a read transaction later would fail instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
