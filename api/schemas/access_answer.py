"""Access records: who looked at whom, when and why."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.domain.access import AccessRecord
from service.domain.identifiers import encode_person_id
from service.domain.zone import SHANGHAI
from service.fields import InstantField, IntegerField, PersonIdField, StrictSchema, TextField
from service.operations.record_access import RECORDS_MAX


class AccessQuerySchema(StrictSchema):
    """Query of the access records."""

    since = InstantField(data_key="from", metadata=note("From this instant on."))
    until = InstantField(data_key="to", metadata=note("Before this instant."))
    person_id = PersonIdField(metadata=note("Only of this person."))
    cursor = TextField(200, metadata=note("`next_cursor` of the page before."))
    limit = IntegerField(
        1, RECORDS_MAX, from_text=True, load_default=100, metadata=note("Records on a page.")
    )


class AccessRecordSchema(StrictSchema):
    """One read of one person."""

    access_id = fields.Integer(required=True, metadata=note("Number of the record."))
    at = fields.AwareDateTime(required=True, metadata=note("When."))
    client_id = fields.Integer(
        required=True,
        allow_none=True,
        metadata=note("Who; 0: the person themself; null: a command on the server itself."),
    )
    person_id = fields.String(
        required=True,
        allow_none=True,
        metadata=note("Whom; null: a document that nobody in the ledger had then."),
    )
    purpose = fields.String(required=True, metadata=note("For what."))
    request_id = fields.String(required=True, metadata=note("In which request."))
    as_of = fields.AwareDateTime(
        required=True, allow_none=True, metadata=note("The moment an answer was given for, if one was.")
    )
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata=note("The place in the chain it was given from.", minimum=0),
    )


class AccessPageSchema(StrictSchema):
    """A page of access records."""

    access_records = fields.List(
        fields.Nested(AccessRecordSchema), required=True, metadata=note("Oldest first.")
    )
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=note("For the next page; null: this is the last.")
    )


def access_json(record: AccessRecord) -> dict[str, Any]:
    """An access record as JSON."""
    return {
        "access_id": record.access_id,
        "at": record.at.astimezone(SHANGHAI).isoformat(),
        "client_id": record.client_id,
        "person_id": None if record.person_id is None else encode_person_id(record.person_id),
        "purpose": record.purpose,
        "request_id": record.request_id,
        "as_of": None if record.as_of is None else record.as_of.astimezone(SHANGHAI).isoformat(),
        "position": record.position,
    }
