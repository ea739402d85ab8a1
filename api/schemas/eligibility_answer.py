"""The answer to a question, for openapi.yaml: ``service.answer`` makes it."""

from typing import Any, Final

from marshmallow import fields

from api.schemas.notes import AnsweredHours, note
from service.domain.question import REVIEWERS
from service.fields import StrictSchema

OUTCOMES: Final = ["eligible", "not_eligible", "undetermined", "referred"]
YEAR_STATUSES: Final = ["met", "not_met", "deemed", "not_assessed"]
ROUTES: Final = ["annual", "cumulative"]
BASES: Final = ["quoted", "derived", "by_reference", "reading"]


def _required(field: type[fields.Field[Any]], description: str, **more: Any) -> fields.Field[Any]:
    return field(required=True, metadata=note(description, **more))


class CitationSchema(StrictSchema):
    """Where a rule comes from."""

    document = _required(fields.String, "Number of the notice.")
    clause = _required(fields.String, "Clause of the notice.")
    text = _required(fields.String, "The words.")
    basis = _required(
        fields.String,
        "The notice's own words, derived from them, taken by reference, or our reading.",
        enum=BASES,
    )


class FindingSchema(StrictSchema):
    """One rule, met or not. Figures only where the rule measures something: hours or years."""

    code = _required(fields.String, "The rule's code; never changes with the language.")
    met = _required(fields.Boolean, "Whether the rule is met.")
    year = fields.Integer(metadata=note("The year it is about."))
    required = AnsweredHours(metadata=note("What the rule asks: hours or years."))
    counted = AnsweredHours(metadata=note("What was counted."))
    short_by = AnsweredHours(metadata=note("What is missing."))
    citation = fields.Nested(CitationSchema, metadata=note("Its line in the notice."))
    settled_by = fields.String(metadata=note("Who settles what the notices do not."))
    message = _required(fields.String, "The same in words.")


class AdvisorySchema(StrictSchema):
    """Something to know that does not change the outcome."""

    code = _required(fields.String, "The advisory's code.")
    year = fields.Integer(metadata=note("The year it is about."))
    on = fields.Date(metadata=note("The day it was entered or recorded."))
    citation = fields.Nested(CitationSchema, metadata=note("Where it comes from."))
    message = _required(fields.String, "The same in words.")


class SubjectHoursSchema(StrictSchema):
    """Hours by subject; `public` is all public hours."""

    total = _required(AnsweredHours, "All hours.")
    public = _required(AnsweredHours, "All public hours, those of unstated kind too.")
    general_public = _required(AnsweredHours, "General public hours (一般公需).")
    industry_public = _required(AnsweredHours, "Industry public hours (行业公需).")
    specialty = _required(AnsweredHours, "Specialty hours (专业).")


class YearSchema(StrictSchema):
    """One year of the window."""

    year = _required(fields.Integer, "The year.")
    status = _required(fields.String, "How it stands.", enum=YEAR_STATUSES)
    hours = fields.Nested(SubjectHoursSchema, required=True, metadata=note("Hours that count."))
    pending = fields.Nested(
        SubjectHoursSchema, required=True, metadata=note("Hours that wait for recognition.")
    )


class RemedyHoursSchema(StrictSchema):
    """The least hours still needed for a year."""

    year = _required(fields.Integer, "For a cumulative remedy: the declaration year.")
    general_public = _required(AnsweredHours, "How many of `public` must be general.")
    public = _required(AnsweredHours, "Public hours needed.")
    specialty = _required(AnsweredHours, "Specialty hours needed.")
    any = _required(AnsweredHours, "On top, of any subject.")


class RemedySchema(StrictSchema):
    """What it would take."""

    possible = _required(fields.Boolean, "Whether hours can mend it.")
    route = fields.String(
        required=True,
        allow_none=True,
        metadata=note("The cheaper route; a tie goes to the cumulative.", enum=ROUTES),
    )
    hours = fields.List(fields.Nested(RemedyHoursSchema), required=True, metadata=note("By year."))
    message = _required(fields.String, "The same in words.")


class ComparisonSchema(StrictSchema):
    """An advisory comparison, where no rule decides."""

    met = _required(fields.Boolean, "Whether the figures would be met.")
    message = _required(fields.String, "The same in words.")
    findings = fields.List(fields.Nested(FindingSchema), required=True, metadata=note("Rule by rule."))


class PolicyMarkSchema(StrictSchema):
    """The policy that was applied."""

    id = _required(fields.String, "Its id.")
    division_code = _required(fields.String, "The division it speaks for.")
    name = _required(fields.String, "That division's name.")
    document = _required(fields.String, "Number of the notice.")
    digest = _required(fields.String, "SHA-256 of the policy file.", pattern="^sha256:[0-9a-f]{64}$")


class WindowSchema(StrictSchema):
    """The years looked at."""

    first_year = _required(fields.Integer, "First year.")
    last_year = _required(fields.Integer, "Last year.")
    required_years = fields.Integer(
        required=True, allow_none=True, metadata=note("Years the title requires (N).")
    )


class MaskedPersonSchema(StrictSchema):
    """Whom the answer is about, masked."""

    known = _required(fields.Boolean, "Whether the ledger has ever seen this person.")
    person_id = fields.String(
        required=True, allow_none=True, metadata=note("The service's id; null if unknown.")
    )
    id_number_masked = fields.String(
        required=True, allow_none=True, metadata=note("First four and last four characters.")
    )
    name_masked = fields.String(required=True, allow_none=True, metadata=note("First character."))


class LedgerMarkSchema(StrictSchema):
    """The place in the person's chain that the answer was made from."""

    position = _required(fields.Integer, "Facts recorded of the person by then.", minimum=0)
    head = _required(fields.String, "Hash of the last of them.", pattern="^sha256:[0-9a-f]{64}$")


class CommitteeMarkSchema(StrictSchema):
    """The committee the question named, as the year's plan has it."""

    number = _required(fields.String, "Its number in the plan.")
    name = _required(fields.String, "The committee; of a row that only recommends, the titles recommended.")
    reviewed_by = _required(fields.String, "Who reviews the level.", enum=list(REVIEWERS))
    closing_month = fields.Integer(
        required=True,
        allow_none=True,
        metadata=note(
            "Last month in which applications are received; null where the plan names none.",
            minimum=1,
            maximum=12,
        ),
    )
    receiving_unit = fields.String(
        required=True, allow_none=True, metadata=note("Who receives the applications.")
    )
    document = _required(fields.String, "Number of the notice.")
    digest = _required(fields.String, "SHA-256 of the annex's file of data.", pattern="^sha256:[0-9a-f]{64}$")


class EligibilityAnswerSchema(StrictSchema):
    """The answer: outcome, every rule with its figures and its line in the notice, and what it would take."""

    outcome = _required(fields.String, "What the loaded notices say.", enum=OUTCOMES)
    person = fields.Nested(
        MaskedPersonSchema, required=True, allow_none=True, metadata=note("Null for supposed hours.")
    )
    policy = fields.Nested(
        PolicyMarkSchema, required=True, allow_none=True, metadata=note("Null where no policy speaks.")
    )
    window = fields.Nested(WindowSchema, required=True, metadata=note("The years looked at."))
    route = fields.String(
        required=True, allow_none=True, metadata=note("The route by which the rule is met.", enum=ROUTES)
    )
    years = fields.List(fields.Nested(YearSchema), required=True, metadata=note("Year by year."))
    findings = fields.List(
        fields.Nested(FindingSchema), required=True, metadata=note("Rules met and not met.")
    )
    advisories = fields.List(
        fields.Nested(AdvisorySchema), required=True, metadata=note("They never change the outcome.")
    )
    remedy = fields.Nested(
        RemedySchema, required=True, allow_none=True, metadata=note("Null unless `not_eligible`.")
    )
    pending_would_satisfy = _required(
        fields.Boolean, "Whether the hours that wait for recognition would suffice."
    )
    comparison = fields.Nested(
        ComparisonSchema,
        required=True,
        allow_none=True,
        metadata=note("Where no rule decides: for orientation."),
    )
    committee = fields.Nested(
        CommitteeMarkSchema,
        required=True,
        allow_none=True,
        metadata=note("Null when the question named none."),
    )
    as_of = fields.AwareDateTime(
        required=True, allow_none=True, metadata=note("What was recorded by this moment counted.")
    )
    ledger = fields.Nested(
        LedgerMarkSchema, required=True, allow_none=True, metadata=note("Null for supposed hours.")
    )


class EligibilityBatchAnswerSchema(StrictSchema):
    """One answer for each question."""

    answers = fields.List(
        fields.Nested(EligibilityAnswerSchema), required=True, metadata=note("In the order of the questions.")
    )
