"""Disputes and what was said in them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from service.domain.dispute import Dispute, DisputeStatus, Statement
from service.domain.entry import Entry
from service.store.entries import is_within
from service.store.rights_tables import dispute, dispute_event

EVERYTHING: Final = 1_000_000
"""More disputes than a person can have."""


class DisputeFilter(NamedTuple):
    """Which disputes to list; None: whatever they have. ``after``: the id of the last one seen."""

    provider_id: int | None = None
    divisions: tuple[str, ...] | None = None
    person_id: int | None = None
    entry_seq: int | None = None
    status: DisputeStatus | None = None
    after: int | None = None


_ONE: Final = select(dispute).where(dispute.c.dispute_id == bindparam("wanted"))
_LOCKED: Final = _ONE.with_for_update()
_STANDING: Final = select(dispute.c.dispute_id).where(
    dispute.c.person_id == bindparam("person_id"),
    dispute.c.entry_seq == bindparam("entry_seq"),
    dispute.c.status != "closed",
)
_STATEMENTS: Final = (
    select(dispute_event)
    .where(dispute_event.c.dispute_id.in_(bindparam("wanted", expanding=True)))
    .order_by(dispute_event.c.dispute_id, dispute_event.c.event_no)
)
_CHANGE: Final = (
    update(dispute).where(dispute.c.dispute_id == bindparam("wanted")).values(status=bindparam("new_status"))
)


def find_standing(connection: Connection, person_id: int, entry_seq: int) -> int | None:
    """The dispute of an entry that is not closed, or None."""
    found: int | None = connection.execute(
        _STANDING, {"person_id": person_id, "entry_seq": entry_seq}
    ).scalar()
    return found


def insert_dispute(connection: Connection, entry: Entry, statement: Statement) -> int:
    """A new dispute with its first statement; its id. A second one of the entry is a unique conflict."""
    values = {
        "person_id": entry.person_id,
        "entry_seq": entry.seq,
        "provider_id": entry.provider_id,
        "division_code": entry.division_code,
        "status": "open",
    }
    dispute_id = int(connection.execute(insert(dispute).returning(dispute.c.dispute_id), values).scalar_one())
    _append(connection, dispute_id, 1, statement)
    return dispute_id


def add_statement(
    connection: Connection, before: Dispute, statement: Statement, status: DisputeStatus
) -> None:
    """One more statement of a dispute that is locked, and the status it brings."""
    _append(connection, before.dispute_id, len(before.statements) + 1, statement)
    connection.execute(_CHANGE, {"wanted": before.dispute_id, "new_status": status})


def _append(connection: Connection, dispute_id: int, number: int, statement: Statement) -> None:
    values = {
        "dispute_id": dispute_id,
        "event_no": number,
        **{name: getattr(statement, name) for name in Statement.__slots__},
    }
    connection.execute(insert(dispute_event), values)


def select_dispute(connection: Connection, dispute_id: int, *, locked: bool = False) -> Dispute | None:
    """The dispute; ``locked``: nobody else changes it until the transaction ends."""
    rows = connection.execute(_LOCKED if locked else _ONE, {"wanted": dispute_id}).all()
    return next(iter(_read(connection, rows)), None)


def list_disputes(connection: Connection, chosen: DisputeFilter, limit: int) -> list[Dispute]:
    """Up to ``limit`` disputes in the order they were opened in."""
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (dispute.c.provider_id, chosen.provider_id),
        (dispute.c.person_id, chosen.person_id),
        (dispute.c.entry_seq, chosen.entry_seq),
        (dispute.c.status, chosen.status),
    ):
        if value is not None:
            conditions.append(column == value)
    if chosen.divisions is not None:
        conditions.append(or_(*(is_within(dispute.c.division_code, code) for code in chosen.divisions)))
    if chosen.after is not None:
        conditions.append(dispute.c.dispute_id > chosen.after)
    statement = select(dispute).where(*conditions).order_by(dispute.c.dispute_id).limit(limit)
    return _read(connection, connection.execute(statement).all())


def _read(connection: Connection, rows: Sequence[Any]) -> list[Dispute]:
    if not rows:
        return []
    said: defaultdict[int, list[Statement]] = defaultdict(list)
    for dispute_id, _, *statement in connection.execute(
        _STATEMENTS, {"wanted": [row.dispute_id for row in rows]}
    ):
        said[dispute_id].append(Statement(*statement))
    return [Dispute(*(*row, tuple(said[row.dispute_id]))) for row in rows]
