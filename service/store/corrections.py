"""Corrected entries: which came after the first one of a reference, and who took an entry back."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, select

from service.domain.entry import Entry
from service.store.append import append_rows
from service.store.entries import ENTRY_COLUMNS
from service.store.import_tables import entry_correction
from service.store.keysets import are_among, bind_tuples, is_among
from service.store.tables import entry_reference, entry_state, ledger

_COLUMNS: Final = tuple(entry_correction.columns.keys())


class Revision(NamedTuple):
    """An entry that stands for a reference now; ``number`` 1 is the entry first registered under it."""

    number: int
    entry: Entry


class Withdrawal(NamedTuple):
    """The reversal of an entry."""

    recorded_by: int
    reason: str


def read_revisions(
    connection: Connection, provider_id: int, external_refs: Sequence[str]
) -> dict[str, list[Revision]]:
    """The corrections of these references, each list in order."""
    rows = connection.execute(
        _revisions(connection.dialect.name), {"provider_id": provider_id, "external_refs": external_refs}
    )
    found: dict[str, list[Revision]] = {}
    for external_ref, number, *entry in rows:
        found.setdefault(external_ref, []).append(Revision(number, Entry(*entry)))
    return found


def read_taken(connection: Connection, provider_id: int, external_refs: Sequence[str]) -> set[str]:
    """Which of these references are used already."""
    statement = _taken(connection.dialect.name)
    return set(
        connection.scalars(statement, {"provider_id": provider_id, "external_refs": list(external_refs)})
    )


def read_withdrawals(
    connection: Connection, entries: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Withdrawal]:
    """The reversals of these entries, by (person_id, seq)."""
    dialect_name = connection.dialect.name
    rows = connection.execute(_withdrawals(dialect_name), bind_tuples(dialect_name, "keys", list(entries), 2))
    return {(person_id, seq): Withdrawal(by, reason) for person_id, seq, by, reason in rows}


def append_corrections(connection: Connection, rows: Sequence[tuple[int, str, int, int, int]]) -> None:
    """Rows of (provider_id, external_ref, revision, person_id, seq)."""
    append_rows(connection, entry_correction, _COLUMNS, rows)


@cache
def _revisions(dialect_name: str) -> Select[Any]:
    of_state = and_(
        entry_correction.c.person_id == entry_state.c.person_id,
        entry_correction.c.seq == entry_state.c.entry_seq,
    )
    of_ledger = and_(ledger.c.person_id == entry_state.c.person_id, ledger.c.seq == entry_state.c.entry_seq)
    return (
        select(entry_correction.c.external_ref, entry_correction.c.revision, *ENTRY_COLUMNS)
        .select_from(entry_correction.join(entry_state, of_state).join(ledger, of_ledger))
        .where(
            entry_correction.c.provider_id == bindparam("provider_id"),
            is_among(dialect_name, entry_correction.c.external_ref, "external_refs"),
        )
        .order_by(entry_correction.c.external_ref, entry_correction.c.revision)
    )


@cache
def _taken(dialect_name: str) -> Select[Any]:
    return select(entry_reference.c.external_ref).where(
        entry_reference.c.provider_id == bindparam("provider_id"),
        is_among(dialect_name, entry_reference.c.external_ref, "external_refs"),
    )


@cache
def _withdrawals(dialect_name: str) -> Select[Any]:
    columns = (ledger.c.person_id, ledger.c.entry_seq)
    return select(*columns, ledger.c.recorded_by, ledger.c.reason).where(
        ledger.c.kind == "reversal", are_among(dialect_name, columns, "keys")
    )
