"""Imports: what each one did, kept for its sender."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, Select, and_, bindparam, insert, or_, select

from service.store.import_tables import import_reversal
from service.store.tables import imports

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import. ``faults`` (the first of ``faults_total``) and ``skipped`` are JSON objects without words: the words
    are chosen when they are read."""

    import_id: int
    client_id: int
    file_name: str
    file_digest: bytes
    layout: str
    rows: int
    created: int
    replayed: int
    refused: int
    faults_total: int
    faults: list[Json]
    skipped: list[Json]
    created_at: datetime
    corrected: int = 0


_INSERT: Final = insert(imports)
_SELECT: Final = select(imports).where(imports.c.import_id == bindparam("wanted"))
_FIELDS: Final = tuple(column.name for column in imports.columns)


def insert_import(connection: Connection, record: ImportRecord) -> None:
    values: Json = {name: getattr(record, name) for name in _FIELDS}
    for name in ("faults", "skipped"):
        values[name] = orjson.dumps(values[name]).decode()
    connection.execute(_INSERT, values)


def select_import(connection: Connection, import_id: int) -> ImportRecord | None:
    row = connection.execute(_SELECT, {"wanted": import_id}).one_or_none()
    if row is None:
        return None
    values: Json = dict(row._mapping)
    return ImportRecord(**values | {name: orjson.loads(values[name]) for name in ("faults", "skipped")})


class ImportSummary(NamedTuple):
    """An import without its faults. ``undone_at`` and ``undone`` (entries): None unless it was undone."""

    import_id: int
    client_id: int
    file_name: str
    layout: str
    rows: int
    created: int
    corrected: int
    replayed: int
    refused: int
    faults_total: int
    created_at: datetime
    undone_at: datetime | None
    undone: int | None


_SUMMARIES: Final = select(
    *(imports.c[name] for name in ImportSummary._fields[:-2]),
    import_reversal.c.reversed_at,
    import_reversal.c.entries,
).outerjoin(import_reversal, import_reversal.c.import_id == imports.c.import_id)
_SUMMARY: Final = _SUMMARIES.where(imports.c.import_id == bindparam("wanted"))
_NEWEST_FIRST: Final = (imports.c.created_at, imports.c.import_id)


def select_import_summary(connection: Connection, import_id: int) -> ImportSummary | None:
    row = connection.execute(_SUMMARY, {"wanted": import_id}).one_or_none()
    return None if row is None else ImportSummary._make(row)


def list_import_summaries(
    connection: Connection, client_id: int | None, before: tuple[datetime, int] | None, limit: int
) -> list[ImportSummary]:
    """Up to ``limit`` imports of a client (None: of all), newest first, that came before (created_at, import_id)."""
    statement: Select[Any] = _SUMMARIES
    if client_id is not None:
        statement = statement.where(imports.c.client_id == client_id)
    if before is not None:
        created_at, import_id = before
        same = and_(imports.c.created_at == created_at, imports.c.import_id < import_id)
        statement = statement.where(or_(imports.c.created_at < created_at, same))
    statement = statement.order_by(*(column.desc() for column in _NEWEST_FIRST)).limit(limit)
    return [ImportSummary._make(row) for row in connection.execute(statement)]
