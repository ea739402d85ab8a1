"""A question in two statements, one of which any copy of the database can run: what a streaming standby is used for.

PostgreSQL only. Either the copy is read first and the database confirms that nothing has changed since, or the database
says first how far each chain is to be read and the copy reads it so far.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from service.domain.access import Asker
from service.store.clients import CONFIRMED
from service.store.prepared import Prepared, Row, fetch, prepared
from service.store.standing import (
    Answered,
    PersonStanding,
    StandingAsk,
    by_whom_confirmed,
    gather_answers,
    place_rows,
)
from service.store.standing_sql import (
    HEAD,
    MEMBER,
    PERSON_ID,
    PLACE,
    POSITION,
    SETTLED_UNTIL,
    TAG,
    reading_reached,
)

_AGREED: Final = f"""
INSERT INTO access_record (at, client_id, person_id, purpose, request_id, as_of, position, settles)
SELECT CAST(:at AS timestamptz), CAST(:client_id AS bigint), head.person_id, :purpose, :request_id,
    {SETTLED_UNTIL["postgresql"]}, head.seq, true
FROM chain_head AS head JOIN person ON person.person_id = head.person_id
WHERE head.person_id = CAST(:person_id AS bigint) AND head.seq = :position AND head.hash = :head
    AND person.name_sealed IS NOT DISTINCT FROM CAST(:name_sealed AS bytea)
    AND (CAST(:id_hash AS bytea) IS NULL OR EXISTS (
        SELECT 1 FROM identity WHERE identity.id_hash = :id_hash AND identity.person_id = head.person_id
    )) {{confirmed}}
RETURNING as_of"""  # noqa: S608  # constants of the tables


def confirm_standing(
    connection: Connection, standing: PersonStanding, asker: Asker, now: datetime
) -> Answered | None:
    """Makes what was read of one chain on a copy the answer to a question for now, and records it. One statement.

    None, and nothing recorded: the chain has gone on, name or document were erased, or the asker's credential no longer
    holds. Conflicts as in ``answer_standings``.
    """
    (member,) = standing.members
    values = {
        "person_id": member.person_id,
        "position": member.position,
        "head": member.head,
        "name_sealed": standing.name_sealed,
        "id_hash": standing.id_hash,
        "now": now,
        **by_whom_confirmed(asker, now),
    }
    rows = fetch(connection, _agreeing(confirming=asker.credential is not None), values)
    return Answered(standing, rows[0][0].astimezone(UTC)) if rows else None


class Placing(NamedTuple):
    """Questions whose positions are settled and recorded. What the chains hold up to there is still to be read;
    ``chains`` are the rows of those that hold something."""

    asks: Sequence[StandingAsk]
    distinct: Sequence[StandingAsk]
    rows: Sequence[Row]
    chains: Sequence[Row]


class Reading(NamedTuple):
    """What chains hold up to their positions; ``missing`` are those that have not reached them on this copy of the
    database, or have another hash there."""

    rows: Sequence[Row]
    missing: Sequence[Row]


def place_standings(
    connection: Connection, asks: Sequence[StandingAsk], asker: Asker, now: datetime
) -> Placing:
    """All of ``answer_standings`` but the hours and marks. One statement; raises as that does."""
    distinct = list(dict.fromkeys(asks))
    rows = place_rows(connection, distinct, asker, now)
    return Placing(asks, distinct, rows, [row for row in rows if row[POSITION] > 0])


def read_chains(connection: Connection, chains: Sequence[Row]) -> Reading:
    """What chains of a Placing hold, in one statement and from any copy of the database."""
    if len(chains) == 1:
        row = chains[0]
        values = {"place": row[PLACE], "person_id": row[PERSON_ID], "position": row[POSITION]}
    else:
        values = {
            "places": [row[PLACE] for row in chains],
            "person_ids": [row[PERSON_ID] for row in chains],
            "positions": [row[POSITION] for row in chains],
        }
    rows = fetch(connection, reading_reached(alone=len(chains) == 1), values)
    heads = {_chain(row): row[HEAD] for row in rows if row[TAG] == MEMBER}
    missing = [row for row in chains if heads[_chain(row)] != row[HEAD]]
    lacking = set(map(_chain, missing))
    return Reading([row for row in rows if row[TAG] != MEMBER and _chain(row) not in lacking], missing)


def complete_standings(placing: Placing, read: Sequence[Row]) -> list[Answered]:
    """What ``answer_standings`` would have said, from both halves."""
    found = gather_answers(placing.distinct, [*placing.rows, *read])
    return [found[ask] for ask in placing.asks]


def _chain(row: Row) -> tuple[Any, Any]:
    return row[PLACE], row[PERSON_ID]


@cache
def _agreeing(*, confirming: bool) -> Prepared:
    return prepared(_AGREED.format(confirmed=f"AND {CONFIRMED}" if confirming else ""))
