"""Ledgers to measure on: fresh databases of each kind, and what the database alone does with the same rows."""

import base64
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from service.context import Context, open_context
from service.domain.client import Client
from service.operations.clients import create_client
from service.settings import Settings
from service.store.schema import migrate
from service.store.tables import metadata

_KEY: Final = base64.b64encode(b"bench-only-bench-only-bench-only").decode()
KEYS: Final = {"identity_keys": f"k1:{_KEY}", "lookup_key": _KEY, "signing_keys": f"k1:{_KEY}"}
FILLED: Final = (
    "person",
    "identity",
    "ledger",
    "entry_reference",
    "entry_state",
    "chain_head",
    "import_entry",
)

Rows = dict[str, list[tuple[Any, ...]]]

TOTALS: Final = "bench_total"
"""The yardsticks' own table of totals: a row for each person, year, subject and division."""
MAKE_TOTALS: Final = (
    f"CREATE TABLE IF NOT EXISTS {TOTALS} (person_id bigint, credit_year smallint, subject varchar(16),"
    " division_code varchar(6), registered integer NOT NULL, self_registered integer NOT NULL,"
    " recognised integer NOT NULL, rejected integer NOT NULL,"
    " PRIMARY KEY (person_id, credit_year, subject, division_code))"
)


def bench_settings(url: str) -> Settings:
    """Settings for a database that is thrown away."""
    return Settings.model_validate({"database_url": url, **KEYS})


@contextmanager
def opened_ledger(url: str) -> Iterator[tuple[Context, Client]]:
    """A migrated ledger with one provider."""
    migrate(url)
    context = open_context(bench_settings(url))
    try:
        yield context, create_client(context, "provider", "基地")[0]
    finally:
        context.database.close()


def plain_url(url: str) -> str:
    """A PostgreSQL URL as psycopg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def all_rows(context: Context) -> Rows:
    """What an import left in each table."""
    with context.database.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(metadata.tables[name]))] for name in FILLED
        }


class Unchecked:
    """The database alone: takes ledger rows by staged COPY, INSERT, totals by upsert and commit, checking nothing."""

    _NAMES: Final = ", ".join(metadata.tables["ledger"].columns.keys())
    _STAGE: Final = "CREATE TEMP TABLE stage (LIKE ledger) ON COMMIT DELETE ROWS"
    _INSERT: Final = f"INSERT INTO ledger ({_NAMES}) SELECT {_NAMES} FROM stage"  # noqa: S608
    _TOTALS: Final = (  # a constant of this file
        f"INSERT INTO {TOTALS} SELECT person_id, credit_year, subject, division_code, sum(registered),"  # noqa: S608
        " sum(self_registered), sum(recognised), sum(rejected) FROM stage GROUP BY 1, 2, 3, 4"
        " ON CONFLICT (person_id, credit_year, subject, division_code) DO UPDATE SET"
        f" registered = {TOTALS}.registered + excluded.registered,"
        f" self_registered = {TOTALS}.self_registered + excluded.self_registered,"
        f" recognised = {TOTALS}.recognised + excluded.recognised,"
        f" rejected = {TOTALS}.rejected + excluded.rejected"
    )

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        connection.execute(self._STAGE)
        connection.execute(MAKE_TOTALS)
        connection.commit()

    def take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows of the ledger, all its columns in their order."""
        with self._connection.cursor() as cursor:
            with cursor.copy(f"COPY stage ({self._NAMES}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(self._INSERT)
            cursor.execute(self._TOTALS)
        self._connection.commit()


@contextmanager
def unchecked(url: str) -> Iterator[Unchecked]:
    """The database of ``url``, migrated."""
    migrate(url)
    with psycopg.connect(plain_url(url)) as connection:
        yield Unchecked(connection)


def copied(url: str, rows: Sequence[tuple[Any, ...]]) -> float:
    """Seconds for the same ledger rows without any validation, all at once."""
    with unchecked(url) as database:
        began = time.perf_counter()
        database.take(rows)
        return time.perf_counter() - began


def copied_to_all(url: str, rows: Rows) -> float:
    """Seconds of nothing but COPY into every table an import fills: the floor, whatever feeds it."""
    migrate(url)
    with psycopg.connect(plain_url(url)) as connection, connection.cursor() as cursor:
        began = time.perf_counter()
        for name, table_rows in rows.items():
            names = ", ".join(metadata.tables[name].columns.keys())
            with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
                for row in table_rows:
                    copy.write_row(row)
        connection.commit()
        return time.perf_counter() - began


def executed_many(path: Path, rows: Rows) -> float:
    """Seconds for the same rows by ``executemany`` into the same tables of an SQLite ledger, one transaction."""
    migrate(f"sqlite:///{path}")
    prepared = {name: [tuple(map(_plain, row)) for row in table_rows] for name, table_rows in rows.items()}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        for name, table_rows in prepared.items():
            marks = ", ".join("?" * len(table_rows[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", table_rows)  # noqa: S608
        connection.execute("COMMIT")
        return time.perf_counter() - began


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
