"""Undoes an import: every entry it made is reversed, once, in one transaction."""

from collections.abc import Sequence
from typing import Final

from service.context import Context
from service.domain.client import Client
from service.domain.entry import ReversalReason
from service.domain.errors import Refusal
from service.domain.identifiers import encode_entry_id, encode_person_id
from service.operations.record_import import visible_import
from service.operations.reversing import reversal_fact
from service.store.database import Connection
from service.store.import_entries import (
    PlacedEntry,
    insert_import_reversal,
    is_reversed,
    page_of_import,
    read_entries_with_last,
)
from service.store.imports import select_import
from service.store.keysets import KEYS_MAX
from service.store.people import lock_heads
from service.store.posting import Posting

ENTRIES_LISTED_MAX: Final = 100


def reverse_import(
    context: Context,
    client: Client,
    import_id: int,
    reason: ReversalReason = "other",
    note: str | None = None,
) -> int:
    """How many entries were reversed: all that the import made, corrections too. What a correction replaced stays
    reversed.

    Refusals: ``not_found`` (another provider's too), ``already_reversed`` (the import), ``import_built_on`` when a
    later fact stands on an entry of it, with the first ENTRIES_LISTED_MAX of these ``entries`` and how many there are
    (``entries_total``); then nothing is reversed. A fixed number of statements for each KEYS_MAX entries.
    """
    note = note or f"import {encode_person_id(import_id)}"

    def work(connection: Connection) -> int:
        visible_import(client, select_import(connection, import_id))
        if is_reversed(connection, import_id):
            raise Refusal("already_reversed")
        done, built_on = 0, list[PlacedEntry]()
        while page := page_of_import(connection, import_id, done, KEYS_MAX):
            built_on += _reverse(context, client, connection, page, reason, note)
            done = page[-1].place
        if built_on:
            raise _built_on(built_on)
        insert_import_reversal(connection, import_id, client.client_id, done, context.clock())
        return done

    return context.database.write(work)


def _reverse(
    context: Context,
    client: Client,
    connection: Connection,
    page: Sequence[PlacedEntry],
    reason: ReversalReason,
    note: str,
) -> list[PlacedEntry]:
    """Reverses a page of entries; those that another fact stands on are left alone and given back."""
    heads = lock_heads(connection, sorted({entry.person_id for entry in page}))
    standing = read_entries_with_last(connection, [(entry.person_id, entry.seq) for entry in page])
    posting = Posting(context.clock())
    built_on = []
    for placed in page:
        entry, last_seq = standing[placed.person_id, placed.seq]
        if last_seq != placed.seq:
            built_on.append(placed)
            continue
        head = heads[placed.person_id]
        fact = reversal_fact(entry, head, posting.stamp(head), client.client_id, reason, note)
        posting.add_change(head, fact, "reversed", 0)
    if not built_on:
        posting.write(connection)
    return built_on


def _built_on(entries: Sequence[PlacedEntry]) -> Refusal:
    listed = [encode_entry_id(entry.person_id, entry.seq) for entry in entries[:ENTRIES_LISTED_MAX]]
    return Refusal(
        "import_built_on",
        params={"count": len(entries)},
        extra={"entries": listed, "entries_total": len(entries)},
    )
