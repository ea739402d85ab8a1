"""Entries that come one by one, of people who are known, on PostgreSQL: what decides on them is read by one statement,
and one more stores them, by which they are also committed. There is no transaction around the two and nobody is locked.

Either takes whatever it is given as one JSON text, and so is the same however many entries it is about.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from psycopg.errors import LockNotAvailable, UniqueViolation
from sqlalchemy import Column, Connection
from sqlalchemy.dialects import postgresql

from service.domain.access import Credential, Unconfirmed
from service.domain.client import Client
from service.store.clients import CONFIRMED, confirmed_by
from service.store.entries import PROVIDER_UNINDEXED
from service.store.heads import GIVES_WAY
from service.store.one_entry import LEDGER_COLUMNS, Acquainted, OneRegistration, Wanted
from service.store.people import Head, KnownPerson
from service.store.prepared import fetch, prepared
from service.store.tables import chain_head, entry_reference, entry_state, identity, ledger

_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


def _recordset(parameter: str, columns: Mapping[str, Column[Any]]) -> str:
    """The rows of a JSON text of objects, in the order in which they stand there."""
    fields = ", ".join(f"{name} {column.type.compile(_DIALECT)}" for name, column in columns.items())
    return f"json_to_recordset(CAST(:{parameter} AS json)) AS {parameter} (place integer, {fields})"


_WANTED: Final = {
    "id_hash": identity.c.id_hash,
    "external_ref": entry_reference.c.external_ref,
    "course_key": entry_state.c.course_key,
    "credit_year": entry_state.c.credit_year,
}
# LIMIT and OFFSET: see plain_standing.
_FIND: Final = f"""
SELECT wanted.place, known.*, {{confirmed}}
FROM {_recordset("wanted", _WANTED)} CROSS JOIN LATERAL (
    SELECT identity.person_id, person.name_hash, head.seq, head.hash, head.recorded_at, head.totals,
        (
            SELECT entry_state.entry_seq FROM entry_state
            WHERE entry_state.person_id = identity.person_id
                AND {PROVIDER_UNINDEXED} = CAST(:client_id AS bigint)
                AND entry_state.course_key = wanted.course_key AND entry_state.credit_year = wanted.credit_year
                AND entry_state.status <> 'reversed'
        ) AS credited,
        EXISTS (
            SELECT 1 FROM entry_reference AS reference
            WHERE reference.provider_id = CAST(:client_id AS bigint)
                AND reference.external_ref = wanted.external_ref OFFSET 0
        ) AS is_taken
    FROM identity
        JOIN person ON person.person_id = identity.person_id
        JOIN chain_head AS head ON head.person_id = identity.person_id
    WHERE identity.id_hash = wanted.id_hash
    LIMIT 1
) AS known"""  # noqa: S608  # constants of the tables
FIND: Final = {
    confirming: prepared(_FIND.format(confirmed=CONFIRMED if confirming else "true"))
    for confirming in (True, False)
}
"""By whether the key is confirmed on the way."""

_GIVEN: Final = {
    "id_hash": identity.c.id_hash,
    "totals_before": chain_head.c.totals,
    **{name: ledger.c[name] for name in LEDGER_COLUMNS},
    **{name: column for name, column in entry_state.columns.items() if name not in ledger.c},
    "is_self_registered": entry_state.c.self_registered,
    "totals": chain_head.c.totals,
}


def _insertion(table: str, columns: Iterable[str], **given: str) -> str:
    """An INSERT of what was given, under the names of the columns unless ``given`` says what the value is."""
    names = [*columns]
    values = ", ".join(given.get(name, f"given.{name}") for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM ready AS given"  # noqa: S608


STORE: Final = prepared(
    f"""
WITH given AS MATERIALIZED (
    SELECT *, set_config('lock_timeout', '50ms', true) AS patience FROM {_recordset("given", _GIVEN)}
),
own AS MATERIALIZED (
    SELECT given.place FROM given CROSS JOIN LATERAL (
        SELECT 1
        FROM identity JOIN chain_head AS head ON head.person_id = identity.person_id
        WHERE identity.id_hash = given.id_hash AND identity.person_id = given.person_id
            AND head.totals = given.totals_before
        FOR KEY SHARE OF identity SKIP LOCKED FOR NO KEY UPDATE OF head SKIP LOCKED
    ) AS found
),
ready AS MATERIALIZED (
    SELECT * FROM given WHERE (SELECT count(*) FROM own) = (SELECT count(*) FROM given)
),
fact AS ({_insertion("ledger", LEDGER_COLUMNS)}),
reference AS ({_insertion("entry_reference", entry_reference.columns.keys())}),
state AS ({_insertion("entry_state", entry_state.columns.keys(), self_registered="given.is_self_registered")})
{_insertion("chain_head", chain_head.columns.keys())}
{GIVES_WAY}
RETURNING person_id"""  # noqa: S608
)
"""Stores nothing unless everybody's head is as it was and no other transaction is at it: all four tables are given what
``ready`` has, so that comes first, whichever of them PostgreSQL begins with. So no roster under way is waited for;
where one has the same reference for somebody else, not for long, as other entries wait for this one."""


class Unlocked(NamedTuple):
    """A registration with the document and the totals by which its person was found."""

    registration: OneRegistration
    id_hash: bytes
    totals_before: str


def find_unlocked(
    connection: Connection,
    client: Client,
    wanted: Sequence[Wanted],
    credential: Credential | None,
    at: datetime,
) -> list[Acquainted | None]:
    """The people of these documents, in order, with what decides on their entries; None: nobody has it.

    One statement. Raises Unconfirmed for a ``credential`` that no longer holds, if anybody was found.
    """
    values = {"wanted": _json([each._asdict() for each in wanted]), "client_id": client.client_id, "at": at}
    if credential is not None:
        values |= confirmed_by(credential)
    rows = fetch(connection, FIND[credential is not None], values)
    if rows and not rows[0][-1]:
        raise Unconfirmed
    found: list[Acquainted | None] = [None] * len(wanted)
    for place, person_id, name_hash, *head, credited, is_taken, _ in rows:
        found[place] = Acquainted(KnownPerson(Head(person_id, *head), name_hash), credited, is_taken)
    return found


def store_unlocked(connection: Connection, entries: Sequence[Unlocked]) -> bool:
    """Stores registrations, one a person, outside any transaction: all of them, or none when anything has changed since
    it was read or is about to: a document, a chain, its totals, a reference, a course. One statement."""
    given = [
        {**each.registration.values(), "id_hash": each.id_hash, "totals_before": each.totals_before}
        for each in entries
    ]
    try:
        return bool(fetch(connection, STORE, {"given": _json(given)}))
    except (UniqueViolation, LockNotAvailable):
        return False


def _json(rows: list[dict[str, Any]]) -> str:
    for place, row in enumerate(rows):
        row["place"] = place
    return orjson.dumps(rows, default=_bytea).decode()


def _bytea(value: bytes) -> str:
    return f"\\x{value.hex()}"
