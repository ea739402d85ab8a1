"""The form in which a person registers hours alone. Whose they are, the sign-in says."""

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import post_load, pre_load, validates_schema

from api.schemas.dispute import STATEMENT_MAX
from api.schemas.entry import require_years_fit
from api.schemas.notes import note
from service.domain.entry import OWN_REVERSAL_REASONS, OwnEntryDraft
from service.domain.subjects import SUBJECTS
from service.fields import (
    ChoiceField,
    DayField,
    DivisionField,
    HoursField,
    StrictSchema,
    TextField,
    YearField,
    wrong,
)

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)


class TokenField(TextField):
    """A random token that the form was given: 22 … 64 characters of URL-safe base64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(64, **kwargs)

    def _deserialize(self, value: object, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if not isinstance(value, str) or not _TOKEN.fullmatch(value):
            raise wrong("invalid")
        return value


_LINE_BREAKS: Final = re.compile(r"\s*[\r\n]+\s*")


class _FormSchema(StrictSchema):
    """A form of a page: a field that was left empty was not given, and lines are put one behind the other."""

    @pre_load
    def without_blanks(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {
            name: _LINE_BREAKS.sub(" ", value.strip()) if isinstance(value, str) else value
            for name, value in data.items()
            if value != ""
        }


class OwnEntrySchema(_FormSchema):
    """Loads as an OwnEntryDraft. The files of evidence come beside it."""

    token = TokenField(required=True, metadata=note("Made with the form: sent twice, it registers once."))
    division_code = DivisionField(required=True, metadata=note("Where the person's unit is (GB/T 2260)."))
    credit_year = YearField(
        required=True, from_text=True, metadata=note("The completion day's year or the year before it.")
    )
    subject = ChoiceField(SUBJECTS, "unknown_subject", required=True, metadata=note("Subject of the hours."))
    hours = HoursField(required=True, metadata=note("Hours, one decimal at most."))
    course_title = TextField(300, required=True, metadata=note("What was learned."))
    course_code = TextField(100, metadata=note("The course's code, if it has one."))
    series = TextField(100, metadata=note("Series (系列) of the title."))
    completed_on = DayField(metadata=note("Day of completion."))
    certificate_no = TextField(100, metadata=note("Number of the certificate of completion."))

    @validates_schema(skip_on_field_errors=False)
    def years_fit(self, data: Mapping[str, Any], **_: Any) -> None:
        require_years_fit(data)

    @post_load
    def as_draft(self, data: Mapping[str, Any], **_: Any) -> OwnEntryDraft:
        return OwnEntryDraft(**data)


class OwnReversalSchema(_FormSchema):
    """Why a person takes back what they registered alone."""

    reason = ChoiceField(OWN_REVERSAL_REASONS, load_default="other", metadata=note("Why."))
    note = TextField(1000, metadata=note("In words, without personal data."))


class OwnDisputeSchema(_FormSchema):
    """What a person says is wrong with an entry."""

    text = TextField(STATEMENT_MAX, required=True, metadata=note("In words. Kept for ever: without names."))
