"""Entries: what a provider sends and what the ledger shows of them."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, missing, post_load, validates_schema

from api.schemas.notes import note
from api.schemas.person import NamedPersonSchema
from service.domain.entry import ENTRY_STATUSES, REVERSAL_REASONS, EntryDraft, year_faults
from service.domain.errors import Fault, invalid_request
from service.domain.subjects import SUBJECTS
from service.fields import (
    ChoiceField,
    DayField,
    DivisionField,
    FieldFault,
    HoursField,
    IntegerField,
    PersonIdField,
    RecordField,
    RowsField,
    StrictSchema,
    Surroundings,
    TextField,
    TruthField,
    YearField,
    faults_of,
)

REFERENCE_MAX: Final = 200
BATCH_MAX: Final = 1000


def require_years_fit(data: Mapping[str, Any]) -> None:
    """Raises ValidationError when ``credit_year`` and ``completed_on`` do not fit each other or today."""
    today = Surroundings.get().today
    year = data.get("credit_year", today.year)
    pointers = ("credit_year", "completed_on")
    faults = {
        fault.pointer: [FieldFault(fault.code, fault.params)]
        for fault in year_faults(year, data.get("completed_on"), today, pointers)
        if fault.pointer in data
    }
    if faults:
        raise ValidationError(faults)


class CourseSchema(StrictSchema):
    """A course by its code, its title or both."""

    code = TextField(100, allow_none=True, metadata=note("The provider's code of the course."))
    title = TextField(300, allow_none=True, metadata=note("The course's title."))


class EntrySchema(StrictSchema):
    """Loads as an EntryDraft."""

    external_ref = TextField(
        REFERENCE_MAX,
        required=True,
        metadata=note("The caller's own id of the entry: unique per provider, for ever."),
    )
    person = RecordField(NamedPersonSchema, required=True, metadata=note("Who learned."))
    division_code = DivisionField(required=True, metadata=note("Where the person's unit is (GB/T 2260)."))
    credit_year = YearField(
        required=True,
        metadata=note(
            "The year the hours count for: the completion day's year or the year before it, never in the future."
        ),
    )
    subject = ChoiceField(
        SUBJECTS,
        "unknown_subject",
        required=True,
        metadata=note("`public` is 公需 whose kind is not stated: it never counts as general public."),
    )
    hours = HoursField(required=True, metadata=note("Hours, one decimal at most."))
    series = TextField(100, allow_none=True, metadata=note("Series (系列) of the title, as people write it."))
    course = RecordField(CourseSchema, allow_none=True, metadata=note("What was learned."))
    completed_on = DayField(allow_none=True, metadata=note("Day of completion."))
    certificate_no = TextField(
        100, allow_none=True, metadata=note("Number of the certificate of completion.")
    )

    @validates_schema(skip_on_field_errors=False)
    def years_fit(self, data: Mapping[str, Any], **_: Any) -> None:
        """Credit year and completion day against each other and against today."""
        require_years_fit(data)

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> EntryDraft:
        identity, name = data["person"]
        course = data.get("course") or {}
        # By place, not by name: a batch has a thousand of these.
        return EntryDraft(
            data["external_ref"],
            identity,
            name,
            data["division_code"],
            data["credit_year"],
            data["subject"],
            data["hours"],
            data.get("series"),
            course.get("code"),
            course.get("title"),
            data.get("completed_on"),
            data.get("certificate_no"),
        )


class AttemptField(RecordField):
    """An item that may fail alone: loads as what its schema makes of it, or as the Refusal that says its faults."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """As the field's; null is an item that is no object, not a fault of the whole list."""
        if value is None:
            return invalid_request([Fault("", "not_an_object")])
        if value is missing:
            return super().deserialize(value, *args, **kwargs)
        try:
            return self._load(value)
        except ValidationError as error:
            return invalid_request(list(faults_of(error.messages)))


class EntryBatchSchema(StrictSchema):
    """Loads as {"entries": [EntryDraft | Refusal]}: one bad entry does not stop the others."""

    entries = RowsField(
        AttemptField(EntrySchema), 1, BATCH_MAX, required=True, metadata=note("1 to 1,000 entries.")
    )


class BatchQuerySchema(StrictSchema):
    """Query of a batch."""

    atomic = TruthField(
        from_text=True,
        load_default=False,
        metadata=note("All or none: one refused entry refuses the whole batch."),
    )


class EntryListQuerySchema(StrictSchema):
    """Query of the list of entries."""

    person_id = PersonIdField(metadata=note("Only this person's entries."))
    credit_year = YearField(from_text=True, metadata=note("Only entries of this year."))
    status = ChoiceField(ENTRY_STATUSES, metadata=note("Only entries of this status."))
    cursor = TextField(200, metadata=note("`next_cursor` of the page before."))
    limit = IntegerField(1, 1000, from_text=True, load_default=100, metadata=note("Entries on a page."))


class ReversalSchema(StrictSchema):
    """Why an entry is reversed."""

    reason = ChoiceField(REVERSAL_REASONS, required=True, metadata=note("Why. `falsified` says so for ever."))
    note = TextField(1000, allow_none=True, metadata=note("In words, without personal data."))
