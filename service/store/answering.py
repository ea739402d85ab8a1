"""Answers where people stand: from the primary alone, or with a streaming standby that does most of the reading.

A standby lags, an answer must not: whoever was told that hours are registered finds them counted, and what was answered
for a moment is answered for it ever after. So nothing that the standby says is an answer before the primary agrees, in
the statement that leaves the access record, and no lag is too long.

* One question for now: the standby reads it whole. The primary confirms that the chain still ends at that position with
  that hash, and that nobody erased the name meanwhile, which no position shows; it gives the moment.
* A batch, or a question for a moment: the primary says who is meant, how they are named, and which position that is,
  which follows from its facts and from the answers given before. What is left, hours and marks, follows from those
  positions alone, and any copy with the same hash there has them: the standby reads it.

Where the standby has not come so far, the primary reads. Keys are confirmed on the primary: one that was revoked opens
nothing from then on. A transcript is read there, too: the evidence it counts is no matter of positions.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from service.domain.access import Asker
from service.domain.errors import Refusal
from service.store.database import Database
from service.store.placed_standing import (
    Reading,
    complete_standings,
    confirm_standing,
    place_standings,
    read_chains,
)
from service.store.plain_standing import answer_plainly
from service.store.replica import Replica
from service.store.standing import Answered, StandingAsk, answer_standings, read_standings

_Clock = Callable[[], datetime]


def answer_people(
    database: Database, asks: Sequence[StandingAsk], asker: Asker, clock: _Clock
) -> list[Answered]:
    """``answer_standings`` in a transaction of its own: one statement on the primary (two for a lone person whose chain
    holds more than hours), and one on a standby that is there and answers.

    Raises Unconfirmed as that does; Refusal ``unavailable``: the primary cannot be worked with.
    """
    replica = database.replica
    if replica is not None and not replica.is_resting:
        if len(asks) > 1 or asks[0].as_of is not None:
            return _placed_first(database, replica, asks, asker, clock)
        answered = _read_first(database, replica, asks[0], asker, clock)
        if answered is not None:
            return [answered]
    answered = _answered_plainly(database, asks, asker, clock)
    if answered is not None:
        return [answered]
    return database.record(lambda connection: answer_standings(connection, asks, asker, clock()))


def _answered_plainly(
    database: Database, asks: Sequence[StandingAsk], asker: Asker, clock: _Clock
) -> Answered | None:
    if len(asks) > 1 or database.dialect_name != "postgresql":
        return None
    (ask,) = asks
    if ask.id_hash is None or ask.as_of is not None:
        return None
    return answer_plainly(database, ask.id_hash, asker, clock)


def _read_first(
    database: Database, replica: Replica, ask: StandingAsk, asker: Asker, clock: _Clock
) -> Answered | None:
    """The answer to a question for now; None, and nothing recorded: it is the primary's alone."""
    people = {"id_hashes": [ask.id_hash]} if ask.id_hash is not None else {"person_ids": [ask.person_id]}
    found = replica.read(lambda connection: read_standings(connection, **people))
    if found is None:
        return None
    answered = None
    # Somebody unknown may have come meanwhile; of linked people each chain would have to be confirmed.
    if found and len(found[0].members) == 1:
        answered = database.record(lambda connection: confirm_standing(connection, found[0], asker, clock()))
    replica.tell("passed_on" if answered is None else "answered")
    return answered


def _placed_first(
    database: Database, replica: Replica, asks: Sequence[StandingAsk], asker: Asker, clock: _Clock
) -> list[Answered]:
    placing = database.record(lambda connection: place_standings(connection, asks, asker, clock()))
    if not placing.chains:
        return complete_standings(placing, ())
    reading = replica.read(lambda connection: read_chains(connection, placing.chains))
    if reading is None:
        reading = Reading((), placing.chains)
    else:
        replica.tell("passed_on" if reading.missing else "answered")
    rows = [*reading.rows]
    if reading.missing:
        with database.reading() as connection:
            rest = read_chains(connection, reading.missing)
        if rest.missing:  # a primary that lost what it had acknowledged: promoted between the two statements
            raise Refusal("unavailable")
        rows += rest.rows
    return complete_standings(placing, rows)
