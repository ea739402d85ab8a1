"""Entries that come while another is being stored are stored by one statement, on PostgreSQL: each as though it had
come by itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import psycopg
import pytest
from flask import Flask

from service.context import Context
from service.operations.clients import create_client, revoke_client
from service.operations.register_chunk import register_chunk, register_unlocked
from service.operations.register_entries import hash_drafts, register_entries, register_entry
from service.operations.verify_ledger import verify_ledger
from service.store.database import Connection
from tests.api.at_once import SECONDS_MAX, Request, at_once, until, waiting_for_a_lock
from tests.api.calls import Caller, refused
from tests.api.people import entry, person
from tests.api.test_statement_counts import statements
from tests.operations.ledger import draft, kept_totals

PATH = "/v1/entries"
KNOWN = range(1, 7)


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def known(provider: Caller) -> None:
    """Six people with an entry each; every worker has seen the key."""
    provider.post(f"{PATH}/batch", {"entries": [entry(f"R-{number}", number) for number in KNOWN]})
    assert provider.post(PATH, entry("R-1")).status_code == 200


def send_at_once(context: Context, requests: list[Request]) -> list[Any]:
    return at_once(context, "entry_reference", context.database.registering_together, requests)


def sending(caller: Caller, *args: Any, **changes: Any) -> Request:
    body = entry(*args, **changes)
    return lambda: caller.post(PATH, body)


@pytest.mark.usefixtures("known")
def test_all_are_stored_and_acknowledged(context: Context, provider: Caller) -> None:
    with statements(context) as sent:
        answers = send_at_once(context, [sending(provider, f"N-{number}", number) for number in KNOWN])
    assert len(sent) == 4  # the first; the others at once
    for number, answer in zip(KNOWN, answers, strict=True):
        assert answer.status_code == 201
        told = provider.get(f"{PATH}/{answer.json['entry_id']}").json
        assert (told["external_ref"], told["hours"]) == (f"N-{number}", 72)
    assert [row[4:] for row in kept_totals(context.database)] == [(1440, 0, 0, 0)] * len(KNOWN)
    assert verify_ledger(context) is None


@pytest.mark.usefixtures("known")
def test_each_is_decided_on_by_itself(context: Context, provider: Caller) -> None:
    answers = send_at_once(
        context,
        [
            sending(provider, "N-1", 1),
            sending(provider, "N-2", 2),
            sending(provider, "R-2", 2),
            sending(provider, "R-3", 3, hours=1),
            sending(provider, "N-4", 4, course={"code": "course-R-4"}),
            sending(provider, "N-5", 5, person=person(5, "别人")),
            sending(provider, "N-9", 9),
        ],
    )
    assert [(answer.status_code, answer.json.get("type", "").rpartition("/")[2]) for answer in answers] == [
        (201, ""),
        (201, ""),
        (200, ""),
        (409, "reference_conflict"),
        (409, "duplicate_entry"),
        (409, "name_mismatch"),
        (201, ""),
    ]
    assert sorted(row[4] for row in kept_totals(context.database)) == [720] * 5 + [1440] * 2
    assert verify_ledger(context) is None


@pytest.mark.usefixtures("known")
def test_several_of_one_person_and_of_one_reference(context: Context, provider: Caller) -> None:
    requests = [sending(provider, f"N-{number}", 1) for number in range(4)]
    requests += [
        sending(provider, "N-same", 2),
        sending(provider, "N-same", 2),
        sending(provider, "N-same", 3),
    ]
    answers = send_at_once(context, requests)
    assert [answer.status_code for answer in answers[:4]] == [201] * 4
    assert sorted(answer.status_code for answer in answers[4:]) in ([200, 201, 409], [201, 409, 409])
    assert verify_ledger(context) is None


def test_who_is_refused_because_of_another_is_not_when_that_one_is_not_stored(context: Context) -> None:
    """Drafts of two people under one reference, once stored and once passed by, somebody else being at their chains."""
    client, _ = create_client(context, "provider", "a provider")
    register_entries(context, client, [draft("R-1", 1), draft("R-2", 2)])
    items = hash_drafts(context, [draft("N", 1, course_code="C"), draft("N", 2, course_code="C")])
    register = context.database.record
    answers = register(lambda connection: register_unlocked(context, client, connection, items, None))
    assert [answer.result for answer in answers] == ["created", "refused"]
    items = hash_drafts(context, [draft("M", 1, course_code="D"), draft("M", 2, course_code="D")])
    url = context.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as holding:
        holding.execute("SELECT FROM chain_head FOR UPDATE")
        answers = register(lambda connection: register_unlocked(context, client, connection, items, None))
    assert answers == [None, None]


SAME = {"course_code": "C"}
OTHER = {"course_code": "D"}


@pytest.mark.parametrize(
    ("ref", "person", "changes"),
    [("X", 2, SAME), ("X", 2, OTHER), ("Y", 2, SAME), ("Y", 2, OTHER), ("X", 3, OTHER)],
    ids=["same entry", "same reference", "same course", "same person", "same reference of another"],
)
def test_what_a_roster_under_way_holds_up_holds_up_nobody_else(
    context: Context, ref: str, person: int, changes: dict[str, str]
) -> None:
    """The rows of a roster are there, and not yet, until it is through."""
    client, _ = create_client(context, "provider", "its provider")
    other, _ = create_client(context, "provider", "another")
    register_entries(context, client, [draft(f"R-{number}", number) for number in KNOWN])
    held, go_on = Event(), Event()

    def roster(connection: Connection) -> list[str]:
        rows = hash_drafts(context, [draft("X", 2, **SAME), draft("Z", 5)])
        registered = register_chunk(context, client, connection, rows)
        held.set()
        assert go_on.wait(SECONDS_MAX)
        return [each.result for each in registered]

    url = context.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with ThreadPoolExecutor(2) as pool, psycopg.connect(url, autocommit=True) as watching:
        storing = pool.submit(context.database.write, roster)
        assert held.wait(SECONDS_MAX)
        waiting = pool.submit(register_entry, context, client, draft(ref, person, **changes))
        until(
            lambda: waiting_for_a_lock(watching) == 1 and not context.database.registering_together._waiting
        )
        for each, number in ((client, 4), (other, 6)):
            assert register_entry(context, each, draft("N", number)).result == "created"
        assert not waiting.done()
        go_on.set()
        assert storing.result(SECONDS_MAX) == ["created", "created"]
        waiting.exception(SECONDS_MAX)
    assert verify_ledger(context) is None


@pytest.mark.usefixtures("known")
def test_each_provider_by_itself_and_none_whose_key_has_ended(
    context: Context, app: Flask, provider: Caller
) -> None:
    made, key = create_client(context, "provider", "another")
    another = Caller(app, key)
    assert sending(another, "O-1", 1)().status_code == 201
    answers = send_at_once(
        context,
        [
            sending(provider, "N-1", 1),
            sending(another, "N-2", 2),
            sending(provider, "N-2", 3),
            sending(another, "N-1", 4),
        ],
    )
    assert [answer.status_code for answer in answers] == [201] * 4

    def ended() -> Any:
        revoke_client(context, made.name)
        return sending(another, "O-5", 5)()

    answers = send_at_once(context, [sending(provider, "P-1", 1), ended, sending(provider, "P-2", 2)])
    refused(answers[1], 401, "unauthenticated")
    assert [answers[0].status_code, answers[2].status_code] == [201, 201]
    assert verify_ledger(context) is None
