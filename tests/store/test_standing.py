"""Standings: now and as of a moment, of one person and of a thousand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.fact import GENESIS
from service.operations.clients import create_client
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.store.standing import PersonStanding, read_standings
from service.store.tables import ledger
from tests.operations.ledger import created, draft, drafts, open_ledger

START = datetime(2026, 11, 21, 8, tzinfo=UTC)


class StandingClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def context(database_url: str, clock: StandingClock) -> Iterator[Context]:
    opened = open_ledger(database_url, clock=clock)
    yield opened
    opened.database.close()


@pytest.fixture
def provider(context: Context) -> Client:
    return create_client(context, "provider", "某中心")[0]


def ask(
    context: Context,
    *,
    people: tuple[int, ...] = (),
    ids: tuple[int, ...] = (),
    as_of: datetime | None = None,
) -> list[PersonStanding]:
    hashes = [context.vault.lookup_hash(draft(person=each).identity) for each in people]
    with context.database.reading() as connection:
        return read_standings(connection, id_hashes=hashes, person_ids=ids, as_of=as_of)


def test_as_of_is_what_was_recorded_by_then(context: Context, provider: Client, clock: StandingClock) -> None:
    first = created(register_entry(context, provider, draft("R-1")))
    clock.now += timedelta(minutes=1)
    register_entry(context, provider, draft("R-2", subject="public", hours=5))
    clock.now += timedelta(minutes=1)
    reverse_entry(context, provider, (first.person_id, 1), "other")
    with context.database.reading() as connection:
        hashes = [
            row[0]
            for row in connection.execute(
                ledger.select().with_only_columns(ledger.c.hash).order_by(ledger.c.seq)
            )
        ]
    specialty, public = (2023, "specialty", "331100", 720, 0, 0, 0), (2023, "public", "331100", 5, 0, 0, 0)
    moments = [
        (START - timedelta(microseconds=1), 0, GENESIS, []),
        (START, 1, hashes[0], [specialty]),
        (START + timedelta(seconds=59, microseconds=999_999), 1, hashes[0], [specialty]),
        (START + timedelta(minutes=1), 2, hashes[1], [public, specialty]),
        (START + timedelta(minutes=2), 3, hashes[2], [public]),
        (START + timedelta(days=900), 3, hashes[2], [public]),
        (None, 3, hashes[2], [public]),
    ]
    for as_of, position, head, totals in moments:
        (standing,) = ask(context, people=(1,), as_of=as_of)
        assert (standing.position, standing.head, sorted(standing.totals)) == (position, head, totals), as_of
        assert context.vault.open(standing.name_sealed) == "测试1"
        assert context.vault.open(standing.number_sealed) == draft().identity.id_number


def test_a_moment_may_carry_any_offset(context: Context, provider: Client) -> None:
    register_entry(context, provider, draft())
    from datetime import timezone

    shanghai = timezone(timedelta(hours=8))
    for shift, position in ((timedelta(), 1), (-timedelta(seconds=1), 0)):
        (standing,) = ask(context, people=(1,), as_of=(START + shift).astimezone(shanghai))
        assert standing.position == position


def test_many_people_by_document_and_by_id(context: Context, provider: Client, clock: StandingClock) -> None:
    entries = [created(each) for each in register_entries(context, provider, drafts(2000, 1000))]
    ids = tuple({entry.person_id for entry in entries})
    assert len(ids) == 1000
    clock.now += timedelta(hours=1)
    register_entries(context, provider, drafts(500, 500, "later"))
    for as_of in (None, START, clock.now):
        standings = ask(context, people=tuple(range(1000)), ids=ids[:3], as_of=as_of)
        by_document = [each for each in standings if each.id_hash is not None]
        by_id = [each for each in standings if each.id_hash is None]
        assert len({each.id_hash for each in by_document}) == len(by_document) == 1000
        assert {each.person_id for each in by_id} == set(ids[:3])
        assert sum(each.position for each in by_document) == (2000 if as_of == START else 2500)
        hours = sum(row[3] for each in by_document for row in each.totals)
        assert hours == 720 * (2000 if as_of == START else 2500)
        same = {each.person_id: each for each in by_document}
        assert all(same[each.person_id].totals == each.totals for each in by_id)


def test_the_unknown_are_left_out_and_nobody_asks_nothing(context: Context, provider: Client) -> None:
    register_entry(context, provider, draft())
    assert [each.position for each in ask(context, people=(1, 2, 3), ids=(5,))] == [1]
    assert ask(context) == []
    assert ask(context, ids=(5,), as_of=START) == []


def test_one_asked_twice_is_answered_once(context: Context, provider: Client) -> None:
    entry = created(register_entry(context, provider, draft()))
    assert len(ask(context, people=(1, 1), ids=(entry.person_id, entry.person_id))) == 2
