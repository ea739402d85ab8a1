"""Entries over HTTP: one beside a bare INSERT, batches of 1,000 beside the same rows by COPY; recognition."""

import itertools
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Self

import orjson
import psycopg

from bench.ledgers import plain_url, unchecked
from bench.rounds import in_turn, loads_in_turn
from bench.seeded import HUZHOU, LISHUI, posted_entry
from bench.stage import Stage
from service.store.tables import metadata
from tests.postgres_server import fresh_database

BATCH: Final = 1000
_SENDERS: Final = 4
_PEOPLE_OF_A_BATCH: Final = 500
_PEOPLE: Final = 2000
_PEOPLE_FULL: Final = 16_000
"""So many get batches: of fewer, somebody would have hundreds of entries in the end; in life they have ten a year."""

_marks: Final = itertools.count()


def measure_entries(stage: Stage) -> None:
    """Adds one entry, acknowledged after its commit, beside a bare committed INSERT."""
    single = stage.lines("entries", map(posted_entry, range(stage.seeded.people)))
    loads = loads_in_turn(
        stage.report,
        {
            "entry": stage.asking("/v1/entries", single, "provider"),
            "insert": stage.asking_bare("/insert", single),
        },
        stage.rounds,
        "entries",
    )
    entry, insert = loads["entry"].per_second, loads["insert"].per_second
    stage.report.add({"entry_vs_insert": entry / insert}, {"entries_per_s": entry, "inserts_per_s": insert})


def measure_entry_batches(stage: Stage) -> None:
    """Adds batches of 1,000 from one sender beside the same rows by COPY in batches of 1,000, each committed."""
    first = stage.seeded.people
    people = range(first, first + (_PEOPLE if stage.quick else _PEOPLE_FULL))
    batches = list(entry_batches(people))
    for batch in batches:  # whom nobody knew is known then
        stage.call("/v1/entries/batch", "provider", orjson.loads(_marked(batch, "B")))
    bodies = stage.lines("entry-batches", batches)
    one = stage.asking("/v1/entries/batch", bodies, "provider", connections=1, heavy=True)
    several = stage.asking("/v1/entries/batch", bodies, "provider", connections=_SENDERS, heavy=True)
    with fresh_database(stage.url) as url, unchecked(url) as bare, _Newest(stage.url) as newest:
        bare.take(newest.rows())  # what was there before, so that both sides add to as much

        sent = 0

        def ours() -> float:
            nonlocal sent
            newest.rows()
            done = one()
            sent = done.requests * BATCH
            return done.per_second * BATCH

        def theirs() -> float:
            """The rows that our last turn left."""
            rows = newest.rows()
            if len(rows) < sent:
                raise AssertionError(f"{len(rows)} of {sent} entries are in the ledger")
            began = time.perf_counter()
            for at in range(0, len(rows), BATCH):
                bare.take(rows[at : at + BATCH])
            return len(rows) / (time.perf_counter() - began)

        def most() -> float:
            return several().per_second * BATCH

        sides = {"batches": ours, "copy": theirs, "four senders": most}
        rates = in_turn(
            stage.report, sides, stage.rounds, "batches of entries", lambda rate: f"{rate:,.0f} rows/s"
        )
    ours_rate, copy_rate, most_rate = (statistics.median(values) for values in rates.values())
    stage.report.add(
        {"batch_entries_vs_copy": ours_rate / copy_rate, "batch_entries_most_vs_copy": most_rate / copy_rate},
        {
            "batch_entries_per_s": ours_rate,
            "copy_entries_per_s": copy_rate,
            "batch_entries_most_per_s": most_rate,
        },
    )


def measure_recognition(stage: Stage) -> None:
    """Adds decisions a second, in batches of 1,000 about entries that wait in Huzhou."""
    decided = stage.lines("decisions", _decisions(stage))
    loads = loads_in_turn(
        stage.report,
        {
            "batches": stage.asking(
                "/v1/recognitions/batch", decided, "authority", connections=_SENDERS, heavy=True
            )
        },
        stage.rounds,
        "recognition",
    )
    stage.report.add({}, {"recognitions_per_s": loads["batches"].per_second * BATCH})


def entry_batches(people: Sequence[int], division_code: str = LISHUI) -> Iterator[dict[str, Any]]:
    """Batches of 1,000 entries, each with references of its own when it is sent.

    As many as are sent at once or more, each of other people, as different classes are: nobody waits for somebody's
    lock.
    """
    each = min(_PEOPLE_OF_A_BATCH, len(people) // _SENDERS)
    for start in range(0, len(people) - each + 1, each):
        numbers = [people[start + place % each] for place in range(BATCH)]
        yield {"entries": [posted_entry(number, division_code) for number in numbers]}


def _marked(batch: dict[str, Any], mark: str) -> bytes:
    """A batch with references that no other one has."""
    return re.sub(rb"@REF@", lambda _: f"{mark}-{next(_marks)}".encode(), orjson.dumps(batch))


def _decisions(stage: Stage) -> list[dict[str, Any]]:
    """Recognises what waits batch by batch, then rejects it, and so on: each decision changes how the entry stands.

    The reason differs each time; a decision that is sent again would be none.
    """
    ids = []
    for batch in entry_batches(range(stage.seeded.people), HUZHOU):
        body = orjson.loads(_marked(batch, "H"))
        results = stage.call("/v1/entries/batch", "provider", body)["results"]
        ids.append([each["entry_id"] for each in results])
    decisions = [
        {"recognitions": [{"entry_id": entry, "outcome": outcome, "reason": "@REF@"} for entry in batch]}
        for outcome in ("recognised", "rejected")
        for batch in ids
    ]
    results = stage.call("/v1/recognitions/batch", "authority", decisions[0])["results"]
    if refused := [each for each in results if each["result"] != "created"]:
        raise AssertionError(refused[0])
    return decisions


class _Newest:
    """Reads the rows that the ledger has got since the last time."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(plain_url(url), autocommit=True)
        self._until = datetime.min.replace(tzinfo=UTC)

    def rows(self) -> list[tuple[Any, ...]]:
        """All columns in their order; everything there is at first."""
        names = metadata.tables["ledger"].columns.keys()
        query = f"SELECT {', '.join(names)} FROM ledger WHERE recorded_at > %s ORDER BY recorded_at"  # noqa: S608
        rows = self._connection.execute(query, (self._until,)).fetchall()
        if rows:
            self._until = rows[-1][names.index("recorded_at")]
        return rows

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
