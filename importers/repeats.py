"""Rows of one file that say the same thing twice."""

from importers.rows import SoundRow


class Repeats:
    """Remembers the rows of a file by their own id, and by person, course and year."""

    def __init__(self) -> None:
        self._references: dict[str, int] = {}
        self._courses: dict[tuple[bytes, str, int], int] = {}

    def first(self, row: SoundRow) -> tuple[int, str] | None:
        """The line that the row repeats and the field that shows it, or None; a row that repeats none is remembered."""
        draft = row.draft
        course = draft.course_key
        key = None if course is None else (row.id_hash, course, draft.credit_year)
        if (line := self._references.get(draft.external_ref)) is not None:
            return line, "certificate_no" if draft.certificate_no else "id_number"
        if key is not None and (line := self._courses.get(key)) is not None:
            return line, "course_code" if draft.course_code else "course_title"
        self._references[draft.external_ref] = row.line
        if key is not None:
            self._courses[key] = row.line
        return None
