"""Where people stand: the sums of their hours and what else their chains hold, at a position, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final, NamedTuple, cast

import orjson
from sqlalchemy import Connection, insert

from service.domain.access import Asker, Unconfirmed
from service.domain.fact import GENESIS, instant_text, joint_head
from service.domain.marks import Mark, MarkKind
from service.domain.tally import TotalRow
from service.domain.zone import SHANGHAI
from service.store.clients import confirmed_by, require_confirmed
from service.store.kept_totals import summed, totals_rows
from service.store.prepared import Row, fetch
from service.store.standing_sql import KEPT, MEMBER, TOTAL, asking, reading_at
from service.store.tables import access_record

_MICROSECOND: Final = timedelta(microseconds=1)
_NO_HASH: Final = bytes(32)

# Rows are read by place, not by name: a question has a score of them, a batch ten thousand.
_TAG, _PLACE, _PERSON_ID, _YEAR, _WORD, _DIVISION, _A, _B, _C = range(9)
_DAY, _BASIS, _MOMENT, _NAME_SEALED, _NUMBER_SEALED, _HEAD, _ID_HASH = range(10, 17)
_TOTAL_ROW: Final = slice(_YEAR, _A + 4)


class StandingAsk(NamedTuple):
    """Whose standing, by the hash of a document or by person id, and as of when; None: now."""

    id_hash: bytes | None
    person_id: int | None
    as_of: datetime | None = None


class Member(NamedTuple):
    """A chain that was read up to ``position``; ``head`` is the hash of the fact there (0: GENESIS)."""

    person_id: int
    position: int
    head: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """Hours and marks of one or several chains read as one, each up to its position."""

    members: list[Member] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def position(self) -> int:
        """The sum of the members' positions: of one chain its own."""
        return sum(member.position for member in self.members)

    @property
    def head(self) -> bytes:
        """``joint_head`` of the members: of one chain its own."""
        return joint_head(self.members)


@dataclass(frozen=True, slots=True)
class PersonStanding(Standing):
    """A person's standing, that of people linked to them included. ``id_hash``: the one asked for, None when asked
    for by person id. Name and number are None once erased."""

    person_id: int = 0
    id_hash: bytes | None = None
    name_sealed: bytes | None = None
    number_sealed: bytes | None = None


class Answered(NamedTuple):
    """What a recorded question found; ``standing`` None: nobody. Asked again for ``as_of`` it finds the same."""

    standing: PersonStanding | None
    as_of: datetime


def read_standings(
    connection: Connection,
    *,
    id_hashes: Sequence[bytes] = (),
    person_ids: Sequence[int] = (),
    as_of: datetime | None = None,
) -> list[PersonStanding]:
    """The standings of the people found, in no order; people the ledger does not know are left out.

    One statement. Without ``as_of`` it reads the kept totals only; with it, the position is the last fact recorded
    by that moment, within the bounds of the answers already given, and facts are summed only where the chain has
    gone on since. Leaves no access record: whoever shows this to somebody records it.
    """
    asks = [StandingAsk(id_hash, None, as_of) for id_hash in dict.fromkeys(id_hashes)]
    asks += [StandingAsk(None, person_id, as_of) for person_id in dict.fromkeys(person_ids)]
    if not asks:
        return []
    dialect_name = connection.dialect.name
    statement = asking(dialect_name, recording=False, dated=as_of is not None, alone=len(asks) == 1)
    rows = fetch(connection, statement, _asked(dialect_name, asks))
    return [answered.standing for answered in _gathered(rows, len(asks)) if answered.standing is not None]


def answer_standings(
    connection: Connection, asks: Sequence[StandingAsk], asker: Asker, now: datetime
) -> list[Answered]:
    """Where the asked people stand, in the order of the asks; every chain that was read leaves an access record.

    One statement on PostgreSQL, on SQLite two in the caller's transaction. A question without a moment is answered from
    everything there is, for a moment not before ``now``, the last fact and the last answer. A unique conflict means
    that somebody was answered for the very same moment meanwhile: run it again. Raises Unconfirmed, with nothing read
    or written, for a credential that no longer holds.
    """
    distinct = list(dict.fromkeys(asks))
    if connection.dialect.name == "postgresql":
        answered = _gathered(_recorded(connection, distinct, asker, now), len(distinct))
    else:
        answered = _answered_in_turn(connection, distinct, asker, now)
    found = dict(zip(distinct, answered, strict=True))
    return [found[ask] for ask in asks]


def place_rows(
    connection: Connection, asks: Sequence[StandingAsk], asker: Asker, now: datetime
) -> Sequence[Row]:
    """On PostgreSQL the first half of ``answer_standings``, for asks that are all different: the MEMBER rows of its
    result, recorded. Refuses as it does."""
    return _recorded(connection, asks, asker, now, placing=True)


def gather_answers(asks: Sequence[StandingAsk], rows: Sequence[Row]) -> dict[StandingAsk, Answered]:
    """What the rows of the whole result say to asks that are all different."""
    return dict(zip(asks, _gathered(rows, len(asks)), strict=True))


def by_whom_confirmed(asker: Asker, now: datetime) -> dict[str, Any]:
    """Values of a statement that records who asked and confirms the credential, if there is one to confirm."""
    values = _by_whom(asker, now)
    if asker.credential is not None:
        values |= confirmed_by(asker.credential)
    return values


def _recorded(
    connection: Connection, asks: Sequence[StandingAsk], asker: Asker, now: datetime, *, placing: bool = False
) -> Sequence[Row]:
    """The rows of the statement that reads and records, on PostgreSQL. Raises Unconfirmed."""
    statement = asking(
        "postgresql",
        recording=True,
        dated=any(ask.as_of is not None for ask in asks),
        alone=len(asks) == 1,
        confirming=asker.credential is not None,
        placing=placing,
    )
    values = {**_asked("postgresql", asks), "now": _floor(asks, now), **by_whom_confirmed(asker, now)}
    rows = fetch(connection, statement, values)
    if not rows:  # an unknown document too has its row
        raise Unconfirmed
    return rows


def _answered_in_turn(
    connection: Connection, asks: Sequence[StandingAsk], asker: Asker, now: datetime
) -> list[Answered]:
    """On SQLite, in the caller's transaction."""
    if asker.credential is not None:
        require_confirmed(connection, asker.credential, now)
    dialect_name = connection.dialect.name
    dated = any(ask.as_of is not None for ask in asks)
    statement = asking(dialect_name, recording=True, dated=dated, alone=len(asks) == 1)
    rows = fetch(connection, statement, {**_asked(dialect_name, asks), "now": _floor(asks, now)})
    _record(connection, rows, _by_whom(asker, now))
    return _gathered(rows, len(asks))


def read_standing_at(connection: Connection, members: Sequence[tuple[int, int]]) -> Standing:
    """The sums, marks and heads of these chains (person id, position), from the facts alone: for replays.

    A position the chain has not reached has GENESIS for its head.
    """
    dialect_name = connection.dialect.name
    if dialect_name == "postgresql":
        values: dict[str, Any] = {
            "person_ids": [person_id for person_id, _ in members],
            "positions": [position for _, position in members],
        }
    else:
        values = {"asked": orjson.dumps(members).decode()}
    standing = Standing()
    _fill(standing, fetch(connection, reading_at(dialect_name), values))
    return standing


def _asked(dialect_name: str, asks: Sequence[StandingAsk]) -> dict[str, Any]:
    if dialect_name == "postgresql" and len(asks) == 1:
        return {"id_hash": asks[0].id_hash, "person_id": asks[0].person_id, "moment": asks[0].as_of}
    if dialect_name == "postgresql":
        return {
            "id_hashes": [ask.id_hash for ask in asks],
            "person_ids": [ask.person_id for ask in asks],
            "moments": [ask.as_of for ask in asks],
        }
    listed = [(ask.person_id, None if ask.as_of is None else instant_text(ask.as_of)) for ask in asks]
    return {
        "asked": orjson.dumps(listed).decode(),
        "id_hashes": b"".join(ask.id_hash or _NO_HASH for ask in asks),
    }


def _floor(asks: Sequence[StandingAsk], now: datetime) -> datetime:
    """The moment given to a question without one must be none that another of the batch names."""
    return max([now, *(ask.as_of + _MICROSECOND for ask in asks if ask.as_of is not None)])


def _by_whom(asker: Asker, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "client_id": asker.client_id,
        "purpose": asker.purpose,
        "request_id": asker.request_id,
    }


def _record(connection: Connection, rows: Sequence[Row], by_whom: dict[str, Any]) -> None:
    """What PostgreSQL's statement does by itself: one record of each chain and moment."""
    records = {
        (row[_PERSON_ID], None if row[_PERSON_ID] is not None else row[_ID_HASH], row[_MOMENT]): {
            "position": row[_A],
            "settles": bool(row[_B]),
        }
        for row in rows
        if row[_TAG] == MEMBER and (row[_PERSON_ID] is not None or row[_ID_HASH] is not None)
    }
    values = [
        {"person_id": person_id, "id_hash": id_hash, "as_of": moment, **answer, **by_whom}
        for (person_id, id_hash, moment), answer in records.items()
    ]
    if values:
        connection.execute(insert(access_record), values)


def _gathered(rows: Sequence[Row], count: int) -> list[Answered]:
    """What was found for each of ``count`` asks."""
    if count == 1:
        return [_answered(rows)]
    by_place: list[list[Row]] = [[] for _ in range(count)]
    for row in rows:
        by_place[row[_PLACE] - 1].append(row)
    return [_answered(of_ask) for of_ask in by_place]


def _answered(rows: Sequence[Row]) -> Answered:
    root = next(row for row in rows if row[_TAG] == MEMBER and row[_C])
    moment = cast("datetime", root[_MOMENT] and root[_MOMENT].astimezone(UTC))
    if root[_PERSON_ID] is None:
        return Answered(None, moment)
    standing = PersonStanding(
        person_id=root[_PERSON_ID],
        id_hash=root[_ID_HASH],
        name_sealed=root[_NAME_SEALED],
        number_sealed=root[_NUMBER_SEALED],
    )
    _fill(standing, rows)
    return Answered(standing, moment)


def _fill(standing: Standing, rows: Sequence[Row]) -> None:
    """Adds what the rows of one ask say; in an order that depends on nothing but the facts."""
    members, marking = standing.members, []
    kept: list[list[TotalRow]] = []
    groups: list[TotalRow] = []
    for row in rows:
        tag = row[_TAG]
        if tag == KEPT:
            kept.append(totals_rows(row[_WORD]))
        elif tag == TOTAL:
            groups.append(cast("TotalRow", row[_TOTAL_ROW]))
        elif tag == MEMBER:
            members.append(Member(row[_PERSON_ID], row[_A], row[_HEAD] or GENESIS))
        else:
            marking.append(row)
    if len(members) > 1:
        members.sort()
    is_ready = len(kept) == 1 and not groups
    standing.totals.extend(kept[0] if is_ready else summed(chain(groups, *kept)))
    marking.sort(key=lambda row: (row[_MOMENT], row[_PERSON_ID], row[_A]))
    standing.marks.extend(map(_mark, marking))


def _mark(row: Row) -> Mark:
    word = row[_WORD]
    kind = cast("MarkKind", "falsified" if word == "reversal" else word)
    return Mark(
        kind=kind,
        division_code=row[_DIVISION],
        on=row[_DAY] or row[_MOMENT].astimezone(SHANGHAI).date(),
        year=row[_YEAR],
        met=bool(row[_B]) if kind == "attestation" else None,
        basis=None if kind == "falsified" else row[_BASIS],
    )
