"""Adds one fact that concerns no hours to a person's chain; the person may be new to the ledger."""

import secrets
from typing import Any

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.fact import Fact, FactKind
from service.domain.note import AttestationDraft, IntegrityDraft, Named, Note
from service.store.append import pipelined
from service.store.database import Connection
from service.store.notes import StoredNote, read_notes
from service.store.people import Head, PersonRecord, add_people, lock_heads, lock_people, new_person
from service.store.posting import Posting

_PERSON_ID_BITS = 63


def add_note(context: Context, client: Client, draft: AttestationDraft | IntegrityDraft) -> tuple[Note, bool]:
    """The note, and whether it is new: the same content by the same client that still stands is not added again.

    Refusals: ``forbidden_division``, ``name_mismatch``, ``invalid_request`` (unknown_person, or the name of a person
    who is new to the ledger is missing).
    """
    if not client.covers(draft.division_code):
        raise Refusal("forbidden_division", params={"code": draft.division_code})

    def work(connection: Connection) -> tuple[Note, bool]:
        head, newcomer = _find(context, connection, draft.person)
        kind, content = _content(draft)
        if newcomer is None:
            for stored in read_notes(connection, head.person_id):
                if stored.withdrawn_at is None and _is_same(client, stored, kind, content):
                    return note_of(stored), False
        posting = Posting(context.clock())
        fact = note_fact(posting, head, client, kind, **content)
        posting.add_note(head, fact)
        with pipelined(connection, 1):
            if newcomer is not None:
                add_people(connection, [newcomer], fact.recorded_at)
            posting.write(connection)
        return _note(fact), True

    return context.database.write(work)


def note_fact(
    posting: Posting,
    head: Head,
    client: Client,
    kind: FactKind,
    *,
    entry_seq: int | None = None,
    **content: Any,
) -> Fact:
    """The person's next fact, of a kind that moves no hours. ``entry_seq`` None: it is about itself."""
    seq = head.seq + 1
    fields = {"credit_year": None, "division_code": None, **content}
    return Fact(
        person_id=head.person_id,
        seq=seq,
        kind=kind,
        entry_seq=seq if entry_seq is None else entry_seq,
        subject=None,
        registered=0,
        self_registered=0,
        recognised=0,
        rejected=0,
        recorded_at=posting.stamp(head),
        recorded_by=client.client_id,
        **fields,
    )


def note_of(stored: StoredNote) -> Note:
    """A stored note as it is shown."""
    return Note(
        person_id=stored.person_id,
        seq=stored.seq,
        division_code=stored.division_code,
        basis=stored.basis,
        recorded_at=stored.recorded_at,
        recorded_by=stored.recorded_by,
        year=stored.year,
        met=None if stored.outcome is None else stored.outcome == "met",
        entered_on=stored.entered_on,
        withdrawn_at=stored.withdrawn_at,
        withdrawal_reason=stored.withdrawal_reason,
    )


def _find(context: Context, connection: Connection, person: Named | int) -> tuple[Head, PersonRecord | None]:
    """The person's head, locked; and what is to be stored of somebody new."""
    if isinstance(person, int):
        head = lock_heads(connection, [person]).get(person)
        if head is None:
            raise invalid_request([Fault("/person/person_id", "unknown_person")])
        return head, None
    id_hash = context.vault.lookup_hash(person.identity)
    name_hash = None if person.name is None else context.vault.name_hash(person.name)
    known = lock_people(connection, [id_hash]).get(id_hash)
    if known is not None:
        if name_hash not in (None, known.name_hash):
            raise Refusal("name_mismatch")
        return known.head, None
    if person.name is None or name_hash is None:
        raise invalid_request([Fault("/person/name", "required")])
    new = new_person(secrets.randbits(_PERSON_ID_BITS), name_hash)
    return new.head, PersonRecord(
        person_id=new.head.person_id,
        name_sealed=context.vault.seal(person.name),
        name_hash=name_hash,
        id_hash=id_hash,
        id_type=person.identity.id_type,
        number_sealed=context.vault.seal(person.identity.id_number),
    )


def _content(draft: AttestationDraft | IntegrityDraft) -> tuple[FactKind, dict[str, Any]]:
    content: dict[str, Any] = {"division_code": draft.division_code, "reason": draft.basis}
    if isinstance(draft, IntegrityDraft):
        return "integrity_record", {**content, "entered_on": draft.entered_on}
    outcome = "met" if draft.met else "not_met"
    return "attestation", {**content, "credit_year": draft.year, "outcome": outcome}


def _is_same(client: Client, stored: StoredNote, kind: FactKind, content: dict[str, Any]) -> bool:
    return (
        stored.kind == kind
        and stored.recorded_by == client.client_id
        and stored.division_code == content["division_code"]
        and stored.basis == content["reason"]
        and (stored.year, stored.outcome) == (content.get("credit_year"), content.get("outcome"))
        and stored.entered_on == content.get("entered_on")
    )


def _note(fact: Fact) -> Note:
    return Note(
        person_id=fact.person_id,
        seq=fact.seq,
        division_code=fact.division_code or "",
        basis=fact.reason or "",
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        year=fact.credit_year,
        met=None if fact.outcome is None else fact.outcome == "met",
        entered_on=fact.entered_on,
    )
