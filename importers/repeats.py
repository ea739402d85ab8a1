"""Rows of one file that say the same thing twice."""

from typing import NamedTuple

from importers.layout import Layout
from importers.line_table import LineTable
from importers.rows import SoundRow


class Repeat(NamedTuple):
    """The line that is repeated, and the field that shows it. ``is_same``: the layout passes over the same hours once
    more, and these are."""

    line: int
    field: str
    is_same: bool


class Repeats:
    """Remembers the rows of a file by their own id, and by person, course and year."""

    def __init__(self, layout: Layout) -> None:
        self._reference = layout.reference
        self._skips = layout.skips_repeats
        self._references = LineTable()
        self._courses = LineTable()
        self._said = LineTable()

    def first(self, row: SoundRow) -> Repeat | None:
        """What the row repeats, or None; a row that repeats none is remembered."""
        draft = row.draft
        course = draft.course_key
        key = None if course is None else (row.id_hash, course, draft.credit_year)
        if (line := self._references.first_line(draft.external_ref)) is not None:
            has_own = self._reference == "external_ref" or draft.certificate_no
            return Repeat(line, self._reference if has_own else "id_number", self._is_same(line, row))
        if key is not None and (line := self._courses.first_line(key)) is not None:
            field = "course_code" if draft.course_code else "course_title"
            return Repeat(line, field, self._is_same(line, row))
        self._references.remember(draft.external_ref, row.line)
        if key is not None:
            self._courses.remember(key, row.line)
        if self._skips:
            self._said.remember((row.line, draft.subject, _hours_said(row)), row.line)
        return None

    def _is_same(self, line: int, row: SoundRow) -> bool:
        return self._skips and bool(self._said.first_line((line, row.draft.subject, _hours_said(row))))


def _hours_said(row: SoundRow) -> int:
    """What must be the same for a repeat to be no more than one: whose hours, how many, of what, where and when."""
    draft = row.draft
    return hash(
        (
            row.id_hash,
            draft.name,
            draft.division_code,
            draft.credit_year,
            draft.subject,
            draft.hours,
            draft.course_key,
        )
    )
