"""The fact that takes an entry back."""

from datetime import datetime

from service.domain.amounts import Amounts, entry_amounts
from service.domain.entry import Entry, ReversalReason
from service.domain.fact import Fact
from service.store.people import Head


def reversal_fact(
    entry: Entry, head: Head, recorded_at: datetime, client_id: int, reason: ReversalReason, note: str | None
) -> Fact:
    """The reversal of an entry that is not reversed, as the next fact of its person: the deltas are what it holds."""
    held = entry_amounts(entry.status, entry.hours, entry.recognised_hours, entry.self_registered)
    return Fact(
        person_id=entry.person_id,
        seq=head.seq + 1,
        kind="reversal",
        entry_seq=entry.seq,
        credit_year=entry.credit_year,
        subject=entry.subject,
        division_code=entry.division_code,
        **Amounts().minus(held)._asdict(),
        recorded_at=recorded_at,
        recorded_by=client_id,
        reason=reason,
        note=note,
    )
