"""What authorities decided, the latest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    desc,
    literal_column,
    select,
    tuple_,
    union_all,
)

from service.domain.entry import Entry
from service.domain.recognition import Outcome
from service.store.columns import Instant
from service.store.entries import ENTRY_COLUMNS
from service.store.recognition import IS_DISPUTED, first_number
from service.store.tables import client, entry_state, ledger, person


class DecisionFilter(NamedTuple):
    """Which decisions to list; None: whatever they have. ``after``: (recorded_at, person_id, seq) of the last one
    seen."""

    recorded_by: int | None = None
    outcome: Outcome | None = None
    credit_year: int | None = None
    person_id: int | None = None
    after: tuple[datetime, int, int] | None = None


class DecisionRow(NamedTuple):
    """The last word on an entry, who said it, who registered the entry, and whose it is, sealed; None when erased."""

    entry: Entry
    seq: int
    recorded_at: datetime
    reason: str | None
    decided_by: str
    disputed: bool
    provider_name: str
    name_sealed: bytes | None
    number_sealed: bytes | None


_FACT: Final = ledger.alias("fact")
_ORDER: Final = (_FACT.c.recorded_at, _FACT.c.person_id, _FACT.c.seq)


def list_decisions(
    connection: Connection, divisions: Sequence[str], chosen: DecisionFilter, limit: int
) -> list[DecisionRow]:
    """Up to ``limit`` entries of these divisions (at least one) of which the last fact is a decision, latest first."""
    rows = connection.execute(decided_statement(divisions, chosen, limit))
    return [DecisionRow._make((Entry(*row[:-8]), *row[-8:])) for row in rows]


def decided_statement(divisions: Sequence[str], chosen: DecisionFilter, limit: int) -> Select[Any]:
    """Of each division the last ``limit`` in the order of the index, then the last of them all."""
    last = union_all(*(_of_division(code, chosen, limit) for code in divisions)).subquery("last")
    newest = [desc(last.c[name]) for name in ("recorded_at", "person_id", "seq")]
    page = select(last).order_by(*newest).limit(limit).subquery("page")
    decider = client.alias("decider")
    source = (
        page.join(
            entry_state,
            and_(entry_state.c.person_id == page.c.person_id, entry_state.c.entry_seq == page.c.entry_seq),
        )
        .join(ledger, and_(ledger.c.person_id == page.c.person_id, ledger.c.seq == page.c.entry_seq))
        .join(person, person.c.person_id == page.c.person_id)
        .join(client, client.c.client_id == entry_state.c.provider_id)
        .join(decider, decider.c.client_id == page.c.recorded_by)
    )
    shown = (
        *ENTRY_COLUMNS,
        page.c.seq,
        page.c.recorded_at,
        page.c.reason,
        decider.c.name,
        IS_DISPUTED,
        client.c.name,
        person.c.name_sealed,
        first_number(page.c.person_id),
    )
    order = [desc(page.c[name]) for name in ("recorded_at", "person_id", "seq")]
    return select(*shown).select_from(source).order_by(*order)


def _of_division(code: str, chosen: DecisionFilter, limit: int) -> Select[Any]:
    state = entry_state.alias("state")
    # The kind is text, no parameter: only so does either database see that the partial index fits.
    conditions: list[ColumnElement[bool]] = [
        literal_column("fact.kind = 'recognition'"),
        _FACT.c.division_code == code,
    ]
    for column, value in (
        (_FACT.c.recorded_by, chosen.recorded_by),
        (_FACT.c.outcome, chosen.outcome),
        (_FACT.c.credit_year, chosen.credit_year),
        (_FACT.c.person_id, chosen.person_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if chosen.after is not None:
        moment, person_id, seq = chosen.after
        after = (bindparam(None, moment, type_=Instant), person_id, seq)
        conditions.append(tuple_(*_ORDER) < tuple_(*after))
    stands = and_(
        state.c.person_id == _FACT.c.person_id,
        state.c.entry_seq == _FACT.c.entry_seq,
        state.c.last_seq == _FACT.c.seq,
    )
    rows = (
        select(*_ORDER, _FACT.c.entry_seq, _FACT.c.recorded_by, _FACT.c.reason)
        .join(state, stands)
        .where(*conditions)
        .order_by(*map(desc, _ORDER))
        .limit(limit)
        .subquery()
    )
    return select(rows)
