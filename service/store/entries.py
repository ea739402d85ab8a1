"""Entries as they stand: their registration joined with their state."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    desc,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from service.domain.entry import Entry, EntryStatus
from service.store.arrays import array_text
from service.store.columns import Instant
from service.store.evidence_tables import evidence
from service.store.keysets import are_among, bind_tuples, is_among
from service.store.prepared import fetch, prepared, prepared_like
from service.store.tables import entry_reference, entry_state, ledger

PROVIDER_UNINDEXED: Final = literal_column("+entry_state.provider_id", BigInteger)
"""The plus keeps both databases from the index by provider where another one leads to far fewer rows: to a person's,
however few they believe the provider to have, or to those that wait (within a year it has nearly the queue's order, but
what was decided long ago comes first in it)."""

CourseKey = tuple[int, str, int]
"""Person, course key, credit year: with the provider, what is credited only once."""

ENTRY_COLUMNS: Final = (
    ledger.c.person_id,
    ledger.c.seq,
    ledger.c.external_ref,
    ledger.c.provider_id,
    ledger.c.division_code,
    ledger.c.credit_year,
    ledger.c.subject,
    ledger.c.hours,
    entry_state.c.status,
    entry_state.c.recognised.label("recognised_hours"),
    entry_state.c.self_registered,
    ledger.c.recorded_at,
    ledger.c.series,
    ledger.c.course_code,
    ledger.c.course_title,
    ledger.c.completed_on,
    ledger.c.certificate_no,
    case(
        (
            entry_state.c.self_registered,
            select(func.count())
            .select_from(evidence)
            .where(
                evidence.c.person_id == entry_state.c.person_id,
                evidence.c.entry_seq == entry_state.c.entry_seq,
            )
            .correlate(entry_state)
            .scalar_subquery(),
        ),
        else_=literal_column("0"),
    ).label("evidence"),
)
"""What an ``Entry`` is made of, in its order."""

_ENTRIES: Final = select(*ENTRY_COLUMNS).select_from(
    entry_state.join(
        ledger, and_(ledger.c.person_id == entry_state.c.person_id, ledger.c.seq == entry_state.c.entry_seq)
    )
)
_KEY: Final = (entry_state.c.person_id, entry_state.c.entry_seq)
_PROVIDED: Final = (entry_state.c.credit_year, entry_state.c.registered_at, *_KEY)
_ONE: Final = _ENTRIES.where(
    entry_state.c.person_id == bindparam("person_id"), entry_state.c.entry_seq == bindparam("seq")
)
_OF_PERSON: Final = _ENTRIES.where(entry_state.c.person_id == bindparam("person_id")).order_by(
    entry_state.c.entry_seq
)


class EntryFilter(NamedTuple):
    """Which entries to list; None: whatever they have. ``after``: (credit_year, registered_at, person_id, seq) of
    the last one seen."""

    provider_id: int | None = None
    divisions: tuple[str, ...] | None = None
    person_id: int | None = None
    credit_year: int | None = None
    status: EntryStatus | None = None
    after: tuple[int, datetime, int, int] | None = None


def read_entry_row(connection: Connection, person_id: int, seq: int) -> Entry | None:
    row = connection.execute(_ONE, {"person_id": person_id, "seq": seq}).first()
    return None if row is None else _read_entry(row)


def read_person_entries(connection: Connection, person_id: int) -> list[Entry]:
    """All entries of a person, in the order of registration."""
    return [_read_entry(row) for row in connection.execute(_OF_PERSON, {"person_id": person_id})]


def list_entry_rows(connection: Connection, chosen: EntryFilter, limit: int) -> list[Entry]:
    """Up to ``limit`` entries: a provider's, unless they are of one person, in the order of (credit_year,
    registered_at, person_id, seq), the greatest first; others in that of (person_id, seq). Neither order is disturbed
    by later entries."""
    return [_read_entry(row) for row in connection.execute(listing_statement(chosen, limit))]


def listing_statement(chosen: EntryFilter, limit: int) -> Select[Any]:
    """A page read off the index that has the order, then what belongs to it."""
    by_provider = chosen.provider_id is not None and chosen.person_id is None
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (entry_state.c.provider_id if by_provider else PROVIDER_UNINDEXED, chosen.provider_id),
        (entry_state.c.person_id, chosen.person_id),
        (entry_state.c.credit_year, chosen.credit_year),
        (entry_state.c.status, chosen.status),
    ):
        if value is not None:
            conditions.append(column == value)
    if chosen.divisions is not None:
        conditions.append(or_(*(is_within(entry_state.c.division_code, code) for code in chosen.divisions)))
    # Where there is but one year, SQLite would sort all of it for a comparison that names it.
    left_out = 2 if not by_provider else 0 if chosen.credit_year is None else 1
    order = _PROVIDED[left_out:]
    if chosen.after is not None:
        year, moment, *key = chosen.after
        after = (year, bindparam(None, moment, type_=Instant), *key)[left_out:]
        place, last = tuple_(*order), tuple_(*after)
        conditions.append(place < last if by_provider else place > last)
    ordered = [desc(column) for column in order] if by_provider else order
    page = select(*order).where(*conditions).order_by(*ordered).limit(limit).subquery("page")
    this = and_(page.c.person_id == entry_state.c.person_id, page.c.entry_seq == entry_state.c.entry_seq)
    return _ENTRIES.join(page, this).order_by(*(map(desc, page.c) if by_provider else page.c))


def is_within(column: ColumnElement[str], code: str) -> ColumnElement[bool]:
    """As ``division_covers``: a code covers those that begin with its part before the zeros."""
    prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return column.between(prefix.ljust(6, "0"), prefix.ljust(6, "9"))


def read_referenced(
    connection: Connection,
    provider_id: int,
    external_refs: Sequence[str],
    meanwhile: Callable[[], object] | None = None,
) -> dict[str, Entry]:
    """The provider's entries under these references; ``meanwhile`` is done while they are looked for."""
    values: dict[str, Any] = {"provider_id": provider_id, "external_refs": external_refs}
    if connection.dialect.name == "postgresql":
        values["external_refs"] = array_text(external_refs)
        rows = fetch(connection, _REFERENCED_EACH, values, meanwhile)
    else:
        rows = fetch(connection, _REFERENCED, values, meanwhile)
    return {entry.external_ref: entry for entry in map(_read_entry, rows)}


def read_courses(
    connection: Connection,
    provider_id: int,
    keys: Iterable[CourseKey],
    meanwhile: Callable[[], object] | None = None,
) -> dict[CourseKey, int]:
    """Which of these courses are credited to these people already, and by which seq (reversed ones are not).
    ``meanwhile``: as of ``fetch``."""
    wanted = list(keys)
    if connection.dialect.name == "postgresql":
        values: dict[str, Any] = {
            name: array_text(values)
            for name, values in zip(("people", "courses", "years"), zip(*wanted, strict=True), strict=True)
        }
        rows = fetch(connection, _COURSES_EACH, {"provider_id": provider_id, **values}, meanwhile)
    else:
        values = bind_tuples("sqlite", "keys", wanted, 3)
        rows = fetch(connection, _COURSES, {"provider_id": provider_id, **values}, meanwhile)
    return {(person_id, course_key, year): seq for person_id, course_key, year, seq in rows}


_REFERENCED: Final = _ENTRIES.join(
    entry_reference,
    and_(
        entry_reference.c.person_id == entry_state.c.person_id,
        entry_reference.c.seq == entry_state.c.entry_seq,
    ),
).where(
    entry_reference.c.provider_id == bindparam("provider_id"),
    is_among("sqlite", entry_reference.c.external_ref, "external_refs"),
)
_REFERENCED_EACH: Final = prepared(
    f"""
    SELECT found.* FROM unnest(CAST(:external_refs AS text[])) AS wanted(external_ref),
    LATERAL (
        SELECT entry_reference.person_id, entry_reference.seq FROM entry_reference
        WHERE entry_reference.provider_id = CAST(:provider_id AS bigint)
            AND entry_reference.external_ref = wanted.external_ref
        OFFSET 0
    ) AS place,
    LATERAL (
        {prepared_like(_ENTRIES).sql}
        WHERE entry_state.person_id = place.person_id AND entry_state.entry_seq = place.seq
        OFFSET 0
    ) AS found
    """  # noqa: S608  # constants of the tables
)
"""For PostgreSQL, which would rather join whole tables; OFFSET makes it look up each one."""

_COURSE: Final = (entry_state.c.person_id, entry_state.c.course_key, entry_state.c.credit_year)
_COURSES: Final = select(*_COURSE, entry_state.c.entry_seq).where(
    bindparam("provider_id") == PROVIDER_UNINDEXED,
    entry_state.c.status != "reversed",
    entry_state.c.course_key.is_not(None),
    are_among("sqlite", _COURSE, "keys"),
)
_COURSES_EACH: Final = prepared(
    f"""
    SELECT found.* FROM unnest(
        CAST(:people AS bigint[]), CAST(:courses AS text[]), CAST(:years AS smallint[])
    ) AS wanted(person_id, course_key, credit_year),
    LATERAL (
        SELECT entry_state.person_id, entry_state.course_key, entry_state.credit_year, entry_state.entry_seq
        FROM entry_state
        WHERE entry_state.person_id = wanted.person_id AND {PROVIDER_UNINDEXED} = CAST(:provider_id AS bigint)
            AND entry_state.course_key = wanted.course_key AND entry_state.credit_year = wanted.credit_year
            AND entry_state.status <> 'reversed'
        OFFSET 0
    ) AS found
    """  # noqa: S608  # constants of the tables
)
"""For PostgreSQL, which would rather join all that the provider ever registered: each is looked up, and by the plus by
person and course. It may believe that a provider has fewer entries in a year than somebody has, and look through them
all."""


def _read_entry(row: Any) -> Entry:
    return Entry(*row)
