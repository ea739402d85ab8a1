"""One entry that comes by itself: what decides on it is read in one statement, and on PostgreSQL it is stored in one
more. As the statements of a batch these would be eight, which cost far more than the rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, exists, literal_column, select

from service.domain.access import Credential
from service.domain.fact import Fact
from service.store.clients import CONFIRMED, confirmed_by, require_confirmed
from service.store.entries import PROVIDER_UNINDEXED
from service.store.heads import GIVES_WAY
from service.store.people import HEAD_COLUMNS, Head, KnownPerson
from service.store.prepared import fetch, prepared, prepared_like
from service.store.tables import chain_head, entry_reference, entry_state, identity, person

LEDGER_COLUMNS: Final = (*Fact._fields[: Fact._fields.index("outcome")], "prev_hash", "hash")
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
        bindparam("provider_id") == PROVIDER_UNINDEXED,
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
    confirming: prepared_like(
        _FOUND.with_for_update(of=[chain_head, identity]).add_columns(
            literal_column(CONFIRMED if confirming else "true")
        )
    )
    for confirming in (True, False)
}
"""For PostgreSQL, by whether the key is confirmed on the way."""


class Wanted(NamedTuple):
    """What an entry is to be: whose, under which reference, of which course."""

    id_hash: bytes
    provider_id: int
    external_ref: str
    course_key: str | None
    credit_year: int


def find_acquainted(
    connection: Connection, wanted: Wanted, credential: Credential | None, now: datetime
) -> Acquainted | None:
    """The person of a document, locked as by ``lock_people``; None when nobody has it.

    Who waited for the lock may see neither reference nor course of the one it waited for: the unique indexes do, and
    the transaction runs again. Raises Unconfirmed for a ``credential`` that no longer holds.
    """
    values = wanted._asdict()
    if connection.dialect.name == "postgresql":
        if credential is not None:
            values |= {**confirmed_by(credential), "client_id": wanted.provider_id, "at": now}
        rows = fetch(connection, _AT_ONCE[credential is not None], values)
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
_REGISTER: Final = prepared(
    f"WITH fact AS ({_insertion('ledger', LEDGER_COLUMNS)}),"
    f" reference AS ({_insertion('entry_reference', entry_reference.columns.keys())}), state AS ({_STATE})"
    f" {_insertion('chain_head', chain_head.columns.keys())} {GIVES_WAY}"
)


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
