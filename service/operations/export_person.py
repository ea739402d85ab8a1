"""Everything held about a person, in clear: what PIPL art. 45 gives them a copy of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.answer import Json
from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.dispute import Dispute
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.evidence import Evidence
from service.domain.fact import Fact
from service.domain.session import SignedInPerson
from service.domain.tally import TotalRow
from service.operations.determine import as_given, open_masks
from service.operations.own_people import find_own
from service.operations.read_evidence import open_evidence
from service.operations.record_access import record_access
from service.store.certificates import CertificateRecord, select_certificates_of
from service.store.database import Connection
from service.store.determinations import select_of_people
from service.store.disputes import EVERYTHING, DisputeFilter, list_disputes
from service.store.erasures import select_erasures
from service.store.holdings import (
    AccessRow,
    PersonHolding,
    read_accesses,
    read_client_names,
    read_holding,
)
from service.store.notes import read_links


@dataclass(frozen=True, slots=True)
class ExportedPerson:
    """One person id's name, documents (type, number) and chain. ``erased_at``: since then no name and no documents."""

    person_id: int
    name: str | None
    documents: list[tuple[str, str]]
    created_at: datetime
    erased_at: datetime | None
    entries: list[Entry]
    facts: list[tuple[Fact, bytes]]
    totals: list[TotalRow]
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class PersonExport:
    """Everything held about a person. ``people``: the person and those they were linked with. ``clients``: the names
    of the clients that the facts and statements name by id."""

    person_id: int
    exported_at: datetime
    people: list[ExportedPerson]
    determinations: list[Json]
    certificates: list[CertificateRecord]
    disputes: list[Dispute]
    accesses: list[AccessRow]
    clients: dict[int, str]


def export_person(context: Context, client: Client, person_id: int, *, asker: Asker) -> PersonExport:
    """Everything held about a person, of one moment; leaves an access record.

    For an admin, and for an authority with hours of the person in its divisions. Refusals: ``not_found``,
    ``forbidden_division``.
    """
    with context.database.snapshot() as connection:
        people = [person_id, *sorted(read_links(connection, [person_id])[person_id])]
        holdings = _held(connection, people)
        _require_authority(client, holdings)
        export = _export(context, connection, person_id, holdings)
    record_access(context, None, asker, people)
    return export


def export_own(context: Context, person: SignedInPerson, *, asker: Asker) -> PersonExport:
    """As ``export_person``, for the person themself. Refusals: ``not_found`` (the ledger has never seen them),
    ``name_mismatch``."""
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        holdings = _held(connection, people)
        export = _export(context, connection, people[0], holdings)
    record_access(context, None, asker, people)
    return export


def _held(connection: Connection, people: Sequence[int]) -> list[PersonHolding]:
    holdings = [held for each in people if (held := read_holding(connection, each)) is not None]
    if not holdings:
        raise Refusal("not_found")
    return holdings


def _export(
    context: Context, connection: Connection, person_id: int, holdings: Sequence[PersonHolding]
) -> PersonExport:
    people = [held.person_id for held in holdings]
    id_hashes = [id_hash for held in holdings for _, _, id_hash in held.documents]
    erased = {row.person_id: row.erased_at for row in select_erasures(connection, people)}
    records = select_of_people(connection, people, id_hashes)
    disputes = [
        dispute
        for each in people
        for dispute in list_disputes(connection, DisputeFilter(person_id=each), EVERYTHING)
    ]
    return PersonExport(
        person_id=person_id,
        exported_at=context.clock(),
        people=[_opened(context, held, erased.get(held.person_id)) for held in holdings],
        determinations=[as_given(record, open_masks(context, masks)) for record, masks in records],
        certificates=select_certificates_of(connection, people),
        disputes=disputes,
        accesses=read_accesses(connection, people, id_hashes),
        clients=read_client_names(connection),
    )


def _opened(context: Context, held: PersonHolding, erased_at: datetime | None) -> ExportedPerson:
    vault = context.vault
    return ExportedPerson(
        person_id=held.person_id,
        name=None if held.name_sealed is None else vault.open(held.name_sealed),
        documents=[(id_type, vault.open(number)) for id_type, number, _ in held.documents],
        created_at=held.created_at,
        erased_at=erased_at,
        entries=held.entries,
        facts=held.facts,
        totals=held.totals,
        evidence=[open_evidence(context, each) for each in held.evidence],
    )


def _require_authority(client: Client, holdings: Sequence[PersonHolding]) -> None:
    if client.role == "admin":
        return
    # What an authority wrote itself, an attestation say, opens nothing: only hours registered in its divisions do.
    divisions = {
        fact.division_code
        for held in holdings
        for fact, _ in held.facts
        if fact.kind == "registration" and fact.division_code
    }
    if not any(client.covers(code) for code in divisions):
        raise Refusal("forbidden_division")
