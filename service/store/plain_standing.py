"""The commonest question by far, on PostgreSQL: one document, as of now, of somebody whose chain is hours alone.

The statement of ``standing_sql`` answers every question, and its parts for linked people, marks and past moments cost
as much as the rest even where there is nothing for them to do. This one has none of them and finds nothing where they
would be needed: then the other one is asked. Under a load it answers what several threads ask.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import Connection

from service.domain.access import Asker
from service.store.clients import CONFIRMED
from service.store.database import Database
from service.store.kept_totals import totals_rows
from service.store.prepared import Prepared, fetch, prepared
from service.store.standing import Answered, Member, PersonStanding, by_whom_confirmed
from service.store.standing_sql import SETTLED_UNTIL
from service.store.tables import MARKING

# LIMIT and OFFSET keep PostgreSQL to one look into each index a document: this is planned once, perhaps while there is
# nobody in the tables yet.
_PLAIN: Final = f"""
WITH asked (place, id_hash, request_id) AS (VALUES {{asked}}),
root AS MATERIALIZED (
    SELECT asked.place, asked.request_id, known.*
    FROM asked CROSS JOIN LATERAL (
        SELECT head.person_id, {SETTLED_UNTIL["postgresql"]} AS moment, person.name_sealed, identity.number_sealed,
            head.hash, head.seq, head.totals
        FROM identity
            JOIN chain_head AS head ON head.person_id = identity.person_id
            JOIN person ON person.person_id = identity.person_id
        WHERE identity.id_hash = asked.id_hash
            AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.person_id = identity.person_id AND {MARKING} OFFSET 0)
        LIMIT 1
    ) AS known {{confirmed}}
),
recorded AS (
    INSERT INTO access_record (at, client_id, person_id, purpose, request_id, as_of, position, settles)
    SELECT CAST(:at AS timestamptz), CAST(:client_id AS bigint), person_id, :purpose, request_id, moment, seq, true
    FROM root
)
SELECT place, person_id, moment, name_sealed, number_sealed, hash, seq, totals FROM root"""  # noqa: S608  # constants of the tables
_ASKED: Final = "({place}, CAST(:id_hash_{place} AS bytea), CAST(:request_id_{place} AS text))"


class _PlainAsk(NamedTuple):
    id_hash: bytes
    request_id: str


def answer_plainly(
    database: Database, id_hash: bytes, asker: Asker, clock: Callable[[], datetime]
) -> Answered | None:
    """As ``answer_standings`` for this document, together with what other threads ask for the same asker.

    None, and nothing recorded: that takes the whole statement. Refusal ``unavailable``.
    """

    def answer(asks: list[_PlainAsk]) -> list[Answered | None]:
        return database.record(lambda connection: _answered(connection, asks, asker, clock()))

    group = (asker.client_id, asker.purpose, asker.credential and asker.credential.mark)
    return database.asking_together.ask(_PlainAsk(id_hash, asker.request_id), group, answer)


@cache
def asking_plainly(count: int, *, confirming: bool) -> Prepared:
    """The statement for so many documents, no two alike. Parameters: ``id_hash_N`` and ``request_id_N`` from 0 on, and
    those of ``by_whom_confirmed`` with ``now``."""
    asked = ", ".join(_ASKED.format(place=place) for place in range(count))
    return prepared(_PLAIN.format(asked=asked, confirmed=f"WHERE {CONFIRMED}" if confirming else ""))


def _answered(
    connection: Connection, asks: Sequence[_PlainAsk], asker: Asker, now: datetime
) -> list[Answered | None]:
    # A document that stands there twice is answered once: two answers for one moment would be a conflict.
    places = {ask.id_hash: place for place, ask in reversed([*enumerate(asks)])}
    distinct = [asks[place] for place in places.values()]
    values = {"now": now, **by_whom_confirmed(asker, now)}
    for place, ask in enumerate(distinct):
        values[f"id_hash_{place}"], values[f"request_id_{place}"] = ask
    answers: list[Answered | None] = [None] * len(asks)
    statement = asking_plainly(len(distinct), confirming=asker.credential is not None)
    for place, *row in fetch(connection, statement, values):
        id_hash = distinct[place].id_hash
        answers[places[id_hash]] = _told(id_hash, *row)
    return answers


def _told(
    id_hash: bytes,
    person_id: int,
    moment: datetime,
    name_sealed: bytes | None,
    number_sealed: bytes | None,
    head: bytes,
    position: int,
    totals: str,
) -> Answered:
    standing = PersonStanding(
        members=[Member(person_id, position, head)],
        totals=totals_rows(totals),
        person_id=person_id,
        id_hash=id_hash,
        name_sealed=name_sealed,
        number_sealed=number_sealed,
    )
    return Answered(standing, moment.astimezone(UTC))
