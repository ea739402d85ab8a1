"""The form in which a provider registers one completion: an entry of the API, laid flat."""

from collections.abc import Mapping
from typing import Any

from marshmallow import post_load, validates_schema

from api.schemas.entry import REFERENCE_MAX, require_years_fit
from api.schemas.person import NAME_MAX
from service.domain.entry import ENTRY_STATUSES, EntryDraft
from service.domain.identity import ID_TYPES, Identity
from service.domain.subjects import SUBJECTS
from service.fields import (
    ChoiceField,
    DayField,
    DivisionField,
    EntryIdField,
    HoursField,
    IdNumberField,
    PersonIdField,
    StrictSchema,
    TextField,
    YearField,
)


class EntryFormSchema(StrictSchema):
    """Loads as an EntryDraft."""

    external_ref = TextField(REFERENCE_MAX, required=True)
    id_type = ChoiceField(ID_TYPES, load_default="resident_id")
    id_number = IdNumberField(required=True)
    name = TextField(NAME_MAX, required=True)
    division_code = DivisionField(required=True)
    credit_year = YearField(required=True, from_text=True)
    subject = ChoiceField(SUBJECTS, "unknown_subject", required=True)
    hours = HoursField(required=True)
    series = TextField(100)
    course_code = TextField(100)
    course_title = TextField(300)
    completed_on = DayField()
    certificate_no = TextField(100)

    @validates_schema(skip_on_field_errors=False)
    def years_fit(self, data: Mapping[str, Any], **_: Any) -> None:
        require_years_fit(data)

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> EntryDraft:
        fields = dict(data)
        identity = Identity(fields.pop("id_type"), fields.pop("id_number"))
        return EntryDraft(identity=identity, **fields)


class LikeSchema(StrictSchema):
    """Which entry to begin from: another person's completion of the same course."""

    like = EntryIdField()


class EntrySearchSchema(StrictSchema):
    """Which entries to show."""

    person_id = PersonIdField()
    credit_year = YearField(from_text=True)
    status = ChoiceField(ENTRY_STATUSES)
    cursor = TextField(200)
