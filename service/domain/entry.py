"""An entry: hours of one person in one subject, registered for a year."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from service.domain.errors import Fault
from service.domain.identity import Identity
from service.domain.subjects import Subject

CREDIT_YEAR_MIN: Final = 1980

EntryStatus = Literal["registered", "recognised", "rejected", "reversed"]
ENTRY_STATUSES: Final[tuple[EntryStatus, ...]] = ("registered", "recognised", "rejected", "reversed")

ReversalReason = Literal["duplicate", "wrong_person", "wrong_hours", "falsified", "other"]
REVERSAL_REASONS: Final[tuple[ReversalReason, ...]] = (
    "duplicate",
    "wrong_person",
    "wrong_hours",
    "falsified",
    "other",
)

OwnReversalReason = Literal["duplicate", "wrong_hours", "other"]
OWN_REVERSAL_REASONS: Final[tuple[OwnReversalReason, ...]] = ("duplicate", "wrong_hours", "other")
"""Why a person takes back what they registered alone."""


class EntryDraft(NamedTuple):
    """What a provider asks to register; a tuple, since a roster makes a million of them. ``hours`` in tenths; texts
    already trimmed and free of control characters."""

    external_ref: str
    identity: Identity
    name: str
    division_code: str
    credit_year: int
    subject: Subject
    hours: int
    series: str | None = None
    course_code: str | None = None
    course_title: str | None = None
    completed_on: date | None = None
    certificate_no: str | None = None

    @property
    def course_key(self) -> str | None:
        """What makes two courses of one provider the same."""
        return course_key(self.course_code, self.course_title)


@dataclass(frozen=True, slots=True)
class OwnEntryDraft:
    """What a person asks to register alone. Whose it is, the sign-in says. ``token``: made with the form, so that a
    form sent twice registers once; the rest as of an EntryDraft."""

    token: str
    division_code: str
    credit_year: int
    subject: Subject
    hours: int
    course_title: str
    series: str | None = None
    course_code: str | None = None
    completed_on: date | None = None
    certificate_no: str | None = None


@lru_cache(maxsize=1000)  # a roster names few courses, and each many times
def course_key(code: str | None, title: str | None) -> str | None:
    """The course's code, else its title, in one form for all ways of writing it: full width, case and blanks do not
    tell courses apart. None when neither is given: such entries are never taken for the same course."""
    text = code or title
    return None if text is None else " ".join(unicodedata.normalize("NFKC", text).casefold().split())


class Entry(NamedTuple):
    """A registered entry as the ledger shows it. Hours in tenths, ``recorded_at`` aware. ``evidence``: how many files
    the person added to hours they registered alone."""

    person_id: int
    seq: int
    external_ref: str
    provider_id: int
    division_code: str
    credit_year: int
    subject: Subject
    hours: int
    status: EntryStatus
    recognised_hours: int
    self_registered: bool
    recorded_at: datetime
    series: str | None = None
    course_code: str | None = None
    course_title: str | None = None
    completed_on: date | None = None
    certificate_no: str | None = None
    evidence: int = 0


def year_faults(
    credit_year: int, completed_on: date | None, today: date, pointers: tuple[str, str]
) -> Iterator[Fault]:
    """Faults of an entry's year and completion day.

    ``credit_year`` is the completion day's year or the one before it (late completion) and never in the future
    (contract, Entries); it is never derived. ``pointers`` name the two fields in the caller's input.
    """
    year_pointer, completed_pointer = pointers
    if not CREDIT_YEAR_MIN <= credit_year <= today.year:
        yield Fault(year_pointer, "credit_year_range", {"least": CREDIT_YEAR_MIN, "most": today.year})
    if completed_on is None:
        return
    if completed_on > today:
        yield Fault(completed_pointer, "completed_in_future")
    elif credit_year not in (completed_on.year, completed_on.year - 1):
        yield Fault(year_pointer, "credit_year_mismatch", {"completed_on": completed_on.isoformat()})
