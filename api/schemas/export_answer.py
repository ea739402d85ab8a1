"""Everything held about a person, as it is answered: the dict, and the schemas that describe it."""

from typing import Any

from marshmallow import fields

from api.schemas.determination_answer import DeterminationSchema
from api.schemas.dispute import DisputeSchema, dispute_json
from api.schemas.eligibility_answer import LedgerMarkSchema
from api.schemas.entry_answer import EntryAnswerSchema, entry_json
from api.schemas.evidence_answer import EvidenceSchema, evidence_json
from api.schemas.notes import note
from api.schemas.transcript_answer import StandingHoursSchema
from service.domain.amounts import Amounts
from service.domain.fact import GENESIS, Fact
from service.domain.hours import hours_number
from service.domain.identifiers import encode_person_id
from service.domain.subjects import STANDINGS
from service.domain.zone import SHANGHAI
from service.fields import StrictSchema
from service.operations.export_person import ExportedPerson, PersonExport
from service.store.certificates import CertificateRecord
from service.store.holdings import AccessRow


class DocumentSchema(StrictSchema):
    """An identity document, in clear."""

    id_type = fields.String(required=True, metadata=note("Kind of document."))
    id_number = fields.String(required=True, metadata=note("Its number."))


class FactSchema(StrictSchema):
    """One fact of the person's chain. Members that the kind does not have are null."""

    seq = fields.Integer(required=True, metadata=note("Its place in the chain, from 1."))
    kind = fields.String(required=True, metadata=note("What was recorded: registration, recognition, …"))
    concerns = fields.Integer(required=True, metadata=note("The seq of the fact it is about; its own else."))
    credit_year = fields.Integer(required=True, allow_none=True, metadata=note("The year it is about."))
    subject = fields.String(required=True, allow_none=True, metadata=note("Subject of the hours."))
    division_code = fields.String(required=True, allow_none=True, metadata=note("Its division."))
    changes = fields.Nested(
        StandingHoursSchema, required=True, metadata=note("What it added to the sums; may be negative.")
    )
    outcome = fields.String(required=True, allow_none=True, metadata=note("What was decided."))
    reason = fields.String(required=True, allow_none=True, metadata=note("Why; of a record: its basis."))
    entered_on = fields.Date(
        required=True, allow_none=True, metadata=note("Day of entry of an integrity record.")
    )
    other_person_id = fields.String(
        required=True, allow_none=True, metadata=note("The person found to be the same.")
    )
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When."))
    recorded_by = fields.String(required=True, metadata=note("By which client."))
    hash = fields.String(required=True, metadata=note("The chain's hash at this fact."))
    note = fields.String(required=True, allow_none=True, metadata=note("In words."))


class ExportedCertificateSchema(StrictSchema):
    """That a certificate was issued; what it says is at its code."""

    code = fields.String(required=True, metadata=note("Its code (GET /v1/certificates/{code})."))
    issued_at = fields.AwareDateTime(required=True, metadata=note("When."))
    issued_to = fields.String(
        required=True, allow_none=True, metadata=note("To which client; null: to the person.")
    )
    year = fields.Integer(required=True, allow_none=True, metadata=note("Of which credit year; null: all."))


class ExportedEntrySchema(EntryAnswerSchema):
    """An entry, with every fact of it."""

    history = fields.List(
        fields.Nested(FactSchema), required=True, metadata=note("Every fact of it, in order.")
    )


class ExportedTotalSchema(StandingHoursSchema):
    """The sums of a year, subject and division."""

    year = fields.Integer(required=True, metadata=note("The credit year."))
    subject = fields.String(required=True, metadata=note("The subject."))
    division_code = fields.String(required=True, metadata=note("The division."))


class ExportedPersonSchema(StrictSchema):
    """What is held under one person id."""

    person_id = fields.String(required=True, metadata=note("The service's id of the person."))
    name = fields.String(required=True, allow_none=True, metadata=note("The name on file; null once erased."))
    documents = fields.List(
        fields.Nested(DocumentSchema),
        required=True,
        metadata=note("Identity documents, in clear; none once erased."),
    )
    created_at = fields.AwareDateTime(required=True, metadata=note("When the ledger first saw the person."))
    erased_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=note("When name and number were erased.")
    )
    entries = fields.List(
        fields.Nested(ExportedEntrySchema), required=True, metadata=note("Every entry, with its history.")
    )
    records = fields.List(
        fields.Nested(FactSchema),
        required=True,
        metadata=note("Facts that are no hours: attestations, integrity records, withdrawals, links."),
    )
    totals = fields.List(fields.Nested(ExportedTotalSchema), required=True, metadata=note("The sums."))
    evidence = fields.List(
        fields.Nested(EvidenceSchema), required=True, metadata=note("Files added to hours registered alone.")
    )
    ledger = fields.Nested(LedgerMarkSchema, required=True, metadata=note("Where the chain stands."))


class AccessSchema(StrictSchema):
    """That somebody looked."""

    at = fields.AwareDateTime(required=True, metadata=note("When."))
    by = fields.String(
        required=True, metadata=note("Who, by kind.", enum=["oneself", "client", "command_line"])
    )
    client = fields.String(required=True, allow_none=True, metadata=note("The client's name, of a client."))
    purpose = fields.String(required=True, metadata=note("What for."))
    request_id = fields.String(required=True, metadata=note("In which request."))
    as_of = fields.AwareDateTime(required=True, allow_none=True, metadata=note("The moment asked about."))
    position = fields.Integer(
        required=True, allow_none=True, metadata=note("The position that was answered from.")
    )


class PersonExportSchema(StrictSchema):
    """Everything held about a person."""

    person_id = fields.String(required=True, metadata=note("Whose it is."))
    exported_at = fields.AwareDateTime(required=True, metadata=note("When it was read, all of one moment."))
    people = fields.List(
        fields.Nested(ExportedPersonSchema),
        required=True,
        metadata=note("The person, and those found to be the same."),
    )
    determinations = fields.List(
        fields.Nested(DeterminationSchema), required=True, metadata=note("As they were given.")
    )
    certificates = fields.List(
        fields.Nested(ExportedCertificateSchema), required=True, metadata=note("What was issued on paper.")
    )
    disputes = fields.List(
        fields.Nested(DisputeSchema), required=True, metadata=note("With all that was said.")
    )
    access_records = fields.List(
        fields.Nested(AccessSchema), required=True, metadata=note("Who looked, as far as records go back.")
    )


def export_json(export: PersonExport) -> dict[str, Any]:
    """The export as JSON."""
    return {
        "person_id": encode_person_id(export.person_id),
        "exported_at": export.exported_at.astimezone(SHANGHAI).isoformat(),
        "people": [_person_json(each, export.clients) for each in export.people],
        "determinations": export.determinations,
        "certificates": [_certificate_json(each, export.clients) for each in export.certificates],
        "disputes": [dispute_json(dispute) for dispute in export.disputes],
        "access_records": [_access_json(each) for each in export.accesses],
    }


def _certificate_json(record: CertificateRecord, clients: dict[int, str]) -> dict[str, Any]:
    return {
        "code": record.code,
        "issued_at": record.issued_at.astimezone(SHANGHAI).isoformat(),
        "issued_to": None if record.client_id is None else clients[record.client_id],
        "year": record.credit_year,
    }


def _person_json(person: ExportedPerson, clients: dict[int, str]) -> dict[str, Any]:
    facts = [(fact, _fact_json(fact, own_hash, clients)) for fact, own_hash in person.facts]
    entry_seqs = {entry.seq for entry in person.entries}
    head = person.facts[-1][1] if person.facts else GENESIS
    return {
        "person_id": encode_person_id(person.person_id),
        "name": person.name,
        "documents": [{"id_type": id_type, "id_number": number} for id_type, number in person.documents],
        "created_at": person.created_at.astimezone(SHANGHAI).isoformat(),
        "erased_at": None if person.erased_at is None else person.erased_at.astimezone(SHANGHAI).isoformat(),
        "entries": [
            {**entry_json(entry), "history": [told for fact, told in facts if fact.entry_seq == entry.seq]}
            for entry in person.entries
        ],
        "records": [told for fact, told in facts if fact.entry_seq not in entry_seqs],
        "totals": [
            {"year": year, "subject": subject, "division_code": division, **_amounts(Amounts(*sums))}
            for year, subject, division, *sums in person.totals
        ],
        "evidence": [evidence_json(each) for each in person.evidence],
        "ledger": {"position": len(person.facts), "head": f"sha256:{head.hex()}"},
    }


def _fact_json(fact: Fact, own_hash: bytes, clients: dict[int, str]) -> dict[str, Any]:
    amounts = Amounts(fact.registered, fact.self_registered, fact.recognised, fact.rejected)
    other = fact.other_person_id
    return {
        "seq": fact.seq,
        "kind": fact.kind,
        "concerns": fact.entry_seq,
        "credit_year": fact.credit_year,
        "subject": fact.subject,
        "division_code": fact.division_code,
        "changes": _amounts(amounts),
        "outcome": fact.outcome,
        "reason": fact.reason,
        "note": fact.note,
        "entered_on": None if fact.entered_on is None else fact.entered_on.isoformat(),
        "other_person_id": None if other is None else encode_person_id(other),
        "recorded_at": fact.recorded_at.astimezone(SHANGHAI).isoformat(),
        "recorded_by": clients.get(fact.recorded_by, str(fact.recorded_by)),
        "hash": f"sha256:{own_hash.hex()}",
    }


def _access_json(access: AccessRow) -> dict[str, Any]:
    return {
        "at": access.at.astimezone(SHANGHAI).isoformat(),
        "by": access.by,
        "client": access.client_name,
        "purpose": access.purpose,
        "request_id": access.request_id,
        "as_of": None if access.as_of is None else access.as_of.astimezone(SHANGHAI).isoformat(),
        "position": access.position,
    }


def _amounts(amounts: Amounts) -> dict[str, int | float]:
    return {standing: hours_number(getattr(amounts, standing)) for standing in STANDINGS}
