"""Determinations: answers as they were given, with what each was made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from service.store.append import append_rows
from service.store.determination_tables import (
    determination,
    determination_mask,
    determination_member,
    policy_text,
)
from service.store.standing import Member

IDS_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class DeterminationRecord:
    """A determination as stored. ``ground``, ``question``, ``answer``: JSON texts without name and number."""

    determination_id: int
    client_id: int
    given_at: datetime
    as_of: datetime
    language: str
    division_code: str
    policy_id: str | None
    policy_digest: str | None
    baseline_digest: str
    engine_version: str
    ground: str
    question: str
    answer: str


_FIELDS: Final = tuple(column.name for column in determination.columns)
_INSERT: Final = insert(determination)
_INSERT_MASK: Final = insert(determination_mask)
_DETERMINATIONS: Final = select(determination, determination_mask.c.masks_sealed).outerjoin(
    determination_mask, determination_mask.c.determination_id == determination.c.determination_id
)
_ONE: Final = _DETERMINATIONS.where(determination.c.determination_id == bindparam("wanted"))
_MEMBERS: Final = (
    select(determination_member.c.person_id, determination_member.c.position, determination_member.c.head)
    .where(determination_member.c.determination_id == bindparam("wanted"))
    .order_by(determination_member.c.person_id)
)
_TEXTS: Final = select(policy_text).where(policy_text.c.digest.in_(bindparam("digests", expanding=True)))
_IDS: Final = (
    select(determination.c.determination_id)
    .where(determination.c.determination_id > bindparam("after"))
    .order_by(determination.c.determination_id)
    .limit(IDS_AT_ONCE)
)
_COUNT: Final = select(func.count()).select_from(determination)


def insert_determination(
    connection: Connection,
    record: DeterminationRecord,
    members: Sequence[Member],
    masks_sealed: bytes,
    id_hash: bytes | None,
) -> None:
    """``id_hash``: of a person the ledger does not know, who has no members."""
    connection.execute(_INSERT, {name: getattr(record, name) for name in _FIELDS})
    append_rows(
        connection,
        determination_member,
        ("person_id", "determination_id", "position", "head"),
        [(member.person_id, record.determination_id, member.position, member.head) for member in members],
    )
    connection.execute(
        _INSERT_MASK,
        {"determination_id": record.determination_id, "id_hash": id_hash, "masks_sealed": masks_sealed},
    )


def keep_texts(connection: Connection, texts: Iterable[tuple[str, str]]) -> None:
    """Keeps policy texts, given as (digest, text), that are not kept yet."""
    rows = [{"digest": digest, "text": text} for digest, text in texts]
    known = {row.digest for row in connection.execute(_TEXTS, {"digests": [row["digest"] for row in rows]})}
    missing = [row for row in rows if row["digest"] not in known]
    if missing:
        connection.execute(_insert_or_leave(connection.dialect.name, policy_text), missing)


def _insert_or_leave(dialect_name: str, table: Table) -> Insert:
    # Somebody else may keep the same text at the same moment.
    maker = postgresql.insert if dialect_name == "postgresql" else sqlite.insert
    return maker(table).on_conflict_do_nothing()


def select_determination(
    connection: Connection, determination_id: int
) -> tuple[DeterminationRecord, bytes | None] | None:
    """The determination and its sealed masks, None where they were erased; None when there is none."""
    row = connection.execute(_ONE, {"wanted": determination_id}).one_or_none()
    return None if row is None else _read(row)


def select_members(connection: Connection, determination_id: int) -> list[Member]:
    """The chains an answer was made from, by person id."""
    return [Member(*row) for row in connection.execute(_MEMBERS, {"wanted": determination_id})]


def select_texts(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """Kept policy texts by digest."""
    return {row.digest: row.text for row in connection.execute(_TEXTS, {"digests": list(digests)})}


def select_ids(connection: Connection, after: int) -> list[int]:
    """Up to IDS_AT_ONCE determination ids after one, in order."""
    return [row[0] for row in connection.execute(_IDS, {"after": after})]


def count_determinations(connection: Connection) -> int:
    return int(connection.execute(_COUNT).scalar_one())


def select_of_people(
    connection: Connection, person_ids: Sequence[int], id_hashes: Sequence[bytes]
) -> list[tuple[DeterminationRecord, bytes | None]]:
    """What was determined of people, in the order it was given: by their chains, and by their documents before the
    ledger knew whose they were. Each with its sealed masks, as ``select_determination``."""
    chosen = or_(
        determination.c.determination_id.in_(_of_chains(person_ids)),
        determination_mask.c.id_hash.in_(id_hashes),
    )
    statement = _DETERMINATIONS.where(chosen).order_by(
        determination.c.given_at, determination.c.determination_id
    )
    return [_read(row) for row in connection.execute(statement)]


def _of_chains(person_ids: Sequence[int]) -> Select[tuple[int]]:
    return select(determination_member.c.determination_id).where(
        determination_member.c.person_id.in_(person_ids)
    )


def erase_masks(connection: Connection, person_ids: Sequence[int], id_hashes: Sequence[bytes]) -> None:
    """Removes the masked names and numbers from these people's determinations."""
    chosen = or_(
        determination_mask.c.determination_id.in_(_of_chains(person_ids)),
        determination_mask.c.id_hash.in_(id_hashes),
    )
    connection.execute(delete(determination_mask).where(chosen))


def _read(row: Any) -> tuple[DeterminationRecord, bytes | None]:
    *values, masks_sealed = row
    return DeterminationRecord(*values), masks_sealed
