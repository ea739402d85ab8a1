"""A key seen before is not looked up before a question; the question's own statement confirms it."""

import io
from collections.abc import Callable
from datetime import timedelta

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from api.app import create_app
from service.context import Context
from service.operations.clients import create_client, list_keys, revoke_client, revoke_key
from service.store.tables import access_record, client
from tests.api.calls import Caller, Clock, refused
from tests.api.people import attestation, entry, question
from tests.api.test_statement_counts import statements
from tests.operations.ledger import contents

DOORS = ("/v1/eligibility", "/v1/eligibility/batch")


def ask(platform: Caller, path: str, number: int = 1, **changes: object) -> object:
    asked = question(number, **changes)
    return platform.post(path, asked if path == DOORS[0] else {"questions": [asked]})


def records(context: Context) -> int:
    with context.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(access_record)).scalar_one()


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_key_ends_at_once_and_nothing_more_is_read(
    context: Context, provider: Caller, app: Flask, path: str, known: bool
) -> None:
    if known:
        provider.post("/v1/entries", entry("R-1"))
    for end in ("client", "key"):
        made, key = create_client(context, "platform", f"by {end}")
        platform = Caller(app, key)
        assert ask(platform, path).status_code == ask(platform, path).status_code == 200
        if end == "client":
            revoke_client(context, made.name)
        else:
            revoke_key(context, made.client_id, list_keys(context)[made.client_id][0].key_id)
        before = records(context)
        refused(ask(platform, path), 401, "unauthenticated")
        refused(ask(platform, path, level="none"), 401, "unauthenticated")
        refused(platform.post(path, data=b"{", content_type="application/json"), 401, "unauthenticated")
        assert records(context) == before


def test_a_key_expires_though_it_was_seen(context: Context, app: Flask, clock: Clock) -> None:
    _, key = create_client(context, "platform", "soon over", expires_at=clock() + timedelta(hours=1))
    platform = Caller(app, key)
    assert ask(platform, DOORS[0]).status_code == 200
    clock.now += timedelta(hours=2)
    refused(ask(platform, DOORS[0]), 401, "unauthenticated")


def test_a_refusal_of_a_question_says_first_that_the_key_has_ended(
    context: Context, caller: Callable[..., Caller]
) -> None:
    platform = caller("platform", name="ends")
    asked = question(committee="999", reviewed_by="city")
    refused(platform.post(DOORS[0], asked), 422, "invalid_request")
    revoke_client(context, "ends")
    refused(platform.post(DOORS[0], asked), 401, "unauthenticated")


def test_what_a_client_may_do_is_what_is_stored_now(context: Context, caller: Callable[..., Caller]) -> None:
    platform = caller("platform", "331100", name="moves")
    assert ask(platform, DOORS[0]).status_code == 200
    with context.database.writing() as connection:
        connection.execute(update(client).where(client.c.name == "moves").values(divisions='["330500"]'))
    refused(ask(platform, DOORS[0]), 403, "forbidden_division")
    assert ask(platform, DOORS[0], division_code="330500").status_code == 200


def test_another_process_that_has_never_seen_the_key(context: Context, caller: Callable[..., Caller]) -> None:
    platform = caller("platform")
    assert ask(platform, DOORS[0]).status_code == 200
    context.credentials.clear()
    assert ask(Caller(create_app(context), platform.key), DOORS[0]).status_code == 200


def test_people_with_more_than_hours_cost_one_statement_more(
    context: Context, provider: Caller, authority: Caller, platform: Caller
) -> None:
    """An attestation is looked at one by one: the short statement finds nobody, the whole one answers."""
    provider.post("/v1/entries", entry("R-1"))
    plain = ask(platform, DOORS[0]).json
    attested = authority.post(
        "/v1/attestations",
        attestation(),
    )
    assert attested.status_code == 201, attested.text
    before = records(context)
    with statements(context) as sent:
        answer = ask(platform, DOORS[0]).json
    assert answer["ledger"]["position"] == plain["ledger"]["position"] + 1
    assert records(context) == before + 1
    if context.database.dialect_name == "postgresql":
        assert len(sent) == 2


def test_a_key_that_has_ended_registers_nothing(context: Context, app: Flask) -> None:
    for number, end in enumerate(("client", "key")):
        made, key = create_client(context, "provider", f"by {end}")
        provider = Caller(app, key)
        known = entry(f"{end}-1", number)
        assert [provider.post("/v1/entries", known).status_code for _ in range(2)] == [201, 200]
        if end == "client":
            revoke_client(context, made.name)
        else:
            revoke_key(context, made.client_id, list_keys(context)[made.client_id][0].key_id)
        before = contents(context.database)
        for body in (known, entry(f"{end}-2", number), entry(f"{end}-3", number + 10)):
            refused(provider.post("/v1/entries", body), 401, "unauthenticated")
        refused(provider.post("/v1/entries", entry(f"{end}-4", number, hours=-1)), 401, "unauthenticated")
        assert contents(context.database) == before


def test_where_a_provider_registers_is_what_is_stored_now(
    context: Context, caller: Callable[..., Caller]
) -> None:
    provider = caller("provider", "331100", name="moves")
    assert provider.post("/v1/entries", entry("R-1")).status_code == 201
    with context.database.writing() as connection:
        connection.execute(update(client).where(client.c.name == "moves").values(divisions='["330500"]'))
    refused(provider.post("/v1/entries", entry("R-2")), 403, "forbidden_division")
    refused(provider.post("/v1/entries", entry("R-3", 2)), 403, "forbidden_division")
    assert provider.post("/v1/entries", entry("R-4", division_code="330500")).status_code == 201


def test_what_a_client_may_do_since_a_moment_ago_is_not_refused(
    context: Context, caller: Callable[..., Caller]
) -> None:
    """What is remembered of a client refuses no more than it opens."""
    platform, provider = caller("platform", "331100", name="asks"), caller("provider", "331100", name="sends")
    assert ask(platform, DOORS[0]).status_code == 200
    assert provider.post("/v1/entries", entry("R-1")).status_code == 201
    with context.database.writing() as connection:
        connection.execute(update(client).values(divisions='["330500"]'))
    assert ask(platform, DOORS[0], division_code="330500").status_code == 200
    assert provider.post("/v1/entries", entry("R-2", division_code="330500")).status_code == 201


def test_a_body_without_a_length_is_read_again_where_the_client_has_changed(
    context: Context, caller: Callable[..., Caller]
) -> None:
    platform = caller("platform", "331100", name="asks")
    assert ask(platform, DOORS[0]).status_code == 200
    with context.database.writing() as connection:
        connection.execute(update(client).values(divisions='["330500"]'))
    body = orjson.dumps(question(1, division_code="330500"))
    environ = {
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = platform.post(DOORS[0], content_type="application/json", environ_overrides=environ)
    assert answer.status_code == 200, answer.text
