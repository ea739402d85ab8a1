"""Statements of one transaction done while the next are being made up."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar, cast

import psycopg
from sqlalchemy import Connection

T = TypeVar("T")

_AHEAD_MAX: Final = 3
"""Jobs that may wait: each holds the rows of a part of a roster."""

_PATIENCE_SECONDS: Final = 0.2
_CANCELLING_SECONDS_MAX: Final = 5.0

_CACHE_KIBIBYTES: Final = 16_000
_CACHE_KIBIBYTES_USUAL: Final = 2_000


class Turns:
    """Does jobs on one connection, one after the other in the order in which they are given.

    With a ``worker`` they are done in a thread of its own while the caller goes on; without, at once. After a failed
    job the transaction is lost, and so is whatever else was given. Between ``drain`` and the next job the caller may
    use the connection, too.
    """

    def __init__(self, worker: ThreadPoolExecutor | None) -> None:
        self._worker = worker
        self._given: deque[Future[Any]] = deque()

    def give(self, job: Callable[[], T]) -> Callable[[], T]:
        """Gives a job; what comes back waits for it and says what it returned. Raises what a job before it raised."""
        if self._worker is None:
            done = job()
            return lambda: done
        while len(self._given) > _AHEAD_MAX:
            self._given.popleft().result()
        future = self._worker.submit(job)
        self._given.append(future)

        def wait() -> T:
            while future in self._given:
                self._given.popleft().result()
            return future.result()

        return wait

    def drain(self) -> None:
        """Waits for all jobs. Raises what the first failed one raised."""
        while self._given:
            self._given.popleft().result()

    def break_off(self, raw: psycopg.Connection[Any]) -> None:
        """Gives up all jobs. The one under way may be waiting for somebody else's lock: the database gives it up."""
        if self._worker is None:
            return
        for future in self._given:
            future.cancel()
        last = self._worker.submit(int)
        while True:
            # Again and again: a request that comes between two statements of a job stops neither.
            with suppress(TimeoutError):
                last.result(_PATIENCE_SECONDS)
                return
            with suppress(psycopg.Error):
                raw.cancel_safe(timeout=_CANCELLING_SECONDS_MAX)


@contextmanager
def taking_turns(connection: Connection) -> Iterator[Turns]:
    """Turns on a connection, over when this ends, however it ends.

    With a thread on PostgreSQL, which works in a process of its own meanwhile. SQLite works in ours and lets go of the
    interpreter at each row: two threads would do nothing but wait for each other.
    """
    if connection.dialect.name == "sqlite":
        # A roster's people are all over the tables: with SQLite's two megabytes it would read its own pages back again
        # and again. Only here, since every connection keeps as much as it may.
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        try:
            yield Turns(None)
        finally:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES_USUAL}")
        return
    if (os.cpu_count() or 1) == 1:
        yield Turns(None)
        return
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    worker = ThreadPoolExecutor(1, "turns")
    turns = Turns(worker)
    try:
        yield turns
    except BaseException:
        turns.break_off(raw)
        raise
    finally:
        worker.shutdown(cancel_futures=True)
