"""A person's transcript: who, every entry, the sums by year, and the position in the ledger they are of."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.context import Context
from service.domain.access import Asker
from service.domain.amounts import Amounts
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.tally import TotalRow
from service.operations.record_access import record_access
from service.store.database import Connection
from service.store.entries import read_person_entries
from service.store.standing import PersonStanding, read_standings


@dataclass(frozen=True, slots=True)
class TranscriptYear:
    """The sums of a year by subject, in tenths of an hour; subjects without hours are left out."""

    year: int
    subjects: dict[str, Amounts]


@dataclass(frozen=True, slots=True)
class Transcript:
    """``name`` and ``id_number`` are in clear, the door masks them; None once erased. Years and entries are also those
    of people linked to the person."""

    person_id: int
    name: str | None
    id_number: str | None
    years: list[TranscriptYear]
    entries: list[Entry]
    position: int
    head: bytes


def read_transcript(context: Context, person_id: int, year: int | None = None, *, asker: Asker) -> Transcript:
    """The transcript, of one credit year if given; leaves its access record. Refusal ``not_found``."""
    # One snapshot: the sums, the entries and the position belong together.
    with context.database.snapshot() as connection:
        transcript, standing = compile_transcript(context, connection, person_id, year)
    record_access(context, None, asker, [member.person_id for member in standing.members])
    return transcript


def compile_transcript(
    context: Context, connection: Connection, person_id: int, year: int | None
) -> tuple[Transcript, PersonStanding]:
    """The transcript and the standing it is of, within the caller's snapshot. Refusal ``not_found``."""
    standings = read_standings(connection, person_ids=[person_id])
    if not standings:
        raise Refusal("not_found")
    standing = standings[0]
    entries = [
        entry for member in standing.members for entry in read_person_entries(connection, member.person_id)
    ]
    transcript = Transcript(
        person_id=person_id,
        name=_opened(context, standing.name_sealed),
        id_number=_opened(context, standing.number_sealed),
        years=_by_year(row for row in standing.totals if year in (None, row[0])),
        entries=[entry for entry in entries if year in (None, entry.credit_year)],
        position=standing.position,
        head=standing.head,
    )
    return transcript, standing


def require_person(context: Context, person_id: int) -> None:
    """Refusal ``not_found`` unless the ledger has the person. Shows nothing, so it leaves no access record."""
    with context.database.reading() as connection:
        if not read_standings(connection, person_ids=[person_id]):
            raise Refusal("not_found")


def _opened(context: Context, sealed: bytes | None) -> str | None:
    return None if sealed is None else context.vault.open(sealed)


def _by_year(rows: Iterable[TotalRow]) -> list[TranscriptYear]:
    years: dict[int, TranscriptYear] = {}
    for year, subject, _, *amounts in sorted(rows):
        subjects = years.setdefault(year, TranscriptYear(year, {})).subjects
        subjects[subject] = subjects.get(subject, Amounts()).plus(Amounts(*amounts))
    return list(years.values())
