"""Imports: what each one did, kept for its sender."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, bindparam, insert, select

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
