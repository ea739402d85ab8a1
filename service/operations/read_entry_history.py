"""The whole history of an entry: nothing of it was ever edited or deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.entry import Entry
from service.domain.session import SignedInPerson
from service.operations.own_people import find_own, own_entry
from service.operations.read_entries import visible_entry
from service.operations.record_access import record_access
from service.store.database import Connection
from service.store.entries import read_entry_row
from service.store.history import FactRow, read_entry_facts

Channel = Literal["authority", "feed"]


@dataclass(frozen=True, slots=True)
class EntryFact:
    """One fact of an entry. ``hours``: what was registered (of a registration); ``recognised_hours``: what stands
    recognised after the fact; tenths. ``recorded_by``: the client's name. ``recogniser`` and ``channel`` (of a
    decision, and of a registration that was recognised on arrival, H-3): who recognised, and through what.
    """

    seq: int
    kind: str
    recorded_at: datetime
    recorded_by: str
    hours: int | None
    recognised_hours: int
    outcome: str | None
    reason: str | None
    note: str | None
    recogniser: str | None
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class EntryHistory:
    """An entry as it stands, and every fact of it from the first to the last."""

    entry: Entry
    facts: list[EntryFact]


def read_entry_history(
    context: Context, client: Client, entry_id: tuple[int, int], *, asker: Asker
) -> EntryHistory:
    """Every fact of an entry the client may see; leaves its access record. Refusals as ``read_entry``."""
    with context.database.snapshot() as connection:
        entry = visible_entry(client, read_entry_row(connection, *entry_id))
        history = compile_history(context, connection, entry)
    record_access(context, None, asker, [entry.person_id])
    return history


def read_own_history(
    context: Context, person: SignedInPerson, entry_id: tuple[int, int], *, asker: Asker
) -> EntryHistory:
    """Every fact of an entry of the person who asks, whoever registered it; leaves its access record.

    Refusals: ``not_found`` (somebody else's too), ``name_mismatch``.
    """
    with context.database.snapshot() as connection:
        entry = own_entry(connection, find_own(context, connection, person), entry_id)
        history = compile_history(context, connection, entry)
    record_access(context, None, asker, [entry.person_id])
    return history


def compile_history(context: Context, connection: Connection, entry: Entry) -> EntryHistory:
    """The history of an entry that was just read, within the caller's snapshot."""
    rows = read_entry_facts(connection, entry.person_id, entry.seq)
    return EntryHistory(entry, list(_facts(context, rows)))


def _facts(context: Context, rows: Sequence[FactRow]) -> Iterator[EntryFact]:
    recognised = 0
    for row in rows:
        recognised += row.recognised
        recogniser, channel = _recogniser(context, row)
        yield EntryFact(
            seq=row.seq,
            kind=row.kind,
            recorded_at=row.recorded_at,
            recorded_by=row.client_name,
            hours=row.hours,
            recognised_hours=recognised,
            outcome=row.outcome,
            reason=row.reason,
            note=row.note,
            recogniser=recogniser,
            channel=channel,
        )


def _recogniser(context: Context, row: FactRow) -> tuple[str | None, Channel | None]:
    """A feed's recogniser is the one that today's policy names: the ledger keeps that it was recognised."""
    if row.kind == "recognition":
        return row.client_name, "authority"
    if row.kind == "registration" and row.recognised:
        return context.policy_book.feed_recogniser(row.division_code, row.feed_id, row.subject), "feed"
    return None, None
