"""Rows of one file that say the same thing twice."""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from importers.layout import Layout
from importers.line_table import LineTable
from importers.rows import SoundRow
from service.domain.entry import course_key


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

    def are_new(self, rows: Sequence[SoundRow]) -> bool:
        """Whether none of the rows repeats anything, another of them neither: they are remembered then. Otherwise
        nothing is: ``first`` tells which it is."""
        if self._skips:
            return False
        drafts = [row.draft for row in rows]
        references = [draft.external_ref for draft in drafts]
        courses = [course_key(draft.course_code, draft.course_title) for draft in drafts]
        has_course = [course is not None for course in courses]
        keys = [
            (row.id_hash, course, row.draft.credit_year)
            for row, course in zip(rows, courses, strict=True)
            if course is not None
        ]
        if self._references.knows_any(references) or self._courses.knows_any(keys):
            return False
        lines = [row.line for row in rows]
        self._references.remember_all(references, lines)
        self._courses.remember_all(keys, list(compress(lines, has_course)))
        return True

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
