"""How much waits for recognition: the dict, and the schema that describes it."""

from typing import Any

from marshmallow import fields

from api.schemas.notes import note
from service.fields import StrictSchema
from service.operations.count_recognition_queue import QueueCounts
from service.operations.read_recognition_queue import AGES, NO_SERIES


class _CountSchema(StrictSchema):
    entries = fields.Integer(required=True, metadata=note("How many wait.", minimum=0))


class AgeCountSchema(_CountSchema):
    """How many wait as long."""

    age = fields.String(required=True, metadata=note("As the query has it.", enum=list(AGES)))


class SeriesCountSchema(_CountSchema):
    """How many wait of a series."""

    series = fields.String(
        required=True,
        allow_none=True,
        metadata=note("In the form in which names are compared; null: none named."),
    )


class ProviderCountSchema(_CountSchema):
    """How many wait of a provider."""

    provider_id = fields.Integer(required=True, metadata=note("Who registered them; 0: people alone."))
    name = fields.String(required=True, metadata=note("Its name."))


class YearCountSchema(_CountSchema):
    """How many wait of a year."""

    credit_year = fields.Integer(required=True, metadata=note("The year the hours count for."))


class DivisionCountSchema(_CountSchema):
    """How many wait in a division."""

    division_code = fields.String(
        required=True, metadata=note("The division itself, without those below it.")
    )


class QueueCountsSchema(StrictSchema):
    """How much waits. Each list is of one thing, under everything else that was chosen."""

    total = fields.Integer(required=True, metadata=note("Under everything that was chosen.", minimum=0))
    by_age = fields.List(
        fields.Nested(AgeCountSchema), required=True, metadata=note("Short to long, all ages.")
    )
    by_series = fields.List(fields.Nested(SeriesCountSchema), required=True, metadata=note("Most first."))
    by_provider = fields.List(fields.Nested(ProviderCountSchema), required=True, metadata=note("Most first."))
    by_year = fields.List(fields.Nested(YearCountSchema), required=True, metadata=note("Late to early."))
    by_division = fields.List(fields.Nested(DivisionCountSchema), required=True, metadata=note("Most first."))
    cut = fields.Boolean(
        required=True,
        metadata=note("Whether a division has more than 100,000, of which only the oldest are counted."),
    )


def queue_counts_json(counts: QueueCounts) -> dict[str, Any]:
    """The counts as JSON."""
    return {
        "total": counts.total,
        "by_age": [{"age": age, "entries": number} for age, number in counts.by_age.items()],
        "by_series": [
            {"series": None if name == NO_SERIES else name, "entries": number}
            for name, number in counts.by_series.items()
        ],
        "by_provider": [{**who._asdict(), "entries": number} for who, number in counts.by_provider.items()],
        "by_year": [{"credit_year": year, "entries": number} for year, number in counts.by_year.items()],
        "by_division": [
            {"division_code": code, "entries": number} for code, number in counts.by_division.items()
        ],
        "cut": counts.cut,
    }
