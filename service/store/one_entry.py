"""One entry, as providers mostly send them: what decides on it is read in one statement, and on PostgreSQL it is stored
in one more. As the statements of a batch these would be eight, which cost far more than the rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, exists, literal_column, select

from service.domain.fact import Fact
from service.store.people import HEAD_COLUMNS, Head, KnownPerson
from service.store.prepared import fetch, prepared, prepared_like
from service.store.tables import chain_head, entry_reference, entry_state, identity, person

_LEDGER_COLUMNS: Final = (*Fact._fields[: Fact._fields.index("outcome")], "prev_hash", "hash")
"""What a registration has of the ledger's columns; the rest is null."""


class Acquainted(NamedTuple):
    """A person with the head of the chain, locked; ``credited``: the seq under which the course counts already;
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
_ACQUAINTED: Final = (
    select(identity.c.person_id, person.c.name_hash, *HEAD_COLUMNS, _CREDITED, _TAKEN)
    .join(person, person.c.person_id == identity.c.person_id)
    .join(chain_head, chain_head.c.person_id == identity.c.person_id)
    .where(identity.c.id_hash == bindparam("id_hash"))
    .with_for_update(of=[chain_head, identity])
)
_ACQUAINTED_AT_ONCE: Final = prepared_like(_ACQUAINTED)


def lock_acquainted(
    connection: Connection,
    id_hash: bytes,
    provider_id: int,
    external_ref: str,
    course_key: str | None,
    credit_year: int,
) -> Acquainted | None:
    """The person of a document, locked as by ``lock_people``; None when nobody has it.

    Who waited for the lock may see neither reference nor course of the one it waited for: the unique indexes do, and
    the transaction runs again.
    """
    values = {
        "id_hash": id_hash,
        "provider_id": provider_id,
        "external_ref": external_ref,
        "course_key": course_key,
        "credit_year": credit_year,
    }
    at_once = connection.dialect.name == "postgresql"
    rows = fetch(connection, _ACQUAINTED_AT_ONCE if at_once else _ACQUAINTED, values)
    if not rows:
        return None
    person_id, name_hash, seq, last_hash, recorded_at, credited, is_taken = rows[0]
    return Acquainted(
        KnownPerson(Head(person_id, seq, last_hash, recorded_at), name_hash), credited, bool(is_taken)
    )


def _insertion(table: str, columns: Sequence[str], **called: str) -> str:
    """An INSERT whose parameters are called as its columns, or as ``called`` says."""
    marks = ", ".join(f":{called.get(name, name)}" for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


_STATE: Final = _insertion(
    "entry_state",
    entry_state.columns.keys(),
    last_seq="seq",
    registered_at="recorded_at",
    self_registered="is_self_registered",
)
_TOTAL_KEYS: Final = ("person_id", "credit_year", "subject", "division_code")
_DELTAS: Final = ("registered", "self_registered", "recognised", "rejected")
_INTO_TOTALS: Final = (
    f"{_insertion('totals', (*_TOTAL_KEYS, *_DELTAS))} ON CONFLICT ({', '.join(_TOTAL_KEYS)})"
    f" DO UPDATE SET {', '.join(f'{name} = totals.{name} + excluded.{name}' for name in _DELTAS)}"
)
_INTO_HEADS: Final = (
    f"{_insertion('chain_head', chain_head.columns.keys())} ON CONFLICT (person_id)"
    " DO UPDATE SET seq = excluded.seq, hash = excluded.hash, recorded_at = excluded.recorded_at"
)
_REGISTER: Final = prepared(
    f"WITH fact AS ({_insertion('ledger', _LEDGER_COLUMNS)}),"
    f" reference AS ({_insertion('entry_reference', entry_reference.columns.keys())}),"
    f" state AS ({_STATE}), total AS ({_INTO_TOTALS}) {_INTO_HEADS}"
)


def store_registration(connection: Connection, fact: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Stores a registration with its reference, state, total and head, given the rows of ``ledger`` and
    ``entry_state``. PostgreSQL only."""
    fetch(connection, _REGISTER, {**state, "is_self_registered": state["self_registered"], **fact})
