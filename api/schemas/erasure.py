"""Erasure: what is sent, and what is answered."""

from marshmallow import fields

from api.schemas.notes import note
from service.fields import StrictSchema, TextField

REASON_MAX = 1000


class ErasureSchema(StrictSchema):
    """Why a person's name and number are erased."""

    reason = TextField(REASON_MAX, required=True, metadata=note("Kept for ever: without names."))


class ErasureAnswerSchema(StrictSchema):
    """That they were erased."""

    person_id = fields.String(required=True, metadata=note("The person id, which stays."))
    erased_at = fields.AwareDateTime(required=True, metadata=note("When."))
    reason = fields.String(required=True, metadata=note("As it was given."))
