"""An answer given for a moment is given again: after late commits, stepped clocks, among writers, for ever."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from service.context import Context
from service.domain.access import Asker
from service.domain.client import Client
from service.domain.fact import GENESIS
from service.operations.clients import create_client
from service.operations.link_persons import link_persons
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import verify_ledger
from service.store.answering import answer_people
from service.store.posting import Posting
from service.store.standing import Answered, Standing, StandingAsk, read_standing_at
from service.store.tables import access_record
from tests.operations.ledger import created, draft, open_ledger

ASKER = Asker(1, "request", "eligibility")
START = datetime(2026, 11, 21, 8, tzinfo=UTC)


class SteppingClock:
    """Goes on by a microsecond at every look, and can be set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture(params=["sqlite", "postgresql", "postgresql in two steps"])
def stepped(request: pytest.FixtureRequest, clock: SteppingClock) -> Iterator[Context]:
    """In two steps: as with a standby, which is the database itself here and never lags."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    read_url = url if request.param.endswith("steps") else None
    opened = open_ledger(url, clock=clock, read_url=read_url)
    yield opened
    opened.database.close()


def provider_of(context: Context) -> Client:
    return create_client(context, "provider", "某中心")[0]


def ask_all(context: Context, *asks: StandingAsk) -> list[Answered]:
    return answer_people(context.database, asks, ASKER, context.clock)


def ask(context: Context, person: int = 1, as_of: datetime | None = None) -> Answered:
    id_hash = context.vault.lookup_hash(draft(person=person).identity)
    return ask_all(context, StandingAsk(id_hash, None, as_of))[0]


def given(answered: Answered) -> tuple[Any, ...]:
    """What an answer rests on."""
    standing = answered.standing
    if standing is None or standing.position == 0:
        return 0, GENESIS, []
    return standing.position, standing.head, sorted(standing.totals)


def position(answered: Answered) -> int:
    return answered.standing.position if answered.standing else 0


def test_now_asked_again_is_the_same(stepped: Context, clock: SteppingClock) -> None:
    provider = provider_of(stepped)
    answers = []
    for number in range(5):
        register_entry(stepped, provider, draft(f"R-{number}", course_code=str(number)))
        answers.append(ask(stepped))
    clock.now += timedelta(days=1)
    assert [position(each) for each in answers] == [1, 2, 3, 4, 5]
    for answered in answers * 2:
        assert given(ask(stepped, as_of=answered.as_of)) == given(answered)


def test_a_clock_set_back(stepped: Context, clock: SteppingClock) -> None:
    """What is registered while the clock is behind counts at once, and not for moments answered before."""
    provider = provider_of(stepped)
    register_entry(stepped, provider, draft("R-1"))
    clock.now += timedelta(hours=2)
    before = ask(stepped)
    clock.now -= timedelta(hours=1)
    register_entry(stepped, provider, draft("R-2", subject="public"))
    behind = [ask(stepped) for _ in range(3)]
    assert [position(each) for each in (before, *behind)] == [1, 2, 2, 2]
    assert before.as_of < behind[0].as_of < behind[1].as_of < behind[2].as_of
    for answered in (before, *behind):
        assert given(ask(stepped, as_of=answered.as_of)) == given(answered)
    # Between: never asked before, and bound by what was answered for a later moment.
    assert position(ask(stepped, as_of=before.as_of - timedelta(minutes=1))) == 1


def test_a_fact_recorded_ahead_of_the_clock(stepped: Context, clock: SteppingClock) -> None:
    """Another process's clock was ahead: its fact counts now, so the moment of the answer is not before it."""
    provider = provider_of(stepped)
    clock.now += timedelta(minutes=1)
    register_entry(stepped, provider, draft())
    clock.now = START
    answered = ask(stepped)
    assert position(answered) == 1
    assert answered.as_of > START + timedelta(minutes=1)
    assert given(ask(stepped, as_of=answered.as_of)) == given(answered)


def test_someone_unknown_registered_with_an_earlier_stamp(stepped: Context, clock: SteppingClock) -> None:
    provider = provider_of(stepped)
    unknown = ask(stepped)
    assert unknown.standing is None
    clock.now -= timedelta(hours=1)
    entry = created(register_entry(stepped, provider, draft()))
    clock.now += timedelta(hours=3)
    for as_of in (unknown.as_of, unknown.as_of - timedelta(minutes=30)):
        for answered in (
            ask(stepped, as_of=as_of),
            *ask_all(stepped, StandingAsk(None, entry.person_id, as_of)),
        ):
            assert given(answered) == given(unknown)
    assert position(ask(stepped, as_of=unknown.as_of + timedelta(microseconds=1))) == 1
    assert position(ask(stepped)) == 1


def test_a_late_commit(postgres_url: str) -> None:
    """A transaction that stamped before the question and commits after it: on PostgreSQL, where one waits for none."""
    context = open_ledger(postgres_url)
    provider = provider_of(context)
    register_entry(context, provider, draft("R-1"))
    stamped, go_on = threading.Event(), threading.Event()

    def hold(_connection: Any) -> None:
        stamped.set()
        assert go_on.wait(20)

    event.listen(context.database.engine, "commit", hold)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(register_entries, context, provider, [draft("R-2", subject="public")])
        assert stamped.wait(20)
        moment = datetime.now(UTC)
        asked = [ask(context, as_of=moment), ask(context)]
        nobody = ask(context, 2, as_of=moment)
        go_on.set()
        recorded_at = created(late.result()[0]).recorded_at
    event.remove(context.database.engine, "commit", hold)
    assert recorded_at < moment
    assert [position(each) for each in asked] == [1, 1]
    for answered in asked:
        assert given(ask(context, as_of=answered.as_of)) == given(answered)
    assert position(ask(context, as_of=moment - timedelta(microseconds=1))) == 1
    assert position(ask(context)) == 2
    assert position(ask(context, 2, as_of=moment)) == position(nobody) == 0
    context.database.close()


def test_a_late_statement(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of a single entry, which is stamped and then stored and committed by one statement."""
    context = open_ledger(postgres_url)
    provider = provider_of(context)
    register_entry(context, provider, draft("R-1"))
    asked: list[Any] = []
    write = Posting.write_unlocked

    def late(*args: Any) -> bool:
        asked.extend([ask(context, as_of=datetime.now(UTC)), ask(context)])
        return write(*args)

    monkeypatch.setattr(Posting, "write_unlocked", late)
    entry = created(register_entry(context, provider, draft("R-2", subject="public")))
    assert all(entry.recorded_at < answered.as_of for answered in asked)
    assert [position(each) for each in asked] == [1, 1]
    for answered in asked:
        assert given(ask(context, as_of=answered.as_of)) == given(answered)
    assert position(ask(context)) == 2
    assert verify_ledger(context) is None
    context.database.close()


@pytest.mark.parametrize("moment", ["fixed", "now"])
def test_twenty_writers_while_questions_are_asked(context: Context, provider: Client, moment: str) -> None:
    """No answer for a moment ever changes, whoever asks at the same time."""
    register_entry(context, provider, draft("R-0"))
    answers: defaultdict[datetime, set[str]] = defaultdict(set)
    lock = threading.Lock()
    moments = [datetime.now(UTC) + timedelta(milliseconds=20 * number) for number in range(40)]

    def write(number: int) -> None:
        for turn in range(4):
            register_entry(context, provider, draft(f"W-{number}-{turn}", course_code=f"{number}-{turn}"))

    def question(number: int) -> None:
        for turn in range(15):
            as_of = None if moment == "now" else moments[(turn * 3 + number) % len(moments)]
            answered = ask(context, as_of=as_of)
            again = ask(context, as_of=answered.as_of)
            with lock:
                answers[answered.as_of] |= {repr(given(answered)), repr(given(again))}

    with ThreadPoolExecutor(30) as pool:
        work = [pool.submit(write, n) for n in range(20)] + [pool.submit(question, n) for n in range(10)]
        for each in work:
            each.result()
    for as_of in answers:
        answers[as_of].add(repr(given(ask(context, as_of=as_of))))
    assert {len(found) for found in answers.values()} == {1}
    assert position(ask(context)) == 81
    assert verify_ledger(context) is None


def test_one_batch_of_many_moments(stepped: Context, clock: SteppingClock) -> None:
    """Of two people, by document and by id, now and then: as if each were asked alone; one record of each."""
    provider = provider_of(stepped)
    first = created(register_entry(stepped, provider, draft("R-1")))
    clock.now += timedelta(hours=1)
    register_entry(stepped, provider, draft("R-2", subject="public"))
    id_hash = stepped.vault.lookup_hash(draft().identity)
    unknown = stepped.vault.lookup_hash(draft(person=9).identity)
    moments = (None, START + timedelta(minutes=1), START - timedelta(days=1), clock.now)
    asks = [StandingAsk(id_hash, None, each) for each in moments]
    asks += [StandingAsk(None, first.person_id, each) for each in moments]
    asks += [StandingAsk(unknown, None, each) for each in moments] + asks[:2]
    found = ask_all(stepped, *asks)
    assert [position(each) for each in found] == [2, 1, 0, 2, 2, 1, 0, 2, 0, 0, 0, 0, 2, 1]
    assert found[0].as_of == found[4].as_of
    with stepped.database.reading() as connection:
        records = connection.execute(access_record.select()).all()
    assert len(records) == 8
    assert all(record.settles for record in records)
    ask_all(stepped, *(StandingAsk(each.id_hash, each.person_id, answered.as_of)
                       for each, answered in zip(asks, found, strict=True)))  # fmt: skip
    with stepped.database.reading() as connection:
        records = connection.execute(access_record.select()).all()
    assert [record.settles for record in records] == [True] * 8 + [False] * 8


def test_linked_people_are_read_up_to_their_own_positions(stepped: Context, clock: SteppingClock) -> None:
    provider, admin = provider_of(stepped), create_client(stepped, "admin", "管理")[0]
    a, b = (created(register_entry(stepped, provider, draft(f"R-{n}", n))).person_id for n in (1, 2))
    before = [ask(stepped, person) for person in (1, 2)]
    link_persons(stepped, admin, a, b, "同一人")
    joined = [ask(stepped, person) for person in (1, 2)]
    assert given(joined[0]) == given(joined[1])
    assert joined[0].standing is not None
    assert [member[:2] for member in joined[0].standing.members] == sorted([(a, 2), (b, 2)])
    assert joined[0].standing.totals == [(2023, "specialty", "331100", 1440, 0, 0, 0)]
    register_entry(stepped, provider, draft("R-3", 2, subject="public"))
    clock.now += timedelta(hours=1)
    for answered, person in zip((*before, *joined), (1, 2, 1, 2), strict=True):
        assert given(ask(stepped, person, answered.as_of)) == given(answered)
    assert position(ask(stepped, 1)) == 5
    members = [member[:2] for member in joined[0].standing.members]
    with stepped.database.reading() as connection:
        replayed = read_standing_at(connection, members)
    assert (replayed.position, replayed.head) == (joined[0].standing.position, joined[0].standing.head)
    assert sorted(replayed.totals) == sorted(joined[0].standing.totals)


def test_a_standing_at_exact_positions(stepped: Context) -> None:
    provider = provider_of(stepped)
    entry = created(register_entry(stepped, provider, draft("R-1")))
    answers = [ask(stepped)]
    reverse_entry(stepped, provider, (entry.person_id, entry.seq), "falsified")
    answers.append(ask(stepped))

    def read(*members: tuple[int, int]) -> Standing:
        with stepped.database.reading() as connection:
            return read_standing_at(connection, members)

    for answered in answers:
        assert answered.standing is not None
        found = read((entry.person_id, answered.standing.position))
        assert (found.head, found.totals, found.marks) == (
            answered.standing.head,
            answered.standing.totals,
            answered.standing.marks,
        )
    assert [mark.kind for mark in read((entry.person_id, 2)).marks] == ["falsified"]
    assert read((entry.person_id, 0)).head == read((entry.person_id, 7)).head == GENESIS
