"""The commonest question by far, on PostgreSQL: one document, as of now, of somebody whose chain is hours alone.

The statement of ``standing_sql`` answers every question, and its parts for linked people, marks and past moments cost
as much as the rest even where there is nothing for them to do. This one has none of them and finds nothing where they
would be needed: then the other one is asked.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from service.domain.tally import TotalRow
from service.store.clients import CONFIRMED
from service.store.kept_totals import totals_rows
from service.store.prepared import Prepared, fetch, prepared
from service.store.standing_sql import SETTLED_UNTIL
from service.store.tables import MARKING


class PlainStanding(NamedTuple):
    """Where such a person stands."""

    person_id: int
    moment: datetime
    name_sealed: bytes | None
    number_sealed: bytes | None
    head: bytes
    position: int
    totals: list[TotalRow]


_PLAIN: Final = f"""
WITH root AS MATERIALIZED (
    SELECT head.person_id, {SETTLED_UNTIL["postgresql"]} AS moment, person.name_sealed, identity.number_sealed,
        head.hash, head.seq, head.totals
    FROM identity
        JOIN chain_head AS head ON head.person_id = identity.person_id
        JOIN person ON person.person_id = identity.person_id
    WHERE identity.id_hash = CAST(:id_hash AS bytea) {{confirmed}}
        AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.person_id = identity.person_id AND {MARKING})
),
recorded AS (
    INSERT INTO access_record (at, client_id, person_id, purpose, request_id, as_of, position, settles)
    SELECT CAST(:at AS timestamptz), CAST(:client_id AS bigint), person_id, :purpose, :request_id, moment, seq, true
    FROM root
)
SELECT person_id, moment, name_sealed, number_sealed, hash, seq, totals FROM root"""  # noqa: S608  # constants of the tables


@cache
def _asking_plainly(*, confirming: bool) -> Prepared:
    return prepared(_PLAIN.format(confirmed=f"AND {CONFIRMED}" if confirming else ""))


def ask_plainly(
    connection: Connection, values: Mapping[str, Any], *, confirming: bool
) -> PlainStanding | None:
    """Where the person stands whose document ``id_hash`` is; None: that takes the whole statement, and nothing was
    recorded. ``values`` as ``standing_sql.asking`` has them when recording. One statement."""
    rows = fetch(connection, _asking_plainly(confirming=confirming), values)
    if not rows:
        return None
    (*root, totals) = rows[0]
    return PlainStanding._make((*root, totals_rows(totals)))
