"""Policies as they are answered: dicts, and the schemas that describe them."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.domain.policy import Policy
from service.domain.question import DECLARATION_YEAR_MAX, DECLARATION_YEAR_MIN
from service.fields import IntegerField, StrictSchema


class PolicyQuerySchema(StrictSchema):
    """Query of one division's policy."""

    declaration_year = IntegerField(
        DECLARATION_YEAR_MIN,
        DECLARATION_YEAR_MAX,
        from_text=True,
        metadata=note("The policy in force for declarations of this year; the present year when left out."),
    )


class PolicySummarySchema(StrictSchema):
    """A loaded policy."""

    id = fields.String(required=True, metadata=note("Its id: the file's name."))
    division_code = fields.String(required=True, metadata=note("The division it speaks for."))
    name = fields.String(required=True, metadata=note("That division's name."))
    notice_year = fields.Integer(required=True, metadata=note("The year the notice speaks for."))
    revision = fields.Integer(required=True, metadata=note("Counts the versions of the same notice."))
    document = fields.String(required=True, metadata=note("Number of the notice."))
    title = fields.String(required=True, metadata=note("Title of the notice."))
    issued_by = fields.String(required=True, metadata=note("Who issued it."))
    issued_on = fields.Date(required=True, metadata=note("When."))
    digest = fields.String(
        required=True, metadata=note("SHA-256 of the policy file.", pattern="^sha256:[0-9a-f]{64}$")
    )
    has_rule = fields.Boolean(
        required=True, metadata=note("False: the notice says nothing on continuing education.")
    )


class ReadingSchema(StrictSchema):
    """Where the notice is silent or unclear: what we read, and why."""

    id = fields.String(required=True, metadata=note("The reading's id."))
    switch = fields.String(required=True, metadata=note("The key of the file that changes it."))
    reason = fields.String(required=True, metadata=note("Why it is read so."))


class PolicyDetailSchema(PolicySummarySchema):
    """A policy with its readings and its file."""

    readings = fields.List(fields.Nested(ReadingSchema), required=True, metadata=note("Marked as ours."))
    text = fields.String(
        required=True, metadata=note("The policy file (TOML): figures, dates, citations, worked examples.")
    )


class DivisionSchema(StrictSchema):
    """A division."""

    code = fields.String(required=True, metadata=note("As asked."))
    name = fields.String(required=True, metadata=note("Its name."))
    current_code = fields.String(required=True, metadata=note("The code in use today."))


class PolicyListSchema(StrictSchema):
    """Every loaded policy."""

    policies = fields.List(fields.Nested(PolicySummarySchema), required=True, metadata=note("By id."))


class PolicyAnswerSchema(StrictSchema):
    """What is in force for a division and a year."""

    division = fields.Nested(DivisionSchema, required=True, metadata=note("The division asked about."))
    declaration_year = fields.Integer(required=True, metadata=note("The year asked about."))
    extrapolated = fields.Boolean(
        required=True, metadata=note("The newest notice speaks for an earlier year.")
    )
    policy = fields.Nested(
        PolicyDetailSchema,
        required=True,
        allow_none=True,
        metadata=note("Null where no loaded notice speaks for the place and the year."),
    )


def policy_summary(policy: Policy) -> dict[str, Any]:
    """A policy as JSON, without its text."""
    return {
        "id": policy.id,
        "division_code": policy.division_code,
        "name": policy.name,
        "notice_year": policy.notice_year,
        "revision": policy.revision,
        "document": policy.document,
        "title": policy.title,
        "issued_by": policy.issued_by,
        "issued_on": policy.issued_on.isoformat(),
        "digest": policy.digest,
        "has_rule": not policy.no_rule,
    }


def policy_detail(policy: Policy) -> dict[str, Any]:
    """A policy as JSON, with readings and text."""
    readings = [
        {"id": reading.id, "switch": reading.switch, "reason": reading.reason} for reading in policy.readings
    ]
    return {**policy_summary(policy), "readings": readings, "text": policy.text}
