"""Registers hours: the one way into the ledger, for one entry, a batch and a roster alike."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry, EntryDraft
from service.domain.errors import Refusal
from service.operations.acquaintance import Acquaintance
from service.operations.correcting import prepare_corrections, read_taken_references
from service.operations.registering import HashedDraft, Registrar, Registration, Result
from service.store.append import pipelined
from service.store.corrections import append_corrections
from service.store.database import Connection
from service.store.entries import CourseKey, read_courses
from service.store.import_entries import append_import_entries
from service.store.keysets import KEYS_MAX
from service.store.people import KnownPerson, PersonRecord, add_people, new_person
from service.store.posting import Posting

__all__ = ["Registration", "Result", "Source", "register_chunk", "register_entries", "register_entry"]

_PERSON_ID_BITS: Final = 63


@dataclass
class Source:
    """The import that drafts come from; ``entries`` counts those it made. ``correcting_note``: see register_chunk.
    ``acquaintance``: the people it has met; to be settled before anything else is done in the transaction."""

    import_id: int
    acquaintance: Acquaintance
    correcting_note: str | None = None
    entries: int = 0

    def bind(self, connection: Connection, registrations: Sequence[Registration]) -> None:
        """Stores which entries are the import's."""
        made = [
            (each.entry.person_id, each.entry.seq)
            for each in registrations
            if each.entry is not None and each.result in ("created", "corrected")
        ]
        append_import_entries(connection, self.import_id, self.entries + 1, made)
        self.entries += len(made)


class _Undone(Exception):
    """Rolls the transaction back and carries what would have come of it."""

    def __init__(self, registrations: list[Registration]) -> None:
        super().__init__()
        self.registrations = registrations


def register_entry(context: Context, client: Client, draft: EntryDraft) -> Registration:
    """Registers one entry, or finds that it was registered before.

    Refusals: ``forbidden_division``, ``reference_conflict`` (with ``fields``), ``name_mismatch``,
    ``duplicate_entry`` (with ``existing_entry_id``), ``unavailable``.
    """
    (registration,) = register_entries(context, client, [draft])
    if registration.refusal is not None:
        raise registration.refusal
    return registration


def register_entries(
    context: Context,
    client: Client,
    drafts: Sequence[EntryDraft],
    *,
    atomic: bool = False,
    dry_run: bool = False,
) -> list[Registration]:
    """Registers drafts in order, in one transaction; a refused one does not stop the others.

    Drafts that repeat each other are treated as if they came one after the other. ``atomic``: when any is
    refused nothing is stored, and those that would have been created are refused as ``atomic_batch_refused``.
    ``dry_run``: the same, then rolled back. A fixed number of statements for each KEYS_MAX drafts.
    """
    hashed = hash_drafts(context, drafts)

    def work(connection: Connection) -> list[Registration]:
        registrations: list[Registration] = []
        for start in range(0, len(hashed), KEYS_MAX):
            registrations += register_chunk(context, client, connection, hashed[start : start + KEYS_MAX])
        refused = atomic and any(registration.refusal is not None for registration in registrations)
        if refused:
            registrations = [_withheld(registration) for registration in registrations]
        if refused or dry_run:
            raise _Undone(registrations)
        return registrations

    if not hashed:
        return []
    try:
        return context.database.write(work)
    except _Undone as undone:
        return undone.registrations


def _withheld(registration: Registration) -> Registration:
    if registration.result != "created":
        return registration
    return Registration("refused", None, Refusal("atomic_batch_refused"))


def hash_drafts(context: Context, drafts: Sequence[EntryDraft]) -> list[HashedDraft]:
    """The drafts with the keyed hashes by which their people are known."""
    lookup_hash, name_hash = context.vault.lookup_hash, context.vault.name_hash
    return [HashedDraft(draft, lookup_hash(draft.identity), name_hash(draft.name)) for draft in drafts]


def register_chunk(
    context: Context,
    client: Client,
    connection: Connection,
    hashed: Sequence[HashedDraft],
    source: Source | None = None,
) -> list[Registration]:
    """Registers up to KEYS_MAX drafts inside the caller's transaction, in a fixed number of statements.

    ``source``: the import they come from. With its ``correcting_note``, a draft whose reference is taken by other
    content replaces the entry that is there, with that note. No two drafts of one source may have the document, the
    course and the year in common: the constraint would refuse what its own roster should have.
    """
    acquaintance = Acquaintance(Posting(context.clock())) if source is None else source.acquaintance
    id_hashes = list({item.id_hash: None for item in hashed})
    people = acquaintance.meet(connection, id_hashes)
    external_refs = list({item.draft.external_ref: None for item in hashed})
    taken = read_taken_references(connection, client.client_id, external_refs)
    if any(item.id_hash not in people and item.draft.external_ref in taken.first for item in hashed):
        # The entry, and with it perhaps the person, came between the two statements: the person is there by now.
        people = acquaintance.meet(connection, id_hashes)
    correcting = None
    if source is not None and source.correcting_note is not None and taken.first:
        heads = {known.head.person_id: known.head for known in people.values()}
        note = source.correcting_note
        taken, correcting = prepare_corrections(connection, client.client_id, taken, heads, note)
    # Only now: whoever waited for a lock must not stamp an instant before those it waited for.
    posting = acquaintance.posting
    now = posting.now = context.clock()
    newcomers: list[PersonRecord] = []

    def make_person(item: HashedDraft) -> KnownPerson:
        known = new_person(secrets.randbits(_PERSON_ID_BITS), item.name_hash)
        newcomers.append(_record(context, known.head.person_id, item))
        return known

    def recognised_on_arrival(division_code: str, subject: str) -> bool:
        return context.policy_book.feed_recogniser(division_code, client.feed_id, subject) is not None

    registrar = Registrar(client, posting, people, taken, make_person, recognised_on_arrival, correcting)
    if courses := _courses_in_question(hashed, people, {} if correcting else taken.first):
        registrar.know_courses(read_courses(connection, client.client_id, courses))
    registrations = [registrar.decide(item) for item in hashed]
    # A correction makes two facts.
    with pipelined(connection, 2 * len(hashed)):
        add_people(connection, newcomers, now)
        posting.append(connection)
        if source is None or source.correcting_note is not None:
            acquaintance.settle(connection)
        else:
            acquaintance.tidy(connection)
        if correcting is not None:
            append_corrections(connection, correcting.rows())
        if source is not None:
            source.bind(connection, registrations)
    return registrations


def _courses_in_question(
    hashed: Sequence[HashedDraft], people: dict[bytes, KnownPerson], references: Mapping[str, Entry]
) -> dict[CourseKey, None]:
    """The courses that could be credited already: to people who were there before."""
    return {
        (known.head.person_id, course_key, item.draft.credit_year): None
        for item in hashed
        if (known := people.get(item.id_hash)) is not None
        and not known.is_new
        and (course_key := item.draft.course_key) is not None
        and item.draft.external_ref not in references
    }


def _record(context: Context, person_id: int, item: HashedDraft) -> PersonRecord:
    identity = item.draft.identity
    return PersonRecord(
        person_id=person_id,
        name_sealed=context.vault.seal(item.draft.name),
        name_hash=item.name_hash,
        id_hash=item.id_hash,
        id_type=identity.id_type,
        number_sealed=context.vault.seal(identity.id_number),
    )
