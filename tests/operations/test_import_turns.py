"""An import decides while its statements run in a thread: whatever comes in between, all of it is stored or nothing."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.intake import Intake
from service.operations.record_import import ImportOutcome, take_in
from service.operations.register_chunk import register_chunk
from service.operations.register_entries import hash_drafts, register_entries, register_entry
from service.operations.registering import Registration
from service.operations.verify_ledger import verify_ledger
from service.store.people import lock_heads
from tests.operations.ledger import contents, created, draft, drafts, open_ledger, watched_statements
from tests.operations.test_acquaintance import PART, outcome, take_parts
from tests.operations.test_broken_off import InjectedFaultError, fails_at


def workers() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("turns")]


def take_broken(context: Context, client: Client, batch: list[EntryDraft]) -> None:
    """An import that breaks down when it hears of its first part."""

    def told(_: list[Registration]) -> None:
        raise InjectedFaultError

    def work(intake: Intake) -> ImportOutcome:
        for start in range(0, len(batch), PART):
            intake.register(hash_drafts(context, batch[start : start + PART]), told)
        return outcome(0)

    take_in(context, client, work)


def test_broken_off_while_somebodys_lock_is_waited_for(postgres_url: str) -> None:
    """It doesn't wait for the other's end first, which may be minutes away."""
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    entry = created(register_entry(context, provider, draft("known", 7)))
    before = contents(context.database)
    batch = [*drafts(PART, 5), *(draft(f"N-{n}", 7, course_code=f"N-{n}") for n in range(PART))]
    with other.database.writing() as connection:
        lock_heads(connection, [entry.person_id])
        with pytest.raises(InjectedFaultError):
            take_broken(context, provider, batch)
    assert not workers()
    assert contents(context.database) == before
    assert {each.result for each in take_parts(context, provider, batch)} == {"created"}
    assert verify_ledger(context) is None
    context.database.close()
    other.database.close()


def test_broken_off_by_what_decides(context: Context, provider: Client) -> None:
    before = contents(context.database)
    for _ in range(5):
        with pytest.raises(InjectedFaultError):
            take_broken(context, provider, drafts(3 * PART, 11))
        assert not workers()
    assert contents(context.database) == before


def test_a_fault_at_every_statement(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(20, 5, "before"))
    before = contents(context.database)
    batch = drafts(3 * PART, 30)
    for place in itertools.count():
        try:
            with watched_statements(context.database, fails_at(place)):
                take_parts(context, provider, batch)
        except InjectedFaultError:
            assert contents(context.database) == before, f"half-written by a fault at statement {place}"
            assert not workers()
        else:
            break
    assert place > 20
    assert {each.result for each in take_parts(context, provider, batch)} == {"replayed"}
    assert verify_ledger(context) is None


@pytest.mark.parametrize("place", [0, 1, 7, 12, 20])
def test_the_database_gone_at_a_statement(postgres_url: str, place: int) -> None:
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    before = contents(other.database)
    count = itertools.count()

    def seen(_statement: str) -> None:
        if next(count) == place:
            with other.database.reading() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with watched_statements(context.database, seen), pytest.raises(Refusal, match="unavailable"):
        take_parts(context, provider, drafts(4 * PART, 30))
    assert not workers()
    assert contents(other.database) == before
    assert {each.result for each in take_parts(context, provider, drafts(4 * PART, 30))} == {"created"}
    context.database.close()
    other.database.close()


@pytest.mark.parametrize("place", [0, 4, 9])
@pytest.mark.parametrize(
    ("rival", "expected"),
    [
        (draft("I-100", 5, course_code="I-100"), "replayed"),
        (draft("I-100", 5, course_code="I-100", hours=1), "reference_conflict"),
        (draft("I-100", 400), "reference_conflict"),
        (draft("R-2", 5, course_code="I-100"), "duplicate_entry"),
        (draft("R-2", 5, name="别人"), "name_mismatch"),
        (draft("R-2", 5, course_code="B"), "created"),
    ],
    ids=["same", "other content", "other person", "same course", "other name", "other course"],
)
def test_a_rival_commits_between_two_statements(
    postgres_url: str, place: int, rival: EntryDraft, expected: str
) -> None:
    """Whenever a rival's entry comes for a person whom a later part brings in: as if it had come first."""
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    batch = [draft(f"I-{n}", 5 if n == 100 else 1000 + n, course_code=f"I-{n}") for n in range(3 * PART)]
    count = itertools.count()

    def seen(_statement: str) -> None:
        if next(count) == place:
            (theirs,) = other.database.write(
                lambda connection: register_chunk(other, provider, connection, hash_drafts(other, [rival]))
            )
            created(theirs)

    with watched_statements(context.database, seen):
        ours = take_parts(context, provider, batch)
    assert (ours[100].refusal.code if ours[100].refusal else ours[100].result) == expected
    assert {each.result for each in (*ours[:100], *ours[101:])} == {"created"}
    assert verify_ledger(context) is None
    context.database.close()
    other.database.close()


def test_imports_of_the_same_people_in_opposite_orders(context: Context, provider: Client) -> None:
    """Half of them new people: a deadlock runs one of them again, with nothing of what it remembered."""
    register_entries(context, provider, drafts(50, 50, "known"))
    gate = threading.Barrier(2)

    def act(number: int) -> str:
        batch = [draft(f"{number}-{n}", n % 100, course_code=f"{number}-{n}") for n in range(200)]
        gate.wait()
        registrations = take_parts(context, provider, batch[::-1] if number else batch)
        return str(Counter(each.result for each in registrations))

    with ThreadPoolExecutor(2) as pool:
        assert Counter(pool.map(act, range(2))) == {"Counter({'created': 200})": 2}
    assert verify_ledger(context) is None
