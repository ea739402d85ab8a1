"""The notices' annexes as they are answered: who reviews what and until when, and who recognises hours."""

from typing import Any, Final

from marshmallow import fields

from api.schemas.notes import note
from service.annexes import AnnexSource, AuthorityRow, PlanRow
from service.domain.question import DECLARATION_YEAR_MAX, DECLARATION_YEAR_MIN, LEVELS, REVIEWERS
from service.fields import DivisionField, IntegerField, StrictSchema, TextField

ROWS_MAX: Final = 1000


class AuthorityQuerySchema(StrictSchema):
    """Query of the authorities."""

    division_code = DivisionField(
        metadata=note("The list that holds in this division; all lists if left out.")
    )
    series = TextField(
        100, metadata=note("Only who recognises this series; 一般公需科目 for general public hours.")
    )
    limit = IntegerField(1, ROWS_MAX, from_text=True, load_default=ROWS_MAX, metadata=note("Rows at most."))


class ReviewPlanQuerySchema(StrictSchema):
    """Query of the review plans."""

    division_code = DivisionField(
        metadata=note("The plan that holds in this division; all plans if left out.")
    )
    year = IntegerField(
        DECLARATION_YEAR_MIN,
        DECLARATION_YEAR_MAX,
        from_text=True,
        metadata=note("The plan of this year, which speaks for no other; left out: the newest there is."),
    )
    q = TextField(
        200,
        metadata=note(
            "Words, divided by spaces, that must all stand in committee, titles, specialties, scope or remarks."
        ),
    )
    limit = IntegerField(1, ROWS_MAX, from_text=True, load_default=ROWS_MAX, metadata=note("Rows at most."))


class AnnexSourceSchema(StrictSchema):
    """Where a row is written."""

    division_code = fields.String(required=True, metadata=note("The place whose notice it is."))
    year = fields.Integer(required=True, metadata=note("The year it speaks for."))
    document = fields.String(required=True, metadata=note("Number of the notice."))
    annex = fields.String(required=True, metadata=note("The annex."))
    part = fields.Integer(
        required=True, allow_none=True, metadata=note("Part of the annex, if it has parts.")
    )
    heading = fields.String(required=True, metadata=note("Heading of the table."))


def _text(description: str) -> fields.Field[Any]:
    return fields.String(required=True, allow_none=True, metadata=note(description))


def _month(description: str) -> fields.Field[Any]:
    return fields.Integer(required=True, allow_none=True, metadata=note(description, minimum=1, maximum=12))


class AuthorityRowSchema(StrictSchema):
    """An authority, and the series whose hours it recognises."""

    row = fields.Integer(required=True, metadata=note("Number in the list."))
    specialty = _text("Specialties, in the notice's words.")
    authority = _text("The competent authority.")
    phone = _text("Its telephone number.")
    series = fields.List(
        fields.String(), required=True, metadata=note("Names by which the series are asked for.")
    )
    note_ = fields.String(
        data_key="note", required=True, allow_none=True, metadata=note("Ours, on the source.")
    )
    source = fields.Nested(AnnexSourceSchema, required=True, metadata=note("Where it is written."))


class AuthorityListSchema(StrictSchema):
    """The authorities asked for."""

    authorities = fields.List(
        fields.Nested(AuthorityRowSchema),
        required=True,
        metadata=note("In the notice's order; empty: the notice names nobody."),
    )
    total = fields.Integer(required=True, metadata=note("Rows there are, shown or not.", minimum=0))


class PlanRowSchema(StrictSchema):
    """A row of a review plan: a committee, or titles recommended to one. Null: the notice says nothing."""

    number = fields.String(
        required=True, metadata=note("Number in the plan; what a question's `committee` names.")
    )
    committee = _text("The committee.")
    titles_reviewed = _text("Titles it reviews.")
    titles_recommended = _text("Titles recommended to another committee.")
    levels_reviewed = fields.List(
        fields.String(metadata={"enum": list(LEVELS)}), required=True, metadata=note("Their levels.")
    )
    levels_recommended = fields.List(
        fields.String(metadata={"enum": list(LEVELS)}), required=True, metadata=note("Their levels.")
    )
    reviewed_by = fields.String(
        required=True, metadata=note("Who reviews: the city or the province.", enum=list(REVIEWERS))
    )
    recommended_to = fields.String(
        required=True,
        allow_none=True,
        metadata=note("Who reviews the titles recommended.", enum=[*REVIEWERS, None]),
    )
    specialties = _text("Specialties.")
    scope = _text("Whose applications it takes.")
    started = _text("When it begins.")
    closing = _text("Until when applications are received.")
    closing_month = _month("The month in it.")
    review = _text("When the review is.")
    review_month = _month("The month in it.")
    finished = _text("When it is finished.")
    finished_month = _month("The month in it.")
    receiving_unit = _text("Who receives the applications.")
    phone = _text("Its telephone number.")
    remarks = _text("Remarks of the notice.")
    note_ = fields.String(
        data_key="note", required=True, allow_none=True, metadata=note("Ours, on the source.")
    )
    source = fields.Nested(AnnexSourceSchema, required=True, metadata=note("Where it is written."))


class ReviewPlanListSchema(StrictSchema):
    """The rows asked for."""

    rows = fields.List(
        fields.Nested(PlanRowSchema), required=True, metadata=note("In the order of the notices.")
    )
    total = fields.Integer(required=True, metadata=note("Rows there are, shown or not.", minimum=0))


def authority_json(row: AuthorityRow) -> dict[str, Any]:
    """A row of a list of authorities as JSON."""
    return {
        "row": row.row,
        "specialty": row.specialty,
        "authority": row.authority,
        "phone": row.phone or None,
        "series": list(row.series),
        "note": row.note or None,
        "source": _source_json(row.source),
    }


_PLAN_TEXTS: Final = (
    "committee",
    "titles_reviewed",
    "titles_recommended",
    "specialties",
    "scope",
    "started",
    "closing",
    "review",
    "finished",
    "receiving_unit",
    "phone",
    "remarks",
    "note",
)
_PLAN_MONTHS: Final = ("closing_month", "review_month", "finished_month")


def plan_row_json(row: PlanRow) -> dict[str, Any]:
    """A row of a review plan as JSON."""
    return {
        "number": row.number,
        **{name: getattr(row, name) or None for name in _PLAN_TEXTS},
        **{name: getattr(row, name) for name in _PLAN_MONTHS},
        "levels_reviewed": list(row.levels_reviewed),
        "levels_recommended": list(row.levels_recommended),
        "reviewed_by": row.reviewed_by,
        "recommended_to": row.recommended_to,
        "source": _source_json(row.source),
    }


def _source_json(source: AnnexSource) -> dict[str, Any]:
    return {
        "division_code": source.division_code,
        "year": source.year,
        "document": source.document,
        "annex": source.annex,
        "part": source.part,
        "heading": source.heading,
    }
