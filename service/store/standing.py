"""Where people stand: the sums of their hours at a position of their ledger, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from service.domain.fact import GENESIS
from service.store.columns import Instant
from service.store.keysets import is_among
from service.store.tables import chain_head, identity, ledger, person, totals

TotalRow = tuple[int, str, str, int, int, int, int]
"""Year, subject, division code; registered, self-registered, recognised, rejected in tenths."""


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """A person's hours at a position. ``id_hash``: the one asked for, None when asked for by person id.

    ``head`` is the hash of the fact at ``position``; both are 0 and GENESIS before the first fact.
    """

    person_id: int
    id_hash: bytes | None
    name_sealed: bytes
    number_sealed: bytes
    position: int
    head: bytes
    totals: list[TotalRow] = field(default_factory=list)


_DELTAS: Final = ("registered", "self_registered", "recognised", "rejected")
_GROUP: Final = ("credit_year", "subject", "division_code")


def read_standings(
    connection: Connection,
    *,
    id_hashes: Sequence[bytes] = (),
    person_ids: Sequence[int] = (),
    as_of: datetime | None = None,
) -> list[PersonStanding]:
    """The standings of the people found, in no order; people the ledger does not know are left out.

    One statement. Without ``as_of`` it reads the kept totals only; with it, the position is the last fact
    recorded by that moment, and facts are summed only where the head is later than that.
    """
    if not id_hashes and not person_ids:
        return []
    statement = _statement(connection.dialect.name, bool(id_hashes), bool(person_ids), as_of is not None)
    values: dict[str, Any] = {}
    if id_hashes:
        values["id_hashes"] = list(dict.fromkeys(id_hashes))
    if person_ids:
        values["person_ids"] = list(dict.fromkeys(person_ids))
    if as_of is not None:
        values["as_of"] = as_of
    found: dict[tuple[int, bytes | None], PersonStanding] = {}
    for row in connection.execute(statement, values):
        person_id, id_hash, name_sealed, number_sealed, position, head, *total = row
        standing = found.get((person_id, id_hash))
        if standing is None:
            standing = PersonStanding(
                person_id, id_hash, name_sealed, number_sealed, position or 0, head or GENESIS
            )
            found[person_id, id_hash] = standing
        # A group that was reversed away is as if it had never been.
        if total[0] is not None and any(total[3:]):
            standing.totals.append(tuple(total))
    return list(found.values())


@cache
def _statement(
    dialect_name: str, by_hash: bool, by_person: bool, past: bool
) -> Select[Any] | CompoundSelect[Any]:
    people = []
    if by_hash:
        people.append(
            _people(identity.c.id_hash).where(is_among(dialect_name, identity.c.id_hash, "id_hashes"))
        )
    if by_person:
        no_hash = null().cast(identity.c.id_hash.type) if dialect_name == "postgresql" else null()
        chosen = is_among(dialect_name, identity.c.person_id, "person_ids")
        people.append(_people(no_hash.label("id_hash")).where(chosen))
    who = (people[0] if len(people) == 1 else union_all(*people)).cte("who")
    return _past(who) if past else _present(who)


def _people(id_hash: Any) -> Select[Any]:
    return select(
        identity.c.person_id,
        id_hash,
        person.c.name_sealed,
        identity.c.number_sealed,
        chain_head.c.seq,
        chain_head.c.hash,
        chain_head.c.recorded_at,
    ).select_from(
        identity.join(person, person.c.person_id == identity.c.person_id).join(
            chain_head, chain_head.c.person_id == identity.c.person_id
        )
    )


def _present(who: CTE) -> Select[Any]:
    return select(
        who.c.person_id,
        who.c.id_hash,
        who.c.name_sealed,
        who.c.number_sealed,
        who.c.seq,
        who.c.hash,
        *(totals.c[name] for name in (*_GROUP, *_DELTAS)),
    ).select_from(who.outerjoin(totals, totals.c.person_id == who.c.person_id))


def _past(who: CTE) -> CompoundSelect[Any]:
    """Totals for those whose head is not later than the moment, sums of facts for the others."""
    as_of = bindparam("as_of", type_=Instant)
    is_present = who.c.recorded_at <= as_of
    last = (
        select(func.max(ledger.c.seq))
        .where(ledger.c.person_id == who.c.person_id, ledger.c.recorded_at <= as_of)
        .scalar_subquery()
    )
    placed = select(
        who.c.person_id,
        who.c.id_hash,
        who.c.name_sealed,
        who.c.number_sealed,
        case((is_present, who.c.seq), else_=func.coalesce(last, literal(0))).label("position"),
        is_present.label("is_present"),
    ).cte("placed")
    head = ledger.alias("head")
    named = (placed.c.person_id, placed.c.id_hash, placed.c.name_sealed, placed.c.number_sealed)
    source = placed.outerjoin(
        head, and_(head.c.person_id == placed.c.person_id, head.c.seq == placed.c.position)
    )
    kept = (
        select(*named, placed.c.position, head.c.hash, *(totals.c[name] for name in (*_GROUP, *_DELTAS)))
        .select_from(
            source.outerjoin(totals, and_(totals.c.person_id == placed.c.person_id, placed.c.is_present))
        )
        .where(or_(placed.c.is_present, placed.c.position == 0))
    )
    summed = (
        select(
            *named,
            placed.c.position,
            head.c.hash,
            *(ledger.c[name] for name in _GROUP),
            *(func.sum(ledger.c[name]).label(name) for name in _DELTAS),
        )
        .select_from(
            source.join(
                ledger, and_(ledger.c.person_id == placed.c.person_id, ledger.c.seq <= placed.c.position)
            )
        )
        .where(~placed.c.is_present)
        .group_by(*named, placed.c.position, head.c.hash, *(ledger.c[name] for name in _GROUP))
    )
    return union_all(kept, summed)
