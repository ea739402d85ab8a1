"""A transcript as a table that spreadsheets open: one line an entry."""

import csv
import io

from importers.formulas import inert
from service.domain.entry import Entry
from service.domain.hours import hours_text
from service.domain.identifiers import encode_entry_id
from service.operations.read_transcript import Transcript
from service.wording import Language, Texts, say
from service.wording.transcript import COLUMNS, STATUSES, SUBJECTS


def transcript_csv(transcript: Transcript, language: Language) -> str:
    """UTF-8 text with a byte order mark; nothing in it runs as a formula, and nobody's name or number is in it."""
    table = io.StringIO()
    table.write("\ufeff")
    writer = csv.writer(table)
    writer.writerow(say(COLUMNS, name, language, {}) for name in COLUMNS)
    for entry in transcript.entries:
        writer.writerow(inert(value) for value in _cells(entry, language))
    return table.getvalue()


def _cells(entry: Entry, language: Language) -> tuple[str, ...]:
    def said(texts: Texts, code: str) -> str:
        return say(texts, code, language, {})

    return (
        encode_entry_id(entry.person_id, entry.seq),
        str(entry.credit_year),
        said(SUBJECTS, entry.subject),
        hours_text(entry.hours),
        said(STATUSES, entry.status),
        hours_text(entry.recognised_hours),
        entry.division_code,
        entry.series or "",
        entry.course_code or "",
        entry.course_title or "",
        entry.completed_on.isoformat() if entry.completed_on else "",
        entry.certificate_no or "",
    )
