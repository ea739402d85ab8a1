"""What recognition reads: where entries stand, and the queue of those that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from service.domain.competence import Scope
from service.domain.entry import Entry, EntryStatus
from service.store.arrays import array_text
from service.store.columns import Instant
from service.store.entries import ENTRY_COLUMNS, PROVIDER_UNINDEXED
from service.store.keysets import are_among, bind_tuples
from service.store.prepared import fetch, prepared, prepared_like
from service.store.rights_tables import dispute
from service.store.tables import client, entry_state, identity, ledger, person

_KEY: Final = (entry_state.c.person_id, entry_state.c.entry_seq)
_STATE: Final = tuple(
    entry_state.c[name]
    for name in (
        "person_id",
        "entry_seq",
        "status",
        "recognised",
        "credit_year",
        "subject",
        "series_key",
        "division_code",
        "hours",
        "self_registered",
    )
)
IS_DISPUTED: Final = exists(
    select(dispute.c.dispute_id)
    .where(
        dispute.c.person_id == entry_state.c.person_id,
        dispute.c.entry_seq == entry_state.c.entry_seq,
        dispute.c.status != "closed",
    )
    .correlate(entry_state)
)
"""Whether an entry has a dispute that is not closed."""


def first_number(person_id: ColumnElement[int]) -> ScalarSelect[bytes]:
    """The number of the first of a person's documents, sealed."""
    return (
        select(identity.c.number_sealed)
        .where(identity.c.person_id == person_id)
        .order_by(identity.c.id_hash)
        .limit(1)
        .scalar_subquery()
    )


_LISTED: Final = (
    *ENTRY_COLUMNS,
    entry_state.c.last_seq,
    IS_DISPUTED,
    client.c.name,
    person.c.name_sealed,
    first_number(entry_state.c.person_id),
)
_QUEUED: Final = (entry_state.c.registered_at, *_KEY)


@dataclass(slots=True)
class EntryState:
    """Where a stored entry stands, and the last fact about it; changes as facts are added to it."""

    person_id: int
    entry_seq: int
    status: EntryStatus
    recognised: int
    credit_year: int
    subject: str
    series_key: str | None
    division_code: str
    hours: int
    self_registered: bool
    last_seq: int
    last_kind: str
    last_by: int
    last_reason: str | None


class Place(NamedTuple):
    """A division, and what of its hours somebody may recognise."""

    division_code: str
    scope: Scope


NO_SERIES: Final = ""
"""Stands for the series of hours that name none, in a filter."""


class QueueFilter(NamedTuple):
    """Which pending entries to list; None: whatever they have. Registered in [``since``, ``before``). ``after``:
    (registered_at, person_id, seq) of the last one seen."""

    series_key: str | None = None
    credit_year: int | None = None
    provider_id: int | None = None
    person_id: int | None = None
    self_registered: bool | None = None
    since: datetime | None = None
    before: datetime | None = None
    after: tuple[datetime, int, int] | None = None


class PendingRow(NamedTuple):
    """An entry, the last fact of it, whether it is disputed, who registered it, and whose it is, sealed; None when
    erased."""

    entry: Entry
    last_seq: int
    disputed: bool
    provider_name: str
    name_sealed: bytes | None
    number_sealed: bytes | None


def read_states(
    connection: Connection, entry_ids: Sequence[tuple[int, int]]
) -> Mapping[tuple[int, int], EntryState]:
    """The states of these entries, one at least; unknown ones are left out. Read after the chains are locked."""
    if connection.dialect.name == "postgresql":
        people, seqs = zip(*entry_ids, strict=True)
        rows = fetch(connection, _STATES_EACH, {"people": array_text(people), "seqs": array_text(seqs)})
    else:
        rows = fetch(connection, _STATES, bind_tuples("sqlite", "keys", entry_ids, 2))
    return {(row[0], row[1]): EntryState(*row) for row in rows}


_WITH_LAST: Final = select(
    *_STATE, ledger.c.seq, ledger.c.kind, ledger.c.recorded_by, ledger.c.reason
).select_from(
    entry_state.join(
        ledger, and_(ledger.c.person_id == entry_state.c.person_id, ledger.c.seq == entry_state.c.last_seq)
    )
)
_STATES: Final = _WITH_LAST.where(are_among("sqlite", _KEY, "keys"))
_STATES_EACH: Final = prepared(
    f"""
    SELECT found.* FROM unnest(CAST(:people AS bigint[]), CAST(:seqs AS integer[])) AS wanted(person_id, seq),
    LATERAL (
        {prepared_like(_WITH_LAST).sql}
        WHERE entry_state.person_id = wanted.person_id AND entry_state.entry_seq = wanted.seq
        OFFSET 0
    ) AS found
    """  # noqa: S608  # constants of the tables
)
"""For PostgreSQL, which would rather join whole tables; OFFSET makes it look up each one."""


def list_pending(
    connection: Connection, places: Sequence[Place], chosen: QueueFilter, limit: int
) -> list[PendingRow]:
    """Up to ``limit`` entries that wait for recognition in these places (at least one), oldest first."""
    rows = connection.execute(pending_statement(places, chosen, limit))
    return [_pending(row) for row in rows]


def read_listed(connection: Connection, entry_ids: Sequence[tuple[int, int]]) -> list[PendingRow]:
    """These entries, whether they wait or not, in no order; unknown ones are left out."""
    dialect_name = connection.dialect.name
    rows = connection.execute(_listed(dialect_name), bind_tuples(dialect_name, "keys", entry_ids, 2))
    return [_pending(row) for row in rows]


def _pending(row: Any) -> PendingRow:
    return PendingRow._make((Entry(*row[:-5]), *row[-5:]))


def pending_statement(places: Sequence[Place], chosen: QueueFilter, limit: int) -> Select[Any]:
    """Of each place the first ``limit`` in the order of the index, then the first of them all."""
    first = union_all(*(_of_place(place, chosen, limit) for place in places)).subquery("first")
    page = select(first).order_by(*first.c).limit(limit).subquery("page")
    this = and_(entry_state.c.person_id == page.c.person_id, entry_state.c.entry_seq == page.c.entry_seq)
    return select(*_LISTED).select_from(_with_context(page.join(entry_state, this))).order_by(*page.c)


@cache
def _listed(dialect_name: str) -> Select[Any]:
    return (
        select(*_LISTED).select_from(_with_context(entry_state)).where(are_among(dialect_name, _KEY, "keys"))
    )


def _with_context(source: FromClause) -> FromClause:
    registration = and_(
        ledger.c.person_id == entry_state.c.person_id, ledger.c.seq == entry_state.c.entry_seq
    )
    return (
        source.join(ledger, registration)
        .join(person, person.c.person_id == entry_state.c.person_id)
        .join(client, client.c.client_id == entry_state.c.provider_id)
    )


def _of_place(place: Place, chosen: QueueFilter, limit: int) -> Select[Any]:
    rows = select(*_QUEUED).where(*are_pending(place, chosen)).order_by(*_QUEUED).limit(limit).subquery()
    return select(rows)  # SQLite takes no ORDER BY in a part of a UNION


def are_pending(place: Place, chosen: QueueFilter) -> list[ColumnElement[bool]]:
    """What holds of a place's entries that wait and are among the chosen."""
    # The status is text, no parameter: only so does either database see that the partial index fits.
    conditions: list[ColumnElement[bool]] = [
        literal_column("entry_state.status = 'registered'"),
        entry_state.c.division_code == place.division_code,
        _within(place.scope),
    ]
    series_key = None if chosen.series_key == NO_SERIES else chosen.series_key
    if chosen.series_key == NO_SERIES:
        conditions.append(entry_state.c.series_key.is_(None))
    for column, value in (
        (entry_state.c.series_key, series_key),
        (entry_state.c.credit_year, chosen.credit_year),
        (PROVIDER_UNINDEXED, chosen.provider_id),
        (entry_state.c.person_id, chosen.person_id),
        (entry_state.c.self_registered, chosen.self_registered),
    ):
        if value is not None:
            conditions.append(column == value)
    if chosen.since is not None:
        conditions.append(entry_state.c.registered_at >= bindparam(None, chosen.since, type_=Instant))
    if chosen.before is not None:
        conditions.append(entry_state.c.registered_at < bindparam(None, chosen.before, type_=Instant))
    if chosen.after is not None:
        moment, person_id, seq = chosen.after
        after = (bindparam(None, moment, type_=Instant), person_id, seq)
        conditions.append(tuple_(*_QUEUED) > tuple_(*after))
    return conditions


def _within(scope: Scope) -> ColumnElement[bool]:
    """As ``Scope.holds``."""
    is_general = entry_state.c.subject == "general_public"
    is_unnamed = entry_state.c.series_key.is_(None)
    named = ~is_unnamed if scope.series is None else entry_state.c.series_key.in_(sorted(scope.series))
    return or_(
        is_general if scope.general_public else false(),
        and_(~is_general, or_(named, is_unnamed if scope.unnamed else false())),
    )
