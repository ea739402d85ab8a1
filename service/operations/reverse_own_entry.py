"""A person takes back what they registered alone, as long as nobody has decided on it."""

from service.context import Context
from service.domain.client import OWN_CLIENT_ID
from service.domain.entry import Entry, OwnReversalReason
from service.domain.errors import Refusal
from service.domain.session import SignedInPerson
from service.operations.own_people import find_own, own_entry
from service.operations.reversing import append_reversal
from service.store.database import Connection
from service.store.people import lock_heads


def reverse_own_entry(
    context: Context,
    person: SignedInPerson,
    entry_id: tuple[int, int],
    reason: OwnReversalReason = "other",
    note: str | None = None,
) -> Entry:
    """The entry, reversed; its evidence stays.

    Refusals: ``not_found`` (somebody else's, or one that a provider registered), ``already_reversed``,
    ``already_decided`` (recognised or rejected), ``name_mismatch``.
    """

    def work(connection: Connection) -> Entry:
        people = find_own(context, connection, person)
        # Lock first, read then: what is read below nobody else changes.
        head = lock_heads(connection, [entry_id[0]]).get(entry_id[0]) if entry_id[0] in people else None
        entry = own_entry(connection, people, entry_id)
        if head is None or not entry.self_registered:
            raise Refusal("not_found")
        if entry.status != "registered":
            raise Refusal("already_reversed" if entry.status == "reversed" else "already_decided")
        return append_reversal(connection, entry, head, context.clock(), OWN_CLIENT_ID, reason, note)

    return context.database.write(work)
