"""People and their transcripts as they are answered: dicts, and the schemas that describe them."""

from typing import Any

from marshmallow import fields

from api.schemas.eligibility_answer import LedgerMarkSchema
from api.schemas.entry_answer import EntryAnswerSchema, entry_json
from api.schemas.notes import AnsweredHours, note
from service.domain.amounts import Amounts
from service.domain.hours import hours_number
from service.domain.identifiers import encode_person_id
from service.domain.identity import mask_id_number, mask_name
from service.domain.subjects import STANDINGS, SUBJECTS
from service.fields import StrictSchema, YearField
from service.operations.read_transcript import Transcript


class TranscriptQuerySchema(StrictSchema):
    """Query of a transcript."""

    year = YearField(from_text=True, metadata=note("Only this credit year."))


class PersonFoundSchema(StrictSchema):
    """A person found."""

    person_id = fields.String(required=True, metadata=note("The service's id of the person."))


class TranscriptPersonSchema(StrictSchema):
    """Whose transcript it is, masked."""

    person_id = fields.String(required=True, metadata=note("The service's id of the person."))
    id_number_masked = fields.String(
        required=True,
        allow_none=True,
        metadata=note("First four and last four characters; null once erased."),
    )
    name_masked = fields.String(
        required=True, allow_none=True, metadata=note("First character; null once erased.")
    )


class StandingHoursSchema(StrictSchema):
    """Hours of a subject by where they stand."""

    registered = AnsweredHours(required=True, metadata=note("Registered by a provider or an authority."))
    self_registered = AnsweredHours(required=True, metadata=note("Registered by the person alone."))
    recognised = AnsweredHours(required=True, metadata=note("Recognised by the competent authority."))
    rejected = AnsweredHours(required=True, metadata=note("Not recognised."))


class TranscriptYearSchema(StrictSchema):
    """The sums of a credit year."""

    year = fields.Integer(required=True, metadata=note("The credit year."))
    subjects = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(StandingHoursSchema),
        required=True,
        metadata=note(f"Subject ({', '.join(SUBJECTS)}) → hours; subjects without hours are left out."),
    )


class TranscriptSchema(StrictSchema):
    """Everything the ledger has of a person."""

    person = fields.Nested(TranscriptPersonSchema, required=True, metadata=note("Whose it is."))
    years = fields.List(
        fields.Nested(TranscriptYearSchema), required=True, metadata=note("Sums, year by year.")
    )
    entries = fields.List(
        fields.Nested(EntryAnswerSchema), required=True, metadata=note("Every entry, reversed ones too.")
    )
    ledger = fields.Nested(LedgerMarkSchema, required=True, metadata=note("The position it is of."))


def transcript_json(transcript: Transcript) -> dict[str, Any]:
    """A transcript as JSON, the person masked."""
    number, name = transcript.id_number, transcript.name
    return {
        "person": {
            "person_id": encode_person_id(transcript.person_id),
            "id_number_masked": None if number is None else mask_id_number(number),
            "name_masked": None if name is None else mask_name(name),
        },
        "years": [
            {
                "year": each.year,
                "subjects": {name: amounts_json(sums) for name, sums in each.subjects.items()},
            }
            for each in transcript.years
        ],
        "entries": [entry_json(entry) for entry in transcript.entries],
        "ledger": {"position": transcript.position, "head": f"sha256:{transcript.head.hex()}"},
    }


def amounts_json(amounts: Amounts) -> dict[str, int | float]:
    """Hours by standing."""
    return {standing: hours_number(getattr(amounts, standing)) for standing in STANDINGS}
