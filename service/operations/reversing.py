"""The fact that takes an entry back, and appending it."""

from datetime import datetime

from service.domain.amounts import Amounts, entry_amounts
from service.domain.entry import Entry, ReversalReason
from service.domain.fact import Fact
from service.store.append import pipelined
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.people import Head
from service.store.posting import Posting


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


def append_reversal(
    connection: Connection,
    entry: Entry,
    head: Head,
    now: datetime,
    client_id: int,
    reason: ReversalReason,
    note: str | None,
) -> Entry:
    """Reverses an entry that is not reversed, its person's head locked; the entry as it stands then."""
    posting = Posting(now)
    fact = reversal_fact(entry, head, posting.stamp(head), client_id, reason, note)
    posting.add_change(head, fact, "reversed", 0)
    with pipelined(connection, 1):
        posting.write(connection)
    reversed_entry = read_entry_row(connection, entry.person_id, entry.seq)
    assert reversed_entry is not None  # noqa: S101  # it was there under the lock
    return reversed_entry
