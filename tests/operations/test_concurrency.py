"""Many at once on one person, one reference, one course, one reversal: as if one after the other."""

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import select

from service.context import Context
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.read_transcript import read_transcript
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries, register_entry
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import rebuild_totals, verify_ledger
from service.store.people import lock_heads
from service.store.tables import ledger
from tests.operations.ledger import ASKER, contents, created, draft, drafts, open_ledger, watched_statements

THREADS = 20


def at_once(action: Callable[[int], str]) -> Counter[str]:
    """What each of 20 threads, let go at one moment, says (a refusal by its code)."""
    gate = threading.Barrier(THREADS)

    def run(number: int) -> str:
        gate.wait()
        try:
            return action(number)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, range(THREADS)))


def test_one_person(context: Context, provider: Client) -> None:
    said = at_once(lambda n: register_entry(context, provider, draft(f"R-{n}")).result)
    assert said == {"created": THREADS}
    assert len(contents(context.database)["person"]) == 1
    with context.database.reading() as connection:
        rows = connection.execute(select(ledger.c.seq, ledger.c.recorded_at).order_by(ledger.c.seq)).all()
    assert [row.seq for row in rows] == list(range(1, THREADS + 1))
    assert all(before.recorded_at <= after.recorded_at for before, after in pairwise(rows))
    assert verify_ledger(context) is None


def test_one_reference(context: Context, provider: Client) -> None:
    said = at_once(lambda _: register_entry(context, provider, draft()).result)
    assert said == {"created": 1, "replayed": THREADS - 1}
    assert verify_ledger(context) is None


def test_one_reference_for_different_people(context: Context, provider: Client) -> None:
    said = at_once(lambda n: register_entry(context, provider, draft(person=n)).result)
    assert said == {"created": 1, "reference_conflict": THREADS - 1}
    assert len(contents(context.database)["person"]) == 1
    assert verify_ledger(context) is None


def test_one_course(context: Context, provider: Client) -> None:
    said = at_once(lambda n: register_entry(context, provider, draft(f"R-{n}", course_code="A")).result)
    assert said == {"created": 1, "duplicate_entry": THREADS - 1}


def test_one_reversal(context: Context, provider: Client) -> None:
    entry = created(register_entry(context, provider, draft()))
    said = at_once(lambda _: reverse_entry(context, provider, (entry.person_id, entry.seq), "other").status)
    assert said == {"reversed": 1, "already_reversed": THREADS - 1}
    assert verify_ledger(context) is None


def test_recognition_and_reversal_of_one_entry(context: Context, provider: Client, authority: Client) -> None:
    entry = created(register_entry(context, provider, draft()))

    def act(number: int) -> str:
        if number % 2:
            return reverse_entry(context, provider, (entry.person_id, entry.seq), "other").status
        decision = RecognitionDraft(entry.person_id, entry.seq, "recognised", number * 30 + 10, "部分")
        (done,) = recognise_entries(context, authority, [decision])
        return done.refusal.code if done.refusal else "decided"

    said = at_once(act)
    assert said["reversed"] == 1
    assert said["already_reversed"] + said["decided"] == THREADS - 1
    assert read_transcript(context, entry.person_id, asker=ASKER).years == []
    assert verify_ledger(context) is None


def test_batches_of_the_same_people_in_opposite_orders(context: Context, provider: Client) -> None:
    """Half of them new people: neither deadlocks nor loses one."""
    register_entries(context, provider, drafts(20, 20, "known"))

    def act(number: int) -> str:
        batch = drafts(40, 40, f"batch-{number}")
        results = register_entries(context, provider, batch[::-1] if number % 2 else batch)
        return str(Counter(each.result for each in results))

    assert at_once(act) == {"Counter({'created': 40})": THREADS}
    assert verify_ledger(context) is None


def test_one_batch_sent_by_all(context: Context, provider: Client) -> None:
    batch = drafts(50, 50)
    results = at_once(
        lambda _: str(Counter(each.result for each in register_entries(context, provider, batch)))
    )
    assert results == {"Counter({'created': 50})": 1, "Counter({'replayed': 50})": THREADS - 1}
    assert len(contents(context.database)["ledger"]) == 50


def test_totals_are_rebuilt_while_others_write(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(100, 10, "before"))

    def act(number: int) -> str:
        if number == 7:
            return str(rebuild_totals(context) > 0)
        return register_entry(context, provider, draft(f"during-{number}", number % 10)).result

    assert at_once(act) == {"created": THREADS - 1, "True": 1}
    assert verify_ledger(context) is None


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("rival", "expected"),
    [
        (draft(course_code="A"), "replayed"),
        (draft(course_code="A", hours=1), "reference_conflict"),
        (draft(person=2), "reference_conflict"),
        (draft("R-2", course_code="A"), "duplicate_entry"),
        (draft("R-2", name="别人"), "name_mismatch"),
        (draft("R-2", course_code="B"), "created"),
    ],
    ids=["same", "other content", "other person", "same course", "other name", "other course"],
)
def test_a_rival_commits_between_two_of_our_statements(
    postgres_url: str, place: int, rival: EntryDraft, expected: str
) -> None:
    """Whenever a rival's entry for a new person comes before our first write: as if it had come before us."""
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    count = itertools.count()

    def seen(_statement: str) -> None:
        if next(count) == place:
            created(register_entry(other, provider, rival))

    with watched_statements(context.database, seen):
        (ours,) = register_entries(context, provider, [draft(course_code="A")])
    assert (ours.refusal.code if ours.refusal else ours.result) == expected
    assert verify_ledger(context) is None
    context.database.close()
    other.database.close()


def test_a_lock_spares_the_retries(context: Context, provider: Client) -> None:
    """The constraints alone would do, at the price of most of the work done again and again."""
    batch = [draft(f"known-{n}", n % 3) for n in range(THREADS)]
    entries = [created(each) for each in register_entries(context, provider, batch)]
    appended: list[str] = []

    def seen(statement: str) -> None:
        if statement == "COPY" or "INSERT INTO ledger" in statement:
            appended.append(statement)

    def reverse(number: int) -> str:
        entry_id = (entries[number].person_id, entries[number].seq)
        return reverse_entry(context, provider, entry_id, "other").status

    with watched_statements(context.database, seen):
        assert at_once(lambda n: register_entry(context, provider, draft(f"R-{n}")).result) == {
            "created": THREADS
        }
        # A single one is tried without the lock once.
        assert THREADS <= len(appended) <= 2 * THREADS
        appended.clear()
        assert at_once(reverse) == {"reversed": THREADS}
        assert len(appended) == THREADS


def test_batches_lock_in_one_order_and_so_never_deadlock(postgres_url: str) -> None:
    context = open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    register_entries(context, provider, drafts(60, 60, "known"))
    copies: list[str] = []

    def act(number: int) -> str:
        batch = drafts(60, 60, f"batch-{number}")
        random.Random(number).shuffle(batch)
        return str(Counter(each.result for each in register_entries(context, provider, batch)))

    with watched_statements(context.database, lambda each: copies.append(each) if each == "COPY" else None):
        assert at_once(act) == {"Counter({'created': 60})": THREADS}
    assert len(copies) == 3 * THREADS  # ledger, references, states: each batch wrote once
    context.database.close()


def test_nobody_appends_while_totals_are_rebuilt(postgres_url: str) -> None:
    context, other = open_ledger(postgres_url), open_ledger(postgres_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    entry = created(register_entry(context, provider, draft()))
    refused: list[str] = []

    def append_impatiently() -> None:
        with other.database.writing() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            lock_heads(connection, [entry.person_id])

    def seen(statement: str) -> None:
        if statement.startswith("DELETE FROM entry_state"):
            with pytest.raises(Refusal, match="unavailable"):
                append_impatiently()
            refused.append(statement)

    with watched_statements(context.database, seen):
        rebuild_totals(context)
    assert len(refused) == 1
    context.database.close()
    other.database.close()
