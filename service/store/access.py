"""Access records: appended, read page by page, and deleted once they are old enough."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import product
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    bindparam,
    insert,
    literal_column,
    select,
    text,
    union_all,
)

from service.domain.access import AccessRecord, Asker
from service.store.columns import Instant
from service.store.tables import access_record

_RECORD: Final = tuple(access_record.c[name] for name in AccessRecord.__slots__)
_PURGED_AT_ONCE: Final = 5_000

_KINDS: Final[tuple[ColumnElement[bool], ...]] = (
    literal_column("NOT access_record.settles"),
    literal_column("access_record.settles"),
)
"""Each has its own index. As text, for SQLite is else asked about 0 and 1, and does not see that the index fits."""

# The answers of a person for whom the clock alone would say something else now (a late commit, a clock set back) stay.
_PURGE: Final = text(
    """
    DELETE FROM access_record WHERE access_id IN (
        SELECT old.access_id FROM access_record AS old
        WHERE old.at < :before AND NOT EXISTS (
            SELECT 1 FROM access_record AS given
            WHERE given.settles AND given.person_id IS NOT NULL AND given.person_id = old.person_id
                AND given.position <> coalesce((
                    SELECT max(fact.seq) FROM ledger AS fact
                    WHERE fact.person_id = given.person_id AND fact.recorded_at <= given.as_of
                ), 0)
        ) AND NOT EXISTS (
            SELECT 1 FROM identity CROSS JOIN ledger AS fact
            WHERE identity.id_hash = old.id_hash AND fact.person_id = identity.person_id AND fact.seq = 1
                AND fact.recorded_at <= old.as_of
        )
        ORDER BY old.at LIMIT :most
    )
    """
).bindparams(bindparam("before", type_=Instant))


class AccessFilter(NamedTuple):
    """Which records; None: whatever they have. ``until`` is not included, ``after`` is the last one seen."""

    since: datetime | None = None
    until: datetime | None = None
    person_id: int | None = None
    after: int | None = None


def insert_access(
    connection: Connection,
    asker: Asker,
    now: datetime,
    person_ids: Iterable[int] = (),
    id_hashes: Iterable[bytes] = (),
) -> None:
    """One record for each of these people, and of these documents that nobody in the ledger has; one statement."""
    about: list[tuple[int | None, bytes | None]] = [(each, None) for each in dict.fromkeys(person_ids)]
    about += [(None, each) for each in dict.fromkeys(id_hashes)]
    if not about:
        return
    same = {
        "at": now,
        "client_id": asker.client_id,
        "purpose": asker.purpose,
        "request_id": asker.request_id,
        "settles": False,
    }
    rows = [{"person_id": person_id, "id_hash": id_hash, **same} for person_id, id_hash in about]
    connection.execute(insert(access_record), rows)


def list_access(connection: Connection, chosen: AccessFilter, limit: int) -> list[AccessRecord]:
    """Up to ``limit`` records in the order in which they were written."""
    conditions: list[ColumnElement[bool]] = []
    if chosen.since is not None:
        conditions.append(access_record.c.at >= chosen.since)
    if chosen.until is not None:
        conditions.append(access_record.c.at < chosen.until)
    if chosen.after is not None:
        conditions.append(access_record.c.access_id > chosen.after)
    order = access_record.c.access_id
    if chosen.person_id is not None:
        conditions = [order.in_(ids_about([chosen.person_id], [], conditions, order, limit))]
    statement = select(*_RECORD).where(*conditions).order_by(order).limit(limit)
    return [AccessRecord(*row) for row in connection.execute(statement)]


def ids_about(
    person_ids: Sequence[int],
    id_hashes: Sequence[bytes],
    conditions: Sequence[ColumnElement[bool]],
    order: ColumnElement[int],
    limit: int | None,
) -> CompoundSelect[tuple[int]]:
    """Selects the ids of the records about these people and documents (at least one of them) for which the conditions
    hold: of each of them, and of those that settle and those that do not, the first ``limit``; None: all."""
    whom: list[ColumnElement[bool]] = [access_record.c.person_id == each for each in person_ids]
    whom += [access_record.c.id_hash == each for each in id_hashes]
    parts = []
    for whose, kind in product(whom, _KINDS):
        part = select(access_record.c.access_id).where(whose, kind, *conditions)
        # SQLite takes no ORDER BY in a part of a UNION.
        parts.append(part if limit is None else select(part.order_by(order).limit(limit).subquery()))
    return union_all(*parts)


def delete_access(connection: Connection, before: datetime) -> int:
    """Deletes some thousand of the oldest records written before that; how many that were, 0 when none is left.

    Raises DBAPIError for records the database does not give up yet.
    """
    values: dict[str, Any] = {"before": before, "most": _PURGED_AT_ONCE}
    return connection.execute(_PURGE, values).rowcount
