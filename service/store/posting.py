"""Facts about to be appended in one transaction, and what follows from them for heads, totals and states."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.sql.dml import Update

from service.domain.amounts import Amounts
from service.domain.fact import Fact, fact_digest
from service.domain.series import normalise_series
from service.store.append import Row, append_rows, merge_rows
from service.store.arrays import ArrayText
from service.store.one_entry import store_registration
from service.store.people import Head, head_rows
from service.store.tables import chain_head, entry_reference, entry_state, ledger, totals

_LEDGER_COLUMNS: Final = (*Fact._fields, "prev_hash", "hash")
_REFERENCE_COLUMNS: Final = tuple(entry_reference.columns.keys())
_STATE_COLUMNS: Final = tuple(entry_state.columns.keys())
_TOTAL_COLUMNS: Final = tuple(totals.columns.keys())
_DELTAS: Final = Amounts._fields

TotalKey = tuple[int, int, str, str]
"""Person, year, subject, division."""

Written = Callable[[Connection], None]
"""Stores rows that were made up before."""


class Posting:
    """Collects facts; ``write`` stores them with all that follows in a fixed number of statements.

    Whoever writes many times in one transaction may take the facts each time, heads and totals at the end: in between
    they are as the database has them only for people whom nothing was appended to. ``now``: the instant
    that further facts are stamped with. ``is_bulk``: so many that a further statement to COPY the totals of new people
    is worth it, in place of an upsert.
    """

    def __init__(self, now: datetime, *, is_bulk: bool = False) -> None:
        self.now = now
        self._is_bulk = is_bulk
        self._newcomers: set[int] = set()
        self._facts: list[Row] = []
        self._references: list[Row] = []
        self._new_states: list[Row] = []
        self._changed_states: dict[tuple[int, int], tuple[str, int, int]] = {}
        self._totals: dict[TotalKey, Amounts] = {}
        self._heads: dict[int, Head] = {}
        self._has_registered = False

    def stamp(self, head: Head) -> datetime:
        """When the person's next fact is recorded: now, and never before the fact before it."""
        last = head.recorded_at
        return self.now if last is None or last <= self.now else last

    def add_registration(self, head: Head, fact: Fact, course_key: str | None, status: str) -> None:
        """Appends the first fact of an entry, with its reference and state."""
        self._add(head, fact)
        self._has_registered = True
        person_id, seq, provider_id = fact.person_id, fact.seq, fact.provider_id
        if seq == 1 and self._is_bulk:
            self._newcomers.add(person_id)
        self._references.append((provider_id, fact.external_ref, person_id, seq))
        self._new_states.append(
            (
                person_id,
                seq,
                status,
                fact.recognised,
                provider_id,
                course_key,
                fact.credit_year,
                fact.subject,
                None if fact.series is None else normalise_series(fact.series),
                fact.division_code,
                fact.hours,
                seq,
                fact.self_registered > 0,
                fact.recorded_at,
            )
        )

    def add_change(self, head: Head, fact: Fact, status: str, recognised: int) -> None:
        """Appends a later fact of an entry that is stored already; ``recognised`` as it stands after it."""
        self._add(head, fact)
        self._changed_states[fact.person_id, fact.entry_seq] = (status, recognised, fact.seq)

    def add_note(self, head: Head, fact: Fact) -> None:
        """Appends a fact that concerns no hours."""
        self._chain(head, fact)

    def _add(self, head: Head, fact: Fact) -> None:
        self._chain(head, fact)
        key = (fact.person_id, *fact.group)
        deltas = Amounts(fact.registered, fact.self_registered, fact.recognised, fact.rejected)
        if (known := self._totals.setdefault(key, deltas)) is not deltas:
            self._totals[key] = known.plus(deltas)

    def _chain(self, head: Head, fact: Fact) -> None:
        digest = fact_digest(fact, head.hash)
        self._facts.append((*fact, head.hash, digest))
        head.seq, head.hash, head.recorded_at = fact.seq, digest, fact.recorded_at
        self._heads[fact.person_id] = head

    @property
    def unsettled(self) -> int:
        """How many totals wait to be settled."""
        return len(self._totals)

    def write(self, connection: Connection) -> None:
        """Stores everything. Conflicts with other transactions surface as unique violations."""
        alone = connection.dialect.name == "postgresql" and self._only_registration()
        written = (self.take_facts(), self.take_totals(), self.take_heads())
        if alone:
            store_registration(connection, *alone)
            return
        for each in written:
            each(connection)

    def _only_registration(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The ledger's row and the state of a registration that is all there is to store."""
        if self._is_bulk or not len(self._facts) == len(self._new_states) == len(self._heads) == 1:
            return None
        (fact,), (state,) = self._facts, self._new_states
        return dict(zip(_LEDGER_COLUMNS, fact, strict=True)), dict(zip(_STATE_COLUMNS, state, strict=True))

    def take_facts(self) -> Written:
        """Lets go of facts, references and states: what is called to store them."""
        facts, references, new, changed = (
            self._facts,
            self._references,
            self._new_states,
            self._changed_states,
        )
        self._facts, self._references, self._new_states, self._changed_states = [], [], [], {}

        # In the order of their keys: a part of a roster has people from everywhere, and pages of the indexes that are
        # come upon one after the other take the database a third less work.
        facts.sort()
        references.sort()
        new.sort()

        def write(connection: Connection) -> None:
            append_rows(connection, ledger, _LEDGER_COLUMNS, facts)
            append_rows(connection, entry_reference, _REFERENCE_COLUMNS, references)
            if changed:
                # Before the new states: an entry that is replaced makes room for its course.
                _change_states(connection, [(*key, *state) for key, state in changed.items()])
            append_rows(connection, entry_state, _STATE_COLUMNS, new)

        return write

    def take_totals(self) -> Written:
        """Lets go of the totals: what is called to move them by as much."""
        sums, newcomers, has_registered = self._totals, self._newcomers, self._has_registered
        self._totals, self._newcomers, self._has_registered = {}, set(), False

        def write(connection: Connection) -> None:
            rows = sorted((*key, *amounts) for key, amounts in sums.items())
            if newcomers:
                # Their first facts are among these, so they have no totals yet.
                append_rows(connection, totals, _TOTAL_COLUMNS, [row for row in rows if row[0] in newcomers])
                rows = [row for row in rows if row[0] not in newcomers]
            if has_registered:
                merge_rows(connection, totals, "add", [row for row in rows if min(row[4:]) >= 0])
                rows = [row for row in rows if min(row[4:]) < 0]
            if rows:
                _move_totals(connection, rows)

        return write

    def take_heads(self) -> Written:
        """Lets go of the heads: what is called to store them."""
        rows = head_rows(self._heads.values())
        self._heads = {}
        return lambda connection: merge_rows(connection, chain_head, "replace", rows)


def _change_states(connection: Connection, rows: Sequence[Row]) -> None:
    names = ("key_person_id", "key_entry_seq", "new_status", "new_recognised", "new_last_seq")
    _update_rows(connection, _state_change(connection.dialect.name), names, rows)


def _move_totals(connection: Connection, rows: Sequence[Row]) -> None:
    """Adds deltas, negative ones too, to totals that exist: an entry that changes has its row already.

    An upsert would not do: the database checks ``>= 0`` on the row proposed before it looks for the one there.
    """
    keys = [f"key_{column.name}" for column in totals.primary_key]
    names = (*keys, *(f"add_{name}" for name in _DELTAS))
    _update_rows(connection, _total_change(connection.dialect.name), names, rows)


def _update_rows(
    connection: Connection, statement: Update, names: Sequence[str], rows: Sequence[Row]
) -> None:
    if connection.dialect.name == "postgresql":
        columns = zip(*rows, strict=True)
        parameters: Any = {name: list(column) for name, column in zip(names, columns, strict=True)}
    else:
        parameters = [dict(zip(names, row, strict=True)) for row in rows]
    connection.execute(statement, parameters)


@cache
def _state_change(dialect_name: str) -> Update:
    return _keyed_update(
        dialect_name,
        entry_state,
        {
            "status": ("new_status", False),
            "recognised": ("new_recognised", False),
            "last_seq": ("new_last_seq", False),
        },
    )


@cache
def _total_change(dialect_name: str) -> Update:
    return _keyed_update(dialect_name, totals, {name: (f"add_{name}", True) for name in _DELTAS})


def _keyed_update(dialect_name: str, table: Any, changes: dict[str, tuple[str, bool]]) -> Update:
    """UPDATE by primary key of many rows: from arrays on PostgreSQL, for executemany on SQLite.

    ``changes``: column → (parameter, whether it is added to the column rather than set).
    """
    parameters = {f"key_{column.name}": column.type for column in table.primary_key}
    parameters |= {parameter: table.c[name].type for name, (parameter, _) in changes.items()}
    if dialect_name == "postgresql":
        arrays = [
            func.unnest(bindparam(name, type_=ArrayText(type_))).label(name)
            for name, type_ in parameters.items()
        ]
        given: Any = select(*arrays).subquery("given").c
    else:
        given = {name: bindparam(name, type_=type_) for name, type_ in parameters.items()}
    values = {
        name: table.c[name] + given[parameter] if added else given[parameter]
        for name, (parameter, added) in changes.items()
    }
    matches = [column == given[f"key_{column.name}"] for column in table.primary_key]
    return update(table).where(*matches).values(values)
