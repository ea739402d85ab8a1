"""Facts about to be appended in one transaction, and what follows from them for heads, totals and states."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, islice
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.sql.dml import Update

from service.domain.fact import Fact, fact_digest
from service.domain.series import normalise_series
from service.store.append import Copying, Row, Rows, append_rows, append_tables, growing, made_ahead
from service.store.arrays import ArrayText
from service.store.heads import made_heads, replace_heads
from service.store.one_entry import OneRegistration, store_registration
from service.store.people import Head, head_rows
from service.store.tables import chain_head, entry_reference, entry_state, ledger
from service.store.unlocked_entries import Unlocked, store_unlocked

_LEDGER_COLUMNS: Final = (*Fact._fields, "prev_hash", "hash")
_REFERENCE_COLUMNS: Final = tuple(entry_reference.columns.keys())
_STATE_COLUMNS: Final = tuple(map(str, entry_state.columns.keys()))
_CHANGE: Final = {
    f"given_{name}": entry_state.c[name]
    for name in ("person_id", "entry_seq", "status", "recognised", "last_seq")
}
_HEAD_COLUMNS: Final = tuple(chain_head.columns.keys())

_HEADS_AT_ONCE: Final = 10_000
"""A head may carry a kilobyte of totals, and the driver and the database have copies of what is sent."""

Written = Callable[[Connection], None]
"""Stores rows that were made up before."""


class Posting:
    """Collects facts; ``write`` stores them with all that follows in a fixed number of statements.

    Whoever writes many times in one transaction may take the facts each time, heads with their totals at the end: in
    between they are as the database has them only for people whom nothing was appended to. ``now``: the instant
    that further facts are stamped with. ``is_bulk``: so many that a further statement to COPY the heads of new people
    is worth it, in place of an upsert. ``ahead``: for PostgreSQL, and whoever takes the facts makes their text, in
    the place of whoever writes it.
    """

    def __init__(self, now: datetime, *, is_bulk: bool = False, ahead: bool = False) -> None:
        self.now = now
        self._ahead = ahead
        self._is_bulk = is_bulk
        self._newcomers: set[int] = set()
        self._facts: list[Row] = []
        self._references: list[Row] = []
        self._new_states: list[Row] = []
        self._changed_states: dict[tuple[int, int], tuple[str, int, int]] = {}
        self._heads: dict[int, Head] = {}
        self._moves = 0

    def stamp(self, head: Head) -> datetime:
        """When the person's next fact is recorded: now, and never before the fact before it."""
        last = head.recorded_at
        return self.now if last is None or last <= self.now else last

    def add_registration(self, head: Head, fact: Fact, course_key: str | None, status: str) -> None:
        """Appends the first fact of an entry, with its reference and state."""
        self._add(head, fact)
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
        amounts = (fact.registered, fact.self_registered, fact.recognised, fact.rejected)
        head.moves.append((*fact.group, *amounts))
        self._moves += 1

    def _chain(self, head: Head, fact: Fact) -> None:
        digest = fact_digest(fact, head.hash)
        self._facts.append((*fact, head.hash, digest))
        head.seq, head.hash, head.recorded_at = fact.seq, digest, fact.recorded_at
        self._heads[fact.person_id] = head

    def add_up(self, moves_max: int) -> None:
        """Adds the facts' deltas to their totals in memory once there are more than ``moves_max`` of them."""
        if self._moves > moves_max:
            self._moves = 0
            for head in self._heads.values():
                head.add_up()

    def write(
        self,
        connection: Connection,
        meanwhile: Callable[[], object] | None = None,
        more: Callable[[], bool] | None = None,
    ) -> None:
        """Stores everything. Conflicts with other transactions surface as unique violations. ``meanwhile`` may be done
        while the database is at it, once, several times or not at all. ``more`` adds further registrations until it
        answers False, while the database takes in those before; on PostgreSQL."""
        alone = more is None and connection.dialect.name == "postgresql" and self._only_registration()
        if alone:
            self.take_facts()
            self._let_go_of_heads()
            store_registration(connection, alone)
            return
        heads: list[Written] = []

        def take_heads() -> None:
            heads.append(self.take_heads(connection.dialect.name, meanwhile))

        if more is None:
            self.take_facts(take_heads)(connection)
        else:
            append_tables(connection, self._growing(more), take_heads)
        heads[0](connection)

    def _growing(self, more: Callable[[], bool]) -> Iterator[Rows | Copying]:
        """The rows of registrations, table by table; those that ``more`` adds are among them."""
        assert not self._changed_states  # noqa: S101  # registrations change none

        def facts() -> Iterator[list[Row]]:
            is_more = True
            while is_more:
                if self._facts:
                    yield sorted(self._facts)
                    self._facts = []
                is_more = more()

        yield growing(ledger, _LEDGER_COLUMNS, facts())
        yield Rows(entry_reference, _REFERENCE_COLUMNS, sorted(self._references))
        yield Rows(entry_state, _STATE_COLUMNS, sorted(self._new_states))
        self._references, self._new_states = [], []

    def write_unlocked(self, connection: Connection, read: Mapping[int, tuple[bytes, str]]) -> bool:
        """Stores registrations, one a person and nobody locked: ``read`` has the hash of the document and the totals by
        which each was found. False, with nothing stored: something has changed since. On PostgreSQL, one statement."""
        registrations = [
            Unlocked(self._registration(fact, state), *read[fact[0]])
            for fact, state in zip(self._facts, self._new_states, strict=True)
        ]
        return not registrations or store_unlocked(connection, registrations)

    def _only_registration(self) -> OneRegistration | None:
        """The registration that is all there is to store."""
        if self._is_bulk or not len(self._facts) == len(self._new_states) == len(self._heads) == 1:
            return None
        return self._registration(self._facts[0], self._new_states[0])

    def _registration(self, fact: Row, state: Row) -> OneRegistration:
        head = self._heads[fact[0]]
        head.add_up()
        return OneRegistration(
            dict(zip(_LEDGER_COLUMNS, fact, strict=True)),
            dict(zip(_STATE_COLUMNS, state, strict=True)),
            head.totals,
        )

    def take_facts(self, meanwhile: Callable[[], object] | None = None) -> Written:
        """Lets go of facts, references and states: what is called to store them, and does ``meanwhile`` by the way."""
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
        rows = [
            Rows(ledger, _LEDGER_COLUMNS, facts),
            Rows(entry_reference, _REFERENCE_COLUMNS, references),
            Rows(entry_state, _STATE_COLUMNS, new),
        ]
        parts = [made_ahead(each) for each in rows] if self._ahead else rows

        def write(connection: Connection) -> None:
            if changed:
                # Before the new states: an entry that is replaced makes room for its course.
                _change_states(connection, [(*key, *state) for key, state in changed.items()])
            append_tables(connection, parts, meanwhile)

        return write

    def _let_go_of_heads(self) -> None:
        self._heads, self._newcomers, self._moves = {}, set(), 0

    def take_heads(self, dialect_name: str, meanwhile: Callable[[], object] | None = None) -> Written:
        """Lets go of the heads: what is called to store them, with their totals."""
        rows, newcomers = head_rows(self._heads.values()), self._newcomers
        self._let_go_of_heads()
        known = [row for row in rows if row[0] not in newcomers]
        starts = range(0, len(known), _HEADS_AT_ONCE)
        parts = (made_heads(dialect_name, known[start : start + _HEADS_AT_ONCE]) for start in starts)
        first = list(islice(parts, 1))  # here and now, by whoever has time for it

        def write(connection: Connection) -> None:
            # Their first facts are among these, so they have no heads yet.
            append_rows(connection, chain_head, _HEAD_COLUMNS, [row for row in rows if row[0] in newcomers])
            for part in chain(first, parts):
                replace_heads(connection, part, meanwhile)

        return write


def _change_states(connection: Connection, rows: Sequence[Row]) -> None:
    if connection.dialect.name == "postgresql":
        columns = zip(*rows, strict=True)
        parameters: Any = {name: list(column) for name, column in zip(_CHANGE, columns, strict=True)}
    else:
        parameters = [dict(zip(_CHANGE, row, strict=True)) for row in rows]
    connection.execute(_state_change(connection.dialect.name), parameters)


@cache
def _state_change(dialect_name: str) -> Update:
    """UPDATE by primary key of many rows: from arrays on PostgreSQL, for executemany on SQLite."""
    if dialect_name == "postgresql":
        arrays = [
            func.unnest(bindparam(name, type_=ArrayText(column.type))).label(name)
            for name, column in _CHANGE.items()
        ]
        given: Any = select(*arrays).subquery("given").c
    else:
        given = {name: bindparam(name, type_=column.type) for name, column in _CHANGE.items()}
    values = {column.name: given[name] for name, column in _CHANGE.items() if not column.primary_key}
    matches = [column == given[name] for name, column in _CHANGE.items() if column.primary_key]
    return update(entry_state).where(*matches).values(values)
