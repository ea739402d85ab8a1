"""The form of a policy file: every key it may have, checked before anything is compiled from it."""

import re
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from service.domain.hours import InvalidHours, parse_hours
from service.domain.question import LEVELS, PURPOSES, REVIEWERS
from service.domain.subjects import STANDINGS, SUBJECTS

_BASES = ("quoted", "derived", "by_reference", "reading")
_MEASURES = ("total", "specialty", "public", "general_public")
_OUTCOMES = ("eligible", "not_eligible", "undetermined", "referred")
_DIVISION = validate.Regexp(re.compile(r"[1-9][0-9]{5}\Z", re.ASCII), error="six digits of GB/T 2260")
_YEAR = validate.Range(min=1980, max=2100)
_TEXT = validate.Length(min=1, max=500)


class StrictSchema(Schema):
    """Unknown keys are refused: a misspelt key must not silently be no rule at all."""

    class Meta:
        unknown = RAISE


class Tenths(fields.Field[int]):
    """Hours in the file (an integer, or a decimal with one place), tenths in the program."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        if not isinstance(value, int | Decimal):
            raise ValidationError("a number of hours is wanted")
        try:
            return parse_hours(value)
        except InvalidHours as fault:
            raise ValidationError(f"{value} is no amount of hours with one decimal ({fault.code})") from fault


def _text(**kwargs: Any) -> fields.String:
    return fields.String(validate=_TEXT, **kwargs)


def _year(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=_YEAR, **kwargs)


def _count(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=40), **kwargs)


def _choices(allowed: tuple[str, ...], **kwargs: Any) -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.OneOf(allowed)), **kwargs)


def _levels_to_years(**kwargs: Any) -> fields.Dict:
    return fields.Dict(fields.String(validate=validate.OneOf(LEVELS)), _count(), **kwargs)


class CitationSchema(StrictSchema):
    document = _text()
    clause = _text(required=True)
    text = _text(required=True)
    basis = fields.String(required=True, validate=validate.OneOf(_BASES))


def _citation(**kwargs: Any) -> fields.Nested:
    return fields.Nested(CitationSchema, **kwargs)


class CitedSchema(StrictSchema):
    citation = _citation(required=True)


class DocumentSchema(StrictSchema):
    number = _text(required=True)
    title = _text(required=True)
    issued_by = _text(required=True)
    issued_on = fields.Raw(required=True)


class MinimumSchema(CitedSchema):
    measure = fields.String(required=True, validate=validate.OneOf(_MEASURES))
    hours = Tenths(required=True)


def _minima(**kwargs: Any) -> fields.List[Any]:
    return fields.List(fields.Nested(MinimumSchema), validate=validate.Length(min=1), **kwargs)


class AnnualMinimumSchema(StrictSchema):
    enabled = fields.Boolean(load_default=True)
    by_reference = fields.Boolean(load_default=False)
    minimum = _minima(required=True)


class CumulativeSchema(StrictSchema):
    years = _count(required=True)
    minimum = _minima(required=True)


class CountingSchema(CitedSchema):
    registered = fields.Boolean(required=True)
    own_register = fields.Boolean(required=True)


class ScopeSchema(CitedSchema):
    purposes = _choices(PURPOSES, required=True)
    by_reference = _choices(PURPOSES, load_default=list)
    levels = _choices(LEVELS, required=True)
    reference_citation = _citation()


class WindowSchema(StrictSchema):
    shape = fields.String(required=True, validate=validate.OneOf(("tenure", "since", "last_years")))
    assumed_years = _levels_to_years()
    first_year = _year()
    years = _levels_to_years()


class ConsecutiveYearsSchema(CitedSchema):
    count = _count(required=True)


class DeemedYearsSchema(CitedSchema):
    through = _year(required=True)


class IntegrityHoldSchema(CitedSchema):
    years = _count(required=True)


class FeedSchema(StrictSchema):
    feed_id = _text(required=True)
    name = _text(required=True)
    subjects = _choices(SUBJECTS, required=True)
    recogniser = _text(required=True)


class AuthoritySchema(StrictSchema):
    row = _count(required=True)
    series = fields.List(_text(), required=True, validate=validate.Length(min=1))
    name = _text(required=True)


class RecognitionSchema(CitedSchema):
    general_public_authority = _text(required=True)
    authority = fields.List(fields.Nested(AuthoritySchema), load_default=list)
    feed = fields.List(fields.Nested(FeedSchema), load_default=list)


class ReferralRowSchema(StrictSchema):
    row = _count(required=True)
    title = _text(required=True)
    series = fields.List(_text(), required=True, validate=validate.Length(min=1))
    levels = _choices(LEVELS, required=True, validate=validate.Length(min=1))


class ReferralSchema(CitedSchema):
    provincial_review = fields.Boolean(required=True)
    refer_to = _text(required=True)
    row = fields.List(fields.Nested(ReferralRowSchema), load_default=list)


class ReadingSchema(StrictSchema):
    id = _text(required=True)
    switch = _text(required=True)
    reason = _text(required=True)


class AskSchema(StrictSchema):
    declaration_year = _year(required=True)
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    purpose = fields.String(validate=validate.OneOf(PURPOSES))
    reviewed_by = fields.String(validate=validate.OneOf(REVIEWERS))
    series = _text()
    required_years = _count()
    tenure_start = _year()


class ExampleHoursSchema(StrictSchema):
    year = _year(required=True)
    standing = fields.String(load_default="recognised", validate=validate.OneOf(STANDINGS))
    general_public = Tenths()
    industry_public = Tenths()
    public = Tenths()
    specialty = Tenths()


class ExampleIntegrityRecordSchema(StrictSchema):
    entered_on = fields.Raw(required=True)
    asked_on = fields.Raw(required=True)


class ExpectSchema(StrictSchema):
    outcome = fields.String(required=True, validate=validate.OneOf(_OUTCOMES))
    unmet = fields.List(_text())
    advisories = fields.List(_text())
    route = fields.String()
    window = fields.List(fields.Integer(strict=True), validate=validate.Length(equal=3))
    remedy = fields.List(fields.List(fields.Raw(), validate=validate.Length(equal=5)))
    remedy_route = _text()
    remedy_possible = fields.Boolean()
    pending_would_satisfy = fields.Boolean()


class ExampleSchema(StrictSchema):
    name = _text(required=True)
    ask = fields.Nested(AskSchema, required=True)
    hours = fields.List(fields.Nested(ExampleHoursSchema), required=True)
    integrity_record = fields.Nested(ExampleIntegrityRecordSchema)
    expect = fields.Nested(ExpectSchema, required=True)


class PolicySchema(StrictSchema):
    """One city's file."""

    division_code = fields.String(required=True, validate=_DIVISION)
    name = _text(required=True)
    notice_year = _year(required=True)
    revision = _count(load_default=1)
    no_rule = fields.Boolean(load_default=False)
    anomaly_hours = Tenths()
    provincial_committee_advisory = fields.Boolean(load_default=False)
    document = fields.Nested(DocumentSchema, required=True)
    counting = fields.Nested(CountingSchema)
    scope = fields.Nested(ScopeSchema)
    referral = fields.Nested(ReferralSchema)
    window = fields.Nested(WindowSchema)
    annual_minimum = fields.Nested(AnnualMinimumSchema)
    every_year = fields.Nested(CitedSchema)
    qualifying_years = fields.Nested(CitedSchema)
    consecutive_years = fields.Nested(ConsecutiveYearsSchema)
    deemed_years = fields.Nested(DeemedYearsSchema)
    cumulative = fields.List(fields.Nested(CumulativeSchema))
    registration = fields.Nested(CitedSchema)
    recognition = fields.Nested(RecognitionSchema)
    integrity_hold = fields.Nested(IntegrityHoldSchema)
    reading = fields.List(fields.Nested(ReadingSchema), load_default=list)
    example = fields.List(fields.Nested(ExampleSchema), required=True, validate=validate.Length(min=1))


class BaselineDocumentSchema(StrictSchema):
    number = _text(required=True)
    title = _text(required=True)


class BaselineSchema(StrictSchema):
    """``baseline.toml``."""

    document = fields.Nested(BaselineDocumentSchema, required=True)
    annual_minimum = fields.Nested(AnnualMinimumSchema, required=True)
