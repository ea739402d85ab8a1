"""Disputes: what is sent, and how they are answered."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import fields

from api.schemas.notes import note
from service.domain.dispute import DISPUTE_OUTCOMES, DISPUTE_STATUSES, Dispute, Statement
from service.domain.identifiers import encode_entry_id, encode_person_id
from service.domain.zone import SHANGHAI
from service.fields import ChoiceField, EntryIdField, IntegerField, StrictSchema, TextField

STATEMENT_MAX: Final = 2000


class DisputeStatementSchema(StrictSchema):
    """What is said."""

    text = TextField(STATEMENT_MAX, required=True, metadata=note("In words. Kept for ever: without names."))


class DisputeClosingSchema(DisputeStatementSchema):
    """How a dispute ends."""

    outcome = ChoiceField(
        DISPUTE_OUTCOMES,
        required=True,
        metadata=note(
            "`upheld`: the person was right. The hours change only by a reversal or a recognition."
        ),
    )


class DisputeListQuerySchema(StrictSchema):
    """Query of the list of disputes."""

    status = ChoiceField(DISPUTE_STATUSES, metadata=note("Only disputes of this status."))
    entry_id = EntryIdField(metadata=note("Only disputes of this entry."))
    cursor = TextField(200, metadata=note("`next_cursor` of the page before."))
    limit = IntegerField(1, 1000, from_text=True, load_default=100, metadata=note("Disputes on a page."))


class StatementSchema(StrictSchema):
    """What somebody said in a dispute."""

    text = fields.String(required=True, metadata=note("In their words."))
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When."))
    recorded_by = fields.Integer(required=True, metadata=note("The client that sent it."))


class ClosingSchema(StatementSchema):
    """How a dispute ended."""

    outcome = fields.String(
        required=True, metadata=note("Whether the person was right.", enum=list(DISPUTE_OUTCOMES))
    )


class DisputeSchema(StrictSchema):
    """A dispute of an entry, with all that was said."""

    dispute_id = fields.String(required=True, metadata=note("The service's id of the dispute."))
    entry_id = fields.String(required=True, metadata=note("The entry that is disputed."))
    person_id = fields.String(required=True, metadata=note("Whose entry it is."))
    provider_id = fields.Integer(required=True, metadata=note("The client that registered the entry."))
    division_code = fields.String(required=True, metadata=note("The entry's division."))
    status = fields.String(required=True, metadata=note("Where it stands.", enum=list(DISPUTE_STATUSES)))
    opening = fields.Nested(StatementSchema, required=True, metadata=note("What the person says."))
    answer = fields.Nested(
        StatementSchema,
        required=True,
        allow_none=True,
        metadata=note("What the provider, or an authority, answered; null as long as nobody did."),
    )
    closing = fields.Nested(
        ClosingSchema, required=True, allow_none=True, metadata=note("How it ended; null until it did.")
    )


class DisputePageSchema(StrictSchema):
    """A page of disputes."""

    disputes = fields.List(
        fields.Nested(DisputeSchema), required=True, metadata=note("In the order they were opened in.")
    )
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=note("For the next page; null on the last one.")
    )


def dispute_json(dispute: Dispute) -> dict[str, Any]:
    """A dispute as JSON."""
    said: Mapping[str, Statement] = {statement.kind: statement for statement in dispute.statements}
    return {
        "dispute_id": encode_person_id(dispute.dispute_id),
        "entry_id": encode_entry_id(dispute.person_id, dispute.entry_seq),
        "person_id": encode_person_id(dispute.person_id),
        "provider_id": dispute.provider_id,
        "division_code": dispute.division_code,
        "status": dispute.status,
        "opening": _statement_json(said.get("opened")),
        "answer": _statement_json(said.get("answered")),
        "closing": _statement_json(said.get("closed")),
    }


def _statement_json(statement: Statement | None) -> dict[str, Any] | None:
    if statement is None:
        return None
    told: dict[str, Any] = {
        "text": statement.text,
        "recorded_at": statement.recorded_at.astimezone(SHANGHAI).isoformat(),
        "recorded_by": statement.recorded_by,
    }
    if statement.outcome is not None:
        told["outcome"] = statement.outcome
    return told
