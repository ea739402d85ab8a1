"""All that is held about some people: what an export is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, bindparam, select

from service.domain.client import OWN_CLIENT_ID
from service.domain.entry import Entry
from service.domain.fact import Fact
from service.domain.tally import TotalRow
from service.store.access import ids_about
from service.store.access_table import access_record
from service.store.entries import read_person_entries
from service.store.evidence import StoredEvidence, select_person_evidence
from service.store.kept_totals import NO_TOTALS, totals_rows
from service.store.tables import chain_head, client, identity, ledger, person

LookedBy = Literal["oneself", "client", "command_line"]


@dataclass(frozen=True, slots=True)
class PersonHolding:
    """What is held of one person's own chain. ``documents`` are (id_type, sealed number, its hash), ``facts`` come
    with their hash. Of the erased: no name, no documents, no names of files."""

    person_id: int
    name_sealed: bytes | None
    created_at: datetime
    documents: list[tuple[str, bytes, bytes]]
    entries: list[Entry]
    facts: list[tuple[Fact, bytes]]
    totals: list[TotalRow]
    evidence: list[StoredEvidence]


@dataclass(frozen=True, slots=True)
class AccessRow:
    """That somebody looked. ``client_name``: of a client only."""

    access_id: int
    at: datetime
    by: LookedBy
    client_name: str | None
    person_id: int | None
    purpose: str
    request_id: str
    as_of: datetime | None
    position: int | None


_PERSON: Final = select(person.c.name_sealed, person.c.created_at).where(
    person.c.person_id == bindparam("person_id")
)
_DOCUMENTS: Final = (
    select(identity.c.id_type, identity.c.number_sealed, identity.c.id_hash)
    .where(identity.c.person_id == bindparam("person_id"))
    .order_by(identity.c.id_type, identity.c.id_hash)
)
_FACTS: Final = select(ledger).where(ledger.c.person_id == bindparam("person_id")).order_by(ledger.c.seq)
_TOTALS: Final = select(chain_head.c.totals).where(chain_head.c.person_id == bindparam("person_id"))
_ACCESSES: Final = select(
    access_record.c.access_id,
    access_record.c.at,
    access_record.c.client_id,
    client.c.name,
    access_record.c.person_id,
    access_record.c.purpose,
    access_record.c.request_id,
    access_record.c.as_of,
    access_record.c.position,
).select_from(access_record.outerjoin(client, client.c.client_id == access_record.c.client_id))
_CLIENTS: Final = select(client.c.client_id, client.c.name)


def read_holding(connection: Connection, person_id: int) -> PersonHolding | None:
    """What is held of a person, None of someone unknown. Reads several tables: within one snapshot."""
    values = {"person_id": person_id}
    found = connection.execute(_PERSON, values).one_or_none()
    if found is None:
        return None
    facts = [(Fact(*row[:-2]), row.hash) for row in connection.execute(_FACTS, values)]
    return PersonHolding(
        person_id=person_id,
        name_sealed=found.name_sealed,
        created_at=found.created_at,
        documents=[(row[0], row[1], row[2]) for row in connection.execute(_DOCUMENTS, values)],
        entries=read_person_entries(connection, person_id),
        facts=facts,
        totals=totals_rows(connection.execute(_TOTALS, values).scalar() or NO_TOTALS),
        evidence=select_person_evidence(connection, person_id),
    )


def read_accesses(
    connection: Connection, person_ids: Sequence[int], id_hashes: Sequence[bytes]
) -> list[AccessRow]:
    """Who looked at these people, or asked for their documents before the ledger knew them, in order."""
    if not person_ids and not id_hashes:
        return []
    order = access_record.c.access_id
    chosen = ids_about(person_ids, id_hashes, [], order, None)
    rows = connection.execute(_ACCESSES.where(order.in_(chosen)).order_by(order))
    return [_read_access(row) for row in rows]


def page_accesses(
    connection: Connection,
    person_ids: Sequence[int],
    id_hashes: Sequence[bytes],
    before: int | None,
    limit: int,
    *,
    by_others: bool = False,
) -> list[AccessRow]:
    """As ``read_accesses``, the last ``limit`` before that access id, newest first; ``by_others``: without those of
    the person themself."""
    if not person_ids and not id_hashes:
        return []
    conditions: list[ColumnElement[bool]] = []
    if before is not None:
        conditions.append(access_record.c.access_id < before)
    if by_others:
        conditions.append(access_record.c.client_id.is_distinct_from(OWN_CLIENT_ID))
    # Of each the last so many, then the last of them all.
    order = access_record.c.access_id.desc()
    chosen = ids_about(person_ids, id_hashes, conditions, order, limit)
    rows = connection.execute(
        _ACCESSES.where(access_record.c.access_id.in_(chosen)).order_by(order).limit(limit)
    )
    return [_read_access(row) for row in rows]


def _read_access(row: Any) -> AccessRow:
    access_id, at, client_id, name, *rest = row
    by: LookedBy = "client"
    if client_id is None:
        by = "command_line"
    elif client_id == OWN_CLIENT_ID:
        by = "oneself"
    return AccessRow(access_id, at, by, name if by == "client" else None, *rest)


def read_client_names(connection: Connection) -> dict[int, str]:
    """Every client's name by id."""
    return {row.client_id: row.name for row in connection.execute(_CLIENTS)}
