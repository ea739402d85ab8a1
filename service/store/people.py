"""People: found by the hash of a document, locked by the head of their chain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select

from service.domain.fact import GENESIS
from service.domain.tally import TotalRow
from service.store.append import Row, Rows, append_tables
from service.store.arrays import array_text
from service.store.kept_totals import NO_TOTALS, moved
from service.store.keysets import is_among
from service.store.prepared import fetch, prepared_like
from service.store.tables import chain_head, identity, person


@dataclass(slots=True)
class Head:
    """The last fact of a person's chain with the kept totals; moves on as facts are added to it. ``moves`` are the
    deltas of facts that ``totals`` does not hold yet."""

    person_id: int
    seq: int
    hash: bytes
    recorded_at: datetime | None
    totals: str = NO_TOTALS
    moves: list[TotalRow] = field(default_factory=list)

    def add_up(self) -> None:
        """Brings the totals up to the last fact."""
        if self.moves:
            self.totals = moved(self.totals, self.moves)
            self.moves = []


@dataclass(slots=True)
class KnownPerson:
    """A person with the head of the chain, locked. ``is_new``: made in this transaction."""

    head: Head
    name_hash: bytes
    is_new: bool = False


def new_person(person_id: int, name_hash: bytes) -> KnownPerson:
    return KnownPerson(Head(person_id, 0, GENESIS, None), name_hash, is_new=True)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is stored of a new person."""

    person_id: int
    name_sealed: bytes
    name_hash: bytes
    id_hash: bytes
    id_type: str
    number_sealed: bytes


HEAD_COLUMNS: Final = (chain_head.c.seq, chain_head.c.hash, chain_head.c.recorded_at, chain_head.c.totals)
"""What a ``Head`` is made of after the person, in its order."""

_ID_BY_HASH: Final = select(identity.c.person_id).where(identity.c.id_hash == bindparam("id_hash"))
_NAMED_BY_HASH: Final = (
    select(identity.c.person_id, person.c.name_hash)
    .join(person, person.c.person_id == identity.c.person_id)
    .where(identity.c.id_hash == bindparam("id_hash"))
)


def find_person(connection: Connection, id_hash: bytes) -> int | None:
    """The person id of a document, or None."""
    found: int | None = connection.execute(_ID_BY_HASH, {"id_hash": id_hash}).scalar()
    return found


def find_named(connection: Connection, id_hash: bytes) -> tuple[int, bytes] | None:
    """(person id, hash of the name on file) of a document, or None."""
    row = connection.execute(_NAMED_BY_HASH, {"id_hash": id_hash}).one_or_none()
    return None if row is None else (row.person_id, row.name_hash)


def read_sealed_people(
    connection: Connection, person_ids: Sequence[int]
) -> dict[int, tuple[bytes | None, bytes | None]]:
    """(name, number), each sealed, of these people; None: erased. Of several documents the first."""
    rows = connection.execute(_sealed(connection.dialect.name), {"person_ids": person_ids})
    return {person_id: (name, number) for person_id, name, number in rows}


def lock_people(connection: Connection, id_hashes: Sequence[bytes]) -> dict[bytes, KnownPerson]:
    """The known ones of these documents' people, whose chains nobody else extends until the end.

    Locked in the order of person ids, so that two batches never wait for each other. (SQLite's transaction
    has the only write lock already.) The documents are locked with them: who was erased while this waited is not
    found.
    """
    return known_people(lock_people_rows(connection, id_hashes))


def lock_people_rows(connection: Connection, id_hashes: Sequence[bytes]) -> Sequence[Row]:
    """As ``lock_people``; what the database has of them, for ``known_people``."""
    if connection.dialect.name == "postgresql":
        return fetch(connection, _LOCKING_ALL, {"id_hashes": array_text(id_hashes)})
    return fetch(connection, _locking("sqlite"), {"id_hashes": id_hashes})


def known_people(rows: Iterable[Row]) -> dict[bytes, KnownPerson]:
    return {
        id_hash: KnownPerson(Head(person_id, *head), name_hash)
        for id_hash, person_id, name_hash, *head in rows
    }


def lock_heads(connection: Connection, person_ids: Sequence[int]) -> dict[int, Head]:
    """The heads of these people's chains, locked in the same order; unknown people are left out."""
    rows = connection.execute(_locking_heads(connection.dialect.name), {"person_ids": person_ids})
    return {row[0]: Head(*row) for row in rows}


def add_people(connection: Connection, people: Sequence[PersonRecord], now: datetime) -> None:
    """Stores new people. Another transaction's same document is a unique conflict: the operation runs again."""
    # In the order of the hashes, so that two batches with the same new people cannot deadlock.
    ordered = sorted(people, key=lambda record: record.id_hash)
    people_rows = [(record.person_id, record.name_sealed, record.name_hash, now) for record in ordered]
    identities = [
        (record.id_hash, record.person_id, record.id_type, record.number_sealed) for record in ordered
    ]
    append_tables(
        connection,
        [
            Rows(person, ("person_id", "name_sealed", "name_hash", "created_at"), people_rows),
            Rows(identity, ("id_hash", "person_id", "id_type", "number_sealed"), identities),
        ],
    )


def head_rows(heads: Iterable[Head]) -> list[tuple[Any, ...]]:
    """Rows of ``chain_head``, in the order of person ids; the totals are brought up to date."""
    rows = []
    for head in heads:
        head.add_up()
        rows.append((head.person_id, head.seq, head.hash, head.recorded_at, head.totals))
    return sorted(rows)


@cache
def _sealed(dialect_name: str) -> Select[Any]:
    number = (
        select(identity.c.number_sealed)
        .where(identity.c.person_id == person.c.person_id)
        .order_by(identity.c.id_hash)
        .limit(1)
        .scalar_subquery()
    )
    return select(person.c.person_id, person.c.name_sealed, number).where(
        is_among(dialect_name, person.c.person_id, "person_ids")
    )


@cache
def _locking(dialect_name: str) -> Select[Any]:
    return (
        select(identity.c.id_hash, identity.c.person_id, person.c.name_hash, *HEAD_COLUMNS)
        .join(person, person.c.person_id == identity.c.person_id)
        .join(chain_head, chain_head.c.person_id == identity.c.person_id)
        .where(is_among(dialect_name, identity.c.id_hash, "id_hashes"))
        .order_by(identity.c.person_id)
        .with_for_update(of=[chain_head, identity])
    )


_LOCKING_ALL: Final = prepared_like(_locking("postgresql"))


@cache
def _locking_heads(dialect_name: str) -> Select[Any]:
    return (
        select(chain_head.c.person_id, *HEAD_COLUMNS)
        .where(is_among(dialect_name, chain_head.c.person_id, "person_ids"))
        .order_by(chain_head.c.person_id)
        .with_for_update()
    )
