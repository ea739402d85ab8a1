"""Reads facts and what is derived from them, some people at a time, to compare one with the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, func, or_, select

from service.domain.fact import Fact
from service.store.certificate_tables import certificate_member
from service.store.determination_tables import determination_member
from service.store.tables import chain_head, entry_reference, entry_state, ledger

PEOPLE_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A ledger row: the fact and the two hashes written beside it."""

    fact: Fact
    prev_hash: bytes
    hash: bytes


@dataclass(slots=True)
class StoredPerson:
    """All that is stored of one person's chain; tuples are rows in the order of the table's columns."""

    person_id: int
    facts: list[StoredFact] = field(default_factory=list)
    heads: list[tuple[Any, ...]] = field(default_factory=list)
    states: list[tuple[Any, ...]] = field(default_factory=list)
    references: list[tuple[Any, ...]] = field(default_factory=list)
    given: list[tuple[Any, ...]] = field(default_factory=list)
    certified: list[tuple[Any, ...]] = field(default_factory=list)


def _range(table: Table) -> Any:
    """The table's rows of the people in (:after, :last]; no :last: to the end."""
    last = bindparam("last", type_=table.c.person_id.type)
    return (
        select(table)
        .where(table.c.person_id > bindparam("after"), or_(last.is_(None), table.c.person_id <= last))
        .order_by(table.c.person_id, *(column for column in table.primary_key if column.name != "person_id"))
    )


_PAGE: Final = (
    select(chain_head.c.person_id)
    .where(chain_head.c.person_id > bindparam("after"))
    .order_by(chain_head.c.person_id)
    .limit(PEOPLE_AT_ONCE)
)
_PEOPLE: Final = select(func.count()).select_from(chain_head)
_DERIVED: Final = {
    "heads": _range(chain_head),
    "states": _range(entry_state),
    "references": _range(entry_reference),
    "given": _range(determination_member),
    "certified": _range(certificate_member),
}
_FACTS: Final = _range(ledger)
_by_person: Final = itemgetter(0)


_CHAIN: Final = (
    select(ledger)
    .where(ledger.c.person_id == bindparam("person_id"), ledger.c.seq <= bindparam("position"))
    .order_by(ledger.c.seq)
)


def read_chain(connection: Connection, person_id: int, position: int) -> list[StoredFact]:
    """A person's facts up to a position."""
    rows = connection.execute(_CHAIN, {"person_id": person_id, "position": position})
    return [_stored_fact(row) for row in rows]


def count_people(connection: Connection) -> int:
    return int(connection.execute(_PEOPLE).scalar_one())


def read_everyone(connection: Connection) -> Iterator[StoredPerson]:
    """Everybody of whom any of these tables has a row, in the order of person ids."""
    after: int | None = -1
    while after is not None:
        page = [row[0] for row in connection.execute(_PAGE, {"after": after})]
        last = page[-1] if len(page) == PEOPLE_AT_ONCE else None
        yield from _read_range(connection, {"after": after, "last": last})
        after = last


def _read_range(connection: Connection, bounds: dict[str, int | None]) -> Iterator[StoredPerson]:
    people: dict[int, StoredPerson] = {}
    for person_id, rows in groupby(connection.execute(_FACTS, bounds), key=_by_person):
        people[person_id] = StoredPerson(person_id, [_stored_fact(row) for row in rows])
    for attribute, statement in _DERIVED.items():
        for row in connection.execute(statement, bounds):
            person = people.get(row.person_id) or people.setdefault(
                row.person_id, StoredPerson(row.person_id)
            )
            getattr(person, attribute).append(tuple(row))
    for _, person in sorted(people.items()):
        yield person


def _stored_fact(row: Any) -> StoredFact:
    *content, prev_hash, own_hash = row
    return StoredFact(Fact(*content), prev_hash, own_hash)
