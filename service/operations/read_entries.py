"""Reads entries as they stand now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.entry import Entry, EntryStatus
from service.domain.errors import Fault, Refusal, invalid_request
from service.operations.moment_cursor import decode_moment, encode_moment
from service.operations.record_access import record_access
from service.store.entries import EntryFilter, list_entry_rows, read_entry_row

ENTRIES_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, and the cursor for the next ones; None: these are the last."""

    entries: list[Entry]
    next_cursor: str | None


def list_entries(
    context: Context,
    client: Client,
    *,
    asker: Asker,
    person_id: int | None = None,
    credit_year: int | None = None,
    status: EntryStatus | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> EntryPage:
    """The entries the client may see, ``limit`` (1 … ENTRIES_MAX) at a time: a provider's own by credit year and
    registration, the latest first; those of one person, or that others see, by person and then by registration. Entries
    registered while somebody pages are met or not, but none is met twice or passed over. Leaves an access record of
    everyone on the page.

    A provider sees its own, an authority those in its divisions. Refusal ``invalid_request``: the cursor is
    none of ours.
    """
    chosen = EntryFilter(
        provider_id=client.client_id if client.role == "provider" else None,
        divisions=client.divisions if client.role == "authority" else None,
        person_id=person_id,
        credit_year=credit_year,
        status=status,
        after=None if cursor is None else _decode(cursor),
    )
    limit = max(1, min(limit, ENTRIES_MAX))
    with context.database.reading() as connection:
        entries = list_entry_rows(connection, chosen, limit + 1)
    page = entries[:limit]
    record_access(context, None, asker, [entry.person_id for entry in page])
    if len(entries) <= limit:
        return EntryPage(page, None)
    return EntryPage(page, _encode(page[-1]))


def _encode(last: Entry) -> str:
    return f"{last.credit_year}.{encode_moment((last.recorded_at, last.person_id, last.seq))}"


def _decode(cursor: str) -> tuple[int, datetime, int, int]:
    year, _, rest = cursor.partition(".")
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    return (int(year), *decode_moment(rest))


def read_entry(context: Context, client: Client, entry_id: tuple[int, int], *, asker: Asker) -> Entry:
    """One entry by (person_id, seq); leaves its access record. Refusals as ``find_entry``."""
    entry = find_entry(context, client, entry_id)
    record_access(context, None, asker, [entry.person_id])
    return entry


def find_entry(context: Context, client: Client, entry_id: tuple[int, int]) -> Entry:
    """One entry, to be shown to nobody: whoever shows it calls ``read_entry``.

    Refusals: ``not_found`` (another provider's too), ``forbidden_division``.
    """
    with context.database.reading() as connection:
        entry = read_entry_row(connection, *entry_id)
    return visible_entry(client, entry)


def visible_entry(client: Client, entry: Entry | None) -> Entry:
    """The entry, if the client may deal with it. Refusals as ``find_entry``."""
    if entry is None or (client.role == "provider" and entry.provider_id != client.client_id):
        raise Refusal("not_found")
    if client.role == "authority" and not client.covers(entry.division_code):
        raise Refusal("forbidden_division", params={"code": entry.division_code})
    return entry
