"""The statement that answers where people stand, and on PostgreSQL writes down that it did. Text, for it is SQL.

Rows of four kinds come back in one result (``tag``): MEMBER (a person whose chain was read, with the position), KEPT
(all its totals, where it ends there), TOTAL (a sum of hours, where it has gone on) and MARK (a fact that is no hours).
"""

from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, TextualSelect, bindparam, column, text
from sqlalchemy.types import BigInteger, Date, Integer, LargeBinary, String

from service.store.clients import CONFIRMED
from service.store.columns import Instant
from service.store.prepared import Prepared, prepared
from service.store.tables import MARKING, UNDOING

MEMBER: Final = 0
TOTAL: Final = 1
MARK: Final = 2
KEPT: Final = 3

TAG, PLACE, PERSON_ID, POSITION, HEAD = 0, 1, 2, 6, 15
"""Columns of a row that say where a chain was read."""

_ASKED_ALONE: Final = """
        SELECT 1 AS place, CAST(:id_hash AS bytea) AS id_hash, CAST(:person_id AS bigint) AS person_id,
            CAST(:moment AS timestamptz) AS as_of"""
"""One question, on PostgreSQL: three plain values cost a third of three arrays."""

_ASKED: Final = {
    "postgresql": """
        SELECT place, id_hash, person_id, as_of
        FROM unnest(CAST(:id_hashes AS bytea[]), CAST(:person_ids AS bigint[]), CAST(:moments AS timestamptz[]))
            WITH ORDINALITY AS given (id_hash, person_id, as_of, place)""",
    # The hashes lie end to end in one blob: this SQLite reads no blobs from JSON.
    "sqlite": """
        SELECT key + 1 AS place, json_extract(value, '$[0]') AS person_id, json_extract(value, '$[1]') AS as_of,
            CASE WHEN json_extract(value, '$[0]') IS NULL THEN substr(:id_hashes, 1 + 32 * key, 32) END AS id_hash
        FROM json_each(:asked)""",
}
_GIVEN: Final = {
    "postgresql": """
        SELECT place, person_id, position
        FROM unnest(CAST(:person_ids AS bigint[]), CAST(:positions AS integer[]))
            WITH ORDINALITY AS given (person_id, position, place)""",
    "sqlite": """
        SELECT key + 1 AS place, json_extract(value, '$[0]') AS person_id, json_extract(value, '$[1]') AS position
        FROM json_each(:asked)""",
}

_REACHED_ALONE: Final = """
        SELECT CAST(:place AS integer) AS place, CAST(:person_id AS bigint) AS person_id,
            CAST(:position AS integer) AS position"""
_REACHED: Final = """
        SELECT place, person_id, position
        FROM unnest(CAST(:places AS integer[]), CAST(:person_ids AS bigint[]), CAST(:positions AS integer[]))
            AS given (place, person_id, position)"""

_GREATEST: Final = {"postgresql": "greatest", "sqlite": "max"}
_LEAST: Final = {"postgresql": "least", "sqlite": "min"}

# Where a chain (alias head) stood at root.as_of. By the clock: the last fact recorded by then. But an answer given
# stays: never above the nearest one for a later moment, never below the nearest for an earlier one, and 0 where the
# document was asked about for that moment or a later one and nobody in the ledger had it.
_POSITION: Final = """
    CASE WHEN {who}.as_of IS NULL THEN head.seq
    WHEN EXISTS (
        SELECT 1 FROM identity AS own CROSS JOIN access_record AS unseen
        WHERE own.person_id = head.person_id AND unseen.id_hash = own.id_hash AND unseen.as_of >= {who}.as_of
            AND unseen.settles AND unseen.id_hash IS NOT NULL
    ) THEN 0
    ELSE {greatest}(
        coalesce((
            SELECT earlier.position FROM access_record AS earlier
            WHERE earlier.person_id = head.person_id AND earlier.as_of <= {who}.as_of AND earlier.settles
                AND earlier.person_id IS NOT NULL
            ORDER BY earlier.as_of DESC LIMIT 1
        ), 0),
        {least}(
            coalesce((
                SELECT later.position FROM access_record AS later
                WHERE later.person_id = head.person_id AND later.as_of >= {who}.as_of AND later.settles
                    AND later.person_id IS NOT NULL
                ORDER BY later.as_of LIMIT 1
            ), head.seq),
            CASE WHEN head.recorded_at <= {who}.as_of THEN head.seq
            ELSE coalesce((
                SELECT max(fact.seq) FROM ledger AS fact
                WHERE fact.person_id = head.person_id AND fact.recorded_at <= {who}.as_of
            ), 0) END
        )
    ) END"""

# By ORDER BY and LIMIT, not max(): PostgreSQL would read every earlier answer of the person for that.
_SETTLED_OF_PERSON: Final = """(
        SELECT earlier.as_of FROM access_record AS earlier
        WHERE earlier.person_id = head.person_id AND earlier.settles AND earlier.person_id IS NOT NULL
        ORDER BY earlier.as_of DESC LIMIT 1
    )"""
_SETTLED_OF_DOCUMENT: Final = """(
        SELECT max((
            SELECT unseen.as_of FROM access_record AS unseen
            WHERE unseen.id_hash = own.id_hash AND unseen.settles AND unseen.id_hash IS NOT NULL
            ORDER BY unseen.as_of DESC LIMIT 1
        )) FROM identity AS own WHERE own.person_id = head.person_id
    )"""
SETTLED_UNTIL: Final = {
    "postgresql": "greatest(CAST(:now AS timestamptz), head.recorded_at,"
    f" greatest({_SETTLED_OF_PERSON}, {_SETTLED_OF_DOCUMENT}) + interval '1 microsecond')",
    # Its max() of several is null as soon as one of them is.
    "sqlite": "max(:now, coalesce(head.recorded_at, ''),"
    f" coalesce(microsecond_after({_SETTLED_OF_PERSON}), ''),"
    f" coalesce(microsecond_after({_SETTLED_OF_DOCUMENT}), ''))",
}
"""The earliest moment for which a question without one may be answered: not before the clock, the last fact, the last
moment that the person's position was settled for by person or by document."""

_DATED_AGAIN: Final = """WHEN as_of IS NOT NULL AND EXISTS (
            SELECT 1 FROM access_record AS same
            WHERE same.person_id = timed.person_id AND same.as_of = timed.moment AND same.settles
                AND same.person_id IS NOT NULL
        ) THEN 0"""

_MEMBERS: Final = f"""
asked AS ({{asked}}),
found AS (
    SELECT asked.place, asked.as_of, asked.id_hash, identity.number_sealed,
        coalesce(asked.person_id, identity.person_id) AS person_id
    FROM asked LEFT JOIN identity ON identity.id_hash = asked.id_hash
),
root AS (
    SELECT found.place, found.as_of, found.id_hash, found.number_sealed, head.person_id, head.seq, head.hash,
        head.totals, {{now_floor}} AS floor_at, {{root_position}} AS position
    FROM found LEFT JOIN chain_head AS head ON head.person_id = found.person_id
),
member AS (
    SELECT place, as_of, id_hash, number_sealed, person_id, seq, hash, totals, floor_at, position, 1 AS is_asked
    FROM root
    UNION ALL
    SELECT root.place, root.as_of, NULL, NULL, head.person_id, head.seq, head.hash, head.totals,
        {{now_floor}}, {{linked_position}}, 0
    FROM root CROSS JOIN ledger CROSS JOIN chain_head AS head
    WHERE ledger.person_id = root.person_id AND {MARKING} AND ledger.kind = 'link'
        AND ledger.seq <= root.position AND head.person_id = ledger.other_person_id
),
timed AS (
    SELECT member.*, coalesce(as_of, max(floor_at) OVER (PARTITION BY place)) AS moment FROM member
),
placed AS (
    SELECT timed.*, CASE
        WHEN moment IS NULL THEN 0
        WHEN person_id IS NULL AND EXISTS (
            SELECT 1 FROM access_record AS same
            WHERE same.id_hash = timed.id_hash AND same.as_of = timed.moment AND same.settles
                AND same.id_hash IS NOT NULL
        ) THEN 0
        {{dated_again}}
        ELSE 1 END AS settles
    FROM timed
)"""  # noqa: S608  # constants of this file and of the tables

_RECORDED: Final = """,
recorded AS (
    INSERT INTO access_record (at, client_id, person_id, id_hash, purpose, request_id, as_of, position, settles)
    SELECT CAST(:at AS timestamptz), CAST(:client_id AS bigint), person_id,
        CASE WHEN person_id IS NULL THEN id_hash END AS unseen, :purpose, :request_id, moment,
        min(coalesce(position, 0)), min(settles) = 1
    FROM placed WHERE person_id IS NOT NULL OR id_hash IS NOT NULL
    GROUP BY person_id, unseen, moment
)"""

_EXACTLY: Final = """
placed AS (
    SELECT given.*, NULL AS id_hash, CAST(NULL AS {blob}) AS number_sealed, CAST(NULL AS {blob}) AS hash,
        2147483647 AS seq, CAST(NULL AS text) AS totals, CAST(NULL AS {instant}) AS moment, 0 AS settles,
        1 AS is_asked
    FROM ({given}) AS given
)"""

_KEPT: Final = """
placed AS (
    SELECT given.*, NULL AS id_hash, CAST(NULL AS bytea) AS number_sealed, head.hash, head.seq, head.totals,
        CAST(NULL AS timestamptz) AS moment, 0 AS settles, 1 AS is_asked
    FROM ({given}) AS given LEFT JOIN chain_head AS head ON head.person_id = given.person_id
)"""

_SUMMED: Final = f"""UNION ALL
SELECT {TOTAL}, placed.place, placed.person_id, fact.credit_year, fact.subject, fact.division_code,
    sum(fact.registered), sum(fact.self_registered), sum(fact.recognised), sum(fact.rejected),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM placed CROSS JOIN ledger AS fact
WHERE fact.person_id = placed.person_id AND fact.seq <= placed.position AND placed.position < placed.seq
    AND fact.subject IS NOT NULL
GROUP BY placed.place, placed.person_id, fact.credit_year, fact.subject, fact.division_code"""  # noqa: S608  # as above

_READ_MEMBERS: Final = f"""
SELECT {MEMBER} AS tag, placed.place, placed.person_id, CAST(NULL AS integer) AS year, NULL AS word,
    NULL AS division_code, coalesce(placed.position, 0) AS a, placed.settles AS b, placed.is_asked AS c,
    CAST(NULL AS integer) AS d, CAST(NULL AS {{day}}) AS day, NULL AS basis, placed.moment,
    person.name_sealed, coalesce(placed.number_sealed, (
        SELECT own.number_sealed FROM identity AS own
        WHERE own.person_id = placed.person_id ORDER BY own.id_hash LIMIT 1
    )) AS number_sealed,
    CASE WHEN placed.position = placed.seq THEN placed.hash ELSE (
        SELECT fact.hash FROM ledger AS fact
        WHERE fact.person_id = placed.person_id AND fact.seq = placed.position
    ) END AS head,
    placed.id_hash
FROM placed LEFT JOIN person ON person.person_id = placed.person_id"""  # noqa: S608  # as above
_READ: Final = f"""{_READ_MEMBERS}
UNION ALL
SELECT {KEPT}, placed.place, placed.person_id, NULL, placed.totals, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM placed WHERE placed.position = placed.seq
{{summed}}
UNION ALL
SELECT {MARK}, placed.place, placed.person_id, fact.credit_year, fact.kind, fact.division_code,
    fact.seq, CASE WHEN fact.outcome = 'met' THEN 1 ELSE 0 END, NULL, NULL,
    fact.entered_on, fact.reason, fact.recorded_at, NULL, NULL, NULL, NULL
FROM placed CROSS JOIN ledger AS fact
WHERE fact.person_id = placed.person_id AND {MARKING}
    AND fact.kind IN ('attestation', 'integrity_record', 'reversal') AND fact.seq <= placed.position
    AND NOT EXISTS (
        SELECT 1 FROM ledger AS undoing
        WHERE undoing.person_id = fact.person_id AND undoing.entry_seq = fact.seq AND undoing.{UNDOING}
            AND undoing.kind = 'withdrawal' AND undoing.seq <= placed.position
    )"""  # noqa: S608  # as above

_RESULT: Final[tuple[ColumnElement[Any], ...]] = (
    column("tag", Integer),
    column("place", Integer),
    column("person_id", BigInteger),
    column("year", Integer),
    column("word", String),
    column("division_code", String),
    *(column(name, Integer) for name in "abcd"),
    column("day", Date),
    column("basis", String),
    column("moment", Instant),
    column("name_sealed", LargeBinary),
    column("number_sealed", LargeBinary),
    column("head", LargeBinary),
    column("id_hash", LargeBinary),
)


@cache
def asking(
    dialect_name: str,
    *,
    recording: bool,
    dated: bool,
    alone: bool,
    confirming: bool = False,
    placing: bool = False,
) -> Prepared | TextualSelect:
    """Where the asked people stand. ``recording``: a question without a moment is given one, and on PostgreSQL the
    statement writes the access records (on SQLite a second one must). ``dated``: some question names its moment;
    without it the statement has no part that looks for where a chain stood then. ``alone``: it is one question.
    ``confirming`` (PostgreSQL, recording): no row unless the asker's credential still is what is stored.
    ``placing`` (PostgreSQL): MEMBER rows only, without hours and marks.

    Parameters: what ``_ASKED`` (or, on PostgreSQL alone, ``_ASKED_ALONE``) names; when recording ``now``; there also
    ``at``, ``client_id``, ``purpose``, ``request_id``; when confirming ``key_hash``, ``client_version``.
    """
    words = {"greatest": _GREATEST[dialect_name], "least": _LEAST[dialect_name]}
    floor = SETTLED_UNTIL[dialect_name]
    unasked = "CAST(NULL AS timestamptz)" if dialect_name == "postgresql" else "NULL"
    position = _POSITION if dated else "head.seq"

    def now_floor(who: str) -> str:
        return f"CASE WHEN {who}.as_of IS NULL THEN {floor} END" if recording else unasked

    one = alone and dialect_name == "postgresql"
    asked = _ASKED_ALONE if one else _ASKED[dialect_name]
    members = _MEMBERS.replace("{asked}", f"{asked} WHERE {CONFIRMED}" if confirming else asked)
    # The first floor is the asked person's own, the second that of people linked to them.
    members = members.replace("{now_floor}", now_floor("found"), 1).replace("{now_floor}", now_floor("root"))
    members = members.replace("{root_position}", position.format(who="found", **words))
    members = members.replace("{linked_position}", position.format(who="root", **words))
    members = members.replace("{dated_again}", _DATED_AGAIN if dated else "")
    recorded = _RECORDED if recording and dialect_name == "postgresql" else ""
    if placing:
        return prepared(f"WITH {members}{recorded} {_READ_MEMBERS.format(day='date')}")
    moments = [bindparam("now", type_=Instant)] if recording else []
    moments += [bindparam("at", type_=Instant)] if recorded else []
    return _read(dialect_name, members + recorded, *moments, dated=dated)


@cache
def reading_at(dialect_name: str) -> Prepared | TextualSelect:
    """The sums, marks and heads of chains up to exact positions, from the facts alone."""
    blob, instant = ("bytea", "timestamptz") if dialect_name == "postgresql" else ("BLOB", "TEXT")
    return _read(dialect_name, _EXACTLY.format(given=_GIVEN[dialect_name], blob=blob, instant=instant))


@cache
def reading_reached(*, alone: bool) -> Prepared:
    """The sums, marks and heads of chains up to exact positions, on PostgreSQL: from the kept totals where the chain
    ends there, else from its facts. The head of a position that the chain has not reached is null."""
    tables = _KEPT.format(given=_REACHED_ALONE if alone else _REACHED)
    return prepared(f"WITH {tables} {_READ.format(day='date', summed=_SUMMED)}")


def _read(dialect_name: str, tables: str, *parameters: Any, dated: bool = True) -> Prepared | TextualSelect:
    summed = _SUMMED if dated else ""
    if dialect_name == "postgresql":
        return prepared(f"WITH {tables} {_READ.format(day='date', summed=summed)}")
    statement = text(f"WITH {tables} {_READ.format(day='TEXT', summed=summed)}")
    if parameters:
        statement = statement.bindparams(*parameters)
    return statement.columns(*_RESULT)
