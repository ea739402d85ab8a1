"""A person disputes an entry: opened, answered, closed; every word stays."""

from dataclasses import dataclass
from typing import Final

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.dispute import Dispute, DisputeOutcome, DisputeStatus, Statement, StatementKind
from service.domain.entry import Entry
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.identifiers import decode_person_id, encode_person_id
from service.domain.session import SignedInPerson
from service.operations.own_people import find_own, own_entry
from service.operations.read_entries import visible_entry
from service.operations.record_access import record_access
from service.store.clients import require_own_client
from service.store.database import Connection
from service.store.disputes import (
    EVERYTHING,
    DisputeFilter,
    add_statement,
    find_standing,
    insert_dispute,
    list_disputes,
    select_dispute,
)
from service.store.entries import read_entry_row

DISPUTES_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class DisputePage:
    """Some disputes, and the cursor for the next ones; None: these are the last."""

    disputes: list[Dispute]
    next_cursor: str | None


def open_dispute(context: Context, client: Client, entry_id: tuple[int, int], text: str) -> Dispute:
    """Opens a dispute of an entry on behalf of its person. A reversed entry may be disputed too.

    Refusals: ``not_found``, ``forbidden_division``, ``dispute_open`` (the entry has one that is not closed).
    """

    def work(connection: Connection) -> Dispute:
        entry = visible_entry(client, read_entry_row(connection, *entry_id))
        return _open(context, connection, client, entry, text)

    return context.database.write(work)


def open_own_dispute(
    context: Context, person: SignedInPerson, entry_id: tuple[int, int], text: str
) -> Dispute:
    """As ``open_dispute``, by the person themself. Refusals: ``not_found`` (somebody else's entry), ``name_mismatch``,
    ``dispute_open``.

    Of hours that the person registered alone there is no provider to answer: an authority of the division does.
    """

    def work(connection: Connection) -> Dispute:
        entry = own_entry(connection, find_own(context, connection, person), entry_id)
        client = require_own_client(connection, context.clock())
        return _open(context, connection, client, entry, text)

    return context.database.write(work)


def _open(context: Context, connection: Connection, client: Client, entry: Entry, text: str) -> Dispute:
    standing = find_standing(connection, entry.person_id, entry.seq)
    if standing is not None:
        raise Refusal("dispute_open", extra={"existing_dispute_id": encode_person_id(standing)})
    statement = _statement(context, client, "opened", text)
    return _stored(connection, insert_dispute(connection, entry, statement))


def answer_dispute(context: Context, client: Client, dispute_id: int, text: str) -> Dispute:
    """The provider of the entry, or an authority of its division, answers once.

    Refusals: ``not_found``, ``forbidden_division``, ``dispute_answered``, ``dispute_closed``.
    """

    def work(connection: Connection) -> Dispute:
        before = _visible(client, select_dispute(connection, dispute_id, locked=True))
        if before.status != "open":
            raise Refusal("dispute_closed" if before.status == "closed" else "dispute_answered")
        add_statement(connection, before, _statement(context, client, "answered", text), "answered")
        return _stored(connection, dispute_id)

    return context.database.write(work)


def close_dispute(
    context: Context, client: Client, dispute_id: int, text: str, outcome: DisputeOutcome
) -> Dispute:
    """An authority of the division, or an admin, closes a dispute, answered or not. The hours stay as they are: what
    follows for them is a reversal or a recognition of its own.

    Refusals: ``not_found``, ``forbidden_division``, ``dispute_closed``.
    """

    def work(connection: Connection) -> Dispute:
        before = _visible(client, select_dispute(connection, dispute_id, locked=True))
        if before.status == "closed":
            raise Refusal("dispute_closed")
        add_statement(connection, before, _statement(context, client, "closed", text, outcome), "closed")
        return _stored(connection, dispute_id)

    return context.database.write(work)


def read_dispute(context: Context, client: Client, dispute_id: int, *, asker: Asker) -> Dispute:
    """A dispute with all that was said; leaves its access record. Refusals as ``require_dispute``."""
    dispute = require_dispute(context, client, dispute_id)
    record_access(context, None, asker, [dispute.person_id])
    return dispute


def require_dispute(context: Context, client: Client, dispute_id: int) -> Dispute:
    """A dispute, to be shown to nobody: whoever shows it calls ``read_dispute``.

    Refusals: ``not_found`` (of another provider's entry too), ``forbidden_division``.
    """
    with context.database.snapshot() as connection:
        return _visible(client, select_dispute(connection, dispute_id))


def find_disputes(
    context: Context,
    client: Client,
    *,
    asker: Asker,
    entry_id: tuple[int, int] | None = None,
    status: DisputeStatus | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> DisputePage:
    """The disputes the client may see, oldest first: a provider's own entries', an authority's divisions'. Leaves an
    access record of everyone on the page.

    Refusal ``invalid_request``: the cursor is none of ours.
    """
    after = None
    if cursor is not None and (after := decode_person_id(cursor)) is None:
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    person_id, entry_seq = entry_id or (None, None)
    chosen = DisputeFilter(
        provider_id=client.client_id if client.role == "provider" else None,
        divisions=client.divisions if client.role == "authority" else None,
        person_id=person_id,
        entry_seq=entry_seq,
        status=status,
        after=after,
    )
    limit = max(1, min(limit, DISPUTES_MAX))
    with context.database.snapshot() as connection:
        disputes = list_disputes(connection, chosen, limit + 1)
    page = disputes[:limit]
    record_access(context, None, asker, [dispute.person_id for dispute in page])
    more = len(disputes) > limit
    return DisputePage(page, encode_person_id(page[-1].dispute_id) if more else None)


def list_own_disputes(context: Context, person: SignedInPerson, *, asker: Asker) -> list[Dispute]:
    """Every dispute of the person's entries, oldest first, whoever opened it; leaves an access record of the person
    if there are any. Refusal ``name_mismatch``."""
    with context.database.snapshot() as connection:
        people = find_own(context, connection, person)
        disputes = [
            dispute
            for each in people
            for dispute in list_disputes(connection, DisputeFilter(person_id=each), EVERYTHING)
        ]
    record_access(context, None, asker, {dispute.person_id for dispute in disputes})
    return sorted(disputes, key=lambda dispute: dispute.dispute_id)


def _statement(
    context: Context,
    client: Client,
    kind: StatementKind,
    text: str,
    outcome: DisputeOutcome | None = None,
) -> Statement:
    return Statement(kind, text, outcome, context.clock(), client.client_id)


def _visible(client: Client, dispute: Dispute | None) -> Dispute:
    if dispute is None or (client.role == "provider" and dispute.provider_id != client.client_id):
        raise Refusal("not_found")
    if client.role == "authority" and not client.covers(dispute.division_code):
        raise Refusal("forbidden_division", params={"code": dispute.division_code})
    return dispute


def _stored(connection: Connection, dispute_id: int) -> Dispute:
    stored = select_dispute(connection, dispute_id)
    assert stored is not None  # noqa: S101  # it was written in this transaction
    return stored
