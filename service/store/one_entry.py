"""One entry, as providers mostly send them: what decides on it is read in one statement, and on PostgreSQL it is stored
in one more, by which it is also committed. As the statements of a batch these would be eight, which cost far more than
the rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.errors import NotNullViolation, UniqueViolation
from sqlalchemy import Connection, bindparam, exists, literal_column, select

from service.domain.access import Credential
from service.domain.fact import Fact
from service.store.clients import CONFIRMED, confirmed_by, require_confirmed
from service.store.people import HEAD_COLUMNS, Head, KnownPerson
from service.store.prepared import fetch, prepared, prepared_like
from service.store.tables import chain_head, entry_reference, entry_state, identity, person

_LEDGER_COLUMNS: Final = (*Fact._fields[: Fact._fields.index("outcome")], "prev_hash", "hash")
"""What a registration has of the ledger's columns; the rest is null."""


class Acquainted(NamedTuple):
    """A person with the head of the chain; ``credited``: the seq under which the course counts already;
    ``is_taken``: the reference is, by whatever entry."""

    person: KnownPerson
    credited: int | None
    is_taken: bool


_CREDITED: Final = (
    select(entry_state.c.entry_seq)
    .where(
        entry_state.c.person_id == identity.c.person_id,
        entry_state.c.provider_id == bindparam("provider_id"),
        entry_state.c.course_key == bindparam("course_key"),
        entry_state.c.credit_year == bindparam("credit_year"),
        entry_state.c.status != literal_column("'reversed'"),
    )
    .correlate(identity)
    .scalar_subquery()
)
_TAKEN: Final = exists().where(
    entry_reference.c.provider_id == bindparam("provider_id"),
    entry_reference.c.external_ref == bindparam("external_ref"),
)
_FOUND: Final = (
    select(identity.c.person_id, person.c.name_hash, *HEAD_COLUMNS, _CREDITED, _TAKEN)
    .join(person, person.c.person_id == identity.c.person_id)
    .join(chain_head, chain_head.c.person_id == identity.c.person_id)
    .where(identity.c.id_hash == bindparam("id_hash"))
)
_AT_ONCE: Final = {
    (locking, confirming): prepared_like(
        (_FOUND.with_for_update(of=[chain_head, identity]) if locking else _FOUND).add_columns(
            literal_column(CONFIRMED if confirming else "true")
        )
    )
    for locking in (True, False)
    for confirming in (True, False)
}
"""For PostgreSQL, by whether the person is locked and the key is confirmed on the way."""


class Wanted(NamedTuple):
    """What an entry is to be: whose, under which reference, of which course."""

    id_hash: bytes
    provider_id: int
    external_ref: str
    course_key: str | None
    credit_year: int


def find_acquainted(
    connection: Connection, wanted: Wanted, credential: Credential | None, now: datetime, *, locking: bool
) -> Acquainted | None:
    """The person of a document, ``locking`` it as ``lock_people`` does; None when nobody has it.

    Who waited for the lock may see neither reference nor course of the one it waited for: the unique indexes do, and
    the transaction runs again. Raises Unconfirmed for a ``credential`` that no longer holds.
    """
    values = wanted._asdict()
    if connection.dialect.name == "postgresql":
        if credential is not None:
            values |= {**confirmed_by(credential), "client_id": wanted.provider_id, "at": now}
        rows = fetch(connection, _AT_ONCE[locking, credential is not None], values)
        is_confirmed = bool(rows) and rows[0][-1]
    else:
        rows = [(*row, False) for row in fetch(connection, _FOUND, values)]
        is_confirmed = False
    if credential is not None and not is_confirmed:
        require_confirmed(connection, credential, now)
    if not rows:
        return None
    person_id, name_hash, *head, credited, is_taken, _ = rows[0]
    known = KnownPerson(Head(person_id, *head), name_hash)
    return Acquainted(known, credited, bool(is_taken))


def _insertion(table: str, columns: Sequence[str], **given: str) -> str:
    """An INSERT whose parameters are called as its columns, unless ``given`` says what the value is."""
    values = ", ".join(given.get(name, f":{name}") for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608


_STATE: Final = _insertion(
    "entry_state",
    entry_state.columns.keys(),
    last_seq=":seq",
    registered_at=":recorded_at",
    self_registered=":is_self_registered",
)
_INTO_HEADS: Final = (
    f"{_insertion('chain_head', chain_head.columns.keys())} ON CONFLICT (person_id) DO UPDATE SET"
    " seq = excluded.seq, hash = excluded.hash, recorded_at = excluded.recorded_at, totals = excluded.totals"
)
_THE_REST: Final = (
    f"reference AS ({_insertion('entry_reference', entry_reference.columns.keys())}),"
    f" state AS ({_STATE}) {_INTO_HEADS}"
)
_REGISTER: Final = prepared(f"WITH fact AS ({_insertion('ledger', _LEDGER_COLUMNS)}), {_THE_REST}")
_REGISTER_UNLOCKED: Final = prepared(
    f"""
WITH own AS (
    SELECT identity.person_id
    FROM identity JOIN chain_head AS head ON head.person_id = identity.person_id
    WHERE identity.id_hash = :id_hash AND identity.person_id = :person_id AND head.totals = :totals_before
    FOR KEY SHARE OF identity
),
fact AS ({_insertion("ledger", _LEDGER_COLUMNS, person_id="(SELECT person_id FROM own)")}), {_THE_REST}"""  # noqa: S608
)
"""A fact of nobody is refused, and all that is in the statement with it."""


class OneRegistration(NamedTuple):
    """A registration that is all there is to store: its rows of ``ledger`` and ``entry_state``, the totals after it."""

    fact: Mapping[str, Any]
    state: Mapping[str, Any]
    totals: str

    def values(self) -> dict[str, Any]:
        alone = self.state["self_registered"]
        return {**self.state, "is_self_registered": alone, "totals": self.totals, **self.fact}


def store_registration(connection: Connection, one: OneRegistration) -> None:
    """Stores it with its reference and the head, which is locked or new. PostgreSQL only."""
    fetch(connection, _REGISTER, one.values())


def store_unlocked(connection: Connection, one: OneRegistration, id_hash: bytes, totals_before: str) -> bool:
    """As ``store_registration``, of somebody who is known and not locked, outside any transaction: stores all, or
    nothing when something has changed since it was read. PostgreSQL only.

    When the chain has gone on, the fact's place in it is taken; so is a reference, and a course. The document may have
    been erased, or the totals made anew.
    """
    try:
        fetch(
            connection,
            _REGISTER_UNLOCKED,
            {**one.values(), "id_hash": id_hash, "totals_before": totals_before},
        )
    except (UniqueViolation, NotNullViolation):
        return False
    return True
