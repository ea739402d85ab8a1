"""Broken off anywhere, by a fault, a kill or a full disk: nothing half-written, and the same again completes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from service.context import Context
from service.domain.client import Client
from service.domain.errors import Refusal
from service.operations.clients import create_client
from service.operations.recognise_entries import RecognitionDraft, recognise_entries
from service.operations.register_entries import register_entries
from service.operations.reverse_entry import reverse_entry
from service.operations.verify_ledger import rebuild_totals, verify_ledger
from tests.operations.ledger import contents, created, draft, drafts, open_ledger, watched_statements

ROOT = Path(__file__).resolve().parents[2]


class InjectedFaultError(Exception):
    pass


def fails_at(place: int) -> Callable[[str], None]:
    """Raises at the statement of that place, counting from 0."""
    count = -1

    def seen(_statement: str) -> None:
        nonlocal count
        count += 1
        if count == place:
            raise InjectedFaultError

    return seen


def break_everywhere(context: Context, action: Callable[[], Any]) -> int:
    """Breaks the action off at each of its statements in turn, then lets it complete; how many there were."""
    before = contents(context.database)
    for place in range(100):
        try:
            with watched_statements(context.database, fails_at(place)):
                action()
        except InjectedFaultError:
            assert contents(context.database) == before, f"half-written by a fault at statement {place}"
        else:
            assert contents(context.database) != before
            return place
    raise AssertionError("too many statements")


@pytest.mark.parametrize("size", [1, 50])
def test_a_fault_at_every_statement_of_a_registration(context: Context, provider: Client, size: int) -> None:
    register_entries(context, provider, [draft("seed", course_code="seed")])
    batch = drafts(size, 30)
    assert break_everywhere(context, lambda: register_entries(context, provider, batch)) >= 6
    assert {each.result for each in register_entries(context, provider, batch)} == {"replayed"}
    assert len(contents(context.database)["ledger"]) == size + 1
    assert verify_ledger(context) is None


@pytest.mark.parametrize("size", [1, 50])
def test_a_fault_at_every_statement_of_recognition_reversal_and_rebuilding(
    context: Context, provider: Client, authority: Client, size: int
) -> None:
    entries = [created(each) for each in register_entries(context, provider, drafts(size, 10))]
    decisions = [RecognitionDraft(each.person_id, each.seq, "recognised", 100, "部分") for each in entries]
    assert break_everywhere(context, lambda: recognise_entries(context, authority, decisions)) >= 6
    entry_id = (entries[0].person_id, entries[0].seq)
    assert break_everywhere(context, lambda: reverse_entry(context, provider, entry_id, "other")) >= 6
    assert verify_ledger(context) is None


def test_a_fault_at_every_statement_of_creating_a_client(context: Context) -> None:
    break_everywhere(context, lambda: create_client(context, "platform", "平台"))


def test_a_fault_while_totals_are_rebuilt(context: Context, provider: Client) -> None:
    register_entries(context, provider, drafts(30, 5))
    before = contents(context.database)
    for place in range(8):
        with pytest.raises(InjectedFaultError), watched_statements(context.database, fails_at(place)):
            rebuild_totals(context)
        assert contents(context.database) == before
    rebuild_totals(context)
    assert contents(context.database) == before


KILLED = """
import sys
from sqlalchemy import event
from service.operations.clients import find_client
from service.operations.register_entries import register_entries
from tests.operations.ledger import drafts, open_ledger

context = open_ledger(sys.argv[1])
client = find_client(context, "某培训中心")

def tell(*_):
    print("appending", flush=True)

def wait(*_):
    print("committing", flush=True)
    sys.stdin.read()

event.listen(context.database.engine, "begin", tell)
if sys.argv[2] == "committing":
    event.listen(context.database.engine, "commit", wait)
register_entries(context, client, drafts(3000, 700))
print("done", flush=True)
"""


@pytest.mark.parametrize(("moment", "delay"), [("appending", 0.0), ("appending", 0.05), ("committing", 0.0)])
def test_a_killed_process_leaves_nothing_half_written(
    context: Context, provider: Client, database_url: str, moment: str, delay: float
) -> None:
    before = contents(context.database)
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), database_url, moment],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while (line := process.stdout.readline().strip()) != moment:
        assert line, "the process ended by itself"
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    assert process.stdin is not None
    process.stdin.close()
    wait_until_gone(context)
    assert contents(context.database) == before
    results = register_entries(context, provider, drafts(3000, 700))
    assert {each.result for each in results} == {"created"}
    assert verify_ledger(context) is None


def wait_until_gone(context: Context) -> None:
    """PostgreSQL notices a little later that its client has died."""
    if context.database.dialect_name != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    for _ in range(200):
        with context.database.reading() as connection:
            if connection.exec_driver_sql(others).scalar_one() == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the killed process's transaction is still open")


def test_a_full_disk_leaves_nothing_half_written(sqlite_url: str) -> None:
    context = open_ledger(sqlite_url)
    provider = create_client(context, "provider", "某培训中心")[0]
    batch = drafts(2000, 300)
    before = contents(context.database)
    context.database.close()
    full = True

    def limit(connection: Any, _record: object) -> None:
        # As a file system of that size would: SQLITE_FULL, "database or disk is full".
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 20 if full else 2**30}")

    event.listen(context.database.engine, "connect", limit)
    with pytest.raises(Refusal, match="unavailable") as refused:
        register_entries(context, provider, batch)
    assert "full" in str(refused.value.__cause__)
    assert contents(context.database) == before
    context.database.close()
    full = False
    assert {each.result for each in register_entries(context, provider, batch)} == {"created"}
    assert verify_ledger(context) is None
    context.database.close()
