"""Questions: may this person declare this level in this year?"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from api.schemas.notes import note
from api.schemas.person import PersonField
from service.domain.question import (
    DECLARATION_YEAR_MAX,
    DECLARATION_YEAR_MIN,
    LEVELS,
    PURPOSES,
    REQUIRED_YEARS_MAX,
    REVIEWERS,
    Question,
)
from service.domain.subjects import STANDINGS, SUBJECTS
from service.domain.zone import SHANGHAI
from service.fields import (
    ChoiceField,
    DivisionField,
    FieldFault,
    HoursField,
    InstantField,
    IntegerField,
    RecordField,
    RowNumberField,
    RowsField,
    StrictSchema,
    Surroundings,
    TextField,
    YearField,
)
from service.operations.check_eligibility import EligibilityAsk, SupposedHours
from service.operations.resolve_committee import CommitteeAsk

QUESTIONS_MAX: Final = 1000
SUPPOSED_ROWS_MAX: Final = 1000

_REVIEWER_WORDS: Final = (*REVIEWERS, "province")
"""``province`` is taken for ``provincial``: the contract's other word for it."""


class QuestionSchema(StrictSchema):
    """A question without its person."""

    division_code = DivisionField(required=True, metadata=note("Where the person's unit is (GB/T 2260)."))
    declaration_year = IntegerField(
        DECLARATION_YEAR_MIN,
        DECLARATION_YEAR_MAX,
        required=True,
        metadata=note("Year of the declaration (Y)."),
    )
    level = ChoiceField(LEVELS, required=True, metadata=note("Level declared."))
    purpose = ChoiceField(PURPOSES, load_default="review", metadata=note("What the declaration is for."))
    reviewed_by = ChoiceField(
        _REVIEWER_WORDS,
        load_default="city",
        metadata=note("Whose committee reviews; `province` is the same as `provincial`."),
    )
    series = TextField(100, allow_none=True, metadata=note("Series (系列) of the title."))
    committee = RowNumberField(
        allow_none=True,
        metadata=note(
            "Number of the review committee in the place's plan of the declaration year: `12`, or `1-22` where the "
            "plan has parts (GET /v1/review-plans). Then the plan says who reviews; `reviewed_by` need not be given "
            "and must not contradict it."
        ),
    )
    required_years = IntegerField(
        1,
        REQUIRED_YEARS_MAX,
        allow_none=True,
        metadata=note("Years the title requires (N). Not given: assumed by level, with an advisory."),
    )
    tenure_start = YearField(
        1949, DECLARATION_YEAR_MAX, allow_none=True, metadata=note("Year the present title was obtained.")
    )
    as_of = InstantField(
        allow_none=True,
        metadata=note(
            "Only what the ledger had recorded by this moment counts. A later moment of today (Asia/Shanghai) is "
            "answered for now, and the answer's own `as_of` says so; a later day is refused."
        ),
    )

    @validates_schema(skip_on_field_errors=False)
    def times_fit(self, data: Mapping[str, Any], **_: Any) -> None:
        """The tenure begins by the declaration year; the day of the moment asked about has come."""
        faults = {}
        start, year, as_of = data.get("tenure_start"), data.get("declaration_year"), data.get("as_of")
        if start is not None and year is not None and start > year:
            faults["tenure_start"] = [FieldFault("tenure_after_declaration")]
        if as_of is not None and as_of.astimezone(SHANGHAI).date() > Surroundings.get().today:
            faults["as_of"] = [FieldFault("as_of_in_future")]
        if faults:
            raise ValidationError(faults)


def question_of(data: Mapping[str, Any]) -> Question:
    """The domain's question in what QuestionSchema loaded."""
    reviewed_by = data["reviewed_by"]
    return Question(
        division_code=data["division_code"],
        declaration_year=data["declaration_year"],
        level=data["level"],
        purpose=data["purpose"],
        reviewed_by="city" if reviewed_by == "city" else "provincial",
        series=data.get("series"),
        required_years=data.get("required_years"),
        tenure_start=data.get("tenure_start"),
    )


def committee_of(data: Mapping[str, Any], sent: Mapping[str, Any]) -> CommitteeAsk | None:
    """The committee that the question names, with the reviewer only where that was ``sent``."""
    number = data.get("committee")
    if number is None:
        return None
    return CommitteeAsk(number, question_of(data).reviewed_by if "reviewed_by" in sent else None)


class EligibilitySchema(QuestionSchema):
    """Loads as an EligibilityAsk."""

    person = PersonField(required=True, metadata=note("By document, or by the id the service gave out."))

    @post_load(pass_original=True)
    def as_ask(self, data: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> EligibilityAsk:
        committee = committee_of(data, sent)
        as_of = data.get("as_of")
        if as_of is not None and as_of > Surroundings.get().now:
            as_of = None  # the end of today, or a clock a little ahead: what is known is known now
        return EligibilityAsk(data["person"], question_of(data), as_of, committee=committee)


class EligibilityBatchSchema(StrictSchema):
    """Loads as {"questions": [EligibilityAsk]}."""

    questions = RowsField(
        RecordField(EligibilitySchema),
        1,
        QUESTIONS_MAX,
        required=True,
        metadata=note("1 to 1,000 questions."),
    )


class SupposedHoursSchema(StrictSchema):
    """Loads as SupposedHours."""

    year = YearField(
        DECLARATION_YEAR_MIN, DECLARATION_YEAR_MAX, required=True, metadata=note("Year the hours count for.")
    )
    subject = ChoiceField(SUBJECTS, "unknown_subject", required=True, metadata=note("Subject of the hours."))
    hours = HoursField(required=True, metadata=note("Hours, one decimal at most."))
    status = ChoiceField(
        STANDINGS,
        load_default="recognised",
        metadata=note("`registered`: by a provider or an authority; `self_registered`: by the person alone."),
    )

    @post_load
    def as_line(self, data: Mapping[str, Any], **_: Any) -> SupposedHours:
        return SupposedHours(data["year"], data["subject"], data["hours"], data["status"])


class EvaluationSchema(QuestionSchema):
    """Loads as arguments of ``evaluate``. The division code comes from the path."""

    division_code = DivisionField(metadata=note("As in the path, or left out."))
    hours = RowsField(
        RecordField(SupposedHoursSchema),
        0,
        SUPPOSED_ROWS_MAX,
        required=True,
        metadata=note(
            "What the person is supposed to have, up to 1,000 rows. Rows of a year and subject add up."
        ),
    )

    @post_load(pass_original=True)
    def as_supposition(self, data: Mapping[str, Any], sent: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {
            "question": question_of(data),
            "hours": data["hours"],
            "committee": committee_of(data, sent),
            "as_of": data.get("as_of"),
        }


def named_division(body: Any) -> Iterator[object]:
    """The division code an unchecked question names."""
    if isinstance(body, Mapping):
        yield body.get("division_code")


def named_divisions(body: Any) -> Iterator[object]:
    """The division codes an unchecked batch of questions names."""
    if isinstance(body, Mapping) and isinstance(body.get("questions"), list):
        for question in body["questions"]:
            yield from named_division(question)
