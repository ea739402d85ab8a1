"""Facts that concern no hours, as they stand: attestations, integrity records and links."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, literal_column, select, text

from service.store.keysets import is_among
from service.store.tables import MARKING, UNDOING, ledger


@dataclass(frozen=True, slots=True)
class StoredNote:
    """An attestation or integrity record; ``withdrawn_at`` and ``withdrawal_reason`` once it was withdrawn."""

    person_id: int
    seq: int
    kind: str
    division_code: str
    recorded_at: datetime
    recorded_by: int
    basis: str
    year: int | None
    outcome: str | None
    entered_on: date | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


_standing = select(ledger).where(ledger.c.person_id == bindparam("person_id"), text(MARKING)).cte("note")
_undoing = select(ledger).where(ledger.c.person_id == bindparam("person_id"), text(UNDOING)).cte("undoing")
_NOTES: Final = (
    select(
        *(_standing.c[name] for name in ("person_id", "seq", "kind", "division_code", "recorded_at")),
        *(_standing.c[name] for name in ("recorded_by", "reason", "credit_year", "outcome", "entered_on")),
        _undoing.c.recorded_at,
        _undoing.c.reason,
    )
    .select_from(_standing.outerjoin(_undoing, _undoing.c.entry_seq == _standing.c.seq))
    .where(_standing.c.kind.in_(("attestation", "integrity_record")))
    .order_by(_standing.c.seq)
)


def read_notes(connection: Connection, person_id: int) -> list[StoredNote]:
    """A person's attestations and integrity records, in the order of their seq."""
    rows: Iterable[Any] = connection.execute(_NOTES, {"person_id": person_id})
    return [StoredNote(*row) for row in rows]


def read_links(connection: Connection, person_ids: Sequence[int]) -> dict[int, set[int]]:
    """Each of these people with those found to be the same person."""
    linked: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    for person_id, other in connection.execute(_links(connection.dialect.name), {"person_ids": person_ids}):
        linked[person_id].add(other)
    return linked


def read_lonely_link(connection: Connection) -> tuple[int, int] | None:
    """(person_id, seq) of a link that stands in one chain only; there must be none."""
    other = ledger.alias("other")
    row = connection.execute(
        select(ledger.c.person_id, ledger.c.seq)
        .where(
            ledger.c.kind == literal_column("'link'"),
            ~select(other.c.seq)
            .where(
                other.c.kind == literal_column("'link'"),
                other.c.person_id == ledger.c.other_person_id,
                other.c.other_person_id == ledger.c.person_id,
            )
            .exists(),
        )
        .order_by(ledger.c.person_id, ledger.c.seq)
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


@cache
def _links(dialect_name: str) -> Select[Any]:
    return select(ledger.c.person_id, ledger.c.other_person_id).where(
        is_among(dialect_name, ledger.c.person_id, "person_ids"), text("kind = 'link'")
    )
