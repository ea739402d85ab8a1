"""An entry as it is answered: the dict, and the schema that describes it."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import AnsweredHours, note
from api.schemas.problem import ItemProblemSchema
from service.domain.entry import CREDIT_YEAR_MIN, ENTRY_STATUSES, Entry
from service.domain.hours import hours_number
from service.domain.identifiers import encode_ids
from service.domain.subjects import SUBJECTS
from service.domain.zone import SHANGHAI
from service.fields import StrictSchema


class CourseAnswerSchema(StrictSchema):
    """A course."""

    code = fields.String(required=True, allow_none=True, metadata=note("The provider's code of the course."))
    title = fields.String(required=True, allow_none=True, metadata=note("The course's title."))


class EntryAnswerSchema(StrictSchema):
    """An entry as the ledger shows it."""

    entry_id = fields.String(required=True, metadata=note("The service's id of the entry."))
    person_id = fields.String(required=True, metadata=note("The service's id of the person."))
    external_ref = fields.String(required=True, metadata=note("The provider's id of the entry."))
    provider_id = fields.Integer(
        required=True, metadata=note("The client that registered it; 0: the person alone.")
    )
    status = fields.String(required=True, metadata=note("Where the entry stands.", enum=list(ENTRY_STATUSES)))
    division_code = fields.String(required=True, metadata=note("Where the person's unit is."))
    credit_year = fields.Integer(
        required=True, metadata=note("The year the hours count for.", minimum=CREDIT_YEAR_MIN)
    )
    subject = fields.String(required=True, metadata=note("Subject of the hours.", enum=list(SUBJECTS)))
    hours = AnsweredHours(required=True, metadata=note("Registered hours."))
    recognised_hours = AnsweredHours(
        required=True, metadata=note("Hours recognised by the competent authority.")
    )
    self_registered = fields.Boolean(required=True, metadata=note("Registered by the person alone."))
    evidence = fields.Integer(
        required=True, metadata=note("How many files the person added to hours registered alone.", minimum=0)
    )
    series = fields.String(required=True, allow_none=True, metadata=note("Series (系列)."))
    course = fields.Nested(
        CourseAnswerSchema, required=True, allow_none=True, metadata=note("What was learned.")
    )
    completed_on = fields.Date(required=True, allow_none=True, metadata=note("Day of completion."))
    certificate_no = fields.String(
        required=True, allow_none=True, metadata=note("Number of the certificate.")
    )
    recorded_at = fields.AwareDateTime(required=True, metadata=note("When the ledger recorded it."))


class EntryPageSchema(StrictSchema):
    """A page of entries."""

    entries = fields.List(
        fields.Nested(EntryAnswerSchema), required=True, metadata=note("In a stable order.")
    )
    next_cursor = fields.String(
        required=True, allow_none=True, metadata=note("For the next page; null on the last one.")
    )


class BatchItemSchema(StrictSchema):
    """What became of one entry of a batch."""

    index = fields.Integer(required=True, metadata=note("Its place in the request, from 0.", minimum=0))
    external_ref = fields.String(
        required=True, allow_none=True, metadata=note("As sent; null when it was no usable text.")
    )
    result = fields.String(
        required=True, metadata=note("What was done.", enum=["created", "replayed", "refused"])
    )
    entry_id = fields.String(metadata=note("Unless it was refused."))
    person_id = fields.String(metadata=note("Unless it was refused."))
    status = fields.String(metadata=note("Unless it was refused.", enum=list(ENTRY_STATUSES)))
    problem = fields.Nested(ItemProblemSchema, metadata=note("Why it was refused."))


class BatchAnswerSchema(StrictSchema):
    """One result for each entry, in the order of the request."""

    results = fields.List(fields.Nested(BatchItemSchema), required=True, metadata=note("In order."))


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    entry_id, person_id = encode_ids(entry.person_id, entry.seq)
    course = None
    if entry.course_code is not None or entry.course_title is not None:
        course = {"code": entry.course_code, "title": entry.course_title}
    return {
        "entry_id": entry_id,
        "person_id": person_id,
        "external_ref": entry.external_ref,
        "provider_id": entry.provider_id,
        "status": entry.status,
        "division_code": entry.division_code,
        "credit_year": entry.credit_year,
        "subject": entry.subject,
        "hours": hours_number(entry.hours),
        "recognised_hours": hours_number(entry.recognised_hours),
        "self_registered": entry.self_registered,
        "evidence": entry.evidence,
        "series": entry.series,
        "course": course,
        "completed_on": None if entry.completed_on is None else entry.completed_on.isoformat(),
        "certificate_no": entry.certificate_no,
        "recorded_at": entry.recorded_at.astimezone(SHANGHAI).isoformat(),
    }
