"""The form of an annex: every column its CSV files may have, checked before anything is looked up in them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from service.domain.question import LEVELS, REVIEWERS
from service.policy_schema import StrictSchema

KINDS: Final = ("review_plan", "authorities")

_LENGTH_MAX = 1000
_MOBILE = re.compile(r"(?<![0-9])1[0-9]{10}(?![0-9])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\ufeff]")
_PHONE_PART = r"(?:略|[0-9]+(?:-[0-9]+)?)"
_PHONES = re.compile(rf"(?:{_PHONE_PART}(?:[/；]{_PHONE_PART})*)?")
_MONTHS = ("started", "closing", "review", "finished")


class Cell(fields.Field[str]):
    """One cell of text, empty unless ``needed``. A person's mobile number is refused: it is personal data."""

    def __init__(self, *, needed: bool = False) -> None:
        super().__init__(required=True)
        self.needed = needed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        text = str(value)
        if self.needed and not text:
            raise ValidationError("is empty")
        if text != text.strip() or _CONTROL.search(text) or len(text) > _LENGTH_MAX:
            raise ValidationError("has spaces at an end, control characters, or is too long")
        if _MOBILE.search(text):
            raise ValidationError("holds a mobile number (personal data): write 略")
        return text


class Number(fields.Field[int | None]):
    """A whole number in ASCII digits; an empty cell is None unless ``needed``."""

    def __init__(self, minimum: int, maximum: int, *, needed: bool = False) -> None:
        super().__init__(required=True)
        self.minimum, self.maximum, self.needed = minimum, maximum, needed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | None:  # noqa: ARG002
        if value == "" and not self.needed:
            return None
        number = int(value) if re.fullmatch(r"[1-9][0-9]{0,3}", value) else 0
        if not self.minimum <= number <= self.maximum:
            raise ValidationError(f"a number from {self.minimum} to {self.maximum} is wanted")
        return number


class Names(fields.Field[tuple[str, ...]]):
    """Names divided by ``divider``, none twice; with ``allowed`` only those, in that order."""

    def __init__(self, divider: str, *, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(required=True)
        self.divider, self.allowed = divider, allowed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:  # noqa: ARG002
        names = tuple(value.split(self.divider)) if value else ()
        if "" in names or len(set(names)) < len(names):
            raise ValidationError("a name is empty or stands twice")
        if self.allowed and names != tuple(name for name in self.allowed if name in names):
            raise ValidationError(f"one or more of {self.divider.join(self.allowed)}, in this order")
        return names


class Phone(Cell):
    """Switchboard numbers, or 略 where the notice gives a person's mobile number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _PHONES.fullmatch(text):
            raise ValidationError("digits, or 略; numbers divided by / or ； are wanted")
        return text


class SourceSchema(StrictSchema):
    """A row of ``sources.csv``: one table of one annex."""

    file = Cell(needed=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    division_code = fields.String(
        required=True, validate=validate.Regexp(r"[1-9][0-9]{5}\Z", error="six digits of GB/T 2260")
    )
    year = Number(1980, 2100, needed=True)
    document = Cell(needed=True)
    annex = Cell(needed=True)
    part = Number(1, 99)
    heading = Cell(needed=True)
    rows = Number(1, 9999, needed=True)


class ReviewPlanSchema(StrictSchema):
    """A row of a yearly review plan."""

    row = Number(1, 9999, needed=True)
    committee = Cell()
    titles_reviewed = Cell()
    titles_recommended = Cell()
    levels_reviewed = Names(";", allowed=LEVELS)
    levels_recommended = Names(";", allowed=LEVELS)
    reviewed_by = fields.String(required=True, validate=validate.OneOf(REVIEWERS))
    recommended_to = fields.String(required=True, validate=validate.OneOf(("", *REVIEWERS)))
    specialties = Cell()
    scope = Cell()
    started = Cell()
    started_month = Number(1, 12)
    closing = Cell()
    closing_month = Number(1, 12)
    review = Cell()
    review_month = Number(1, 12)
    finished = Cell()
    finished_month = Number(1, 12)
    finished_year = Number(1980, 2100)
    receiving_unit = Cell()
    phone = Phone()
    remarks = Cell()
    note = Cell()

    @validates_schema
    def _months_are_the_texts_own(self, data: Mapping[str, Any], **_: Any) -> None:
        """A month is read out of the source text beside it; a text with one month alone must have it read out."""
        faults = {}
        for name in _MONTHS:
            said = {int(month) for month in re.findall(r"([0-9]+)月", data[name])}
            month = data[f"{name}_month"]
            if month is None and len(said) == 1:
                faults[f"{name}_month"] = [f"is empty, the text says {data[name]}"]
            if month is not None and month not in said:
                faults[f"{name}_month"] = [f"{month} is not in the text: {data[name] or 'none'}"]
        year = data["finished_year"]
        if (f"{year}年" not in data["finished"]) if year else ("年" in data["finished"]):
            faults["finished_year"] = [f"is not the year of the text: {data['finished']}"]
        if faults:
            raise ValidationError(faults)

    @validates_schema
    def _someone_reviews(self, data: Mapping[str, Any], **_: Any) -> None:
        """Who reviews and who recommends must fit the titles and levels of the row."""
        if not (data["committee"] or data["titles_recommended"]):
            raise ValidationError("neither a committee nor a title", "committee")
        if not (data["levels_reviewed"] or data["levels_recommended"]):
            raise ValidationError("the row has no level at all", "levels_reviewed")
        if set(data["levels_reviewed"]) & set(data["levels_recommended"]):
            raise ValidationError("a level is reviewed and recommended at once", "levels_recommended")
        if bool(data["levels_recommended"]) != bool(data["titles_recommended"]):
            raise ValidationError("goes with titles_recommended", "levels_recommended")
        if bool(data["recommended_to"]) != bool(data["titles_recommended"]):
            raise ValidationError("goes with titles_recommended", "recommended_to")
        if not data["levels_reviewed"] and data["reviewed_by"] != data["recommended_to"]:
            raise ValidationError("of a row that only recommends is its recommended_to", "reviewed_by")


class AuthoritySchema(StrictSchema):
    """A row of a list of authorities that recognise hours."""

    row = Number(1, 9999, needed=True)
    specialty = Cell(needed=True)
    authority = Cell(needed=True)
    phone = Phone()
    series = Names("、")
    note = Cell()
