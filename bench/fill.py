"""Fills a ledger with millions of made-up entries, nearly all of the work inside PostgreSQL.

Rows are as the service writes them: twenty entries a person over five years, all from imports of fifty providers, each
person found by a document whose number, name and hashes are sealed and keyed with the bench's keys. Every CHECK
constraint is in force while the rows go in; indexes and keys are dropped before and made again after, so that they
hold too. Only the hashes of the chains are invented: SHA-256 of person and place, linked to each other, not of the
facts. A year's entries lie together and a person's do not, as when years went by; indexes are made as loosely as
arrivals in no order leave them.
"""

import multiprocessing
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex

from bench.fill_sql import PEOPLE, fillings
from bench.ledgers import bench_settings, plain_url
from bench.roster_file import id_number
from bench.seeded import YEARS
from service.context import open_context
from service.domain.client import Client
from service.domain.identity import Identity
from service.operations.clients import create_client
from service.store.copy_text import copy_text
from service.store.schema import migrate
from service.store.tables import metadata
from service.vault import make_vault

ENTRIES_OF_A_PERSON: Final = 20
PROVIDERS: Final = 50
_CHUNK: Final = 25_000
_LOOSE: Final = 70
"""Per cent of an index page that is full where keys arrive in no order."""

APPENDED: Final = {
    "import_entry_pkey",
    "access_record_pkey",
    "access_record_at_idx",
    "entry_state_provider_idx",
}
"""Indexes that grow at their end, the last one at the end of each provider's part, and so are full."""

_TABLES: Final = sorted(metadata.tables, key=lambda name: name not in ("ledger", "entry_state"))
"""The large ones first."""

ASKED: Final = ("access_record", "chain_head", "identity", "person")
"""How the names of the tables begin that a question reads; of the ledger it reads a small index."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """A ledger that was filled: the provider whose entries come in, keys by role, how much is in it, what that took.
    ``asked_bytes``: of ``size_bytes``, the tables that questions read, with their indexes."""

    provider: Client
    keys: dict[str, str]
    people: int
    seconds: float
    size_bytes: int
    asked_bytes: int

    @property
    def entries(self) -> int:
        return self.people * ENTRIES_OF_A_PERSON

    def figures(self) -> dict[str, Any]:
        return {
            "entries": self.entries,
            "people": self.people,
            "bytes": self.size_bytes,
            "bytes_per_entry": self.size_bytes / self.entries,
            "asked_bytes_per_person": self.asked_bytes / self.people,
            "generated_s": self.seconds,
            "generated_per_s": self.entries / self.seconds,
        }


def fill_ledger(url: str, entries: int, say: Say, prepare: Callable[[str], None] = lambda _: None) -> Filled:
    """Fills an empty PostgreSQL database with whole people's entries; ``prepare`` may change the empty tables first."""
    began = time.monotonic()
    migrate(url)
    prepare(url)
    people = entries // ENTRIES_OF_A_PERSON
    provider, keys, statements = _clients(url)
    _in_two(ProcessPoolExecutor(2, multiprocessing.get_context("spawn")), _add_people, _chunks(url, people))
    say(f"{people:,} people")
    _in_two(ThreadPoolExecutor(2), _fill_table, ((url, *each, say) for each in statements.items()))
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute("DROP TABLE bench_person")
    _in_two(ThreadPoolExecutor(2), _vacuum, ((url, name) for name in _TABLES))
    return Filled(provider, keys, people, time.monotonic() - began, *_bytes(url))


def _bytes(url: str) -> tuple[int, int]:
    """Of all tables with their indexes, and of those that questions read."""
    with psycopg.connect(plain_url(url)) as connection:
        sizes: dict[str, int] = dict(
            connection.execute(
                "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            ).fetchall()
        )
    return sum(sizes.values()), sum(size for name, size in sizes.items() if name.startswith(ASKED))


def _in_two(
    pool: ThreadPoolExecutor | ProcessPoolExecutor, work: Callable[..., None], jobs: Iterable[tuple[Any, ...]]
) -> None:
    with pool:
        for each in [pool.submit(work, *job) for job in jobs]:
            each.result()


def _clients(url: str) -> tuple[Client, dict[str, str], dict[str, list[str]]]:
    """The provider to import for, keys by role, the statements to fill with."""
    context = open_context(bench_settings(url))
    try:
        provider, provider_key = create_client(context, "provider", "培训机构")
        platform, platform_key = create_client(context, "platform", "平台")
    finally:
        context.database.close()
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute(PEOPLE)
        others = connection.execute(
            "INSERT INTO client (name, role, divisions, series, created_at)"
            " SELECT name || ' ' || number, role, divisions, series, created_at"
            " FROM client CROSS JOIN generate_series(2, %s) AS number WHERE role = 'provider' RETURNING client_id",
            [PROVIDERS],
        ).fetchall()
    providers = [provider.client_id, *(row[0] for row in others)]
    keys = {"provider": provider_key, "platform": platform_key}
    return provider, keys, fillings(providers, platform.client_id)


def _chunks(url: str, people: int) -> list[tuple[str, int, int]]:
    return [(url, first, min(_CHUNK, people - first)) for first in range(0, people, _CHUNK)]


def _add_people(url: str, first: int, count: int) -> None:
    """People by their number: documents and names as the service stores them."""
    vault = make_vault(bench_settings(url))
    numbers = list(range(first, first + count))
    ids = [secrets.randbits(63) for _ in numbers]
    names = [f"测试{number}" for number in numbers]
    documents = [Identity("resident_id", id_number(number)) for number in numbers]
    rows: dict[str, list[Sequence[Any]]] = {
        "bench_person (number, person_id)": [numbers, ids],
        "person (person_id, name_sealed, name_hash, created_at)": [
            ids,
            [vault.seal(name) for name in names],
            [vault.name_hash(name) for name in names],
            [datetime(YEARS[0], 3, 1, tzinfo=UTC)] * count,
        ],
        "identity (person_id, id_hash, id_type, number_sealed)": [
            ids,
            [vault.lookup_hash(document) for document in documents],
            ["resident_id"] * count,
            [vault.seal(document.id_number) for document in documents],
        ],
    }
    with psycopg.connect(plain_url(url)) as connection, connection.cursor() as cursor:
        for table, columns in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(copy_text(columns))


def _fill_table(url: str, table: str, statements: list[str], say: Say) -> None:
    """In one transaction: what is new to it goes into no log where ``wal_level`` is minimal."""
    began = time.monotonic()
    with psycopg.connect(plain_url(url)) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET work_mem = '256MB'")
        drop, make = index_statements(table)
        for statement in drop:
            connection.execute(statement)
        for leaf in _leaves(connection, table):
            connection.execute(f"ALTER TABLE {leaf} SET UNLOGGED")
            connection.execute(f"ALTER TABLE {leaf} SET LOGGED")
        for statement in (*statements, *make):
            connection.execute(statement)
    say(f"  {table}: {time.monotonic() - began:.0f} s")


def index_statements(name: str) -> tuple[list[str], list[str]]:
    """What drops a table's key and indexes, and what makes them again."""
    table = metadata.tables[name]
    key, columns = str(table.primary_key.name), ", ".join(table.primary_key.columns.keys())
    drop = [f'ALTER TABLE "{name}" DROP CONSTRAINT {key}']
    make = [f'ALTER TABLE "{name}" ADD CONSTRAINT {key} PRIMARY KEY ({columns}){_fullness(key)}']
    for index in table.indexes:
        drop.append(f"DROP INDEX {index.name}")
        definition = str(CreateIndex(index).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        made, where, condition = definition.partition(" WHERE ")
        make.append(f"{made}{_fullness(str(index.name))}{where}{condition}")
    return drop, make


def _fullness(index: str) -> str:
    return "" if index in APPENDED else f" WITH (fillfactor = {_LOOSE})"


def _leaves(connection: psycopg.Connection, table: str) -> list[str]:
    """The table, or its partitions, unless it refers to others: such a table must be logged as they are."""
    rows = connection.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND (oid = %(table)s::regclass"
        " OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %(table)s::regclass))"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'f')",
        {"table": f'"{table}"'},
    )
    return [row[0] for row in rows]


def _vacuum(url: str, table: str) -> None:
    """As a server that has had time for it leaves its tables: nothing to mark on the first read, and known to the
    planner."""
    with psycopg.connect(plain_url(url), autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute(f'VACUUM (FREEZE, ANALYZE) "{table}"')
