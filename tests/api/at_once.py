"""Requests of which the first waits for the database, those like it for the first."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import psycopg

from service.context import Context
from service.store.together import Together

SECONDS_MAX = 30

Request = Callable[[], Any]


def at_once(
    context: Context, table: str, together: Together[Any, Any], requests: Sequence[Request]
) -> list[Any]:
    """What comes of requests that want to read this table or write to it, nobody being let near it until all have
    come."""
    url = context.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with ThreadPoolExecutor(len(requests)) as pool:
        with psycopg.connect(url) as connection, psycopg.connect(url, autocommit=True) as watching:
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            futures = [pool.submit(requests[0])]
            until(lambda: waiting_for_a_lock(watching) == 1)
            futures += map(pool.submit, requests[1:])
            until(lambda: together.waiting() + waiting_for_a_lock(watching) == len(requests))
        return [future.result(SECONDS_MAX) for future in futures]


def waiting_for_a_lock(connection: psycopg.Connection[Any]) -> int:
    """How many statements are, in this database."""
    (row,) = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchall()
    return row[0]


def until(is_so: Callable[[], bool]) -> None:
    give_up = monotonic() + SECONDS_MAX
    while not is_so():
        assert monotonic() < give_up
        sleep(0.005)
