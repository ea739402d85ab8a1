"""The queue of an authority: what waits for its recognition, oldest first."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client, division_covers
from service.domain.entry import Entry
from service.domain.errors import Fault, Refusal, invalid_request
from service.domain.identifiers import decode_entry_id, encode_entry_id
from service.domain.series import normalise_series
from service.operations.record_access import record_access
from service.store.recognition import PendingRow, Place, QueueFilter, list_pending

QUEUE_ROWS_MAX: Final = 1000

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})\.(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry that waits, and whose it is, in clear: the door masks them. None: erased."""

    entry: Entry
    name: str | None
    id_number: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some pending entries, and the cursor for the next ones; None: these are the last."""

    entries: list[PendingEntry]
    next_cursor: str | None


def read_recognition_queue(
    context: Context,
    client: Client,
    *,
    asker: Asker,
    division_code: str | None = None,
    series: str | None = None,
    credit_year: int | None = None,
    provider_id: int | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> QueuePage:
    """The entries that wait and that the client may recognise, in the order in which they were registered,
    ``limit`` (1 … QUEUE_ROWS_MAX) at a time; what is decided meanwhile drops out, nothing is passed over. One
    statement, and one for the access records of everyone on the page.

    ``division_code`` covers the divisions below it; ``series`` is compared as names of series are. Refusals:
    ``forbidden_division`` (none of it is the client's), ``invalid_request`` (the cursor is none of ours).
    """
    places = _places(context, client, division_code)
    if not places:
        raise Refusal("forbidden_division", params={"code": division_code})
    chosen = QueueFilter(
        series_key=None if series is None else normalise_series(series),
        credit_year=credit_year,
        provider_id=provider_id,
        after=None if cursor is None else _after(cursor),
    )
    limit = max(1, min(limit, QUEUE_ROWS_MAX))
    with context.database.reading() as connection:
        rows = list_pending(connection, places, chosen, limit + 1)
    page = [_opened(context, row) for row in rows[:limit]]
    record_access(context, None, asker, [each.entry.person_id for each in page])
    return QueuePage(page, _cursor(page[-1].entry) if len(rows) > limit else None)


def _places(context: Context, client: Client, division_code: str | None) -> list[Place]:
    book = context.policy_book
    return [
        Place(code, book.recognising_scope(client, code))
        for code in book.divisions
        if client.covers(code) and (division_code is None or division_covers(division_code, code))
    ]


def _opened(context: Context, row: PendingRow) -> PendingEntry:
    name, number = (
        None if sealed is None else context.vault.open(sealed)
        for sealed in (row.name_sealed, row.number_sealed)
    )
    return PendingEntry(row.entry, name, number)


def _cursor(entry: Entry) -> str:
    microseconds = (entry.recorded_at - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds}.{encode_entry_id(entry.person_id, entry.seq)}"


def _after(cursor: str) -> tuple[datetime, int, int]:
    match = _CURSOR.fullmatch(cursor)
    entry_id = decode_entry_id(match[2]) if match else None
    if match is None or entry_id is None:
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    return (_EPOCH + timedelta(microseconds=int(match[1])), *entry_id)
