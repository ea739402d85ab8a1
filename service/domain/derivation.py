"""What follows from a person's facts: where each entry stands, and the totals. Facts alone decide."""

from collections.abc import Iterable
from dataclasses import dataclass

from service.domain.amounts import Amounts
from service.domain.entry import EntryStatus, course_key
from service.domain.fact import Fact

TotalKey = tuple[int, str, str]
"""Year, subject, division."""


@dataclass(slots=True)
class DerivedEntry:
    """An entry after all its facts. ``recognised`` in tenths."""

    registration: Fact
    status: EntryStatus
    recognised: int
    last_seq: int

    @property
    def course_key(self) -> str | None:
        return course_key(self.registration.course_code, self.registration.course_title)


@dataclass(frozen=True, slots=True)
class Derived:
    """Entries by seq, and totals by key; groups that come to nothing stay, as they do in the store."""

    entries: dict[int, DerivedEntry]
    totals: dict[TotalKey, Amounts]


class BrokenHistory(ValueError):
    """A fact that cannot follow those before it; ``seq`` names it."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"fact {seq} does not follow from those before it")
        self.seq = seq


def derive(facts: Iterable[Fact]) -> Derived:
    """Derives from facts in the order of their seq. Raises BrokenHistory."""
    derived = Derived({}, {})
    noted: set[int] = set()
    for fact in facts:
        if fact.kind in ("registration", "recognition", "reversal"):
            _derive_hours(derived, fact)
        else:
            _follow_note(noted, fact)
    return derived


def _derive_hours(derived: Derived, fact: Fact) -> None:
    try:
        key = fact.group
    except ValueError:
        raise BrokenHistory(fact.seq) from None
    deltas = Amounts(fact.registered, fact.self_registered, fact.recognised, fact.rejected)
    derived.totals[key] = derived.totals.get(key, Amounts()).plus(deltas)
    if fact.kind == "registration":
        status: EntryStatus = "recognised" if fact.recognised else "registered"
        derived.entries[fact.seq] = DerivedEntry(fact, status, fact.recognised, fact.seq)
        return
    entry = derived.entries.get(fact.entry_seq)
    if entry is None or entry.status == "reversed" or not _belongs(fact, entry.registration):
        raise BrokenHistory(fact.seq)
    entry.status = _status_after(fact)
    entry.recognised += fact.recognised
    entry.last_seq = fact.seq


def _follow_note(noted: set[int], fact: Fact) -> None:
    """``noted``: seqs of the attestations and integrity records that stand."""
    if fact.kind in ("attestation", "integrity_record"):
        noted.add(fact.seq)
    elif fact.kind == "withdrawal":
        if fact.entry_seq not in noted:
            raise BrokenHistory(fact.seq)
        noted.remove(fact.entry_seq)


def _status_after(fact: Fact) -> EntryStatus:
    if fact.kind == "reversal":
        return "reversed"
    return "recognised" if fact.outcome == "recognised" else "rejected"


def _belongs(fact: Fact, registration: Fact) -> bool:
    """A later fact stands in the year, subject and division of the entry it is about."""
    return (fact.credit_year, fact.subject, fact.division_code) == (
        registration.credit_year,
        registration.subject,
        registration.division_code,
    )
