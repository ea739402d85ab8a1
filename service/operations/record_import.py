"""An import: its rows registered in one transaction, and what it did kept for its sender."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.identifiers import PERSON_ID_MAX, encode_person_id
from service.operations.intake import Intake
from service.operations.register_chunk import Source
from service.store.database import Connection
from service.store.imports import ImportRecord, insert_import, select_import
from service.store.turns import taking_turns


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
    corrected: int = 0
    reversed: int = 0


class _Undone(Exception):
    """Rolls the transaction back and carries what would have come of it."""

    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__()
        self.outcome = outcome


def take_in(
    context: Context,
    client: Client,
    work: Callable[[Intake], ImportOutcome],
    *,
    correct: bool = False,
    dry_run: bool = False,
) -> tuple[ImportOutcome, int | None]:
    """Runs ``work`` in one transaction and keeps its outcome in it: the outcome and the import's id.

    ``work`` may be run again from the start (another transaction was first). An outcome that took nothing is kept
    alone, its transaction rolled back; a dry run keeps nothing and has no id. ``correct``: see ``Source``.
    """
    import_id = secrets.randbelow(PERSON_ID_MAX) + 1
    note = f"import {encode_person_id(import_id)}" if correct else None

    def attempt(connection: Connection) -> ImportOutcome:
        with taking_turns(connection) as turns:
            intake = Intake(context, client, connection, turns, Source(import_id, note))
            outcome = work(intake)
            intake.settle()
        if dry_run or not (outcome.created or outcome.corrected or outcome.reversed):
            raise _Undone(outcome)
        insert_import(connection, _record(context, client, outcome, import_id))
        return outcome

    try:
        return context.database.write(attempt), import_id
    except _Undone as undone:
        outcome = undone.outcome
    if dry_run:
        return outcome, None
    record = _record(context, client, outcome, import_id)
    context.database.write(lambda connection: insert_import(connection, record))
    return outcome, import_id


def _record(context: Context, client: Client, outcome: ImportOutcome, import_id: int) -> ImportRecord:
    return ImportRecord(
        import_id=import_id,
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
        corrected=outcome.corrected,
    )


def read_import(context: Context, client: Client, import_id: int) -> ImportRecord:
    """The import. Raises Refusal ``not_found`` when there is none, or it is another provider's."""
    with context.database.reading() as connection:
        return visible_import(client, select_import(connection, import_id))


def visible_import(client: Client, record: ImportRecord | None) -> ImportRecord:
    """The import, if the client may see it. Refusal ``not_found``."""
    if record is None or (client.role != "admin" and record.client_id != client.client_id):
        raise Refusal("not_found")
    return record
