"""How much there is, counted no further than anybody cares to know."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select

from service.store.tables import chain_head, entry_state

COUNTED_MAX: Final = 100_000
"""A ledger of fifty million entries must not be read through for a figure on a page."""


def count_people(connection: Connection) -> int:
    """People the ledger knows, COUNTED_MAX at most."""
    return _count(connection, chain_head)


def count_entries(connection: Connection) -> int:
    """Entries ever registered, COUNTED_MAX at most."""
    return _count(connection, entry_state)


def count_pending(connection: Connection) -> int:
    """Entries that nobody has decided on, COUNTED_MAX at most."""
    # The status is text, no parameter: only so does either database see that the partial index fits.
    return _count(connection, entry_state, literal_column("entry_state.status = 'registered'"))


def _count(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    some = select(literal_column("1")).select_from(table).where(*conditions).limit(COUNTED_MAX).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
