"""Takes an entry back: nothing is edited or deleted, a fact is added that undoes what the entry holds."""

from service.context import Context
from service.domain.client import Client
from service.domain.entry import Entry, ReversalReason
from service.domain.errors import Refusal
from service.domain.series import normalise_series
from service.operations.read_entries import visible_entry
from service.operations.reversing import append_reversal
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.people import lock_heads


def reverse_entry(
    context: Context,
    client: Client,
    entry_id: tuple[int, int],
    reason: ReversalReason,
    note: str | None = None,
) -> Entry:
    """The entry, reversed: totals are exactly what they were before it, its reference stays taken.

    Refusals: ``not_found`` (another provider's too), ``forbidden_division``, ``forbidden_series`` (an authority
    takes back what it may recognise; with ``recognising_authority``), ``already_reversed``.
    """
    person_id, seq = entry_id

    def work(connection: Connection) -> Entry:
        # Lock first, read then: what is read below nobody else changes.
        head = lock_heads(connection, [person_id]).get(person_id)
        entry = visible_entry(client, read_entry_row(connection, person_id, seq))
        if head is None:
            raise Refusal("not_found")
        _require_competence(context, client, entry)
        if entry.status == "reversed":
            raise Refusal("already_reversed")
        return append_reversal(connection, entry, head, context.clock(), client.client_id, reason, note)

    return context.database.write(work)


def _require_competence(context: Context, client: Client, entry: Entry) -> None:
    if client.role != "authority":
        return
    book = context.policy_book
    series_key = normalise_series(entry.series) if entry.series else None
    if not book.recognising_scope(client, entry.division_code).holds(entry.subject, series_key):
        name = book.recognising_authority(entry.division_code, entry.subject, series_key)
        raise Refusal("forbidden_series", extra={"recognising_authority": name})
