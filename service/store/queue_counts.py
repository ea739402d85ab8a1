"""How much waits for recognition, by what one chooses by."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, case, func, literal_column, select, union_all
from sqlalchemy.sql.expression import bindparam

from service.store.columns import Instant
from service.store.recognition import Place, QueueFilter, are_pending
from service.store.tables import client, entry_state

COUNTED_MAX: Final = 100_000
"""Entries of one place that are counted, the oldest first: the count ends, however long the queue."""

_GROUPED: Final = ("division_code", "series_key", "provider_id", "credit_year", "self_registered")


class PendingGroup(NamedTuple):
    """``number`` entries alike. ``age``: how many of the moments asked for they were registered before."""

    age: int
    division_code: str
    series_key: str | None
    provider_id: int
    credit_year: int
    self_registered: bool
    number: int
    provider_name: str


def count_pending(
    connection: Connection, places: Sequence[Place], chosen: QueueFilter, moments: Sequence[datetime]
) -> list[PendingGroup]:
    """The entries that wait in these places (at least one), grouped; ``moments`` from late to early."""
    rows = connection.execute(counting_statement(places, chosen, moments))
    return [PendingGroup(*row) for row in rows]


def counting_statement(
    places: Sequence[Place], chosen: QueueFilter, moments: Sequence[datetime]
) -> Select[Any]:
    """Each place read off the pending index, and all of them grouped."""
    registered_at = entry_state.c.registered_at
    age = case(
        *(
            (registered_at >= bindparam(None, moment, type_=Instant), literal_column(str(number)))
            for number, moment in enumerate(moments)
        ),
        else_=literal_column(str(len(moments))),
    ).label("age")
    columns = (age, *(entry_state.c[name] for name in _GROUPED))
    parts = []
    for place in places:
        rows = select(*columns).where(*are_pending(place, chosen)).order_by(registered_at).limit(COUNTED_MAX)
        parts.append(select(rows.subquery()))
    waiting = union_all(*parts).subquery("waiting")
    grouped = select(*waiting.c, func.count().label("number")).group_by(*waiting.c).subquery("grouped")
    return select(*grouped.c, client.c.name).join(client, client.c.client_id == grouped.c.provider_id)
