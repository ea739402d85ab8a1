"""All that was ever recorded of an entry."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from service.store.tables import client, ledger


class FactRow(NamedTuple):
    """A fact of an entry, with the name of the client that recorded it. Tenths; ``recognised`` is what it added."""

    seq: int
    kind: str
    subject: str
    division_code: str
    hours: int | None
    recognised: int
    outcome: str | None
    reason: str | None
    note: str | None
    recorded_at: datetime
    client_name: str
    feed_id: str | None


_FACTS: Final = (
    select(
        *(ledger.c[name] for name in FactRow._fields if name not in ("client_name", "feed_id")),
        client.c.name,
        client.c.feed_id,
    )
    .join(client, client.c.client_id == ledger.c.recorded_by)
    .where(ledger.c.person_id == bindparam("person_id"), ledger.c.entry_seq == bindparam("entry_seq"))
    .order_by(ledger.c.seq)
)


def read_entry_facts(connection: Connection, person_id: int, entry_seq: int) -> list[FactRow]:
    """The facts of an entry in the order they were recorded."""
    rows = connection.execute(_FACTS, {"person_id": person_id, "entry_seq": entry_seq})
    return [FactRow._make(row) for row in rows]
