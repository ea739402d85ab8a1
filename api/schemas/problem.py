"""The one shape of failure, for openapi.yaml."""

from marshmallow import INCLUDE, fields

from api.schemas.notes import note
from service.fields import StrictSchema


class FaultSchema(StrictSchema):
    """One fault of an input."""

    pointer = fields.String(
        required=True,
        metadata=note(
            "JSON pointer into the request's body; the fields of a form and of a query count as one object each."
        ),
    )
    code = fields.String(required=True, metadata=note("What is wrong; never changes with the language."))
    detail = fields.String(required=True, metadata=note("The same in words."))


class ItemProblemSchema(StrictSchema):
    """A problem of a part of a request."""

    class Meta:
        unknown = INCLUDE

    type = fields.String(required=True, metadata=note("Path of a page about it.", format="uri-reference"))
    title = fields.String(required=True, metadata=note("The kind of problem, in words."))
    status = fields.Integer(required=True, metadata=note("HTTP status.", minimum=400, maximum=599))
    detail = fields.String(required=True, metadata=note("This problem, in words."))
    code = fields.String(
        required=True, metadata=note("The kind of problem; never changes with the language.")
    )
    errors = fields.List(fields.Nested(FaultSchema), metadata=note("All faults of an invalid input."))
    fields_ = fields.List(
        fields.String(), data_key="fields", metadata=note("`reference_conflict`: the fields that differ.")
    )
    entries = fields.List(
        fields.String(), metadata=note("`import_built_on`: the first 100 entries that something stands on.")
    )
    entries_total = fields.Integer(metadata=note("`import_built_on`: how many there are."))
    existing_entry_id = fields.String(metadata=note("`duplicate_entry`: the entry it repeats."))
    recognising_authority = fields.String(
        allow_none=True,
        metadata=note("`forbidden_series`: who recognises these hours; null where the notice names nobody."),
    )
    existing_dispute_id = fields.String(metadata=note("`dispute_open`: the dispute there is."))
    characters = fields.List(
        fields.String(), metadata=note("`unprintable_name`: which characters, as U+XXXX.")
    )
    erasable_on = fields.Date(metadata=note("`retention_not_over`: the first day on which it is over."))


class ProblemSchema(ItemProblemSchema):
    """A problem (RFC 9457)."""

    request_id = fields.String(required=True, metadata=note("The answer's X-Request-Id."))
