"""Attestations, integrity records, withdrawals and links: what is sent, and what the ledger shows of them."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates_schema

from api.schemas.notes import note
from api.schemas.person import KnownOrNamedField
from service.domain.entry import CREDIT_YEAR_MIN, year_faults
from service.domain.identifiers import encode_entry_id, encode_person_id
from service.domain.note import AttestationDraft, IntegrityDraft, Note
from service.domain.zone import SHANGHAI
from service.fields import (
    DayField,
    DivisionField,
    FieldFault,
    PersonIdField,
    StrictSchema,
    Surroundings,
    TextField,
    TruthField,
    YearField,
)

REASON_MAX: Final = 1000
_PERSON: Final = note(
    "By document, with the name where the ledger may not know the person yet; or by the id the service gave out."
)
_PLACE: Final = note("The division in whose name this is said (GB/T 2260).")


class AttestationSchema(StrictSchema):
    """Loads as an AttestationDraft."""

    person = KnownOrNamedField(required=True, metadata=_PERSON)
    division_code = DivisionField(required=True, metadata=_PLACE)
    year = YearField(required=True, metadata=note("The year attested; not in the future."))
    met = TruthField(required=True, metadata=note("Whether the rules of that year were met."))
    basis = TextField(
        REASON_MAX, required=True, metadata=note("On what ground: rule and file. Without personal data.")
    )

    @validates_schema(skip_on_field_errors=False)
    def year_fits(self, data: Mapping[str, Any], **_: Any) -> None:
        """The year has come."""
        today = Surroundings.get().today
        faults = year_faults(data.get("year", today.year), None, today, ("year", ""))
        found = {fault.pointer: [FieldFault(fault.code, fault.params)] for fault in faults}
        if found:
            raise ValidationError(found)

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> AttestationDraft:
        return AttestationDraft(**data)


class IntegrityRecordSchema(StrictSchema):
    """Loads as an IntegrityDraft."""

    person = KnownOrNamedField(required=True, metadata=_PERSON)
    division_code = DivisionField(required=True, metadata=_PLACE)
    entered_on = DayField(
        required=True, metadata=note("Day of entry, not in the future: the record stands for three years.")
    )
    basis = TextField(REASON_MAX, required=True, metadata=note("What was found. Without personal data."))

    @validates_schema(skip_on_field_errors=False)
    def day_fits(self, data: Mapping[str, Any], **_: Any) -> None:
        """The day has come, in a year the ledger knows."""
        today = Surroundings.get().today
        entered_on = data.get("entered_on", today)
        if entered_on > today or entered_on.year < CREDIT_YEAR_MIN:
            raise ValidationError(
                {"entered_on": [FieldFault("day_out_of_range", {"least": CREDIT_YEAR_MIN})]}
            )

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> IntegrityDraft:
        return IntegrityDraft(**data)


class WithdrawalSchema(StrictSchema):
    """Why something is withdrawn."""

    reason = TextField(REASON_MAX, required=True, metadata=note("Why. Without personal data."))


class LinkSchema(StrictSchema):
    """Two persons found to be one."""

    person_id = PersonIdField(required=True, metadata=note("One of them."))
    other_person_id = PersonIdField(required=True, metadata=note("The other."))
    reason = TextField(REASON_MAX, required=True, metadata=note("How it was found. Without personal data."))


class WithdrawnSchema(StrictSchema):
    """A withdrawal."""

    at = fields.AwareDateTime(required=True, metadata=note("When it was recorded."))
    reason = fields.String(required=True, metadata=note("Why."))


class _NoteAnswerSchema(StrictSchema):
    person_id = fields.String(required=True, metadata=note("The service's id of the person."))
    division_code = fields.String(required=True, metadata=note("In whose name it was said."))
    basis = fields.String(required=True, metadata=note("On what ground."))
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When the ledger took it in."))
    recorded_by = fields.Integer(required=True, metadata=note("The client that said it."))
    withdrawn = fields.Nested(
        WithdrawnSchema, required=True, allow_none=True, metadata=note("Null while it stands.")
    )


class AttestationAnswerSchema(_NoteAnswerSchema):
    """An attestation as the ledger shows it."""

    attestation_id = fields.String(required=True, metadata=note("The service's id of it."))
    year = fields.Integer(required=True, metadata=note("The year attested."))
    met = fields.Boolean(required=True, metadata=note("Whether its rules were met."))


class IntegrityRecordAnswerSchema(_NoteAnswerSchema):
    """An integrity record as the ledger shows it."""

    integrity_record_id = fields.String(required=True, metadata=note("The service's id of it."))
    entered_on = fields.Date(required=True, metadata=note("Day of entry."))


class LinkAnswerSchema(StrictSchema):
    """Who is one person."""

    person_ids = fields.List(
        fields.String(), required=True, metadata=note("Everybody in the ledger who is this person.")
    )


def attestation_json(attestation: Note) -> dict[str, Any]:
    """An attestation as JSON."""
    return {
        "attestation_id": encode_entry_id(attestation.person_id, attestation.seq),
        **_common(attestation),
        "year": attestation.year,
        "met": attestation.met,
    }


def integrity_record_json(record: Note) -> dict[str, Any]:
    """An integrity record as JSON."""
    return {
        "integrity_record_id": encode_entry_id(record.person_id, record.seq),
        **_common(record),
        "entered_on": None if record.entered_on is None else record.entered_on.isoformat(),
    }


def _common(shown: Note) -> dict[str, Any]:
    withdrawn = None
    if shown.withdrawn_at is not None:
        at = shown.withdrawn_at.astimezone(SHANGHAI).isoformat()
        withdrawn = {"at": at, "reason": shown.withdrawal_reason}
    return {
        "person_id": encode_person_id(shown.person_id),
        "division_code": shown.division_code,
        "basis": shown.basis,
        "recorded_at": shown.recorded_at.astimezone(SHANGHAI).isoformat(),
        "recorded_by": shown.recorded_by,
        "withdrawn": withdrawn,
    }
