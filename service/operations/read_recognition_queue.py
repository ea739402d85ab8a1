"""The queue of an authority: what waits for its recognition, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, NamedTuple

from service.context import Context, today
from service.domain.access import Asker
from service.domain.client import Client, division_covers
from service.domain.entry import Entry
from service.domain.errors import Refusal
from service.domain.series import normalise_series
from service.domain.zone import SHANGHAI
from service.operations.moment_cursor import decode_moment, encode_moment
from service.operations.record_access import record_access
from service.store.recognition import NO_SERIES, PendingRow, Place, QueueFilter, list_pending, read_listed

__all__ = [
    "AGES",
    "NO_SERIES",
    "QUEUE_ROWS_MAX",
    "Age",
    "PendingEntry",
    "QueueChoice",
    "QueuePage",
    "age_borders",
    "chosen_rows",
    "queue_places",
    "read_listed_entries",
    "read_recognition_queue",
]

QUEUE_ROWS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """An entry, the last fact of it, whether it has a dispute that is not closed, the name of who registered it, and
    whose it is, in clear: the door masks them. None: erased."""

    entry: Entry
    last_seq: int
    disputed: bool
    provider_name: str
    name: str | None
    id_number: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some pending entries, and the cursor for the next ones; None: these are the last."""

    entries: list[PendingEntry]
    next_cursor: str | None


Age = Literal["week", "month", "older"]
AGES: Final[tuple[Age, ...]] = ("week", "month", "older")
"""How many days ago an entry was registered, by the calendar of Asia/Shanghai: at most 7, 8 to 30, more."""

_AGE_DAYS: Final = (7, 30)


class QueueChoice(NamedTuple):
    """What of the queue is wanted; None: whatever there is. ``division_code`` covers the divisions below it.
    ``series`` is compared as names of series are; NO_SERIES: entries that name none."""

    division_code: str | None = None
    series: str | None = None
    credit_year: int | None = None
    provider_id: int | None = None
    person_id: int | None = None
    self_registered: bool | None = None
    age: Age | None = None

    @property
    def series_key(self) -> str | None:
        return None if self.series is None else normalise_series(self.series)


def read_recognition_queue(
    context: Context,
    client: Client,
    choice: QueueChoice = QueueChoice(),  # noqa: B008  # a tuple, nothing that changes
    *,
    asker: Asker,
    cursor: str | None = None,
    limit: int = 100,
) -> QueuePage:
    """The entries that wait and that the client may recognise, in the order in which they were registered,
    ``limit`` (1 … QUEUE_ROWS_MAX) at a time; what is decided meanwhile drops out, nothing is passed over. One
    statement, and one for the access records of everyone on the page.

    Refusals: ``forbidden_division`` (none of the chosen one is the client's), ``invalid_request`` (the cursor is none
    of ours).
    """
    places = queue_places(context, client, choice.division_code)
    chosen = chosen_rows(context, choice)
    if cursor is not None:
        chosen = chosen._replace(after=decode_moment(cursor))
    limit = max(1, min(limit, QUEUE_ROWS_MAX))
    with context.database.reading() as connection:
        rows = list_pending(connection, places, chosen, limit + 1)
    page = [_opened(context, row) for row in rows[:limit]]
    record_access(context, None, asker, [each.entry.person_id for each in page])
    return QueuePage(page, _cursor(page[-1].entry) if len(rows) > limit else None)


def _cursor(entry: Entry) -> str:
    return encode_moment((entry.recorded_at, entry.person_id, entry.seq))


def read_listed_entries(
    context: Context, client: Client, entry_ids: Sequence[tuple[int, int]], *, asker: Asker
) -> dict[tuple[int, int], PendingEntry]:
    """These entries as the queue shows them, however they stand by now; those that are not there or not in the client's
    divisions are left out. One statement, and one for the access records."""
    with context.database.reading() as connection:
        rows = read_listed(connection, entry_ids)
    listed = [_opened(context, row) for row in rows if client.covers(row.entry.division_code)]
    record_access(context, None, asker, [each.entry.person_id for each in listed])
    return {(each.entry.person_id, each.entry.seq): each for each in listed}


def queue_places(context: Context, client: Client, division_code: str | None) -> list[Place]:
    """The client's divisions, those that ``division_code`` covers, and what it may recognise there.

    Refusal ``forbidden_division``: none of it is the client's.
    """
    book = context.policy_book
    places = [
        Place(code, book.recognising_scope(client, code))
        for code in book.divisions
        if client.covers(code) and (division_code is None or division_covers(division_code, code))
    ]
    if not places:
        raise Refusal("forbidden_division", params={"code": division_code})
    return places


def age_borders(context: Context) -> list[datetime]:
    """The moments at which the ages begin that are not the longest, from the shortest on: a day's first moment."""
    day = today(context)
    return [
        datetime.combine(day - timedelta(days=days), time(), SHANGHAI).astimezone(UTC) for days in _AGE_DAYS
    ]


def chosen_rows(context: Context, choice: QueueChoice) -> QueueFilter:
    """The choice as the store takes it, but for the division."""
    borders = [*age_borders(context), None]
    place = None if choice.age is None else AGES.index(choice.age)
    return QueueFilter(
        series_key=choice.series_key,
        credit_year=choice.credit_year,
        provider_id=choice.provider_id,
        person_id=choice.person_id,
        self_registered=choice.self_registered,
        since=None if place is None else borders[place],
        before=None if not place else borders[place - 1],
    )


def _opened(context: Context, row: PendingRow) -> PendingEntry:
    name, number = (
        None if sealed is None else context.vault.open(sealed)
        for sealed in (row.name_sealed, row.number_sealed)
    )
    return PendingEntry(row.entry, row.last_seq, row.disputed, row.provider_name, name, number)
