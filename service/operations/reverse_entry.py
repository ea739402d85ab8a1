"""Takes an entry back: nothing is edited or deleted, a fact is added that undoes what the entry holds."""

from service.context import Context
from service.domain.amounts import Amounts, entry_amounts
from service.domain.client import Client
from service.domain.entry import Entry, ReversalReason
from service.domain.errors import Refusal
from service.domain.fact import Fact
from service.operations.read_entries import visible_entry
from service.store.append import pipelined
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.people import lock_heads
from service.store.posting import Posting


def reverse_entry(
    context: Context,
    client: Client,
    entry_id: tuple[int, int],
    reason: ReversalReason,
    note: str | None = None,
) -> Entry:
    """The entry, reversed: totals are exactly what they were before it, its reference stays taken.

    Refusals: ``not_found`` (another provider's too), ``forbidden_division``, ``already_reversed``.
    """
    person_id, seq = entry_id

    def work(connection: Connection) -> Entry:
        # Lock first, read then: what is read below nobody else changes.
        head = lock_heads(connection, [person_id]).get(person_id)
        entry = visible_entry(client, read_entry_row(connection, person_id, seq))
        if head is None:
            raise Refusal("not_found")
        if entry.status == "reversed":
            raise Refusal("already_reversed")
        held = entry_amounts(entry.status, entry.hours, entry.recognised_hours, entry.self_registered)
        posting = Posting(context.clock())
        fact = Fact(
            person_id=person_id,
            seq=head.seq + 1,
            kind="reversal",
            entry_seq=seq,
            credit_year=entry.credit_year,
            subject=entry.subject,
            division_code=entry.division_code,
            **Amounts().minus(held)._asdict(),
            recorded_at=posting.stamp(head),
            recorded_by=client.client_id,
            reason=reason,
            note=note,
        )
        posting.add_change(head, fact, "reversed", 0)
        with pipelined(connection, 1):
            posting.write(connection)
        reversed_entry = read_entry_row(connection, person_id, seq)
        assert reversed_entry is not None  # noqa: S101  # it was there under the lock
        return reversed_entry

    return context.database.write(work)
