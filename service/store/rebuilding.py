"""Totals and entry states as the facts say they must be, and made anew from them."""

from typing import Any, Final

from sqlalchemy import Connection, delete, text

from service.domain.derivation import Derived, derive
from service.domain.series import normalise_series
from service.store.append import Row, append_rows
from service.store.heads import made_heads, replace_heads
from service.store.kept_totals import totals_text
from service.store.tables import entry_state
from service.store.verification import read_everyone

_ROWS_AT_ONCE: Final = 10_000


def state_rows(person_id: int, derived: Derived) -> list[Row]:
    """The rows that ``entry_state`` must have for a person, in the order of its columns."""
    rows: list[Row] = []
    for seq, entry in derived.entries.items():
        fact = entry.registration
        series_key = None if fact.series is None else normalise_series(fact.series)
        about: tuple[Any, ...] = (fact.credit_year, fact.subject, series_key, fact.division_code, fact.hours)
        standing = (entry.status, entry.recognised, fact.provider_id, entry.course_key)
        rows.append(
            (person_id, seq, *standing, *about, entry.last_seq, fact.self_registered > 0, fact.recorded_at)
        )
    return rows


def lock_everyone(connection: Connection) -> None:
    """Makes everyone who appends wait until the end. (SQLite's transaction has the only write lock already.)"""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE chain_head IN EXCLUSIVE MODE"))


def replace_derived(connection: Connection) -> int:
    """Deletes all totals and states and derives them from the facts; the number of people.

    Raises BrokenHistory when the facts themselves do not fit together.
    """
    connection.execute(delete(entry_state))
    states: list[Row] = []
    heads: list[Row] = []
    people = 0
    for people, stored in enumerate(read_everyone(connection), start=1):  # noqa: B007  # its last value is returned
        derived = derive(row.fact for row in stored.facts)
        states += state_rows(stored.person_id, derived)
        heads += [(*head[:-1], totals_text(derived.totals)) for head in stored.heads]
        if len(states) >= _ROWS_AT_ONCE:
            _store(connection, states, heads)
            states, heads = [], []
    _store(connection, states, heads)
    return people


def _store(connection: Connection, states: list[Row], heads: list[Row]) -> None:
    append_rows(connection, entry_state, tuple(entry_state.columns.keys()), states)
    if heads:
        replace_heads(connection, made_heads(connection.dialect.name, heads))
