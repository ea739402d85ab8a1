"""Keeps what an import did, and gives it back to its sender."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.identifiers import PERSON_ID_MAX
from service.store.imports import ImportRecord, insert_import, select_import


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did. ``faults`` and ``skipped``: JSON objects with codes and parameters, never with an identity
    number. ``file_digest``: SHA-256 of the file."""

    file_name: str
    file_digest: bytes
    layout: str
    rows: int
    created: int
    replayed: int
    refused: int
    faults_total: int
    faults: Sequence[dict[str, Any]]
    skipped: Sequence[dict[str, Any]]


def record_import(context: Context, client: Client, outcome: ImportOutcome) -> int:
    """Stores the outcome and returns the import's id: a random number of 63 bits, as a person's is."""
    record = ImportRecord(
        import_id=secrets.randbelow(PERSON_ID_MAX) + 1,
        client_id=client.client_id,
        file_name=outcome.file_name,
        file_digest=outcome.file_digest,
        layout=outcome.layout,
        rows=outcome.rows,
        created=outcome.created,
        replayed=outcome.replayed,
        refused=outcome.refused,
        faults_total=outcome.faults_total,
        faults=list(outcome.faults),
        skipped=list(outcome.skipped),
        created_at=context.clock(),
    )
    context.database.write(lambda connection: insert_import(connection, record))
    return record.import_id


def read_import(context: Context, client: Client, import_id: int) -> ImportRecord:
    """The import. Raises Refusal ``not_found`` when there is none, or it is another provider's."""
    with context.database.reading() as connection:
        record = select_import(connection, import_id)
    if record is None or (client.role != "admin" and record.client_id != client.client_id):
        raise Refusal("not_found")
    return record
