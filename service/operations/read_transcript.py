"""A person's transcript: who, every entry, the sums by year, and the position in the ledger they are of."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.context import Context
from service.domain.amounts import Amounts
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.store.entries import read_person_entries
from service.store.standing import TotalRow, read_standings


@dataclass(frozen=True, slots=True)
class TranscriptYear:
    """The sums of a year by subject, in tenths of an hour; subjects without hours are left out."""

    year: int
    subjects: dict[str, Amounts]


@dataclass(frozen=True, slots=True)
class Transcript:
    """``name`` and ``id_number`` are in clear: the door masks them."""

    person_id: int
    name: str
    id_number: str
    years: list[TranscriptYear]
    entries: list[Entry]
    position: int
    head: bytes


def read_transcript(context: Context, person_id: int, year: int | None = None) -> Transcript:
    """The transcript, of one credit year if given. Refusal ``not_found``."""
    # One snapshot: the sums, the entries and the position belong together.
    with context.database.snapshot() as connection:
        standings = read_standings(connection, person_ids=[person_id])
        entries = read_person_entries(connection, person_id)
    if not standings:
        raise Refusal("not_found")
    standing = standings[0]
    return Transcript(
        person_id=person_id,
        name=context.vault.open(standing.name_sealed),
        id_number=context.vault.open(standing.number_sealed),
        years=_by_year(row for row in standing.totals if year in (None, row[0])),
        entries=[entry for entry in entries if year in (None, entry.credit_year)],
        position=standing.position,
        head=standing.head,
    )


def _by_year(rows: Iterable[TotalRow]) -> list[TranscriptYear]:
    years: dict[int, TranscriptYear] = {}
    for year, subject, _, *amounts in sorted(rows):
        subjects = years.setdefault(year, TranscriptYear(year, {})).subjects
        subjects[subject] = subjects.get(subject, Amounts()).plus(Amounts(*amounts))
    return list(years.values())
