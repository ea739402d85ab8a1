"""The entries of an import, page by page, and whether it was undone."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, insert, select

from service.domain.entry import Entry
from service.store.append import append_rows
from service.store.entries import ENTRY_COLUMNS
from service.store.import_tables import import_entry, import_reversal
from service.store.keysets import are_among, bind_tuples
from service.store.tables import entry_state, ledger

_COLUMNS: Final = tuple(import_entry.columns.keys())


class PlacedEntry(NamedTuple):
    """(person_id, seq) of the entry an import made as its ``place``-th."""

    place: int
    person_id: int
    seq: int


def append_import_entries(
    connection: Connection, import_id: int, first_place: int, entries: Sequence[tuple[int, int]]
) -> None:
    """Binds entries, (person_id, seq) each, to the import, from ``first_place`` on."""
    rows = [(import_id, place, *entry) for place, entry in enumerate(entries, first_place)]
    append_rows(connection, import_entry, _COLUMNS, rows)


_PAGE: Final = (
    select(import_entry.c.place, import_entry.c.person_id, import_entry.c.seq)
    .where(import_entry.c.import_id == bindparam("import_id"), import_entry.c.place > bindparam("after"))
    .order_by(import_entry.c.place)
    .limit(bindparam("most"))
)


def page_of_import(connection: Connection, import_id: int, after: int, most: int) -> list[PlacedEntry]:
    """The next ``most`` entries of an import after a place; 0 begins."""
    rows = connection.execute(_PAGE, {"import_id": import_id, "after": after, "most": most})
    return [PlacedEntry(*row) for row in rows]


def read_entries_with_last(
    connection: Connection, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], tuple[Entry, int]]:
    """Entries by (person_id, seq), each with the seq of the last fact that concerns it."""
    dialect_name = connection.dialect.name
    rows = connection.execute(_with_last(dialect_name), bind_tuples(dialect_name, "keys", list(keys), 2))
    return {(row[0], row[1]): (Entry(*row[:-1]), row[-1]) for row in rows}


@cache
def _with_last(dialect_name: str) -> Select[Any]:
    keys = (entry_state.c.person_id, entry_state.c.entry_seq)
    same = and_(ledger.c.person_id == keys[0], ledger.c.seq == keys[1])
    return (
        select(*ENTRY_COLUMNS, entry_state.c.last_seq)
        .select_from(entry_state.join(ledger, same))
        .where(are_among(dialect_name, keys, "keys"))
    )


_REVERSED: Final = select(import_reversal.c.import_id).where(
    import_reversal.c.import_id == bindparam("import_id")
)
_REVERSE: Final = insert(import_reversal)


def is_reversed(connection: Connection, import_id: int) -> bool:
    return connection.execute(_REVERSED, {"import_id": import_id}).first() is not None


def insert_import_reversal(
    connection: Connection, import_id: int, client_id: int, entries: int, now: datetime
) -> None:
    """Of two at once the second meets a unique conflict and, run again, finds the import undone."""
    values = {"import_id": import_id, "client_id": client_id, "entries": entries, "reversed_at": now}
    connection.execute(_REVERSE, values)
