"""Takes an attestation or integrity record back, by a new fact: what was answered on its ground stays answered."""

from dataclasses import replace
from typing import Literal

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.domain.note import Note
from service.operations.noting import note_fact, note_of
from service.store.append import pipelined
from service.store.database import Connection
from service.store.notes import StoredNote, read_notes
from service.store.people import lock_heads
from service.store.posting import Posting

NoteKind = Literal["attestation", "integrity_record"]


def withdraw(context: Context, client: Client, kind: NoteKind, note_id: tuple[int, int], reason: str) -> Note:
    """The note, withdrawn. Refusals: ``not_found``, ``forbidden_division``, ``forbidden_withdrawal`` (only
    the client that recorded it and an admin take it back), ``already_withdrawn``."""
    person_id, seq = note_id

    def work(connection: Connection) -> Note:
        head = lock_heads(connection, [person_id]).get(person_id)
        stored = _visible(connection, client, kind, note_id)
        if head is None:
            raise Refusal("not_found")
        if stored.withdrawn_at is not None:
            raise Refusal("already_withdrawn")
        posting = Posting(context.clock())
        fact = note_fact(
            posting,
            head,
            client,
            "withdrawal",
            entry_seq=seq,
            division_code=stored.division_code,
            reason=reason,
        )
        posting.add_note(head, fact)
        with pipelined(connection, 1):
            posting.write(connection)
        return replace(note_of(stored), withdrawn_at=fact.recorded_at, withdrawal_reason=reason)

    return context.database.write(work)


def require_note(context: Context, client: Client, kind: NoteKind, note_id: tuple[int, int]) -> None:
    """Refusals: ``not_found``, ``forbidden_division``, ``forbidden_withdrawal``."""
    with context.database.reading() as connection:
        _visible(connection, client, kind, note_id)


def _visible(connection: Connection, client: Client, kind: NoteKind, note_id: tuple[int, int]) -> StoredNote:
    person_id, seq = note_id
    stored = next((note for note in read_notes(connection, person_id) if note.seq == seq), None)
    if stored is None or stored.kind != kind:
        raise Refusal("not_found")
    if not client.covers(stored.division_code):
        raise Refusal("forbidden_division", params={"code": stored.division_code})
    if client.role != "admin" and stored.recorded_by != client.client_id:
        raise Refusal("forbidden_withdrawal")
    return stored
