"""Who looked at whom: writes it down, reads it back, and lets go of what is old enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.context import Context
from service.domain.access import KEPT_DAYS, AccessRecord, Asker
from service.domain.errors import Fault, invalid_request
from service.store.access import AccessFilter, delete_access, insert_access, list_access
from service.store.database import Connection

RECORDS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Some records, and the cursor for the next ones; None: these are the last."""

    records: list[AccessRecord]
    next_cursor: str | None


def record_access(
    context: Context,
    connection: Connection | None,
    asker: Asker,
    person_ids: Iterable[int] = (),
    id_hashes: Iterable[bytes] = (),
) -> None:
    """Writes that these people were looked at; ``id_hashes``: documents that nobody in the ledger has.

    In the transaction of ``connection``, or at once when there is none: call it before anything is shown.
    """
    people, documents, now = list(person_ids), list(id_hashes), context.clock()
    if connection is not None:
        insert_access(connection, asker, now, people, documents)
    elif people or documents:
        context.database.record(lambda opened: insert_access(opened, asker, now, people, documents))


def list_access_records(
    context: Context,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    person_id: int | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> AccessPage:
    """The records of [since, until), oldest first, ``limit`` (1 … RECORDS_MAX) at a time.

    Refusal ``invalid_request``: the cursor is none of ours.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise invalid_request([Fault("/cursor", "invalid_cursor")])
    chosen = AccessFilter(since, until, person_id, None if cursor is None else int(cursor))
    limit = max(1, min(limit, RECORDS_MAX))
    with context.database.reading() as connection:
        records = list_access(connection, chosen, limit + 1)
    if len(records) <= limit:
        return AccessPage(records, None)
    return AccessPage(records[:limit], str(records[limit - 1].access_id))


def purge_access_records(context: Context, days: int = KEPT_DAYS) -> int:
    """Deletes records older than ``days`` (KEPT_DAYS at least, else ValueError) and says how many.

    Records that still hold an answer in place which the clock alone would not give again stay.
    """
    if days < KEPT_DAYS:
        raise ValueError(f"access records are kept {KEPT_DAYS} days")
    before = context.clock() - timedelta(days=days)
    total = 0
    while deleted := context.database.write(lambda connection: delete_access(connection, before)):
        total += deleted
    return total
